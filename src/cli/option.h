/*
 * From the words of a command line to a command, its options and its operands. Options may stand
 * before, between and after operands, as `--name value`, `--name=value` or a letter; `--` ends
 * them. Everything is borrowed from argv and the command table; arrays live in the arena.
 */
#ifndef ALSTRACK_CLI_OPTION_H
#define ALSTRACK_CLI_OPTION_H

#include "command.h"

#include "alstrack/core/alloc.h"

struct als_given {
    const struct als_option *option;
    const char *value; /* NULL for an option that takes none */
};

struct als_args {
    const struct als_command *command; /* NULL when no command was named */
    const char *noun; /* with command NULL: the noun whose verb is missing; NULL when none */
    const struct als_given *given;
    size_t n_given;
    const char *const *operands;
    size_t n_operands;
    bool help, version; /* asked for anywhere: the rest was not checked */
};

/* argv[0] is skipped. ALS_USAGE with a hint for an unknown command or option, a missing value, a
 * word that is not among the choices, or the wrong number of operands. args->command is set as far
 * as it is known, also on failure. */
ALS_CHECKED enum als_status als_args_parse(struct als_arena *arena, int argc, char *const *argv,
                                           struct als_args *args, struct als_err *err);

/* Value of an option that the command has: NULL if it was not given. Asking for one that the
 * command does not have is a bug. */
const char *als_args_text(const struct als_args *args, const char *name);
bool als_args_flag(const struct als_args *args, const char *name);
bool als_args_takes(const struct als_args *args,
                    const char *name); /* has the command this option? */
/* Was the option given with that word? */
bool als_args_chose(const struct als_args *args, const char *name, const char *word);

/* Values of a repeated option in order: start with *position 0; NULL at the end. */
const char *als_args_next(const struct als_args *args, const char *name, size_t *position);

/* Operand by number, NULL if there are fewer. */
const char *als_args_operand(const struct als_args *args, size_t index);

/* Is `word` one of `choices` (words with bars between)? Without bars everything is. */
bool als_choice_holds(const char *choices, const char *word);

/* As if `--option value` (NULL: the next operand) had been there; value must outlive the arena. */
void als_args_add(struct als_args *args, struct als_arena *arena, const char *option,
                  const char *value);

/* Any option of that name or letter in the whole table, for finding the words of a command line
 * before the command is known. An option means the same to every command that has it. */
const struct als_option *als_option_anywhere(const char *name, size_t length);

#endif
