/*
 * Adverse events counted under headings, group by group: what is counted (adverse_terms.c) and how
 * it is told (adverse_table.c).
 */
#ifndef ALSTRACK_ANALYSIS_ADVERSE_TALLY_H
#define ALSTRACK_ANALYSIS_ADVERSE_TALLY_H

#include "adverse_int.h"
#include "adverse_relation.h"
#include "groups.h"

#define ADVERSE_GRADES 9 /* distinct grades that have a column of their own */

struct adverse_group {
    size_t patients; /* of the population */
    double months;
};

/* One event under one heading. */
struct adverse_ref {
    size_t group;
    const char *heading; /* NULL: all events */
    size_t patient;
    const struct als_adverse_event *ae;
    struct als_relation relation;
    bool emergent, in_period;
};

struct adverse_row {
    size_t group;
    const char *heading;
    size_t patients, events;
    size_t worst[ADVERSE_GRADES], ungraded;
    size_t serious, related, dlt, emergent, in_period; /* events */
    size_t patients_serious, patients_related, patients_emergent;
};

struct adverse_tally {
    const struct als_adverse_data *data;
    const struct als_adverse_options *options;
    struct als_groups names;
    struct adverse_group *groups; /* owned */
    int grades[ADVERSE_GRADES];
    size_t n_grades;
    struct adverse_ref *refs; /* owned */
    size_t n_refs, room;
    struct adverse_row *rows; /* owned */
    size_t n_rows;
    size_t n_population, untreated, untreated_events;
    size_t filtered, no_exposure, no_onset, no_relation, other_relation;
};

struct als_table *adverse_tally_table(const struct adverse_tally *tally);

#endif
