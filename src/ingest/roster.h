/*
 * What an import must know of every patient while it reads: who there is, what happened to them,
 * and when their visits are due. Loaded once; grows with patients, not with rows.
 */
#ifndef ALSTRACK_INGEST_ROSTER_H
#define ALSTRACK_INGEST_ROSTER_H

#include "alstrack/store/record.h"
#include "text_map.h"

/* The visit codes that the study has when the import begins, apart from the store, so that another
 * thread may look them up while the store learns new ones. */
struct als_visit_codes {
    const struct als_protocol *protocol;
    struct als_visit_code {
        const char *code;
        size_t length;
        int number;
    } * items;          /* in the order of their numbers */
    size_t count, last; /* last: the one found last; files name visits in order */
};
void als_visit_codes_load(struct als_visit_codes *codes, const struct als_store *store,
                          struct als_arena *arena);
int als_visit_codes_find(struct als_visit_codes *codes, const char *text, size_t length); /* 0 */

struct als_roster {
    const struct als_protocol *protocol;
    struct als_arena *arena;
    struct als_patient_list patients;
    struct als_text_map by_name; /* index into patients */
    struct als_event_fact *events;
    size_t *first_event;   /* [patient]: of its events, which end at first_event[patient + 1] */
    int *last_day;         /* [patient]: latest day on which death may have been; ALS_NO_DAY */
    int *first_day;        /* [patient]: earliest day on which birth may have been; ALS_NO_DAY */
    ptrdiff_t *plan_of;    /* [visit number]: index into protocol->visits, -1 if not planned */
    size_t *anchor_visits; /* those on whose date another hangs: indexes into protocol->visits */
    size_t n_anchor_visits;
    int32_t *visit_days;          /* [patient][planned visit]: actual day, ALS_NO_DAY */
    size_t last_found;            /* patient of the visit day loaded last */
    struct als_visit_fact *facts; /* room for one patient's anchor visits */
    struct als_added_event {
        struct als_event_fact fact;
        size_t next;     /* of the same patient: 1 + index, 0 = none */
    } * added;           /* events that the file brought */
    size_t *first_added; /* [patient]: 1 + index into added, 0 = none */
    size_t n_added, added_room;
    struct als_event_fact *gathered; /* one patient's events, stored and brought */
    size_t gathered_room;
    size_t names_suggested;
    const char **names; /* of all patients, made for the first suggestion */
};

ALS_CHECKED enum als_status als_roster_load(struct als_store *store, struct als_roster *roster,
                                            struct als_err *err);
void als_roster_release(struct als_roster *roster);

/* Index of a patient, -1 if there is none. */
ptrdiff_t als_roster_find(const struct als_roster *roster, const char *text, size_t length);
/* A patient whose name is nearly this one, or NULL; only for the first unknown names of a file,
 * because it looks at every patient. */
const char *als_roster_nearest(struct als_roster *roster, const char *text, size_t length);

struct als_date als_roster_birth(const struct als_roster *roster, size_t patient);

/* Did the event take place on that day or before? A partial date counts by its convention. */
bool als_roster_happened(const struct als_roster *roster, size_t patient, const char *event,
                         int day);

/* Index of a visit into protocol->visits, -1 for extra ones. Numbers say nothing about the plan:
 * visits that an amendment adds get the next free ones. */
static inline ptrdiff_t als_roster_plan(const struct als_roster *roster, int visit_no)
{
    return visit_no > 0 && visit_no <= ALS_KEY_MASK ? roster->plan_of[visit_no] : -1;
}

/* The day on which a planned visit took place, as stored and as the file has it so far: for the
 * targets of visits that hang on it, and so that one odd day is told once. ALS_NO_DAY until then.
 */
static inline int32_t *als_roster_visit_day(const struct als_roster *roster, size_t patient,
                                            size_t visit)
{
    return &roster->visit_days[patient * roster->protocol->n_visits + visit];
}

/* The file brings an event, or another date for one: the patient's events as they are now. Borrowed
 * until the next call. */
struct als_patient_facts als_roster_event(struct als_roster *roster, size_t patient,
                                          const struct als_event_fact *event, bool repeats);

/* Signed distance of a day to a planned visit's window: 0 inside, or when there is none yet. */
int als_roster_outside(struct als_roster *roster, size_t patient, size_t visit, int day);

#endif
