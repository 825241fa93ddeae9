/*
 * CSV files into a study: read, map, validate, store or reject. RFC 4180 in UTF-8, with or without
 * byte-order mark. All or nothing: one bad cell and nothing of the file is stored, unless rejects
 * are asked for. Streaming: memory grows with patients, not with rows.
 */
#ifndef ALSTRACK_INGEST_IMPORT_H
#define ALSTRACK_INGEST_IMPORT_H

#include "alstrack/store/record.h"

struct als_import_options {
    const char *kind;    /* patients, events, visits, ae, or an instrument code */
    const char *path;    /* "-" is standard input; a FIFO is read likewise */
    const char *map;     /* CSV `theirs,ours` for other people's headers; NULL = none */
    const char *rejects; /* write bad rows with reasons here and import the good ones; NULL = all or
                            nothing */
    int today;           /* 0: dates in the future are not noticed */
    bool dry_run;        /* report cell by cell what would change, write nothing, also no rejects.
                            Without rejects, as if there were a reason for every change */
    als_cell_change_fn *on_change; /* called per cell on dry_run; may be NULL */
    void *change_context;
    /* May be NULL; fraction < 0 = unknown size. false stops the import: ALS_INTERRUPTED, nothing is
     * stored, and no file is left behind. */
    bool (*progress)(double fraction, void *context);
    void *progress_context;
};

struct als_import_result {
    size_t rows, entered, changed, same, rejected;
    size_t errors, warnings;
    size_t visits_assigned; /* empty visit filled in from the date */
    size_t unscheduled;     /* made UNSn because no window held the date */
    size_t without_anchor;  /* of those: for want of an anchor */
    size_t out_of_window;
    size_t opened, refreshed, gone; /* queries, see store/judge.h */
    int64_t change_id;              /* 0 when nothing was stored */
    char source_sha256[65];         /* of all that was read */
};

/* Findings go to sink in order of line, all of them; of warnings of one kind the first ten and
 * their number. info->source_* are filled in by the import and live as long as options and result.
 *
 * ALS_OK: everything is stored, or (dry_run) would be. ALS_FINDINGS: rows were rejected, the others
 * stored, or (dry_run) would be. ALS_DATA: nothing is stored; err says how many errors there were.
 * ALS_USAGE: no such kind.
 *
 * Assessments whose `visit` is empty are put aside and given their visits after all other rows of
 * the file, patient by patient in order of date:
 *     1. a stored row of the same patient, instrument, date and rater: that row's visit;
 *     2. else the planned visit whose window holds the date and at which this instrument and rater
 *        has no row yet, closest to its target;
 *     3. else an unscheduled visit of that date without such a row, else the first UNSn that the
 *        patient has not had.
 *
 * out_of_window judges a row by the targets that are known when it is read: where a target hangs on
 * another visit's date, that visit's row counts only if it is stored or comes earlier in the file.
 *
 * `reason` and `status` belong together: a file without `status` says that every row was done. */
ALS_CHECKED enum als_status als_import(struct als_store *store,
                                       const struct als_import_options *options,
                                       struct als_change_info *info, const struct als_sink *sink,
                                       struct als_import_result *result, struct als_err *err);

/* Columns of a kind in order, for help and completion: fills names (borrowed from store or static)
 * up to room, returns how many there are; 0 for an unknown kind. */
size_t als_import_columns(const struct als_store *store, const char *kind, const char **names,
                          size_t room);

#endif
