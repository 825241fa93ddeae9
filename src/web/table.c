/* Tables of a page. On narrow screens each row is a card of its own: cells carry the name of their
 * column, and the roles of a table, for as cards they are laid out as blocks. */
#include "page.h"

#include <string.h>

static void keep_columns(struct als_html *page, const char *const *columns)
{
    size_t n = 0;
    while (columns[n])
        n++;
    page->columns = als_arena_array(page->request->arena, n + 1, sizeof *page->columns);
    memcpy(page->columns, columns, n * sizeof *columns);
}

void als_html_table_with(struct als_html *page, const char *caption, const char *const *columns)
{
    keep_columns(page, columns);
    als_html_open(page, "div", "class", page->sheet ? "scroll" : "scroll cards", "role", "region",
                  "tabindex", "0", "aria-label", caption);
    als_html_markup(page, "<table role=\"table\">");
    als_html_element(page, "caption", caption, NULL);
    als_html_markup(page, "<thead role=\"rowgroup\"><tr role=\"row\">");
    for (; *columns; columns++) {
        bool number = **columns == '#';
        als_html_element(page, "th", *columns + number, "scope", "col", "role", "columnheader",
                         "class", number ? "number" : NULL);
    }
    als_html_markup(page, "</tr></thead>\n<tbody role=\"rowgroup\">");
    page->in_row = false;
}

void als_html_row(struct als_html *page)
{
    if (page->in_row)
        als_html_markup(page, "</tr>\n");
    als_html_markup(page, "<tr role=\"row\">");
    page->in_row = true;
    page->column = 0;
}

/* The name of the next cell's column, for a card; NULL where the table is none. */
static const char *next_column(struct als_html *page)
{
    const char *name = page->columns[page->column];
    if (name)
        page->column++;
    return name && !page->sheet ? name + (*name == '#') : NULL;
}

void als_html_head(struct als_html *page, const char *url, const char *text)
{
    als_html_open(page, "th", "scope", "row", "role", "rowheader", "data-column",
                  next_column(page));
    if (url)
        als_html_link(page, url, text);
    else
        als_html_text(page, text);
    als_html_markup(page, "</th>");
}

static void put_cell(struct als_html *page, const char *text, const char *kind)
{
    als_html_element(page, "td", text, "role", "cell", "data-column", next_column(page), "class",
                     kind);
}

void als_html_cell(struct als_html *page, const char *text)
{
    put_cell(page, text, NULL);
}

void als_html_number(struct als_html *page, const char *text)
{
    put_cell(page, text, "number");
}

void als_html_cell_begin(struct als_html *page)
{
    als_html_open(page, "td", "role", "cell", "data-column", next_column(page));
}

void als_html_cell_end(struct als_html *page)
{
    als_html_markup(page, "</td>");
}

void als_html_cell_link(struct als_html *page, const char *url, const char *text)
{
    als_html_cell_begin(page);
    als_html_link(page, url, text);
    als_html_cell_end(page);
}

void als_html_table_end(struct als_html *page)
{
    if (page->in_row)
        als_html_markup(page, "</tr>");
    als_html_markup(page, "</tbody></table></div>\n");
    page->in_row = false;
    page->sheet = false;
}
