/* Dates in the wrong order and slips of units are found, uncertain ones are not. */
#include "alstrack/schedule/oddity.h"
#include "plans.h"

/* The verdicts, "CODE: message" each, joined by " | ". */
static const char *said(const struct als_verdict_list *list)
{
    char *text = als_arena_strdup(list->arena, "");
    for (size_t i = 0; i < list->count; i++)
        text = als_arena_printf(list->arena, "%s%s%s: %s", text, i ? " | " : "",
                                list->items[i].code, list->items[i].message);
    return text;
}

static struct als_date date_of(const char *text)
{
    struct als_date date = ALS_NO_DATE;
    if (text)
        cr_assert(als_date_parse(text, strlen(text), &date), "%s", text);
    return date;
}

struct event_case {
    const char *event, *date;
    const char *other, *other_date; /* another event; NULL if there is none */
    const char *birth;
    const char *verdict; /* "" when nothing is odd */
};
static const struct event_case event_cases[] = {
    {"consent", "2020-03-01", NULL, NULL, "1960", ""},
    {"onset", "1960", NULL, NULL, "1960-05", ""},
    {"onset", "1959", NULL, NULL, "1960-05", "W-BEFORE-BIRTH: onset before the patient's birth"},
    {"infusion", "2020-05-31", "death", "2020-05", NULL, ""},
    {"infusion", "2020-06-01", "death", "2020-05", NULL,
     "W-AFTER-DEATH: infusion after the patient's death"},
    {"gastrostomy", "2020-06", "death", "2020-05-31", NULL,
     "W-AFTER-DEATH: gastrostomy after the patient's death"},
    {"last_known_alive", "2020-05-02", "death", "2020-05-01", NULL,
     "W-AFTER-DEATH: last_known_alive after the patient's death"},
    {"last_known_alive", "2020-05", "death", "2020-05-01", NULL, ""},
    {"lost_to_followup", "2020-06-01", "death", "2020-05-01", NULL, ""},
    {"death", "2020-05-01", "infusion", "2020-06-01", NULL, ""}, /* said of the infusion */
    {"diagnosis", "2019-12-31", "onset", "2020", NULL, "W-ORDER: diagnosis before onset on 2020"},
    {"diagnosis", "2020-01", "onset", "2020", NULL, ""},
    {"onset", "2020", "diagnosis", "2019", NULL, ""}, /* said of the diagnosis */
    {"tracheostomy", "2018-05", "onset", "2018-06", NULL,
     "W-ORDER: tracheostomy before onset on 2018-06"},
    {"infusion", "2020-01-01", "consent", "2020-01-02", NULL,
     "W-ORDER: infusion before consent on 2020-01-02"},
    {"ventilation", "2018-05", "onset", "2018-06", NULL,
     "W-ORDER: ventilation before onset on 2018-06"},
    {"ventilation", "2020-06", "death", "2020-05-31", NULL,
     "W-AFTER-DEATH: ventilation after the patient's death"},
    {"consent", "2020-03", NULL, NULL, NULL,
     "W-PARTIAL: visits are counted from consent, whose day is not known"},
    {"onset", "2031-01-01", NULL, NULL, NULL, ""},
    {"onset", "2031-01-02", NULL, NULL, NULL, "W-FUTURE: onset in the future"},
    {"onset", "2030", NULL, NULL, NULL, ""},
};

TABLE_TEST(oddity, judges_the_dates_of_events, event_cases)
{
    const struct event_case *one = &event_cases[*row_];
    struct als_protocol protocol = make_protocol();
    const struct als_event_fact events[] = {
        event_on(one->event, one->date),
        event_on(one->other ? one->other : "death", one->other ? one->other_date : "2040")};
    const struct als_patient_facts facts = {
        .cohort = "1", .events = events, .n_events = one->other ? 2 : 1};
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_event_judge(&protocol, &facts, date_of(one->birth), day_of("2030-12-31"), &events[0], NAN,
                    NULL, &out);
    cr_assert_str_eq(said(&out), one->verdict);
    als_arena_free(out.arena);
}

static const struct {
    double planned, cells;
    const char *unit, *verdict;
} dose_cases[] = {
    {1e8, 1e8, "cells", ""},
    {1e8, 1.6e8, NULL, ""},
    {1e8, 1e9, "cells", "W-CELLS: 1000000000 cells, planned are 100000000"},
    {1e8, 1, "cells", "W-CELLS: 1 cells, planned are 100000000"},
    {0, 1e6, "cells", ""},
    {0, 108, "cells", "W-CELLS: 108 cells; a dose outside 1e6 to 5e8 cells is unusual"},
    {0, 108, "ml", ""},
    {0, NAN, NULL, ""},
};

TABLE_TEST(oddity, judges_doses_by_the_plan_then_by_bounds, dose_cases)
{
    struct als_protocol protocol = make_protocol();
    struct als_cohort cohort = protocol.cohorts[0];
    cohort.cells_per_dose = dose_cases[*row_].planned;
    protocol.cohorts = &cohort;
    protocol.n_cohorts = 1;
    const struct als_event_fact infusion = event_on("infusion", "2020-01-01");
    const struct als_patient_facts facts = {.cohort = "1", .events = &infusion, .n_events = 1};
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_event_judge(&protocol, &facts, ALS_NO_DATE, 0, &infusion, dose_cases[*row_].cells,
                    dose_cases[*row_].unit, &out);
    cr_assert_str_eq(said(&out), dose_cases[*row_].verdict);
    als_arena_free(out.arena);
}

static const struct {
    const char *event;
    double value;
    const char *unit, *verdict;
} hour_cases[] = {
    {"niv_start", 9, "h/day", ""},
    {"pav", 23, NULL, ""},
    {"tracheostomy", NAN, NULL, ""},
    {"gastrostomy", 23, "mm", ""},
    {"niv_start", 23, "h/week", "W-HOURS: 23 h/week is no number of hours a day"},
    {"pav", 25, NULL, "W-HOURS: 25 hours is no number of hours a day"},
};

TABLE_TEST(oddity, asks_for_hours_a_day_of_ventilation, hour_cases)
{
    struct als_protocol protocol = make_protocol();
    const struct als_event_fact event = event_on(hour_cases[*row_].event, "2020-01-01");
    const struct als_patient_facts facts = {.cohort = "1", .events = &event, .n_events = 1};
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_event_judge(&protocol, &facts, ALS_NO_DATE, 0, &event, hour_cases[*row_].value,
                    hour_cases[*row_].unit, &out);
    cr_assert_str_eq(said(&out), hour_cases[*row_].verdict);
    als_arena_free(out.arena);
}

Test(oddity, finds_an_infusion_too_many)
{
    struct als_protocol protocol = make_protocol();
    const struct als_event_fact events[] = {event_on("infusion", "2020-01-01"),
                                            event_on("infusion", "2020-03-02")};
    const struct als_patient_facts facts = {.cohort = "1", .events = events, .n_events = 2};
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_event_judge(&protocol, &facts, ALS_NO_DATE, 0, &events[1], NAN, NULL, &out);
    cr_assert_str_eq(said(&out), "W-DOSES: 2 infusions, 1 planned");
    cr_assert_not_null(out.items[0].hint);
    als_arena_free(out.arena);
}

static const struct {
    double height_cm;
    const char *birth, *verdict;
    bool inches;
} patient_cases[] = {
    {178, "1960-05", "", false},
    {NAN, NULL, "", false},
    {70, NULL, "W-HEIGHT: a height of 70 cm; outside 120 to 210 cm is unusual", true},
    {211, NULL, "W-HEIGHT: a height of 211 cm; outside 120 to 210 cm is unusual", false},
    {178, "2002", "", false}, /* perhaps 18 */
    {178, "2003-01-01", "W-AGE: under 18 or over 90 years at consent is unusual", false},
    {178, "1929", "W-AGE: under 18 or over 90 years at consent is unusual", false},
};

TABLE_TEST(oddity, judges_height_and_age, patient_cases)
{
    const struct als_event_fact consent = event_on("consent", "2020-06-01");
    const struct als_patient_facts facts = {.events = &consent, .n_events = 1};
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_patient_judge(&facts, date_of(patient_cases[*row_].birth), patient_cases[*row_].height_cm,
                      0, &out);
    cr_assert_str_eq(said(&out), patient_cases[*row_].verdict);
    if (patient_cases[*row_].inches)
        cr_assert_not_null(strstr(out.items[0].hint, "inches"));
    als_arena_free(out.arena);
}

/* ---- Visits ---- */

static const char *visit_said(const struct als_visit_fact *visits, size_t n, size_t which,
                              bool assigned, struct als_verdict_list *out)
{
    struct als_protocol protocol = make_protocol();
    const struct als_event_fact events[] = {event_on("consent", "2020-01-10"),
                                            event_on("infusion", "2020-04-03")};
    const struct als_patient_facts facts = {
        .cohort = "1", .events = events, .n_events = 2, .visits = visits, .n_visits = n};
    struct als_visit_row rows[N_PLAN + 8];
    const size_t n_rows = als_schedule_build(&protocol, &facts, ALS_NO_DAY, rows);
    const struct als_day_limits limits = als_limits_of(&facts, ALS_NO_DATE, 0);
    als_visit_judge(rows, n_rows, 0, visits[which].code, visits[which].day, assigned, &limits, out);
    return said(out);
}

Test(oddity, judges_a_visit_by_consent_window_and_order)
{
    struct als_verdict_list out = {.arena = als_arena_new()};
    const struct als_visit_fact early[] = {visit_on("SCR", "2020-01-09")};
    cr_assert_str_eq(visit_said(early, 1, 0, false, &out),
                     "W-BEFORE-CONSENT: a visit before the patient's consent");
    out.count = 0;
    const struct als_visit_fact late[] = {visit_on("SCR", "2020-01-26")};
    cr_assert_str_eq(visit_said(late, 1, 0, false, &out),
                     "W-WINDOW: 2 days after the window of SCR, 2019-12-27 to 2020-01-24");
    out.count = 0;
    const struct als_visit_fact swapped[] = {visit_on("WK1", "2020-04-11"),
                                             visit_on("MN1", "2020-04-10")};
    cr_assert_not_null(strstr(visit_said(swapped, 2, 1, false, &out),
                              "W-VISIT-ORDER: MN1 before WK1, which comes earlier and was on"));
    als_arena_free(out.arena);
}

Test(oddity, says_when_a_chosen_visit_would_be_another_now)
{
    struct als_verdict_list out = {.arena = als_arena_new()};
    const struct als_visit_fact visits[] = {visit_on("UNS1", "2020-04-10")};
    cr_assert_str_eq(visit_said(visits, 1, 0, true, &out),
                     "W-ASSIGNED: the visit was chosen from the date; now it would be WK1");
    out.count = 0;
    cr_assert_str_eq(visit_said(visits, 1, 0, false, &out), "", "a person's choice stands");
    const struct als_visit_fact taken[] = {visit_on("UNS1", "2020-04-10"),
                                           visit_on("WK1", "2020-04-11")};
    cr_assert_str_eq(visit_said(taken, 2, 0, true, &out), "", "WK1 has its own");
    als_arena_free(out.arena);
}

/* ---- Adverse events and baselines ---- */

static const struct {
    const char *onset, *visit, *death;
    int grade;
    const char *verdict;
} adverse_cases[] = {
    {"2020-03-01", "2020-03-05", NULL, 2, ""},
    {"2020-03", "2020-03-01", NULL, 2, ""},
    {"2020-03-06", "2020-03-05", NULL, 2, "W-ORDER: recorded at a visit before its onset"},
    {"2019-12", NULL, NULL, 1, "W-BEFORE-CONSENT: an onset before the patient's consent"},
    {"2020-06-02", NULL, "2020-06-01", 1, "W-AFTER-DEATH: an onset after the patient's death"},
    {"2020-05-02", NULL, NULL, 5, "W-NO-DEATH: grade 5 is death, but there is no death event"},
    {"2020-05-02", NULL, "2020-06-01", 5, ""},
    {NULL, NULL, NULL, 1, ""},
};

TABLE_TEST(oddity, judges_adverse_events, adverse_cases)
{
    struct als_protocol protocol = make_protocol();
    protocol.ae_system = "ctcae-5";
    const struct als_event_fact events[] = {
        event_on("consent", "2020-01-01"),
        event_on("death", adverse_cases[*row_].death ? adverse_cases[*row_].death : "2040")};
    const struct als_patient_facts facts = {.events = events,
                                            .n_events = adverse_cases[*row_].death ? 2 : 1};
    const struct als_day_limits limits = als_limits_of(&facts, ALS_NO_DATE, 0);
    const char *visit = adverse_cases[*row_].visit;
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_adverse_judge(&protocol, &limits, NULL, date_of(adverse_cases[*row_].onset),
                      adverse_cases[*row_].grade, visit ? day_of(visit) : ALS_NO_DAY, &out);
    cr_assert_str_eq(said(&out), adverse_cases[*row_].verdict);
    als_arena_free(out.arena);
}

static const struct {
    const char *term, *verdict;
} term_cases[] = {
    {"headache", ""},
    {"head ache", ""},
    {"Headache", "W-TERM: the protocol spells this term 'headache'"},
    {" back  PAIN", "W-TERM: the protocol spells this term 'back pain'"},
    {NULL, ""},
};

TABLE_TEST(oddity, tells_how_the_protocol_spells_a_term, term_cases)
{
    static const char *const terms[] = {"back pain", "headache"};
    struct als_protocol protocol = make_protocol();
    const struct als_patient_facts facts = {.n_events = 0};
    const struct als_day_limits limits = als_limits_of(&facts, ALS_NO_DATE, 0);
    struct als_verdict_list out = {.arena = als_arena_new()};
    protocol.ae_terms = terms;
    protocol.n_ae_terms = 2;
    als_adverse_judge(&protocol, &limits, term_cases[*row_].term, ALS_NO_DATE, 1, ALS_NO_DAY, &out);
    cr_assert_str_eq(said(&out), term_cases[*row_].verdict);
    als_arena_free(out.arena);
}

static const struct {
    enum als_baseline_kind kind;
    int day;
    ptrdiff_t plan;
    bool excused, found;
} baseline_cases[] = {
    {ALS_BASELINE_LAST_BEFORE_ANCHOR, 100, D0, false, true},
    {ALS_BASELINE_LAST_BEFORE_ANCHOR, 101, MN1, false, false},
    {ALS_BASELINE_LAST_BEFORE_ANCHOR, 101, MN1, true, true}, /* not done, with a reason */
    {ALS_BASELINE_VISIT, 120, SCR, false, true},
    {ALS_BASELINE_VISIT, 50, BX, false, false},
    {ALS_BASELINE_HISTORICAL, 20, -1, false, true}, /* 30 days before screening */
    {ALS_BASELINE_HISTORICAL, 19, -1, false, false},
    {ALS_BASELINE_HISTORICAL, 51, -1, false, false},
    {ALS_BASELINE_HISTORICAL, 51, SCR, false, true},
};

TABLE_TEST(oddity, asks_for_a_baseline_once_treatment_has_begun, baseline_cases)
{
    struct als_protocol protocol = make_protocol();
    const struct als_baseline_rule rule = {
        .kind = baseline_cases[*row_].kind, .visit = SCR, .max_age_days = 30};
    struct als_verdict_list out = {.arena = als_arena_new()};
    als_baseline_judge(&protocol, &rule, 100, 50, &baseline_cases[*row_].day,
                       &baseline_cases[*row_].plan, 1, baseline_cases[*row_].excused, &out);
    als_baseline_judge(&protocol, &rule, ALS_NO_DAY, 50, NULL, NULL, 0, false, &out);
    cr_assert_eq(out.count, baseline_cases[*row_].found ? 0 : 1);
    als_arena_free(out.arena);
}
