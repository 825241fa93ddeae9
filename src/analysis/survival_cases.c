/* From events, visits and assessments to each patient's time to the endpoint. */
#include "survival_cases.h"

#include <limits.h>
#include <string.h>

#include "alstrack/analysis/follow_up.h"
#include "stage_series.h"

/* ---------------------------------------------------------------- stages */

/* What the assessments of one patient say of King's stage 4. */
struct reached {
    int first; /* first day with what makes a stage of the endpoint; ALS_NO_DAY: none */
    int last;  /* last assessment of which this can be told */
};

struct stages {
    const struct survival_endpoint *endpoint;
    struct reached *items; /* per patient; NULL when the endpoint has no stage */
    size_t next;
};

static void take_course(const struct als_stage_course *course, void *context)
{
    struct stages *stages = context;
    struct reached *reached = &stages->items[stages->next++];
    *reached = (struct reached){ALS_NO_DAY, ALS_NO_DAY};
    for (size_t i = 0; i < course->n; i++) {
        const struct als_staged *stage = &course->stages[i];
        bool is_there = (stages->endpoint->kings_4a && stage->gastrostomy) ||
                        (stages->endpoint->kings_4b && stage->ventilation == 1);
        if (is_there && reached->first == ALS_NO_DAY)
            reached->first = stage->day;
        if (is_there || !stages->endpoint->kings_4b || stage->ventilation >= 0)
            reached->last = stage->day;
    }
}

static enum als_status load_stages(struct als_store *store, const struct als_patient_list *patients,
                                   struct als_arena *arena, struct stages *stages,
                                   struct als_err *err)
{
    static const struct als_stage_rules rules = {.mitos_or = false};
    if (!stages->endpoint->kings_4a && !stages->endpoint->kings_4b)
        return ALS_OK;
    const struct als_instrument *scale = als_stage_instrument(store);
    if (!scale || strcmp(scale->code, "alsfrsr") != 0)
        return als_fail(err, ALS_USAGE, "E-ENDPOINT",
                        "King's stages need ALSFRS-R, which the study does not record");
    stages->items = als_arena_array(arena, patients->count + 1, sizeof *stages->items);
    return als_stages_each(store, patients, &rules, take_course, stages, err);
}

/* ---------------------------------------------------------------- one patient */

struct person {
    const char *name;
    const struct als_patient_facts *facts;
    const struct als_event *events; /* the rows behind facts */
    size_t n_events;
    const struct reached *reached; /* NULL when the endpoint has no stage */
    struct als_follow_up follow;
    struct als_date zero;
};

static bool is_one_of(const struct survival_endpoint *endpoint, const char *event)
{
    for (size_t i = 0; i < endpoint->count; i++)
        if (strcmp(endpoint->events[i], event) == 0)
            return true;
    return false;
}

static void take_earlier(struct als_date *first, struct als_date date)
{
    if (date.day != ALS_NO_DAY && (first->day == ALS_NO_DAY || date.day < first->day))
        *first = date;
}

/* The earliest of the events, death being on the day given; *undated says that one has no date at
 * all. */
static struct als_date first_event(const struct survival_endpoint *endpoint,
                                   const struct als_patient_facts *facts, int death, bool *undated)
{
    struct als_date first = ALS_NO_DATE;
    for (size_t i = 0; i < facts->n_events; i++) {
        const struct als_event_fact *event = &facts->events[i];
        bool ventilation = endpoint->pav && strcmp(event->event, "pav") == 0;
        if (ventilation || !is_one_of(endpoint, event->event))
            continue;
        struct als_date date = event->date;
        if (date.day != ALS_NO_DAY && strcmp(event->event, "death") == 0)
            date.day = death;
        *undated |= date.day == ALS_NO_DAY;
        take_earlier(&first, date);
    }
    return first;
}

static struct als_date find_pav(struct survival_cases *cases, const struct survival_rules *rules,
                                const struct person *person, bool *undated)
{
    struct als_pav pav = als_pav_of(person->events, person->n_events, &rules->pav,
                                    person->follow.death.day, person->follow.last_known);
    *undated |= pav.undated;
    if (pav.no_hours)
        als_noted_add(&cases->pav_no_hours, person->name);
    if (pav.unchecked)
        als_noted_add(&cases->pav_unchecked, person->name);
    else if (pav.date.day == ALS_NO_DAY && pav.fewer_hours)
        als_noted_add(&cases->pav_fewer, person->name);
    else if (pav.date.day == ALS_NO_DAY && pav.too_short)
        als_noted_add(&cases->pav_short, person->name);
    return pav.date;
}

/* The first that the endpoint names of events, permanent ventilation and stages. */
static struct als_date first_of(struct survival_cases *cases, const struct survival_rules *rules,
                                const struct person *person, bool *undated)
{
    *undated = false;
    struct als_date first =
        first_event(rules->endpoint, person->facts, person->follow.death.day, undated);
    if (rules->endpoint->pav)
        take_earlier(&first, find_pav(cases, rules, person, undated));
    if (person->reached)
        take_earlier(&first, (struct als_date){person->reached->first, ALS_PRECISION_DAY});
    return first;
}

/* An infusion is a visit, whether or not the visit itself was recorded. */
static int last_visit(const struct als_patient_facts *facts)
{
    int last = ALS_NO_DAY;
    for (size_t i = 0; i < facts->n_visits; i++)
        if (!facts->visits[i].not_done && facts->visits[i].day > last)
            last = facts->visits[i].day;
    for (size_t i = 0; i < facts->n_events; i++)
        if (strcmp(facts->events[i].event, "infusion") == 0 && facts->events[i].date.day > last)
            last = facts->events[i].date.day;
    return last;
}

/* Last day on which the endpoint is known not to have been there. */
static int censoring_day(const struct survival_endpoint *endpoint, const struct person *person)
{
    if (person->reached)
        return person->reached->last;
    if (endpoint->death)
        return person->follow.last_known;
    int end = last_visit(person->facts), death = person->follow.death.day;
    return death > end ? death : end;
}

static void censor(struct survival_cases *cases, const struct survival_endpoint *endpoint,
                   const struct person *person, struct survival_case *out)
{
    int end = censoring_day(endpoint, person);
    if (person->reached && end == ALS_NO_DAY) {
        als_noted_add(&cases->no_stage, person->name);
        return;
    }
    if (!endpoint->death && person->follow.death.day != ALS_NO_DAY)
        als_noted_add(&cases->competing, person->name);
    out->used = true;
    out->days = end > person->zero.day ? end - person->zero.day : 0;
}

/* A partial date is taken as its middle, but not as a day before time zero that it may be after. */
static int event_day(const struct person *person, struct als_date date)
{
    bool may_be_after = als_date_latest(date) >= als_date_earliest(person->zero);
    return date.day < person->zero.day && may_be_after ? person->zero.day : date.day;
}

/* Nor is the middle a day on which to have died when the patient was seen alive later, whatever the
 * endpoint is and whichever of its events comes first. */
static struct als_date death_date(const struct als_follow_up *follow)
{
    struct als_date date = follow->death;
    int latest = als_date_latest(date);
    if (date.day != ALS_NO_DAY && date.day < follow->last_known)
        date.day = follow->last_known < latest ? follow->last_known : latest;
    return date;
}

/* Nobody can be lost to the trial before the trial knows them: the first of consent, a visit and an
 * infusion. ALS_NO_DAY: none of them. */
static int entry_day(const struct person *person)
{
    struct als_date first = ALS_NO_DATE;
    for (size_t i = 0; i < person->facts->n_visits; i++)
        if (!person->facts->visits[i].not_done)
            take_earlier(&first,
                         (struct als_date){person->facts->visits[i].day, ALS_PRECISION_DAY});
    for (size_t i = 0; i < person->facts->n_events; i++) {
        const struct als_event_fact *event = &person->facts->events[i];
        if (strcmp(event->event, "consent") == 0 || strcmp(event->event, "infusion") == 0)
            take_earlier(&first, event->date);
    }
    return first.day;
}

/* A stage at entry or time zero was not reached under observation. */
static bool came_before(const struct person *person, struct als_date date, int day)
{
    bool by_stage = person->reached && date.day == person->reached->first;
    return day < person->zero.day || (by_stage && day == person->zero.day);
}

static void enter(struct survival_cases *cases, const struct survival_rules *rules,
                  const struct person *person, struct survival_case *out)
{
    int entry = rules->from_zero ? person->zero.day : entry_day(person);
    if (entry == ALS_NO_DAY || entry <= person->zero.day)
        return;
    out->entry = entry - person->zero.day;
    if (out->days <= out->entry) {
        als_noted_add(&cases->before_entry, person->name);
        *out = (struct survival_case){.zero_day = person->zero.day};
        return;
    }
    cases->late++;
}

static void settle(struct survival_cases *cases, const struct survival_rules *rules,
                   const struct person *person, struct survival_case *out)
{
    out->zero_day = person->zero.day;
    if (person->zero.day == ALS_NO_DAY) {
        als_noted_add(&cases->no_zero, person->name);
        return;
    }
    bool undated;
    struct als_date date = first_of(cases, rules, person, &undated);
    if (undated) {
        als_noted_add(&cases->undated, person->name);
        return;
    }
    bool is_partial = person->zero.precision != ALS_PRECISION_DAY;
    if (date.day == ALS_NO_DAY) {
        censor(cases, rules->endpoint, person, out);
    } else {
        int day = event_day(person, date);
        if (came_before(person, date, day)) {
            als_noted_add(&cases->before_zero, person->name);
            return;
        }
        is_partial |= date.precision != ALS_PRECISION_DAY;
        *out = (struct survival_case){.used = true,
                                      .zero_day = person->zero.day,
                                      .days = day - person->zero.day,
                                      .event = true};
    }
    if (out->used)
        enter(cases, rules, person, out);
    cases->at_zero += out->used && !out->event && out->days == 0;
    if (is_partial && out->used)
        als_noted_add(&cases->partial, person->name);
}

/* ---------------------------------------------------------------- all patients */

static struct als_date zero_from_event(const char *from, const struct als_patient_facts *facts)
{
    const struct survival_endpoint event = {.events = {from}, .count = 1};
    bool undated = false;
    return first_event(&event, facts, als_death_day(facts), &undated);
}

static struct als_date zero_from_timeline(const struct als_timeline *time)
{
    return (struct als_date){.day = time->zero_day,
                             .precision =
                                 time->zero_is_partial ? ALS_PRECISION_MONTH : ALS_PRECISION_DAY};
}

struct rows {
    struct als_event_list events;
    struct als_visit_list visits;
    struct als_timeline *timelines;
    struct stages stages;
};

static void settle_all(struct als_store *store, const struct als_patient_list *patients,
                       const struct survival_rules *rules, const struct rows *rows,
                       struct als_arena *arena, struct survival_cases *out)
{
    struct als_span event = {0}, visit = {0};
    for (size_t i = 0; i < patients->count; i++) {
        const struct als_patient *patient = &patients->items[i];
        event = als_events_of(&rows->events, event.first + event.count, patient->id);
        visit = als_visits_of(&rows->visits, visit.first + visit.count, patient->id);
        const struct als_event *events = rows->events.items + event.first;
        struct als_patient_facts facts;
        als_facts_from(store, patient, events, event.count, rows->visits.items + visit.first,
                       visit.count, arena, &facts);
        struct person person = {.name = patient->patient,
                                .facts = &facts,
                                .events = events,
                                .n_events = event.count,
                                .reached = rows->stages.items ? &rows->stages.items[i] : NULL,
                                .follow = als_follow_up(als_store_protocol(store), &facts, events,
                                                        event.count, INT_MAX),
                                .zero = rules->from ? zero_from_event(rules->from, &facts)
                                                    : zero_from_timeline(&rows->timelines[i])};
        person.follow.death = death_date(&person.follow);
        if (!rules->from && person.zero.day != ALS_NO_DAY)
            out->zero[rows->timelines[i].zero]++;
        settle(out, rules, &person, &out->items[i]);
    }
}

enum als_status survival_cases_load(struct als_store *store,
                                    const struct als_patient_list *patients,
                                    const struct survival_rules *rules, struct als_arena *arena,
                                    struct survival_cases *out, struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(store);
    *out = (struct survival_cases){
        .items = als_arena_array(arena, patients->count + 1, sizeof *out->items)};
    if (rules->from && !als_protocol_has_event(protocol, rules->from))
        return survival_no_endpoint(protocol, rules->from, err);
    struct rows rows = {.stages = {.endpoint = rules->endpoint}};
    rows.timelines = als_arena_array(arena, patients->count + 1, sizeof *rows.timelines);
    enum als_status status = als_timelines_load(store, patients, rows.timelines, err);
    if (status == ALS_OK)
        status = als_event_load(store, 0, arena, &rows.events, err);
    if (status == ALS_OK)
        status = als_visit_load(store, 0, arena, &rows.visits, err);
    if (status == ALS_OK)
        status = load_stages(store, patients, arena, &rows.stages, err);
    if (status == ALS_OK)
        settle_all(store, patients, rules, &rows, arena, out);
    return status;
}
