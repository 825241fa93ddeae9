/* Help: help, man, completion. */
#include "command_table.h"
#include "commands.h"

static const struct als_command commands[] = {
    {.noun = "help",
     .summary = "help on a command",
     .operands = "[COMMAND...]",
     .examples = {{"alstrack help visit due", "the same as 'visit due --help'"}},
     .group = ALS_GROUP_HELP,
     .act = ALS_ACT_FREE,
     .run = als_cmd_help},
    {.noun = "man",
     .summary = "print the manual page",
     .operands = "",
     .examples = {{"alstrack man > alstrack.1", "read it with 'man -l alstrack.1'"}},
     .group = ALS_GROUP_HELP,
     .act = ALS_ACT_FREE,
     .run = als_cmd_man},
    {.noun = "completion",
     .summary = "print the completion script of a shell",
     .operands = "bash|zsh|fish",
     .examples = {{"alstrack completion bash > alstrack.bash", "then 'source alstrack.bash'"}},
     .group = ALS_GROUP_HELP,
     .act = ALS_ACT_FREE,
     .run = als_cmd_completion},
    {.noun = "__complete",
     .summary = "candidates for the last of the words",
     .operands = "[WORD...]",
     .group = ALS_GROUP_HELP,
     .flags = ALS_CMD_HIDDEN | ALS_CMD_MAY_STUDY,
     .act = ALS_ACT_FREE,
     .run = als_cmd_complete},
};

const struct als_command_section als_commands_help = {commands, sizeof commands / sizeof *commands};
