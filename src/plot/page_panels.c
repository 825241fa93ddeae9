/* The smaller panels of a patient's page: domains, other measures, adverse events. */
#include <math.h>
#include <string.h>

#include "page_draw.h"
#include "text.h"
#include "theme.h"

static void add_series(const struct als_view *view, const char *name,
                       const struct als_page_series *series, double offset, double scale)
{
    struct als_buf *out = view->canvas.out;
    als_buf_printf(out, "%s << EOD\n", name);
    for (size_t i = 0; i < series->n_points; i++) {
        als_canvas_number(out, als_page_month(view->page, series->points[i].day));
        als_buf_char(out, ' ');
        als_canvas_number(out, offset + scale * series->points[i].value);
        als_buf_char(out, '\n');
    }
    als_buf_text(out, "EOD\n");
}

/* Strips of equal height in one panel: each domain on its own full range, the first on top. */
void als_page_draw_domains(const struct als_view *view, double top, double bottom)
{
    static const struct als_stroke rule = {ALS_GRID, 0.75, "solid", false, true};
    const struct als_page *page = view->page;
    double n = (double)page->n_domains;
    struct als_panel panel = als_view_panel(view, top, bottom, 0, n);
    als_panel_begin(&view->canvas, &panel);
    als_panel_frame(&view->canvas);
    als_view_event_lines(view, &panel, NULL);
    struct als_buf plots;
    als_buf_init(&plots, ALS_BUF_LARGE);
    for (size_t i = 0; i < page->n_domains; i++) {
        const struct als_page_series *domain = &page->domains[i];
        struct als_range range = als_page_range(domain, 3);
        double floor = n - 1 - (double)i, scale = 0.7 / (range.high - range.low);
        struct als_style name = {10, false, ALS_INK, ALS_RIGHT};
        double y = als_panel_y(&panel, floor + 0.5);
        if (i)
            als_canvas_line(&view->canvas, panel.left, als_panel_y(&panel, floor + 1), panel.right,
                            als_panel_y(&panel, floor + 1), &rule);
        als_canvas_text_within(&view->canvas, panel.left - 6, y,
                               panel.left - 6 - ALS_PAGE_MARGIN / 4, &name, domain->label);
        als_view_latest(view, domain, y, 11);
        if (domain->n_points == 0)
            continue;
        const char *block = als_arena_printf(view->canvas.arena, "$D%zu", i);
        add_series(view, block, domain, floor + 0.15 - range.low * scale, scale);
        als_buf_printf(&plots,
                       "%s%s using 1:2 with linespoints pt %d ps 0.5*MARK lw 1.25 lc rgb '%s'",
                       plots.length ? ", " : "", block, als_look(i)->mark, als_look(i)->colour);
    }
    als_panel_end(&view->canvas, &panel, plots.data);
    als_buf_release(&plots);
}

void als_page_draw_series(const struct als_view *view, const struct als_page_series *series,
                          size_t index, double top, double bottom)
{
    struct als_range range = als_page_range(series, 2);
    double pad = (range.high - range.low) * 0.06;
    struct als_panel panel = als_view_panel(view, top, bottom, range.low - pad, range.high + pad);
    als_panel_begin(&view->canvas, &panel);
    als_panel_frame(&view->canvas);
    als_panel_y_tics(&view->canvas, range.low, range.step, range.high);
    als_view_event_lines(view, &panel, NULL);
    const char *block = als_arena_printf(view->canvas.arena, "$S%zu", index);
    add_series(view, block, series, 0, 1);
    als_view_words(view, top + 7, 12, true, ALS_INK, series->label);
    als_view_latest(view, series, top + 26, 16);
    als_panel_end(
        &view->canvas, &panel,
        als_arena_printf(view->canvas.arena,
                         "%s using 1:2 with linespoints pt 7 ps 0.6*MARK lw 1.5 lc rgb '%s'", block,
                         ALS_INK));
}

#define BAR_ROW  15.0
#define BAR_TEXT 9.5
#define BAR_GAP  10.0
#define KEY_TOP  22.0
#define KEY_ROW  13.0

static const char *bar_text(const struct als_view *view, const struct als_page_adverse *event)
{
    struct als_arena *arena = view->canvas.arena;
    const char *term = als_text_fit(arena, event->term, BAR_TEXT, false, 170);
    const char *mark = event->serious ? " (serious)" : "";
    if (event->grade == 0)
        return als_arena_printf(arena, "%s%s", term, mark);
    return als_arena_printf(arena, "%d %s%s", event->grade, term, mark);
}

/* A grade as a share of the worst that the protocol knows: bars are that thick. */
static double page_share(const struct als_page *page, int grade)
{
    int worst = page->worst_grade > grade ? page->worst_grade : grade;
    return worst > 0 ? (double)grade / worst : 0;
}

struct bar {
    double left, right; /* on the canvas */
    bool arrow;         /* it goes on beyond its end */
};

static struct bar bar_of(const struct als_view *view, const struct als_page_adverse *event)
{
    const struct als_page *page = view->page;
    struct als_panel panel = als_view_panel(view, 0, 1, 0, 1);
    int end = event->end != ALS_NO_DAY ? event->end
              : event->ongoing         ? page->as_of_day
                                       : event->onset;
    int onset = event->onset != ALS_NO_DAY ? event->onset : end;
    if (end < onset)
        end = onset;
    double from = als_page_month(page, onset), to = als_page_month(page, end);
    struct bar bar = {als_panel_x(&panel, fmin(fmax(from, panel.x_low), panel.x_high)),
                      als_panel_x(&panel, fmax(fmin(to, panel.x_high), panel.x_low)),
                      event->ongoing || to > panel.x_high};
    if (bar.right < bar.left + 5)
        bar.right = bar.left + 5;
    return bar;
}

/* A bar's place with its text: to the right of it, else to the left, else over it. */
static double text_left(const struct bar *bar, double width)
{
    double after = bar->right + (bar->arrow ? 12 : 4);
    if (after + width <= ALS_PAGE_RIGHT)
        return after;
    if (bar->left - 4 - width >= ALS_PAGE_LEFT)
        return bar->left - 4 - width;
    return bar->left + 4;
}

struct als_bars als_page_bars(const struct als_view *view)
{
    const struct als_page *page = view->page;
    struct als_bars bars = {
        .slots = als_arena_array(view->canvas.arena, page->n_adverse + 1, sizeof *bars.slots)};
    for (size_t i = 0; i < page->n_adverse; i++) {
        const struct als_page_adverse *event = &page->adverse[i];
        struct bar bar = bar_of(view, event);
        double width = als_text_width(bar_text(view, event), BAR_TEXT, false);
        double left = fmin(bar.left, text_left(&bar, width));
        double right = fmax(bar.right + (bar.arrow ? 10 : 0), text_left(&bar, width) + width);
        bars.slots[i] = (struct als_slot){
            .at = left, .width = right - left, .rank = -2 * event->grade - event->serious};
    }
    bars.rows = als_layout_spans(bars.slots, page->n_adverse, BAR_GAP, ALS_ADVERSE_ROWS);
    for (size_t i = 0; i < page->n_adverse; i++)
        bars.hidden += bars.slots[i].row == ALS_LAYOUT_HIDDEN;
    return bars;
}

static bool has_grade(const struct als_page *page, int grade)
{
    for (size_t i = 0; i < page->n_adverse; i++)
        if (page->adverse[i].grade == grade)
            return true;
    return false;
}

double als_page_bars_height(const struct als_page *page, const struct als_bars *bars)
{
    double key = KEY_TOP;
    for (int grade = 1; grade <= 5; grade++)
        key += has_grade(page, grade) ? KEY_ROW : 0;
    double rows = BAR_ROW * (double)bars->rows + 4;
    return fmax(rows, bars->rows ? key : 28);
}

/* The darker half of the grades carries white text. */
static bool is_dark(int grade)
{
    return grade >= 3;
}

static void draw_bar(const struct als_view *view, const struct als_page_adverse *event,
                     const struct als_slot *slot, double top)
{
    struct bar bar = bar_of(view, event);
    const char *text = bar_text(view, event);
    const char *colour = als_grade_colour(event->grade);
    double width = als_text_width(text, BAR_TEXT, false);
    double left = text_left(&bar, width);
    bool over = left > bar.left && left < bar.right;
    double share = page_share(view->page, event->grade);
    double half = over ? 6 : 1.5 + 4.5 * share;
    double y = top + BAR_ROW * (slot->row + 0.5);
    als_canvas_box(&view->canvas, bar.left, y - half, bar.right, y + half, colour, ALS_FAINT);
    if (bar.arrow) {
        struct als_stroke head = {ALS_INK, 1, "solid", true, false};
        als_canvas_line(&view->canvas, bar.right - 1, y, bar.right + 9, y, &head);
    }
    struct als_style style = {BAR_TEXT, false, over && is_dark(event->grade) ? "white" : ALS_INK,
                              ALS_LEFT};
    als_canvas_text(&view->canvas, left, y, &style, text);
}

/* Only the grades that this patient had. */
static void draw_grade_key(const struct als_view *view, double top)
{
    const struct als_page *page = view->page;
    double y = top + KEY_TOP;
    for (int grade = 1; grade <= 5; grade++) {
        if (!has_grade(page, grade))
            continue;
        double half = 1.5 + 4.5 * page_share(page, grade);
        const char *label = page->grade_labels[grade];
        struct als_style style = {10, false, ALS_FAINT, ALS_LEFT};
        als_canvas_box(&view->canvas, ALS_PAGE_WORDS, y - half, ALS_PAGE_WORDS + 22, y + half,
                       als_grade_colour(grade), ALS_FAINT);
        als_canvas_text(&view->canvas, ALS_PAGE_WORDS + 28, y, &style,
                        als_arena_printf(view->canvas.arena, "%d %s", grade, label ? label : ""));
        y += KEY_ROW;
    }
}

/* "7 adverse events, 2 not drawn, 1 without a date" */
static const char *count_text(const struct als_view *view, const struct als_bars *bars)
{
    const struct als_page *page = view->page;
    struct als_arena *arena = view->canvas.arena;
    size_t n = page->n_adverse + page->n_undated;
    const char *text = n == 0   ? "none recorded"
                       : n == 1 ? "1 adverse event"
                                : als_arena_printf(arena, "%zu adverse events", n);
    if (bars->hidden)
        text = als_arena_printf(arena, "%s, +%zu more", text, bars->hidden);
    if (page->n_undated)
        text = als_arena_printf(arena, "%s, %zu undated", text, page->n_undated);
    return text;
}

void als_page_draw_adverse(const struct als_view *view, const struct als_bars *bars, double top,
                           double bottom)
{
    const struct als_page *page = view->page;
    struct als_panel panel = als_view_panel(view, top, bottom, 0, 1);
    als_panel_begin(&view->canvas, &panel);
    als_panel_frame(&view->canvas);
    struct als_clear texts = {bars->slots, page->n_adverse, bars->rows, BAR_ROW};
    als_view_event_lines(view, &panel, &texts);
    struct als_style name = {10, false, ALS_INK, ALS_RIGHT};
    als_canvas_text(&view->canvas, panel.left - 6, top + 10, &name, "Adverse");
    als_canvas_text(&view->canvas, panel.left - 6, top + 22, &name, "events");
    for (size_t i = 0; i < page->n_adverse; i++)
        if (bars->slots[i].row != ALS_LAYOUT_HIDDEN)
            draw_bar(view, &page->adverse[i], &bars->slots[i], top);
    als_view_words(view, top + 7, 11, true, ALS_INK, count_text(view, bars));
    draw_grade_key(view, top);
    als_panel_end(&view->canvas, &panel, "");
}
