/* Survival: worked example, textbook data, properties, degenerate data. */
#include "als_test.h"

#include "alstrack/stat/survival.h"

enum { MOST = 100 };

/* ------------------------------------------------------------------ Kaplan-Meier */

static const struct als_case ten[] = {{60, true, 0, 0, 0, 0},   {121, false, 0, 0, 1, 0},
                                      {150, true, 0, 0, 2, 0},  {150, true, 0, 0, 3, 0},
                                      {183, false, 0, 0, 4, 0}, {240, true, 0, 0, 5, 0},
                                      {300, false, 0, 0, 6, 0}, {365, true, 0, 0, 7, 0},
                                      {365, false, 0, 0, 8, 0}, {400, false, 0, 0, 9, 0}};

static const struct {
    double time;
    size_t at_risk, events;
    double survival, se, low, high;
} ten_rows[] = {
    {60, 10, 1, 0.9, 0.09486833, 0.47300927, 0.98528139},
    {150, 8, 2, 0.675, 0.15507055, 0.29058536, 0.88249673},
    {240, 5, 1, 0.54, 0.17311846, 0.18116534, 0.80071252},
    {365, 3, 1, 0.36, 0.18686894, 0.06294168, 0.68562839},
};

Test(survival, equals_the_worked_example)
{
    struct als_case work[COUNT(ten)];
    struct als_km_row rows[COUNT(ten)];
    size_t n, found = 0;
    cr_assert_eq(als_km_fit(COUNT(ten), ten, work, rows, &n), ALS_SURVIVAL_OK);
    cr_assert_eq(n, 8);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].events == 0)
            continue;
        assert_close(rows[i].time, ten_rows[found].time, 0);
        cr_assert_eq(rows[i].at_risk, ten_rows[found].at_risk);
        cr_assert_eq(rows[i].events, ten_rows[found].events);
        assert_close(rows[i].survival, ten_rows[found].survival, 1e-14);
        assert_close(rows[i].se, ten_rows[found].se, 1e-7);
        assert_close(rows[i].ci_low, ten_rows[found].low, 1e-7);
        assert_close(rows[i].ci_high, ten_rows[found].high, 1e-7);
        found++;
    }
    cr_assert_eq(found, COUNT(ten_rows));
    cr_assert_eq(rows[6].censored, 1);
    struct als_km_quantile median = als_km_quantile(rows, n, 0.5);
    assert_close(median.time, 365, 0);
    assert_close(median.ci_low, 60, 0);
    cr_assert(isnan(median.ci_high));
    assert_close(als_km_restricted_mean(rows, n, 365).mean, 269.25, 1e-14);
}

/* Without censoring the curve is the share alive, its error binomial, its area the mean. */
Test(survival, is_the_share_alive_without_censoring)
{
    struct als_case cases[8], work[8];
    struct als_km_row rows[8];
    size_t n;
    double mean = 0;
    for (size_t i = 0; i < 8; i++) {
        cases[i] = (struct als_case){.time = (double)((i * 5) % 8 + 1), .event = true};
        mean += cases[i].time / 8;
    }
    als_km_fit(8, cases, work, rows, &n);
    for (size_t i = 0; i < 7; i++) {
        double share = (double)(7 - i) / 8;
        assert_close(rows[i].survival, share, 1e-14);
        assert_close(rows[i].se, sqrt(share * (1 - share) / 8), 1e-13);
    }
    assert_close(rows[7].survival, 0, 1e-16);
    cr_assert(isnan(rows[7].se) && isnan(rows[7].ci_low));
    assert_close(als_km_restricted_mean(rows, n, 8).mean, mean, 1e-14);
    assert_close(als_km_quantile(rows, n, 0.5).time, 4.5, 0);
    assert_close(als_km_quantile(rows, n, 1).time, 8, 0);
}

Test(survival, takes_the_middle_of_a_flat_step_to_the_end)
{
    struct als_case cases[] = {{3, true, 0, 0, 0, 0}, {9, false, 0, 0, 1, 0}}, work[2];
    struct als_km_row rows[2];
    size_t n;
    als_km_fit(2, cases, work, rows, &n);
    assert_close(als_km_quantile(rows, n, 0.5).time, 6, 0);
    cr_assert(isnan(als_km_quantile(rows, n, 0.75).time));
}

Test(survival, has_no_mean_beyond_the_last_patient)
{
    struct als_case work[COUNT(ten)];
    struct als_km_row rows[COUNT(ten)];
    size_t n;
    als_km_fit(COUNT(ten), ten, work, rows, &n);
    cr_assert(isnan(als_km_restricted_mean(rows, n, 401).mean));
    cr_assert_not(isnan(als_km_restricted_mean(rows, n, 400).mean));
    assert_close(als_km_restricted_mean(rows, n, 30).mean, 30, 0);
    assert_close(als_km_restricted_mean(rows, n, 30).se, 0, 0);
    cr_assert(isnan(als_km_restricted_mean(rows, 0, 30).mean));
}

Test(survival, takes_everyone_dead_on_day_0)
{
    struct als_case cases[3] = {
        {0, true, 0, 0, 0, 0}, {0, true, 0, 0, 1, 0}, {0, true, 0, 0, 2, 0}};
    struct als_case work[3];
    struct als_km_row rows[3];
    size_t n;
    cr_assert_eq(als_km_fit(3, cases, work, rows, &n), ALS_SURVIVAL_OK);
    cr_assert_eq(n, 1);
    assert_close(rows[0].survival, 0, 0);
    assert_close(als_km_quantile(rows, n, 0.5).time, 0, 0);
    assert_close(als_km_restricted_mean(rows, n, 100).mean, 0, 0);
}

Test(survival, has_no_limits_without_events)
{
    struct als_case cases[2] = {{5, false, 0, 0, 0, 0}, {7, false, 0, 0, 1, 0}}, work[2];
    struct als_km_row rows[2];
    size_t n;
    als_km_fit(2, cases, work, rows, &n);
    assert_close(rows[1].survival, 1, 0);
    assert_close(rows[1].se, 0, 0);
    cr_assert(isnan(rows[1].ci_low) && isnan(rows[1].ci_high));
    cr_assert(isnan(als_km_quantile(rows, n, 0.5).time));
}

/* ------------------------------------------------------------------ two groups */

/* Remission of leukaemia in weeks, Freireich et al. 1963, as in Gehan 1965, Biometrika 52:203. */
static size_t leukaemia(struct als_case cases[MOST])
{
    static const double treated[] = {6,  6,  6,  6,  7,  9,  10, 10, 11, 13, 16,
                                     17, 19, 20, 22, 23, 25, 32, 32, 34, 35};
    static const bool relapsed[] = {1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0};
    static const double control[] = {1, 1, 2,  2,  3,  4,  4,  5,  5,  8, 8,
                                     8, 8, 11, 11, 12, 12, 15, 17, 22, 23};
    size_t n = 0;
    for (size_t i = 0; i < 21; i++, n++)
        cases[n] = (struct als_case){treated[i], relapsed[i], 0, 0, n, 0};
    for (size_t i = 0; i < 21; i++, n++)
        cases[n] = (struct als_case){control[i], true, 1, 0, n, 0};
    return n;
}

static struct als_logrank test_groups(size_t n, const struct als_case *cases, size_t k,
                                      struct als_logrank_group *groups)
{
    struct als_case work[MOST];
    double matrix[20];
    cr_assert_leq(k * (k + 1), COUNT(matrix));
    return als_logrank_test(n, cases, k, work, groups, matrix);
}

Test(survival, compares_two_groups_as_the_textbook)
{
    struct als_case cases[MOST];
    struct als_logrank_group groups[2];
    size_t n = leukaemia(cases);
    struct als_logrank test = test_groups(n, cases, 2, groups);
    cr_assert_eq(test.status, ALS_SURVIVAL_OK);
    assert_close(test.chisq, 16.79, 5e-4);
    cr_assert_eq(test.df, 1);
    assert_close(groups[0].expected, 19.25, 5e-4);
    assert_close(groups[1].expected, 10.75, 5e-4);
    cr_assert_eq(groups[0].observed, 9);
    cr_assert_eq(groups[1].observed, 21);
    double difference = (double)groups[0].observed - groups[0].expected;
    assert_close(test.chisq, difference * difference / groups[0].variance, 1e-12);
    assert_close(groups[0].expected + groups[1].expected, 30, 1e-13);
}

Test(survival, does_not_depend_on_how_groups_are_numbered)
{
    struct als_case cases[MOST];
    struct als_logrank_group groups[4];
    size_t n = leukaemia(cases);
    for (size_t i = 0; i < n; i++)
        cases[i].group = cases[i].group ? 2 + i % 2 : 0; /* group 1 is empty */
    struct als_logrank one = test_groups(n, cases, 4, groups);
    cr_assert_eq(one.df, 2);
    for (size_t i = 0; i < n; i++)
        cases[i].group = 3 - cases[i].group;
    struct als_logrank two = test_groups(n, cases, 4, groups);
    assert_close(two.chisq, one.chisq, 1e-12);
}

Test(survival, compares_within_strata)
{
    struct als_case cases[MOST], both[MOST];
    struct als_logrank_group groups[2], doubled[2];
    size_t n = leukaemia(cases);
    struct als_logrank one = test_groups(n, cases, 2, groups);
    for (size_t i = 0; i < n; i++) {
        both[i] = both[n + i] = cases[i];
        both[n + i].stratum = 5;
        both[n + i].time += 1000; /* another stratum's clock is of no concern */
    }
    struct als_logrank two = test_groups(2 * n, both, 2, doubled);
    assert_close(two.chisq, 2 * one.chisq, 1e-12);
    assert_close(doubled[0].expected, 2 * groups[0].expected, 1e-13);
}

static const struct {
    size_t n;
    double time[3];
    bool event[3];
    size_t group[3];
    enum als_survival_status status;
} unfit[] = {
    {0, {0}, {0}, {0}, ALS_SURVIVAL_NO_DATA},
    {2, {1, NAN}, {1, 1}, {0, 1}, ALS_SURVIVAL_NOT_FINITE},
    {2, {1, -1}, {1, 1}, {0, 1}, ALS_SURVIVAL_NOT_FINITE},
    {2, {1, INFINITY}, {1, 1}, {0, 1}, ALS_SURVIVAL_NOT_FINITE},
    {2, {1, 2}, {0, 0}, {0, 1}, ALS_SURVIVAL_NO_EVENTS},
    {3, {1, 2, 3}, {1, 1, 1}, {1, 1, 1}, ALS_SURVIVAL_ONE_GROUP},
    {2, {1, 2}, {0, 1}, {0, 1}, ALS_SURVIVAL_ONE_GROUP},
    {2, {0, 0}, {1, 1}, {0, 1}, ALS_SURVIVAL_NO_VARIANCE},
    {3, {5, 5, 5}, {1, 1, 1}, {0, 1, 1}, ALS_SURVIVAL_NO_VARIANCE},
};

TABLE_TEST(survival, refuses_what_it_cannot_compare, unfit)
{
    struct als_case cases[3];
    struct als_logrank_group groups[2];
    for (size_t i = 0; i < 3; i++)
        cases[i] = (struct als_case){
            unfit[*row_].time[i], unfit[*row_].event[i], unfit[*row_].group[i], 0, i, 0};
    struct als_logrank test = test_groups(unfit[*row_].n, cases, 2, groups);
    cr_assert_eq(test.status, unfit[*row_].status);
    cr_assert(isnan(test.chisq) && isnan(test.p));
    cr_assert_gt(strlen(als_survival_reason(test.status)), 0);
}

/* ------------------------------------------------------------------ Cox */

static struct als_cox fit_cox(size_t n, const struct als_case *cases, size_t p, const double *x,
                              struct als_cox_term *terms)
{
    struct als_case work[MOST];
    double space[200];
    cr_assert_leq(als_cox_workspace(p), COUNT(space));
    return als_cox_fit(n, cases, p, x, work, space, terms);
}

/* R's survival prints 1.5721 (0.4124) and a log-likelihood of -85.00842 for these data. At 0
 * Efron's likelihood is minus the sum of ln(n - l) over the deaths l = 0, 1 ... of each day. */
Test(survival, fits_cox_as_the_textbook)
{
    struct als_case cases[MOST];
    struct als_cox_term term;
    double x[MOST];
    size_t n = leukaemia(cases);
    for (size_t i = 0; i < n; i++)
        x[i] = (double)cases[i].group;
    struct als_cox cox = fit_cox(n, cases, 1, x, &term);
    cr_assert_eq(cox.status, ALS_SURVIVAL_OK);
    cr_assert(term.estimable);
    assert_close(term.coefficient, 1.5721, 5e-5);
    assert_close(term.se, 0.4124, 5e-4);
    struct als_case work[MOST];
    struct als_km_row rows[MOST];
    size_t n_rows;
    double null = 0;
    als_km_fit(n, cases, work, rows, &n_rows);
    for (size_t i = 0; i < n_rows; i++)
        for (size_t l = 0; l < rows[i].events; l++)
            null -= log((double)(rows[i].at_risk - l));
    assert_close(cox.log_likelihood_null, null, 1e-13);
    assert_close(cox.log_likelihood, -85.00842, 1e-7);
    assert_close(cox.lr_chisq, 2 * (cox.log_likelihood - cox.log_likelihood_null), 1e-14);
    cr_assert_eq(cox.events, 30);

    for (size_t i = 0; i < n; i++)
        x[i] = 1000 - 2 * x[i];
    struct als_cox_term turned;
    fit_cox(n, cases, 1, x, &turned);
    assert_close(turned.coefficient, term.coefficient / -2, 1e-10);
    assert_close(turned.se, term.se / 2, 1e-10);
    assert_close(turned.p, term.p, 1e-8);
}

/* Without ties the score test of a group is the log-rank test. */
Test(survival, cox_score_is_the_logrank_test)
{
    struct als_case cases[MOST];
    struct als_logrank_group groups[2];
    struct als_cox_term term;
    double x[MOST];
    size_t n = leukaemia(cases);
    for (size_t i = 0; i < n; i++) {
        cases[i].time += 1e-3 * (double)i;
        cases[i].stratum = i % 3;
        x[i] = (double)cases[i].group;
    }
    assert_close(fit_cox(n, cases, 1, x, &term).score_chisq, test_groups(n, cases, 2, groups).chisq,
                 1e-11);
}

Test(survival, does_not_put_a_number_on_a_group_without_events)
{
    struct als_case cases[MOST];
    struct als_cox_term terms[2], alone;
    double x[2 * MOST], one[MOST];
    size_t n = leukaemia(cases), all = n + 10;
    for (size_t i = n; i < all; i++)
        cases[i] = (struct als_case){10 + (double)i, false, 2, 0, i, 0};
    for (size_t i = 0; i < all; i++) {
        x[2 * i] = one[i] = cases[i].group == 1;
        x[2 * i + 1] = cases[i].group == 2;
    }
    struct als_cox cox = fit_cox(all, cases, 2, x, terms);
    cr_assert_eq(cox.status, ALS_SURVIVAL_OK);
    cr_assert(terms[0].estimable);
    cr_assert_not(terms[1].estimable);
    cr_assert(isnan(terms[1].coefficient) && isnan(terms[1].se) && isnan(terms[1].p));
    fit_cox(n, cases, 1, one, &alone); /* the group without events drops out of every risk set */
    assert_close(terms[0].coefficient, alone.coefficient, 1e-9);
    assert_close(terms[0].se, alone.se, 1e-9);
    assert_close(cox.log_likelihood, -85.00842, 1e-7);
}

Test(survival, refuses_what_cox_cannot_fit)
{
    struct als_case cases[MOST];
    struct als_cox_term terms[2];
    double x[2 * MOST];
    size_t n = leukaemia(cases);
    for (size_t i = 0; i < n; i++) {
        x[2 * i] = (double)cases[i].group;
        x[2 * i + 1] = 3 - 2 * x[2 * i];
    }
    cr_assert_eq(fit_cox(n, cases, 2, x, terms).status, ALS_SURVIVAL_COLLINEAR);
    cr_assert(isnan(terms[0].coefficient));
    for (size_t i = 0; i < n; i++)
        x[i] = 7;
    cr_assert_eq(fit_cox(n, cases, 1, x, terms).status, ALS_SURVIVAL_COLLINEAR);
    x[3] = NAN;
    cr_assert_eq(fit_cox(n, cases, 1, x, terms).status, ALS_SURVIVAL_NOT_FINITE);
    x[3] = 7;
    for (size_t i = 0; i < n; i++)
        cases[i].event = false;
    cr_assert_eq(fit_cox(n, cases, 1, x, terms).status, ALS_SURVIVAL_NO_EVENTS);
    cr_assert_eq(fit_cox(0, cases, 1, x, terms).status, ALS_SURVIVAL_NO_DATA);
}

/* ------------------------------------------------------------------ late entry */

/* The leukaemia data with two thirds coming under observation late. Reference: survfit and coxph of
 * R's survival 3.5-3 on Surv(entry, time, event); log-rank sums by hand. */
static size_t late_leukaemia(struct als_case cases[MOST])
{
    size_t n = leukaemia(cases);
    for (size_t i = 0; i < n; i++)
        cases[i].entry = floor(cases[i].time * (double)(i % 3) / 4);
    cr_assert_eq(als_survival_work(n, cases), 2 * n);
    return n;
}

Test(survival, counts_who_enters_late_from_then_on)
{
    static const struct {
        double time;
        size_t at_risk, events;
        double survival, se, low, high;
    } expected[] = {{3, 21, 1, 0.74074074074074059, 0.100079442392318183, 0.48420650147362071,
                     0.88321842284308083},
                    {6, 25, 3, 0.541062801932367, 0.097383421049523383, 0.335941601631812414,
                     0.70761425719979909},
                    {10, 19, 1, 0.40032528320441768, 0.08732620877752309, 0.232144549953043955,
                     0.56333228996594975},
                    {22, 9, 2, 0.17313904967021129, 0.060761264598258508, 0.074579476529879507,
                     0.30584104073252122}};
    struct als_case cases[MOST], work[2 * MOST];
    struct als_km_row rows[MOST];
    size_t n_rows, found = 0, n = late_leukaemia(cases);
    cr_assert_eq(als_km_fit(n, cases, work, rows, &n_rows), ALS_SURVIVAL_OK);
    for (size_t i = 0; i < n_rows && found < COUNT(expected); i++) {
        if (rows[i].time != expected[found].time)
            continue;
        cr_assert_eq(rows[i].at_risk, expected[found].at_risk);
        cr_assert_eq(rows[i].events, expected[found].events);
        assert_close(rows[i].survival, expected[found].survival, 1e-13);
        assert_close(rows[i].se, expected[found].se, 1e-13);
        assert_close(rows[i].ci_low, expected[found].low, 1e-12);
        assert_close(rows[i].ci_high, expected[found].high, 1e-12);
        found++;
    }
    cr_assert_eq(found, COUNT(expected));
}

static const struct {
    size_t strata;
    double expected, variance, chisq, coefficient, se, log_likelihood;
} late[] = {{1, 11.9384359837078939, 6.3128057172241432, 13.0072025181009465, 1.41948565114445757,
             0.41560903520068854, -76.98589563464595642},
            {2, 12.0374847374847391, 6.4631916797451243, 12.4283301209452404, 1.37878426463245174,
             0.41402007912564598, -57.69194044776703123}};

TABLE_TEST(survival, compares_groups_with_late_entry, late)
{
    struct als_case cases[MOST], work[2 * MOST];
    struct als_logrank_group groups[2];
    struct als_cox_term term;
    double matrix[6], space[20], x[MOST];
    size_t n = late_leukaemia(cases);
    for (size_t i = 0; i < n; i++) {
        cases[i].stratum = i % late[*row_].strata;
        x[i] = (double)cases[i].group;
    }
    struct als_logrank test = als_logrank_test(n, cases, 2, work, groups, matrix);
    assert_close(groups[1].expected, late[*row_].expected, 1e-13);
    assert_close(groups[1].variance, late[*row_].variance, 1e-13);
    assert_close(test.chisq, late[*row_].chisq, 1e-12);
    struct als_cox cox = als_cox_fit(n, cases, 1, x, work, space, &term);
    cr_assert_eq(cox.status, ALS_SURVIVAL_OK);
    assert_close(term.coefficient, late[*row_].coefficient, 1e-9);
    assert_close(term.se, late[*row_].se, 1e-9);
    assert_close(cox.log_likelihood, late[*row_].log_likelihood, 1e-12);
}

/* Who enters after everyone else is gone shares no risk set with them. */
Test(survival, is_not_told_of_a_case_before_it_enters)
{
    struct als_case cases[MOST], work[2 * MOST];
    struct als_logrank_group groups[2], more[2];
    double matrix[6];
    size_t n = leukaemia(cases);
    struct als_logrank alone = als_logrank_test(n, cases, 2, work, groups, matrix);
    cases[n] = (struct als_case){.time = 99, .event = true, .row = n, .entry = 35};
    struct als_logrank joined = als_logrank_test(n + 1, cases, 2, work, more, matrix);
    assert_close(joined.chisq, alone.chisq, 1e-13);
    cases[n].entry = 99;
    cr_assert_eq(als_logrank_test(n + 1, cases, 2, work, more, matrix).status,
                 ALS_SURVIVAL_NEVER_AT_RISK);
}
