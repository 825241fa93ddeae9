/*
 * Repeated measures at nominal visits: a mean for every design, and one covariance matrix of the
 * visits, of which a subject with missing visits shows a part:
 *
 *     y_i = X_i b + e_i,   e_i ~ N(0, S[visits of i, visits of i])
 *
 * S is unstructured, or Toeplitz (S_ab depends on |a - b|), or compound symmetry (one variance, one
 * covariance); the latter two are what analyses fall back to when the unstructured one cannot be
 * estimated. ML or REML with the likelihoods of lmm.h, by Newton's method with analytic derivatives
 * over the Cholesky factor of S (Jennrich and Schluchter 1986, Biometrics 42:805). Standard errors
 * are model-based, degrees of freedom Satterthwaite's.
 *
 * Adjusted visit means and differences are linear combinations of b: als_repeated_contrast.
 */
#ifndef ALSTRACK_STAT_REPEATED_H
#define ALSTRACK_STAT_REPEATED_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/stat/lmm.h"

enum { ALS_REPEATED_MAX_VISITS = 32 };

enum als_repeated_structure {
    ALS_REPEATED_UNSTRUCTURED,
    ALS_REPEATED_TOEPLITZ,
    ALS_REPEATED_COMPOUND_SYMMETRY
};

/* Rows are sorted by subject as in lmm.h, and within a subject by visit, each at most once. */
struct als_repeated_data {
    size_t n_subjects;
    const size_t *first; /* n_subjects + 1 row numbers */
    size_t n_visits;     /* 1 to ALS_REPEATED_MAX_VISITS */
    size_t p;
    const size_t *visit; /* per row, from 0 */
    const double *y;
    const double *x; /* N rows of p */
};

/* ALS_LMM_NOT_IDENTIFIABLE: two visits were never seen in one subject, or the data do not bound S
 * away from singularity; `visit_a` and `visit_b` name the pair in the former case. */
struct als_repeated {
    enum als_lmm_status status;
    size_t column; /* ALS_LMM_COLLINEAR */
    bool never_together;
    size_t visit_a, visit_b;
    size_t iterations;
    size_t n, n_subjects, p, n_visits, n_covariances;
    double log_likelihood, aic;
    const double *covariance;      /* n_visits x n_visits: S */
    const double *beta;            /* p */
    const double *beta_covariance; /* p x p */
    struct als_repeated_state *state;
};

size_t als_repeated_workspace(const struct als_repeated_data *data); /* bytes */

/* work is memory as malloc gives it; the result points into it. */
struct als_repeated als_repeated_fit(const struct als_repeated_data *data,
                                     enum als_repeated_structure structure,
                                     enum als_lmm_method method, void *work);

struct als_estimate als_repeated_contrast(const struct als_repeated *fit,
                                          const double *combination);

#endif
