/* Help as text. */
#include "help.h"

#include <stdbool.h>
#include <string.h>

int als_help_value_length(const char *value)
{
    size_t length = strlen(value);
    return (int)(length && value[length - 1] == '|' ? length - 1 : length);
}

void als_help_usage(FILE *out, const struct als_command *command)
{
    char name[64];
    fprintf(out, "usage: alstrack %s%s%s [options]\n", als_command_name(command, name),
            *command->operands ? " " : "", command->operands);
}

static void summaries(FILE *out, const struct als_command *first, size_t count, int width)
{
    for (size_t i = 0; i < count; i++) {
        char name[64];
        fprintf(out, "  %-*s  %s\n", width, als_command_name(&first[i], name), first[i].summary);
    }
}

static void beginning(FILE *out)
{
    fputs("alstrack keeps the longitudinal outcomes of an ALS trial in one study file.\n"
          "\n"
          "usage: alstrack [-d STUDY.db] COMMAND [options]\n"
          "\n"
          "Begin with\n"
          "  alstrack init trial.db --protocol protocol.yaml\n"
          "  export ALSTRACK_DB=trial.db\n"
          "  alstrack import patients patients.csv\n"
          "  alstrack visit due\n"
          "  alstrack\n",
          out);
}

void als_help_short(FILE *out)
{
    beginning(out);
    fputs("\n'alstrack --help' lists the commands.\n", out);
}

void als_help_program(FILE *out)
{
    beginning(out);
    for (int group = 0; group < ALS_GROUP_COUNT; group++) {
        fprintf(out, "\n%s\n", als_group_titles[group]);
        for (size_t i = 0; i < als_command_count(); i++)
            if ((int)als_command_at(i)->group == group &&
                !(als_command_at(i)->flags & ALS_CMD_HIDDEN))
                summaries(out, als_command_at(i), 1, 17);
    }
    fputs("\n'alstrack COMMAND --help' shows examples and options; 'alstrack man' is the manual.\n"
          "-d and --user may come from ALSTRACK_DB and ALSTRACK_USER.\n",
          out);
}

void als_help_noun(FILE *out, const char *noun)
{
    size_t count;
    const struct als_command *first = als_command_find_noun(noun, &count);
    fprintf(out, "usage: alstrack %s VERB\n\n", noun);
    summaries(out, first, count, 17);
    fprintf(out, "\n'alstrack %s VERB --help' shows examples and options.\n", noun);
}

static void options(FILE *out, const struct als_command *command)
{
    const struct als_option *list[ALS_COMMAND_OPTIONS];
    size_t n = als_command_options(command, list);
    fputs("\noptions\n", out);
    for (size_t i = 0; i < n; i++) {
        char left[80];
        const char *value = list[i]->value ? list[i]->value : "";
        char letter[5] = "    ";
        if (list[i]->letter)
            snprintf(letter, sizeof letter, "-%c, ", list[i]->letter);
        snprintf(left, sizeof left, "%s--%s%s%.*s", letter, list[i]->name, *value ? " " : "",
                 als_help_value_length(value), value);
        if (strlen(left) > 30)
            fprintf(out, "  %s\n  %-30s", left, "");
        else
            fprintf(out, "  %-30s", left);
        fprintf(out, "  %s%s\n", list[i]->help, list[i]->repeats ? " (may be repeated)" : "");
    }
}

#define LINE_WIDTH 80

/* Break between words, so that a terminal does not break within them. */
static void paragraph(FILE *out, const char *text)
{
    size_t column = 0;
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, " ");
        bool fits = column + 1 + length <= LINE_WIDTH;
        if (column)
            column += (size_t)fprintf(out, "%s", fits ? " " : "\n");
        if (!fits)
            column = 0;
        column += (size_t)fprintf(out, "%.*s", (int)length, at);
        at += length;
        at += strspn(at, " ");
    }
    fputc('\n', out);
}

void als_help_command(FILE *out, const struct als_command *command)
{
    char name[64];
    fprintf(out, "alstrack %s: %s\n\n", als_command_name(command, name), command->summary);
    for (const struct als_example *example = command->examples; example->line; example++)
        fprintf(out, "  %s\n      %s\n", example->line, example->what);
    fputc('\n', out);
    als_help_usage(out, command);
    if (command->details) {
        fputc('\n', out);
        paragraph(out, command->details);
    }
    options(out, command);
    enum als_status exits[ALS_COMMAND_EXITS];
    size_t n = als_command_exits(command, exits);
    fputs("\nexit status\n", out);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "  %3d  %s\n", (int)exits[i], als_exit_meaning(exits[i]));
}
