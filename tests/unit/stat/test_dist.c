/* Tail areas and quantiles against values computed with 50 digits. */
#include "als_test.h"

#include "alstrack/stat/dist.h"

static const struct {
    double p, df, t;
} t_quantiles[] = {
    {0.975, 1, 12.706204736174693314},    {0.975, 2, 4.3026527297494617894},
    {0.975, 3, 3.1824463052837084359},    {0.975, 8, 2.3060041352041661143},
    {0.025, 4.5, -2.6589123472044037244}, {0.75, 17.3, 0.68893542418143952616},
    {0.995, 30, 2.7499956535672249664},   {0.975, 198, 1.972017477836314327},
    {1e-10, 6, -83.409432780208198177},   {0.9999, 100.5, 3.8608666169763049784},
    {0.6, 0.5, 0.39797542678479058738},   {0.999, 1000, 3.098402163912922647},
};

TABLE_TEST(dist, inverts_the_t_distribution, t_quantiles)
{
    double p = t_quantiles[*row_].p, df = t_quantiles[*row_].df, t = t_quantiles[*row_].t;
    assert_close(als_t_quantile(p, df), t, 1e-12);
}

static const struct {
    double t, df, p;
} t_tails[] = {
    {0.001, 3, 0.999264894969460938},      {1, 1, 0.5},
    {2, 2, 0.18350341907227396727},        {2.5, 7.3, 0.039650234665600471608},
    {12, 30, 5.580185415199256063e-13},    {7, 50.5, 5.7131442246313623576e-9},
    {7, 345.6, 1.3381671824624784821e-11}, {200, 3, 2.7563963990409166124e-7},
    {4, 999, 0.000068014709838039316377},  {4, 1000, 0.000068009919208781577599},
    {6, 1000, 2.7553691733774691126e-9},
};

TABLE_TEST(dist, gives_both_tails_of_t, t_tails)
{
    double t = t_tails[*row_].t, df = t_tails[*row_].df;
    assert_close(als_t_two_sided_p(t, df), t_tails[*row_].p, 1e-12);
    assert_close(als_t_two_sided_p(-t, df), t_tails[*row_].p, 1e-12);
}

static const struct {
    double x, df, p;
} chisq_tails[] = {
    {3.841458820694124, 1, 0.050000000000000057435},
    {1e-06, 2, 0.99999950000012499998},
    {0.5, 3, 0.91889141165467585936},
    {18.2, 7, 0.011099501025185362483},
    {60, 4, 2.9008631203404541275e-12},
    {1000, 1000, 0.49405285382923964195},
    {120, 100, 0.084406681093691829623},
};

TABLE_TEST(dist, gives_the_upper_tail_of_chi_squared, chisq_tails)
{
    assert_close(als_chisq_upper_p(chisq_tails[*row_].x, chisq_tails[*row_].df),
                 chisq_tails[*row_].p, 1e-12);
}

static const struct {
    double f, df1, df2, p;
} f_tails[] = {
    {3.5, 2, 10, 0.070429627772374260225},  {0.2, 3, 5, 0.89218362173208240628},
    {1, 7.5, 20.3, 0.46264490465757559755}, {25, 3, 40, 2.8237151815513317425e-9},
    {6, 99, 60, 3.6715632577795802857e-12}, {4.4, 1, 8, 0.069193453654280591879},
};

TABLE_TEST(dist, gives_the_upper_tail_of_f, f_tails)
{
    assert_close(als_f_upper_p(f_tails[*row_].f, f_tails[*row_].df1, f_tails[*row_].df2),
                 f_tails[*row_].p, 1e-12);
}

Test(dist, knows_the_normal_distribution)
{
    assert_close(als_normal_quantile(0.975), 1.959963984540054235525, 1e-15);
    assert_close(als_normal_quantile(0.5), 0, 1e-16);
    assert_close(als_normal_quantile(1e-12), -7.034483825301131931, 1e-13);
    assert_close(als_normal_two_sided_p(1.959963984540054), 0.05, 1e-14);
    assert_close(als_normal_two_sided_p(-7), 2.559625087771670047e-12, 1e-13);
    assert_close(als_normal_two_sided_p(0), 1, 0);
}

Test(dist, quantile_and_tail_are_inverse)
{
    for (double df = 0.5; df < 1e7; df *= 3.7)
        for (double p = 0.51; p < 1 - 1e-9; p = 1 - (1 - p) / 3)
            assert_close(als_t_two_sided_p(als_t_quantile(p, df), df), 2 * (1 - p), 2e-12);
}

Test(dist, t_approaches_the_normal)
{
    assert_close(als_t_quantile(0.975, 1e12), als_normal_quantile(0.975), 1e-11);
    assert_close(als_t_quantile(0.975, INFINITY), als_normal_quantile(0.975), 0);
    assert_close(als_t_two_sided_p(2, 1e300), als_normal_two_sided_p(2), 0);
    assert_close(als_f_upper_p(4, 1, 25), als_t_two_sided_p(2, 25), 1e-13);
}

Test(dist, is_missing_outside_its_domain)
{
    cr_assert(isnan(als_t_quantile(0, 5)));
    cr_assert(isnan(als_t_quantile(1, 5)));
    cr_assert(isnan(als_t_quantile(NAN, 5)));
    cr_assert(isnan(als_t_quantile(0.9, 0)));
    cr_assert(isnan(als_t_quantile(0.9, NAN)));
    cr_assert(isnan(als_t_two_sided_p(NAN, 5)));
    cr_assert(isnan(als_t_two_sided_p(1, -1)));
    cr_assert(isnan(als_normal_quantile(1)));
    cr_assert(isnan(als_normal_two_sided_p(NAN)));
    cr_assert(isnan(als_chisq_upper_p(NAN, 1)));
    cr_assert(isnan(als_chisq_upper_p(1, 0)));
    cr_assert(isnan(als_f_upper_p(1, 0, 5)));
    assert_close(als_t_two_sided_p(INFINITY, 3), 0, 0);
    assert_close(als_chisq_upper_p(-1, 3), 1, 0);
    assert_close(als_f_upper_p(INFINITY, 2, 3), 0, 0);
}
