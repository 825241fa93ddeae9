/*
 * What belongs to a table of slopes: how they were computed, of how many patients, what was left
 * out, and the mean of the slopes overall and per group. Collected while the rows are made.
 */
#ifndef ALSTRACK_ANALYSIS_SLOPE_NOTES_H
#define ALSTRACK_ANALYSIS_SLOPE_NOTES_H

#include "alstrack/analysis/slopes.h"
#include "noted.h"

struct als_slope_group {
    const char *name; /* NULL = the factor is missing; borrowed */
    double *slopes;   /* owned */
    size_t n, room;
    size_t patients;
};

struct als_slope_notes {
    struct als_slope_group all;
    struct als_slope_group *groups; /* owned */
    size_t n_groups;
    size_t zero[3]; /* patients per enum als_zero */
    size_t values_outside, values_after_death;
    size_t without_value, without_line;
    bool has_floor;
    size_t values, low; /* values used; those near the floor of the scale */
    size_t averaged;    /* values used that are means of several raters' */
    struct als_noted after_death, few_visits, mixed, partial_zero, died;
};

void als_slope_notes_begin(struct als_slope_notes *notes, const struct als_measure *measure);
/* One patient; series and slope are NULL for a patient without any value. Names are borrowed until
 * the notes end. */
void als_slope_notes_add(struct als_slope_notes *notes, const char *group, const char *patient,
                         const struct als_series *series, const struct als_slope *slope);
void als_slope_notes_write(struct als_slope_notes *notes, const struct als_protocol *protocol,
                           const struct als_measure *measure,
                           const struct als_slopes_options *options, size_t missing,
                           struct als_table *table);
void als_slope_notes_end(struct als_slope_notes *notes);

#endif
