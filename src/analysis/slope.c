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

static void count_point(struct als_slope *slope, const struct als_series_point *point)
{
    if (slope->first_day == ALS_NO_DAY)
        slope->first_day = point->day;
    slope->last_day = point->day;
    slope->averaged += point->n > 1;
    slope->low += point->value <= ALS_FLOOR_POINTS;
}

struct als_slope als_slope_fit(const struct als_series *series, int from_day, int to_day)
{
    double months_here[ON_STACK], values_here[ON_STACK];
    bool small = series->count <= ON_STACK;
    double *months = small ? months_here : als_realloc_array(NULL, series->count, sizeof *months);
    double *values = small ? values_here : als_realloc_array(NULL, series->count, sizeof *values);
    struct als_slope slope = {.first_day = ALS_NO_DAY, .last_day = ALS_NO_DAY};
    unsigned sources = 0;
    size_t n = 0;
    for (size_t i = 0; i < series->count; i++) {
        const struct als_series_point *point = &series->points[i];
        if (is_outside(series, point, from_day, to_day)) {
            slope.outside++;
        } else if (is_after_death(series, point)) {
            slope.after_death++;
        } else {
            count_point(&slope, point);
            sources |= point->sources;
            months[n] = point->month;
            values[n++] = point->value;
        }
    }
    slope.fit = als_ols_fit(n, months, values);
    slope.mixed = als_sources_differ(sources);
    slope.reliable = slope.fit.status == ALS_OLS_OK && n >= ALS_RELIABLE_VISITS &&
                     slope.last_day - slope.first_day >= ALS_RELIABLE_DAYS;
    if (!small) {
        free(months);
        free(values);
    }
    return slope;
}
