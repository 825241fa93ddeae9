/* `analyze change`: the values of planned visits, and each patient's baseline. */
#include "change_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "noted.h"
#include "patients.h"

enum { EXTRA = -1 };

struct pass {
    struct als_change_run *run;
    ptrdiff_t plan_of[ALS_KEY_MASK + 1]; /* index of the planned visit by its number, or EXTRA */
    size_t next;
};

/* The mean of the values of one visit, on the day of the first. */
struct visit_value {
    int visit_no, day;
    double mean;
    size_t n;
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

/* Values until death, one for each visit, in order of day. Returns how many. */
static size_t join_raters(struct als_change_run *run, const struct als_series *series,
                          struct visit_value *visits)
{
    size_t n = 0;
    bool has_floor = als_has_floor(&run->measure);
    for (size_t i = 0; i < series->count; i++) {
        const struct als_series_point *point = &series->points[i];
        if (series->death_day != ALS_NO_DAY && point->day > series->death_day) {
            run->after_death++;
            continue;
        }
        run->sources[point->source]++;
        run->low += has_floor && point->value <= ALS_FLOOR_POINTS;
        size_t k = 0;
        while (k < n && visits[k].visit_no != point->visit_no)
            k++;
        if (k == n)
            visits[n++] = (struct visit_value){point->visit_no, point->day, 0, 0};
        visits[k].n++;
        visits[k].mean += (point->value - visits[k].mean) / (double)visits[k].n;
        run->several_raters += visits[k].n == 2;
    }
    return n;
}

static void take_series(const struct als_series *series, void *context)
{
    struct pass *pass = context;
    struct als_change_run *run = pass->run;
    while (run->patients.items[pass->next].id != series->patient_id)
        pass->next++;
    struct visit_value *visits = als_alloc_array(series->count, sizeof *visits);
    size_t n = join_raters(run, series, visits);
    struct als_baseline baseline = als_baseline_of(&run->baseline_rules, pass->next, series);
    bool has_baseline = baseline.day != ALS_NO_DAY;
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t plan = pass->plan_of[visits[i].visit_no];
        run->unplanned += plan == EXTRA;
        if (plan == EXTRA)
            continue;
        size_t cell = pass->next * run->n_visits + (size_t)plan;
        run->values[cell] = visits[i].mean;
        if (has_baseline && visits[i].day > baseline.day)
            run->changes[cell] = visits[i].mean - baseline.value;
    }
    run->baselines[pass->next] = baseline.value;
    run->zero[series->zero]++;
    run->with_value++;
    run->without_baseline += !has_baseline;
    run->old_baseline += baseline.too_old;
    run->zero_baseline += has_baseline && baseline.value == 0;
    run->died += series->death_day != ALS_NO_DAY;
    free(visits);
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
    number_visits(pass);
    enum als_status status = als_baselines_load(run->store, run->measure.instrument, &run->patients,
                                                arena, &run->baseline_rules, err);
    if (status == ALS_OK)
        status = als_series_each_counted(run->store, &run->measure, &run->patients, take_series,
                                         pass, &run->missing, err);
    return status;
}

enum als_status als_analyze_change(struct als_store *store,
                                   const struct als_change_options *options, struct als_table **out,
                                   struct als_err *err)
{
    struct als_change_run run = {
        .options = options, .store = store, .protocol = als_store_protocol(store)};
    run.n_visits = run.protocol->n_visits;
    enum als_status status = als_factor_check(options->by, err);
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
