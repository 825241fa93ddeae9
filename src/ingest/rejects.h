/*
 * The file of rows that were left out: as they stood, with a column reject_reason at the end. In
 * the order in which they were found to be bad: rows without a visit code come last.
 */
#ifndef ALSTRACK_INGEST_REJECTS_H
#define ALSTRACK_INGEST_REJECTS_H

#include "alstrack/core/file.h"
#include "csv_reader.h"

struct als_rejects {
    struct als_file_out file;
    bool open;
    size_t n_fields;
};

/* Begin with the header of the source; path NULL = no rejects are wanted. */
ALS_CHECKED enum als_status als_rejects_open(struct als_rejects *rejects, const char *path,
                                             const struct als_csv_record *header,
                                             struct als_err *err);
/* n_fields: how many the row has; a short one is filled up, so that the reason is in its column. */
void als_rejects_add(struct als_rejects *rejects, const char *raw, size_t raw_length,
                     size_t n_fields, const char *reason);
ALS_CHECKED enum als_status als_rejects_commit(struct als_rejects *rejects, struct als_err *err);
void als_rejects_abandon(struct als_rejects *rejects);

#endif
