/* Covariates of models: what each name stands for, and who lacks one. */
#include <limits.h>

#include "alstrack/analysis/joint_rank.h"
#include "alstrack/analysis/mixed.h"
#include "trial_results.h"

static const int days[] = {0, 30, 91, 183};
static const char *const visits[] = {"D0", "MN1", "MN3", "MN6"};

static int64_t add_patient(struct trial *trial, const char *name, const char *arm, int start,
                           int loss)
{
    int zero = trial_day("2016-01-04");
    int64_t patient = trial_patient(trial, name, arm);
    trial_event(trial, patient, "infusion", "2016-01-04");
    for (size_t i = 0; i < COUNT(days); i++)
        trial_alsfrsr(trial, patient, visits[i], zero + days[i],
                      start - (days[i] * loss + start * 7 % 30) / 30);
    return patient;
}

static void add_arms(struct trial *trial)
{
    static const int starts[] = {44, 41, 38, 36, 43, 40, 37, 35};
    static const int losses[] = {1, 2, 1, 3, 1, 0, 2, 1};
    for (size_t i = 0; i < COUNT(starts); i++) {
        char name[4] = {'P', (char)('1' + i), '\0'};
        add_patient(trial, name, i < 4 ? "A" : "B", starts[i], losses[i]);
    }
}

static struct als_result mixed(struct trial *trial, const char *by, size_t n,
                               const char *const *covariates)
{
    struct als_err err = {.status = ALS_OK};
    struct als_mixed_options options = {.by = by,
                                        .covariates = covariates,
                                        .n_covariates = n,
                                        .from_day = INT_MIN,
                                        .to_day = INT_MAX};
    struct als_result result;
    trial_commit(trial);
    trial_ok(als_analyze_mixed(trial->store, &options, &result, &err), &err);
    trial_begin(trial);
    return result;
}

static size_t row_of(const struct als_table *table, const char *term)
{
    for (size_t i = 0; i < als_table_rows(table); i++)
        if (strcmp(trial_text(table, i, "term"), term) == 0)
            return i;
    cr_assert_fail("no term %s", term);
    return 0;
}

/* A factor with a slope of its own is what --by adds. */
Test(covariate, of_a_factor_and_its_slope_is_the_grouped_model)
{
    static const char *const names[] = {"arm:month"};
    struct trial trial;
    trial_open(&trial);
    add_arms(&trial);
    struct als_result grouped = mixed(&trial, "arm", 0, NULL);
    struct als_result adjusted = mixed(&trial, NULL, COUNT(names), names);
    const struct als_table *one = als_result_main(&grouped), *other = als_result_main(&adjusted);
    cr_assert_eq(als_table_rows(one), als_table_rows(other));
    static const char *const terms[] = {"(Intercept)", "month", "armB", "month:armB"};
    for (size_t i = 0; i < COUNT(terms); i++) {
        size_t a = row_of(one, terms[i]), b = row_of(other, terms[i]);
        assert_close(trial_number(other, b, "estimate"), trial_number(one, a, "estimate"), 1e-9);
        assert_close(trial_number(other, b, "se"), trial_number(one, a, "se"), 1e-9);
    }
    als_result_release(&grouped);
    als_result_release(&adjusted);
    trial_close(&trial);
}

/* Slopes of groups hold at the mean of a number over the values, and halfway between two levels. */
Test(covariate, says_where_slopes_are_looked_at)
{
    static const char *const names[] = {"arm:month", "baseline:month"};
    struct trial trial;
    trial_open(&trial);
    add_arms(&trial);
    struct als_result result = mixed(&trial, NULL, COUNT(names), names);
    const struct als_table *fixed = als_result_main(&result);
    double half = 0, baseline = 0, slope = 0;
    for (size_t i = 0; i < als_table_notes(fixed); i++) {
        const char *note = als_table_note_at(fixed, i);
        sscanf(note,
               "the slopes below hold at armB %lf (levels weighted equally), baseline %lf (mean",
               &half, &baseline);
        sscanf(note, "all: slope %lf per month", &slope);
    }
    assert_close(half, 0.5, 0);
    cr_assert_gt(baseline, 10);
    double expected = trial_number(fixed, row_of(fixed, "month"), "estimate") +
                      half * trial_number(fixed, row_of(fixed, "month:armB"), "estimate") +
                      baseline * trial_number(fixed, row_of(fixed, "month:baseline"), "estimate");
    assert_close(slope, expected, 1e-5);
    als_result_release(&result);
    trial_close(&trial);
}

/* A point more at baseline is about a point more all along. */
Test(covariate, has_a_term_in_its_own_unit)
{
    struct trial trial;
    trial_open(&trial);
    add_arms(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_patient_list patients;
    struct als_arena *arena = als_arena_new();
    trial_commit(&trial);
    trial_ok(als_patient_load(trial.store, arena, &patients, &err), &err);
    trial_begin(&trial);
    for (size_t i = 0; i < patients.count; i++) {
        char date[ALS_DATE_TEXT];
        int onset = trial_day("2016-01-04") - 300 - 30 * (int)i * (int)(i % 3);
        trial_event(&trial, patients.items[i].id, "onset", als_day_format(onset, date));
        trial_event(&trial, patients.items[i].id, "diagnosis", als_day_format(onset + 200, date));
    }
    static const char *const names[] = {"duration", "baseline"};
    struct als_result result = mixed(&trial, NULL, COUNT(names), names);
    const struct als_table *fixed = als_result_main(&result);
    cr_assert_eq(als_table_rows(fixed), 4u);
    double slope = trial_number(fixed, row_of(fixed, "baseline"), "estimate");
    cr_assert(slope > 0.8 && slope < 1.2, "%g", slope);
    cr_assert(trial_noted(fixed, "covariates: duration, baseline"));
    als_result_release(&result);
    /* The delay is 200 days in everyone: a constant, which cannot be told from the intercept. */
    static const char *const delay[] = {"delay"};
    result = mixed(&trial, NULL, 1, delay);
    cr_assert(trial_noted(als_result_main(&result), "term delay"));
    als_result_release(&result);
    als_arena_free(arena);
    trial_close(&trial);
}

Test(covariate, that_is_missing_leaves_the_patient_out)
{
    static const char *const names[] = {"duration"};
    struct trial trial;
    trial_open(&trial);
    add_arms(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_patient_list patients;
    struct als_arena *arena = als_arena_new();
    trial_commit(&trial);
    trial_ok(als_patient_load(trial.store, arena, &patients, &err), &err);
    trial_begin(&trial);
    for (size_t i = 1; i < patients.count; i++) {
        char date[ALS_DATE_TEXT];
        int onset = trial_day("2016-01-04") - 300 - 10 * (int)(i * i);
        trial_event(&trial, patients.items[i].id, "onset",
                    i == 1 ? "2014" : als_day_format(onset, date));
    }
    trial_event(&trial, patients.items[0].id, "death", "2018-01-01");
    trial_event(&trial, patients.items[2].id, "death", "2018-01-01");
    struct als_result result = mixed(&trial, NULL, 1, names);
    cr_assert_eq(trial_integer(result.parts[0].table, 0, "n_patients"), 7);
    cr_assert_eq(trial_integer(result.parts[0].table, 0, "n_observations"), 28);
    cr_assert(trial_noted(als_result_main(&result), "a covariate is missing: 1 patient (P1)"));
    cr_assert(trial_noted(als_result_main(&result), "without a day: 1 patient (P2)"));
    cr_assert(trial_noted(als_result_main(&result), "1 patient (P3) died"));
    cr_assert(trial_noted(als_result_main(&result), "infusion 1 for 7 patients"));
    als_result_release(&result);
    als_arena_free(arena);
    trial_close(&trial);
}

static const struct {
    const char *name, *by, *words;
} mistakes[] = {{"weight", NULL, "there is no covariate 'weight'"},
                {"arm", "arm", "'arm' already forms the groups"},
                {"alsfrsr.totl", NULL, "totl"},
                {"arm:days", NULL, "there is no covariate 'arm:days'"}};

TABLE_TEST(covariate, refuses_what_it_does_not_know, mistakes)
{
    struct trial trial;
    trial_open(&trial);
    add_arms(&trial);
    trial_commit(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_mixed_options options = {.by = mistakes[*row_].by,
                                        .covariates = &mistakes[*row_].name,
                                        .n_covariates = 1,
                                        .from_day = INT_MIN,
                                        .to_day = INT_MAX};
    struct als_result result;
    cr_assert_eq(als_analyze_mixed(trial.store, &options, &result, &err), ALS_USAGE);
    cr_assert_not_null(strstr(err.text, mistakes[*row_].words), "%s", err.text);
    trial_close(&trial);
}

/* ---------------------------------------------------------------- adjusted ranks */

/* Ranks 6, 4, 3 in arm A and 5, 1, 2 in B, by change of function alone; onset 300 to 600 days
 * before. Reference: R, lm(rank ~ arm + duration). */
static const struct {
    const char *patient, *arm;
    int loss, onset;
} ranked[] = {{"R1", "A", 1, 300}, {"R2", "A", 3, 400}, {"R3", "A", 4, 500},
              {"R4", "B", 2, 350}, {"R5", "B", 6, 450}, {"R6", "B", 5, 600}};

static void add_ranked(struct trial *trial)
{
    int zero = trial_day("2016-01-04");
    for (size_t i = 0; i < COUNT(ranked); i++) {
        char date[ALS_DATE_TEXT];
        int64_t patient = trial_patient(trial, ranked[i].patient, ranked[i].arm);
        trial_event(trial, patient, "infusion", "2016-01-04");
        trial_event(trial, patient, "onset", als_day_format(zero - ranked[i].onset, date));
        trial_alsfrsr(trial, patient, "D0", zero, 40);
        trial_alsfrsr(trial, patient, "MN6", zero + 180, 40 - ranked[i].loss);
    }
}

static struct als_result joint_rank(struct trial *trial, const char *covariate)
{
    struct als_err err = {.status = ALS_OK};
    struct als_joint_rank_options options = {.by = "arm",
                                             .reference = "B",
                                             .horizon_months = 6,
                                             .covariates = &covariate,
                                             .n_covariates = 1};
    struct als_result result;
    trial_commit(trial);
    trial_ok(als_analyze_joint_rank(trial->store, &options, &result, &err), &err);
    trial_begin(trial);
    return result;
}

Test(covariate, adjusts_the_ranks_by_regression)
{
    struct trial trial;
    trial_open(&trial);
    add_ranked(&trial);
    struct als_result result = joint_rank(&trial, "duration");
    const struct als_table *adjusted = result.parts[result.count - 1].table;
    cr_assert_eq(als_table_rows(adjusted), 3u);
    cr_assert_str_eq(trial_text(adjusted, 1, "term"), "armA");
    assert_close(trial_number(adjusted, 1, "estimate"), 0.849462365591398, 1e-12);
    assert_close(trial_number(adjusted, 1, "se"), 1.182143841229079, 1e-12);
    assert_close(trial_number(adjusted, 1, "df"), 3, 0);
    assert_close(trial_number(adjusted, 1, "p"), 0.5243112499732192, 1e-12);
    assert_close(trial_number(adjusted, 2, "estimate"), -0.373104838709678, 1e-12);
    cr_assert(trial_noted(als_result_main(&result), "adjusted difference of mean rank, A less B"));
    als_result_release(&result);
    trial_close(&trial);
}

/* Everyone had 40 points at baseline. */
Test(covariate, that_is_the_same_in_all_adjusts_nothing)
{
    struct trial trial;
    trial_open(&trial);
    add_ranked(&trial);
    struct als_result result = joint_rank(&trial, "baseline");
    cr_assert_eq(als_table_rows(result.parts[result.count - 1].table), 0u);
    cr_assert(trial_noted(als_result_main(&result), "ranks not adjusted"));
    cr_assert(trial_noted(als_result_main(&result), "term baseline"));
    als_result_release(&result);
    trial_close(&trial);
}
