/*
 * Hours a day, as people write their unit.
 */
#ifndef ALSTRACK_CORE_HOURS_H
#define ALSTRACK_CORE_HOURS_H

/* The value if it is from 0 to 24 and its unit says hours of a day, in whatever spelling: h, h/day,
 * h/d, hours, hours a day, hrs per day, h/24h …; a unit that is NULL or empty says so too. Else
 * NAN: another unit is never converted. */
double als_hours_a_day(double value, const char *unit);

#endif
