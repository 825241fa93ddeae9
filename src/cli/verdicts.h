/*
 * What rules say, as lines for people; and what follows for a patient's queries when something that
 * is stored has changed.
 */
#ifndef ALSTRACK_CLI_VERDICTS_H
#define ALSTRACK_CLI_VERDICTS_H

#include "context.h"

#include "alstrack/store/judge.h"

/* "warning: stairs: climbs stairs but cannot walk [STAIRS_WITHOUT_WALKING]", and the hint. where
 * and item may be NULL. */
void als_cli_tell_verdict(struct als_cli *cli, const char *where, const char *item,
                          const struct als_verdict *verdict);

/* What became of queries, if anything did. patient NULL: of several. */
void als_cli_tell_queries(struct als_cli *cli, const char *patient, size_t opened, size_t refreshed,
                          size_t gone);

/* Inside the open change set, after a record of the patient was put: judge all that is stored of
 * the patient, open and refresh queries, and tell what is said of that record and what is new about
 * others. item as in als_check_row; NULL, 0: any. */
ALS_CHECKED enum als_status als_cli_follow(struct als_cli *cli, const struct als_patient *patient,
                                           const char *record, const char *item, int visit_no,
                                           struct als_err *err);

#endif
