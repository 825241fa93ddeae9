/* `import`: a CSV file into the study. */
#include "commands.h"
#include "names.h"

#include <string.h>

#include "alstrack/ingest/import.h"

static enum als_status check_kind(struct als_cli *cli, const char *kind, struct als_err *err)
{
    const char *names[ALS_NAMES_ROOM] = {"patients", "events", "visits", "ae"};
    size_t n = 4 + als_names_instruments(cli->store, names + 4, ALS_NAMES_ROOM - 4);
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], kind) == 0)
            return ALS_OK;
    return als_cli_no_such(ALS_USAGE, "kind of import", kind, names, n, err);
}

static void tell(const struct als_cli *cli, const struct als_import_result *result,
                 const char *kind)
{
    fprintf(stderr, "  %s: %s: %zu entered, %zu changed, %zu the same, %zu rejected\n", kind,
            als_cli_count(cli, result->rows, "row"), result->entered, result->changed, result->same,
            result->rejected);
    if (result->visits_assigned)
        fprintf(stderr, "  visit filled in from the date: %s\n",
                als_cli_count(cli, result->visits_assigned, "row"));
    if (result->unscheduled)
        fprintf(stderr, "  unscheduled, outside every window: %s (%zu for want of an anchor)\n",
                als_cli_count(cli, result->unscheduled, "row"), result->without_anchor);
    if (result->opened)
        fprintf(stderr, "  queries opened: %zu\n", result->opened);
    if (result->refreshed)
        fprintf(stderr, "  queries open again with another value: %zu\n", result->refreshed);
    if (result->gone)
        fprintf(stderr, "  queries no longer found, for a person to close: %zu\n", result->gone);
    if (result->out_of_window)
        fprintf(stderr, "  outside the window of their visit: %s\n",
                als_cli_count(cli, result->out_of_window, "row"));
}

#define FLUSH_BYTES 65536 /* a dry run of a large file would say more than memory holds */

static void show_cell(const struct als_cell_change *cell, void *context)
{
    struct als_cli *cli = context;
    als_cli_note_cell(cell, cli);
    if (cli->cells.length > FLUSH_BYTES)
        als_cli_print_cells(cli);
}

static enum als_status report(struct als_cli *cli, const struct als_import_options *options,
                              const struct als_import_result *result, enum als_status status,
                              struct als_err *err)
{
    if (status != ALS_OK && status != ALS_FINDINGS)
        return status;
    if (result->change_id)
        fprintf(stderr, "change %lld\n", (long long)result->change_id);
    als_cli_print_cells(cli);
    tell(cli, result, options->kind);
    if (options->dry_run && result->changed && !cli->change.reason)
        fprintf(stderr, "  stored values would change, which needs --reason: %s\n",
                als_cli_count(cli, result->changed, "row"));
    if (options->dry_run)
        fputs("dry run: nothing written\n", stderr);
    else if (!result->change_id)
        fputs("nothing to change: the study holds this already\n", stderr);
    if (status == ALS_FINDINGS)
        als_fail(err, ALS_FINDINGS, "E-REJECTS", "%s to %s: %s",
                 options->dry_run ? "would be left out and written" : "left out and written",
                 options->rejects, als_cli_count(cli, result->rejected, "row"));
    return status;
}

enum als_status als_cmd_import(struct als_cli *cli, struct als_err *err)
{
    struct als_progress progress;
    struct als_import_options options = {
        .kind = als_args_operand(&cli->args, 0),
        .path = als_args_operand(&cli->args, 1),
        .map = als_args_text(&cli->args, "map"),
        .rejects = als_args_text(&cli->args, "rejects"),
        .dry_run = als_args_flag(&cli->args, "dry-run"),
        .on_change = show_cell,
        .change_context = cli,
        .progress = als_progress_tell,
        .progress_context = &progress,
    };
    enum als_status status = check_kind(cli, options.kind, err);
    if (!status)
        status = als_cli_today(cli, &options.today, err);
    if (status)
        return status;
    cli->change.command = als_arena_printf(cli->arena, "import %s", options.kind);
    struct als_import_result result = {0};
    als_progress_begin(&progress, cli, "importing");
    status = als_import(cli->store, &options, &cli->change, &cli->sink, &result, err);
    als_progress_end(&progress);
    return report(cli, &options, &result, status, err);
}
