/* Result tables as HTML, and words that several pages use. */
#include "view.h"

#include <string.h>

#include "alstrack/core/count.h"
#include "alstrack/export/write.h"

const char *als_view_day(const struct als_request *request, int day)
{
    if (day == ALS_NO_DAY)
        return "";
    char *text = als_arena_take(request->arena, ALS_DATE_TEXT);
    als_day_format(day, text);
    return text;
}

const char *als_view_count(const struct als_request *request, size_t n, const char *one)
{
    return als_arena_strdup(request->arena, als_counted(n, one).text);
}

static bool is_number(const struct als_table_column *column)
{
    return column->type == ALS_CELL_INTEGER || column->type == ALS_CELL_NUMBER;
}

/* Machine names as words: ci_low, ci low. */
static const char *heading(struct als_html *page, const struct als_table_column *column)
{
    const char *name = als_table_heading(column);
    char *words =
        als_arena_printf(page->request->arena, "%s%s", is_number(column) ? "#" : "", name);
    for (char *c = words; *c; c++)
        if (*c == '_')
            *c = ' ';
    return words;
}

static void write_cell(struct als_html *page, const struct als_table *table, size_t row,
                       size_t column, struct als_buf *text)
{
    const struct als_table_column *about = als_table_column(table, column);
    struct als_cell cell = als_table_cell(table, row, column);
    als_buf_clear(text);
    als_table_cell_text(table, row, column, text);
    if (strcmp(about->name, "patient") == 0 && !cell.missing)
        als_html_head(page, als_url(page->request->arena, "/patients/{}", cell.as.text, NULL),
                      text->data);
    else if (is_number(about))
        als_html_number(page, text->data);
    else
        als_html_cell(page, cell.missing ? "" : text->data);
}

#define FEW_ROWS 3 /* as many as are read one by one; more are compared */

void als_view_table(struct als_html *page, const struct als_table *table, const char *caption)
{
    size_t n_columns = als_table_columns(table), n_rows = als_table_rows(table);
    const char **headings = als_arena_array(page->request->arena, n_columns + 1, sizeof *headings);
    for (size_t i = 0; i < n_columns; i++)
        headings[i] = heading(page, als_table_column(table, i));
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_html_markup(page, "<div class=\"results\">");
    page->sheet = n_rows > FEW_ROWS;
    als_html_table_with(page, caption, headings);
    for (size_t row = 0; row < n_rows; row++) {
        als_html_row(page);
        for (size_t i = 0; i < n_columns; i++)
            write_cell(page, table, row, i, &text);
    }
    als_html_table_end(page);
    als_html_markup(page, "</div>");
    als_buf_release(&text);
    if (als_table_notes(table) == 0)
        return;
    als_html_open(page, "ul", "class", "notes", NULL);
    for (size_t i = 0; i < als_table_notes(table); i++)
        als_html_element(page, "li", als_table_note_at(table, i), NULL);
    als_html_close(page, "ul");
}

void als_view_result(struct als_html *page, const struct als_result *result, const char *caption)
{
    for (size_t i = 0; i < result->count; i++) {
        const struct als_result_part *part = &result->parts[i];
        als_view_table(page, part->table,
                       part->name
                           ? als_arena_printf(page->request->arena, "%s: %s", caption, part->name)
                           : caption);
    }
}

void als_view_fact(struct als_html *page, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    als_html_markup(page, "<div>");
    als_html_element(page, "dt", name, NULL);
    als_html_element(page, "dd", value, NULL);
    als_html_markup(page, "</div>");
}

void als_view_status(struct als_html *page, const struct als_visit_row *row, bool recorded)
{
    switch (row->status) {
    case ALS_VISIT_DONE:
        als_html_badge(page, "good", "done");
        break;
    case ALS_VISIT_EARLY:
        als_html_badge(page, "soon", "early");
        break;
    case ALS_VISIT_LATE:
        als_html_badge(page, "soon", "late");
        break;
    case ALS_VISIT_DUE:
        als_html_badge(page, "due", "due");
        break;
    case ALS_VISIT_MISSED:
        als_html_badge(page, "late", recorded ? "not done" : "overdue");
        break;
    default:
        als_html_badge(page, "plain", als_visit_status_name(row->status));
    }
}

void als_view_site_filter(struct als_html *page, const char *chosen)
{
    const struct als_protocol *protocol = als_store_protocol(page->request->store);
    if (protocol->n_sites < 2)
        return;
    struct als_input_choice *choices =
        als_arena_array(page->request->arena, protocol->n_sites + 1, sizeof *choices);
    choices[0] = (struct als_input_choice){"", "all sites", NULL};
    for (size_t i = 0; i < protocol->n_sites; i++)
        choices[i + 1] =
            (struct als_input_choice){protocol->sites[i].code, protocol->sites[i].name, NULL};
    als_input_select(page, &(struct als_input){.name = "site", .label = "Site", .value = chosen},
                     choices, protocol->n_sites + 1);
}

void als_view_chart(struct als_html *page, const char *url, const char *alternative)
{
    als_html_markup(page, "<figure class=\"chart\">");
    als_html_open(page, "a", "href", url);
    als_html_open(page, "img", "src", url, "alt", alternative, "width", "1000", "height", "700");
    als_html_markup(page, "</a></figure>\n");
}
