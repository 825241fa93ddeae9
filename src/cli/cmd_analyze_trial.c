/* `analyze prepost|change|stages|dose`: what a trial of treatment asks. */
#include "commands.h"
#include "context.h"

#include <stdio.h>
#include <string.h>

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
    if (als_args_chose(&cli->args, "impute", "locf"))
        options.impute = ALS_IMPUTE_LAST;
    else if (als_args_chose(&cli->args, "impute", "bocf"))
        options.impute = ALS_IMPUTE_BASELINE;
    else if (als_args_chose(&cli->args, "impute", "slope"))
        options.impute = ALS_IMPUTE_SLOPE;
    struct als_table *table = NULL;
    enum als_status status = als_cli_today(cli, &options.as_of_day, err);
    if (!status)
        status = als_analyze_change(cli->store, &options, &table, err);
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
    struct als_result result;
    enum als_status status = als_analyze_stages(cli->store, &options, &result, err);
    return status ? status : als_cli_emit_result(cli, &result, err);
}

static enum als_status take_number(const struct als_cli *cli, const char *name, double *out,
                                   struct als_err *err)
{
    const char *text = als_args_text(&cli->args, name);
    char what[32];
    snprintf(what, sizeof what, "--%s", name);
    return text ? als_cli_number(text, what, out, err) : ALS_OK;
}

/* The example of a rule that a charter may hold: stop when P(rate > limit) > 0.9, Beta(0.3, 1.7).
 */
static enum als_status stopping_given(const struct als_cli *cli,
                                      struct als_stopping_options *options, struct als_err *err)
{
    *options = (struct als_stopping_options){.confidence = 0.9, .prior_a = 0.3, .prior_b = 1.7};
    if (als_args_chose(&cli->args, "stop-event", "serious"))
        options->harm = ALS_STOPPING_SERIOUS;
    else if (als_args_chose(&cli->args, "stop-event", "dlt"))
        options->harm = ALS_STOPPING_DLT;
    enum als_status status = take_number(cli, "stop-rate", &options->rate, err);
    if (!status)
        status = take_number(cli, "stop-probability", &options->confidence, err);
    const char *prior = als_args_text(&cli->args, "stop-prior");
    if (!prior || status)
        return status;
    const char *comma = strchr(prior, ',');
    if (!comma)
        return als_fail(err, ALS_USAGE, "E-NUMBER", "--stop-prior needs A,B, not '%s'", prior);
    status = als_cli_number(als_arena_strndup(cli->arena, prior, (size_t)(comma - prior)),
                            "--stop-prior", &options->prior_a, err);
    return status ? status : als_cli_number(comma + 1, "--stop-prior", &options->prior_b, err);
}

static enum als_status stopping(const struct als_cli *cli, int today, struct als_table **table,
                                struct als_err *err)
{
    struct als_stopping_options options;
    enum als_status status = stopping_given(cli, &options, err);
    return status ? status : als_analyze_stopping(cli->store, &options, today, table, err);
}

enum als_status als_cmd_analyze_dose(struct als_cli *cli, struct als_err *err)
{
    static const char *const with_rate[] = {"stop-event", "stop-probability", "stop-prior"};
    for (size_t i = 0; i < sizeof with_rate / sizeof with_rate[0]; i++)
        if (als_args_text(&cli->args, with_rate[i]) && !als_args_text(&cli->args, "stop-rate"))
            return als_fail(err, ALS_USAGE, "E-OPTION", "--%s needs --stop-rate", with_rate[i]);
    int today = 0;
    struct als_table *table = NULL;
    enum als_status status = als_cli_today(cli, &today, err);
    if (!status)
        status = als_args_text(&cli->args, "stop-rate")
                     ? stopping(cli, today, &table, err)
                     : als_analyze_dose(cli->store, today, &table, err);
    return status ? status : als_cli_emit(cli, table, err);
}
