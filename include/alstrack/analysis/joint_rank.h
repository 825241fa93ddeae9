/*
 * Joint rank of death and function: design section 6, `analyze joint-rank`.
 */
#ifndef ALSTRACK_ANALYSIS_JOINT_RANK_H
#define ALSTRACK_ANALYSIS_JOINT_RANK_H

#include "alstrack/analysis/result.h"
#include "alstrack/store/record.h"

struct als_joint_rank_options {
    const char *measure;   /* NULL: the protocol's */
    const char *by;        /* patient factor; NULL: scores only */
    const char *reference; /* group that others are compared with; NULL: the first by name */
    const char *endpoint;  /* what counts as death, as in als_survival_options; NULL: death */
    const char *const *covariates; /* as in als_mixed_options, without :month */
    size_t n_covariates;
    double pav_hours; /* as in als_survival_options */
    int pav_days;
    double horizon_months;
    bool strict;         /* a death loses whatever the other's follow-up */
    bool same_day_equal; /* deaths on one day are equal without a look at function */
};

/* Everyone with a time zero is ranked. The change is from the protocol's baseline of the instrument
 * (without a rule the last value on or before time zero) to each planned visit after it whose
 * nominal day is within the horizon, which is the day floor(30.4375 months + 0.5). Values of
 * several raters at one visit are averaged. Values dated after death do not count.
 *
 * Parts: `patients`: patient,group,score,rank (main; 1 = worst); with a factor `groups`:
 * group,n,mean_rank,median_rank; with three groups and more `kruskal_wallis`: chisq,df,p (of the
 * scores), and `pairs`, of every two groups, the patients of both compared with one another:
 * reference,treated,n_reference,n_treated,wins,losses,ties,win_probability,ci_low,ci_high,win_odds,
 * net_benefit; `test`, with two groups:
 * reference,treated,n_reference,n_treated,mean_rank_reference,mean_rank_treated,
 * median_rank_reference,median_rank_treated,treated_score,variance,z,p,wilcoxon_w,wilcoxon_z,
 * wilcoxon_p,wilcoxon_p_corrected,wilcoxon_p_exact,wins,losses,ties,by_death,by_same_day,
 * by_function,undecidable,win_probability,ci_low,ci_high,win_odds,win_ratio,net_benefit; with
 * covariates `adjusted`: term,estimate,se,df,t,p,ci_low,ci_high of the linear regression of the
 * ranks on group and covariates, over the ranked patients who have all of them. */
ALS_CHECKED enum als_status als_analyze_joint_rank(struct als_store *store,
                                                   const struct als_joint_rank_options *options,
                                                   struct als_result *out, struct als_err *err);

#endif
