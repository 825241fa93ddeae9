/*
 * How long one patient was treated and followed: exposure, last known day, death.
 */
#ifndef ALSTRACK_ANALYSIS_FOLLOW_UP_H
#define ALSTRACK_ANALYSIS_FOLLOW_UP_H

#include "alstrack/store/record.h"

struct als_follow_up {
    size_t infusions;
    double cells; /* of all infusions; NAN: one is not stated, or in a unit other than cells */
    int first_infusion; /* ALS_NO_DAY if none */
    int exposure_from;  /* first infusion, else consent, else ALS_NO_DAY */
    int exposure_to;    /* end of participation, else last_known; at most as_of */
    struct als_date death;
    int last_known; /* last day on which the patient is known to have been alive: visits done
                       and dated events up to as_of; of a partial date its first day */
};

/* events are those of the patient, as in facts. What is dated after as_of_day does not count. */
struct als_follow_up als_follow_up(const struct als_protocol *protocol,
                                   const struct als_patient_facts *facts,
                                   const struct als_event *events, size_t n_events, int as_of_day);

/* Days of exposure; 0 if it has not begun. */
int als_exposure_days(const struct als_follow_up *follow);

#endif
