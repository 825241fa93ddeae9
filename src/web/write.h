/*
 * One change set around what a page writes: all or nothing.
 */
#ifndef ALSTRACK_WEB_WRITE_H
#define ALSTRACK_WEB_WRITE_H

#include "request.h"

typedef enum als_status als_write_fn(struct als_request *request, void *context,
                                     struct als_err *err);

/* Begin, write, commit; with any failure nothing is stored. *change_id (may be NULL) is 0 when
 * nothing changed. `command` and `reason` as for als_request_change. */
ALS_CHECKED enum als_status als_request_write(struct als_request *request, const char *command,
                                              const char *reason, als_write_fn *write,
                                              void *context, int64_t *change_id,
                                              struct als_err *err);

/* Say what became of it on the next page: its number, or that nothing was changed. */
void als_request_flash_change(const struct als_request *request, int64_t change_id);

#endif
