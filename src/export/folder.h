/*
 * A folder that appears complete or not at all: files are made in a temporary sibling, which then
 * takes the place of the target. The target may be absent, empty, or a former export.
 */
#ifndef ALSTRACK_EXPORT_FOLDER_H
#define ALSTRACK_EXPORT_FOLDER_H

#include "alstrack/core/alloc.h"
#include "alstrack/core/err.h"

struct als_folder {
    const char *target, *temporary; /* in the arena */
    struct als_arena *arena;        /* borrowed */
};

/* ALS_CANNOT_CREATE if the target holds anything that a former export did not write. */
ALS_CHECKED enum als_status als_folder_begin(const char *path, struct als_arena *arena,
                                             struct als_folder *out, struct als_err *err);
/* Between the two renames that replace a former export there is a moment without a target; when
 * the second fails, the former export is put back. */
ALS_CHECKED enum als_status als_folder_publish(struct als_folder *folder, struct als_err *err);
void als_folder_abandon(struct als_folder *folder); /* remove the temporary folder */

#endif
