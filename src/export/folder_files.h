/*
 * The files of `export csv` while they are made: what all of them need, and one sheet at a time.
 */
#ifndef ALSTRACK_EXPORT_FOLDER_FILES_H
#define ALSTRACK_EXPORT_FOLDER_FILES_H

#include "alstrack/export/csv.h"
#include "rows.h"

struct als_export {
    struct als_store *store;
    const struct als_protocol *protocol;
    const struct als_export_options *options;
    const char *folder; /* where the files are made */
    struct als_people people;
    struct als_event_list events;
    struct als_ranges ranges; /* store, readers and progress filled in */
    struct als_arena *arena;
    struct als_dataset **datasets; /* in order of writing */
    size_t n_datasets, room;
    double told; /* progress told last */
};

/* One file being written row by row: cells go to buf. */
struct als_sheet {
    struct als_dataset *dataset;
    struct als_out out;
    struct als_buf buf;
};
ALS_CHECKED enum als_status als_sheet_open(struct als_export *export, struct als_dataset *dataset,
                                           struct als_sheet *sheet, struct als_err *err);
void als_sheet_end_row(struct als_sheet *sheet);
void als_sheet_flush(struct als_sheet *sheet); /* before something else writes to out */
/* Completes the file if status is ALS_OK, else drops it; returns the status. */
ALS_CHECKED enum als_status als_sheet_close(struct als_export *export, struct als_sheet *sheet,
                                            enum als_status status, struct als_err *err);

/* A complete file joins the export. */
void als_export_add(struct als_export *export, struct als_dataset *dataset);
const char *als_export_path(struct als_export *export, const char *file); /* in the arena */

/* Day of a date that may be partial or NULL, for the patient of that index: days from time zero and
 * how precise the date is. */
void als_sheet_partial(struct als_buf *buf, const char *date);
void als_sheet_offset(struct als_buf *buf, const struct als_timeline *timeline, int day);

/* The events of a patient, in the list of all. */
const struct als_event *als_export_events_of(const struct als_export *export, int64_t patient_id,
                                             size_t *n);
/* Visits, read from store, and with the events what the schedule needs; they live in arena. */
ALS_CHECKED enum als_status als_export_facts(const struct als_export *export,
                                             struct als_store *store, size_t patient,
                                             struct als_arena *arena, struct als_visit_list *visits,
                                             struct als_patient_facts *facts, struct als_err *err);

/* records.c, eligibility.c, queries.c, visits.c, observations.c, cohort.c: one file each. */
ALS_CHECKED enum als_status als_export_patients(struct als_export *export, struct als_err *err);
ALS_CHECKED enum als_status als_export_events(struct als_export *export, struct als_err *err);
ALS_CHECKED enum als_status als_export_adverse(struct als_export *export, struct als_err *err);
ALS_CHECKED enum als_status als_export_procedures(struct als_export *export, struct als_err *err);
ALS_CHECKED enum als_status als_export_eligibility(struct als_export *export, struct als_err *err);
ALS_CHECKED enum als_status als_export_queries(struct als_export *export, struct als_err *err);
ALS_CHECKED enum als_status als_export_visits(struct als_export *export, struct als_err *err);
ALS_CHECKED enum als_status als_export_observations(struct als_export *export, struct als_err *err);
ALS_CHECKED enum als_status als_export_cohort(struct als_export *export, struct als_err *err);

#endif
