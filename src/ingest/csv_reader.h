/*
 * CSV as RFC 4180 has it, in UTF-8, record by record: fields, and for each the exact place where it
 * stood. Strict: what the standard does not allow is a fault that ends the reading, with line, byte
 * column, what is wrong and what to do. Text is given as typed, blanks included.
 *
 * A line ends at LF, CRLF or a lone CR. Blank lines are passed over. A byte-order mark is skipped
 * and does not count as a column. The SHA-256 covers every byte of the source.
 *
 * Memory: one record and one read-ahead block, whatever the size of the file.
 */
#ifndef ALSTRACK_INGEST_CSV_READER_H
#define ALSTRACK_INGEST_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alstrack/core/diag.h"
#include "alstrack/core/err.h"
#include "alstrack/store/digest.h"

#define ALS_CSV_FIELD_MAX  ((size_t)1 << 20) /* a field is shorter than this, in bytes */
#define ALS_CSV_RECORD_MAX ((size_t)4 << 20) /* bytes of one record */
#define ALS_CSV_FIELDS_MAX ((size_t)4096)    /* fields of one record */

struct als_csv_field {
    const char *text; /* not NUL-terminated; empty when length is 0 */
    size_t length;
    size_t at; /* offset in the raw record */
};

/* Borrowed from the reader until the next call. */
struct als_csv_record {
    const struct als_csv_field *fields;
    size_t n;
    size_t line;     /* on which the record begins, from 1 */
    const char *raw; /* the record as it stands in the file, without its line end */
    size_t raw_length;
};

/* Why the reading ended early. */
struct als_csv_fault {
    const char *code; /* static */
    size_t line, column;
    char what[240];
    char hint[240];   /* may be empty */
    char source[240]; /* beginning of the line */
};

struct als_csv;

/* "-" is standard input. ALS_NO_INPUT, ALS_DATA (a directory). */
ALS_CHECKED enum als_status als_csv_open(const char *path, struct als_csv **out,
                                         struct als_err *err);
/* Read from memory, which must outlive the reader; for tests and single records. */
struct als_csv *als_csv_open_text(const char *text, size_t length);

/* Read the next record. At the end record->n is 0. ALS_DATA: see als_csv_fault; ALS_IO. */
ALS_CHECKED enum als_status als_csv_next(struct als_csv *csv, struct als_csv_record *record,
                                         struct als_err *err);
const struct als_csv_fault *als_csv_fault(const struct als_csv *csv);

/* Part of the source that was read, 0 to 1; negative when its size is not known. */
double als_csv_progress(const struct als_csv *csv);

/* Close; hex (may be NULL) receives the SHA-256 of all that was read. NULL is fine. */
void als_csv_close(struct als_csv *csv, char hex[ALS_SHA256_HEX]);

/* Line and byte column of a field, and the line's text: a record may span several lines. An index
 * past the last field stands for the place just after it. */
struct als_csv_place {
    size_t line, column;
    const char *text;
    size_t length;
};
struct als_csv_place als_csv_locate(const struct als_csv_record *record, size_t field);

#endif
