/*
 * Findings about a file or a study: where, what was expected, what was found, what to do. Many per
 * run; the caller decides how they are shown. Printed form:
 *
 *     FILE:LINE:COLUMN: error: WHAT [CODE]
 *         the source line
 *         ^
 *     hint: HINT
 *
 * Lines and columns count from 1; a column is a byte position. 0 means that there is none.
 */
#ifndef ALSTRACK_CORE_DIAG_H
#define ALSTRACK_CORE_DIAG_H

#include <stddef.h>
#include <stdio.h>

enum als_severity { ALS_SEVERITY_ERROR, ALS_SEVERITY_WARNING, ALS_SEVERITY_INFO };

struct als_diag {
    enum als_severity severity;
    const char *code; /* such as E-RANGE */
    const char *file; /* may be NULL */
    size_t line, column;
    const char *field;  /* column or key name; may be NULL */
    const char *what;   /* one line */
    const char *hint;   /* may be NULL */
    const char *source; /* text of the line, without its end; may be NULL */
};

/* Receives one finding; everything in it is borrowed during the call. */
typedef void als_diag_fn(const struct als_diag *diag, void *context);

struct als_sink {
    als_diag_fn *receive;
    void *context;
};

/* Send a finding. sink may be NULL. */
void als_diag_send(const struct als_sink *sink, const struct als_diag *diag);

/* A list that keeps copies, for findings that are shown later or tested. */
struct als_diag_list {
    struct als_diag *items; /* owned, with their texts */
    size_t count, errors;   /* count kept, errors seen (also beyond the limit) */
    size_t total;           /* all seen */
    size_t limit;           /* keep at most this many; 0 means all */
};
void als_diag_list_init(struct als_diag_list *list, size_t limit);
void als_diag_list_release(struct als_diag_list *list);
struct als_sink als_diag_list_sink(struct als_diag_list *list);

/* Print in the form above; colour marks the severity when `colour`. */
void als_diag_print(FILE *out, const struct als_diag *diag, int colour);

/* The candidate nearest to `word` (at most 2 edits, and fewer than its length), or NULL. */
const char *als_nearest(const char *word, const char *const *candidates, size_t n);

#endif
