/* One command line from start to exit code. */
#include "alstrack/cli/cli.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "commands.h"
#include "context.h"
#include "help.h"
#include "login.h"
#include "overview.h"

static void print_finding(const struct als_diag *diag, void *context)
{
    struct als_cli *cli = context;
    cli->errors += diag->severity == ALS_SEVERITY_ERROR;
    cli->warnings += diag->severity == ALS_SEVERITY_WARNING;
    als_diag_print(stderr, diag, cli->colour);
}

static bool may_colour(void)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && !(no_colour && *no_colour) &&
           !(terminal && strcmp(terminal, "dumb") == 0);
}

static void print_error(const struct als_cli *cli, const struct als_err *err)
{
    fprintf(stderr, "alstrack: %serror%s: %s", cli->colour ? "\033[1;31m" : "",
            cli->colour ? "\033[0m" : "", err->text);
    if (err->code[0])
        fprintf(stderr, " [%s]", err->code);
    fputc('\n', stderr);
    if (err->hint[0])
        fprintf(stderr, "hint: %s\n", err->hint);
}

/* The reader of standard output has gone (`| head`): not our failure, and nothing to say. */
static bool reader_is_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return ferror(stdout) && poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

/* What is still in the buffer of standard output must arrive before the command may call itself
 * done. */
static enum als_status flush_output(enum als_status status, struct als_err *err)
{
    bool failed = ferror(stdout) != 0;
    failed = fflush(stdout) != 0 || failed;
    if (status == ALS_OK && failed)
        status = als_fail(err, ALS_IO, "E-WRITE", "cannot write to standard output: %s",
                          strerror(errno));
    return status;
}

static enum als_status show_help(const struct als_args *args)
{
    if (args->command)
        als_help_command(stdout, args->command);
    else if (args->noun)
        als_help_noun(stdout, args->noun);
    else
        als_help_program(stdout);
    return ALS_OK;
}

/* Files half-written must be removed, changes rolled back: such a command ends where it can. */
static bool leaves_traces(const struct als_command *command)
{
    enum als_status exits[ALS_COMMAND_EXITS];
    size_t n = als_command_exits(command, exits);
    bool creates = false;
    for (size_t i = 0; i < n; i++)
        creates |= exits[i] == ALS_CANNOT_CREATE;
    return creates || (command->flags & ALS_CMD_WRITES);
}

static enum als_status run_command(struct als_cli *cli, struct als_err *err)
{
    const struct als_command *command = cli->args.command;
    als_signals_watch(leaves_traces(command));
    enum als_status status = ALS_OK;
    if (command->flags & ALS_CMD_WRITES)
        status = als_cli_fill_change(cli, err);
    if (!status)
        status = als_cli_use_key(cli, err);
    if (!status && (command->flags & ALS_CMD_STUDY) && !(command->flags & ALS_CMD_MAY_STUDY))
        status = als_cli_open(
            cli, command->flags & ALS_CMD_WRITES ? ALS_STORE_WRITE : ALS_STORE_READ, err);
    if (strcmp(command->noun, "analyze") == 0) {
        als_working_begin("analysing");
        if (cli->store)
            als_store_watch(cli->store, als_working_tell, NULL);
    }
    if (!status)
        status = command->run(cli, err);
    als_working_end();
    if (status && als_cli_interrupted())
        status = als_fail(err, ALS_INTERRUPTED, "", "interrupted");
    return status;
}

static enum als_status run(struct als_cli *cli, int argc, char *const *argv, struct als_err *err)
{
    enum als_status status = als_args_parse(cli->arena, argc, argv, &cli->args, err);
    if (status && !als_ask_completes(&cli->args, err))
        return status;
    if (cli->args.help)
        return show_help(&cli->args);
    if (cli->args.version) {
        puts("alstrack " ALS_VERSION "\nLicence GPL-3.0-or-later; no warranty");
        return ALS_OK;
    }
    if (cli->args.command)
        return run_command(cli, err);
    als_signals_watch(false);
    return als_overview(cli, err);
}

int als_cli_main(int argc, char *const *argv)
{
    struct als_cli cli = {.arena = als_arena_new(), .colour = may_colour()};
    cli.sink = (struct als_sink){print_finding, &cli};
    als_buf_init(&cli.cells, ALS_BUF_LARGE);
    struct als_err err = {0};
    enum als_status status = run(&cli, argc, argv, &err);
    status = flush_output(status, &err);
    if (status == ALS_IO && reader_is_gone())
        status = ALS_OK;
    else if (status != ALS_OK && err.text[0])
        print_error(&cli, &err);
    als_store_close(cli.store);
    als_buf_release(&cli.cells);
    als_arena_free(cli.arena);
    return (int)status;
}
