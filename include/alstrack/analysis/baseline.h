/*
 * Each patient's baseline of a measure, as the protocol rules for its instrument: the last value on
 * or before time zero, the value of a visit, or a historical one (visit SCR, else the last value at
 * most so many days before it). Without a rule the last value on or before time zero.
 */
#ifndef ALSTRACK_ANALYSIS_BASELINE_H
#define ALSTRACK_ANALYSIS_BASELINE_H

#include "alstrack/analysis/slopes.h"

struct als_baselines {
    struct als_store *store;
    const struct als_baseline_rule *rule; /* NULL: none in the protocol */
    int screening_no;                     /* number of the screening visit */
    const int *screenings; /* its day per patient; NULL unless the rule is historical */
};

/* Memory belongs to arena. */
ALS_CHECKED enum als_status als_baselines_load(struct als_store *store,
                                               const struct als_instrument *instrument,
                                               const struct als_patient_list *patients,
                                               struct als_arena *arena, struct als_baselines *out,
                                               struct als_err *err);

/* The mean of the points (slopes.h) on the last day that the rule allows; values after death do not
 * count. */
struct als_baseline {
    int day;      /* ALS_NO_DAY: there is none */
    double value; /* NAN then */
    size_t n;     /* values behind it */
    int visit_no; /* of the first of them */
    bool too_old; /* there is none, but there are values that are too old to be one */
};
struct als_baseline als_baseline_of(const struct als_baselines *baselines, size_t patient,
                                    const struct als_series *series);

/* "visit BL", "the last value on or before time zero": in arena. */
const char *als_baseline_text(const struct als_baselines *baselines, struct als_arena *arena);

/* The total of the study's functional rating scale (ALSFRS-R, else ALSFRS) and its maximum; false
 * when it has neither. */
bool als_functional_total(struct als_store *store, struct als_measure *measure, double *maximum);

#endif
