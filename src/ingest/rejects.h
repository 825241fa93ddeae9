/*
 * The file of rows that were left out: the columns of the source and at the end a column
 * reject_reason, which an import passes over, so that the mended file can be imported as it is.
 * Every row has as many fields as the header: a row that had fewer is filled up, and what a row had
 * beyond them stands at the end of its reason. In the order in which rows were found to be bad:
 * those without a visit code come last.
 */
#ifndef ALSTRACK_INGEST_REJECTS_H
#define ALSTRACK_INGEST_REJECTS_H

#include "alstrack/core/file.h"
#include "columns.h"

struct als_rejects {
    struct als_file_out file;
    bool open;
    size_t n_fields;         /* of the source */
    ptrdiff_t reject_reason; /* field of the source that is left out, -1 = none */
};

/* Begin with the header of the source; path NULL = no rejects are wanted. */
ALS_CHECKED enum als_status als_rejects_open(struct als_rejects *rejects, const char *path,
                                             const struct als_csv_record *header,
                                             const struct als_columns *columns,
                                             struct als_err *err);
/* raw: one record as it stood. */
void als_rejects_add(struct als_rejects *rejects, const char *raw, size_t raw_length,
                     const char *reason);
ALS_CHECKED enum als_status als_rejects_commit(struct als_rejects *rejects, struct als_err *err);
void als_rejects_abandon(struct als_rejects *rejects);

#endif
