/*
 * Drawing fixture pages to files, and reading the texts of an SVG back with their places.
 */
#ifndef ALSTRACK_RENDERED_H
#define ALSTRACK_RENDERED_H

#include "als_test.h"
#include "alstrack/core/file.h"
#include "output.h"
#include "page_fixture.h"
#include "text.h"

static inline void render(const struct fixture_shape *shape, const char *path)
{
    struct als_err err;
    struct als_arena *arena = als_arena_new();
    struct als_page page = fixture_page(shape, arena);
    struct als_buf script;
    als_buf_init(&script, ALS_BUF_LARGE);
    als_page_script(&page, arena, &script);
    struct als_chart_info info = {.path = path,
                                  .width = ALS_PAGE_WIDTH,
                                  .height = ALS_PAGE_HEIGHT,
                                  .title = als_arena_printf(arena, "Patient %s", page.patient),
                                  .description = als_page_words(&page, arena),
                                  .day = page.as_of_day};
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &als_output_receiver);
    enum als_status status = als_output_draw(gnuplot, &info, &script, &err);
    cr_assert_eq(status, ALS_OK, "%s", err.text);
    status = als_gnuplot_finish(gnuplot, &err);
    cr_assert_eq(status, ALS_OK, "%s %s", err.text, err.hint);
    als_buf_release(&script);
    als_arena_free(arena);
}

static inline struct als_buf read_back(const char *path)
{
    struct als_buf bytes;
    als_buf_init(&bytes, ALS_BUF_LARGE);
    cr_assert_eq(als_file_read(path, &bytes, NULL), ALS_OK, "cannot read %s", path);
    return bytes;
}

struct svg_text {
    double left, right, top, bottom;
    char text[400];
};

static inline double svg_number(const char *from, const char *name)
{
    const char *at = strstr(from, name);
    return at ? strtod(at + strlen(name), NULL) : 0.0;
}

/* The text of an element, entities undone. */
static inline void svg_plain(const char *from, char *to, size_t size)
{
    static const char *const entities[][2] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}};
    size_t n = 0;
    while (*from && *from != '<' && n + 1 < size) {
        bool found = false;
        for (size_t i = 0; i < COUNT(entities) && !found; i++)
            if (strncmp(from, entities[i][0], strlen(entities[i][0])) == 0) {
                to[n++] = *entities[i][1];
                from += strlen(entities[i][0]);
                found = true;
            }
        if (!found)
            to[n++] = *from++;
    }
    to[n] = '\0';
}

/* Texts are measured a little tighter than the eye sees them, so that what fails does overlap. */
static inline size_t svg_texts(const char *svg, struct svg_text *texts, size_t most)
{
    size_t n = 0;
    const char *at = svg;
    while (n < most && (at = strstr(at, "<g transform=\"translate("))) {
        const char *open = strstr(at, "<text>"), *end = strstr(at + 1, "<g ");
        if (!open)
            break;
        if (end && end < open) {
            at = end;
            continue;
        }
        double x = svg_number(at, "translate("), y = svg_number(strchr(at, ','), ",");
        double size = svg_number(at, "font-size=\"");
        const char *weight = strstr(at, "font-weight=\"bold\"");
        const char *anchor = strstr(at, "text-anchor=\"");
        struct svg_text *text = &texts[n++];
        svg_plain(open + 6, text->text, sizeof text->text);
        double width = als_text_width(text->text, size, weight && weight < open) * 0.98;
        double shift = anchor[13] == 'e' ? -width : anchor[13] == 'm' ? -width / 2 : 0;
        text->left = x + shift;
        text->right = text->left + width;
        text->top = y - 0.72 * size;
        text->bottom = y;
        at = open;
    }
    return n;
}

#endif
