/*
 * One assessment over time: as it stood after a change set, what happened to one of its fields, and
 * the assessment before it in the patient's series; and who last touched a field of another record.
 * For forms, which show where a value comes from and put two people's versions side by side.
 */
#ifndef ALSTRACK_STORE_HISTORY_H
#define ALSTRACK_STORE_HISTORY_H

#include "alstrack/store/record.h"

/* Which assessment. */
struct als_assessment_key {
    int64_t patient_id;
    int visit_no, rater_no;
    const struct als_instrument *instrument;
};

/* Who stored a change set, when and why; texts in the arena. ALS_NO_INPUT when there is none. */
ALS_CHECKED enum als_status als_change_get(struct als_store *store, int64_t change_id,
                                           struct als_arena *arena, struct als_audit_row *out,
                                           struct als_err *err);

/* As it stood once change set `change_id` was stored; *found false when there was no such row then
 * (change_id 0: never). Texts live in the arena. */
ALS_CHECKED enum als_status als_assessment_at(struct als_store *store,
                                              const struct als_assessment_key *key,
                                              int64_t change_id, struct als_arena *arena,
                                              struct als_assessment *out, bool *found,
                                              struct als_err *err);

struct als_field_step {
    int64_t change_id;
    const char *at_utc, *user, *command, *reason, *source_name;
    bool authenticated, removed;
    const char *value;   /* after the step, as files have it; NULL = missing */
    const char *missing; /* of an item: the coded reason why; NULL */
};
struct als_field_steps {
    struct als_field_step *items; /* in order; the first is the entry */
    size_t count;
};
/* What happened to a field: an item's code, or date, mode, respondent, status, reason. Steps that
 * left it as it was are not among them. ALS_NO_INPUT for another name; no steps when there is no
 * such row. */
ALS_CHECKED enum als_status als_field_history(struct als_store *store,
                                              const struct als_assessment_key *key,
                                              const char *field, struct als_arena *arena,
                                              struct als_field_steps *out, struct als_err *err);

/* Which record that is no assessment. */
struct als_record_key {
    const char *record; /* patient, event, visit, procedure, ae */
    int64_t patient_id;
    int visit_no;     /* of a visit or procedure */
    const char *name; /* of a procedure; ae_id; als_event_item of an event */
    int64_t event_id;
};
/* The change set that gave a field, named as in import files, its present value: the entry, or the
 * last change that touched it. *found false when the record is not there. */
ALS_CHECKED enum als_status als_field_writer(struct als_store *store,
                                             const struct als_record_key *key, const char *field,
                                             struct als_arena *arena, struct als_audit_row *out,
                                             bool *found, struct als_err *err);

/* The latest assessment of the patient and instrument that was done before `day`; of several on
 * that day the one by the same rater, else the one with the lowest rater number (as rules look
 * back, score/judge.h). *found false when there is none. */
ALS_CHECKED enum als_status als_assessment_before(struct als_store *store,
                                                  const struct als_assessment_key *key, int day,
                                                  struct als_arena *arena,
                                                  struct als_assessment *out, bool *found,
                                                  struct als_err *err);

#endif
