/* Adverse events by term and by visit; exposure behind their rates. */
#include "alstrack/analysis/adverse.h"
#include "alstrack/analysis/follow_up.h"
#include "trial.h"

static int as_of;

static struct als_table *adverse(struct trial *trial, const char *by, const char *patient)
{
    struct als_err err = {.status = ALS_OK};
    struct als_adverse_options options = {.by = by, .patient = patient};
    struct als_table *table = NULL;
    trial_commit(trial);
    trial_ok(als_analyze_adverse(trial->store, &options, as_of, &table, &err), &err);
    trial_begin(trial);
    return table;
}

static size_t column(const struct als_table *table, const char *name)
{
    for (size_t i = 0; i < als_table_columns(table); i++)
        if (strcmp(als_table_column(table, i)->name, name) == 0)
            return i;
    cr_assert_fail("no column %s", name);
    return 0;
}

static int64_t integer(const struct als_table *table, size_t row, const char *name)
{
    struct als_cell cell = als_table_cell(table, row, column(table, name));
    return cell.missing ? INT64_MIN : cell.as.integer;
}

static double number(const struct als_table *table, size_t row, const char *name)
{
    struct als_cell cell = als_table_cell(table, row, column(table, name));
    return cell.missing ? NAN : cell.as.number;
}

static const char *text(const struct als_table *table, size_t row, const char *name)
{
    struct als_cell cell = als_table_cell(table, row, column(table, name));
    return cell.missing ? "" : cell.as.text;
}

static size_t row_of(const struct als_table *table, const char *group, const char *term)
{
    for (size_t i = 0; i < als_table_rows(table); i++)
        if (strcmp(text(table, i, "term"), term) == 0 &&
            strcmp(text(table, i, "group"), group) == 0)
            return i;
    cr_assert_fail("no row %s, %s", group, term);
    return 0;
}

static bool has_note(const struct als_table *table, const char *part)
{
    for (size_t i = 0; i < als_table_notes(table); i++)
        if (strstr(als_table_note_at(table, i), part))
            return true;
    return false;
}

/* Three treated patients, one of whom dies, and one who waits. */
static void fill(struct trial *trial)
{
    as_of = trial_day("2016-12-31");
    trial_open(trial);
    int64_t first = trial_patient(trial, "P1", "A"), second = trial_patient(trial, "P2", "A");
    int64_t third = trial_patient(trial, "P3", "B");
    trial_patient(trial, "P4", NULL);
    for (int64_t patient = first; patient <= third; patient++) {
        trial_event(trial, patient, "consent", "2015-12-01");
        trial_event(trial, patient, "infusion", "2016-01-04");
        trial_alsfrsr(trial, patient, "MN3", trial_day("2016-04-04"), 40);
    }
    trial_event(trial, second, "death", "2016-07-04");
    trial_adverse(trial, first, "1", "MN1", "headache", "2016-01-05", 1);
    trial_adverse(trial, first, "2", "MN3", "headache", "2016-02-10", 3);
    trial_adverse(trial, first, "3", NULL, "fall", NULL, ALS_UNSAID);
    trial_adverse(trial, second, "1", "MN1", "headache", "2016-01-06", 2);
    trial_adverse(trial, second, "2", "SCR", "fall", "2015-12-10", 1);
    trial_adverse(trial, third, "1", "MN1", "fall", "2017-01-01", 2); /* after as-of */
}

Test(adverse, counts_a_patient_once_with_the_worst_grade)
{
    struct trial trial;
    fill(&trial);
    struct als_table *table = adverse(&trial, NULL, NULL);
    size_t any = row_of(table, "all", "any event"), head = row_of(table, "all", "headache");
    cr_assert_eq(any, 0u);
    cr_assert_eq(integer(table, any, "of_patients"), 3, "the safety set: P4 waits");
    cr_assert_eq(integer(table, any, "patients"), 2);
    assert_close(number(table, any, "percent"), 200.0 / 3, 1e-14);
    cr_assert_eq(integer(table, any, "events"), 5);
    cr_assert_eq(integer(table, any, "grade_3"), 1);
    cr_assert_eq(integer(table, any, "grade_2"), 1);
    cr_assert_eq(integer(table, any, "grade_1"), 0);
    cr_assert_eq(integer(table, head, "patients"), 2);
    cr_assert_eq(integer(table, head, "events"), 3);
    cr_assert_eq(integer(table, head, "serious"), 1);
    cr_assert_eq(integer(table, head, "related"), 1);
    size_t fall = row_of(table, "all", "fall");
    cr_assert_eq(integer(table, fall, "grade_1"), 1);
    cr_assert_eq(integer(table, fall, "grade_missing"), 1);
    cr_assert_eq(integer(table, fall, "emergent"), 1, "the one before the infusion is not");
    cr_assert(has_note(table, "events left out for an onset after that day: 1"));
    cr_assert(has_note(table, "without a date of onset: 1"));
    cr_assert_not(has_note(table, "as spelled"));
    als_table_free(table);
    trial_close(&trial);
}

/* The protocol names headache; nobody names the others, and Back pain is the commonest of its kind.
 */
Test(adverse, counts_spellings_of_a_term_together)
{
    static const char *const terms[][2] = {
        {"Headache", "HEADACHE "}, {"headache", "headache"}, {"Back pain", "back  pain"},
        {"Back pain", "backpain"}, {"Headache", "Fall"},
    };
    struct trial trial;
    as_of = trial_day("2016-12-31");
    trial_open(&trial);
    for (size_t i = 0; i < COUNT(terms); i++) {
        char name[16];
        snprintf(name, sizeof name, "P%zu", i);
        int64_t patient = trial_patient(&trial, name, i % 2 ? "A" : "B");
        trial_event(&trial, patient, "infusion", "2016-01-04");
        trial_alsfrsr(&trial, patient, "MN1", trial_day("2016-02-03"), 40);
        trial_adverse(&trial, patient, "1", "MN1", terms[i][0], "2016-01-05", 1);
        trial_adverse(&trial, patient, "2", "MN1", terms[i][1], "2016-01-06", 2);
    }
    struct als_table *table = adverse(&trial, NULL, NULL);
    size_t head = row_of(table, "all", "headache"), back = row_of(table, "all", "Back pain");
    cr_assert_eq(als_table_rows(table), 5u);
    cr_assert_eq(integer(table, head, "patients"), 3);
    cr_assert_eq(integer(table, head, "events"), 5);
    cr_assert_eq(integer(table, head, "grade_2"), 2);
    cr_assert_eq(integer(table, back, "patients"), 2);
    cr_assert_eq(integer(table, back, "events"), 3);
    cr_assert_eq(integer(table, row_of(table, "all", "backpain"), "events"), 1);
    cr_assert(has_note(table, "as spelled: Back pain ('Back pain' 2, 'back  pain' 1); headache "
                              "('HEADACHE ' 1, 'Headache' 2, 'headache' 2)"));
    als_table_free(table);
    table = adverse(&trial, "visit", NULL);
    cr_assert_str_eq(text(table, 0, "terms"), "headache");
    cr_assert_str_eq(text(table, 2, "terms"), "Back pain");
    als_table_free(table);
    trial_close(&trial);
}

Test(adverse, adds_up_in_every_row)
{
    struct trial trial;
    fill(&trial);
    struct als_table *table = adverse(&trial, "arm", NULL);
    for (size_t i = 0; i < als_table_rows(table); i++)
        cr_expect_eq(integer(table, i, "patients"),
                     integer(table, i, "grade_1") + integer(table, i, "grade_2") +
                         integer(table, i, "grade_3") + integer(table, i, "grade_missing"),
                     "row %zu", i);
    cr_assert_eq(integer(table, row_of(table, "B", "any event"), "events"), 0);
    cr_assert_eq(integer(table, row_of(table, "B", "any event"), "of_patients"), 1);
    cr_assert_eq(integer(table, row_of(table, "", "any event"), "of_patients"), 0);
    cr_assert(
        als_table_cell(table, row_of(table, "", "any event"), column(table, "percent")).missing);
    als_table_free(table);
    trial_close(&trial);
}

/* P1 91 days to the last visit, P2 182 to death, P3 91; P4 none. */
Test(adverse, counts_months_from_the_infusion_to_the_end)
{
    struct trial trial;
    fill(&trial);
    struct als_table *table = adverse(&trial, NULL, NULL);
    double months = (91 + 182 + 91) / 30.4375;
    assert_close(number(table, 0, "patient_months"), months, 1e-14);
    cr_assert_eq(integer(table, 0, "in_period"), 4, "the one before the infusion is not");
    assert_close(number(table, 0, "per_patient_month"), 4 / months, 1e-14);
    cr_assert(has_note(table, "left out: patients without an infusion: 1, with 0 events"));
    als_table_free(table);
    trial_close(&trial);
}

Test(adverse, shows_the_review_and_the_worst_grade_of_a_visit)
{
    struct trial trial;
    fill(&trial);
    trial_review(&trial, 1, "MN1", trial_day("2016-02-03"), "listed");
    trial_review(&trial, 1, "MN3", trial_day("2016-04-04"), "none");
    trial_review(&trial, 3, "MN1", trial_day("2016-02-04"), "not_asked");
    struct als_table *table = adverse(&trial, "visit", NULL);
    static const char *const expected[][4] = {{"P1", "MN1", "listed", "headache"},
                                              {"P1", "MN3", "none", "headache"},
                                              {"P2", "MN3", "", ""},
                                              {"P2", "MN1", "", "headache"},
                                              {"P2", "SCR", "", "fall"},
                                              {"P3", "MN1", "not asked", ""},
                                              {"P3", "MN3", "", ""}};
    size_t found = 0;
    for (size_t i = 0; i < als_table_rows(table); i++)
        for (size_t k = 0; k < COUNT(expected); k++)
            found += strcmp(text(table, i, "patient"), expected[k][0]) == 0 &&
                     strcmp(text(table, i, "visit"), expected[k][1]) == 0 &&
                     strcmp(text(table, i, "review"), expected[k][2]) == 0 &&
                     strcmp(text(table, i, "terms"), expected[k][3]) == 0;
    /* D0 has an infusion but no visit row. */
    cr_assert_eq(found, COUNT(expected));
    cr_assert_eq(als_table_rows(table), COUNT(expected));
    cr_assert_eq(integer(table, 1, "max_grade"), 3);
    cr_assert_eq(integer(table, 0, "events"), 1);
    cr_assert(has_note(table, "linked to no visit and so not shown: 1"));
    cr_assert(has_note(table, "reviewed as none that have events: 1"));
    als_table_free(table);
    trial_close(&trial);
}

Test(adverse, of_one_patient_and_of_none)
{
    struct trial trial;
    fill(&trial);
    struct als_table *table = adverse(&trial, NULL, "P2");
    cr_assert_eq(integer(table, 0, "of_patients"), 1);
    cr_assert_eq(integer(table, 0, "events"), 2);
    als_table_free(table);
    table = adverse(&trial, NULL, "P4");
    cr_assert_eq(als_table_rows(table), 1u);
    cr_assert_eq(integer(table, 0, "events"), 0);
    cr_assert(isnan(number(table, 0, "per_patient_month")));
    als_table_free(table);
    trial_close(&trial);
}

Test(adverse, refuses_an_unknown_factor)
{
    struct trial trial;
    fill(&trial);
    trial_commit(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_adverse_options options = {.by = "visits"};
    struct als_table *table = NULL;
    cr_assert_eq(als_analyze_adverse(trial.store, &options, as_of, &table, &err), ALS_USAGE);
    options = (struct als_adverse_options){.patient = "P9"};
    cr_assert_eq(als_analyze_adverse(trial.store, &options, as_of, &table, &err), ALS_NO_INPUT);
    cr_assert_null(table);
    trial_close(&trial);
}

/* Domain E14: 4 events over 1386 patient-days are 0.08784271 per patient-month. */
Test(follow_up, gives_the_months_of_the_worked_example)
{
    struct als_follow_up follow = {.exposure_from = 100, .exposure_to = 1486};
    assert_close(als_exposure_days(&follow) / 30.4375, 45.535934, 1e-7);
    assert_close(4 / (als_exposure_days(&follow) / 30.4375), 0.08784271, 1e-7);
    follow.exposure_to = 99;
    cr_assert_eq(als_exposure_days(&follow), 0);
}

Test(follow_up, does_not_look_past_the_day_that_stands_for_today)
{
    struct trial trial;
    trial_open(&trial);
    int64_t patient = trial_patient(&trial, "P1", NULL);
    trial_event(&trial, patient, "infusion", "2016-01-04");
    trial_event(&trial, patient, "last_known_alive", "2016-09");
    trial_event(&trial, patient, "death", "2017-03-01");
    trial_commit(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    struct als_event_list events;
    struct als_patient who;
    struct als_patient_facts facts;
    const struct als_protocol *protocol = als_store_protocol(trial.store);
    trial_ok(als_patient_get(trial.store, "P1", arena, &who, &err), &err);
    trial_ok(als_event_load(trial.store, patient, arena, &events, &err), &err);
    trial_ok(als_facts_load(trial.store, &who, arena, &facts, &err), &err);
    struct als_follow_up late =
        als_follow_up(protocol, &facts, events.items, events.count, trial_day("2018-01-01"));
    struct als_follow_up early =
        als_follow_up(protocol, &facts, events.items, events.count, trial_day("2016-12-31"));
    cr_assert_eq(late.death.day, trial_day("2017-03-01"));
    cr_assert_eq(late.exposure_to, trial_day("2017-03-01"));
    cr_assert_eq(early.death.precision, ALS_PRECISION_NONE);
    cr_assert_eq(early.last_known, trial_day("2016-09-01"), "the first day it may be");
    cr_assert_eq(early.exposure_to, trial_day("2016-12-31"));
    cr_assert_eq(early.infusions, 1u);
    assert_close(early.cells, 15e6, 1e-15);
    als_arena_free(arena);
    trial_close(&trial);
}
