/* Result tables written: every format to the byte, and round trips of awkward text. */
#include "als_test.h"
#include "alstrack/core/csv.h"
#include "alstrack/export/write.h"
#include "field.h"
#include "pen.h"

static const struct als_table_column columns[] = {{"patient", "Patient", ALS_CELL_TEXT, 0},
                                                  {"n", NULL, ALS_CELL_INTEGER, 0},
                                                  {"slope", "Slope/month", ALS_CELL_NUMBER, 2},
                                                  {"raw", NULL, ALS_CELL_NUMBER, -1},
                                                  {"reliable", NULL, ALS_CELL_YESNO, 0}};

static struct als_table *sample(void)
{
    struct als_table *table = als_table_new(columns, COUNT(columns));
    als_table_text(table, "001");
    als_table_integer(table, 5);
    als_table_number(table, -0.99791053);
    als_table_number(table, 0.1);
    als_table_yesno(table, true);
    als_table_text(table, "Žofie, \"Z\"\nII");
    als_table_integer(table, -12);
    als_table_number(table, -0.001);
    als_table_missing(table);
    als_table_yesno(table, false);
    als_table_missing(table);
    als_table_missing(table);
    als_table_missing(table);
    als_table_number(table, 1e300);
    als_table_missing(table);
    return table;
}

static char *written(const struct als_table *table, enum als_format format)
{
    struct als_err err = {.status = ALS_OK};
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    cr_assert_eq(als_table_write(table, format, stream, &err), ALS_OK);
    fclose(stream);
    return text;
}

struct golden {
    enum als_format format;
    char text[600];
};
static const struct golden goldens[] = {
    {ALS_FORMAT_CSV, "patient,n,slope,raw,reliable\n"
                     "001,5,-0.99791053,0.1,Y\n"
                     "\"Žofie, \"\"Z\"\"\nII\",-12,-0.001,,N\n"
                     ",,,1e+300,\n"},
    {ALS_FORMAT_TSV, "patient\tn\tslope\traw\treliable\n"
                     "001\t5\t-0.99791053\t0.1\tY\n"
                     "\"Žofie, \"\"Z\"\"\nII\"\t-12\t-0.001\t\tN\n"
                     "\t\t\t1e+300\t\n"},
    {ALS_FORMAT_JSON,
     "[\n"
     "{\"patient\":\"001\",\"n\":5,\"slope\":-0.99791053,\"raw\":0.1,\"reliable\":true},\n"
     "{\"patient\":\"Žofie, \\\"Z\\\"\\nII\",\"n\":-12,\"slope\":-0.001,\"raw\":null,"
     "\"reliable\":false},\n"
     "{\"patient\":null,\"n\":null,\"slope\":null,\"raw\":1e+300,\"reliable\":null}\n"
     "]\n"},
    {ALS_FORMAT_TABLE, "Patient           n  Slope/month     raw  reliable\n"
                       "--------------  ---  -----------  ------  --------\n"
                       "001               5        -1.00     0.1  yes\n"
                       "Žofie, \"Z\"\\nII  -12         0.00       –  no\n"
                       "–                 –            –  1e+300  –\n"},
};

TABLE_TEST(write, gives_the_expected_bytes, goldens)
{
    const struct golden *golden = &goldens[*row_];
    struct als_table *table = sample();
    char *text = written(table, golden->format);
    cr_assert_str_eq(text, golden->text);
    free(text);
    als_table_free(table);
    assert_no_leaks();
}

struct empty {
    enum als_format format;
    char text[120];
};
static const struct empty empties[] = {
    {ALS_FORMAT_CSV, "patient,n,slope,raw,reliable\n"},
    {ALS_FORMAT_TSV, "patient\tn\tslope\traw\treliable\n"},
    {ALS_FORMAT_JSON, "[]\n"},
    {ALS_FORMAT_TABLE, "Patient  n  Slope/month  raw  reliable\n"
                       "-------  -  -----------  ---  --------\n"},
};

TABLE_TEST(write, keeps_the_header_of_an_empty_table, empties)
{
    struct als_table *table = als_table_new(columns, COUNT(columns));
    char *text = written(table, empties[*row_].format);
    cr_assert_str_eq(text, empties[*row_].text);
    free(text);
    als_table_free(table);
    assert_no_leaks();
}

Test(write, does_not_lose_a_row_of_one_empty_cell)
{
    struct als_table *table = als_table_new(columns, 1);
    als_table_missing(table);
    als_table_text(table, "x");
    char *text = written(table, ALS_FORMAT_CSV);
    cr_assert_str_eq(text, "patient\n\"\"\nx\n");
    free(text);
    als_table_free(table);
    assert_no_leaks();
}

/* A second reader of RFC 4180, as simple as can be. Returns the end of the field. */
static const char *read_field(const char *at, char separator, char *out)
{
    bool quoted = *at == '"';
    for (at += quoted; *at; at++) {
        if (quoted && at[0] == '"' && at[1] == '"') {
            *out++ = '"';
            at++;
        } else if (quoted && at[0] == '"') {
            at++;
            break;
        } else if (!quoted && (*at == separator || *at == '\n')) {
            break;
        } else {
            *out++ = *at;
        }
    }
    *out = '\0';
    return at;
}

Test(write, round_trips_awkward_text)
{
    static const char pieces[] = "a\",\n\r\t; '\\Ž";
    char original[64], back[64];
    unsigned state = 1;
    for (int round = 0; round < 2000; round++) {
        size_t n = 0;
        for (unsigned k = 0; k < 1 + state % 12; k++) {
            state = state * 1103515245u + 12345u;
            original[n++] = pieces[(state >> 16) % 11]; /* of the ASCII ones */
        }
        original[n] = '\0';
        char separator = round % 2 ? ',' : '\t';
        struct als_buf buf;
        als_buf_init(&buf, 1000);
        als_csv_put(&buf, original, n, separator);
        als_buf_char(&buf, separator);
        const char *end = read_field(buf.data, separator, back);
        cr_assert_str_eq(back, original);
        cr_assert_eq(end, buf.data + buf.length - 1, "%s", buf.data);
        als_buf_release(&buf);
    }
    assert_no_leaks();
}

Test(write, reports_a_full_disk)
{
    FILE *full = fopen("/dev/full", "w");
    if (!full)
        cr_skip_test("no /dev/full");
    struct als_err err = {.status = ALS_OK};
    struct als_table *table = sample();
    cr_assert_eq(als_table_write(table, ALS_FORMAT_CSV, full, &err), ALS_IO);
    cr_assert_not_null(strstr(err.text, "No space left"), "%s", err.text);
    fclose(full);
    als_table_free(table);
    assert_no_leaks();
}

Test(write, shows_no_control_characters_to_a_terminal)
{
    struct als_table *table = als_table_new(columns, 1);
    als_table_text(table, "\x1b[31mred\xff\x7f");
    char *text = written(table, ALS_FORMAT_TABLE);
    cr_assert_null(strchr(text, '\x1b'));
    cr_assert_not_null(strstr(text, "\\x1b[31mred\xEF\xBF\xBD\\x7f"), "%s", text);
    free(text);
    als_table_free(table);
    assert_no_leaks();
}

Test(format, knows_its_names_only)
{
    enum als_format format;
    cr_assert(als_format_parse("json", &format) && format == ALS_FORMAT_JSON);
    cr_assert(als_format_parse("table", &format) && format == ALS_FORMAT_TABLE);
    cr_assert_not(als_format_parse("CSV", &format));
    cr_assert_not(als_format_parse("", &format));
}

Test(number, is_the_shortest_form_that_reads_back)
{
    static const double some[] = {0,         0.1,  -2.5,   1.0 / 3, 26.666666666666668,
                                  1e9 + 0.5, 1e-5, 0.001,  0.999,   12345,
                                  1e20,      -0.0, 0.0005, 3.14};
    char plain[64], pen[64], remembered[64];
    struct als_field_memory *memory = als_alloc(sizeof *memory);
    unsigned long long state = 88172645463325252ull;
    for (size_t i = 0; i < 100000; i++) {
        double value = i < COUNT(some) ? some[i] : 0;
        if (i >= COUNT(some)) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            value = (double)(long long)state / 1e16 / (double)(1 + state % 1000);
            if (i % 3 == 0)
                value = nearbyint(value * 1000) / 1000;
            if (i % 7 == 0)
                value = ldexp(value, (int)(state % 120) - 60);
        }
        als_num_format(value, plain);
        *als_pen_number(pen, value, NULL) = '\0';
        *als_pen_number(remembered, value, memory) = '\0';
        cr_assert_str_eq(pen, plain);
        cr_assert_str_eq(remembered, plain);
        cr_assert_eq(strtod(pen, NULL), value);
    }
    free(memory);
    assert_no_leaks();
}

Test(write, shows_a_small_probability_as_below_the_last_decimal)
{
    static const struct als_table_column tests[] = {{"p", NULL, ALS_CELL_NUMBER, 4},
                                                    {"wilcoxon_p", NULL, ALS_CELL_NUMBER, 4},
                                                    {"slope", NULL, ALS_CELL_NUMBER, 4}};
    struct als_table *table = als_table_new(tests, COUNT(tests));
    als_table_number(table, 0.00004);
    als_table_number(table, 0.00006);
    als_table_number(table, 0.00004);
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    for (size_t i = 0; i < COUNT(tests); i++) {
        als_table_cell_text(table, 0, i, &text);
        als_buf_char(&text, ' ');
    }
    cr_expect_str_eq(text.data, "<0.0001 0.0001 0.0000 ");
    als_buf_release(&text);
    als_table_free(table);
    assert_no_leaks();
}
