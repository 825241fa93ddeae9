/* Findings and errors as people see them. */
#include "als_test.h"
#include "alstrack/core/diag.h"
#include "alstrack/core/err.h"

TestSuite(diag, .timeout = 30);

static char *printed(const struct als_diag *diag)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    als_diag_print(out, diag, 0);
    fclose(out);
    return text;
}

Test(diag, shows_place_line_caret_and_hint)
{
    struct als_diag diag = {ALS_SEVERITY_ERROR,
                            "E-RANGE",
                            "visits.csv",
                            17,
                            6,
                            "walking",
                            "expected one of 0, 1, 2, 3, 4, found '5'",
                            "see the scale",
                            "B-01,5,3"};
    char *text = printed(&diag);
    cr_assert_str_eq(text, "visits.csv:17:6: error: walking: expected one of 0, 1, 2, 3, 4, found "
                           "'5' [E-RANGE]\n    B-01,5,3\n         ^\nhint: see the scale\n");
    free(text);
}

Test(diag, the_caret_stands_below_its_character_after_umlauts_and_tabs)
{
    struct als_diag diag = {
        .what = "w", .file = "f", .line = 1, .column = 5, .source = "\xc3\xa4\tbcd"};
    char *text = printed(&diag);
    cr_assert_str_eq(text, "f:1:5: error: w\n    \xc3\xa4 bcd\n       ^\n");
    free(text);
}

Test(diag, a_long_line_is_shown_around_its_column)
{
    char line[5000];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    line[3000] = '!';
    struct als_diag diag = {.what = "w", .file = "f", .line = 1, .column = 3001, .source = line};
    char *text = printed(&diag);
    cr_assert_lt(strlen(text), 250);
    cr_assert_not_null(strchr(text, '!'));
    free(text);
}

Test(diag, a_list_keeps_copies_up_to_its_limit_and_counts_all)
{
    struct als_diag_list list;
    als_diag_list_init(&list, 2);
    struct als_sink sink = als_diag_list_sink(&list);
    char what[] = "one";
    for (int i = 0; i < 5; i++) {
        struct als_diag diag = {.severity = i % 2 ? ALS_SEVERITY_WARNING : ALS_SEVERITY_ERROR,
                                .what = what};
        als_diag_send(&sink, &diag);
    }
    what[0] = 'X';
    cr_assert_eq(list.count, 2);
    cr_assert_eq(list.total, 5);
    cr_assert_eq(list.errors, 3);
    cr_assert_str_eq(list.items[0].what, "one");
    als_diag_list_release(&list);
    als_diag_send(NULL, &(struct als_diag){.what = "nobody listens"});
    assert_no_leaks();
}

Test(diag, the_nearest_word_is_at_most_two_edits_away)
{
    const char *words[] = {"speech", "salivation", "swallowing", "walking", "MN1"};
    cr_assert_str_eq(als_nearest("speeech", words, COUNT(words)), "speech");
    cr_assert_str_eq(als_nearest("wlaking", words, COUNT(words)), "walking");
    cr_assert_str_eq(als_nearest("MN11", words, COUNT(words)), "MN1");
    cr_assert_null(als_nearest("x", words, COUNT(words)));
    cr_assert_null(als_nearest("dressing", words, COUNT(words)));
    cr_assert_null(als_nearest("", words, COUNT(words)));
}

Test(err, carries_status_text_and_hint_and_grows_by_prefix)
{
    struct als_err err = {0};
    cr_assert_eq(als_fail(&err, ALS_DATA, "E-X", "%d rows", 3), ALS_DATA);
    als_err_hint(&err, "try %s", "again");
    als_err_prefix(&err, "%s:%d", "a.csv", 7);
    cr_assert_str_eq(err.text, "a.csv:7: 3 rows");
    cr_assert_str_eq(err.hint, "try again");
    cr_assert_eq(als_fail(NULL, ALS_IO, "", "nobody listens"), ALS_IO);
}

Test(err, a_prefix_never_overflows)
{
    struct als_err err = {0};
    char longest[2000];
    memset(longest, 'y', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    (void)als_fail(&err, ALS_DATA, "E-X", "%s", longest);
    als_err_prefix(&err, "%s", longest);
    cr_assert_eq(strlen(err.text), sizeof err.text - 1);
}
