/*
 * Change sets and the trail. Every write happens inside one: a transaction that says who, when and
 * why, and whose digest covers what it wrote, its own columns and its parent's digest.
 *
 * For each table that a change set touched there is one BLAKE2b-256 digest over what it did to the
 * table's rows, in order of their keys: entered, changed, removed, with the row in canonical bytes
 * (keys of other tables as the words they stand for: patient, visit code, rater). The digest of the
 * change set is over its own columns, the list of table, number of rows and digest among them, and
 * its parent's digest. als_audit_verify rebuilds all of it from the tables and history in one scan
 * per table.
 */
#ifndef ALSTRACK_STORE_CHANGE_H
#define ALSTRACK_STORE_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "alstrack/core/diag.h"
#include "alstrack/store/store.h"

struct als_change_info {
    const char *user; /* never NULL */
    bool authenticated;
    const char *command;       /* such as "record", "import alsfrsr" */
    const char *reason;        /* NULL or blank: stored values must not change */
    const char *source_name;   /* NULL if no file */
    const char *source_sha256; /* hex */
};

/* BEGIN IMMEDIATE; waits up to the store's busy time, then ALS_BUSY. */
ALS_CHECKED enum als_status
als_change_begin(struct als_store *store, const struct als_change_info *info, struct als_err *err);
/* For a source that is hashed while it is read (a pipe): set before commit. */
void als_change_set_source(struct als_store *store, const char *sha256_hex);
/* Writes the change set and its digest, commits. With nothing written, nothing is stored and
 * *change_id (may be NULL) is 0. On failure the change set is abandoned. */
ALS_CHECKED enum als_status als_change_commit(struct als_store *store, int64_t *change_id,
                                              struct als_err *err);
void als_change_abandon(struct als_store *store);

/* What a put did with a row. */
enum als_put { ALS_PUT_SAME, ALS_PUT_NEW, ALS_PUT_CHANGED };

/* One cell that a put changes (or enters, when old_text is NULL), for --dry-run and messages:
 * column and texts as people write them, "date", "visit", patients and visits by their codes.
 * Called for every put while it is set; pass NULL to stop. */
struct als_cell_change {
    const char *table, *key, *column, *old_text, *new_text;
};
typedef void als_cell_change_fn(const struct als_cell_change *cell, void *context);
void als_store_on_cell_change(struct als_store *store, als_cell_change_fn *receive, void *context);

/* The trail, newest last; fields are borrowed during the call. patient NULL = all. */
struct als_audit_row {
    int64_t change_id;
    const char *at_utc, *user, *command, *reason, *source_name, *source_sha256;
    bool authenticated;
    int64_t row_count;
    const char *digest_hex;
};
typedef void als_audit_fn(const struct als_audit_row *row, void *context);
ALS_CHECKED enum als_status als_audit_each(struct als_store *store, als_audit_fn *receive,
                                           void *context, struct als_err *err);

/* Every stored change of values (history) with old and new value per column. */
struct als_audit_cell {
    int64_t change_id;
    const char *at_utc, *user, *reason, *table, *key, *operation, *column, *old_text, *new_text;
};
typedef void als_audit_cell_fn(const struct als_audit_cell *cell, void *context);
ALS_CHECKED enum als_status als_audit_cells(struct als_store *store, const char *patient,
                                            als_audit_cell_fn *receive, void *context,
                                            struct als_err *err);

/* Digest of the newest change set as 64 hexadecimal digits and NUL. */
ALS_CHECKED enum als_status als_audit_head(struct als_store *store, char hex[65],
                                           struct als_err *err);

/* Recompute every digest. Each difference goes to sink, naming the change set; *findings counts
 * them. expected_head (hex, may be NULL) is compared with some change set's digest of the chain, so
 * that truncation and wholesale recomputation are found. */
ALS_CHECKED enum als_status als_audit_verify(struct als_store *store, const char *expected_head,
                                             const struct als_sink *sink, size_t *findings,
                                             struct als_err *err);

#endif
