/*
 * One estimated number with its uncertainty, as models report it.
 */
#ifndef ALSTRACK_STAT_ESTIMATE_H
#define ALSTRACK_STAT_ESTIMATE_H

struct als_estimate {
    double estimate, se, df, t, p, ci_low, ci_high; /* 95 %, t distribution */
};

/* The rest from the first three. With se = 0 there is no t and no p, and the interval is a point;
 * what is not defined is NAN. */
struct als_estimate als_estimate_make(double estimate, double se, double df);

extern const struct als_estimate als_no_estimate; /* all NAN */

#endif
