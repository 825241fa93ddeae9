/* `analyze prepost|change|stages|dose`: what a trial of treatment asks. */
#include "commands.h"
#include "context.h"

#include "alstrack/analysis/change.h"
#include "alstrack/analysis/dose.h"
#include "alstrack/analysis/prepost.h"
#include "alstrack/analysis/stages.h"

static enum als_status mixed_prepost(struct als_cli *cli, struct als_prepost_options *options,
                                     struct als_err *err)
{
    if (als_args_chose(&cli->args, "random", "slope"))
        options->random = ALS_PREPOST_RANDOM_SLOPE;
    else if (als_args_chose(&cli->args, "random", "intercept"))
        options->random = ALS_PREPOST_RANDOM_INTERCEPT;
    struct als_result result;
    enum als_status status = als_analyze_prepost_mixed(cli->store, options, &result, err);
    return status ? status : als_cli_emit_result(cli, &result, err);
}

enum als_status als_cmd_analyze_prepost(struct als_cli *cli, struct als_err *err)
{
    struct als_prepost_options options = {
        .measure = als_args_operand(&cli->args, 0),
        .patient = als_args_text(&cli->args, "patient"),
        .by = als_args_text(&cli->args, "by"),
        .exclude_zero = als_args_flag(&cli->args, "exclude-zero"),
        .cohort = als_args_flag(&cli->args, "cohort-tests"),
        .responders = als_args_flag(&cli->args, "responders"),
        .reference = als_args_text(&cli->args, "reference"),
    };
    if (als_args_flag(&cli->args, "mixed"))
        return mixed_prepost(cli, &options, err);
    if (options.reference || als_args_text(&cli->args, "random"))
        return als_fail(err, ALS_USAGE, "E-OPTION", "--reference and --random need --mixed");
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
