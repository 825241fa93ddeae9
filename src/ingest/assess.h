/*
 * Assessments of one instrument: rows of a file into batches for the store.
 */
#ifndef ALSTRACK_INGEST_ASSESS_H
#define ALSTRACK_INGEST_ASSESS_H

#include "alstrack/store/bulk.h"
#include "importer.h"
#include "row.h"
#include "rules.h"

/* What became of a row. */
enum als_row_state {
    ALS_ROW_READY,  /* slot of the batch */
    ALS_ROW_ASIDE,  /* its visit is to be found by date */
    ALS_ROW_REFUSED /* see the findings */
};

/* A row of the file beside its values. */
struct als_row_note {
    size_t line;
    size_t raw_at, raw_length; /* in the chunk's raw text */
    int64_t patient_id;
    const char *visit, *rater; /* texts in the batch's arena; visit only when visit_no is 0 */
    int visit_no, day;
    uint32_t slot;
    enum als_row_state state;
};

/* Rows on their way from the reading thread to the storing one. */
struct als_chunk {
    struct als_batch *batch;
    struct als_row_note *notes; /* one per row of the file, at most ALS_BULK_ROWS */
    size_t n_notes;
    size_t *note_of;    /* [slot] */
    struct als_buf raw; /* the rows as they stood */
    struct als_findings findings;
    size_t out_of_window;
    double progress;
    bool last, broken; /* nothing follows; the file stopped being CSV */
    enum als_status status;
    struct als_err err;
};
void als_chunk_init(struct als_chunk *chunk, const struct als_instrument *instrument);
void als_chunk_clear(struct als_chunk *chunk);
void als_chunk_release(struct als_chunk *chunk);

/* Examines rows. Used by one thread at a time. */
struct als_assessor {
    struct als_importer *importer;
    struct als_rules rules;
    struct als_cell_plan *plans; /* [item] */
    uint8_t *ranks;              /* [item], of the row under examination */
    char patient[68];            /* the patient named last */
    size_t patient_length, patient_index;
    bool quiet; /* the row was examined before: no warnings */
};
void als_assessor_init(struct als_assessor *assessor, struct als_importer *importer);
void als_assessor_release(struct als_assessor *assessor);
/* Columns of the file that a batch has an opinion on. */
void als_assessor_given(const struct als_assessor *assessor, struct als_batch *batch);

/* Examine a record and add it to the chunk, which must have room. */
void als_assess(struct als_assessor *assessor, const struct als_csv_record *record,
                struct als_chunk *chunk);

/* Store the rows of a chunk that are ready: settle keys, find keys named twice, report what the
 * store refuses. */
struct als_storing {
    struct als_importer *importer;
    struct als_bulk *bulk;
    struct als_seen *seen;
    struct als_aside *aside;
    struct als_text_map visits, raters; /* numbers of those that this file brought to the study */
};
ALS_CHECKED enum als_status als_storing_put(struct als_storing *storing, struct als_chunk *chunk,
                                            struct als_err *err);

/* Give the rows that were put aside their visits, and store them. */
ALS_CHECKED enum als_status als_assign_visits(struct als_storing *storing,
                                              struct als_assessor *assessor,
                                              struct als_chunk *chunk, struct als_err *err);

#endif
