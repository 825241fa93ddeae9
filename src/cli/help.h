/*
 * Help as text, from the command table.
 */
#ifndef ALSTRACK_CLI_HELP_H
#define ALSTRACK_CLI_HELP_H

#include <stdio.h>

#include "command.h"

void als_help_short(FILE *out);                                      /* where to begin */
void als_help_program(FILE *out);                                    /* all commands */
void als_help_noun(FILE *out, const char *noun);                     /* the verbs of a noun */
void als_help_command(FILE *out, const struct als_command *command); /* examples first */
void als_help_usage(FILE *out, const struct als_command *command);   /* one line */

/* An option's value as people see it: "F|M|" (the last bar allows an empty value) is "F|M". */
int als_help_value_length(const char *value);

#endif
