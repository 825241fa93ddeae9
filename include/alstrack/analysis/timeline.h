/*
 * Day 0 and the end of each patient's time axis, the same for every measure, chart and export.
 */
#ifndef ALSTRACK_ANALYSIS_TIMELINE_H
#define ALSTRACK_ANALYSIS_TIMELINE_H

#include "alstrack/store/record.h"

enum als_zero { ALS_ZERO_PROTOCOL, ALS_ZERO_BASELINE, ALS_ZERO_FIRST };

struct als_timeline {
    int zero_day; /* protocol's time zero; else baseline visit; else the first visit that took
                     place; ALS_NO_DAY if there is none of them */
    enum als_zero zero;
    bool zero_is_partial; /* the protocol's time zero is an event whose day is not known */
    int death_day;        /* last day on which death may have been; ALS_NO_DAY: no death known */
};

/* One per patient of the list, in its order. Visits are read only if some patient needs them. */
ALS_CHECKED enum als_status als_timelines_load(struct als_store *store,
                                               const struct als_patient_list *patients,
                                               struct als_timeline *timelines, struct als_err *err);

#endif
