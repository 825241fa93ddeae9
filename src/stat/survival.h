/*
 * What the survival methods share.
 */
#ifndef ALSTRACK_STAT_SURVIVAL_INTERNAL_H
#define ALSTRACK_STAT_SURVIVAL_INTERNAL_H

#include "alstrack/stat/survival.h"

/* Copy cases to work in order of stratum and time, events before censored. */
enum als_survival_status survival_sort(size_t n, const struct als_case *cases, bool by_stratum,
                                       struct als_case *work);

#endif
