/* `analyze mixed`: values on the trial's time axis, the design of the model, its fit. */
#include "alstrack/analysis/mixed.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "mixed_int.h"

/* ---------------------------------------------------------------- values */

static void begin_rows(struct mixed *mixed, size_t end)
{
    for (; mixed->next < end; mixed->next++)
        mixed->first[mixed->next] = mixed->n;
}

static void add_row(struct mixed *mixed, const struct als_series_point *point)
{
    if (mixed->n == mixed->room) {
        mixed->room = mixed->room ? 2 * mixed->room : 1024;
        mixed->month = als_realloc_array(mixed->month, mixed->room, sizeof *mixed->month);
        mixed->value = als_realloc_array(mixed->value, mixed->room, sizeof *mixed->value);
    }
    mixed->month[mixed->n] = point->month;
    mixed->value[mixed->n++] = point->value;
}

/* Values until death that were asked for. */
static void take_points(struct mixed *mixed, const struct als_series *series,
                        struct mixed_traits *traits)
{
    unsigned sources = 0;
    for (size_t i = 0; i < series->count; i++) {
        const struct als_series_point *point = &series->points[i];
        int day = point->day - series->zero_day;
        if (day < mixed->options->from_day || day > mixed->options->to_day) {
            mixed->outside++;
        } else if (series->death_day != ALS_NO_DAY && point->day > series->death_day) {
            mixed->after_death++;
        } else {
            add_row(mixed, point);
            sources |= point->sources;
            traits->averaged += point->n > 1;
        }
    }
    traits->mixed_source = als_sources_differ(sources);
}

static void take_series(const struct als_series *series, void *context)
{
    struct mixed *mixed = context;
    size_t index = mixed->next;
    while (mixed->patients.items[index].id != series->patient_id)
        index++;
    begin_rows(mixed, index + 1);
    const struct als_patient *patient = &mixed->patients.items[index];
    if (mixed->options->by && !als_factor_value(patient, mixed->options->by)) {
        mixed->without_factor++;
        return;
    }
    size_t before = mixed->n;
    mixed->traits[index] = (struct mixed_traits){.zero = series->zero,
                                                 .died = series->death_day != ALS_NO_DAY,
                                                 .partial_zero = series->zero_is_partial};
    take_points(mixed, series, &mixed->traits[index]);
    mixed->used[index] = mixed->n > before;
}

/* ---------------------------------------------------------------- design */

/* Columns: 1, month, one for each level but the first, month times each of these; covariates, and
 * month times those with a slope of their own. */
static void fill_row(const struct mixed *mixed, size_t patient, double month, double *row)
{
    const struct als_covariates *covariates = &mixed->covariates;
    size_t others = mixed->levels.count - 1, at = 2 + 2 * others;
    row[0] = 1;
    row[1] = month;
    for (size_t i = 0; i < others; i++) {
        bool own = mixed->levels.of[patient] == i + 1;
        row[2 + i] = own;
        row[2 + others + i] = own ? month : 0;
    }
    const double *own = covariates->values + patient * covariates->n;
    for (size_t i = 0; i < covariates->n; i++)
        row[at++] = own[i];
    for (size_t i = 0; i < covariates->n; i++)
        if (covariates->by_time[i])
            row[at++] = own[i] * month;
}

void mixed_weights(const struct mixed *mixed, size_t level, size_t patient, bool slope,
                   double *weights)
{
    const struct als_covariates *covariates = &mixed->covariates;
    size_t at = 2 * mixed->levels.count;
    for (size_t i = 0; i < mixed->p; i++)
        weights[i] = 0;
    weights[slope] = 1;
    if (level > 0)
        weights[1 + level + (slope ? mixed->levels.count - 1 : 0)] = 1;
    if (slope)
        at += covariates->n;
    for (size_t i = 0; i < covariates->n; i++) {
        if (slope && !covariates->by_time[i])
            continue;
        weights[at++] =
            patient == MIXED_MEAN
                ? als_covariate_reference(covariates, i, mixed->patients.count, mixed->first)
                : covariates->values[patient * covariates->n + i];
    }
}

static void name_terms(struct mixed *mixed)
{
    const char **terms = als_arena_array(mixed->arena, mixed->p, sizeof *terms);
    const struct als_covariates *covariates = &mixed->covariates;
    size_t others = mixed->levels.count - 1, at = 2 + 2 * others;
    terms[0] = "(Intercept)";
    terms[1] = "month";
    for (size_t i = 0; i < others; i++) {
        const char *level = mixed->levels.names[i + 1];
        terms[2 + i] = als_arena_printf(mixed->arena, "%s%s", mixed->options->by, level);
        terms[2 + others + i] =
            als_arena_printf(mixed->arena, "month:%s%s", mixed->options->by, level);
    }
    for (size_t i = 0; i < covariates->n; i++)
        terms[at++] = covariates->terms[i];
    for (size_t i = 0; i < covariates->n; i++)
        if (covariates->by_time[i])
            terms[at++] = als_arena_printf(mixed->arena, "month:%s", covariates->terms[i]);
    mixed->terms = terms;
}

static void make_design(struct mixed *mixed)
{
    size_t n = mixed->n;
    mixed->p = 2 * mixed->levels.count + mixed->covariates.n;
    for (size_t i = 0; i < mixed->covariates.n; i++)
        mixed->p += mixed->covariates.by_time[i];
    mixed->q = mixed->options->intercept_only ? 1 : 2;
    name_terms(mixed);
    mixed->x = als_realloc_array(NULL, n * mixed->p, sizeof *mixed->x);
    for (size_t i = 0; i < mixed->patients.count; i++)
        for (size_t row = mixed->first[i]; row < mixed->first[i + 1]; row++)
            fill_row(mixed, i, mixed->month[row], mixed->x + row * mixed->p);
    mixed->z = mixed->x;
    if (mixed->p == mixed->q)
        return;
    mixed->z = als_realloc_array(NULL, n * mixed->q, sizeof *mixed->z);
    for (size_t row = 0; row < n; row++) {
        mixed->z[row * mixed->q] = 1;
        if (mixed->q == 2)
            mixed->z[row * mixed->q + 1] = mixed->month[row];
    }
}

static void fit(struct mixed *mixed)
{
    mixed->fit = (struct als_lmm){.status = ALS_LMM_NO_DATA};
    if (mixed->n == 0)
        return;
    make_design(mixed);
    struct als_lmm_data data = {.n_subjects = mixed->patients.count,
                                .first = mixed->first,
                                .p = mixed->p,
                                .q = mixed->q,
                                .y = mixed->value,
                                .x = mixed->x,
                                .z = mixed->z};
    size_t size = als_lmm_workspace(data.n_subjects, data.p, data.q);
    mixed->work = als_realloc_array(NULL, size, 1);
    mixed->fit =
        als_lmm_fit(&data, ALS_LMM_UNSTRUCTURED,
                    mixed->options->maximum_likelihood ? ALS_LMM_ML : ALS_LMM_REML, mixed->work);
}

/* ---------------------------------------------------------------- the whole */

/* Close up the rows of patients that are not used after all. */
static void drop_unused(struct mixed *mixed)
{
    size_t to = 0, from = 0;
    for (size_t i = 0; i < mixed->patients.count; i++) {
        size_t end = mixed->first[i + 1];
        mixed->first[i] = to;
        for (; from < end; from++) {
            if (!mixed->used[i])
                continue;
            mixed->month[to] = mixed->month[from];
            mixed->value[to++] = mixed->value[from];
        }
    }
    mixed->first[mixed->patients.count] = mixed->n = to;
}

/* Whom the notes are about: the patients that are left. */
static void count_traits(struct mixed *mixed)
{
    for (size_t i = 0; i < mixed->patients.count; i++) {
        const struct mixed_traits *traits = &mixed->traits[i];
        const char *patient = mixed->patients.items[i].patient;
        if (!mixed->used[i])
            continue;
        mixed->zero[traits->zero]++;
        mixed->averaged += traits->averaged;
        if (traits->died)
            als_noted_add(&mixed->died, patient);
        if (traits->mixed_source)
            als_noted_add(&mixed->mixed_source, patient);
        if (traits->partial_zero)
            als_noted_add(&mixed->partial_zero, patient);
    }
    for (size_t row = 0; row < mixed->n && mixed->has_floor; row++)
        mixed->at_floor += mixed->value[row] <= ALS_FLOOR_POINTS;
}

static enum als_status add_covariates(struct als_store *store, struct mixed *mixed,
                                      struct als_err *err)
{
    const struct als_mixed_options *options = mixed->options;
    const struct als_covariate_request request = {.names = options->covariates,
                                                  .n = options->n_covariates,
                                                  .measure = &mixed->measure,
                                                  .by = options->by,
                                                  .slopes = true};
    enum als_status status = als_covariates_load(store, &mixed->patients, &request, mixed->arena,
                                                 mixed->used, &mixed->covariates, err);
    if (status == ALS_OK && mixed->covariates.incomplete.count)
        drop_unused(mixed);
    return status;
}

static enum als_status collect(struct als_store *store, struct mixed *mixed, struct als_err *err)
{
    size_t n = mixed->patients.count;
    mixed->first = als_arena_array(mixed->arena, n + 1, sizeof *mixed->first);
    mixed->used = als_arena_array(mixed->arena, n + 1, sizeof *mixed->used);
    mixed->traits = als_arena_array(mixed->arena, n + 1, sizeof *mixed->traits);
    enum als_status status = als_series_each_counted(store, &mixed->measure, &mixed->patients,
                                                     take_series, mixed, &mixed->missing, err);
    begin_rows(mixed, n + 1);
    if (status == ALS_OK)
        status = add_covariates(store, mixed, err);
    count_traits(mixed);
    if (status == ALS_OK)
        status = als_levels_make(&mixed->patients, mixed->options->by, mixed->options->reference,
                                 mixed->used, mixed->arena, &mixed->levels, err);
    return status;
}

static void release(struct mixed *mixed)
{
    free(mixed->month);
    free(mixed->value);
    if (mixed->z != mixed->x)
        free(mixed->z);
    free(mixed->x);
    free(mixed->work);
    als_arena_free(mixed->arena);
}

enum als_status als_analyze_mixed(struct als_store *store, const struct als_mixed_options *options,
                                  struct als_result *out, struct als_err *err)
{
    struct mixed mixed = {.options = options, .protocol = als_store_protocol(store)};
    enum als_status status = als_factor_check(options->by, err);
    if (status == ALS_OK && options->from_day > options->to_day)
        status = als_fail(err, ALS_USAGE, "E-WINDOW", "the window from day %d to day %d is empty",
                          options->from_day, options->to_day);
    if (status == ALS_OK)
        status = als_measure_chosen(store, options->measure, &mixed.measure, err);
    if (status != ALS_OK)
        return status;
    mixed.has_floor = als_has_floor(&mixed.measure);
    mixed.arena = als_arena_new();
    status = als_patient_load(store, mixed.arena, &mixed.patients, err);
    if (status == ALS_OK)
        status = collect(store, &mixed, err);
    if (status == ALS_OK) {
        fit(&mixed);
        *out = (struct als_result){.count = 0};
        if (options->blups)
            mixed_make_blups(&mixed, out);
        else
            mixed_make_tables(&mixed, out);
    }
    release(&mixed);
    return status;
}
