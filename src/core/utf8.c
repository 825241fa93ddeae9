/* UTF-8 for people's tables: decoding, width, control characters made visible. */
#include "alstrack/core/utf8.h"

static bool is_continuation(const char *text, size_t length, size_t at)
{
    return at < length && ((unsigned char)text[at] & 0xC0) == 0x80;
}

size_t als_utf8_next(const char *text, size_t length, uint32_t *point)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least; /* smaller points have a shorter form, which is the only valid one */
    } forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
    unsigned char first = (unsigned char)text[0];
    for (size_t extra = 0; extra < 4; extra++) {
        if ((first & forms[extra].mask) != forms[extra].lead)
            continue;
        uint32_t value = first & (unsigned char)~forms[extra].mask;
        for (size_t i = 1; i <= extra; i++) {
            if (!is_continuation(text, length, i))
                goto bad;
            value = value << 6 | ((unsigned char)text[i] & 0x3F);
        }
        if (value < forms[extra].least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
            break;
        *point = value;
        return extra + 1;
    }
bad:
    *point = ALS_UTF8_REPLACEMENT;
    return 1;
}

bool als_utf8_is_valid(const char *text, size_t length)
{
    uint32_t point;
    for (size_t i = 0, n; i < length; i += n) {
        n = als_utf8_next(text + i, length - i, &point);
        if (n == 1 && point == ALS_UTF8_REPLACEMENT)
            return false;
    }
    return true;
}

struct range {
    uint32_t first, last;
};

static bool is_in(uint32_t point, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

/* Combining marks of the scripts in use, zero-width characters, variation selectors. */
static const struct range zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x06D6, 0x06DC}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A},
    {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x20D0, 0x20FF},
    {0x2060, 0x2064}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
static const struct range double_width[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},  {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},  {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F},
    {0x1F900, 0x1F9FF}, {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD}};

size_t als_utf8_width(const char *text, size_t length)
{
    size_t width = 0;
    uint32_t point;
    for (size_t i = 0; i < length; i += als_utf8_next(text + i, length - i, &point)) {
        als_utf8_next(text + i, length - i, &point);
        if (is_in(point, zero_width, sizeof zero_width / sizeof zero_width[0]))
            continue;
        bool wide = is_in(point, double_width, sizeof double_width / sizeof double_width[0]);
        width += wide ? 2 : 1;
    }
    return width;
}

/* Characters that turn the direction of writing or cannot be seen. */
static const struct range hidden[] = {{0x00AD, 0x00AD}, {0x061C, 0x061C}, {0x200B, 0x200F},
                                      {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF},
                                      {0xFFF9, 0xFFFB}};

static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0);
}

bool als_utf8_is_plain(const char *text, size_t length)
{
    uint32_t point;
    for (size_t i = 0; i < length;) {
        i += als_utf8_next(text + i, length - i, &point);
        if (is_control(point) || is_in(point, hidden, sizeof hidden / sizeof hidden[0]))
            return false;
    }
    return true;
}

/* Base letters of U+00C0 to U+017F: Latin letters with marks. */
static const char bases[] = "aaaaaaaceeeeiiiidnoooooxouuuuytsaaaaaaaceeeeiiiidnoooooxouuuuyty"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                            "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

void als_utf8_fold(struct als_buf *out, const char *text, size_t length)
{
    uint32_t point;
    for (size_t i = 0, n; i < length; i += n) {
        n = als_utf8_next(text + i, length - i, &point);
        if (point >= 0x0300 && point <= 0x036F)
            continue;
        if (point >= 0xC0 && point < 0xC0 + sizeof bases - 1)
            als_buf_char(out, bases[point - 0xC0]);
        else if (point >= 'A' && point <= 'Z')
            als_buf_char(out, (char)(point - 'A' + 'a'));
        else
            als_buf_add(out, text + i, n);
    }
}

void als_utf8_visible(struct als_buf *out, const char *text, size_t length)
{
    uint32_t point;
    for (size_t i = 0, n; i < length; i += n) {
        n = als_utf8_next(text + i, length - i, &point);
        if (point == '\n')
            als_buf_text(out, "\\n");
        else if (point == '\t')
            als_buf_text(out, "\\t");
        else if (is_control(point))
            als_buf_printf(out, "\\x%02x", (unsigned)point);
        else if (is_in(point, hidden, sizeof hidden / sizeof hidden[0]))
            als_buf_printf(out, "\\u%04x", (unsigned)point);
        else if (point == ALS_UTF8_REPLACEMENT)
            als_buf_text(out, "\xEF\xBF\xBD");
        else
            als_buf_add(out, text + i, n);
    }
}

size_t als_utf8_encode(uint32_t point, char bytes[4])
{
    if (point < 0x80) {
        bytes[0] = (char)point;
        return 1;
    }
    const size_t n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = 1; i < n; i++)
        bytes[i] = (char)(0x80 | (point >> 6 * (n - 1 - i) & 0x3F));
    bytes[0] = (char)((n == 2 ? 0xC0u : n == 3 ? 0xE0u : 0xF0u) | point >> 6 * (n - 1));
    return n;
}

size_t als_utf8_break(const char *text, size_t length, size_t columns, size_t *next)
{
    uint32_t point;
    size_t at = 0, blank = 0, used = 0;
    while (at < length) {
        const size_t n = als_utf8_next(text + at, length - at, &point);
        used += als_utf8_width(text + at, n);
        if (used > columns && at)
            break;
        if (point == ' ')
            blank = at;
        at += n;
    }
    if (at < length && text[at] != ' ' && blank)
        at = blank;
    *next = at;
    while (*next < length && text[*next] == ' ')
        ++*next;
    while (at > 1 && *next < length && text[at - 1] == ' ')
        at--;
    return at;
}
