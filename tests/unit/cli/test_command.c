/* The command table: what help, man page and completion rely on. */
#include "als_test.h"

#include "command.h"

TestSuite(command, .timeout = 30);

Test(command, every_command_says_what_it_is_and_does)
{
    for (size_t i = 0; i < als_command_count(); i++) {
        const struct als_command *command = als_command_at(i);
        cr_expect(command->noun && *command->noun, "row %zu", i);
        cr_expect_not_null(command->run, "%s", command->noun);
        cr_expect(command->summary && *command->summary, "%s", command->noun);
        cr_expect_not_null(command->operands, "%s", command->noun);
        cr_expect(command->flags & ALS_CMD_HIDDEN || command->examples[0].line, "%s %s",
                  command->noun, command->verb ? command->verb : "");
        for (const struct als_example *example = command->examples; example->line; example++) {
            cr_expect(strncmp(example->line, "alstrack ", 9) == 0, "%s", example->line);
            cr_expect(example->what && *example->what, "%s", example->line);
        }
    }
}

Test(command, every_command_says_which_act_it_is)
{
    for (size_t i = 0; i < als_command_count(); i++) {
        const struct als_command *command = als_command_at(i);
        cr_expect(command->act > ALS_ACT_UNSAID && command->act < ALS_ACT_COUNT, "%s %s",
                  command->noun, command->verb ? command->verb : "");
        cr_expect(command->act != ALS_ACT_FREE || !(command->flags & ALS_CMD_STUDY),
                  "%s opens the study for everybody", command->noun);
    }
}

Test(command, every_option_has_help_and_arrays_end)
{
    for (size_t i = 0; i < als_command_count(); i++) {
        const struct als_command *command = als_command_at(i);
        cr_expect_null(command->options[COUNT(command->options) - 1].name, "%s", command->noun);
        cr_expect_null(command->examples[COUNT(command->examples) - 1].line, "%s", command->noun);
        cr_expect_eq(command->exits[COUNT(command->exits) - 1], ALS_OK, "%s", command->noun);
        const struct als_option *options[ALS_COMMAND_OPTIONS];
        size_t n = als_command_options(command, options);
        cr_assert_leq(n, ALS_COMMAND_OPTIONS);
        for (size_t j = 0; j < n; j++) {
            cr_expect(options[j]->help && *options[j]->help, "--%s", options[j]->name);
            cr_expect_neq(strlen(options[j]->name), 1, "one letter is a short form");
            for (size_t k = 0; k < j; k++)
                cr_expect_str_neq(options[j]->name, options[k]->name, "%s", command->noun);
        }
        cr_assert_str_eq(options[n - 1]->name, "help");
    }
}

/* The words of a line are told from options before the command is known, so an option must take a
 * value everywhere or nowhere. */
Test(command, an_option_takes_a_value_everywhere_or_nowhere)
{
    const struct als_option *a[ALS_COMMAND_OPTIONS], *b[ALS_COMMAND_OPTIONS];
    for (size_t i = 0; i < als_command_count(); i++)
        for (size_t j = 0; j < i; j++) {
            size_t n = als_command_options(als_command_at(i), a);
            size_t m = als_command_options(als_command_at(j), b);
            for (size_t k = 0; k < n; k++)
                for (size_t l = 0; l < m; l++) {
                    if (strcmp(a[k]->name, b[l]->name) == 0)
                        cr_expect_eq(!a[k]->value, !b[l]->value, "--%s", a[k]->name);
                    if (a[k]->letter && a[k]->letter == b[l]->letter)
                        cr_expect_str_eq(a[k]->name, b[l]->name);
                }
        }
}

Test(command, names_are_unique_and_verbs_of_a_noun_are_neighbours)
{
    for (size_t i = 0; i < als_command_count(); i++) {
        const struct als_command *command = als_command_at(i);
        cr_expect_eq(als_command_find(command->noun, command->verb), command);
        size_t count;
        const struct als_command *first = als_command_find_noun(command->noun, &count);
        cr_expect(first <= command && command < first + count, "%s", command->noun);
        for (size_t j = 0; j < count; j++)
            cr_expect_str_eq(first[j].noun, command->noun);
        if (!command->verb)
            cr_expect_eq(count, 1, "%s has verbs and none", command->noun);
    }
    size_t count;
    cr_expect_null(als_command_find_noun("nonsense", &count));
    cr_expect_null(als_command_find("patient", "nonsense"));
    cr_expect_null(als_command_find("patient", NULL));
}

Test(command, exit_codes_ascend_and_have_a_meaning)
{
    for (size_t i = 0; i < als_command_count(); i++) {
        enum als_status exits[ALS_COMMAND_EXITS];
        size_t n = als_command_exits(als_command_at(i), exits);
        cr_assert_leq(n, ALS_COMMAND_EXITS);
        cr_expect_eq(exits[0], ALS_OK);
        for (size_t j = 0; j < n; j++) {
            cr_expect(*als_exit_meaning(exits[j]), "%d", (int)exits[j]);
            cr_expect(j == 0 || exits[j - 1] < exits[j]);
        }
        for (const enum als_status *own = als_command_at(i)->exits; *own; own++)
            cr_expect(*als_exit_meaning(*own), "%d", (int)*own);
    }
    cr_expect_str_eq(als_exit_meaning((enum als_status)3), "");
}

Test(command, operands_are_read_from_the_usage_text)
{
    struct als_operand operands[8];
    size_t n = als_command_operands(als_command_find("record", NULL), operands, 8);
    cr_assert_eq(n, 4);
    cr_expect_str_eq(operands[0].name, "PATIENT");
    cr_expect_not(operands[0].optional);
    cr_expect_str_eq(operands[3].name, "ITEM");
    cr_expect(operands[3].optional);
    cr_expect(operands[3].repeats);
    n = als_command_operands(als_command_find("event", "list"), operands, 8);
    cr_assert_eq(n, 1);
    cr_expect(operands[0].optional);
    cr_expect_not(operands[0].repeats);
    cr_expect_str_eq(operands[0].name, "PATIENT");
    n = als_command_operands(als_command_find("init", NULL), operands, 8);
    cr_assert_eq(n, 1);
    cr_expect_str_eq(operands[0].name, "STUDY.db");
    n = als_command_operands(als_command_find("completion", NULL), operands, 8);
    cr_assert_eq(n, 1);
    cr_expect_str_eq(operands[0].name, "bash|zsh|fish");
    cr_expect_eq(als_command_operands(als_command_find("visit", "due"), operands, 8), 0);
}
