/*
 * Inside of the repeated-measures model. Columns of X are made orthonormal first (X = X~ F'), y is
 * replaced by its least squares residual. Symmetric matrices over visits are kept as m numbers, the
 * lower triangle by rows; a direction E_ab of S has ones at (a, b) and (b, a). Per subject, with
 * W = (its part of S)^-1:  P = W X, w = W (y - X b), C = sum X'WX, Y = P C^-1 P'.
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
    size_t n, n_subjects, n_visits, p, m;
    bool reml;
    enum als_repeated_structure structure;
    size_t n_theta;

    const struct als_repeated_data *data;
    double *x, *y;                  /* transformed */
    struct repeated_subject *order; /* those with the same visits together */
    double *x_factor, *ols_beta;

    double *theta; /* entries of chol(S) by rows, or the distinct entries of S */
    double *s;     /* S */
    double *c_factor, *c_inverse, *beta;
    double objective; /* -2 log L */

    double *gradient, *curvature; /* over S: m, m x m */
    double *q_sum, *h_sum;        /* sum of P'EP: m of p x p; sum of P'Ew: m of p */
    double *jacobian;             /* m x n_theta */
    double *theta_gradient, *theta_hessian, *step, *trial, *best;
    double *theta_covariance;                            /* twice the inverse Hessian */
    double *part, *inverse, *u, *px, *pc, *pw, *product; /* scratch */
    double *out_beta, *out_covariance;
};

static inline size_t repeated_pair(size_t a, size_t b)
{
    return a >= b ? a * (a + 1) / 2 + b : b * (b + 1) / 2 + a;
}

/* S, objective, beta and C at state->theta. False when S or C is not positive definite. */
bool repeated_evaluate(struct als_repeated_state *state);

/* Derivatives at the point of the last repeated_evaluate, over S and over theta. */
void repeated_differentiate(struct als_repeated_state *state);

#endif
