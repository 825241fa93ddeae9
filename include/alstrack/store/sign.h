/*
 * Electronic signatures: who signed what, when, meaning what (21 CFR 11.50), bound to the content
 * by a digest (11.70). The digest is BLAKE2b-256 over the canonical rows of the scope, table by
 * table in order of name, row by row in order of key: visit (its row, procedures, assessments,
 * adverse events recorded at it), patient (registration, events and all visits) or study (all
 * patients). Whether a signature is valid is found by computing the digest again, never stored.
 */
#ifndef ALSTRACK_STORE_SIGN_H
#define ALSTRACK_STORE_SIGN_H

#include "alstrack/store/lock.h"

struct als_signature {
    int64_t id;
    struct als_scope scope;
    const char *user, *full_name, *at_utc, *meaning, *digest_hex;
    int64_t change_id;
    bool valid;
    int64_t broken_by; /* first change set that touched the scope after; 0 while valid */
};
struct als_signature_list {
    struct als_signature *items; /* in order of signing */
    size_t count;
};

/* May the actor sign that? The study only by whoever sees all of it. E-NO-USERS in a study without
 * users. */
ALS_CHECKED enum als_status als_may_sign(struct als_store *store, const struct als_scope *scope,
                                         struct als_err *err);
/* Inside a change set, by the actor, whose password the caller has asked for just before
 * (als_user_check). A study without users has no signatures (E-NO-USERS). ALS_NO_INPUT when there
 * is nothing in the scope. */
ALS_CHECKED enum als_status als_sign(struct als_store *store, const struct als_scope *scope,
                                     const char *meaning, struct als_signature *out,
                                     struct als_arena *arena, struct als_err *err);
/* Those that the actor may see. patient_id 0 = all. */
ALS_CHECKED enum als_status als_signature_load(struct als_store *store, int64_t patient_id,
                                               struct als_arena *arena,
                                               struct als_signature_list *out, struct als_err *err);
/* Digest of what a scope holds now. */
ALS_CHECKED enum als_status als_scope_digest(struct als_store *store, const struct als_scope *scope,
                                             char hex[65], struct als_err *err);

#endif
