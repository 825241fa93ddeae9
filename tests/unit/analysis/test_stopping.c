/* Stopping for safety, on the table of the worked example: prior Beta(0.3, 1.7), limit 15 %, 90 %.
 */
#include "alstrack/analysis/dose.h"
#include "trial_results.h"

static const struct als_stopping_options usual = {
    .rate = 0.15, .confidence = 0.9, .prior_a = 0.3, .prior_b = 1.7};

static struct als_table *stopping(struct trial *trial, struct als_stopping_options options)
{
    struct als_err err = {.status = ALS_OK};
    struct als_table *table = NULL;
    trial_commit(trial);
    trial_ok(als_analyze_stopping(trial->store, &options, trial_day("2016-12-31"), &table, &err),
             &err);
    trial_begin(trial);
    return table;
}

/* Treated patients, the first of whom have a serious event that is or is not related. */
static void add_treated(struct trial *trial, int n, int related, int serious)
{
    struct als_err err = {.status = ALS_OK};
    for (int i = 0; i < n; i++) {
        char name[16];
        snprintf(name, sizeof name, "P%02d", i);
        int64_t patient = trial_patient(trial, name, "A");
        trial_event(trial, patient, "infusion", "2016-01-04");
        struct als_adverse_event ae = {.patient_id = patient,
                                       .ae_id = "1",
                                       .term = "event",
                                       .onset = "2016-02-01",
                                       .grade = 3,
                                       .serious = 1,
                                       .relation = i < related ? "procedure" : "disease",
                                       .dlt = ALS_UNSAID};
        if (i < related + serious)
            trial_ok(als_adverse_event_put(trial->store, &ae, ALS_GIVEN_ALL, NULL, &err), &err);
    }
}

/* Treated, and the number with an event at which the worked example stops. */
static const struct {
    int treated, stop_at;
} rows[] = {{2, 2}, {3, 2}, {4, 3}, {8, 3}, {9, 4}, {12, 4}, {13, 5}, {23, 7}};

TABLE_TEST(stopping, stops_where_the_worked_example_does, rows)
{
    struct trial trial;
    trial_open(&trial);
    add_treated(&trial, rows[*row_].treated, rows[*row_].stop_at, 0);
    struct als_table *table = stopping(&trial, usual);
    size_t all = als_table_rows(table) - 1;
    cr_assert_str_eq(trial_text(table, all, "cohort"), "all");
    cr_assert_eq(trial_integer(table, all, "treated"), rows[*row_].treated);
    cr_assert_eq(trial_integer(table, all, "stop_at"), rows[*row_].stop_at);
    cr_assert_eq(trial_integer(table, all, "with_event"), rows[*row_].stop_at);
    cr_assert_gt(trial_number(table, all, "probability"), 0.9);
    cr_assert_not_null(strstr(trial_text(table, all, "suggestion"), "stop for review"));
    cr_assert_not_null(strstr(trial_text(table, all, "suggestion"), "committee decides"));
    als_table_free(table);
    trial_close(&trial);
}

Test(stopping, counts_the_harm_that_is_asked_for)
{
    struct trial trial;
    trial_open(&trial);
    add_treated(&trial, 12, 2, 3);
    struct als_stopping_options options = usual;
    struct als_table *table = stopping(&trial, options);
    cr_assert_eq(trial_integer(table, 0, "with_event"), 2);
    cr_assert_not_null(strstr(trial_text(table, 0, "suggestion"), "go on"));
    assert_close(trial_number(table, 0, "rate"), 2.3 / 14, 1e-14);
    als_table_free(table);
    options.harm = ALS_STOPPING_SERIOUS;
    table = stopping(&trial, options);
    cr_assert_eq(trial_integer(table, 0, "with_event"), 5);
    cr_assert_not_null(strstr(trial_text(table, 0, "suggestion"), "stop"));
    als_table_free(table);
    options.harm = ALS_STOPPING_DLT;
    table = stopping(&trial, options);
    cr_assert_eq(trial_integer(table, 0, "with_event"), 0);
    als_table_free(table);
    trial_close(&trial);
}

Test(stopping, says_nothing_before_anyone_is_treated)
{
    struct trial trial;
    trial_open(&trial);
    trial_patient(&trial, "P1", "A");
    struct als_table *table = stopping(&trial, usual);
    cr_assert_eq(trial_integer(table, 0, "treated"), 0);
    cr_assert(trial_cell(table, 0, "stop_at").missing);
    cr_assert(trial_cell(table, 0, "suggestion").missing);
    als_table_free(table);
    trial_close(&trial);
}

static const struct als_stopping_options mistakes[] = {
    {.rate = 0, .confidence = 0.9, .prior_a = 1, .prior_b = 1},
    {.rate = 1, .confidence = 0.9, .prior_a = 1, .prior_b = 1},
    {.rate = NAN, .confidence = 0.9, .prior_a = 1, .prior_b = 1},
    {.rate = 0.1, .confidence = 1, .prior_a = 1, .prior_b = 1},
    {.rate = 0.1, .confidence = 0.9, .prior_a = 0, .prior_b = 1},
    {.rate = 0.1, .confidence = 0.9, .prior_a = 1, .prior_b = INFINITY}};

TABLE_TEST(stopping, refuses_numbers_out_of_range, mistakes)
{
    struct trial trial;
    trial_open(&trial);
    trial_commit(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_table *table = NULL;
    cr_assert_eq(als_analyze_stopping(trial.store, &mistakes[*row_], 0, &table, &err), ALS_USAGE);
    cr_assert_null(table);
    trial_close(&trial);
}
