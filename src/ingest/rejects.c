/*
 * Writes rejected rows.
 */
#include "rejects.h"

#include <string.h>

#include "alstrack/core/buf.h"

static void write_field(FILE *out, const char *text, size_t length)
{
    bool quote = false;
    for (size_t i = 0; i < length && !quote; i++)
        quote = strchr(",\"\r\n", text[i]) != NULL;
    if (quote)
        putc('"', out);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            putc('"', out);
        putc(text[i], out);
    }
    if (quote)
        putc('"', out);
}

/* The fields of the source's columns, each with a comma after it. */
static void write_fields(const struct als_rejects *rejects, const struct als_csv_record *record)
{
    FILE *out = rejects->file.stream;
    for (size_t i = 0; i < rejects->n_fields; i++) {
        if ((ptrdiff_t)i == rejects->reject_reason)
            continue;
        if (i < record->n)
            write_field(out, record->fields[i].text, record->fields[i].length);
        putc(',', out);
    }
}

enum als_status als_rejects_open(struct als_rejects *rejects, const char *path,
                                 const struct als_csv_record *header,
                                 const struct als_columns *columns, struct als_err *err)
{
    *rejects = (struct als_rejects){.n_fields = header->n, .reject_reason = columns->reject_reason};
    if (!path)
        return ALS_OK;
    const enum als_status status = als_file_create(path, &rejects->file, err);
    if (status != ALS_OK)
        return status;
    rejects->open = true;
    write_fields(rejects, header);
    fputs(ALS_REJECT_REASON "\n", rejects->file.stream);
    return ALS_OK;
}

void als_rejects_add(struct als_rejects *rejects, const char *raw, size_t raw_length,
                     const char *reason)
{
    if (!rejects->open)
        return;
    struct als_csv *csv = als_csv_open_text(raw, raw_length);
    struct als_csv_record record;
    if (als_csv_next(csv, &record, NULL) != ALS_OK)
        als_bug("a row that was read cannot be read again");
    struct als_buf text;
    als_buf_init(&text, 64 * 1024);
    als_buf_text(&text, reason);
    for (size_t i = rejects->n_fields; i < record.n; i++) {
        als_buf_text(&text, i == rejects->n_fields ? "; beyond the columns: " : ",");
        als_buf_add(&text, record.fields[i].text, record.fields[i].length);
    }
    write_fields(rejects, &record);
    write_field(rejects->file.stream, text.data, text.length);
    putc('\n', rejects->file.stream);
    als_buf_release(&text);
    als_csv_close(csv, NULL);
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
