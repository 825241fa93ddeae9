/* Mixed models of real studies: the worked example, groups, what cannot be fitted. */
#include <limits.h>

#include "alstrack/analysis/mixed.h"
#include "trial.h"

struct value {
    const char *patient, *arm;
    int day, total;
};

/* Domain E11. Expected values are from a solver with 40 digits; those of lme4 there agree to its
 * stopping rule, about 5 digits in what hangs on the variances. */
static const struct value worked[] = {
    {"S1", "L", 0, 42},   {"S1", "L", 30, 41},  {"S1", "L", 91, 39},  {"S1", "L", 183, 36},
    {"S1", "L", 274, 34}, {"S2", "L", 0, 37},   {"S2", "L", 28, 37},  {"S2", "L", 95, 35},
    {"S2", "L", 180, 34}, {"S3", "L", 0, 45},   {"S3", "L", 31, 43},  {"S3", "L", 90, 41},
    {"S3", "L", 185, 36}, {"S3", "L", 270, 30}, {"S4", "L", 0, 33},   {"S4", "L", 33, 32},
    {"S4", "L", 92, 29},  {"S4", "L", 178, 27}, {"S4", "L", 280, 22}, {"S5", "H", 0, 40},
    {"S5", "H", 30, 40},  {"S5", "H", 91, 38},  {"S5", "H", 183, 37}, {"S5", "H", 274, 35},
    {"S6", "H", 0, 44},   {"S6", "H", 29, 42},  {"S6", "H", 88, 43},  {"S6", "H", 182, 41},
    {"S7", "H", 0, 36},   {"S7", "H", 35, 35},  {"S7", "H", 94, 33},  {"S7", "H", 190, 29},
    {"S7", "H", 275, 27}, {"S8", "H", 0, 39},   {"S8", "H", 30, 38},  {"S8", "H", 91, 35},
};

static void add_values(struct trial *trial, size_t n, const struct value *values)
{
    static const char *const visits[] = {"D0", "MN1", "MN3", "MN6", "MN12"};
    int zero = trial_day("2016-01-04");
    int64_t patient = 0;
    size_t visit = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(values[i].patient, values[i - 1].patient) != 0) {
            patient = trial_patient(trial, values[i].patient, values[i].arm);
            trial_event(trial, patient, "infusion", "2016-01-04");
            visit = 0;
        }
        trial_alsfrsr(trial, patient, visits[visit++], zero + values[i].day, values[i].total);
    }
}

#define ALL_DAYS .from_day = INT_MIN, .to_day = INT_MAX

static struct als_result mixed(struct trial *trial, struct als_mixed_options options)
{
    struct als_err err = {.status = ALS_OK};
    struct als_result result;
    trial_commit(trial);
    trial_ok(als_analyze_mixed(trial->store, &options, &result, &err), &err);
    trial_begin(trial);
    return result;
}

static struct als_cell cell(const struct als_table *table, size_t row, const char *name)
{
    for (size_t i = 0; i < als_table_columns(table); i++)
        if (strcmp(als_table_column(table, i)->name, name) == 0)
            return als_table_cell(table, row, i);
    cr_assert_fail("no column %s", name);
    return (struct als_cell){.missing = true};
}

static double number(const struct als_table *table, size_t row, const char *name)
{
    struct als_cell found = cell(table, row, name);
    return found.missing ? NAN : found.as.number;
}

enum { HEAD, FIXED, RANDOM, TAIL };

static const struct als_table *part(const struct als_result *result, size_t index)
{
    cr_assert_lt(index, result->count);
    return result->parts[index].table;
}

static void is_near(double actual, double expected, const char *what)
{
    cr_assert(fabs(actual - expected) <= 1e-9 * fabs(expected), "%s is %.13f, expected %.13f", what,
              actual, expected);
}

static bool has_note(const struct als_result *result, const char *words)
{
    const struct als_table *table = als_result_main(result);
    for (size_t i = 0; i < als_table_notes(table); i++)
        if (strstr(als_table_note_at(table, i), words))
            return true;
    return false;
}

Test(mixed, agrees_with_the_worked_example)
{
    struct trial trial;
    trial_open(&trial);
    add_values(&trial, COUNT(worked), worked);
    struct als_result result = mixed(&trial, (struct als_mixed_options){ALL_DAYS});
    cr_assert_str_eq(cell(part(&result, HEAD), 0, "method").as.text, "reml");
    cr_assert_eq(cell(part(&result, HEAD), 0, "n_patients").as.integer, 8);
    cr_assert_eq(cell(part(&result, HEAD), 0, "n_observations").as.integer, 36);
    is_near(number(part(&result, HEAD), 0, "log_likelihood"), -62.556936473888, "log-likelihood");
    const struct als_table *fixed = part(&result, FIXED);
    cr_assert_eq(als_table_rows(fixed), 2u);
    cr_assert_str_eq(cell(fixed, 0, "term").as.text, "(Intercept)");
    cr_assert_str_eq(cell(fixed, 1, "term").as.text, "month");
    is_near(number(fixed, 0, "estimate"), 39.496357068332, "intercept");
    is_near(number(fixed, 0, "se"), 1.4215899255134, "its SE");
    is_near(number(fixed, 1, "estimate"), -0.94387531362076, "slope");
    is_near(number(fixed, 1, "se"), 0.15359128129617, "its SE");
    const struct als_table *random = part(&result, RANDOM);
    is_near(pow(number(random, 0, "slope_sd"), 2), 0.17450411455591, "slope variance");
    is_near(number(random, 0, "correlation"), -0.028587854446436, "correlation");
    is_near(pow(number(random, 0, "residual_sd"), 2), 0.31788449468607, "residual variance");
    is_near(pow(number(random, 0, "intercept_sd"), 2), 16.005480776734, "intercept variance");
    cr_assert(cell(part(&result, TAIL), 0, "converged").as.yes);
    cr_assert_not(cell(part(&result, TAIL), 0, "singular").as.yes);
    cr_assert(has_note(&result, "floor effect: 1 of 36 values"));
    als_result_release(&result);
    trial_close(&trial);
}

Test(mixed, agrees_with_the_worked_example_by_maximum_likelihood)
{
    struct trial trial;
    trial_open(&trial);
    add_values(&trial, COUNT(worked), worked);
    struct als_result result =
        mixed(&trial, (struct als_mixed_options){.maximum_likelihood = true, ALL_DAYS});
    is_near(number(part(&result, HEAD), 0, "log_likelihood"), -62.803631240768, "log-likelihood");
    is_near(number(part(&result, FIXED), 1, "estimate"), -0.9432234701584, "slope");
    is_near(number(part(&result, RANDOM), 0, "intercept_sd"), 3.7405403687186, "intercept SD");
    is_near(number(part(&result, RANDOM), 0, "slope_sd"), 0.38850404795063, "slope SD");
    is_near(number(part(&result, RANDOM), 0, "residual_sd"), 0.56376429426564, "residual SD");
    als_result_release(&result);
    trial_close(&trial);
}

Test(mixed, compares_groups_with_the_reference)
{
    struct trial trial;
    trial_open(&trial);
    add_values(&trial, COUNT(worked), worked);
    trial_patient(&trial, "S9", "L"); /* no values */
    struct als_result result = mixed(&trial, (struct als_mixed_options){.by = "arm", ALL_DAYS});
    const struct als_table *fixed = part(&result, FIXED);
    cr_assert_eq(als_table_rows(fixed), 4u);
    cr_assert_str_eq(cell(fixed, 2, "term").as.text, "armL");
    cr_assert_str_eq(cell(fixed, 3, "term").as.text, "month:armL");
    is_near(number(fixed, 1, "estimate"), -0.80592457566243, "slope in H");
    is_near(number(fixed, 1, "se"), 0.22223505741637, "its SE");
    is_near(number(fixed, 3, "estimate"), -0.26702657513198, "difference in slope");
    is_near(number(fixed, 3, "se"), 0.30914192011786, "its SE");
    struct als_result swapped =
        mixed(&trial, (struct als_mixed_options){.by = "arm", .reference = "L", ALL_DAYS});
    cr_assert_str_eq(cell(part(&swapped, FIXED), 3, "term").as.text, "month:armH");
    is_near(number(part(&swapped, FIXED), 3, "estimate"), 0.26702657513198, "the other way round");
    als_result_release(&result);
    als_result_release(&swapped);
    trial_close(&trial);
}

Test(mixed, gives_a_line_for_each_patient)
{
    struct trial trial;
    trial_open(&trial);
    add_values(&trial, COUNT(worked), worked);
    trial_patient(&trial, "S9", "L");
    struct als_result result = mixed(&trial, (struct als_mixed_options){.blups = true, ALL_DAYS});
    const struct als_table *lines = als_result_main(&result);
    cr_assert_eq(als_table_rows(lines), 8u);
    cr_assert_str_eq(cell(lines, 2, "patient").as.text, "S3");
    assert_close(number(lines, 0, "slope"), -0.902166, 5e-6);
    assert_close(number(lines, 2, "slope"), -1.608115, 5e-6);
    assert_close(number(lines, 5, "slope"), -0.419899, 5e-6);
    /* As lme4's conditional variances say, to its stopping rule. */
    assert_close(number(lines, 0, "intercept_sd"), 0.3783145756, 1e-4);
    assert_close(number(lines, 0, "slope_sd"), 0.07465222591, 1e-4);
    assert_close(number(lines, 7, "slope_sd"), 0.22139065977, 1e-4);
    for (size_t i = 0; i < als_table_rows(lines); i++)
        cr_assert_gt(number(lines, i, "slope_se"), number(lines, i, "slope_sd"));
    als_result_release(&result);
    trial_close(&trial);
}

Test(mixed, has_no_random_slope_only_on_request)
{
    struct trial trial;
    trial_open(&trial);
    add_values(&trial, COUNT(worked), worked);
    struct als_result result =
        mixed(&trial, (struct als_mixed_options){.intercept_only = true, ALL_DAYS});
    assert_close(number(part(&result, FIXED), 1, "estimate"), -0.989231, 1e-6);
    assert_close(number(part(&result, FIXED), 1, "se"), 0.078407, 1e-5);
    assert_close(number(part(&result, HEAD), 0, "log_likelihood"), -77.251440, 1e-8);
    cr_assert(cell(part(&result, RANDOM), 0, "slope_sd").missing);
    cr_assert(cell(part(&result, RANDOM), 0, "correlation").missing);
    als_result_release(&result);
    trial_close(&trial);
}

static const struct value nothing[] = {{"S1", "L", 0, 42}};
static const struct value one_each[] = {{"S1", "L", 0, 42}, {"S2", "L", 5, 40}, {"S3", "L", 9, 41}};
static const struct value same_day[] = {{"S1", "L", 0, 42}, {"S2", "L", 0, 40}, {"S3", "L", 0, 41}};
static const struct value same_two_days[] = {{"S1", "L", 0, 42}, {"S1", "L", 60, 40},
                                             {"S2", "L", 0, 40}, {"S2", "L", 60, 39},
                                             {"S3", "L", 0, 44}, {"S3", "L", 60, 38}};
static const struct value lines[] = {{"S1", "L", 0, 42}, {"S1", "L", 30, 41}, {"S1", "L", 60, 40},
                                     {"S2", "L", 0, 40}, {"S2", "L", 30, 38}, {"S2", "L", 60, 36},
                                     {"S3", "L", 0, 44}, {"S3", "L", 30, 44}, {"S3", "L", 60, 44}};
static const struct value constant[] = {
    {"S1", "L", 0, 40},  {"S1", "L", 30, 40}, {"S1", "L", 60, 40}, {"S2", "L", 0, 40},
    {"S2", "L", 30, 40}, {"S2", "L", 60, 40}, {"S3", "L", 0, 40},  {"S3", "L", 30, 40}};
static const struct {
    const struct value *values;
    size_t n;
} unfit[] = {{nothing, 0},
             {nothing, COUNT(nothing)},
             {one_each, COUNT(one_each)},
             {same_day, COUNT(same_day)},
             {same_two_days, COUNT(same_two_days)},
             {lines, COUNT(lines)},
             {constant, COUNT(constant)}};

TABLE_TEST(mixed, says_why_it_does_not_fit, unfit)
{
    struct trial trial;
    trial_open(&trial);
    add_values(&trial, unfit[*row_].n, unfit[*row_].values);
    trial_patient(&trial, "empty", "L");
    struct als_result result = mixed(&trial, (struct als_mixed_options){.by = "arm", ALL_DAYS});
    cr_assert_eq(als_table_rows(part(&result, FIXED)), 0u);
    cr_assert(cell(part(&result, HEAD), 0, "log_likelihood").missing);
    cr_assert(cell(part(&result, RANDOM), 0, "residual_sd").missing);
    cr_assert_not(cell(part(&result, TAIL), 0, "converged").as.yes);
    cr_assert(cell(part(&result, TAIL), 0, "singular").missing);
    cr_assert(has_note(&result, "not fitted: "));
    als_result_release(&result);
    trial_close(&trial);
}

/* Everyone declines at one rate but for whole points, so the slopes do not differ. */
Test(mixed, says_when_a_variance_vanishes)
{
    static const struct value parallel[] = {
        {"S1", "L", 0, 42}, {"S1", "L", 30, 40}, {"S1", "L", 60, 40}, {"S1", "L", 90, 39},
        {"S2", "L", 0, 36}, {"S2", "L", 30, 36}, {"S2", "L", 60, 34}, {"S2", "L", 90, 33},
        {"S3", "L", 0, 30}, {"S3", "L", 30, 28}, {"S3", "L", 60, 28}, {"S3", "L", 90, 27}};
    struct trial trial;
    trial_open(&trial);
    add_values(&trial, COUNT(parallel), parallel);
    struct als_result result = mixed(&trial, (struct als_mixed_options){ALL_DAYS});
    cr_assert(cell(part(&result, TAIL), 0, "converged").as.yes);
    cr_assert(cell(part(&result, TAIL), 0, "singular").as.yes);
    cr_assert(has_note(&result, "singular fit"));
    cr_assert(isfinite(number(part(&result, FIXED), 1, "se")));
    als_result_release(&result);
    trial_close(&trial);
}

Test(mixed, leaves_out_what_comes_after_death_and_says_who_died)
{
    struct trial trial;
    trial_open(&trial);
    add_values(&trial, COUNT(worked), worked);
    trial_event(&trial, 1, "death", "2016-06-01");
    struct als_result result = mixed(&trial, (struct als_mixed_options){ALL_DAYS});
    cr_assert_eq(cell(part(&result, HEAD), 0, "n_observations").as.integer, 34);
    cr_assert(has_note(&result, "values dated after death: 2"));
    cr_assert(has_note(&result, "1 patient (S1) died"));
    als_result_release(&result);
    trial_close(&trial);
}

Test(mixed, refuses_a_reference_that_is_not_there)
{
    struct trial trial;
    trial_open(&trial);
    add_values(&trial, COUNT(worked), worked);
    trial_commit(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_result result;
    struct als_mixed_options options = {.by = "arm", .reference = "LL", ALL_DAYS};
    cr_assert_eq(als_analyze_mixed(trial.store, &options, &result, &err), ALS_USAGE);
    cr_assert_not_null(strstr(err.hint, "L"));
    options = (struct als_mixed_options){.reference = "L", ALL_DAYS};
    cr_assert_eq(als_analyze_mixed(trial.store, &options, &result, &err), ALS_USAGE);
    options = (struct als_mixed_options){.by = "arms", ALL_DAYS};
    cr_assert_eq(als_analyze_mixed(trial.store, &options, &result, &err), ALS_USAGE);
    trial_close(&trial);
}
