/*
 * Locks: a visit, a patient or the whole study that may not change. While one is on, every write
 * into its scope is refused with ALS_NOT_PERMITTED, E-LOCKED, naming who locked it when; rows that
 * would stay as they are pass. Queries, signatures, users and drafts are not held.
 */
#ifndef ALSTRACK_STORE_LOCK_H
#define ALSTRACK_STORE_LOCK_H

#include "alstrack/core/alloc.h"
#include "alstrack/store/change.h"
#include "alstrack/store/store.h"

/* What is locked or signed. */
struct als_scope {
    int64_t patient_id; /* 0 = the study */
    int visit_no;       /* 0 = the whole patient */
};

struct als_lock {
    struct als_scope scope;
    const char *user, *at_utc; /* who locked when */
};
struct als_lock_list {
    struct als_lock *items; /* the study, then by patient and visit */
    size_t count;
};

/* Inside a change set. ALS_PUT_SAME when it is on already. */
ALS_CHECKED enum als_status als_lock_put(struct als_store *store, const struct als_scope *scope,
                                         enum als_put *what, struct als_err *err);
/* Inside a change set with a reason. ALS_NO_INPUT (E-NOT-LOCKED) when it is not on. */
ALS_CHECKED enum als_status als_lock_remove(struct als_store *store, const struct als_scope *scope,
                                            struct als_err *err);
/* Those that the actor may see. patient_id 0 = all. */
ALS_CHECKED enum als_status als_lock_load(struct als_store *store, int64_t patient_id,
                                          struct als_arena *arena, struct als_lock_list *out,
                                          struct als_err *err);
/* E-LOCKED if the scope, or what it lies in, is locked; for forms to say so beforehand. */
ALS_CHECKED enum als_status als_lock_check(struct als_store *store, const struct als_scope *scope,
                                           struct als_err *err);
/* "visit MN3 of P01", "patient P01", "the study"; in the arena. */
const char *als_scope_text(struct als_store *store, const struct als_scope *scope,
                           struct als_arena *arena);

#endif
