/*
 * A new study file appears under its name complete or not at all: it is made under a temporary name
 * in the same folder and linked to its own.
 */
#ifndef ALSTRACK_STORE_PUBLISH_H
#define ALSTRACK_STORE_PUBLISH_H

#include "alstrack/core/err.h"

/* Make an empty file beside path; its name is the caller's (free). ALS_CANNOT_CREATE when path
 * exists already or the folder cannot be written. */
ALS_CHECKED enum als_status als_publish_begin(const char *path, char **temporary,
                                              struct als_err *err);
/* Give it its name, never over an existing file. The temporary name is gone afterwards, also on
 * failure. */
ALS_CHECKED enum als_status als_publish_end(const char *temporary, const char *path,
                                            struct als_err *err);
/* Remove it, and a journal that SQLite may have left. */
void als_publish_abandon(const char *temporary);

#endif
