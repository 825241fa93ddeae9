/*
 * A study to import into: a small protocol, ALSFRS-R and FVC, in a folder of its own; and what an
 * import said, as one text.
 */
#ifndef ALSTRACK_TEST_TRIAL_H
#define ALSTRACK_TEST_TRIAL_H

#include "alstrack/core/buf.h"
#include "alstrack/ingest/import.h"
#include "alstrack/store/scan.h"

struct trial {
    char folder[256], path[300], csv[300];
    struct als_store *store;
    struct als_import_options options; /* kind and path are set by trial_import */
    const char *reason;                /* of the next imports */
    struct als_import_result result;
    struct als_err err;
    struct als_buf
        said; /* findings of the last import: "line:column severity field: what [CODE]\n" */
    struct als_buf cells; /* cell changes of the last dry run: "key column old new\n" */
};

/* A new study; with_patients: P1 (infusion on 2020-03-02), P2 (no event), P3 (died 2020-05-10). */
void trial_open(struct trial *trial, bool with_patients);
void trial_close(struct trial *trial); /* removes all files and checks for leaks */
void trial_reopen(struct trial *trial);
/* Put the next version of the protocol in force: `text` stands where `instead_of` stood. */
void trial_amend(struct trial *trial, const char *instead_of, const char *text);

/* Import a text as a file. */
enum als_status trial_import(struct trial *trial, const char *kind, const char *text);
/* The same, and it must be stored without errors. */
void trial_must(struct trial *trial, const char *kind, const char *text);

/* Every assessment: "P1 MN1 - 2020-04-01 done 4/4/./…;" with the first n items. */
const char *trial_rows(struct trial *trial, const char *instrument, size_t n, struct als_buf *out);
/* Every visit of a patient: "MN1 2020-04-01 done assigned;". */
const char *trial_visits(struct trial *trial, const char *patient, struct als_buf *out);
/* Findings of als_audit_verify. */
size_t trial_verify(struct trial *trial);
/* Text of a file of the folder, appended to out. */
const char *trial_file(struct trial *trial, const char *name, struct als_buf *out);

#endif
