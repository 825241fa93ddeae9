/*
 * The board of dose cohorts for the committee: design section 6, `analyze dose`.
 */
#ifndef ALSTRACK_ANALYSIS_DOSE_H
#define ALSTRACK_ANALYSIS_DOSE_H

#include "alstrack/analysis/table.h"
#include "alstrack/store/record.h"

/* One row per cohort of the protocol, in its order, as of a day: cohort,label,planned,treated,
 * completed,observing,evaluable,not_evaluable,dlt,first_infusion,last_infusion,gate_date,
 * closest_days,spacing_ok,suggestion.
 *
 * treated = observing + evaluable + not_evaluable are patients with an infusion; completed: with
 * all that the cohort plans; dlt: with a dose-limiting toxicity on or after the first infusion.
 * evaluable: with a toxicity, or known to have been there at the end of the protocol's observation
 * days after the last planned infusion: a visit on that day or later, or, for who had not left by
 * then, any dated event. not_evaluable: without either, and died, withdrew or lost, or treatment
 * stopped before all planned infusions; a note names each. observing: the others; who should have
 * been seen by the as-of day and was not is named too.
 *
 * gate_date: first day on which the next cohort may open; missing while too few have completed and
 * stayed, or for good after a toxicity. It opens no cohort by itself: so many must be evaluable.
 * closest_days: least days between the first infusion of a patient of the cohort and that of the
 * patient treated before, of whichever cohort. The suggestion follows the protocol's rule, says how
 * many are not evaluable and ends with "committee decides"; missing without a rule or without a
 * treated patient. */
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
