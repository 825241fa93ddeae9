/*
 * Describing one sample, and comparing two proportions.
 *
 * Quantiles by two of the definitions of Hyndman and Fan 1996, Am Stat 50:361: type 7 (R's default,
 * linear between order statistics) and type 2 (SAS's default, the mean of two at a step).
 */
#ifndef ALSTRACK_STAT_SUMMARY_H
#define ALSTRACK_STAT_SUMMARY_H

#include <stddef.h>

enum als_quantile_type { ALS_QUANTILE_LINEAR = 7, ALS_QUANTILE_STEP = 2 };

/* The p-quantile of n ascending values; NAN when n is 0 or p outside 0 to 1. */
double als_quantile(size_t n, const double *sorted, double p, enum als_quantile_type type);

struct als_summary {
    size_t n;               /* values that are not NaN */
    double mean, sd, se;    /* sd over n - 1 */
    double ci_low, ci_high; /* of the mean, 95 %, t distribution */
    double minimum, q1, median, q3, maximum;
};

/* sorted has room for n and holds the used values in order afterwards. What is not defined is NAN,
 * as is everything when a value is infinite. */
struct als_summary als_summarise(size_t n, const double *values, enum als_quantile_type type,
                                 double *sorted);

/* Fisher's exact test of a of n1 against b of n2: two-sided, the sum of all tables that are not
 * more likely than this one. NAN when a > n1 or b > n2. */
double als_fisher_p(size_t a, size_t n1, size_t b, size_t n2);

/* Wilson's 95 % interval of a proportion a / n (Wilson 1927, J Am Stat Assoc 22:209). */
struct als_proportion {
    double value, ci_low, ci_high; /* NAN when n is 0 */
};
struct als_proportion als_proportion_of(size_t a, size_t n);

#endif
