/* Finding instruments, and reading definition files with their findings printed. */
#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "alstrack/core/file.h"
#include "alstrack/define/builtin.h"

#define LARGEST_DEFINITION ((size_t)8 << 20)

/* Counts, so that a file that fails says how much is wrong with it after saying what. */
static enum als_status has_errors(const struct als_cli *cli, const char *path, size_t before,
                                  struct als_err *err)
{
    return als_fail(err, ALS_DEFINITION, "E-DEFINITION", "%s has %s", path,
                    als_cli_count(cli, cli->errors - before, "error"));
}

static enum als_status read_text(const char *path, struct als_buf *text, struct als_err *err)
{
    als_buf_init(text, LARGEST_DEFINITION);
    enum als_status status = als_file_read(path, text, err);
    if (status)
        als_buf_release(text);
    return status;
}

enum als_status als_catalogue_read(struct als_cli *cli, const char *path,
                                   struct als_instrument **out, struct als_err *err)
{
    struct als_buf text;
    enum als_status status = read_text(path, &text, err);
    if (status)
        return status;
    size_t before = cli->errors;
    *out = als_instrument_parse(path, text.data, text.length, &cli->sink);
    als_buf_release(&text);
    return *out ? ALS_OK : has_errors(cli, path, before, err);
}

enum als_status als_catalogue_read_protocol(struct als_catalogue *catalogue, const char *path,
                                            struct als_protocol **out, struct als_err *err)
{
    struct als_buf text;
    enum als_status status = read_text(path, &text, err);
    if (status)
        return status;
    size_t before = catalogue->cli->errors;
    *out = als_protocol_parse(path, text.data, text.length, als_catalogue_lookup, catalogue,
                              &catalogue->cli->sink);
    als_buf_release(&text);
    return *out ? ALS_OK : has_errors(catalogue->cli, path, before, err);
}

static void add(struct als_catalogue *catalogue, struct als_instrument *instrument)
{
    catalogue->items =
        als_realloc_array(catalogue->items, catalogue->count + 1, sizeof *catalogue->items);
    catalogue->items[catalogue->count++] = instrument;
}

enum als_status als_catalogue_open(struct als_catalogue *catalogue, struct als_cli *cli,
                                   struct als_err *err)
{
    *catalogue = (struct als_catalogue){.cli = cli};
    enum als_status first = ALS_OK;
    size_t position = 0;
    for (const char *path; (path = als_args_next(&cli->args, "instrument", &position));) {
        struct als_instrument *instrument;
        struct als_err own;
        enum als_status status = als_catalogue_read(cli, path, &instrument, &own);
        if (!status) {
            add(catalogue, instrument);
        } else if (!first) {
            first = status;
            *err = own;
        }
    }
    catalogue->n_files = catalogue->count;
    if (first)
        als_catalogue_close(catalogue);
    return first;
}

void als_catalogue_close(struct als_catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++)
        als_instrument_free(catalogue->items[i]);
    free(catalogue->items);
    *catalogue = (struct als_catalogue){0};
}

static const struct als_instrument *among(const struct als_catalogue *catalogue, size_t from,
                                          size_t to, const char *code)
{
    for (size_t i = from; i < to; i++)
        if (strcmp(catalogue->items[i]->code, code) == 0)
            return catalogue->items[i];
    return NULL;
}

const struct als_instrument *als_catalogue_find(struct als_catalogue *catalogue, const char *code)
{
    const struct als_instrument *found = among(catalogue, 0, catalogue->n_files, code);
    if (!found && catalogue->cli->store)
        found = als_store_find_instrument(catalogue->cli->store, code);
    if (!found)
        found = among(catalogue, catalogue->n_files, catalogue->count, code);
    const struct als_builtin *builtin = found ? NULL : als_builtin_find(code);
    if (!builtin)
        return found;
    struct als_instrument *instrument =
        als_instrument_parse(builtin->name, builtin->text, builtin->length, &catalogue->cli->sink);
    if (!instrument)
        als_bug("built-in instrument %s", code);
    add(catalogue, instrument);
    return instrument;
}

const struct als_instrument *als_catalogue_lookup(const char *code, void *context)
{
    return als_catalogue_find(context, code);
}

size_t als_catalogue_builtin_codes(const char **codes, size_t room)
{
    size_t n = als_builtin_instrument_count < room ? als_builtin_instrument_count : room;
    for (size_t i = 0; i < n; i++)
        codes[i] = als_builtin_instruments[i].name;
    return n;
}
