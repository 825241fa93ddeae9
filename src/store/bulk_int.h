/*
 * What the files of the bulk path share: bulk.c compares batches with what is stored, bulk_enter.c
 * enters the rows that are new.
 */
#ifndef ALSTRACK_STORE_BULK_INT_H
#define ALSTRACK_STORE_BULK_INT_H

#include "bulk_vtab.h"
#include "store_int.h"

/* What a column of the instrument's table takes its values from. */
enum als_bulk_from {
    FROM_DAY,
    FROM_MODE,
    FROM_RESPONDENT,
    FROM_REASON,
    FROM_STATUS,
    FROM_VERSION,
    FROM_ITEM_REASONS,
    FROM_INTEGER,
    FROM_NUMBER,
    FROM_TEXT
};

struct als_bulk_column {
    enum als_bulk_from from;
    size_t item;
};

struct als_new_visit {
    int64_t visit_id;
    int32_t day;
    bool not_done, assigned;
};

struct als_bulk {
    struct als_store *store;
    const struct als_instrument *instrument;
    int version_no;
    bool row_by_row;
    struct als_relation *table, *visit_table;
    struct als_bulk_column *columns; /* [table->n_columns] */
    bool *used;                      /* [table->n_columns]: named by `insert` */
    bool all_done;                   /* `insert` is for rows that were all done */
    int64_t last_id, last_visit;     /* highest keys stored */
    sqlite3_stmt *find, *find_visit, *insert, *insert_visit;
    sqlite3_stmt *insert_done_visit; /* for visits that were all done, at codes that were given */
    struct als_vtab_source rows, visits;

    struct als_batch *batch; /* under way */
    size_t *order;           /* rows in order of key, without those to be left out */
    size_t n_order;
    size_t *fresh; /* of those, the new ones */
    size_t n_fresh;
    struct als_new_visit *new_visits;
    size_t n_new_visits;
    const char **item_reasons; /* [row]: as stored; in the batch's arena */
    struct als_buf bytes;
};

/* ---- bulk.c: texts of a batch, NULL when missing ---- */

const char *als_bulk_mode(const struct als_batch *batch, size_t row);
const char *als_bulk_status(bool not_done);
const char *als_bulk_text(const struct als_bulk *bulk, const struct als_bulk_column *column,
                          size_t row);

/* ---- bulk_enter.c ---- */

ALS_CHECKED enum als_status als_bulk_enter_open(struct als_bulk *bulk, struct als_err *err);
void als_bulk_enter_close(struct als_bulk *bulk);
/* Enter new_visits and the rows in fresh, with their part of the trail. */
ALS_CHECKED enum als_status als_bulk_enter(struct als_bulk *bulk, struct als_err *err);

#endif
