/*
 * Curves of all patients as plain data: collected by cohort.c, drawn by spaghetti.c. Everything
 * lives in the arena given to the collector.
 */
#ifndef ALSTRACK_PLOT_COHORT_H
#define ALSTRACK_PLOT_COHORT_H

#include "alstrack/analysis/slopes.h"
#include "alstrack/plot/plot.h"

struct als_cohort_curve {
    const char *patient;
    size_t group;
    const struct als_series_point *points;
    size_t n;
};

/* Mean of one group's patients at one planned visit, or in one month when visits do not carry the
 * values. A patient counts once in a mean, with the mean of what it has there. */
struct als_cohort_mean {
    size_t group;
    const char *label;      /* visit code, or the month */
    double month;           /* mean time of these values */
    size_t n;               /* patients */
    double mean, low, high; /* 95 % interval by t; NAN when n < 2 */
};

struct als_cohort_group {
    const char *name;
    size_t patients; /* with a value */
    size_t slopes;   /* patients with a slope; mean and interval are of these, unweighted */
    double slope, slope_low, slope_high;
};

struct als_cohort_data {
    struct als_measure measure;
    const char *by; /* NULL: one group */
    const char *zero_label;
    size_t without_value; /* patients without a value */
    bool by_visit;        /* means are by visit, else by month */
    struct als_cohort_curve *curves;
    size_t n_curves;
    struct als_cohort_group *groups; /* in order of name, missing last */
    size_t n_groups;
    struct als_cohort_mean *means; /* by group, then time */
    size_t n_means;
};

ALS_CHECKED enum als_status als_cohort_collect(struct als_store *store,
                                               const struct als_plot_options *options,
                                               struct als_arena *arena, struct als_cohort_data *out,
                                               struct als_err *err);

#define ALS_COHORT_WIDTH  1123.0
#define ALS_COHORT_HEIGHT 794.0

struct als_buf;
struct als_cohort_heading {
    const char *protocol;
    int as_of_day;
};
void als_cohort_script(const struct als_cohort_data *data, const struct als_cohort_heading *heading,
                       struct als_arena *arena, struct als_buf *out);
const char *als_cohort_words(const struct als_cohort_data *data, struct als_arena *arena);
void als_cohort_table(const struct als_cohort_data *data, struct als_buf *out);

#endif
