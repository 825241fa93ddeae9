/*
 * Asking on a terminal for what a command line leaves out. What is answered becomes an option or an
 * operand, as if it had been given, so that the command itself does not know the difference.
 *
 * Somebody is asked when the command cannot do without, or, where the command says so, when nothing
 * but its key was given. Without a terminal nobody is asked.
 */
#ifndef ALSTRACK_CLI_ASK_H
#define ALSTRACK_CLI_ASK_H

#include "context.h"

/* ALS_OK, or why the answer is not taken; the question is asked again with that. */
typedef enum als_status als_ask_check_fn(struct als_cli *cli, const char *text,
                                         struct als_err *err);

struct als_ask {
    const char *option; /* whose value is asked for; NULL: the next operand */
    const char *label;
    const char *hint;           /* what may be typed; may be NULL */
    const char *const *choices; /* words, chosen by number or typed; NULL: any text */
    const char *const *labels;  /* beside the choices; may be NULL */
    size_t n_choices;
    bool offered; /* the choices are offers: other text is fine, too */
    bool required;
    const char *fallback; /* what Enter means; NULL: nothing is said */
    const char *stored;   /* of a correction: Enter keeps it, - takes it away; NULL: nothing is */
    als_ask_check_fn *check;
};

/* The command line broke off before its last operand, the command asks, and somebody is there. */
bool als_ask_completes(const struct als_args *args, const struct als_err *err);
/* Ask? When a required one is missing, or when `bare` and none of the options was given. */
bool als_ask_wanted(const struct als_cli *cli, const struct als_ask *asks, size_t n, bool bare);
/* One after the other, those that were not given; the answers go to cli->args. ALS_INTERRUPTED when
 * somebody left. */
ALS_CHECKED enum als_status als_ask_each(struct als_cli *cli, const struct als_ask *asks, size_t n,
                                         struct als_err *err);
/* A correction, when a field is asked for or nothing but the key was given: the fields one after
 * the other beside what is stored, then why, into the change set. A check sees kept answers, too:
 * they must go with those before. */
ALS_CHECKED enum als_status als_ask_correction(struct als_cli *cli, const struct als_ask *asks,
                                               size_t n, struct als_err *err);
/* Why something stored changes, unless --reason says it. */
ALS_CHECKED enum als_status als_ask_reason(struct als_cli *cli, const char *label,
                                           struct als_err *err);
/* One answer in *text, NULL for none; in the command's arena. */
ALS_CHECKED enum als_status als_ask_one(struct als_cli *cli, const struct als_ask *ask,
                                        const char **text, struct als_err *err);

/* Checks that several questions share. */
als_ask_check_fn als_ask_check_date; /* may be partial */
als_ask_check_fn als_ask_check_day;
als_ask_check_fn als_ask_check_number;
als_ask_check_fn als_ask_check_words;   /* not blank */
als_ask_check_fn als_ask_check_patient; /* registered */

#endif
