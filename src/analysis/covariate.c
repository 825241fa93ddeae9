/* Covariates by name, patient by patient. */
#include "covariate.h"

#include <math.h>
#include <string.h>

#include "alstrack/score/progression.h"
#include "groups.h"
#include "patients.h"

#define BY_TIME ":month"

enum kind { FACTOR, AGE, HEIGHT, DURATION, DELAY, DELTA_FS, BASELINE, MEASURE };
static const struct {
    const char *name;
    enum kind kind;
} named[] = {{"age", AGE},     {"height", HEIGHT},     {"duration", DURATION},
             {"delay", DELAY}, {"delta_fs", DELTA_FS}, {"baseline", BASELINE}};
#define N_NAMED (sizeof named / sizeof named[0])

struct covariate {
    const char *name;
    enum kind kind;
    bool by_time;
    struct als_measure measure; /* BASELINE, MEASURE, DELTA_FS */
    double maximum;             /* DELTA_FS */
    double *numbers;            /* per patient; NULL for a factor */
};

struct loading {
    struct als_store *store;
    const struct als_patient_list *patients;
    struct als_arena *arena;
    struct als_timeline *timelines;
    struct als_event_list events;
    struct als_date *onset, *diagnosis; /* per patient */
    struct covariate *items;
    size_t n;

    /* The covariate whose series are under way. */
    struct covariate *now;
    struct als_baselines baselines;
    size_t next;
};

/* ---------------------------------------------------------------- names */

static enum als_status no_covariate(const char *name, struct als_err *err)
{
    enum als_status status =
        als_fail(err, ALS_USAGE, "E-COVARIATE", "there is no covariate '%s'", name);
    als_err_hint(err, "age, height, duration, delay, delta_fs, baseline, a factor (arm, cohort, "
                      "site, sex, onset_site) or a measure");
    return status;
}

static enum als_status find(const struct loading *loading, const struct als_measure *measure,
                            struct covariate *out, struct als_err *err)
{
    for (size_t i = 0; i < N_NAMED; i++)
        if (strcmp(named[i].name, out->name) == 0)
            out->kind = named[i].kind;
    if (out->kind == BASELINE)
        out->measure = *measure;
    if (out->kind == DELTA_FS &&
        !als_functional_total(loading->store, &out->measure, &out->maximum))
        return als_fail(err, ALS_USAGE, "E-COVARIATE",
                        "delta_fs needs ALSFRS-R or ALSFRS, and the study records neither");
    if (out->kind != FACTOR || als_factor_known(out->name))
        return ALS_OK;
    if (!strchr(out->name, '.'))
        return no_covariate(out->name, err);
    out->kind = MEASURE;
    return als_measure_chosen(loading->store, out->name, &out->measure, err);
}

/* NAME or NAME:month; a name may come twice, once with its slope. */
static enum als_status add(struct loading *loading, const char *word,
                           const struct als_covariate_request *request, struct als_err *err)
{
    size_t length = strlen(word), tail = strlen(BY_TIME);
    bool by_time = length > tail && strcmp(word + length - tail, BY_TIME) == 0;
    if (by_time && !request->slopes)
        return als_fail(err, ALS_USAGE, "E-COVARIATE",
                        "'%s': only a model over time has slopes of covariates", word);
    const char *name = als_arena_strndup(loading->arena, word, by_time ? length - tail : length);
    if (request->by && strcmp(request->by, name) == 0)
        return als_fail(err, ALS_USAGE, "E-COVARIATE", "'%s' already forms the groups", name);
    for (size_t i = 0; i < loading->n; i++) {
        if (strcmp(loading->items[i].name, name) == 0) {
            loading->items[i].by_time |= by_time;
            return ALS_OK;
        }
    }
    struct covariate *covariate = &loading->items[loading->n++];
    *covariate = (struct covariate){.name = name, .kind = FACTOR, .by_time = by_time};
    return find(loading, request->measure, covariate, err);
}

/* ---------------------------------------------------------------- values */

static void find_dates(struct loading *loading)
{
    size_t n = loading->patients->count;
    loading->onset = als_arena_array(loading->arena, n + 1, sizeof *loading->onset);
    loading->diagnosis = als_arena_array(loading->arena, n + 1, sizeof *loading->diagnosis);
    struct als_span span = {0};
    for (size_t i = 0; i < n; i++) {
        loading->onset[i] = loading->diagnosis[i] = ALS_NO_DATE;
        span = als_events_of(&loading->events, span.first + span.count,
                             loading->patients->items[i].id);
        for (size_t k = span.first; k < span.first + span.count; k++) {
            const struct als_event *event = &loading->events.items[k];
            if (strcmp(event->event, "onset") == 0)
                loading->onset[i] = als_date_of(event->date);
            else if (strcmp(event->event, "diagnosis") == 0)
                loading->diagnosis[i] = als_date_of(event->date);
        }
    }
}

static double months_between(int from, int to)
{
    if (from == ALS_NO_DAY || to == ALS_NO_DAY)
        return NAN;
    return (to - from) / ALS_DAYS_PER_MONTH;
}

static double of_registration(const struct loading *loading, enum kind kind, size_t i)
{
    const struct als_patient *patient = &loading->patients->items[i];
    int zero = loading->timelines[i].zero_day;
    switch (kind) {
    case AGE:
        return als_patient_person(patient, als_store_protocol(loading->store), zero).age_years;
    case HEIGHT:
        return patient->height_cm;
    case DURATION:
        return months_between(loading->onset[i].day, zero);
    default:
        return months_between(loading->onset[i].day, loading->diagnosis[i].day);
    }
}

static void take_series(const struct als_series *series, void *context)
{
    struct loading *loading = context;
    while (loading->patients->items[loading->next].id != series->patient_id)
        loading->next++;
    struct als_baseline baseline = als_baseline_of(&loading->baselines, loading->next, series);
    double value = baseline.value;
    if (loading->now->kind == DELTA_FS && baseline.day != ALS_NO_DAY) {
        int onset = loading->onset[loading->next].day;
        int days = onset == ALS_NO_DAY ? 0 : baseline.day - onset;
        value = als_delta_fs(loading->now->maximum, value, days);
    }
    loading->now->numbers[loading->next] = value;
}

static enum als_status fill(struct loading *loading, struct covariate *covariate,
                            struct als_err *err)
{
    if (covariate->kind == FACTOR)
        return ALS_OK;
    size_t n = loading->patients->count;
    covariate->numbers = als_arena_array(loading->arena, n + 1, sizeof *covariate->numbers);
    for (size_t i = 0; i < n; i++)
        covariate->numbers[i] = NAN;
    if (covariate->kind < DELTA_FS) {
        for (size_t i = 0; i < n; i++)
            covariate->numbers[i] = of_registration(loading, covariate->kind, i);
        return ALS_OK;
    }
    loading->now = covariate;
    loading->next = 0;
    enum als_status status =
        als_baselines_load(loading->store, covariate->measure.instrument, loading->patients,
                           loading->arena, &loading->baselines, err);
    if (status == ALS_OK)
        status = als_series_each(loading->store, &covariate->measure, loading->patients,
                                 take_series, loading, err);
    return status;
}

/* ---------------------------------------------------------------- columns */

static bool is_missing(const struct loading *loading, const struct covariate *covariate, size_t i)
{
    return covariate->numbers ? isnan(covariate->numbers[i])
                              : !als_factor_value(&loading->patients->items[i], covariate->name);
}

static bool rests_on_partial(const struct loading *loading, const struct covariate *covariate,
                             size_t i)
{
    bool onset = loading->onset[i].precision != ALS_PRECISION_DAY;
    bool diagnosis = loading->diagnosis[i].precision != ALS_PRECISION_DAY;
    return (covariate->kind == DELAY && (onset || diagnosis)) ||
           ((covariate->kind == DURATION || covariate->kind == DELTA_FS) && onset);
}

static void leave_out_incomplete(const struct loading *loading, bool *used,
                                 struct als_covariates *out)
{
    for (size_t i = 0; i < loading->patients->count; i++) {
        bool missing = false, partial = false;
        for (size_t k = 0; k < loading->n; k++) {
            missing |= is_missing(loading, &loading->items[k], i);
            partial |= rests_on_partial(loading, &loading->items[k], i);
        }
        if (used[i] && missing)
            als_noted_add(&out->incomplete, loading->patients->items[i].patient);
        used[i] = used[i] && !missing;
        if (used[i] && partial)
            als_noted_add(&out->partial, loading->patients->items[i].patient);
    }
}

/* Levels that a used patient has; the first is the reference and has no column. */
static size_t present_levels(const struct als_groups *groups, const bool *used, size_t n,
                             struct als_arena *arena, const char ***names)
{
    bool *present = als_arena_array(arena, groups->count + 1, sizeof *present);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        present[groups->of[i]] = present[groups->of[i]] || used[i];
    *names = als_arena_array(arena, groups->count + 1, sizeof **names);
    for (size_t g = 0; g < groups->count; g++)
        if (present[g] && groups->names[g])
            (*names)[count++] = groups->names[g];
    return count;
}

struct levels {
    const char **names;
    size_t count;
};

static void make_columns(const struct loading *loading, const bool *used,
                         struct als_covariates *out)
{
    size_t n = loading->patients->count;
    struct levels *levels = als_arena_array(loading->arena, loading->n + 1, sizeof *levels);
    for (size_t k = 0; k < loading->n; k++) {
        if (!loading->items[k].numbers) {
            struct als_groups groups =
                als_groups_make(loading->patients, loading->items[k].name, loading->arena);
            levels[k].count = present_levels(&groups, used, n, loading->arena, &levels[k].names);
        }
        out->n += loading->items[k].numbers ? 1 : levels[k].count ? levels[k].count - 1 : 0;
    }
    out->terms = als_arena_array(loading->arena, out->n + 1, sizeof *out->terms);
    out->n_levels = als_arena_array(loading->arena, out->n + 1, sizeof *out->n_levels);
    out->by_time = als_arena_array(loading->arena, out->n + 1, sizeof *out->by_time);
    out->values = als_arena_array(loading->arena, n * out->n + 1, sizeof *out->values);
    size_t column = 0;
    for (size_t k = 0; k < loading->n; k++) {
        const struct covariate *covariate = &loading->items[k];
        size_t columns = covariate->numbers ? 1 : levels[k].count ? levels[k].count - 1 : 0;
        for (size_t c = 0; c < columns; c++, column++) {
            const char *level = covariate->numbers ? "" : levels[k].names[c + 1];
            out->terms[column] = als_arena_printf(loading->arena, "%s%s", covariate->name, level);
            out->by_time[column] = covariate->by_time;
            out->n_levels[column] = covariate->numbers ? 0 : levels[k].count;
            for (size_t i = 0; i < n; i++) {
                const char *own =
                    covariate->numbers
                        ? NULL
                        : als_factor_value(&loading->patients->items[i], covariate->name);
                out->values[i * out->n + column] = covariate->numbers ? covariate->numbers[i]
                                                   : own              ? strcmp(own, level) == 0
                                                                      : NAN;
            }
        }
    }
}

/* ---------------------------------------------------------------- the whole */

enum als_status als_covariates_load(struct als_store *store,
                                    const struct als_patient_list *patients,
                                    const struct als_covariate_request *request,
                                    struct als_arena *arena, bool *used, struct als_covariates *out,
                                    struct als_err *err)
{
    size_t n_names = request->n;
    struct als_covariates covariates = {.n_listed = n_names};
    struct loading loading = {.store = store, .patients = patients, .arena = arena};
    *out = covariates;
    if (n_names == 0)
        return ALS_OK;
    loading.items = als_arena_array(arena, n_names, sizeof *loading.items);
    covariates.listed = als_arena_array(arena, n_names, sizeof *covariates.listed);
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < n_names && status == ALS_OK; i++) {
        covariates.listed[i] = request->names[i];
        status = add(&loading, request->names[i], request, err);
    }
    loading.timelines = als_arena_array(arena, patients->count + 1, sizeof *loading.timelines);
    if (status == ALS_OK)
        status = als_timelines_load(store, patients, loading.timelines, err);
    if (status == ALS_OK)
        status = als_event_load(store, 0, arena, &loading.events, err);
    if (status != ALS_OK)
        return status;
    find_dates(&loading);
    for (size_t i = 0; i < loading.n && status == ALS_OK; i++)
        status = fill(&loading, &loading.items[i], err);
    if (status != ALS_OK)
        return status;
    leave_out_incomplete(&loading, used, &covariates);
    make_columns(&loading, used, &covariates);
    *out = covariates;
    return ALS_OK;
}

double als_covariate_reference(const struct als_covariates *covariates, size_t column,
                               size_t n_patients, const size_t *first)
{
    if (covariates->n_levels[column])
        return 1 / (double)covariates->n_levels[column];
    double mean = 0;
    for (size_t i = 0; i < n_patients; i++)
        if (first[i + 1] > first[i])
            mean += (covariates->values[i * covariates->n + column] - mean) *
                    (double)(first[i + 1] - first[i]) / (double)(first[i + 1] - first[0]);
    return first[n_patients] > first[0] ? mean : NAN;
}

void als_covariates_note(const struct als_covariates *covariates, struct als_table *table)
{
    if (covariates->n_listed == 0)
        return;
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    for (size_t i = 0; i < covariates->n_listed; i++)
        als_buf_printf(&text, "%s%s", i ? ", " : "", covariates->listed[i]);
    als_table_note(table, "covariates: %s (ages in years at time zero, times in months)",
                   text.data);
    if (covariates->incomplete.count)
        als_table_note(table, "left out: a covariate is missing: %s",
                       als_noted_say(&covariates->incomplete, &text));
    if (covariates->partial.count)
        als_table_note(table, "warning: a covariate rests on a date without a day: %s",
                       als_noted_say(&covariates->partial, &text));
    als_buf_release(&text);
}
