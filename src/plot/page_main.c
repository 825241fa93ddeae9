/* The main panel of a patient's page: measure, lines of decline, visits, events. */
#include <math.h>
#include <string.h>

#include "page_draw.h"
#include "text.h"
#include "theme.h"

#define FLAG_ROW      13.0
#define FLAG_PAD      4.0
#define CODE_ROW      12.0
#define MAX_FLAG_ROWS 6
#define MAX_CODE_ROWS 3

#define EMPTY_TEXT "no assessments yet"
#define EMPTY_LEFT (ALS_PAGE_LEFT + 24)
static const struct als_style empty_style = {16, false, ALS_FAINT, ALS_LEFT};
static const struct als_style flag_style = {10, false, ALS_INK, ALS_LEFT};

static const struct als_stroke event_strokes[] = {
    [ALS_PAGE_INFUSION] = {ALS_INK, 1.25, "solid", false, true},
    [ALS_PAGE_MILESTONE] = {"#7a7a7a", 1, "(8,4)", false, true},
    [ALS_PAGE_END] = {"#000000", 2, "solid", false, true},
    [ALS_PAGE_TODAY] = {ALS_FAINT, 1, "(2,4)", false, true},
};

static bool is_clear(const struct als_clear *clear, size_t row, double x)
{
    for (size_t i = 0; i < clear->n; i++) {
        const struct als_slot *slot = &clear->slots[i];
        if (slot->row == (int)row && x > slot->left - 3 && x < slot->left + slot->width + 3)
            return false;
    }
    return true;
}

/* One line from the panel's top to its bottom, but for the rows whose text it would strike out. */
static void draw_event_line(const struct als_view *view, const struct als_panel *panel, double x,
                            const struct als_stroke *stroke, const struct als_clear *clear)
{
    double from = panel->top;
    for (size_t row = 0; clear && row < clear->rows; row++) {
        double top = panel->top + clear->row * (double)row;
        if (is_clear(clear, row, x))
            continue;
        if (top > from)
            als_canvas_line(&view->canvas, x, from, x, top, stroke);
        from = top + clear->row;
    }
    if (from < panel->bottom)
        als_canvas_line(&view->canvas, x, from, x, panel->bottom, stroke);
}

void als_view_event_lines(const struct als_view *view, const struct als_panel *panel,
                          const struct als_clear *clear)
{
    const struct als_page *page = view->page;
    for (size_t i = 0; i < page->n_events; i++) {
        double month = als_page_month(page, page->events[i].day);
        if (als_panel_has_x(panel, month))
            draw_event_line(view, panel, als_panel_x(panel, month),
                            &event_strokes[page->events[i].kind], clear);
    }
}

/* Events of one day become one label. */
struct als_flags als_page_flags(const struct als_view *view)
{
    const struct als_page *page = view->page;
    struct als_arena *arena = view->canvas.arena;
    struct als_panel panel = als_view_panel(view, 0, 1, 0, 1);
    struct als_flags flags = {
        .slots = als_arena_array(arena, page->n_events + 1, sizeof *flags.slots),
        .texts = als_arena_array(arena, page->n_events + 1, sizeof *flags.texts),
        .events = als_arena_array(arena, page->n_events + 1, sizeof *flags.events)};
    for (size_t i = 0; i < page->n_events; i++) {
        const struct als_page_event *event = &page->events[i];
        double month = als_page_month(page, event->day);
        if (!als_panel_has_x(&panel, month))
            continue;
        if (flags.n > 0 && flags.events[flags.n - 1]->day == event->day) {
            flags.texts[flags.n - 1] =
                als_arena_printf(arena, "%s, %s", flags.texts[flags.n - 1], event->label);
            continue;
        }
        flags.slots[flags.n].at = als_panel_x(&panel, month);
        flags.texts[flags.n] = event->label;
        flags.events[flags.n++] = event;
    }
    for (size_t i = 0; i < flags.n; i++) {
        flags.texts[i] = als_text_fit(arena, flags.texts[i], flag_style.size, false, 260);
        flags.slots[i].width = als_text_width(flags.texts[i], flag_style.size, false);
    }
    flags.rows = als_layout_flags(flags.slots, flags.n, FLAG_PAD, ALS_PAGE_MARGIN,
                                  ALS_PAGE_WIDTH - ALS_PAGE_MARGIN, MAX_FLAG_ROWS);
    return flags;
}

double als_page_flags_height(const struct als_flags *flags)
{
    return flags->rows ? FLAG_ROW * (double)flags->rows + 4 : 4;
}

static void draw_flags(const struct als_view *view, const struct als_flags *flags, double top)
{
    for (size_t i = 0; i < flags->n; i++) {
        const struct als_slot *slot = &flags->slots[i];
        if (slot->row == ALS_LAYOUT_HIDDEN)
            continue;
        double y = top - 4 - FLAG_ROW * (slot->row + 0.5);
        als_canvas_line(&view->canvas, slot->at, y - FLAG_ROW / 2 + 1, slot->at, top,
                        &event_strokes[flags->events[i]->kind]);
        als_canvas_text(&view->canvas, slot->left, y, &flag_style, flags->texts[i]);
    }
}

/* The day at which a visit is shown; ALS_NO_DAY when it is not. */
static int shown_day(const struct als_page *page, size_t index)
{
    const struct als_visit_row *row = &page->visits[index];
    if (row->actual != ALS_NO_DAY)
        return row->actual;
    bool open = row->status == ALS_VISIT_DUE || row->status == ALS_VISIT_MISSED;
    return open || (ptrdiff_t)index == page->next_visit ? row->target : ALS_NO_DAY;
}

static bool has_main_value(const struct als_page *page, const char *code)
{
    for (size_t i = 0; i < page->main.n_points; i++)
        if (strcmp(page->main.points[i].visit, code) == 0)
            return true;
    return false;
}

struct als_codes als_page_codes(const struct als_view *view)
{
    const struct als_page *page = view->page;
    struct als_arena *arena = view->canvas.arena;
    struct als_panel panel = als_view_panel(view, 0, 1, 0, 1);
    struct als_codes codes = {
        .slots = als_arena_array(arena, page->n_visits + 1, sizeof *codes.slots),
        .visits = als_arena_array(arena, page->n_visits + 1, sizeof *codes.visits)};
    for (size_t i = 0; i < page->n_visits; i++) {
        int day = shown_day(page, i);
        bool next = (ptrdiff_t)i == page->next_visit;
        if (day == ALS_NO_DAY || !als_panel_has_x(&panel, als_page_month(page, day)))
            continue;
        const struct als_visit_row *row = &page->visits[i];
        codes.slots[codes.n] =
            (struct als_slot){.at = als_panel_x(&panel, als_page_month(page, day)),
                              .width = als_text_width(row->code, 9, next),
                              .rank = next                              ? 0
                                      : has_main_value(page, row->code) ? 1
                                                                        : 2};
        codes.visits[codes.n++] = row;
    }
    codes.rows = als_layout_centred(codes.slots, codes.n, panel.left - 12, panel.right + 12, 4,
                                    MAX_CODE_ROWS);
    return codes;
}

double als_page_codes_height(const struct als_codes *codes)
{
    return codes->rows ? CODE_ROW * (double)codes->rows + 8 : 4;
}

static void draw_codes(const struct als_view *view, const struct als_codes *codes, double bottom)
{
    static const struct als_stroke tick = {ALS_RULE, 0.75, "solid", false, true};
    const struct als_page *page = view->page;
    for (size_t i = 0; i < codes->n; i++) {
        const struct als_slot *slot = &codes->slots[i];
        const struct als_visit_row *row = codes->visits[i];
        bool next = page->next_visit >= 0 && row == &page->visits[page->next_visit];
        als_canvas_line(&view->canvas, slot->at, bottom, slot->at, bottom + 4, &tick);
        if (slot->row == ALS_LAYOUT_HIDDEN)
            continue;
        struct als_style style = {9, next, next || row->actual != ALS_NO_DAY ? ALS_INK : ALS_FAINT,
                                  ALS_LEFT};
        als_canvas_text(&view->canvas, slot->left, bottom + 6 + CODE_ROW * (slot->row + 0.5),
                        &style, row->code);
    }
}

static void draw_windows(const struct als_view *view, const struct als_panel *panel)
{
    const struct als_page *page = view->page;
    for (size_t i = 0; i < page->n_visits; i++) {
        const struct als_visit_row *row = &page->visits[i];
        bool next = (ptrdiff_t)i == page->next_visit;
        if (row->window_from == ALS_NO_DAY || row->status == ALS_VISIT_NOT_APPLICABLE)
            continue;
        double from = fmax(als_page_month(page, row->window_from), panel->x_low);
        double to = fmin(als_page_month(page, row->window_to), panel->x_high);
        if (from > to)
            continue;
        double left = als_panel_x(panel, from), right = als_panel_x(panel, to);
        if (right - left < 2) { /* a window of one day is seen too */
            left -= 1;
            right += 1;
        }
        als_canvas_box(&view->canvas, left, panel->top, right, panel->bottom,
                       next ? ALS_NEXT : ALS_WINDOW, next ? ALS_RULE : NULL);
    }
}

static double within(double value, const struct als_panel *panel)
{
    return fmin(fmax(value, panel->y_low), panel->y_high);
}

static void add_row(struct als_buf *out, size_t n, const double *values)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            als_buf_char(out, ' ');
        als_canvas_number(out, values[i]);
    }
    als_buf_char(out, '\n');
}

/* The line as $FIT<i>, the band as $BAND<i>, cut at the panel's edges. */
static void add_fit(const struct als_view *view, const struct als_panel *panel, size_t index)
{
    enum { STEPS = 32 };
    const struct als_page_fit *fit = &view->page->fits[index];
    struct als_buf *out = view->canvas.out;
    als_buf_printf(out, "$FIT%zu << EOD\n", index);
    add_row(out, 2, (double[]){fit->from, fit->ols.intercept + fit->ols.slope * fit->from});
    add_row(out, 2, (double[]){fit->to, fit->ols.intercept + fit->ols.slope * fit->to});
    als_buf_text(out, "EOD\n");
    if (fit->ols.n < 3)
        return;
    als_buf_printf(out, "$BAND%zu << EOD\n", index);
    for (int i = 0; i <= STEPS; i++) {
        double t = fit->from + (fit->to - fit->from) * i / STEPS;
        double y = fit->ols.intercept + fit->ols.slope * t;
        double half = als_ols_band(&fit->ols, t);
        add_row(out, 3, (double[]){t, within(y - half, panel), within(y + half, panel)});
    }
    als_buf_text(out, "EOD\n");
}

static bool hollow(const struct als_page_point *point)
{
    return point->outside;
}

/* Points as $IN and $OUT, all of them as $ALL, missing ones as $GAP. Returns what there is. */
static void add_points(const struct als_view *view, const struct als_panel *panel, size_t counts[3])
{
    const struct als_page *page = view->page;
    struct als_buf *out = view->canvas.out;
    static const char *const names[] = {"$ALL", "$IN", "$OUT"};
    for (size_t k = 0; k < 3; k++) {
        counts[k] = 0;
        als_buf_printf(out, "%s << EOD\n", names[k]);
        for (size_t i = 0; i < page->main.n_points; i++) {
            const struct als_page_point *point = &page->main.points[i];
            if (k > 0 && hollow(point) != (k == 2))
                continue;
            add_row(out, 2, (double[]){als_page_month(page, point->day), point->value});
            counts[k]++;
        }
        als_buf_text(out, "EOD\n");
    }
    als_buf_text(out, "$GAP << EOD\n");
    for (size_t i = 0; i < page->n_gaps; i++)
        add_row(out, 2, (double[]){als_page_month(page, page->gaps[i].day), panel->y_low});
    als_buf_text(out, "EOD\n");
}

static void add_plot(struct als_buf *plots, const char *text)
{
    if (plots->length)
        als_buf_text(plots, ", ");
    als_buf_text(plots, text);
}

static const char *fit_colour(const struct als_page_fit *fit)
{
    return fit->before ? ALS_PRE : ALS_POST;
}

static const char *fit_dash(const struct als_page_fit *fit)
{
    return fit->ols.n < 3 ? "(3,4)" : fit->before ? "(9,5)" : "solid";
}

static void add_plots(const struct als_page *page, const size_t counts[3], struct als_buf *plots)
{
    als_buf_init(plots, ALS_BUF_LARGE);
    for (size_t i = 0; i < page->n_fits; i++)
        if (page->fits[i].ols.n >= 3 && page->fits[i].ols.status == ALS_OLS_OK) {
            add_plot(plots, "");
            als_buf_printf(plots,
                           "$BAND%zu using 1:2:3 with filledcurves fc rgb '%s' fs transparent "
                           "solid 0.18 noborder",
                           i, fit_colour(&page->fits[i]));
        }
    if (counts[0] > 1)
        add_plot(plots, "$ALL using 1:2 with lines lc rgb '#b0b0b0' lw 1");
    for (size_t i = 0; i < page->n_fits; i++)
        if (page->fits[i].ols.status == ALS_OLS_OK) {
            add_plot(plots, "");
            als_buf_printf(plots, "$FIT%zu using 1:2 with lines lc rgb '%s' lw %g dt %s", i,
                           fit_colour(&page->fits[i]), page->fits[i].ols.n < 3 ? 1.5 : 2.25,
                           fit_dash(&page->fits[i]));
        }
    if (counts[1])
        add_plot(plots, "$IN using 1:2 with points pt 7 ps 0.8*MARK lc rgb '" ALS_INK "'");
    if (counts[2])
        add_plot(plots, "$OUT using 1:2 with points pt 7 ps 0.8*MARK lc rgb 'white', "
                        "$OUT using 1:2 with points pt 6 ps 0.8*MARK lw 1.5 lc rgb '" ALS_INK "'");
    if (page->n_gaps)
        add_plot(plots, "$GAP using 1:2 with points pt 2 ps 0.8*MARK lw 2 lc rgb '" ALS_INK "'");
}

static double draw_fit_words(const struct als_view *view, const struct als_page_fit *fit, double y)
{
    const struct als_page *page = view->page;
    struct als_stroke stroke = {fit_colour(fit), fit->ols.n < 3 ? 1.5 : 2.25, fit_dash(fit), false,
                                false};
    struct als_style name = {11, true, ALS_INK, ALS_LEFT};
    double room = view->canvas.width - ALS_PAGE_MARGIN - ALS_PAGE_WORDS;
    als_canvas_line(&view->canvas, ALS_PAGE_WORDS, y, ALS_PAGE_WORDS + 26, y, &stroke);
    als_canvas_text_within(&view->canvas, ALS_PAGE_WORDS + 32, y, room - 32, &name, fit->label);
    struct als_slope_words words = als_page_slope_words(fit, page->main.unit, view->canvas.arena);
    als_view_words(view, y + 15, 11, false, ALS_INK, words.slope);
    if (*words.interval)
        als_view_words(view, y + 29, 11, false, ALS_INK, words.interval);
    return y + (*words.interval ? 50 : 36);
}

/* What the marks mean, in one line; only those that are on the page. */
void als_page_draw_legend(const struct als_view *view, double y)
{
    const struct als_page *page = view->page;
    bool windows = false, outside = false, inside = false;
    for (size_t i = 0; i < page->n_visits; i++)
        windows = windows || page->visits[i].window_from != ALS_NO_DAY;
    for (size_t i = 0; i < page->main.n_points; i++) {
        outside = outside || page->main.points[i].outside;
        inside = inside || !page->main.points[i].outside;
    }
    const struct {
        bool shown;
        int mark;           /* 0: a box */
        const char *colour; /* of the box */
        const char *text;
    } keys[] = {{inside && outside, 7, NULL, "visit in its window"},
                {outside, 6, NULL, "visit outside its window"},
                {page->n_gaps > 0, 2, NULL, "missed visit or no value"},
                {windows, 0, ALS_WINDOW, "planned window"},
                {page->next_visit >= 0, 0, ALS_NEXT, "next visit"}};
    struct als_style style = {10, false, ALS_FAINT, ALS_LEFT};
    double x = ALS_PAGE_LEFT;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!keys[i].shown)
            continue;
        if (keys[i].mark)
            als_canvas_mark(&view->canvas, x + 6, y, keys[i].mark, 0.7, ALS_INK);
        else
            als_canvas_box(&view->canvas, x, y - 5, x + 12, y + 5, keys[i].colour, ALS_GRID);
        als_canvas_text(&view->canvas, x + 17, y, &style, keys[i].text);
        x += 17 + als_text_width(keys[i].text, style.size, false) + 22;
    }
}

void als_page_draw_main(const struct als_view *view, double top, double bottom,
                        const struct als_flags *flags, const struct als_codes *codes)
{
    const struct als_page *page = view->page;
    struct als_range range = als_page_range(&page->main, 4);
    double pad = (range.high - range.low) * 0.04;
    struct als_panel panel = als_view_panel(view, top, bottom, range.low - pad, range.high + pad);
    size_t counts[3];
    als_panel_begin(&view->canvas, &panel);
    als_panel_frame(&view->canvas);
    als_panel_y_tics(&view->canvas, range.low, range.step, range.high);
    draw_windows(view, &panel);
    struct als_slot empty = {.left = EMPTY_LEFT,
                             .width = als_text_width(EMPTY_TEXT, empty_style.size, false)};
    struct als_clear clear = {&empty, 1, 1, panel.bottom - panel.top};
    als_view_event_lines(view, &panel, page->main.n_points == 0 ? &clear : NULL);
    draw_flags(view, flags, top);
    draw_codes(view, codes, bottom);
    add_points(view, &panel, counts);
    for (size_t i = 0; i < page->n_fits; i++)
        if (page->fits[i].ols.status == ALS_OLS_OK)
            add_fit(view, &panel, i);
    als_view_words(view, top + 6, 13, true, ALS_INK, page->main.label);
    als_view_latest(view, &page->main, top + 30, 24);
    double y = top + 76;
    for (size_t i = 0; i < page->n_fits; i++)
        y = draw_fit_words(view, &page->fits[i], y);
    if (page->main.n_points == 0)
        als_canvas_text(&view->canvas, EMPTY_LEFT, als_panel_y(&panel, range.high - range.step / 2),
                        &empty_style, EMPTY_TEXT);
    struct als_buf plots;
    add_plots(page, counts, &plots);
    als_panel_end(&view->canvas, &panel, plots.data);
    als_buf_release(&plots);
}
