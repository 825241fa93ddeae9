/* `analyze change`: the values of planned visits, and each patient's baseline. */
#include "change_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "noted.h"
#include "patients.h"

struct pass {
    struct als_change_run *run;
    size_t next;
    enum als_status status;
    struct als_err *err;
};

/* What the notes tell of the values until death. */
static void count_values(struct als_change_run *run, const struct als_series *series)
{
    const size_t n = als_series_alive(series);
    const bool has_floor = als_has_floor(&run->measure);
    for (size_t i = 0; i < n; i++) {
        const struct als_series_point *point = &series->points[i];
        run->computed += (point->sources & als_source_bit(ALS_SOURCE_COMPUTED)) != 0;
        run->entered += (point->sources & als_source_bit(ALS_SOURCE_ENTERED)) != 0;
        run->averaged += point->n > 1;
        run->low += has_floor && point->value <= ALS_FLOOR_POINTS;
    }
    run->used += n;
}

bool als_change_is_planned(const struct als_change_run *run, size_t visit)
{
    return als_visit_assesses(run->protocol, visit, run->measure.instrument->code);
}

static void put_values(struct pass *pass, const struct als_baseline *baseline)
{
    struct als_visit_values *by_visit = &pass->run->by_visit;
    for (size_t i = 0; i < by_visit->count; i++) {
        const struct als_visit_value *item = &by_visit->items[i];
        if (item->plan < 0)
            continue;
        size_t cell = pass->next * pass->run->n_visits + (size_t)item->plan;
        pass->run->values[cell] = item->point->value;
        pass->run->changes[cell] = als_visit_value_change(by_visit, item, baseline);
    }
}

static void take_series(const struct als_series *series, void *context)
{
    struct pass *pass = context;
    struct als_change_run *run = pass->run;
    if (pass->status != ALS_OK)
        return;
    while (run->patients.items[pass->next].id != series->patient_id)
        pass->next++;
    count_values(run, series);
    pass->status =
        als_visit_values_of(&run->by_visit, &run->patients.items[pass->next], series, pass->err);
    if (pass->status != ALS_OK)
        return;
    struct als_baseline baseline = als_baseline_of(&run->baseline_rules, pass->next, series);
    bool has_baseline = baseline.day != ALS_NO_DAY;
    put_values(pass, &baseline);
    run->baselines[pass->next] = baseline.value;
    if (run->due)
        als_change_impute(run, pass->next, series, &baseline);
    run->zero[series->zero]++;
    run->with_value++;
    run->without_baseline += !has_baseline;
    run->old_baseline += baseline.too_old;
    run->zero_baseline += has_baseline && baseline.value == 0;
    run->died += series->death_day != ALS_NO_DAY;
}

static enum als_status compute(struct als_change_run *run, struct als_arena *arena,
                               struct als_err *err)
{
    size_t n = run->patients.count, cells = n * run->n_visits;
    run->groups = als_groups_make(&run->patients, run->options->by, arena);
    run->values = als_arena_array(arena, cells + 1, sizeof *run->values);
    run->changes = als_arena_array(arena, cells + 1, sizeof *run->changes);
    run->baselines = als_arena_array(arena, n + 1, sizeof *run->baselines);
    for (size_t i = 0; i < cells; i++)
        run->values[i] = run->changes[i] = NAN;
    for (size_t i = 0; i < n; i++)
        run->baselines[i] = NAN;
    struct pass pass = {.run = run, .err = err};
    enum als_status status = als_baselines_load(run->store, run->measure.instrument, &run->patients,
                                                arena, &run->baseline_rules, err);
    if (status == ALS_OK && run->options->impute != ALS_IMPUTE_NONE)
        status = als_change_load_due(run, err);
    if (status != ALS_OK)
        return status;
    als_visit_values_begin(&run->by_visit, run->store, run->measure.instrument,
                           &run->baseline_rules, arena);
    status = als_series_each_counted(run->store, &run->measure, &run->patients, take_series, &pass,
                                     &run->missing, err);
    als_visit_values_end(&run->by_visit);
    return status == ALS_OK ? pass.status : status;
}

enum als_status als_analyze_change(struct als_store *store,
                                   const struct als_change_options *options, struct als_table **out,
                                   struct als_err *err)
{
    struct als_change_run run = {
        .options = options, .store = store, .protocol = als_store_protocol(store)};
    run.n_visits = run.protocol->n_visits;
    enum als_status status = als_factor_check(options->by, err);
    if (status == ALS_OK && options->adjusted && options->impute != ALS_IMPUTE_NONE)
        status = als_fail(err, ALS_USAGE, "E-IMPUTE",
                          "the repeated-measures model takes values as missing at random: nothing "
                          "is imputed for it");
    if (status == ALS_OK)
        status = als_measure_chosen(store, options->measure, &run.measure, err);
    if (status != ALS_OK)
        return status;
    struct als_arena *arena = als_arena_new();
    run.arena = arena;
    status = als_patient_load(store, arena, &run.patients, err);
    if (status == ALS_OK)
        status = compute(&run, arena, err);
    if (status == ALS_OK)
        *out = options->adjusted ? als_change_adjusted(&run) : als_change_observed(&run);
    als_arena_free(arena);
    return status;
}
