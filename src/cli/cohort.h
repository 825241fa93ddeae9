/*
 * The whole cohort's registration, events and visits at once, patient by patient in order of id,
 * each with its schedule as of a day. For worklists and counts over all patients.
 */
#ifndef ALSTRACK_CLI_COHORT_H
#define ALSTRACK_CLI_COHORT_H

#include "context.h"

struct als_cohort_patient {
    const struct als_patient *patient;
    const struct als_visit *visits; /* its rows, n_visits of them */
    size_t n_visits;
    const struct als_visit_row *rows; /* its schedule */
    size_t n_rows;
};
/* Everything is borrowed during the call, except what lives in the command's arena: patients and
 * codes. */
typedef void als_cohort_fn(const struct als_cohort_patient *patient, void *context);
ALS_CHECKED enum als_status als_cohort_each(struct als_cli *cli, int today, als_cohort_fn *receive,
                                            void *context, struct als_err *err);

#endif
