/*
 * From events and visits to one case for each patient: from which day to which, and how it ended.
 */
#ifndef ALSTRACK_ANALYSIS_SURVIVAL_CASES_H
#define ALSTRACK_ANALYSIS_SURVIVAL_CASES_H

#include "noted.h"
#include "patients.h"
#include "ventilation.h"

#define SURVIVAL_EVENTS 16

struct survival_endpoint {
    const char *name; /* as asked for */
    const char *events[SURVIVAL_EVENTS];
    size_t count;
    bool death;              /* death is one of the events */
    bool pav;                /* so is permanent ventilation */
    bool kings_4a, kings_4b; /* first assessment with what makes this stage */
};

/* ALS_USAGE with a hint for what is neither an endpoint nor a list of events and stages. */
ALS_CHECKED enum als_status survival_endpoint_find(const struct als_protocol *protocol,
                                                   const char *name, struct als_arena *arena,
                                                   struct survival_endpoint *out,
                                                   struct als_err *err);
/* Refuses a word that is no event of the protocol, with the nearest one as hint. */
enum als_status survival_no_endpoint(const struct als_protocol *protocol, const char *word,
                                     struct als_err *err);

struct survival_rules {
    const struct survival_endpoint *endpoint;
    const char *from; /* event that is time zero; NULL: the protocol's */
    bool from_zero;   /* everyone counts from time zero on, however late they came */
    struct als_pav_rule pav;
};

struct survival_case {
    bool used;
    int zero_day;
    int days; /* from time zero to the event or to censoring */
    bool event;
    int entry; /* days from time zero after which the patient was under observation; 0: from it on
                */
};

struct survival_cases {
    struct survival_case *items; /* one per patient of the list; in the arena */
    size_t zero[3];              /* patients per enum als_zero, when it is the protocol's */
    size_t at_zero;              /* censored on day 0: nothing is known of them afterwards */
    size_t late;                 /* used, and entered after time zero */
    struct als_noted no_zero, before_zero, before_entry, undated, partial, competing;
    struct als_noted pav_unchecked, pav_no_hours, pav_fewer, pav_short, no_stage;
};

ALS_CHECKED enum als_status survival_cases_load(struct als_store *store,
                                                const struct als_patient_list *patients,
                                                const struct survival_rules *rules,
                                                struct als_arena *arena, struct survival_cases *out,
                                                struct als_err *err);

/* Time zero, how censored, who was left out and why. */
void survival_cases_note(const struct survival_cases *cases, const struct als_protocol *protocol,
                         const struct survival_rules *rules, struct als_table *table);

#endif
