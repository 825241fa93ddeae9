/*
 * Decline before against decline after treatment, patient by patient: design section 6, `analyze
 * prepost`.
 */
#ifndef ALSTRACK_ANALYSIS_PREPOST_H
#define ALSTRACK_ANALYSIS_PREPOST_H

#include "alstrack/analysis/result.h"
#include "alstrack/analysis/slopes.h"

/* Random effects of a patient in the mixed model. */
enum als_prepost_random {
    ALS_PREPOST_RANDOM_BOTH,     /* level, slope before and slope after */
    ALS_PREPOST_RANDOM_SLOPE,    /* level and one slope */
    ALS_PREPOST_RANDOM_INTERCEPT /* level */
};

struct als_prepost_options {
    const char *measure; /* NULL: the protocol's */
    const char *patient; /* NULL: all */
    const char *by;      /* patient factor; NULL: none */
    bool exclude_zero;   /* values on the day of time zero count before only */
    bool cohort;         /* tests over patients instead of a row for each */
    bool responders;     /* a row for each responder definition instead */

    /* als_analyze_prepost_mixed only */
    const char *reference; /* group that the others are compared with; NULL: the first by name */
    enum als_prepost_random random;
};

/* Two ways, side by side. Separate lines: pre_slope through the values up to time zero, post_slope
 * through those from it on (a value on that day is in both), change = post - pre. Broken stick: y =
 * level + pre min(t, 0) + post max(t, 0), change with its standard error. Both end at death. For a
 * measure of which less is better, improvement and responders take the opposite sign.
 *
 * improvement_percent = 100 change / |pre_slope|, missing unless pre_slope is a decline of at least
 * 0.01 a month. One Y/N column for each responder definition that suits the measure, by its code,
 * from the separate lines: missing where it cannot be told. `reason` says why a cell is missing.
 *
 * Patients: patient[,group],measure,n_pre,n_post,span_pre,span_post,pre_slope,pre_se,post_slope,
 * post_se,change,improvement_percent,stick_n,stick_level,stick_pre,stick_post,stick_change,
 * stick_se,stick_df,stick_ci_low,stick_ci_high,stick_p,CODE …,reason.
 * Cohort: group,measure,method,patients,n,pre_mean,post_mean,change_mean,change_sd,change_se,
 * ci_low,ci_high,t,df,p,change_median,wilcoxon_n,wilcoxon_w,wilcoxon_p_exact,wilcoxon_p,
 * wilcoxon_p_corrected,CODE,CODE_of …; first all patients, then each group.
 * Responders: definition,label,measure,threshold,unit,source,group,patients,of,responders,percent,
 * ci_low,ci_high,fisher_p: the protocol's definitions, then those of published trials that it does
 * not have: 25, 50, 75 and 100 % of any measure; of the total of ALSFRS-R or ALSFRS also 1.25 and
 * 1.5 points a month, and 0.375 in each of its domains. */
ALS_CHECKED enum als_status als_analyze_prepost(struct als_store *store,
                                                const struct als_prepost_options *options,
                                                struct als_table **out, struct als_err *err);

/* One linear mixed model (REML) of all patients who have the protocol's time zero: level + pre
 * min(t, 0) + post max(t, 0), each with a random part of the patient, and with a factor for each
 * group. Values after death are left out.
 *
 * Parts as of als_analyze_mixed: method,n_patients,n_observations,log_likelihood,aic; `fixed`
 * (main): term,estimate,se,df,t,p,ci_low,ci_high with the terms (Intercept), pre, post, for each
 * group but the reference FACTORGROUP, pre:FACTORGROUP, post:FACTORGROUP, and the contrasts
 * post-pre (of the reference group) and post-pre:FACTORGROUP (its difference in another); `random`:
 * intercept_sd, pre_sd,post_sd,slope_sd,correlation_intercept_pre,correlation_intercept_post,
 * correlation_pre_post,correlation_intercept_slope,residual_sd; converged,singular. A model that
 * cannot be fitted has no term and a note that says why. */
ALS_CHECKED enum als_status als_analyze_prepost_mixed(struct als_store *store,
                                                      const struct als_prepost_options *options,
                                                      struct als_result *out, struct als_err *err);

#endif
