/*
 * Saving as people do it, on a form, in the terminal or in one line: inside the caller's open
 * change set, with rules judged and queries opened for what stands. Assessments are judged before
 * they are put; other records are put by their own functions (record.h) and judged at once, in the
 * place where they stand, as is the visit that an assessment makes or moves. The caller abandons
 * the change set when they are refused.
 *
 *     E-CHANGED-MEANWHILE  the stored row is not the one that the form was loaded with
 *     E-HARD               a hard rule fires
 *     E-CONFIRM            `strict`, and a soft rule fires without a justification
 *
 * Each is ALS_DATA; the outcome then holds the verdicts. A lock is told before any of them
 * (E-LOCKED). Other refusals are those of als_assessment_put. A soft rule that fires opens a query,
 * or refreshes the one that there is when the value is another; its justification becomes the
 * query's answer. All that is stored of the patient is judged then: other records may look at this
 * one.
 */
#ifndef ALSTRACK_STORE_ENTRY_H
#define ALSTRACK_STORE_ENTRY_H

#include "alstrack/store/judge.h"

struct als_justification {
    const char *code; /* of the rule */
    ptrdiff_t item;   /* -1: whatever item the rule points at */
    const char *text; /* not blank */
};

/* What is newly found about other records of the patient. */
struct als_news {
    struct als_check_row *items;
    size_t count, room;
};

#define ALS_ANY_CHANGE (-1)

struct als_entry {
    const struct als_instrument *instrument;
    struct als_assessment assessment;
    unsigned given; /* as in als_assessment_put */
    const bool *given_items;
    int64_t expected_change; /* change_id of the row as loaded (als_assessment_get); 0: there was
                                none; ALS_ANY_CHANGE: do not compare */
    const struct als_justification *justifications;
    size_t n_justifications;
    bool strict;             /* a soft rule needs a justification */
    int today;               /* ALS_NO_DAY or 0: the future is not judged */
    struct als_arena *arena; /* of the outcome */
};

struct als_entry_outcome {
    enum als_put what;
    struct als_assessment stored;     /* as it is now, or would be: given laid over stored */
    struct als_verdict_list verdicts; /* on it, and on the visit that it makes or moves */
    bool *confirmed;                  /* [verdict]: had a justification, or a query answered or
                                         closed for the same value */
    struct als_news others;
    size_t opened, refreshed, gone; /* queries */
    int64_t found_change;           /* change_id of the stored row before */
};

/* The outcome is filled as far as judging came, also on failure. */
ALS_CHECKED enum als_status als_entry_save(struct als_store *store, const struct als_entry *entry,
                                           struct als_entry_outcome *outcome, struct als_err *err);

/* ---- Records that are no assessments ---- */

/* A patient, event, visit or adverse event that was just put; or one that was taken out. */
struct als_recorded {
    int64_t patient_id; /* 0: nothing was put, and there is nothing to judge */
    const char *record; /* patient, event, visit, ae; NULL: taken out, of no record any more */
    int visit_no;       /* of a visit */
    const char *item;   /* als_event_item of an event, number of an adverse event; else NULL */
    const struct als_justification *justifications; /* item -1 */
    size_t n_justifications;
    bool strict;             /* a soft rule needs a justification */
    int today;               /* ALS_NO_DAY or 0: the future is not judged */
    struct als_arena *arena; /* of the outcome */
};

struct als_recorded_outcome {
    struct als_verdict_list verdicts; /* on it */
    bool *confirmed;                  /* [verdict]: as in als_entry_outcome */
    struct als_news others;
    size_t opened, refreshed, gone; /* queries */
};

/* Judge all that is stored of the patient, which the record may have changed; open and refresh
 * queries. E-HARD and E-CONFIRM, ALS_DATA: the change set must be abandoned. */
ALS_CHECKED enum als_status als_recorded_judge(struct als_store *store,
                                               const struct als_recorded *recorded,
                                               struct als_recorded_outcome *outcome,
                                               struct als_err *err);

#endif
