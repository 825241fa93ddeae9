/*
 * Queries: questions about something stored, asked by a rule or a person, answered, closed and
 * reopened by people. Nothing closes by itself. A query is never changed: what happens to it are
 * steps, each with its text and the change set that says who and when; the state follows from them.
 *
 *     state      answer      close     reopen
 *     open       answered    closed    E-STATE
 *     answered   answered    closed    open
 *     closed     E-STATE     E-STATE   open
 *
 * Rules add steps of their own: `changed` (the value is another, and the rule still fires: an
 * answered query is open again, a closed one too), `gone` (the rule no longer fires: the state
 * stays, for a person to close) and `found` (it fires again). A closed query whose value is still
 * the same stays closed: the value was accepted.
 *
 * In a store that was cut (als_store_cut), queries and steps of later days (UTC) are not there.
 *
 * A query is named PATIENT/NUMBER, counted for each patient, such as P01/3.
 */
#ifndef ALSTRACK_STORE_QUERY_H
#define ALSTRACK_STORE_QUERY_H

#include "alstrack/store/record.h"

enum als_query_state { ALS_QUERY_OPEN, ALS_QUERY_ANSWERED, ALS_QUERY_CLOSED };
enum als_query_action { ALS_QUERY_ANSWER, ALS_QUERY_CLOSE, ALS_QUERY_REOPEN };
extern const char *const als_query_state_names[]; /* open, answered, closed */

/* False when the action is not possible in that state; *after untouched. */
bool als_query_next(enum als_query_state state, enum als_query_action action,
                    enum als_query_state *after);

struct als_query {
    int64_t id;       /* set by the store */
    const char *name; /* P01/3; set by the store */
    int64_t patient_id;
    int visit_no;         /* 0 = none */
    const char *record;   /* instrument code, or patient, event, visit, ae */
    const char *rater;    /* NULL = none */
    const char *item;     /* NULL = the record as a whole; see als_check_row */
    const char *rule;     /* NULL: asked by a person */
    const char *message;  /* the question */
    const char *value;    /* as it stood at opening; NULL = missing or none */
    int64_t value_change; /* change set that had written the record then; 0 = none */
    /* From the steps; read only. */
    enum als_query_state state;
    bool found;                        /* the rule fired when last judged; true without one */
    const char *value_now;             /* as last judged */
    const char *opened_at, *opened_by; /* UTC; user */
    const char *last_at, *last_by;     /* of the last step, or of opening */
    const char *last_text;             /* of the last step that has one; NULL */
    int opened_day;                    /* UTC */
    int closed_day;                    /* UTC; ALS_NO_DAY unless closed */
    int64_t opened_change;
    size_t n_steps;
};

/* Whole days since it was opened, until `today` or until it was closed. */
int als_query_age_days(const struct als_query *query, int today);

struct als_query_filter {
    int64_t patient_id; /* 0 = all */
    const char *site;   /* NULL = all */
    const char *record; /* NULL = all */
    int visit_no;       /* 0 = all */
    unsigned states;    /* 1u << enum als_query_state, 0 = all */
    int opened_before;  /* day: only queries opened earlier; ALS_NO_DAY = all */
};
struct als_query_list {
    struct als_query *items; /* by patient, number */
    size_t count;
};
ALS_CHECKED enum als_status als_query_load(struct als_store *store,
                                           const struct als_query_filter *filter,
                                           struct als_arena *arena, struct als_query_list *out,
                                           struct als_err *err);
/* By name; ALS_NO_INPUT with code E-QUERY when there is none. */
ALS_CHECKED enum als_status als_query_get(struct als_store *store, const char *name,
                                          struct als_arena *arena, struct als_query *out,
                                          struct als_err *err);

struct als_query_step {
    const char *step; /* opened, answered, closed, reopened, changed, gone, found */
    const char *text, *value;
    const char *at_utc, *user;
    int64_t change_id;
};
struct als_query_steps {
    struct als_query_step *items; /* in order; the first is the opening */
    size_t count;
};
ALS_CHECKED enum als_status als_query_history(struct als_store *store, int64_t query_id,
                                              struct als_arena *arena, struct als_query_steps *out,
                                              struct als_err *err);

/* ---- Inside an open change set ---- */

/* Asked by a person: query->message and what it is about; the value and its change set are filled
 * in from what is stored. The record must exist (ALS_NO_INPUT). Sets id and name. */
ALS_CHECKED enum als_status als_query_open(struct als_store *store, struct als_query *query,
                                           struct als_arena *arena, struct als_err *err);
/* ALS_USAGE with E-STATE when the state does not allow it, E-TEXT when an answer or a reopening has
 * no text. */
ALS_CHECKED enum als_status als_query_act(struct als_store *store, const struct als_query *query,
                                          enum als_query_action action, const char *text,
                                          struct als_err *err);

#endif
