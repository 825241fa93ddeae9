/* Fields of eligibility criteria: what a patient's record says, events, items and scores. */
#include "alstrack/define/known.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Fields of their own. */
static const struct {
    const char *name;
    enum als_known_kind kind;
} plain[] = {{"age", ALS_KNOWN_AGE},
             {"age_completed", ALS_KNOWN_AGE_COMPLETED},
             {"disease_duration", ALS_KNOWN_DURATION},
             {"sex", ALS_KNOWN_SEX},
             {"onset_site", ALS_KNOWN_ONSET_SITE},
             {"height_cm", ALS_KNOWN_HEIGHT},
             {"leadin_slope", ALS_KNOWN_LEADIN_SLOPE}};

/* Short names of measures. The first instrument that the protocol has gives it: forced and slow
 * capacity are not mixed, the scale of 22 items and the modified one neither. */
static const struct {
    const char *name, *instrument, *code;
} measures[] = {
    {"fvc_pct", "fvc", "percent_predicted"}, {"fvc_pct", "svc", "percent_predicted"},
    {"norris_bulbar", "norris", "bulbar"},   {"norris_bulbar", "norris-bulbar", "total"},
    {"norris_spinal", "norris", "spinal"},   {"norris_spinal", "norris-limb", "total"},
    {"stms_total", "stms", "total"},         {"bdi_total", "bdi-total", "total"}};

/* Short names of events. */
static const struct {
    const char *name, *event;
} states[] = {{"niv", "niv_start"}, {"ventilator_dependent", "pav"}};

/* Where the names go. */
struct listing {
    const struct als_protocol *protocol;
    als_instrument_lookup *lookup;
    void *lookup_context;
    struct als_arena *arena;
    als_known_fn *receive;
    void *context;
};

static const struct als_instrument *instrument_of(const struct listing *listing, const char *code)
{
    return listing->lookup ? listing->lookup(code, listing->lookup_context) : NULL;
}

static void list_plain(const struct listing *listing)
{
    for (size_t i = 0; i < COUNT(plain); i++) {
        struct als_known_source source = {.kind = plain[i].kind};
        listing->receive(plain[i].name, &source, listing->context);
    }
}

static void list_measures(const struct listing *listing)
{
    for (size_t i = 0; i < COUNT(measures); i++) {
        struct als_known_source source = {ALS_KNOWN_ANSWER, NULL, measures[i].instrument,
                                          measures[i].code};
        if (als_protocol_instrument(listing->protocol, measures[i].instrument) >= 0)
            listing->receive(measures[i].name, &source, listing->context);
    }
    /* The name stays one when no instrument gives it: it is then never known. */
    for (size_t i = 0; i < COUNT(measures); i++) {
        struct als_known_source source = {.kind = ALS_KNOWN_ANSWER};
        listing->receive(measures[i].name, &source, listing->context);
    }
}

static void list_event(const struct listing *listing, const char *name, const char *event)
{
    const struct als_instrument *form = instrument_of(listing, "screening");
    struct als_known_source source = {ALS_KNOWN_EVENT, event, "screening", NULL};
    if (form && als_instrument_item(form, name) >= 0)
        source.code = name;
    listing->receive(name, &source, listing->context);
}

static void list_events(const struct listing *listing)
{
    for (size_t i = 0; i < COUNT(states); i++)
        list_event(listing, states[i].name, states[i].event);
    for (size_t i = 0; als_event_names[i]; i++)
        list_event(listing, als_event_names[i], als_event_names[i]);
    for (size_t i = 0; i < listing->protocol->n_events; i++)
        list_event(listing, listing->protocol->events[i], listing->protocol->events[i]);
}

static void list_answer(const struct listing *listing, const char *prefix,
                        const struct als_instrument *instrument, const char *code)
{
    struct als_known_source source = {ALS_KNOWN_ANSWER, NULL, instrument->code, code};
    char *name = als_arena_printf(listing->arena, "%s%s%s", prefix, prefix[0] ? "_" : "", code);
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c;
    listing->receive(name, &source, listing->context);
}

static void list_instrument(const struct listing *listing, const char *code, const char *prefix)
{
    const struct als_instrument *instrument = instrument_of(listing, code);
    for (size_t i = 0; instrument && i < instrument->n_items; i++)
        list_answer(listing, prefix, instrument, instrument->items[i].code);
    for (size_t i = 0; instrument && i < instrument->n_scores; i++)
        list_answer(listing, prefix, instrument, instrument->scores[i].code);
}

void als_known_each(const struct als_protocol *protocol, als_instrument_lookup *lookup,
                    void *lookup_context, struct als_arena *arena, als_known_fn *receive,
                    void *context)
{
    const struct listing listing = {protocol, lookup, lookup_context, arena, receive, context};
    list_plain(&listing);
    list_measures(&listing);
    list_events(&listing);
    list_instrument(&listing, "screening", "");
    for (size_t i = 0; i < protocol->n_instruments; i++)
        list_instrument(&listing, protocol->instruments[i], protocol->instruments[i]);
}

struct search {
    const char *name;
    struct als_known_source *out;
    bool found;
};

static void take_first(const char *name, const struct als_known_source *source, void *context)
{
    struct search *search = context;
    if (search->found || strcmp(name, search->name) != 0)
        return;
    *search->out = *source;
    search->found = true;
}

bool als_known_find(const struct als_protocol *protocol, als_instrument_lookup *lookup,
                    void *lookup_context, struct als_arena *arena, const char *name,
                    struct als_known_source *out)
{
    struct search search = {name, out, false};
    als_known_each(protocol, lookup, lookup_context, arena, take_first, &search);
    return search.found;
}
