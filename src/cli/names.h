/*
 * The names that people type: patients, visits, instruments, events, procedures. Each is looked up
 * in the open study, and a name that is not there is answered with the nearest one that is.
 */
#ifndef ALSTRACK_CLI_NAMES_H
#define ALSTRACK_CLI_NAMES_H

#include "context.h"

/* ALS_NO_INPUT if there is none. Texts live in the command's arena. */
ALS_CHECKED enum als_status als_cli_patient(struct als_cli *cli, const char *name,
                                            struct als_patient *out, struct als_err *err);
/* Operand that may be absent: *id 0 then. */
ALS_CHECKED enum als_status als_cli_patient_id(struct als_cli *cli, const char *name, int64_t *id,
                                               struct als_err *err);

/* A visit of the protocol, or one with an extra code (UNS1, ET). Inside a change set the extra code
 * gets its number; outside, *visit_no is 0 for one that the study does not know yet. */
ALS_CHECKED enum als_status als_cli_visit_check(struct als_cli *cli, const char *code,
                                                struct als_err *err);
ALS_CHECKED enum als_status als_cli_visit_number(struct als_cli *cli, const char *code,
                                                 int *visit_no, struct als_err *err);

/* ALS_USAGE unless the site is NULL, or one of the protocol's, if it names any. */
ALS_CHECKED enum als_status als_cli_site_check(struct als_cli *cli, const char *site,
                                               struct als_err *err);

/* ALS_USAGE if there is none. */
ALS_CHECKED enum als_status als_cli_instrument(struct als_cli *cli, const char *code,
                                               const struct als_instrument **out,
                                               struct als_err *err);

/* A coded reason for something missing (score/reason.h), else ALS_DATA. */
ALS_CHECKED enum als_status als_cli_reason_check(const char *reason, struct als_err *err);

/* Names that a word may have, for hints and completion; each returns how many it filled. */
size_t als_names_visits(struct als_store *store, const char **names, size_t room);
size_t als_names_instruments(struct als_store *store, const char **names, size_t room);
size_t als_names_events(struct als_store *store, const char **names, size_t room);
size_t als_names_items(const struct als_instrument *instrument, const char **names, size_t room);
#define ALS_NAMES_ROOM 512

#endif
