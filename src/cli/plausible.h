/*
 * What is said of one assessment or visit as it is recorded: the same verdicts as an import gives,
 * from the same rules and conditions. Warnings become lines for people; a hard rule refuses.
 */
#ifndef ALSTRACK_CLI_PLAUSIBLE_H
#define ALSTRACK_CLI_PLAUSIBLE_H

#include "context.h"

struct als_plausible {
    const struct als_instrument *instrument;
    const struct als_patient *patient;
    const struct als_value *values; /* n_items, as stored */
    const char *const *reasons;     /* n_items; NULL entries = none */
    const char *visit;
    int day;
};
/* Inside the open change set. ALS_DATA with the rule's code when a hard rule fires. */
ALS_CHECKED enum als_status als_plausible_check(struct als_cli *cli,
                                                const struct als_plausible *assessment,
                                                struct als_err *err);

/* Inside the open change set, after the event was put: its order among others, infusions beyond the
 * plan. */
ALS_CHECKED enum als_status als_plausible_event(struct als_cli *cli,
                                                const struct als_patient *patient,
                                                const struct als_event *event, struct als_err *err);

/* A visit before birth or after death. */
ALS_CHECKED enum als_status als_plausible_visit(struct als_cli *cli,
                                                const struct als_patient *patient, int day,
                                                struct als_err *err);

/* How `day` lies to the window of the patient's visit, if it has one; says nothing when it lies
 * inside and `quiet`. */
ALS_CHECKED enum als_status als_plausible_window(struct als_cli *cli,
                                                 const struct als_patient *patient,
                                                 const char *visit, int day, bool quiet,
                                                 struct als_err *err);

#endif
