/*
 * The board of dose cohorts for the committee: design section 6, `analyze dose`.
 */
#ifndef ALSTRACK_ANALYSIS_DOSE_H
#define ALSTRACK_ANALYSIS_DOSE_H

#include "alstrack/analysis/table.h"
#include "alstrack/store/record.h"

/* One row per cohort of the protocol, in its order, as of a day: cohort,label,planned,treated,
 * completed,observing,evaluable,dlt,first_infusion,last_infusion,gate_date,closest_days,spacing_ok,
 * suggestion.
 *
 * treated: patients with an infusion; completed: with all that the cohort plans; observing:
 * treated, without a dose-limiting toxicity, and not yet through the protocol's observation days
 * after the last planned infusion; evaluable: through them, or with a dose-limiting toxicity; dlt:
 * patients with one. Patients whose treatment stopped short stay under observation. gate_date:
 * first day on which the next cohort may open; missing while too few have completed, or for good
 * after a toxicity. closest_days: least days between the first infusion of a patient of the cohort
 * and that of the patient treated before, of whichever cohort. The suggestion follows the
 * protocol's rule and ends with "committee decides"; missing without a rule or without a treated
 * patient. */
ALS_CHECKED enum als_status als_analyze_dose(struct als_store *store, int as_of_day,
                                             struct als_table **out, struct als_err *err);

#endif
