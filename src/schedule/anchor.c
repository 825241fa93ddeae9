/* From a patient's facts to the day that an anchor stands for. */
#include "anchor.h"

#include <string.h>

static const struct als_date *first_event(const struct als_patient_facts *facts, const char *name)
{
    const struct als_date *first = NULL;
    for (size_t i = 0; i < facts->n_events; i++) {
        const struct als_event_fact *fact = &facts->events[i];
        if (fact->date.day != ALS_NO_DAY && strcmp(fact->event, name) == 0 &&
            (!first || fact->date.day < first->day))
            first = &fact->date;
    }
    return first;
}

/* The n-th infusion by date, n from 1, whatever the order of the facts; NULL if there are fewer.
 * Patients have a handful of infusions, so each is ranked by counting. */
static const struct als_date *nth_infusion(const struct als_patient_facts *facts, size_t n)
{
    for (size_t i = 0; i < facts->n_events; i++) {
        const struct als_event_fact *fact = &facts->events[i];
        if (fact->date.day == ALS_NO_DAY || strcmp(fact->event, "infusion") != 0)
            continue;
        size_t rank = 1;
        for (size_t j = 0; j < facts->n_events; j++) {
            const struct als_event_fact *other = &facts->events[j];
            if (other->date.day == ALS_NO_DAY || strcmp(other->event, "infusion") != 0)
                continue;
            rank +=
                other->date.day < fact->date.day || (other->date.day == fact->date.day && j < i);
        }
        if (rank == n)
            return &fact->date;
    }
    return NULL;
}

static size_t count_infusions(const struct als_patient_facts *facts)
{
    size_t n = 0;
    for (size_t i = 0; i < facts->n_events; i++)
        n += facts->events[i].date.day != ALS_NO_DAY &&
             strcmp(facts->events[i].event, "infusion") == 0;
    return n;
}

static bool treatment_stopped(const struct als_patient_facts *facts)
{
    return first_event(facts, "withdrawal") || first_event(facts, "death") ||
           first_event(facts, "lost_to_followup");
}

static const struct als_date *last_planned_infusion(const struct als_protocol *protocol,
                                                    const struct als_patient_facts *facts)
{
    const struct als_cohort *cohort = facts_cohort(protocol, facts);
    size_t received = count_infusions(facts);
    if (cohort && received >= cohort->n_doses)
        return nth_infusion(facts, cohort->n_doses);
    if (received && treatment_stopped(facts))
        return nth_infusion(facts, received);
    return NULL;
}

const struct als_cohort *facts_cohort(const struct als_protocol *protocol,
                                      const struct als_patient_facts *facts)
{
    for (size_t i = 0; i < protocol->n_cohorts; i++)
        if (!facts->cohort || strcmp(protocol->cohorts[i].code, facts->cohort) == 0)
            return &protocol->cohorts[i];
    return NULL;
}

static bool only_gives_treatment(const struct als_visit_plan *plan)
{
    return plan->n_assessments == 0 && plan->n_procedures == 0 && !plan->ae_review;
}

bool visit_is_for_cohort(const struct als_visit_plan *plan, const struct als_cohort *cohort)
{
    if (plan->cohort && (!cohort || strcmp(plan->cohort, cohort->code) != 0))
        return false;
    if (!cohort)
        return true;
    if (plan->anchor.kind == ALS_ANCHOR_INFUSION && plan->anchor.number > cohort->n_doses)
        return false;
    return plan->infusion_number <= cohort->n_doses || !only_gives_treatment(plan);
}

/* The infusion that is given at a visit proves that the visit took place. */
static int treatment_day(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                         const struct als_visit_plan *plan)
{
    if (plan->infusion_number == 0)
        return ALS_NO_DAY;
    const struct als_cohort *cohort = facts_cohort(protocol, facts);
    if (!cohort || plan->infusion_number > cohort->n_doses || !visit_is_for_cohort(plan, cohort))
        return ALS_NO_DAY;
    const struct als_date *infusion = nth_infusion(facts, plan->infusion_number);
    return infusion && infusion->precision == ALS_PRECISION_DAY ? infusion->day : ALS_NO_DAY;
}

int visit_actual_day(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                     const struct als_visit_plan *plan, bool *not_done)
{
    bool missed = false;
    int day = ALS_NO_DAY;
    for (size_t i = 0; i < facts->n_visits && day == ALS_NO_DAY; i++) {
        const struct als_visit_fact *fact = &facts->visits[i];
        if (strcmp(fact->code, plan->code) != 0)
            continue;
        missed = missed || fact->not_done;
        if (!fact->not_done)
            day = fact->day;
    }
    if (day == ALS_NO_DAY && !missed)
        day = treatment_day(protocol, facts, plan);
    if (not_done)
        *not_done = missed && day == ALS_NO_DAY;
    return day;
}

int target_day(const struct als_protocol *protocol, const struct als_visit_plan *plan,
               int anchor_day)
{
    if (!plan->in_months)
        return anchor_day + plan->offset;
    if (protocol->month_rule == ALS_MONTH_CALENDAR)
        return als_day_add_months(anchor_day, plan->offset);
    return anchor_day + als_months_to_days(plan->offset);
}

static struct anchor_day from_date(const struct als_date *date)
{
    if (!date)
        return (struct anchor_day){.day = ALS_NO_DAY};
    return (struct anchor_day){.day = date->day,
                               .is_partial = date->precision != ALS_PRECISION_DAY};
}

/* Follows a chain of visits to the first that took place or hangs on something else. A definition
 * without cycles needs at most one step per visit. */
static struct anchor_day resolve(const struct als_protocol *protocol,
                                 const struct als_patient_facts *facts,
                                 const struct als_anchor *anchor, size_t steps_left)
{
    switch (anchor->kind) {
    case ALS_ANCHOR_EVENT:
        return from_date(first_event(facts, anchor->event));
    case ALS_ANCHOR_INFUSION:
        return from_date(nth_infusion(facts, anchor->number));
    case ALS_ANCHOR_LAST_PLANNED:
        return from_date(last_planned_infusion(protocol, facts));
    case ALS_ANCHOR_VISIT:
        break;
    }
    struct anchor_day result = {.day = ALS_NO_DAY};
    const struct als_visit_plan *plan = &protocol->visits[anchor->visit];
    if (steps_left == 0 || !visit_is_for_cohort(plan, facts_cohort(protocol, facts)))
        return result;
    result.day = visit_actual_day(protocol, facts, plan, NULL);
    if (result.day != ALS_NO_DAY)
        return result;
    result = resolve(protocol, facts, &plan->anchor, steps_left - 1);
    if (result.day != ALS_NO_DAY)
        result.day = target_day(protocol, plan, result.day);
    result.is_target = true;
    return result;
}

struct anchor_day anchor_day(const struct als_protocol *protocol,
                             const struct als_patient_facts *facts, const struct als_anchor *anchor)
{
    return resolve(protocol, facts, anchor, protocol->n_visits);
}

int als_schedule_anchor_day(const struct als_protocol *protocol,
                            const struct als_patient_facts *facts, const struct als_anchor *anchor)
{
    return anchor_day(protocol, facts, anchor).day;
}

int als_schedule_time_zero(const struct als_protocol *protocol,
                           const struct als_patient_facts *facts)
{
    static const char *const baselines[] = {"D0", "BL"};
    int day = als_schedule_anchor_day(protocol, facts, &protocol->time_zero);
    for (size_t i = 0; i < sizeof baselines / sizeof baselines[0] && day == ALS_NO_DAY; i++)
        for (size_t v = 0; v < protocol->n_visits && day == ALS_NO_DAY; v++)
            if (strcmp(protocol->visits[v].code, baselines[i]) == 0)
                day = visit_actual_day(protocol, facts, &protocol->visits[v], NULL);
    return day;
}

int als_schedule_end_of_participation(const struct als_patient_facts *facts)
{
    const struct als_date *death = first_event(facts, "death");
    const struct als_date *withdrawal = first_event(facts, "withdrawal");
    if (!death || !withdrawal)
        return death ? death->day : withdrawal ? withdrawal->day : ALS_NO_DAY;
    return death->day < withdrawal->day ? death->day : withdrawal->day;
}
