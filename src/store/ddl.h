/*
 * Tables and views made from instrument definitions. Identifiers are codes that the definition's
 * validation let pass; they are always double-quoted.
 */
#ifndef ALSTRACK_STORE_DDL_H
#define ALSTRACK_STORE_DDL_H

#include "store_int.h"

/* The table a_CODE and the view v_CODE of an instrument that has none yet. */
ALS_CHECKED enum als_status als_ddl_create(struct als_store *store,
                                           const struct als_instrument *instrument,
                                           struct als_err *err);

/* The statements for the same. */
void als_ddl_write(const struct als_instrument *instrument, struct als_buf *out);

/* Bring the table of old_one, which may hold rows, to new_one: the definitions are known to be
 * compatible. Stored columns keep their order; new ones come last. */
ALS_CHECKED enum als_status als_ddl_alter(struct als_store *store,
                                          const struct als_instrument *old_one,
                                          const struct als_instrument *new_one,
                                          struct als_err *err);

/* The SQL expression of a score of own items, as a generated column has it. */
void als_ddl_score(const struct als_instrument *instrument, const struct als_score *score,
                   struct als_buf *out);
/* How many of a score's items were answered, as an SQL expression. */
void als_ddl_answered(const struct als_instrument *instrument, const struct als_score *score,
                      struct als_buf *out);
bool als_item_is_integer(const struct als_item *item); /* stored as INTEGER */

#endif
