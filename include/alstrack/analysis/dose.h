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

/* Stopping for safety: does P(rate > limit) exceed a probability, given a Beta prior and the
 * treated patients who came to harm on or after their first infusion? (als_beta_posterior,
 * stat/dose.h) */
enum als_stopping_harm {
    ALS_STOPPING_RELATED, /* a serious event related to treatment, that is, not to disease alone */
    ALS_STOPPING_SERIOUS, /* any serious event */
    ALS_STOPPING_DLT      /* a dose-limiting toxicity */
};
struct als_stopping_options {
    enum als_stopping_harm harm;
    double rate;             /* limit, between 0 and 1 */
    double confidence;       /* probability above which to stop */
    double prior_a, prior_b; /* Beta prior */
};
/* One row per cohort, then `all`: cohort,label,treated,with_event,rate,ci_low,ci_high (posterior
 * mean and central 95 %),probability (that the rate is above the limit),stop_at (patients with an
 * event at which to stop, missing when no number would do),suggestion. ALS_USAGE for numbers out of
 * range.
 */
ALS_CHECKED enum als_status als_analyze_stopping(struct als_store *store,
                                                 const struct als_stopping_options *options,
                                                 int as_of_day, struct als_table **out,
                                                 struct als_err *err);

#endif
