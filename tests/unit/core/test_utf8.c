/* Characters, columns and lines of UTF-8 text. */
#include "als_test.h"

#include "alstrack/core/utf8.h"

struct width {
    char text[24];
    size_t width;
};
static const struct width widths[] = {
    {"", 0},         {"abc", 3},      {"Žofie", 5}, {"e\xCC\x81", 1}, {"日本", 4},
    {"\xff\xfe", 2}, {"\xE2\x80", 2}, {"–", 1},     {"\xC0\xAF", 2},  {"\xED\xA0\x80", 3}};

TABLE_TEST(utf8, knows_the_width_of_a_text, widths)
{
    cr_assert_eq(als_utf8_width(widths[*row_].text, strlen(widths[*row_].text)),
                 widths[*row_].width);
}

Test(utf8, encodes_what_it_decodes)
{
    static const uint32_t points[] = {'a',   0x7F,   0x80,   0xE9,    0x7FF,
                                      0x800, 0x65E5, 0xFFFF, 0x10000, 0x10FFFF};
    for (size_t i = 0; i < COUNT(points); i++) {
        char bytes[4];
        uint32_t again;
        const size_t n = als_utf8_encode(points[i], bytes);
        cr_expect_eq(als_utf8_next(bytes, n, &again), n);
        cr_expect_eq(again, points[i]);
    }
}

struct line {
    const char *text;
    size_t columns;
    const char *first, *second; /* what stands on the line, and where the next begins */
};
static const struct line lines[] = {
    {"two words", 20, "two words", ""},
    {"two words", 5, "two", "words"},
    {"two words", 3, "two", "words"},
    {"two   words", 6, "two", "words"},
    {"unbreakable", 4, "unbr", "eakable"},
    {"\xc3\xa9\xc3\xa9\xc3\xa9", 2, "\xc3\xa9\xc3\xa9", "\xc3\xa9"},
    {"\xe6\x97\xa5\xe6\x9c\xac", 1, "\xe6\x97\xa5", "\xe6\x9c\xac"},
    {"", 10, "", ""},
};

TABLE_TEST(utf8, breaks_lines_at_blanks, lines)
{
    const struct line *one = &lines[*row_];
    size_t next;
    const size_t n = als_utf8_break(one->text, strlen(one->text), one->columns, &next);
    cr_expect_eq(n, strlen(one->first), "%zu bytes", n);
    cr_expect_eq(strncmp(one->text, one->first, n), 0);
    cr_expect_str_eq(one->text + next, one->second);
}

Test(utf8, is_valid_only_as_a_whole)
{
    cr_expect(als_utf8_is_valid("", 0));
    cr_expect(als_utf8_is_valid("Jos\xC3\xA9 \xEF\xBF\xBD", 9));
    cr_expect_not(als_utf8_is_valid("Jos\xE9X", 5));
    cr_expect_not(als_utf8_is_valid("\xC3", 1));
    cr_expect_not(als_utf8_is_valid("\xED\xA0\x80", 3));
}

static const char *fold(struct als_buf *out, const char *text)
{
    als_buf_clear(out);
    als_utf8_fold(out, text, strlen(text));
    return out->data;
}

Test(utf8, folds_names_that_look_alike_into_one)
{
    struct als_buf out;
    als_buf_init(&out, 200);
    cr_expect_str_eq(fold(&out, "BIO-01"), "bio-01");
    cr_expect_str_eq(fold(&out, "Zo\xC3\xAB"), "zoe");  /* one character */
    cr_expect_str_eq(fold(&out, "Zoe\xCC\x88"), "zoe"); /* e, then two dots */
    cr_expect_str_eq(fold(&out, "\xC5\x81\xC3\x9F"), "ls");
    als_buf_release(&out);
}

Test(utf8, writes_out_what_commands_a_terminal_or_hides)
{
    struct als_buf out;
    static const char text[] = "a\x1b[31m\xC2\x9B\xE2\x80\xAE\xE2\x80\x8B";
    als_buf_init(&out, 200);
    als_utf8_visible(&out, text, strlen(text));
    cr_expect_str_eq(out.data, "a\\x1b[31m\\x9b\\u202e\\u200b");
    cr_expect_not(als_utf8_is_plain(text + 6, 2));
    cr_expect_not(als_utf8_is_plain("a\xE2\x80\x8B", 4));
    cr_expect(als_utf8_is_plain("Jos\xC3\xA9", 5));
    als_buf_release(&out);
}
