/* `check`: all rules on all that is stored. */
#include "commands.h"
#include "names.h"
#include "verdicts.h"

#include <string.h>

struct listing {
    struct als_cli *cli;
    struct als_table *table;
    enum als_rule_level most; /* hard is 0: findings above this number are left out */
    size_t listed;
};

static void list_row(const struct als_check_row *row, void *context)
{
    struct listing *listing = context;
    struct als_table *table = listing->table;
    if (row->verdict.level > listing->most)
        return;
    listing->listed++;
    als_table_text(table, als_store_patient_name(listing->cli->store, row->patient_id));
    als_table_text(table,
                   row->visit_no ? als_store_visit_code(listing->cli->store, row->visit_no) : NULL);
    als_table_text(table, row->record);
    als_table_text(table, row->rater);
    als_table_text(table, row->item);
    als_table_text(table, als_level_names[row->verdict.level]);
    als_table_text(table, row->verdict.code);
    als_table_text(table, row->verdict.message);
    als_table_text(table, row->value);
    als_table_text(table, row->query);
    als_table_text(table, row->query_state);
}

/* Looking back at an earlier day, nothing is asked: what came later is no finding, and what was
 * doubtful then may have been answered since. */
static enum als_status read_day(struct als_cli *cli, struct als_check_options *options,
                                struct als_err *err)
{
    int now = ALS_NO_DAY;
    enum als_status status = als_cli_today(cli, &options->today, err);
    if (!status)
        status = als_cli_clock_day(&now, err);
    if (status || options->today >= now || !options->queries)
        return status;
    options->queries = false;
    als_cli_tell(cli, "--as-of an earlier day: findings of then are listed, no queries are kept");
    return ALS_OK;
}

static enum als_status read_options(struct als_cli *cli, struct als_check_options *options,
                                    struct listing *listing, struct als_err *err)
{
    const char *level = als_args_text(&cli->args, "level");
    listing->most = ALS_RULE_INFO;
    for (size_t i = 0; level && i <= ALS_RULE_INFO; i++)
        if (strcmp(level, als_level_names[i]) == 0)
            listing->most = (enum als_rule_level)i;
    options->site = als_args_text(&cli->args, "site");
    options->queries = !als_args_flag(&cli->args, "no-queries");
    options->baselines = true;
    enum als_status status = read_day(cli, options, err);
    if (!status)
        status = als_cli_open(cli, options->queries ? ALS_STORE_WRITE : ALS_STORE_READ, err);
    if (!status)
        status = als_cli_site_check(cli, options->site, err);
    if (!status)
        status = als_cli_patient_id(cli, als_args_text(&cli->args, "patient"), &options->patient_id,
                                    err);
    return status;
}

static void tell(struct als_cli *cli, const struct als_check_counts *counts)
{
    als_cli_tell(cli, "  %s: %zu hard, %zu soft, %zu for information",
                 als_cli_count(cli, counts->hard + counts->soft + counts->info, "finding"),
                 counts->hard, counts->soft, counts->info);
    als_cli_tell_queries(cli, NULL, counts->opened, counts->refreshed, counts->gone);
}

/* Queries are kept, unless the run is dry; that there is nothing new to ask goes without saying. */
static enum als_status keep(struct als_cli *cli, struct als_err *err)
{
    int64_t change_id = 0;
    if (als_args_flag(&cli->args, "dry-run")) {
        als_change_abandon(cli->store);
        als_cli_tell(cli, "dry run: nothing written");
        return ALS_OK;
    }
    const enum als_status status = als_change_commit(cli->store, &change_id, err);
    if (!status && change_id)
        als_cli_tell(cli, "change %lld", (long long)change_id);
    return status;
}

static enum als_status run(struct als_cli *cli, const struct als_check_options *options,
                           struct listing *listing, struct als_err *err)
{
    struct als_check_counts counts = {.hard = 0};
    enum als_status status = ALS_OK;
    if (options->queries)
        status = als_change_begin(cli->store, &cli->change, err);
    if (status)
        return status;
    status = als_check(cli->store, options, list_row, listing, &counts, err);
    if (!status)
        tell(cli, &counts);
    if (options->queries && status)
        als_change_abandon(cli->store);
    else if (options->queries)
        status = keep(cli, err);
    als_cli_print_cells(cli);
    return status;
}

enum als_status als_cmd_check(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "patient", .type = ALS_CELL_TEXT},    {.name = "visit", .type = ALS_CELL_TEXT},
        {.name = "instrument", .type = ALS_CELL_TEXT}, {.name = "rater", .type = ALS_CELL_TEXT},
        {.name = "item", .type = ALS_CELL_TEXT},       {.name = "level", .type = ALS_CELL_TEXT},
        {.name = "code", .type = ALS_CELL_TEXT},       {.name = "message", .type = ALS_CELL_TEXT},
        {.name = "value", .type = ALS_CELL_TEXT},      {.name = "query", .type = ALS_CELL_TEXT},
        {.name = "state", .type = ALS_CELL_TEXT},
    };
    struct als_check_options options = {.patient_id = 0};
    struct listing listing = {.cli = cli};
    enum als_status status = read_options(cli, &options, &listing, err);
    if (status)
        return status;
    listing.table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    status = run(cli, &options, &listing, err);
    if (status) {
        als_table_free(listing.table);
        return status;
    }
    status = als_cli_emit(cli, listing.table, err);
    return status ? status : listing.listed ? ALS_FINDINGS : ALS_OK;
}
