/* Numbers in text: the whole text or nothing, and back again. */
#include "als_test.h"
#include "alstrack/core/num.h"

#include <float.h>

TestSuite(num, .timeout = 30);

static const struct {
    char text[40];
    bool ok;
    double value;
} decimals[] = {{"0", true, 0},    {"-3", true, -3},    {"+2.5", true, 2.5},  {".5", true, 0.5},
                {"5.", true, 5},   {"1e3", true, 1000}, {"1E-2", true, 0.01}, {"", false, 0},
                {"-", false, 0},   {".", false, 0},     {"1,5", false, 0},    {"1 000", false, 0},
                {" 1", false, 0},  {"1 ", false, 0},    {"0x10", false, 0},   {"nan", false, 0},
                {"inf", false, 0}, {"1e", false, 0},    {"1e+", false, 0},    {"1e999", false, 0},
                {"12a", false, 0}, {"1.2.3", false, 0}, {"--1", false, 0},    {"1e5.5", false, 0}};

TABLE_TEST(num, reads_decimals_in_full_or_not_at_all, decimals)
{
    double value = 42;
    bool ok = als_num_parse_double(decimals[*row_].text, strlen(decimals[*row_].text), &value);
    cr_assert_eq(ok, decimals[*row_].ok, "'%s'", decimals[*row_].text);
    cr_assert_eq(value, ok ? decimals[*row_].value : 42, "'%s'", decimals[*row_].text);
}

static const struct {
    char text[40];
    bool ok;
    int64_t value;
} integers[] = {{"0", true, 0},
                {"-0", true, 0},
                {"007", true, 7},
                {"9223372036854775807", true, INT64_MAX},
                {"-9223372036854775808", true, INT64_MIN},
                {"9223372036854775808", false, 0},
                {"-9223372036854775809", false, 0},
                {"", false, 0},
                {"+", false, 0},
                {"4.0", false, 0},
                {"4 ", false, 0},
                {"1e2", false, 0}};

TABLE_TEST(num, reads_whole_numbers_within_their_range, integers)
{
    int64_t value = 42;
    bool ok = als_num_parse_integer(integers[*row_].text, strlen(integers[*row_].text), &value);
    cr_assert_eq(ok, integers[*row_].ok, "'%s'", integers[*row_].text);
    cr_assert_eq(value, ok ? integers[*row_].value : 42, "'%s'", integers[*row_].text);
}

Test(num, writes_the_shortest_text_that_reads_back)
{
    const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},        {-3, "-3"},
                 {0.1, "0.1"},    {1.0 / 3, "0.3333333333333333"},
                 {2.5, "2.5"},    {1e15, "1e+15"},
                 {NAN, ""},       {-0.94000000000000006, "-0.9400000000000001"},
                 {1e21, "1e+21"}, {123456789, "123456789"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[ALS_NUM_TEXT];
        als_num_format(cases[i].value, text);
        cr_expect_str_eq(text, cases[i].text);
    }
}

Test(num, any_double_survives_the_round_trip)
{
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        double value, back;
        memcpy(&value, &state, sizeof value);
        if (!isfinite(value))
            continue;
        char text[ALS_NUM_TEXT];
        size_t length = als_num_format(value, text);
        cr_assert_lt(length, ALS_NUM_TEXT);
        cr_assert(als_num_parse_double(text, length, &back) || fabs(value) < DBL_MIN, "%s", text);
        cr_assert(back == value || fabs(value) < DBL_MIN, "%s", text);
    }
}

/* By trial with 15, 16 and 17 digits, as the C library writes and reads them. */
Test(num, the_shortest_form_is_the_shortest_there_is)
{
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < 400000; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        double value = ldexp((double)(int64_t)state, -(int)(state % 83));
        if (i % 4 == 1) /* few digits, and the neighbours of such */
            value = (double)((int64_t)state % 1000000) / 1000;
        if (i % 4 == 2)
            value = nextafter((double)((int64_t)state % 100000000) / 30.4375, 0);
        char text[ALS_NUM_TEXT], expected[ALS_NUM_TEXT];
        if (value == floor(value))
            continue;
        for (int precision = 15; precision <= 17; precision++) {
            snprintf(expected, sizeof expected, "%.*g", precision, value);
            if (strtod(expected, NULL) == value)
                break;
        }
        als_num_format(value, text);
        cr_assert_str_eq(text, expected);
    }
}

Test(num, the_least_integer_is_written_whole)
{
    char text[ALS_NUM_TEXT];
    cr_assert_eq(als_num_format_integer(INT64_MIN, text), 20);
    cr_assert_str_eq(text, "-9223372036854775808");
}

Test(num, fixed_places_are_rounded_and_lose_their_zeros)
{
    const struct {
        double value;
        int decimals;
        const char *text;
    } cases[] = {{0.0178091, 6, "0.017809"}, {-0.25, 6, "-0.25"},
                 {0.9999996, 6, "1"},        {-1e-7, 6, "0"},
                 {12.345, 0, "12"},          {1200, 6, "1200"},
                 {0.000001, 6, "0.000001"},  {-1.05, 1, "-1.1"},
                 {1e15, 6, "1e+15"},         {NAN, 6, ""},
                 {INFINITY, 6, "inf"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[ALS_NUM_TEXT];
        cr_expect_eq(als_num_format_fixed(cases[i].value, cases[i].decimals, text),
                     strlen(cases[i].text));
        cr_expect_str_eq(text, cases[i].text);
    }
}
