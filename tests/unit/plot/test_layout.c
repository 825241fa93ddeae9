/* Labels never lie on one another, whatever is asked. */
#include "als_test.h"
#include "layout.h"

static unsigned state;
static double random_in(double low, double high)
{
    state = state * 1664525u + 1013904223u;
    return low + (high - low) * (double)(state >> 8) / (double)(1u << 24);
}

enum { MOST = 40, ROUNDS = 2000 };

static size_t random_slots(struct als_slot *slots, double span)
{
    size_t n = (size_t)random_in(0, MOST);
    bool close = random_in(0, 1) < 0.5;
    double from = close ? random_in(0, span) : 0, to = close ? from + 60 : span;
    for (size_t i = 0; i < n; i++)
        slots[i] = (struct als_slot){
            .at = random_in(from, to), .width = random_in(4, 120), .rank = (int)random_in(0, 3)};
    return n;
}

static bool overlap(const struct als_slot *a, const struct als_slot *b)
{
    return a->row == b->row && a->row != ALS_LAYOUT_HIDDEN && a->left < b->left + b->width &&
           b->left < a->left + a->width;
}

static void assert_apart(const struct als_slot *slots, size_t n, size_t used, size_t most)
{
    cr_assert_leq(used, most);
    for (size_t i = 0; i < n; i++) {
        cr_assert_geq(slots[i].row, ALS_LAYOUT_HIDDEN);
        cr_assert_lt(slots[i].row, (int)used == 0 ? 1 : (int)used);
        for (size_t k = i + 1; k < n; k++)
            cr_assert_not(overlap(&slots[i], &slots[k]), "texts %zu and %zu overlap", i, k);
    }
}

static bool pole_crosses(const struct als_slot *pole, const struct als_slot *text)
{
    return pole->row >= text->row && text->row != ALS_LAYOUT_HIDDEN && pole->at > text->left &&
           pole->at < text->left + text->width;
}

Test(layout, flags_touch_neither_texts_nor_poles)
{
    struct als_slot slots[MOST];
    state = 1;
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = random_slots(slots, 900);
        size_t used = als_layout_flags(slots, n, 4, 0, 1100, 6);
        assert_apart(slots, n, used, 6);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < n; k++)
                cr_assert_not(i != k && pole_crosses(&slots[i], &slots[k]),
                              "pole %zu crosses text %zu", i, k);
    }
}

Test(layout, flags_stay_inside)
{
    struct als_slot slots[MOST];
    state = 2;
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = random_slots(slots, 900);
        als_layout_flags(slots, n, 4, 10, 700, 5);
        for (size_t i = 0; i < n; i++)
            if (slots[i].row != ALS_LAYOUT_HIDDEN)
                cr_assert(slots[i].left >= 10 && slots[i].left + slots[i].width <= 700);
    }
}

Test(layout, flags_far_apart_share_the_first_row)
{
    struct als_slot slots[] = {
        {.at = 10, .width = 50}, {.at = 200, .width = 50}, {.at = 400, .width = 50}};
    cr_assert_eq(als_layout_flags(slots, 3, 4, 0, 1000, 6), 1);
    for (size_t i = 0; i < 3; i++)
        assert_close(slots[i].left, slots[i].at + 4, 1e-12);
}

Test(layout, crowded_flags_form_stairs_the_left_one_on_top)
{
    struct als_slot slots[] = {
        {.at = 100, .width = 50}, {.at = 110, .width = 50}, {.at = 120, .width = 50}};
    cr_assert_eq(als_layout_flags(slots, 3, 4, 0, 1000, 6), 3);
    cr_assert_eq(slots[2].row, 0);
    cr_assert_eq(slots[1].row, 1);
    cr_assert_eq(slots[0].row, 2);
}

Test(layout, a_flag_at_the_right_edge_turns_left)
{
    struct als_slot slot = {.at = 990, .width = 50};
    cr_assert_eq(als_layout_flags(&slot, 1, 4, 0, 1000, 6), 1);
    assert_close(slot.left, 936, 1e-12);
}

Test(layout, a_crowd_beyond_the_rows_goes_left_of_its_poles)
{
    struct als_slot slots[8];
    for (size_t i = 0; i < 8; i++)
        slots[i] = (struct als_slot){.at = 400 + 8 * (double)i, .width = 60};
    cr_assert_eq(als_layout_flags(slots, 8, 4, 0, 1000, 4), 4);
    for (size_t i = 0; i < 8; i++)
        cr_assert_neq(slots[i].row, ALS_LAYOUT_HIDDEN, "label %zu is left out", i);
}

Test(layout, centred_texts_keep_their_distance)
{
    struct als_slot slots[MOST];
    state = 3;
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = random_slots(slots, 900);
        assert_apart(slots, n, als_layout_centred(slots, n, 0, 900, 5, 2), 2);
        for (size_t i = 0; i < n; i++)
            cr_assert(slots[i].left >= 0 && slots[i].left + slots[i].width <= 900 + 1e-9);
    }
}

Test(layout, of_two_that_collide_the_lower_rank_is_kept)
{
    struct als_slot slots[] = {{.at = 50, .width = 40, .rank = 1}, {.at = 55, .width = 40}};
    cr_assert_eq(als_layout_centred(slots, 2, 0, 100, 5, 1), 1);
    cr_assert_eq(slots[0].row, ALS_LAYOUT_HIDDEN);
    cr_assert_eq(slots[1].row, 0);
}

Test(layout, spans_share_a_row_only_when_apart)
{
    struct als_slot slots[MOST];
    state = 4;
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = random_slots(slots, 800);
        assert_apart(slots, n, als_layout_spans(slots, n, 10, 8), 8);
    }
}

Test(layout, nothing_needs_no_row)
{
    cr_assert_eq(als_layout_flags(NULL, 0, 4, 0, 10, 6), 0);
    cr_assert_eq(als_layout_centred(NULL, 0, 0, 10, 1, 2), 0);
    cr_assert_eq(als_layout_spans(NULL, 0, 1, 2), 0);
    assert_no_leaks();
}
