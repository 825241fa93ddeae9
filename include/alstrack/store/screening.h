/*
 * The eligibility worksheet of a patient: what is stored, held against every criterion of the
 * protocol, with what people decided.
 *
 * Each criterion has a point of evaluation, which is a visit: the screening visit unless the
 * protocol says otherwise; each visit that gives an infusion for `each infusion` (so such a
 * criterion has a row for each of them in the patient's cohort). The screening visit is the first
 * that assesses the instrument `screening`, else SCR or BL, else the first visit. The time of a
 * later point has come when its window has opened, its visit took place, or it was answered.
 *
 * Facts are those of the point's day: the day of its visit (of consent, if that is later, for then
 * the visit has its day from a historical record), while that has not taken place today.
 * Of an instrument, the assessment at the visit itself counts, else the last one before the day,
 * else the first after it and not after the first infusion. An event counts when it happened on or
 * before the day; without one, the item of the same name of the instrument `screening` says yes or
 * no, and without an answer it is not known. The age is that at consent. Dates known only in part
 * give bounds: what the bounds do not settle alike is unknown.
 *
 * Answers to human decisions are rows of the trail, keyed by patient, visit and criterion.
 */
#ifndef ALSTRACK_STORE_SCREENING_H
#define ALSTRACK_STORE_SCREENING_H

#include "alstrack/score/eligibility.h"
#include "alstrack/store/record.h"

/* ---- Human decisions ---- */

struct als_answer {
    int64_t patient_id;
    int visit_no;          /* point of evaluation */
    const char *criterion; /* its id; key: patient, visit, criterion */
    bool yes;              /* bit 0 */
    int day;               /* on which it was decided; alone it is no change */
    const char *note;      /* bit 1 */
    /* Read only: who said so, and when that was written. */
    int64_t change_id;
    const char *user, *at_utc;
};
/* ALS_DATA with E-CRITERION for a criterion that the protocol does not have, that no person decides
 * (the message names the field that does) or that is not evaluated at that visit. */
ALS_CHECKED enum als_status als_answer_put(struct als_store *store, const struct als_answer *answer,
                                           unsigned given, enum als_put *what, struct als_err *err);
struct als_answer_list {
    struct als_answer *items; /* by patient_id, visit_no, criterion */
    size_t count;
};
/* patient_id 0 = all patients. */
ALS_CHECKED enum als_status als_answer_load(struct als_store *store, int64_t patient_id,
                                            struct als_arena *arena, struct als_answer_list *out,
                                            struct als_err *err);

/* ---- The worksheet ---- */

struct als_screen_row {
    const struct als_criterion *criterion;
    size_t point; /* index into the worksheet's points */
    struct als_criterion_result result;
    const char *value;  /* that was compared, with its unit: "67.3 % pred"; "" when not known */
    const char *source; /* "fvc at SCR, 2014-01-02, computed by ECSC from 3.4 L"; "" */
    const char *needs;  /* what to record to settle it; "" when it is settled */
    const struct als_answer *answer; /* NULL: nobody has answered */
};

enum als_point_time { ALS_POINT_NOW, ALS_POINT_LATER, ALS_POINT_NEVER };
struct als_screen_point {
    const char *visit; /* code */
    size_t plan;       /* index into protocol->visits */
    int visit_no, day; /* day: of its facts */
    bool done;         /* the visit took place */
    enum als_point_time time;
    size_t n_criteria, n_later;       /* n_later: not evaluated yet */
    enum als_eligibility eligibility; /* of the others */
};

struct als_worksheet {
    enum als_eligibility eligibility; /* over what can be evaluated by now */
    struct als_screen_row *rows;      /* in order of points, then of the protocol */
    size_t n_rows;                    /* 0: the protocol has no criteria */
    struct als_screen_point *points;  /* in order of the protocol's visits */
    size_t n_points;
    const char *failed, *unknown; /* ids with commas between them;
                                     "E16@INJ2" where a criterion is evaluated more than once */
};

/* Worksheets of patients first_id … last_id in order of id (0, INT64_MAX: all), each instrument
 * read once. `today` as in the schedule; cut the store for a look back. */
struct als_screening;
ALS_CHECKED enum als_status als_screening_open(struct als_store *store, int64_t first_id,
                                               int64_t last_id, int today,
                                               struct als_screening **out, struct als_err *err);
/* The worksheet in arena; *patient borrowed until closed, NULL at the end. */
ALS_CHECKED enum als_status als_screening_next(struct als_screening *screening,
                                               struct als_arena *arena,
                                               const struct als_patient **patient,
                                               struct als_worksheet *out, struct als_err *err);
void als_screening_close(struct als_screening *screening); /* NULL is fine */

/* The same for one patient. */
ALS_CHECKED enum als_status als_worksheet_load(struct als_store *store, int64_t patient_id,
                                               int today, struct als_arena *arena,
                                               struct als_worksheet *out, struct als_err *err);

/* Index into protocol->visits of the visit at which eligibility is judged first. */
size_t als_screening_visit(const struct als_protocol *protocol);

#endif
