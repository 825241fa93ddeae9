/* `analyze mixed|survival|joint-rank`. */
#include "commands.h"
#include "context.h"

#include <limits.h>
#include <string.h>

#include "alstrack/analysis/joint_rank.h"
#include "alstrack/analysis/mixed.h"
#include "alstrack/analysis/survival.h"

/* Every --covariate, in the command's arena. Returns how many. */
static size_t covariates_given(struct als_cli *cli, const char *const **names)
{
    size_t n = 0, position = 0;
    while (als_args_next(&cli->args, "covariate", &position))
        n++;
    const char **all = als_arena_array(cli->arena, n + 1, sizeof *all);
    position = 0;
    for (size_t i = 0; i < n; i++)
        all[i] = als_args_next(&cli->args, "covariate", &position);
    *names = all;
    return n;
}

enum als_status als_cmd_analyze_mixed(struct als_cli *cli, struct als_err *err)
{
    struct als_mixed_options options = {
        .measure = als_args_operand(&cli->args, 0),
        .by = als_args_text(&cli->args, "by"),
        .reference = als_args_text(&cli->args, "reference"),
        .maximum_likelihood = als_args_chose(&cli->args, "method", "ml"),
        .intercept_only = als_args_chose(&cli->args, "random", "intercept"),
        .blups = als_args_flag(&cli->args, "blups"),
        .from_day = INT_MIN,
        .to_day = INT_MAX,
    };
    options.n_covariates = covariates_given(cli, &options.covariates);
    const char *from = als_args_text(&cli->args, "from"), *to = als_args_text(&cli->args, "to");
    enum als_status status = ALS_OK;
    if (from)
        status = als_cli_integer(from, "--from", &options.from_day, err);
    if (to && !status)
        status = als_cli_integer(to, "--to", &options.to_day, err);
    struct als_result result;
    if (!status)
        status = als_analyze_mixed(cli->store, &options, &result, err);
    return status ? status : als_cli_emit_result(cli, &result, err);
}

/* What counts as permanent ventilation; 0 for what is not said. */
static enum als_status ventilation_given(const struct als_cli *cli, double *hours, int *days,
                                         struct als_err *err)
{
    const char *hours_text = als_args_text(&cli->args, "pav-hours");
    const char *days_text = als_args_text(&cli->args, "pav-days");
    enum als_status status = ALS_OK;
    if (hours_text)
        status = als_cli_number(hours_text, "--pav-hours", hours, err);
    if (hours_text && !status && !(*hours > 0 && *hours < 24))
        status = als_fail(err, ALS_USAGE, "E-NUMBER",
                          "--pav-hours needs hours of a day, more than 0 and less than 24, not "
                          "'%s'",
                          hours_text);
    if (days_text && !status)
        status = als_cli_integer(days_text, "--pav-days", days, err);
    if (days_text && !status && *days < 1)
        status = als_fail(err, ALS_USAGE, "E-NUMBER", "--pav-days needs 1 day or more, not '%s'",
                          days_text);
    return status;
}

enum als_status als_cmd_analyze_survival(struct als_cli *cli, struct als_err *err)
{
    struct als_survival_options options = {
        .endpoint = als_args_operand(&cli->args, 0),
        .by = als_args_text(&cli->args, "by"),
        .reference = als_args_text(&cli->args, "reference"),
        .strata = als_args_text(&cli->args, "strata"),
        .from = als_args_text(&cli->args, "from"),
        .from_zero = als_args_chose(&cli->args, "entry", "zero"),
        .in_days = als_args_chose(&cli->args, "unit", "day"),
    };
    const char *tau = als_args_text(&cli->args, "tau");
    enum als_status status = ventilation_given(cli, &options.pav_hours, &options.pav_days, err);
    if (tau && !status)
        status = als_cli_number(tau, "--tau", &options.tau, err);
    if (tau && !status && !(options.tau > 0))
        status = als_fail(err, ALS_USAGE, "E-NUMBER", "--tau needs a time after 0, not '%s'", tau);
    struct als_result result;
    if (!status)
        status = als_analyze_survival(cli->store, &options, &result, err);
    return status ? status : als_cli_emit_result(cli, &result, err);
}

enum als_status als_cmd_analyze_joint_rank(struct als_cli *cli, struct als_err *err)
{
    struct als_joint_rank_options options = {
        .measure = als_args_operand(&cli->args, 0),
        .by = als_args_text(&cli->args, "by"),
        .reference = als_args_text(&cli->args, "reference"),
        .endpoint = als_args_text(&cli->args, "death"),
        .strict = als_args_chose(&cli->args, "death-rule", "strict"),
        .same_day_equal = als_args_chose(&cli->args, "tie", "equal"),
    };
    options.n_covariates = covariates_given(cli, &options.covariates);
    const char *horizon = als_args_text(&cli->args, "horizon");
    if (!horizon)
        return als_fail(err, ALS_USAGE, "E-HORIZON", "--horizon MONTHS is needed");
    enum als_status status = als_cli_number(horizon, "--horizon", &options.horizon_months, err);
    if (!status)
        status = ventilation_given(cli, &options.pav_hours, &options.pav_days, err);
    struct als_result result;
    if (!status)
        status = als_analyze_joint_rank(cli->store, &options, &result, err);
    return status ? status : als_cli_emit_result(cli, &result, err);
}
