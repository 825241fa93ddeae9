/* Imputation on request: the dropout of the worked example, and what is never put in. */
#include "alstrack/analysis/change.h"
#include "trial_results.h"

static const char *const visits[] = {"D0", "MN1", "MN3", "MN6"};
static const int days[] = {0, 30, 91, 183};
static const int totals[] = {41, 40, 38, 36};

static struct als_table *change(struct trial *trial, enum als_impute impute, const char *as_of)
{
    struct als_err err = {.status = ALS_OK};
    struct als_change_options options = {.impute = impute, .as_of_day = trial_day(as_of)};
    struct als_table *table = NULL;
    trial_commit(trial);
    trial_ok(als_analyze_change(trial->store, &options, &table, &err), &err);
    trial_begin(trial);
    return table;
}

static int64_t add_dropout(struct trial *trial, const char *name, size_t n)
{
    int zero = trial_day("2016-01-04");
    int64_t patient = trial_patient(trial, name, "A");
    trial_event(trial, patient, "infusion", "2016-01-04");
    for (size_t i = 0; i < n; i++)
        trial_alsfrsr(trial, patient, visits[i], zero + days[i], totals[i]);
    return patient;
}

static size_t row_of(const struct als_table *table, const char *visit)
{
    for (size_t i = 0; i < als_table_rows(table); i++)
        if (strcmp(trial_text(table, i, "visit"), visit) == 0)
            return i;
    cr_assert_fail("no visit %s", visit);
    return 0;
}

/* Worked example: seen at 0, 30, 91 and 183 days, gone by day 365. */
static const struct {
    enum als_impute impute;
    double value;
} rows[] = {{ALS_IMPUTE_LAST, 36},
            {ALS_IMPUTE_BASELINE, 41},
            {ALS_IMPUTE_SLOPE, 30.86254216},
            {ALS_IMPUTE_NONE, NAN}};

TABLE_TEST(change_impute, agrees_with_the_worked_example, rows)
{
    struct trial trial;
    trial_open(&trial);
    add_dropout(&trial, "P1", 4);
    struct als_table *table = change(&trial, rows[*row_].impute, "2017-12-31");
    size_t row = row_of(table, "MN12");
    assert_close(trial_number(table, row, "mean"), rows[*row_].value, 1e-9);
    assert_close(trial_number(table, row, "change_mean"), rows[*row_].value - 41, 1e-8);
    assert_close(trial_number(table, row_of(table, "MN6"), "mean"), 36, 0);
    if (rows[*row_].impute != ALS_IMPUTE_NONE) {
        cr_assert_eq(trial_integer(table, row, "n_imputed"), 1);
        cr_assert_eq(trial_integer(table, row_of(table, "MN6"), "n_imputed"), 0);
        cr_assert(trial_noted(table, "warning: imputed: 1 value "));
    }
    als_table_free(table);
    trial_close(&trial);
}

Test(change_impute, puts_nothing_in_for_the_dead_or_the_future)
{
    struct trial trial;
    trial_open(&trial);
    int64_t patient = add_dropout(&trial, "P1", 3);
    trial_event(&trial, patient, "death", "2016-08-01");
    struct als_table *table = change(&trial, ALS_IMPUTE_LAST, "2017-12-31");
    cr_assert_eq(trial_integer(table, row_of(table, "MN6"), "n_imputed"), 1, "still alive");
    cr_assert_eq(trial_integer(table, row_of(table, "MN12"), "n"), 0);
    als_table_free(table);
    /* The window of MN6 is open until 14 days after its target. */
    table = change(&trial, ALS_IMPUTE_LAST, "2016-07-17");
    cr_assert_eq(trial_integer(table, row_of(table, "MN6"), "n"), 0);
    als_table_free(table);
    trial_close(&trial);
}

/* The trial has a line to 0 points before 6 months: 41 to 34 in 30 days. */
Test(change_impute, keeps_to_the_scale)
{
    struct trial trial;
    trial_open(&trial);
    int zero = trial_day("2016-01-04");
    int64_t patient = trial_patient(&trial, "P1", "A");
    trial_event(&trial, patient, "infusion", "2016-01-04");
    trial_alsfrsr(&trial, patient, "D0", zero, 41);
    trial_alsfrsr(&trial, patient, "MN1", zero + 30, 34);
    struct als_table *table = change(&trial, ALS_IMPUTE_SLOPE, "2017-12-31");
    cr_assert_eq(trial_number(table, row_of(table, "MN12"), "mean"), 0);
    cr_assert(trial_noted(table, "left the scale, set to its end: 2"));
    als_table_free(table);
    trial_close(&trial);
}

static void change_of(struct trial *trial, const char *measure, struct als_table **table)
{
    struct als_err err = {.status = ALS_OK};
    struct als_change_options options = {
        .measure = measure, .impute = ALS_IMPUTE_SLOPE, .as_of_day = trial_day("2017-12-31")};
    trial_commit(trial);
    trial_ok(als_analyze_change(trial->store, &options, table, &err), &err);
    trial_begin(trial);
}

/* From 90 % by 5 in 30 days: 75 after 90 days. By day 365 the line is below nothing. */
Test(change_impute, of_a_percentage_knows_no_upper_end)
{
    struct trial trial;
    trial_open(&trial);
    int zero = trial_day("2016-01-04");
    int64_t patient = trial_patient(&trial, "P1", "A");
    trial_event(&trial, patient, "infusion", "2016-01-04");
    trial_fvc(&trial, patient, "SCR", zero - 1, NAN, 90);
    trial_fvc(&trial, patient, "MN1", zero + 29, NAN, 82);
    struct als_table *table;
    change_of(&trial, "fvc.percent_predicted", &table);
    assert_close(trial_number(table, row_of(table, "MN3"), "mean"), 90 - 8 * 92 / 30.0, 1e-9);
    cr_assert_eq(trial_number(table, row_of(table, "MN12"), "mean"), 0);
    cr_assert(trial_noted(table, "left the scale, set to its end: 1"));
    als_table_free(table);
    trial_close(&trial);
}

/* An item has a scale as a total has. */
Test(change_impute, of_an_item_keeps_to_its_answers)
{
    struct trial trial;
    trial_open(&trial);
    int zero = trial_day("2016-01-04");
    int64_t patient = trial_patient(&trial, "P1", "A");
    trial_event(&trial, patient, "infusion", "2016-01-04");
    trial_fvc(&trial, patient, "SCR", zero - 1, 3, NAN);
    trial_fvc(&trial, patient, "MN1", zero + 29, 2, NAN);
    struct als_table *table;
    change_of(&trial, "fvc.litres", &table);
    assert_close(trial_number(table, row_of(table, "MN3"), "mean"), 0.1, 1e-12);
    als_table_free(table);
    trial_close(&trial);
}

Test(change_impute, draws_no_line_through_one_value)
{
    struct trial trial;
    trial_open(&trial);
    add_dropout(&trial, "P1", 1);
    struct als_table *table = change(&trial, ALS_IMPUTE_SLOPE, "2017-12-31");
    cr_assert_eq(trial_integer(table, row_of(table, "MN12"), "n"), 0);
    als_table_free(table);
    trial_close(&trial);
}

Test(change_impute, is_not_for_the_model)
{
    struct trial trial;
    trial_open(&trial);
    add_dropout(&trial, "P1", 4);
    trial_commit(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_change_options options = {.impute = ALS_IMPUTE_LAST, .adjusted = true};
    struct als_table *table = NULL;
    cr_assert_eq(als_analyze_change(trial.store, &options, &table, &err), ALS_USAGE);
    cr_assert_null(table);
    trial_close(&trial);
}
