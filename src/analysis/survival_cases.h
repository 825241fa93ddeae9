/*
 * From events and visits to one case for each patient: from which day to which, and how it ended.
 */
#ifndef ALSTRACK_ANALYSIS_SURVIVAL_CASES_H
#define ALSTRACK_ANALYSIS_SURVIVAL_CASES_H

#include "noted.h"
#include "patients.h"

#define SURVIVAL_EVENTS 16

struct survival_endpoint {
    const char *name; /* as asked for */
    const char *events[SURVIVAL_EVENTS];
    size_t count;
    bool death; /* death is one of the events */
};

/* ALS_USAGE with a hint for what is neither an endpoint nor a list of events. */
ALS_CHECKED enum als_status survival_endpoint_find(const struct als_protocol *protocol,
                                                   const char *name, struct als_arena *arena,
                                                   struct survival_endpoint *out,
                                                   struct als_err *err);

struct survival_case {
    bool used;
    int zero_day;
    int days; /* from time zero to the event or to censoring */
    bool event;
};

struct survival_cases {
    struct survival_case *items; /* one per patient of the list; in the arena */
    size_t zero[3];              /* patients per enum als_zero, when it is the protocol's */
    size_t at_zero;              /* censored on day 0: nothing is known of them afterwards */
    struct als_noted no_zero, before_zero, undated, partial, competing;
};

/* from: event that is time zero; NULL: the protocol's. */
ALS_CHECKED enum als_status survival_cases_load(struct als_store *store,
                                                const struct als_patient_list *patients,
                                                const struct survival_endpoint *endpoint,
                                                const char *from, struct als_arena *arena,
                                                struct survival_cases *out, struct als_err *err);

/* Time zero, how censored, who was left out and why. */
void survival_cases_note(const struct survival_cases *cases, const struct als_protocol *protocol,
                         const struct survival_endpoint *endpoint, const char *from,
                         struct als_table *table);

#endif
