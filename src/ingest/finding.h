/*
 * Findings of an import, kept until the rows around them are done, then sent in order of line.
 */
#ifndef ALSTRACK_INGEST_FINDING_H
#define ALSTRACK_INGEST_FINDING_H

#include <stdarg.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/diag.h"
#include "alstrack/define/verdict.h"
#include "csv_reader.h"

/* Some place in a record that is no field: its beginning. */
#define ALS_NO_FIELD SIZE_MAX

struct als_finding {
    struct als_diag diag; /* texts in the arena of the list; file is filled in when sent */
    size_t record;        /* line on which the record begins: joins findings and rows */
    size_t arrival;
};

struct als_findings {
    struct als_finding *items;
    size_t count, room, errors;
    struct als_arena *arena;
};

void als_findings_init(struct als_findings *findings);
void als_findings_clear(struct als_findings *findings);
void als_findings_release(struct als_findings *findings);

/* A finding about one field of a record. name (may be NULL) is the column as we call it. */
__attribute__((format(printf, 8, 0))) void
als_finding_add(struct als_findings *findings, enum als_severity severity, const char *code,
                const struct als_csv_record *record, size_t field, const char *name,
                const char *hint, const char *format, va_list args);

/* The same about a record as a whole, known by its raw text. */
__attribute__((format(printf, 7, 8))) void
als_finding_row(struct als_findings *findings, const char *code, size_t line, const char *raw,
                size_t raw_length, const char *hint, const char *format, ...);

/* About a record that was read before, known by its line; 0: about none of the file. */
void als_finding_line(struct als_findings *findings, size_t line, const struct als_verdict *verdict,
                      const char *what);

/* About the file as a whole. */
void als_finding_fault(struct als_findings *findings, const struct als_csv_fault *fault);

/* Put in order of record, and of arrival within one; then send all. */
void als_findings_sort(struct als_findings *findings);
void als_findings_send(struct als_findings *findings, const char *file,
                       const struct als_sink *sink);

/* Append what is wrong with the record that begins on `line`: "field: what; field: what". The list
 * must be sorted. */
struct als_buf;
void als_findings_reason(const struct als_findings *findings, size_t line, struct als_buf *out);

#endif
