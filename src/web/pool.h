/*
 * Handles of the study for requests: some for reading, one for writing. A handle is used by one
 * request at a time; who finds none free waits. A handle whose definitions another process has
 * changed is opened again before it is handed out.
 */
#ifndef ALSTRACK_WEB_POOL_H
#define ALSTRACK_WEB_POOL_H

#include "alstrack/core/err.h"
#include "alstrack/store/store.h"

struct als_pool;

/* Puts the study into write-ahead mode (als_store_share). Stores for reading are cut after
 * as_of_day (als_store_cut) unless it is ALS_NO_DAY; the one for writing sees everything. */
ALS_CHECKED enum als_status als_pool_open(const char *path, int as_of_day, struct als_pool **out,
                                          struct als_err *err);
/* All handles must have been given back. The study is one file again afterwards, if nobody else
 * has it open. NULL is fine. */
void als_pool_close(struct als_pool *pool);

ALS_CHECKED enum als_status als_pool_take(struct als_pool *pool, enum als_store_mode mode,
                                          struct als_store **out, struct als_err *err);
/* Back, with the mode it was taken with. A change set left open is abandoned. NULL is fine. */
void als_pool_give(struct als_pool *pool, enum als_store_mode mode, struct als_store *store);

#endif
