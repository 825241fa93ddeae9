/* `man`: the manual page in roff, from the command table. */
#include "commands.h"
#include "context.h"
#include "help.h"

#include <ctype.h>
#include <string.h>

/* Text in which roff would see a meaning: backslashes, hyphens that must stay hyphens, quotes, and
 * dots at the beginning of a line. */
static void put(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else if (*text == '\'')
            fputs("\\(aq", stdout);
        else if (*text == '"')
            fputs("\\(dq", stdout);
        else if (*text == '|')
            fputs("|\\:", stdout);
        else
            fputc(*text, stdout);
    }
}

/* The same as a sentence begins. */
static void put_sentence(const char *text)
{
    char first[2] = {(char)toupper((unsigned char)*text), '\0'};
    put(first);
    put(text + 1);
}

static void heading(const char *kind, const char *text)
{
    printf(".%s \"", kind);
    for (; *text; text++)
        fputc(toupper((unsigned char)*text), stdout);
    fputs("\"\n", stdout);
}

static void option(const struct als_option *option)
{
    fputs(".TP\n", stdout);
    if (option->letter)
        printf("\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", stdout);
    put(option->name);
    fputs("\\fR", stdout);
    if (option->value) {
        char value[64];
        snprintf(value, sizeof value, "%.*s", als_help_value_length(option->value), option->value);
        fputs(" \\fI", stdout);
        put(value);
        fputs("\\fR", stdout);
    }
    fputc('\n', stdout);
    put(option->help);
    fputs(option->repeats ? " (may be repeated)\n" : "\n", stdout);
}

static void command(const struct als_command *command)
{
    char name[64];
    fputs(".SS \"alstrack ", stdout);
    put(als_command_name(command, name));
    fputs(*command->operands ? " " : "", stdout);
    put(command->operands);
    fputs("\"\n", stdout);
    put_sentence(command->summary);
    fputs(".\n", stdout);
    if (command->details) {
        put(command->details);
        fputc('\n', stdout);
    }
    for (const struct als_option *own = command->options; own->name; own++)
        option(own);
    for (const struct als_example *example = command->examples; example->line; example++) {
        fputs(".PP\n", stdout);
        put_sentence(example->what);
        fputs(":\n.PP\n.nf\n.RS\n", stdout);
        put(example->line);
        fputs("\n.RE\n.fi\n", stdout);
    }
}

static void commands(void)
{
    for (int group = 0; group < ALS_GROUP_COUNT; group++) {
        heading("SH", als_group_titles[group]);
        for (size_t i = 0; i < als_command_count(); i++)
            if ((int)als_command_at(i)->group == group &&
                !(als_command_at(i)->flags & ALS_CMD_HIDDEN))
                command(als_command_at(i));
    }
}

/* Options that follow from flags, each once, in the order of the first command that has it. */
static void common_options(void)
{
    heading("SH", "Common options");
    const struct als_option *seen[ALS_COMMAND_OPTIONS];
    size_t n_seen = 0;
    for (size_t i = 0; i < als_command_count(); i++) {
        const struct als_option *options[ALS_COMMAND_OPTIONS];
        size_t n = als_command_options(als_command_at(i), options), own = 0;
        while (als_command_at(i)->options[own].name)
            own++;
        for (size_t j = own; j < n; j++) {
            bool known = false;
            for (size_t k = 0; k < n_seen; k++)
                known |= seen[k] == options[j];
            if (known)
                continue;
            seen[n_seen++] = options[j];
            option(options[j]);
        }
    }
}

static void exit_status(void)
{
    heading("SH", "Exit status");
    for (int status = 0; status <= ALS_INTERRUPTED; status++) {
        const char *meaning = als_exit_meaning((enum als_status)status);
        if (!*meaning)
            continue;
        printf(".TP\n.B %d\n", status);
        put(meaning);
        fputc('\n', stdout);
    }
}

static const char environment_text[] =
    ".TP\n.B ALSTRACK_DB\nThe study, where \\fB\\-d\\fR is not given.\n"
    ".TP\n.B ALSTRACK_USER\nWho does this, where \\fB\\-\\-user\\fR is not given. Without either, "
    "the login name, recorded as unauthenticated.\n"
    ".TP\n.B NO_COLOR\nIf set and not empty, messages are not coloured.\n"
    ".TP\n.B SOURCE_DATE_EPOCH\nSeconds since 1970 that stand for the time of writing inside "
    "exports, charts and calendars.\n";

enum als_status als_cmd_man(struct als_cli *cli, struct als_err *err)
{
    (void)cli;
    (void)err;
    fputs(".TH ALSTRACK 1 \"\" \"alstrack " ALS_VERSION "\" \"User Commands\"\n"
          ".SH NAME\nalstrack \\- keep and analyse the longitudinal outcomes of an ALS trial\n"
          ".SH SYNOPSIS\n.B alstrack\n[\\fB\\-d\\fR \\fISTUDY.db\\fR] \\fICOMMAND\\fR "
          "[\\fIoptions\\fR]\n"
          ".SH DESCRIPTION\n"
          "A study is one file. A protocol says which visits there are, when they are due and what "
          "is measured at each. The program keeps who measured what, when and why it changed; "
          "computes how fast each patient declines; draws it; and writes files for "
          "statisticians.\n"
          ".PP\n"
          "Data go to standard output, everything else to standard error. A command that writes "
          "does all of it or nothing, and prints the number of its change set. Without a command, "
          "the state of the study and what to do next.\n",
          stdout);
    commands();
    common_options();
    exit_status();
    fputs(".SH ENVIRONMENT\n", stdout);
    fputs(environment_text, stdout);
    fputs(".SH SEE ALSO\n.BR sqlite3 (1),\n.BR gnuplot (1)\n", stdout);
    return ALS_OK;
}
