/* Reads units of hours a day. */
#include "alstrack/core/hours.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { MOST = 24 };

/* Small letters without blanks and points; false if it is too long to be any of ours. */
static bool fold(const char *unit, char folded[MOST])
{
    size_t n = 0;
    for (; *unit; unit++) {
        if (*unit == ' ' || *unit == '.')
            continue;
        if (n + 1 == MOST)
            return false;
        folded[n++] = (char)tolower((unsigned char)*unit);
    }
    folded[n] = '\0';
    return true;
}

static bool is_hours_a_day(const char *unit)
{
    static const char *const hours[] = {"hours", "hour", "hrs", "hr", "h"}; /* longest first */
    static const char *const days[] = {"",         "/d",   "/day",   "/24h",
                                       "/24hours", "aday", "perday", "daily"};
    char folded[MOST];
    if (!unit || !fold(unit, folded))
        return !unit;
    if (!folded[0])
        return true;
    for (size_t i = 0; i < sizeof hours / sizeof hours[0]; i++) {
        size_t n = strlen(hours[i]);
        if (strncmp(folded, hours[i], n) != 0)
            continue;
        for (size_t k = 0; k < sizeof days / sizeof days[0]; k++)
            if (strcmp(folded + n, days[k]) == 0)
                return true;
    }
    return false;
}

double als_hours_a_day(double value, const char *unit)
{
    return value >= 0 && value <= 24 && is_hours_a_day(unit) ? value : NAN;
}
