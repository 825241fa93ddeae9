/* Dates in the wrong order are found, uncertain ones are not. */
#include "alstrack/schedule/oddity.h"
#include "plans.h"

static size_t oddities(const struct als_event_fact *events, size_t n, size_t which,
                       const char *birth, struct als_oddity *out)
{
    struct als_protocol protocol = make_protocol();
    const struct als_patient_facts facts = {.cohort = "1", .events = events, .n_events = n};
    struct als_date born = ALS_NO_DATE;
    if (birth)
        cr_assert(als_date_parse(birth, strlen(birth), &born));
    return als_event_oddities(&protocol, &facts, born, &events[which], out);
}

static const struct {
    const char *event, *date, *death, *birth;
    const char *code, *what; /* NULL: nothing is odd */
} cases[] = {
    {"consent", "2020-03-01", NULL, "1960", NULL, NULL},
    {"onset", "1960", NULL, "1960-05", NULL, NULL},
    {"onset", "1959", NULL, "1960-05", "W-BEFORE-BIRTH", "onset before the patient's birth"},
    {"infusion", "2020-05-31", "2020-05", NULL, NULL, NULL},
    {"infusion", "2020-06-01", "2020-05", NULL, "W-AFTER-DEATH", "infusion after the patient's d"},
    {"last_known_alive", "2020-05-02", "2020-05-01", NULL, "W-AFTER-DEATH", "last_known_alive af"},
    {"last_known_alive", "2020-05", "2020-05-01", NULL, NULL, NULL},
    {"lost_to_followup", "2020-06-01", "2020-05-01", NULL, NULL, NULL},
};

TABLE_TEST(oddity, finds_events_out_of_order, cases)
{
    const struct als_event_fact events[] = {
        event_on(cases[*row_].event, cases[*row_].date),
        event_on("death", cases[*row_].death ? cases[*row_].death : "2030")};
    const size_t n = cases[*row_].death ? 2 : 1;
    struct als_oddity out[ALS_ODDITIES];
    const size_t found = oddities(events, n, 0, cases[*row_].birth, out);
    cr_assert_eq(found, cases[*row_].code ? 1 : 0);
    if (!found)
        return;
    cr_assert_str_eq(out[0].code, cases[*row_].code);
    cr_assert_not_null(strstr(out[0].what, cases[*row_].what), "%s", out[0].what);
}

Test(oddity, finds_a_death_before_what_only_the_living_do)
{
    const struct als_event_fact events[] = {event_on("consent", "2020-01-01"),
                                            event_on("infusion", "2020-03-02"),
                                            event_on("death", "2020-02")};
    struct als_oddity out[ALS_ODDITIES];
    cr_assert_eq(oddities(events, 3, 2, NULL, out), 1);
    cr_assert_str_eq(out[0].what, "death before infusion on 2020-03-02");
}

Test(oddity, finds_an_infusion_too_many)
{
    const struct als_event_fact events[] = {event_on("infusion", "2020-01-01"),
                                            event_on("infusion", "2020-03-02")};
    struct als_oddity out[ALS_ODDITIES];
    cr_assert_eq(oddities(events, 2, 1, NULL, out), 1);
    cr_assert_str_eq(out[0].code, "W-DOSES");
    cr_assert_str_eq(out[0].what, "2 infusions, 1 planned");
}

Test(oddity, judges_days_by_birth_and_death)
{
    struct als_oddity out[ALS_ODDITIES];
    cr_assert_eq(als_day_oddities("a visit", ALS_NO_DAY, ALS_NO_DAY, 0, out), 0);
    cr_assert_eq(als_day_oddities("a visit", 10, 20, 10, out), 0);
    cr_assert_eq(als_day_oddities("a visit", 10, 20, 20, out), 0);
    cr_assert_eq(als_day_oddities("a visit", 10, 20, ALS_NO_DAY, out), 0);
    cr_assert_eq(als_day_oddities("a visit", 10, 20, 9, out), 1);
    cr_assert_str_eq(out[0].what, "a visit before the patient's birth");
    cr_assert_eq(als_day_oddities("a visit", 10, 20, 21, out), 1);
    cr_assert_str_eq(out[0].code, "W-AFTER-DEATH");
}
