/*
 * What an import must know of every patient while it reads: who there is, what happened to them,
 * and when their visits are due. Loaded once; grows with patients, not with rows.
 */
#ifndef ALSTRACK_INGEST_ROSTER_H
#define ALSTRACK_INGEST_ROSTER_H

#include "alstrack/define/verdict.h"
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
    size_t *first_event; /* [patient]: of its events, which end at first_event[patient + 1] */
    struct als_day_limits *limits; /* [patient] */
    int *birth_day;                /* [patient]: as ages are counted; ALS_NO_DAY */
    ptrdiff_t *plan_of;    /* [visit number]: index into protocol->visits, -1 if not planned */
    size_t *anchor_visits; /* those on whose date another hangs: indexes into protocol->visits */
    size_t n_anchor_visits;
    int32_t *visit_days;          /* [patient][planned visit]: actual day, ALS_NO_DAY */
    size_t last_found;            /* patient of the visit day loaded last */
    struct als_visit_fact *facts; /* room for one patient's anchor visits */
    size_t names_suggested;
    const char **names; /* of all patients, made for the first suggestion */
};

/* today: for als_day_limits. */
ALS_CHECKED enum als_status als_roster_load(struct als_store *store, int today,
                                            struct als_roster *roster, struct als_err *err);
void als_roster_release(struct als_roster *roster);

/* Index of a patient, -1 if there is none. */
ptrdiff_t als_roster_of_id(const struct als_roster *roster, int64_t patient_id);
ptrdiff_t als_roster_find(const struct als_roster *roster, const char *text, size_t length);
/* A patient whose name is nearly this one, or NULL; only for the first unknown names of a file,
 * because it looks at every patient. */
const char *als_roster_nearest(struct als_roster *roster, const char *text, size_t length);

/* Events of a patient, as stored when the import began. */
static inline const struct als_event_fact *als_roster_events(const struct als_roster *roster,
                                                             size_t patient, size_t *n)
{
    *n = roster->first_event[patient + 1] - roster->first_event[patient];
    return roster->events + roster->first_event[patient];
}

/* Index of a visit into protocol->visits, -1 for extra ones. Numbers say nothing about the plan:
 * visits that an amendment adds get the next free ones. */
static inline ptrdiff_t als_roster_plan(const struct als_roster *roster, int visit_no)
{
    return visit_no > 0 && visit_no <= ALS_KEY_MASK ? roster->plan_of[visit_no] : -1;
}

/* May a visit stand before one that comes earlier in the plan? Also true of some in order: who
 * wants to know judges. */
bool als_roster_disordered(const struct als_roster *roster, size_t patient);

/* The day on which a planned visit took place, as stored and as the file has it so far: for the
 * targets of visits that hang on it, and so that one odd day is told once. ALS_NO_DAY until then.
 */
static inline int32_t *als_roster_visit_day(const struct als_roster *roster, size_t patient,
                                            size_t visit)
{
    return &roster->visit_days[patient * roster->protocol->n_visits + visit];
}

/* The window of a planned visit, by the targets that are known now; false when there is none yet.
 */
bool als_roster_window(struct als_roster *roster, size_t patient, size_t visit, int *from, int *to);

#endif
