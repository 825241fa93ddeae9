/*
 * Decline before and after time zero: the fits of one patient, and tests over many.
 */
#ifndef ALSTRACK_ANALYSIS_PREPOST_FIT_H
#define ALSTRACK_ANALYSIS_PREPOST_FIT_H

#include "alstrack/analysis/slopes.h"
#include "alstrack/stat/estimate.h"
#include "alstrack/stat/rank.h"
#include "alstrack/stat/regress.h"

/* y = level + before min(t, 0) + after max(t, 0); NAN where there is no such fit. */
struct als_stick {
    enum als_regress_status status;
    size_t n;
    double level, before, after;
    struct als_estimate change; /* after - before */
};

struct als_prepost {
    bool has_values, has_zero; /* any value; time zero is the protocol's */
    struct als_slope before, after;
    struct als_stick stick;
    size_t on_zero;     /* values on the day of time zero */
    double change;      /* after - before; NAN unless both are there */
    double improvement; /* percent; NAN when undefined */
};

/* direction is 1 when more is better, -1 when less is. Without the protocol's time zero there are
 * no fits. */
struct als_prepost als_prepost_fit(const struct als_series *series, bool exclude_zero,
                                   double direction);
struct als_prepost als_prepost_none(void); /* of a patient without any value */

/* A decline slower than this is too small to take a percentage of. */
extern const double als_prepost_least_decline;

/* Does the change reach the threshold? -1 when it cannot be told. A change that misses it by
 * rounding alone (1e-9 of the threshold) reaches it. */
int als_prepost_responds(const struct als_prepost *fit, const struct als_responder *responder,
                         double direction);

/* Paired tests of n patients by their changes; no value is missing. */
struct als_prepost_tests {
    size_t n;
    double before_mean, after_mean, change_median;
    struct als_t_test t;
    struct als_wilcoxon wilcoxon;
};
struct als_prepost_tests als_prepost_test(size_t n, const double *before, const double *after,
                                          const double *changes);

#endif
