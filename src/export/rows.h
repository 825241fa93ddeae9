/*
 * What the files with one or more rows per assessment share: the patients with their time axes, and
 * the cells that open such a row.
 */
#ifndef ALSTRACK_EXPORT_ROWS_H
#define ALSTRACK_EXPORT_ROWS_H

#include "alstrack/analysis/timeline.h"
#include "alstrack/store/scan.h"
#include "dataset.h"
#include "ranges.h"

/* Loaded once, read by all threads. */
struct als_people {
    struct als_patient_list list;
    struct als_timeline *timelines; /* one per patient */
    struct als_arena *arena;
};
ALS_CHECKED enum als_status als_people_load(struct als_store *store, struct als_people *out,
                                            struct als_err *err);
void als_people_free(struct als_people *people);

/* Texts of one thread that are the same in many rows, ready as CSV with the comma behind them. */
struct als_opening_cache;
struct als_opening_cache *als_opening_cache_new(const struct als_store *store);
void als_opening_cache_free(struct als_opening_cache *cache);

struct als_bytes {
    const char *text;
    size_t length;
};
struct als_bytes als_opening_visit(struct als_opening_cache *cache, int visit_no); /* code,label, */
struct als_bytes als_opening_rater(struct als_opening_cache *cache, int rater_no); /* rater, */
/* "date,day,month," of a day of that patient. */
struct als_bytes als_opening_date(struct als_opening_cache *cache,
                                  const struct als_timeline *timeline, int day);

/* The columns visit, visit_label, date, day, month. */
extern const struct als_field als_opening_fields[];

#endif
