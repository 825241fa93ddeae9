/*
 * Adverse events in tables: by term and worst grade, or by protocol visit.
 */
#ifndef ALSTRACK_ANALYSIS_ADVERSE_H
#define ALSTRACK_ANALYSIS_ADVERSE_H

#include "alstrack/analysis/table.h"
#include "alstrack/store/record.h"

struct als_adverse_options {
    const char *by;      /* NULL, "visit", or a patient factor */
    const char *patient; /* NULL: all */
};

/* by NULL or factor: group,term,of_patients,patients,percent,events,grade_1 … (patients by worst
 * grade, once per patient; a column for each grade of the protocol),grade_missing,serious,related,
 * dlt,emergent,in_period,patient_months,per_patient_month. The first row of a group is `any event`.
 * by visit: patient,visit,date,review (none, listed, not asked),events,max_grade,terms; one row for
 * each visit that took place and has a review planned, and for any other with events. */
ALS_CHECKED enum als_status als_analyze_adverse(struct als_store *store,
                                                const struct als_adverse_options *options,
                                                int as_of_day, struct als_table **out,
                                                struct als_err *err);

#endif
