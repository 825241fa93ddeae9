/* Keeping the study: audit, backup. */
#include "command_table.h"
#include "commands.h"

static const struct als_command commands[] = {
    {.noun = "audit",
     .verb = "list",
     .summary = "who changed the study, when and why",
     .operands = "",
     .examples = {{"alstrack audit list", "one row per change set"}},
     .group = ALS_GROUP_KEEP,
     .flags = STUDY | TABLE,
     .run = als_cmd_audit_list},
    {.noun = "audit",
     .verb = "cells",
     .summary = "every value that was replaced, old and new",
     .operands = "[PATIENT]",
     .examples = {{"alstrack audit cells P01", "of one patient"}},
     .group = ALS_GROUP_KEEP,
     .flags = STUDY | TABLE,
     .run = als_cmd_audit_cells},
    {.noun = "audit",
     .verb = "verify",
     .summary = "recompute the trail and compare it with the tables",
     .operands = "",
     .options = {{.name = "head",
                  .value = "HEX",
                  .help = "a digest noted earlier; it must be in the trail"}},
     .examples = {{"alstrack audit verify", "edits behind the program's back"}},
     .exits = {ALS_FINDINGS},
     .group = ALS_GROUP_KEEP,
     .flags = STUDY | TABLE,
     .run = als_cmd_audit_verify},
    {.noun = "backup",
     .summary = "copy the study, also while others use it, and check the copy",
     .operands = "FILE",
     .examples = {{"alstrack backup copy.db", "a checked copy"}},
     .exits = {ALS_CANNOT_CREATE, ALS_IO},
     .group = ALS_GROUP_KEEP,
     .flags = STUDY,
     .run = als_cmd_backup},
};

const struct als_command_section als_commands_keep = {commands, sizeof commands / sizeof *commands};
