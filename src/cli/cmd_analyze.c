/* `analyze slopes|ae`. */
#include "commands.h"
#include "context.h"

#include <limits.h>

#include "alstrack/analysis/adverse.h"
#include "alstrack/analysis/slopes.h"

enum als_status als_cmd_analyze_slopes(struct als_cli *cli, struct als_err *err)
{
    struct als_slopes_options options = {
        .measure = als_args_operand(&cli->args, 0),
        .patient = als_args_text(&cli->args, "patient"),
        .by = als_args_text(&cli->args, "by"),
        .from_day = INT_MIN,
        .to_day = INT_MAX,
    };
    const char *from = als_args_text(&cli->args, "from"), *to = als_args_text(&cli->args, "to");
    enum als_status status = ALS_OK;
    if (from)
        status = als_cli_integer(from, "--from", &options.from_day, err);
    if (to && !status)
        status = als_cli_integer(to, "--to", &options.to_day, err);
    struct als_table *table = NULL;
    if (!status)
        status = als_analyze_slopes(cli->store, &options, &table, err);
    return status ? status : als_cli_emit(cli, table, err);
}

enum als_status als_cmd_analyze_ae(struct als_cli *cli, struct als_err *err)
{
    struct als_adverse_options options = {.by = als_args_text(&cli->args, "by"),
                                          .patient = als_args_text(&cli->args, "patient")};
    int today = 0;
    struct als_table *table = NULL;
    enum als_status status = als_cli_today(cli, &today, err);
    if (!status)
        status = als_analyze_adverse(cli->store, &options, today, &table, err);
    return status ? status : als_cli_emit(cli, table, err);
}
