/* The values of one measure, patient by patient, on the time axis of the trial. */
#include <stdlib.h>
#include <string.h>

#include "alstrack/analysis/slopes.h"
#include "patients.h"

/* Where a patient's time begins and ends. */
struct zero {
    int day; /* ALS_NO_DAY: the first assessment decides */
    enum als_zero kind;
    bool is_partial;
    int death_day;
};

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

static struct zero zero_of(const struct als_protocol *protocol,
                           const struct als_patient_facts *facts)
{
    struct zero zero = {.kind = ALS_ZERO_PROTOCOL, .death_day = als_death_day(facts)};
    zero.day = als_schedule_anchor_day(protocol, facts, &protocol->time_zero);
    if (zero.day != ALS_NO_DAY) {
        zero.is_partial = is_partial_anchor(protocol, facts, zero.day);
        return zero;
    }
    zero.day = als_schedule_time_zero(protocol, facts);
    zero.kind = zero.day == ALS_NO_DAY ? ALS_ZERO_FIRST : ALS_ZERO_BASELINE;
    return zero;
}

/* One round over the patients. Without visits it settles all whose time zero an event gives and
 * returns how many are left; with visits it settles those. */
static size_t settle(struct als_store *store, const struct als_patient_list *patients,
                     const struct als_event_list *events, const struct als_visit_list *visits,
                     struct als_arena *arena, struct zero *zeros)
{
    const struct als_protocol *protocol = als_store_protocol(store);
    struct als_span event = {0}, visit = {0};
    size_t left = 0;
    for (size_t i = 0; i < patients->count; i++) {
        const struct als_patient *patient = &patients->items[i];
        event = als_events_of(events, event.first + event.count, patient->id);
        if (visits)
            visit = als_visits_of(visits, visit.first + visit.count, patient->id);
        if (visits && zeros[i].day != ALS_NO_DAY)
            continue;
        struct als_patient_facts facts;
        als_facts_from(store, patient, events->items + event.first, event.count,
                       visits ? visits->items + visit.first : NULL, visit.count, arena, &facts);
        zeros[i] = zero_of(protocol, &facts);
        left += zeros[i].day == ALS_NO_DAY;
    }
    return left;
}

static enum als_status find_zeros(struct als_store *store, const struct als_patient_list *patients,
                                  struct zero *zeros, struct als_err *err)
{
    int64_t only = patients->count == 1 ? patients->items[0].id : 0;
    struct als_arena *arena = als_arena_new();
    struct als_event_list events;
    enum als_status status = als_event_load(store, only, arena, &events, err);
    if (status == ALS_OK && settle(store, patients, &events, NULL, arena, zeros) > 0) {
        struct als_visit_list visits;
        status = als_visit_load(store, only, arena, &visits, err);
        if (status == ALS_OK)
            settle(store, patients, &events, &visits, arena, zeros);
    }
    als_arena_free(arena);
    return status;
}

/* Points come in order of key, so a patient is complete when the next one begins. */
struct pass {
    const struct als_patient_list *patients;
    const struct zero *zeros;
    size_t patient; /* index of the patient under way */
    struct als_series_point *points;
    size_t count, room;
    als_series_fn *receive;
    void *context;
};

/* Visits of a patient are in order of day but for a few: insertion, stable for equal days. */
static void sort_by_day(struct als_series_point *points, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct als_series_point point = points[i];
        size_t k = i;
        for (; k > 0 && points[k - 1].day > point.day; k--)
            points[k] = points[k - 1];
        points[k] = point;
    }
}

static void finish_patient(struct pass *pass)
{
    if (pass->count == 0)
        return;
    const struct zero *zero = &pass->zeros[pass->patient];
    sort_by_day(pass->points, pass->count);
    int zero_day = zero->day == ALS_NO_DAY ? pass->points[0].day : zero->day;
    for (size_t i = 0; i < pass->count; i++)
        pass->points[i].month = (pass->points[i].day - zero_day) / ALS_DAYS_PER_MONTH;
    struct als_series series = {.patient_id = pass->patients->items[pass->patient].id,
                                .zero_day = zero_day,
                                .zero = zero->kind,
                                .zero_is_partial = zero->is_partial,
                                .death_day = zero->death_day,
                                .points = pass->points,
                                .count = pass->count};
    pass->receive(&series, pass->context);
    pass->count = 0;
}

static void take_point(const struct als_point *point, void *context)
{
    struct pass *pass = context;
    const struct als_patient_list *patients = pass->patients;
    if (patients->items[pass->patient].id != point->patient_id) {
        finish_patient(pass);
        while (pass->patient + 1 < patients->count &&
               patients->items[pass->patient].id < point->patient_id)
            pass->patient++;
        if (patients->items[pass->patient].id != point->patient_id)
            return; /* not one of the patients asked for */
    }
    if (pass->count == pass->room) {
        pass->room = pass->room ? 2 * pass->room : 64;
        pass->points = als_realloc_array(pass->points, pass->room, sizeof *pass->points);
    }
    pass->points[pass->count++] = (struct als_series_point){.day = point->day,
                                                            .visit_no = point->visit_no,
                                                            .value = point->value,
                                                            .source = point->source};
}

enum als_status als_series_each(struct als_store *store, const struct als_measure *measure,
                                const struct als_patient_list *patients, als_series_fn *receive,
                                void *context, size_t *missing, struct als_err *err)
{
    if (missing)
        *missing = 0;
    if (patients->count == 0)
        return ALS_OK;
    struct zero *zeros = als_alloc_array(patients->count, sizeof *zeros);
    struct pass pass = {
        .patients = patients, .zeros = zeros, .receive = receive, .context = context};
    enum als_status status = find_zeros(store, patients, zeros, err);
    if (status == ALS_OK) {
        size_t without = 0;
        status = als_points_each(store, measure, patients, patients->items[0].id,
                                 patients->items[patients->count - 1].id, take_point, &pass,
                                 &without, err);
        if (missing)
            *missing = without;
    }
    if (status == ALS_OK)
        finish_patient(&pass);
    free(pass.points);
    free(zeros);
    return status;
}
