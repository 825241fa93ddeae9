/* Rows of queries and their steps. Private to this layer. */
#ifndef ALSTRACK_SRC_STORE_QUERY_INT_H
#define ALSTRACK_SRC_STORE_QUERY_INT_H

#include "alstrack/store/query.h"
#include "store_int.h"

/* What a step makes of the query. */
void als_query_replay(struct als_query *query, const struct als_query_step *step);

/* Enter the query as number `number` of its patient; sets id, name and, if it is 0, value_change,
 * for which the record is looked up. */
ALS_CHECKED enum als_status als_query_enter(struct als_store *store, struct als_query *query,
                                            int64_t number, struct als_arena *arena,
                                            struct als_err *err);
/* Enter the next step, and replay it. text and value live as long as the query. */
ALS_CHECKED enum als_status als_query_add_step(struct als_store *store, struct als_query *query,
                                               const char *step, const char *text,
                                               const char *value, struct als_err *err);

/* The change set that has written the record; 0: there is no such record. */
ALS_CHECKED enum als_status als_record_change(struct als_store *store,
                                              const struct als_query *query, int64_t *change_id,
                                              struct als_err *err);

#endif
