/* Greedy placement of labels in rows. */
#include "layout.h"

#include <stdlib.h>

#include "alstrack/core/alloc.h"

static int by_at_falling(const void *a, const void *b)
{
    const struct als_slot *x = *(const struct als_slot *const *)a;
    const struct als_slot *y = *(const struct als_slot *const *)b;
    if (x->at != y->at)
        return x->at < y->at ? 1 : -1;
    return x < y ? 1 : -1;
}

static int by_rank(const void *a, const void *b)
{
    const struct als_slot *x = *(const struct als_slot *const *)a;
    const struct als_slot *y = *(const struct als_slot *const *)b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x < y ? -1 : 1;
}

static struct als_slot **sorted(struct als_slot *slots, size_t n,
                                int (*compare)(const void *, const void *))
{
    struct als_slot **order = als_alloc_array(n + 1, sizeof(struct als_slot *));
    for (size_t i = 0; i < n; i++)
        order[i] = &slots[i];
    qsort(order, n, sizeof(struct als_slot *), compare);
    return order;
}

static bool texts_touch(const struct als_slot *a, const struct als_slot *b, double gap)
{
    return a->left < b->left + b->width + gap && b->left < a->left + a->width + gap;
}

static bool pole_touches(const struct als_slot *pole, const struct als_slot *text, double gap)
{
    return pole->at > text->left - gap && pole->at < text->left + text->width + gap;
}

/* A pole passes every row below its own. */
static bool flags_collide(const struct als_slot *a, const struct als_slot *b, double pad)
{
    double gap = pad - 0.5; /* a text keeps `pad` from its own pole, which must not count */
    if (a->row == b->row && texts_touch(a, b, pad))
        return true;
    if (a->row >= b->row && pole_touches(a, b, gap))
        return true;
    return b->row >= a->row && pole_touches(b, a, gap);
}

static bool flag_fits(struct als_slot *const *placed, size_t n, const struct als_slot *slot,
                      double pad)
{
    for (size_t i = 0; i < n; i++)
        if (placed[i] != slot && placed[i]->row != ALS_LAYOUT_HIDDEN &&
            flags_collide(placed[i], slot, pad))
            return false;
    return true;
}

struct side {
    double pad, left, right; /* from the pole; where texts may be */
    bool leftwards;
};

/* Put the label into the first row where it fits on that side of its pole, or hide it. */
static void place_flag(struct als_slot *const *placed, size_t n, struct als_slot *slot,
                       struct side side, size_t max_rows)
{
    slot->left = side.leftwards ? slot->at - side.pad - slot->width : slot->at + side.pad;
    bool inside = slot->left >= side.left && slot->left + slot->width <= side.right;
    for (size_t row = 0; inside && row < max_rows; row++) {
        slot->row = (int)row;
        if (flag_fits(placed, n, slot, side.pad))
            return;
    }
    slot->row = ALS_LAYOUT_HIDDEN;
}

/* From right to left, so that poles stand clear of the texts placed before; a crowd that needs more
 * rows than there are goes to the left of its poles, from left to right. */
size_t als_layout_flags(struct als_slot *slots, size_t n, double pad, double left, double right,
                        size_t max_rows)
{
    struct als_slot **order = sorted(slots, n, by_at_falling);
    for (size_t i = 0; i < n; i++)
        order[i]->row = ALS_LAYOUT_HIDDEN;
    for (size_t i = 0; i < n; i++)
        place_flag(order, n, order[i], (struct side){pad, left, right, false}, max_rows);
    for (size_t i = n; i-- > 0;)
        if (order[i]->row == ALS_LAYOUT_HIDDEN)
            place_flag(order, n, order[i], (struct side){pad, left, right, true}, max_rows);
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        if (order[i]->row + 1 > (int)used)
            used = (size_t)order[i]->row + 1;
    free(order);
    return used;
}

static bool text_fits(struct als_slot *const *placed, size_t n, const struct als_slot *slot,
                      double gap)
{
    for (size_t i = 0; i < n; i++)
        if (placed[i]->row == slot->row && texts_touch(placed[i], slot, gap))
            return false;
    return true;
}

static size_t place(struct als_slot *slots, size_t n, double gap, size_t max_rows)
{
    struct als_slot **order = sorted(slots, n, by_rank);
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        struct als_slot *slot = order[i];
        size_t row = 0;
        for (; row < max_rows; row++) {
            slot->row = (int)row;
            if (text_fits(order, i, slot, gap))
                break;
        }
        if (row == max_rows)
            slot->row = ALS_LAYOUT_HIDDEN;
        else if (row + 1 > used)
            used = row + 1;
    }
    free(order);
    return used;
}

size_t als_layout_centred(struct als_slot *slots, size_t n, double left, double right, double gap,
                          size_t max_rows)
{
    for (size_t i = 0; i < n; i++) {
        struct als_slot *slot = &slots[i];
        slot->left = slot->at - slot->width / 2;
        if (slot->left + slot->width > right)
            slot->left = right - slot->width;
        if (slot->left < left)
            slot->left = left;
    }
    return place(slots, n, gap, max_rows);
}

size_t als_layout_spans(struct als_slot *slots, size_t n, double gap, size_t max_rows)
{
    for (size_t i = 0; i < n; i++)
        slots[i].left = slots[i].at;
    return place(slots, n, gap, max_rows);
}
