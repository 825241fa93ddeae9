/*
 * What is read of a study once, for all pages. Private to page_source.c and page_collect.c.
 */
#ifndef ALSTRACK_PLOT_PAGE_SOURCE_H
#define ALSTRACK_PLOT_PAGE_SOURCE_H

#include "alstrack/analysis/slopes.h"
#include "page.h"

struct als_page_span {
    size_t first, count;
};

/* One measure's values for the block of patients that is loaded. */
struct als_page_column {
    struct als_measure measure;
    struct als_series_point *points; /* owned */
    size_t n, room;
    struct als_page_span *spans; /* owned; by patient of the block */
};

/* Lines through the main measure of one patient. */
struct als_page_lines {
    bool known; /* the patient has a value */
    int zero_day;
    enum als_zero zero;
    struct als_slope pre, post, all;
};

#define ALS_PAGE_BLOCK 256 /* patients whose values are held at a time */

struct als_page_source {
    struct als_store *store;
    const struct als_protocol *protocol;
    int as_of_day;
    struct als_arena *arena;
    struct als_patient_list patients;
    struct als_timeline *timelines; /* by patient */
    struct als_event_list events;
    struct als_visit_list visits;
    struct als_adverse_event_list adverse;
    struct als_page_span *event_spans, *visit_spans, *adverse_spans; /* by patient */
    struct als_page_column *columns;                                 /* main, domains, others */
    size_t n_domains, n_others;
    size_t block_first, block_count; /* patients whose values are loaded */
    struct als_page_lines *lines;    /* by patient of the block */
};

/* Load the block that holds the patient, if it is not loaded. */
ALS_CHECKED enum als_status als_page_source_need(struct als_page_source *source, size_t patient,
                                                 struct als_err *err);

#endif
