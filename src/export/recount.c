/* Reading an exported file again: are its rows and bytes those that were written? */
#include "recount.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)1 << 18)

/* An RFC 4180 reader that only counts. */
struct reader {
    struct als_dataset *dataset;
    bool quoted;  /* inside quotes */
    bool closing; /* the last byte was a quote inside quotes: the end, or half of a doubled one */
    size_t rows, column, width;
    bool header;
    bool ragged; /* a row has more or fewer columns than the header */
};

static void end_cell(struct reader *reader)
{
    struct als_dataset *dataset = reader->dataset;
    if (reader->column < dataset->n_fields && !reader->header &&
        reader->width > dataset->fields[reader->column].widest)
        dataset->fields[reader->column].widest = reader->width;
    reader->column++;
    reader->width = 0;
    reader->closing = false;
}

static void end_row(struct reader *reader)
{
    end_cell(reader);
    reader->ragged = reader->ragged || reader->column != reader->dataset->n_fields;
    reader->rows += !reader->header;
    reader->header = false;
    reader->column = 0;
}

static void take(struct reader *reader, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = bytes[i];
        if (reader->closing && c == '"') {
            reader->closing = false;
            reader->width++;
        } else if (reader->quoted && !reader->closing) {
            reader->closing = c == '"';
            reader->width += c != '"';
        } else if (c == ',' || c == '\n') {
            reader->quoted = false;
            if (c == ',')
                end_cell(reader);
            else
                end_row(reader);
        } else if (c == '"') {
            reader->quoted = true;
        } else {
            reader->width++;
        }
    }
}

static enum als_status read_file(const char *path, struct reader *reader, size_t *bytes,
                                 char sha256[ALS_SHA256_HEX], struct als_err *err)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return als_fail(err, ALS_IO, "E-VERIFY", "cannot read %s again: %s", path, strerror(errno));
    struct als_sha256 *hash = als_sha256_new();
    char *block = als_alloc(BLOCK);
    size_t n;
    *bytes = 0;
    while ((n = fread(block, 1, BLOCK, file)) > 0) {
        als_sha256_add(hash, block, n);
        take(reader, block, n);
        *bytes += n;
    }
    bool failed = ferror(file) != 0;
    free(block);
    fclose(file);
    als_sha256_end(hash, sha256);
    return failed ? als_fail(err, ALS_IO, "E-VERIFY", "cannot read %s again", path) : ALS_OK;
}

enum als_status als_recount(const char *path, struct als_dataset *dataset, struct als_err *err)
{
    struct reader reader = {.dataset = dataset, .header = true};
    size_t bytes = 0;
    char sha256[ALS_SHA256_HEX];
    enum als_status status = read_file(path, &reader, &bytes, sha256, err);
    if (status != ALS_OK)
        return status;
    if (reader.rows != dataset->rows || reader.ragged || reader.quoted || reader.column)
        return als_fail(err, ALS_IO, "E-VERIFY", "%s: wrote %zu rows, reading finds %zu%s",
                        dataset->file, dataset->rows, reader.rows,
                        reader.ragged ? " of unequal width" : "");
    if (bytes != dataset->bytes || strcmp(sha256, dataset->sha256) != 0)
        return als_fail(err, ALS_IO, "E-VERIFY", "%s: what is read is not what was written",
                        dataset->file);
    return ALS_OK;
}
