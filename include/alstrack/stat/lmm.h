/*
 * Linear mixed model for repeated measures,
 *
 *     y = X b + Z u + e,   u ~ N(0, G) for each subject, e ~ N(0, s^2 I),
 *
 * with one to three random effects (Z = [1, t]: random intercept and slope) and any fixed-effect
 * design X. Maximum likelihood (ML) or restricted maximum likelihood (REML):
 *
 *     -2 log L(ML)   = sum ln|V_i| + r'V^-1 r + N ln 2 pi
 *     -2 log L(REML) = sum ln|V_i| + ln|X'V^-1 X| + r'V^-1 r + (N - p) ln 2 pi
 *
 * (Laird and Ware 1982, Biometrics 38:963; Lindstrom and Bates 1988, J Am Stat Assoc 83:1014; no
 * ln|X'X| term). The residual variance is profiled out, the rest is found by Newton's method with
 * analytic derivatives over the factor L of G / s^2 = L L', in which the boundary (a variance of 0,
 * a correlation of +-1) is an ordinary stationary point. Everything runs on sums per subject; the
 * cost of a step is linear in subjects and no matrix grows with the data.
 *
 * Standard errors come from (X'V^-1 X)^-1, degrees of freedom from Satterthwaite: 2 v^2 / (g'Ag), A
 * twice the inverse observed Hessian of -2 log L (Giesbrecht and Burns 1985, Biometrics 41:477).
 * For an optimum on the boundary the curvature is that in L, so that a vanished variance adds
 * nothing.
 */
#ifndef ALSTRACK_STAT_LMM_H
#define ALSTRACK_STAT_LMM_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/stat/estimate.h"

enum { ALS_LMM_MAX_RANDOM = 3 };

enum als_lmm_status {
    ALS_LMM_OK,
    ALS_LMM_NO_DATA,
    ALS_LMM_TOO_FEW,          /* X and every subject's own Z can fit any data exactly */
    ALS_LMM_NOT_FINITE,       /* a value is NaN or infinite */
    ALS_LMM_COLLINEAR,        /* a column of X is a combination of earlier ones: see `column` */
    ALS_LMM_NOT_IDENTIFIABLE, /* the design cannot tell the variances apart */
    ALS_LMM_EXACT,            /* nothing is left for the residual variance */
    ALS_LMM_NOT_CONVERGED,
    ALS_LMM_UNORDERED /* repeated.h: a visit is out of order, repeated or unknown */
};

enum als_lmm_structure { ALS_LMM_UNSTRUCTURED, ALS_LMM_DIAGONAL };
enum als_lmm_method { ALS_LMM_REML, ALS_LMM_ML };

/* Rows are sorted by subject: subject i has rows first[i] to first[i + 1] - 1. Every value must be
 * there; leave incomplete rows out. Subjects without rows are allowed. */
struct als_lmm_data {
    size_t n_subjects;
    const size_t *first; /* n_subjects + 1 row numbers; first[0] is 0 */
    size_t p, q;         /* columns of X (>= 1) and Z (1 to ALS_LMM_MAX_RANDOM) */
    const double *y;     /* N */
    const double *x;     /* N rows of p */
    const double *z;     /* N rows of q */
};

struct als_lmm {
    enum als_lmm_status status;
    bool singular;     /* G has a zero eigenvalue: variance 0 or correlation +-1 */
    size_t column;     /* ALS_LMM_COLLINEAR: the column of X */
    size_t iterations; /* Newton steps */
    size_t n, n_subjects, p, q, n_variances;
    double log_likelihood, aic; /* aic = -2 log L + 2 (p + n_variances) */
    double residual_variance, residual_variance_se;
    double g[ALS_LMM_MAX_RANDOM][ALS_LMM_MAX_RANDOM];
    double g_se[ALS_LMM_MAX_RANDOM][ALS_LMM_MAX_RANDOM]; /* NAN when singular */
    const double *beta;                                  /* p */
    const double *covariance;                            /* p x p, of beta */
    struct als_lmm_state *state; /* for the functions below, which use it as scratch space */
};

/* Bytes that als_lmm_fit needs as its workspace. */
size_t als_lmm_workspace(size_t n_subjects, size_t p, size_t q);

/* work is memory as malloc gives it. The result points into it, so it must live as long. */
struct als_lmm als_lmm_fit(const struct als_lmm_data *data, enum als_lmm_structure structure,
                           enum als_lmm_method method, void *work);

/* A linear combination of the fixed effects with Satterthwaite degrees of freedom. */
struct als_estimate als_lmm_contrast(const struct als_lmm *fit, const double *combination);

/* One subject: a combination of fixed effects (p weights, or NULL) plus one of its random effects
 * (q weights), such as the slope of its group plus its own deviation. */
struct als_lmm_prediction {
    double value;
    double conditional_sd; /* given the parameters, random part only */
    double se;             /* of the prediction, with the uncertainty of the fixed effects */
};
struct als_lmm_prediction als_lmm_subject(const struct als_lmm *fit, size_t subject,
                                          const double *fixed, const double *random);

const char *als_lmm_reason(enum als_lmm_status status);

#endif
