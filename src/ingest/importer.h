/*
 * What the parts of one import share.
 */
#ifndef ALSTRACK_INGEST_IMPORTER_H
#define ALSTRACK_INGEST_IMPORTER_H

#include "alstrack/ingest/import.h"
#include "alstrack/store/judge.h"
#include "columns.h"
#include "finding.h"
#include "rejects.h"
#include "roster.h"
#include "row.h"

struct als_importer {
    struct als_store *store;
    const struct als_protocol *protocol;
    const struct als_instrument *instrument; /* NULL unless an instrument's file is imported */
    const struct als_import_options *options;
    const struct als_change_info *info;
    const struct als_sink *sink;
    struct als_import_result *result;
    const char *file; /* its name in findings */
    struct als_csv *csv;
    struct als_columns columns;
    struct als_roster roster;
    struct als_visit_codes codes;
    struct als_findings findings; /* of the main thread */
    struct als_rejects rejects;
    struct als_warnings warnings;
    bool broken; /* the file stopped being CSV: nothing of it may be stored */
};

/* Records of patients, events, visits and adverse events, row by row. */
ALS_CHECKED enum als_status als_import_records(struct als_importer *importer, struct als_err *err);
/* Assessments of an instrument, in batches, read by a second thread. */
ALS_CHECKED enum als_status als_import_assessments(struct als_importer *importer,
                                                   struct als_err *err);

/* Send findings in order, count them, and write the rows that they refuse to the rejects. */
void als_importer_send(struct als_importer *importer, struct als_findings *findings);
/* A finding of a check after all rows: keep it to be sent, "P01 at MN3, alsfrs: …". */
void als_importer_finding(struct als_importer *importer, size_t line,
                          const struct als_check_row *row);
/* Count what became of queries. */
void als_importer_queries(struct als_importer *importer, const struct als_check_counts *counts);
/* One row more is left out: write it with what the findings (sorted) say about its line. */
void als_importer_reject(struct als_importer *importer, const struct als_findings *findings,
                         size_t line, const char *raw, size_t raw_length);
/* ALS_INTERRUPTED when the import is to stop. */
ALS_CHECKED enum als_status als_importer_progress(const struct als_importer *importer,
                                                  double fraction, struct als_err *err);

#endif
