/*
 * A folder's files as one ZIP archive, for people who want one file to pass on. Entries in order of
 * name, so that the same files give the same bytes. Names are UTF-8. Entries are dated by `seconds`
 * since 1970, written in UTC since the format knows no zones, and held to the years 1980 to 2107.
 */
#ifndef ALSTRACK_EXPORT_ZIP_H
#define ALSTRACK_EXPORT_ZIP_H

#include <stdint.h>

#include "alstrack/core/err.h"

/* The files of `folder` itself, not of folders in it, below `name`/ in the archive. The archive is
 * written atomically. ALS_IO, ALS_CANNOT_CREATE. */
ALS_CHECKED enum als_status als_zip_folder(const char *folder, const char *name, int64_t seconds,
                                           const char *path, struct als_err *err);

#endif
