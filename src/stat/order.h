/* Sorting of numbers in linear time. */
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

#endif
