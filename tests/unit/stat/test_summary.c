/* Summaries, Fisher's exact test and intervals of proportions. */
#include "als_test.h"

#include "alstrack/stat/summary.h"

Test(summary, knows_two_kinds_of_quartiles)
{
    double ten[10];
    for (size_t i = 0; i < 10; i++)
        ten[i] = (double)(i + 1);
    assert_close(als_quantile(10, ten, 0.25, ALS_QUANTILE_LINEAR), 3.25, 1e-15);
    assert_close(als_quantile(10, ten, 0.25, ALS_QUANTILE_STEP), 3, 0);
    assert_close(als_quantile(8, ten, 0.25, ALS_QUANTILE_STEP), 2.5, 0);
    assert_close(als_quantile(8, ten, 0.75, ALS_QUANTILE_STEP), 6.5, 0);
    for (int type = ALS_QUANTILE_STEP; type <= ALS_QUANTILE_LINEAR;
         type += ALS_QUANTILE_LINEAR - ALS_QUANTILE_STEP) {
        enum als_quantile_type kind = (enum als_quantile_type)type;
        assert_close(als_quantile(10, ten, 0.5, kind), 5.5, 0);
        assert_close(als_quantile(9, ten, 0.5, kind), 5, 0);
        assert_close(als_quantile(10, ten, 0, kind), 1, 0);
        assert_close(als_quantile(10, ten, 1, kind), 10, 0);
        assert_close(als_quantile(1, ten, 0.3, kind), 1, 0);
        cr_assert(isnan(als_quantile(0, ten, 0.5, kind)));
        cr_assert(isnan(als_quantile(10, ten, 1.5, kind)));
        cr_assert(isnan(als_quantile(10, ten, NAN, kind)));
    }
}

Test(summary, quantiles_never_fall)
{
    const double values[] = {-3, 0, 0, 0.5, 2, 2, 9};
    double linear = -INFINITY, step = -INFINITY;
    for (int k = 0; k <= 1000; k++) {
        double p = k / 1000.0;
        double here = als_quantile(7, values, p, ALS_QUANTILE_LINEAR);
        double there = als_quantile(7, values, p, ALS_QUANTILE_STEP);
        cr_assert(here >= linear && there >= step, "at %g", p);
        linear = here;
        step = there;
    }
}

Test(summary, describes_a_sample)
{
    const double values[] = {4, NAN, 1, 3, 2, NAN};
    double sorted[6];
    struct als_summary summary = als_summarise(6, values, ALS_QUANTILE_LINEAR, sorted);
    cr_assert_eq(summary.n, 4);
    assert_close(summary.mean, 2.5, 0);
    assert_close(summary.sd, sqrt(5 / 3.0), 1e-15);
    assert_close(summary.se, sqrt(5 / 12.0), 1e-15);
    assert_close(summary.ci_high - summary.mean, 3.1824463052837 * sqrt(5 / 12.0), 1e-13);
    assert_close(summary.minimum, 1, 0);
    assert_close(summary.q1, 1.75, 0);
    assert_close(summary.median, 2.5, 0);
    assert_close(summary.q3, 3.25, 0);
    assert_close(summary.maximum, 4, 0);
    assert_close(sorted[3], 4, 0);
}

Test(summary, leaves_out_what_is_not_defined)
{
    const double one[] = {7}, none[] = {NAN}, infinite[] = {1, INFINITY};
    double sorted[2];
    struct als_summary summary = als_summarise(1, one, ALS_QUANTILE_STEP, sorted);
    assert_close(summary.mean, 7, 0);
    assert_close(summary.median, 7, 0);
    cr_assert(isnan(summary.sd) && isnan(summary.se) && isnan(summary.ci_low));
    summary = als_summarise(1, none, ALS_QUANTILE_STEP, sorted);
    cr_assert_eq(summary.n, 0);
    cr_assert(isnan(summary.mean) && isnan(summary.median));
    summary = als_summarise(2, infinite, ALS_QUANTILE_STEP, sorted);
    cr_assert(isnan(summary.mean) && isnan(summary.maximum));
}

/* Fisher 1935: the lady tasting tea, and the twins of criminals. */
Test(summary, compares_proportions_as_fisher)
{
    assert_close(als_fisher_p(3, 4, 1, 4), 34 / 70.0, 1e-14);
    assert_close(als_fisher_p(4, 4, 0, 4), 2 / 70.0, 1e-14);
    assert_close(als_fisher_p(2, 17, 10, 13), 0.0005367241, 1e-7);
    assert_close(als_fisher_p(0, 5, 0, 9), 1, 0);
    assert_close(als_fisher_p(5, 5, 9, 9), 1, 0);
    assert_close(als_fisher_p(0, 0, 3, 9), 1, 0);
    cr_assert(isnan(als_fisher_p(6, 5, 0, 9)));
    cr_assert(isnan(als_fisher_p(0, 5, 10, 9)));
    cr_assert_lt(als_fisher_p(0, 100000, 100000, 100000), 1e-300);
}

Test(summary, fisher_does_not_depend_on_sides)
{
    for (size_t a = 0; a <= 7; a++) {
        for (size_t b = 0; b <= 12; b++) {
            double p = als_fisher_p(a, 7, b, 12);
            assert_close(als_fisher_p(b, 12, a, 7), p, 1e-13);
            assert_close(als_fisher_p(7 - a, 7, 12 - b, 12), p, 1e-13);
            cr_assert(p > 0 && p <= 1 + 1e-15);
        }
    }
}

Test(summary, bounds_proportions_as_wilson)
{
    struct als_proportion none = als_proportion_of(0, 10), half = als_proportion_of(5, 10);
    assert_close(none.ci_low, 0, 0);
    assert_close(none.ci_high, 0.2775328, 1e-6);
    assert_close(half.value, 0.5, 0);
    assert_close(half.ci_low, 0.2365931, 1e-6);
    assert_close(half.ci_high, 0.7634069, 1e-6);
    assert_close(als_proportion_of(10, 10).ci_high, 1, 0);
    assert_close(als_proportion_of(10, 10).ci_low, 1 - none.ci_high, 1e-13);
    cr_assert(isnan(als_proportion_of(0, 0).value));
    cr_assert(isnan(als_proportion_of(3, 2).value));
}
