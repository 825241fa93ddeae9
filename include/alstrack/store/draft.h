/*
 * Drafts: what somebody has typed and not saved yet. One for each user, patient, visit, instrument
 * and rater. They are rows in the study file, so that nothing is lost with a connection, but no
 * facts of the study: the trail does not know them, exports leave them out, and they are gone in
 * the transaction that saves what they became.
 *
 * The content is text of score/form.h, so that a draft begun in a terminal goes on in a page.
 */
#ifndef ALSTRACK_STORE_DRAFT_H
#define ALSTRACK_STORE_DRAFT_H

#include <stdbool.h>
#include <stdint.h>

#include "alstrack/core/alloc.h"
#include "alstrack/store/store.h"

struct als_draft {
    const char *user; /* key, with the four below */
    int64_t patient_id;
    const char *visit; /* code; an extra one need not be in the study yet */
    const char *instrument;
    const char *rater;       /* NULL: none */
    int64_t expected_change; /* change_id of the stored row when the form was opened; 0: no row */
    const char *content;
    const char *started_utc, *touched_utc; /* YYYY-MM-DDThh:mm:ss.sssZ; set by the store. The time
                                              of the last touch is the version of the draft. */
};

/* Write the draft in a transaction of its own, or as part of the change set that is open. Started
 * stays as it was. Waits for other writers less long than a save does (ALS_BUSY): the next answer
 * writes again. A patient that is not there is ALS_DATA. touched_utc given: a draft that is there
 * is replaced only when that is its version ("": when there is none), else ALS_DATA with E-DRAFT.
 */
ALS_CHECKED enum als_status als_draft_put(struct als_store *store, const struct als_draft *draft,
                                          struct als_err *err);

/* The draft with the key of `key`; *found false and *out untouched when there is none. Texts live
 * in the arena. */
ALS_CHECKED enum als_status als_draft_get(struct als_store *store, const struct als_draft *key,
                                          struct als_arena *arena, struct als_draft *out,
                                          bool *found, struct als_err *err);

/* Remove it, touched_utc given: only that version; nothing happens when there is none. Inside an
 * open change set it goes with it: stored together or not at all. */
ALS_CHECKED enum als_status als_draft_discard(struct als_store *store, const struct als_draft *key,
                                              struct als_err *err);

struct als_draft_list {
    struct als_draft *items; /* newest first */
    size_t count;
};
/* Drafts of a user (NULL: of all) and a patient (0: of all), without their content. */
ALS_CHECKED enum als_status als_draft_load(struct als_store *store, const char *user,
                                           int64_t patient_id, struct als_arena *arena,
                                           struct als_draft_list *out, struct als_err *err);

#endif
