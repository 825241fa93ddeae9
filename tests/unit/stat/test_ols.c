/* Straight lines: worked examples, certified values, exact arithmetic and degenerate data. */
#include "als_test.h"

#include "alstrack/stat/dist.h"
#include "alstrack/stat/ols.h"

#define MONTH 30.4375

static struct als_ols fit_days(size_t n, const double *days, const double *y)
{
    double months[16];
    cr_assert_leq(n, COUNT(months));
    for (size_t i = 0; i < n; i++)
        months[i] = days[i] / MONTH;
    return als_ols_fit(n, months, y);
}

Test(ols, fits_five_visits)
{
    const double days[] = {0, 28, 91, 182, 365}, y[] = {40, 39, 37, 34, 28};
    struct als_ols fit = fit_days(5, days, y);
    cr_assert_eq(fit.status, ALS_OLS_OK);
    cr_assert_eq(fit.n, 5);
    assert_close(fit.slope, -0.9979105346078788, 1e-13);
    assert_close(fit.intercept, 39.96703682003349, 1e-13);
    assert_close(fit.r2, 0.9999596322148766, 1e-13);
    assert_close(fit.residual_sd, 0.03541316880062171, 1e-11);
    assert_close(fit.se_slope, 0.0036606415651132423, 1e-11);
    assert_close(fit.se_intercept, 0.02252658467055275, 1e-11);
    assert_close(fit.ci_low, -1.0095603298317415, 1e-12);
    assert_close(fit.ci_high, -0.9862607393840163, 1e-12);
    assert_close(fit.t, -272.60536626098445, 1e-11);
    assert_close(fit.p, 1.0885452961240105e-07, 1e-7);
}

Test(ols, fits_a_noisier_series)
{
    const double days[] = {0, 28, 91, 182, 365}, y[] = {42, 40, 41, 35, 31};
    struct als_ols fit = fit_days(5, days, y);
    assert_close(fit.slope, -0.926365411497668, 1e-13);
    assert_close(fit.intercept, 41.85394243323168, 1e-13);
    assert_close(fit.r2, 0.9252521495699414, 1e-12);
    assert_close(fit.residual_sd, 1.4706136380582862, 1e-12);
    assert_close(fit.se_slope, 0.15201659698987607, 1e-12);
    assert_close(fit.se_intercept, 0.9354684643416606, 1e-12);
    assert_close(fit.ci_low, -1.4101500689299011, 1e-12);
    assert_close(fit.ci_high, -0.442580754065435, 1e-12);
    assert_close(fit.p, 0.008876032343819285, 1e-11);
}

Test(ols, fits_fvc_decline)
{
    const double days[] = {0, 91, 183, 274}, y[] = {82, 76, 64, 58};
    struct als_ols fit = fit_days(4, days, y);
    assert_close(fit.slope, -2.7981805123294228, 1e-13);
    assert_close(fit.se_slope, 0.27824237089483816, 1e-12);
    assert_close(fit.intercept, 82.59468518075174, 1e-13);
    assert_close((50 - fit.intercept) / fit.slope, 11.648528, 1e-7);
}

/* NIST Statistical Reference Datasets, Norris (interlaboratory study of ozone monitors). */
Test(ols, equals_the_certified_values_of_norris)
{
    const double y[] = {0.1,   338.8, 118.1, 888.0, 9.2,   228.1, 668.5, 998.5, 449.1,
                        778.9, 559.2, 0.3,   0.1,   778.1, 668.8, 339.3, 448.9, 10.8,
                        557.7, 228.3, 998.0, 888.8, 119.6, 0.3,   0.6,   557.6, 339.3,
                        888.0, 998.5, 778.9, 10.2,  117.6, 228.9, 668.4, 449.2, 0.2};
    const double x[] = {0.2,   337.4, 118.2, 884.6, 10.1,  226.5, 666.3, 996.3, 448.6,
                        777.0, 558.2, 0.4,   0.6,   775.5, 666.9, 338.0, 447.5, 11.6,
                        556.0, 228.1, 995.8, 887.6, 120.2, 0.3,   0.3,   556.8, 339.1,
                        887.2, 999.0, 779.0, 11.1,  118.3, 229.2, 669.1, 448.9, 0.5};
    struct als_ols fit = als_ols_fit(COUNT(x), x, y);
    assert_close(fit.slope, 1.00211681802045, 1e-14);
    assert_close(fit.intercept, -0.262323073774029, 1e-14);
    assert_close(fit.residual_sd, 0.884796396144373, 1e-14);
    assert_close(fit.se_slope, 0.429796848199937E-03, 1e-14);
    assert_close(fit.se_intercept, 0.232818234301152, 2e-14);
    assert_close(fit.r2, 0.999993745883712, 1e-14);
}

Test(ols, keeps_its_digits_far_from_the_origin)
{
    const double y[] = {40, 39, 37, 34, 28};
    const double days[] = {0, 28, 91, 182, 365};
    const double offsets[] = {735000, 1e6, 1e9};
    struct als_ols near = als_ols_fit(5, days, y);
    for (size_t k = 0; k < COUNT(offsets); k++) {
        double far[5];
        for (size_t i = 0; i < 5; i++)
            far[i] = days[i] + offsets[k];
        struct als_ols fit = als_ols_fit(5, far, y);
        assert_close(fit.slope, near.slope, 1e-12);
        assert_close(fit.se_slope, near.se_slope, 1e-12);
        assert_close(fit.residual_sd, near.residual_sd, 1e-12);
        assert_close(fit.r2, near.r2, 1e-12);
        assert_close(als_ols_band(&fit, offsets[k] + 182), als_ols_band(&near, 182), 1e-9);
    }
}

Test(ols, keeps_its_digits_with_a_large_level)
{
    const double t[] = {0, 1, 2, 3, 4};
    const double small[] = {1, 2, 3, 1.5, 0.5};
    double large[5];
    for (size_t i = 0; i < 5; i++)
        large[i] = 1e9 + small[i];
    struct als_ols near = als_ols_fit(5, t, small), far = als_ols_fit(5, t, large);
    assert_close(far.slope, near.slope, 1e-12);
    assert_close(far.se_slope, near.se_slope, 1e-12);
    assert_close(far.intercept, near.intercept + 1e9, 1e-15);
}

Test(ols, scales_and_shifts_with_the_data)
{
    const double t[] = {-3, 0.5, 1, 4, 9, 9}, y[] = {3, 2, 2.5, 1, 0, -0.75};
    double scaled_t[6], scaled_y[6];
    for (size_t i = 0; i < 6; i++) {
        scaled_t[i] = 4 * t[i] + 7;
        scaled_y[i] = -2 * y[i] + 100;
    }
    struct als_ols fit = als_ols_fit(6, t, y), other = als_ols_fit(6, scaled_t, scaled_y);
    assert_close(other.slope, -0.5 * fit.slope, 1e-14);
    assert_close(other.se_slope, 0.5 * fit.se_slope, 1e-14);
    assert_close(other.intercept, 100 - 2 * (fit.intercept - fit.slope * 7 / 4), 1e-14);
    assert_close(other.residual_sd, 2 * fit.residual_sd, 1e-14);
    assert_close(other.r2, fit.r2, 1e-14);
    assert_close(other.p, fit.p, 1e-13);
    assert_close(other.ci_low, -0.5 * fit.ci_high, 1e-13);
}

Test(ols, does_not_depend_on_the_order)
{
    const double t[] = {0, 1, 2, 3, 6}, y[] = {40, 39, 38.5, 36, 31};
    const double shuffled_t[] = {3, 0, 6, 1, 2}, shuffled_y[] = {36, 40, 31, 39, 38.5};
    struct als_ols one = als_ols_fit(5, t, y), two = als_ols_fit(5, shuffled_t, shuffled_y);
    assert_close(two.slope, one.slope, 1e-15);
    assert_close(two.se_slope, one.se_slope, 1e-15);
}

Test(ols, has_a_slope_but_no_error_from_two_visits)
{
    const double days[] = {0, 182}, y[] = {40, 34};
    struct als_ols fit = fit_days(2, days, y);
    cr_assert_eq(fit.status, ALS_OLS_OK);
    assert_close(fit.slope, -1.003434065934066, 1e-14);
    assert_close(fit.intercept, 40, 1e-15);
    assert_close(fit.r2, 1, 0);
    cr_assert(isnan(fit.se_slope) && isnan(fit.ci_low) && isnan(fit.ci_high));
    cr_assert(isnan(fit.se_intercept) && isnan(fit.residual_sd) && isnan(fit.p));
    cr_assert(isnan(als_ols_band(&fit, 3)));
}

Test(ols, has_no_r2_for_equal_values)
{
    const double t[] = {0, 1.7, 2, 3.1}, y[] = {30.1, 30.1, 30.1, 30.1};
    struct als_ols fit = als_ols_fit(4, t, y);
    assert_close(fit.slope, 0, 0);
    assert_close(fit.se_slope, 0, 0);
    assert_close(fit.residual_sd, 0, 0);
    assert_close(fit.intercept, 30.1, 0);
    assert_close(fit.ci_low, 0, 0);
    cr_assert(isnan(fit.r2) && isnan(fit.p) && isnan(fit.t));
    struct als_ols two = als_ols_fit(2, t, y);
    assert_close(two.slope, 0, 0);
    cr_assert(isnan(two.r2));
}

Test(ols, has_no_error_on_an_exact_line)
{
    double t[8], whole[8], decimal[8], months[8], on_months[8];
    for (size_t i = 0; i < 8; i++) {
        t[i] = (double)i;
        whole[i] = 48 - (double)i;
        decimal[i] = 40.3 - 0.7 * (double)i;
        months[i] = 28 * (double)i / MONTH;
        on_months[i] = 40.3 - 1.1 * months[i];
    }
    struct als_ols fits[] = {als_ols_fit(8, t, whole), als_ols_fit(8, t, decimal),
                             als_ols_fit(8, months, on_months)};
    const double slopes[] = {-1, -0.7, -1.1};
    for (size_t i = 0; i < COUNT(fits); i++) {
        assert_close(fits[i].slope, slopes[i], 1e-14);
        assert_close(fits[i].se_slope, 0, 0);
        assert_close(fits[i].r2, 1, 0);
        assert_close(fits[i].ci_low, fits[i].slope, 0);
        cr_assert(isnan(fits[i].p));
    }
    decimal[3] += 1e-9;
    cr_assert_gt(als_ols_fit(8, t, decimal).se_slope, 1e-11);
}

Test(ols, leaves_missing_values_out)
{
    const double t[] = {0, 1, 2, 3, 4, 5}, y[] = {44, NAN, 42, NAN, 39, 38};
    const double seen_t[] = {0, 2, 4, 5}, seen_y[] = {44, 42, 39, 38};
    struct als_ols fit = als_ols_fit(6, t, y), seen = als_ols_fit(4, seen_t, seen_y);
    cr_assert_eq(fit.n, 4);
    assert_close(fit.slope, -1.2372881355932203390, 1e-15);
    assert_close(fit.slope, seen.slope, 0);
    assert_close(fit.se_slope, 0.075798914491518294794, 1e-14);
}

Test(ols, fits_over_a_tiny_span)
{
    const double t[] = {0, 1e-8, 2e-8}, y[] = {40, 39, 38.5};
    struct als_ols fit = als_ols_fit(3, t, y);
    assert_close(fit.slope, -75e6, 1e-14);
    assert_close(fit.se_slope, 14433756.729740643811, 1e-14);
}

static const struct {
    size_t n;
    double t[3], y[3];
    enum als_ols_status status;
    size_t used;
} unfit[] = {
    {0, {0}, {0}, ALS_OLS_NO_DATA, 0},
    {2, {0, 1}, {NAN, NAN}, ALS_OLS_NO_DATA, 0},
    {1, {5}, {40}, ALS_OLS_ONE_POINT, 1},
    {3, {0, 1, 2}, {NAN, 41, NAN}, ALS_OLS_ONE_POINT, 1},
    {3, {0.1, 0.1, 0.1}, {1, 2, 4}, ALS_OLS_SAME_TIME, 3},
    {3, {0, 1, 1}, {NAN, 2, 4}, ALS_OLS_SAME_TIME, 2},
    {3, {0, 1, 2}, {1, INFINITY, 4}, ALS_OLS_NOT_FINITE, 3},
    {3, {0, -INFINITY, 2}, {1, 2, 4}, ALS_OLS_NOT_FINITE, 3},
    {3, {0, NAN, 2}, {1, 2, 4}, ALS_OLS_NOT_FINITE, 3},
};

TABLE_TEST(ols, refuses_what_it_cannot_fit, unfit)
{
    struct als_ols fit = als_ols_fit(unfit[*row_].n, unfit[*row_].t, unfit[*row_].y);
    cr_assert_eq(fit.status, unfit[*row_].status);
    cr_assert_eq(fit.n, unfit[*row_].used);
    cr_assert(isnan(fit.slope) && isnan(fit.intercept) && isnan(fit.se_slope) && isnan(fit.r2));
    cr_assert(isnan(als_ols_band(&fit, 0)));
    cr_assert_gt(strlen(als_ols_reason(fit.status)), 0);
}

Test(ols, has_the_narrowest_band_in_the_middle)
{
    const double t[] = {0, 1, 2, 3, 6}, y[] = {40, 39, 38.5, 36, 31};
    struct als_ols fit = als_ols_fit(5, t, y);
    double quantile = als_t_quantile(0.975, 3);
    assert_close(als_ols_band(&fit, 0), quantile * fit.se_intercept, 1e-14);
    assert_close(als_ols_band(&fit, fit.t_mean), quantile * fit.residual_sd / sqrt(5), 1e-14);
    cr_assert_gt(als_ols_band(&fit, 6), als_ols_band(&fit, 3));
    cr_assert_str_empty(als_ols_reason(fit.status));
}
