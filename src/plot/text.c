/* Measuring, shortening and quoting the text of charts. */
#include "text.h"

#include <stdint.h>
#include <string.h>

/* Advance widths of U+0020 to U+007E in thousandths of the font size. */
static const unsigned short ascii_width[] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};

#define BOLD_FACTOR                                                                                \
    1.09 /* the widest relation of bold to regular text that was met in running text */

/* Decode one character; on bytes that are not UTF-8, *code is UINT32_MAX and one byte is taken. */
static size_t decode(const char *text, uint32_t *code)
{
    const unsigned char *p = (const unsigned char *)text;
    *code = UINT32_MAX;
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    size_t length = p[0] >= 0xf0 && p[0] < 0xf5   ? 4
                    : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
                    : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
                                                  : 0;
    if (length == 0)
        return 1;
    uint32_t value = p[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 1;
        value = value << 6 | (p[i] & 0x3fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000) ||
        value == 0xfffe || value == 0xffff)
        return 1;
    *code = value;
    return length;
}

static double width_of(uint32_t code)
{
    if (code >= 0x20 && code < 0x7f)
        return ascii_width[code - 0x20];
    if (code == 0xb7)
        return 278;
    if (code < 0x250 || code == UINT32_MAX)
        return 611; /* Latin letters with marks */
    if (code == 0x2013 || code == 0x2212)
        return 584;
    return 1000;
}

double als_text_width(const char *text, double size, bool bold)
{
    double width = 0;
    while (*text) {
        uint32_t code;
        text += decode(text, &code);
        width += width_of(code);
    }
    return width * size / 1000 * (bold ? BOLD_FACTOR : 1);
}

const char *als_text_fit(struct als_arena *arena, const char *text, double size, bool bold,
                         double width)
{
    if (als_text_width(text, size, bold) <= width)
        return text;
    static const char ellipsis[] = "\xe2\x80\xa6";
    double left = width - als_text_width(ellipsis, size, bold);
    size_t kept = 0;
    for (;;) {
        uint32_t code;
        size_t length = decode(text + kept, &code);
        left -= width_of(code) * size / 1000 * (bold ? BOLD_FACTOR : 1);
        if (left < 0)
            break;
        kept += length;
    }
    return als_arena_printf(arena, "%.*s%s", (int)kept, text, ellipsis);
}

/* Append one character, cleaned; returns its length in the text. */
static size_t add_clean(struct als_buf *out, const char *text)
{
    uint32_t code;
    size_t length = decode(text, &code);
    if (code == UINT32_MAX)
        als_buf_char(out, '?');
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0))
        als_buf_char(out, ' ');
    else
        als_buf_add(out, text, length);
    return length;
}

void als_text_quote(struct als_buf *out, const char *text)
{
    als_buf_char(out, '\'');
    while (*text) {
        if (*text == '\'')
            als_buf_char(out, '\'');
        text += add_clean(out, text);
    }
    als_buf_char(out, '\'');
}

void als_text_xml(struct als_buf *out, const char *text)
{
    while (*text) {
        const char *entity = *text == '&'   ? "&amp;"
                             : *text == '<' ? "&lt;"
                             : *text == '>' ? "&gt;"
                                            : NULL;
        if (entity) {
            als_buf_text(out, entity);
            text++;
        } else {
            text += add_clean(out, text);
        }
    }
}
