/*
 * Repeated measures at nominal visits: a mean for every design, and one covariance matrix of the
 * visits, of which a subject with missing visits shows a part:
 *
 *     y_i = X_i b + e_i,   e_i ~ N(0, S[visits of i, visits of i])
 *
 * S is unstructured, or of fewer parameters where that cannot be estimated (Wolfinger 1996, J Agric
 * Biol Environ Stat 1:205; gaps are counted in visits, not in time):
 *
 *     heterogeneous, a variance for each visit   S_ab = s_a s_b r(|a - b|)
 *     homogeneous, one variance                  S_ab = s^2 r(|a - b|)
 *
 * with a correlation r for each gap (Toeplitz), r = rho^gap (autoregressive), or r = rho for all
 * (compound symmetry). The order of enum als_repeated_structure is the order in which analyses fall
 * back: a variance for each visit before one for all, and within these more correlations before
 * fewer, so that no assumption is made which a later structure could have spared. Variances of a
 * change from baseline grow from visit to visit; one variance for all makes the errors of early
 * visits too great and those of late ones too small.
 *
 * ML or REML with the likelihoods of lmm.h, by Newton's method with analytic derivatives over the
 * Cholesky factor of S (Jennrich and Schluchter 1986, Biometrics 42:805), or over log standard
 * deviations and correlations. Standard errors are model-based, degrees of freedom Satterthwaite's.
 *
 * Adjusted visit means and differences are linear combinations of b: als_repeated_contrast.
 */
#ifndef ALSTRACK_STAT_REPEATED_H
#define ALSTRACK_STAT_REPEATED_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/stat/lmm.h"

enum { ALS_REPEATED_MAX_VISITS = 32 };

/* In the order in which analyses try them. */
enum als_repeated_structure {
    ALS_REPEATED_UNSTRUCTURED,
    ALS_REPEATED_TOEPLITZ_H,
    ALS_REPEATED_AUTOREGRESSIVE_H,
    ALS_REPEATED_SYMMETRY_H,
    ALS_REPEATED_TOEPLITZ,
    ALS_REPEATED_AUTOREGRESSIVE,
    ALS_REPEATED_SYMMETRY
};
const char *als_repeated_structure_name(enum als_repeated_structure structure);
/* A variance for each visit? */
bool als_repeated_is_heterogeneous(enum als_repeated_structure structure);

/* Rows are sorted by subject as in lmm.h, and within a subject by visit, each at most once. What a
 * subject brings into its rows is z, the same at every visit (1, a group's indicator, its
 * baseline); the row of X at visit v has z[i] in column[v * q + i], and 0 elsewhere. A column may
 * belong to one visit, or to all of them. So a subject is known by its visits, z and y, and
 * subjects with the same visits by sums of products of these: a step takes time with the number of
 * such patterns. */
struct als_repeated_data {
    size_t n_subjects;
    const size_t *first; /* n_subjects + 1 row numbers */
    size_t n_visits;     /* 1 to ALS_REPEATED_MAX_VISITS */
    size_t p;            /* columns of X */
    const size_t *visit; /* per row, from 0 */
    const double *y;
    size_t q;
    const double *z;         /* n_subjects rows of q */
    const ptrdiff_t *column; /* n_visits rows of q, each < p; negative: in none */
};

/* ALS_LMM_NOT_IDENTIFIABLE: two visits were never seen in one subject and S has a parameter of
 * theirs, which `visit_a` and `visit_b` name; or S is `singular` at the maximum, or where the
 * search for one ended; or the likelihood is flat. */
struct als_repeated {
    enum als_lmm_status status;
    size_t column; /* ALS_LMM_COLLINEAR */
    bool never_together, singular;
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
