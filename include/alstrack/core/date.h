/*
 * Calendar days in the proleptic Gregorian calendar. A day is the number of days since 1970-01-01,
 * so that differences are plain subtraction. No clock, no time zone.
 *
 * Text is ISO 8601: YYYY-MM-DD, and where a field allows it YYYY-MM or YYYY. A partial date keeps
 * what was written; computations use 1 July for a year and the 15th for a month (domain convention)
 * and carry the precision along, so that results can be flagged.
 */
#ifndef ALSTRACK_CORE_DATE_H
#define ALSTRACK_CORE_DATE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/err.h"

#define ALS_NO_DAY         INT_MIN
#define ALS_DAYS_PER_MONTH 30.4375 /* 365.25 / 12, everywhere */
#define ALS_DATE_TEXT      11      /* YYYY-MM-DD and NUL */

enum als_precision {
    ALS_PRECISION_NONE,
    ALS_PRECISION_YEAR,
    ALS_PRECISION_MONTH,
    ALS_PRECISION_DAY
};

struct als_date {
    int day; /* ALS_NO_DAY when there is none */
    enum als_precision precision;
};

#define ALS_NO_DATE ((struct als_date){ALS_NO_DAY, ALS_PRECISION_NONE})

/* Years 1800 to 2200 are accepted. Returns false and leaves *out untouched if text[0..length) is
 * not such a date or names a day that does not exist. */
bool als_date_parse(const char *text, size_t length, struct als_date *out);
bool als_date_parse_full(const char *text, size_t length, int *day); /* day precision only */

/* Write the date as precisely as it is known; an empty text for none. Returns text. */
const char *als_date_format(struct als_date date, char text[ALS_DATE_TEXT]);
const char *als_day_format(int day, char text[ALS_DATE_TEXT]);

int als_day_from_civil(int year, int month, int day);
void als_day_to_civil(int day, int *year, int *month, int *day_of_month);
int als_day_add_months(int day, int months);        /* 31 January + 1 month = 28 or 29 February */
double als_years_between(int from_day, int to_day); /* days / 365.25 */
int als_completed_years(int from_day, int to_day);  /* birthdays passed */
int als_months_to_days(double months);              /* floor(30.4375 m + 0.5) */

#endif
