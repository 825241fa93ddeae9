/*
 * SHA-256 of files and streams, for manifests and sources. (The trail's own digests are internal.)
 */
#ifndef ALSTRACK_STORE_DIGEST_H
#define ALSTRACK_STORE_DIGEST_H

#include <stddef.h>

#include "alstrack/core/err.h"

#define ALS_SHA256_HEX 65

struct als_sha256; /* opaque, heap */
struct als_sha256 *als_sha256_new(void);
void als_sha256_add(struct als_sha256 *hash, const void *bytes, size_t n);
void als_sha256_end(struct als_sha256 *hash, char hex[ALS_SHA256_HEX]); /* frees; hex may be NULL */

ALS_CHECKED enum als_status als_sha256_file(const char *path, char hex[ALS_SHA256_HEX],
                                            struct als_err *err);

#endif
