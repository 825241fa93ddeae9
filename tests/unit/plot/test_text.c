/* Text for charts: widths, shortening, quoting. */
#include "als_test.h"
#include "text.h"

static const struct {
    const char *text, *quoted;
} quotes[] = {
    {"plain", "'plain'"},
    {"it's", "'it''s'"},
    {"'", "''''"},
    {"", "''"},
    {"a'b\"c$(touch x)", "'a''b\"c$(touch x)'"},
    {"`touch y` @M %g {x}_y^2 \\n", "'`touch y` @M %g {x}_y^2 \\n'"},
    {"two\nlines\r\tand\x7f", "'two lines  and '"},
    {"M\xc3\xbcller \xe6\x97\xa5", "'M\xc3\xbcller \xe6\x97\xa5'"},
    {"bad \xff\xc3( \xe2\x82", "'bad \?\?( \?\?'"},
    {"overlong \xc0\xa7 surrogate \xed\xa0\x80", "'overlong \?\? surrogate \?\?\?'"},
    {"\xc2\x85", "' '"},
};

TABLE_TEST(text, quotes_so_that_nothing_can_end_the_string, quotes)
{
    struct als_buf out;
    als_buf_init(&out, 1 << 16);
    als_text_quote(&out, quotes[*row_].text);
    cr_assert_str_eq(out.data, quotes[*row_].quoted);
    als_buf_release(&out);
    assert_no_leaks();
}

/* gnuplot's own reading of a single-quoted string: '' is one quote, a single one ends it. */
Test(text, any_bytes_stay_one_quoted_string_on_one_line)
{
    unsigned state = 7;
    for (int round = 0; round < 5000; round++) {
        char text[24] = "";
        for (size_t i = 0; i < sizeof text - 1; i++) {
            state = state * 1664525u + 1013904223u;
            static const char often[] = "'`$\"\\\n{}%@";
            unsigned pick = state >> 20;
            text[i] = pick % 3 ? often[pick % (sizeof often - 1)] : (char)(1 + pick % 255);
        }
        struct als_buf out;
        als_buf_init(&out, 1 << 16);
        als_text_quote(&out, text);
        cr_assert_eq(out.data[0], '\'');
        size_t i = 1;
        while (out.data[i] != '\'' || out.data[i + 1] == '\'')
            i += out.data[i] == '\'' ? 2 : 1;
        cr_assert_eq(i + 1, out.length, "the string ends at %zu of %zu", i, out.length);
        cr_assert_null(strpbrk(out.data, "\n\r"));
        als_buf_release(&out);
    }
}

Test(text, escapes_for_xml)
{
    struct als_buf out;
    als_buf_init(&out, 1 << 16);
    als_text_xml(&out, "a < b & c > \"d\"\x01\xff");
    cr_assert_str_eq(out.data, "a &lt; b &amp; c &gt; \"d\" ?");
    als_buf_release(&out);
}

Test(text, knows_the_widths_of_the_font)
{
    assert_close(als_text_width("MN12", 10, false), 8.33 + 7.22 + 5.56 + 5.56, 1e-9);
    assert_close(als_text_width("", 10, false), 0, 1e-9);
    cr_assert_gt(als_text_width("MN12", 10, true), als_text_width("MN12", 10, false));
    assert_close(als_text_width("\xc3\xa9", 10, false), als_text_width("\xc3\xbc", 10, false),
                 1e-9);
}

Test(text, shortens_to_fit_with_an_ellipsis_and_whole_characters)
{
    struct als_arena *arena = als_arena_new();
    const char *text = "\xc4\x8d\xc5\x99\xc5\xa1 cervical spine stenosis";
    cr_assert_eq(als_text_fit(arena, text, 10, false, 1000), text);
    for (double width = 12; width < 120; width += 0.5) {
        const char *fitting = als_text_fit(arena, text, 10, false, width);
        cr_assert_leq(als_text_width(fitting, 10, false), width + 1e-9);
        size_t length = strlen(fitting);
        cr_assert_str_eq(fitting + length - 3, "\xe2\x80\xa6");
        cr_assert(length == 3 || ((unsigned char)fitting[length - 4] & 0xc0) != 0xc0,
                  "a character is cut in \"%s\"", fitting);
        cr_assert_eq(strncmp(fitting, text, length - 3), 0);
    }
    als_arena_free(arena);
}
