/* `init`: a study from a protocol. */
#include "catalogue.h"
#include "commands.h"

#include <string.h>
#include <unistd.h>

static void add_once(const struct als_instrument **list, size_t *n,
                     const struct als_instrument *instrument)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(list[i]->code, instrument->code) == 0)
            return;
    list[(*n)++] = instrument;
}

/* What the study receives: every instrument that the protocol names, in its order, those given as
 * files, and the review of adverse events. */
static size_t gather(struct als_catalogue *catalogue, const struct als_protocol *protocol,
                     const struct als_instrument **list)
{
    size_t n = 0;
    for (size_t i = 0; i < protocol->n_instruments; i++)
        add_once(list, &n, als_catalogue_find(catalogue, protocol->instruments[i]));
    for (size_t i = 0; i < catalogue->n_files; i++)
        add_once(list, &n, catalogue->items[i]);
    add_once(list, &n, als_catalogue_find(catalogue, "ae-review"));
    return n;
}

static enum als_status create(struct als_cli *cli, struct als_catalogue *catalogue,
                              const struct als_protocol *protocol, struct als_err *err)
{
    const char *path = als_args_operand(&cli->args, 0);
    const struct als_instrument **list =
        als_arena_array(cli->arena, protocol->n_instruments + catalogue->n_files + 1, sizeof *list);
    size_t n = gather(catalogue, protocol, list);
    bool dry = als_args_flag(&cli->args, "dry-run");
    if (dry && access(path, F_OK) == 0)
        return als_fail(err, ALS_CANNOT_CREATE, "E-EXISTS", "%s exists already", path);
    if (!dry) {
        enum als_status status = als_store_create(path, protocol, list, n, &cli->change, err);
        if (status)
            return status;
        fputs("change 1\n", stderr);
    }
    fprintf(stderr, "  study %s: protocol %s version %s, %s\n", path, protocol->code,
            protocol->version, als_cli_count(cli, protocol->n_visits, "visit"));
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "  instrument %s version %s\n", list[i]->code, list[i]->version);
    if (dry)
        fputs("dry run: nothing written\n", stderr);
    return ALS_OK;
}

enum als_status als_cmd_init(struct als_cli *cli, struct als_err *err)
{
    const char *path = als_args_text(&cli->args, "protocol");
    if (!path) {
        enum als_status status = als_fail(err, ALS_USAGE, "E-OPTION", "--protocol FILE is missing");
        als_err_hint(err, "samples/protocols has five to start from");
        return status;
    }
    struct als_catalogue catalogue;
    enum als_status status = als_catalogue_open(&catalogue, cli, err);
    if (status)
        return status;
    struct als_protocol *protocol = NULL;
    status = als_catalogue_read_protocol(&catalogue, path, &protocol, err);
    if (!status)
        status = create(cli, &catalogue, protocol, err);
    als_protocol_free(protocol);
    als_catalogue_close(&catalogue);
    return status;
}
