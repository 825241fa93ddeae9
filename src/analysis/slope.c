/* The line through one patient's series: which points count, and whether to rely on it. */
#include <limits.h>
#include <stdlib.h>

#include "alstrack/analysis/slopes.h"

#define ON_STACK 128 /* more points than a patient has in most trials */

static bool is_after_death(const struct als_series *series, const struct als_series_point *point)
{
    return series->death_day != ALS_NO_DAY && point->day > series->death_day;
}

static bool is_outside(const struct als_series *series, const struct als_series_point *point,
                       int from_day, int to_day)
{
    int day = point->day - series->zero_day;
    return day < from_day || day > to_day;
}

/* Points are in order of day; visit numbers may come back when raters differ in date. */
static bool is_new_visit(const struct als_series *series, size_t index)
{
    for (size_t i = index; i-- > 0;)
        if (series->points[i].visit_no == series->points[index].visit_no)
            return false;
    return true;
}

static void count_point(struct als_slope *slope, const struct als_series *series, size_t index,
                        enum als_score_source *source)
{
    const struct als_series_point *point = &series->points[index];
    if (slope->first_day == ALS_NO_DAY)
        slope->first_day = point->day;
    slope->last_day = point->day;
    if (*source == ALS_SOURCE_NONE)
        *source = point->source;
    else if (point->source != ALS_SOURCE_NONE && point->source != *source)
        slope->mixed = true;
}

struct als_slope als_slope_fit(const struct als_series *series, int from_day, int to_day)
{
    double months_here[ON_STACK], values_here[ON_STACK];
    bool small = series->count <= ON_STACK;
    double *months = small ? months_here : als_realloc_array(NULL, series->count, sizeof *months);
    double *values = small ? values_here : als_realloc_array(NULL, series->count, sizeof *values);
    struct als_slope slope = {.first_day = ALS_NO_DAY, .last_day = ALS_NO_DAY};
    enum als_score_source source = ALS_SOURCE_NONE;
    size_t n = 0;
    for (size_t i = 0; i < series->count; i++) {
        const struct als_series_point *point = &series->points[i];
        if (is_outside(series, point, from_day, to_day)) {
            slope.outside++;
        } else if (is_after_death(series, point)) {
            slope.after_death++;
        } else {
            count_point(&slope, series, i, &source);
            slope.visits += is_new_visit(series, i);
            slope.low += point->value <= ALS_FLOOR_POINTS;
            months[n] = point->month;
            values[n++] = point->value;
        }
    }
    slope.fit = als_ols_fit(n, months, values);
    slope.reliable = slope.fit.status == ALS_OLS_OK && slope.visits >= ALS_RELIABLE_VISITS &&
                     slope.last_day - slope.first_day >= ALS_RELIABLE_DAYS;
    if (!small) {
        free(months);
        free(values);
    }
    return slope;
}
