/*
 * manifest.json: what an export holds and of what it was made.
 */
#ifndef ALSTRACK_EXPORT_MANIFEST_H
#define ALSTRACK_EXPORT_MANIFEST_H

#include "folder_files.h"

#define ALS_MANIFEST "manifest.json"

/* A file beside the data: name, size and digest are all there is to say of it. */
struct als_side_file {
    const char *file;
    size_t bytes;
    char sha256[ALS_SHA256_HEX];
};

void als_manifest_compose(const struct als_export *export, const struct als_side_file *sides,
                          size_t n_sides, const char *head, struct als_buf *out);

/* Is folder/manifest.json ours? *files gets the names it lists, in arena. */
bool als_manifest_read(const char *folder, struct als_arena *arena, const char *const **files,
                       size_t *n_files);

#endif
