/* t tests of one sample, of pairs, and of two samples. */
#include <math.h>

#include "alstrack/stat/dist.h"
#include "alstrack/stat/rank.h"

struct sample {
    size_t n;
    double mean, sum_of_squares; /* about the mean */
    int usable;                  /* no infinite value */
};

static double value_at(const double *first, const double *second, size_t i)
{
    return second ? first[i] - second[i] : first[i];
}

/* Of the values, or of first - second. Equal values have exactly no spread. */
static struct sample summarise(size_t n, const double *first, const double *second)
{
    struct sample sample = {0, 0, 0, 1};
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        double value = value_at(first, second, i);
        if (isinf(first[i]) || (second && isinf(second[i])))
            sample.usable = 0;
        if (isnan(value))
            continue;
        sample.n++;
        sample.mean += (value - sample.mean) / (double)sample.n;
        low = fmin(low, value);
        high = fmax(high, value);
    }
    double rest = 0; /* what rounding has left in the mean */
    for (size_t i = 0; i < n; i++) {
        double value = value_at(first, second, i);
        if (isnan(value))
            continue;
        rest += value - sample.mean;
        sample.sum_of_squares += (value - sample.mean) * (value - sample.mean);
    }
    if (sample.n && low < high) {
        sample.sum_of_squares -= rest * rest / (double)sample.n;
        sample.mean += rest / (double)sample.n;
    } else {
        sample.sum_of_squares = 0;
    }
    return sample;
}

static double deviation(const struct sample *sample)
{
    return sample->n > 1 ? sqrt(sample->sum_of_squares / (double)(sample->n - 1)) : NAN;
}

static void finish(struct als_t_test *test)
{
    if (!(test->df > 0) || !(test->se >= 0)) {
        test->se = test->df = NAN;
        return;
    }
    double half = als_t_quantile(0.975, test->df) * test->se;
    test->ci_low = test->difference - half;
    test->ci_high = test->difference + half;
    if (test->se > 0) {
        test->t = test->difference / test->se;
        test->p = als_t_two_sided_p(test->t, test->df);
    }
}

static struct als_t_test start(const struct sample *first, const struct sample *second)
{
    struct als_t_test test = {.n1 = first->n,
                              .mean1 = NAN,
                              .mean2 = NAN,
                              .sd1 = NAN,
                              .sd2 = NAN,
                              .difference = NAN,
                              .se = NAN,
                              .df = NAN,
                              .t = NAN,
                              .p = NAN,
                              .ci_low = NAN,
                              .ci_high = NAN};
    if (first->usable && first->n) {
        test.mean1 = test.difference = first->mean;
        test.sd1 = deviation(first);
    }
    if (!second)
        return test;
    test.n2 = second->n;
    test.difference = NAN;
    if (second->usable && second->n) {
        test.mean2 = second->mean;
        test.sd2 = deviation(second);
        test.difference = test.mean1 - test.mean2;
    }
    return test;
}

static struct als_t_test one_sample(struct sample sample)
{
    struct als_t_test test = start(&sample, NULL);
    test.df = (double)sample.n - 1;
    test.se = test.sd1 / sqrt((double)sample.n);
    finish(&test);
    return test;
}

struct als_t_test als_t_one_sample(size_t n, const double *values)
{
    return one_sample(summarise(n, values, NULL));
}

struct als_t_test als_t_paired(size_t n, const double *first, const double *second)
{
    return one_sample(summarise(n, first, second));
}

struct als_t_test als_t_welch(size_t n1, const double *first, size_t n2, const double *second)
{
    struct sample a = summarise(n1, first, NULL), b = summarise(n2, second, NULL);
    struct als_t_test test = start(&a, &b);
    double va = test.sd1 * test.sd1 / (double)a.n, vb = test.sd2 * test.sd2 / (double)b.n;
    test.se = sqrt(va + vb);
    /* Welch 1947, Biometrika 34:28, with Satterthwaite's degrees of freedom */
    test.df = (va + vb) * (va + vb) / (va * va / ((double)a.n - 1) + vb * vb / ((double)b.n - 1));
    if (va + vb <= 0)
        test.df = (double)(a.n + b.n) - 2;
    finish(&test);
    return test;
}

struct als_t_test als_t_pooled(size_t n1, const double *first, size_t n2, const double *second)
{
    struct sample a = summarise(n1, first, NULL), b = summarise(n2, second, NULL);
    struct als_t_test test = start(&a, &b);
    test.df = (double)(a.n + b.n) - 2;
    test.se = isnan(test.difference) ? NAN
                                     : sqrt((a.sum_of_squares + b.sum_of_squares) / test.df *
                                            (1 / (double)a.n + 1 / (double)b.n));
    finish(&test);
    return test;
}
