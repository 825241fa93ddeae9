/* Change from baseline at each planned visit within the horizon, patient by patient. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joint_rank_int.h"

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
    size_t n_changes = 0;
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
        *cell = direction * (point->value - ranking->baseline[index]);
        n_changes++;
        ranking->averaged += point->n > 1;
    }
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
    struct als_baseline baseline = als_baseline_of(&ranking->baseline_rules, index, series);
    ranking->baseline[index] = baseline.value;
    ranking->averaged += baseline.n > 1;
    if (baseline.day != ALS_NO_DAY)
        add_changes(ranking, series, index, baseline.day);
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
    enum als_status status =
        als_baselines_load(ranking->store, ranking->measure.instrument, &ranking->patients,
                           ranking->arena, &ranking->baseline_rules, err);
    if (status == ALS_OK)
        status = als_series_each(ranking->store, &ranking->measure, &ranking->patients, take_series,
                                 ranking, err);
    for (size_t i = 0; i < n && status == ALS_OK; i++)
        if (ranking->levels.of[i] != ALS_NO_LEVEL && isnan(ranking->baseline[i]))
            als_noted_add(&ranking->without_baseline, ranking->patients.items[i].patient);
    return status;
}
