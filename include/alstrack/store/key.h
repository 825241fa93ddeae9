/*
 * A key kept outside the study. From the change set that registers it on, every change set carries
 * a seal: BLAKE2b-256 of its digest, keyed. Who rewrites the whole trail, digests and all, cannot
 * make seals without the key. als_audit_verify checks them when it has the key.
 */
#ifndef ALSTRACK_STORE_KEY_H
#define ALSTRACK_STORE_KEY_H

#include "alstrack/store/store.h"

/* Make a file with a new key, that only its owner can read. Never replaces one. */
ALS_CHECKED enum als_status als_key_make(const char *path, struct als_err *err);
/* Every store of this process seals and verifies with the key in this file. Before any is written
 * to. */
ALS_CHECKED enum als_status als_key_use(const char *path, struct als_err *err);
/* The fingerprint of the key in use, 32 hexadecimal digits; "" without one. */
const char *als_key_fingerprint(void);

/* Inside a change set: from here on the study's change sets are sealed with the key in this file,
 * which als_key_use names after the commit. Where there was a key before, that one must be in use
 * and seals this change set. Writing without the key is refused from then on (ALS_NOT_PERMITTED,
 * E-KEY). */
ALS_CHECKED enum als_status als_key_register(struct als_store *store, const char *path,
                                             struct als_err *err);
/* Is a key registered? */
ALS_CHECKED enum als_status als_store_is_sealed(struct als_store *store, bool *sealed,
                                                struct als_err *err);

#endif
