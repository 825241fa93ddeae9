/*
 * What both tables of adverse events start from: everything of the patients asked for.
 */
#ifndef ALSTRACK_ANALYSIS_ADVERSE_INT_H
#define ALSTRACK_ANALYSIS_ADVERSE_INT_H

#include "alstrack/analysis/adverse.h"
#include "alstrack/analysis/follow_up.h"

struct als_adverse_data {
    struct als_store *store;
    const struct als_protocol *protocol;
    int as_of_day;
    struct als_patient_list patients;
    struct als_event_list events;
    struct als_visit_list visits;
    struct als_procedure_list procedures;
    struct als_adverse_event_list adverse; /* those with an onset up to as_of_day, or without one */
    size_t later;                          /* left out for an onset after as_of_day */
    const char *spellings; /* "headache ('Headache' 21, 'headache' 19); …": what als_adverse_spell
                              made one; NULL: nothing */
    struct als_arena *arena;
};

/* Gives the events one spelling of each term: the protocol's, else the commonest. */
void als_adverse_spell(struct als_adverse_data *data);
void als_adverse_note_spellings(const struct als_adverse_data *data, struct als_table *table);

struct als_table *als_adverse_by_term(const struct als_adverse_data *data,
                                      const struct als_adverse_options *options);
ALS_CHECKED enum als_status als_adverse_by_visit(const struct als_adverse_data *data,
                                                 struct als_table **out, struct als_err *err);

#endif
