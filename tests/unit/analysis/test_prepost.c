/* Decline before and after treatment: worked examples E4 and E11, guards, groups, exclusions. */
#include "alstrack/analysis/prepost.h"
#include "prepost_fit.h"
#include "trial_results.h"

static const char responders[] =
    "responders: [{code: R25, label: a, percent: 25}, {code: R50, label: b, percent: 50},"
    " {code: P125, label: c, points: 1.25}, {code: B03, label: d, points: 0.3,"
    " measure: alsfrsr.bulbar}]";

struct value {
    const char *visit;
    int day, total;
};

static int64_t add_patient(struct trial *trial, const char *name, const char *arm,
                           const struct value *values, size_t n)
{
    int64_t patient = trial_patient(trial, name, arm);
    int zero = trial_day("2016-01-04");
    trial_event(trial, patient, "infusion", "2016-01-04");
    for (size_t i = 0; i < n; i++)
        trial_alsfrsr(trial, patient, values[i].visit, zero + values[i].day, values[i].total);
    return patient;
}

static void open_with_responders(struct trial *trial)
{
    trial_open(trial);
    trial_amend(trial, "responders: []", responders);
    trial_extra(trial, "UNS1");
    trial_extra(trial, "UNS2");
    trial_extra(trial, "UNS3");
}

static struct als_table *prepost(struct trial *trial, struct als_prepost_options options)
{
    struct als_err err = {.status = ALS_OK};
    struct als_table *table = NULL;
    trial_commit(trial);
    trial_ok(als_analyze_prepost(trial->store, &options, &table, &err), &err);
    trial_begin(trial);
    return table;
}

static const struct value e4[] = {{"SCR", -182, 44}, {"UNS1", -91, 41}, {"UNS2", -28, 39},
                                  {"D0", 0, 38},     {"MN1", 28, 38},   {"MN3", 91, 37},
                                  {"MN6", 182, 35},  {"UNS3", 273, 33}};

Test(prepost, agrees_with_the_worked_example)
{
    struct trial trial;
    open_with_responders(&trial);
    add_patient(&trial, "E4", NULL, e4, COUNT(e4));
    struct als_table *table = prepost(&trial, (struct als_prepost_options){0});
    cr_assert_eq(als_table_rows(table), 1u);
    cr_assert_eq(trial_integer(table, 0, "n_pre"), 4);
    cr_assert_eq(trial_integer(table, 0, "n_post"), 5);
    cr_assert_eq(trial_integer(table, 0, "span_pre"), 182);
    cr_assert_eq(trial_integer(table, 0, "span_post"), 273);
    assert_close(trial_number(table, 0, "pre_slope"), -0.9977720555306762, 1e-12);
    assert_close(trial_number(table, 0, "post_slope"), -0.5802090793895653, 1e-12);
    assert_close(trial_number(table, 0, "pre_se"), 0.009443671554926586, 1e-11);
    assert_close(trial_number(table, 0, "change"), 0.4175629761411108, 1e-12);
    assert_close(trial_number(table, 0, "improvement_percent"), 41.84953605651196, 1e-12);
    cr_assert_eq(trial_integer(table, 0, "stick_n"), 8);
    assert_close(trial_number(table, 0, "stick_level"), 38.29939483714097, 1e-12);
    assert_close(trial_number(table, 0, "stick_pre"), -0.9399719254545286, 1e-12);
    assert_close(trial_number(table, 0, "stick_post"), -0.5668931923443219, 1e-12);
    assert_close(trial_number(table, 0, "stick_change"), 0.3730787331102067, 1e-11);
    assert_close(trial_number(table, 0, "stick_se"), 0.07662473542544898, 1e-11);
    cr_assert_eq(trial_number(table, 0, "stick_df"), 5);
    assert_close(trial_number(table, 0, "stick_p"), 0.004597252302751542, 1e-10);
    cr_assert_eq(trial_yesno(table, 0, "R25"), 'Y');
    cr_assert_eq(trial_yesno(table, 0, "R50"), 'N');
    cr_assert_eq(trial_yesno(table, 0, "P125"), 'N');
    cr_assert_eq(trial_yesno(table, 0, "B03"), 'N'); /* its bulbar score never changes */
    cr_assert_str_eq(trial_text(table, 0, "reason"), "");
    cr_assert(trial_noted(table, "responders: R25 1 of 1, R50 0 of 1"));
    cr_assert(trial_noted(table, "regression to the mean"));
    als_table_free(table);
    trial_close(&trial);
}

/* E11: pre and post slopes of eight patients. */
static const double e11_before[] = {-1.3, -0.4, -1.6, -1.2, -1.1, -0.5, -0.9, -1.5};
static const double e11_after[] = {-0.9037563421377126, -0.555190874628377,  -1.6376003897188085,
                                   -1.1688510952550564, -0.5647730084116773, -0.3828517466262026,
                                   -1.0375853202339764, -1.361218221981088};

Test(prepost, tests_pairs_as_the_worked_example_does)
{
    const struct als_responder quarter = {.percent = true, .threshold = 25};
    double changes[8];
    int reached = 0;
    for (size_t i = 0; i < 8; i++) {
        struct als_prepost fit = als_prepost_none();
        changes[i] = fit.change = e11_after[i] - e11_before[i];
        fit.improvement = 100 * fit.change / fabs(e11_before[i]);
        reached += als_prepost_responds(&fit, &quarter, 1) == 1;
    }
    struct als_prepost_tests tests = als_prepost_test(8, e11_before, e11_after, changes);
    assert_close(tests.t.difference, 0.11102162512588767, 1e-12);
    assert_close(tests.t.sd1, 0.24589562989792216, 1e-12);
    assert_close(tests.t.t, 1.2770319507907502, 1e-12);
    assert_close(tests.t.p, 0.2423166545915163, 1e-10);
    cr_assert_eq(tests.wilcoxon.statistic, 24);
    cr_assert_eq(tests.wilcoxon.p_exact, 0.4609375);
    cr_assert_eq(reached, 2);
}

Test(prepost, leaves_the_infusion_day_out_of_after_when_asked)
{
    struct trial trial;
    open_with_responders(&trial);
    add_patient(&trial, "E4", NULL, e4, COUNT(e4));
    struct als_table *table = prepost(&trial, (struct als_prepost_options){.exclude_zero = true});
    cr_assert_eq(trial_integer(table, 0, "n_pre"), 4);
    cr_assert_eq(trial_integer(table, 0, "n_post"), 4);
    const double t[] = {28 / 30.4375, 91 / 30.4375, 182 / 30.4375, 273 / 30.4375};
    const double y[] = {38, 37, 35, 33};
    assert_close(trial_number(table, 0, "post_slope"), als_ols_fit(4, t, y).slope, 1e-13);
    cr_assert_eq(trial_integer(table, 0, "stick_n"), 8);
    cr_assert(trial_noted(table, "count before it only"));
    als_table_free(table);
    trial_close(&trial);
}

/* What happens before treatment in those whose percentage cannot be told. */
struct guard {
    int before[2]; /* at day -182 and 0 */
    const char *reason;
    char quarter;
};
static const struct guard guards[] = {
    {{38, 38}, "percent: no decline before", '-'},
    {{37, 38}, "percent: no decline before", '-'},
    {{39, 38}, "", 'N'},
};

TABLE_TEST(prepost, gives_no_percentage_without_a_decline_before, guards)
{
    const struct guard *guard = &guards[*row_];
    struct trial trial;
    open_with_responders(&trial);
    const struct value values[] = {{"SCR", -182, guard->before[0]},
                                   {"D0", 0, guard->before[1]},
                                   {"MN6", 182, 36},
                                   {"MN12", 365, 34}};
    add_patient(&trial, "P1", NULL, values, COUNT(values));
    struct als_table *table = prepost(&trial, (struct als_prepost_options){0});
    cr_assert_not(isnan(trial_number(table, 0, "change")));
    cr_assert_eq(isnan(trial_number(table, 0, "improvement_percent")), guard->quarter == '-');
    cr_assert_eq(trial_yesno(table, 0, "R25"), guard->quarter);
    cr_assert_eq(trial_yesno(table, 0, "P125"), 'N'); /* points need no decline before */
    cr_assert_str_eq(trial_text(table, 0, "reason"), guard->reason);
    als_table_free(table);
    trial_close(&trial);
}

Test(prepost, says_why_cells_are_empty)
{
    static const struct value before[] = {{"SCR", -60, 40}, {"D0", -1, 39}};
    static const struct value after[] = {{"MN1", 28, 40}, {"MN3", 91, 39}};
    static const struct value around[] = {{"SCR", -60, 40}, {"MN3", 91, 39}};
    struct trial trial;
    open_with_responders(&trial);
    add_patient(&trial, "before", NULL, before, COUNT(before));
    add_patient(&trial, "after", NULL, after, COUNT(after));
    add_patient(&trial, "around", NULL, around, COUNT(around));
    add_patient(&trial, "nothing", NULL, NULL, 0);
    int64_t untreated = trial_patient(&trial, "untreated", NULL);
    trial_alsfrsr(&trial, untreated, "SCR", trial_day("2016-01-04"), 40);
    struct als_table *table = prepost(&trial, (struct als_prepost_options){0});
    cr_assert_str_eq(trial_text(table, 0, "reason"),
                     "after: no values; stick: fewer values than coefficients");
    cr_assert(isnan(trial_number(table, 0, "post_slope")));
    cr_assert_not(isnan(trial_number(table, 0, "pre_slope")));
    cr_assert(trial_cell(table, 0, "span_post").missing);
    cr_assert_not_null(strstr(trial_text(table, 1, "reason"), "before: no values"));
    cr_assert_not_null(strstr(trial_text(table, 2, "reason"), "before: one visit"));
    cr_assert_str_eq(trial_text(table, 3, "reason"), "no value");
    cr_assert_str_eq(trial_text(table, 4, "reason"), "no time zero");
    for (size_t row = 0; row < 5; row++)
        cr_assert_eq(trial_yesno(table, row, "R25"), '-');
    cr_assert(trial_noted(table, "5 patients: 0 with both slopes, 2 with one only; left out: 1 "
                                 "without time zero, 1 without a value"));
    cr_assert(trial_noted(table, "no change, 5 patients"));
    cr_assert(trial_noted(table, "fewer than three visits before or after time zero: 3 patients"));
    als_table_free(table);
    table = prepost(&trial, (struct als_prepost_options){.cohort = true});
    cr_assert_eq(trial_integer(table, 0, "n"), 0);
    cr_assert_eq(trial_integer(table, 0, "patients"), 5);
    cr_assert(trial_cell(table, 0, "change_mean").missing && trial_cell(table, 0, "p").missing);
    cr_assert_eq(trial_integer(table, 0, "R25_of"), 0);
    als_table_free(table);
    trial_close(&trial);
}

Test(prepost, ends_at_death)
{
    struct trial trial;
    open_with_responders(&trial);
    int64_t patient = add_patient(&trial, "E4", NULL, e4, COUNT(e4));
    trial_event(&trial, patient, "death", "2016-07-01"); /* day 179 */
    struct als_table *table = prepost(&trial, (struct als_prepost_options){0});
    cr_assert_eq(trial_integer(table, 0, "n_post"), 3);
    cr_assert_eq(trial_integer(table, 0, "stick_n"), 6);
    cr_assert(trial_noted(table, "warning: 2 values dated after death left out"));
    als_table_free(table);
    trial_close(&trial);
}

Test(prepost, tests_each_group_and_all)
{
    struct trial trial;
    open_with_responders(&trial);
    struct value values[COUNT(e4)];
    static const char *const names[] = {"a1", "a2", "b1", "b2"};
    for (size_t i = 0; i < COUNT(names); i++) {
        memcpy(values, e4, sizeof e4);
        values[7].total -= (int)i;
        add_patient(&trial, names[i], i < 2 ? "A" : "B", values, COUNT(values));
    }
    struct als_table *rows = prepost(&trial, (struct als_prepost_options){.by = "arm"});
    struct als_table *table =
        prepost(&trial, (struct als_prepost_options){.by = "arm", .cohort = true});
    cr_assert_eq(als_table_rows(table), 6u);
    cr_assert_str_eq(trial_text(table, 0, "group"), "all");
    cr_assert_str_eq(trial_text(table, 2, "group"), "A");
    cr_assert_str_eq(trial_text(table, 5, "method"), "broken stick");
    cr_assert_eq(trial_integer(table, 0, "n"), 4);
    cr_assert_eq(trial_integer(table, 4, "n"), 2);
    double sum = 0;
    for (size_t i = 0; i < 4; i++)
        sum += trial_number(rows, i, "change");
    assert_close(trial_number(table, 0, "change_mean"), sum / 4, 1e-13);
    assert_close((trial_number(table, 2, "change_mean") + trial_number(table, 4, "change_mean")) /
                     2,
                 sum / 4, 1e-13);
    int64_t quarter = 0;
    for (size_t i = 0; i < 4; i++)
        quarter += trial_yesno(rows, i, "R25") == 'Y';
    cr_assert_eq(trial_integer(table, 0, "R25"), quarter);
    cr_assert_eq(trial_integer(table, 0, "R25_of"), 4);
    cr_assert(trial_cell(table, 1, "R25").missing);
    cr_assert(trial_noted(rows, "arm B, separate lines"));
    als_table_free(rows);
    als_table_free(table);
    trial_close(&trial);
}

/* The broken stick finds the same line on both sides but for the last digit. */
Test(prepost, of_an_exact_line_is_no_change_at_all)
{
    static const struct value line[] = {{"SCR", -60, 40}, {"UNS1", -30, 39}, {"D0", 0, 38},
                                        {"MN1", 30, 37},  {"UNS2", 60, 36},  {"MN3", 90, 35}};
    struct trial trial;
    open_with_responders(&trial);
    add_patient(&trial, "a", NULL, line, COUNT(line));
    struct als_table *table = prepost(&trial, (struct als_prepost_options){.patient = NULL});
    cr_assert_eq(trial_number(table, 0, "stick_change"), 0.0);
    cr_assert_eq(trial_number(table, 0, "stick_se"), 0.0);
    cr_assert_eq(trial_number(table, 0, "stick_ci_low"), 0.0);
    cr_assert_eq(trial_number(table, 0, "stick_ci_high"), 0.0);
    cr_assert(trial_cell(table, 0, "stick_p").missing);
    als_table_free(table);
    trial_close(&trial);
}

Test(prepost, does_not_test_equal_changes)
{
    struct trial trial;
    open_with_responders(&trial);
    add_patient(&trial, "a", NULL, e4, COUNT(e4));
    add_patient(&trial, "b", NULL, e4, COUNT(e4));
    struct als_table *table = prepost(&trial, (struct als_prepost_options){.cohort = true});
    cr_assert(trial_cell(table, 0, "t").missing && trial_cell(table, 0, "p").missing);
    cr_assert_eq(trial_number(table, 0, "change_sd"), 0);
    cr_assert_eq(trial_number(table, 0, "wilcoxon_p_exact"), 0.5);
    cr_assert(trial_noted(table, "no test: all changes are equal"));
    als_table_free(table);
    trial_close(&trial);
}

/* Points a month of the protocol's measure mean nothing for another one. */
Test(prepost, leaves_out_definitions_in_points_of_another_measure)
{
    struct trial trial;
    open_with_responders(&trial);
    int64_t patient = add_patient(&trial, "P1", NULL, e4, COUNT(e4));
    int zero = trial_day("2016-01-04");
    trial_fvc(&trial, patient, "SCR", zero - 182, NAN, 90);
    trial_fvc(&trial, patient, "D0", zero, NAN, 80);
    trial_fvc(&trial, patient, "MN6", zero + 182, NAN, 76);
    struct als_table *table =
        prepost(&trial, (struct als_prepost_options){.measure = "fvc.percent_entered"});
    cr_assert_eq(trial_yesno(table, 0, "R50"), 'Y');
    cr_assert_eq(trial_yesno(table, 0, "B03"), 'N');
    for (size_t i = 0; i < als_table_columns(table); i++)
        cr_assert_str_neq(als_table_column(table, i)->name, "P125");
    cr_assert(trial_noted(table, "in points of another measure left out: 1"));
    als_table_free(table);
    trial_close(&trial);
}

Test(prepost, warns_when_entry_rules_select_by_decline)
{
    struct trial trial;
    trial_open(&trial);
    trial_amend(&trial, "{id: I1, type: inclusion, manual: consent, text: Consent}",
                "{id: I2, type: inclusion, auto: \"leadin_slope <= -0.5\", text: Fast decline}");
    add_patient(&trial, "P1", NULL, e4, 1);
    struct als_table *table = prepost(&trial, (struct als_prepost_options){0});
    cr_assert(trial_noted(table, "warning: entry rule I2 (leadin_slope)"));
    als_table_free(table);
    trial_close(&trial);
}

Test(prepost, refuses_what_it_does_not_know)
{
    struct trial trial;
    trial_open(&trial);
    trial_commit(&trial);
    static const struct als_prepost_options wrong[] = {
        {.measure = "alsfrsr.totl"}, {.by = "colour"}, {.patient = "P9"}};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct als_err err = {.status = ALS_OK};
        struct als_table *table = NULL;
        cr_assert_neq(als_analyze_prepost(trial.store, &wrong[i], &table, &err), ALS_OK);
        cr_assert_null(table);
        cr_assert_neq(err.text[0], '\0');
    }
    trial_close(&trial);
}
