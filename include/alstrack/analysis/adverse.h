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

/* by NULL or factor: group,term,patients,events,one count of patients per grade (worst grade once
 * per patient), serious,related,patient_months,per_patient_month.
 * by visit: patient,visit,date,review (none, listed, not asked),events,max_grade,terms. */
ALS_CHECKED enum als_status als_analyze_adverse(struct als_store *store,
                                                const struct als_adverse_options *options,
                                                int as_of_day, struct als_table **out,
                                                struct als_err *err);

#endif
