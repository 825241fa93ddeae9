/* Joint ranks of real studies: the worked example and its variants, who cannot be compared. */
#include "alstrack/analysis/joint_rank.h"
#include "trial_results.h"

static struct als_result joint_rank(struct trial *trial, struct als_joint_rank_options options)
{
    struct als_err err = {.status = ALS_OK};
    struct als_result result;
    trial_commit(trial);
    trial_ok(als_analyze_joint_rank(trial->store, &options, &result, &err), &err);
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

static bool has_note(const struct als_result *result, const char *words)
{
    const struct als_table *table = als_result_main(result);
    for (size_t i = 0; i < als_table_notes(table); i++)
        if (strstr(als_table_note_at(table, i), words))
            return true;
    return false;
}

static const struct als_table *part(const struct als_result *result, const char *name)
{
    for (size_t i = 0; i < result->count; i++)
        if (strcmp(result->parts[i].name, name) == 0)
            return result->parts[i].table;
    cr_assert_fail("no part %s", name);
    return NULL;
}

static const char *const visits[] = {"MN1", "MN3", "MN6"};
static const int days[] = {28, 84, 168};
#define NO_VISIT 99

/* From 40 at the infusion; end is death or last known alive, and no visit is later. */
struct course {
    const char *patient, *arm;
    bool died;
    int end;
    int change[3];
};

/* Domain E5: weeks 4, 12 and 24 are all that decides. */
static const struct course worked[] = {
    {"P1", "A", false, 168, {-1, -2, -4}},      {"P2", "A", false, 168, {-2, -5, -9}},
    {"P3", "A", true, 120, {-1, -3, NO_VISIT}}, {"P4", "B", false, 168, {-1, -4, -7}},
    {"P5", "B", true, 90, {-5, -14, NO_VISIT}}, {"P6", "B", false, 84, {-1, -5, NO_VISIT}},
};

static void add_courses(struct trial *trial, size_t n, const struct course *courses)
{
    int zero = trial_day("2016-01-04");
    for (size_t i = 0; i < n; i++) {
        char date[ALS_DATE_TEXT];
        int64_t patient = trial_patient(trial, courses[i].patient, courses[i].arm);
        trial_event(trial, patient, "infusion", "2016-01-04");
        trial_event(trial, patient, courses[i].died ? "death" : "last_known_alive",
                    als_day_format(zero + courses[i].end, date));
        trial_alsfrsr(trial, patient, "D0", zero, 40);
        for (size_t k = 0; k < 3; k++)
            if (courses[i].change[k] != NO_VISIT)
                trial_alsfrsr(trial, patient, visits[k], zero + days[k], 40 + courses[i].change[k]);
    }
}

static void check_scores(const struct als_result *result, const int64_t *scores,
                         const double *ranks, size_t n)
{
    const struct als_table *table = als_result_main(result);
    cr_assert_eq(als_table_rows(table), n);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(cell(table, i, "score").as.integer, scores[i], "row %zu: %lld", i,
                     (long long)cell(table, i, "score").as.integer);
        cr_assert_eq(cell(table, i, "rank").as.number, ranks[i], "row %zu: %g", i,
                     cell(table, i, "rank").as.number);
    }
}

static const struct als_joint_rank_options by_arm = {
    .by = "arm", .reference = "B", .horizon_months = 6};

Test(joint_rank, agrees_with_the_worked_example)
{
    struct trial trial;
    trial_open(&trial);
    add_courses(&trial, COUNT(worked), worked);
    struct als_result result = joint_rank(&trial, by_arm);
    check_scores(&result, (int64_t[]){5, 0, -1, 3, -5, -2}, (double[]){6, 4, 3, 5, 1, 2}, 6);
    cr_assert_str_eq(cell(als_result_main(&result), 0, "patient").as.text, "P1");
    cr_assert_str_eq(cell(als_result_main(&result), 5, "group").as.text, "B");
    const struct als_table *test = part(&result, "test");
    assert_close(cell(test, 0, "mean_rank_treated").as.number, 13.0 / 3, 1e-12);
    assert_close(cell(test, 0, "mean_rank_reference").as.number, 8.0 / 3, 1e-12);
    cr_assert_eq(cell(test, 0, "wilcoxon_w").as.number, 7.0);
    cr_assert_eq(cell(test, 0, "n_treated").as.integer, 3);
    cr_assert(has_note(&result, "win probability of A against B"));
    cr_assert(has_note(&result, "known alive on that day or later (fs)"));
    als_result_release(&result);
    trial_close(&trial);
}

Test(joint_rank, changes_with_what_is_known_of_the_living)
{
    struct trial trial;
    trial_open(&trial);
    add_courses(&trial, COUNT(worked), worked);
    trial_event(&trial, 6, "last_known_alive", "2016-06-20"); /* P6, day 168 */
    struct als_result result = joint_rank(&trial, by_arm);
    check_scores(&result, (int64_t[]){5, 0, -3, 3, -5, 0}, (double[]){6, 3.5, 2, 5, 1, 3.5}, 6);
    als_result_release(&result);
    trial_close(&trial);
}

Test(joint_rank, by_the_strict_rule_needs_no_follow_up)
{
    struct trial trial;
    trial_open(&trial);
    add_courses(&trial, COUNT(worked), worked);
    struct als_joint_rank_options options = by_arm;
    options.strict = true;
    struct als_result result = joint_rank(&trial, options);
    check_scores(&result, (int64_t[]){5, 0, -3, 3, -5, 0}, (double[]){6, 3.5, 2, 5, 1, 3.5}, 6);
    cr_assert(has_note(&result, "(strict)"));
    als_result_release(&result);
    trial_close(&trial);
}

/* At one month P1, P3, P4 and P6 have lost 1 and P2 2; nobody has died. */
Test(joint_rank, looks_no_further_than_the_horizon)
{
    struct trial trial;
    trial_open(&trial);
    add_courses(&trial, COUNT(worked), worked);
    struct als_joint_rank_options options = by_arm;
    options.horizon_months = 1;
    struct als_result result = joint_rank(&trial, options);
    check_scores(&result, (int64_t[]){2, -3, 2, 2, -5, 2}, (double[]){4.5, 2, 4.5, 4.5, 1, 4.5}, 6);
    als_result_release(&result);
    trial_close(&trial);
}

static const struct course same_day[] = {{"P1", "A", true, 90, {-1, -2, NO_VISIT}},
                                         {"P2", "B", true, 90, {-1, -5, NO_VISIT}}};

Test(joint_rank, settles_deaths_on_one_day_as_asked)
{
    struct trial trial;
    trial_open(&trial);
    add_courses(&trial, COUNT(same_day), same_day);
    struct als_joint_rank_options options = by_arm;
    struct als_result function = joint_rank(&trial, options);
    options.same_day_equal = true;
    struct als_result equal = joint_rank(&trial, options);
    check_scores(&function, (int64_t[]){1, -1}, (double[]){2, 1}, 2);
    check_scores(&equal, (int64_t[]){0, 0}, (double[]){1.5, 1.5}, 2);
    cr_assert(has_note(&equal, "no test: "));
    als_result_release(&function);
    als_result_release(&equal);
    trial_close(&trial);
}

Test(joint_rank, ranks_without_groups_and_says_that_there_is_no_test)
{
    struct trial trial;
    trial_open(&trial);
    add_courses(&trial, COUNT(worked), worked);
    struct als_result result =
        joint_rank(&trial, (struct als_joint_rank_options){.horizon_months = 6});
    check_scores(&result, (int64_t[]){5, 0, -1, 3, -5, -2}, (double[]){6, 4, 3, 5, 1, 2}, 6);
    cr_assert_str_eq(cell(als_result_main(&result), 0, "group").as.text, "all");
    cr_assert_eq(result.count, 1u);
    cr_assert(has_note(&result, "no test: "));
    als_result_release(&result);
    trial_close(&trial);
}

Test(joint_rank, of_one_patient_or_a_group_of_one_is_no_test_to_trust)
{
    struct trial trial;
    trial_open(&trial);
    add_courses(&trial, 1, worked);
    struct als_result one =
        joint_rank(&trial, (struct als_joint_rank_options){.by = "arm", .horizon_months = 6});
    check_scores(&one, (int64_t[]){0}, (double[]){1}, 1);
    cr_assert(has_note(&one, "no test: "));
    add_courses(&trial, 3, worked + 3);
    struct als_result lonely = joint_rank(&trial, by_arm);
    cr_assert(cell(part(&lonely, "test"), 0, "ci_low").missing);
    als_result_release(&one);
    als_result_release(&lonely);
    trial_close(&trial);
}

Test(joint_rank, of_people_who_all_died_on_day_0_is_a_tie)
{
    static const struct course dead[] = {{"P1", "A", true, 0, {NO_VISIT, NO_VISIT, NO_VISIT}},
                                         {"P2", "B", true, 0, {NO_VISIT, NO_VISIT, NO_VISIT}},
                                         {"P3", "B", true, 0, {NO_VISIT, NO_VISIT, NO_VISIT}}};
    struct trial trial;
    trial_open(&trial);
    add_courses(&trial, COUNT(dead), dead);
    struct als_result result = joint_rank(&trial, by_arm);
    check_scores(&result, (int64_t[]){0, 0, 0}, (double[]){2, 2, 2}, 3);
    cr_assert(has_note(&result, "no test: "));
    cr_assert(has_note(&result, "no value after baseline within the horizon"));
    als_result_release(&result);
    trial_close(&trial);
}

Test(joint_rank, compares_no_adjusted_means_of_ranks_that_are_all_equal)
{
    struct trial trial;
    trial_open(&trial);
    for (int i = 0; i < 5; i++) {
        char name[] = {'P', (char)('1' + i), '\0'};
        int64_t patient = trial_patient(&trial, name, i < 2 ? "A" : "B");
        trial_event(&trial, patient, "infusion", "2016-01-04");
        trial_alsfrsr(&trial, patient, "D0", trial_day("2016-01-04"), 35 + i);
    }
    struct als_result result = joint_rank(
        &trial, (struct als_joint_rank_options){.by = "arm",
                                                .horizon_months = 6,
                                                .covariates = (const char *[]){"baseline"},
                                                .n_covariates = 1});
    check_scores(&result, (int64_t[]){0, 0, 0, 0, 0}, (double[]){3, 3, 3, 3, 3}, 5);
    cr_assert(has_note(&result, "warning: ranks not adjusted: all are equal"));
    cr_assert_not(has_note(&result, "nan"));
    cr_assert_eq(als_table_rows(part(&result, "adjusted")), 0u);
    als_result_release(&result);
    trial_close(&trial);
}

/* The worked example with its six patients in three groups. */
Test(joint_rank, compares_three_groups)
{
    struct course courses[COUNT(worked)];
    memcpy(courses, worked, sizeof worked);
    courses[2].arm = courses[3].arm = "B"; /* P3 and P4 */
    courses[4].arm = courses[5].arm = "C"; /* P5 and P6 */
    struct trial trial;
    trial_open(&trial);
    add_courses(&trial, COUNT(worked), courses);
    struct als_result result =
        joint_rank(&trial, (struct als_joint_rank_options){.by = "arm", .horizon_months = 6});
    check_scores(&result, (int64_t[]){5, 0, -1, 3, -5, -2}, (double[]){6, 4, 3, 5, 1, 2}, 6);
    const struct als_table *groups = part(&result, "groups"), *pairs = part(&result, "pairs"),
                           *test = part(&result, "kruskal_wallis");
    assert_close(cell(groups, 0, "mean_rank").as.number, 5, 0);
    assert_close(cell(groups, 1, "median_rank").as.number, 4, 0);
    assert_close(cell(groups, 2, "mean_rank").as.number, 1.5, 0);
    assert_close(cell(test, 0, "chisq").as.number, 26 / 7.0, 1e-13);
    cr_assert_eq(cell(test, 0, "df").as.integer, 2);
    assert_close(cell(test, 0, "p").as.number, exp(-13 / 7.0), 1e-12);
    cr_assert_eq(als_table_rows(pairs), 3u);
    cr_assert_str_eq(cell(pairs, 1, "treated").as.text, "C");
    cr_assert_eq(cell(pairs, 1, "losses").as.integer, 3);
    assert_close(cell(pairs, 1, "win_probability").as.number, 1 / 8.0, 1e-15);
    cr_assert_lt(cell(pairs, 1, "ci_low").as.number, 1 / 8.0);
    cr_assert_not(has_note(&result, "no test"));
    als_result_release(&result);
    trial_close(&trial);
}

/* P1 left at day 90, nearest to MN3, where P2 has a value; only then can they be compared. */
Test(joint_rank, counts_early_termination_at_the_nearest_visit)
{
    struct trial trial;
    trial_open(&trial);
    trial_extra(&trial, "ET");
    int zero = trial_day("2016-01-04");
    for (int i = 0; i < 2; i++) {
        int64_t patient = trial_patient(&trial, i ? "P2" : "P1", i ? "B" : "A");
        trial_event(&trial, patient, "infusion", "2016-01-04");
        trial_alsfrsr(&trial, patient, "D0", zero, 40);
        trial_alsfrsr(&trial, patient, i ? "MN3" : "ET", zero + 90, i ? 30 : 35);
    }
    struct als_result result = joint_rank(&trial, by_arm);
    check_scores(&result, (int64_t[]){1, -1}, (double[]){2, 1}, 2);
    cr_assert(has_note(&result, "4 values: at planned visits 3, of early termination, taken at the "
                                "nearest planned visit without a value 1"));
    als_result_release(&result);
    trial_close(&trial);
}

/* Neither was treated: what was measured when D0 was due ranks nobody. */
Test(joint_rank, takes_no_change_of_the_lead_in)
{
    struct trial trial;
    trial_open(&trial);
    trial_extra(&trial, "ET");
    int zero = trial_day("2016-01-04");
    for (int i = 0; i < 2; i++) {
        int64_t patient = trial_patient(&trial, i ? "P2" : "P1", i ? "B" : "A");
        trial_alsfrsr(&trial, patient, "SCR", zero - 28, 40);
        trial_alsfrsr(&trial, patient, "ET", zero, i ? 30 : 35);
    }
    struct als_result result = joint_rank(&trial, by_arm);
    check_scores(&result, (int64_t[]){0, 0}, (double[]){1.5, 1.5}, 2);
    cr_assert(has_note(&result, "at visits that the protocol puts before it 2"));
    als_result_release(&result);
    trial_close(&trial);
}

Test(joint_rank, of_nobody_is_an_empty_table)
{
    struct trial trial;
    trial_open(&trial);
    trial_patient(&trial, "none", "A");
    struct als_result result =
        joint_rank(&trial, (struct als_joint_rank_options){.by = "arm", .horizon_months = 6});
    cr_assert_eq(als_table_rows(als_result_main(&result)), 0u);
    cr_assert(has_note(&result, "ranked: 0"));
    als_result_release(&result);
    trial_close(&trial);
}

static const struct als_joint_rank_options mistakes[] = {
    {.horizon_months = 0},
    {.horizon_months = -1},
    {.horizon_months = NAN},
    {.horizon_months = 1e9},
    {.horizon_months = 6, .by = "arms"},
    {.horizon_months = 6, .reference = "A"},
    {.horizon_months = 6, .by = "arm", .reference = "C"},
    {.horizon_months = 6, .endpoint = "gastrostomy"},
    {.horizon_months = 6, .endpoint = "deth"},
    {.horizon_months = 6, .measure = "alsfrsr.totl"}};

TABLE_TEST(joint_rank, refuses_what_it_does_not_know, mistakes)
{
    struct trial trial;
    trial_open(&trial);
    add_courses(&trial, COUNT(worked), worked);
    trial_commit(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_result result;
    cr_assert_eq(als_analyze_joint_rank(trial.store, &mistakes[*row_], &result, &err), ALS_USAGE);
    cr_assert_neq(err.text[0], '\0');
    trial_close(&trial);
}

/* P1 died in April but was seen on the 26th, so after P2, also where death is not the only event.
 */
static const char *const endpoints_with_death[] = {"death", "death-or-tracheostomy"};
TABLE_TEST(joint_rank, ranks_no_death_before_a_day_seen_alive, endpoints_with_death)
{
    struct trial trial;
    trial_open(&trial);
    int64_t patient = trial_patient(&trial, "P1", "A");
    trial_event(&trial, patient, "infusion", "2016-01-04");
    trial_event(&trial, patient, "death", "2016-04");
    trial_event(&trial, patient, "last_known_alive", "2016-04-26");
    patient = trial_patient(&trial, "P2", "A");
    trial_event(&trial, patient, "infusion", "2016-01-04");
    trial_event(&trial, patient, "death", "2016-04-20");
    struct als_result result =
        joint_rank(&trial, (struct als_joint_rank_options){
                               .horizon_months = 6, .endpoint = endpoints_with_death[*row_]});
    check_scores(&result, (const int64_t[]){1, -1}, (const double[]){2, 1}, 2);
    als_result_release(&result);
    trial_close(&trial);
}
