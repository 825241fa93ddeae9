/* A patient's page in words and numbers: slopes, the alternative text, the table. */
#include <math.h>
#include <string.h>

#include "alstrack/core/count.h"
#include "data_cell.h"
#include "page.h"

int als_page_zero(const struct als_page *page)
{
    return page->zero_day == ALS_NO_DAY ? page->as_of_day : page->zero_day;
}

double als_page_month(const struct als_page *page, int day)
{
    return (day - als_page_zero(page)) / ALS_DAYS_PER_MONTH;
}

static const char *true_minus(const char *text, struct als_arena *arena)
{
    if (*text != '-')
        return als_arena_strdup(arena, text);
    return als_arena_printf(arena, "\xe2\x88\x92%s", text + 1);
}

const char *als_page_number(double value, int decimals, struct als_arena *arena)
{
    const char *text = als_arena_printf(arena, "%.*f", decimals, value);
    if (*text == '-' && strspn(text, "-0.") == strlen(text))
        text++; /* no minus zero */
    return true_minus(text, arena);
}

const char *als_page_short(double value, int decimals, struct als_arena *arena)
{
    char *text = als_arena_printf(arena, "%.*f", decimals, value);
    if (strchr(text, '.')) {
        char *end = text + strlen(text);
        while (end[-1] == '0')
            *--end = '\0';
        if (end[-1] == '.')
            *--end = '\0';
    }
    return true_minus(strcmp(text, "-0") == 0 ? "0" : text, arena);
}

struct als_slope_words als_page_slope_words(const struct als_page_fit *fit, const char *unit,
                                            struct als_arena *arena)
{
    const struct als_ols *ols = &fit->ols;
    if (ols->status != ALS_OLS_OK)
        return (struct als_slope_words){
            als_arena_printf(arena, "no slope: %s", als_ols_reason(ols->status)), ""};
    const char *slope =
        als_arena_printf(arena, "%s %s/month, n = %zu", als_page_number(ols->slope, 2, arena),
                         *unit ? unit : "units", ols->n);
    if (!isfinite(ols->ci_low))
        return (struct als_slope_words){slope, "two points: no interval"};
    return (struct als_slope_words){
        slope, als_arena_printf(arena, "95 %% CI %s to %s", als_page_number(ols->ci_low, 2, arena),
                                als_page_number(ols->ci_high, 2, arena))};
}

static void add_series_words(struct als_buf *out, const struct als_page_series *series,
                             struct als_arena *arena)
{
    if (series->n_points == 0) {
        als_buf_printf(out, " %s: no value.", series->label);
        return;
    }
    char from[ALS_DATE_TEXT], to[ALS_DATE_TEXT];
    const struct als_page_point *first = &series->points[0];
    const struct als_page_point *last = &series->points[series->n_points - 1];
    als_buf_printf(out, " %s: %s on %s", series->label, als_page_short(first->value, 2, arena),
                   als_day_format(first->day, from));
    if (series->n_points > 1)
        als_buf_printf(out, ", %s on %s, %s", als_page_short(last->value, 2, arena),
                       als_day_format(last->day, to), als_counted(series->n_points, "value").text);
    als_buf_char(out, '.');
}

const char *als_page_words(const struct als_page *page, struct als_arena *arena)
{
    struct als_buf out;
    char date[ALS_DATE_TEXT];
    als_buf_init(&out, ALS_BUF_LARGE);
    als_buf_printf(&out, "%s; as of %s.", page->origin, als_day_format(page->as_of_day, date));
    add_series_words(&out, &page->main, arena);
    for (size_t i = 0; i < page->n_fits; i++) {
        struct als_slope_words words = als_page_slope_words(&page->fits[i], page->main.unit, arena);
        als_buf_printf(&out, " %s: %s%s%s.", page->fits[i].label, words.slope,
                       *words.interval ? ", " : "", words.interval);
    }
    for (size_t i = 0; i < page->n_others; i++)
        add_series_words(&out, &page->others[i], arena);
    for (size_t i = 0; i < page->n_events; i++)
        if (page->events[i].kind != ALS_PAGE_TODAY)
            als_buf_printf(&out, " %s on %s.", page->events[i].label,
                           als_day_format(page->events[i].day, date));
    als_buf_printf(&out, " Adverse events: %zu. %s.", page->n_adverse + page->n_undated,
                   page->next);
    const char *words = als_arena_strdup(arena, out.data);
    als_buf_release(&out);
    return words;
}

/* One row of the table; NAN and ALS_NO_DAY are empty cells. */
struct row {
    const char *panel, *series;
    int day;
    double month, value, low, high;
    const char *label;
};

void als_page_table_heading(struct als_buf *out)
{
    als_buf_text(out, "patient,panel,series,month,date,value,low,high,label\n");
}

static void add_row(const struct als_page *page, struct als_buf *out, struct row row)
{
    char date[ALS_DATE_TEXT] = "";
    if (row.day != ALS_NO_DAY) {
        als_day_format(row.day, date);
        row.month = als_page_month(page, row.day);
    }
    als_data_text(out, page->patient);
    als_buf_char(out, ',');
    als_data_text(out, row.panel);
    als_buf_char(out, ',');
    als_data_text(out, row.series);
    als_buf_char(out, ',');
    als_data_number(out, row.month);
    als_buf_char(out, ',');
    als_buf_text(out, date);
    als_buf_char(out, ',');
    als_data_number(out, row.value);
    als_buf_char(out, ',');
    als_data_number(out, row.low);
    als_buf_char(out, ',');
    als_data_number(out, row.high);
    als_buf_char(out, ',');
    als_data_text(out, row.label);
    als_buf_char(out, '\n');
}

static void add_series(const struct als_page *page, struct als_buf *out, const char *panel,
                       const struct als_page_series *series)
{
    for (size_t i = 0; i < series->n_points; i++) {
        const struct als_page_point *point = &series->points[i];
        add_row(page, out,
                (struct row){panel, series->name, point->day, NAN, point->value, NAN, NAN,
                             point->visit});
    }
}

static void add_fit(const struct als_page *page, struct als_buf *out,
                    const struct als_page_fit *fit)
{
    if (fit->ols.status != ALS_OLS_OK)
        return;
    for (int end = 0; end < 2; end++) {
        double month = end ? fit->to : fit->from;
        double value = fit->ols.intercept + fit->ols.slope * month;
        double half = als_ols_band(&fit->ols, month);
        add_row(page, out,
                (struct row){"main", fit->name, ALS_NO_DAY, month, value, value - half,
                             value + half, "line and 95 % band"});
    }
    add_row(page, out,
            (struct row){"main", fit->name, ALS_NO_DAY, NAN, fit->ols.slope, fit->ols.ci_low,
                         fit->ols.ci_high, "slope per month and 95 % interval"});
}

static const char *const event_kinds[] = {
    [ALS_PAGE_INFUSION] = "infusion",
    [ALS_PAGE_MILESTONE] = "milestone",
    [ALS_PAGE_END] = "end",
    [ALS_PAGE_TODAY] = "today",
};

void als_page_table(const struct als_page *page, struct als_buf *out)
{
    add_series(page, out, "main", &page->main);
    for (size_t i = 0; i < page->n_gaps; i++)
        add_row(page, out,
                (struct row){"main", "missing", page->gaps[i].day, NAN, NAN, NAN, NAN,
                             page->gaps[i].visit});
    for (size_t i = 0; i < page->n_fits; i++)
        add_fit(page, out, &page->fits[i]);
    for (size_t i = 0; i < page->n_domains; i++)
        add_series(page, out, "domains", &page->domains[i]);
    for (size_t i = 0; i < page->n_others; i++)
        add_series(page, out, "other", &page->others[i]);
    for (size_t i = 0; i < page->n_visits; i++) {
        const struct als_visit_row *row = &page->visits[i];
        if (row->target != ALS_NO_DAY)
            add_row(page, out,
                    (struct row){"visits", als_visit_status_name(row->status), row->target, NAN,
                                 NAN, als_page_month(page, row->window_from),
                                 als_page_month(page, row->window_to), row->code});
    }
    for (size_t i = 0; i < page->n_events; i++)
        add_row(page, out,
                (struct row){"events", event_kinds[page->events[i].kind], page->events[i].day, NAN,
                             NAN, NAN, NAN, page->events[i].label});
    for (size_t i = 0; i < page->n_adverse; i++) {
        const struct als_page_adverse *event = &page->adverse[i];
        double from = event->onset == ALS_NO_DAY ? NAN : als_page_month(page, event->onset);
        double to = event->end == ALS_NO_DAY ? NAN : als_page_month(page, event->end);
        add_row(page, out,
                (struct row){"adverse", event->ongoing ? "ongoing" : "ended", event->onset, NAN,
                             event->grade ? (double)event->grade : (double)NAN, from, to,
                             event->term});
    }
}
