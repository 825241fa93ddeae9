/*
 * Inside of the repeated-measures model. y is replaced by its least squares residual. Symmetric
 * matrices over visits are kept as m numbers, the lower triangle by rows; a direction E_ab of S has
 * ones at (a, b) and (b, a). Per subject, with W = (its part of S)^-1:  P = W X, w = W (y - X b),
 * C = sum X'WX, Y = P C^-1 P'. Sums over subjects are taken pattern by pattern (those with the same
 * visits) from zz = sum zz', zy = sum zy' and yy = sum yy'.
 */
#ifndef ALSTRACK_STAT_REPEATED_STATE_H
#define ALSTRACK_STAT_REPEATED_STATE_H

#include <stdint.h>

#include "alstrack/stat/repeated.h"

struct repeated_subject {
    uint32_t visits; /* a bit for each */
    size_t subject;
};

struct als_repeated_state {
    size_t n, n_subjects, n_visits, p, q, m;
    bool reml;
    enum als_repeated_structure structure;
    size_t n_theta;

    const struct als_repeated_data *data;
    double *y;                      /* residual of least squares */
    struct repeated_subject *order; /* those with the same visits together */
    double *ols_beta;

    double *theta; /* entries of chol(S) by rows, or log deviations and correlations */
    double *s;     /* S */
    double *c_factor, *c_inverse, *beta;
    double objective; /* -2 log L */

    double *gradient, *curvature; /* over S: m, m x m */
    double *q_sum, *h_sum;        /* sum of P'EP: m of p x p; sum of P'Ew: m of p */
    double *jacobian;             /* m x n_theta */
    double *theta_gradient, *theta_hessian, *step, *trial, *best;
    double *theta_covariance;         /* twice the inverse Hessian */
    double *zz, *zy, *yy;             /* of a pattern: q x q, q x k, k x k */
    double *part, *inverse;           /* of a pattern: chol(S), W */
    double *u, *both, *zr, *product;  /* scratch: k x k, k x k, q x k, p x p */
    double *moments, *seen;           /* n_visits x n_visits */
    double *out_beta, *ch, *contrast; /* p */
};

/* Subjects with the same visits: order[first] to order[end - 1]. */
struct repeated_pattern {
    size_t first, end, k;
    const size_t *visit; /* k */
};

static inline size_t repeated_pair(size_t a, size_t b)
{
    return a >= b ? a * (a + 1) / 2 + b : b * (b + 1) / 2 + a;
}

/* ---- repeated_structure.c ---- */

size_t repeated_n_theta(const struct als_repeated_state *state);
void repeated_fill_covariance(struct als_repeated_state *state); /* S at theta */
void repeated_fill_jacobian(struct als_repeated_state *state);   /* d vech(S) / d theta */
/* Adds what the second derivatives of S and the gradient over S give to the Hessian over theta. */
void repeated_add_bending(struct als_repeated_state *state);

/* Of least squares residuals, over the subjects that have both visits. */
struct repeated_moments {
    double *s;    /* n_visits x n_visits; 0 where nobody has both */
    double *seen; /* pairs counted */
};
/* Is every parameter seen in some pair of visits? If not, which pair is missing? */
bool repeated_pairs_suffice(const struct als_repeated_state *state,
                            const struct repeated_moments *moments, size_t *visit_a,
                            size_t *visit_b);
/* theta from the moments, covariances multiplied by share; or with correlations that are powers of
 * the one nearest in time, which no structure but the unstructured is far from. False when S is
 * singular or nearly. */
enum repeated_from { REPEATED_FROM_MOMENTS, REPEATED_FROM_POWERS };
bool repeated_start(struct als_repeated_state *state, const struct repeated_moments *moments,
                    enum repeated_from from, double share);

/* ---- repeated_likelihood.c ---- */

/* The pattern that begins at order[first], and its zz, zy and yy. */
struct repeated_pattern repeated_sum_pattern(struct als_repeated_state *state, size_t first);
static inline ptrdiff_t repeated_column(const struct als_repeated_state *state, size_t visit,
                                        size_t i)
{
    return state->data->column[visit * state->q + i];
}

/* S, objective, beta and C at state->theta. False when S or C is not positive definite. */
bool repeated_evaluate(struct als_repeated_state *state);

/* Derivatives at the point of the last repeated_evaluate, over S and over theta. */
void repeated_differentiate(struct als_repeated_state *state);

#endif
