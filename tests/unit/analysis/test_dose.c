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

/* E16, cohort 1. */
static void add_first_cohort(struct trial *trial)
{
    add_patient(trial, "P1", "1", "2012-06-05", NULL);
    add_patient(trial, "P2", "1", "2012-06-12", NULL);
    add_patient(trial, "P3", "1", "2012-06-19", NULL);
    add_patient(trial, "P4", "1", "2012-07-03", NULL);
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
    cr_assert(trial_cell(table, 1, "planned")->missing);
    als_table_free(table);
    trial_close(&trial);
}

/* E16, cohort 3: two doses, the gate runs from the second. */
Test(dose, runs_the_gate_from_the_last_planned_infusion)
{
    struct trial trial;
    open_with_rule(&trial, gate);
    add_patient(&trial, "P1", "2", "2013-01-08", "2013-02-07");
    add_patient(&trial, "P2", "2", "2013-01-15", "2013-02-14");
    int64_t third = add_patient(&trial, "P3", "2", "2013-01-22", "2013-02-21");
    struct als_table *table = dose(&trial, "2013-02-20");
    cr_assert_eq(trial_integer(table, 1, "completed"), 2);
    cr_assert_eq(trial_integer(table, 1, "observing"), 3);
    cr_assert(trial_cell(table, 1, "gate_date")->missing);
    cr_assert_str_eq(trial_text(table, 1, "last_infusion"), "2013-02-14");
    als_table_free(table);
    table = dose(&trial, "2013-03-23");
    cr_assert_str_eq(trial_text(table, 1, "gate_date"), "2013-03-23");
    cr_assert_str_eq(trial_text(table, 1, "suggestion"),
                     "gate passed, no further cohort is planned; committee decides");
    als_table_free(table);
    add_toxicity(&trial, third, "2013-03-01");
    table = dose(&trial, "2013-03-23");
    cr_assert(trial_cell(table, 1, "gate_date")->missing);
    cr_assert_eq(trial_integer(table, 1, "dlt"), 1);
    cr_assert_not_null(strstr(trial_text(table, 1, "suggestion"), "do not open the next cohort"));
    als_table_free(table);
    table = dose(&trial, "2013-02-28");
    cr_assert_eq(trial_integer(table, 1, "dlt"), 0);
    cr_assert(trial_noted(table, "after the as-of day, not counted: 1"));
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
    cr_assert(trial_cell(table, 0, "suggestion")->missing);
    cr_assert(trial_cell(table, 0, "spacing_ok")->missing);
    cr_assert(trial_noted(table, "no escalation rule"));
    als_table_free(table);
    trial_close(&trial);
}
