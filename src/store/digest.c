/* SHA-256 of files and streams. */
#include "alstrack/store/digest.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/alloc.h"

struct als_sha256 {
    crypto_hash_sha256_state state;
};

struct als_sha256 *als_sha256_new(void)
{
    struct als_sha256 *hash = als_alloc(sizeof *hash);
    crypto_hash_sha256_init(&hash->state);
    return hash;
}

void als_sha256_add(struct als_sha256 *hash, const void *bytes, size_t n)
{
    crypto_hash_sha256_update(&hash->state, bytes, n);
}

void als_sha256_end(struct als_sha256 *hash, char hex[ALS_SHA256_HEX])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&hash->state, digest);
    if (hex)
        sodium_bin2hex(hex, ALS_SHA256_HEX, digest, sizeof digest);
    free(hash);
}

enum als_status als_sha256_file(const char *path, char hex[ALS_SHA256_HEX], struct als_err *err)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return als_fail(err, errno == ENOENT ? ALS_NO_INPUT : ALS_IO, "E-FILE", "%s: %s", path,
                        strerror(errno));
    struct als_sha256 *hash = als_sha256_new();
    unsigned char *block = als_alloc(1 << 16);
    size_t n;
    while ((n = fread(block, 1, 1 << 16, file)) > 0)
        als_sha256_add(hash, block, n);
    bool failed = ferror(file) != 0;
    int reason = errno;
    free(block);
    fclose(file);
    als_sha256_end(hash, failed ? NULL : hex);
    return failed ? als_fail(err, ALS_IO, "E-FILE", "%s: %s", path, strerror(reason)) : ALS_OK;
}
