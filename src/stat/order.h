/* Sorting of numbers in linear time, and the ranks that come from it. */
#ifndef ALSTRACK_STAT_ORDER_H
#define ALSTRACK_STAT_ORDER_H

#include <stddef.h>
#include <stdint.h>

struct order_item {
    uint64_t key;
    uint32_t item;
};

/* Keys in the order of the numbers; -0 equals 0. Not for NaN. */
uint64_t order_key(double value);

/* Stable ascending sort by key; spare has room for n. */
void order_sort(size_t n, struct order_item *items, struct order_item *spare);

/* Ranks from 1, equal values share their mean rank; values must not be NaN. n < 2^32. work has room
 * for 2 n. Returns the sum of t^3 - t over runs of t equal values. */
double order_midranks(size_t n, const double *value, double *rank, struct order_item *work);

#endif
