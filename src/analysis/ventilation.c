/* Spells of ventilation above a limit of hours. */
#include "ventilation.h"

#include <math.h>
#include <string.h>

#include "alstrack/core/hours.h"
#include "patients.h"

struct als_pav_rule als_pav_asked(double hours, int days)
{
    return (struct als_pav_rule){.hours = hours > 0 ? hours : 22, .days = days > 0 ? days : 7};
}

static bool is_pav(const struct als_event *event)
{
    return strcmp(event->event, "pav") == 0;
}

static bool is_about_ventilation(const struct als_event *event)
{
    return is_pav(event) || strcmp(event->event, "ventilation") == 0 ||
           strcmp(event->event, "niv_start") == 0 || strcmp(event->event, "tracheostomy") == 0;
}

/* A spell under way. */
struct spell {
    struct als_date from; /* ALS_NO_DATE: none */
    bool recorded;        /* an event pav is in it */
};

/* The spell ends with the day `last`. open: only because nothing is known of later days, for which
 * an event pav stands. */
static void end_spell(struct als_pav *pav, struct spell *spell, int last, bool open,
                      const struct als_pav_rule *rule)
{
    if (spell->from.day == ALS_NO_DAY)
        return;
    int days = last == ALS_NO_DAY ? 0 : last - spell->from.day + 1;
    if (days > rule->days || (open && spell->recorded))
        pav->date = spell->from;
    else
        pav->too_short = true;
    spell->from = ALS_NO_DATE;
    spell->recorded = false;
}

/* One event. True when the first PAV is found. */
static bool take_event(struct als_pav *pav, struct spell *spell, const struct als_event *event,
                       const struct als_pav_rule *rule)
{
    if (!is_about_ventilation(event))
        return false;
    double hours = als_hours_a_day(event->value, event->unit);
    struct als_date date = als_date_of(event->date);
    pav->no_hours |= isnan(hours) && !isnan(event->value);
    if (isnan(hours) && !is_pav(event))
        return false;
    if (date.day == ALS_NO_DAY) {
        pav->undated |= is_pav(event);
        return false;
    }
    bool enough = isnan(hours) || hours > rule->hours;
    if (!enough) {
        pav->fewer_hours |= is_pav(event);
        end_spell(pav, spell, date.day - 1, false, rule);
        return pav->date.day != ALS_NO_DAY;
    }
    if (spell->from.day == ALS_NO_DAY)
        spell->from = date;
    spell->recorded |= is_pav(event);
    if (!isnan(hours))
        return false;
    pav->unchecked = true;
    pav->date = spell->from;
    return true;
}

struct als_pav als_pav_of(const struct als_event *events, size_t n, const struct als_pav_rule *rule,
                          int death, int last_known)
{
    struct als_pav pav = {.date = ALS_NO_DATE};
    struct spell spell = {.from = ALS_NO_DATE};
    for (size_t i = 0; i < n; i++)
        if (take_event(&pav, &spell, &events[i], rule)) {
            pav.undated = false;
            return pav;
        }
    bool open = death == ALS_NO_DAY;
    end_spell(&pav, &spell, open ? last_known : death, open, rule);
    pav.undated = pav.undated && pav.date.day == ALS_NO_DAY;
    return pav;
}
