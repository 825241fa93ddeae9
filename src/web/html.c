/* Elements, escaped. */
#include "page.h"

#include "page_int.h"

#include <stdlib.h>
#include <string.h>

void als_html_text(struct als_html *page, const char *text)
{
    if (!text)
        return;
    for (size_t n; *text; text += n) {
        n = strcspn(text, "&<>\"'");
        als_buf_add(page->out, text, n);
        switch (text[n]) {
        case '&':
            als_buf_text(page->out, "&amp;");
            break;
        case '<':
            als_buf_text(page->out, "&lt;");
            break;
        case '>':
            als_buf_text(page->out, "&gt;");
            break;
        case '"':
            als_buf_text(page->out, "&quot;");
            break;
        case '\'':
            als_buf_text(page->out, "&#39;");
            break;
        default:
            continue;
        }
        n++;
    }
}

void als_html_printf(struct als_html *page, const char *format, ...)
{
    struct als_buf text;
    va_list args;
    als_buf_init(&text, ALS_BUF_LARGE);
    va_start(args, format);
    als_buf_vprintf(&text, format, args);
    va_end(args);
    als_html_text(page, text.data);
    als_buf_release(&text);
}

void als_html_attribute(struct als_html *page, const char *name, const char *value)
{
    if (!value)
        return;
    als_buf_char(page->out, ' ');
    als_buf_text(page->out, name);
    if (!*value)
        return;
    als_buf_text(page->out, "=\"");
    als_html_text(page, value);
    als_buf_char(page->out, '"');
}

void als_html_attributes(struct als_html *page, const char *const *attributes)
{
    for (; *attributes; attributes += 2)
        als_html_attribute(page, attributes[0], attributes[1]);
}

void als_html_start(struct als_html *page, const char *tag)
{
    als_buf_char(page->out, '<');
    als_buf_text(page->out, tag);
}

void als_html_open_with(struct als_html *page, const char *tag, const char *const *attributes)
{
    als_html_start(page, tag);
    als_html_attributes(page, attributes);
    als_buf_char(page->out, '>');
}

void als_html_close(struct als_html *page, const char *tag)
{
    als_buf_text(page->out, "</");
    als_buf_text(page->out, tag);
    als_buf_char(page->out, '>');
}

void als_html_element_with(struct als_html *page, const char *tag, const char *text,
                           const char *const *attributes)
{
    als_html_open_with(page, tag, attributes);
    als_html_text(page, text);
    als_html_close(page, tag);
}

void als_html_link(struct als_html *page, const char *url, const char *text)
{
    als_html_element(page, "a", text, "href", url);
}

void als_html_svg(struct als_html *page, const char *svg, size_t length)
{
    als_buf_add(page->out, svg, length);
}
