/*
 * From where to where an axis goes, and its step.
 */
#ifndef ALSTRACK_PLOT_RANGE_H
#define ALSTRACK_PLOT_RANGE_H

#include "alstrack/store/scan.h"

/* Smallest and largest possible value of a measure, for axes; NAN when open. Percentages are open:
 * what is possible is far from what is usual. */
void als_range_possible(const struct als_measure *measure, double *low, double *high);

struct als_range {
    double low, high, step;
};

/* The axis of values from `least` to `most` (least > most: there are none): the possible range low
 * to high, widened to what is outside of it; when that is open, a round range around the values, in
 * which equal values are not blown up. */
struct als_range als_range_frame(double low, double high, double least, double most,
                                 double wanted_tics);

/* A round step of which about `wanted` fit into span; 4 and 12 count as round where they divide
 * the span, for scales made of items of 4 points; exact division is preferred. */
double als_range_step(double span, double wanted);

/* The smallest step of months from a fixed list that is at least `least` months. */
double als_range_months(double least);

#endif
