/*
 * Verdicts on what the study holds, or would hold: gathers what the rules need (score/judge.h for
 * assessments, schedule/oddity.h for dates) and asks them. Nothing here decides anything.
 */
#ifndef ALSTRACK_STORE_JUDGE_H
#define ALSTRACK_STORE_JUDGE_H

#include "alstrack/define/verdict.h"
#include "alstrack/store/record.h"

/* One stored assessment; change_id 0 and *assessment untouched when there is no such row. Texts and
 * lists live in the arena; item_reasons may be NULL. */
ALS_CHECKED enum als_status
als_assessment_get(struct als_store *store, int64_t patient_id, int visit_no,
                   const struct als_instrument *instrument, int rater_no, struct als_arena *arena,
                   struct als_assessment *assessment, int64_t *change_id, struct als_err *err);

/* Of an assessment as it stands or as it would be stored: all its values, reasons, day, mode and
 * rater count, a stored row of that key does not; rater_no -1: one new to the study. One that was
 * not done has no verdicts. `today` ALS_NO_DAY or 0: the future is not judged. Verdicts are
 * appended. */
ALS_CHECKED enum als_status als_judge_assessment(struct als_store *store,
                                                 const struct als_instrument *instrument,
                                                 const struct als_assessment *assessment, int today,
                                                 struct als_verdict_list *out, struct als_err *err);

/* The value that a verdict is about, as files have it, in the arena: of its item, else of its
 * score; NULL when missing or none. */
const char *als_verdict_value(const struct als_instrument *instrument,
                              const struct als_verdict *verdict, const struct als_value *values,
                              struct als_arena *arena);

/* ---- The whole study: `check` ---- */

struct als_check_row;
/* What a person says of a finding, NULL for nothing. */
typedef const char *als_check_answer_fn(const struct als_check_row *row, void *context);

enum als_check_records {
    ALS_CHECK_PATIENT = 1,
    ALS_CHECK_EVENT = 2,
    ALS_CHECK_VISIT = 4,
    ALS_CHECK_AE = 8,
    ALS_CHECK_ASSESSMENT = 16
};

struct als_check_options {
    int64_t patient_id;                      /* 0 = all */
    const char *site;                        /* NULL = all */
    unsigned records;                        /* of enum als_check_records; 0 = all */
    const struct als_instrument *instrument; /* assessments of this one only; NULL = all */
    bool (*wanted)(int64_t patient_id, void *context); /* NULL = all */
    void *wanted_context;
    bool baselines; /* look for missing baselines, too: not while data are still coming in */
    int today;      /* ALS_NO_DAY or 0: the future is not judged */
    bool queries; /* inside an open change set: open and refresh queries of soft findings, and mark
                     those whose rule no longer fires; close none */
    als_check_answer_fn *answer; /* asked of each soft finding with the context of the rows: becomes
                                    the answer to its query; NULL: nobody says anything */
};
struct als_check_row {
    int64_t patient_id;
    int visit_no;       /* 0 = none */
    const char *record; /* instrument code, or patient, event, visit, ae */
    const char *rater;  /* NULL = none */
    const char *item;   /* item code; of an event its name, with its date where it repeats; of an
                           adverse event its id; NULL = the record as a whole */
    struct als_verdict verdict;
    const char *value; /* that it is about, as files have it: of an item, of the date or number of
                          a record; NULL = missing or none */
    const char *query; /* its query, such as P01/3; NULL if there is none */
    const char *query_state; /* open, answered, closed; NULL */
    bool fresh;              /* the query was opened or refreshed just now */
};
/* Rows by patient, then registration, events, visits, adverse events, instruments in order of the
 * study; borrowed during the call. Patients are judged in a thread of its own, but this function
 * and those of the options are called by the thread that called als_check. */
typedef void als_check_fn(const struct als_check_row *row, void *context);
struct als_check_counts {
    size_t hard, soft, info;
    size_t opened, refreshed, gone; /* queries; gone: marked as no longer found */
};
ALS_CHECKED enum als_status als_check(struct als_store *store,
                                      const struct als_check_options *options,
                                      als_check_fn *receive, void *context,
                                      struct als_check_counts *counts, struct als_err *err);

/* Open or refresh the queries of findings made elsewhere (an import, row by row): rows with a soft
 * verdict on records that this change set has entered, of one patient after the other; query,
 * query_state and fresh are not looked at. */
ALS_CHECKED enum als_status als_check_note(struct als_store *store,
                                           const struct als_check_row *rows, size_t n,
                                           struct als_check_counts *counts, struct als_err *err);

#endif
