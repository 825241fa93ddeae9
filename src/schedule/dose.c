/* Whether infusions keep to the number and interval that are planned. */
#include <stdlib.h>
#include <string.h>

#include "alstrack/schedule/schedule.h"

static void read_plan(const struct als_protocol *protocol, const char *cohort,
                      struct als_dose_plan *plan)
{
    for (size_t i = 0; i < protocol->n_cohorts; i++) {
        const struct als_cohort *other = &protocol->cohorts[i];
        if (cohort && strcmp(other->code, cohort) != 0)
            continue;
        if (other->n_doses > plan->planned)
            plan->planned = other->n_doses;
        if (other->interval_days > 0 &&
            (plan->interval_days == 0 || other->interval_days < plan->interval_days))
            plan->interval_days = other->interval_days;
    }
}

enum als_dose_check als_schedule_check_dose(const struct als_protocol *protocol,
                                            const struct als_patient_facts *facts, int day,
                                            struct als_dose_plan *plan)
{
    *plan = (struct als_dose_plan){.received = 0};
    read_plan(protocol, facts->cohort, plan);
    bool self = true, close = false;
    for (size_t i = 0; i < facts->n_events; i++) {
        const struct als_event_fact *fact = &facts->events[i];
        if (fact->date.day == ALS_NO_DAY || strcmp(fact->event, "infusion") != 0)
            continue;
        plan->received++;
        if (fact->date.day == day && self)
            self = false;
        else
            close = close || 2 * abs(fact->date.day - day) < plan->interval_days;
    }
    if (plan->planned > 0 && plan->received > plan->planned)
        return ALS_DOSES_TOO_MANY;
    return close ? ALS_DOSES_TOO_CLOSE : ALS_DOSES_FINE;
}
