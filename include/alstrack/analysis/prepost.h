/*
 * Decline before against decline after treatment, patient by patient: design section 6, `analyze
 * prepost`.
 */
#ifndef ALSTRACK_ANALYSIS_PREPOST_H
#define ALSTRACK_ANALYSIS_PREPOST_H

#include "alstrack/analysis/slopes.h"

struct als_prepost_options {
    const char *measure; /* NULL: the protocol's */
    const char *patient; /* NULL: all */
    const char *by;      /* patient factor; NULL: none */
    bool exclude_zero;   /* values on the day of time zero count before only */
    bool cohort;         /* tests over patients instead of a row for each */
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
 * wilcoxon_p_corrected,CODE,CODE_of …; first all patients, then each group. */
ALS_CHECKED enum als_status als_analyze_prepost(struct als_store *store,
                                                const struct als_prepost_options *options,
                                                struct als_table **out, struct als_err *err);

#endif
