/*
 * Inside of the mixed model: sums per subject, the likelihood at a point, its derivatives.
 *
 * Columns of X and Z are made orthonormal first (X = X~ F', Z = Z~ Fz'), y is replaced by its least
 * squares residual, so that origin and unit of time cost no digits. All that follows is in these
 * coordinates. With D = L L' = G / s^2 and, per subject, A = Z'Z:
 *
 *     M = I + L'AL,  T = L chol(M)^-T,  W = TT' = (D^-1 + A)^-1,
 *     B = Z'V^-1 Z s^2 = A - AWA,  K = Z'V^-1 X s^2,  k = Z'V^-1 (y - Xb) s^2,  C = X'V^-1 X s^2.
 *
 * Symmetric q x q matrices are kept as m = q (q + 1) / 2 numbers, the lower triangle by rows; a
 * direction E_ab of D has ones at (a, b) and (b, a).
 */
#ifndef ALSTRACK_STAT_LMM_STATE_H
#define ALSTRACK_STAT_LMM_STATE_H

#include "alstrack/stat/lmm.h"

enum { LMM_Q = ALS_LMM_MAX_RANDOM, LMM_M = LMM_Q * (LMM_Q + 1) / 2, LMM_V = LMM_M + 1 };

static inline size_t lmm_pair(size_t a, size_t b)
{
    return a >= b ? a * (a + 1) / 2 + b : b * (b + 1) / 2 + a;
}

/* The loops over rows and subjects are compiled several times, with CALL(q, p) for sizes that are
 * constants: each number of random effects, and with two of them also one line or two as fixed
 * effects, which is what most models are. */
#define LMM_BY_SIZE(state, CALL)                                                                   \
    do {                                                                                           \
        if ((state)->q == 1)                                                                       \
            CALL(1, (state)->p);                                                                   \
        else if ((state)->q == 3)                                                                  \
            CALL(3, (state)->p);                                                                   \
        else if ((state)->p == 2)                                                                  \
            CALL(2, 2);                                                                            \
        else if ((state)->p == 4)                                                                  \
            CALL(2, 4);                                                                            \
        else                                                                                       \
            CALL(2, (state)->p);                                                                   \
    } while (0)
#define LMM_INLINE static inline __attribute__((always_inline))

struct als_lmm_state {
    size_t n, n_subjects, p, q, m;
    bool reml;
    double dof;    /* N - p or N */
    size_t n_free; /* entries of L that are estimated */
    size_t free_row[LMM_M], free_column[LMM_M];

    double *records; /* per subject: A (m), Z'y (q), Z'X (q x p) */
    size_t stride;
    double *xx, *xy, yy; /* X'X (p x p), X'y (p), y'y */
    double *x_factor;    /* F, p x p */
    double z_factor[LMM_Q * LMM_Q];
    double *ols_beta; /* taken out of y */
    double y_scale;   /* sum of y^2 before that */

    /* What is left within subjects after their own regression on Z. */
    double *within_xx, *within_xy, within_yy;
    size_t within_df;

    double l[LMM_Q * LMM_Q];                   /* the point: L by rows */
    double *c_factor, *c_inverse, *beta, quad; /* at the point; quad = r'V^-1 r s^2 */
    double objective;                          /* -2 log L with s^2 profiled out */

    double gradient[LMM_M], curvature[LMM_M * LMM_M]; /* of -2 log L over D, s^2 fixed */
    double quad_slope[LMM_M];                         /* of quad over D */
    double b_sum[LMM_M], y_sum[LMM_M], kk_sum[LMM_M];
    double bb[LMM_M * LMM_M], ub[LMM_M * LMM_M];
    double *q_sum;   /* m matrices p x p: sum of K'EK */
    double *h_sum;   /* m vectors p: sum of K'Ek */
    double *scratch; /* 4 q p + 2 p p + p */

    double variance_covariance[LMM_V * LMM_V]; /* of (free entries of L, s^2) */
    double *out_beta, *out_covariance;
};

/* Lay the state out in work. */
struct als_lmm_state *lmm_state_place(void *work, size_t n_subjects, size_t p, size_t q);

/* Fill the sums from the data. */
enum als_lmm_status lmm_state_fill(struct als_lmm_state *state, const struct als_lmm_data *data,
                                   enum als_lmm_structure structure, size_t *column);

/* Objective, beta and C at state->l. False when C is not positive definite. */
bool lmm_evaluate(struct als_lmm_state *state);

/* The sums over subjects that derivatives are made of; U = Y (REML) + weight kk', Y = K C^-1 K'. */
void lmm_collect(struct als_lmm_state *state, double weight);

/* One subject at the point: T, k and K (q x p, in scratch space). */
struct lmm_subject {
    double t[LMM_Q * LMM_Q], r[LMM_Q];
    const double *k;
};
void lmm_subject(struct als_lmm_state *state, size_t subject, struct lmm_subject *out);

/* Derivatives at the point of the last lmm_evaluate. */
void lmm_differentiate(struct als_lmm_state *state);

/* tr(U E_ab B E_cd) from sums of products U (x) B. */
double lmm_trace(const struct als_lmm_state *state, const double *products, size_t ab, size_t cd);

/* tr(C^-1 Q_e C^-1 Q_f) */
double lmm_information(struct als_lmm_state *state, size_t e, size_t f);

/* d vech(D) / d (free entries of L): m x n_free. */
void lmm_jacobian(const struct als_lmm_state *state, double jacobian[LMM_M * LMM_M]);

/* From D to the free entries of L, for the gradient and for a Hessian h over D. */
void lmm_to_factor(const struct als_lmm_state *state, const double *h, double *gradient,
                   double *hessian);

/* Can the design tell the variances apart? If so, sets state->l to a moment estimate. */
bool lmm_start(struct als_lmm_state *state);

void lmm_relative_variance(const struct als_lmm_state *state, double d[LMM_Q * LMM_Q]);
bool lmm_is_singular(const struct als_lmm_state *state);

/* Newton's method from state->l to a maximum nearby. *iterations is added to. */
enum als_lmm_status lmm_climb(struct als_lmm_state *state, size_t *iterations);

/* The best of the maxima reached from state->l and other starts; the state ends there, with
 * derivatives. *iterations counts all steps. ALS_LMM_EXACT: the best has no residual variance. */
enum als_lmm_status lmm_maximise(struct als_lmm_state *state, size_t *iterations);

#endif
