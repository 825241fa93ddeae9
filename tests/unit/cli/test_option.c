/* Reading command lines. */
#include "als_test.h"

#include "option.h"

TestSuite(option, .timeout = 30);

/* A line of words with blanks between; '_' stands for an empty word. */
struct line {
    char *words[32];
    int n;
    char text[256];
};

static void split(struct line *line, const char *text)
{
    snprintf(line->text, sizeof line->text, "alstrack %s", text);
    line->n = 0;
    for (char *word = strtok(line->text, " "); word; word = strtok(NULL, " ")) {
        if (strcmp(word, "_") == 0)
            *word = '\0';
        line->words[line->n++] = word;
    }
    line->words[line->n] = NULL;
}

static enum als_status parse(struct als_arena *arena, const char *text, struct als_args *args,
                             struct als_err *err)
{
    static struct line line;
    split(&line, text);
    *err = (struct als_err){0};
    return als_args_parse(arena, line.n, line.words, args, err);
}

static const struct {
    const char *text;    /* command line */
    const char *name;    /* command, "" for none */
    const char *option;  /* of which */
    const char *value;   /* this is the value; NULL = not given */
    const char *operand; /* operand 0 */
} good[] = {
    {"patient list", "patient list", "format", NULL, NULL},
    {"patient list --format csv", "patient list", "format", "csv", NULL},
    {"patient list --format=csv", "patient list", "format", "csv", NULL},
    {"--format csv patient list", "patient list", "format", "csv", NULL},
    {"patient --format csv list", "patient list", "format", "csv", NULL},
    {"-d a.db patient show P01", "patient show", "study", "a.db", "P01"},
    {"patient show P01 -d a.db", "patient show", "study", "a.db", "P01"},
    {"patient -da.db show P01", "patient show", "study", "a.db", "P01"},
    {"patient show -d=a.db P01", "patient show", "study", "a.db", "P01"},
    {"patient show --study a.db -- P01", "patient show", "study", "a.db", "P01"},
    {"patient show -- --odd", "patient show", "study", NULL, "--odd"},
    {"patient show -", "patient show", "study", NULL, "-"},
    {"patient edit P01 --arm _", "patient edit", "arm", "", "P01"},
    {"patient edit P01 --sex _", "patient edit", "sex", "", "P01"},
    {"patient edit P01 --sex=", "patient edit", "sex", "", "P01"},
    {"analyze slopes --from -30", "analyze slopes", "from", "-30", NULL},
    {"analyze slopes fvc.x --from=-30", "analyze slopes", "from", "-30", "fvc.x"},
    {"visit record P V --procedure a=not-done:b", "visit record", "procedure", "a=not-done:b", "P"},
    {"record P V I a=1 b=-2 --date 2024-01-01", "record", "date", "2024-01-01", "P"},
    {"patient add list", "patient add", "study", NULL, "list"},
    {"patient add J\xc3\xb6rg\xe2\x82\xac\xf0\x9f\x98\x80", "patient add", "study", NULL,
     "J\xc3\xb6rg\xe2\x82\xac\xf0\x9f\x98\x80"},
    {"patient list -d \xff.db", "patient list", "study", "\xff.db", NULL},
};

Test(option, reads_lines_in_every_order)
{
    struct als_arena *arena = als_arena_new();
    for (size_t i = 0; i < COUNT(good); i++) {
        struct als_args args;
        struct als_err err;
        char name[64];
        cr_assert_eq(parse(arena, good[i].text, &args, &err), ALS_OK, "%s: %s", good[i].text,
                     err.text);
        cr_assert_not_null(args.command, "%s", good[i].text);
        cr_expect_str_eq(als_command_name(args.command, name), good[i].name, "%s", good[i].text);
        const char *value = als_args_text(&args, good[i].option);
        cr_assert_eq(!value, !good[i].value, "%s", good[i].text);
        if (value)
            cr_expect_str_eq(value, good[i].value, "%s", good[i].text);
        const char *operand = als_args_operand(&args, 0);
        cr_assert_eq(!operand, !good[i].operand, "%s", good[i].text);
        if (operand)
            cr_expect_str_eq(operand, good[i].operand, "%s", good[i].text);
    }
    als_arena_free(arena);
    assert_no_leaks();
}

static const struct {
    const char *text, *message, *hint; /* both are looked for inside */
} bad[] = {
    {"pateint list", "no command 'pateint'", "did you mean 'alstrack patient'?"},
    {"nothinglikeit", "no command", "--help"},
    {"__completx", "no command", "--help"},
    {"patient lsit", "no 'patient lsit'", "did you mean 'alstrack patient list'?"},
    {"patient zzzzzz", "no 'patient zzzzzz'", "one of add, edit, list, show"},
    {"patient", "needs a verb", "one of add, edit, list, show"},
    {"patient list --fromat csv", "no option --fromat", "did you mean --format?"},
    {"patient list --fromat=csv", "no option --fromat", "did you mean --format?"},
    {"patient list --xyzzyxyzzy", "no option --xyzzyxyzzy", "lists its options"},
    {"patient list -x", "no option -x", "lists its options"},
    {"patient list --as-of 2024-01-01", "no option --as-of", "lists its options"},
    {"patient list --format", "--format needs a value", ""},
    {"patient list --format xml", "one of table|csv|tsv|json, not 'xml'", ""},
    {"patient list --format _", "one of table|csv|tsv|json, not ''", ""},
    {"patient list --format csv --format csv", "given twice", ""},
    {"patient add P --dry-run=yes", "takes no value", ""},
    {"patient add", "PATIENT is missing", "usage: alstrack patient add PATIENT"},
    {"patient list all", "'all' is one word too many", "usage: alstrack patient list"},
    {"event add P01 infusion", "DATE is missing", "usage: alstrack event add PATIENT EVENT DATE"},
    {"--xyzzy", "no option --xyzzy", "--help"},
    {"-", "no command '-'", "--help"},
    {"patient add P\xff", "PATIENT is not UTF-8", ""},
    {"patient add P\xc0\x80", "PATIENT is not UTF-8", ""},
    {"patient add P\xed\xa0\x80", "PATIENT is not UTF-8", ""},
    {"patient add P\xe2\x82", "PATIENT is not UTF-8", ""},
    {"patient add P\xf4\x90\x80\x80", "PATIENT is not UTF-8", ""},
    {"event add P e 2024 --note m\xe4\xdf", "--note is not UTF-8", ""},
    {"record P V I a=\xff", "ITEM is not UTF-8", ""},
};

TABLE_TEST(option, refuses_with_a_hint, bad)
{
    struct als_arena *arena = als_arena_new();
    struct als_args args;
    struct als_err err;
    cr_assert_eq(parse(arena, bad[*row_].text, &args, &err), ALS_USAGE, "%s", bad[*row_].text);
    cr_expect(strstr(err.text, bad[*row_].message), "%s: %s", bad[*row_].text, err.text);
    cr_expect(strstr(err.hint, bad[*row_].hint), "%s: %s", bad[*row_].text, err.hint);
    als_arena_free(arena);
    assert_no_leaks();
}

Test(option, help_wins_over_mistakes)
{
    static const char *const lines[] = {"--help",
                                        "-h",
                                        "patient --help",
                                        "patient list -h",
                                        "patient list --nonsense --help",
                                        "-h patient add",
                                        "-d x.db patient list --format xml --help"};
    struct als_arena *arena = als_arena_new();
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct als_args args;
        struct als_err err;
        cr_expect_eq(parse(arena, lines[i], &args, &err), ALS_OK, "%s: %s", lines[i], err.text);
        cr_expect(args.help, "%s", lines[i]);
    }
    als_arena_free(arena);
}

Test(option, help_as_a_value_or_an_operand_is_none)
{
    static const char *const lines[] = {"event add P e 2024 --note -h", "patient show -- --help",
                                        "event add P e 2024 --note --help"};
    struct als_arena *arena = als_arena_new();
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct als_args args;
        struct als_err err;
        cr_expect_eq(parse(arena, lines[i], &args, &err), ALS_OK, "%s: %s", lines[i], err.text);
        cr_expect_not(args.help, "%s", lines[i]);
    }
    als_arena_free(arena);
}

Test(option, repeated_options_come_in_order)
{
    struct als_arena *arena = als_arena_new();
    struct als_args args;
    struct als_err err;
    cr_assert_eq(parse(arena, "init s.db --instrument a --protocol p --instrument=b", &args, &err),
                 ALS_OK);
    size_t position = 0;
    cr_expect_str_eq(als_args_next(&args, "instrument", &position), "a");
    cr_expect_str_eq(als_args_next(&args, "instrument", &position), "b");
    cr_expect_null(als_args_next(&args, "instrument", &position));
    als_arena_free(arena);
}

Test(option, without_a_command_the_study_still_counts)
{
    struct als_arena *arena = als_arena_new();
    struct als_args args;
    struct als_err err;
    cr_assert_eq(parse(arena, "-d s.db", &args, &err), ALS_OK);
    cr_expect_null(args.command);
    cr_expect_str_eq(als_args_text(&args, "study"), "s.db");
    cr_assert_eq(parse(arena, "--version", &args, &err), ALS_OK);
    cr_expect(args.version);
    als_arena_free(arena);
}

Test(option, choices_are_words_between_bars)
{
    cr_expect(als_choice_holds("svg|png", "svg"));
    cr_expect(als_choice_holds("svg|png", "png"));
    cr_expect_not(als_choice_holds("svg|png", "pn"));
    cr_expect_not(als_choice_holds("svg|png", "svg|png"));
    cr_expect_not(als_choice_holds("svg|png", ""));
    cr_expect(als_choice_holds("F|M|", ""));
    cr_expect(als_choice_holds("FILE", "anything"));
}

/* Every example of the help can be read; tests/unit/cli/test_examples.c runs them. */
Test(option, every_example_can_be_read)
{
    struct als_arena *arena = als_arena_new();
    for (size_t i = 0; i < als_command_count(); i++)
        for (const struct als_example *example = als_command_at(i)->examples; example->line;
             example++) {
            if (strchr(example->line, '\'') || strchr(example->line, '>'))
                continue;
            struct als_args args;
            struct als_err err;
            cr_expect_eq(parse(arena, example->line + 9, &args, &err), ALS_OK, "%s: %s",
                         example->line, err.text);
            cr_expect_eq(args.command, als_command_at(i), "%s", example->line);
        }
    als_arena_free(arena);
}
