/* Tables of a page. */
#include "page.h"

void als_html_table_with(struct als_html *page, const char *caption, const char *const *columns)
{
    als_html_open(page, "div", "class", "scroll", "role", "region", "tabindex", "0", "aria-label",
                  caption);
    als_html_markup(page, "<table>");
    als_html_element(page, "caption", caption, NULL);
    als_html_markup(page, "<thead><tr>");
    for (; *columns; columns++) {
        bool number = **columns == '#';
        als_html_element(page, "th", *columns + number, "scope", "col", "class",
                         number ? "number" : NULL);
    }
    als_html_markup(page, "</tr></thead>\n<tbody>");
    page->in_row = false;
}

void als_html_row(struct als_html *page)
{
    if (page->in_row)
        als_html_markup(page, "</tr>\n");
    als_html_markup(page, "<tr>");
    page->in_row = true;
}

void als_html_head(struct als_html *page, const char *url, const char *text)
{
    als_html_markup(page, "<th scope=\"row\">");
    if (url)
        als_html_link(page, url, text);
    else
        als_html_text(page, text);
    als_html_markup(page, "</th>");
}

void als_html_cell(struct als_html *page, const char *text)
{
    als_html_element(page, "td", text, NULL);
}

void als_html_number(struct als_html *page, const char *text)
{
    als_html_element(page, "td", text, "class", "number");
}

void als_html_cell_begin(struct als_html *page)
{
    als_html_markup(page, "<td>");
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
}
