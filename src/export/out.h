/*
 * A file being written in large pieces, hashed on the way, that takes its name only when complete.
 */
#ifndef ALSTRACK_EXPORT_OUT_H
#define ALSTRACK_EXPORT_OUT_H

#include <stdbool.h>

#include "alstrack/core/file.h"
#include "alstrack/store/digest.h"

struct als_out {
    struct als_file_out file;
    struct als_sha256 *hash;
    size_t bytes;
};

ALS_CHECKED enum als_status als_out_open(const char *path, struct als_out *out,
                                         struct als_err *err);
/* A failed write shows at the latest in als_out_close; false here saves the work until then. */
bool als_out_write(struct als_out *out, const char *bytes, size_t n);
ALS_CHECKED enum als_status als_out_close(struct als_out *out, char sha256_hex[ALS_SHA256_HEX],
                                          struct als_err *err);
void als_out_abandon(struct als_out *out);

#endif
