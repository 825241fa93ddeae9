/*
 * A joint rank under way: survival and changes of each patient as `stat` wants them.
 */
#ifndef ALSTRACK_ANALYSIS_JOINT_RANK_INT_H
#define ALSTRACK_ANALYSIS_JOINT_RANK_INT_H

#include "alstrack/analysis/baseline.h"
#include "alstrack/analysis/joint_rank.h"
#include "alstrack/analysis/visits.h"
#include "alstrack/stat/joint_rank.h"
#include "covariate.h"
#include "levels.h"
#include "survival_cases.h"

struct ranking {
    const struct als_joint_rank_options *options;
    const struct als_protocol *protocol;
    struct als_store *store;
    struct als_arena *arena;
    struct als_patient_list patients;
    struct als_measure measure;
    struct als_baselines baseline_rules;
    struct survival_endpoint endpoint;
    struct survival_rules rules;
    struct survival_cases cases;
    struct als_levels levels;
    struct als_covariates covariates;
    bool *adjustable; /* per patient: ranked, and every covariate known */
    int horizon_days;

    size_t n_visits;   /* of the protocol; changes at visits that do not count stay NAN */
    size_t column;     /* visit columns that count are packed: how many there are */
    size_t *column_of; /* per visit of the protocol, SIZE_MAX: does not count */
    double *baseline;  /* per patient; NAN: none */
    double *change;    /* per patient of the list: n_columns */
    size_t next;

    struct als_visit_values by_visit;
    size_t averaged; /* values compared that are means of several raters */
    size_t outside;  /* changes at visits that do not count, or until time zero */
    enum als_status status;
    struct als_err *err;
    struct als_noted without_baseline, without_change;

    /* Ranked patients only. */
    size_t n;
    size_t *who; /* index into the list */
    double *time, *packed;
    bool *died, *treated;
    struct als_joint_rank_data data; /* these, as they are ranked */
    struct als_table *notes;         /* of the result under way; the main table */
};

/* Baselines and changes from the study. */
ALS_CHECKED enum als_status ranking_load_changes(struct ranking *ranking, struct als_err *err);

void ranking_make_tables(struct ranking *ranking, const struct als_joint_rank *rank,
                         struct als_result *out);
/* Part `groups`; with three and more `kruskal_wallis` and `pairs`. */
void ranking_compare_groups(struct ranking *ranking, const struct als_joint_rank *rank,
                            struct als_result *out);
/* Part `adjusted`: regression of the ranks on group and covariates. */
void ranking_adjust(struct ranking *ranking, const struct als_joint_rank *rank,
                    struct als_result *out);

#endif
