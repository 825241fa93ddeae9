/* Dates: the calendar, partial dates, months and years. */
#include "als_test.h"
#include "alstrack/core/date.h"

TestSuite(date, .timeout = 30);

static int day(const char *text)
{
    struct als_date date;
    cr_assert(als_date_parse(text, strlen(text), &date), "%s is a date", text);
    return date.day;
}

Test(date, counts_from_1970)
{
    cr_assert_eq(day("1970-01-01"), 0);
    cr_assert_eq(day("1969-12-31"), -1);
    cr_assert_eq(day("2000-03-01"), 11017);
}

Test(date, every_day_of_four_centuries_survives_the_round_trip)
{
    int expected = als_day_from_civil(1800, 1, 1), last = als_day_from_civil(2200, 12, 31);
    for (int d = expected; d <= last; d++) {
        char text[ALS_DATE_TEXT];
        int back;
        cr_assert(als_date_parse_full(als_day_format(d, text), 10, &back), "%s", text);
        cr_assert_eq(back, d, "%s", text);
    }
}

static const struct {
    char text[16];
} refused[] = {{"2019-02-29"},  {"1900-02-29"},  {"2019-13-01"}, {"2019-00-10"}, {"2019-01-00"},
               {"2019-04-31"},  {"19-01-01"},    {"2019/01/01"}, {"2019-1-1"},   {"01.02.2019"},
               {"2019-01-01 "}, {" 2019-01-01"}, {""},           {"2019-"},      {"2019-01-"},
               {"1799-12-31"},  {"2201-01-01"},  {"20190101"},   {"+019-01-01"}, {"2019-0a-01"}};

TABLE_TEST(date, refuses_what_is_not_a_day, refused)
{
    struct als_date date = {42, ALS_PRECISION_DAY};
    cr_assert_not(als_date_parse(refused[*row_].text, strlen(refused[*row_].text), &date), "%s",
                  refused[*row_].text);
    cr_assert_eq(date.day, 42, "untouched on failure");
}

Test(date, partial_dates_stand_for_the_middle_and_keep_their_precision)
{
    struct als_date date;
    char text[ALS_DATE_TEXT];
    cr_assert(als_date_parse("2019-03", 7, &date));
    cr_assert_eq(date.day, day("2019-03-15"));
    cr_assert_eq(date.precision, ALS_PRECISION_MONTH);
    cr_assert_str_eq(als_date_format(date, text), "2019-03");
    cr_assert(als_date_parse("2019", 4, &date));
    cr_assert_eq(date.day, day("2019-07-01"));
    cr_assert_str_eq(als_date_format(date, text), "2019");
    cr_assert_str_eq(als_date_format(ALS_NO_DATE, text), "");
}

/* Worked example E2: months since onset with precise and partial dates. */
Test(date, months_are_30_4375_days)
{
    assert_close(568 / ALS_DAYS_PER_MONTH, 18.661191, 1e-7);
    assert_close((day("2020-09-20") - day("2019-03-02")) / ALS_DAYS_PER_MONTH, 18.661191, 1e-7);
    assert_close((day("2020-09-20") - day("2019-03")) / ALS_DAYS_PER_MONTH, 18.234086, 1e-7);
    assert_close((day("2020-09-20") - day("2019")) / ALS_DAYS_PER_MONTH, 14.685832, 1e-7);
}

Test(date, month_targets_round_half_up)
{
    const int months[] = {1, 3, 6, 9, 12, 18, 24}, days[] = {30, 91, 183, 274, 365, 548, 731};
    for (size_t i = 0; i < COUNT(months); i++)
        cr_expect_eq(als_months_to_days(months[i]), days[i], "month %d", months[i]);
}

Test(date, adding_months_keeps_to_the_end_of_the_month)
{
    cr_expect_eq(als_day_add_months(day("2015-08-31"), 6), day("2016-02-29"));
    cr_expect_eq(als_day_add_months(day("2015-01-31"), 1), day("2015-02-28"));
    cr_expect_eq(als_day_add_months(day("2015-12-31"), 2), day("2016-02-29"));
    cr_expect_eq(als_day_add_months(day("2016-03-31"), -1), day("2016-02-29"));
    cr_expect_eq(als_day_add_months(day("2016-01-15"), -13), day("2014-12-15"));
}

Test(date, completed_years_change_on_the_birthday)
{
    cr_expect_eq(als_completed_years(day("1950-06-15"), day("2015-06-14")), 64);
    cr_expect_eq(als_completed_years(day("1950-06-15"), day("2015-06-15")), 65);
    cr_expect_eq(als_completed_years(day("1952-02-29"), day("2015-02-28")), 62);
    cr_expect_eq(als_completed_years(day("1952-02-29"), day("2015-03-01")), 63);
}
