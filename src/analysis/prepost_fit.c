/* Decline before and after time zero: two lines or a broken stick, and paired tests. */
#include "prepost_fit.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const double als_prepost_least_decline = 0.01;

enum { STICK_COLUMNS = 3 };

struct als_prepost als_prepost_none(void)
{
    struct als_prepost none = {.change = NAN, .improvement = NAN};
    none.stick = (struct als_stick){.status = ALS_REGRESS_NO_DATA,
                                    .level = NAN,
                                    .before = NAN,
                                    .after = NAN,
                                    .change = als_no_estimate};
    none.before.fit = none.after.fit = als_ols_fit(0, NULL, NULL);
    none.before.first_day = none.before.last_day = ALS_NO_DAY;
    none.after.first_day = none.after.last_day = ALS_NO_DAY;
    return none;
}

/* Slopes that differ by rounding alone are equal: a rank test must not count such a change. */
static double difference(double after, double before)
{
    static const double ROUNDING = 1e-13;
    double change = after - before;
    return fabs(change) <= ROUNDING * fmax(fabs(after), fabs(before)) ? 0 : change;
}

static struct als_stick fit_stick(const struct als_series *series)
{
    static const double change[STICK_COLUMNS] = {0, -1, 1};
    struct als_stick stick = als_prepost_none().stick;
    double scratch[STICK_COLUMNS];
    double *x = als_alloc_array(series->count * (STICK_COLUMNS + 1), sizeof *x);
    double *y = x + series->count * STICK_COLUMNS;
    for (size_t i = 0; i < series->count; i++) {
        const struct als_series_point *point = &series->points[i];
        if (series->death_day != ALS_NO_DAY && point->day > series->death_day)
            break;
        double *row = x + stick.n * STICK_COLUMNS;
        row[0] = 1;
        row[1] = fmin(point->month, 0);
        row[2] = fmax(point->month, 0);
        y[stick.n++] = point->value;
    }
    double *work = als_alloc_array(als_regress_workspace(stick.n, STICK_COLUMNS), sizeof *work);
    struct als_regression fit = als_regress_fit(stick.n, STICK_COLUMNS, x, y, work);
    stick.status = fit.status;
    if (fit.status == ALS_REGRESS_OK) {
        stick.level = fit.beta[0];
        stick.before = fit.beta[1];
        stick.after = fit.beta[2];
        stick.change = als_regress_contrast(&fit, change, scratch);
        stick.change = als_estimate_make(difference(stick.after, stick.before), stick.change.se,
                                         stick.change.df);
    }
    free(work);
    free(x);
    return stick;
}

struct als_prepost als_prepost_fit(const struct als_series *series, bool exclude_zero,
                                   double direction)
{
    struct als_prepost fit = als_prepost_none();
    fit.has_values = true;
    fit.has_zero = series->zero == ALS_ZERO_PROTOCOL;
    if (!fit.has_zero)
        return fit;
    fit.before = als_slope_fit(series, INT_MIN, 0);
    fit.after = als_slope_fit(series, exclude_zero ? 1 : 0, INT_MAX);
    fit.stick = fit_stick(series);
    for (size_t i = 0; i < series->count; i++)
        fit.on_zero += series->points[i].day == series->zero_day;
    fit.change = difference(fit.after.fit.slope, fit.before.fit.slope);
    if (direction * fit.before.fit.slope <= -als_prepost_least_decline)
        fit.improvement = 100 * direction * fit.change / fabs(fit.before.fit.slope);
    return fit;
}

int als_prepost_responds(const struct als_prepost *fit, const struct als_responder *responder,
                         double direction)
{
    static const double ROUNDING = 1e-9;
    double reached = responder->percent ? fit->improvement : direction * fit->change;
    if (isnan(reached))
        return -1;
    return reached >= responder->threshold - ROUNDING * fabs(responder->threshold);
}

static int compare_numbers(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

static double mean_of(size_t n, const double *values)
{
    double mean = 0;
    for (size_t i = 0; i < n; i++)
        mean += (values[i] - mean) / (double)(i + 1);
    return n ? mean : NAN;
}

struct als_prepost_tests als_prepost_test(size_t n, const double *before, const double *after,
                                          const double *changes)
{
    struct als_prepost_tests tests = {.n = n, .change_median = NAN};
    double *sorted = als_alloc_array(n + 1, sizeof *sorted);
    struct als_ranked *ranked = als_alloc_array(n + 1, sizeof *ranked);
    double *workspace = als_alloc_array(als_signed_rank_workspace(n) + 1, sizeof *workspace);
    tests.before_mean = mean_of(n, before);
    tests.after_mean = mean_of(n, after);
    tests.t = als_t_one_sample(n, changes);
    tests.wilcoxon = als_signed_rank(n, changes, ranked, workspace);
    memcpy(sorted, changes, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_numbers);
    if (n)
        tests.change_median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    free(workspace);
    free(ranked);
    free(sorted);
    return tests;
}
