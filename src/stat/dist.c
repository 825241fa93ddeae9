/* Tail areas and quantiles of the normal, t, chi-squared and F distributions. */
#include "alstrack/stat/dist.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stddef.h>

enum { NEWTON_STEPS = 200 };

/* GSL's t tail uses an expansion above 30 degrees of freedom that loses digits far out; its F tail
 * loses them above 1e5. Each is exact to 1e-13 where it is used here. */
static const double DF_T_EXPANSION = 1000, DF_F_LARGE = 1e5, DF_T_NORMAL = 1e20;

static double t_two_sided(double t, double df)
{
    return df < DF_T_EXPANSION ? gsl_cdf_fdist_Q(t * t, 1, df) : 2 * gsl_cdf_tdist_Q(fabs(t), df);
}

/* Solve Q(t) = q for t > 0 by Newton on ln Q over u = asinh t, kept inside a bracket: there the
 * tail is nearly straight both for few degrees of freedom (a power of t) and near the middle. The
 * library's own inverse stops at about eight digits. */
static double t_upper_quantile(double q, double df)
{
    double low = 0, high = INFINITY, target = log(q);
    double u = asinh(gsl_cdf_ugaussian_Qinv(q));
    for (int step = 0; step < NEWTON_STEPS; step++) {
        double t = sinh(u), tail = t_two_sided(t, df) / 2;
        double density = gsl_ran_tdist_pdf(t, df) * cosh(u);
        double miss = log(tail) - target;
        if (miss > 0)
            low = u;
        else
            high = u;
        double next = u + miss * tail / density;
        if (!(next > low && next < high))
            next = isinf(high) ? 2 * u + 1 : (low + high) / 2;
        if (fabs(next - u) <= 2 * DBL_EPSILON * fabs(next))
            return sinh(next);
        u = next;
    }
    return sinh(u);
}

static double t_quantile(double p, double df)
{
    if (df >= DF_T_NORMAL)
        return gsl_cdf_ugaussian_Pinv(p);
    if (p == 0.5)
        return 0;
    return p < 0.5 ? -t_upper_quantile(p, df) : t_upper_quantile(1 - p, df);
}

/* Intervals of many patients ask for the same few quantiles, and solving for one costs more than a
 * fit: the last of each small whole df is kept. */
double als_t_quantile(double p, double df)
{
    enum { KEPT = 64 };
    static _Thread_local struct {
        double p, value;
    } kept[KEPT];
    if (!(p > 0 && p < 1 && df > 0))
        return NAN;
    if (!(df < KEPT) || df != floor(df))
        return t_quantile(p, df);
    size_t slot = (size_t)df;
    if (kept[slot].p != p) {
        kept[slot].value = t_quantile(p, df);
        kept[slot].p = p;
    }
    return kept[slot].value;
}

double als_t_two_sided_p(double t, double df)
{
    if (isnan(t) || !(df > 0))
        return NAN;
    if (isinf(t))
        return 0;
    return df >= DF_T_NORMAL ? als_normal_two_sided_p(t) : t_two_sided(t, df);
}

double als_normal_quantile(double p)
{
    return p > 0 && p < 1 ? gsl_cdf_ugaussian_Pinv(p) : NAN;
}

double als_normal_two_sided_p(double z)
{
    return erfc(fabs(z) / sqrt(2));
}

double als_chisq_upper_p(double x, double df)
{
    if (isnan(x) || !(df > 0) || isinf(df))
        return NAN;
    return x <= 0 ? 1 : isinf(x) ? 0 : gsl_cdf_chisq_Q(x, df);
}

double als_f_upper_p(double f, double df1, double df2)
{
    if (isnan(f) || !(df1 > 0) || !(df2 > 0) || isinf(df1))
        return NAN;
    if (df1 == 1 && f > 0)
        return als_t_two_sided_p(sqrt(f), df2);
    if (df2 > DF_F_LARGE)
        return als_chisq_upper_p(f * df1, df1);
    return f <= 0 ? 1 : isinf(f) ? 0 : gsl_cdf_fdist_Q(f, df1, df2);
}
