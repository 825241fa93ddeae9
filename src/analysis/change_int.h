/*
 * Parts of one run of `analyze change`: values in order of patient and planned visit (change.c),
 * observed means (change_table.c), the repeated-measures model (change_model.c).
 */
#ifndef ALSTRACK_ANALYSIS_CHANGE_INT_H
#define ALSTRACK_ANALYSIS_CHANGE_INT_H

#include "alstrack/analysis/baseline.h"
#include "alstrack/analysis/change.h"
#include "alstrack/analysis/visits.h"
#include "groups.h"

struct als_change_run {
    const struct als_change_options *options;
    struct als_store *store;
    const struct als_protocol *protocol;
    struct als_measure measure;
    struct als_arena *arena;
    struct als_baselines baseline_rules;
    struct als_patient_list patients;
    struct als_groups groups;
    size_t n_visits;   /* of the protocol */
    double *values;    /* per patient and visit; NAN = none */
    double *changes;   /* the same, from baseline; NAN before it */
    double *baselines; /* per patient; NAN = none */

    struct als_visit_values by_visit;
    size_t missing;           /* assessments without a value */
    size_t averaged;          /* visits whose value is the mean of several raters */
    size_t computed, entered; /* values; one of several raters may be both */
    size_t zero[3];           /* patients per enum als_zero */
    size_t with_value, without_baseline, old_baseline, died, zero_baseline;
    size_t used, low; /* values; those near the floor of the scale */

    const int *due; /* per patient and visit the target day of visits to impute; NULL: none */
    bool *imputed;  /* per patient and visit */
    size_t n_imputed, limited;
};

/* Does the protocol assess the measure at that visit? */
bool als_change_is_planned(const struct als_change_run *run, size_t visit);

/* change_impute.c: due and imputed; then values and changes that are missing for one patient. */
ALS_CHECKED enum als_status als_change_load_due(struct als_change_run *run, struct als_err *err);
void als_change_impute(struct als_change_run *run, size_t patient, const struct als_series *series,
                       const struct als_baseline *baseline);
void als_change_note_imputed(const struct als_change_run *run, struct als_table *table);

static inline double als_change_value(const struct als_change_run *run, size_t patient,
                                      size_t visit)
{
    return run->values[patient * run->n_visits + visit];
}
static inline double als_change_of(const struct als_change_run *run, size_t patient, size_t visit)
{
    return run->changes[patient * run->n_visits + visit];
}

struct als_table *als_change_observed(const struct als_change_run *run);
struct als_table *als_change_adjusted(const struct als_change_run *run);
void als_change_notes(const struct als_change_run *run, struct als_table *table);

#endif
