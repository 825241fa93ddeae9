/* Opening the study, saying who and when, printing results and findings. */
#include "context.h"
#include "login.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "alstrack/core/count.h"
#include "alstrack/core/date.h"
#include "alstrack/core/num.h"

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

const char *als_cli_study_path(const struct als_cli *cli)
{
    const char *path = als_args_text(&cli->args, "study");
    return path ? path : environment("ALSTRACK_DB");
}

enum als_status als_cli_open(struct als_cli *cli, enum als_store_mode mode, struct als_err *err)
{
    if (cli->store)
        return ALS_OK;
    const char *path = als_cli_study_path(cli);
    if (!path) {
        enum als_status status = als_fail(err, ALS_USAGE, "E-STUDY", "no study was named");
        als_err_hint(err,
                     "-d STUDY.db, or ALSTRACK_DB in the environment; 'alstrack init' makes one");
        return status;
    }
    int day = ALS_NO_DAY;
    const struct als_command *command = cli->args.command;
    const bool dated = !command || (command->flags & ALS_CMD_AS_OF);
    if (mode == ALS_STORE_READ && dated && als_args_text(&cli->args, "as-of")) {
        enum als_status status = als_cli_today(cli, &day, err);
        if (status != ALS_OK)
            return status;
    }
    enum als_status status = als_store_open(path, mode, &cli->store, err);
    if (status == ALS_OK && day != ALS_NO_DAY)
        als_store_cut(cli->store, day);
    if (status == ALS_OK)
        status = als_cli_authenticate(cli, command ? command->act : ALS_ACT_SEE, err);
    const struct als_user *actor = status == ALS_OK ? als_store_actor(cli->store) : NULL;
    if (actor) /* whatever the login name is: drafts belong to who has shown who it is */
        cli->change.user = als_arena_strdup(cli->arena, actor->user);
    return status;
}

enum als_status als_cli_today(const struct als_cli *cli, int *day, struct als_err *err)
{
    const struct als_command *command = cli->args.command;
    const bool dated = !command || (command->flags & ALS_CMD_AS_OF);
    const char *text = dated ? als_args_text(&cli->args, "as-of") : NULL;
    return text ? als_cli_day(text, "--as-of", day, err) : als_cli_clock_day(day, err);
}

enum als_status als_cli_clock_day(int *day, struct als_err *err)
{
    time_t now = time(NULL);
    struct tm local;
    if (!localtime_r(&now, &local))
        return als_fail(err, ALS_INTERNAL, "E-CLOCK", "the clock cannot be read");
    *day = als_day_from_civil(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
    return ALS_OK;
}

const char *als_cli_stamp(void)
{
    return environment("SOURCE_DATE_EPOCH");
}

static enum als_format format_of(const struct als_cli *cli)
{
    const char *name = als_args_text(&cli->args, "format");
    enum als_format format = isatty(STDOUT_FILENO) ? ALS_FORMAT_TABLE : ALS_FORMAT_CSV;
    if (name && !als_format_parse(name, &format))
        als_bug("format %s", name);
    return format;
}

/* The table that --table names, for commands that have several; NULL: not asked. */
static const char *table_asked(const struct als_cli *cli)
{
    return als_args_takes(&cli->args, "table") ? als_args_text(&cli->args, "table") : NULL;
}

static void print_notes(const struct als_table *table)
{
    for (size_t i = 0; i < als_table_notes(table); i++)
        fprintf(stderr, "%s\n", als_table_note_at(table, i));
}

enum als_status als_cli_emit(struct als_cli *cli, struct als_table *table, struct als_err *err)
{
    als_working_end();
    const char *asked = table_asked(cli);
    enum als_status status =
        asked ? als_fail(err, ALS_USAGE, "E-TABLE",
                         "there is no table '%s': the result is one table", asked)
              : als_table_write(table, format_of(cli), stdout, err);
    if (!status)
        print_notes(table);
    als_table_free(table);
    return status;
}

static enum als_status no_table(const struct als_result *result, const char *asked,
                                struct als_err *err)
{
    struct als_buf names;
    als_buf_init(&names, ALS_BUF_LARGE);
    als_result_names(result, &names);
    enum als_status status =
        als_fail(err, ALS_USAGE, "E-TABLE", "there is no table '%s' in this result", asked);
    als_err_hint(err, names.length ? "there are: %s" : "it is one table%s", names.data);
    als_buf_release(&names);
    return status;
}

/* In CSV and TSV, and when one was asked for, the others were not written. */
static void print_other_tables(const struct als_result *result, const char *written)
{
    struct als_buf names;
    als_buf_init(&names, ALS_BUF_LARGE);
    als_result_names(result, &names);
    fprintf(stderr, "tables of this result: %s; this is %s, --table NAME gives another\n",
            names.data, written);
    als_buf_release(&names);
}

enum als_status als_cli_emit_result(struct als_cli *cli, struct als_result *result,
                                    struct als_err *err)
{
    als_working_end();
    const char *asked = table_asked(cli);
    enum als_format format = format_of(cli);
    const struct als_table *one = asked ? als_result_table(result, asked) : NULL;
    enum als_status status = asked && !one ? no_table(result, asked, err)
                             : one         ? als_table_write(one, format, stdout, err)
                                           : als_result_write(result, format, stdout, err);
    if (!status) {
        print_notes(als_result_main(result));
        bool separated = format == ALS_FORMAT_CSV || format == ALS_FORMAT_TSV;
        if (result->count > 1 && (asked || separated))
            print_other_tables(result, asked ? asked : result->parts[result->main].name);
    }
    als_result_release(result);
    return status;
}

enum als_status als_cli_fill_change(struct als_cli *cli, struct als_err *err)
{
    char name[64];
    cli->change = (struct als_change_info){
        .user = als_cli_user(cli),
        .command = als_arena_strdup(cli->arena, als_command_name(cli->args.command, name)),
    };
    for (size_t i = 0; i < cli->args.n_given; i++) {
        const char *value = cli->args.given[i].value;
        if (strcmp(cli->args.given[i].option->name, "reason") != 0)
            continue;
        if (!value[strspn(value, " \t\r\n")])
            return als_fail(err, ALS_USAGE, "E-REASON", "--reason TEXT says why; it is blank");
        cli->change.reason = value;
    }
    return ALS_OK;
}

enum als_status als_cli_begin(struct als_cli *cli, struct als_err *err)
{
    als_store_on_cell_change(cli->store, als_cli_note_cell, cli);
    return als_change_begin(cli->store, &cli->change, err);
}

static enum als_status commit(struct als_cli *cli, struct als_err *err)
{
    int64_t change_id = 0;
    enum als_status status = als_change_commit(cli->store, &change_id, err);
    if (status)
        return status;
    if (change_id == 0) {
        fputs("nothing to change: the study holds this already\n", stderr);
        return ALS_OK;
    }
    fprintf(stderr, "change %lld\n", (long long)change_id);
    als_cli_print_cells(cli);
    return ALS_OK;
}

enum als_status als_cli_end(struct als_cli *cli, enum als_status status, struct als_err *err)
{
    if (!status && als_cli_interrupted())
        status = als_fail(err, ALS_INTERRUPTED, "", "interrupted");
    bool dry = als_args_flag(&cli->args, "dry-run");
    if (!status && !dry)
        status = commit(cli, err);
    else
        als_change_abandon(cli->store);
    als_store_on_cell_change(cli->store, NULL, NULL);
    if (status && strcmp(err->code, "E-CONFLICT") == 0)
        als_err_hint(err, "--reason TEXT says why a stored value changes");
    if (!status && dry) {
        als_cli_print_cells(cli);
        fputs("dry run: nothing written\n", stderr);
    }
    return status;
}

enum als_status als_cli_integer(const char *text, const char *what, int *out, struct als_err *err)
{
    int64_t value;
    if (!als_num_parse_integer(text, strlen(text), &value) || value < INT_MIN || value > INT_MAX)
        return als_fail(err, ALS_USAGE, "E-NUMBER", "%s needs a whole number, not '%s'", what,
                        text);
    *out = (int)value;
    return ALS_OK;
}

enum als_status als_cli_number(const char *text, const char *what, double *out, struct als_err *err)
{
    if (!als_num_parse_double(text, strlen(text), out))
        return als_fail(err, ALS_USAGE, "E-NUMBER", "%s needs a number, not '%s'", what, text);
    return ALS_OK;
}

enum als_status als_cli_day(const char *text, const char *what, int *out, struct als_err *err)
{
    if (!als_date_parse_full(text, strlen(text), out))
        return als_fail(err, ALS_USAGE, "E-DATE", "%s needs a day as YYYY-MM-DD, not '%s'", what,
                        text);
    return ALS_OK;
}

const char *als_cli_count(const struct als_cli *cli, size_t n, const char *one)
{
    return als_arena_strdup(cli->arena, als_counted(n, one).text);
}

enum als_status als_cli_no_such(enum als_status status, const char *what, const char *word,
                                const char *const *candidates, size_t n, struct als_err *err)
{
    status = als_fail(err, status, "E-NAME", "there is no %s '%s'", what, word);
    const char *nearest = als_nearest(word, candidates, n);
    if (nearest) {
        als_err_hint(err, "did you mean '%s'?", nearest);
        return status;
    }
    char list[360] = "";
    size_t used = 0;
    for (size_t i = 0; i < n && used < sizeof list - 1; i++)
        used +=
            (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", candidates[i]);
    if (n && used < sizeof list)
        als_err_hint(err, "one of %s", list);
    return status;
}
