/* Looking things up in a protocol, and the days on which its visits fall when all goes to plan. */
#include "alstrack/define/protocol.h"

#include <limits.h>
#include <string.h>

#include "alstrack/core/date.h"
#include "protocol_parse.h"

const char *const als_event_names[] = {
    "onset",      "diagnosis",        "consent",          "infusion",     "treatment_stopped",
    "niv_start",  "ventilation",      "gastrostomy",      "tracheostomy", "pav",
    "withdrawal", "lost_to_followup", "last_known_alive", "death",        NULL};

bool als_protocol_has_event(const struct als_protocol *protocol, const char *name)
{
    for (size_t i = 0; als_event_names[i]; i++)
        if (strcmp(als_event_names[i], name) == 0)
            return true;
    for (size_t i = 0; i < protocol->n_events; i++)
        if (strcmp(protocol->events[i], name) == 0)
            return true;
    return false;
}

void als_protocol_free(struct als_protocol *protocol)
{
    if (protocol)
        als_arena_free(protocol->arena);
}

ptrdiff_t als_protocol_visit(const struct als_protocol *protocol, const char *code)
{
    for (size_t i = 0; i < protocol->n_visits; i++)
        if (strcmp(protocol->visits[i].code, code) == 0)
            return (ptrdiff_t)i;
    return -1;
}

ptrdiff_t als_protocol_instrument(const struct als_protocol *protocol, const char *code)
{
    for (size_t i = 0; i < protocol->n_instruments; i++)
        if (strcmp(protocol->instruments[i], code) == 0)
            return (ptrdiff_t)i;
    return -1;
}

const struct als_cohort *als_protocol_cohort(const struct als_protocol *protocol, const char *code)
{
    for (size_t i = 0; i < protocol->n_cohorts; i++)
        if (strcmp(protocol->cohorts[i].code, code) == 0)
            return &protocol->cohorts[i];
    return NULL;
}

bool visit_concerns(const struct als_visit_plan *visit, const struct als_cohort *cohort)
{
    if (visit->cohort && strcmp(visit->cohort, cohort->code) != 0)
        return false;
    return visit->anchor.kind != ALS_ANCHOR_INFUSION || visit->anchor.number <= cohort->n_doses;
}

ptrdiff_t giver_of(const struct als_protocol *protocol, size_t infusion,
                   const struct als_cohort *cohort)
{
    for (size_t i = 0; i < protocol->n_visits; i++) {
        const struct als_visit_plan *visit = &protocol->visits[i];
        if (visit->infusion_number == infusion && infusion > 0 && infusion <= cohort->n_doses &&
            visit_concerns(visit, cohort))
            return (ptrdiff_t)i;
    }
    return -1;
}

ptrdiff_t anchor_visit(const struct als_protocol *out, const struct als_visit_plan *visit,
                       const struct als_cohort *cohort)
{
    switch (visit->anchor.kind) {
    case ALS_ANCHOR_VISIT:
        return (ptrdiff_t)visit->anchor.visit;
    case ALS_ANCHOR_INFUSION:
        return giver_of(out, visit->anchor.number, cohort);
    case ALS_ANCHOR_LAST_PLANNED:
        return giver_of(out, cohort->n_doses, cohort);
    case ALS_ANCHOR_EVENT:
        break;
    }
    return -1;
}

bool anchors_end(const struct als_protocol *protocol, size_t visit, const struct als_cohort *cohort)
{
    ptrdiff_t at = (ptrdiff_t)visit;
    for (size_t step = 0; at >= 0 && step <= protocol->n_visits; step++)
        at = anchor_visit(protocol, &protocol->visits[at], cohort);
    return at < 0;
}

static int within_int(long long value)
{
    return value > INT_MAX ? INT_MAX : value < INT_MIN ? INT_MIN : (int)value;
}

static long long offset_days(const struct als_visit_plan *visit)
{
    return visit->in_months ? als_months_to_days(visit->offset) : visit->offset;
}

/* Follow anchors from a visit, adding offsets, until they end at an event (*at_event), or at day 0:
 * the first infusion. Cycles are refused when a protocol is read; the step limit is for packed
 * bytes that nobody parsed. */
static long long walk(const struct als_protocol *protocol, size_t visit,
                      const struct als_cohort *cohort, bool stop_at_first_infusion, bool *at_event)
{
    ptrdiff_t zero = giver_of(protocol, 1, cohort);
    long long day = 0;
    *at_event = false;
    for (size_t step = 0; step <= protocol->n_visits; step++) {
        if (stop_at_first_infusion && (ptrdiff_t)visit == zero)
            return day;
        const struct als_visit_plan *plan = &protocol->visits[visit];
        ptrdiff_t next = -1;
        day += offset_days(plan);
        switch (plan->anchor.kind) {
        case ALS_ANCHOR_EVENT:
            *at_event = true;
            return day;
        case ALS_ANCHOR_LAST_PLANNED:
            return day + (long long)(cohort->n_doses - 1) * cohort->interval_days;
        case ALS_ANCHOR_INFUSION:
            next = giver_of(protocol, plan->anchor.number, cohort);
            if (next < 0)
                return day + (long long)(plan->anchor.number - 1) * cohort->interval_days;
            break;
        case ALS_ANCHOR_VISIT:
            next = (ptrdiff_t)plan->anchor.visit;
            break;
        }
        visit = (size_t)next;
    }
    return day;
}

int als_protocol_nominal_day(const struct als_protocol *protocol, size_t visit,
                             const struct als_cohort *cohort)
{
    if (!cohort)
        cohort = &protocol->cohorts[0];
    bool at_event, zero_at_event;
    long long day = walk(protocol, visit, cohort, true, &at_event);
    ptrdiff_t zero = giver_of(protocol, 1, cohort);
    if (at_event && zero >= 0) {
        long long treated = walk(protocol, (size_t)zero, cohort, false, &zero_at_event);
        if (zero_at_event)
            day -= treated;
    }
    return within_int(day);
}
