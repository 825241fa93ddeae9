/*
 * Is the schema of a study what this program makes for the definitions in force? Tables count as
 * equal when they have the same columns and constraints in any order.
 */
#ifndef ALSTRACK_STORE_SCHEMA_H
#define ALSTRACK_STORE_SCHEMA_H

#include "store_int.h"

/* Called for each difference with a sentence that names it. */
typedef void als_schema_fn(const char *what, void *context);
ALS_CHECKED enum als_status als_schema_check(struct als_store *store, als_schema_fn *receive,
                                             void *context, struct als_err *err);

#endif
