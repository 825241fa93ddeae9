/*
 * Change from baseline visit by visit: design section 6, `analyze change`.
 */
#ifndef ALSTRACK_ANALYSIS_CHANGE_H
#define ALSTRACK_ANALYSIS_CHANGE_H

#include "alstrack/analysis/slopes.h"

/* What stands in for a value that is missing at a planned visit. */
enum als_impute {
    ALS_IMPUTE_NONE,
    ALS_IMPUTE_LAST,     /* last observation carried forward */
    ALS_IMPUTE_BASELINE, /* baseline carried forward */
    ALS_IMPUTE_SLOPE     /* the patient's least-squares line from the baseline on */
};

struct als_change_options {
    const char *measure;    /* NULL: the protocol's */
    const char *by;         /* patient factor; NULL: none */
    bool adjusted;          /* means of the repeated-measures model instead of observed ones */
    enum als_impute impute; /* not with adjusted: ALS_USAGE */
    int as_of_day;          /* for imputing: visits whose window had closed by then */
};

/* The baseline is that of the measure's instrument, as the protocol rules. Values count at planned
 * visits, the mean of several raters as one; changes at visits after the day of the baseline.
 * Values after death are left out.
 *
 * Observed: visit,group,n,mean,sd,se,ci_low,ci_high,change_mean,change_sd,change_n,change_se,
 * change_ci_low,change_ci_high,change_p,change_q1,change_median,change_q3,percent_mean,percent_sd;
 * with a factor also the difference of the mean change from that of the first group: difference,
 * difference_ci_low,difference_ci_high,difference_p (Welch),wilcoxon_p_exact,wilcoxon_p. group is
 * `all` without a factor and missing for patients in whom it is missing. When imputing: one more
 * column n_imputed; nothing is put in after death, before the baseline, or without one.
 *
 * Adjusted: visit,group,n,change,se,df,ci_low,ci_high,p and, with a factor, difference,
 * difference_se,difference_df,difference_ci_low,difference_ci_high,difference_p from the first
 * group: change = visit x group + baseline x visit with unstructured covariance by REML, at the
 * mean baseline over the values; where that covariance cannot be estimated the next of enum
 * als_repeated_structure (stat/repeated.h), in words. One variance for all visits is warned of.
 * Without any model the table is empty and a note says why. */
ALS_CHECKED enum als_status als_analyze_change(struct als_store *store,
                                               const struct als_change_options *options,
                                               struct als_table **out, struct als_err *err);

#endif
