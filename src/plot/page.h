/*
 * One patient's page as plain data: what is drawn, with nothing of gnuplot and nothing of the study
 * file. Collected from a study by als_page_collect, drawn by als_page_script, written as a table by
 * als_page_table. All texts and arrays live in the arena given to the collector.
 *
 * Time is days; the page's axis is months of 30.4375 days from zero_day.
 */
#ifndef ALSTRACK_PLOT_PAGE_H
#define ALSTRACK_PLOT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/date.h"
#include "alstrack/plot/plot.h"
#include "alstrack/schedule/schedule.h"
#include "alstrack/stat/ols.h"

struct als_page_point {
    int day;
    double value;
    const char *visit; /* code; "" if none */
    bool outside;      /* the visit was outside its window */
    bool unplanned;    /* an extra visit, which has no window */
};

struct als_page_series {
    const char *name;              /* measure: alsfrsr.total */
    const char *label;             /* for people: ALSFRS-R total */
    const char *unit;              /* "" if none */
    double low, high;              /* possible range; NAN when open */
    struct als_page_point *points; /* in order of day */
    size_t n_points;
};

/* A visit without a value of the main measure. */
struct als_page_gap {
    int day; /* of the visit, or its target */
    const char *visit;
    const char *why; /* "missed", "not done: too weak", "no value" … */
};

/* A straight line through the points of one phase. */
struct als_page_fit {
    const char *name;  /* pre, post, all: in the table */
    const char *label; /* Before infusion 1 */
    bool before;       /* drawn in the colour of the time before treatment */
    struct als_ols ols;
    double from, to; /* months */
};

enum als_page_event_kind { ALS_PAGE_INFUSION, ALS_PAGE_MILESTONE, ALS_PAGE_END, ALS_PAGE_TODAY };
struct als_page_event {
    int day;
    const char *label;
    enum als_page_event_kind kind;
};

struct als_page_adverse {
    const char *term;
    int grade;      /* 0 = not given */
    int onset, end; /* ALS_NO_DAY: not known; the day stands for a partial date */
    bool ongoing;   /* no end, and nothing says that it has ended */
    bool serious;
};

struct als_page {
    const char *patient;
    const char *origin;     /* site, cohort, arm, sex … in one line */
    const char *history;    /* onset, diagnosis, … in one line; "" if none */
    const char *next;       /* next visit, or why there is none, in one line */
    const char *footnote;   /* conventions */
    const char *zero_label; /* what time zero is */
    int zero_day;           /* ALS_NO_DAY when the patient has no date at all */
    int as_of_day;
    struct als_page_series main;
    struct als_page_series *domains;
    size_t n_domains;
    struct als_page_series *others; /* with at least one point each */
    size_t n_others;
    struct als_page_gap *gaps;
    size_t n_gaps;
    struct als_page_fit fits[2];
    size_t n_fits;
    struct als_page_event *events; /* in order of day */
    size_t n_events;
    struct als_visit_row *visits; /* the patient's schedule */
    size_t n_visits;
    ptrdiff_t next_visit; /* index into visits; -1 if none */
    struct als_page_adverse *adverse;
    size_t n_adverse;
    int worst_grade;             /* of the protocol's grading; bars are scaled to it */
    const char *grade_labels[6]; /* by grade; NULL if none */
    size_t n_undated;            /* adverse events beside these, without any date */
};

int als_page_zero(const struct als_page *page); /* the as-of day when there is no zero_day */
double als_page_month(const struct als_page *page, int day);

/* "−0.91 points/month, n = 7" and "95 % CI −1.21 to −0.61"; the second is empty where there is no
 * interval, the first says why where there is no slope. */
struct als_slope_words {
    const char *slope, *interval;
};
struct als_slope_words als_page_slope_words(const struct als_page_fit *fit, const char *unit,
                                            struct als_arena *arena);
/* A number with that many decimals and a true minus sign. */
const char *als_page_number(double value, int decimals, struct als_arena *arena);
/* A number as short as it can be with at most that many decimals. */
const char *als_page_short(double value, int decimals, struct als_arena *arena);

/* What the pages of a study have in common: definitions, patients, events, visits. With `patient`
 * only that one is read. */
struct als_page_source;
ALS_CHECKED enum als_status als_page_source_open(struct als_store *store, const char *patient,
                                                 const struct als_plot_options *options,
                                                 struct als_page_source **out, struct als_err *err);
void als_page_source_close(struct als_page_source *source); /* NULL is fine */
size_t als_page_source_count(const struct als_page_source *source);
const char *als_page_source_patient(const struct als_page_source *source, size_t index);
/* Collect the page of the index-th patient; fastest in order. Texts live in arena or in source. */
ALS_CHECKED enum als_status als_page_collect(struct als_page_source *source, size_t index,
                                             struct als_arena *arena, struct als_page *page,
                                             struct als_err *err);

#define ALS_PAGE_WIDTH  1123.0 /* A4 landscape at 96 units per inch */
#define ALS_PAGE_HEIGHT 794.0

/* The gnuplot script of the page, without terminal and output. */
void als_page_script(const struct als_page *page, struct als_arena *arena, struct als_buf *out);
/* The page in words, for readers who do not see it. */
const char *als_page_words(const struct als_page *page, struct als_arena *arena);
/* Everything drawn, as CSV rows below this heading. */
void als_page_table_heading(struct als_buf *out);
void als_page_table(const struct als_page *page, struct als_buf *out);

#endif
