/* Summaries of a sample, Fisher's exact test, intervals of proportions. */
#include "alstrack/stat/summary.h"

#include <math.h>
#include <stdlib.h>

#include "alstrack/stat/dist.h"
#include "alstrack/stat/rank.h"

/* Two tables are equally likely when they differ by less than this, which only rounding does. */
static const double SAME_CHANCE = 1e-7;

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double als_quantile(size_t n, const double *sorted, double p, enum als_quantile_type type)
{
    if (n == 0 || !(p >= 0 && p <= 1))
        return NAN;
    if (type == ALS_QUANTILE_LINEAR) {
        double at = p * (double)(n - 1);
        size_t below = (size_t)at;
        if (below + 1 >= n)
            return sorted[n - 1];
        return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
    }
    double at = p * (double)n, whole = floor(at + 1e-9);
    size_t upper = (size_t)whole < n ? (size_t)whole : n - 1; /* counted from 0 */
    if (fabs(at - whole) > 1e-9 || whole < 1 || (size_t)whole >= n)
        return sorted[upper];
    return (sorted[upper - 1] + sorted[upper]) / 2;
}

struct als_summary als_summarise(size_t n, const double *values, enum als_quantile_type type,
                                 double *sorted)
{
    struct als_t_test mean = als_t_one_sample(n, values);
    struct als_summary summary = {0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    for (size_t i = 0; i < n; i++) {
        if (isinf(values[i]))
            return summary;
        if (!isnan(values[i]))
            sorted[summary.n++] = values[i];
    }
    if (summary.n == 0)
        return summary;
    qsort(sorted, summary.n, sizeof *sorted, ascending);
    summary.mean = mean.mean1;
    summary.sd = mean.sd1;
    summary.se = mean.se;
    summary.ci_low = mean.ci_low;
    summary.ci_high = mean.ci_high;
    summary.minimum = sorted[0];
    summary.q1 = als_quantile(summary.n, sorted, 0.25, type);
    summary.median = als_quantile(summary.n, sorted, 0.5, type);
    summary.q3 = als_quantile(summary.n, sorted, 0.75, type);
    summary.maximum = sorted[summary.n - 1];
    return summary;
}

/* Chance of k + 1 over chance of k among `events` of n1 + n2 when margins are fixed. */
static double next_ratio(size_t k, size_t events, size_t n1, size_t n2)
{
    return (double)(events - k) * (double)(n1 - k) /
           ((double)(k + 1) * ((double)(n2 + k + 1) - (double)events));
}

double als_fisher_p(size_t a, size_t n1, size_t b, size_t n2)
{
    if (a > n1 || b > n2)
        return NAN;
    size_t events = a + b, low = events > n2 ? events - n2 : 0, high = events < n1 ? events : n1;
    double all = 1, unlikely = 1, chance = 1; /* in units of the observed table */
    for (size_t k = a; k < high; k++) {
        chance *= next_ratio(k, events, n1, n2);
        all += chance;
        unlikely += chance <= 1 + SAME_CHANCE ? chance : 0;
    }
    chance = 1;
    for (size_t k = a; k > low; k--) {
        chance /= next_ratio(k - 1, events, n1, n2);
        all += chance;
        unlikely += chance <= 1 + SAME_CHANCE ? chance : 0;
    }
    return isfinite(all) ? unlikely / all : 0;
}

struct als_proportion als_proportion_of(size_t a, size_t n)
{
    if (n == 0 || a > n)
        return (struct als_proportion){NAN, NAN, NAN};
    double size = (double)n, share = (double)a / size, z = als_normal_quantile(0.975), z2 = z * z;
    double centre = (share + z2 / (2 * size)) / (1 + z2 / size);
    double half = z / (1 + z2 / size) * sqrt(share * (1 - share) / size + z2 / (4 * size * size));
    return (struct als_proportion){
        .value = share,
        .ci_low = a == 0 ? 0 : centre - half,
        .ci_high = a == n ? 1 : centre + half,
    };
}
