/* A patient's page: what goes where, from top to bottom. */
#include <math.h>
#include <string.h>

#include "page_draw.h"
#include "text.h"
#include "theme.h"

#define HEADER     78.0
#define AXIS       38.0 /* months and dates below the last panel */
#define FOOT       36.0
#define PANEL_GAP  10.0
#define MAX_OTHERS 3
#define TIC_ROOM   52.0 /* least distance of labelled months */

struct als_panel als_view_panel(const struct als_view *view, double top, double bottom,
                                double y_low, double y_high)
{
    return (struct als_panel){ALS_PAGE_LEFT, ALS_PAGE_RIGHT, top,   bottom,
                              view->x_low,   view->x_high,   y_low, y_high};
}

void als_view_words(const struct als_view *view, double y, double size, bool bold,
                    const char *colour, const char *text)
{
    struct als_style style = {size, bold, colour, ALS_LEFT};
    als_canvas_text_within(&view->canvas, ALS_PAGE_WORDS, y,
                           view->canvas.width - ALS_PAGE_MARGIN - ALS_PAGE_WORDS, &style, text);
}

static const char *change_text(const struct als_view *view, const struct als_page_series *series)
{
    struct als_arena *arena = view->canvas.arena;
    double change = series->points[series->n_points - 1].value - series->points[0].value;
    const char *number = als_page_short(change, 1, arena);
    return change > 0 ? als_arena_printf(arena, "+%s", number) : number;
}

/* Large: two lines, the second with change and date. Small: one line. */
void als_view_latest(const struct als_view *view, const struct als_page_series *series, double y,
                     double size)
{
    struct als_arena *arena = view->canvas.arena;
    if (series->n_points == 0) {
        als_view_words(view, y, size < 16 ? 10 : 11, false, ALS_FAINT, "no value");
        return;
    }
    const struct als_page_point *last = &series->points[series->n_points - 1];
    const char *value = als_page_short(last->value, 1, arena);
    bool percent = strcmp(series->unit, "%") == 0;
    const char *of = percent ? " %"
                     : isfinite(series->high)
                         ? als_arena_printf(arena, " of %s", als_page_short(series->high, 1, arena))
                         : als_arena_printf(arena, " %s", series->unit);
    char date[ALS_DATE_TEXT];
    const char *when =
        als_arena_printf(arena, "%s  %s", als_day_format(last->day, date), last->visit);
    if (series->n_points > 1)
        when = size < 16 ? als_arena_printf(arena, "(%s)", change_text(view, series))
                         : als_arena_printf(arena, "%s  (%s since first)", when,
                                            change_text(view, series));
    struct als_style large = {size, true, ALS_INK, ALS_LEFT};
    struct als_style small = {size < 16 ? 10 : size / 2 + 2, false, ALS_FAINT, ALS_LEFT};
    als_canvas_text(&view->canvas, ALS_PAGE_WORDS, y, &large, value);
    double x = ALS_PAGE_WORDS + als_text_width(value, large.size, true) + 2;
    double drop = size < 16 ? 0 : size * 0.14; /* both sit on one base line */
    if (size < 16)
        of = als_arena_printf(arena, "%s  %s", of, when);
    else
        als_view_words(view, y + size * 0.5 + 9, 10, false, ALS_FAINT, when);
    als_canvas_text_within(&view->canvas, x, y + drop, view->canvas.width - ALS_PAGE_MARGIN - x,
                           &small, of);
}

struct als_range als_page_range(const struct als_page_series *series, double wanted_tics)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < series->n_points; i++) {
        least = fmin(least, series->points[i].value);
        most = fmax(most, series->points[i].value);
    }
    return als_range_frame(series->low, series->high, least, most, wanted_tics);
}

static void widen(int *low, int *high, int day)
{
    if (day == ALS_NO_DAY)
        return;
    if (*low == ALS_NO_DAY || day < *low)
        *low = day;
    if (*high == ALS_NO_DAY || day > *high)
        *high = day;
}

static void widen_by_series(int *low, int *high, const struct als_page_series *series, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < series[i].n_points; k++)
            widen(low, high, series[i].points[k].day);
}

/* From the first visit, assessment or treatment to the last one, to the end of the next visit's
 * window or to the last milestone. Adverse events are cut to this range; the days of visits that
 * are far ahead do not stretch it. */
static void set_time_range(struct als_view *view)
{
    const struct als_page *page = view->page;
    int low = page->zero_day;
    int high = low;
    widen_by_series(&low, &high, &page->main, 1);
    widen_by_series(&low, &high, page->others, page->n_others);
    for (size_t i = 0; i < page->n_gaps; i++)
        widen(&low, &high, page->gaps[i].day);
    for (size_t i = 0; i < page->n_visits; i++) {
        const struct als_visit_row *row = &page->visits[i];
        widen(&low, &high, row->actual);
        if (row->status == ALS_VISIT_DUE || row->status == ALS_VISIT_MISSED ||
            (ptrdiff_t)i == page->next_visit) {
            widen(&low, &high, row->target);
            widen(&low, &high, row->window_to);
        }
    }
    for (size_t i = 0; i < page->n_events; i++)
        if (page->events[i].kind != ALS_PAGE_TODAY)
            widen(&low, &high, page->events[i].day);
    if (low == ALS_NO_DAY)
        low = high = page->as_of_day;
    double from = als_page_month(page, low), to = als_page_month(page, high);
    double pad = fmax((to - from) * 0.025, 0.25);
    if (to - from < 3)
        pad = (3 - (to - from)) / 2 + 0.25;
    view->x_low = from - pad;
    view->x_high = to + pad;
}

static void draw_header(const struct als_view *view)
{
    const struct als_page *page = view->page;
    const struct als_canvas *canvas = &view->canvas;
    char date[ALS_DATE_TEXT];
    double right = canvas->width - ALS_PAGE_MARGIN;
    struct als_style title = {22, true, ALS_INK, ALS_LEFT};
    struct als_style line = {12, false, ALS_FAINT, ALS_LEFT};
    struct als_style as_of = {12, false, ALS_FAINT, ALS_RIGHT};
    struct als_style next = {12, true, ALS_INK, ALS_RIGHT};
    const char *next_text = als_text_fit(canvas->arena, page->next, 12, true, 460);
    double next_width = als_text_width(next_text, 12, true);
    als_canvas_text_within(canvas, ALS_PAGE_MARGIN, 26, 760, &title,
                           als_arena_printf(canvas->arena, "Patient %s", page->patient));
    als_canvas_text(
        canvas, right, 24, &as_of,
        als_arena_printf(canvas->arena, "as of %s", als_day_format(page->as_of_day, date)));
    als_canvas_text_within(canvas, ALS_PAGE_MARGIN, 50, right - next_width - 40 - ALS_PAGE_MARGIN,
                           &line, page->origin);
    als_canvas_text_within(canvas, ALS_PAGE_MARGIN, 67, right - ALS_PAGE_MARGIN, &line,
                           page->history);
    if (page->next_visit >= 0)
        als_canvas_box(canvas, right - next_width - 8, 40, right + 6, 59, ALS_NEXT, NULL);
    als_canvas_text(canvas, right, 50, &next, next_text);
}

/* Months and, below them, calendar dates. */
static void draw_time_axis(const struct als_view *view, double y, double step)
{
    const struct als_page *page = view->page;
    const struct als_canvas *canvas = &view->canvas;
    struct als_panel panel = als_view_panel(view, 0, 1, 0, 1);
    struct als_style month = {11, false, ALS_INK, ALS_CENTRE};
    struct als_style date = {9, false, ALS_FAINT, ALS_CENTRE};
    for (double at = ceil(panel.x_low / step) * step; at <= panel.x_high; at += step) {
        int day = als_page_zero(page) + (int)lround(at * ALS_DAYS_PER_MONTH);
        char text[ALS_DATE_TEXT];
        als_day_format(day, text);
        als_canvas_text(canvas, als_panel_x(&panel, at), y + 12, &month,
                        als_page_short(at, 0, canvas->arena));
        als_canvas_text(canvas, als_panel_x(&panel, at), y + 25, &date, text);
    }
    als_view_words(view, y + 12, 11, false, ALS_INK,
                   als_arena_printf(canvas->arena, "months from %s", page->zero_label));
}

static double month_step(const struct als_view *view)
{
    return als_range_months((view->x_high - view->x_low) * TIC_ROOM /
                            (ALS_PAGE_RIGHT - ALS_PAGE_LEFT));
}

/* What each part of the page gets of its height. */
struct heights {
    double flags, main, codes, domains, other, adverse;
};

static struct heights share_height(const struct als_page *page, const struct als_flags *flags,
                                   const struct als_codes *codes, const struct als_bars *bars,
                                   size_t n_others)
{
    struct heights heights = {.flags = als_page_flags_height(flags),
                              .codes = als_page_codes_height(codes),
                              .domains = ALS_STRIP_HEIGHT * (double)page->n_domains,
                              .adverse = als_page_bars_height(page, bars)};
    size_t gaps = (page->n_domains > 0 ? 2u : 1u) + n_others;
    double left = ALS_PAGE_HEIGHT - HEADER - AXIS - FOOT - heights.flags - heights.codes -
                  heights.domains - heights.adverse - PANEL_GAP * (double)gaps;
    heights.other = n_others ? fmin(fmax(left * 0.17, 46), 84) : 0;
    heights.main = left - heights.other * (double)n_others;
    return heights;
}

/* Conventions, and what had to be left out for want of room. */
static const char *foot_text(const struct als_view *view, const struct als_flags *flags,
                             size_t n_others)
{
    const struct als_page *page = view->page;
    const char *text = page->footnote;
    size_t hidden = 0;
    for (size_t i = 0; i < flags->n; i++)
        hidden += flags->slots[i].row == ALS_LAYOUT_HIDDEN;
    if (hidden)
        text = als_arena_printf(view->canvas.arena, "%s Event labels left out: %zu.", text, hidden);
    for (size_t i = n_others; i < page->n_others; i++)
        text = als_arena_printf(view->canvas.arena, "%s%s %s", text,
                                i == n_others ? " Not drawn here:" : ",", page->others[i].label);
    return text;
}

void als_page_script(const struct als_page *page, struct als_arena *arena, struct als_buf *out)
{
    struct als_view view = {.page = page, .canvas = {out, arena, ALS_PAGE_WIDTH, ALS_PAGE_HEIGHT}};
    set_time_range(&view);
    struct als_flags flags = als_page_flags(&view);
    struct als_codes codes = als_page_codes(&view);
    struct als_bars bars = als_page_bars(&view);
    size_t n_others = page->n_others < MAX_OTHERS ? page->n_others : MAX_OTHERS;
    struct heights heights = share_height(page, &flags, &codes, &bars, n_others);
    double step = month_step(&view), y = HEADER + heights.flags;

    als_canvas_begin(&view.canvas);
    draw_header(&view);
    als_page_draw_main(&view, y, y + heights.main, &flags, &codes);
    y += heights.main + heights.codes;
    if (page->n_domains) {
        als_page_draw_domains(&view, y, y + heights.domains);
        y += heights.domains + PANEL_GAP;
    }
    for (size_t i = 0; i < n_others; i++) {
        als_page_draw_series(&view, &page->others[i], i, y, y + heights.other);
        y += heights.other + PANEL_GAP;
    }
    struct als_style foot = {9, false, ALS_FAINT, ALS_LEFT};
    als_canvas_text_within(&view.canvas, ALS_PAGE_MARGIN, ALS_PAGE_HEIGHT - 11,
                           ALS_PAGE_WIDTH - 2 * ALS_PAGE_MARGIN, &foot,
                           foot_text(&view, &flags, n_others));
    als_page_draw_legend(&view, ALS_PAGE_HEIGHT - 29);
    draw_time_axis(&view, y + heights.adverse, step);
    als_page_draw_adverse(&view, &bars, y, y + heights.adverse);
    als_canvas_end(&view.canvas);
}
