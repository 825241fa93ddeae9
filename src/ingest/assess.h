/*
 * Assessments of one instrument: rows of a file into batches for the store.
 */
#ifndef ALSTRACK_INGEST_ASSESS_H
#define ALSTRACK_INGEST_ASSESS_H

#include "alstrack/score/judge.h"
#include "alstrack/store/bulk.h"
#include "alstrack/store/judge.h"
#include "importer.h"
#include "row.h"

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
    size_t patient;            /* index in the roster */
    const char *visit, *rater; /* texts in the batch's arena; visit only when visit_no is 0 */
    int visit_no, day;
    uint32_t slot;
    enum als_row_state state;
};

/* A soft rule fired for a row: its query is opened when the row is stored. */
struct als_doubt {
    size_t note;
    bool late; /* the patient is judged when all is stored */
    struct als_verdict verdict;
    const char *value; /* of its item, as files have it; in the batch's arena */
};

/* Rows on their way from the reading thread to the storing one. */
struct als_chunk {
    struct als_batch *batch;
    struct als_row_note *notes; /* one per row of the file, at most ALS_BULK_ROWS */
    size_t n_notes;
    size_t *note_of; /* [slot] */
    struct als_doubt *doubts;
    size_t n_doubts, doubts_room;
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

/* The row examined last, if the next one may look back at it. */
struct als_prior {
    bool is_there;
    size_t patient;
    struct als_sitting sitting;
    struct als_value *values; /* [item]; texts live in the batch */
    uint8_t *ranks;           /* [item] */
    struct als_score_cache scores;
    char rater[404];
    uint64_t visits; /* of the patient so far: a bit for each, some share one */
};

/* Examines rows. Used by one thread at a time. */
struct als_assessor {
    struct als_importer *importer;
    struct als_judge *judge;
    struct als_cell_plan *plans;   /* [item] */
    struct als_value *values;      /* [item], of the row under examination */
    uint8_t *ranks;                /* [item] */
    struct als_score_cache scores; /* of that row */
    struct als_arena *arena;       /* of both caches of scores */
    char patient[68];              /* the patient named last */
    size_t patient_length, patient_index;
    struct als_prior prior;
    uint8_t *met;  /* [patient]: a row of the file was examined */
    uint8_t *late; /* [patient]: rows of the file are not all that there is, not in order of day, or
                      two of one visit: what looks at others is judged when all are stored */
    uint8_t *disordered; /* [patient]: of visits, as stored when the import began */
    bool historical;     /* measurements from before the study may be its baseline */
    bool quiet;          /* the row was examined before: nothing is said */
};
ALS_CHECKED enum als_status als_assessor_init(struct als_assessor *assessor,
                                              struct als_importer *importer, struct als_err *err);
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
    uint8_t *refused;                   /* [patient]: a row that was examined is not stored */
    uint8_t *touched;                   /* [patient]: something was entered or changed */
};
ALS_CHECKED enum als_status als_storing_put(struct als_storing *storing, struct als_chunk *chunk,
                                            struct als_err *err);

/* Open the queries of the chunk's doubts, those of late patients apart. */
ALS_CHECKED enum als_status als_doubts_note(struct als_storing *storing, struct als_chunk *chunk,
                                            struct als_err *err);
/* When all is stored: judge late patients. */
ALS_CHECKED enum als_status als_doubts_finish(struct als_storing *storing,
                                              const struct als_assessor *assessor,
                                              struct als_err *err);

/* Give the rows that were put aside their visits, and store them. */
ALS_CHECKED enum als_status als_assign_visits(struct als_storing *storing,
                                              struct als_assessor *assessor,
                                              struct als_chunk *chunk, struct als_err *err);

#endif
