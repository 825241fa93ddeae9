/* All patients before and after treatment: the mixed model, and responders side by side. */
#include "alstrack/analysis/prepost.h"
#include "trial_results.h"

/* Everyone is seen on the same days. */
static const struct {
    const char *visit;
    int day;
} plan[] = {{"SCR", -180}, {"UNS1", -90}, {"D0", 0}, {"MN3", 91}, {"MN6", 182}, {"MN12", 365}};

static const struct {
    const char *patient, *arm;
    int total[COUNT(plan)];
} people[] = {
    {"P1", "A", {44, 43, 42, 39, 36, 30}}, {"P2", "A", {46, 41, 36, 35, 35, 34}},
    {"P3", "A", {45, 44, 43, 42, 42, 41}}, {"P4", "A", {40, 35, 30, 27, 23, 16}},
    {"P5", "B", {43, 42, 40, 36, 33, 26}}, {"P6", "B", {47, 42, 38, 37, 36, 34}},
    {"P7", "B", {41, 40, 40, 39, 38, 37}}, {"P8", "B", {44, 40, 35, 31, 28, 21}},
};

static void add_people(struct trial *trial)
{
    int zero = trial_day("2016-01-04");
    trial_extra(trial, "UNS1");
    for (size_t i = 0; i < COUNT(people); i++) {
        int64_t patient = trial_patient(trial, people[i].patient, people[i].arm);
        trial_event(trial, patient, "infusion", "2016-01-04");
        for (size_t k = 0; k < COUNT(plan); k++)
            trial_alsfrsr(trial, patient, plan[k].visit, zero + plan[k].day, people[i].total[k]);
    }
}

static struct als_result mixed(struct trial *trial, struct als_prepost_options options)
{
    struct als_err err = {.status = ALS_OK};
    struct als_result result;
    trial_commit(trial);
    trial_ok(als_analyze_prepost_mixed(trial->store, &options, &result, &err), &err);
    trial_begin(trial);
    return result;
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

/* When all have the same days, generalised least squares is the mean of the patients' own broken
 * sticks, and its variance that of the mean. */
static void mean_stick(const struct als_table *table, size_t first, size_t n, const char *column,
                       double *mean, double *variance)
{
    *mean = *variance = 0;
    for (size_t i = first; i < first + n; i++)
        *mean += trial_number(table, i, column) / (double)n;
    for (size_t i = first; i < first + n; i++)
        *variance += pow(trial_number(table, i, column) - *mean, 2) / (double)(n - 1);
}

static size_t row_of(const struct als_table *table, const char *term)
{
    for (size_t i = 0; i < als_table_rows(table); i++)
        if (strcmp(trial_text(table, i, "term"), term) == 0)
            return i;
    cr_assert_fail("no term %s", term);
    return 0;
}

Test(prepost_mixed, of_equal_days_is_the_mean_of_broken_sticks)
{
    static const struct {
        const char *term, *column;
    } same[] = {{"(Intercept)", "stick_level"},
                {"pre", "stick_pre"},
                {"post", "stick_post"},
                {"post-pre", "stick_change"}};
    struct trial trial;
    trial_open(&trial);
    add_people(&trial);
    struct als_table *own = prepost(&trial, (struct als_prepost_options){0});
    struct als_result result = mixed(&trial, (struct als_prepost_options){0});
    const struct als_table *fixed = als_result_main(&result);
    cr_assert_eq(als_table_rows(fixed), 4u);
    cr_assert_eq(trial_yesno(result.parts[3].table, 0, "singular"), 'N');
    for (size_t i = 0; i < COUNT(same); i++) {
        double mean, variance;
        size_t row = row_of(fixed, same[i].term);
        mean_stick(own, 0, COUNT(people), same[i].column, &mean, &variance);
        assert_close(trial_number(fixed, row, "estimate"), mean, 1e-10);
        assert_close(trial_number(fixed, row, "se"), sqrt(variance / COUNT(people)), 1e-8);
        assert_close(trial_number(fixed, row, "df"), COUNT(people) - 1, 1e-6);
    }
    cr_assert(trial_noted(fixed, "values: 16 before, 8 on the day of time zero, 24 after"));
    als_table_free(own);
    als_result_release(&result);
    trial_close(&trial);
}

Test(prepost_mixed, compares_the_change_of_groups)
{
    struct trial trial;
    trial_open(&trial);
    add_people(&trial);
    struct als_table *own = prepost(&trial, (struct als_prepost_options){0});
    struct als_result result = mixed(&trial, (struct als_prepost_options){.by = "arm"});
    struct als_result swapped =
        mixed(&trial, (struct als_prepost_options){.by = "arm", .reference = "B"});
    const struct als_table *fixed = als_result_main(&result);
    double a, b, spare;
    mean_stick(own, 0, 4, "stick_change", &a, &spare);
    mean_stick(own, 4, 4, "stick_change", &b, &spare);
    assert_close(trial_number(fixed, row_of(fixed, "post-pre"), "estimate"), a, 1e-9);
    assert_close(trial_number(fixed, row_of(fixed, "post-pre:armB"), "estimate"), b - a, 1e-9);
    const struct als_table *other = als_result_main(&swapped);
    assert_close(trial_number(other, row_of(other, "post-pre:armA"), "estimate"), a - b, 1e-9);
    assert_close(trial_number(other, row_of(other, "post-pre"), "estimate"), b, 1e-9);
    cr_assert(trial_noted(fixed, "arm B: change of slope"));
    als_table_free(own);
    als_result_release(&result);
    als_result_release(&swapped);
    trial_close(&trial);
}

Test(prepost_mixed, has_one_random_slope_or_none_on_request)
{
    struct trial trial;
    trial_open(&trial);
    add_people(&trial);
    struct als_result both = mixed(&trial, (struct als_prepost_options){0});
    struct als_result one =
        mixed(&trial, (struct als_prepost_options){.random = ALS_PREPOST_RANDOM_SLOPE});
    struct als_result none =
        mixed(&trial, (struct als_prepost_options){.random = ALS_PREPOST_RANDOM_INTERCEPT});
    double more = trial_number(both.parts[0].table, 0, "log_likelihood");
    double fewer = trial_number(one.parts[0].table, 0, "log_likelihood");
    double least = trial_number(none.parts[0].table, 0, "log_likelihood");
    cr_assert(more > fewer && fewer > least, "%g %g %g", more, fewer, least);
    cr_assert(isnan(trial_number(one.parts[2].table, 0, "pre_sd")));
    cr_assert_gt(trial_number(one.parts[2].table, 0, "slope_sd"), 0);
    cr_assert(isnan(trial_number(none.parts[2].table, 0, "slope_sd")));
    als_result_release(&both);
    als_result_release(&one);
    als_result_release(&none);
    trial_close(&trial);
}

Test(prepost_mixed, of_nobody_says_why_it_is_empty)
{
    struct trial trial;
    trial_open(&trial);
    int64_t patient = trial_patient(&trial, "P1", "A");
    trial_alsfrsr(&trial, patient, "SCR", trial_day("2016-01-04"), 40);
    struct als_result result = mixed(&trial, (struct als_prepost_options){.by = "arm"});
    cr_assert_eq(als_table_rows(als_result_main(&result)), 0u);
    cr_assert(trial_noted(als_result_main(&result), "not fitted"));
    cr_assert(trial_noted(als_result_main(&result), "no time zero: 1 patient (P1)"));
    als_result_release(&result);
    trial_close(&trial);
}

/* ---------------------------------------------------------------- responders */

static size_t definition_row(const struct als_table *table, const char *code, const char *group)
{
    for (size_t i = 0; i < als_table_rows(table); i++)
        if (strcmp(trial_text(table, i, "definition"), code) == 0 &&
            strcmp(trial_text(table, i, "group"), group) == 0)
            return i;
    cr_assert_fail("no row of %s in %s", code, group);
    return 0;
}

/* The protocol's own definition comes first; one that is published too is not there twice. */
Test(prepost_responders, stand_side_by_side)
{
    struct trial trial;
    trial_open(&trial);
    trial_amend(&trial, "responders: []",
                "responders: [{code: OWN, label: a, points: 0.5},"
                " {code: HALF, label: b, percent: 50}]");
    add_people(&trial);
    struct als_prepost_options options = {.responders = true, .by = "arm"};
    struct als_table *table = prepost(&trial, options);
    options.responders = false;
    struct als_table *patients = prepost(&trial, options);
    cr_assert_eq(als_table_rows(table), 3u * (2 + 5 + 4));
    cr_assert_str_eq(trial_text(table, 0, "definition"), "OWN");
    cr_assert_str_eq(trial_text(table, 0, "source"), "protocol");
    size_t responders[2] = {0, 0};
    for (size_t i = 0; i < COUNT(people); i++)
        responders[people[i].arm[0] == 'B'] += trial_yesno(patients, i, "HALF") == 'Y';
    size_t a = definition_row(table, "HALF", "A"), b = definition_row(table, "HALF", "B");
    cr_assert_eq(trial_integer(table, a, "responders"), (int64_t)responders[0]);
    cr_assert_eq(trial_integer(table, b, "responders"), (int64_t)responders[1]);
    cr_assert_eq(trial_integer(table, definition_row(table, "HALF", "all"), "responders"),
                 (int64_t)(responders[0] + responders[1]));
    cr_assert(isnan(trial_number(table, a, "fisher_p")));
    cr_assert_gt(trial_number(table, b, "fisher_p"), 0);
    cr_assert_str_eq(
        trial_text(table, definition_row(table, "P0375_respiratory", "all"), "measure"),
        "alsfrsr.respiratory");
    cr_assert_eq(trial_number(table, definition_row(table, "P125", "A"), "threshold"), 1.25);
    als_table_free(table);
    als_table_free(patients);
    trial_close(&trial);
}

/* Points are those of the rating scale: of another measure only percentages are left. */
Test(prepost_responders, in_points_are_about_the_rating_scale_only)
{
    struct trial trial;
    trial_open(&trial);
    add_people(&trial);
    struct als_table *table = prepost(
        &trial, (struct als_prepost_options){.responders = true, .measure = "fvc.percent_entered"});
    cr_assert_eq(als_table_rows(table), 4u);
    cr_assert_eq(trial_integer(table, 0, "of"), 0);
    cr_assert(isnan(trial_number(table, 0, "percent")));
    als_table_free(table);
    trial_close(&trial);
}

/* Patients without the factor are no group to compare with, and do not stand in the way of two. */
Test(prepost_responders, are_compared_between_named_groups_only)
{
    struct trial trial;
    trial_open(&trial);
    add_people(&trial);
    trial_patient(&trial, "P9", NULL);
    struct als_prepost_options options = {.responders = true, .by = "arm"};
    struct als_table *table = prepost(&trial, options);
    cr_assert_str_eq(trial_text(table, 2, "group"), "B");
    cr_assert_gt(trial_number(table, 2, "fisher_p"), 0);
    cr_assert(isnan(trial_number(table, 3, "fisher_p")));
    als_table_free(table);
    trial_close(&trial);
}

Test(prepost, whose_slopes_are_truncated_by_death_has_slopes)
{
    struct trial trial;
    trial_open(&trial);
    add_people(&trial);
    int64_t untreated = trial_patient(&trial, "P9", "A");
    trial_alsfrsr(&trial, untreated, "SCR", trial_day("2016-01-04"), 40);
    trial_event(&trial, untreated, "death", "2016-03-01");
    struct als_table *table = prepost(&trial, (struct als_prepost_options){.by = NULL});
    cr_assert(trial_noted(table, "1 without time zero"));
    cr_assert_not(trial_noted(table, "died: slopes truncated"));
    als_table_free(table);
    trial_close(&trial);
}
