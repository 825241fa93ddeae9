/* Wilcoxon's signed-rank and rank-sum tests, and that of Kruskal and Wallis. */
#include "alstrack/stat/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/stat/dist.h"

static int by_value(const void *left, const void *right)
{
    const struct als_ranked *a = left, *b = right;
    if (a->value != b->value)
        return a->value < b->value ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

double als_midranks(size_t n, const double *values, double *ranks, struct als_ranked *work)
{
    double ties = 0;
    for (size_t i = 0; i < n; i++)
        work[i] = (struct als_ranked){values[i], i};
    qsort(work, n, sizeof *work, by_value);
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && work[end].value == work[i].value)
            end++;
        double tied = (double)(end - i), rank = (double)(i + 1 + end) / 2;
        ties += tied * tied * tied - tied;
        for (; i < end; i++)
            ranks[work[i].index] = rank;
    }
    return ties;
}

static struct als_wilcoxon nothing(void)
{
    return (struct als_wilcoxon){.statistic = NAN,
                                 .z = NAN,
                                 .p = NAN,
                                 .p_corrected = NAN,
                                 .p_exact = NAN,
                                 .win_probability = NAN};
}

static void set_asymptotic(struct als_wilcoxon *test, double mean, double variance)
{
    double distance = test->statistic - mean;
    if (!(variance > 0))
        return;
    test->z = distance / sqrt(variance);
    test->p = als_normal_two_sided_p(test->z);
    test->p_corrected = als_normal_two_sided_p(fmax(fabs(distance) - 0.5, 0) / sqrt(variance));
}

/* Share of a distribution over 0, 1, 2 ... (doubled statistics, so that midranks are whole) that
 * lies at least as far from the mean as what was observed. */
static double two_sided(const double *density, size_t n, double mean, double observed)
{
    double far = fabs(observed - mean) - 1e-6, sum = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        all += density[i];
        if (fabs((double)i - mean) >= far)
            sum += density[i];
    }
    return fmin(sum / all, 1);
}

/* ---------------------------------------------------------------- signed ranks */

size_t als_signed_rank_workspace(size_t n)
{
    size_t exact = n <= ALS_SIGNED_RANK_EXACT ? n * (n + 1) + 1 : 0;
    return 2 * n + exact;
}

/* Every rank is added or not with probability 1/2. */
static double signed_rank_exact(size_t n, const double *ranks, double statistic, double *density)
{
    size_t top = n * (n + 1), reached = 0;
    memset(density, 0, (top + 1) * sizeof *density);
    density[0] = 1;
    for (size_t i = 0; i < n; i++) {
        size_t rank = (size_t)lround(2 * ranks[i]);
        reached += rank;
        for (size_t s = reached + 1; s-- > 0;)
            density[s] = (density[s] + (s >= rank ? density[s - rank] : 0)) / 2;
    }
    return two_sided(density, top + 1, (double)top / 2, 2 * statistic);
}

struct als_wilcoxon als_signed_rank(size_t n, const double *differences, struct als_ranked *work,
                                    double *workspace)
{
    struct als_wilcoxon test = nothing();
    double *sizes = workspace, *ranks = workspace + n;
    size_t used = 0, position = 0;
    for (size_t i = 0; i < n; i++) {
        if (isinf(differences[i]))
            return test;
        if (differences[i] != 0 && !isnan(differences[i]))
            sizes[used++] = fabs(differences[i]);
    }
    test.n = used;
    if (used == 0)
        return test;
    double ties = als_midranks(used, sizes, ranks, work), count = (double)used;
    test.statistic = 0;
    for (size_t i = 0; i < n; i++) {
        if (differences[i] == 0 || isnan(differences[i]))
            continue;
        if (differences[i] > 0)
            test.statistic += ranks[position];
        position++;
    }
    set_asymptotic(&test, count * (count + 1) / 4,
                   count * (count + 1) * (2 * count + 1) / 24 - ties / 48);
    if (n <= ALS_SIGNED_RANK_EXACT)
        test.p_exact = signed_rank_exact(used, ranks, test.statistic, ranks + n);
    return test;
}

/* ---------------------------------------------------------------- rank sums */

size_t als_rank_sum_workspace(size_t n1, size_t n2)
{
    size_t n = n1 + n2, smaller = n1 < n2 ? n1 : n2;
    size_t exact = n <= ALS_RANK_SUM_EXACT ? (smaller + 1) * (n * (n + 1) + 1) : 0;
    return 2 * n + exact;
}

/* Every choice of `size` ranks is equally likely: density[k][s] counts choices of k with doubled
 * sum s. */
static double rank_sum_exact(size_t n, const double *ranks, size_t size, double sum,
                             double *density)
{
    size_t width = n * (n + 1) + 1;
    memset(density, 0, (size + 1) * width * sizeof *density);
    density[0] = 1;
    for (size_t i = 0; i < n; i++) {
        size_t rank = (size_t)lround(2 * ranks[i]);
        size_t most = i + 1 < size ? i + 1 : size;
        for (size_t k = most; k > 0; k--)
            for (size_t s = width; s-- > rank;)
                density[k * width + s] += density[(k - 1) * width + s - rank];
    }
    return two_sided(density + size * width, width, (double)(size * (n + 1)), 2 * sum);
}

struct als_wilcoxon als_rank_sum(size_t n1, const double *first, size_t n2, const double *second,
                                 struct als_ranked *work, double *workspace)
{
    struct als_wilcoxon test = nothing();
    size_t n = n1 + n2;
    double *values = workspace, *ranks = workspace + n, sum = 0;
    for (size_t i = 0; i < n; i++) {
        double value = i < n1 ? first[i] : second[i - n1];
        if (isinf(value))
            return test;
        if (isnan(value))
            continue;
        values[test.n++] = value;
        test.n1 += i < n1;
    }
    test.n2 = test.n - test.n1;
    if (test.n1 == 0 || test.n2 == 0)
        return test;
    double ties = als_midranks(test.n, values, ranks, work);
    for (size_t i = 0; i < test.n1; i++)
        sum += ranks[i];
    double a = (double)test.n1, b = (double)test.n2, all = a + b;
    test.statistic = sum - a * (a + 1) / 2;
    test.win_probability = test.statistic / (a * b);
    set_asymptotic(&test, a * b / 2, a * b / 12 * (all + 1 - ties / (all * (all - 1))));
    if (n <= ALS_RANK_SUM_EXACT) { /* the sum of the smaller sample says the same */
        double total = all * (all + 1) / 2;
        size_t size = test.n1 < test.n2 ? test.n1 : test.n2;
        test.p_exact = rank_sum_exact(test.n, ranks, size, test.n1 <= test.n2 ? sum : total - sum,
                                      workspace + 2 * n);
    }
    return test;
}

struct als_kruskal als_kruskal_wallis(size_t n, const double *values, const size_t *group,
                                      size_t n_groups, double *ranks, struct als_ranked *work)
{
    struct als_kruskal test = {.chisq = NAN, .p = NAN};
    double all = (double)n, ties = als_midranks(n, values, ranks, work), between = 0;
    size_t filled = 0;
    for (size_t g = 0; g < n_groups; g++) {
        double sum = 0, own = 0;
        for (size_t i = 0; i < n; i++) {
            sum += group[i] == g ? ranks[i] : 0;
            own += group[i] == g;
        }
        if (own == 0)
            continue;
        double gap = sum / own - (all + 1) / 2;
        between += own * gap * gap;
        filled++;
    }
    test.df = filled ? filled - 1 : 0;
    double spread = 1 - ties / (all * all * all - all);
    if (filled < 2 || !(spread > 0))
        return test;
    test.chisq = 12 * between / (all * (all + 1)) / spread;
    test.p = als_chisq_upper_p(test.chisq, (double)test.df);
    return test;
}
