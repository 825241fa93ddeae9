/* Comparison of function within and between sets of patients, at their last common visit. */
#ifndef ALSTRACK_STAT_JOINT_RANK_FUNCTION_H
#define ALSTRACK_STAT_JOINT_RANK_FUNCTION_H

#include <stddef.h>
#include <stdint.h>

#include "order.h"

/* Members of a set with a value at the visit in hand who have the same values missing later and
 * the same label. */
struct function_run {
    uint64_t later; /* visits with values after the one in hand */
    uint32_t label; /* group, and which of two sets */
    size_t first, end;
};

struct function {
    size_t n_visits;
    const uint64_t *visits; /* n: bit v is set where there is a value at visit v */
    const uint32_t *place;  /* n rows of n_visits: order of the change among all at the visit */
    const uint8_t *group;   /* n: 0 or 1 */
    int64_t *score, *versus;
    int64_t pairs, equal; /* of a treated and a reference patient, with a common visit */

    struct order_item *items;  /* 2 n, scratch like all below */
    struct function_run *runs; /* n */
    uint32_t *class_of;        /* n */
    uint32_t *finer;           /* 2 n + 8 */
};

/* Add the results of all pairs of the m members. */
void function_within(struct function *f, size_t m, const uint32_t *member);

/* Add the results of all pairs of one of the first n_first members and one of the others. */
void function_between(struct function *f, size_t m, const uint32_t *member, size_t n_first);

/* Add the result of one pair. */
void function_pair(struct function *f, uint32_t i, uint32_t j);

#endif
