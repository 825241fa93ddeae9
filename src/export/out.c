/* Output files with their SHA-256. */
#include "out.h"

enum als_status als_out_open(const char *path, struct als_out *out, struct als_err *err)
{
    *out = (struct als_out){0};
    enum als_status status = als_file_create(path, &out->file, err);
    if (status == ALS_OK)
        out->hash = als_sha256_new();
    return status;
}

bool als_out_write(struct als_out *out, const char *bytes, size_t n)
{
    als_sha256_add(out->hash, bytes, n);
    out->bytes += n;
    return fwrite(bytes, 1, n, out->file.stream) == n;
}

enum als_status als_out_close(struct als_out *out, char sha256_hex[ALS_SHA256_HEX],
                              struct als_err *err)
{
    als_sha256_end(out->hash, sha256_hex);
    return als_file_commit(&out->file, err);
}

void als_out_abandon(struct als_out *out)
{
    als_sha256_end(out->hash, NULL);
    als_file_abandon(&out->file);
}
