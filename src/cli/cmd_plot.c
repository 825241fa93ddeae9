/* `plot patient|spaghetti`. */
#include "commands.h"
#include "context.h"

#include "alstrack/plot/plot.h"

static enum als_status fill(struct als_cli *cli, struct als_plot_options *options,
                            struct als_progress *progress, struct als_err *err)
{
    *options = (struct als_plot_options){.measure = als_args_text(&cli->args, "measure"),
                                         .data = als_args_text(&cli->args, "data"),
                                         .stamp = als_cli_stamp(),
                                         .progress = als_progress_tell,
                                         .progress_context = progress};
    als_progress_begin(progress, cli, "drawing");
    return als_cli_today(cli, &options->as_of_day, err);
}

static enum als_status plot_all(struct als_cli *cli, const struct als_plot_options *options,
                                struct als_err *err)
{
    const char *folder = als_args_text(&cli->args, "out");
    const char *ending = als_args_text(&cli->args, "type");
    if (!folder)
        return als_fail(err, ALS_USAGE, "E-OPTION", "--all needs --out DIR");
    if (cli->args.n_operands)
        return als_fail(err, ALS_USAGE, "E-OPERAND", "a PATIENT or --all, not both");
    size_t charts = 0;
    enum als_status status =
        als_plot_all_patients(cli->store, folder, ending ? ending : "svg", options, &charts, err);
    if (!status)
        fprintf(stderr, "%s in %s\n", als_cli_count(cli, charts, "chart"), folder);
    return status;
}

enum als_status als_cmd_plot_patient(struct als_cli *cli, struct als_err *err)
{
    struct als_plot_options options;
    struct als_progress progress;
    const char *patient = als_args_operand(&cli->args, 0), *path = als_args_operand(&cli->args, 1);
    enum als_status status = fill(cli, &options, &progress, err);
    if (status)
        return status;
    if (als_args_flag(&cli->args, "all"))
        status = plot_all(cli, &options, err);
    else if (!path)
        status = als_fail(err, ALS_USAGE, "E-OPERAND", "%s is missing, or --all --out DIR",
                          patient ? "FILE" : "PATIENT");
    else
        status = als_plot_patient(cli->store, patient, path, &options, err);
    als_progress_end(&progress);
    return status;
}

enum als_status als_cmd_plot_spaghetti(struct als_cli *cli, struct als_err *err)
{
    struct als_plot_options options;
    struct als_progress progress;
    enum als_status status = fill(cli, &options, &progress, err);
    if (status)
        return status;
    options.by = als_args_text(&cli->args, "by");
    status = als_plot_spaghetti(cli->store, als_args_operand(&cli->args, 0), &options, err);
    als_progress_end(&progress);
    return status;
}
