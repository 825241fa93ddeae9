/* From events and visits to each patient's day 0. */
#include "alstrack/analysis/timeline.h"

#include <string.h>

#include "patients.h"

/* Does an event with a partial date give this day to the protocol's time zero? */
static bool is_partial_anchor(const struct als_protocol *protocol,
                              const struct als_patient_facts *facts, int day)
{
    const struct als_anchor *anchor = &protocol->time_zero;
    const char *name = anchor->kind == ALS_ANCHOR_EVENT ? anchor->event : "infusion";
    for (size_t i = 0; i < facts->n_events; i++) {
        const struct als_event_fact *event = &facts->events[i];
        if (event->date.day == day && event->date.precision != ALS_PRECISION_DAY &&
            strcmp(event->event, name) == 0)
            return true;
    }
    return false;
}

static int first_visit_day(const struct als_patient_facts *facts)
{
    int first = ALS_NO_DAY;
    for (size_t i = 0; i < facts->n_visits; i++) {
        const struct als_visit_fact *visit = &facts->visits[i];
        if (!visit->not_done && visit->day != ALS_NO_DAY &&
            (first == ALS_NO_DAY || visit->day < first))
            first = visit->day;
    }
    return first;
}

static struct als_timeline timeline_of(const struct als_protocol *protocol,
                                       const struct als_patient_facts *facts)
{
    struct als_timeline time = {.zero = ALS_ZERO_PROTOCOL, .death_day = als_death_day(facts)};
    time.zero_day = als_schedule_anchor_day(protocol, facts, &protocol->time_zero);
    if (time.zero_day != ALS_NO_DAY) {
        time.zero_is_partial = is_partial_anchor(protocol, facts, time.zero_day);
        return time;
    }
    time.zero = ALS_ZERO_BASELINE;
    time.zero_day = als_schedule_time_zero(protocol, facts);
    if (time.zero_day == ALS_NO_DAY) {
        time.zero = ALS_ZERO_FIRST;
        time.zero_day = first_visit_day(facts);
    }
    return time;
}

/* One round over the patients. Without visits it settles all whose day 0 an event gives and returns
 * how many are left; with visits it settles those. */
static size_t settle(struct als_store *store, const struct als_patient_list *patients,
                     const struct als_event_list *events, const struct als_visit_list *visits,
                     struct als_arena *arena, struct als_timeline *timelines)
{
    const struct als_protocol *protocol = als_store_protocol(store);
    struct als_span event = {0}, visit = {0};
    size_t left = 0;
    for (size_t i = 0; i < patients->count; i++) {
        const struct als_patient *patient = &patients->items[i];
        event = als_events_of(events, event.first + event.count, patient->id);
        if (visits) {
            visit = als_visits_of(visits, visit.first + visit.count, patient->id);
            if (timelines[i].zero_day != ALS_NO_DAY)
                continue;
        }
        struct als_patient_facts facts;
        als_facts_from(store, patient, events->items + event.first, event.count,
                       visits ? visits->items + visit.first : NULL, visit.count, arena, &facts);
        timelines[i] = timeline_of(protocol, &facts);
        left += timelines[i].zero_day == ALS_NO_DAY;
    }
    return left;
}

enum als_status als_timelines_load(struct als_store *store, const struct als_patient_list *patients,
                                   struct als_timeline *timelines, struct als_err *err)
{
    if (patients->count == 0)
        return ALS_OK;
    int64_t only = patients->count == 1 ? patients->items[0].id : 0;
    struct als_arena *arena = als_arena_new();
    struct als_event_list events;
    enum als_status status = als_event_load(store, only, arena, &events, err);
    if (status == ALS_OK && settle(store, patients, &events, NULL, arena, timelines) > 0) {
        struct als_visit_list visits;
        status = als_visit_load(store, only, arena, &visits, err);
        if (status == ALS_OK)
            settle(store, patients, &events, &visits, arena, timelines);
    }
    als_arena_free(arena);
    return status;
}
