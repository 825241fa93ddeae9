/*
 * Entering many assessments of one instrument at once, inside an open change set: batches of rows
 * in columns are handed to SQLite through an in-process virtual table and INSERT ... SELECT, so
 * that no statement is stepped per row. Foreign keys are checked once, before commit.
 *
 * Same meaning as als_assessment_put row by row (a property test holds both equal): visits are made
 * where absent, equal rows are left alone, differing ones need the change set's reason.
 *
 * Rows in ascending order of key, over all batches, are the fast way. Any other order gives the
 * same study.
 */
#ifndef ALSTRACK_STORE_BULK_H
#define ALSTRACK_STORE_BULK_H

#include "alstrack/store/record.h"

#define ALS_BULK_ROWS    32768
#define ALS_BULK_MISSING INT64_MIN

enum als_bulk_outcome {
    ALS_BULK_CONFLICT = 8, /* contradicts what is stored, or is held by role, site or lock */
    ALS_BULK_SKIP = 9      /* set by the caller before: leave this row out */
};

/* An answer as its item is stored: INTEGER (ALS_BULK_MISSING), REAL (NAN) or TEXT (NULL). */
union als_batch_cell {
    int64_t integer;
    double number;
    const char *text; /* NUL-terminated */
};

/* One batch, filled by the caller; another thread may fill the next one meanwhile. */
struct als_batch {
    size_t n; /* rows used, at most ALS_BULK_ROWS */
    const struct als_instrument *instrument;
    int64_t *assessment_id;
    int32_t *day;  /* ALS_NO_DAY = none */
    uint8_t *mode; /* 0 = missing, else 1 + index into clinic, phone, video, home */
    uint8_t *not_done;
    uint8_t *assigned;                 /* the visit code was chosen by the program from the date */
    const char **respondent, **reason; /* NULL = missing */
    const char *const **item_reasons;  /* [row]: n_items entries, or NULL */
    union als_batch_cell **cells;      /* [item][row] */
    uint8_t *outcome; /* [row]: ALS_BULK_SKIP or 0; als_bulk_put writes enum als_put or outcome */
    unsigned given;   /* as in als_assessment_put */
    bool *given_item; /* [item] */
    struct als_arena *arena; /* for texts of the rows; emptied by als_batch_clear */
    struct als_conflict {
        size_t row;
        char text[600], hint[400];
        char code[32];
        char column[64]; /* see als_conflict_column */
    } * conflicts;       /* why rows are ALS_BULK_CONFLICT, in order of row */
    size_t n_conflicts;
};

/* How an item is kept in a cell. */
enum als_cell_type { ALS_CELL_INTEGER, ALS_CELL_NUMBER, ALS_CELL_TEXT };
enum als_cell_type als_item_cell_type(const struct als_item *item);
struct als_value als_batch_value(const struct als_batch *batch, size_t item, size_t row);

struct als_batch *als_batch_new(const struct als_instrument *instrument);
void als_batch_clear(struct als_batch *batch);
void als_batch_free(struct als_batch *batch); /* NULL is fine */

struct als_bulk;

/* row_by_row: enter each row for itself, so that als_store_on_cell_change hears of every cell. */
ALS_CHECKED enum als_status als_bulk_open(struct als_store *store,
                                          const struct als_instrument *instrument, bool row_by_row,
                                          struct als_bulk **out, struct als_err *err);
/* Store the batch. Problems of rows are outcomes, not errors: the caller reports them. */
ALS_CHECKED enum als_status als_bulk_put(struct als_bulk *bulk, struct als_batch *batch,
                                         struct als_err *err);
void als_bulk_close(struct als_bulk *bulk); /* before the change set ends; NULL is fine */

/* ---- What an import needs beside it ---- */

/* Keys that a file has named, with their lines: memory does not grow with their number. Ascending
 * keys are only noted; the first that is not moves all of them to a temporary table. */
struct als_seen;
struct als_seen *als_seen_new(struct als_store *store);
/* *first_line is the line on which the key was named before, 0 when this is the first time. */
ALS_CHECKED enum als_status als_seen_add(struct als_seen *seen, int64_t key, size_t line,
                                         size_t *first_line, struct als_err *err);
/* Line on which the key was named, 0 if it was not. For a few keys at the end. */
ALS_CHECKED enum als_status als_seen_line(struct als_seen *seen, int64_t key, size_t *line,
                                          struct als_err *err);
void als_seen_free(struct als_seen *seen);

/* Rows put aside, read back in order of patient, day and line; kept in a temporary table. */
struct als_aside;
struct als_aside_row {
    int64_t patient_id;
    int day;
    size_t line;
    const char *raw; /* borrowed until the next call */
    size_t raw_length;
};
ALS_CHECKED enum als_status als_aside_new(struct als_store *store, struct als_aside **out,
                                          struct als_err *err);
ALS_CHECKED enum als_status als_aside_add(struct als_aside *aside, const struct als_aside_row *row,
                                          struct als_err *err);
/* *more is false at the end. No additions after the first call. */
ALS_CHECKED enum als_status als_aside_next(struct als_aside *aside, struct als_aside_row *row,
                                           bool *more, struct als_err *err);
void als_aside_free(struct als_aside *aside); /* NULL is fine */

/* The day of every stored visit that was done, in order of patient and visit number. */
typedef void als_visit_day_fn(int64_t patient_id, int visit_no, int day, void *context);
ALS_CHECKED enum als_status als_visit_days_each(struct als_store *store, als_visit_day_fn *receive,
                                                void *context, struct als_err *err);

/* Every patient who has a stored assessment of the instrument, in order of id. */
typedef void als_patient_id_fn(int64_t patient_id, void *context);
ALS_CHECKED enum als_status als_assessed_each(struct als_store *store,
                                              const struct als_instrument *instrument,
                                              als_patient_id_fn *receive, void *context,
                                              struct als_err *err);

#endif
