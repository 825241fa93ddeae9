/* Permanent ventilation from the hours of events. */
#include "als_test.h"

#include "ventilation.h"

enum { MOST = 4 };
#define NEVER NULL

static struct als_event niv(const char *date, double hours)
{
    return (struct als_event){.event = "niv_start", .date = date, .value = hours, .unit = "h/day"};
}

static const struct {
    const char *what;
    struct als_event events[MOST];
    const char *death, *last_known, *date;
    bool unchecked, fewer_hours, too_short;
} spells[] = {
    {"few hours",
     {{.event = "niv_start", .date = "2020-01-01", .value = 9}},
     NEVER,
     "2021-01-01",
     "",
     false,
     false,
     false},
    {"exactly the limit",
     {{.event = "niv_start", .date = "2020-01-01", .value = 22}},
     NEVER,
     "2021-01-01",
     "",
     false,
     false,
     false},
    {"above it on the eighth day",
     {{.event = "niv_start", .date = "2020-01-01", .value = 23}},
     NEVER,
     "2020-01-08",
     "2020-01-01",
     false,
     false,
     false},
    {"above it on the seventh",
     {{.event = "niv_start", .date = "2020-01-01", .value = 23}},
     NEVER,
     "2020-01-07",
     "",
     false,
     false,
     true},
    {"dead on the eighth",
     {{.event = "niv_start", .date = "2020-01-01", .value = 23}},
     "2020-01-08",
     "2020-01-05",
     "2020-01-01",
     false,
     false,
     false},
    {"dead on the seventh",
     {{.event = "niv_start", .date = "2020-01-01", .value = 23}},
     "2020-01-07",
     "2020-01-05",
     "",
     false,
     false,
     true},
    {"recovered after seven days",
     {{.event = "niv_start", .date = "2020-01-01", .value = 23},
      {.event = "niv_start", .date = "2020-01-08", .value = 10}},
     NEVER,
     "2021-01-01",
     "",
     false,
     false,
     true},
    {"recovered after eight",
     {{.event = "niv_start", .date = "2020-01-01", .value = 23},
      {.event = "niv_start", .date = "2020-01-09", .value = 10}},
     NEVER,
     "2021-01-01",
     "2020-01-01",
     false,
     false,
     false},
    {"more hours step by step",
     {{.event = "niv_start", .date = "2020-01-01", .value = 8},
      {.event = "niv_start", .date = "2020-03-01", .value = 22.5},
      {.event = "tracheostomy", .date = "2020-03-04", .value = 24}},
     NEVER,
     "2020-03-08",
     "2020-03-01",
     false,
     false,
     false},
    {"a second spell that lasts",
     {{.event = "niv_start", .date = "2020-01-01", .value = 23},
      {.event = "niv_start", .date = "2020-01-03", .value = 10},
      {.event = "niv_start", .date = "2020-05-01", .value = 23}},
     NEVER,
     "2020-06-01",
     "2020-05-01",
     false,
     false,
     true},
    {"recorded as permanent on the last day",
     {{.event = "pav", .date = "2020-01-01", .value = 23}},
     NEVER,
     "2020-01-01",
     "2020-01-01",
     false,
     false,
     false},
    {"recorded without hours",
     {{.event = "pav", .date = "2020-01-01", .value = NAN}},
     NEVER,
     "2020-01-01",
     "2020-01-01",
     true,
     false,
     false},
    {"recorded with fewer hours",
     {{.event = "pav", .date = "2020-01-01", .value = 20}},
     NEVER,
     "2021-01-01",
     "",
     false,
     true,
     false},
    {"a tracheostomy that says nothing of hours",
     {{.event = "tracheostomy", .date = "2020-01-01", .value = NAN}},
     NEVER,
     "2021-01-01",
     "",
     false,
     false,
     false},
    {"a course that stays above for eight days",
     {{.event = "ventilation", .date = "2020-01-01", .value = 8, .unit = "h/day"},
      {.event = "ventilation", .date = "2020-02-01", .value = 20, .unit = "h/day"},
      {.event = "ventilation", .date = "2020-03-01", .value = 23, .unit = "h/day"},
      {.event = "ventilation", .date = "2020-03-09", .value = 8, .unit = "h/day"}},
     NEVER,
     "2021-01-01",
     "2020-03-01",
     false,
     false,
     false},
    {"a course that stays above for seven",
     {{.event = "niv_start", .date = "2020-01-01", .value = 8, .unit = "h/day"},
      {.event = "ventilation", .date = "2020-02-01", .value = 20, .unit = "h/day"},
      {.event = "ventilation", .date = "2020-03-01", .value = 23, .unit = "h/day"},
      {.event = "ventilation", .date = "2020-03-08", .value = 0, .unit = "h/day"}},
     NEVER,
     "2021-01-01",
     "",
     false,
     false,
     true},
};

static int day_of(const char *date)
{
    int day = ALS_NO_DAY;
    if (date)
        cr_assert(als_date_parse_full(date, strlen(date), &day));
    return day;
}

/* What begins with an h is not hours a day, and a day has 24. */
static const struct {
    const char *event;
    double value;
    const char *unit;
    bool permanent; /* an event pav stands without hours too */
} numbers[] = {
    {"niv_start", 23, "h/week", false}, {"niv_start", 23, "min", false},
    {"niv_start", 40, "%", false},      {"niv_start", 40, "h/day", false},
    {"tracheostomy", 23, "hPa", false}, {"ventilation", 23, "h/week", false},
    {"pav", 23, "h/week", true},
};

TABLE_TEST(ventilation, takes_no_number_for_hours_a_day_that_is_none, numbers)
{
    const struct als_pav_rule rule = als_pav_asked(0, 0);
    const struct als_event event = {.event = numbers[*row_].event,
                                    .date = "2020-01-01",
                                    .value = numbers[*row_].value,
                                    .unit = numbers[*row_].unit};
    struct als_pav pav = als_pav_of(&event, 1, &rule, ALS_NO_DAY, day_of("2021-01-01"));
    cr_assert(pav.no_hours);
    cr_assert_eq(pav.date.day != ALS_NO_DAY, numbers[*row_].permanent);
    cr_assert_eq(pav.unchecked, numbers[*row_].permanent);
}

TABLE_TEST(ventilation, is_permanent_when_it_lasts, spells)
{
    const struct als_pav_rule rule = als_pav_asked(0, 0);
    size_t n = 0;
    while (n < MOST && spells[*row_].events[n].event)
        n++;
    struct als_pav pav = als_pav_of(spells[*row_].events, n, &rule, day_of(spells[*row_].death),
                                    day_of(spells[*row_].last_known));
    char date[ALS_DATE_TEXT];
    cr_assert_str_eq(als_date_format(pav.date, date), spells[*row_].date, "%s", spells[*row_].what);
    cr_assert_eq(pav.unchecked, spells[*row_].unchecked, "%s", spells[*row_].what);
    cr_assert_eq(pav.fewer_hours, spells[*row_].fewer_hours, "%s", spells[*row_].what);
    cr_assert_not(pav.no_hours, "%s", spells[*row_].what);
    cr_assert_eq(pav.too_short, spells[*row_].too_short, "%s", spells[*row_].what);
}

Test(ventilation, takes_hours_and_days_as_asked)
{
    const struct als_event events[] = {niv("2020-01-01", 23)};
    const struct als_pav_rule hours = als_pav_asked(23, 0), days = als_pav_asked(0, 30);
    int last_known = day_of("2020-01-20");
    cr_assert_eq(als_pav_of(events, 1, &hours, ALS_NO_DAY, last_known).date.day, ALS_NO_DAY);
    cr_assert_eq(als_pav_of(events, 1, &days, ALS_NO_DAY, last_known).date.day, ALS_NO_DAY);
    cr_assert_eq(als_pav_of(events, 1, &days, ALS_NO_DAY, last_known + 11).date.day,
                 day_of("2020-01-01"));
}

Test(ventilation, without_a_date_is_told_apart_from_none)
{
    const struct als_pav_rule rule = als_pav_asked(0, 0);
    const struct als_event undated = {.event = "pav", .value = 24};
    struct als_pav pav = als_pav_of(&undated, 1, &rule, ALS_NO_DAY, day_of("2020-01-01"));
    cr_assert(pav.undated);
    cr_assert_eq(pav.date.day, ALS_NO_DAY);
    cr_assert_not(als_pav_of(NULL, 0, &rule, ALS_NO_DAY, ALS_NO_DAY).undated);
}
