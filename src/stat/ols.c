/* Least squares of one straight line, with the conventions of the header. */
#include "alstrack/stat/ols.h"

#include <float.h>
#include <math.h>

#include "alstrack/stat/dist.h"

/* Centred sums over the complete pairs. They are kept in long double, so that times counted from
 * a distant origin lose no digits. */
struct moments {
    size_t n;
    long double t_mean, y_mean, sxx, sxy, syy;
    double t_largest, y_largest; /* absolute values */
};

/* fmax and fmin mind NaN, which cannot come here, at the price of a call. */
static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static enum als_ols_status find_means(size_t n, const double *t, const double *y, struct moments *m)
{
    *m = (struct moments){0};
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(t[i]) || isinf(y[i]))
            return ALS_OLS_NOT_FINITE;
        if (isnan(y[i]))
            continue;
        m->n++;
        m->t_mean += t[i];
        m->y_mean += y[i];
        m->t_largest = larger(m->t_largest, fabs(t[i]));
        m->y_largest = larger(m->y_largest, fabs(y[i]));
    }
    if (m->n == 0)
        return ALS_OLS_NO_DATA;
    m->t_mean /= (long double)m->n;
    m->y_mean /= (long double)m->n;
    return ALS_OLS_OK;
}

/* All equal is decided on the data themselves, never on a sum that rounding may leave above 0. */
static void find_sums(size_t n, const double *t, const double *y, struct moments *m)
{
    double t_low = INFINITY, t_high = -INFINITY, y_low = INFINITY, y_high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (isnan(y[i]))
            continue;
        long double dt = (long double)t[i] - m->t_mean, dy = (long double)y[i] - m->y_mean;
        m->sxx += dt * dt;
        m->sxy += dt * dy;
        m->syy += dy * dy;
        t_low = smaller(t_low, t[i]);
        t_high = larger(t_high, t[i]);
        y_low = smaller(y_low, y[i]);
        y_high = larger(y_high, y[i]);
    }
    if (t_low == t_high)
        m->sxx = m->sxy = 0;
    if (y_low == y_high)
        m->syy = m->sxy = 0;
}

/* Sum of squared residuals. It is 0 when no residual exceeds what rounding the data to double may
 * have caused: decimal data on an exact line would otherwise show noise as a standard error. */
static long double residual_sum(size_t n, const double *t, const double *y, const struct moments *m,
                                long double slope)
{
    long double sum = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(y[i]))
            continue;
        long double residual =
            ((long double)y[i] - m->y_mean) - slope * ((long double)t[i] - m->t_mean);
        sum += residual * residual;
        largest = fabsl(residual) > largest ? fabsl(residual) : largest;
    }
    long double rounding = 2 * DBL_EPSILON * (m->y_largest + fabsl(slope) * m->t_largest);
    return largest <= rounding ? 0 : sum;
}

static void find_intervals(struct als_ols *fit, double df)
{
    double quantile = als_t_quantile(0.975, df);
    fit->ci_low = fit->slope - quantile * fit->se_slope;
    fit->ci_high = fit->slope + quantile * fit->se_slope;
    fit->intercept_low = fit->intercept - quantile * fit->se_intercept;
    fit->intercept_high = fit->intercept + quantile * fit->se_intercept;
    if (fit->se_slope > 0) {
        fit->t = fit->slope / fit->se_slope;
        fit->p = als_t_two_sided_p(fit->t, df);
    }
}

struct als_ols als_ols_fit(size_t n, const double *t, const double *y)
{
    struct als_ols fit = {.slope = NAN,
                          .intercept = NAN,
                          .se_slope = NAN,
                          .se_intercept = NAN,
                          .ci_low = NAN,
                          .ci_high = NAN,
                          .intercept_low = NAN,
                          .intercept_high = NAN,
                          .r2 = NAN,
                          .residual_sd = NAN,
                          .t = NAN,
                          .p = NAN,
                          .t_mean = NAN,
                          .sxx = NAN};
    struct moments m;
    fit.status = find_means(n, t, y, &m);
    if (fit.status != ALS_OLS_OK) {
        fit.n = fit.status == ALS_OLS_NO_DATA ? 0 : n;
        return fit;
    }
    fit.n = m.n;
    find_sums(n, t, y, &m);
    fit.t_mean = (double)m.t_mean;
    fit.sxx = (double)m.sxx;
    if (m.n == 1 || !(m.sxx > 0)) {
        fit.status = m.n == 1 ? ALS_OLS_ONE_POINT : ALS_OLS_SAME_TIME;
        return fit;
    }
    long double slope = m.sxy / m.sxx;
    fit.slope = (double)slope;
    fit.intercept = (double)(m.y_mean - slope * m.t_mean);
    long double sse = residual_sum(n, t, y, &m, slope);
    if (m.syy > 0)
        fit.r2 = m.n == 2 || !(sse > 0) ? 1 : (double)(slope * m.sxy / m.syy);
    if (m.n == 2)
        return fit;
    long double variance = sse / (long double)(m.n - 2);
    fit.residual_sd = (double)sqrtl(variance);
    fit.se_slope = (double)sqrtl(variance / m.sxx);
    fit.se_intercept =
        (double)sqrtl(variance * (1 / (long double)m.n + m.t_mean * m.t_mean / m.sxx));
    find_intervals(&fit, (double)(m.n - 2));
    return fit;
}

double als_ols_band(const struct als_ols *fit, double t)
{
    if (!(fit->se_slope >= 0))
        return NAN;
    double distance = t - fit->t_mean;
    double se = fit->residual_sd * sqrt(1 / (double)fit->n + distance * distance / fit->sxx);
    return als_t_quantile(0.975, (double)(fit->n - 2)) * se;
}

const char *als_ols_reason(enum als_ols_status status)
{
    switch (status) {
    case ALS_OLS_OK:
        return "";
    case ALS_OLS_NO_DATA:
        return "no values";
    case ALS_OLS_ONE_POINT:
        return "one visit";
    case ALS_OLS_SAME_TIME:
        return "all at one time";
    case ALS_OLS_NOT_FINITE:
        return "a value is not finite";
    }
    return "";
}
