/* Questions line by line, checked at once. */
#include "ask.h"

#include <string.h>

#include "alstrack/core/date.h"
#include "alstrack/core/num.h"
#include "alstrack/core/utf8.h"
#include "names.h"
#include "tty.h"

/* ---- Whether to ask ---- */

static size_t least_operands(const struct als_command *command)
{
    struct als_operand operands[8];
    const size_t n = als_command_operands(command, operands, 8);
    size_t least = 0;
    for (size_t i = 0; i < n; i++)
        least += !operands[i].optional;
    return least;
}

bool als_ask_completes(const struct als_args *args, const struct als_err *err)
{
    return args->command && (args->command->flags & ALS_CMD_ASKS) &&
           strcmp(err->code, "E-OPERAND") == 0 &&
           args->n_operands < least_operands(args->command) && als_tty_is_there();
}

/* Is the answer of the ask there already? Operands are filled in their order, so that the i-th ask
 * for an operand is answered when there are as many. */
static bool is_given(const struct als_cli *cli, const struct als_ask *asks, size_t ask)
{
    if (asks[ask].option)
        return als_args_flag(&cli->args, asks[ask].option);
    size_t place = 0;
    for (size_t i = 0; i < ask; i++)
        place += !asks[i].option;
    return cli->args.n_operands > place;
}

bool als_ask_wanted(const struct als_cli *cli, const struct als_ask *asks, size_t n, bool bare)
{
    bool missing = false, options = false;
    for (size_t i = 0; i < n; i++) {
        const bool given = is_given(cli, asks, i);
        missing |= asks[i].required && !given;
        options |= asks[i].option && given;
    }
    return (missing || (bare && !options)) && als_tty_is_there();
}

/* ---- One question ---- */

static void say(const char *prefix, const char *text)
{
    struct als_buf line;
    als_buf_init(&line, ALS_BUF_LARGE);
    als_buf_text(&line, prefix);
    als_utf8_visible(&line, text, strlen(text));
    als_buf_char(&line, '\n');
    als_tty_put(line.data, line.length);
    als_buf_release(&line);
}

/* Choices that are numbers themselves are not numbered a second time. */
static bool are_numbers(const struct als_ask *ask)
{
    for (size_t i = 0; i < ask->n_choices; i++)
        if (strspn(ask->choices[i], "0123456789") == strlen(ask->choices[i]))
            return true;
    return false;
}

static void show_choices(const struct als_ask *ask)
{
    const bool numbers = are_numbers(ask);
    struct als_buf line;
    als_buf_init(&line, ALS_BUF_LARGE);
    for (size_t i = 0; i < ask->n_choices; i++) {
        als_buf_clear(&line);
        if (!numbers)
            als_buf_printf(&line, "%2zu  ", i + 1);
        als_buf_text(&line, ask->choices[i]);
        if (ask->labels && ask->labels[i])
            als_buf_printf(&line, "  %s", ask->labels[i]);
        say("  ", line.data);
    }
    als_buf_release(&line);
}

static void show_question(const struct als_cli *cli, const struct als_ask *ask)
{
    const char *enter = ask->stored ? als_arena_printf(cli->arena, "Enter: stays %s%s", ask->stored,
                                                       ask->required ? "" : "; - takes it away")
                        : ask->fallback ? als_arena_printf(cli->arena, "Enter: %s", ask->fallback)
                        : ask->required ? NULL
                                        : "Enter: not said";
    const char *between = ask->hint && enter ? "; " : "";
    if (ask->hint || enter)
        say("", als_arena_printf(cli->arena, "%s (%s%s%s)", ask->label, ask->hint ? ask->hint : "",
                                 between, enter ? enter : ""));
    else
        say("", ask->label);
    show_choices(ask);
}

/* The word that was meant: a choice as it is spelled or by its number; NULL if it is none. */
static const char *chosen(const struct als_ask *ask, const char *typed)
{
    int64_t number;
    for (size_t i = 0; i < ask->n_choices; i++)
        if (strcmp(ask->choices[i], typed) == 0)
            return ask->choices[i];
    if (!are_numbers(ask) && als_num_parse_integer(typed, strlen(typed), &number) && number >= 1 &&
        (size_t)number <= ask->n_choices)
        return ask->choices[number - 1];
    return ask->offered || ask->n_choices == 0 ? typed : NULL;
}

/* What the typed line says; false with a message when it is asked again. */
static bool take(struct als_cli *cli, const struct als_ask *ask, const char *typed,
                 const char **text)
{
    struct als_err err = {.status = ALS_OK};
    const bool kept = ask->stored && !*typed;
    if (ask->stored && !ask->required && strcmp(typed, "-") == 0) {
        *text = "";
        return true;
    }
    *text = kept ? ask->stored : *typed ? chosen(ask, typed) : ask->fallback;
    if (!*text && *typed)
        say("  ", "that is none of them");
    else if (!*text && ask->required)
        say("  ", "this is needed; Ctrl-C leaves");
    else if (*text && ask->check && ask->check(cli, *text, &err) != ALS_OK)
        say("  ",
            err.hint[0] ? als_arena_printf(cli->arena, "%s; %s", err.text, err.hint) : err.text);
    else {
        *text = kept ? NULL : *text;
        return true;
    }
    return false;
}

static enum als_status read_answer(struct als_cli *cli, const struct als_tty *tty,
                                   const struct als_ask *ask, const char **text,
                                   struct als_err *err)
{
    struct als_buf line;
    als_buf_init(&line, 4000);
    for (;;) {
        const int key = als_tty_line(tty, "> ", &line, "");
        if (key == ALS_KEY_INTERRUPT || key == ALS_KEY_LEAVE) {
            als_buf_release(&line);
            return als_fail(err, ALS_INTERRUPTED, "", "left before the end; this was not stored");
        }
        if (key != ALS_KEY_ENTER)
            continue;
        if (take(cli, ask, als_arena_strdup(cli->arena, line.data), text))
            break;
        als_buf_clear(&line);
    }
    als_buf_release(&line);
    return ALS_OK;
}

enum als_status als_ask_one(struct als_cli *cli, const struct als_ask *ask, const char **text,
                            struct als_err *err)
{
    struct als_tty tty;
    if (!als_tty_open(&tty))
        return als_fail(err, ALS_USAGE, "E-TERMINAL", "there is no terminal to ask on");
    show_question(cli, ask);
    const enum als_status status = read_answer(cli, &tty, ask, text, err);
    als_tty_close();
    return status;
}

enum als_status als_ask_each(struct als_cli *cli, const struct als_ask *asks, size_t n,
                             struct als_err *err)
{
    for (size_t i = 0; i < n; i++) {
        const char *text = NULL;
        if (is_given(cli, asks, i))
            continue;
        const enum als_status status = als_ask_one(cli, &asks[i], &text, err);
        if (status)
            return status;
        if (text)
            als_args_add(&cli->args, cli->arena, asks[i].option, text);
    }
    return ALS_OK;
}

enum als_status als_ask_reason(struct als_cli *cli, const char *label, struct als_err *err)
{
    const struct als_ask why = {.option = "reason",
                                .label = label,
                                .hint = "the trail keeps it",
                                .required = true,
                                .check = als_ask_check_words};
    const enum als_status status = als_ask_each(cli, &why, 1, err);
    return status ? status : als_cli_fill_change(cli, err);
}

enum als_status als_ask_correction(struct als_cli *cli, const struct als_ask *asks, size_t n,
                                   struct als_err *err)
{
    bool said = false;
    enum als_status status = als_ask_each(cli, asks, n, err);
    for (size_t i = 0; i < n; i++)
        said |= als_args_flag(&cli->args, asks[i].option);
    if (status || said)
        return status ? status : als_ask_reason(cli, "Why does it change?", err);
    return als_fail(err, ALS_USAGE, "E-OPTION", "nothing to change was given");
}

/* ---- Checks ---- */

enum als_status als_ask_check_date(struct als_cli *cli, const char *text, struct als_err *err)
{
    struct als_date date;
    (void)cli;
    if (als_date_parse(text, strlen(text), &date))
        return ALS_OK;
    return als_fail(err, ALS_USAGE, "E-DATE", "a date is YYYY-MM-DD, YYYY-MM or YYYY, not '%s'",
                    text);
}

enum als_status als_ask_check_day(struct als_cli *cli, const char *text, struct als_err *err)
{
    int day;
    (void)cli;
    return als_cli_day(text, "this", &day, err);
}

enum als_status als_ask_check_number(struct als_cli *cli, const char *text, struct als_err *err)
{
    double number;
    (void)cli;
    return als_cli_number(text, "this", &number, err);
}

enum als_status als_ask_check_words(struct als_cli *cli, const char *text, struct als_err *err)
{
    (void)cli;
    if (text[strspn(text, " \t")])
        return ALS_OK;
    return als_fail(err, ALS_USAGE, "E-TEXT", "say why in words");
}

enum als_status als_ask_check_patient(struct als_cli *cli, const char *text, struct als_err *err)
{
    struct als_patient patient;
    return als_cli_patient(cli, text, &patient, err);
}
