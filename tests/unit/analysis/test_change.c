/* Change from baseline: worked example E15, closed forms of small studies, the adjusted means. */
#include "alstrack/analysis/change.h"
#include "alstrack/stat/rank.h"
#include "alstrack/stat/regress.h"
#include "trial_results.h"

static struct als_table *change(struct trial *trial, struct als_change_options options)
{
    struct als_err err = {.status = ALS_OK};
    struct als_table *table = NULL;
    trial_commit(trial);
    trial_ok(als_analyze_change(trial->store, &options, &table, &err), &err);
    trial_begin(trial);
    return table;
}

static size_t row_of(const struct als_table *table, const char *visit, const char *group)
{
    for (size_t i = 0; i < als_table_rows(table); i++)
        if (strcmp(trial_text(table, i, "visit"), visit) == 0 &&
            strcmp(trial_text(table, i, "group"), group) == 0)
            return i;
    cr_assert_fail("no row %s %s", visit, group);
    return 0;
}

static int64_t treat(struct trial *trial, const char *name, const char *arm)
{
    int64_t patient = trial_patient(trial, name, arm);
    trial_event(trial, patient, "infusion", "2016-01-04");
    return patient;
}

/* E15: the baseline of ALSFRS-R is on the day of treatment, that of FVC at screening. */
Test(change, takes_the_baseline_of_each_instrument)
{
    struct trial trial;
    trial_open(&trial);
    int64_t patient = treat(&trial, "P1", NULL);
    int zero = trial_day("2016-01-04");
    trial_alsfrsr(&trial, patient, "SCR", zero - 183, 40);
    trial_alsfrsr(&trial, patient, "D0", zero, 36);
    trial_alsfrsr(&trial, patient, "MN3", zero + 91, 35);
    trial_fvc(&trial, patient, "SCR", zero - 183, NAN, 92);
    trial_fvc(&trial, patient, "MN3", zero + 91, NAN, 84);
    struct als_table *table = change(&trial, (struct als_change_options){0});
    size_t row = row_of(table, "MN3", "all");
    cr_assert_eq(trial_number(table, row, "change_mean"), -1);
    cr_assert_eq(trial_number(table, row, "mean"), 35);
    cr_assert(trial_cell(table, row, "change_sd").missing);
    cr_assert(trial_cell(table, row_of(table, "SCR", "all"), "change_mean").missing);
    cr_assert(trial_cell(table, row_of(table, "D0", "all"), "change_mean").missing);
    cr_assert_eq(trial_integer(table, row_of(table, "D0", "all"), "change_n"), 0);
    cr_assert(trial_noted(table, "the last value on or before time zero"));
    als_table_free(table);
    table = change(&trial, (struct als_change_options){.measure = "fvc.percent_entered"});
    row = row_of(table, "MN3", "all");
    cr_assert_eq(trial_number(table, row, "change_mean"), -8);
    assert_close(trial_number(table, row, "percent_mean"), -800.0 / 92, 1e-14);
    cr_assert(trial_noted(table, "baseline of fvc: visit SCR"));
    als_table_free(table);
    trial_close(&trial);
}

enum { PATIENTS = 8 };
static const char *const names[PATIENTS] = {"a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4"};
static const int baselines[PATIENTS] = {40, 44, 38, 35, 41, 36, 43, 39};
static const int at_3[PATIENTS] = {38, 41, 37, 31, 41, 35, 41, 38};
static const int at_6[PATIENTS] = {35, 39, 33, 30, 40, 35, 40, 35};

static void add_two_arms(struct trial *trial)
{
    int zero = trial_day("2016-01-04");
    for (size_t i = 0; i < PATIENTS; i++) {
        int64_t patient = treat(trial, names[i], i < 4 ? "A" : "B");
        trial_alsfrsr(trial, patient, "D0", zero, baselines[i]);
        trial_alsfrsr(trial, patient, "MN3", zero + 90, at_3[i]);
        trial_alsfrsr(trial, patient, "MN6", zero + 180, at_6[i]);
    }
}

Test(change, describes_groups_and_their_difference)
{
    struct trial trial;
    trial_open(&trial);
    add_two_arms(&trial);
    double changes[PATIENTS];
    for (size_t i = 0; i < PATIENTS; i++)
        changes[i] = at_6[i] - baselines[i];
    struct als_t_test one = als_t_one_sample(4, changes);
    struct als_t_test welch = als_t_welch(4, changes + 4, 4, changes);
    struct als_table *table = change(&trial, (struct als_change_options){.by = "arm"});
    size_t a = row_of(table, "MN6", "A"), b = row_of(table, "MN6", "B");
    cr_assert_eq(trial_integer(table, a, "n"), 4);
    cr_assert_eq(trial_number(table, a, "mean"), (35 + 39 + 33 + 30) / 4.0);
    assert_close(trial_number(table, a, "change_mean"), one.mean1, 1e-14);
    assert_close(trial_number(table, a, "change_sd"), one.sd1, 1e-14);
    assert_close(trial_number(table, a, "change_ci_low"), one.ci_low, 1e-14);
    assert_close(trial_number(table, a, "change_p"), one.p, 1e-14);
    cr_assert_eq(trial_number(table, a, "change_median"), -5);
    cr_assert(trial_cell(table, a, "difference").missing);
    assert_close(trial_number(table, b, "difference"), welch.difference, 1e-14);
    assert_close(trial_number(table, b, "difference_p"), welch.p, 1e-14);
    cr_assert(trial_number(table, b, "wilcoxon_p_exact") > 0);
    cr_assert_eq(trial_integer(table, row_of(table, "MN1", "A"), "n"), 0);
    cr_assert(trial_cell(table, row_of(table, "MN1", "A"), "mean").missing);
    als_table_free(table);
    trial_close(&trial);
}

/* With complete data the model is an analysis of covariance at each visit. */
Test(change, adjusts_complete_data_as_covariance_analysis_does)
{
    struct trial trial;
    trial_open(&trial);
    add_two_arms(&trial);
    struct als_table *table =
        change(&trial, (struct als_change_options){.by = "arm", .adjusted = true});
    cr_assert_eq(als_table_rows(table), 4u);
    double x[PATIENTS * 3], y[PATIENTS], mean = 0;
    for (size_t i = 0; i < PATIENTS; i++)
        mean += baselines[i] / (double)PATIENTS;
    for (size_t i = 0; i < PATIENTS; i++) {
        x[3 * i] = i < 4;
        x[3 * i + 1] = i >= 4;
        x[3 * i + 2] = baselines[i] - mean;
        y[i] = at_6[i] - baselines[i];
    }
    double scratch[3], *work = calloc(als_regress_workspace(PATIENTS, 3), sizeof *work);
    struct als_regression fit = als_regress_fit(PATIENTS, 3, x, y, work);
    struct als_estimate own = als_regress_contrast(&fit, (double[]){0, 1, 0}, scratch);
    struct als_estimate difference = als_regress_contrast(&fit, (double[]){-1, 1, 0}, scratch);
    free(work);
    size_t b = row_of(table, "MN6", "B");
    assert_close(trial_number(table, b, "change"), own.estimate, 1e-10);
    assert_close(trial_number(table, b, "se"), own.se, 1e-8);
    assert_close(trial_number(table, b, "df"), 5, 1e-6);
    assert_close(trial_number(table, b, "difference"), difference.estimate, 1e-10);
    assert_close(trial_number(table, b, "difference_se"), difference.se, 1e-8);
    assert_close(trial_number(table, b, "difference_p"), difference.p, 1e-6);
    cr_assert(trial_noted(table, "covariance unstructured (UN) by REML"));
    als_table_free(table);
    trial_close(&trial);
}

Test(change, says_why_there_is_no_model)
{
    struct trial trial;
    trial_open(&trial);
    struct als_table *table = change(&trial, (struct als_change_options){.adjusted = true});
    cr_assert_eq(als_table_rows(table), 0u);
    cr_assert(trial_noted(table, "no model: no visit has changes of enough patients"));
    als_table_free(table);
    int64_t patient = treat(&trial, "P1", "A");
    trial_alsfrsr(&trial, patient, "D0", trial_day("2016-01-04"), 40);
    trial_alsfrsr(&trial, patient, "MN3", trial_day("2016-04-04"), 38);
    table = change(&trial, (struct als_change_options){.adjusted = true, .by = "arm"});
    cr_assert_eq(als_table_rows(table), 0u);
    als_table_free(table);
    trial_close(&trial);
}

/* Nobody was seen at both visits: their covariance is not in the data. */
Test(change, names_visits_that_no_patient_shares)
{
    struct trial trial;
    trial_open(&trial);
    int zero = trial_day("2016-01-04");
    for (size_t i = 0; i < PATIENTS; i++) {
        int64_t patient = treat(&trial, names[i], NULL);
        trial_alsfrsr(&trial, patient, "D0", zero, baselines[i]);
        trial_alsfrsr(&trial, patient, i % 2 ? "MN3" : "MN6", zero + (i % 2 ? 90 : 180), at_3[i]);
    }
    struct als_table *table = change(&trial, (struct als_change_options){.adjusted = true});
    cr_assert(trial_noted(table, "no patient has both MN3 and MN6"));
    als_table_free(table);
    trial_close(&trial);
}

Test(change, counts_who_is_in_no_group)
{
    struct trial trial;
    trial_open(&trial);
    add_two_arms(&trial);
    int64_t patient = treat(&trial, "P9", NULL);
    trial_alsfrsr(&trial, patient, "D0", trial_day("2016-01-04"), 40);
    trial_alsfrsr(&trial, patient, "MN3", trial_day("2016-04-04"), 38);
    struct als_table *table =
        change(&trial, (struct als_change_options){.by = "arm", .adjusted = true});
    cr_assert(trial_noted(table, "left out: patients without arm: 1, with 1 change"));
    als_table_free(table);
    trial_close(&trial);
}

/* The change doubles from one visit to the next in all: no correlation below 1 fits but that of one
 * variance. */
Test(change, warns_of_one_variance_where_deviations_differ)
{
    struct trial trial;
    trial_open(&trial);
    int zero = trial_day("2016-01-04");
    for (size_t i = 0; i < PATIENTS; i++) {
        int change = (int)(i * i % 5) + 1;
        int64_t patient = treat(&trial, names[i], NULL);
        trial_alsfrsr(&trial, patient, "D0", zero, 40);
        trial_alsfrsr(&trial, patient, "MN3", zero + 90, 40 - change);
        trial_alsfrsr(&trial, patient, "MN6", zero + 180, 40 - 2 * change);
    }
    struct als_table *table = change(&trial, (struct als_change_options){.adjusted = true});
    cr_assert(trial_noted(table, "warning: unstructured (UN) covariance cannot be estimated: it is "
                                 "singular"));
    cr_assert(trial_noted(table, "covariance Toeplitz (TOEP) by REML"));
    cr_assert(trial_noted(table, "tried in the order UN, TOEPH, ARH1, CSH, TOEP, AR1, CS"));
    cr_assert(trial_noted(table, "warning: this covariance takes the variance for the same"));
    cr_assert(trial_noted(table, "(MN3) to "));
    als_table_free(table);
    trial_close(&trial);
}

Test(change, leaves_out_what_is_after_death_or_outside_the_plan)
{
    struct trial trial;
    trial_open(&trial);
    trial_extra(&trial, "UNS1");
    int zero = trial_day("2016-01-04");
    int64_t patient = treat(&trial, "P1", NULL);
    trial_alsfrsr(&trial, patient, "D0", zero, 40);
    trial_alsfrsr(&trial, patient, "UNS1", zero + 50, 39);
    trial_alsfrsr(&trial, patient, "MN3", zero + 91, 24);
    trial_alsfrsr(&trial, patient, "MN6", zero + 182, 20);
    trial_event(&trial, patient, "death", "2016-06-01");
    int64_t late = trial_patient(&trial, "P2", NULL);
    trial_alsfrsr(&trial, late, "MN1", zero + 30, 44);
    struct als_table *table = change(&trial, (struct als_change_options){0});
    cr_assert_eq(trial_integer(table, row_of(table, "MN6", "all"), "n"), 0);
    cr_assert_eq(trial_number(table, row_of(table, "MN3", "all"), "change_mean"), -16);
    cr_assert_eq(trial_integer(table, row_of(table, "MN1", "all"), "change_n"), 0);
    cr_assert(trial_noted(table, "5 values: at planned visits 3, of visits that the protocol "
                                 "does not plan 1, dated after death 1"));
    cr_assert(
        trial_noted(table, "of visits that the protocol does not plan 1, dated after death 1"));
    cr_assert(trial_noted(table, "1 value dated after death"));
    cr_assert(trial_noted(table, "died: 1 patient;"));
    cr_assert(trial_noted(table, "values at 25 or less"));
    als_table_free(table);
    trial_close(&trial);
}

/* Time of the one who was never treated runs from the first visit, but what was measured when D0
 * was due stays before the baseline. */
Test(change, has_no_change_at_visits_before_treatment)
{
    struct trial trial;
    trial_open(&trial);
    trial_extra(&trial, "ET");
    int zero = trial_day("2016-01-04");
    int64_t treated = treat(&trial, "P1", NULL), untreated = trial_patient(&trial, "P2", NULL);
    trial_alsfrsr(&trial, treated, "SCR", zero - 28, 42);
    trial_alsfrsr(&trial, treated, "D0", zero, 40);
    trial_alsfrsr(&trial, treated, "MN1", zero + 30, 39);
    trial_alsfrsr(&trial, untreated, "SCR", zero - 28, 42);
    trial_alsfrsr(&trial, untreated, "ET", zero, 30);
    struct als_table *table = change(&trial, (struct als_change_options){0});
    cr_assert_eq(trial_integer(table, row_of(table, "D0", "all"), "n"), 2);
    cr_assert_eq(trial_integer(table, row_of(table, "D0", "all"), "change_n"), 0);
    cr_assert_eq(trial_integer(table, row_of(table, "MN1", "all"), "change_n"), 1);
    cr_assert(trial_noted(table,
                          "of the 5: changes 1, until the day of the baseline 3, after it at "
                          "visits that the protocol puts before it 1"));
    als_table_free(table);
    trial_close(&trial);
}

Test(change, refuses_what_it_does_not_know)
{
    struct trial trial;
    trial_open(&trial);
    trial_commit(&trial);
    static const struct als_change_options wrong[] = {
        {.measure = "alsfrsr.totl"}, {.measure = "alsfrsr.cutting_form"}, {.by = "colour"}};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct als_err err = {.status = ALS_OK};
        struct als_table *table = NULL;
        cr_assert_eq(als_analyze_change(trial.store, &wrong[i], &table, &err), ALS_USAGE);
        cr_assert_null(table);
    }
    trial_close(&trial);
}
