/*
 * The records of a study, row by row: patients, events, visits, procedures, adverse events,
 * assessments. (Many assessments at once: bulk.h and scan.h.)
 *
 * A put enters the row if its key is new, does nothing if all given columns equal the stored ones,
 * and otherwise changes them: that needs a reason in the change set, else ALS_DATA with code
 * E-CONFLICT. `given` says which columns the caller has an opinion on (bit = column number in the
 * order of the struct's fields after the key); columns not given keep what is stored. A given NULL,
 * NAN or ALS_NO_DAY means missing.
 *
 * Loaded lists live in the caller's arena.
 */
#ifndef ALSTRACK_STORE_RECORD_H
#define ALSTRACK_STORE_RECORD_H

#include "alstrack/core/date.h"
#include "alstrack/schedule/schedule.h"
#include "alstrack/score/score.h"
#include "alstrack/store/change.h"

#define ALS_GIVEN_ALL (~0u)

/* The first column that differed in the last E-CONFLICT, as it is stored ("day", not "date"); "" if
 * there was none. The message names all of them. */
const char *als_conflict_column(const struct als_store *store);

struct als_patient {
    int64_t id;                            /* set by the store */
    const char *patient;                   /* key */
    const char *site, *sex, *birth_date;   /* bits 0, 1, 2 */
    double height_cm;                      /* bit 3 */
    const char *arm, *cohort, *onset_site; /* bits 4, 5, 6 */
};
ALS_CHECKED enum als_status als_patient_put(struct als_store *store, struct als_patient *patient,
                                            unsigned given, enum als_put *what,
                                            struct als_err *err);
/* ALS_NO_INPUT with the nearest name as hint when there is none. Texts live in arena. */
ALS_CHECKED enum als_status als_patient_get(struct als_store *store, const char *patient,
                                            struct als_arena *arena, struct als_patient *out,
                                            struct als_err *err);
/* Name of a patient by id, kept in the store; "" when there is none. */
const char *als_store_patient_name(struct als_store *store, int64_t patient_id);

struct als_patient_list {
    struct als_patient *items; /* in order of id */
    size_t count;
};
ALS_CHECKED enum als_status als_patient_load(struct als_store *store, struct als_arena *arena,
                                             struct als_patient_list *out, struct als_err *err);
/* Code of the patient with that id in a list in order of id; "" if it is not there. */
const char *als_patient_name(const struct als_patient_list *patients, int64_t id);
/* Sex, age on a day, height and the protocol's equation, for scores. */
struct als_person als_patient_person(const struct als_patient *patient,
                                     const struct als_protocol *protocol, int day);

struct als_event {
    int64_t id;         /* 0, or of a loaded event that is to be changed, its date included */
    int64_t patient_id; /* key: patient, event, and date for events that repeat */
    const char *event;
    const char *date;        /* bit 0 */
    double value;            /* bit 1 */
    const char *unit, *note; /* bits 2, 3 */
};
/* Infusion, ventilation, last_known_alive and the protocol's own events. */
bool als_event_repeats(const struct als_protocol *protocol, const char *event);
/* How findings and queries name an event: with its date where it repeats. */
const char *als_event_item(const struct als_protocol *protocol, const struct als_event *event,
                           struct als_arena *arena);
/* The date of an infusion must be a day, the value of a ventilation hours a day. ALS_DATA with
 * E-EXISTS when an event that is changed would fall on the date of another one of that name. */
ALS_CHECKED enum als_status als_event_put(struct als_store *store, struct als_event *event,
                                          unsigned given, enum als_put *what, struct als_err *err);
/* Take out a loaded event; needs a reason in the change set, else ALS_DATA. The trail keeps the
 * row. */
ALS_CHECKED enum als_status als_event_remove(struct als_store *store, const struct als_event *event,
                                             struct als_err *err);
struct als_event_list {
    struct als_event *items; /* by patient_id, then day, then event */
    size_t count;
};
/* patient_id 0 = all patients. */
ALS_CHECKED enum als_status als_event_load(struct als_store *store, int64_t patient_id,
                                           struct als_arena *arena, struct als_event_list *out,
                                           struct als_err *err);

struct als_visit {
    int64_t patient_id;
    int visit_no;       /* key */
    int day;            /* bit 0; ALS_NO_DAY when not done */
    const char *mode;   /* bit 1 */
    bool not_done;      /* bit 2 */
    const char *reason; /* bit 3 */
    bool assigned;      /* the code was chosen by the program from a date; kept once stored */
    bool made;          /* read only: made from an assessment, see als_assessment_put */
};
ALS_CHECKED enum als_status als_visit_put(struct als_store *store, const struct als_visit *visit,
                                          unsigned given, enum als_put *what, struct als_err *err);
/* Visits of which something is known. Those that only assessments or procedures name that were not
 * done (in the file: made, not-done) are not among them. */
struct als_visit_list {
    struct als_visit *items; /* by patient_id, visit_no */
    size_t count;
};
ALS_CHECKED enum als_status als_visit_load(struct als_store *store, int64_t patient_id,
                                           struct als_arena *arena, struct als_visit_list *out,
                                           struct als_err *err);

/* What the schedule needs of one patient; lives in arena. */
ALS_CHECKED enum als_status als_facts_load(struct als_store *store,
                                           const struct als_patient *patient,
                                           struct als_arena *arena, struct als_patient_facts *out,
                                           struct als_err *err);
/* The same from lists already loaded (rows of one patient). */
void als_facts_from(const struct als_store *store, const struct als_patient *patient,
                    const struct als_event *events, size_t n_events, const struct als_visit *visits,
                    size_t n_visits, struct als_arena *arena, struct als_patient_facts *out);

/* The visit row follows a procedure as it follows an assessment. */
struct als_procedure {
    int64_t patient_id;
    int visit_no;
    const char *procedure;     /* key: visit and procedure */
    int day;                   /* bit 0 */
    bool not_done;             /* bit 1 */
    const char *reason, *note; /* bits 2, 3 */
};
ALS_CHECKED enum als_status als_procedure_put(struct als_store *store,
                                              const struct als_procedure *procedure, unsigned given,
                                              enum als_put *what, struct als_err *err);

struct als_procedure_list {
    struct als_procedure *items; /* by patient_id, visit_no, procedure */
    size_t count;
};
ALS_CHECKED enum als_status als_procedure_load(struct als_store *store, int64_t patient_id,
                                               struct als_arena *arena,
                                               struct als_procedure_list *out, struct als_err *err);

#define ALS_UNSAID (-1) /* a yes/no or a grade that was not given */
struct als_adverse_event {
    int64_t patient_id;
    const char *ae_id;                       /* key: patient and ae_id */
    int visit_no;                            /* bit 0; 0 = not linked */
    const char *term, *onset, *end;          /* bits 1, 2, 3 */
    int grade, serious;                      /* bits 4, 5 */
    const char *relation, *action, *outcome; /* bits 6, 7, 8 */
    int dlt;                                 /* bit 9 */
};
/* E-ORDER when it ends before it begins, as far as both dates are known; either may be NULL. */
ALS_CHECKED enum als_status als_adverse_event_order(const char *onset, const char *end,
                                                    struct als_err *err);
/* Words that forms offer; others are fine, too. */
const char *const *als_adverse_event_actions(size_t *n);
const char *const *als_adverse_event_outcomes(size_t *n);
/* Take one out, by its key; needs a reason in the change set, else ALS_DATA. The trail keeps the
 * row. */
ALS_CHECKED enum als_status als_adverse_event_remove(struct als_store *store,
                                                     const struct als_adverse_event *ae,
                                                     struct als_err *err);
ALS_CHECKED enum als_status als_adverse_event_put(struct als_store *store,
                                                  const struct als_adverse_event *ae,
                                                  unsigned given, enum als_put *what,
                                                  struct als_err *err);
struct als_adverse_event_list {
    struct als_adverse_event *items; /* by patient_id, onset, ae_id */
    size_t count;
};
ALS_CHECKED enum als_status als_adverse_event_load(struct als_store *store, int64_t patient_id,
                                                   struct als_arena *arena,
                                                   struct als_adverse_event_list *out,
                                                   struct als_err *err);

struct als_assessment {
    int64_t patient_id;
    int visit_no, rater_no;          /* key, with the instrument */
    int day;                         /* bit 0 */
    const char *mode, *respondent;   /* bits 1, 2 */
    bool not_done;                   /* bit 3 */
    const char *reason;              /* bit 4 */
    const struct als_value *values;  /* n_items */
    const char *const *item_reasons; /* n_items, NULL entries = none; NULL = no reasons at all */
    int version_no;                  /* read only */
    const double *scores; /* read only: n_scores, NAN = missing; NULL when not asked for */
};
/* The visit row follows the assessment:
 *   absent           made by the program (column made = 1), done on the assessment's day; not done
 *                    and without a day when the assessment was not done;
 *   made, not done   takes the day of an assessment that was done;
 *   made, done       moves to the day of an assessment that was done earlier; when a stored one is
 *                    changed, with that reason to the earliest that is left, or to not done;
 *   recorded         (als_visit_put) stays as it is; when it says not done and the assessment was
 *                    done, that contradicts a stored row: with a reason the visit becomes done.
 * Moving a row that the program made needs no reason; the trail keeps the old day. A visit at which
 * anything was done cannot be put as not done (E-NOT-DONE).
 * A done assessment needs a day. One that was not done has no answers: putting it so clears what is
 * stored, and an answer says that it was done, given or not. given_items[n_items] may be NULL =
 * all. Reasons: a given item takes the reason in item_reasons, also none; without item_reasons it
 * keeps the stored one while it has no answer. Items not given keep theirs unless item_reasons
 * names one. An item with an answer and a reason why it has none is refused.
 */
ALS_CHECKED enum als_status als_assessment_put(struct als_store *store,
                                               const struct als_instrument *instrument,
                                               const struct als_assessment *assessment,
                                               unsigned given, const bool *given_items,
                                               enum als_put *what, struct als_err *err);

#endif
