/* From a patient's facts to the day that an anchor stands for. */
#include "anchor.h"

#include <stdint.h>
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

/* How many infusions are planned for the patient. Both numbers are the same unless the cohort is
 * not known: then they span what the cohorts have. */
struct doses {
    size_t fewest, most;
};

static struct doses cohort_doses(const struct als_protocol *protocol, const char *cohort)
{
    struct doses doses = {.fewest = SIZE_MAX, .most = 0};
    for (size_t i = 0; i < protocol->n_cohorts; i++) {
        const size_t n = protocol->cohorts[i].n_doses;
        if (cohort && strcmp(protocol->cohorts[i].code, cohort) != 0)
            continue;
        doses.fewest = n < doses.fewest ? n : doses.fewest;
        doses.most = n > doses.most ? n : doses.most;
    }
    if (doses.most == 0) /* a cohort that the protocol does not have */
        return (struct doses){.fewest = 1, .most = SIZE_MAX};
    return doses;
}

static struct doses planned_doses(const struct als_protocol *protocol,
                                  const struct als_patient_facts *facts)
{
    struct doses doses = cohort_doses(protocol, facts->cohort);
    if (!first_event(facts, "treatment_stopped"))
        return doses;
    const size_t received = count_infusions(facts);
    doses.fewest = received < doses.fewest ? received : doses.fewest;
    doses.most = received < doses.most ? received : doses.most;
    return doses;
}

/* Nothing more will come, whatever was planned. */
static bool participation_ended(const struct als_patient_facts *facts)
{
    return first_event(facts, "withdrawal") || first_event(facts, "death") ||
           first_event(facts, "lost_to_followup");
}

static struct anchor_day from_date(const struct als_date *date)
{
    if (!date)
        return (struct anchor_day){.day = ALS_NO_DAY};
    return (struct anchor_day){.day = date->day,
                               .is_partial = date->precision != ALS_PRECISION_DAY};
}

static struct anchor_day last_planned_infusion(const struct als_protocol *protocol,
                                               const struct als_patient_facts *facts)
{
    const struct doses doses = planned_doses(protocol, facts);
    const size_t received = count_infusions(facts);
    if (doses.fewest == doses.most && received >= doses.most)
        return from_date(nth_infusion(facts, doses.most));
    if (received && participation_ended(facts))
        return from_date(nth_infusion(facts, received));
    return (struct anchor_day){.day = ALS_NO_DAY, .needs_cohort = doses.fewest != doses.most};
}

static bool only_gives_treatment(const struct als_visit_plan *plan)
{
    return plan->n_assessments == 0 && plan->n_procedures == 0 && !plan->ae_review;
}

/* How many infusions a patient must have planned for this visit to exist. */
static size_t doses_needed(const struct als_visit_plan *plan)
{
    size_t needed = only_gives_treatment(plan) ? plan->infusion_number : 0;
    if (plan->anchor.kind == ALS_ANCHOR_INFUSION && plan->anchor.number > needed)
        needed = plan->anchor.number;
    if (plan->anchor.kind == ALS_ANCHOR_LAST_PLANNED && needed == 0)
        needed = 1;
    return needed;
}

enum plan_fit plan_fit(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                       const struct als_visit_plan *plan)
{
    const struct doses doses = planned_doses(protocol, facts);
    const size_t needed = doses_needed(plan);
    const char *cohort = facts->cohort;
    if (!cohort && protocol->n_cohorts == 1)
        cohort = protocol->cohorts[0].code;
    if (needed > doses.most || (plan->cohort && cohort && strcmp(plan->cohort, cohort) != 0))
        return PLAN_NO;
    return needed > doses.fewest || (plan->cohort && !cohort) ? PLAN_DEPENDS : PLAN_YES;
}

/* The infusion that is given at a visit proves that the visit took place. */
static int treatment_day(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                         const struct als_visit_plan *plan)
{
    if (plan->infusion_number == 0)
        return ALS_NO_DAY;
    if (plan->infusion_number > planned_doses(protocol, facts).fewest ||
        plan_fit(protocol, facts, plan) != PLAN_YES)
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
        return last_planned_infusion(protocol, facts);
    case ALS_ANCHOR_VISIT:
        break;
    }
    struct anchor_day result = {.day = ALS_NO_DAY};
    const struct als_visit_plan *plan = &protocol->visits[anchor->visit];
    const enum plan_fit fit = plan_fit(protocol, facts, plan);
    if (steps_left == 0 || fit == PLAN_NO)
        return result;
    result.day = visit_actual_day(protocol, facts, plan, NULL);
    result.needs_cohort = result.day == ALS_NO_DAY && fit == PLAN_DEPENDS;
    if (result.day != ALS_NO_DAY || result.needs_cohort)
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

int als_schedule_target(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                        size_t visit)
{
    const struct als_visit_plan *plan = &protocol->visits[visit];
    if (plan_fit(protocol, facts, plan) != PLAN_YES)
        return ALS_NO_DAY;
    const int day = anchor_day(protocol, facts, &plan->anchor).day;
    return day == ALS_NO_DAY ? ALS_NO_DAY : target_day(protocol, plan, day);
}

const struct als_anchor *als_schedule_root(const struct als_protocol *protocol, size_t visit)
{
    const struct als_anchor *anchor = &protocol->visits[visit].anchor;
    while (anchor->kind == ALS_ANCHOR_VISIT)
        anchor = &protocol->visits[anchor->visit].anchor;
    return anchor;
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
