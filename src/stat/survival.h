/*
 * What the survival methods share.
 */
#ifndef ALSTRACK_STAT_SURVIVAL_INTERNAL_H
#define ALSTRACK_STAT_SURVIVAL_INTERNAL_H

#include "alstrack/stat/survival.h"

/* Copy cases to work in order of stratum and time, events before censored. Strata are equal unless
 * by_stratum. */
enum als_survival_status survival_sort(size_t n, const struct als_case *cases, bool by_stratum,
                                       struct als_case *work);

/* After survival_sort: the cases of work once more in order of stratum and entry, behind them; NULL
 * when nobody enters late. */
const struct als_case *survival_sort_entries(size_t n, bool by_stratum, struct als_case *work);

/* A risk set that is built backwards in time loses cases that had not entered yet. Takes them, one
 * after another, from the end of entries[0 .. *left): those of the stratum that enter at `time` or
 * later. NULL when there are no more. */
const struct als_case *survival_next_leaver(const struct als_case *entries, size_t *left,
                                            const struct als_case *now);

#endif
