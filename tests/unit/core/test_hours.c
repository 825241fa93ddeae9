/* Units of hours a day are told from others that begin alike. */
#include "als_test.h"
#include "alstrack/core/hours.h"

static const struct {
    double value;
    const char *unit;
    bool is_hours;
} units[] = {
    {23, NULL, true},
    {23, "", true},
    {23, "h", true},
    {23, "h/day", true},
    {23, "H / d", true},
    {23, "hours", true},
    {23, "hours/day", true},
    {23, "Hours a day", true},
    {23, "hrs", true},
    {23, "hr/d.", true},
    {23, "h per day", true},
    {23, "h/24h", true},
    {0, "h/day", true},
    {24, "h/day", true},
    {23, "h/week", false},
    {23, "min", false},
    {23, "hPa", false},
    {23, "h/month", false},
    {23, "hours a night", false},
    {23, "%", false},
    {23, "hours of every day and night", false},
    {24.5, "h/day", false},
    {-1, "h/day", false},
    {NAN, "h/day", false},
};

TABLE_TEST(hours, are_taken_in_hours_a_day_alone, units)
{
    double hours = als_hours_a_day(units[*row_].value, units[*row_].unit);
    if (units[*row_].is_hours)
        cr_assert_eq(hours, units[*row_].value, "%s", units[*row_].unit);
    else
        cr_assert(isnan(hours), "%s", units[*row_].unit);
}
