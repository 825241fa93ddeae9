/*
 * `export csv`: one tidy file per grain with dictionary, loaders and manifest (design section 7).
 */
#ifndef ALSTRACK_EXPORT_CSV_H
#define ALSTRACK_EXPORT_CSV_H

#include "alstrack/store/store.h"

struct als_export_options {
    const char *folder; /* made if missing; refused (ALS_CANNOT_CREATE) if it holds other files */
    int as_of_day;
    const char *program; /* name and version of the program for the manifest; NULL: left out */
    const char *stamp;   /* SOURCE_DATE_EPOCH or NULL; nothing else depends on the clock */
    bool bom;            /* start CSVs with a byte-order mark for spreadsheet programs */
    unsigned readers;    /* threads; 0 = one per core */
    bool (*progress)(double fraction, void *context); /* false stops: ALS_INTERRUPTED */
    void *progress_context;
};

struct als_export_result {
    size_t files, rows;
};

ALS_CHECKED enum als_status als_export_csv(struct als_store *store,
                                           const struct als_export_options *options,
                                           struct als_export_result *result, struct als_err *err);

/* One file only: an instrument's wide table (patient, visit, date …, items, scores) to `path`
 * ("-" is standard output), with its SHA-256. */
ALS_CHECKED enum als_status als_export_wide(struct als_store *store, const char *instrument,
                                            const char *path, unsigned readers, char sha256_hex[65],
                                            size_t *rows, struct als_err *err);

#endif
