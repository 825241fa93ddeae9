/* `export csv`. */
#include "commands.h"
#include "login.h"
#include "names.h"

#include "alstrack/export/csv.h"

static enum als_status readers(struct als_cli *cli, unsigned *out, struct als_err *err)
{
    const char *text = als_args_text(&cli->args, "readers");
    int n = 0;
    enum als_status status = text ? als_cli_integer(text, "--readers", &n, err) : ALS_OK;
    if (!status && (n < 0 || n > 256))
        status = als_fail(err, ALS_USAGE, "E-NUMBER", "--readers is from 0 to 256, not %d", n);
    if (!status)
        *out = (unsigned)n;
    return status;
}

static enum als_status export_wide(struct als_cli *cli, const char *code, unsigned n_readers,
                                   struct als_err *err)
{
    const struct als_instrument *instrument;
    char sha256[65];
    size_t rows = 0;
    enum als_status status = als_cli_instrument(cli, code, &instrument, err);
    if (!status)
        status = als_export_wide(cli->store, code, als_args_text(&cli->args, "out"), n_readers,
                                 sha256, &rows, err);
    char head[65];
    if (!status)
        status = als_audit_head(cli->store, head, err);
    if (!status)
        fprintf(stderr, "%s, SHA-256 %s\nhead of the trail %s\n", als_cli_count(cli, rows, "row"),
                sha256, head);
    return status;
}

static enum als_status export_all(struct als_cli *cli, unsigned n_readers, struct als_err *err)
{
    struct als_progress progress;
    struct als_export_options options = {.folder = als_args_text(&cli->args, "out"),
                                         .stamp = als_cli_stamp(),
                                         .program = "alstrack " ALS_VERSION,
                                         .bom = als_args_flag(&cli->args, "bom"),
                                         .readers = n_readers,
                                         .progress = als_progress_tell,
                                         .progress_context = &progress};
    struct als_export_result result = {0};
    char head[65];
    als_progress_begin(&progress, cli, "exporting");
    enum als_status status = als_cli_today(cli, &options.as_of_day, err);
    if (!status)
        status = als_export_csv(cli->store, &options, &result, err);
    als_progress_end(&progress);
    if (!status)
        status = als_audit_head(cli->store, head, err);
    if (!status)
        fprintf(stderr, "%s, %s in %s\nhead of the trail %s\n",
                als_cli_count(cli, result.files, "file"), als_cli_count(cli, result.rows, "row"),
                options.folder, head);
    return status;
}

/* What leaves the study, before it does. */
static enum als_status record(struct als_cli *cli, const char *instrument, struct als_err *err)
{
    const char *as_of = als_args_text(&cli->args, "as-of");
    const char *detail = als_arena_printf(
        cli->arena, "csv %s into %s%s%s", instrument ? instrument : "all",
        als_args_text(&cli->args, "out"), as_of ? ", as of " : "", as_of ? as_of : "");
    return als_cli_log(cli, "export", detail, err);
}

enum als_status als_cmd_export_csv(struct als_cli *cli, struct als_err *err)
{
    unsigned n_readers = 0;
    if (!als_args_text(&cli->args, "out"))
        return als_fail(err, ALS_USAGE, "E-OPTION", "--out DIR is missing");
    enum als_status status = readers(cli, &n_readers, err);
    if (status)
        return status;
    const char *instrument = als_args_text(&cli->args, "instrument");
    status = record(cli, instrument, err);
    if (status)
        return status;
    return instrument ? export_wide(cli, instrument, n_readers, err)
                      : export_all(cli, n_readers, err);
}
