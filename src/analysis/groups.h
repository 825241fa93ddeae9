/*
 * Patients in groups by a factor: names in order, those without a value last.
 */
#ifndef ALSTRACK_ANALYSIS_GROUPS_H
#define ALSTRACK_ANALYSIS_GROUPS_H

#include "alstrack/store/record.h"

struct als_groups {
    const char **names; /* NULL: the factor is missing, or there is none */
    size_t count;
    size_t *of; /* group of each patient, in the order of the list */
};

/* by NULL: one group without a name. Memory and names belong to arena and list. */
struct als_groups als_groups_make(const struct als_patient_list *patients, const char *by,
                                  struct als_arena *arena);

/* Are there two groups to compare, whether or not the factor is missing for others? */
bool als_groups_are_two(const struct als_groups *groups);

#endif
