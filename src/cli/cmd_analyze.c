/* `analyze slopes|ae`. */
#include "commands.h"
#include "context.h"

#include <limits.h>
#include <string.h>

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
    struct als_adverse_options options = {
        .by = als_args_text(&cli->args, "by"),
        .patient = als_args_text(&cli->args, "patient"),
        .by_relation = als_args_chose(&cli->args, "rows", "relation"),
        .untreated_too = als_args_chose(&cli->args, "population", "all")};
    size_t position = 0;
    for (const char *only; (only = als_args_next(&cli->args, "only", &position));) {
        options.only_emergent |= strcmp(only, "emergent") == 0;
        options.only_serious |= strcmp(only, "serious") == 0;
        options.only_related |= strcmp(only, "related") == 0;
        options.only_dlt |= strcmp(only, "dlt") == 0;
    }
    int today = 0;
    struct als_table *table = NULL;
    enum als_status status = als_cli_today(cli, &today, err);
    if (!status)
        status = als_analyze_adverse(cli->store, &options, today, &table, err);
    return status ? status : als_cli_emit(cli, table, err);
}
