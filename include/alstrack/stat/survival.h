/*
 * Time to an event with right censoring: Kaplan-Meier, log-rank, Cox regression.
 *
 * S(t) = product over event times of 1 - d / n; those censored at a time of events are still at
 * risk. Greenwood's variance, limits on the log-log scale: S^exp(+-z sqrt(sum d / (n (n - d))) /
 * ln S) (Kalbfleisch and Prentice 1980, The Statistical Analysis of Failure Time Data, 1.3).
 * Log-rank with the hypergeometric variance, also stratified (Mantel 1966, Cancer Chemother Rep
 * 50:163). Cox: Efron's treatment of ties (Efron 1977, J Am Stat Assoc 72:557).
 *
 * Late entry (left truncation): a case counts as at risk at times after its entry only, up to and
 * including its own time (Andersen et al. 1993, Statistical Models Based on Counting Processes,
 * III.3). Estimates then hold given survival to the entries; early risk sets may be small, and a
 * curve that reached 0 stays there although others enter later.
 *
 * Times are compared as they are: equal means equal to the last bit, as days are.
 */
#ifndef ALSTRACK_STAT_SURVIVAL_H
#define ALSTRACK_STAT_SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>

enum als_survival_status {
    ALS_SURVIVAL_OK,
    ALS_SURVIVAL_NO_DATA,
    ALS_SURVIVAL_NOT_FINITE,    /* a time or covariate is NaN or infinite, or a time negative */
    ALS_SURVIVAL_NEVER_AT_RISK, /* an entry is not before the time */
    ALS_SURVIVAL_NO_EVENTS,     /* nothing to compare or to fit */
    ALS_SURVIVAL_ONE_GROUP,     /* fewer than two groups were ever at risk of an event together */
    ALS_SURVIVAL_NO_VARIANCE,   /* groups met, but only where everybody had the event at once */
    ALS_SURVIVAL_COLLINEAR,     /* Cox: a covariate is constant or a combination of others */
    ALS_SURVIVAL_NOT_CONVERGED
};
const char *als_survival_reason(enum als_survival_status status);

struct als_case {
    double time;
    bool event;
    size_t group;   /* from 0 */
    size_t stratum; /* compared within strata only */
    size_t row;     /* Cox: row of the covariates */
    double entry;   /* under observation after this time; 0: from the start */
};

/* Cases of work that the functions below need: n, twice as many when any entry is above 0. */
size_t als_survival_work(size_t n, const struct als_case *cases);

/* ---------------------------------------------------------------- Kaplan-Meier */

struct als_km_row {
    double time;
    size_t at_risk, events, censored;
    double survival, se, ci_low,
        ci_high; /* limits are NAN while nobody, and when everybody, died */
};

/* One row per distinct time, ascending; group and stratum are not looked at. rows has room for n,
 * work for als_survival_work. */
enum als_survival_status als_km_fit(size_t n, const struct als_case *cases, struct als_case *work,
                                    struct als_km_row *rows, size_t *n_rows);

/* Time at which a share p has had the event: the smallest with S <= 1 - p, the middle of the step
 * when S = 1 - p over one. Limits come from inverting those of the curve. NAN = not reached. */
struct als_km_quantile {
    double time, ci_low, ci_high;
};
struct als_km_quantile als_km_quantile(const struct als_km_row *rows, size_t n_rows, double p);

/* Area under the curve to tau, with its standard error sqrt(sum A^2 d / (n (n - d))). NAN when the
 * curve ends above 0 before tau. */
struct als_km_mean {
    double mean, se;
};
struct als_km_mean als_km_restricted_mean(const struct als_km_row *rows, size_t n_rows, double tau);

/* ---------------------------------------------------------------- log-rank */

struct als_logrank_group {
    size_t n, observed;
    double expected, variance;
};
struct als_logrank {
    enum als_survival_status status;
    double chisq, p;
    size_t df; /* groups with an expected event, less one */
};

/* groups has n_groups rows, work als_survival_work, matrix n_groups * (n_groups + 1) numbers. */
struct als_logrank als_logrank_test(size_t n, const struct als_case *cases, size_t n_groups,
                                    struct als_case *work, struct als_logrank_group *groups,
                                    double *matrix);

/* ---------------------------------------------------------------- Cox regression */

struct als_cox_term {
    bool estimable; /* false: the likelihood grows without bound, as for a group without events */
    double coefficient, se, z, p, ci_low, ci_high; /* log hazard ratio; NAN when not estimable */
};
struct als_cox {
    enum als_survival_status status;
    size_t n, events, iterations, df;
    double log_likelihood_null, log_likelihood;
    double lr_chisq, score_chisq;
};

size_t als_cox_workspace(size_t p); /* doubles */

/* x has p covariates per row; terms has p rows; baselines differ between strata. */
struct als_cox als_cox_fit(size_t n, const struct als_case *cases, size_t p, const double *x,
                           struct als_case *work, double *workspace, struct als_cox_term *terms);

#endif
