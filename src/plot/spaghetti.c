/* The cohort chart: every patient's curve, group means with intervals, numbers of patients. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/count.h"
#include "alstrack/core/file.h"
#include "canvas.h"
#include "cohort.h"
#include "data_cell.h"
#include "layout.h"
#include "output.h"
#include "page.h"
#include "range.h"
#include "text.h"
#include "theme.h"

#define MARGIN     20.0
#define LEFT       96.0
#define RIGHT      868.0
#define WORDS      892.0
#define TOP        92.0
#define AXIS       44.0 /* months and their name */
#define ROW        14.0
#define FOOT       26.0
#define KEY_HEIGHT 62.0
#define DODGE      3.0
#define MAX_ROWS   8 /* groups whose numbers are listed */

struct view {
    const struct als_cohort_data *data;
    struct als_canvas canvas;
    struct als_panel panel;
};

static size_t listed_groups(const struct als_cohort_data *data)
{
    return data->n_groups < MAX_ROWS ? data->n_groups : MAX_ROWS;
}

static const char *group_title(const struct als_cohort_data *data, size_t group,
                               struct als_arena *arena)
{
    const char *name = data->groups[group].name;
    return data->by ? als_arena_printf(arena, "%s %s", data->by, name) : name;
}

static struct als_range value_range(const struct als_cohort_data *data)
{
    double low, high, least = INFINITY, most = -INFINITY;
    als_range_possible(&data->measure, &low, &high);
    for (size_t i = 0; i < data->n_curves; i++)
        for (size_t k = 0; k < data->curves[i].n; k++) {
            least = fmin(least, data->curves[i].points[k].value);
            most = fmax(most, data->curves[i].points[k].value);
        }
    return als_range_frame(low, high, least, most, 5);
}

static struct als_panel make_panel(const struct als_cohort_data *data, struct als_range range)
{
    double from = INFINITY, to = -INFINITY, pad = (range.high - range.low) * 0.03;
    for (size_t i = 0; i < data->n_curves; i++)
        for (size_t k = 0; k < data->curves[i].n; k++) {
            from = fmin(from, data->curves[i].points[k].month);
            to = fmax(to, data->curves[i].points[k].month);
        }
    if (from > to)
        from = to = 0;
    double margin = fmax((to - from) * 0.025, to - from < 3 ? 1.5 : 0.25);
    double rows = (double)listed_groups(data) + (data->by_visit ? 1 : 0);
    return (struct als_panel){LEFT,
                              RIGHT,
                              TOP,
                              ALS_COHORT_HEIGHT - FOOT - AXIS - ROW * rows - 6,
                              from - margin,
                              to + margin,
                              range.low - pad,
                              range.high + pad};
}

/* Curves of a group are one data block, patients apart by an empty line. */
static void add_curves(const struct view *view, size_t group)
{
    const struct als_cohort_data *data = view->data;
    struct als_buf *out = view->canvas.out;
    als_buf_printf(out, "$CURVES%zu << EOD\n", group);
    for (size_t i = 0; i < data->n_curves; i++) {
        if (data->curves[i].group != group)
            continue;
        for (size_t k = 0; k < data->curves[i].n; k++) {
            als_canvas_number(out, data->curves[i].points[k].month);
            als_buf_char(out, ' ');
            als_canvas_number(out, data->curves[i].points[k].value);
            als_buf_char(out, '\n');
        }
        als_buf_char(out, '\n');
    }
    als_buf_text(out, "EOD\n");
}

/* All means as $LINE, those with an interval as $MEANS. counts: rows of $MEANS and $LINE. */
static void add_means(const struct view *view, size_t group, size_t counts[2])
{
    const struct als_cohort_data *data = view->data;
    struct als_buf *out = view->canvas.out;
    for (int line = 0; line < 2; line++) {
        counts[line] = 0;
        als_buf_printf(out, "%s%zu << EOD\n", line ? "$LINE" : "$MEANS", group);
        for (size_t i = 0; i < data->n_means; i++) {
            const struct als_cohort_mean *mean = &data->means[i];
            if (mean->group != group || (!line && mean->n < 2))
                continue;
            const double cells[] = {mean->month, mean->mean, mean->low, mean->high};
            for (size_t k = 0; k < (line ? 2 : 4); k++) {
                als_canvas_number(out, cells[k]);
                als_buf_char(out, k + 1 < (line ? 2 : 4) ? ' ' : '\n');
            }
            counts[line]++;
        }
        als_buf_text(out, "EOD\n");
    }
}

static void add_plot(struct als_buf *plots, const struct view *view, size_t group)
{
    const struct als_look *look = als_look(group);
    if (view->data->groups[group].patients == 0)
        return;
    size_t counts[2];
    add_curves(view, group);
    add_means(view, group, counts);
    /* Thin lines that lie on each other darken, and let the mean stand out. */
    als_buf_printf(plots, "%s$CURVES%zu using 1:2 with lines lc rgb '#a0%s' lw 0.75",
                   plots->length ? ", " : "", group, look->colour + 1);
    if (counts[0] && view->data->n_groups == 1)
        als_buf_printf(plots,
                       ", $MEANS%zu using 1:3:4 with filledcurves fc rgb '%s' fs transparent "
                       "solid 0.2 noborder",
                       group, look->colour);
}

/* Means come last, so that they lie above all curves. */
static void add_mean_plot(struct als_buf *plots, const struct view *view, size_t group)
{
    const struct als_look *look = als_look(group);
    const struct als_panel *panel = &view->panel;
    /* Groups stand a few units apart, or their intervals would hide one another. */
    double apart = DODGE * (panel->x_high - panel->x_low) / (RIGHT - LEFT);
    double aside = ((double)group - ((double)view->data->n_groups - 1) / 2) * apart;
    bool any = false, several = false;
    for (size_t i = 0; i < view->data->n_means; i++) {
        any = any || view->data->means[i].group == group;
        several = several || (view->data->means[i].group == group && view->data->means[i].n > 1);
    }
    if (several)
        als_buf_printf(
            plots, ", $MEANS%zu using ($1+%.6g):2:3:4 with yerrorbars pt -1 lw 1.25 lc rgb '%s'",
            group, aside, look->colour);
    if (any)
        als_buf_printf(
            plots,
            ", $LINE%zu using ($1+%.6g):2 with linespoints pt %d ps 0.9*MARK lw 2.5 dt %s "
            "lc rgb '%s'",
            group, aside, look->mark, look->dash, look->colour);
}

static void draw_key(const struct view *view, size_t group, double y)
{
    const struct als_cohort_data *data = view->data;
    struct als_arena *arena = view->canvas.arena;
    const struct als_cohort_group *summary = &data->groups[group];
    const struct als_look *look = als_look(group);
    struct als_stroke stroke = {look->colour, 2.5, look->dash, false, false};
    struct als_style name = {12, true, ALS_INK, ALS_LEFT}, line = {11, false, ALS_INK, ALS_LEFT};
    double room = ALS_COHORT_WIDTH - MARGIN - WORDS;
    const char *unit = als_measure_unit(&data->measure);
    als_canvas_line(&view->canvas, WORDS, y, WORDS + 30, y, &stroke);
    als_canvas_mark(&view->canvas, WORDS + 15, y, look->mark, 0.9, look->colour);
    als_canvas_text_within(&view->canvas, WORDS + 38, y, room - 38, &name,
                           group_title(data, group, arena));
    if (summary->slopes == 0) {
        als_canvas_text_within(&view->canvas, WORDS, y + 16, room, &line,
                               als_arena_printf(arena, "n = %zu, no slope", summary->patients));
        return;
    }
    als_canvas_text_within(&view->canvas, WORDS, y + 16, room, &line,
                           als_arena_printf(arena, "mean slope %s %s/month",
                                            als_page_number(summary->slope, 2, arena),
                                            *unit ? unit : "units"));
    const char *interval =
        summary->slopes < 2
            ? als_arena_printf(arena, "one patient")
            : als_arena_printf(arena, "95 %% CI %s to %s, n = %zu",
                               als_page_number(summary->slope_low, 2, arena),
                               als_page_number(summary->slope_high, 2, arena), summary->slopes);
    als_canvas_text_within(&view->canvas, WORDS, y + 31, room, &line, interval);
}

static void draw_months(const struct view *view)
{
    const struct als_panel *panel = &view->panel;
    struct als_style month = {11, false, ALS_INK, ALS_CENTRE};
    double step = als_range_months((panel->x_high - panel->x_low) * 40 / (RIGHT - LEFT));
    for (double at = ceil(panel->x_low / step) * step; at <= panel->x_high; at += step)
        als_canvas_text(&view->canvas, als_panel_x(panel, at), panel->bottom + 14, &month,
                        als_page_short(at, 0, view->canvas.arena));
    als_canvas_text(&view->canvas, (LEFT + RIGHT) / 2, panel->bottom + 30, &month,
                    als_arena_printf(view->canvas.arena, "months from %s", view->data->zero_label));
}

/* One row of texts under their months; what would touch its neighbour is left out. */
static void draw_row(const struct view *view, double y, const char *name, const char **texts,
                     const double *months, size_t n, const char *colour)
{
    struct als_style style = {10, false, colour, ALS_LEFT}, head = {10, true, colour, ALS_RIGHT};
    struct als_slot *slots = als_arena_array(view->canvas.arena, n + 1, sizeof *slots);
    for (size_t i = 0; i < n; i++)
        slots[i] = (struct als_slot){.at = als_panel_x(&view->panel, months[i]),
                                     .width = als_text_width(texts[i], 10, false)};
    als_layout_centred(slots, n, LEFT - 4, RIGHT + 10, 4, 1);
    als_canvas_text_within(&view->canvas, LEFT - 10, y, LEFT - 10 - 4, &head, name);
    for (size_t i = 0; i < n; i++)
        if (slots[i].row != ALS_LAYOUT_HIDDEN)
            als_canvas_text(&view->canvas, slots[i].left, y, &style, texts[i]);
}

/* Visit codes, at the mean month over groups. */
static void draw_codes(const struct view *view, double y)
{
    const struct als_cohort_data *data = view->data;
    struct als_arena *arena = view->canvas.arena;
    const char **texts = als_arena_array(arena, data->n_means + 1, sizeof *texts);
    double *months = als_arena_array(arena, data->n_means + 1, sizeof *months);
    double *weights = als_arena_array(arena, data->n_means + 1, sizeof *weights);
    size_t n = 0;
    for (size_t i = 0; i < data->n_means; i++) {
        const struct als_cohort_mean *mean = &data->means[i];
        size_t k = 0;
        while (k < n && strcmp(texts[k], mean->label) != 0)
            k++;
        if (k == n)
            texts[n++] = mean->label;
        months[k] += mean->month * (double)mean->n;
        weights[k] += (double)mean->n;
    }
    for (size_t k = 0; k < n; k++)
        months[k] /= weights[k];
    draw_row(view, y, "visit", texts, months, n, ALS_FAINT);
}

static void draw_numbers(const struct view *view, size_t group, double y)
{
    const struct als_cohort_data *data = view->data;
    struct als_arena *arena = view->canvas.arena;
    const char **texts = als_arena_array(arena, data->n_means + 1, sizeof *texts);
    double *months = als_arena_array(arena, data->n_means + 1, sizeof *months);
    size_t n = 0;
    for (size_t i = 0; i < data->n_means; i++)
        if (data->means[i].group == group) {
            texts[n] = als_arena_printf(arena, "%zu", data->means[i].n);
            months[n++] = data->means[i].month;
        }
    const char *name = data->by ? als_arena_printf(arena, "n, %s", data->groups[group].name) : "n";
    draw_row(view, y, name, texts, months, n, ALS_INK);
}

static void draw_heading(const struct view *view, const struct als_cohort_heading *heading)
{
    const struct als_cohort_data *data = view->data;
    struct als_arena *arena = view->canvas.arena;
    char date[ALS_DATE_TEXT];
    struct als_style title = {22, true, ALS_INK, ALS_LEFT}, line = {12, false, ALS_FAINT, ALS_LEFT};
    struct als_style as_of = {12, false, ALS_FAINT, ALS_RIGHT};
    als_canvas_text_within(&view->canvas, MARGIN, 28, 800, &title,
                           als_measure_label(&data->measure));
    als_canvas_text(&view->canvas, ALS_COHORT_WIDTH - MARGIN, 26, &as_of,
                    als_arena_printf(arena, "as of %s", als_day_format(heading->as_of_day, date)));
    const char *text = als_arena_printf(arena, "%s \xc2\xb7 %zu patient%s", heading->protocol,
                                        data->n_curves, data->n_curves == 1 ? "" : "s");
    if (data->without_value)
        text = als_arena_printf(arena, "%s, %zu more without a value", text, data->without_value);
    als_canvas_text_within(&view->canvas, MARGIN, 54, 1000, &line, text);
}

static void draw_foot(const struct view *view)
{
    struct als_style foot = {9, false, ALS_FAINT, ALS_LEFT};
    const char *hidden = view->data->n_groups > MAX_ROWS
                             ? als_arena_printf(view->canvas.arena, " Groups not listed: %zu.",
                                                view->data->n_groups - MAX_ROWS)
                             : "";
    const char *text =
        als_arena_printf(view->canvas.arena,
                         "Thin lines: patients. Thick line: mean %s of those seen, with 95 %% t "
                         "interval; n: patients in it. Slopes: least squares per patient, "
                         "unweighted mean. Month = 30.4375 days.%s",
                         view->data->by_visit ? "by planned visit" : "by month", hidden);
    als_canvas_text_within(&view->canvas, MARGIN, ALS_COHORT_HEIGHT - 12,
                           ALS_COHORT_WIDTH - 2 * MARGIN, &foot, text);
}

void als_cohort_script(const struct als_cohort_data *data, const struct als_cohort_heading *heading,
                       struct als_arena *arena, struct als_buf *out)
{
    struct als_range range = value_range(data);
    struct view view = {
        data, {out, arena, ALS_COHORT_WIDTH, ALS_COHORT_HEIGHT}, make_panel(data, range)};
    struct als_buf plots;
    als_buf_init(&plots, ALS_BUF_LARGE);
    als_canvas_begin(&view.canvas);
    als_panel_begin(&view.canvas, &view.panel);
    als_panel_frame(&view.canvas);
    als_panel_y_tics(&view.canvas, range.low, range.step, range.high);
    struct als_stroke zero = {ALS_RULE, 1, "(6,4)", false, true};
    if (data->n_curves && als_panel_has_x(&view.panel, 0))
        als_canvas_line(&view.canvas, als_panel_x(&view.panel, 0), view.panel.top,
                        als_panel_x(&view.panel, 0), view.panel.bottom, &zero);
    for (size_t g = 0; g < data->n_groups && data->n_curves; g++)
        add_plot(&plots, &view, g);
    for (size_t g = 0; g < data->n_groups && data->n_curves; g++)
        add_mean_plot(&plots, &view, g);
    draw_heading(&view, heading);
    draw_months(&view);
    double y = view.panel.bottom + AXIS + 4;
    if (data->by_visit && data->n_means) {
        draw_codes(&view, y);
        y += ROW;
    }
    for (size_t g = 0; g < listed_groups(data) && data->n_means; g++, y += ROW) {
        draw_numbers(&view, g, y);
        draw_key(&view, g, TOP + 8 + KEY_HEIGHT * (double)g);
    }
    struct als_style empty = {16, false, ALS_FAINT, ALS_CENTRE};
    if (data->n_curves == 0)
        als_canvas_text(&view.canvas, (LEFT + RIGHT) / 2,
                        als_panel_y(&view.panel, range.low + range.step / 2), &empty,
                        "no assessments yet");
    draw_foot(&view);
    als_panel_end(&view.canvas, &view.panel, plots.data);
    als_canvas_end(&view.canvas);
    als_buf_release(&plots);
}

const char *als_cohort_words(const struct als_cohort_data *data, struct als_arena *arena)
{
    const char *words =
        als_arena_printf(arena, "Curves of %s over months from %s.",
                         als_counted(data->n_curves, "patient").text, data->zero_label);
    for (size_t g = 0; g < data->n_groups; g++) {
        const struct als_cohort_group *group = &data->groups[g];
        words = als_arena_printf(arena, "%s %s: %s", words, group_title(data, g, arena),
                                 als_counted(group->patients, "patient").text);
        if (group->slopes)
            words = als_arena_printf(arena, "%s, mean slope %s per month", words,
                                     als_page_number(group->slope, 2, arena));
        words = als_arena_printf(arena, "%s.", words);
    }
    return words;
}

/* One row: curves have a patient and a date, means an interval and a number of patients. */
static void add_table_row(struct als_buf *out, const char *kind, const char *group,
                          const char *patient, const char *label, double month, int day,
                          const double values[4])
{
    char date[ALS_DATE_TEXT] = "";
    if (day != ALS_NO_DAY)
        als_day_format(day, date);
    const char *texts[] = {kind, group, patient, label};
    for (size_t i = 0; i < 4; i++) {
        als_data_text(out, texts[i]);
        als_buf_char(out, ',');
    }
    als_data_number(out, month);
    als_buf_printf(out, ",%s", date);
    for (size_t i = 0; i < 4; i++) {
        als_buf_char(out, ',');
        als_data_number(out, values[i]);
    }
    als_buf_char(out, '\n');
}

void als_cohort_table(const struct als_cohort_data *data, struct als_buf *out)
{
    als_buf_text(out, "series,group,patient,label,month,date,value,low,high,n\n");
    for (size_t i = 0; i < data->n_curves; i++)
        for (size_t k = 0; k < data->curves[i].n; k++) {
            const struct als_cohort_curve *curve = &data->curves[i];
            add_table_row(out, "patient", data->groups[curve->group].name, curve->patient, "",
                          curve->points[k].month, curve->points[k].day,
                          (double[]){curve->points[k].value, NAN, NAN, NAN});
        }
    for (size_t i = 0; i < data->n_means; i++) {
        const struct als_cohort_mean *mean = &data->means[i];
        add_table_row(out, "mean", data->groups[mean->group].name, "", mean->label, mean->month,
                      ALS_NO_DAY, (double[]){mean->mean, mean->low, mean->high, (double)mean->n});
    }
}

static enum als_status write_table(const struct als_cohort_data *data, const char *path,
                                   struct als_err *err)
{
    struct als_file_out file;
    enum als_status status = als_file_create(path, &file, err);
    if (status)
        return status;
    struct als_buf table;
    als_buf_init(&table, ALS_BUF_LARGE);
    als_cohort_table(data, &table);
    fwrite(table.data, 1, table.length, file.stream);
    als_buf_release(&table);
    return als_file_commit(&file, err);
}

static enum als_status draw(const struct als_cohort_data *data, const char *protocol,
                            const char *path, const struct als_plot_options *options,
                            struct als_arena *arena, struct als_err *err)
{
    struct als_buf script;
    als_buf_init(&script, ALS_BUF_LARGE);
    struct als_cohort_heading heading = {protocol, options->as_of_day};
    als_cohort_script(data, &heading, arena, &script);
    struct als_chart_info info = {.path = path,
                                  .width = ALS_COHORT_WIDTH,
                                  .height = ALS_COHORT_HEIGHT,
                                  .title =
                                      als_arena_printf(arena, "%s: %s of all patients", protocol,
                                                       als_measure_label(&data->measure)),
                                  .description = als_cohort_words(data, arena),
                                  .day = options->as_of_day,
                                  .stamp = options->stamp};
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &als_output_receiver);
    enum als_status status = als_output_draw(gnuplot, &info, &script, err);
    als_buf_release(&script);
    if (!status)
        return als_gnuplot_finish(gnuplot, err);
    als_gnuplot_abandon(gnuplot);
    return status;
}

enum als_status als_plot_spaghetti(struct als_store *store, const char *path,
                                   const struct als_plot_options *options, struct als_err *err)
{
    enum als_format format;
    enum als_status status = als_format_of(path, &format, err);
    if (status)
        return status;
    struct als_arena *arena = als_arena_new();
    struct als_cohort_data data;
    status = als_cohort_collect(store, options, arena, &data, err);
    if (!status)
        status = draw(&data, als_store_protocol(store)->code, path, options, arena, err);
    if (!status && options->data)
        status = write_table(&data, options->data, err);
    als_arena_free(arena);
    return status;
}
