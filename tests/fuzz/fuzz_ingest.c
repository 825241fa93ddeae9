/*
 * Fuzzes the CSV reader. Whatever the bytes are, reading ends, and what is read stands where the
 * reader says that it stands: an unquoted field equals the raw bytes at its place.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/ingest/csv_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "broken promise: %s\n", what);
        abort();
    }
}

static void check_record(const struct als_csv_record *record, size_t last_line)
{
    demand(record->line > last_line, "lines ascend");
    for (size_t i = 0; i < record->n; i++) {
        const struct als_csv_field *field = &record->fields[i];
        demand(field->at <= record->raw_length, "a field lies in its record");
        demand(!memchr(field->text, '\0', field->length), "no NUL gets through");
        const int quoted = field->at < record->raw_length && record->raw[field->at] == '"';
        demand(quoted || memcmp(field->text, record->raw + field->at, field->length) == 0,
               "an unquoted field is its raw bytes");
        const struct als_csv_place place = als_csv_locate(record, i);
        demand(place.line >= record->line && place.column <= place.length + 1, "a place exists");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct als_csv *csv = als_csv_open_text((const char *)data, size);
    size_t last_line = 0;
    for (;;) {
        struct als_csv_record record;
        struct als_err err = {.code = ""};
        const enum als_status status = als_csv_next(csv, &record, &err);
        if (status != ALS_OK) {
            const struct als_csv_fault *fault = als_csv_fault(csv);
            demand(status == ALS_DATA && fault->code && fault->line > 0 && fault->column > 0,
                   "a fault has a place");
            break;
        }
        if (record.n == 0)
            break;
        check_record(&record, last_line);
        last_line = record.line;
    }
    als_csv_close(csv, NULL);
    return 0;
}
