/* Targets, windows, status and deviations of visits. */
#include "plans.h"

/* ------------------------------------------------------------------ targets and windows */

static const struct {
    int months, window;
    char target[11], from[11], to[11], calendar[11];
} monthly[] = {
    {1, 7, "2015-09-30", "2015-09-23", "2015-10-07", "2015-09-30"},
    {3, 14, "2015-11-30", "2015-11-16", "2015-12-14", "2015-11-30"},
    {6, 14, "2016-03-01", "2016-02-16", "2016-03-15", "2016-02-29"},
    {9, 21, "2016-05-31", "2016-05-10", "2016-06-21", "2016-05-31"},
    {12, 30, "2016-08-30", "2016-07-31", "2016-09-29", "2016-08-31"},
    {18, 30, "2017-03-01", "2017-01-30", "2017-03-31", "2017-02-28"},
    {24, 30, "2017-08-31", "2017-08-01", "2017-09-30", "2017-08-31"},
};

TABLE_TEST(schedule, puts_monthly_visits_where_the_convention_says, monthly)
{
    struct als_visit_plan visit = {.code = "M",
                                   .anchor = ON_INFUSION(1),
                                   .in_months = true,
                                   .offset = monthly[*row_].months,
                                   .before_days = monthly[*row_].window,
                                   .after_days = monthly[*row_].window};
    struct als_protocol protocol = make_protocol();
    protocol.visits = &visit;
    protocol.n_visits = 1;
    struct als_event_fact infusion = event_on("infusion", "2015-08-31");
    struct als_patient_facts facts = {.events = &infusion, .n_events = 1};
    struct als_visit_row row;

    cr_assert_eq(als_schedule_build(&protocol, &facts, day_of("2015-09-01"), &row), 1);
    assert_day(row.target, monthly[*row_].target);
    assert_day(row.window_from, monthly[*row_].from);
    assert_day(row.window_to, monthly[*row_].to);
    cr_assert_eq(row.status, ALS_VISIT_PLANNED);

    protocol.month_rule = ALS_MONTH_CALENDAR;
    als_schedule_build(&protocol, &facts, day_of("2015-09-01"), &row);
    assert_day(row.target, monthly[*row_].calendar);
}

static const struct {
    char actual[11];
    int offset, outside;
    enum als_visit_status status;
} deviations[] = {
    {"2016-02-16", -14, 0, ALS_VISIT_DONE}, {"2016-02-15", -15, -1, ALS_VISIT_EARLY},
    {"2016-03-15", 14, 0, ALS_VISIT_DONE},  {"2016-03-16", 15, 1, ALS_VISIT_LATE},
    {"2016-03-01", 0, 0, ALS_VISIT_DONE},   {"2016-04-15", 45, 31, ALS_VISIT_LATE},
};

TABLE_TEST(schedule, counts_days_outside_the_window, deviations)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact infusion = event_on("infusion", "2015-08-31");
    struct als_visit_fact visit = visit_on("MN6", deviations[*row_].actual);
    struct als_patient_facts facts = {
        .cohort = "1", .events = &infusion, .n_events = 1, .visits = &visit, .n_visits = 1};
    struct als_visit_row rows[N_PLAN];
    als_schedule_build(&protocol, &facts, day_of("2020-01-01"), rows);
    cr_assert_eq(rows[MN6].offset_days, deviations[*row_].offset);
    cr_assert_eq(rows[MN6].outside_days, deviations[*row_].outside);
    cr_assert_eq(rows[MN6].status, deviations[*row_].status);
}

static const struct {
    char today[11];
    enum als_visit_status status;
} todays[] = {
    {"2016-02-15", ALS_VISIT_PLANNED}, {"2016-02-16", ALS_VISIT_DUE},
    {"2016-03-01", ALS_VISIT_DUE},     {"2016-03-15", ALS_VISIT_DUE},
    {"2016-03-16", ALS_VISIT_MISSED},
};

TABLE_TEST(schedule, opens_and_closes_the_window_on_its_own_days, todays)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact infusion = event_on("infusion", "2015-08-31");
    struct als_patient_facts facts = {.cohort = "1", .events = &infusion, .n_events = 1};
    struct als_visit_row rows[N_PLAN];
    als_schedule_build(&protocol, &facts, day_of(todays[*row_].today), rows);
    cr_assert_eq(rows[MN6].status, todays[*row_].status);
}

/* ------------------------------------------------------------------ anchors */

Test(schedule, chains_targets_until_visits_take_place)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact consent = event_on("consent", "2020-02-01");
    struct als_visit_fact visits[] = {visit_on("SCR", "2020-02-04"), visit_on("BX", "2020-03-10")};
    struct als_patient_facts facts = {.events = &consent, .n_events = 1};
    struct als_visit_row rows[N_PLAN];

    als_schedule_build(&protocol, &facts, day_of("2020-02-01"), rows);
    assert_day(rows[SCR].target, "2020-02-01");
    assert_day(rows[BX].target, "2020-02-29");
    assert_day(rows[D0].target, "2020-04-25");
    cr_assert_not(rows[SCR].anchor_is_target);
    cr_assert(rows[BX].anchor_is_target && rows[D0].anchor_is_target);

    facts.visits = visits;
    facts.n_visits = 1;
    als_schedule_build(&protocol, &facts, day_of("2020-02-05"), rows);
    assert_day(rows[BX].target, "2020-03-03");
    cr_assert_not(rows[BX].anchor_is_target);
    assert_day(rows[D0].target, "2020-04-28");
    cr_assert(rows[D0].anchor_is_target);

    facts.n_visits = 2;
    als_schedule_build(&protocol, &facts, day_of("2020-03-11"), rows);
    assert_day(rows[D0].target, "2020-05-05");
    cr_assert_not(rows[D0].anchor_is_target);
    cr_assert_eq(rows[MN1].status, ALS_VISIT_UNSCHEDULED, "an infusion is never guessed");
}

Test(schedule, knows_late_visits_of_two_doses_only_after_the_second)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact events[] = {event_on("infusion", "2020-06-15"),
                                      event_on("infusion", "2020-05-05")};
    struct als_patient_facts facts = {.cohort = "2", .events = events + 1, .n_events = 1};
    struct als_visit_row rows[N_PLAN];
    int today = day_of("2020-05-06");

    als_schedule_build(&protocol, &facts, today, rows);
    cr_assert_eq(rows[MN3].status, ALS_VISIT_UNSCHEDULED);
    cr_assert_eq(rows[MN3].target, ALS_NO_DAY);
    cr_assert_eq(rows[SECOND_ONLY].status, ALS_VISIT_UNSCHEDULED);
    assert_day(rows[MN1].target, "2020-06-04");

    facts.events = events;
    facts.n_events = 2;
    als_schedule_build(&protocol, &facts, today, rows);
    assert_day(rows[MN3].target, "2020-09-14");
    assert_day(rows[SECOND_ONLY].target, "2021-01-11");
    cr_assert_eq(rows[MN3].status, ALS_VISIT_PLANNED);

    facts.cohort = "1";
    als_schedule_build(&protocol, &facts, today, rows);
    assert_day(rows[MN3].target, "2020-08-04");
    cr_assert_eq(rows[SECOND_ONLY].status, ALS_VISIT_NOT_APPLICABLE);
}

Test(schedule, gives_no_target_that_needs_a_cohort_which_is_not_known)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact events[] = {event_on("infusion", "2020-05-05"),
                                      event_on("infusion", "2020-06-15")};
    struct als_patient_facts facts = {.events = events, .n_events = 2};
    struct als_visit_row rows[N_PLAN];
    int today = day_of("2020-06-20");

    als_schedule_build(&protocol, &facts, today, rows);
    assert_day(rows[WK1].target, "2020-05-12");
    assert_day(rows[MN1].target, "2020-06-04");
    cr_assert_not(rows[MN1].needs_cohort);
    cr_assert_eq(rows[MN1].actual, ALS_NO_DAY);
    for (size_t i = MN3; i <= SECOND_ONLY; i++) {
        cr_assert_eq(rows[i].status, ALS_VISIT_UNSCHEDULED, "%s", rows[i].code);
        cr_assert_eq(rows[i].target, ALS_NO_DAY);
        cr_assert(rows[i].needs_cohort, "%s", rows[i].code);
    }

    protocol.n_cohorts = 1;
    als_schedule_build(&protocol, &facts, today, rows);
    assert_day(rows[MN3].target, "2020-08-04");
    cr_assert_not(rows[MN3].needs_cohort);
    cr_assert_eq(rows[SECOND_ONLY].status, ALS_VISIT_NOT_APPLICABLE);
}

Test(schedule, schedules_without_a_cohort_what_all_cohorts_share)
{
    struct als_cohort cohorts[] = {{.code = "low", .n_doses = 2}, {.code = "high", .n_doses = 2}};
    struct als_protocol protocol = make_protocol();
    protocol.cohorts = cohorts;
    struct als_event_fact events[] = {event_on("infusion", "2020-05-05"),
                                      event_on("infusion", "2020-06-15")};
    struct als_patient_facts facts = {.events = events, .n_events = 2};
    struct als_visit_row rows[N_PLAN];
    als_schedule_build(&protocol, &facts, day_of("2020-06-20"), rows);
    assert_day(rows[MN3].target, "2020-09-14");
    assert_day(rows[MN1].actual, "2020-06-15");
}

Test(schedule, goes_on_from_the_last_dose_received_once_treatment_is_stopped)
{
    struct als_visit_plan visits[] = {
        {.code = "INJ2", .anchor = ON_INFUSION(1), .offset = 30, .infusion_number = 2},
        {.code = "F1", .anchor = ON_INFUSION(2), .offset = 30},
        {.code = "MN3", .anchor = ON_LAST_PLANNED, .offset = 91}};
    struct als_protocol protocol = make_protocol();
    protocol.visits = visits;
    protocol.n_visits = COUNT(visits);
    struct als_event_fact events[] = {event_on("infusion", "2020-05-05"),
                                      event_on("treatment_stopped", "2020-05-20")};
    struct als_patient_facts facts = {.cohort = "2", .events = events, .n_events = 2};
    struct als_visit_row rows[COUNT(visits)];
    als_schedule_build(&protocol, &facts, day_of("2020-06-20"), rows);
    cr_assert_eq(rows[0].status, ALS_VISIT_NOT_APPLICABLE);
    cr_assert_eq(rows[1].status, ALS_VISIT_NOT_APPLICABLE);
    assert_day(rows[2].target, "2020-08-04");
    cr_assert_eq(rows[2].status, ALS_VISIT_PLANNED);

    facts.events = events + 1;
    facts.n_events = 1;
    als_schedule_build(&protocol, &facts, day_of("2020-06-20"), rows);
    cr_assert_eq(rows[2].status, ALS_VISIT_NOT_APPLICABLE);
}

static const char *const stops[] = {"withdrawal", "death", "lost_to_followup", "treatment_stopped"};

TABLE_TEST(schedule, takes_the_last_infusion_received_once_treatment_stops, stops)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact events[] = {event_on("infusion", "2020-05-05"),
                                      event_on(stops[*row_], "2020-12-01")};
    struct als_patient_facts facts = {.cohort = "2", .events = events, .n_events = 2};
    struct als_anchor last = ON_LAST_PLANNED;
    assert_day(als_schedule_anchor_day(&protocol, &facts, &last), "2020-05-05");
    facts.events = events + 1;
    facts.n_events = 1;
    cr_assert_eq(als_schedule_anchor_day(&protocol, &facts, &last), ALS_NO_DAY);
}

Test(schedule, counts_infusions_by_date_not_by_order)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact events[] = {event_on("infusion", "2020-07-01"), event_on("onset", "2018"),
                                      event_on("infusion", "2020-05-01"),
                                      event_on("infusion", "2020-06-01")};
    struct als_patient_facts facts = {.events = events, .n_events = COUNT(events)};
    const char *const expected[] = {"2020-05-01", "2020-06-01", "2020-07-01"};
    for (size_t n = 1; n <= 3; n++) {
        struct als_anchor anchor = ON_INFUSION(n);
        assert_day(als_schedule_anchor_day(&protocol, &facts, &anchor), expected[n - 1]);
    }
    struct als_anchor fourth = ON_INFUSION(4);
    cr_assert_eq(als_schedule_anchor_day(&protocol, &facts, &fourth), ALS_NO_DAY);
}

Test(schedule, takes_the_first_of_repeated_events)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact events[] = {event_on("consent", "2020-03-01"),
                                      event_on("consent", "2020-02-01")};
    struct als_patient_facts facts = {.events = events, .n_events = 2};
    struct als_anchor consent = ON_EVENT("consent");
    assert_day(als_schedule_anchor_day(&protocol, &facts, &consent), "2020-02-01");
}

static const struct {
    char onset[11], day[11];
    double months;
    bool partial;
} onsets[] = {
    {"2019-03-02", "2019-03-02", 18.661190965092402, false},
    {"2019-03", "2019-03-15", 18.234086242299796, true},
    {"2019", "2019-07-01", 14.685831622176591, true},
};

TABLE_TEST(schedule, carries_partial_dates_along, onsets)
{
    struct als_visit_plan visits[] = {{.code = "A", .anchor = ON_EVENT("onset"), .offset = 10},
                                      {.code = "B", .anchor = ON_VISIT(0), .offset = 10}};
    struct als_protocol protocol = make_protocol();
    protocol.visits = visits;
    protocol.n_visits = 2;
    struct als_event_fact onset = event_on("onset", onsets[*row_].onset);
    struct als_patient_facts facts = {.events = &onset, .n_events = 1};
    struct als_visit_row rows[2];
    als_schedule_build(&protocol, &facts, day_of("2019-01-01"), rows);
    assert_day(rows[0].target - 10, onsets[*row_].day);
    cr_assert_eq(rows[0].anchor_is_partial, onsets[*row_].partial);
    cr_assert_eq(rows[1].anchor_is_partial, onsets[*row_].partial);
    double months = (day_of("2020-09-20") - (rows[0].target - 10)) / ALS_DAYS_PER_MONTH;
    assert_close(months, onsets[*row_].months, 1e-14);
}

Test(schedule, crosses_leap_days)
{
    struct als_visit_plan visit = {
        .code = "Y1", .anchor = ON_INFUSION(1), .offset = 12, .in_months = true};
    struct als_protocol protocol = make_protocol();
    protocol.visits = &visit;
    protocol.n_visits = 1;
    protocol.month_rule = ALS_MONTH_CALENDAR;
    struct als_event_fact infusion = event_on("infusion", "2020-02-29");
    struct als_patient_facts facts = {.events = &infusion, .n_events = 1};
    struct als_visit_row row;
    als_schedule_build(&protocol, &facts, 0, &row);
    assert_day(row.target, "2021-02-28");
    visit.offset = 48;
    als_schedule_build(&protocol, &facts, 0, &row);
    assert_day(row.target, "2024-02-29");
    visit.in_months = false;
    visit.offset = -60;
    als_schedule_build(&protocol, &facts, 0, &row);
    assert_day(row.target, "2019-12-31");
}

Test(schedule, survives_a_cycle_of_visits)
{
    struct als_visit_plan visits[] = {{.code = "A", .anchor = ON_VISIT(1)},
                                      {.code = "B", .anchor = ON_VISIT(0)}};
    struct als_protocol protocol = make_protocol();
    protocol.visits = visits;
    protocol.n_visits = 2;
    struct als_patient_facts facts = {0};
    struct als_visit_row rows[2];
    als_schedule_build(&protocol, &facts, 0, rows);
    cr_assert_eq(rows[0].status, ALS_VISIT_UNSCHEDULED);
}

/* ------------------------------------------------------------------ status */

Test(schedule, stops_at_death_and_withdrawal)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact events[] = {event_on("infusion", "2020-05-05"),
                                      event_on("death", "2020-10-21")};
    struct als_patient_facts facts = {.events = events, .n_events = 2};
    struct als_visit_row rows[N_PLAN];
    als_schedule_build(&protocol, &facts, day_of("2021-06-01"), rows);
    assert_day(rows[MN3].window_from, "2020-07-21");
    cr_assert_eq(rows[MN3].status, ALS_VISIT_MISSED);
    assert_day(rows[MN6].window_from, "2020-10-21");
    cr_assert_eq(rows[MN6].status, ALS_VISIT_MISSED, "its window opened on the day of death");
    cr_assert_eq(rows[SCR].status, ALS_VISIT_NOT_APPLICABLE, "its anchor can no longer come");

    events[1] = event_on("withdrawal", "2020-10-20");
    als_schedule_build(&protocol, &facts, day_of("2021-06-01"), rows);
    cr_assert_eq(rows[MN6].status, ALS_VISIT_NOT_APPLICABLE);

    events[1] = event_on("lost_to_followup", "2020-10-20");
    als_schedule_build(&protocol, &facts, day_of("2021-06-01"), rows);
    cr_assert_eq(rows[MN6].status, ALS_VISIT_MISSED);
}

Test(schedule, ends_participation_with_the_earlier_event)
{
    struct als_event_fact events[] = {event_on("death", "2021-01-01"),
                                      event_on("withdrawal", "2020-10-20")};
    struct als_patient_facts facts = {.events = events, .n_events = 2};
    assert_day(als_schedule_end_of_participation(&facts), "2020-10-20");
    facts.n_events = 1;
    assert_day(als_schedule_end_of_participation(&facts), "2021-01-01");
    facts.n_events = 0;
    cr_assert_eq(als_schedule_end_of_participation(&facts), ALS_NO_DAY);
}

Test(schedule, reports_what_took_place_whatever_the_plan_says)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact events[] = {event_on("infusion", "2020-05-05"),
                                      event_on("death", "2020-06-01")};
    struct als_visit_fact visits[] = {visit_on("MN6", "2020-11-04"), visit_on("MN7", "2020-12-01"),
                                      visit_on("SCR", "2020-01-01")};
    struct als_patient_facts facts = {
        .cohort = "1", .events = events, .n_events = 2, .visits = visits, .n_visits = 3};
    struct als_visit_row rows[N_PLAN];
    als_schedule_build(&protocol, &facts, day_of("2021-06-01"), rows);
    cr_assert_eq(rows[MN6].status, ALS_VISIT_DONE);
    cr_assert_eq(rows[SECOND_ONLY].status, ALS_VISIT_DONE);
    cr_assert_eq(rows[SCR].status, ALS_VISIT_DONE, "without a target nothing is early or late");
    cr_assert_eq(rows[SCR].target, ALS_NO_DAY);
}

Test(schedule, keeps_a_visit_that_was_recorded_as_not_done)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact infusion = event_on("infusion", "2020-05-05");
    struct als_visit_fact visits[] = {{"MN3", ALS_NO_DAY, true}, {"MN6", 20000, true}};
    struct als_patient_facts facts = {
        .events = &infusion, .n_events = 1, .visits = visits, .n_visits = 2};
    struct als_visit_row rows[N_PLAN];
    als_schedule_build(&protocol, &facts, day_of("2020-05-06"), rows);
    cr_assert_eq(rows[MN3].status, ALS_VISIT_MISSED);
    cr_assert_eq(rows[MN6].status, ALS_VISIT_MISSED);
    cr_assert_eq(rows[MN6].actual, ALS_NO_DAY);
}

Test(schedule, takes_the_infusion_as_proof_of_its_visit)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact events[] = {event_on("consent", "2020-02-01"),
                                      event_on("infusion", "2020-05-05"),
                                      event_on("infusion", "2020-06-10")};
    struct als_visit_fact visits[] = {{"D0", 0, false}};
    struct als_patient_facts facts = {.cohort = "2", .events = events, .n_events = 3};
    struct als_visit_row rows[N_PLAN];

    als_schedule_build(&protocol, &facts, day_of("2020-05-06"), rows);
    assert_day(rows[D0].actual, "2020-05-05");
    cr_assert_eq(rows[D0].outside_days, 10);
    cr_assert_eq(rows[D0].status, ALS_VISIT_LATE);
    assert_day(rows[MN1].actual, "2020-06-10");
    cr_assert_eq(rows[MN1].status, ALS_VISIT_DONE);

    facts.cohort = "1";
    als_schedule_build(&protocol, &facts, day_of("2020-05-06"), rows);
    cr_assert_eq(rows[MN1].actual, ALS_NO_DAY, "one dose: month 1 is no infusion visit");
    cr_assert_eq(rows[MN1].status, ALS_VISIT_PLANNED);

    visits[0].day = day_of("2020-05-04");
    facts.visits = visits;
    facts.n_visits = 1;
    als_schedule_build(&protocol, &facts, day_of("2020-05-06"), rows);
    assert_day(rows[D0].actual, "2020-05-04");
    visits[0].not_done = true;
    als_schedule_build(&protocol, &facts, day_of("2020-05-06"), rows);
    cr_assert_eq(rows[D0].actual, ALS_NO_DAY);
    cr_assert_eq(rows[D0].status, ALS_VISIT_MISSED);
}

Test(schedule, drops_a_visit_that_only_gives_a_dose_the_cohort_has_not)
{
    struct als_visit_plan visits[] = {
        {.code = "INJ2", .anchor = ON_INFUSION(1), .offset = 30, .infusion_number = 2},
        {.code = "MN1",
         .anchor = ON_INFUSION(1),
         .offset = 30,
         .infusion_number = 2,
         .n_procedures = 1},
        {.code = "F1", .anchor = ON_INFUSION(2), .offset = 30}};
    struct als_protocol protocol = make_protocol();
    protocol.visits = visits;
    protocol.n_visits = 3;
    struct als_event_fact infusion = event_on("infusion", "2020-05-05");
    struct als_patient_facts facts = {.cohort = "1", .events = &infusion, .n_events = 1};
    struct als_visit_row rows[3];
    als_schedule_build(&protocol, &facts, day_of("2020-05-06"), rows);
    cr_assert_eq(rows[0].status, ALS_VISIT_NOT_APPLICABLE);
    cr_assert_eq(rows[1].status, ALS_VISIT_PLANNED);
    cr_assert_eq(rows[2].status, ALS_VISIT_NOT_APPLICABLE);
    facts.cohort = "2";
    als_schedule_build(&protocol, &facts, day_of("2020-05-06"), rows);
    cr_assert_eq(rows[0].status, ALS_VISIT_PLANNED);
    cr_assert_eq(rows[2].status, ALS_VISIT_UNSCHEDULED);
}

Test(schedule, does_not_guess_the_doses_of_an_unknown_cohort)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact infusion = event_on("infusion", "2020-05-05");
    struct als_patient_facts facts = {.cohort = "9", .events = &infusion, .n_events = 1};
    struct als_visit_row rows[N_PLAN];
    als_schedule_build(&protocol, &facts, day_of("2020-05-06"), rows);
    cr_assert_eq(rows[MN3].status, ALS_VISIT_UNSCHEDULED);
    cr_assert_eq(rows[SECOND_ONLY].status, ALS_VISIT_NOT_APPLICABLE);
}

Test(schedule, says_when_infusions_do_not_keep_to_the_plan)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact events[] = {event_on("infusion", "2020-05-05"),
                                      event_on("infusion", "2020-05-20"),
                                      event_on("infusion", "2020-06-20")};
    struct als_patient_facts facts = {.cohort = "2", .events = events, .n_events = 2};
    struct als_dose_plan plan;
    const int day = day_of("2020-05-20");
    cr_assert_eq(als_schedule_check_dose(&protocol, &facts, day, &plan), ALS_DOSES_FINE);
    cr_assert_eq(plan.received, 2);
    cr_assert_eq(plan.planned, 2);
    cr_assert_eq(plan.interval_days, 30);
    events[0] = event_on("infusion", "2020-05-06");
    cr_assert_eq(als_schedule_check_dose(&protocol, &facts, day, &plan), ALS_DOSES_TOO_CLOSE);
    facts.n_events = 3;
    cr_assert_eq(als_schedule_check_dose(&protocol, &facts, day, &plan), ALS_DOSES_TOO_MANY);
    facts.n_events = 1;
    facts.cohort = "1";
    cr_assert_eq(als_schedule_check_dose(&protocol, &facts, day_of("2020-05-06"), &plan),
                 ALS_DOSES_FINE);
    facts.n_events = 2;
    cr_assert_eq(als_schedule_check_dose(&protocol, &facts, day, &plan), ALS_DOSES_TOO_MANY);
    facts.cohort = NULL;
    cr_assert_eq(als_schedule_check_dose(&protocol, &facts, day_of("2020-06-20"), &plan),
                 ALS_DOSES_FINE);
}

Test(schedule, lists_extra_visits_by_date_after_the_plan)
{
    struct als_protocol protocol = make_protocol();
    struct als_visit_fact visits[] = {visit_on("UNS2", "2020-08-01"),
                                      {"ET", ALS_NO_DAY, true},
                                      visit_on("UNS1", "2020-07-01"),
                                      visit_on("SCR", "2020-01-01")};
    struct als_patient_facts facts = {.visits = visits, .n_visits = COUNT(visits)};
    struct als_visit_row rows[N_PLAN + COUNT(visits)];
    cr_assert_eq(als_schedule_build(&protocol, &facts, 0, rows), N_PLAN + 3);
    const char *const order[] = {"UNS1", "UNS2", "ET"};
    for (size_t i = 0; i < 3; i++) {
        const struct als_visit_row *row = &rows[N_PLAN + i];
        cr_assert_str_eq(row->code, order[i]);
        cr_assert_eq(row->status, ALS_VISIT_EXTRA);
        cr_assert_null(row->plan);
        cr_assert_eq(row->target, ALS_NO_DAY);
    }
    cr_assert_eq(rows[N_PLAN + 2].actual, ALS_NO_DAY);
}

Test(schedule, names_every_status)
{
    for (int status = ALS_VISIT_UNSCHEDULED; status <= ALS_VISIT_EXTRA; status++)
        cr_assert_gt(strlen(als_visit_status_name((enum als_visit_status)status)), 0);
}

Test(schedule, proposes_a_day_only_where_it_is_known_or_due)
{
    const int today = day_of("2020-06-01");
    const struct als_visit_row done = {.status = ALS_VISIT_LATE, .actual = today - 40},
                               due = {.status = ALS_VISIT_DUE, .actual = ALS_NO_DAY},
                               missed = {.status = ALS_VISIT_MISSED, .actual = ALS_NO_DAY},
                               planned = {.status = ALS_VISIT_PLANNED, .actual = ALS_NO_DAY},
                               extra = {.status = ALS_VISIT_EXTRA, .actual = ALS_NO_DAY};
    cr_expect_eq(als_schedule_propose_day(&done, today), today - 40);
    cr_expect_eq(als_schedule_propose_day(&due, today), today);
    cr_expect_eq(als_schedule_propose_day(&missed, today), ALS_NO_DAY);
    cr_expect_eq(als_schedule_propose_day(&planned, today), ALS_NO_DAY);
    cr_expect_eq(als_schedule_propose_day(&extra, today), ALS_NO_DAY);
}

/* Moving every date by a constant moves every day of the schedule by it and nothing else. */
Test(schedule, moves_with_its_dates)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact events[] = {event_on("consent", "2020-02-01"),
                                      event_on("infusion", "2020-05-05"),
                                      event_on("death", "2020-10-01")};
    struct als_visit_fact visits[] = {visit_on("BX", "2020-03-10"), visit_on("MN3", "2020-08-30")};
    struct als_patient_facts facts = {
        .events = events, .n_events = 3, .visits = visits, .n_visits = 2};
    struct als_visit_row before[N_PLAN], after[N_PLAN];
    als_schedule_build(&protocol, &facts, day_of("2020-06-01"), before);
    for (size_t i = 0; i < 3; i++)
        events[i].date.day += 1000;
    for (size_t i = 0; i < 2; i++)
        visits[i].day += 1000;
    als_schedule_build(&protocol, &facts, day_of("2020-06-01") + 1000, after);
    for (size_t i = 0; i < N_PLAN; i++) {
        cr_assert_eq(after[i].status, before[i].status);
        cr_assert_eq(after[i].outside_days, before[i].outside_days);
        if (before[i].target != ALS_NO_DAY)
            cr_assert_eq(after[i].target, before[i].target + 1000);
    }
}

/* ------------------------------------------------------------------ time zero */

Test(schedule, finds_time_zero)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact infusion = event_on("infusion", "2020-05-05");
    struct als_visit_fact visit = visit_on("D0", "2020-05-04");
    struct als_patient_facts facts = {
        .events = &infusion, .n_events = 1, .visits = &visit, .n_visits = 1};
    assert_day(als_schedule_time_zero(&protocol, &facts), "2020-05-05");
    facts.n_events = 0;
    assert_day(als_schedule_time_zero(&protocol, &facts), "2020-05-04");
    facts.n_visits = 0;
    cr_assert_eq(als_schedule_time_zero(&protocol, &facts), ALS_NO_DAY);
}

/* ------------------------------------------------------------------ matching a date */

static const struct {
    char date[11];
    int visit;
} matches[] = {
    {"2020-07-20", -1},  {"2020-07-21", MN3}, {"2020-08-18", MN3}, {"2020-08-19", -1},
    {"2020-05-12", WK1}, {"2020-05-30", MN1}, {"2020-05-05", D0},
};

TABLE_TEST(schedule, matches_a_date_to_the_window_that_holds_it, matches)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact infusion = event_on("infusion", "2020-05-05");
    struct als_patient_facts facts = {.cohort = "1", .events = &infusion, .n_events = 1};
    struct als_visit_row rows[N_PLAN];
    size_t n = als_schedule_build(&protocol, &facts, 0, rows);
    cr_assert_eq(als_schedule_match(rows, n, NULL, day_of(matches[*row_].date)),
                 matches[*row_].visit);
}

Test(schedule, matches_the_closest_free_visit)
{
    struct als_visit_plan visits[] = {
        {.code = "A", .anchor = ON_INFUSION(1), .offset = 10, .before_days = 9, .after_days = 9},
        {.code = "B", .anchor = ON_INFUSION(1), .offset = 20, .before_days = 9, .after_days = 9}};
    struct als_protocol protocol = make_protocol();
    protocol.visits = visits;
    protocol.n_visits = 2;
    struct als_event_fact infusion = event_on("infusion", "2020-05-01");
    struct als_visit_fact visit = visit_on("B", "2020-06-30");
    struct als_patient_facts facts = {.events = &infusion, .n_events = 1};
    struct als_visit_row rows[2];
    als_schedule_build(&protocol, &facts, 0, rows);
    bool taken[2] = {false, false};
    cr_assert_eq(als_schedule_match(rows, 2, taken, day_of("2020-05-17")), 1);
    cr_assert_eq(als_schedule_match(rows, 2, taken, day_of("2020-05-16")), 0,
                 "the earlier on a tie");
    taken[0] = true;
    cr_assert_eq(als_schedule_match(rows, 2, taken, day_of("2020-05-16")), 1);
    taken[1] = true;
    cr_assert_eq(als_schedule_match(rows, 2, taken, day_of("2020-05-16")), -1);

    facts.visits = &visit;
    facts.n_visits = 1;
    als_schedule_build(&protocol, &facts, 0, rows);
    cr_assert_eq(als_schedule_match(rows, 2, NULL, day_of("2020-06-30")), 1,
                 "a visit that took place that day, though outside its window");
}

Test(schedule, matches_nothing_after_death)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact events[] = {event_on("infusion", "2020-05-05"),
                                      event_on("death", "2020-06-05")};
    struct als_patient_facts facts = {.events = events, .n_events = 2};
    struct als_visit_row rows[N_PLAN];
    size_t n = als_schedule_build(&protocol, &facts, 0, rows);
    cr_assert_eq(als_schedule_match(rows, n, NULL, day_of("2020-08-04")), -1);
}
