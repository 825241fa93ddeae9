/* Wilcoxon and t tests: textbook data, every assignment counted, properties, degenerate data. */
#include "als_test.h"

#include "alstrack/stat/rank.h"

static struct als_wilcoxon signed_rank(size_t n, const double *differences)
{
    struct als_ranked *work = calloc(n + 1, sizeof *work);
    double *space = calloc(als_signed_rank_workspace(n) + 1, sizeof *space);
    struct als_wilcoxon test = als_signed_rank(n, differences, work, space);
    free(work);
    free(space);
    return test;
}

static struct als_wilcoxon rank_sum(size_t n1, const double *first, size_t n2, const double *second)
{
    struct als_ranked *work = calloc(n1 + n2 + 1, sizeof *work);
    double *space = calloc(als_rank_sum_workspace(n1, n2) + 1, sizeof *space);
    struct als_wilcoxon test = als_rank_sum(n1, first, n2, second, work, space);
    free(work);
    free(space);
    return test;
}

Test(rank, gives_ties_their_mean_rank)
{
    const double values[] = {3, 1, 3, 7, 3, 1}, expected[] = {4, 1.5, 4, 6, 4, 1.5};
    double ranks[6];
    struct als_ranked work[6];
    assert_close(als_midranks(6, values, ranks, work), 24 + 6, 0);
    for (size_t i = 0; i < 6; i++)
        assert_close(ranks[i], expected[i], 0);
}

/* Change of slope of eight patients: W+ = 24, exact p = 0.4609375, paired t = 1.27703195. */
Test(rank, equals_the_worked_example)
{
    const double post[] = {-0.90375634, -0.55519087, -1.63760039, -1.16885110,
                           -0.56477301, -0.38285175, -1.03758532, -1.36121822};
    const double pre[] = {-1.3, -0.4, -1.6, -1.2, -1.1, -0.5, -0.9, -1.5};
    double change[8];
    for (size_t i = 0; i < 8; i++)
        change[i] = post[i] - pre[i];
    struct als_wilcoxon wilcoxon = signed_rank(8, change);
    assert_close(wilcoxon.statistic, 24, 0);
    assert_close(wilcoxon.p_exact, 0.4609375, 1e-15);
    struct als_t_test test = als_t_paired(8, post, pre);
    assert_close(test.difference, 0.11102163, 1e-7);
    assert_close(test.sd1, 0.24589563, 1e-7);
    assert_close(test.t, 1.27703195, 1e-7);
    assert_close(test.p, 0.24231665, 1e-7);
    struct als_t_test slopes = als_t_one_sample(8, post);
    assert_close(slopes.se, 0.15385022, 1e-7);
    assert_close(slopes.ci_low, -1.31527635, 1e-8);
    assert_close(slopes.ci_high, -0.58768040, 1e-7);
}

/* Hollander and Wolfe, table 3.1 (depression before and after a tranquilizer): V = 40, two-sided
 * p = 0.0390625; table 4.1 (permeability of membranes): W = 35, two-sided p = 0.2544. */
Test(rank, equals_the_textbook)
{
    const double before[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
    const double after[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
    double difference[9];
    for (size_t i = 0; i < 9; i++)
        difference[i] = before[i] - after[i];
    struct als_wilcoxon paired = signed_rank(9, difference);
    assert_close(paired.statistic, 40, 0);
    assert_close(paired.p_exact, 0.0390625, 1e-14);

    const double term[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    const double early[] = {1.15, 0.88, 0.90, 0.74, 1.21};
    struct als_wilcoxon two = rank_sum(10, term, 5, early);
    assert_close(two.statistic, 35, 0);
    assert_close(two.p_exact, 0.2544, 2e-4);
    assert_close(two.win_probability, 0.7, 1e-15);
}

/* Student's sleep data: Welch t = -1.8608 on 17.776 df, p = 0.07939; pooled p = 0.07919; paired
 * t = -4.0621, p = 0.002833. */
Test(rank, compares_means_as_the_textbook)
{
    const double one[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    const double two[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    struct als_t_test welch = als_t_welch(10, one, 10, two);
    assert_close(welch.t, -1.8608, 5e-5);
    assert_close(welch.df, 17.776, 5e-5);
    assert_close(welch.p, 0.07939, 1e-4);
    assert_close(welch.ci_low, -3.3654832, 1e-7);
    assert_close(welch.ci_high, 0.2054832, 1e-6);
    struct als_t_test pooled = als_t_pooled(10, one, 10, two);
    assert_close(pooled.df, 18, 0);
    assert_close(pooled.p, 0.07919, 1e-4);
    struct als_t_test paired = als_t_paired(10, one, two);
    assert_close(paired.t, -4.0621, 5e-5);
    assert_close(paired.p, 0.002833, 2e-4);
}

/* Every way to give `size` of n ranks to the first sample, or signs to them, is counted. */
Test(rank, exact_p_counts_every_assignment)
{
    unsigned seed = 3;
    for (int trial = 0; trial < 60; trial++) {
        double values[9], ranks[9], all = 0, own = 0, far_sums = 0, sums = 0, far_signs = 0;
        struct als_ranked work[9];
        for (size_t i = 0; i < 9; i++) {
            seed = seed * 1664525u + 1013904223u;
            values[i] = 1 + (seed >> 16) % 6;
        }
        als_midranks(9, values, ranks, work);
        size_t size = 1 + (size_t)trial % 8;
        for (size_t i = 0; i < 9; i++) {
            all += ranks[i];
            own += i < size ? ranks[i] : 0;
        }
        for (unsigned choice = 0; choice < 512; choice++) {
            double sum = 0;
            size_t chosen = 0;
            for (size_t i = 0; i < 9; i++) {
                chosen += choice >> i & 1;
                sum += choice >> i & 1 ? ranks[i] : 0;
            }
            far_signs += fabs(sum - all / 2) >= fabs(own - all / 2) - 1e-9;
            if (chosen != size)
                continue;
            double mean = (double)size * 5;
            sums++;
            far_sums += fabs(sum - mean) >= fabs(own - mean) - 1e-9;
        }
        struct als_wilcoxon two = rank_sum(size, values, 9 - size, values + size);
        assert_close(two.p_exact, far_sums / sums, 1e-13);
        double differences[9];
        for (size_t i = 0; i < 9; i++)
            differences[i] = i < size ? values[i] : -values[i];
        assert_close(signed_rank(9, differences).p_exact, far_signs / 512, 1e-13);
    }
    assert_no_leaks();
}

Test(rank, exact_and_asymptotic_meet)
{
    double first[40], second[40], differences[150];
    for (size_t i = 0; i < 40; i++) {
        first[i] = (double)(i * 7 % 40) + 0.1;
        second[i] = (double)(i * 11 % 40) + 6;
    }
    for (size_t i = 0; i < 150; i++)
        differences[i] = ((double)(i * 37 % 150) - 65) + 0.3;
    struct als_wilcoxon two = rank_sum(40, first, 40, second), one = signed_rank(150, differences);
    assert_close(two.p_corrected, two.p_exact, 0.05);
    assert_close(one.p_corrected, one.p_exact, 0.05);
    double large[201];
    for (size_t i = 0; i < 201; i++)
        large[i] = (double)i - 50.5;
    cr_assert(isnan(signed_rank(201, large).p_exact));
    cr_assert_lt(signed_rank(201, large).p, 1e-6);
}

Test(rank, changes_sides_with_the_samples)
{
    const double first[] = {5, 1, 3, 3}, second[] = {2, 3, 9};
    struct als_wilcoxon one = rank_sum(4, first, 3, second), two = rank_sum(3, second, 4, first);
    assert_close(one.statistic + two.statistic, 12, 0);
    assert_close(one.win_probability + two.win_probability, 1, 1e-15);
    assert_close(one.z, -two.z, 1e-14);
    assert_close(one.p_exact, two.p_exact, 1e-14);
    struct als_t_test left = als_t_welch(4, first, 3, second);
    struct als_t_test right = als_t_welch(3, second, 4, first);
    assert_close(left.t, -right.t, 1e-14);
    assert_close(left.ci_low, -right.ci_high, 1e-14);
}

Test(rank, leaves_missing_values_and_zeros_out)
{
    const double with[] = {1, NAN, -2, 0, 3, NAN}, without[] = {1, -2, 3};
    struct als_wilcoxon one = signed_rank(6, with), two = signed_rank(3, without);
    cr_assert_eq(one.n, 3);
    assert_close(one.statistic, two.statistic, 0);
    assert_close(one.p_exact, two.p_exact, 0);
    const double second[] = {5, NAN, 4};
    struct als_wilcoxon sum = rank_sum(6, with, 3, second);
    cr_assert_eq(sum.n1, 4);
    cr_assert_eq(sum.n2, 2);
    struct als_t_test paired = als_t_paired(3, with, second);
    cr_assert_eq(paired.n1, 2);
}

Test(rank, keeps_its_digits_with_a_large_level)
{
    const double small[] = {1, 2, 4, 8}, other[] = {2, 2.5, 3};
    double large[4], large_other[3];
    for (size_t i = 0; i < 4; i++)
        large[i] = small[i] + 1e9;
    for (size_t i = 0; i < 3; i++)
        large_other[i] = other[i] + 1e9;
    struct als_t_test near = als_t_welch(4, small, 3, other);
    struct als_t_test far = als_t_welch(4, large, 3, large_other);
    assert_close(far.t, near.t, 1e-7);
    assert_close(far.se, near.se, 1e-12);
}

Test(rank, has_no_test_for_degenerate_data)
{
    const double equal[] = {0.1, 0.1, 0.1}, one[] = {4}, infinite[] = {1, INFINITY, 2};
    struct als_t_test same = als_t_one_sample(3, equal);
    assert_close(same.difference, 0.1, 1e-16);
    assert_close(same.se, 0, 0);
    cr_assert(isnan(same.t) && isnan(same.p));
    assert_close(same.ci_low, same.difference, 0);
    struct als_t_test alone = als_t_one_sample(1, one);
    assert_close(alone.mean1, 4, 0);
    cr_assert(isnan(alone.se) && isnan(alone.df) && isnan(alone.p));
    cr_assert(isnan(als_t_one_sample(0, one).mean1));
    cr_assert(isnan(als_t_one_sample(3, infinite).mean1));
    cr_assert(isnan(als_t_welch(3, equal, 1, one).se));
    assert_close(als_t_welch(3, equal, 1, one).difference, 0.1 - 4, 1e-15);
    cr_assert(isnan(als_t_welch(3, equal, 0, one).difference));
    assert_close(als_t_welch(3, equal, 3, equal).difference, 0, 0);
    cr_assert(isnan(als_t_welch(3, equal, 3, equal).p));
    cr_assert(isnan(als_t_pooled(1, one, 1, one).se));
    cr_assert(isnan(als_t_pooled(3, infinite, 3, equal).p));

    const double zeros[] = {0, 0};
    cr_assert_eq(signed_rank(2, zeros).n, 0);
    cr_assert(isnan(signed_rank(2, zeros).p));
    cr_assert(isnan(signed_rank(3, infinite).statistic));
    cr_assert(isnan(rank_sum(0, one, 1, one).statistic));
    cr_assert(isnan(rank_sum(3, equal, 3, equal).p));
    assert_close(rank_sum(3, equal, 3, equal).p_exact, 1, 0);
    assert_close(rank_sum(3, equal, 3, equal).win_probability, 0.5, 0);
}

/* Hollander and Wolfe 1973, p. 116, mucociliary efficiency: H = 0.7714. */
Test(rank, compares_several_groups_as_in_the_textbook)
{
    const double values[] = {2.9, 3.0, 2.5, 2.6, 3.2, 3.8, 2.7, 4.0, 2.4, 2.8, 3.4, 3.7, 2.2, 2.0};
    const size_t group[] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 3, 3, 3, 3, 3}; /* nobody is in 2 */
    double ranks[14];
    struct als_ranked work[14];
    struct als_kruskal test = als_kruskal_wallis(14, values, group, 4, ranks, work);
    assert_close(test.chisq, 27 / 35.0, 1e-13);
    cr_assert_eq(test.df, 2u);
    assert_close(test.p, exp(-27 / 70.0), 1e-12);
}

Test(rank, compares_two_groups_as_the_rank_sum_does)
{
    const double values[] = {1, 4, 4, 2, 7, 4, 9, 2, 6}, first[] = {1, 4, 4, 2},
                 second[] = {7, 4, 9, 2, 6};
    const size_t group[] = {0, 0, 0, 0, 1, 1, 1, 1, 1};
    double ranks[9];
    struct als_ranked work[9];
    struct als_kruskal test = als_kruskal_wallis(9, values, group, 2, ranks, work);
    struct als_wilcoxon two = rank_sum(4, first, 5, second);
    assert_close(test.chisq, two.z * two.z, 1e-13);
    assert_close(test.p, two.p, 1e-12);
}

Test(rank, compares_no_groups_where_there_is_nothing_to_compare)
{
    const double values[] = {2, 2, 2};
    const size_t apart[] = {0, 1, 1}, one[] = {1, 1, 1};
    double ranks[3];
    struct als_ranked work[3];
    cr_assert(isnan(als_kruskal_wallis(3, values, apart, 2, ranks, work).p));
    cr_assert(isnan(als_kruskal_wallis(3, (double[]){1, 2, 3}, one, 2, ranks, work).p));
    cr_assert(isnan(als_kruskal_wallis(0, values, apart, 2, ranks, work).chisq));
}
