/*
 * Baseline covariates of models, by name: a patient factor (a column for each level but the first),
 * age at time zero in years, height in cm, months from onset to time zero (duration), months from
 * onset to diagnosis (delay), points lost per month since onset (delta_fs), the baseline of the
 * measure that is analysed (baseline), or that of another measure (fvc.percent_predicted).
 */
#ifndef ALSTRACK_ANALYSIS_COVARIATE_H
#define ALSTRACK_ANALYSIS_COVARIATE_H

#include "alstrack/analysis/baseline.h"
#include "noted.h"

struct als_covariates {
    size_t n;            /* columns; 0 without covariates */
    const char **terms;  /* age, sexM, fvc.percent_predicted */
    bool *by_time;       /* the name ended in :month, so the column has a slope of its own too */
    size_t *n_levels;    /* of the factor that the column belongs to; 0: a number */
    double *values;      /* per patient n columns; NAN where it is missing */
    const char **listed; /* names as asked for, for notes */
    size_t n_listed;
    struct als_noted incomplete, partial; /* left out for a missing one; a date without a day */
};

struct als_covariate_request {
    const char *const *names; /* with :month behind a name where slopes are allowed */
    size_t n;
    const struct als_measure *measure; /* that of the analysis */
    const char *by; /* factor that groups, which cannot be a covariate too; NULL: none */
    bool slopes;
};

/* used: patients with data; those who lack a covariate are taken out of it and noted. Memory
 * belongs to arena. ALS_USAGE with a hint for what is no covariate. */
ALS_CHECKED enum als_status als_covariates_load(struct als_store *store,
                                                const struct als_patient_list *patients,
                                                const struct als_covariate_request *request,
                                                struct als_arena *arena, bool *used,
                                                struct als_covariates *out, struct als_err *err);

/* The value of a column at which effects of other terms are looked at, the same as in adjusted
 * means of `change`: a number at its mean over the rows analysed (those of patient i are first[i]
 * to first[i + 1] - 1), a factor with the same weight for each level. */
double als_covariate_reference(const struct als_covariates *covariates, size_t column,
                               size_t n_patients, const size_t *first);

/* Names, and who was left out. */
void als_covariates_note(const struct als_covariates *covariates, struct als_table *table);

#endif
