/*
 * Least squares with several columns, y = X b + e: broken sticks, analysis of covariance. By
 * orthogonalising the columns one after the other, twice (Bjorck 1996, Numerical Methods for Least
 * Squares Problems, 2.4), so that the normal equations and their squared condition are never
 * formed.
 *
 * Conventions as for a single line (ols.h): a fit without residual degrees of freedom has
 * coefficients but no errors; residuals within the rounding of the data are 0, and so are the
 * standard errors then.
 */
#ifndef ALSTRACK_STAT_REGRESS_H
#define ALSTRACK_STAT_REGRESS_H

#include <stddef.h>

#include "alstrack/stat/estimate.h"

enum als_regress_status {
    ALS_REGRESS_OK,
    ALS_REGRESS_NO_DATA,
    ALS_REGRESS_TOO_FEW,    /* fewer observations than columns */
    ALS_REGRESS_NOT_FINITE, /* any infinity, or NaN in X */
    ALS_REGRESS_COLLINEAR   /* column `column` is a combination of earlier ones */
};
const char *als_regress_reason(enum als_regress_status status);

struct als_regression {
    enum als_regress_status status;
    size_t column;
    size_t n, p;            /* n: observations with a value */
    double df, residual_sd; /* n - p; NAN when df is 0 */
    const double *beta;     /* p */
    const double *factor;   /* p x p, upper triangular: X'X = factor' factor */
};

size_t als_regress_workspace(size_t n, size_t p); /* doubles */

/* x has n rows of p. NaN in y means missing. The result points into work. */
struct als_regression als_regress_fit(size_t n, size_t p, const double *x, const double *y,
                                      double *work);

/* A linear combination of the coefficients; scratch has room for p. */
struct als_estimate als_regress_contrast(const struct als_regression *fit,
                                         const double *combination, double *scratch);

#endif
