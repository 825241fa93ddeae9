/*
 * Pages made by hand: patients of many shapes, without a study. Everything lives in the arena.
 */
#ifndef ALSTRACK_PAGE_FIXTURE_H
#define ALSTRACK_PAGE_FIXTURE_H

#include "page.h"

struct fixture_shape {
    const char *patient;
    int visits;  /* planned visits, first at -120 days */
    int spacing; /* days between them */
    int jitter;  /* largest deviation in days */
    int adverse; /* adverse events */
    int events;  /* milestones beside the infusion, all within `event_span` days */
    int event_span;
    bool dies;    /* after two thirds of the visits */
    double slope; /* points per month */
};

/* A small generator of its own, so that pictures and tests are the same everywhere. */
static inline unsigned fixture_random(unsigned *state, unsigned below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

static inline void fixture_visits(struct als_page *page, const struct fixture_shape *shape,
                                  struct als_arena *arena, unsigned *seed)
{
    size_t n = (size_t)shape->visits;
    page->visits = als_arena_array(arena, n + 2, sizeof *page->visits);
    page->main.points = als_arena_array(arena, n + 2, sizeof *page->main.points);
    page->gaps = als_arena_array(arena, n + 2, sizeof *page->gaps);
    int last = shape->dies ? shape->visits * 2 / 3 : shape->visits;
    for (int i = 0; i < shape->visits; i++) {
        int target = page->zero_day - 120 + i * shape->spacing, window = shape->spacing / 5;
        int off = shape->jitter
                      ? (int)fixture_random(seed, 2u * (unsigned)shape->jitter + 1u) - shape->jitter
                      : 0;
        struct als_visit_row *row = &page->visits[page->n_visits++];
        *row = (struct als_visit_row){.code = als_arena_printf(arena, i ? "MN%d" : "SCR", i),
                                      .status = ALS_VISIT_DONE,
                                      .target = target,
                                      .window_from = target - window,
                                      .window_to = target + window,
                                      .actual = target + off,
                                      .offset_days = off};
        bool outside = off < -window || off > window;
        if (i == shape->visits - 1 && !shape->dies) {
            row->status = ALS_VISIT_PLANNED;
            row->actual = ALS_NO_DAY;
            page->next_visit = i;
        } else if (i >= last) {
            row->status = ALS_VISIT_NOT_APPLICABLE;
            row->actual = ALS_NO_DAY;
        } else if (i % 7 == 4) {
            row->status = ALS_VISIT_MISSED;
            row->actual = ALS_NO_DAY;
            page->gaps[page->n_gaps++] = (struct als_page_gap){target, row->code, "missed"};
        } else {
            row->status = outside ? ALS_VISIT_LATE : ALS_VISIT_DONE;
            double value = 41 + shape->slope * (i * shape->spacing / 30.4375) +
                           (double)fixture_random(seed, 5) - 2;
            page->main.points[page->main.n_points++] =
                (struct als_page_point){row->actual,
                                        value < 0    ? 0
                                        : value > 48 ? 48
                                                     : (double)(int)value,
                                        row->code, outside, false};
        }
    }
}

static inline struct als_page_series fixture_scaled(const struct als_page_series *main,
                                                    const char *name, const char *label,
                                                    const char *unit, double low, double high,
                                                    double factor, struct als_arena *arena)
{
    struct als_page_series series = {name, label, unit, low, high, NULL, main->n_points};
    series.points = als_arena_array(arena, main->n_points + 1, sizeof *series.points);
    for (size_t i = 0; i < main->n_points; i++) {
        series.points[i] = main->points[i];
        series.points[i].value =
            (double)(int)(main->points[i].value * factor + (double)(i % 3) / 2);
    }
    return series;
}

static inline void fixture_events(struct als_page *page, const struct fixture_shape *shape,
                                  struct als_arena *arena)
{
    static const char *const names[] = {"NIV started",  "gastrostomy",      "wheelchair",
                                        "tracheostomy", "riluzole stopped", "lost speech"};
    page->events = als_arena_array(arena, (size_t)shape->events + 4, sizeof *page->events);
    page->events[page->n_events++] =
        (struct als_page_event){page->zero_day, "infusion 1", ALS_PAGE_INFUSION};
    for (int i = 0; i < shape->events; i++)
        page->events[page->n_events++] = (struct als_page_event){
            page->zero_day + 90 + i * shape->event_span / (shape->events > 1 ? shape->events : 1),
            names[i % 6], ALS_PAGE_MILESTONE};
    if (shape->dies)
        page->events[page->n_events++] = (struct als_page_event){
            page->zero_day - 120 + shape->visits * 2 / 3 * shape->spacing, "death", ALS_PAGE_END};
    else
        page->events[page->n_events++] =
            (struct als_page_event){page->as_of_day, "as of", ALS_PAGE_TODAY};
}

static inline void fixture_adverse(struct als_page *page, const struct fixture_shape *shape,
                                   struct als_arena *arena, unsigned *seed)
{
    static const char *const terms[] = {
        "headache", "respiratory failure",     "urinary incontinence",
        "cystitis", "cervical spine stenosis", "meningism"};
    page->adverse = als_arena_array(arena, (size_t)shape->adverse + 1, sizeof *page->adverse);
    page->worst_grade = 3;
    page->grade_labels[1] = "mild";
    page->grade_labels[2] = "moderate";
    page->grade_labels[3] = "severe";
    int span = shape->visits * shape->spacing;
    for (int i = 0; i < shape->adverse; i++) {
        int onset = page->zero_day - 100 + (int)fixture_random(seed, (unsigned)span + 1u);
        bool ongoing = i % 5 == 4;
        page->adverse[page->n_adverse++] = (struct als_page_adverse){
            terms[i % 6], 1 + i % 3,
            onset,        ongoing ? ALS_NO_DAY : onset + (int)fixture_random(seed, 60),
            ongoing,      i % 4 == 2};
    }
}

static inline void fixture_fit(struct als_page *page, const char *name, const char *label, int from,
                               int to, struct als_arena *arena)
{
    double *t = als_arena_array(arena, page->main.n_points + 1, sizeof *t);
    double *y = als_arena_array(arena, page->main.n_points + 1, sizeof *y);
    size_t n = 0;
    for (size_t i = 0; i < page->main.n_points; i++) {
        const struct als_page_point *point = &page->main.points[i];
        if (point->day < from || point->day > to)
            continue;
        t[n] = als_page_month(page, point->day);
        y[n++] = point->value;
    }
    if (n)
        page->fits[page->n_fits++] = (struct als_page_fit){
            name, label, from == INT_MIN, als_ols_fit(n, t, y), t[0], t[n - 1]};
}

static inline struct als_page fixture_page(const struct fixture_shape *shape,
                                           struct als_arena *arena)
{
    unsigned seed = (unsigned)shape->visits * 7919u + 5u;
    struct als_page page = {
        .patient = shape->patient,
        .origin = "Site PRG (Prague) \xc2\xb7 cohort 1, Single application \xc2\xb7 male, 57 years "
                  "\xc2\xb7 limb onset",
        .history = "onset 2012-11, diagnosis 2013-06-20, consent 2014-01-08",
        .next = "no further visits",
        .footnote = "Month = 30.4375 days. Lines: least squares with 95 % bands.",
        .zero_label = "infusion 1",
        .zero_day = als_day_from_civil(2014, 6, 3),
        .main = {"alsfrsr.total", "ALSFRS-R total", "points", 0, 48, NULL, 0},
        .next_visit = -1};
    page.as_of_day = page.zero_day - 120 + (shape->visits - 1) * shape->spacing - 10;
    fixture_visits(&page, shape, arena, &seed);
    fixture_events(&page, shape, arena);
    fixture_adverse(&page, shape, arena, &seed);
    if (page.next_visit >= 0) {
        char target[ALS_DATE_TEXT];
        als_day_format(page.visits[page.next_visit].target, target);
        page.next = als_arena_printf(arena, "next: %s %s, window %d days",
                                     page.visits[page.next_visit].code, target, shape->spacing / 5);
    }
    static const char *const names[] = {"Bulbar", "Fine motor", "Gross motor", "Respiratory"};
    page.domains = als_arena_array(arena, 4, sizeof *page.domains);
    page.n_domains = 4;
    for (size_t i = 0; i < 4; i++)
        page.domains[i] = fixture_scaled(&page.main, names[i], names[i], "points", 0, 12,
                                         0.25 - 0.02 * (double)i, arena);
    page.others = als_arena_array(arena, 2, sizeof *page.others);
    page.others[0] =
        fixture_scaled(&page.main, "norris.total", "Norris total", "points", 0, 100, 2, arena);
    page.others[1] = fixture_scaled(&page.main, "fvc.percent_predicted", "FVC, % predicted", "%",
                                    NAN, NAN, 2.1, arena);
    page.n_others = page.main.n_points ? 2 : 0;
    fixture_fit(&page, "pre", "Up to infusion 1", INT_MIN, page.zero_day, arena);
    fixture_fit(&page, "post", "From infusion 1", page.zero_day, INT_MAX, arena);
    return page;
}

#endif
