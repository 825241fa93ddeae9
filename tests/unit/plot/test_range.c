/* Axes: round, and true to the scale. */
#include "als_test.h"
#include "range.h"

static const struct {
    double low, high, least, most, wanted;
    double from, to, step;
} frames[] = {
    {0, 48, 20, 40, 4, 0, 48, 12},              /* ALSFRS-R */
    {0, 40, 20, 38, 4, 0, 40, 10},              /* ALSFRS */
    {0, 100, 60, 90, 2, 0, 100, 50},            /* Norris */
    {0, 12, 3, 9, 3, 0, 12, 4},                 /* a domain */
    {0, 48, 20, 50, 4, 0, 50, 10},              /* a value outside the scale is not cut off */
    {0, 48, INFINITY, -INFINITY, 4, 0, 48, 12}, /* no value */
    {NAN, NAN, 70, 70, 2, 60, 80, 10},          /* equal values are not blown up */
    {NAN, NAN, 44, 90, 2, 25, 100, 25},
    {NAN, NAN, INFINITY, -INFINITY, 2, 0, 1, 0.5},
};

TABLE_TEST(range, frames_the_values, frames)
{
    struct als_range range =
        als_range_frame(frames[*row_].low, frames[*row_].high, frames[*row_].least,
                        frames[*row_].most, frames[*row_].wanted);
    assert_close(range.low, frames[*row_].from, 1e-9);
    assert_close(range.high, frames[*row_].to, 1e-9);
    assert_close(range.step, frames[*row_].step, 1e-9);
}

Test(range, holds_all_values_with_few_tics)
{
    unsigned state = 3;
    for (int round = 0; round < 5000; round++) {
        state = state * 1664525u + 1013904223u;
        double size = pow(10, (double)(state >> 8) / (double)(1u << 24) * 12 - 6);
        state = state * 1664525u + 1013904223u;
        double least = ((double)(state >> 8) / (double)(1u << 24) - 0.5) * size;
        state = state * 1664525u + 1013904223u;
        double most = least + (double)(state >> 8) / (double)(1u << 24) * size;
        struct als_range range = als_range_frame(NAN, NAN, least, most, 3);
        cr_assert(range.low <= least && range.high >= most && range.step > 0,
                  "%g to %g is not in %g to %g", least, most, range.low, range.high);
        cr_assert_leq((range.high - range.low) / range.step, 6.01);
    }
}

Test(range, months_go_in_years_when_long)
{
    assert_close(als_range_months(0.3), 1, 1e-12);
    assert_close(als_range_months(2.5), 3, 1e-12);
    assert_close(als_range_months(7), 12, 1e-12);
    assert_close(als_range_months(5000), 6000, 1e-12);
}
