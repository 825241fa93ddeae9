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

    /* Not by visit: */
    bool by_relation;   /* rows are the protocol's causality categories instead of terms */
    bool untreated_too; /* every patient instead of the safety set */
    bool only_emergent, only_serious, only_related, only_dlt; /* events that are all of them */
};

/* by NULL or factor: group,term (or relation),of_patients,patients,percent,events,grade_1 …
 * (patients by worst grade, once per patient; a column for each grade of the protocol),
 * grade_missing,serious,related,dlt,emergent,in_period,patient_months,per_patient_month,
 * patients_serious,patients_related,patients_emergent,fisher_p. serious to in_period count events.
 * The first row of a group is `any event`; every term has a row in every group. The denominator is
 * the safety set of the group: patients with an infusion. emergent: onset on or after the first
 * infusion, or, related to a procedure, on or after the harvest of cells. With two groups fisher_p
 * compares their patients (two-sided), in the row of the second.
 * by visit: patient,visit,date,review (none, listed, not asked),events,max_grade,terms; one row for
 * each visit that took place and has a review planned, and for any other with events. */
ALS_CHECKED enum als_status als_analyze_adverse(struct als_store *store,
                                                const struct als_adverse_options *options,
                                                int as_of_day, struct als_table **out,
                                                struct als_err *err);

#endif
