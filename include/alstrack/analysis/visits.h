/*
 * Visits as people look at them: the whole cohort's schedules, one patient's, the worklist of what
 * is overdue, due and near; and the values that analyses by visit count at each.
 */
#ifndef ALSTRACK_ANALYSIS_VISITS_H
#define ALSTRACK_ANALYSIS_VISITS_H

#include "alstrack/analysis/baseline.h"
#include "alstrack/analysis/table.h"
#include "alstrack/schedule/schedule.h"
#include "alstrack/store/record.h"

/* ---- The cohort ---- */

struct als_cohort_patient {
    const struct als_patient *patient;
    const struct als_visit *visits; /* its rows, n_visits of them */
    size_t n_visits;
    const struct als_visit_row *rows; /* its schedule as of today */
    size_t n_rows;
};
/* Everything is borrowed during the call, except patients and codes, which live in the arena. */
typedef void als_cohort_fn(const struct als_cohort_patient *patient, void *context);

/* Patient by patient in order of id; registration, events and visits are read once each. */
ALS_CHECKED enum als_status als_cohort_each(struct als_store *store, struct als_arena *arena,
                                            int today, als_cohort_fn *receive, void *context,
                                            struct als_err *err);

/* The visit's row of the study, if it has one: what was recorded at it. NULL otherwise. */
const struct als_visit *als_visit_recorded(const struct als_store *store,
                                           const struct als_visit *visits, size_t n,
                                           const char *code);

/* ---- One patient ---- */

struct als_visit_plan_of {
    struct als_visit_row *rows; /* the schedule; lives in the arena */
    size_t n_rows;
    struct als_visit_list visits;
};
ALS_CHECKED enum als_status als_visit_plan_load(struct als_store *store,
                                                const struct als_patient *patient, int today,
                                                struct als_arena *arena,
                                                struct als_visit_plan_of *out, struct als_err *err);

/* Columns visit,label,due,target,window_from,window_to,date,status,offset_days,outside_days,mode,
 * reason,gap_days,counts_as; notes say which targets hang on something not settled. */
struct als_table *als_visit_table(const struct als_store *store,
                                  const struct als_visit_plan_of *plan);

/* ---- Values by visit ---- */

/* The one rule of analyses that go by planned visit (`change`, `joint-rank`):
 *
 *     values after death do not count;
 *     a value of an early-termination visit counts at the planned visit nearest in target day that
 *       assesses the instrument and has no value of its own (als_schedule_stand_in);
 *     values of other visits that are not planned do not count;
 *     a change from baseline counts after the day of the baseline, at visits that the protocol puts
 *       after it: after the visit that is the baseline, after screening for a historical one, and
 *       after treatment (epoch post) where it is the last value before time zero. So lead-in visits
 *       have no change, also in those who were never treated. */
struct als_visit_value {
    const struct als_series_point *point; /* of the series, which says how raters are joined */
    ptrdiff_t plan;                       /* planned visit it counts at; -1: none */
};
struct als_visit_values {
    struct als_store *store;
    size_t n_visits; /* of the protocol */
    bool *assesses, *after_baseline, *taken;
    struct als_visit_value *items; /* of one series, in its order */
    size_t count, room;

    /* Over all patients; n_values = n_planned + n_stood_in + n_unplanned + n_after_death +
     * n_joined, n_planned + n_stood_in = n_changes + n_until_baseline + n_lead_in +
     * n_without_baseline. */
    size_t n_values, n_planned, n_stood_in, n_unplanned, n_after_death, n_joined;
    size_t n_changes, n_until_baseline, n_lead_in, n_without_baseline;
};
/* Memory but items belongs to arena; als_visit_values_end frees these. */
void als_visit_values_begin(struct als_visit_values *values, struct als_store *store,
                            const struct als_instrument *instrument,
                            const struct als_baselines *baselines, struct als_arena *arena);
void als_visit_values_end(struct als_visit_values *values);

/* Items of one patient. */
ALS_CHECKED enum als_status als_visit_values_of(struct als_visit_values *values,
                                                const struct als_patient *patient,
                                                const struct als_series *series,
                                                struct als_err *err);

/* The item's change from baseline; NAN: none, and the reason is counted. To be asked once for each
 * item. */
double als_visit_value_change(struct als_visit_values *values, const struct als_visit_value *item,
                              const struct als_baseline *baseline);

/* The counts above. */
void als_visit_values_note(const struct als_visit_values *values, struct als_table *table);

/* Does the protocol assess the instrument at that visit? */
bool als_visit_assesses(const struct als_protocol *protocol, size_t visit, const char *instrument);
/* Does the protocol put the visit after time zero? Unknown, so true, when that is an event. */
bool als_visit_is_after_zero(const struct als_protocol *protocol, size_t visit);

/* ---- The worklist ---- */

struct als_due_visit {
    const char *patient, *site; /* site NULL: none recorded */
    struct als_visit_row row;   /* its status: ALS_VISIT_MISSED (overdue), _DUE or _PLANNED */
    size_t order;               /* in which it was found */
};
struct als_worklist {
    struct als_due_visit *items; /* by end of the window; lives in the arena */
    size_t count;
    size_t overdue, due, soon;
    const char *waiting; /* whose visits cannot be on the list, and why, in words; NULL: nobody */
    int today, within_days;
};

/* Overdue, due, and opening within so many days. A missed visit stays until someone says what
 * became of it; optional visits are not chased. site NULL: all. */
ALS_CHECKED enum als_status als_worklist_load(struct als_store *store, int today, int within_days,
                                              const char *site, struct als_arena *arena,
                                              struct als_worklist *out, struct als_err *err);
const char *als_due_word(enum als_visit_status status); /* overdue, due, soon */

/* Columns patient,visit,label,status,target,window_from,window_to,days_left. */
struct als_table *als_worklist_table(const struct als_worklist *list);

/* The same as a calendar; `stamp` as for als_ics_visits. */
void als_worklist_calendar(const struct als_store *store, const struct als_worklist *list,
                           const char *stamp, struct als_buf *out);

#endif
