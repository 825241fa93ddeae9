/*
 * Rows in memory as a table that SQL can read: als_vtab_open gives it a name, and
 * INSERT ... SELECT from that name then takes all rows in one statement.
 */
#ifndef ALSTRACK_STORE_BULK_VTAB_H
#define ALSTRACK_STORE_BULK_VTAB_H

#include "alstrack/store/bulk.h"
#include "store_int.h"

/* Give column `column` of row `row` to the context; giving nothing means NULL. */
typedef void als_vtab_column_fn(sqlite3_context *context, const void *source, size_t row,
                                int column);

struct als_vtab_source {
    const void *source;
    size_t n_rows;    /* changes between statements */
    size_t n_columns; /* named c0, c1 … */
    als_vtab_column_fn *column;
};

/* The source must stay where it is until als_vtab_close. */
ALS_CHECKED enum als_status als_vtab_open(struct als_store *store, const char *name,
                                          struct als_vtab_source *source, struct als_err *err);
/* Statements that read the table must be finalized. */
void als_vtab_close(struct als_store *store, const char *name);

#endif
