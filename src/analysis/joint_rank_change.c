/* Change from baseline at each planned visit within the horizon, patient by patient. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joint_rank_int.h"

static void add_changes(struct ranking *ranking, const struct als_series *series, size_t index,
                        const struct als_baseline *baseline)
{
    struct als_visit_values *by_visit = &ranking->by_visit;
    size_t n_changes = 0;
    double direction = ranking->measure.instrument->higher_is_better ? 1 : -1;
    for (size_t i = 0; i < by_visit->count; i++) {
        const struct als_visit_value *item = &by_visit->items[i];
        double change = als_visit_value_change(by_visit, item, baseline);
        if (isnan(change))
            continue;
        size_t column = ranking->column_of[item->plan];
        if (column == SIZE_MAX || item->point->day <= series->zero_day) {
            ranking->outside++;
            continue;
        }
        ranking->change[index * ranking->column + column] = direction * change;
        n_changes++;
        ranking->averaged += item->point->n > 1;
    }
    if (n_changes == 0 && baseline->day != ALS_NO_DAY)
        als_noted_add(&ranking->without_change, ranking->patients.items[index].patient);
}

static void take_series(const struct als_series *series, void *context)
{
    struct ranking *ranking = context;
    while (ranking->patients.items[ranking->next].id != series->patient_id)
        ranking->next++;
    size_t index = ranking->next;
    if (ranking->levels.of[index] == ALS_NO_LEVEL || ranking->status != ALS_OK)
        return;
    ranking->status = als_visit_values_of(&ranking->by_visit, &ranking->patients.items[index],
                                          series, ranking->err);
    if (ranking->status != ALS_OK)
        return;
    struct als_baseline baseline = als_baseline_of(&ranking->baseline_rules, index, series);
    ranking->baseline[index] = baseline.value;
    ranking->averaged += baseline.n > 1;
    add_changes(ranking, series, index, &baseline);
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
        if (!als_visit_is_after_zero(protocol, visit)) {
            ranking->column_of[visit] = SIZE_MAX;
            continue;
        }
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
    if (status != ALS_OK)
        return status;
    als_visit_values_begin(&ranking->by_visit, ranking->store, ranking->measure.instrument,
                           &ranking->baseline_rules, ranking->arena);
    ranking->err = err;
    status = als_series_each(ranking->store, &ranking->measure, &ranking->patients, take_series,
                             ranking, err);
    als_visit_values_end(&ranking->by_visit);
    if (status == ALS_OK)
        status = ranking->status;
    for (size_t i = 0; i < n && status == ALS_OK; i++)
        if (ranking->levels.of[i] != ALS_NO_LEVEL && isnan(ranking->baseline[i]))
            als_noted_add(&ranking->without_baseline, ranking->patients.items[i].patient);
    return status;
}
