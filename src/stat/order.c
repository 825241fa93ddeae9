/* Radix sort by 64-bit keys. */
#include "order.h"

#include <string.h>

enum { DIGIT_BITS = 8, DIGITS = 64 / DIGIT_BITS, BUCKETS = 1 << DIGIT_BITS, FEW = 64 };

uint64_t order_key(double value)
{
    const uint64_t sign = UINT64_C(1) << 63;
    uint64_t bits;
    value += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits & sign ? ~bits : bits | sign;
}

static void insertion_sort(size_t n, struct order_item *items)
{
    for (size_t i = 1; i < n; i++) {
        struct order_item moved = items[i];
        size_t j = i;
        for (; j > 0 && items[j - 1].key > moved.key; j--)
            items[j] = items[j - 1];
        items[j] = moved;
    }
}

static void scatter(size_t n, const struct order_item *from, struct order_item *to, unsigned shift)
{
    size_t start[BUCKETS] = {0};
    for (size_t i = 0; i < n; i++)
        start[from[i].key >> shift & (BUCKETS - 1)]++;
    size_t sum = 0;
    for (size_t b = 0; b < BUCKETS; b++) {
        size_t count = start[b];
        start[b] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[start[from[i].key >> shift & (BUCKETS - 1)]++] = from[i];
}

void order_sort(size_t n, struct order_item *items, struct order_item *spare)
{
    if (n <= FEW) {
        insertion_sort(n, items);
        return;
    }
    uint64_t varying = 0;
    for (size_t i = 1; i < n; i++)
        varying |= items[i].key ^ items[0].key;
    struct order_item *from = items, *to = spare;
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        unsigned shift = digit * DIGIT_BITS;
        if (!(varying >> shift & (BUCKETS - 1)))
            continue;
        scatter(n, from, to, shift);
        struct order_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, n * sizeof *items);
}
