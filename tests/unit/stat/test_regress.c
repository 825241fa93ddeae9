/* Regression on several columns: certified values, worked example, degenerate data. */
#include "als_test.h"

#include "alstrack/stat/ols.h"
#include "alstrack/stat/regress.h"

enum { MOST_ROWS = 32, MOST_P = 8 };

struct fitted {
    struct als_regression fit;
    double work[MOST_ROWS * (MOST_P + 1) + MOST_P * MOST_P + 4 * MOST_P];
};

static void run(struct fitted *fitted, size_t n, size_t p, const double *x, const double *y)
{
    cr_assert_leq(als_regress_workspace(n, p), COUNT(fitted->work));
    fitted->fit = als_regress_fit(n, p, x, y, fitted->work);
}

static struct als_estimate coefficient(const struct fitted *fitted, size_t j)
{
    double combination[MOST_P] = {0}, scratch[MOST_P];
    combination[j] = 1;
    return als_regress_contrast(&fitted->fit, combination, scratch);
}

/* NIST Statistical Reference Datasets, Longley (employment 1947 to 1962), ill-conditioned. */
Test(regress, equals_the_certified_values_of_longley)
{
    static const double rows[16][7] = {{60323, 83.0, 234289, 2356, 1590, 107608, 1947},
                                       {61122, 88.5, 259426, 2325, 1456, 108632, 1948},
                                       {60171, 88.2, 258054, 3682, 1616, 109773, 1949},
                                       {61187, 89.5, 284599, 3351, 1650, 110929, 1950},
                                       {63221, 96.2, 328975, 2099, 3099, 112075, 1951},
                                       {63639, 98.1, 346999, 1932, 3594, 113270, 1952},
                                       {64989, 99.0, 365385, 1870, 3547, 115094, 1953},
                                       {63761, 100.0, 363112, 3578, 3350, 116219, 1954},
                                       {66019, 101.2, 397469, 2904, 3048, 117388, 1955},
                                       {67857, 104.6, 419180, 2822, 2857, 118734, 1956},
                                       {68169, 108.4, 442769, 2936, 2798, 120445, 1957},
                                       {66513, 110.8, 444546, 4681, 2637, 121950, 1958},
                                       {68655, 112.6, 482704, 3813, 2552, 123366, 1959},
                                       {69564, 114.2, 502601, 3931, 2514, 125368, 1960},
                                       {69331, 115.7, 518173, 4806, 2572, 127852, 1961},
                                       {70551, 116.9, 554894, 4007, 2827, 130081, 1962}};
    static const double beta[] = {-3482258.63459582, 15.0618722713733,  -0.358191792925910E-01,
                                  -2.02022980381683, -1.03322686717359, -0.511041056535807E-01,
                                  1829.15146461355};
    static const double se[] = {890420.383607373,  84.9149257747669,  0.334910077722432E-01,
                                0.488399681651699, 0.214274163161675, 0.226073200069370,
                                455.478499142212};
    double x[16 * 7], y[16];
    struct fitted fitted;
    for (size_t i = 0; i < 16; i++) {
        y[i] = rows[i][0];
        x[7 * i] = 1;
        memcpy(x + 7 * i + 1, rows[i] + 1, 6 * sizeof *x);
    }
    run(&fitted, 16, 7, x, y);
    cr_assert_eq(fitted.fit.status, ALS_REGRESS_OK);
    assert_close(fitted.fit.residual_sd, 304.854073561965, 1e-12);
    assert_close(fitted.fit.df, 9, 0);
    for (size_t j = 0; j < 7; j++) {
        struct als_estimate estimate = coefficient(&fitted, j);
        assert_close(estimate.estimate, beta[j], 1e-9);
        assert_close(estimate.se, se[j], 1e-9);
    }
}

/* A stick that may break at the infusion, eight visits of one patient. */
Test(regress, breaks_the_stick_as_in_the_worked_example)
{
    const double days[] = {-182, -91, -28, 0, 28, 91, 182, 273};
    const double y[] = {44, 41, 39, 38, 38, 37, 35, 33};
    double x[24];
    for (size_t i = 0; i < 8; i++) {
        x[3 * i] = 1;
        x[3 * i + 1] = days[i] / 30.4375;
        x[3 * i + 2] = fmax(days[i], 0) / 30.4375;
    }
    struct fitted fitted;
    run(&fitted, 8, 3, x, y);
    struct als_estimate change = coefficient(&fitted, 2);
    assert_close(coefficient(&fitted, 0).estimate, 38.29939484, 1e-9);
    assert_close(coefficient(&fitted, 1).estimate, -0.93997193, 1e-8);
    assert_close(change.estimate, 0.37307873, 1e-8);
    assert_close(change.se, 0.07662474, 1e-7);
    assert_close(change.df, 5, 0);
    assert_close(change.t, 4.868907, 1e-7);
    assert_close(change.p, 0.00459725, 1e-6);
    assert_close(fitted.fit.residual_sd, 0.28107867, 1e-7);
    const double after[] = {0, 1, 1};
    double scratch[3];
    assert_close(als_regress_contrast(&fitted.fit, after, scratch).estimate, -0.56689319, 1e-7);
}

Test(regress, agrees_with_a_single_line)
{
    const double t[] = {-3, 0.5, 1, 4, 9, 9}, y[] = {3, NAN, 2.5, 1, 0, -0.75};
    double x[12];
    for (size_t i = 0; i < 6; i++) {
        x[2 * i] = 1;
        x[2 * i + 1] = t[i];
    }
    struct fitted fitted;
    run(&fitted, 6, 2, x, y);
    struct als_ols line = als_ols_fit(6, t, y);
    struct als_estimate slope = coefficient(&fitted, 1), level = coefficient(&fitted, 0);
    cr_assert_eq(fitted.fit.n, 5);
    assert_close(slope.estimate, line.slope, 1e-14);
    assert_close(slope.se, line.se_slope, 1e-14);
    assert_close(slope.p, line.p, 1e-13);
    assert_close(slope.ci_low, line.ci_low, 1e-14);
    assert_close(level.estimate, line.intercept, 1e-14);
    assert_close(level.se, line.se_intercept, 1e-14);
}

Test(regress, has_no_error_without_residuals)
{
    const double x[] = {1, 0, 1, 1.3, 1, 2.9};
    double y[3];
    for (size_t i = 0; i < 3; i++)
        y[i] = 40.3 - 0.7 * x[2 * i + 1];
    struct fitted fitted;
    run(&fitted, 3, 2, x, y);
    assert_close(fitted.fit.residual_sd, 0, 0);
    struct als_estimate slope = coefficient(&fitted, 1);
    assert_close(slope.estimate, -0.7, 1e-14);
    assert_close(slope.se, 0, 0);
    assert_close(slope.ci_low, slope.ci_high, 0);
    cr_assert(isnan(slope.t) && isnan(slope.p));
    run(&fitted, 2, 2, x, y);
    slope = coefficient(&fitted, 1);
    assert_close(slope.estimate, -0.7, 1e-14);
    cr_assert(isnan(slope.se) && isnan(slope.ci_low));
}

static const struct {
    size_t n;
    double y[3], x[3];
    enum als_regress_status status;
} unfit[] = {
    {0, {0}, {0}, ALS_REGRESS_NO_DATA},
    {2, {NAN, NAN}, {1, 2}, ALS_REGRESS_NO_DATA},
    {2, {1, NAN}, {1, 2}, ALS_REGRESS_TOO_FEW},
    {3, {1, INFINITY, 2}, {1, 2, 3}, ALS_REGRESS_NOT_FINITE},
    {3, {1, 2, 3}, {1, NAN, 3}, ALS_REGRESS_NOT_FINITE},
    {3, {1, 2, 3}, {0.1, 0.1, 0.1}, ALS_REGRESS_COLLINEAR},
    {3, {1, NAN, 3}, {2, 5, 2}, ALS_REGRESS_COLLINEAR},
    {3, {1, 2, 3}, {0, 0, 0}, ALS_REGRESS_COLLINEAR},
};

TABLE_TEST(regress, refuses_what_it_cannot_fit, unfit)
{
    double x[6];
    for (size_t i = 0; i < 3; i++) {
        x[2 * i] = 1;
        x[2 * i + 1] = unfit[*row_].x[i];
    }
    struct fitted fitted;
    run(&fitted, unfit[*row_].n, 2, x, unfit[*row_].y);
    cr_assert_eq(fitted.fit.status, unfit[*row_].status);
    cr_assert(isnan(coefficient(&fitted, 0).estimate));
    cr_assert_gt(strlen(als_regress_reason(fitted.fit.status)), 0);
    if (fitted.fit.status == ALS_REGRESS_COLLINEAR)
        cr_assert_eq(fitted.fit.column, 1);
}
