/*
 * What rules say, as lines for people; and what follows for a patient's queries when something that
 * is stored has changed.
 */
#ifndef ALSTRACK_CLI_VERDICTS_H
#define ALSTRACK_CLI_VERDICTS_H

#include "context.h"

#include "alstrack/store/entry.h"

/* "warning: stairs: climbs stairs but cannot walk [STAIRS_WITHOUT_WALKING]", and the hint. where
 * and item may be NULL. */
void als_cli_tell_verdict(struct als_cli *cli, const char *where, const char *item,
                          const struct als_verdict *verdict);

/* What is newly found about other records, each with its visit, record and item. */
void als_cli_tell_news(struct als_cli *cli, const struct als_news *news);

/* What became of queries, if anything did. patient NULL: of several. */
void als_cli_tell_queries(struct als_cli *cli, const char *patient, size_t opened, size_t refreshed,
                          size_t gone);

/* What the options --confirm say, in the command's arena: CODE=TEXT, of an instrument
 * CODE.ITEM=TEXT too; instrument NULL: none. */
ALS_CHECKED enum als_status als_cli_confirmations(struct als_cli *cli,
                                                  const struct als_instrument *instrument,
                                                  struct als_justification **list, size_t *n,
                                                  struct als_err *err);
/* A hint for each that confirms nothing. */
void als_cli_tell_idle(struct als_cli *cli, const struct als_justification *list, size_t n,
                       const struct als_verdict_list *verdicts);

/* Inside the open change set, after a record of the patient was taken out: judge what is left, and
 * tell what is new. */
ALS_CHECKED enum als_status als_cli_follow(struct als_cli *cli, int64_t patient_id,
                                           struct als_err *err);

/* Puts a record inside the open change set and says in *recorded which one, its patient first;
 * nothing is judged when it leaves the patient 0. May be called twice. */
typedef enum als_status als_cli_put_fn(struct als_cli *cli, void *context,
                                       struct als_recorded *recorded, struct als_err *err);
/* A change set around it; what is put is judged with all that is stored of the patient, and what is
 * said of it and what is new about others is told. On a terminal somebody is asked to confirm what
 * is unusual, and only then it is stored; elsewhere --confirm does, or its query stays open. */
ALS_CHECKED enum als_status als_cli_enter(struct als_cli *cli, als_cli_put_fn *put, void *context,
                                          struct als_err *err);

#endif
