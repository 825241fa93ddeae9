/*
 * `alstrack` without a command: the state of the study on one screen, and what to do next.
 */
#ifndef ALSTRACK_CLI_OVERVIEW_H
#define ALSTRACK_CLI_OVERVIEW_H

#include "context.h"

/* Short help when no study is named. */
ALS_CHECKED enum als_status als_overview(struct als_cli *cli, struct als_err *err);

#endif
