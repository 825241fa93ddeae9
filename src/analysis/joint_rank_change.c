/* Change from baseline at each planned visit within the horizon, patient by patient. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joint_rank_int.h"

static const struct als_baseline_rule *rule_of(const struct ranking *ranking)
{
    const struct als_protocol *protocol = ranking->protocol;
    ptrdiff_t own = als_protocol_instrument(protocol, ranking->measure.instrument->code);
    for (size_t i = 0; i < protocol->n_baselines; i++)
        if ((ptrdiff_t)protocol->baselines[i].instrument == own)
            return &protocol->baselines[i];
    return NULL;
}

static int screening_day(const struct ranking *ranking, const struct als_series *series)
{
    int screening = als_store_visit_no(ranking->store, "SCR", 3);
    for (size_t i = 0; i < series->count; i++)
        if (series->points[i].visit_no == screening)
            return series->points[i].day;
    return series->zero_day;
}

static bool may_be_baseline(const struct ranking *ranking, const struct als_series *series,
                            const struct als_series_point *point)
{
    const struct als_baseline_rule *rule = rule_of(ranking);
    if (!rule || rule->kind == ALS_BASELINE_LAST_BEFORE_ANCHOR)
        return point->day <= series->zero_day;
    if (rule->kind == ALS_BASELINE_VISIT)
        return als_store_plan_of(ranking->store, point->visit_no) == (ptrdiff_t)rule->visit;
    int screening = screening_day(ranking, series);
    return point->day <= screening && point->day >= screening - rule->max_age_days;
}

/* The value on the last day that may be the baseline, ALS_NO_DAY if there is none; several values
 * of that day are averaged. */
static int find_baseline(struct ranking *ranking, const struct als_series *series, double *value)
{
    int day = ALS_NO_DAY;
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < series->count; i++) {
        const struct als_series_point *point = &series->points[i];
        if (!may_be_baseline(ranking, series, point))
            continue;
        if (point->day != day) {
            day = point->day;
            sum = 0;
            n = 0;
        }
        sum += point->value;
        n++;
    }
    ranking->several += n > 1;
    *value = n ? sum / (double)n : NAN;
    return day;
}

/* Where the point's change goes: NULL when its visit is not planned within the horizon. */
static double *place(struct ranking *ranking, size_t index, const struct als_series_point *point)
{
    ptrdiff_t visit = als_store_plan_of(ranking->store, point->visit_no);
    if (visit < 0) {
        ranking->unplanned++;
        return NULL;
    }
    if (ranking->column_of[visit] == SIZE_MAX)
        return NULL;
    return &ranking->change[index * ranking->column + ranking->column_of[visit]];
}

static void add_changes(struct ranking *ranking, const struct als_series *series, size_t index,
                        int baseline_day)
{
    size_t n_columns = ranking->column, n_changes = 0;
    size_t *values = als_alloc_array(n_columns + 1, sizeof *values);
    double *first = &ranking->change[index * n_columns];
    double direction = ranking->measure.instrument->higher_is_better ? 1 : -1;
    for (size_t i = 0; i < series->count; i++) {
        const struct als_series_point *point = &series->points[i];
        if (point->day <= baseline_day || point->day <= series->zero_day)
            continue;
        if (series->death_day != ALS_NO_DAY && point->day > series->death_day) {
            ranking->after_death++;
            continue;
        }
        double *cell = place(ranking, index, point);
        if (!cell)
            continue;
        size_t *count = &values[cell - first];
        double change = direction * (point->value - ranking->baseline[index]);
        *cell = *count ? *cell + (change - *cell) / (double)(*count + 1) : change;
        n_changes += *count == 0;
        ranking->several += *count == 1;
        ++*count;
    }
    free(values);
    if (n_changes == 0)
        als_noted_add(&ranking->without_change, ranking->patients.items[index].patient);
}

static void take_series(const struct als_series *series, void *context)
{
    struct ranking *ranking = context;
    while (ranking->patients.items[ranking->next].id != series->patient_id)
        ranking->next++;
    size_t index = ranking->next;
    if (ranking->levels.of[index] == ALS_NO_LEVEL)
        return;
    int day = find_baseline(ranking, series, &ranking->baseline[index]);
    if (day != ALS_NO_DAY)
        add_changes(ranking, series, index, day);
}

/* Columns are visits after time zero in order of nominal day as the protocol lists them, the same
 * for all cohorts: a visit counts when it is due within the horizon for some cohort. */
static void choose_columns(struct ranking *ranking)
{
    const struct als_protocol *protocol = ranking->protocol;
    ranking->n_visits = protocol->n_visits;
    ranking->column_of =
        als_arena_array(ranking->arena, protocol->n_visits + 1, sizeof *ranking->column_of);
    for (size_t visit = 0; visit < protocol->n_visits; visit++) {
        bool counts = false;
        for (size_t i = 0; i < protocol->n_cohorts; i++)
            counts |= als_protocol_nominal_day(protocol, visit, &protocol->cohorts[i]) <=
                      ranking->horizon_days;
        ranking->column_of[visit] = counts ? ranking->column++ : SIZE_MAX;
    }
}

enum als_status ranking_load_changes(struct ranking *ranking, struct als_err *err)
{
    choose_columns(ranking);
    size_t n = ranking->patients.count;
    ranking->baseline = als_arena_array(ranking->arena, n + 1, sizeof *ranking->baseline);
    ranking->change =
        als_arena_array(ranking->arena, n * ranking->column + 1, sizeof *ranking->change);
    for (size_t i = 0; i < n; i++)
        ranking->baseline[i] = NAN;
    for (size_t i = 0; i < n * ranking->column; i++)
        ranking->change[i] = NAN;
    enum als_status status = als_series_each(ranking->store, &ranking->measure, &ranking->patients,
                                             take_series, ranking, err);
    for (size_t i = 0; i < n && status == ALS_OK; i++)
        if (ranking->levels.of[i] != ALS_NO_LEVEL && isnan(ranking->baseline[i]))
            als_noted_add(&ranking->without_baseline, ranking->patients.items[i].patient);
    return status;
}
