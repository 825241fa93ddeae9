/* `analyze slopes`: one row per patient, and what a reader must know about them in notes. */
#include "alstrack/analysis/slopes.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "patients.h"
#include "slope_notes.h"

struct run {
    const struct als_slopes_options *options;
    const struct als_patient_list *patients;
    struct als_measure measure;
    struct als_table *table;
    size_t next; /* first patient without a row yet */
    struct als_slope_notes notes;
};

static struct als_table *new_table(const struct als_slopes_options *options)
{
    struct als_table_column columns[] = {
        {"patient", "patient", ALS_CELL_TEXT, 0},
        {"group", options->by, ALS_CELL_TEXT, 0},
        {"measure", "measure", ALS_CELL_TEXT, 0},
        {"n", "n", ALS_CELL_INTEGER, 0},
        {"first_date", "first date", ALS_CELL_TEXT, 0},
        {"last_date", "last date", ALS_CELL_TEXT, 0},
        {"span_days", "days", ALS_CELL_INTEGER, 0},
        {"slope", "slope/month", ALS_CELL_NUMBER, 3},
        {"se", "SE", ALS_CELL_NUMBER, 3},
        {"ci_low", "95 % low", ALS_CELL_NUMBER, 3},
        {"ci_high", "95 % high", ALS_CELL_NUMBER, 3},
        {"intercept", "intercept", ALS_CELL_NUMBER, 2},
        {"r2", "R2", ALS_CELL_NUMBER, 3},
        {"residual_sd", "residual SD", ALS_CELL_NUMBER, 3},
        {"reliable", "reliable", ALS_CELL_YESNO, 0},
    };
    size_t n = sizeof columns / sizeof columns[0];
    if (!options->by) {
        memmove(&columns[1], &columns[2], (n - 2) * sizeof columns[0]);
        n--;
    }
    return als_table_new(columns, n);
}

static const char *group_of(const struct run *run, const struct als_patient *patient)
{
    return run->options->by ? als_factor_value(patient, run->options->by) : NULL;
}

static void begin_row(struct run *run, const struct als_patient *patient, size_t n)
{
    als_table_text(run->table, patient->patient);
    if (run->options->by)
        als_table_text(run->table, group_of(run, patient));
    als_table_text(run->table, run->measure.name);
    als_table_integer(run->table, (int64_t)n);
}

/* Rows for the patients before `end` that have no value of the measure at all. */
static void add_empty_rows(struct run *run, size_t end)
{
    enum { CELLS_AFTER_N = 11 };
    for (; run->next < end; run->next++) {
        const struct als_patient *patient = &run->patients->items[run->next];
        begin_row(run, patient, 0);
        for (int i = 0; i < CELLS_AFTER_N; i++)
            als_table_missing(run->table);
        als_slope_notes_add(&run->notes, group_of(run, patient), patient->patient, NULL, NULL);
    }
}

static void add_numbers(struct als_table *table, const struct als_slope *slope)
{
    const struct als_ols *fit = &slope->fit;
    als_table_day(table, slope->first_day);
    als_table_day(table, slope->last_day);
    if (fit->n)
        als_table_integer(table, slope->last_day - slope->first_day);
    else
        als_table_missing(table);
    als_table_number(table, fit->slope);
    als_table_number(table, fit->se_slope);
    als_table_number(table, fit->ci_low);
    als_table_number(table, fit->ci_high);
    als_table_number(table, fit->intercept);
    als_table_number(table, fit->r2);
    als_table_number(table, fit->residual_sd);
    if (fit->n)
        als_table_yesno(table, slope->reliable);
    else
        als_table_missing(table);
}

static void take_series(const struct als_series *series, void *context)
{
    struct run *run = context;
    size_t index = run->next;
    while (run->patients->items[index].id != series->patient_id)
        index++;
    add_empty_rows(run, index);
    const struct als_patient *patient = &run->patients->items[index];
    struct als_slope slope = als_slope_fit(series, run->options->from_day, run->options->to_day);
    begin_row(run, patient, slope.fit.n);
    add_numbers(run->table, &slope);
    als_slope_notes_add(&run->notes, group_of(run, patient), patient->patient, series, &slope);
    run->next = index + 1;
}

static enum als_status run_slopes(struct als_store *store, struct run *run, struct als_err *err)
{
    als_slope_notes_begin(&run->notes, &run->measure);
    size_t missing;
    enum als_status status = als_series_each_counted(store, &run->measure, run->patients,
                                                     take_series, run, &missing, err);
    if (status == ALS_OK) {
        add_empty_rows(run, run->patients->count);
        als_slope_notes_write(&run->notes, als_store_protocol(store), &run->measure, run->options,
                              missing, run->table);
    }
    als_slope_notes_end(&run->notes);
    return status;
}

enum als_status als_analyze_slopes(struct als_store *store,
                                   const struct als_slopes_options *options, struct als_table **out,
                                   struct als_err *err)
{
    struct run run = {.options = options};
    enum als_status status = als_factor_check(options->by, err);
    if (status == ALS_OK && options->from_day > options->to_day)
        status = als_fail(err, ALS_USAGE, "E-WINDOW", "the window from day %d to day %d is empty",
                          options->from_day, options->to_day);
    if (status == ALS_OK)
        status = als_measure_chosen(store, options->measure, &run.measure, err);
    if (status != ALS_OK)
        return status;
    struct als_arena *arena = als_arena_new();
    struct als_patient_list patients;
    status = als_patients_chosen(store, options->patient, arena, &patients, err);
    if (status == ALS_OK) {
        run.patients = &patients;
        run.table = new_table(options);
        status = run_slopes(store, &run, err);
    }
    als_arena_free(arena);
    if (status == ALS_OK)
        *out = run.table;
    else
        als_table_free(run.table);
    return status;
}
