/*
 * Linear mixed model of a measure over time: design section 6, `analyze mixed`.
 */
#ifndef ALSTRACK_ANALYSIS_MIXED_H
#define ALSTRACK_ANALYSIS_MIXED_H

#include "alstrack/analysis/result.h"
#include "alstrack/analysis/slopes.h"

struct als_mixed_options {
    const char *measure;   /* NULL: the protocol's */
    const char *by;        /* patient factor; NULL: none */
    const char *reference; /* group that the others are compared with; NULL: the first by name */
    const char *const *covariates; /* NAME or NAME:month, see below */
    size_t n_covariates;
    bool maximum_likelihood;
    bool intercept_only;  /* no random slope: another model, only on request */
    bool blups;           /* a line for each patient instead of the model */
    int from_day, to_day; /* days relative to time zero, included; INT_MIN, INT_MAX: no limit */
};

/* y = intercept + slope x month, both with a random part of each patient; with a factor both for
 * each group. Terms are (Intercept), month, and for each group but the reference FACTORGROUP and
 * month:FACTORGROUP. Covariates add a term each, NAME:month also month:NAME, for: a patient factor,
 * age (years at time zero), height (cm), duration and delay (months from onset to time zero and to
 * diagnosis), delta_fs (points lost per month since onset), baseline (of the measure) or another
 * measure (its baseline). Patients who lack one are left out. Slopes in notes are those at the mean
 * of the covariates.
 *
 * Parts: method,n_patients,n_observations,log_likelihood,aic; `fixed`: term,estimate,se,df,t,p,
 * ci_low,ci_high (main); `random`: intercept_sd,slope_sd,correlation,residual_sd;
 * converged,singular. A model that cannot be fitted has no term and a note that says why.
 *
 * blups: patient,intercept,slope,intercept_se,slope_se,intercept_sd,slope_sd,n only: the patient's
 * own line, the fixed one of its group and covariates plus its best linear unbiased prediction; se
 * of the prediction with the uncertainty of the fixed effects, sd of the random part given the
 * parameters. Patients without a value used have no row. */
ALS_CHECKED enum als_status als_analyze_mixed(struct als_store *store,
                                              const struct als_mixed_options *options,
                                              struct als_result *out, struct als_err *err);

#endif
