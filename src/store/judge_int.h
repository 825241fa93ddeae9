/* What verdicts need of one patient, gathered once; and findings with the cells that they are
 * about. Private to this layer. */
#ifndef ALSTRACK_SRC_STORE_JUDGE_INT_H
#define ALSTRACK_SRC_STORE_JUDGE_INT_H

#include "alstrack/schedule/oddity.h"
#include "alstrack/score/judge.h"
#include "alstrack/store/entry.h"
#include "alstrack/store/judge.h"
#include "alstrack/store/query.h"
#include "alstrack/store/scan.h"
#include "store_int.h"

/* ---- judge_case.c ---- */

struct als_case {
    const struct als_store *store;
    const struct als_patient *patient;
    const struct als_event *events;
    size_t n_events;
    const struct als_visit *visits;
    size_t n_visits;
    struct als_patient_facts facts;
    struct als_date birth;
    struct als_day_limits limits;
    struct als_visit_row *rows; /* the schedule */
    size_t n_rows;
    const char *screening; /* code of the screening visit */
    int screening_day;     /* on which the study's own data begin; ALS_NO_DAY */
};
/* From lists already loaded (rows of one patient); everything lives in or is borrowed by arena. */
void als_case_from(const struct als_store *store, const struct als_patient *patient,
                   const struct als_event *events, size_t n_events, const struct als_visit *visits,
                   size_t n_visits, int today, struct als_arena *arena, struct als_case *out);
ALS_CHECKED enum als_status als_case_load(struct als_store *store, int64_t patient_id, int today,
                                          struct als_arena *arena, struct als_case *out,
                                          struct als_err *err);

/* Assessments of one patient and instrument that were done. */
struct als_sittings {
    struct als_assessment *items;
    struct als_sitting *ready; /* [item]: as rules take it, made when it is first judged; values
                                  NULL until then */
    size_t count, room;
    struct als_arena *arena; /* of the last addition */
};
/* A copy of the row, its texts included. */
void als_sittings_add(struct als_sittings *sittings, const struct als_instrument *instrument,
                      const struct als_assessment *row, struct als_arena *arena);
ALS_CHECKED enum als_status als_sittings_load(struct als_store *store,
                                              const struct als_instrument *instrument,
                                              int64_t patient_id, struct als_arena *arena,
                                              struct als_sittings *out, struct als_err *err);
/* Index of the assessment before sittings->items[index], -1 if there is none. */
ptrdiff_t als_sittings_previous(const struct als_sittings *sittings, size_t index);

/* The verdicts on one of them. */
void als_case_judge(const struct als_case *the_case, struct als_judge *judge,
                    const struct als_instrument *instrument, struct als_sittings *sittings,
                    size_t index, struct als_verdict_list *out);

void als_case_judge_event(const struct als_case *the_case, size_t index,
                          struct als_verdict_list *out);
void als_case_judge_visit(const struct als_case *the_case, size_t index,
                          struct als_verdict_list *out);

void als_case_judge_adverse(const struct als_case *the_case, const struct als_adverse_event *ae,
                            int visit_day, struct als_verdict_list *out);

/* ---- recorded.c ---- */

/* A copy of the row, its texts included. */
void als_news_add(struct als_news *news, const struct als_check_row *row, struct als_arena *arena);

/* ---- query_book.c: findings against the queries of a patient ---- */

/* What a finding is about. */
struct als_cell_of {
    int visit_no;
    const char *record, *rater, *item; /* rater, item: NULL = none */
};
struct als_query_counts {
    size_t opened, refreshed, gone;
};
struct als_book {
    struct als_store *store;
    int64_t patient_id;
    struct als_query *items; /* of the patient, with those opened meanwhile */
    size_t count, room;
    bool *seen; /* [item]: its rule fired */
    struct als_arena *arena;
    struct als_query_counts counts;
    int64_t value_change; /* that has written all records in question; 0: look each up */
};
/* From the queries of the patient, which are copied. */
void als_book_from(struct als_store *store, int64_t patient_id, const struct als_query *queries,
                   size_t n, struct als_arena *arena, struct als_book *out);
ALS_CHECKED enum als_status als_book_load(struct als_store *store, int64_t patient_id,
                                          struct als_arena *arena, struct als_book *out,
                                          struct als_err *err);
/* The query of a rule about a cell; NULL if there is none. */
struct als_query *als_book_find(const struct als_book *book, const struct als_cell_of *cell,
                                const char *rule);
/* A soft rule fired: open or refresh its query; answer, if not NULL, is what a person said of it.
 * Needs an open change set. */
ALS_CHECKED enum als_status als_book_note(struct als_book *book, const struct als_cell_of *cell,
                                          const char *rule, const char *message, const char *value,
                                          const char *answer, struct als_err *err);
/* After all findings about the records for which `of` is true were noted: mark the others. */
typedef bool als_book_scope_fn(const struct als_query *query, const void *context);
ALS_CHECKED enum als_status als_book_finish(struct als_book *book, als_book_scope_fn *of,
                                            const void *context, struct als_err *err);

#endif
