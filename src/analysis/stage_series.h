/*
 * The stages of every assessment of the functional rating scale, patient by patient: ALSFRS-R, or
 * ALSFRS in a study that records only that.
 */
#ifndef ALSTRACK_ANALYSIS_STAGE_SERIES_H
#define ALSTRACK_ANALYSIS_STAGE_SERIES_H

#include "alstrack/score/stage.h"
#include "alstrack/store/scan.h"

struct als_stage_rules {
    bool mitos_or;     /* communicating is lost with speech OR handwriting, instead of both */
    bool kings_from_1; /* King's stage 0 counts as 1 */
};

/* One assessment. */
struct als_staged {
    int visit_no, rater_no, day;
    enum als_kings kings;
    int mitos, ft9;   /* -1: cannot be told */
    bool gastrostomy; /* what makes stage 4A, whatever else is true */
    int ventilation;  /* what makes stage 4B: 1, 0, or -1 when it cannot be told */
    unsigned regions; /* bit per entry of als_stage_region_names */
};

/* One patient. Stages are in order of day, up to the last day on which death may have been. */
struct als_stage_course {
    const struct als_patient *patient;
    const struct als_staged *stages;
    size_t n;
    struct als_date death;
    int death_day;                      /* last day it may have been; ALS_NO_DAY: none known */
    bool partial;                       /* gastrostomy or death is a date without a day */
    size_t not_done, after_death, open; /* assessments; open: a stage cannot be told */
};

/* The instrument that stages come from; NULL when the study has none. */
const struct als_instrument *als_stage_instrument(const struct als_store *store);

/* Calls receive once for every patient of the list, in its order, also without assessments. What it
 * gets is borrowed during the call. */
typedef void als_stages_fn(const struct als_stage_course *course, void *context);
ALS_CHECKED enum als_status als_stages_each(struct als_store *store,
                                            const struct als_patient_list *patients,
                                            const struct als_stage_rules *rules,
                                            als_stages_fn *receive, void *context,
                                            struct als_err *err);

#endif
