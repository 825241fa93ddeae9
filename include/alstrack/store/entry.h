/*
 * Saving an assessment as people do it, on a form, in the terminal or in one line: inside the
 * caller's open change set, with rules judged first, and queries opened for what stands.
 *
 *     E-CHANGED-MEANWHILE  the stored row is not the one that the form was loaded with
 *     E-HARD               a hard rule fires
 *     E-CONFIRM            `strict`, and a soft rule fires without a justification
 *
 * Each is ALS_DATA, and nothing was written; the outcome then holds the verdicts. Other refusals
 * are those of als_assessment_put. A soft rule that fires opens a query, or refreshes the one that
 * there is when the value is another; its justification becomes the query's answer. Verdicts on
 * the next assessment of the series, which looks back at this one, are followed too.
 */
#ifndef ALSTRACK_STORE_ENTRY_H
#define ALSTRACK_STORE_ENTRY_H

#include "alstrack/store/judge.h"

struct als_justification {
    const char *code; /* of the rule */
    ptrdiff_t item;   /* -1: whatever item the rule points at */
    const char *text; /* not blank */
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
    struct als_verdict_list verdicts; /* on it */
    bool *confirmed;                  /* [verdict]: had a justification, or a query answered or
                                         closed for the same value */
    size_t opened, refreshed, gone;   /* queries */
    int64_t found_change;             /* change_id of the stored row before */
};

/* The outcome is filled as far as judging came, also on failure. */
ALS_CHECKED enum als_status als_entry_save(struct als_store *store, const struct als_entry *entry,
                                           struct als_entry_outcome *outcome, struct als_err *err);

#endif
