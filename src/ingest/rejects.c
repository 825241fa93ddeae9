/*
 * Writes rejected rows.
 */
#include "rejects.h"

#include <string.h>

enum als_status als_rejects_open(struct als_rejects *rejects, const char *path,
                                 const struct als_csv_record *header, struct als_err *err)
{
    *rejects = (struct als_rejects){.n_fields = header->n};
    if (!path)
        return ALS_OK;
    const enum als_status status = als_file_create(path, &rejects->file, err);
    if (status != ALS_OK)
        return status;
    rejects->open = true;
    fwrite(header->raw, 1, header->raw_length, rejects->file.stream);
    fputs(",reject_reason\n", rejects->file.stream);
    return ALS_OK;
}

void als_rejects_add(struct als_rejects *rejects, const char *raw, size_t raw_length,
                     size_t n_fields, const char *reason)
{
    if (!rejects->open)
        return;
    FILE *out = rejects->file.stream;
    fwrite(raw, 1, raw_length, out);
    for (size_t i = n_fields; i < rejects->n_fields; i++)
        putc(',', out);
    fputs(",\"", out);
    for (; *reason; reason++) {
        if (*reason == '"')
            putc('"', out);
        putc(*reason, out);
    }
    fputs("\"\n", out);
}

enum als_status als_rejects_commit(struct als_rejects *rejects, struct als_err *err)
{
    if (!rejects->open)
        return ALS_OK;
    rejects->open = false;
    return als_file_commit(&rejects->file, err);
}

void als_rejects_abandon(struct als_rejects *rejects)
{
    if (rejects->open)
        als_file_abandon(&rejects->file);
    rejects->open = false;
}
