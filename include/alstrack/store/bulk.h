/*
 * Entering many assessments of one instrument at once, inside an open change set: batches of rows
 * in columns are handed to SQLite through an in-process virtual table and INSERT ... SELECT, so
 * that no statement is stepped per row. Foreign keys are checked once, before commit.
 *
 * Same meaning as als_assessment_put row by row (a property test holds both equal): visits are made
 * where absent, equal rows are left alone, differing ones need the change set's reason.
 */
#ifndef ALSTRACK_STORE_BULK_H
#define ALSTRACK_STORE_BULK_H

#include "alstrack/store/record.h"

struct als_bulk;

#define ALS_BULK_ROWS 65536

/* One batch, filled by the caller (another thread may fill the next one meanwhile). */
struct als_batch {
    size_t n; /* rows used, at most ALS_BULK_ROWS */
    size_t n_items;
    int64_t *assessment_id;
    int32_t *day;  /* ALS_NO_DAY = not done */
    uint8_t *mode; /* 0 = missing, else index + 1 into als_bulk_modes */
    uint8_t *not_done;
    const char **respondent, **reason; /* NULL = missing; borrowed from the batch's arena */
    const char **item_reasons;         /* JSON text or NULL */
    int64_t **integers;  /* [item][row], for items stored INTEGER; ALS_BULK_MISSING = missing */
    double **numbers;    /* [item][row], for items stored REAL; NAN = missing */
    const char ***texts; /* [item][row], for items stored TEXT; NULL = missing */
    uint8_t *given_item; /* [item]: column present in the file */
    unsigned given;      /* as in als_assessment_put */
    size_t *line;        /* [row] for messages */
    uint8_t *outcome;    /* [row], filled by als_bulk_put: enum als_put, or ALS_BULK_CONFLICT … */
    struct als_arena *arena;
};
#define ALS_BULK_MISSING INT64_MIN

enum als_bulk_outcome {
    ALS_BULK_CONFLICT = 8, /* differs from the stored row and the change set has no reason */
    ALS_BULK_TWICE = 9,    /* the same key was entered earlier in this change set */
    ALS_BULK_SKIP = 10     /* set by the caller before: leave this row out */
};

struct als_batch *als_batch_new(const struct als_instrument *instrument);
void als_batch_clear(struct als_batch *batch);
void als_batch_free(struct als_batch *batch);

ALS_CHECKED enum als_status als_bulk_open(struct als_store *store,
                                          const struct als_instrument *instrument,
                                          struct als_bulk **out, struct als_err *err);
/* Store the batch. Row problems are outcomes, not errors: the caller reports them and decides. */
ALS_CHECKED enum als_status als_bulk_put(struct als_bulk *bulk, struct als_batch *batch,
                                         struct als_err *err);
/* Ends the work of the change set's digest for these rows; call before als_change_commit. */
ALS_CHECKED enum als_status als_bulk_close(struct als_bulk *bulk, struct als_err *err);

#endif
