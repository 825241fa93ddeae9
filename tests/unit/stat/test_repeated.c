/* Repeated measures: closed forms of complete data, links to other models, degenerate data. */
#include "als_test.h"

#include "alstrack/stat/dist.h"
#include "alstrack/stat/ols.h"
#include "alstrack/stat/repeated.h"

enum { MOST_ROWS = 400, MOST_SUBJECTS = 100, MOST_P = 8, K = 4 };

struct study {
    size_t n_subjects, n;
    size_t first[MOST_SUBJECTS + 1], visit[MOST_ROWS], group[MOST_ROWS];
    double y[MOST_ROWS], x[MOST_ROWS * MOST_P], ones[MOST_ROWS], z[2 * MOST_SUBJECTS];
    void *work;
};

static double normal_random(unsigned long long *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return als_normal_quantile(((double)(*seed >> 11) + 0.5) / 9007199254740992.0);
}

/* Two groups whose values drift apart; each value is missing with the chance given in eighths. */
static struct study *make_study(size_t n_subjects, unsigned missing_eighths)
{
    struct study *study = calloc(1, sizeof *study);
    cr_assert_not_null(study);
    unsigned long long seed = 20240607;
    for (size_t i = 0; i < n_subjects; i++) {
        double level = 2 * normal_random(&seed), drift = 0.5 * normal_random(&seed);
        for (size_t v = 0; v < K; v++) {
            double t = (double)v, y = 40 + level - t + drift * t + normal_random(&seed);
            if ((seed >> 20) % 8 < missing_eighths)
                continue;
            study->visit[study->n] = v;
            study->group[study->n] = i % 2;
            study->y[study->n++] = y + (i % 2 ? 0.3 * t : 0);
        }
        study->first[++study->n_subjects] = study->n;
    }
    return study;
}

/* A mean for every visit of every group: column = 4 group + visit. */
static struct als_repeated fit(struct study *study, enum als_repeated_structure structure,
                               enum als_lmm_method method)
{
    static const ptrdiff_t column[2 * K] = {0, 4, 1, 5, 2, 6, 3, 7};
    for (size_t i = 0; i < study->n_subjects; i++)
        for (size_t group = 0; group < 2; group++)
            study->z[2 * i + group] =
                study->first[i + 1] > study->first[i] && study->group[study->first[i]] == group;
    struct als_repeated_data data = {
        study->n_subjects, study->first, K, 2 * K, study->visit, study->y, 2, study->z, column};
    free(study->work);
    study->work = malloc(als_repeated_workspace(&data));
    cr_assert_not_null(study->work);
    return als_repeated_fit(&data, structure, method, study->work);
}

static void release(struct study *study)
{
    free(study->work);
    free(study);
    assert_no_leaks();
}

/* ------------------------------------------------------------------ closed forms */

/* Complete data: means are the raw means, S the pooled covariance over n - 2 (REML) or n (ML). */
Test(repeated, equals_the_pooled_covariance_of_complete_data)
{
    const size_t n = 30;
    struct study *study = make_study(n, 0);
    double mean[2][K] = {{0}}, pooled[K][K] = {{0}};
    for (size_t i = 0; i < study->n; i++)
        mean[study->group[i]][study->visit[i]] += study->y[i] / 15;
    for (size_t i = 0; i < n; i++)
        for (size_t a = 0; a < K; a++)
            for (size_t b = 0; b < K; b++)
                pooled[a][b] +=
                    (study->y[K * i + a] - mean[i % 2][a]) * (study->y[K * i + b] - mean[i % 2][b]);
    for (int method = ALS_LMM_REML; method <= ALS_LMM_ML; method++) {
        struct als_repeated model =
            fit(study, ALS_REPEATED_UNSTRUCTURED, (enum als_lmm_method)method);
        double divisor = method == ALS_LMM_REML ? (double)n - 2 : (double)n;
        cr_assert_eq(model.status, ALS_LMM_OK);
        cr_assert_eq(model.n_covariances, 10);
        for (size_t a = 0; a < K; a++) {
            assert_close(model.beta[a], mean[0][a], 1e-12);
            for (size_t b = 0; b < K; b++)
                assert_close(model.covariance[a * K + b], pooled[a][b] / divisor, 1e-10);
            double contrast[2 * K] = {0};
            contrast[K + a] = 1;
            contrast[a] = -1;
            struct als_estimate difference = als_repeated_contrast(&model, contrast);
            assert_close(difference.estimate, mean[1][a] - mean[0][a], 1e-12);
            assert_close(difference.se, sqrt(pooled[a][a] / divisor * (2 / 15.0)), 1e-11);
            assert_close(difference.df, divisor, 1e-9);
            assert_close(difference.p, als_t_two_sided_p(difference.t, difference.df), 0);
        }
    }
    release(study);
}

/* One covariance for all pairs of visits is a random intercept. */
Test(repeated, compound_symmetry_is_a_random_intercept)
{
    struct study *study = make_study(40, 2);
    for (int method = ALS_LMM_REML; method <= ALS_LMM_ML; method++) {
        struct als_repeated model = fit(study, ALS_REPEATED_SYMMETRY, (enum als_lmm_method)method);
        for (size_t i = 0; i < study->n; i++) {
            study->ones[i] = 1;
            study->x[i * 2 * K + K * study->group[i] + study->visit[i]] = 1;
        }
        struct als_lmm_data data = {study->n_subjects, study->first, 2 * K,      1,
                                    study->y,          study->x,     study->ones};
        void *work = malloc(als_lmm_workspace(study->n_subjects, 2 * K, 1));
        struct als_lmm mixed =
            als_lmm_fit(&data, ALS_LMM_UNSTRUCTURED, (enum als_lmm_method)method, work);
        assert_close(model.log_likelihood, mixed.log_likelihood, 1e-12);
        assert_close(model.covariance[1], mixed.g[0][0], 1e-9);
        assert_close(model.covariance[0], mixed.g[0][0] + mixed.residual_variance, 1e-9);
        const double contrast[2 * K] = {0, 0, 0, -1, 0, 0, 0, 1};
        struct als_estimate one = als_repeated_contrast(&model, contrast);
        struct als_estimate two = als_lmm_contrast(&mixed, contrast);
        assert_close(one.estimate, two.estimate, 1e-10);
        assert_close(one.se, two.se, 1e-10);
        assert_close(one.df, two.df, 1e-7);
        assert_close(model.aic, mixed.aic, 1e-12);
        free(work);
    }
    release(study);
}

/* One visit: the model is a plain mean. */
Test(repeated, one_visit_is_a_mean)
{
    const size_t first[] = {0, 1, 2, 3, 4}, visit[] = {0, 0, 0, 0};
    const double y[] = {3, 5, 4, 8}, z[] = {1, 1, 1, 1}, one = 1;
    const ptrdiff_t column = 0;
    struct als_repeated_data data = {4, first, 1, 1, visit, y, 1, z, &column};
    void *work = malloc(als_repeated_workspace(&data));
    struct als_repeated model =
        als_repeated_fit(&data, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML, work);
    assert_close(model.beta[0], 5, 1e-14);
    assert_close(model.covariance[0], 14 / 3.0, 1e-11);
    struct als_estimate mean = als_repeated_contrast(&model, &one);
    assert_close(mean.se, sqrt(14 / 12.0), 1e-11);
    assert_close(mean.df, 3, 1e-9);
    free(work);
}

/* ------------------------------------------------------------------ properties */

/* The second is a special case of the first. */
static const enum als_repeated_structure nested[][2] = {
    {ALS_REPEATED_UNSTRUCTURED, ALS_REPEATED_TOEPLITZ_H},
    {ALS_REPEATED_TOEPLITZ_H, ALS_REPEATED_AUTOREGRESSIVE_H},
    {ALS_REPEATED_TOEPLITZ_H, ALS_REPEATED_SYMMETRY_H},
    {ALS_REPEATED_TOEPLITZ_H, ALS_REPEATED_TOEPLITZ},
    {ALS_REPEATED_AUTOREGRESSIVE_H, ALS_REPEATED_AUTOREGRESSIVE},
    {ALS_REPEATED_SYMMETRY_H, ALS_REPEATED_SYMMETRY},
    {ALS_REPEATED_TOEPLITZ, ALS_REPEATED_AUTOREGRESSIVE},
    {ALS_REPEATED_TOEPLITZ, ALS_REPEATED_SYMMETRY}};

TABLE_TEST(repeated, orders_nested_structures, nested)
{
    struct study *study = make_study(50, 2);
    struct als_repeated more = fit(study, nested[*row_][0], ALS_LMM_ML);
    double bound = more.log_likelihood;
    size_t n_covariances = more.n_covariances;
    struct als_repeated less = fit(study, nested[*row_][1], ALS_LMM_ML);
    cr_assert_eq(less.status, ALS_LMM_OK);
    cr_assert_gt(bound, less.log_likelihood);
    cr_assert_gt(n_covariances, less.n_covariances);
    release(study);
}

static const struct shape {
    enum als_repeated_structure structure;
    size_t n_covariances;
    bool heterogeneous;
} structures[] = {{ALS_REPEATED_UNSTRUCTURED, 10, true},    {ALS_REPEATED_TOEPLITZ_H, 7, true},
                  {ALS_REPEATED_AUTOREGRESSIVE_H, 5, true}, {ALS_REPEATED_SYMMETRY_H, 5, true},
                  {ALS_REPEATED_TOEPLITZ, 4, false},        {ALS_REPEATED_AUTOREGRESSIVE, 2, false},
                  {ALS_REPEATED_SYMMETRY, 2, false}};

static double correlation(const double *s, size_t a, size_t b)
{
    return s[a * K + b] / sqrt(s[a * K + a] * s[b * K + b]);
}

TABLE_TEST(repeated, has_the_covariances_of_its_structure, structures)
{
    const struct shape *row = &structures[*row_];
    struct study *study = make_study(50, 2);
    struct als_repeated model = fit(study, row->structure, ALS_LMM_REML);
    cr_assert_eq(model.status, ALS_LMM_OK);
    cr_assert_eq(model.n_covariances, row->n_covariances);
    cr_assert_eq(als_repeated_is_heterogeneous(row->structure), row->heterogeneous);
    const double *s = model.covariance;
    if (!row->heterogeneous)
        assert_close(s[0], s[K + 1], 1e-14);
    if (row->structure != ALS_REPEATED_UNSTRUCTURED) {
        assert_close(correlation(s, 0, 1), correlation(s, 2, 3), 1e-14);
        assert_close(correlation(s, 0, 2), correlation(s, 1, 3), 1e-14);
    }
    if (row->structure == ALS_REPEATED_AUTOREGRESSIVE_H ||
        row->structure == ALS_REPEATED_AUTOREGRESSIVE)
        assert_close(correlation(s, 0, 3), pow(correlation(s, 0, 1), 3), 1e-13);
    if (row->structure == ALS_REPEATED_SYMMETRY_H || row->structure == ALS_REPEATED_SYMMETRY)
        assert_close(correlation(s, 0, 3), correlation(s, 0, 1), 1e-14);
    release(study);
}

/* A unit for every visit of its own: only what has a variance for each takes no notice. */
TABLE_TEST(repeated, has_a_variance_for_each_visit_or_one_for_all, structures)
{
    static const double unit[K] = {1, 0.25, 3, 7};
    const struct shape *row = &structures[*row_];
    struct study *study = make_study(50, 2);
    const double contrast[2 * K] = {0, -1, 0, 0, 0, 1};
    struct als_repeated one = fit(study, row->structure, ALS_LMM_ML);
    struct als_estimate before = als_repeated_contrast(&one, contrast);
    double expected = one.log_likelihood;
    for (size_t i = 0; i < study->n; i++) {
        study->y[i] *= unit[study->visit[i]];
        expected -= log(unit[study->visit[i]]);
    }
    struct als_repeated two = fit(study, row->structure, ALS_LMM_ML);
    struct als_estimate after = als_repeated_contrast(&two, contrast);
    if (row->heterogeneous) {
        assert_close(two.log_likelihood, expected, 1e-11);
        assert_close(after.estimate, 0.25 * before.estimate, 1e-8);
        assert_close(after.se, 0.25 * before.se, 1e-8);
        assert_close(after.df, before.df, 1e-6);
    } else {
        cr_assert_gt(after.se, 2 * before.se);
    }
    release(study);
}

/* With two visits a variance for each and one correlation are all there is. */
Test(repeated, structures_of_two_visits_are_one)
{
    struct study *study = make_study(40, 0);
    size_t kept = 0;
    for (size_t i = 0; i < study->n; i++) {
        if (study->visit[i] > 1)
            continue;
        study->visit[kept] = study->visit[i];
        study->group[kept] = 0;
        study->y[kept++] = study->y[i] * (study->visit[i] ? 3 : 1);
    }
    for (size_t i = 0; i <= study->n_subjects; i++)
        study->first[i] = 2 * i;
    for (size_t i = 0; i < study->n_subjects; i++)
        study->z[i] = 1;
    static const ptrdiff_t column[] = {0, 1};
    struct als_repeated_data data = {
        study->n_subjects, study->first, 2, 2, study->visit, study->y, 1, study->z, column};
    study->work = malloc(als_repeated_workspace(&data));
    double full = als_repeated_fit(&data, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML, study->work)
                      .log_likelihood;
    for (int i = ALS_REPEATED_TOEPLITZ_H; i <= ALS_REPEATED_SYMMETRY_H; i++) {
        struct als_repeated model =
            als_repeated_fit(&data, (enum als_repeated_structure)i, ALS_LMM_REML, study->work);
        assert_close(model.log_likelihood, full, 1e-12);
    }
    release(study);
}

Test(repeated, scales_and_shifts_with_the_values)
{
    struct study *study = make_study(40, 2);
    struct als_repeated one = fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML);
    double beta = one.beta[5], variance = one.beta_covariance[5 * 2 * K + 5];
    double covariance = one.covariance[2], log_likelihood = one.log_likelihood;
    const double contrast[2 * K] = {0, -1, 0, 0, 0, 1};
    double df = als_repeated_contrast(&one, contrast).df;
    for (size_t i = 0; i < study->n; i++)
        study->y[i] = 1000 - 3 * study->y[i];
    struct als_repeated two = fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML);
    assert_close(two.beta[5], 1000 - 3 * beta, 1e-10);
    assert_close(two.beta_covariance[5 * 2 * K + 5], 9 * variance, 1e-9);
    assert_close(two.covariance[2], 9 * covariance, 1e-8);
    assert_close(als_repeated_contrast(&two, contrast).df, df, 1e-8);
    assert_close(two.log_likelihood, log_likelihood - (double)(study->n - 2 * K) * log(3), 1e-11);
    release(study);
}

Test(repeated, does_not_depend_on_the_order_of_patients)
{
    struct study *study = make_study(40, 3), *turned = calloc(1, sizeof *turned);
    for (size_t i = study->n_subjects; i-- > 0;) {
        for (size_t row = study->first[i]; row < study->first[i + 1]; row++) {
            turned->y[turned->n] = study->y[row];
            turned->group[turned->n] = study->group[row];
            turned->visit[turned->n++] = study->visit[row];
        }
        turned->first[++turned->n_subjects] = turned->n;
    }
    struct als_repeated one = fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML);
    struct als_repeated two = fit(turned, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML);
    assert_close(two.log_likelihood, one.log_likelihood, 1e-13);
    for (size_t i = 0; i < K * K; i++)
        assert_close(two.covariance[i], one.covariance[i], 1e-9);
    release(turned);
    release(study);
}

Test(repeated, is_indifferent_to_a_patient_without_rows)
{
    struct study *study = make_study(30, 2);
    double before = fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML).log_likelihood;
    study->first[study->n_subjects + 1] = study->n;
    study->n_subjects++;
    assert_close(fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML).log_likelihood, before, 0);
    release(study);
}

/* ------------------------------------------------------------------ refused */

Test(repeated, names_two_visits_that_nobody_has_together)
{
    struct study *study = make_study(40, 0);
    size_t kept = 0, first = 0;
    for (size_t i = 0; i < study->n_subjects; i++) {
        for (size_t row = first; row < study->first[i + 1]; row++) {
            if (study->visit[row] == (i % 2 ? 1 : 3))
                continue;
            study->visit[kept] = study->visit[row];
            study->y[kept] = study->y[row];
            study->group[kept++] = i / 2 % 2;
        }
        first = study->first[i + 1];
        study->first[i + 1] = kept;
    }
    study->n = kept;
    struct als_repeated model = fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML);
    cr_assert_eq(model.status, ALS_LMM_NOT_IDENTIFIABLE);
    cr_assert(model.never_together);
    cr_assert_eq(model.visit_a + model.visit_b, 4);
    cr_assert(isnan(model.log_likelihood));
    cr_assert(isnan(als_repeated_contrast(&model, NULL).estimate));
    cr_assert_eq(fit(study, ALS_REPEATED_TOEPLITZ_H, ALS_LMM_REML).status, ALS_LMM_OK);
    cr_assert_eq(fit(study, ALS_REPEATED_TOEPLITZ, ALS_LMM_REML).status, ALS_LMM_OK);
    release(study);
}

/* First and last visit make a gap of their own. */
Test(repeated, names_a_gap_that_nobody_shows)
{
    struct study *study = make_study(40, 0);
    size_t kept = 0, first = 0;
    for (size_t i = 0; i < study->n_subjects; i++) {
        for (size_t row = first; row < study->first[i + 1]; row++) {
            if (study->visit[row] == (i % 2 ? 0 : 3))
                continue;
            study->visit[kept] = study->visit[row];
            study->y[kept] = study->y[row];
            study->group[kept++] = i / 2 % 2;
        }
        first = study->first[i + 1];
        study->first[i + 1] = kept;
    }
    study->n = kept;
    struct als_repeated model = fit(study, ALS_REPEATED_TOEPLITZ_H, ALS_LMM_REML);
    cr_assert_eq(model.status, ALS_LMM_NOT_IDENTIFIABLE);
    cr_assert(model.never_together);
    cr_assert_eq(model.visit_a, 0);
    cr_assert_eq(model.visit_b, 3);
    cr_assert_eq(fit(study, ALS_REPEATED_AUTOREGRESSIVE_H, ALS_LMM_REML).status, ALS_LMM_OK);
    release(study);
}

Test(repeated, refuses_fewer_patients_than_visits)
{
    struct study *study = make_study(5, 0);
    enum als_lmm_status status = fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML).status;
    cr_assert(status == ALS_LMM_NOT_IDENTIFIABLE || status == ALS_LMM_NOT_CONVERGED);
    cr_assert_eq(fit(study, ALS_REPEATED_SYMMETRY, ALS_LMM_REML).status, ALS_LMM_OK);
    release(study);
}

/* The last visit is the mean of those before it but for a little. */
static enum als_lmm_status fit_all_but_determined(double noise)
{
    struct study *study = make_study(40, 0);
    for (size_t i = 0; i < study->n_subjects; i++) {
        double sum = 0;
        for (size_t row = study->first[i]; row + 1 < study->first[i + 1]; row++)
            sum += study->y[row];
        study->y[study->first[i + 1] - 1] =
            sum / (K - 1) + noise * ((double)(i * i * i % 17) - 8) / 8;
    }
    enum als_lmm_status status = fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML).status;
    release(study);
    return status;
}

Test(repeated, refuses_visits_that_all_but_determine_one_another)
{
    cr_assert_eq(fit_all_but_determined(1), ALS_LMM_OK);
    cr_assert_eq(fit_all_but_determined(0.005), ALS_LMM_NOT_IDENTIFIABLE);
}

Test(repeated, refuses_a_visit_at_which_all_are_equal)
{
    struct study *study = make_study(30, 0);
    for (size_t i = 0; i < study->n; i++)
        if (study->visit[i] == 0)
            study->y[i] = 40;
    cr_assert_eq(fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_EXACT);
    release(study);
}

Test(repeated, refuses_rows_that_are_not_in_order)
{
    struct study *study = make_study(10, 0);
    study->visit[1] = 0;
    cr_assert_eq(fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_UNORDERED);
    study->visit[0] = 1;
    cr_assert_eq(fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_UNORDERED);
    release(study);
}

Test(repeated, refuses_too_little_and_what_is_not_a_number)
{
    struct study *study = make_study(10, 0);
    study->y[3] = NAN;
    cr_assert_eq(fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_NOT_FINITE);
    study->y[3] = 1;
    for (size_t i = 0; i < study->n; i++)
        study->group[i] = 0;
    struct als_repeated collinear = fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML);
    cr_assert_eq(collinear.status, ALS_LMM_COLLINEAR);
    cr_assert_eq(collinear.column, K);
    release(study);

    study = make_study(2, 0);
    cr_assert_eq(fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_TOO_FEW);
    release(study);

    study = make_study(0, 0);
    cr_assert_eq(fit(study, ALS_REPEATED_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_NO_DATA);
    release(study);
}
