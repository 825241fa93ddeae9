/* What follows from the table of commands: options, operands, exit codes, finding one. */
#include "command.h"

#include <stdio.h>
#include <string.h>

/* Options that follow from flags: the first command flag that matches brings them. */
static const struct {
    unsigned flags;
    struct als_option option;
} common_options[] = {
    {ALS_CMD_TABLE,
     {.name = "format",
      .value = "table|csv|tsv|json",
      .help = "form of the result (table on a terminal, else csv)"}},
    {ALS_CMD_AS_OF,
     {.name = "as-of",
      .value = "DATE",
      .help = "what counts as today; records dated later are left out"}},
    {ALS_CMD_WRITES,
     {.name = "dry-run", .letter = 'n', .help = "say what would change, write nothing"}},
    {ALS_CMD_STUDY | ALS_CMD_WRITES,
     {.name = "user", .value = "NAME", .help = "who does this (else ALSTRACK_USER, login name)"}},
    {ALS_CMD_STUDY,
     {.name = "password-file",
      .value = "FILE",
      .help = "with the user's password, - for standard input (else a session, or asked for)"}},
    {ALS_CMD_WRITES,
     {.name = "key-file",
      .value = "FILE",
      .help = "the key of a study whose trail is sealed (else ALSTRACK_KEY_FILE)"}},
    {ALS_CMD_STUDY | ALS_CMD_MAY_STUDY,
     {.name = "study", .letter = 'd', .value = "STUDY.db", .help = "the study (else ALSTRACK_DB)"}},
    {~0u, {.name = "help", .letter = 'h', .help = "this help"}},
};

const char *als_command_name(const struct als_command *command, char text[64])
{
    snprintf(text, 64, "%s%s%s", command->noun, command->verb ? " " : "",
             command->verb ? command->verb : "");
    return text;
}

size_t als_command_options(const struct als_command *command,
                           const struct als_option *options[ALS_COMMAND_OPTIONS])
{
    size_t n = 0;
    for (const struct als_option *own = command->options; own->name; own++)
        options[n++] = own;
    for (size_t i = 0; i < sizeof common_options / sizeof common_options[0]; i++)
        if ((common_options[i].flags & command->flags) || common_options[i].flags == ~0u)
            options[n++] = &common_options[i].option;
    return n;
}

static const struct {
    enum als_status status;
    unsigned flags; /* of commands that can give it; 0: only those that say so */
    const char *meaning;
} exits_known[] = {
    {ALS_OK, ~0u, "done"},
    {ALS_FINDINGS, 0, "findings: the trail does not verify, or rows of an import were left out"},
    {ALS_USAGE, ~0u, "usage: unknown command, option, kind or measure"},
    {ALS_DATA, ALS_CMD_STUDY,
     "bad data, nothing stored; a study that is damaged or no SQLite file"},
    {ALS_NO_INPUT, ALS_CMD_STUDY, "no such file, patient or visit"},
    {ALS_UNAVAILABLE, ALS_CMD_GNUPLOT, "gnuplot is missing"},
    {ALS_INTERNAL, ~0u, "internal error"},
    {ALS_CANNOT_CREATE, ALS_CMD_GNUPLOT, "cannot create a file"},
    {ALS_IO, ALS_CMD_TABLE | ALS_CMD_WRITES | ALS_CMD_GNUPLOT, "read or write error, disk full"},
    {ALS_BUSY, ALS_CMD_STUDY, "another process holds the study"},
    {ALS_NOT_PERMITTED, ALS_CMD_STUDY, "not permitted, read-only, or a study of a newer version"},
    {ALS_DEFINITION, 0, "a protocol or instrument with errors"},
    {ALS_INTERRUPTED, ~0u, "interrupted"},
};

static bool says_itself(const struct als_command *command, enum als_status status)
{
    for (const enum als_status *own = command->exits; *own; own++)
        if (*own == status)
            return true;
    return false;
}

size_t als_command_exits(const struct als_command *command,
                         enum als_status exits[ALS_COMMAND_EXITS])
{
    size_t n = 0;
    for (size_t i = 0; i < sizeof exits_known / sizeof exits_known[0]; i++)
        if (exits_known[i].flags == ~0u || (exits_known[i].flags & command->flags) ||
            says_itself(command, exits_known[i].status))
            exits[n++] = exits_known[i].status;
    return n;
}

const char *als_exit_meaning(enum als_status status)
{
    for (size_t i = 0; i < sizeof exits_known / sizeof exits_known[0]; i++)
        if (exits_known[i].status == status)
            return exits_known[i].meaning;
    return "";
}

size_t als_command_operands(const struct als_command *command, struct als_operand *operands,
                            size_t room)
{
    size_t n = 0;
    for (const char *at = command->operands; *at && n < room;) {
        size_t length = strcspn(at, " ");
        struct als_operand *operand = &operands[n++];
        *operand = (struct als_operand){.optional = *at == '['};
        size_t from = operand->optional ? 1 : 0;
        size_t name = strcspn(at + from, " =].");
        if (strncmp(at + from + name, ".db", 3) == 0)
            name += 3;
        snprintf(operand->name, sizeof operand->name, "%.*s", (int)name, at + from);
        const char *dots = strstr(at, "...");
        operand->repeats = dots && dots < at + length;
        at += length;
        at += strspn(at, " ");
    }
    return n;
}

const struct als_command *als_command_find_noun(const char *noun, size_t *count)
{
    const struct als_command *first = NULL;
    *count = 0;
    for (size_t i = 0; i < als_command_count(); i++) {
        if (strcmp(als_command_at(i)->noun, noun) != 0)
            continue;
        if (!first)
            first = als_command_at(i);
        ++*count;
    }
    return first;
}

const struct als_command *als_command_find(const char *noun, const char *verb)
{
    for (size_t i = 0; i < als_command_count(); i++) {
        const struct als_command *command = als_command_at(i);
        if (strcmp(command->noun, noun) == 0 &&
            (!command->verb || (verb && strcmp(command->verb, verb) == 0)))
            return command;
    }
    return NULL;
}
