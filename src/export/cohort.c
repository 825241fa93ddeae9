/* cohort.csv: one row per patient for the statistician: factors, baselines, slopes, survival. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/analysis/baseline.h"
#include "alstrack/analysis/follow_up.h"
#include "alstrack/analysis/slopes.h"
#include "alstrack/score/progression.h"
#include "field.h"
#include "folder_files.h"

/* What the file says of one measure of one patient. */
struct cell {
    struct als_baseline baseline;
    struct als_slope slope;
};

struct column {
    struct als_measure measure;
    struct als_baselines baselines;
    bool repeated;      /* planned at two visits or more: a slope makes sense */
    struct cell *cells; /* one per patient, owned */
};

struct cohort {
    struct als_export *export;
    struct column *columns;
    size_t n_columns;
    struct als_follow_up *follow_ups; /* one per patient, owned */
    const struct column *function;    /* total of ALSFRS-R or ALSFRS; NULL: neither */
    double maximum;                   /* of that total */
    size_t column, index;             /* measure and patient under way */
};

static bool is_number(const struct als_measure *measure)
{
    if (measure->score >= 0)
        return true;
    const struct als_item *item = &measure->instrument->items[measure->item];
    return item->type == ALS_ITEM_INTEGER || item->type == ALS_ITEM_NUMBER ||
           (item->type == ALS_ITEM_CHOICE && item->numeric_choice);
}

static bool is_repeated(const struct als_protocol *protocol, const char *instrument)
{
    ptrdiff_t index = als_protocol_instrument(protocol, instrument);
    size_t planned = 0;
    for (size_t i = 0; i < protocol->n_visits; i++)
        for (size_t k = 0; k < protocol->visits[i].n_assessments; k++)
            planned += protocol->visits[i].assessments[k].instrument == (size_t)index;
    return planned > 1;
}

static void add_measure(struct cohort *cohort, const char *name)
{
    struct als_measure measure;
    struct als_err ignored;
    if (als_measure_find(cohort->export->store, name, &measure, &ignored) != ALS_OK ||
        !is_number(&measure))
        return;
    for (size_t i = 0; i < cohort->n_columns; i++)
        if (strcmp(cohort->columns[i].measure.name, measure.name) == 0)
            return;
    struct column *column = &cohort->columns[cohort->n_columns++];
    column->measure = measure;
    column->repeated = is_repeated(cohort->export->protocol, measure.instrument->code);
    column->cells = als_alloc_array(cohort->export->people.list.count, sizeof *column->cells);
}

/* The measure of the protocol first, then the main score of each instrument. */
static void choose_measures(struct cohort *cohort)
{
    struct als_store *store = cohort->export->store;
    size_t n = als_store_instrument_count(store);
    cohort->columns = als_alloc_array(n + 1, sizeof *cohort->columns);
    if (cohort->export->protocol->measure)
        add_measure(cohort, cohort->export->protocol->measure);
    for (size_t i = 0; i < n; i++) {
        const struct als_instrument *instrument = als_store_instrument(store, i);
        if (!instrument->main_score)
            continue;
        char *name = als_asprintf("%s.%s", instrument->code, instrument->main_score);
        add_measure(cohort, name);
        free(name);
    }
}

static void take_series(const struct als_series *series, void *context)
{
    struct cohort *cohort = context;
    const struct als_patient_list *list = &cohort->export->people.list;
    while (list->items[cohort->index].id != series->patient_id)
        cohort->index++;
    struct column *column = &cohort->columns[cohort->column];
    struct cell *cell = &column->cells[cohort->index];
    cell->baseline = als_baseline_of(&column->baselines, cohort->index, series);
    cell->slope = als_slope_fit(series, INT_MIN, INT_MAX);
}

static enum als_status fill_columns(struct cohort *cohort, struct als_err *err)
{
    const struct als_patient_list *list = &cohort->export->people.list;
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < cohort->n_columns && status == ALS_OK; i++) {
        for (size_t k = 0; k < list->count; k++) {
            struct cell *cell = &cohort->columns[i].cells[k];
            *cell = (struct cell){.baseline = {.day = ALS_NO_DAY, .value = NAN}};
            cell->slope.fit.slope = cell->slope.fit.se_slope = NAN;
        }
        cohort->column = i;
        cohort->index = 0;
        struct column *column = &cohort->columns[i];
        status = als_baselines_load(cohort->export->store, column->measure.instrument, list,
                                    cohort->export->arena, &column->baselines, err);
        if (status != ALS_OK)
            return status;
        status = als_series_each(cohort->export->store, &cohort->columns[i].measure, list,
                                 take_series, cohort, err);
    }
    return status;
}

static void describe_measures(const struct cohort *cohort, struct als_dataset *dataset)
{
    struct als_arena *arena = cohort->export->arena;
    for (size_t i = 0; i < cohort->n_columns; i++) {
        const struct als_measure *measure = &cohort->columns[i].measure;
        const char *label = als_measure_label(measure), *unit = als_measure_unit(measure);
        char *stem = als_arena_strdup(arena, measure->name);
        for (char *c = stem; *c; c++)
            if (*c == '.' || *c == '-')
                *c = '_';
        als_dataset_add(dataset, als_arena_printf(arena, "%s_baseline", stem),
                        als_arena_printf(arena, "Baseline: %s (%s)", label,
                                         als_baseline_text(&cohort->columns[i].baselines, arena)),
                        ALS_FIELD_NUMBER, unit);
        als_dataset_add(dataset, als_arena_printf(arena, "%s_baseline_visit", stem),
                        als_arena_printf(arena, "Visit of the baseline: %s", label), ALS_FIELD_TEXT,
                        NULL);
        als_dataset_add(dataset, als_arena_printf(arena, "%s_baseline_date", stem),
                        als_arena_printf(arena, "Date of the baseline: %s", label), ALS_FIELD_DATE,
                        NULL);
        if (!cohort->columns[i].repeated)
            continue;
        als_dataset_add(dataset, als_arena_printf(arena, "%s_n", stem),
                        als_arena_printf(arena, "Values in the slope: %s", label),
                        ALS_FIELD_INTEGER, NULL);
        als_dataset_add(dataset, als_arena_printf(arena, "%s_slope", stem),
                        als_arena_printf(arena, "Least-squares slope per month: %s", label),
                        ALS_FIELD_NUMBER, als_arena_printf(arena, "%s/month", unit));
        als_dataset_add(dataset, als_arena_printf(arena, "%s_slope_se", stem),
                        als_arena_printf(arena, "Standard error of the slope: %s", label),
                        ALS_FIELD_NUMBER, als_arena_printf(arena, "%s/month", unit));
        als_dataset_add(dataset, als_arena_printf(arena, "%s_reliable", stem),
                        als_arena_printf(arena, "At least 3 visits over 60 days: %s", label),
                        ALS_FIELD_YESNO, NULL);
    }
}

static const struct als_field_code event_codes[] = {{"0", "alive when last known"}, {"1", "death"}};
static const struct als_field opening_fields[] = {
    {.name = "patient", .label = "Patient", .type = ALS_FIELD_TEXT},
    {.name = "site", .label = "Site", .type = ALS_FIELD_TEXT},
    {.name = "sex", .label = "Sex", .type = ALS_FIELD_TEXT},
    {.name = "arm", .label = "Arm", .type = ALS_FIELD_TEXT},
    {.name = "cohort", .label = "Dose cohort", .type = ALS_FIELD_TEXT},
    {.name = "onset_site", .label = "Site of onset", .type = ALS_FIELD_TEXT},
    {.name = "time_zero", .label = "Day 0 of the patient", .type = ALS_FIELD_DATE},
    {.name = "age_at_zero", .label = "Age on day 0", .type = ALS_FIELD_NUMBER, .unit = "years"},
    {.name = "infusions", .label = "Infusions received", .type = ALS_FIELD_INTEGER},
    {.name = "cells", .label = "Cells received", .type = ALS_FIELD_NUMBER, .unit = "cells"},
    {.name = "exposure_days",
     .label = "First infusion or consent to end of participation or last known day",
     .type = ALS_FIELD_INTEGER,
     .unit = "days"},
    {.name = "survival_days",
     .label = "Day 0 to death or last day known alive",
     .type = ALS_FIELD_INTEGER,
     .unit = "days"},
    {.name = "survival_event",
     .label = "Death",
     .type = ALS_FIELD_INTEGER,
     .codes = event_codes,
     .n_codes = 2},
    {.name = "death_date", .label = "Date of death as known", .type = ALS_FIELD_PARTIAL},
    {.name = "last_known_alive", .label = "Last day known alive", .type = ALS_FIELD_DATE},
    {.name = NULL}};

static void put_survival(struct als_buf *buf, const struct als_timeline *timeline,
                         const struct als_follow_up *follow)
{
    char text[ALS_DATE_TEXT];
    bool died = follow->death.precision != ALS_PRECISION_NONE;
    int end = died ? follow->death.day : follow->last_known;
    bool known = timeline->zero_day != ALS_NO_DAY && end != ALS_NO_DAY;
    if (known && end >= timeline->zero_day) {
        als_field_cell_integer(buf, end - timeline->zero_day);
        als_field_cell_integer(buf, died);
    } else {
        als_buf_text(buf, ",,");
    }
    als_field_cell_text(buf, als_date_format(follow->death, text));
    als_field_cell_day(buf, follow->last_known);
}

static void put_opening(struct cohort *cohort, struct als_buf *buf, size_t index,
                        const struct als_follow_up *follow)
{
    const struct als_export *export = cohort->export;
    const struct als_patient *patient = &export->people.list.items[index];
    const struct als_timeline *timeline = &export->people.timelines[index];
    als_field_cell_text(buf, patient->patient);
    als_field_cell_text(buf, patient->site);
    als_field_cell_text(buf, patient->sex);
    als_field_cell_text(buf, patient->arm);
    als_field_cell_text(buf, patient->cohort);
    als_field_cell_text(buf, patient->onset_site);
    als_field_cell_day(buf, timeline->zero_day);
    double age = NAN;
    if (timeline->zero_day != ALS_NO_DAY)
        age = als_patient_person(patient, export->protocol, timeline->zero_day).age_years;
    als_field_cell_number(buf, age);
    als_field_cell_integer(buf, (int64_t)follow->infusions);
    als_field_cell_number(buf, follow->cells);
    if (follow->exposure_from == ALS_NO_DAY)
        als_field_cell_text(buf, NULL);
    else
        als_field_cell_integer(buf, als_exposure_days(follow));
    put_survival(buf, timeline, follow);
}

static void put_measures(const struct cohort *cohort, struct als_buf *buf, size_t index)
{
    const struct als_store *store = cohort->export->store;
    for (size_t i = 0; i < cohort->n_columns; i++) {
        const struct cell *cell = &cohort->columns[i].cells[index];
        als_field_cell_number(buf, cell->baseline.value);
        als_field_cell_text(buf, als_store_visit_code(store, cell->baseline.visit_no));
        als_field_cell_day(buf, cell->baseline.day);
        if (!cohort->columns[i].repeated)
            continue;
        als_field_cell_integer(buf, (int64_t)cell->slope.fit.n);
        als_field_cell_number(buf, cell->slope.fit.slope);
        als_field_cell_number(buf, cell->slope.fit.se_slope);
        als_field_cell_yesno(buf, cell->slope.fit.n ? cell->slope.reliable : ALS_UNSAID);
    }
}

static enum als_status follow_patients(struct cohort *cohort, struct als_err *err)
{
    const struct als_export *export = cohort->export;
    const struct als_patient_list *list = &export->people.list;
    enum als_status status = ALS_OK;
    cohort->follow_ups = als_alloc_array(list->count, sizeof *cohort->follow_ups);
    for (size_t i = 0; i < list->count && status == ALS_OK; i++) {
        struct als_arena *arena = als_arena_new();
        struct als_visit_list visits;
        struct als_patient_facts facts;
        status = als_export_facts(export, export->store, i, arena, &visits, &facts, err);
        if (status == ALS_OK) {
            size_t n;
            const struct als_event *events = als_export_events_of(export, list->items[i].id, &n);
            cohort->follow_ups[i] =
                als_follow_up(export->protocol, &facts, events, n, export->options->as_of_day);
        }
        als_arena_free(arena);
    }
    return status;
}

static const struct als_field closing_fields[] = {
    {.name = "onset_date", .label = "Onset as known", .type = ALS_FIELD_PARTIAL},
    {.name = "diagnosis_date", .label = "Diagnosis as known", .type = ALS_FIELD_PARTIAL},
    {.name = "onset_to_zero",
     .label = "Onset to day 0",
     .type = ALS_FIELD_NUMBER,
     .unit = "months"},
    {.name = "diagnostic_delay",
     .label = "Onset to diagnosis",
     .type = ALS_FIELD_NUMBER,
     .unit = "months"},
    {.name = "delta_fs",
     .label = "Points lost per month from onset to baseline",
     .type = ALS_FIELD_NUMBER,
     .unit = "points/month"},
    {.name = NULL}};

/* The total whose loss since onset is told, among the measures of the file. */
static void find_function(struct cohort *cohort)
{
    struct als_measure total;
    if (!als_functional_total(cohort->export->store, &total, &cohort->maximum))
        return;
    for (size_t i = 0; i < cohort->n_columns; i++)
        if (strcmp(cohort->columns[i].measure.name, total.name) == 0)
            cohort->function = &cohort->columns[i];
}

static struct als_date date_of(const struct als_event *events, size_t n, const char *name)
{
    struct als_date date = ALS_NO_DATE;
    for (size_t i = 0; i < n; i++)
        if (strcmp(events[i].event, name) == 0 && events[i].date)
            als_date_parse(events[i].date, strlen(events[i].date), &date);
    return date;
}

static double months_between(int from, int to)
{
    return from == ALS_NO_DAY || to == ALS_NO_DAY ? NAN : (to - from) / ALS_DAYS_PER_MONTH;
}

/* Dates before the trial. Those without a day count as the middle of their month or year. */
static void put_closing(const struct cohort *cohort, struct als_buf *buf, size_t index)
{
    const struct als_export *export = cohort->export;
    size_t n;
    char text[ALS_DATE_TEXT];
    const struct als_event *events =
        als_export_events_of(export, export->people.list.items[index].id, &n);
    struct als_date onset = date_of(events, n, "onset"),
                    diagnosis = date_of(events, n, "diagnosis");
    double delta = NAN;
    if (cohort->function && onset.day != ALS_NO_DAY) {
        const struct als_baseline *baseline = &cohort->function->cells[index].baseline;
        if (baseline->day != ALS_NO_DAY)
            delta = als_delta_fs(cohort->maximum, baseline->value, baseline->day - onset.day);
    }
    als_field_cell_text(buf, als_date_format(onset, text));
    als_field_cell_text(buf, als_date_format(diagnosis, text));
    als_field_cell_number(buf, months_between(onset.day, export->people.timelines[index].zero_day));
    als_field_cell_number(buf, months_between(onset.day, diagnosis.day));
    als_field_cell_number(buf, delta);
}

static enum als_status write_rows(struct cohort *cohort, struct als_err *err)
{
    struct als_export *export = cohort->export;
    struct als_dataset *dataset = als_dataset_new(
        export->arena, "cohort.csv", "One row per patient, analyses included", "patient");
    als_dataset_add_all(dataset, opening_fields);
    describe_measures(cohort, dataset);
    als_dataset_add_all(dataset, closing_fields);
    find_function(cohort);
    struct als_sheet sheet;
    enum als_status status = als_sheet_open(export, dataset, &sheet, err);
    if (status != ALS_OK)
        return status;
    for (size_t i = 0; i < export->people.list.count; i++) {
        put_opening(cohort, &sheet.buf, i, &cohort->follow_ups[i]);
        put_measures(cohort, &sheet.buf, i);
        put_closing(cohort, &sheet.buf, i);
        als_sheet_end_row(&sheet);
    }
    return als_sheet_close(export, &sheet, ALS_OK, err);
}

enum als_status als_export_cohort(struct als_export *export, struct als_err *err)
{
    struct cohort cohort = {.export = export};
    choose_measures(&cohort);
    enum als_status status = follow_patients(&cohort, err);
    if (status == ALS_OK)
        status = fill_columns(&cohort, err);
    if (status == ALS_OK)
        status = write_rows(&cohort, err);
    for (size_t i = 0; i < cohort.n_columns; i++)
        free(cohort.columns[i].cells);
    free(cohort.columns);
    free(cohort.follow_ups);
    return status;
}
