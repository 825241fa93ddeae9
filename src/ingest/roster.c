/*
 * Keeps every patient's milestones at hand while rows are read.
 */
#include "roster.h"

#include <stdlib.h>
#include <string.h>

#include "alstrack/schedule/oddity.h"
#include "alstrack/store/bulk.h"

#define SUGGESTIONS 20

void als_visit_codes_load(struct als_visit_codes *codes, const struct als_store *store,
                          struct als_arena *arena)
{
    *codes = (struct als_visit_codes){.protocol = als_store_protocol(store)};
    codes->items = als_arena_array(arena, ALS_KEY_MASK + 1, sizeof *codes->items);
    for (int number = 1; number <= ALS_KEY_MASK; number++) {
        const char *code = als_store_visit_code(store, number);
        if (code)
            codes->items[codes->count++] = (struct als_visit_code){
                .code = als_arena_strdup(arena, code), .length = strlen(code), .number = number};
    }
}

int als_visit_codes_find(struct als_visit_codes *codes, const char *text, size_t length)
{
    for (size_t i = 0; i < codes->count; i++) {
        codes->last = codes->last + 1 < codes->count ? codes->last + 1 : 0;
        const struct als_visit_code *code = &codes->items[codes->last];
        if (code->length == length && memcmp(code->code, text, length) == 0)
            return code->number;
    }
    return 0;
}

static int number_of(const struct als_store *store, const struct als_visit_plan *visit)
{
    return als_store_visit_no(store, visit->code, strlen(visit->code));
}

static struct als_date birth_of(const struct als_patient *patient)
{
    struct als_date birth = ALS_NO_DATE;
    if (patient->birth_date)
        (void)als_date_parse(patient->birth_date, strlen(patient->birth_date), &birth);
    return birth;
}

static void note_limits(struct als_roster *roster, size_t patient, int today)
{
    const struct als_date birth = birth_of(&roster->patients.items[patient]);
    struct als_patient_facts facts = {.cohort = NULL};
    facts.events = als_roster_events(roster, patient, &facts.n_events);
    roster->birth_day[patient] = birth.day;
    roster->limits[patient] = als_limits_of(&facts, birth, today);
}

static void index_events(struct als_roster *roster, const struct als_event_list *events, int today)
{
    const size_t n = roster->patients.count;
    roster->events = als_arena_array(roster->arena, events->count + 1, sizeof *roster->events);
    roster->first_event = als_arena_array(roster->arena, n + 1, sizeof *roster->first_event);
    roster->limits = als_arena_array(roster->arena, n + 1, sizeof *roster->limits);
    roster->birth_day = als_arena_array(roster->arena, n + 1, sizeof *roster->birth_day);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        roster->first_event[i] = at;
        for (; at < events->count && events->items[at].patient_id <= roster->patients.items[i].id;
             at++) {
            struct als_date date = ALS_NO_DATE;
            if (events->items[at].date)
                als_date_parse(events->items[at].date, strlen(events->items[at].date), &date);
            roster->events[at] =
                (struct als_event_fact){.event = events->items[at].event, .date = date};
        }
    }
    roster->first_event[n] = at;
    for (size_t i = 0; i < n; i++)
        note_limits(roster, i, today);
}

static void map_visits(struct als_roster *roster, const struct als_store *store)
{
    const struct als_protocol *protocol = roster->protocol;
    roster->plan_of = als_arena_array(roster->arena, ALS_KEY_MASK + 1, sizeof *roster->plan_of);
    for (size_t i = 0; i <= ALS_KEY_MASK; i++)
        roster->plan_of[i] = -1;
    for (size_t v = 0; v < protocol->n_visits; v++)
        roster->plan_of[number_of(store, &protocol->visits[v])] = (ptrdiff_t)v;
}

static void find_anchor_visits(struct als_roster *roster)
{
    const struct als_protocol *protocol = roster->protocol;
    roster->anchor_visits =
        als_arena_array(roster->arena, protocol->n_visits + 1, sizeof *roster->anchor_visits);
    for (size_t v = 0; v < protocol->n_visits; v++)
        for (size_t w = 0; w < protocol->n_visits; w++)
            if (protocol->visits[w].anchor.kind == ALS_ANCHOR_VISIT &&
                protocol->visits[w].anchor.visit == v) {
                roster->anchor_visits[roster->n_anchor_visits++] = v;
                break;
            }
}

/* Visits arrive in order of patient, and patients stand in that order too. */
static void keep_visit_day(int64_t patient_id, int visit_no, int day, void *context)
{
    struct als_roster *roster = context;
    const struct als_patient_list *patients = &roster->patients;
    size_t *at = &roster->last_found;
    while (*at < patients->count && patients->items[*at].id < patient_id)
        (*at)++;
    const ptrdiff_t visit = als_roster_plan(roster, visit_no);
    if (*at < patients->count && visit >= 0)
        *als_roster_visit_day(roster, *at, (size_t)visit) = day;
}

static enum als_status load_visit_days(struct als_store *store, struct als_roster *roster,
                                       struct als_err *err)
{
    const size_t n = roster->patients.count * roster->protocol->n_visits;
    roster->visit_days = als_arena_array(roster->arena, n + 1, sizeof *roster->visit_days);
    roster->facts =
        als_arena_array(roster->arena, roster->n_anchor_visits + 1, sizeof *roster->facts);
    for (size_t i = 0; i < n; i++)
        roster->visit_days[i] = ALS_NO_DAY;
    return als_visit_days_each(store, keep_visit_day, roster, err);
}

enum als_status als_roster_load(struct als_store *store, int today, struct als_roster *roster,
                                struct als_err *err)
{
    *roster = (struct als_roster){.protocol = als_store_protocol(store), .arena = als_arena_new()};
    als_text_map_init(&roster->by_name);
    enum als_status status = als_patient_load(store, roster->arena, &roster->patients, err);
    if (status != ALS_OK)
        return status;
    for (size_t i = 0; i < roster->patients.count; i++) {
        const char *name = roster->patients.items[i].patient;
        als_text_map_add(&roster->by_name, name, strlen(name), i);
    }
    struct als_event_list events;
    status = als_event_load(store, 0, roster->arena, &events, err);
    if (status != ALS_OK)
        return status;
    index_events(roster, &events, today);
    map_visits(roster, store);
    find_anchor_visits(roster);
    return load_visit_days(store, roster, err);
}

void als_roster_release(struct als_roster *roster)
{
    als_text_map_release(&roster->by_name);
    als_arena_free(roster->arena);
    free(roster->names);
    *roster = (struct als_roster){.arena = NULL};
}

ptrdiff_t als_roster_of_id(const struct als_roster *roster, int64_t patient_id)
{
    const struct als_patient_list *patients = &roster->patients;
    size_t low = 0, high = patients->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (patients->items[middle].id < patient_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < patients->count && patients->items[low].id == patient_id ? (ptrdiff_t)low : -1;
}

ptrdiff_t als_roster_find(const struct als_roster *roster, const char *text, size_t length)
{
    const size_t *index = als_text_map_find(&roster->by_name, text, length);
    return index ? (ptrdiff_t)*index : -1;
}

const char *als_roster_nearest(struct als_roster *roster, const char *text, size_t length)
{
    char name[65];
    if (length >= sizeof name || roster->names_suggested++ >= SUGGESTIONS)
        return NULL;
    memcpy(name, text, length);
    name[length] = '\0';
    if (!roster->names) {
        roster->names = als_alloc_array(roster->patients.count + 1, sizeof *roster->names);
        for (size_t i = 0; i < roster->patients.count; i++)
            roster->names[i] = roster->patients.items[i].patient;
    }
    return als_nearest(name, roster->names, roster->patients.count);
}

/* The latest that may stand for the day of a treatment visit which nobody has recorded. */
static int latest_infusion(const struct als_roster *roster, size_t patient)
{
    size_t n;
    const struct als_event_fact *events = als_roster_events(roster, patient, &n);
    int latest = ALS_NO_DAY;
    for (size_t i = 0; i < n; i++)
        if (strcmp(events[i].event, "infusion") == 0 && events[i].date.day > latest)
            latest = events[i].date.day;
    return latest;
}

bool als_roster_disordered(const struct als_roster *roster, size_t patient)
{
    const struct als_protocol *protocol = roster->protocol;
    const int infusion = latest_infusion(roster, patient);
    int before = ALS_NO_DAY;
    for (size_t v = 0; v < protocol->n_visits; v++) {
        int day = *als_roster_visit_day(roster, patient, v);
        if (day == ALS_NO_DAY && protocol->visits[v].infusion_number > 0)
            day = infusion;
        if (day == ALS_NO_DAY)
            continue;
        if (before != ALS_NO_DAY && day < before)
            return true;
        before = day;
    }
    return false;
}

bool als_roster_window(struct als_roster *roster, size_t patient, size_t visit, int *from, int *to)
{
    const struct als_visit_plan *plan = &roster->protocol->visits[visit];
    struct als_patient_facts facts = {
        .cohort = roster->patients.items[patient].cohort,
        .events = roster->events + roster->first_event[patient],
        .n_events = roster->first_event[patient + 1] - roster->first_event[patient],
        .visits = roster->facts,
    };
    for (size_t i = 0; i < roster->n_anchor_visits; i++) {
        const size_t other = roster->anchor_visits[i];
        const int32_t done = *als_roster_visit_day(roster, patient, other);
        if (done != ALS_NO_DAY)
            roster->facts[facts.n_visits++] =
                (struct als_visit_fact){.code = roster->protocol->visits[other].code, .day = done};
    }
    const int target = als_schedule_target(roster->protocol, &facts, visit);
    if (target == ALS_NO_DAY)
        return false;
    *from = target - plan->before_days;
    *to = target + plan->after_days;
    return true;
}
