/*
 * Redaction: taking a text or value that must not be there (a name typed into a note) out of the
 * study for good, out of the row and of history, with a log of it (ICH E6(R3) 4.2.2). What is left
 * is a salted hash of each value, so that a claim about it can still be checked, and for each
 * digest of the trail that covered it the one that stands for it now, so that verify stays clean
 * and every head that was noted before is still found.
 *
 * Queries about the cell, or about the event or adverse event, lose values, message and texts;
 * drafts of the assessment are discarded. Events of that name that were taken out are redacted too:
 * history alone knows them.
 *
 * The reason of a change set is redacted likewise: the digest of a change set covers a mark of its
 * reason, salted and hashed, so that every digest that was handed out still holds without it.
 */
#ifndef ALSTRACK_STORE_REDACT_H
#define ALSTRACK_STORE_REDACT_H

#include "alstrack/store/change.h"

struct als_redact_target {
    int64_t patient_id;
    const char *record; /* instrument code, "event", "ae" or "procedure" */
    int visit_no;       /* of an assessment or a procedure */
    int rater_no;       /* of an assessment */
    const char *name;   /* event, ae_id or procedure */
    const char *date;   /* of an event that repeats; else NULL */
    const char *field;  /* item, respondent; note, unit; term, action, outcome, relation */
};

/* Inside a change set with a reason. The study must verify before (E-DAMAGED if not). *values
 * counts what was taken out. ALS_NO_INPUT when there is no such row, or nothing in it. */
ALS_CHECKED enum als_status als_redact(struct als_store *store,
                                       const struct als_redact_target *target, size_t *values,
                                       struct als_err *err);
/* The same of the reason of a change set, which becomes "(redacted)". ALS_NO_INPUT when there is no
 * such change set (E-CHANGE) or it has none (E-NOTHING). */
ALS_CHECKED enum als_status als_redact_reason(struct als_store *store, int64_t change_id,
                                              struct als_err *err);
/* After the commit: write the file anew, so that the bytes are gone from its free parts too. */
ALS_CHECKED enum als_status als_redact_scrub(struct als_store *store, struct als_err *err);
/* Whose reasons were redacted, and by which change set of whom; those that the actor may see. */
typedef void als_redacted_reason_fn(int64_t change_id, int64_t by_change, const char *user,
                                    void *context);
ALS_CHECKED enum als_status als_redacted_reasons(struct als_store *store,
                                                 als_redacted_reason_fn *receive, void *context,
                                                 struct als_err *err);
/* Values redacted so far, reasons included. */
ALS_CHECKED enum als_status als_redaction_count(struct als_store *store, int64_t *n,
                                                struct als_err *err);

#endif
