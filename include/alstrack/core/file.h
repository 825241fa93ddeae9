/*
 * Whole files: reading with a limit, and writing so that a reader sees the old file or the new one,
 * never a part: temporary file in the same folder, fsync, rename.
 */
#ifndef ALSTRACK_CORE_FILE_H
#define ALSTRACK_CORE_FILE_H

#include <stdio.h>

#include "alstrack/core/buf.h"
#include "alstrack/core/err.h"

/* Append the file ("-" is standard input) to buf. ALS_NO_INPUT, ALS_IO, ALS_DATA (larger than
 * buf's maximum, or a directory). */
ALS_CHECKED enum als_status als_file_read(const char *path, struct als_buf *buf,
                                          struct als_err *err);

/* An output under way. `stream` may be written to; nothing is at `path` before commit.
 * "-" writes to standard output directly. A path that is a study (any SQLite file) or its journal
 * is refused with ALS_CANNOT_CREATE. */
struct als_file_out {
    FILE *stream;
    char *path;      /* owned */
    char *temporary; /* owned; NULL for standard output */
};
ALS_CHECKED enum als_status als_file_create(const char *path, struct als_file_out *out,
                                            struct als_err *err);
/* Flush, sync, rename; reports every write error that the stream has met. Releases out. */
ALS_CHECKED enum als_status als_file_commit(struct als_file_out *out, struct als_err *err);
void als_file_abandon(struct als_file_out *out); /* removes the temporary file; releases out */

/* Make the folder if it is missing (not its parents). */
ALS_CHECKED enum als_status als_folder_make(const char *path, struct als_err *err);

#endif
