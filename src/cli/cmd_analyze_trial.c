/* `analyze prepost|change|stages|dose`: what a trial of treatment asks. */
#include "commands.h"
#include "context.h"

#include "alstrack/analysis/change.h"
#include "alstrack/analysis/dose.h"
#include "alstrack/analysis/prepost.h"
#include "alstrack/analysis/stages.h"

enum als_status als_cmd_analyze_prepost(struct als_cli *cli, struct als_err *err)
{
    struct als_prepost_options options = {
        .measure = als_args_operand(&cli->args, 0),
        .patient = als_args_text(&cli->args, "patient"),
        .by = als_args_text(&cli->args, "by"),
        .exclude_zero = als_args_flag(&cli->args, "exclude-zero"),
        .cohort = als_args_flag(&cli->args, "cohort-tests"),
    };
    struct als_table *table = NULL;
    enum als_status status = als_analyze_prepost(cli->store, &options, &table, err);
    return status ? status : als_cli_emit(cli, table, err);
}

enum als_status als_cmd_analyze_change(struct als_cli *cli, struct als_err *err)
{
    struct als_change_options options = {
        .measure = als_args_operand(&cli->args, 0),
        .by = als_args_text(&cli->args, "by"),
        .adjusted = als_args_flag(&cli->args, "adjusted"),
    };
    struct als_table *table = NULL;
    enum als_status status = als_analyze_change(cli->store, &options, &table, err);
    return status ? status : als_cli_emit(cli, table, err);
}

enum als_status als_cmd_analyze_stages(struct als_cli *cli, struct als_err *err)
{
    struct als_stages_options options = {
        .patient = als_args_text(&cli->args, "patient"),
        .by = als_args_text(&cli->args, "by"),
        .mitos_or = als_args_flag(&cli->args, "mitos-or"),
        .kings_from_1 = als_args_flag(&cli->args, "kings-from-1"),
    };
    struct als_table *table = NULL;
    enum als_status status = als_analyze_stages(cli->store, &options, &table, err);
    return status ? status : als_cli_emit(cli, table, err);
}

enum als_status als_cmd_analyze_dose(struct als_cli *cli, struct als_err *err)
{
    int today = 0;
    struct als_table *table = NULL;
    enum als_status status = als_cli_today(cli, &today, err);
    if (!status)
        status = als_analyze_dose(cli->store, today, &table, err);
    return status ? status : als_cli_emit(cli, table, err);
}
