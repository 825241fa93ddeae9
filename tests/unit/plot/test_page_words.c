/* A page in words and as a table. */
#include "als_test.h"
#include "page_fixture.h"

static struct als_arena *arena;
static void setup(void)
{
    arena = als_arena_new();
}
static void teardown(void)
{
    als_arena_free(arena);
    assert_no_leaks();
}
TestSuite(page_words, .init = setup, .fini = teardown);

Test(page_words, numbers_have_a_true_minus_and_no_minus_zero)
{
    cr_assert_str_eq(als_page_number(-0.906, 2, arena), "\xe2\x88\x92"
                                                        "0.91");
    cr_assert_str_eq(als_page_number(-0.001, 2, arena), "0.00");
    cr_assert_str_eq(als_page_number(1.25, 1, arena), "1.2");
    cr_assert_str_eq(als_page_short(28, 1, arena), "28");
    cr_assert_str_eq(als_page_short(-22.50, 2, arena), "\xe2\x88\x92"
                                                       "22.5");
    cr_assert_str_eq(als_page_short(-0.04, 1, arena), "0");
    cr_assert_str_eq(als_page_short(100, 0, arena), "100");
}

/* y = 40 - t but for +-0.5 in turn: slope -1.085714, standard error 0.139971, t(0.975, 4)
 * = 2.776445. */
Test(page_words, a_slope_comes_with_its_interval_and_n)
{
    const double t[] = {0, 1, 2, 3, 4, 5}, y[] = {40.5, 38.5, 38.5, 36.5, 36.5, 34.5};
    struct als_page_fit fit = {.ols = als_ols_fit(6, t, y)};
    struct als_slope_words words = als_page_slope_words(&fit, "points", arena);
    cr_assert_str_eq(words.slope, "\xe2\x88\x92"
                                  "1.09 points/month, n = 6");
    cr_assert_str_eq(words.interval, "95 % CI \xe2\x88\x92"
                                     "1.47 to \xe2\x88\x92"
                                     "0.70");
}

Test(page_words, two_points_have_no_interval_and_one_no_slope)
{
    const double t[] = {0, 2}, y[] = {40, 38};
    struct als_page_fit fit = {.ols = als_ols_fit(2, t, y)};
    struct als_slope_words words = als_page_slope_words(&fit, "", arena);
    cr_assert_str_eq(words.slope, "\xe2\x88\x92"
                                  "1.00 units/month, n = 2");
    cr_assert_str_eq(words.interval, "two points: no interval");
    fit.ols = als_ols_fit(1, t, y);
    words = als_page_slope_words(&fit, "points", arena);
    cr_assert_str_eq(words.slope, "no slope: one visit");
    cr_assert_str_eq(words.interval, "");
}

Test(page_words, the_table_has_every_point_in_full_precision)
{
    struct fixture_shape shape = {"p,1", 14, 61, 14, 6, 3, 200, false, -0.9};
    struct als_page page = fixture_page(&shape, arena);
    page.main.points[0].value = 0.1 + 0.2;
    struct als_buf table;
    als_buf_init(&table, ALS_BUF_LARGE);
    als_page_table_heading(&table);
    als_page_table(&page, &table);
    cr_assert_eq(strncmp(table.data, "patient,panel,series,month,date,value,low,high,label\n", 53),
                 0);
    cr_assert_not_null(strstr(table.data, ",0.30000000000000004,"));
    size_t mains = 0, fields = 0;
    for (const char *at = table.data; (at = strstr(at, "main,alsfrsr.total,")); at++)
        mains++;
    cr_assert_eq(mains, page.main.n_points);
    for (char *line = strtok(table.data, "\n"); line; line = strtok(NULL, "\n")) {
        fields = 1;
        bool quoted = false;
        for (const char *c = line; *c; c++) {
            quoted ^= *c == '"';
            fields += *c == ',' && !quoted;
        }
        cr_assert_eq(fields, 9, "%s", line);
    }
    als_buf_release(&table);
}

Test(page_words, alternative_text_tells_the_course)
{
    struct fixture_shape shape = {"p", 14, 61, 14, 6, 3, 200, true, -0.9};
    struct als_page page = fixture_page(&shape, arena);
    const char *words = als_page_words(&page, arena);
    static const char *const wanted[] = {"ALSFRS-R total: ", "Up to infusion 1", "points/month",
                                         "death on 2015-", "Adverse events: 6"};
    for (size_t i = 0; i < COUNT(wanted); i++)
        cr_assert_not_null(strstr(words, wanted[i]), "\"%s\" in: %s", wanted[i], words);
}
