/* `analyze change`: the values of planned visits, and each patient's baseline. */
#include "change_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/analysis/visits.h"
#include "noted.h"
#include "patients.h"

enum { EXTRA = -1 };

struct pass {
    struct als_change_run *run;
    ptrdiff_t plan_of[ALS_KEY_MASK + 1]; /* index of the planned visit by its number, or EXTRA */
    size_t next;
    enum als_status status;
    struct als_err *err;
};

static void number_visits(struct pass *pass)
{
    const struct als_change_run *run = pass->run;
    for (size_t i = 0; i < sizeof pass->plan_of / sizeof pass->plan_of[0]; i++)
        pass->plan_of[i] = EXTRA;
    for (size_t i = 0; i < run->n_visits; i++) {
        const char *code = run->protocol->visits[i].code;
        pass->plan_of[als_store_visit_no(run->store, code, strlen(code))] = (ptrdiff_t)i;
    }
}

/* What the notes tell of the values until death. */
static void count_values(struct als_change_run *run, const struct als_series *series, size_t n)
{
    const bool has_floor = als_has_floor(&run->measure);
    for (size_t i = 0; i < n; i++) {
        const struct als_series_point *point = &series->points[i];
        run->computed += (point->sources & als_source_bit(ALS_SOURCE_COMPUTED)) != 0;
        run->entered += (point->sources & als_source_bit(ALS_SOURCE_ENTERED)) != 0;
        run->averaged += point->n > 1;
        run->low += has_floor && point->value <= ALS_FLOOR_POINTS;
    }
    run->used += n;
    run->after_death += series->count - n;
}

static bool is_termination(const struct als_change_run *run, int visit_no)
{
    const char *code = als_store_visit_code(run->store, visit_no);
    return code && als_visit_is_termination(code);
}

bool als_change_is_planned(const struct als_change_run *run, size_t visit)
{
    const struct als_visit_plan *plan = &run->protocol->visits[visit];
    for (size_t i = 0; i < plan->n_assessments; i++)
        if (strcmp(run->protocol->instruments[plan->assessments[i].instrument],
                   run->measure.instrument->code) == 0)
            return true;
    return false;
}

/* The planned visit without a value that an early-termination visit is nearest to, or EXTRA. */
static ptrdiff_t stand_in(struct pass *pass, int day)
{
    const struct als_change_run *run = pass->run;
    struct als_arena *arena = als_arena_new();
    struct als_visit_plan_of plan = {0};
    bool *taken = als_arena_array(arena, run->n_visits + 1, sizeof *taken);
    for (size_t i = 0; i < run->n_visits; i++)
        taken[i] = !als_change_is_planned(run, i) || !isnan(als_change_value(run, pass->next, i));
    pass->status = als_visit_plan_load(run->store, &run->patients.items[pass->next], day, arena,
                                       &plan, pass->err);
    ptrdiff_t visit = EXTRA;
    if (pass->status == ALS_OK)
        visit = als_schedule_stand_in(plan.rows, run->n_visits, taken, day);
    als_arena_free(arena);
    return visit;
}

/* A value at a visit of the plan, with its change when there is a baseline from before it. */
static void put_value(struct pass *pass, const struct als_series_point *point, size_t visit,
                      const struct als_baseline *baseline)
{
    size_t cell = pass->next * pass->run->n_visits + visit;
    pass->run->values[cell] = point->value;
    if (baseline->day != ALS_NO_DAY && point->day > baseline->day)
        pass->run->changes[cell] = point->value - baseline->value;
}

static void put_values(struct pass *pass, const struct als_series_point *points, size_t n,
                       const struct als_baseline *baseline)
{
    struct als_change_run *run = pass->run;
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t plan = pass->plan_of[points[i].visit_no];
        if (plan != EXTRA)
            put_value(pass, &points[i], (size_t)plan, baseline);
    }
    for (size_t i = 0; i < n && pass->status == ALS_OK; i++) {
        if (pass->plan_of[points[i].visit_no] != EXTRA)
            continue;
        ptrdiff_t plan =
            is_termination(run, points[i].visit_no) ? stand_in(pass, points[i].day) : EXTRA;
        if (plan == EXTRA) {
            run->unplanned++;
            continue;
        }
        run->stood_in++;
        put_value(pass, &points[i], (size_t)plan, baseline);
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
    const size_t n = als_series_alive(series);
    count_values(run, series, n);
    struct als_baseline baseline = als_baseline_of(&run->baseline_rules, pass->next, series);
    bool has_baseline = baseline.day != ALS_NO_DAY;
    put_values(pass, series->points, n, &baseline);
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
    struct pass *pass = als_arena_take(arena, sizeof *pass);
    pass->run = run;
    pass->err = err;
    number_visits(pass);
    enum als_status status = als_baselines_load(run->store, run->measure.instrument, &run->patients,
                                                arena, &run->baseline_rules, err);
    if (status == ALS_OK && run->options->impute != ALS_IMPUTE_NONE)
        status = als_change_load_due(run, err);
    if (status == ALS_OK)
        status = als_series_each_counted(run->store, &run->measure, &run->patients, take_series,
                                         pass, &run->missing, err);
    return status == ALS_OK ? pass->status : status;
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
