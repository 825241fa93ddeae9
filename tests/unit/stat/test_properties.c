/* What must hold for any data, and a million patients. */
#include "als_test.h"

#include "alstrack/stat/joint_rank.h"
#include "alstrack/stat/lmm.h"
#include "alstrack/stat/rank.h"
#include "alstrack/stat/repeated.h"
#include "alstrack/stat/survival.h"

static unsigned long long next_random(unsigned long long *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}

/* ------------------------------------------------------------------ survival */

enum { CASES = 120 };

static void make_cases(struct als_case *cases, size_t n, unsigned long long seed)
{
    for (size_t i = 0; i < n; i++) {
        cases[i].time = (double)(next_random(&seed) % 400);
        cases[i].event = next_random(&seed) % 3 > 0;
        cases[i].group = i % 2;
        cases[i].row = i;
    }
}

Test(properties, survival_does_not_depend_on_the_order_or_the_unit)
{
    static struct als_case cases[CASES], turned[CASES], work[CASES];
    static struct als_km_row rows[CASES], other[CASES];
    struct als_logrank_group groups[2];
    double matrix[6];
    size_t n, m;
    make_cases(cases, CASES, 99);
    for (size_t i = 0; i < CASES; i++) {
        turned[i] = cases[(7 * i + 3) % CASES];
        turned[i].time *= 30.4375;
    }
    als_km_fit(CASES, cases, work, rows, &n);
    als_km_fit(CASES, turned, work, other, &m);
    cr_assert_eq(n, m);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(rows[i].survival, other[i].survival);
        cr_assert_eq(rows[i].se, other[i].se);
    }
    assert_close(als_km_restricted_mean(other, m, 300 * 30.4375).mean,
                 30.4375 * als_km_restricted_mean(rows, n, 300).mean, 1e-13);
    struct als_logrank one = als_logrank_test(CASES, cases, 2, work, groups, matrix);
    struct als_logrank two = als_logrank_test(CASES, turned, 2, work, groups, matrix);
    assert_close(two.chisq, one.chisq, 1e-12);
}

/* Everyone twice: the same curve, its variance halved. */
Test(properties, survival_of_everyone_twice)
{
    static struct als_case cases[2 * CASES], work[2 * CASES];
    static struct als_km_row rows[CASES], other[2 * CASES];
    size_t n, m;
    make_cases(cases, CASES, 7);
    memcpy(cases + CASES, cases, CASES * sizeof *cases);
    als_km_fit(CASES, cases, work, rows, &n);
    als_km_fit(2 * CASES, cases, work, other, &m);
    cr_assert_eq(n, m);
    for (size_t i = 0; i < n; i++) {
        assert_close(other[i].survival, rows[i].survival, 1e-14);
        if (rows[i].survival > 0)
            assert_close(other[i].se, rows[i].se / sqrt(2), 1e-12);
    }
}

/* ------------------------------------------------------------------ ranks */

Test(properties, wilcoxon_sees_order_only)
{
    enum { N = 14, M = 17 };
    double x[N], y[M], far_x[N], far_y[M], flipped[N];
    struct als_ranked ranked[N + M];
    unsigned long long seed = 5;
    for (size_t i = 0; i < N; i++) {
        x[i] = (double)(next_random(&seed) % 30) - 10;
        far_x[N - 1 - i] = exp(x[i] / 4);
        flipped[N - 1 - i] = -x[i];
    }
    for (size_t i = 0; i < M; i++) {
        y[i] = (double)(next_random(&seed) % 30) - 8;
        far_y[M - 1 - i] = exp(y[i] / 4);
    }
    double *workspace =
        calloc(als_rank_sum_workspace(N, M) + als_signed_rank_workspace(N) + 1, sizeof *workspace);
    struct als_wilcoxon one = als_rank_sum(N, x, M, y, ranked, workspace);
    struct als_wilcoxon two = als_rank_sum(N, far_x, M, far_y, ranked, workspace);
    cr_assert_eq(one.statistic, two.statistic);
    assert_close(two.p_exact, one.p_exact, 1e-13);
    struct als_wilcoxon up = als_signed_rank(N, x, ranked, workspace);
    struct als_wilcoxon down = als_signed_rank(N, flipped, ranked, workspace);
    assert_close(up.statistic + down.statistic, (double)up.n * (double)(up.n + 1) / 2, 0);
    assert_close(down.p_exact, up.p_exact, 1e-13);
    assert_close(down.p, up.p, 1e-13);
    free(workspace);
}

/* ------------------------------------------------------------------ repeated measures */

/* Everyone twice by maximum likelihood: twice the log-likelihood, the same covariance. */
Test(properties, repeated_measures_of_everyone_twice)
{
    enum { SUBJECTS = 30, VISITS = 3, ROWS = SUBJECTS * VISITS };
    static double y[2 * ROWS], z[2 * SUBJECTS], covariance[VISITS * VISITS];
    static const ptrdiff_t column[VISITS] = {0, 1, 2};
    static size_t first[2 * SUBJECTS + 1], visit[2 * ROWS];
    unsigned long long seed = 3;
    for (size_t i = 0; i < ROWS; i++) {
        size_t v = i % VISITS;
        y[i] = y[ROWS + i] = (double)(next_random(&seed) % 100) / 10 + (double)(i / VISITS % 7);
        visit[i] = visit[ROWS + i] = v;
    }
    for (size_t i = 0; i <= 2 * SUBJECTS; i++)
        first[i] = i * VISITS;
    for (size_t i = 0; i < 2 * SUBJECTS; i++)
        z[i] = 1;
    struct als_repeated_data data = {2 * SUBJECTS, first, VISITS, VISITS, visit, y, 1, z, column};
    void *work = malloc(als_repeated_workspace(&data));
    data.n_subjects = SUBJECTS;
    struct als_repeated one = als_repeated_fit(&data, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_ML, work);
    double log_likelihood = one.log_likelihood, variance = one.beta_covariance[0];
    memcpy(covariance, one.covariance, sizeof covariance);
    data.n_subjects = 2 * SUBJECTS;
    struct als_repeated two = als_repeated_fit(&data, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_ML, work);
    assert_close(two.log_likelihood, 2 * log_likelihood, 1e-12);
    assert_close(two.beta_covariance[0], variance / 2, 1e-10);
    for (size_t i = 0; i < VISITS * VISITS; i++)
        assert_close(two.covariance[i], covariance[i], 1e-9);
    free(work);
}

/* ------------------------------------------------------------------ a million patients */

enum { MILLION = 1000000 };

Test(properties, takes_a_million_patients_in_survival_and_joint_ranks)
{
    struct als_case *cases = calloc(MILLION, sizeof *cases), *work = calloc(MILLION, sizeof *work);
    struct als_km_row *rows = calloc(MILLION, sizeof *rows);
    double *time = calloc(MILLION, sizeof *time), *change = calloc(MILLION, sizeof *change);
    bool *died = calloc(MILLION, sizeof *died), *treated = calloc(MILLION, sizeof *treated);
    struct als_logrank_group groups[2];
    double matrix[6];
    size_t n;
    make_cases(cases, MILLION, 2024);
    int64_t sum = 0;
    for (size_t i = 0; i < MILLION; i++) {
        time[i] = cases[i].time;
        died[i] = cases[i].event;
        treated[i] = cases[i].group;
        change[i] = (double)(i % 41) - 20;
    }
    cr_assert_eq(als_km_fit(MILLION, cases, work, rows, &n), ALS_SURVIVAL_OK);
    cr_assert_eq(n, 400);
    cr_assert_eq(rows[0].at_risk, MILLION);
    struct als_logrank test = als_logrank_test(MILLION, cases, 2, work, groups, matrix);
    cr_assert(test.status == ALS_SURVIVAL_OK && isfinite(test.chisq));
    struct als_joint_rank_data data = {.n = MILLION,
                                       .n_visits = 1,
                                       .time = time,
                                       .died = died,
                                       .change = change,
                                       .treated = treated,
                                       .horizon = INFINITY};
    void *space = malloc(als_joint_rank_workspace(MILLION, 1));
    struct als_joint_rank rank = als_joint_rank(&data, space);
    for (size_t i = 0; i < MILLION; i++)
        sum += rank.score[i];
    cr_assert_eq(sum, 0, "wins and losses of all pairs cancel");
    cr_assert_eq(rank.wins + rank.losses + rank.ties, (int64_t)(MILLION / 2) * (MILLION / 2));
    free(space);
    free(cases);
    free(work);
    free(rows);
    free(time);
    free(change);
    free(died);
    free(treated);
    assert_no_leaks();
}

Test(properties, takes_a_million_patients_in_a_mixed_model)
{
    enum { VISITS = 3 };
    size_t *first = calloc(MILLION + 1, sizeof *first);
    double *y = calloc((size_t)MILLION * VISITS, sizeof *y);
    double *x = calloc((size_t)MILLION * VISITS * 2, sizeof *x);
    unsigned long long seed = 17;
    for (size_t i = 0; i < MILLION; i++) {
        double level = 40 + (double)(next_random(&seed) % 9) - 4;
        double slope = -1 + ((double)(next_random(&seed) % 9) - 4) / 8;
        for (size_t k = 0; k < VISITS; k++) {
            size_t row = i * VISITS + k;
            x[2 * row] = 1;
            x[2 * row + 1] = 3 * (double)k;
            y[row] = level + slope * 3 * (double)k + (double)(next_random(&seed) % 5) / 2 - 1;
        }
        first[i + 1] = (i + 1) * VISITS;
    }
    struct als_lmm_data data = {MILLION, first, 2, 2, y, x, x};
    void *work = malloc(als_lmm_workspace(MILLION, 2, 2));
    struct als_lmm fit = als_lmm_fit(&data, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML, work);
    cr_assert_eq(fit.status, ALS_LMM_OK);
    cr_assert_float_eq(fit.beta[0], 40, 0.01);
    cr_assert_float_eq(fit.beta[1], -1, 0.01);
    cr_assert_float_eq(fit.g[0][0], 60.0 / 9, 0.05);
    cr_assert_float_eq(fit.g[1][1], 60.0 / 9 / 64, 0.002);
    cr_assert_float_eq(fit.residual_variance, 0.5, 0.005);
    free(work);
    free(first);
    free(x);
    free(y);
    assert_no_leaks();
}
