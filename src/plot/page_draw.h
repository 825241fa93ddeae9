/*
 * The parts of a patient's page, top to bottom; patient_page.c puts them together.
 *
 * All panels share the time axis and the columns: names and tics at the left, the panel, and at the
 * right what the panel says in words and numbers.
 */
#ifndef ALSTRACK_PLOT_PAGE_DRAW_H
#define ALSTRACK_PLOT_PAGE_DRAW_H

#include "canvas.h"
#include "layout.h"
#include "page.h"
#include "range.h"

#define ALS_PAGE_MARGIN 20.0 /* around the page */
#define ALS_PAGE_LEFT   74.0 /* where panels begin … */
#define ALS_PAGE_RIGHT  884.0
#define ALS_PAGE_WORDS  904.0 /* where the right column begins */

struct als_view {
    const struct als_page *page;
    struct als_canvas canvas;
    double x_low, x_high; /* months */
};

/* A panel of the page with the shared time axis. */
struct als_panel als_view_panel(const struct als_view *view, double top, double bottom,
                                double y_low, double y_high);
/* Text of the right column, shortened to its width. */
void als_view_words(const struct als_view *view, double y, double size, bool bold,
                    const char *colour, const char *text);
/* Lines of events through a panel. With `clear`, they leave out the texts at clear->slots: n spans
 * in rows of `row` height from the panel's top. */
struct als_clear {
    const struct als_slot *slots;
    size_t n, rows;
    double row;
};
void als_view_event_lines(const struct als_view *view, const struct als_panel *panel,
                          const struct als_clear *clear);

/* "28 of 40" large, then change and date. */
void als_view_latest(const struct als_view *view, const struct als_page_series *series, double y,
                     double size);

/* The y axis of a series. */
struct als_range als_page_range(const struct als_page_series *series, double wanted_tics);

/* Labels of events above the main panel. */
struct als_flags {
    struct als_slot *slots; /* one per label */
    const char **texts;     /* events of one day share a label */
    const struct als_page_event **events;
    size_t n, rows;
};
struct als_flags als_page_flags(const struct als_view *view);
double als_page_flags_height(const struct als_flags *flags);

/* Visit codes below the main panel. */
struct als_codes {
    struct als_slot *slots;
    const struct als_visit_row **visits;
    size_t n, rows;
};
struct als_codes als_page_codes(const struct als_view *view);
double als_page_codes_height(const struct als_codes *codes);

void als_page_draw_main(const struct als_view *view, double top, double bottom,
                        const struct als_flags *flags, const struct als_codes *codes);
void als_page_draw_legend(const struct als_view *view, double y);
#define ALS_STRIP_HEIGHT 24.0 /* of one domain */
void als_page_draw_domains(const struct als_view *view, double top, double bottom);
void als_page_draw_series(const struct als_view *view, const struct als_page_series *series,
                          size_t index, double top, double bottom);

#define ALS_ADVERSE_ROWS 8
struct als_bars {
    struct als_slot *slots; /* one per adverse event */
    size_t rows, hidden;
};
struct als_bars als_page_bars(const struct als_view *view);
double als_page_bars_height(const struct als_page *page, const struct als_bars *bars);
void als_page_draw_adverse(const struct als_view *view, const struct als_bars *bars, double top,
                           double bottom);

#endif
