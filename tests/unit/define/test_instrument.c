/* Wrong instrument files: each mistake has its line, column, code and hint. */
#include "support_define.h"

/* Line numbers of the table below count in this text. */
static const char base[] =
    "instrument: scale\n"                        /* 1 */
    "title: A scale\n"                           /* 2 */
    "version: '1'\n"                             /* 3 */
    "direction: higher is better\n"              /* 4 */
    "main_score: total\n"                        /* 5 */
    "items:\n"                                   /* 6 */
    "  - code: speech\n"                         /* 7 */
    "    label: Speech\n"                        /* 8 */
    "    testcd: SPEECH\n"                       /* 9 */
    "    choices: {2: good, 1: fair, 0: none}\n" /* 10 */
    "  - {code: weight, label: Weight, type: number, min: 20, max: 200, decimals: 1}\n"
    "  - {code: form, label: Form, type: choice, required: false, choices: {a: A, b: B}}\n"
    "  - code: walking\n"                                          /* 13 */
    "    label: Walking\n"                                         /* 14 */
    "    label_b: With device\n"                                   /* 15 */
    "    variant: form = 'b'\n"                                    /* 16 */
    "    type: integer\n"                                          /* 17 */
    "    range: [0, 4]\n"                                          /* 18 */
    "  - {code: note, label: Note, type: text, required: false}\n" /* 19 */
    "scores:\n"                                                    /* 20 */
    "  - {code: total, label: Total, sum: [speech, walking]}\n"    /* 21 */
    "rules:\n"                                                     /* 22 */
    "  - code: ODD\n"                                              /* 23 */
    "    level: soft\n"                                            /* 24 */
    "    when: \"speech = 0 and walking > 3\"\n"                   /* 25 */
    "    message: odd\n";                                          /* 26 */

static const struct {
    const char *old, *new; /* replaced in the text above */
    const char *code;
    size_t line, column;
    const char *says; /* part of the message or hint; NULL when the place is enough */
} cases[] = {
    {"title:", "titel:", "E-KEY-UNKNOWN", 2, 1, "did you mean title?"},
    {"title: A scale\n", "", "E-KEY-MISSING", 1, 1, "\"title\""},
    {"version: '1'", "version: [1]", "E-TYPE", 3, 10, "expected text, found a list"},
    {"version: '1'", "version:", "E-TYPE", 3, 1, "found nothing"},
    {"title: A scale", "title: A scale\ntitle: B", "E-DUPLICATE", 3, 1, "on line 2"},
    {"instrument: scale", "instrument: Scale", "E-CODE", 1, 13, "lower-case"},
    {"higher is better", "higher is beter", "E-VALUE", 4, 12, "did you mean higher is better?"},
    {"direction: higher is better\n", "", "E-KEY-MISSING", 1, 1, "\"direction\""},
    {"main_score: total\n", "", "E-KEY-MISSING", 1, 1, "\"main_score\""},
    {"main_score: total", "main_score: totl", "E-ITEM-UNKNOWN", 5, 13, "did you mean total?"},
    {"code: speech", "code: Speech", "E-CODE", 7, 11, NULL},
    {"code: speech", "code: visit", "E-RESERVED", 7, 11, "column"},
    {"code: speech", "code: not", "E-RESERVED", 7, 11, "word"},
    {"instrument: scale", "instrument: visits", "E-RESERVED", 1, 13, "import"},
    {"code: speech", "code: assessment_id", "E-RESERVED", 7, 11, "column"},
    {"code: walking", "code: weight", "E-DUPLICATE", 13, 11, "on line 11"},
    {"code: total", "code: weight", "E-DUPLICATE", 21, 12, "item code on line 11"},
    {"label: Speech", "lable: Speech", "E-KEY-UNKNOWN", 8, 5, "did you mean label?"},
    {"label: Speech", "lable: Speech", "E-KEY-MISSING", 7, 5, "\"label\""},
    {"testcd: SPEECH", "testcd: SPEECH-01", "E-CODE", 9, 13, "at most 8"},
    {"required: false, choices", "required: no, choices", "E-TYPE", 12, 55, "true or false"},
    {"a: A", "a: {label: A, prefill: form = 'b'}", "E-EXPRESSION", 12, 95, "its own answer"},
    {"a: A", "a: {label: A, prefill: formm = 'b'}", "E-NAME-UNKNOWN", 12, 95, "did you mean"},
    {"type: number, min", "min", "E-KEY-MISSING", 11, 5, "type or choices"},
    {"type: number", "type: numbre", "E-VALUE", 11, 41, "did you mean number?"},
    {"min: 20, max: 200", "min: 200, max: 20", "E-RANGE", 11, 54, "upside down"},
    {"min: 20", "min: twenty", "E-TYPE", 11, 54, "expected a number, found \"twenty\""},
    {"decimals: 1", "decimals: 12", "E-RANGE", 11, 78, "0 to 9"},
    {"range: [0, 4]", "range: [4, 0]", "E-RANGE", 18, 13, "upside down"},
    {"range: [0, 4]", "range: [0, 4.5]", "E-RANGE", 18, 16, "whole"},
    {"range: [0, 4]", "range: [0, 4, 5]", "E-TYPE", 18, 12, "[MIN, MAX]"},
    {"range: [0, 4]", "range: [0, 4]\n    min: 0", "E-RANGE", 19, 5, "not both"},
    {"type: text", "type: text, choices: {a: b}", "E-CHOICES", 19, 43, "of type text"},
    {"type: choice, required: false, choices: {a: A, b: B}", "type: choice", "E-CHOICES", 12, 37,
     "needs choices"},
    {"{a: A, b: B}", "{a: A, a: B}", "E-DUPLICATE", 12, 78, "\"a\""},
    {"{a: A, b: B}", "[a, b]", "E-TYPE", 12, 71, "expected a map, found a list"},
    {"{a: A, b: B}", "{a: A, 'b c': B}", "E-CODE", 12, 78, "without blanks"},
    {"    variant: form = 'b'\n", "", "E-VARIANT", 15, 14, "never shown"},
    {"form = 'b'", "form = 'c'", "E-EXPRESSION", 16, 14, "its choices are a, b"},
    {"form = 'b'", "form = 1", "E-EXPRESSION", 16, 14, "answers are text"},
    {"form = 'b'", "walking = 1", "E-EXPRESSION", 16, 14, "its own answer"},
    {"form = 'b'", "frm = 'b'", "E-NAME-UNKNOWN", 16, 14, "did you mean form?"},
    {"sum: [speech, walking]", "sum: [speech, wlking]", "E-ITEM-UNKNOWN", 21, 47,
     "did you mean walking?"},
    {"sum: [speech, walking]", "sum: [speech, speech]", "E-DUPLICATE", 21, 47, "counts twice"},
    {"sum: [speech, walking]", "sum: [speech, note]", "E-SCORE", 21, 47, "not a number"},
    {"sum: [speech, walking]", "sum: []", "E-SCORE", 21, 38, "at least one"},
    {"sum: [speech, walking]", "unit: points", "E-KEY-MISSING", 21, 5, "how it is made"},
    {"sum: [speech, walking]", "copy: speech, sum: [walking]", "E-SCORE", 21, 33, "one way"},
    {"sum: [speech, walking]", "copy: [speech, walking]", "E-SCORE", 21, 39, "one item"},
    {"sum: [speech, walking]", "percent_protocol: [weight]", "E-SCORE", 21, 51,
     "[LITRES, ENTERED]"},
    {"sum: [speech, walking]", "sum: [speech], mean: [speech]", "E-DUPLICATE", 21, 54,
     "in the sum and in the mean"},
    {"walking]}", "walking], missing: {prorate: 3}}", "E-RANGE", 21, 76, "1 to 2"},
    {"walking]}", "walking], missing: strickt}", "E-VALUE", 21, 66, "did you mean strict?"},
    {"walking]}", "walking], min: 9, max: 3}", "E-RANGE", 21, 62, "upside down"},
    {"walking]}", "walking], derived: total}", "E-MEASURE", 21, 66, "INSTRUMENT.SCORE"},
    {"walking]}", "walking], derived: alsfrs.}", "E-CODE", 21, 66, NULL},
    {"walking]}", "walking], testcd: SPEECH}", "E-DUPLICATE", 21, 65, "on line 9"},
    {"code: ODD", "code: odd", "E-CODE", 23, 11, "capital"},
    {"level: soft", "level: sofd", "E-VALUE", 24, 12, "did you mean soft?"},
    {"and walking > 3", "and walkin > 3", "E-NAME-UNKNOWN", 25, 27, "did you mean walking?"},
    {"and walking > 3", "and change.walkin > 3", "E-NAME-UNKNOWN", 25, 27,
     "did you mean change.walking?"},
    {"and walking > 3", "and event.gastrostmy", "E-NAME-UNKNOWN", 25, 27,
     "did you mean gastrostomy?"},
    {"and walking > 3", "and patient.weight > 3", "E-NAME-UNKNOWN", 25, 27, "patient.sex"},
    {"and walking > 3", "and walking >", "E-EXPRESSION", 25, 36, "expected a name"},
    {"and walking > 3", "und walking > 3", "E-EXPRESSION", 25, 23, "an operator"},
    {"speech = 0", "speech = 'none'", "E-EXPRESSION", 25, 12, "answers are numbers"},
    {"message: odd\n", "message: 3\n  - {code: ODD, level: hard, when: form = 'a', message: x}\n",
     "E-DUPLICATE", 27, 12, "on line 23"},
    {"items:", "items: []\nother:", "E-LIMIT", 6, 8, "found 0"},
    {"range: [0, 4]", "range: *four", "E-YAML", 18, 12, NULL},
    {"range: [0, 4]", "range: &four [0, 4]", "E-YAML", 18, 12, "an anchor"},
    {"title: A scale", "title: !!str A scale", "E-YAML", 2, 8, "a tag"},
    {"range: [0, 4]", "range: [0, 4", "E-YAML", 19, 5, NULL},
    {"rules:", "---\nrules:", "E-YAML", 23, 1, "second document"},
    {"rules:", "...\nrules:", "E-YAML", 23, 1, "second document"},
    {"    label: Walking", "\tlabel: Walking", "E-YAML", 14, 2, "line 14 is indented with a tab"},
    {"when: \"speech = 0 and walking > 3\"", "when: >\n      speech = 7 and\n      wlking",
     "E-NAME-UNKNOWN", 26, 7, "did you mean walking?"},
    {"title: A", "title: A\x01", "E-YAML", 2, 9, "control character 1"},
    {"title: A scale", "? [a]\n: b", "E-YAML", 2, 3, "a key that is a list"},
    {"title: A scale", "title: \"A\\tscale\"", "E-TYPE", 2, 8, "control characters"},
    {"title: A scale", "title: \"A\\0scale\"", "E-YAML", 2, 8, "NUL"},
};

TABLE_TEST(instrument, places_each_mistake, cases)
{
    char *text = with(base, cases[*row_].old, cases[*row_].new);
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    cr_assert_null(als_instrument_parse("scale.yaml", text, strlen(text), &sink), "%s",
                   cases[*row_].new);
    const struct als_diag *found =
        finding_at(&list, cases[*row_].code, cases[*row_].line, cases[*row_].column);
    if (!found)
        print_findings(&list);
    cr_assert_not_null(found, "%s: no %s at %zu:%zu", cases[*row_].new, cases[*row_].code,
                       cases[*row_].line, cases[*row_].column);
    cr_assert_str_eq(found->file, "scale.yaml");
    cr_assert_not_null(found->source);
    cr_assert(!cases[*row_].says || strstr(found->what, cases[*row_].says) ||
                  (found->hint && strstr(found->hint, cases[*row_].says)),
              "%s / %s", found->what, found->hint ? found->hint : "");
    als_diag_list_release(&list);
    free(text);
    assert_no_leaks();
}

Test(instrument, the_text_that_the_table_changes_is_right)
{
    struct als_instrument *one = good_instrument(base);
    cr_assert_str_eq(one->short_title, "A scale");
    cr_assert_eq(one->items[1].decimals, 1);
    cr_assert(one->items[1].has_min && one->items[1].min == 20 && one->items[1].max == 200);
    cr_assert(one->scores[0].min == 0 && one->scores[0].max == 6);
    cr_assert_eq(one->rules[0].line, 23);
    als_instrument_free(one);
    assert_no_leaks();
}

Test(instrument, all_mistakes_are_reported_in_one_go)
{
    static const char text[] = "instrument: x\n"
                               "titel: T\n"
                               "items:\n"
                               "  - {code: A, label: L, type: integer, min: 5, max: 1}\n"
                               "  - {code: b, label: L, type: float}\n"
                               "rules:\n"
                               "  - {code: R, level: soft, when: c = 1, message: m}\n";
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    cr_assert_null(als_instrument_parse("x", text, strlen(text), &sink));
    cr_assert_not_null(finding_at(&list, "E-KEY-UNKNOWN", 2, 1));
    cr_assert_not_null(finding_at(&list, "E-KEY-MISSING", 1, 1));
    cr_assert_not_null(finding_at(&list, "E-CODE", 4, 12));
    cr_assert_not_null(finding_at(&list, "E-RANGE", 4, 45));
    cr_assert_not_null(finding_at(&list, "E-VALUE", 5, 31));
    cr_assert_not_null(finding_at(&list, "E-NAME-UNKNOWN", 7, 34));
    cr_assert_eq(list.errors, 7, "%zu", list.errors);
    for (size_t i = 1; i < list.count; i++)
        cr_assert_leq(list.items[i - 1].line, list.items[i].line, "in order of place");
    als_diag_list_release(&list);
    assert_no_leaks();
}

Test(instrument, a_finding_shows_the_line)
{
    char *text = with(base, "level: soft", "level: sofd");
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    cr_assert_null(als_instrument_parse("x", text, strlen(text), &sink));
    cr_assert_eq(list.count, 1);
    cr_assert_str_eq(list.items[0].source, "    level: sofd");
    cr_assert_str_eq(list.items[0].field, "level");
    als_diag_list_release(&list);
    free(text);
}

/* Score ranges follow from their items. */
Test(instrument, ranges_of_scores_come_from_items)
{
    static const char scores[] =
        "  - {code: total, label: T, sum: [speech, walking]}\n"
        "  - {code: mean, label: M, mean: [speech, walking]}\n"
        "  - {code: both, label: B, sum: [weight], mean: [speech, walking]}\n"
        "  - {code: one, label: O, copy: weight}\n"
        "  - {code: given, label: G, copy: weight, min: 0, max: 100}\n"
        "  - {code: percent, label: P, percent_ecsc: weight}\n";
    char *text = with(base, "  - {code: total, label: Total, sum: [speech, walking]}\n", scores);
    struct als_instrument *one = good_instrument(text);
    static const double expected[][2] = {{0, 6}, {0, 3}, {20, 203}, {20, 200}, {0, 100}, {0, 0}};
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_close(one->scores[i].min, expected[i][0], 1e-12);
        assert_close(one->scores[i].max, expected[i][1], 1e-12);
    }
    cr_assert_eq(one->scores[2].n_mean_items, 2);
    cr_assert(!als_score_is_own(&one->scores[5]) && als_score_is_own(&one->scores[3]));
    als_instrument_free(one);
    free(text);
    assert_no_leaks();
}

static void expect_first(const char *text, size_t length, const char *code)
{
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    cr_assert_null(als_instrument_parse("x", text, length, &sink));
    cr_assert_geq(list.count, 1);
    cr_assert_str_eq(list.items[0].code, code, "%s", list.items[0].what);
    cr_assert_geq(list.items[0].line, 1);
    als_diag_list_release(&list);
}

Test(instrument, no_text_hangs_or_crashes, .timeout = 60)
{
    expect_first("", 0, "E-YAML");
    expect_first("# only a comment\n", 17, "E-YAML");
    expect_first("just text", 9, "E-TYPE");
    expect_first("- a\n- b\n", 8, "E-TYPE");
    expect_first("a: b\0c", 6, "E-YAML");
    expect_first("\xff\xfe\x00", 3, "E-YAML");
    expect_first("a: \xc3\x28\n", 6, "E-YAML");
    const size_t big = (1 << 20) + 1;
    char *text = malloc(big);
    memset(text, '#', big);
    expect_first(text, big, "E-LIMIT");
    memset(text, '[', big);
    expect_first(text, big - 1, "E-YAML");
    memset(text, '{', big);
    expect_first(text, big - 1, "E-YAML");
    for (size_t i = 0; i + 1 < big; i += 2)
        memcpy(text + i, "- ", 2);
    expect_first(text, big - 1, "E-YAML");
    memset(text, ' ', big);
    expect_first(text, big - 1, "E-YAML");
    memset(text, 'a', big);
    expect_first(text, big - 1, "E-TYPE");
    free(text);
    assert_no_leaks();
}

/* `before`, then as many copies of `part` (with its number for %d) as the size limit lets in. */
static void expect_many(const char *before, const char *part, const char *code)
{
    struct als_buf text;
    als_buf_init(&text, 1 << 20);
    als_buf_text(&text, before);
    for (int i = 0; text.length < (1 << 20) - 100; i++) {
        char line[100];
        char *number = strcpy(line, part) ? strchr(line, '#') : NULL;
        if (number)
            snprintf(number, sizeof line - (size_t)(number - line), "%d%s", i,
                     strchr(part, '#') + 1);
        als_buf_text(&text, line);
    }
    expect_first(text.data, text.length, code);
    als_buf_release(&text);
}

Test(instrument, large_files_with_many_mistakes_end_soon, .timeout = 60)
{
    expect_many("", "k#: 1\n", "E-LIMIT");
    expect_many("items:\n", "  - {code: i#, label: I, type: integer}\n", "E-LIMIT");
    expect_many("rules:\n", "  - {code: R#}\n", "E-LIMIT");
    expect_many("items:\n  - code: a\n    label: ", "long text #, ", "E-KEY-MISSING");
    expect_many("items:\n  - code: a\n    applies: ", "a or ", "E-KEY-MISSING");
    assert_no_leaks();
}

/* Within the limits of one list, lists of lists can still hold very many mistakes. */
Test(instrument, findings_are_limited, .timeout = 60)
{
    struct als_buf text;
    als_buf_init(&text, 1 << 20);
    als_buf_text(&text, "items:\n");
    for (int i = 0; i < 490; i++) {
        als_buf_text(&text, "  - {");
        for (int k = 0; k < 150; k++)
            als_buf_printf(&text, "labl%d: x,", k);
        als_buf_text(&text, "}\n");
    }
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    cr_assert_null(als_instrument_parse("x", text.data, text.length, &sink));
    cr_assert_eq(list.total, 1000);
    cr_assert(strstr(list.items[999].what, "more mistakes"), "%s", list.items[999].what);
    als_diag_list_release(&list);
    als_buf_release(&text);
    assert_no_leaks();
}

Test(instrument, alias_bombs_are_refused)
{
    static const char text[] = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n";
    expect_first(text, strlen(text), "E-YAML");
    assert_no_leaks();
}

Test(instrument, limits_the_number_of_items)
{
    struct als_buf text;
    for (int n = 500; n <= 501; n++) {
        als_buf_init(&text, 1 << 20);
        als_buf_text(&text, "instrument: x\ntitle: X\nversion: '1'\nitems:\n");
        for (int i = 0; i < n; i++)
            als_buf_printf(&text, "  - {code: i%d, label: I, type: integer}\n", i);
        if (n > 500) {
            expect_first(text.data, text.length, "E-LIMIT");
        } else {
            struct als_instrument *one = good_instrument(text.data);
            cr_assert_eq(one->n_items, 500);
            als_instrument_free(one);
        }
        als_buf_release(&text);
    }
    assert_no_leaks();
}

Test(instrument, reads_windows_line_ends)
{
    struct als_buf text;
    als_buf_init(&text, 1 << 16);
    for (const char *c = base; *c; c++)
        als_buf_text(&text, *c == '\n' ? "\r\n" : (char[]){*c, '\0'});
    struct als_instrument *one = good_instrument(text.data);
    cr_assert_str_eq(one->title, "A scale");
    als_instrument_free(one);
    als_buf_release(&text);
}
