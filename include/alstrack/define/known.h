/*
 * The fields that eligibility criteria may name, and where each comes from. One list: the check of
 * a protocol knows the names, the worksheet fetches the values.
 */
#ifndef ALSTRACK_DEFINE_KNOWN_H
#define ALSTRACK_DEFINE_KNOWN_H

#include "alstrack/define/protocol.h"

enum als_known_kind {
    ALS_KNOWN_AGE,           /* decimal years at consent */
    ALS_KNOWN_AGE_COMPLETED, /* birthdays passed at consent */
    ALS_KNOWN_DURATION,      /* months of 30.4375 days since onset */
    ALS_KNOWN_SEX,
    ALS_KNOWN_ONSET_SITE,
    ALS_KNOWN_HEIGHT,
    ALS_KNOWN_LEADIN_SLOPE,
    ALS_KNOWN_EVENT, /* did the event happen? Item `code` of the form `screening` says so too */
    ALS_KNOWN_ANSWER /* item or score `code` of `instrument` */
};

struct als_known_source {
    enum als_known_kind kind;
    const char *event;      /* ALS_KNOWN_EVENT */
    const char *instrument; /* NULL when no instrument of the protocol gives it */
    const char *code;       /* NULL when it has no item of that name */
};

typedef void als_known_fn(const char *name, const struct als_known_source *source, void *context);

/* Call receive for every field; a name may come more than once, and its first source counts. Names
 * and sources live in the arena. */
void als_known_each(const struct als_protocol *protocol, als_instrument_lookup *lookup,
                    void *lookup_context, struct als_arena *arena, als_known_fn *receive,
                    void *context);

/* The source of one field; false when there is none of that name. */
bool als_known_find(const struct als_protocol *protocol, als_instrument_lookup *lookup,
                    void *lookup_context, struct als_arena *arena, const char *name,
                    struct als_known_source *out);

#endif
