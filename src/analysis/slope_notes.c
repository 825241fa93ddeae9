/* Counts, exclusions, warnings and means that accompany a table of slopes. */
#include "slope_notes.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/buf.h"
#include "alstrack/core/count.h"
#include "alstrack/stat/dist.h"

void als_slope_notes_begin(struct als_slope_notes *notes, const struct als_measure *measure)
{
    *notes = (struct als_slope_notes){.has_floor = als_has_floor(measure)};
}

void als_slope_notes_end(struct als_slope_notes *notes)
{
    for (size_t i = 0; i < notes->n_groups; i++)
        free(notes->groups[i].slopes);
    free(notes->groups);
    free(notes->all.slopes);
}

static bool same_name(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct als_slope_group *group_named(struct als_slope_notes *notes, const char *name)
{
    for (size_t i = 0; i < notes->n_groups; i++)
        if (same_name(notes->groups[i].name, name))
            return &notes->groups[i];
    notes->groups = als_realloc_array(notes->groups, notes->n_groups + 1, sizeof *notes->groups);
    notes->groups[notes->n_groups] = (struct als_slope_group){.name = name};
    return &notes->groups[notes->n_groups++];
}

static void add_to_group(struct als_slope_group *group, const struct als_slope *slope)
{
    group->patients++;
    if (!slope || slope->fit.status != ALS_OLS_OK)
        return;
    if (group->n == group->room) {
        group->room = group->room ? 2 * group->room : 64;
        group->slopes = als_realloc_array(group->slopes, group->room, sizeof *group->slopes);
    }
    group->slopes[group->n++] = slope->fit.slope;
}

void als_slope_notes_add(struct als_slope_notes *notes, const char *group, const char *patient,
                         const struct als_series *series, const struct als_slope *slope)
{
    add_to_group(&notes->all, slope);
    add_to_group(group_named(notes, group), slope);
    if (!slope) {
        notes->without_value++;
        return;
    }
    notes->zero[series->zero]++;
    notes->values_outside += slope->outside;
    notes->values_after_death += slope->after_death;
    if (slope->after_death)
        als_noted_add(&notes->after_death, patient);
    if (slope->fit.n == 0)
        notes->without_value++;
    else if (slope->fit.status != ALS_OLS_OK)
        notes->without_line++;
    if (slope->fit.n && slope->fit.n < ALS_RELIABLE_VISITS)
        als_noted_add(&notes->few_visits, patient);
    if (slope->mixed)
        als_noted_add(&notes->mixed, patient);
    if (series->zero_is_partial)
        als_noted_add(&notes->partial_zero, patient);
    if (series->death_day != ALS_NO_DAY)
        als_noted_add(&notes->died, patient);
    notes->values += slope->fit.n;
    notes->low += slope->low;
    notes->averaged += slope->averaged;
}

/* Missing last, else by name. */
static int compare_groups(const void *a, const void *b)
{
    const struct als_slope_group *one = a, *other = b;
    if (!one->name || !other->name)
        return !one->name - !other->name;
    return strcmp(one->name, other->name);
}

static void write_mean(const struct als_slope_group *group, const char *by, struct als_table *table)
{
    const char *name = group->name ? group->name : "missing";
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    if (by)
        als_buf_printf(&text, "%s %s: ", by, name);
    else
        als_buf_text(&text, "all patients: ");
    if (group->n == 0) {
        als_table_note(table, "%sno slope, %s", text.data,
                       als_counted(group->patients, "patient").text);
        als_buf_release(&text);
        return;
    }
    double mean = 0, squares = 0;
    for (size_t i = 0; i < group->n; i++)
        mean += (group->slopes[i] - mean) / (double)(i + 1);
    for (size_t i = 0; i < group->n; i++)
        squares += (group->slopes[i] - mean) * (group->slopes[i] - mean);
    als_buf_printf(&text, "unweighted mean of %s %.6f", als_counted(group->n, "slope").text, mean);
    if (group->n > 1) {
        double df = (double)(group->n - 1), sd = sqrt(squares / df);
        double se = sd / sqrt((double)group->n), half = als_t_quantile(0.975, df) * se;
        als_buf_printf(&text, ", SD %.6f, SE %.6f, 95 %% t interval %.6f to %.6f", sd, se,
                       mean - half, mean + half);
    }
    als_table_note(table, "%s, %s", text.data, als_counted(group->patients, "patient").text);
    als_buf_release(&text);
}

static void write_exclusions(const struct als_slope_notes *notes,
                             const struct als_slopes_options *options, size_t missing,
                             struct als_buf *text, struct als_table *table)
{
    if (missing)
        als_table_note(table, "%s without a value left out",
                       als_counted(missing, "assessment").text);
    als_note_raters(notes->averaged, table);
    if (options->from_day != INT_MIN || options->to_day != INT_MAX) {
        als_buf_clear(text);
        if (options->from_day != INT_MIN)
            als_buf_printf(text, " from day %d", options->from_day);
        if (options->to_day != INT_MAX)
            als_buf_printf(text, " to day %d", options->to_day);
        als_table_note(table, "only values%s of time zero; %s outside left out", text->data,
                       als_counted(notes->values_outside, "value").text);
    }
    if (notes->values_after_death)
        als_table_note(table, "warning: %s dated after death left out: %s",
                       als_counted(notes->values_after_death, "value").text,
                       als_noted_say(&notes->after_death, text));
}

static void write_warnings(const struct als_slope_notes *notes, struct als_buf *text,
                           struct als_table *table)
{
    if (notes->few_visits.count)
        als_table_note(table, "warning: fewer than three visits: %s",
                       als_noted_say(&notes->few_visits, text));
    if (notes->mixed.count)
        als_table_note(table,
                       "warning: slopes over values of mixed sources (computed and entered or "
                       "prorated): %s",
                       als_noted_say(&notes->mixed, text));
    if (notes->partial_zero.count)
        als_table_note(table, "warning: time zero is a date without a day: %s",
                       als_noted_say(&notes->partial_zero, text));
    als_note_truncated(&notes->died, text, table);
    if (notes->has_floor)
        als_note_floor(notes->low, notes->values, table);
}

void als_slope_notes_write(struct als_slope_notes *notes, const struct als_protocol *protocol,
                           const struct als_measure *measure,
                           const struct als_slopes_options *options, size_t missing,
                           struct als_table *table)
{
    const char *unit = als_measure_unit(measure);
    als_table_note(table,
                   "%s: straight line by ordinary least squares per patient, %s per month of "
                   "%.4f days; 95 %% intervals from t with n - 2 degrees of freedom",
                   measure->name, *unit ? unit : "units", ALS_DAYS_PER_MONTH);
    als_note_zero(protocol, notes->zero, table);
    als_table_note(table, "%s: %zu with a slope, %zu with too few values, %zu without a value",
                   als_counted(notes->all.patients, "patient").text, notes->all.n,
                   notes->without_line, notes->without_value);
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    write_exclusions(notes, options, missing, &text, table);
    write_warnings(notes, &text, table);
    als_buf_release(&text);
    if (notes->all.patients > 1 || !options->by)
        write_mean(&notes->all, NULL, table);
    if (notes->n_groups == 0 || !options->by)
        return;
    qsort(notes->groups, notes->n_groups, sizeof *notes->groups, compare_groups);
    for (size_t i = 0; i < notes->n_groups; i++)
        write_mean(&notes->groups[i], options->by, table);
}
