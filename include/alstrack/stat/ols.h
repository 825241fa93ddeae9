/*
 * Straight line by least squares, y = a + b t. Two-pass centred sums, so that large offsets lose no
 * digits; se(b) = s / sqrt(Sxx), s^2 = SSE / (n - 2), interval b +- t(0.975, n - 2) se(b),
 * R^2 = b Sxy / Syy. (Draper and Smith 1998, Applied Regression Analysis, section 1.3-1.4.)
 *
 * Conventions: n = 1 or all t equal: undefined. n = 2: slope without standard error. All y equal:
 * slope 0, standard error 0, R^2 missing. Exact line: standard error 0, R^2 1. What is missing
 * is NAN.
 */
#ifndef ALSTRACK_STAT_OLS_H
#define ALSTRACK_STAT_OLS_H

#include <stddef.h>

enum als_ols_status {
    ALS_OLS_OK,
    ALS_OLS_NO_DATA,
    ALS_OLS_ONE_POINT,
    ALS_OLS_SAME_TIME,
    ALS_OLS_NOT_FINITE
};

struct als_ols {
    enum als_ols_status status;
    size_t n;
    double slope, intercept, se_slope, se_intercept;
    double ci_low, ci_high; /* slope, 95 % */
    double intercept_low, intercept_high;
    double r2, residual_sd, t, p;
    double t_mean, sxx; /* for bands: se(line at t) = s sqrt(1/n + (t - t_mean)^2 / sxx) */
};

/* NaN in y means missing and is left out; any infinity, or NaN in t, gives ALS_OLS_NOT_FINITE. */
struct als_ols als_ols_fit(size_t n, const double *t, const double *y);

/* Half-width of the 95 % band of the fitted line at time t; NAN when there is no standard error. */
double als_ols_band(const struct als_ols *fit, double t);

const char *als_ols_reason(enum als_ols_status status); /* "one visit", "all at one time" … */

#endif
