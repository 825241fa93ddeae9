/*
 * Time to an event: design section 6, `analyze survival`.
 */
#ifndef ALSTRACK_ANALYSIS_SURVIVAL_H
#define ALSTRACK_ANALYSIS_SURVIVAL_H

#include "alstrack/analysis/result.h"
#include "alstrack/store/record.h"

struct als_survival_options {
    const char *endpoint;  /* death, death-or-tracheostomy, death-or-tracheostomy-or-pav,
                            * gastrostomy, niv, kings-4a, kings-4b, kings-4, or events and stages
                            * with commas between: the first counts */
    const char *by;        /* patient factor; NULL: none */
    const char *reference; /* group that the others are compared with; NULL: the first by name */
    const char *strata;    /* patient factor within which groups are compared; NULL: none */
    const char *from;      /* time zero is the first event of this name; NULL: the protocol's */
    double tau;       /* restricted mean up to here; 0: the shortest of the longest follow-ups */
    bool from_zero;   /* everyone counts from time zero on, however late they came */
    double pav_hours; /* permanent ventilation: more than so many hours a day (0: 22) */
    int pav_days;     /* on more than so many consecutive days (0: 7) */
    bool in_days;     /* times (and tau) in days instead of months */
};

/* Late entry: a patient is at risk from the first of consent, visit and infusion on, where that is
 * after time zero (onset, diagnosis), and left out when the endpoint or the end of follow-up comes
 * no later. Permanent ventilation follows from the hours of ventilation,
 * niv_start, tracheostomy and pav events.
 * kings-4a and kings-4b are reached at the first ALSFRS-R with what makes the stage, after time
 * zero; such endpoints are censored at the last assessment that tells.
 *
 * Censored otherwise: when death is part of the endpoint, on the last day known alive (visits done
 * and dated events); otherwise at the last visit done or infusion, or at death when it comes later.
 * Partial dates count as the middle of their month or year and are noted. A patient without time
 * zero, or with the endpoint before it, is left out and counted.
 *
 * Parts: endpoint,time_unit; `curve`: group,time,at_risk,events,censored,survival,se,ci_low,ci_high
 * (main); `groups`: group,n,events,censored,median,median_ci_low,median_ci_high,tau,
 * restricted_mean,restricted_mean_se; with two groups or more `log_rank`: chisq,df,p; `cox`: term,
 * hazard_ratio,ci_low,ci_high,coefficient,se,z,p. */
ALS_CHECKED enum als_status als_analyze_survival(struct als_store *store,
                                                 const struct als_survival_options *options,
                                                 struct als_result *out, struct als_err *err);

#endif
