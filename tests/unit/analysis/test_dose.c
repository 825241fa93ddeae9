/* The dose board: the cohort gates of worked example E16, 3+3 and BOIN of E10, as of several days.
 */
#include "alstrack/analysis/dose.h"
#include "trial_results.h"

static const char cohorts[] =
    "cohorts: [{code: \"1\", label: low, doses: 1, cells_per_dose: 1e7, planned_patients: 5},"
    " {code: \"2\", label: high, doses: 2, cells_per_dose: 5e7, interval_days: 30}]";

static void open_with_rule(struct trial *trial, const char *rule)
{
    char text[160];
    snprintf(text, sizeof text, "escalation: {rule: %s}", rule);
    trial_open(trial);
    trial_amend(trial, "cohorts: [{code: \"1\", label: One dose, doses: 1}]", cohorts);
    trial_amend(trial, "escalation: {rule: none}", text);
}

static const char gate[] = "time-gate, patients: 3, observation_days: 30, spacing_days: 7";

static int64_t add_patient(struct trial *trial, const char *name, const char *cohort,
                           const char *first, const char *second)
{
    struct als_err err = {.status = ALS_OK};
    struct als_patient patient = {
        .patient = name, .site = "PRG", .height_cm = NAN, .cohort = cohort};
    trial_ok(als_patient_put(trial->store, &patient, ALS_GIVEN_ALL, NULL, &err), &err);
    if (first)
        trial_event(trial, patient.id, "infusion", first);
    if (second)
        trial_event(trial, patient.id, "infusion", second);
    return patient.id;
}

static void add_toxicity(struct trial *trial, int64_t patient, const char *onset)
{
    struct als_err err = {.status = ALS_OK};
    struct als_adverse_event ae = {.patient_id = patient,
                                   .ae_id = "1",
                                   .term = "headache",
                                   .onset = onset,
                                   .grade = 3,
                                   .serious = ALS_UNSAID,
                                   .dlt = 1};
    trial_ok(als_adverse_event_put(trial->store, &ae, ALS_GIVEN_ALL, NULL, &err), &err);
}

static struct als_table *dose(struct trial *trial, const char *as_of)
{
    struct als_err err = {.status = ALS_OK};
    struct als_table *table = NULL;
    trial_commit(trial);
    trial_ok(als_analyze_dose(trial->store, trial_day(as_of), &table, &err), &err);
    trial_begin(trial);
    return table;
}

/* E16, cohort 1; each is seen on the last day of the observation. */
static void add_first_cohort(struct trial *trial)
{
    static const char *const seen[][2] = {{"2012-06-05", "2012-07-05"},
                                          {"2012-06-12", "2012-07-12"},
                                          {"2012-06-19", "2012-07-19"},
                                          {"2012-07-03", "2012-08-02"}};
    for (size_t i = 0; i < COUNT(seen); i++) {
        char name[16];
        snprintf(name, sizeof name, "P%zu", i + 1);
        int64_t patient = add_patient(trial, name, "1", seen[i][0], NULL);
        trial_event(trial, patient, "last_known_alive", seen[i][1]);
    }
}

struct day {
    const char *as_of;
    int64_t treated, observing, evaluable;
    const char *gate, *suggestion;
};
static const struct day days[] = {
    {"2012-06-01", 0, 0, 0, "", ""},
    {"2012-06-18", 2, 2, 0, "", "wait: 2 of 3 have completed treatment; committee decides"},
    {"2012-07-18", 4, 2, 2, "2012-07-19", "wait until 2012-07-19; committee decides"},
    {"2012-07-19", 4, 1, 3, "2012-07-19", "the next cohort may open; committee decides"},
};

TABLE_TEST(dose, opens_the_gate_of_the_worked_example, days)
{
    const struct day *day = &days[*row_];
    struct trial trial;
    open_with_rule(&trial, gate);
    add_first_cohort(&trial);
    struct als_table *table = dose(&trial, day->as_of);
    cr_assert_eq(als_table_rows(table), 2u);
    cr_assert_eq(trial_integer(table, 0, "planned"), 5);
    cr_assert_eq(trial_integer(table, 0, "treated"), day->treated);
    cr_assert_eq(trial_integer(table, 0, "observing"), day->observing);
    cr_assert_eq(trial_integer(table, 0, "evaluable"), day->evaluable);
    cr_assert_str_eq(trial_text(table, 0, "gate_date"), day->gate);
    cr_assert_str_eq(trial_text(table, 0, "suggestion"), day->suggestion);
    cr_assert_eq(trial_yesno(table, 0, "spacing_ok"), day->treated ? 'Y' : '-');
    cr_assert(trial_cell(table, 1, "planned").missing);
    als_table_free(table);
    trial_close(&trial);
}

/* E16, cohort 3: two doses, the gate runs from the second. */
Test(dose, runs_the_gate_from_the_last_planned_infusion)
{
    struct trial trial;
    open_with_rule(&trial, gate);
    int64_t first = add_patient(&trial, "P1", "2", "2013-01-08", "2013-02-07");
    int64_t second = add_patient(&trial, "P2", "2", "2013-01-15", "2013-02-14");
    int64_t third = add_patient(&trial, "P3", "2", "2013-01-22", "2013-02-21");
    trial_event(&trial, first, "last_known_alive", "2013-03-09");
    trial_event(&trial, second, "last_known_alive", "2013-03-16");
    trial_event(&trial, third, "last_known_alive", "2013-03-23");
    struct als_table *table = dose(&trial, "2013-02-20");
    cr_assert_eq(trial_integer(table, 1, "completed"), 2);
    cr_assert_eq(trial_integer(table, 1, "observing"), 3);
    cr_assert(trial_cell(table, 1, "gate_date").missing);
    cr_assert_str_eq(trial_text(table, 1, "last_infusion"), "2013-02-14");
    als_table_free(table);
    table = dose(&trial, "2013-03-23");
    cr_assert_str_eq(trial_text(table, 1, "gate_date"), "2013-03-23");
    cr_assert_str_eq(trial_text(table, 1, "suggestion"),
                     "gate passed, no further cohort is planned; committee decides");
    als_table_free(table);
    add_toxicity(&trial, third, "2013-03-01");
    table = dose(&trial, "2013-03-23");
    cr_assert(trial_cell(table, 1, "gate_date").missing);
    cr_assert_eq(trial_integer(table, 1, "dlt"), 1);
    cr_assert_not_null(strstr(trial_text(table, 1, "suggestion"), "do not open the next cohort"));
    als_table_free(table);
    table = dose(&trial, "2013-02-28");
    cr_assert_eq(trial_integer(table, 1, "dlt"), 0);
    cr_assert(trial_noted(table, "after the as-of day, not counted: 1"));
    als_table_free(table);
    trial_close(&trial);
}

static void see(struct trial *trial, int64_t patient, const char *date)
{
    struct als_err err = {.status = ALS_OK};
    struct als_visit visit = {
        .patient_id = patient, .visit_no = trial_visit(trial, "MN1"), .day = trial_day(date)};
    trial_ok(als_visit_put(trial->store, &visit, ALS_GIVEN_ALL, NULL, &err), &err);
}

static void expect_counts(const struct als_table *table, size_t row, int64_t observing,
                          int64_t evaluable, int64_t not_evaluable)
{
    cr_assert_eq(trial_integer(table, row, "observing"), observing);
    cr_assert_eq(trial_integer(table, row, "evaluable"), evaluable);
    cr_assert_eq(trial_integer(table, row, "not_evaluable"), not_evaluable);
    cr_assert_eq(trial_integer(table, row, "treated"), observing + evaluable + not_evaluable);
}

/* D1 dies, D2 withdraws and D3 is lost inside the 30 days. */
static void add_leavers(struct trial *trial)
{
    trial_event(trial, add_patient(trial, "D1", "1", "2012-06-05", NULL), "death", "2012-06-08");
    trial_event(trial, add_patient(trial, "D2", "1", "2012-06-12", NULL), "withdrawal",
                "2012-06-13");
    trial_event(trial, add_patient(trial, "D3", "1", "2012-06-19", NULL), "lost_to_followup",
                "2012-06-20");
}

Test(dose, opens_no_cohort_on_patients_who_left_inside_the_observation)
{
    struct trial trial;
    open_with_rule(&trial, gate);
    add_leavers(&trial);
    struct als_table *table = dose(&trial, "2012-07-20");
    expect_counts(table, 0, 0, 0, 3);
    cr_assert_eq(trial_integer(table, 0, "completed"), 3);
    cr_assert(trial_cell(table, 0, "gate_date").missing);
    cr_assert_str_eq(trial_text(table, 0, "suggestion"),
                     "wait: 0 of 3 have completed treatment and stayed, 3 cannot be counted as "
                     "observed; committee decides");
    cr_assert(trial_noted(table, "warning: 3 cannot be counted as observed, the committee decides: "
                                 "D1 in cohort 1 (died 2012-06-08), D2 in cohort 1 (withdrew "
                                 "2012-06-13), D3 in cohort 1 (lost to follow-up 2012-06-20)"));
    als_table_free(table);
    table = dose(&trial, "2012-06-07");
    expect_counts(table, 0, 1, 0, 0);
    cr_assert(!trial_noted(table, "cannot be counted"));
    als_table_free(table);
    trial_close(&trial);
}

Test(dose, says_beside_an_open_gate_who_died)
{
    struct trial trial;
    open_with_rule(&trial, gate);
    add_first_cohort(&trial);
    trial_event(&trial, add_patient(&trial, "D1", "1", "2012-07-10", NULL), "death", "2012-07");
    struct als_table *table = dose(&trial, "2012-08-02");
    expect_counts(table, 0, 0, 4, 1);
    cr_assert_str_eq(
        trial_text(table, 0, "suggestion"),
        "the next cohort may open, 1 cannot be counted as observed; committee decides");
    cr_assert(trial_noted(table, "D1 in cohort 1 (died 2012-07)"));
    als_table_free(table);
    trial_close(&trial);
}

static const char *const counting[] = {"3+3, observation_days: 30",
                                       "boin, target: 0.3, observation_days: 30"};
TABLE_TEST(dose, counts_nobody_who_left_as_tolerating_the_dose, counting)
{
    struct trial trial;
    open_with_rule(&trial, counting[*row_]);
    add_leavers(&trial);
    struct als_table *table = dose(&trial, "2012-07-20");
    const char *suggestion = trial_text(table, 0, "suggestion");
    expect_counts(table, 0, 0, 0, 3);
    cr_assert_null(strstr(suggestion, "escalate"), "%s", suggestion);
    cr_assert_not_null(strstr(suggestion, "3 cannot be counted as observed"), "%s", suggestion);
    als_table_free(table);
    trial_close(&trial);
}

/* W came to a visit after withdrawing, K was only heard of, L died a year later, T was lost at the
 * end of a year but never seen after the infusion. */
Test(dose, takes_a_visit_as_observation_but_no_hearsay_about_who_left)
{
    struct trial trial;
    open_with_rule(&trial, gate);
    int64_t patient = add_patient(&trial, "W", "1", "2012-06-05", NULL);
    trial_event(&trial, patient, "withdrawal", "2012-06-10");
    see(&trial, patient, "2012-07-05");
    patient = add_patient(&trial, "K", "1", "2012-06-12", NULL);
    trial_event(&trial, patient, "withdrawal", "2012-06-20");
    trial_event(&trial, patient, "last_known_alive", "2013-01-01");
    trial_event(&trial, patient, "death", "2013-02-01");
    patient = add_patient(&trial, "L", "1", "2012-06-19", NULL);
    trial_event(&trial, patient, "death", "2013-06-01");
    patient = add_patient(&trial, "T", "1", "2012-06-26", NULL);
    trial_event(&trial, patient, "lost_to_followup", "2013-06-01");
    struct als_table *table = dose(&trial, "2015-01-01");
    expect_counts(table, 0, 0, 2, 2);
    cr_assert(trial_noted(table, "2 cannot be counted as observed, the committee decides: K in "
                                 "cohort 1 (withdrew 2012-06-20, died 2013-02-01), T in cohort 1 "
                                 "(lost to follow-up 2013-06-01)"));
    als_table_free(table);
    trial_close(&trial);
}

/* Two doses were planned. */
Test(dose, does_not_observe_for_ever_who_stopped_before_the_last_dose)
{
    struct trial trial;
    open_with_rule(&trial, gate);
    int64_t patient = add_patient(&trial, "P1", "2", "2013-01-08", NULL);
    trial_event(&trial, patient, "withdrawal", "2013-01-20");
    see(&trial, patient, "2013-03-30");
    patient = add_patient(&trial, "P2", "2", "2013-01-15", NULL);
    trial_event(&trial, patient, "treatment_stopped", "2013-02-10");
    patient = add_patient(&trial, "P3", "2", "2013-01-22", NULL);
    struct als_table *table = dose(&trial, "2015-01-01");
    expect_counts(table, 1, 1, 0, 2);
    cr_assert(trial_noted(table, "P1 in cohort 2 (withdrew 2013-01-20), P2 in cohort 2 (treatment "
                                 "stopped 2013-02-10)"));
    als_table_free(table);
    trial_close(&trial);
}

Test(dose, waits_for_somebody_to_see_the_patients)
{
    struct trial trial;
    open_with_rule(&trial, gate);
    add_patient(&trial, "P1", "1", "2012-06-05", NULL);
    see(&trial, add_patient(&trial, "P2", "1", "2012-06-12", NULL), "2012-07-10");
    see(&trial, add_patient(&trial, "P3", "1", "2012-06-19", NULL), "2012-07-19");
    struct als_table *table = dose(&trial, "2012-08-01");
    expect_counts(table, 0, 2, 1, 0);
    cr_assert_str_eq(trial_text(table, 0, "gate_date"), "2012-07-19");
    cr_assert_str_eq(trial_text(table, 0, "suggestion"),
                     "wait: 1 of 3 were seen at the end of the observation; committee decides");
    cr_assert(trial_noted(table, "warning: 2 not yet evaluable, no visit or event on the last day "
                                 "of the observation or later: P1 in cohort 1 (observation until "
                                 "2012-07-05, last known 2012-06-05), P2 in cohort 1 (observation "
                                 "until 2012-07-12, last known 2012-07-10)"));
    als_table_free(table);
    trial_close(&trial);
}

Test(dose, does_not_count_a_toxicity_from_before_the_first_infusion)
{
    struct trial trial;
    open_with_rule(&trial, gate);
    int64_t patient = add_patient(&trial, "P1", "1", "2012-06-05", NULL);
    add_toxicity(&trial, patient, "2012-05-01");
    struct als_table *table = dose(&trial, "2012-06-20");
    cr_assert_eq(trial_integer(table, 0, "dlt"), 0);
    expect_counts(table, 0, 1, 0, 0);
    cr_assert(trial_noted(table, "before the first infusion, not counted: 1 patient (P1)"));
    als_table_free(table);
    trial_close(&trial);
}

/* It may have begun after the infusion of the 5th. */
Test(dose, counts_a_toxicity_of_the_month_of_the_infusion)
{
    struct trial trial;
    open_with_rule(&trial, gate);
    int64_t patient = add_patient(&trial, "P1", "1", "2012-06-05", NULL);
    add_toxicity(&trial, patient, "2012-06");
    struct als_table *table = dose(&trial, "2012-06-20");
    cr_assert_eq(trial_integer(table, 0, "dlt"), 1);
    als_table_free(table);
    trial_close(&trial);
}

Test(dose, sees_patients_treated_too_soon_across_cohorts)
{
    struct trial trial;
    open_with_rule(&trial, gate);
    add_first_cohort(&trial);
    add_patient(&trial, "P5", "2", "2012-07-09", NULL);
    struct als_table *table = dose(&trial, "2012-08-01");
    cr_assert_eq(trial_integer(table, 0, "closest_days"), 7);
    cr_assert_eq(trial_yesno(table, 0, "spacing_ok"), 'Y');
    cr_assert_eq(trial_integer(table, 1, "closest_days"), 6);
    cr_assert_eq(trial_yesno(table, 1, "spacing_ok"), 'N');
    cr_assert(trial_noted(table, "treated too soon after the patient before: 1 patient (P5)"));
    als_table_free(table);
    trial_close(&trial);
}

/* E10: so many treated, so many with toxicity. */
struct advice {
    const char *rule;
    int treated, toxic;
    const char *suggestion;
};
static const struct advice advices[] = {
    {"3+3, observation_days: 0", 3, 0, "escalate ("},
    {"3+3, observation_days: 0", 3, 1, "treat three more"},
    {"3+3, observation_days: 0", 3, 2, "de-escalate"},
    {"3+3, observation_days: 0", 6, 1, "escalate ("},
    {"3+3, observation_days: 0", 6, 2, "de-escalate"},
    {"boin, target: 0.3", 3, 0, "escalate ("},
    {"boin, target: 0.3", 3, 2, "de-escalate"},
    {"boin, target: 0.3", 6, 1, "escalate ("},
    {"boin, target: 0.3", 6, 2, ""},
    {"boin, target: 0.3", 3, 3, "eliminate"},
};

TABLE_TEST(dose, suggests_by_counts, advices)
{
    const struct advice *advice = &advices[*row_];
    struct trial trial;
    open_with_rule(&trial, advice->rule);
    for (int i = 0; i < advice->treated; i++) {
        char name[16], date[24];
        snprintf(name, sizeof name, "P%d", i);
        snprintf(date, sizeof date, "2012-06-%02d", i + 1);
        int64_t patient = add_patient(&trial, name, "1", date, NULL);
        if (i < advice->toxic)
            add_toxicity(&trial, patient, date);
    }
    struct als_table *table = dose(&trial, "2012-07-01");
    const char *suggestion = trial_text(table, 0, "suggestion");
    cr_assert_eq(trial_integer(table, 0, "evaluable"), advice->treated);
    cr_assert_not_null(strstr(suggestion, advice->suggestion), "%s", suggestion);
    cr_assert_not_null(strstr(suggestion, "committee decides"));
    if (strcmp(advice->suggestion, "escalate (") == 0)
        cr_assert_eq(strstr(suggestion, "escalate ("), suggestion, "%s", suggestion);
    als_table_free(table);
    trial_close(&trial);
}

Test(dose, counts_a_toxicity_without_a_date_and_names_what_fits_nowhere)
{
    struct trial trial;
    open_with_rule(&trial, gate);
    int64_t undated = add_patient(&trial, "P1", "1", "2012-06-05", NULL);
    add_toxicity(&trial, undated, NULL);
    add_patient(&trial, "P2", NULL, "2012-06-12", NULL);
    int64_t untreated = add_patient(&trial, "P3", "1", NULL, NULL);
    add_toxicity(&trial, untreated, "2012-06-01");
    struct als_table *table = dose(&trial, "2012-07-01");
    cr_assert_eq(trial_integer(table, 0, "treated"), 1);
    cr_assert_eq(trial_integer(table, 0, "dlt"), 1);
    cr_assert(trial_noted(table, "without a date, counted: 1 patient (P1)"));
    cr_assert(trial_noted(table, "without a cohort, so in no row: 1 patient (P2)"));
    cr_assert(trial_noted(table, "but no infusion, not counted: 1"));
    als_table_free(table);
    trial_close(&trial);
}

Test(dose, suggests_nothing_without_a_rule)
{
    struct trial trial;
    trial_open(&trial);
    add_patient(&trial, "P1", NULL, "2012-06-05", NULL);
    struct als_table *table = dose(&trial, "2012-07-01");
    cr_assert_eq(als_table_rows(table), 1u);
    cr_assert_eq(trial_integer(table, 0, "treated"), 1);
    cr_assert(trial_cell(table, 0, "suggestion").missing);
    cr_assert(trial_cell(table, 0, "spacing_ok").missing);
    cr_assert(trial_noted(table, "no escalation rule"));
    als_table_free(table);
    trial_close(&trial);
}
