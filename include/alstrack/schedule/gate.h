/*
 * Dose escalation by time: the next cohort opens when enough patients of this one have completed
 * treatment and an observation period without significant toxicity (NCT01609283), and new patients
 * are treated at least so many days apart.
 */
#ifndef ALSTRACK_SCHEDULE_GATE_H
#define ALSTRACK_SCHEDULE_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/date.h"

struct als_gate_patient {
    int completed; /* day of the last planned infusion; ALS_NO_DAY if not completed */
    bool toxicity; /* significant toxicity seen */
};

/* First day on which the next cohort may enrol: the `needed`-th completion among patients without
 * toxicity plus observation_days; ALS_NO_DAY when there are too few, or any patient had toxicity.
 */
int als_gate_day(const struct als_gate_patient *patients, size_t n, size_t needed,
                 int observation_days);

/* Do first-infusion days (ascending) keep at least spacing_days between neighbours? On failure
 * *offender (may be NULL) is the index of the later of the first pair that is too close. */
bool als_gate_spacing(const int *first_infusions, size_t n, int spacing_days, size_t *offender);

#endif
