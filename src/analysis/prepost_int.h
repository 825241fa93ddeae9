/*
 * Parts of one run of `analyze prepost`: what is computed (prepost.c), how it is told (the tables
 * of prepost_table.c, the notes of prepost_notes.c).
 */
#ifndef ALSTRACK_ANALYSIS_PREPOST_INT_H
#define ALSTRACK_ANALYSIS_PREPOST_INT_H

#include "alstrack/analysis/prepost.h"
#include "groups.h"
#include "noted.h"
#include "prepost_fit.h"

/* A responder definition that suits the analysis, and the measure whose fits it looks at. */
struct als_prepost_rule {
    const struct als_responder *responder;
    size_t measure;
    const char *source; /* NULL: the protocol */
};

struct als_prepost_run {
    const struct als_prepost_options *options;
    const struct als_protocol *protocol;
    struct als_patient_list patients;
    struct als_groups groups;
    struct als_measure *measures; /* first the one that is analysed, then those of definitions */
    size_t n_measures;
    struct als_prepost *fits; /* per patient, of the first measure */
    struct als_prepost_rule *rules;
    signed char **verdicts;   /* per rule, per patient: 1 responds, 0 does not, -1 cannot be told */
    size_t n_rules, left_out; /* definitions; those that do not suit the measure */
    size_t missing;           /* assessments without a value of the analysed measure */
    size_t zero[3];           /* patients per enum als_zero */
    size_t after_death;       /* values left out */
    size_t values, low;       /* values used; those near the floor of the scale */
    size_t averaged;          /* values used that are means of several raters' */
    struct als_noted died;
    const bool *partial_zero; /* per patient */
};

double als_prepost_direction(const struct als_measure *measure);
int als_prepost_verdict(const struct als_prepost_run *run, size_t rule, size_t patient);

/* Tests of the patients of a group (group == groups.count: of all), by separate lines or by broken
 * sticks; *patients is how many there are in it. */
struct als_prepost_tests als_prepost_tests_of(const struct als_prepost_run *run, size_t group,
                                              bool stick, size_t *patients);
/* How many of the group respond, and of how many that can be told. */
struct als_prepost_count {
    size_t responders, of;
};
struct als_prepost_count als_prepost_count_of(const struct als_prepost_run *run, size_t group,
                                              size_t rule);

/* Index of the measure among those of the run, added if it is new. */
ALS_CHECKED enum als_status als_prepost_add_measure(struct als_store *store,
                                                    struct als_prepost_run *run, const char *name,
                                                    size_t *index, struct als_err *err);
/* Definitions of published trials beside the protocol's; at most so many rules and measures. */
size_t als_prepost_published_room(const struct als_measure *measure);
ALS_CHECKED enum als_status als_prepost_add_published(struct als_store *store,
                                                      struct als_prepost_run *run,
                                                      struct als_arena *arena, struct als_err *err);
struct als_table *als_prepost_responders(const struct als_prepost_run *run);
struct als_table *als_prepost_patients(const struct als_prepost_run *run);
struct als_table *als_prepost_cohort(const struct als_prepost_run *run);
/* A warning when entry rules select by the rate of decline. */
void als_prepost_note_entry(const struct als_protocol *protocol, struct als_table *table);
void als_prepost_notes(const struct als_prepost_run *run, struct als_table *table);

#endif
