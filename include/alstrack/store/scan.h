/*
 * Reading many assessments of one instrument in order of key: patient, visit number, rater. A
 * cursor holds one row; what it points to is borrowed until the next call.
 */
#ifndef ALSTRACK_STORE_SCAN_H
#define ALSTRACK_STORE_SCAN_H

#include "alstrack/store/record.h"

struct als_scan;

enum als_scan_want {
    ALS_SCAN_ITEMS = 1,  /* values, item reasons */
    ALS_SCAN_SCORES = 2, /* scores of own items; others stay NAN (see als_scan_person) */
    ALS_SCAN_COLUMNS = 4 /* mode, respondent, reason */
};

/* Patients first_id … last_id, both included; 0, INT64_MAX for all. Several cursors may be open on
 * one store, and on several stores of one file in several threads. */
ALS_CHECKED enum als_status als_scan_open(struct als_store *store,
                                          const struct als_instrument *instrument, unsigned want,
                                          int64_t first_id, int64_t last_id, struct als_scan **out,
                                          struct als_err *err);
/* ALS_OK and *row NULL at the end. */
ALS_CHECKED enum als_status als_scan_next(struct als_scan *scan, const struct als_assessment **row,
                                          struct als_err *err);
void als_scan_close(struct als_scan *scan); /* NULL is fine */

/* A measure INSTRUMENT.SCORE or INSTRUMENT.ITEM. */
struct als_measure {
    const struct als_instrument *instrument;
    ptrdiff_t score; /* index, or -1 */
    ptrdiff_t item;  /* index, or -1 */
    char name[96];
};
/* ALS_USAGE with the nearest name as hint when there is none. */
ALS_CHECKED enum als_status als_measure_find(const struct als_store *store, const char *name,
                                             struct als_measure *out, struct als_err *err);
const char *als_measure_label(const struct als_measure *measure);
const char *als_measure_unit(const struct als_measure *measure); /* "" if none */
/* Least and greatest number that it can be, as for items and scores. */
void als_measure_bounds(const struct als_measure *measure, double *min, double *max);

/* Only key, day and one number per row: the fast way for analyses. Own-item scores and items are
 * read directly; scores that need the patient are computed from `patients` (by index of id order;
 * als_patient_load). Rows without a value are left out and counted in *missing. */
struct als_point {
    int64_t patient_id;
    int visit_no, rater_no, day;
    double value;
    enum als_score_source source;
};
typedef void als_point_fn(const struct als_point *point, void *context);
ALS_CHECKED enum als_status
als_points_each(struct als_store *store, const struct als_measure *measure,
                const struct als_patient_list *patients, int64_t first_id, int64_t last_id,
                als_point_fn *receive, void *context, size_t *missing, struct als_err *err);

#endif
