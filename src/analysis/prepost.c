/* `analyze prepost`: fits of every patient for the measure and for what responders are judged by.
 */
#include "prepost_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "noted.h"
#include "patients.h"

struct pass {
    struct als_prepost_run *run;
    size_t measure;
    size_t next;
    double direction;
    bool *partial_zero;
};

double als_prepost_direction(const struct als_measure *measure)
{
    return measure->instrument->higher_is_better ? 1 : -1;
}

/* What the notes tell of the analysed measure. */
static void count_series(struct pass *pass, const struct als_series *series,
                         const struct als_prepost *fit)
{
    struct als_prepost_run *run = pass->run;
    run->zero[series->zero]++;
    if (fit->has_zero && series->death_day != ALS_NO_DAY)
        als_noted_add(&run->died, run->patients.items[pass->next].patient);
    pass->partial_zero[pass->next] = fit->has_zero && series->zero_is_partial;
    bool has_floor = als_has_floor(&run->measures[0]);
    for (size_t i = 0; i < series->count && fit->has_zero; i++) {
        bool dead = series->death_day != ALS_NO_DAY && series->points[i].day > series->death_day;
        run->after_death += dead;
        run->values += !dead;
        run->averaged += !dead && series->points[i].n > 1;
        run->low += has_floor && !dead && series->points[i].value <= ALS_FLOOR_POINTS;
    }
}

/* Only what the definitions ask of a fit is kept, as those of all measures would be long. */
static void judge(struct als_prepost_run *run, size_t measure, size_t patient,
                  const struct als_prepost *fit)
{
    double direction = als_prepost_direction(&run->measures[measure]);
    for (size_t rule = 0; rule < run->n_rules; rule++)
        if (run->rules[rule].measure == measure)
            run->verdicts[rule][patient] =
                (signed char)als_prepost_responds(fit, run->rules[rule].responder, direction);
}

static void take_series(const struct als_series *series, void *context)
{
    struct pass *pass = context;
    struct als_prepost_run *run = pass->run;
    while (run->patients.items[pass->next].id != series->patient_id)
        pass->next++;
    struct als_prepost fit = als_prepost_fit(series, run->options->exclude_zero, pass->direction);
    judge(run, pass->measure, pass->next, &fit);
    if (pass->measure > 0)
        return;
    run->fits[pass->next] = fit;
    count_series(pass, series, &fit);
}

static enum als_status fit_measure(struct als_store *store, struct als_prepost_run *run,
                                   size_t measure, bool *partial_zero, struct als_err *err)
{
    const struct als_prepost none = als_prepost_none();
    for (size_t i = 0; i < run->patients.count; i++) {
        judge(run, measure, i, &none);
        if (measure == 0)
            run->fits[i] = none;
    }
    struct pass pass = {.run = run,
                        .measure = measure,
                        .direction = als_prepost_direction(&run->measures[measure]),
                        .partial_zero = partial_zero};
    size_t missing;
    enum als_status status = als_series_each_counted(store, &run->measures[measure], &run->patients,
                                                     take_series, &pass, &missing, err);
    if (measure == 0)
        run->missing = missing;
    return status;
}

enum als_status als_prepost_add_measure(struct als_store *store, struct als_prepost_run *run,
                                        const char *name, size_t *index, struct als_err *err)
{
    for (*index = 0; *index < run->n_measures; ++*index)
        if (strcmp(run->measures[*index].name, name) == 0)
            return ALS_OK;
    return als_measure_chosen(store, name, &run->measures[run->n_measures++], err);
}

/* A definition that names no measure means the protocol's: a percentage of it may be taken of any
 * measure, points of it may not. */
static enum als_status choose_rules(struct als_store *store, struct als_prepost_run *run,
                                    struct als_err *err)
{
    bool own = run->protocol->measure && strcmp(run->protocol->measure, run->measures[0].name) == 0;
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < run->protocol->n_responders && status == ALS_OK; i++) {
        const struct als_responder *responder = &run->protocol->responders[i];
        if (!responder->measure && !responder->percent && !own) {
            run->left_out++;
            continue;
        }
        struct als_prepost_rule *rule = &run->rules[run->n_rules++];
        rule->responder = responder;
        rule->measure = 0;
        if (responder->measure)
            status = als_prepost_add_measure(store, run, responder->measure, &rule->measure, err);
    }
    return status;
}

int als_prepost_verdict(const struct als_prepost_run *run, size_t rule, size_t patient)
{
    return run->verdicts[rule][patient];
}

static bool is_in(const struct als_prepost_run *run, size_t patient, size_t group)
{
    return group == run->groups.count || run->groups.of[patient] == group;
}

struct als_prepost_tests als_prepost_tests_of(const struct als_prepost_run *run, size_t group,
                                              bool stick, size_t *patients)
{
    double *before = als_alloc_array(run->patients.count + 1, 3 * sizeof *before);
    double *after = before + run->patients.count, *changes = after + run->patients.count;
    size_t n = 0;
    *patients = 0;
    for (size_t i = 0; i < run->patients.count; i++) {
        const struct als_prepost *fit = &run->fits[i];
        if (!is_in(run, i, group))
            continue;
        ++*patients;
        double change = stick ? fit->stick.change.estimate : fit->change;
        if (isnan(change))
            continue;
        before[n] = stick ? fit->stick.before : fit->before.fit.slope;
        after[n] = stick ? fit->stick.after : fit->after.fit.slope;
        changes[n++] = change;
    }
    struct als_prepost_tests tests = als_prepost_test(n, before, after, changes);
    free(before);
    return tests;
}

struct als_prepost_count als_prepost_count_of(const struct als_prepost_run *run, size_t group,
                                              size_t rule)
{
    struct als_prepost_count count = {0};
    for (size_t i = 0; i < run->patients.count; i++) {
        int verdict = is_in(run, i, group) ? als_prepost_verdict(run, rule, i) : -1;
        count.responders += verdict == 1;
        count.of += verdict >= 0;
    }
    return count;
}

static size_t room_for_rules(const struct als_prepost_run *run)
{
    return run->protocol->n_responders + als_prepost_published_room(&run->measures[0]) + 1;
}

static enum als_status compute(struct als_store *store, struct als_prepost_run *run,
                               struct als_arena *arena, struct als_err *err)
{
    size_t n = run->patients.count + 1, room = room_for_rules(run);
    bool *partial_zero = als_arena_array(arena, n, sizeof *partial_zero);
    run->partial_zero = partial_zero;
    run->rules = als_arena_array(arena, room, sizeof *run->rules);
    run->verdicts = als_arena_array(arena, room, sizeof *run->verdicts);
    run->fits = als_arena_array(arena, n, sizeof *run->fits);
    run->groups = als_groups_make(&run->patients, run->options->by, arena);
    enum als_status status = choose_rules(store, run, err);
    if (run->options->responders && status == ALS_OK)
        status = als_prepost_add_published(store, run, arena, err);
    for (size_t i = 0; i < run->n_rules; i++)
        run->verdicts[i] = als_arena_array(arena, n, sizeof **run->verdicts);
    for (size_t i = 0; i < run->n_measures && status == ALS_OK; i++)
        status = fit_measure(store, run, i, partial_zero, err);
    return status;
}

enum als_status als_analyze_prepost(struct als_store *store,
                                    const struct als_prepost_options *options,
                                    struct als_table **out, struct als_err *err)
{
    struct als_prepost_run run = {.options = options, .protocol = als_store_protocol(store)};
    enum als_status status = als_factor_check(options->by, err);
    if (status != ALS_OK)
        return status;
    struct als_arena *arena = als_arena_new();
    struct als_measure measure;
    status = als_measure_chosen(store, options->measure, &measure, err);
    if (status == ALS_OK) {
        run.measures = &measure;
        run.measures = als_arena_array(arena, room_for_rules(&run), sizeof *run.measures);
        run.measures[run.n_measures++] = measure;
    }
    if (status == ALS_OK)
        status = als_patients_chosen(store, options->patient, arena, &run.patients, err);
    if (status == ALS_OK)
        status = compute(store, &run, arena, err);
    if (status == ALS_OK) {
        *out = options->responders ? als_prepost_responders(&run)
               : options->cohort   ? als_prepost_cohort(&run)
                                   : als_prepost_patients(&run);
        als_prepost_notes(&run, *out);
    }
    als_arena_free(arena);
    return status;
}
