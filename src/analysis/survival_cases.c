/* Endpoints by name, and each patient's time to them. */
#include "survival_cases.h"

#include <limits.h>
#include <string.h>

#include "alstrack/analysis/follow_up.h"

/* ---------------------------------------------------------------- endpoints */

static const struct {
    const char *name, *events;
} named[] = {
    {"death", "death"},
    {"death-or-tracheostomy", "death,tracheostomy"},
    {"death-or-tracheostomy-or-pav", "death,tracheostomy,pav"},
    {"gastrostomy", "gastrostomy"},
    {"niv", "niv_start"},
};
#define N_NAMED (sizeof named / sizeof named[0])

static enum als_status no_endpoint(const struct als_protocol *protocol, const char *word,
                                   struct als_err *err)
{
    enum { MOST = 64 };
    const char *candidates[MOST];
    size_t n = 0;
    for (size_t i = 0; i < N_NAMED; i++)
        candidates[n++] = named[i].name;
    for (size_t i = 0; als_event_names[i] && n < MOST; i++)
        candidates[n++] = als_event_names[i];
    for (size_t i = 0; i < protocol->n_events && n < MOST; i++)
        candidates[n++] = protocol->events[i];
    enum als_status status =
        als_fail(err, ALS_USAGE, "E-ENDPOINT", "there is no endpoint or event '%s'", word);
    const char *nearest = als_nearest(word, candidates, n);
    if (nearest)
        als_err_hint(err, "did you mean %s?", nearest);
    else
        als_err_hint(err, "death, death-or-tracheostomy, death-or-tracheostomy-or-pav, "
                          "gastrostomy, niv, or events with commas between");
    return status;
}

enum als_status survival_endpoint_find(const struct als_protocol *protocol, const char *name,
                                       struct als_arena *arena, struct survival_endpoint *out,
                                       struct als_err *err)
{
    *out = (struct survival_endpoint){.name = name};
    const char *events = name;
    for (size_t i = 0; i < N_NAMED; i++)
        if (strcmp(named[i].name, name) == 0)
            events = named[i].events;
    for (const char *at = events; at;) {
        const char *comma = strchr(at, ',');
        const char *event = als_arena_strndup(arena, at, comma ? (size_t)(comma - at) : strlen(at));
        if (!als_protocol_has_event(protocol, event))
            return no_endpoint(protocol, event, err);
        if (out->count == SURVIVAL_EVENTS)
            return als_fail(err, ALS_USAGE, "E-ENDPOINT", "more than %d events in an endpoint",
                            SURVIVAL_EVENTS);
        out->events[out->count++] = event;
        out->death |= strcmp(event, "death") == 0;
        at = comma ? comma + 1 : NULL;
    }
    return ALS_OK;
}

/* ---------------------------------------------------------------- one patient */

static bool is_one_of(const struct survival_endpoint *endpoint, const char *event)
{
    for (size_t i = 0; i < endpoint->count; i++)
        if (strcmp(endpoint->events[i], event) == 0)
            return true;
    return false;
}

/* The earliest event of the endpoint; *undated says that one has no date at all. */
static struct als_date first_of(const struct survival_endpoint *endpoint,
                                const struct als_patient_facts *facts, bool *undated)
{
    struct als_date first = ALS_NO_DATE;
    *undated = false;
    for (size_t i = 0; i < facts->n_events; i++) {
        const struct als_event_fact *event = &facts->events[i];
        if (!is_one_of(endpoint, event->event))
            continue;
        if (event->date.day == ALS_NO_DAY)
            *undated = true;
        else if (first.day == ALS_NO_DAY || event->date.day < first.day)
            first = event->date;
    }
    return first;
}

static int last_visit(const struct als_patient_facts *facts)
{
    int last = ALS_NO_DAY;
    for (size_t i = 0; i < facts->n_visits; i++)
        if (!facts->visits[i].not_done && facts->visits[i].day > last)
            last = facts->visits[i].day;
    return last;
}

struct person {
    const char *name;
    const struct als_patient_facts *facts;
    struct als_follow_up follow;
    struct als_date zero;
};

static void censor(struct survival_cases *cases, const struct survival_endpoint *endpoint,
                   const struct person *person, struct survival_case *out)
{
    int end = person->follow.last_known;
    if (!endpoint->death) {
        int death = person->follow.death.day;
        end = last_visit(person->facts);
        if (death != ALS_NO_DAY)
            als_noted_add(&cases->competing, person->name);
        if (death > end)
            end = death;
    }
    out->used = true;
    out->days = end > person->zero.day ? end - person->zero.day : 0;
    cases->at_zero += out->days == 0;
}

/* A partial date is taken as its middle, but not as a day that cannot be: before time zero, or, for
 * death, before the patient was last seen alive. */
static int event_day(const struct survival_endpoint *endpoint, const struct person *person,
                     struct als_date date)
{
    int day = date.day, latest = als_date_latest(date);
    bool only_death = endpoint->death && endpoint->count == 1;
    if (only_death && day < person->follow.last_known)
        day = person->follow.last_known < latest ? person->follow.last_known : latest;
    if (day < person->zero.day && latest >= als_date_earliest(person->zero))
        day = person->zero.day;
    return day;
}

static void settle(struct survival_cases *cases, const struct survival_endpoint *endpoint,
                   const struct person *person, struct survival_case *out)
{
    out->zero_day = person->zero.day;
    if (person->zero.day == ALS_NO_DAY) {
        als_noted_add(&cases->no_zero, person->name);
        return;
    }
    bool undated;
    struct als_date date = first_of(endpoint, person->facts, &undated);
    if (undated) {
        als_noted_add(&cases->undated, person->name);
        return;
    }
    bool is_partial = person->zero.precision != ALS_PRECISION_DAY;
    if (date.day == ALS_NO_DAY) {
        censor(cases, endpoint, person, out);
    } else {
        int day = event_day(endpoint, person, date);
        if (day < person->zero.day) {
            als_noted_add(&cases->before_zero, person->name);
            return;
        }
        is_partial |= date.precision != ALS_PRECISION_DAY;
        *out = (struct survival_case){.used = true,
                                      .zero_day = person->zero.day,
                                      .days = day - person->zero.day,
                                      .event = true};
    }
    if (is_partial)
        als_noted_add(&cases->partial, person->name);
}

/* ---------------------------------------------------------------- all patients */

static struct als_date zero_from_event(const char *from, const struct als_patient_facts *facts)
{
    const struct survival_endpoint event = {.events = {from}, .count = 1};
    bool undated;
    return first_of(&event, facts, &undated);
}

static struct als_date zero_from_timeline(const struct als_timeline *time)
{
    return (struct als_date){.day = time->zero_day,
                             .precision =
                                 time->zero_is_partial ? ALS_PRECISION_MONTH : ALS_PRECISION_DAY};
}

static void settle_all(struct als_store *store, const struct als_patient_list *patients,
                       const struct survival_endpoint *endpoint, const char *from,
                       const struct als_event_list *events, const struct als_visit_list *visits,
                       const struct als_timeline *timelines, struct als_arena *arena,
                       struct survival_cases *out)
{
    struct als_span event = {0}, visit = {0};
    for (size_t i = 0; i < patients->count; i++) {
        const struct als_patient *patient = &patients->items[i];
        event = als_events_of(events, event.first + event.count, patient->id);
        visit = als_visits_of(visits, visit.first + visit.count, patient->id);
        struct als_patient_facts facts;
        als_facts_from(store, patient, events->items + event.first, event.count,
                       visits->items + visit.first, visit.count, arena, &facts);
        struct person person = {
            .name = patient->patient,
            .facts = &facts,
            .follow = als_follow_up(als_store_protocol(store), &facts, events->items + event.first,
                                    event.count, INT_MAX),
            .zero = from ? zero_from_event(from, &facts) : zero_from_timeline(&timelines[i])};
        if (!from && person.zero.day != ALS_NO_DAY)
            out->zero[timelines[i].zero]++;
        settle(out, endpoint, &person, &out->items[i]);
    }
}

enum als_status survival_cases_load(struct als_store *store,
                                    const struct als_patient_list *patients,
                                    const struct survival_endpoint *endpoint, const char *from,
                                    struct als_arena *arena, struct survival_cases *out,
                                    struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(store);
    *out = (struct survival_cases){
        .items = als_arena_array(arena, patients->count + 1, sizeof *out->items)};
    if (from && !als_protocol_has_event(protocol, from))
        return no_endpoint(protocol, from, err);
    struct als_timeline *timelines = als_arena_array(arena, patients->count + 1, sizeof *timelines);
    struct als_event_list events;
    struct als_visit_list visits;
    enum als_status status = als_timelines_load(store, patients, timelines, err);
    if (status == ALS_OK)
        status = als_event_load(store, 0, arena, &events, err);
    if (status == ALS_OK)
        status = als_visit_load(store, 0, arena, &visits, err);
    if (status == ALS_OK)
        settle_all(store, patients, endpoint, from, &events, &visits, timelines, arena, out);
    return status;
}

/* ---------------------------------------------------------------- notes */

static void note_left_out(const struct survival_cases *cases, struct als_buf *text,
                          struct als_table *table)
{
    if (cases->no_zero.count)
        als_table_note(table, "left out: no time zero: %s", als_noted_say(&cases->no_zero, text));
    if (cases->before_zero.count)
        als_table_note(table, "left out: the endpoint came before time zero: %s",
                       als_noted_say(&cases->before_zero, text));
    if (cases->undated.count)
        als_table_note(table, "left out: the endpoint has no date: %s",
                       als_noted_say(&cases->undated, text));
    if (cases->partial.count)
        als_table_note(table,
                       "warning: a date without a day, taken as the middle of its month or year: "
                       "%s",
                       als_noted_say(&cases->partial, text));
    if (cases->competing.count)
        als_table_note(table,
                       "warning: %s died without the endpoint and are censored there: death is a "
                       "competing event, and the curve overstates how many reach the endpoint",
                       als_noted_say(&cases->competing, text));
    if (cases->at_zero)
        als_table_note(table, "censored on day 0, nothing known afterwards: %zu", cases->at_zero);
}

static void note_truncation(const char *zero_event, struct als_table *table)
{
    if (strcmp(zero_event, "onset") == 0 || strcmp(zero_event, "diagnosis") == 0)
        als_table_note(table,
                       "warning: left truncation: who died between %s and enrolment cannot be "
                       "here, so survival is overstated",
                       zero_event);
}

void survival_cases_note(const struct survival_cases *cases, const struct als_protocol *protocol,
                         const struct survival_endpoint *endpoint, const char *from,
                         struct als_table *table)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    for (size_t i = 0; i < endpoint->count; i++)
        als_buf_printf(&text, "%s%s", i ? ", " : "", endpoint->events[i]);
    als_table_note(table, "endpoint: first of the recorded events %s; censored %s", text.data,
                   endpoint->death ? "on the last day known alive (visits done, dated events)"
                                   : "at the last visit done, or at a later death");
    if (from)
        als_table_note(table, "time zero: first event %s", from);
    else
        als_note_zero(protocol, cases->zero, table);
    if (from)
        note_truncation(from, table);
    else if (protocol->time_zero.kind == ALS_ANCHOR_EVENT)
        note_truncation(protocol->time_zero.event, table);
    note_left_out(cases, &text, table);
    als_buf_release(&text);
}
