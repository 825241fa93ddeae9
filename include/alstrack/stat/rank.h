/*
 * Two samples, or one against zero: t tests and Wilcoxon tests; several: Kruskal and Wallis.
 *
 * Midranks for ties. Exact p: the distribution over all sign or group assignments of the ranks at
 * hand, so ties are allowed; two-sided as the share of assignments at least as far from the mean.
 * (Without ties this is R's exact p.) Asymptotic p: normal with the tie-corrected variance, with
 * and without the continuity correction of 1/2. (Hollander and Wolfe 1999, Nonparametric
 * Statistical Methods, 3.1 and 4.1; Lehmann 1975, Nonparametrics.)
 *
 * NaN means missing and is left out. Infinite values are refused: the results are then NAN.
 */
#ifndef ALSTRACK_STAT_RANK_H
#define ALSTRACK_STAT_RANK_H

#include <stddef.h>

/* ---------------------------------------------------------------- ranks */

/* ranks[i] is the midrank of values[i], from 1; work has room for n and is left in ascending order.
 * Returns the sum of t^3 - t over groups of t ties. Values must be finite. */
struct als_ranked {
    double value;
    size_t index;
};
double als_midranks(size_t n, const double *values, double *ranks, struct als_ranked *work);

/* ---------------------------------------------------------------- Wilcoxon */

struct als_wilcoxon {
    size_t n;         /* observations used; zeros are left out of the signed-rank test */
    size_t n1, n2;    /* rank-sum: of the first and second sample */
    double statistic; /* V, sum of positive ranks; or W = R1 - n1 (n1 + 1) / 2 */
    double z, p;      /* asymptotic, no continuity correction */
    double p_corrected;
    double p_exact;         /* NAN beyond the size limit */
    double win_probability; /* rank-sum: W / (n1 n2); otherwise NAN */
};

enum { ALS_SIGNED_RANK_EXACT = 200, ALS_RANK_SUM_EXACT = 80 }; /* observations, in all */

/* One sample of differences against 0. workspace: doubles; work: n. */
size_t als_signed_rank_workspace(size_t n);
struct als_wilcoxon als_signed_rank(size_t n, const double *differences, struct als_ranked *work,
                                    double *workspace);

/* Two samples. work: n1 + n2. */
size_t als_rank_sum_workspace(size_t n1, size_t n2);
struct als_wilcoxon als_rank_sum(size_t n1, const double *first, size_t n2, const double *second,
                                 struct als_ranked *work, double *workspace);

/* ---------------------------------------------------------------- Kruskal and Wallis */

/* Do the ranks of several groups differ? H with the correction for ties, and its approximation by
 * chi-squared (Hollander and Wolfe 1999, 6.1). */
struct als_kruskal {
    double chisq, p; /* NAN: fewer than two groups with a value, or all values are equal */
    size_t df;       /* groups with a value, less 1 */
};
/* group[i] < n_groups; ranks and work: n. Values must be finite. */
struct als_kruskal als_kruskal_wallis(size_t n, const double *values, const size_t *group,
                                      size_t n_groups, double *ranks, struct als_ranked *work);

/* ---------------------------------------------------------------- t tests */

struct als_t_test {
    size_t n1, n2; /* n2 = 0: one sample */
    double mean1, mean2, sd1, sd2;
    double difference; /* mean1 - mean2, or mean1 */
    double se, df, t, p, ci_low, ci_high;
};

/* Undefined parts are NAN: everything but the mean for one observation; t and p when all are equal
 * (se = 0). */
struct als_t_test als_t_one_sample(size_t n, const double *values);
struct als_t_test als_t_paired(size_t n, const double *first, const double *second);
struct als_t_test als_t_welch(size_t n1, const double *first, size_t n2, const double *second);
struct als_t_test als_t_pooled(size_t n1, const double *first, size_t n2, const double *second);

#endif
