/* Civil calendar arithmetic on day numbers, and ISO 8601 dates with their precision. */
#include "alstrack/core/date.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FIRST_YEAR    1800
#define LAST_YEAR     2200
#define DAYS_PER_YEAR 365.25

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Years start in March, so that the leap day is the last of its year; eras are 400 years of 146097
 * days. (Neri and Schneider 2023, Software: Practice and Experience 53:937, describe the idea.) */
int als_day_from_civil(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int shifted_month = month > 2 ? month - 3 : month + 9;
    int day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void als_day_to_civil(int day, int *year, int *month, int *day_of_month)
{
    int z = day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = z - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * day_of_year + 2) / 153;
    *day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

/* n digits as a number, or -1. */
static int digits(const char *text, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool als_date_parse(const char *text, size_t length, struct als_date *out)
{
    if (length != 4 && length != 7 && length != 10)
        return false;
    int year = digits(text, 4);
    if (year < FIRST_YEAR || year > LAST_YEAR)
        return false;
    int month = 7, day = 1;
    enum als_precision precision = ALS_PRECISION_YEAR;
    if (length >= 7) {
        month = digits(text + 5, 2);
        if (text[4] != '-' || month < 1 || month > 12)
            return false;
        day = 15;
        precision = ALS_PRECISION_MONTH;
    }
    if (length == 10) {
        day = digits(text + 8, 2);
        if (text[7] != '-' || day < 1 || day > days_in_month(year, month))
            return false;
        precision = ALS_PRECISION_DAY;
    }
    *out = (struct als_date){als_day_from_civil(year, month, day), precision};
    return true;
}

bool als_date_parse_full(const char *text, size_t length, int *day)
{
    struct als_date date;
    if (length != 10 || !als_date_parse(text, length, &date))
        return false;
    *day = date.day;
    return true;
}

const char *als_date_format(struct als_date date, char text[ALS_DATE_TEXT])
{
    if (date.precision == ALS_PRECISION_NONE || date.day == ALS_NO_DAY) {
        text[0] = '\0';
        return text;
    }
    als_day_format(date.day, text);
    if (date.precision == ALS_PRECISION_YEAR)
        text[4] = '\0';
    else if (date.precision == ALS_PRECISION_MONTH)
        text[7] = '\0';
    return text;
}

static void put_digits(char *text, int value, int n)
{
    for (int i = n - 1; i >= 0; i--, value /= 10)
        text[i] = (char)('0' + value % 10);
}

const char *als_day_format(int day, char text[ALS_DATE_TEXT])
{
    if (day == ALS_NO_DAY) {
        text[0] = '\0';
        return text;
    }
    int year, month, day_of_month;
    als_day_to_civil(day, &year, &month, &day_of_month);
    if (year < 0 || year > 9999)
        als_bug("day %d is outside the calendar", day);
    memcpy(text, "0000-00-00", ALS_DATE_TEXT);
    put_digits(text, year, 4);
    put_digits(text + 5, month, 2);
    put_digits(text + 8, day_of_month, 2);
    return text;
}

int als_day_add_months(int day, int months)
{
    int year, month, day_of_month;
    als_day_to_civil(day, &year, &month, &day_of_month);
    int count = year * 12 + (month - 1) + months;
    year = count >= 0 ? count / 12 : -((11 - count) / 12);
    month = count - year * 12 + 1;
    int last = days_in_month(year, month);
    return als_day_from_civil(year, month, day_of_month < last ? day_of_month : last);
}

double als_years_between(int from_day, int to_day)
{
    return (to_day - from_day) / DAYS_PER_YEAR;
}

int als_completed_years(int from_day, int to_day)
{
    int from_year, from_month, from_dom, to_year, to_month, to_dom;
    als_day_to_civil(from_day, &from_year, &from_month, &from_dom);
    als_day_to_civil(to_day, &to_year, &to_month, &to_dom);
    bool before_birthday = to_month < from_month || (to_month == from_month && to_dom < from_dom);
    return to_year - from_year - before_birthday;
}

int als_months_to_days(double months)
{
    return (int)floor(ALS_DAYS_PER_MONTH * months + 0.5);
}
