/*
 * The commands, as one constant table. Dispatch, --help, the man page and shell completion all read
 * it, so that none of them can disagree with another.
 *
 * Two small notations carry meaning and are read by the program, not only by people:
 * operands  "PATIENT VISIT [DATE]", "[PATIENT]", "ITEM=VALUE..."  least and greatest number, what
 *           completion offers for each (by the word);
 * value     "FILE", "DATE", "svg|png|pdf"  what an option takes; with bars, one of these words.
 */
#ifndef ALSTRACK_CLI_COMMAND_H
#define ALSTRACK_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/err.h"
#include "alstrack/store/people.h"

struct als_cli; /* context.h */
typedef enum als_status als_run_fn(struct als_cli *cli, struct als_err *err);

enum als_command_group {
    ALS_GROUP_STUDY,
    ALS_GROUP_DEFINE,
    ALS_GROUP_RECORD,
    ALS_GROUP_RESULT,
    ALS_GROUP_PEOPLE,
    ALS_GROUP_KEEP,
    ALS_GROUP_HELP,
    ALS_GROUP_COUNT
};
extern const char *const als_group_titles[ALS_GROUP_COUNT];

enum als_command_flag {
    ALS_CMD_STUDY = 1,     /* the study is open when the command runs: -d, --user */
    ALS_CMD_MAY_STUDY = 2, /* takes -d, opens the study itself if it needs to; with the first: in
                              the mode that it needs */
    ALS_CMD_WRITES = 4,    /* changes a study: --dry-run */
    ALS_CMD_TABLE = 8,     /* prints a table: --format */
    ALS_CMD_AS_OF = 16,    /* depends on today's date: --as-of */
    ALS_CMD_GNUPLOT = 32,  /* needs gnuplot */
    ALS_CMD_HIDDEN = 64,   /* for the program's own use; not in help */
    ALS_CMD_STAYS = 128,   /* runs until it is ended */
    ALS_CMD_USERS = 256,   /* makes sense in a study with users */
    ALS_CMD_ON_TTY = 512,  /* works on a terminal only */
    ALS_CMD_ASKS = 1024    /* asks on a terminal for what was left out */
};

struct als_option {
    const char *name;  /* without dashes */
    const char *value; /* NULL: takes none */
    const char *help;
    char letter; /* short form, or NUL */
    bool repeats;
};

struct als_example {
    const char *line; /* a whole command line; the unit tests run every one */
    const char *what;
};

struct als_command {
    const char *noun;
    const char *verb; /* NULL: the noun is the whole name */
    const char *summary;
    const char *operands;
    const char *details;            /* more for people; NULL if the summary says all */
    struct als_option options[14];  /* its own; ends with a NULL name */
    struct als_example examples[4]; /* ends with a NULL line */
    enum als_status exits[6];       /* beyond those that follow from flags; ends with ALS_OK */
    enum als_command_group group;
    unsigned flags;
    enum als_act act; /* what it does to a study, for roles; asked before it runs */
    als_run_fn *run;
};

/* Every command in order of the table, and how many there are; NULL past the end. */
const struct als_command *als_command_at(size_t index);
size_t als_command_count(void);

/* "visit due", or "record" for a command without verb. Returns text. */
const char *als_command_name(const struct als_command *command, char text[64]);

/* Own options, then those that follow from flags. Returns how many there are; fills up to room. */
#define ALS_COMMAND_OPTIONS 20
size_t als_command_options(const struct als_command *command,
                           const struct als_option *options[ALS_COMMAND_OPTIONS]);

/* Exit codes a command can give, ascending, from 0. Returns how many. */
#define ALS_COMMAND_EXITS 14
size_t als_command_exits(const struct als_command *command,
                         enum als_status exits[ALS_COMMAND_EXITS]);
const char *als_exit_meaning(enum als_status status);

/* One word of `operands`. */
struct als_operand {
    char name[24]; /* PATIENT; for ITEM=VALUE the part before = */
    bool optional, repeats;
};
size_t als_command_operands(const struct als_command *command, struct als_operand *operands,
                            size_t room);

/* The commands of a noun: first and how many (they are neighbours in the table); NULL if none. */
const struct als_command *als_command_find_noun(const char *noun, size_t *count);
const struct als_command *als_command_find(const char *noun, const char *verb);

#endif
