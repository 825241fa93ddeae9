/*
 * Hand-made protocols and patients for the schedule tests. They are built inside each test: a
 * test runs in a process of its own.
 */
#ifndef ALSTRACK_TEST_PLANS_H
#define ALSTRACK_TEST_PLANS_H

#include "als_test.h"

#include "alstrack/schedule/schedule.h"

static inline int day_of(const char *text)
{
    int day = ALS_NO_DAY;
    cr_assert(als_date_parse_full(text, strlen(text), &day), "%s", text);
    return day;
}

static inline struct als_event_fact event_on(const char *event, const char *date)
{
    struct als_event_fact fact = {event, ALS_NO_DATE};
    cr_assert(als_date_parse(date, strlen(date), &fact.date), "%s", date);
    return fact;
}

static inline struct als_visit_fact visit_on(const char *code, const char *date)
{
    return (struct als_visit_fact){code, day_of(date), false};
}

static inline void assert_day(int day, const char *expected)
{
    char text[ALS_DATE_TEXT];
    cr_assert_str_eq(als_day_format(day, text), expected);
}

#define ON_EVENT(name)                                                                             \
    {                                                                                              \
        .kind = ALS_ANCHOR_EVENT, .event = (name)                                                  \
    }
#define ON_INFUSION(n)                                                                             \
    {                                                                                              \
        .kind = ALS_ANCHOR_INFUSION, .number = (n)                                                 \
    }
#define ON_LAST_PLANNED                                                                            \
    {                                                                                              \
        .kind = ALS_ANCHOR_LAST_PLANNED                                                            \
    }
#define ON_VISIT(i)                                                                                \
    {                                                                                              \
        .kind = ALS_ANCHOR_VISIT, .visit = (i)                                                     \
    }

/* Screening, harvest, infusion, then follow-up: two cohorts, the second with two doses, whose late
 * visits hang on the last planned infusion. */
enum { SCR, BX, D0, WK1, MN1, MN3, MN6, SECOND_ONLY, N_PLAN };
static const struct als_visit_plan plan_visits[N_PLAN] = {
    [SCR] = {.code = "SCR",
             .label = "Screening",
             .anchor = ON_EVENT("consent"),
             .before_days = 14,
             .after_days = 14,
             .ae_review = true},
    [BX] = {.code = "BX",
            .label = "Biopsy",
            .anchor = ON_VISIT(SCR),
            .offset = 28,
            .before_days = 7,
            .after_days = 7,
            .n_procedures = 1},
    [D0] = {.code = "D0",
            .label = "Infusion",
            .anchor = ON_VISIT(BX),
            .offset = 56,
            .infusion = "first",
            .infusion_number = 1,
            .ae_review = true},
    [WK1] = {.code = "WK1",
             .label = "Week 1",
             .anchor = ON_INFUSION(1),
             .offset = 7,
             .before_days = 2,
             .after_days = 2,
             .mode = "phone"},
    [MN1] = {.code = "MN1",
             .label = "Month 1",
             .anchor = ON_INFUSION(1),
             .offset = 30,
             .before_days = 5,
             .after_days = 7,
             .infusion = "second",
             .infusion_number = 2,
             .ae_review = true},
    [MN3] = {.code = "MN3",
             .label = "Month 3",
             .anchor = ON_LAST_PLANNED,
             .offset = 3,
             .in_months = true,
             .before_days = 14,
             .after_days = 14},
    [MN6] = {.code = "MN6",
             .label = "Month 6",
             .anchor = ON_LAST_PLANNED,
             .offset = 6,
             .in_months = true,
             .before_days = 14,
             .after_days = 14},
    [SECOND_ONLY] = {.code = "MN7",
                     .label = "Month 7",
                     .anchor = ON_INFUSION(2),
                     .offset = 210,
                     .before_days = 7,
                     .after_days = 7,
                     .cohort = "2"},
};
static const struct als_cohort plan_cohorts[] = {
    {.code = "1", .label = "One dose", .n_doses = 1},
    {.code = "2", .label = "Two doses", .n_doses = 2, .interval_days = 30},
};

static inline struct als_protocol make_protocol(void)
{
    return (struct als_protocol){
        .code = "plan",
        .visits = plan_visits,
        .n_visits = N_PLAN,
        .cohorts = plan_cohorts,
        .n_cohorts = COUNT(plan_cohorts),
        .month_rule = ALS_MONTH_DAYS,
        .time_zero = ON_INFUSION(1),
    };
}

#endif
