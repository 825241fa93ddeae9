/* Finds dates that are in the wrong order, and infusions that do not keep to the plan. */
#include "alstrack/schedule/oddity.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int als_date_first_day(struct als_date date)
{
    int year, month, day;
    if (date.day == ALS_NO_DAY)
        return ALS_NO_DAY;
    als_day_to_civil(date.day, &year, &month, &day);
    if (date.precision == ALS_PRECISION_YEAR)
        return als_day_from_civil(year, 1, 1);
    return date.precision == ALS_PRECISION_MONTH ? als_day_from_civil(year, month, 1) : date.day;
}

int als_date_last_day(struct als_date date)
{
    int year, month, day;
    if (date.day == ALS_NO_DAY)
        return ALS_NO_DAY;
    als_day_to_civil(date.day, &year, &month, &day);
    if (date.precision == ALS_PRECISION_YEAR)
        return als_day_from_civil(year, 12, 31);
    if (date.precision == ALS_PRECISION_MONTH)
        return als_day_add_months(als_day_from_civil(year, month, 1), 1) - 1;
    return date.day;
}

int als_death_latest(const struct als_patient_facts *facts)
{
    for (size_t i = 0; i < facts->n_events; i++)
        if (strcmp(facts->events[i].event, "death") == 0)
            return als_date_last_day(facts->events[i].date);
    return ALS_NO_DAY;
}

__attribute__((format(printf, 5, 6))) static void
say(struct als_oddity *out, size_t *n, const char *code, const char *hint, const char *format, ...)
{
    struct als_oddity *oddity = &out[(*n)++];
    oddity->code = code;
    oddity->hint = hint;
    va_list args;
    va_start(args, format);
    vsnprintf(oddity->what, sizeof oddity->what, format, args);
    va_end(args);
}

/* Events that happen to the living; others may be found out or settled after death. */
static bool needs_life(const char *event)
{
    static const char *const events[] = {"onset",        "diagnosis", "consent",
                                         "infusion",     "niv_start", "gastrostomy",
                                         "tracheostomy", "pav",       "last_known_alive"};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (strcmp(events[i], event) == 0)
            return true;
    return false;
}

static void check_death(const struct als_patient_facts *facts, const struct als_event_fact *event,
                        struct als_oddity *out, size_t *n)
{
    char text[ALS_DATE_TEXT];
    const bool died = strcmp(event->event, "death") == 0;
    const int death = died ? als_date_last_day(event->date) : als_death_latest(facts);
    if (death == ALS_NO_DAY)
        return;
    for (size_t i = 0; died && i < facts->n_events; i++) {
        const struct als_event_fact *other = &facts->events[i];
        if (!needs_life(other->event) || als_date_first_day(other->date) <= death)
            continue;
        say(out, n, "W-AFTER-DEATH", NULL, "death before %s on %s", other->event,
            als_date_format(other->date, text));
        return;
    }
    if (!died && needs_life(event->event) && als_date_first_day(event->date) > death)
        say(out, n, "W-AFTER-DEATH", NULL, "%s after the patient's death", event->event);
}

static void check_doses(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                        const struct als_event_fact *event, struct als_oddity *out, size_t *n)
{
    static const char hint[] = "'event edit' corrects a date, 'event remove' takes an event out";
    struct als_dose_plan plan;
    if (strcmp(event->event, "infusion") != 0)
        return;
    switch (als_schedule_check_dose(protocol, facts, event->date.day, &plan)) {
    case ALS_DOSES_FINE:
        break;
    case ALS_DOSES_TOO_MANY:
        say(out, n, "W-DOSES", hint, "%zu infusions, %zu planned", plan.received, plan.planned);
        break;
    case ALS_DOSES_TOO_CLOSE:
        say(out, n, "W-DOSES", hint,
            "two infusions less than half the planned interval of %d days apart",
            plan.interval_days);
        break;
    }
}

size_t als_event_oddities(const struct als_protocol *protocol,
                          const struct als_patient_facts *facts, struct als_date birth,
                          const struct als_event_fact *event, struct als_oddity out[ALS_ODDITIES])
{
    size_t n = 0;
    const int born = als_date_first_day(birth);
    if (event->date.day == ALS_NO_DAY)
        return 0;
    if (born != ALS_NO_DAY && als_date_last_day(event->date) < born)
        say(out, &n, "W-BEFORE-BIRTH", NULL, "%s before the patient's birth", event->event);
    check_death(facts, event, out, &n);
    check_doses(protocol, facts, event, out, &n);
    return n;
}

size_t als_day_oddities(const char *what, int birth, int death, int day,
                        struct als_oddity out[ALS_ODDITIES])
{
    size_t n = 0;
    if (day == ALS_NO_DAY)
        return 0;
    if (birth != ALS_NO_DAY && day < birth)
        say(out, &n, "W-BEFORE-BIRTH", NULL, "%s before the patient's birth", what);
    if (death != ALS_NO_DAY && day > death)
        say(out, &n, "W-AFTER-DEATH", NULL, "%s after the patient's death", what);
    return n;
}
