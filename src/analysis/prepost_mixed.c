/* `analyze prepost --mixed`: one model of all patients with a slope before and one after time zero.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/analysis/prepost.h"
#include "alstrack/stat/lmm.h"
#include "levels.h"
#include "noted.h"
#include "patients.h"
#include "prepost_int.h"

enum { PARTS = 3 }; /* level at time zero, slope before, slope after */

struct model {
    const struct als_prepost_options *options;
    const struct als_protocol *protocol;
    struct als_measure measure;
    bool has_floor;
    struct als_patient_list patients;
    struct als_arena *arena;

    double *month, *value; /* owned; those of patient i are first[i] to first[i + 1] - 1 */
    size_t *first;
    size_t n, room, next;
    bool *used;
    size_t before, after, on_zero; /* values */

    struct als_levels levels;
    size_t p, q;
    double *x, *z; /* owned */
    const char **terms;
    void *work; /* owned */
    struct als_lmm fit;

    size_t missing, after_death, zero[3];
    struct als_noted no_zero, without_factor, died, partial_zero, mixed_source;
    size_t low, averaged;
};

/* ---------------------------------------------------------------- values */

static void begin_rows(struct model *model, size_t end)
{
    for (; model->next < end; model->next++)
        model->first[model->next] = model->n;
}

static void add_row(struct model *model, const struct als_series_point *point)
{
    if (model->n == model->room) {
        model->room = model->room ? 2 * model->room : 1024;
        model->month = als_realloc_array(model->month, model->room, sizeof *model->month);
        model->value = als_realloc_array(model->value, model->room, sizeof *model->value);
    }
    model->before += point->month < 0;
    model->on_zero += point->month == 0;
    model->after += point->month > 0;
    model->averaged += point->n > 1;
    model->low += model->has_floor && point->value <= ALS_FLOOR_POINTS;
    model->month[model->n] = point->month;
    model->value[model->n++] = point->value;
}

static void take_series(const struct als_series *series, void *context)
{
    struct model *model = context;
    size_t index = model->next;
    while (model->patients.items[index].id != series->patient_id)
        index++;
    begin_rows(model, index + 1);
    const struct als_patient *patient = &model->patients.items[index];
    model->zero[series->zero]++;
    if (series->zero != ALS_ZERO_PROTOCOL) {
        als_noted_add(&model->no_zero, patient->patient);
        return;
    }
    if (model->options->by && !als_factor_value(patient, model->options->by)) {
        als_noted_add(&model->without_factor, patient->patient);
        return;
    }
    if (als_slope_fit(series, INT_MIN, INT_MAX).mixed)
        als_noted_add(&model->mixed_source, patient->patient);
    for (size_t i = 0; i < series->count; i++) {
        bool dead = series->death_day != ALS_NO_DAY && series->points[i].day > series->death_day;
        model->after_death += dead;
        if (!dead)
            add_row(model, &series->points[i]);
    }
    model->used[index] = model->n > model->first[index];
    if (series->death_day != ALS_NO_DAY)
        als_noted_add(&model->died, patient->patient);
    if (series->zero_is_partial)
        als_noted_add(&model->partial_zero, patient->patient);
}

/* ---------------------------------------------------------------- design */

static double part_of(double month, size_t part)
{
    return part == 0 ? 1 : part == 1 ? fmin(month, 0) : fmax(month, 0);
}

/* Random effects: level, before and after; level and one slope; level. */
static void fill_random(const struct model *model, double month, double *z)
{
    for (size_t i = 0; i < model->q; i++)
        z[i] = model->q == 2 && i == 1 ? month : part_of(month, i);
}

/* Columns: the three parts, and each once more for every level but the first. */
static void make_design(struct model *model)
{
    static const char *const names[PARTS] = {"(Intercept)", "pre", "post"};
    size_t levels = model->levels.count;
    model->p = PARTS * levels;
    model->q = model->options->random == ALS_PREPOST_RANDOM_INTERCEPT ? 1
               : model->options->random == ALS_PREPOST_RANDOM_SLOPE   ? 2
                                                                      : 3;
    model->terms = als_arena_array(model->arena, model->p, sizeof *model->terms);
    for (size_t i = 0; i < model->p; i++) {
        const char *name = names[i % PARTS], *level = model->levels.names[i / PARTS];
        const char *by = model->options->by;
        model->terms[i] = i < PARTS ? name
                          : i % PARTS == 0
                              ? als_arena_printf(model->arena, "%s%s", by, level)
                              : als_arena_printf(model->arena, "%s:%s%s", name, by, level);
    }
    model->x = als_alloc_array(model->n * model->p, sizeof *model->x);
    model->z = als_alloc_array(model->n * model->q, sizeof *model->z);
    for (size_t i = 0; i < model->patients.count; i++) {
        for (size_t row = model->first[i]; row < model->first[i + 1]; row++) {
            double *x = model->x + row * model->p;
            for (size_t part = 0; part < PARTS; part++) {
                x[part] = part_of(model->month[row], part);
                if (model->levels.of[i] > 0)
                    x[model->levels.of[i] * PARTS + part] = x[part];
            }
            fill_random(model, model->month[row], model->z + row * model->q);
        }
    }
}

static void fit(struct model *model)
{
    model->fit = (struct als_lmm){.status = ALS_LMM_NO_DATA};
    if (model->n == 0)
        return;
    make_design(model);
    struct als_lmm_data data = {.n_subjects = model->patients.count,
                                .first = model->first,
                                .p = model->p,
                                .q = model->q,
                                .y = model->value,
                                .x = model->x,
                                .z = model->z};
    model->work = als_realloc_array(NULL, als_lmm_workspace(data.n_subjects, data.p, data.q), 1);
    model->fit = als_lmm_fit(&data, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML, model->work);
}

static bool is_fitted(const struct model *model)
{
    return model->fit.status == ALS_LMM_OK;
}

/* ---------------------------------------------------------------- tables */

#define NEW_TABLE(columns) als_table_new(columns, sizeof(columns) / sizeof((columns)[0]))

static struct als_table *head_table(const struct model *model)
{
    static const struct als_table_column columns[] = {
        {"method", NULL, ALS_CELL_TEXT, 0},
        {"n_patients", "patients", ALS_CELL_INTEGER, 0},
        {"n_observations", "values", ALS_CELL_INTEGER, 0},
        {"log_likelihood", "log likelihood", ALS_CELL_NUMBER, 4},
        {"aic", "AIC", ALS_CELL_NUMBER, 3},
    };
    struct als_table *table = NEW_TABLE(columns);
    size_t used = 0;
    for (size_t i = 0; i < model->patients.count; i++)
        used += model->used[i];
    als_table_text(table, "reml");
    als_table_integer(table, (int64_t)used);
    als_table_integer(table, (int64_t)model->n);
    als_table_number(table, is_fitted(model) ? model->fit.log_likelihood : NAN);
    als_table_number(table, is_fitted(model) ? model->fit.aic : NAN);
    return table;
}

static struct als_estimate add_contrast(const struct model *model, const char *term,
                                        const double *weights, struct als_table *table)
{
    struct als_estimate estimate = als_lmm_contrast(&model->fit, weights);
    const double numbers[] = {estimate.estimate, estimate.se,     estimate.df,     estimate.t,
                              estimate.p,        estimate.ci_low, estimate.ci_high};
    als_table_text(table, term);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        als_table_number(table, numbers[i]);
    return estimate;
}

/* after less before, of the reference group or, added to it, of another. */
static void weigh_change(const struct model *model, size_t level, bool whole, double *weights)
{
    memset(weights, 0, model->p * sizeof *weights);
    weights[level * PARTS + 1] = -1;
    weights[level * PARTS + 2] = 1;
    if (whole) {
        weights[1] = -1;
        weights[2] = 1;
    }
}

static struct als_table *fixed_table(const struct model *model)
{
    static const struct als_table_column columns[] = {{"term", NULL, ALS_CELL_TEXT, 0},
                                                      {"estimate", NULL, ALS_CELL_NUMBER, 4},
                                                      {"se", "SE", ALS_CELL_NUMBER, 4},
                                                      {"df", NULL, ALS_CELL_NUMBER, 2},
                                                      {"t", NULL, ALS_CELL_NUMBER, 3},
                                                      {"p", NULL, ALS_CELL_NUMBER, 6},
                                                      {"ci_low", "95 % low", ALS_CELL_NUMBER, 4},
                                                      {"ci_high", "95 % high", ALS_CELL_NUMBER, 4}};
    struct als_table *table = NEW_TABLE(columns);
    if (!is_fitted(model))
        return table;
    double *weights = als_alloc_array(model->p, sizeof *weights);
    for (size_t i = 0; i < model->p; i++) {
        memset(weights, 0, model->p * sizeof *weights);
        weights[i] = 1;
        add_contrast(model, model->terms[i], weights, table);
    }
    for (size_t level = 0; level < model->levels.count; level++) {
        weigh_change(model, level, false, weights);
        const char *term = level == 0
                               ? "post-pre"
                               : als_arena_printf(model->arena, "post-pre:%s%s", model->options->by,
                                                  model->levels.names[level]);
        add_contrast(model, term, weights, table);
    }
    free(weights);
    return table;
}

static double correlation(const struct als_lmm *fit, size_t a, size_t b)
{
    double scale = sqrt(fit->g[a][a]) * sqrt(fit->g[b][b]);
    return scale > 0 ? fmax(-1, fmin(1, fit->g[a][b] / scale)) : NAN;
}

static struct als_table *random_table(const struct model *model)
{
    static const struct als_table_column columns[] = {
        {"intercept_sd", "level SD", ALS_CELL_NUMBER, 4},
        {"pre_sd", "before SD", ALS_CELL_NUMBER, 4},
        {"post_sd", "after SD", ALS_CELL_NUMBER, 4},
        {"slope_sd", "slope SD", ALS_CELL_NUMBER, 4},
        {"correlation_intercept_pre", "level, before", ALS_CELL_NUMBER, 4},
        {"correlation_intercept_post", "level, after", ALS_CELL_NUMBER, 4},
        {"correlation_pre_post", "before, after", ALS_CELL_NUMBER, 4},
        {"correlation_intercept_slope", "level, slope", ALS_CELL_NUMBER, 4},
        {"residual_sd", "residual SD", ALS_CELL_NUMBER, 4},
    };
    struct als_table *table = NEW_TABLE(columns);
    const struct als_lmm *fit = &model->fit;
    bool ok = is_fitted(model), both = ok && model->q == 3, one = ok && model->q == 2;
    als_table_number(table, ok ? sqrt(fit->g[0][0]) : NAN);
    als_table_number(table, both ? sqrt(fit->g[1][1]) : NAN);
    als_table_number(table, both ? sqrt(fit->g[2][2]) : NAN);
    als_table_number(table, one ? sqrt(fit->g[1][1]) : NAN);
    als_table_number(table, both ? correlation(fit, 0, 1) : NAN);
    als_table_number(table, both ? correlation(fit, 0, 2) : NAN);
    als_table_number(table, both ? correlation(fit, 1, 2) : NAN);
    als_table_number(table, one ? correlation(fit, 0, 1) : NAN);
    als_table_number(table, ok ? sqrt(fit->residual_variance) : NAN);
    return table;
}

static struct als_table *tail_table(const struct model *model)
{
    static const struct als_table_column columns[] = {{"converged", NULL, ALS_CELL_YESNO, 0},
                                                      {"singular", NULL, ALS_CELL_YESNO, 0}};
    struct als_table *table = NEW_TABLE(columns);
    als_table_yesno(table, is_fitted(model));
    if (is_fitted(model))
        als_table_yesno(table, model->fit.singular);
    else
        als_table_missing(table);
    return table;
}

/* ---------------------------------------------------------------- notes */

static void note_method(const struct model *model, struct als_table *table)
{
    static const char *const random[] = {
        [ALS_PREPOST_RANDOM_BOTH] = "a random level, slope before and slope after",
        [ALS_PREPOST_RANDOM_SLOPE] = "a random level and one random slope",
        [ALS_PREPOST_RANDOM_INTERCEPT] = "a random level only",
    };
    const char *unit = als_measure_unit(&model->measure);
    als_table_note(table,
                   "%s: linear mixed model, level + pre min(t, 0) + post max(t, 0), with %s of "
                   "each patient, by REML; %s per month of %.4f days; Satterthwaite degrees of "
                   "freedom, 95 %% intervals from t; post-pre: %s = slower decline",
                   model->measure.name, random[model->options->random], *unit ? unit : "units",
                   ALS_DAYS_PER_MONTH,
                   model->measure.instrument->higher_is_better ? "positive" : "negative");
    als_note_zero(model->protocol, model->zero, table);
    als_table_note(table,
                   "patients: %zu; values: %zu before, %zu on the day of time zero, %zu after",
                   model->patients.count, model->before, model->on_zero, model->after);
}

static void note_exclusions(const struct model *model, struct als_table *table)
{
    const struct {
        const struct als_noted *noted;
        const char *text;
    } notes[] = {
        {&model->no_zero, "left out: no time zero"},
        {&model->without_factor, "left out: the factor is missing"},
        {&model->partial_zero, "warning: time zero is a date without a day"},
        {&model->mixed_source,
         "warning: values of mixed sources (computed and entered or prorated)"},
    };
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
        if (notes[i].noted->count)
            als_table_note(table, "%s: %s", notes[i].text, als_noted_say(notes[i].noted, &text));
    als_note_truncated(&model->died, &text, table);
    als_buf_release(&text);
    if (model->missing)
        als_table_note(table, "left out: assessments without a value: %zu", model->missing);
    als_note_raters(model->averaged, table);
    if (model->after_death)
        als_table_note(table, "warning: left out: values dated after death: %zu",
                       model->after_death);
    als_note_floor(model->low, model->n, table);
}

static void note_fit(const struct model *model, struct als_table *table)
{
    enum als_lmm_status status = model->fit.status;
    if (!is_fitted(model)) {
        als_table_note(table, "warning: not fitted: %s%s%s", als_lmm_reason(status),
                       status == ALS_LMM_COLLINEAR ? ": term " : "",
                       status == ALS_LMM_COLLINEAR ? model->terms[model->fit.column] : "");
        if (model->options->random == ALS_PREPOST_RANDOM_BOTH && status != ALS_LMM_NO_DATA)
            als_table_note(table, "a model with one random slope, which is another model, may fit: "
                                  "--random slope");
        return;
    }
    if (model->fit.singular)
        als_table_note(table, "warning: singular fit: a random effect has variance 0 or a "
                              "correlation is -1 or 1; its estimate lies on the boundary");
    double *weights = als_alloc_array(model->p, sizeof *weights);
    for (size_t level = 0; level < model->levels.count; level++) {
        weigh_change(model, level, true, weights);
        struct als_estimate change = als_lmm_contrast(&model->fit, weights);
        als_table_note(table,
                       "%s%s%s: change of slope %.6f per month, SE %.6f, df %.2f, 95 %% interval "
                       "%.6f to %.6f, p %.6g",
                       model->options->by ? model->options->by : "", model->options->by ? " " : "",
                       model->levels.names[level], change.estimate, change.se, change.df,
                       change.ci_low, change.ci_high, change.p);
    }
    free(weights);
}

/* ---------------------------------------------------------------- the whole */

static void make_tables(const struct model *model, struct als_result *out)
{
    als_result_add(out, NULL, true, head_table(model));
    struct als_table *fixed = als_result_add_main(out, "fixed", fixed_table(model));
    als_result_add(out, "random", true, random_table(model));
    als_result_add(out, NULL, true, tail_table(model));
    note_method(model, fixed);
    note_exclusions(model, fixed);
    note_fit(model, fixed);
    als_prepost_note_entry(model->protocol, fixed);
}

static enum als_status collect(struct als_store *store, struct model *model, struct als_err *err)
{
    size_t n = model->patients.count;
    model->first = als_arena_array(model->arena, n + 1, sizeof *model->first);
    model->used = als_arena_array(model->arena, n + 1, sizeof *model->used);
    enum als_status status = als_series_each_counted(store, &model->measure, &model->patients,
                                                     take_series, model, &model->missing, err);
    begin_rows(model, n + 1);
    if (status == ALS_OK)
        status = als_levels_make(&model->patients, model->options->by, model->options->reference,
                                 model->used, model->arena, &model->levels, err);
    return status;
}

enum als_status als_analyze_prepost_mixed(struct als_store *store,
                                          const struct als_prepost_options *options,
                                          struct als_result *out, struct als_err *err)
{
    struct model model = {.options = options, .protocol = als_store_protocol(store)};
    enum als_status status = als_factor_check(options->by, err);
    if (status == ALS_OK)
        status = als_measure_chosen(store, options->measure, &model.measure, err);
    if (status != ALS_OK)
        return status;
    model.has_floor = als_has_floor(&model.measure);
    model.arena = als_arena_new();
    status = als_patients_chosen(store, options->patient, model.arena, &model.patients, err);
    if (status == ALS_OK)
        status = collect(store, &model, err);
    if (status == ALS_OK) {
        fit(&model);
        *out = (struct als_result){.count = 0};
        make_tables(&model, out);
    }
    free(model.month);
    free(model.value);
    free(model.x);
    free(model.z);
    free(model.work);
    als_arena_free(model.arena);
    return status;
}
