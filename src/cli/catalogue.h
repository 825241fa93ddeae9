/*
 * Instruments by code, from wherever they are: files given on the command line first, then the
 * study, then the built-in ones, which are read when first asked for. Owns all but the study's.
 */
#ifndef ALSTRACK_CLI_CATALOGUE_H
#define ALSTRACK_CLI_CATALOGUE_H

#include "context.h"

#include "alstrack/define/instrument.h"
#include "alstrack/define/protocol.h"

struct als_catalogue {
    struct als_cli *cli;
    struct als_instrument **items; /* read from files or built in; owned */
    size_t count;
    size_t n_files; /* of these, from files; they come first */
};

/* Reads every --instrument. Mistakes are printed; ALS_DEFINITION after all files were read. */
ALS_CHECKED enum als_status als_catalogue_open(struct als_catalogue *catalogue, struct als_cli *cli,
                                               struct als_err *err);
void als_catalogue_close(struct als_catalogue *catalogue);

const struct als_instrument *als_catalogue_find(struct als_catalogue *catalogue, const char *code);
als_instrument_lookup als_catalogue_lookup; /* context: struct als_catalogue */

/* Codes of the built-in instruments; returns how many. */
size_t als_catalogue_builtin_codes(const char **codes, size_t room);

/* Read a definition. Findings are printed; with errors ALS_DEFINITION and an error that counts
 * them. The caller frees. */
ALS_CHECKED enum als_status als_catalogue_read(struct als_cli *cli, const char *path,
                                               struct als_instrument **out, struct als_err *err);
ALS_CHECKED enum als_status als_catalogue_read_protocol(struct als_catalogue *catalogue,
                                                        const char *path, struct als_protocol **out,
                                                        struct als_err *err);

#endif
