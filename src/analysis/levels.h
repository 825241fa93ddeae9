/*
 * The groups that an analysis compares: those of a factor that have a patient with data, the
 * reference first, then by name.
 */
#ifndef ALSTRACK_ANALYSIS_LEVELS_H
#define ALSTRACK_ANALYSIS_LEVELS_H

#include <stdbool.h>

#include "alstrack/store/record.h"

#define ALS_NO_LEVEL SIZE_MAX

struct als_levels {
    const char **names; /* "all" without a factor */
    size_t count;
    size_t *of;     /* level of each patient of the list; ALS_NO_LEVEL: left out */
    size_t without; /* patients with data whose factor is missing: left out */
};

/* by NULL: one level. reference NULL: the first by name. used: patients with data. Memory belongs
 * to arena. ALS_USAGE when no patient with data is in the reference group. */
ALS_CHECKED enum als_status als_levels_make(const struct als_patient_list *patients, const char *by,
                                            const char *reference, const bool *used,
                                            struct als_arena *arena, struct als_levels *out,
                                            struct als_err *err);

#endif
