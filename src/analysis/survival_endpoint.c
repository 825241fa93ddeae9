/* Endpoints of survival by name. */
#include <string.h>

#include "survival_cases.h"

#define KINGS_4A "kings-4a"
#define KINGS_4B "kings-4b"

static const struct {
    const char *name, *events;
} named[] = {
    {"death", "death"},
    {"death-or-tracheostomy", "death,tracheostomy"},
    {"death-or-tracheostomy-or-pav", "death,tracheostomy,pav"},
    {"gastrostomy", "gastrostomy"},
    {"niv", "niv_start"},
    {"kings-4", "kings-4a,kings-4b"},
};
#define N_NAMED (sizeof named / sizeof named[0])

enum als_status survival_no_endpoint(const struct als_protocol *protocol, const char *word,
                                     struct als_err *err)
{
    enum { MOST = 64 };
    const char *candidates[MOST];
    size_t n = 0;
    for (size_t i = 0; i < N_NAMED; i++)
        candidates[n++] = named[i].name;
    candidates[n++] = KINGS_4A;
    candidates[n++] = KINGS_4B;
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
        als_err_hint(
            err, "death, death-or-tracheostomy, death-or-tracheostomy-or-pav, "
                 "gastrostomy, niv, kings-4a, kings-4b, kings-4, or events with commas between");
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
        bool kings_4a = strcmp(event, KINGS_4A) == 0, kings_4b = strcmp(event, KINGS_4B) == 0;
        if (!kings_4a && !kings_4b && !als_protocol_has_event(protocol, event))
            return survival_no_endpoint(protocol, event, err);
        if (out->count == SURVIVAL_EVENTS)
            return als_fail(err, ALS_USAGE, "E-ENDPOINT", "more than %d events in an endpoint",
                            SURVIVAL_EVENTS);
        out->events[out->count++] = event;
        out->death |= strcmp(event, "death") == 0;
        out->pav |= strcmp(event, "pav") == 0;
        out->kings_4a |= kings_4a;
        out->kings_4b |= kings_4b;
        at = comma ? comma + 1 : NULL;
    }
    return ALS_OK;
}
