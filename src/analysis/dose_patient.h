/*
 * One treated patient as a dose board sees them: infusions, toxicity, and how far the observation
 * after the last planned infusion has come.
 */
#ifndef ALSTRACK_ANALYSIS_DOSE_PATIENT_H
#define ALSTRACK_ANALYSIS_DOSE_PATIENT_H

#include "patients.h"

/* How the observation stands on the as-of day. It ends so many days after the last planned
 * infusion. */
enum dose_watch {
    DOSE_WATCHING, /* not over, or not all planned infusions yet */
    DOSE_UNSEEN,   /* over, but nothing says that the patient was there on its last day or later */
    DOSE_WATCHED,  /* known to have been there on its last day or later */
    DOSE_LEFT      /* died, withdrew, was lost or stopped treatment before: never to be WATCHED */
};

struct dose_patient {
    size_t cohort; /* index; the number of cohorts for none among several */
    const char *patient;
    int first, last;      /* infusions; ALS_NO_DAY: none */
    int treated_from;     /* the first infusion; the first day that it may stand for */
    int completed;        /* the last planned infusion; ALS_NO_DAY: not all planned ones yet */
    bool has_partial_day; /* an infusion is a date without a day */
    bool toxicity;
    enum dose_watch watch;
    int last_known;   /* alive, as in als_follow_up */
    const char *left; /* "died 2012-06-08, withdrew"; NULL: none of it */
    bool too_close;   /* to the patient treated before */
    int since_last;   /* days after that patient's first infusion; ALS_NO_DAY for the very first */
};

/* Index of the patient's cohort; n_cohorts if it has none among several. */
size_t dose_cohort_of(const struct als_protocol *protocol, const struct als_patient *patient);

/* Fills the infusions, which events has in order of day, up to as_of. False without any. */
bool dose_take_infusions(const struct als_protocol *protocol, const struct als_event *events,
                         size_t n, int as_of, struct dose_patient *out);

/* Fills watch, last_known and left, from the infusions above. left lives in arena. */
void dose_take_watch(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                     const struct als_event *events, size_t n, int as_of, struct als_arena *arena,
                     struct dose_patient *out);

/* The adverse events of one patient, going along with ascending patient ids. */
struct als_span dose_adverse_of(const struct als_adverse_event_list *list, size_t from,
                                int64_t patient_id);

/* When an adverse event began, seen from the first infusion and the as-of day. A date without a day
 * that may be on or after the infusion counts, and so must one without any date: leaving it out
 * would be the dangerous mistake. */
enum dose_onset { DOSE_ONSET_BEFORE, DOSE_ONSET_COUNTS, DOSE_ONSET_UNDATED, DOSE_ONSET_LATER };
enum dose_onset dose_onset_of(const struct als_adverse_event *event, int treated_from, int as_of);

#endif
