/*
 * What the schedule reads from a patient's facts: cohort, infusions, visits, and the day that an
 * anchor stands for, with how sure it is.
 */
#ifndef ALSTRACK_SCHEDULE_ANCHOR_H
#define ALSTRACK_SCHEDULE_ANCHOR_H

#include "alstrack/schedule/schedule.h"

struct anchor_day {
    int day;           /* ALS_NO_DAY when not known */
    bool is_target;    /* a planned day stands in for one that has not come yet */
    bool is_partial;   /* a date of lower precision than a day is behind it */
    bool needs_cohort; /* not known for want of the patient's cohort */
};

struct anchor_day anchor_day(const struct als_protocol *protocol,
                             const struct als_patient_facts *facts,
                             const struct als_anchor *anchor);

/* Does the plan give the patient this visit at all? */
enum plan_fit { PLAN_NO, PLAN_YES, PLAN_DEPENDS /* on the cohort, which is not known */ };
enum plan_fit plan_fit(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                       const struct als_visit_plan *plan);

/* The day on which a planned visit took place, else ALS_NO_DAY. *not_done (may be NULL) says
 * whether it was recorded as not done. */
int visit_actual_day(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                     const struct als_visit_plan *plan, bool *not_done);

/* The day of a visit's target for a known anchor. */
int target_day(const struct als_protocol *protocol, const struct als_visit_plan *plan,
               int anchor_day);

#endif
