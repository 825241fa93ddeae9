/* Survival of real studies: the worked example, endpoints, censoring, degenerate cohorts. */
#include "alstrack/analysis/survival.h"
#include "trial.h"

static struct als_result survival(struct trial *trial, struct als_survival_options options)
{
    struct als_err err = {.status = ALS_OK};
    struct als_result result;
    trial_commit(trial);
    trial_ok(als_analyze_survival(trial->store, &options, &result, &err), &err);
    trial_begin(trial);
    return result;
}

static const struct als_table *part(const struct als_result *result, const char *name)
{
    for (size_t i = 0; i < result->count; i++)
        if (result->parts[i].name && strcmp(result->parts[i].name, name) == 0)
            return result->parts[i].table;
    cr_assert_fail("no part %s", name);
    return NULL;
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

static int64_t count(const struct als_table *table, size_t row, const char *name)
{
    return cell(table, row, name).as.integer;
}

static bool has_note(const struct als_result *result, const char *words)
{
    const struct als_table *table = als_result_main(result);
    for (size_t i = 0; i < als_table_notes(table); i++)
        if (strstr(als_table_note_at(table, i), words))
            return true;
    return false;
}

static const char *date_after(int days, char text[ALS_DATE_TEXT])
{
    return als_day_format(trial_day("2016-01-04") + days, text);
}

/* Treated on day 0, the event on that day; event NULL: last known alive. */
static int64_t add_case(struct trial *trial, const char *arm, int days, const char *event)
{
    static int number_given;
    char name[16], date[ALS_DATE_TEXT];
    snprintf(name, sizeof name, "P%d", ++number_given);
    int64_t patient = trial_patient(trial, name, arm);
    trial_event(trial, patient, "infusion", "2016-01-04");
    trial_event(trial, patient, event ? event : "last_known_alive", date_after(days, date));
    return patient;
}

/* Domain E6. */
static void add_worked(struct trial *trial)
{
    static const struct {
        int days;
        const char *event;
    } cases[] = {{60, "death"},  {121, NULL}, {150, "tracheostomy"}, {150, "pav"}, {183, NULL},
                 {240, "death"}, {300, NULL}, {365, "pav"},          {365, NULL},  {400, NULL}};
    for (size_t i = 0; i < COUNT(cases); i++)
        add_case(trial, i % 2 ? "A" : "B", cases[i].days, cases[i].event);
}

static const struct als_survival_options worked_options = {
    .endpoint = "death-or-tracheostomy-or-pav", .in_days = true, .tau = 365};

Test(survival, agrees_with_the_worked_example)
{
    static const struct {
        double time;
        int64_t at_risk, events, censored;
        double survival, se, low, high;
    } rows[] = {{60, 10, 1, 0, 0.9, 0.09486832980505137, 0.47300927136205034, 0.9852813933673431},
                {150, 8, 2, 0, 0.675, 0.155070548461015, 0.2905853574031327, 0.8824967337087402},
                {240, 5, 1, 0, 0.54, 0.17311845655504213, 0.18116533840412333, 0.8007125173338694},
                {365, 3, 1, 1, 0.36, 0.18686893802876928, 0.06294167923659917, 0.6856283885014209}};
    static const size_t at[] = {0, 2, 4, 6};
    struct trial trial;
    trial_open(&trial);
    add_worked(&trial);
    struct als_result result = survival(&trial, worked_options);
    const struct als_table *curve = als_result_main(&result);
    cr_assert_eq(als_table_rows(curve), 8u);
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert_eq(number(curve, at[i], "time"), rows[i].time);
        cr_assert_eq(count(curve, at[i], "at_risk"), rows[i].at_risk);
        cr_assert_eq(count(curve, at[i], "events"), rows[i].events);
        cr_assert_eq(count(curve, at[i], "censored"), rows[i].censored);
        assert_close(number(curve, at[i], "survival"), rows[i].survival, 1e-12);
        assert_close(number(curve, at[i], "se"), rows[i].se, 1e-12);
        assert_close(number(curve, at[i], "ci_low"), rows[i].low, 1e-12);
        assert_close(number(curve, at[i], "ci_high"), rows[i].high, 1e-12);
    }
    const struct als_table *groups = part(&result, "groups");
    cr_assert_eq(count(groups, 0, "n"), 10);
    cr_assert_eq(count(groups, 0, "events"), 5);
    cr_assert_eq(number(groups, 0, "median"), 365.0);
    assert_close(number(groups, 0, "restricted_mean"), 269.25, 1e-12);
    als_result_release(&result);
    trial_close(&trial);
}

Test(survival, counts_in_months_unless_asked_for_days)
{
    struct trial trial;
    trial_open(&trial);
    add_worked(&trial);
    struct als_survival_options options = worked_options;
    options.in_days = false;
    options.tau = 365 / 30.4375;
    struct als_result result = survival(&trial, options);
    assert_close(number(als_result_main(&result), 0, "time"), 60 / 30.4375, 1e-14);
    assert_close(number(part(&result, "groups"), 0, "median"), 365 / 30.4375, 1e-14);
    assert_close(number(part(&result, "groups"), 0, "restricted_mean"), 269.25 / 30.4375, 1e-12);
    als_result_release(&result);
    trial_close(&trial);
}

/* Everyone is censored at the later of what is known, of deaths only two count. */
Test(survival, takes_the_events_of_the_endpoint_only)
{
    struct trial trial;
    trial_open(&trial);
    add_worked(&trial);
    struct als_result death = survival(&trial, (struct als_survival_options){.endpoint = "death"});
    struct als_result listed =
        survival(&trial, (struct als_survival_options){.endpoint = "death,pav"});
    cr_assert_eq(count(part(&death, "groups"), 0, "events"), 2);
    cr_assert_eq(count(part(&listed, "groups"), 0, "events"), 4);
    als_result_release(&death);
    als_result_release(&listed);
    trial_close(&trial);
}

Test(survival, compares_groups)
{
    struct trial trial;
    trial_open(&trial);
    add_worked(&trial);
    struct als_survival_options options = worked_options;
    options.by = "arm";
    struct als_result result = survival(&trial, options);
    options.reference = "B";
    struct als_result swapped = survival(&trial, options);
    const struct als_table *test = part(&result, "log_rank"), *cox = part(&result, "cox");
    cr_assert_eq(count(test, 0, "df"), 1);
    cr_assert_gt(number(test, 0, "p"), 0.0);
    assert_close(number(test, 0, "chisq"), number(part(&swapped, "log_rank"), 0, "chisq"), 1e-12);
    cr_assert_str_eq(cell(cox, 0, "term").as.text, "armB");
    assert_close(number(cox, 0, "hazard_ratio"),
                 1 / number(part(&swapped, "cox"), 0, "hazard_ratio"), 1e-9);
    cr_assert_str_eq(cell(als_result_main(&swapped), 0, "group").as.text, "B");
    als_result_release(&result);
    als_result_release(&swapped);
    trial_close(&trial);
}

Test(survival, says_that_a_group_without_events_is_not_estimable)
{
    struct trial trial;
    trial_open(&trial);
    add_case(&trial, "A", 100, NULL);
    add_case(&trial, "A", 200, NULL);
    add_case(&trial, "B", 50, "death");
    add_case(&trial, "B", 150, "death");
    struct als_result result =
        survival(&trial, (struct als_survival_options){.endpoint = "death", .by = "arm"});
    cr_assert(cell(part(&result, "cox"), 0, "hazard_ratio").missing);
    cr_assert(has_note(&result, "not estimable"));
    cr_assert_not(cell(part(&result, "log_rank"), 0, "p").missing);
    als_result_release(&result);
    trial_close(&trial);
}

Test(survival, needs_events_and_two_groups_for_a_test)
{
    struct trial trial;
    trial_open(&trial);
    add_case(&trial, "A", 100, NULL);
    add_case(&trial, "B", 200, NULL);
    struct als_survival_options options = {.endpoint = "death", .by = "arm"};
    struct als_result none = survival(&trial, options);
    options.by = "sex";
    struct als_result one = survival(&trial, options);
    cr_assert(cell(part(&none, "log_rank"), 0, "p").missing);
    cr_assert(has_note(&none, "no log-rank test: "));
    cr_assert(cell(part(&none, "groups"), 0, "median").missing);
    cr_assert(has_note(&one, "only one group"));
    als_result_release(&none);
    als_result_release(&one);
    trial_close(&trial);
}

Test(survival, of_people_who_all_died_on_day_0_is_a_drop_to_nothing)
{
    struct trial trial;
    trial_open(&trial);
    for (int i = 0; i < 3; i++)
        add_case(&trial, i ? "A" : "B", 0, "death");
    struct als_result result =
        survival(&trial, (struct als_survival_options){.endpoint = "death", .by = "arm"});
    const struct als_table *curve = als_result_main(&result);
    cr_assert_eq(als_table_rows(curve), 2u);
    cr_assert_eq(number(curve, 0, "time"), 0.0);
    cr_assert_eq(number(curve, 0, "survival"), 0.0);
    cr_assert_eq(number(part(&result, "groups"), 0, "median"), 0.0);
    cr_assert(cell(part(&result, "groups"), 0, "restricted_mean").missing);
    cr_assert(has_note(&result, "A: patients 2, events 2, median 0 months; "));
    cr_assert(has_note(&result, "no restricted mean: a curve ends on day 0"));
    cr_assert(has_note(&result, "no log-rank test: all who are at risk have the event at the same "
                                "time, which tells nothing of the groups"));
    cr_assert(has_note(&result, "no hazard ratio: all who are at risk"));
    cr_assert(cell(part(&result, "log_rank"), 0, "chisq").missing);
    cr_assert_eq(als_table_rows(part(&result, "cox")), 0u);
    als_result_release(&result);
    trial_close(&trial);
}

Test(survival, of_nobody_is_an_empty_curve_with_a_reason)
{
    struct trial trial;
    trial_open(&trial);
    trial_patient(&trial, "none", "A");
    struct als_result result =
        survival(&trial, (struct als_survival_options){.endpoint = "death", .by = "arm"});
    cr_assert_eq(als_table_rows(als_result_main(&result)), 0u);
    cr_assert(has_note(&result, "nobody was followed"));
    cr_assert(has_note(&result, "no time zero: 1 patient (none)"));
    als_result_release(&result);
    trial_close(&trial);
}

Test(survival, leaves_out_who_had_the_endpoint_before_time_zero)
{
    struct trial trial;
    trial_open(&trial);
    add_case(&trial, "A", -30, "gastrostomy");
    add_case(&trial, "A", 30, "gastrostomy");
    int64_t died = add_case(&trial, "A", 50, "death");
    trial_alsfrsr(&trial, died, "MN1", trial_day("2016-01-04") + 28, 40);
    struct als_result result =
        survival(&trial, (struct als_survival_options){.endpoint = "gastrostomy", .in_days = true});
    const struct als_table *curve = als_result_main(&result);
    cr_assert_eq(als_table_rows(curve), 2u);
    cr_assert_eq(count(curve, 0, "at_risk"), 2);
    cr_assert_eq(count(curve, 0, "events"), 1);
    cr_assert_eq(number(curve, 1, "time"), 50.0);
    cr_assert_eq(count(curve, 1, "censored"), 1);
    cr_assert(has_note(&result, "before time zero: 1 patient"));
    cr_assert(has_note(&result, "competing event"));
    als_result_release(&result);
    trial_close(&trial);
}

/* An infusion is a visit that took place, also where nobody recorded the visit itself. */
Test(survival, follows_until_the_last_infusion)
{
    struct trial trial;
    trial_open(&trial);
    int64_t patient = trial_patient(&trial, "P", "A");
    trial_event(&trial, patient, "infusion", "2016-01-04");
    trial_event(&trial, patient, "infusion", "2016-02-03");
    struct als_result result =
        survival(&trial, (struct als_survival_options){.endpoint = "niv", .in_days = true});
    cr_assert_eq(number(als_result_main(&result), 0, "time"), 30.0);
    als_result_release(&result);
    trial_close(&trial);
}

Test(survival, from_onset_warns_of_left_truncation_and_of_partial_dates)
{
    struct trial trial;
    trial_open(&trial);
    int64_t patient = add_case(&trial, "A", 100, "death");
    trial_event(&trial, patient, "onset", "2014");
    add_case(&trial, "A", 100, "death");
    struct als_result result = survival(
        &trial,
        (struct als_survival_options){.endpoint = "death", .from = "onset", .in_days = true});
    cr_assert_eq(als_table_rows(als_result_main(&result)), 1u);
    cr_assert_eq(number(als_result_main(&result), 0, "time"),
                 (double)(trial_day("2016-01-04") + 100 - trial_day("2014-07-01")));
    cr_assert(has_note(&result, "left truncation"));
    cr_assert(has_note(&result, "a date without a day"));
    cr_assert(has_note(&result, "no time zero: 1 patient"));
    als_result_release(&result);
    trial_close(&trial);
}

static void add_in_stratum(struct trial *trial, int number, const char *onset_site)
{
    struct als_err err = {.status = ALS_OK};
    char name[16], date[ALS_DATE_TEXT];
    snprintf(name, sizeof name, "%s%d", onset_site ? onset_site : "none", number);
    struct als_patient patient = {.patient = name,
                                  .site = "PRG",
                                  .height_cm = NAN,
                                  .arm = number % 2 ? "A" : "B",
                                  .onset_site = onset_site};
    trial_ok(als_patient_put(trial->store, &patient, ALS_GIVEN_ALL, NULL, &err), &err);
    trial_event(trial, patient.id, "infusion", "2016-01-04");
    trial_event(trial, patient.id, number % 3 ? "death" : "last_known_alive",
                als_day_format(trial_day("2016-01-04") + 40 + (number * 37) % 101, date));
}

/* Two who are in no stratum known are in the curves and nowhere else. */
Test(survival, compares_within_strata_only_who_has_one)
{
    struct trial trial;
    trial_open(&trial);
    for (int i = 0; i < 24; i++)
        add_in_stratum(&trial, i, i < 12 ? "bulbar" : "spinal");
    struct als_survival_options options = {
        .endpoint = "death", .by = "arm", .strata = "onset_site"};
    struct als_result all = survival(&trial, options);
    add_in_stratum(&trial, 1, NULL);
    add_in_stratum(&trial, 2, NULL);
    struct als_result more = survival(&trial, options);
    cr_assert_not(isnan(number(part(&all, "log_rank"), 0, "chisq")));
    cr_assert_eq(number(part(&more, "log_rank"), 0, "chisq"),
                 number(part(&all, "log_rank"), 0, "chisq"));
    cr_assert_eq(number(part(&more, "cox"), 0, "hazard_ratio"),
                 number(part(&all, "cox"), 0, "hazard_ratio"));
    cr_assert_eq(count(part(&more, "groups"), 0, "n") + count(part(&more, "groups"), 1, "n"), 26);
    cr_assert(has_note(&more, "left out of the comparison within strata, not of the curves: no "
                              "onset_site: 2"));
    cr_assert_not(has_note(&all, "left out of the comparison"));
    als_result_release(&all);
    als_result_release(&more);
    trial_close(&trial);
}

static const struct {
    struct als_survival_options options;
    const char *hint;
} mistakes[] = {{{.endpoint = "deth"}, "did you mean death?"},
                {{.endpoint = ""}, "death-or-tracheostomy"},
                {{.endpoint = "death,"}, "death-or-tracheostomy"},
                {{.endpoint = "death", .from = "onse"}, "onset"},
                {{.endpoint = "death", .by = "arms"}, "arm"},
                {{.endpoint = "death", .strata = "sexx"}, "sex"}};

TABLE_TEST(survival, refuses_what_it_does_not_know, mistakes)
{
    struct trial trial;
    trial_open(&trial);
    add_case(&trial, "A", 100, "death");
    trial_commit(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_result result;
    cr_assert_eq(als_analyze_survival(trial.store, &mistakes[*row_].options, &result, &err),
                 ALS_USAGE);
    cr_assert_not_null(strstr(err.hint, mistakes[*row_].hint), "%s", err.hint);
    trial_close(&trial);
}
