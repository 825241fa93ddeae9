/*
 * What every command works with: its arguments, the study, today, where findings go. Opening and
 * closing is done once, around the command.
 */
#ifndef ALSTRACK_CLI_CONTEXT_H
#define ALSTRACK_CLI_CONTEXT_H

#include "option.h"

#include "alstrack/analysis/result.h"
#include "alstrack/core/buf.h"
#include "alstrack/core/diag.h"
#include "alstrack/export/write.h"
#include "alstrack/store/change.h"
#include "alstrack/store/record.h"

struct als_cli {
    struct als_args args;
    struct als_arena *arena; /* ends with the command */
    struct als_store *store; /* NULL while no study is open */
    struct als_sink sink;    /* prints findings on standard error */
    size_t errors, warnings; /* that the sink has printed */
    bool colour;             /* standard error may be coloured */
    struct als_change_info change;
    struct als_buf cells; /* what the change set under way entered, for people */
    char row[320];        /* table and key of the row whose line is open in cells; "" for none */
    bool row_is_bare;     /* nothing but table and key is on that line yet */
};

/* Path of the study from -d or ALSTRACK_DB; NULL if neither is there. */
const char *als_cli_study_path(const struct als_cli *cli);
/* Open the study that -d or ALSTRACK_DB names; does nothing when it is open. */
ALS_CHECKED enum als_status als_cli_open(struct als_cli *cli, enum als_store_mode mode,
                                         struct als_err *err);

/* --as-of, else today by the local clock. */
ALS_CHECKED enum als_status als_cli_today(const struct als_cli *cli, int *day, struct als_err *err);
ALS_CHECKED enum als_status als_cli_clock_day(int *day, struct als_err *err); /* whatever --as-of */
/* SOURCE_DATE_EPOCH, or NULL. */
const char *als_cli_stamp(void);

/* Write the table to standard output as --format says and its notes to standard error. Frees it. */
ALS_CHECKED enum als_status als_cli_emit(struct als_cli *cli, struct als_table *table,
                                         struct als_err *err);

/* The same of a result of several tables, or of the one that --table names, with the notes of the
 * main one. Releases it. */
ALS_CHECKED enum als_status als_cli_emit_result(struct als_cli *cli, struct als_result *result,
                                                struct als_err *err);

/* A change set around `command`, whose cells are told on standard error when it is committed.
 * als_cli_begin ... puts ... return als_cli_end(cli, status, err). With --dry-run or a status other
 * than ALS_OK nothing is stored. */
ALS_CHECKED enum als_status als_cli_begin(struct als_cli *cli, struct als_err *err);
ALS_CHECKED enum als_status als_cli_end(struct als_cli *cli, enum als_status status,
                                        struct als_err *err);
als_cell_change_fn als_cli_note_cell; /* context: struct als_cli */
/* Another line for people, after the cells noted so far. */
__attribute__((format(printf, 2, 3))) void als_cli_tell(struct als_cli *cli, const char *format,
                                                        ...);
/* All of it on standard error; or nothing of it, as the change set was abandoned. */
void als_cli_print_cells(struct als_cli *cli);
void als_cli_forget_cells(struct als_cli *cli);

/* Who, and why: from --user or ALSTRACK_USER or the login name, and --reason, which must not be
 * blank. */
ALS_CHECKED enum als_status als_cli_fill_change(struct als_cli *cli, struct als_err *err);

/* Numbers and dates from the command line; `what` names the option or operand in the message. */
ALS_CHECKED enum als_status als_cli_integer(const char *text, const char *what, int *out,
                                            struct als_err *err);
ALS_CHECKED enum als_status als_cli_number(const char *text, const char *what, double *out,
                                           struct als_err *err);
ALS_CHECKED enum als_status als_cli_day(const char *text, const char *what, int *out,
                                        struct als_err *err);
/* "1 row", "2 rows": in the command's arena. */
const char *als_cli_count(const struct als_cli *cli, size_t n, const char *one);

/* Refuse `word` as `what`, with the nearest of the candidates as hint, or all of them. */
enum als_status als_cli_no_such(enum als_status status, const char *what, const char *word,
                                const char *const *candidates, size_t n, struct als_err *err);

/* Progress: a line on standard error that is a terminal, once the work has taken a second. The
 * context is a struct als_progress; als_progress_end wipes the line. Interruption is looked for at
 * every call. */
struct als_progress {
    struct als_cli *cli;
    const char *what;
    double began;
    bool shown;
};
void als_progress_begin(struct als_progress *progress, struct als_cli *cli, const char *what);
bool als_progress_tell(double fraction, void *context); /* false: interrupted, stop */
void als_progress_end(struct als_progress *progress);

/* The same for work that cannot say how far it is: "WHAT ..." after a second. For commands that
 * only read, whose SIGALRM is free. als_working_end, which may be called again, wipes the line. */
void als_working_begin(const char *what);
void als_working_end(void);
/* For als_store_watch: says how much has been read, once the line is there. */
void als_working_tell(double share, void *context);

/* SIGINT and SIGTERM end a reading command at once. While a command writes they are kept until it
 * may stop: als_cli_interrupted says so. A second one ends it anyway. */
void als_signals_watch(bool writes);
bool als_cli_interrupted(void);

#endif
