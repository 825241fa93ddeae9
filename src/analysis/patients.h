/*
 * What several analyses need of the patients: events and visits of each from lists loaded once, the
 * end of a partial date, factors and measures checked.
 */
#ifndef ALSTRACK_ANALYSIS_PATIENTS_H
#define ALSTRACK_ANALYSIS_PATIENTS_H

#include "alstrack/store/record.h"
#include "alstrack/store/scan.h"

/* Part of a list that belongs to one patient, found by going along with ascending patient ids. */
struct als_span {
    size_t first, count;
};
struct als_span als_events_of(const struct als_event_list *list, size_t from, int64_t patient_id);
struct als_span als_visits_of(const struct als_visit_list *list, size_t from, int64_t patient_id);

/* First and last day that the date may stand for: the ends of its month or year; ALS_NO_DAY for
 * none. */
int als_date_earliest(struct als_date date);
int als_date_latest(struct als_date date);

/* The date of a text that may be NULL. */
struct als_date als_date_of(const char *text);

/* Last day on which the patient may have died, ALS_NO_DAY if no death is known. */
int als_death_day(const struct als_patient_facts *facts);

/* ALS_USAGE with a hint unless it is a patient factor; NULL is fine. */
ALS_CHECKED enum als_status als_factor_check(const char *factor, struct als_err *err);

/* The measure asked for, or the protocol's for NULL; ALS_USAGE unless it is there and numeric. */
ALS_CHECKED enum als_status als_measure_chosen(struct als_store *store, const char *name,
                                               struct als_measure *out, struct als_err *err);

/* The patients asked for: one by name, or all for NULL. Texts live in arena. */
ALS_CHECKED enum als_status als_patients_chosen(struct als_store *store, const char *patient,
                                                struct als_arena *arena,
                                                struct als_patient_list *out, struct als_err *err);

#endif
