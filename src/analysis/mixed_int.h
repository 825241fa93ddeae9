/*
 * A mixed model under way: what was collected, what was fitted.
 */
#ifndef ALSTRACK_ANALYSIS_MIXED_INT_H
#define ALSTRACK_ANALYSIS_MIXED_INT_H

#include "alstrack/analysis/mixed.h"
#include "alstrack/stat/lmm.h"
#include "covariate.h"
#include "levels.h"
#include "noted.h"
#include "patients.h"

/* What the notes say of a patient whose values are used. */
struct mixed_traits {
    enum als_zero zero;
    bool died, mixed_source, partial_zero;
    size_t averaged; /* values that are the mean of several raters */
};

struct mixed {
    const struct als_mixed_options *options;
    const struct als_protocol *protocol;
    struct als_measure measure;
    bool has_floor;
    struct als_patient_list patients;
    struct als_arena *arena;

    /* Rows: those of patient i are first[i] to first[i + 1] - 1. */
    double *month, *value; /* owned */
    size_t *first;
    size_t n, room, next; /* next: first patient whose rows are not begun */
    bool *used;           /* patients with rows */
    struct mixed_traits *traits;

    struct als_levels levels;
    struct als_covariates covariates;
    size_t p, q;
    double *x, *z;            /* owned; z is x when they are the same */
    const char *const *terms; /* p */
    void *work;               /* owned */
    struct als_lmm fit;

    size_t missing, after_death, outside, without_factor, at_floor, averaged, zero[3];
    struct als_noted died, mixed_source, partial_zero;
};

void mixed_make_tables(const struct mixed *mixed, struct als_result *out);
void mixed_make_blups(const struct mixed *mixed, struct als_result *out);
/* Weights of the fixed effects that give intercept (or slope) of a level, covariates being those of
 * a patient, or als_covariate_reference for MIXED_MEAN; weights has p. */
#define MIXED_MEAN SIZE_MAX
void mixed_weights(const struct mixed *mixed, size_t level, size_t patient, bool slope,
                   double *weights);

#endif
