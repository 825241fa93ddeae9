/* Mixed models: worked example, closed forms of balanced data, equivariance, degenerate data. */
#include "als_test.h"

#include "alstrack/stat/dist.h"
#include "alstrack/stat/lmm.h"
#include "alstrack/stat/ols.h"

enum { MOST_ROWS = 400, MOST_SUBJECTS = 80, MOST_P = 6 };

/* A data set under construction; X is chosen when it is fitted. */
struct study {
    size_t n_subjects, n;
    size_t first[MOST_SUBJECTS + 1];
    double t[MOST_ROWS], y[MOST_ROWS], group[MOST_ROWS];
    double x[MOST_ROWS * MOST_P], z[MOST_ROWS * 3];
    void *work;
};

static void add_visit(struct study *study, double t, double y, double group)
{
    cr_assert_lt(study->n, MOST_ROWS);
    study->t[study->n] = t;
    study->y[study->n] = y;
    study->group[study->n++] = group;
    study->first[study->n_subjects + 1] = study->n;
}

static void end_subject(struct study *study)
{
    cr_assert_lt(study->n_subjects + 1, MOST_SUBJECTS);
    study->n_subjects++;
    study->first[study->n_subjects + 1] = study->n;
}

enum design { TIME, TIME_BY_GROUP, TIME_TWICE };

/* q = 1: random intercept; 2: and slope; 3: separate slopes before and after time 0 */
static struct als_lmm fit(struct study *study, enum design design, size_t q,
                          enum als_lmm_structure structure, enum als_lmm_method method)
{
    static const size_t columns[] = {[TIME] = 2, [TIME_BY_GROUP] = 4, [TIME_TWICE] = 3};
    size_t p = columns[design];
    for (size_t i = 0; i < study->n; i++) {
        double t = study->t[i], g = study->group[i];
        double x[MOST_P] = {1, t, design == TIME_TWICE ? 2 * t + 3 : g, g * t};
        double z[3] = {1, q == 3 ? fmin(t, 0) : t, fmax(t, 0)};
        memcpy(study->x + i * p, x, p * sizeof *x);
        memcpy(study->z + i * q, z, q * sizeof *z);
    }
    struct als_lmm_data data = {study->n_subjects, study->first, p,       q,
                                study->y,          study->x,     study->z};
    free(study->work);
    study->work = malloc(als_lmm_workspace(study->n_subjects, p, q));
    cr_assert_not_null(study->work);
    return als_lmm_fit(&data, structure, method, study->work);
}

static double unit_random(unsigned long long *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (double)(*seed >> 11) / 9007199254740992.0;
}

static double normal_random(unsigned long long *seed)
{
    return als_normal_quantile(fmin(fmax(unit_random(seed), 1e-12), 1 - 1e-12));
}

/* Irregular visits of patients who decline at different rates. */
static struct study *make_cohort(size_t n_subjects)
{
    struct study *study = calloc(1, sizeof *study);
    cr_assert_not_null(study);
    unsigned long long seed = 88172645463325252ull;
    for (size_t i = 0; i < n_subjects; i++) {
        double level = 40 + 4 * normal_random(&seed), slope = -0.9 + 0.5 * normal_random(&seed);
        for (double t = -3; t < 13; t += 1.5 + 3 * unit_random(&seed))
            add_visit(study, t, level + slope * t + normal_random(&seed), (double)(i % 2));
        end_subject(study);
    }
    return study;
}

static void release(struct study *study)
{
    free(study->work);
    free(study);
    assert_no_leaks();
}

/* ------------------------------------------------------------------ worked example */

static struct study *make_eight(void)
{
    static const struct {
        double group, day, y;
    } rows[] = {
        {1, 0, 42},   {1, 30, 41},  {1, 91, 39},  {1, 183, 36}, {1, 274, 34}, {1, 0, 37},
        {1, 28, 37},  {1, 95, 35},  {1, 180, 34}, {1, 0, 45},   {1, 31, 43},  {1, 90, 41},
        {1, 185, 36}, {1, 270, 30}, {1, 0, 33},   {1, 33, 32},  {1, 92, 29},  {1, 178, 27},
        {1, 280, 22}, {0, 0, 40},   {0, 30, 40},  {0, 91, 38},  {0, 183, 37}, {0, 274, 35},
        {0, 0, 44},   {0, 29, 42},  {0, 88, 43},  {0, 182, 41}, {0, 0, 36},   {0, 35, 35},
        {0, 94, 33},  {0, 190, 29}, {0, 275, 27}, {0, 0, 39},   {0, 30, 38},  {0, 91, 35},
    };
    struct study *study = calloc(1, sizeof *study);
    cr_assert_not_null(study);
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (i && rows[i].day < 1)
            end_subject(study);
        add_visit(study, rows[i].day / 30.4375, rows[i].y, rows[i].group);
    }
    end_subject(study);
    cr_assert_eq(study->n_subjects, 8);
    return study;
}

/* lme4 and nlme agree on these to the digits given. */
Test(lmm, fits_eight_patients)
{
    struct study *study = make_eight();
    struct als_lmm reml = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    cr_assert_eq(reml.status, ALS_LMM_OK);
    cr_assert_not(reml.singular);
    assert_close(reml.log_likelihood, -62.556936, 1e-8);
    assert_close(reml.beta[0], 39.496357, 1e-7);
    assert_close(reml.beta[1], -0.943875, 1e-6);
    assert_close(sqrt(reml.covariance[0]), 1.421562, 5e-5);
    assert_close(sqrt(reml.covariance[3]), 0.153593, 5e-5);
    assert_close(reml.g[0][0], 16.004854, 1e-4);
    assert_close(reml.g[1][1], 0.174509, 1e-4);
    assert_close(reml.g[0][1] / sqrt(reml.g[0][0] * reml.g[1][1]), -0.028572, 1e-3);
    assert_close(reml.residual_variance, 0.317886, 1e-4);
    cr_assert_eq(reml.n_variances, 4);
    assert_close(reml.aic, -2 * reml.log_likelihood + 12, 1e-14);
    const double slope[] = {0, 1};
    const size_t patients[] = {0, 2, 5};
    const double slopes[] = {-0.902166, -1.608115, -0.419899};
    for (size_t i = 0; i < 3; i++)
        assert_close(als_lmm_subject(&reml, patients[i], slope, slope).value, slopes[i], 1e-5);

    struct als_lmm ml = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_ML);
    assert_close(ml.log_likelihood, -62.803631, 1e-8);
    assert_close(ml.beta[1], -0.943224, 1e-6);
    assert_close(sqrt(ml.g[0][0]), 3.740544, 1e-5);
    assert_close(sqrt(ml.g[1][1]), 0.388506, 1e-5);
    assert_close(sqrt(ml.residual_variance), 0.563763, 1e-5);

    struct als_lmm intercept = fit(study, TIME, 1, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    assert_close(intercept.log_likelihood, -77.251440, 1e-8);
    assert_close(intercept.beta[1], -0.989231, 1e-6);
    assert_close(sqrt(intercept.covariance[3]), 0.078407, 1e-5);
    release(study);
}

Test(lmm, compares_the_slopes_of_two_arms)
{
    struct study *study = make_eight();
    struct als_lmm reml = fit(study, TIME_BY_GROUP, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    assert_close(reml.beta[1], -0.805924, 1e-5);
    assert_close(sqrt(reml.covariance[5]), 0.222233, 1e-4);
    const double difference[] = {0, 0, 0, 1}, both[] = {0, 1, 0, 1}, one[] = {0, 1, 0, 0};
    struct als_estimate estimate = als_lmm_contrast(&reml, difference);
    assert_close(estimate.estimate, -0.267027, 1e-5);
    assert_close(estimate.se, 0.309139, 1e-4);
    cr_assert(estimate.df > 4 && estimate.df < 8, "df %g", estimate.df);
    assert_close(estimate.p, als_t_two_sided_p(estimate.t, estimate.df), 0);
    assert_close(als_lmm_contrast(&reml, both).estimate - als_lmm_contrast(&reml, one).estimate,
                 estimate.estimate, 1e-12);
    release(study);
}

/* ------------------------------------------------------------------ closed forms */

/* Balanced random intercepts: REML is the analysis of variance. */
Test(lmm, equals_the_analysis_of_variance)
{
    static const double y[5][3] = {
        {41, 39, 40}, {35, 36, 32}, {44, 45, 46}, {38, 35, 36}, {30, 33, 31}};
    struct study *study = calloc(1, sizeof *study);
    double grand = 0, between = 0, within = 0;
    for (size_t i = 0; i < 5; i++) {
        for (size_t k = 0; k < 3; k++) {
            add_visit(study, (double)(k * k), y[i][k], 0);
            grand += y[i][k] / 15;
        }
        end_subject(study);
    }
    for (size_t i = 0; i < 5; i++) {
        double mean = (y[i][0] + y[i][1] + y[i][2]) / 3;
        between += 3 * (mean - grand) * (mean - grand) / 4;
        for (size_t k = 0; k < 3; k++)
            within += (y[i][k] - mean) * (y[i][k] - mean);
    }
    struct als_ols line = als_ols_fit(15, study->t, study->y);
    double t_sum = 0;
    for (size_t i = 0; i < 15; i++)
        t_sum += (study->t[i] - line.t_mean) * (study->t[i] - line.t_mean);
    within = (within - line.slope * line.slope * t_sum) / 9;

    struct als_lmm reml = fit(study, TIME, 1, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    assert_close(reml.residual_variance, within, 1e-12);
    assert_close(reml.g[0][0], (between - within) / 3, 1e-12);
    assert_close(reml.beta[1], line.slope, 1e-11);
    assert_close(reml.covariance[3], within / t_sum, 1e-12);
    const double slope[] = {0, 1};
    assert_close(als_lmm_contrast(&reml, slope).df, 9, 1e-9);
    assert_close(reml.residual_variance_se, within * sqrt(2 / 9.0), 1e-9);
    release(study);
}

/* Everyone at the same times: the slope is the mean of the patients' own slopes. */
Test(lmm, equals_the_two_stage_analysis_of_balanced_data)
{
    struct study *study = calloc(1, sizeof *study);
    unsigned long long seed = 4242;
    double slopes[12], mean = 0, variance = 0;
    for (size_t i = 0; i < 12; i++) {
        double level = 40 + 3 * normal_random(&seed), rate = -1 + 0.6 * normal_random(&seed);
        for (size_t k = 0; k < 5; k++)
            add_visit(study, (double)k, level + rate * (double)k + 0.7 * normal_random(&seed), 0);
        end_subject(study);
        slopes[i] = als_ols_fit(5, study->t + 5 * i, study->y + 5 * i).slope;
        mean += slopes[i] / 12;
    }
    for (size_t i = 0; i < 12; i++)
        variance += (slopes[i] - mean) * (slopes[i] - mean) / 11;
    struct als_lmm reml = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    cr_assert_eq(reml.status, ALS_LMM_OK);
    cr_assert_not(reml.singular);
    assert_close(reml.beta[1], mean, 1e-12);
    assert_close(reml.covariance[3], variance / 12, 1e-11);
    const double slope[] = {0, 1};
    assert_close(als_lmm_contrast(&reml, slope).df, 11, 1e-9);
    release(study);
}

/* ------------------------------------------------------------------ equivariance */

Test(lmm, scales_with_the_unit_of_time)
{
    struct study *study = make_cohort(20);
    struct als_lmm months = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    cr_assert_eq(months.status, ALS_LMM_OK);
    const double slope[] = {0, 1};
    double se = sqrt(months.covariance[3]), df = als_lmm_contrast(&months, slope).df;
    double beta = months.beta[1], blup = als_lmm_subject(&months, 7, NULL, slope).value;
    double prediction = als_lmm_subject(&months, 7, slope, slope).se;
    for (size_t i = 0; i < study->n; i++)
        study->t[i] *= 30.4375;
    struct als_lmm days = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    assert_close(days.beta[1] * 30.4375, beta, 1e-11);
    assert_close(sqrt(days.covariance[3]) * 30.4375, se, 1e-10);
    assert_close(days.g[1][1] * 30.4375 * 30.4375, months.g[1][1], 1e-9);
    assert_close(days.g[0][1] * 30.4375, months.g[0][1], 1e-8);
    assert_close(days.residual_variance, months.residual_variance, 1e-10);
    assert_close(als_lmm_contrast(&days, slope).df, df, 1e-8);
    assert_close(als_lmm_subject(&days, 7, NULL, slope).value * 30.4375, blup, 1e-9);
    assert_close(als_lmm_subject(&days, 7, slope, slope).se * 30.4375, prediction, 1e-9);
    assert_close(days.log_likelihood, months.log_likelihood - log(30.4375), 1e-12);
    release(study);
}

Test(lmm, does_not_depend_on_the_origin)
{
    struct study *study = make_cohort(20);
    struct als_lmm near = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    double covariance = near.covariance[3], slope = near.beta[1];
    for (size_t i = 0; i < study->n; i++) {
        study->t[i] += 20000;
        study->y[i] += 1000;
    }
    struct als_lmm far = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    cr_assert_eq(far.status, ALS_LMM_OK);
    assert_close(far.beta[1], slope, 1e-9);
    assert_close(far.covariance[3], covariance, 1e-8);
    assert_close(far.g[1][1], near.g[1][1], 1e-8);
    assert_close(far.log_likelihood, near.log_likelihood, 1e-9);
    release(study);
}

Test(lmm, does_not_depend_on_the_order_of_patients)
{
    struct study *study = make_cohort(15), *turned = calloc(1, sizeof *turned);
    for (size_t i = study->n_subjects; i-- > 0;) {
        for (size_t row = study->first[i + 1]; row-- > study->first[i];)
            add_visit(turned, study->t[row], study->y[row], study->group[row]);
        end_subject(turned);
    }
    struct als_lmm one = fit(study, TIME_BY_GROUP, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    struct als_lmm two = fit(turned, TIME_BY_GROUP, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    for (size_t i = 0; i < 4; i++)
        assert_close(two.beta[i], one.beta[i], 1e-10);
    assert_close(two.g[1][1], one.g[1][1], 1e-10);
    assert_close(two.log_likelihood, one.log_likelihood, 1e-13);
    release(turned);
    release(study);
}

Test(lmm, finds_the_same_from_every_patient_twice)
{
    struct study *study = make_cohort(10), *twice = calloc(1, sizeof *twice);
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < study->n_subjects; i++) {
            for (size_t row = study->first[i]; row < study->first[i + 1]; row++)
                add_visit(twice, study->t[row], study->y[row], study->group[row]);
            end_subject(twice);
        }
    }
    struct als_lmm one = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_ML);
    struct als_lmm two = fit(twice, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_ML);
    assert_close(two.log_likelihood, 2 * one.log_likelihood, 1e-13);
    assert_close(two.g[0][0], one.g[0][0], 1e-10);
    assert_close(two.g[0][1], one.g[0][1], 1e-9);
    assert_close(two.covariance[3], one.covariance[3] / 2, 1e-10);
    assert_close(two.g_se[1][1], one.g_se[1][1] / sqrt(2), 1e-9);
    release(twice);
    release(study);
}

/* A model that contains another one cannot be less likely. */
Test(lmm, orders_nested_models)
{
    struct study *study = make_cohort(30);
    double full = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_ML).log_likelihood;
    double diagonal = fit(study, TIME, 2, ALS_LMM_DIAGONAL, ALS_LMM_ML).log_likelihood;
    double intercept = fit(study, TIME, 1, ALS_LMM_UNSTRUCTURED, ALS_LMM_ML).log_likelihood;
    struct als_lmm broken = fit(study, TIME, 3, ALS_LMM_UNSTRUCTURED, ALS_LMM_ML);
    cr_assert_gt(full, diagonal);
    cr_assert_gt(diagonal, intercept);
    cr_assert_eq(broken.status, ALS_LMM_OK);
    cr_assert_gt(broken.log_likelihood, full - 1e-9, "separate slopes contain one slope");
    release(study);
}

Test(lmm, splits_predictions_into_fixed_and_random_parts)
{
    struct study *study = make_cohort(12);
    struct als_lmm reml = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    const double slope[] = {0, 1}, none[] = {0, 0};
    double sum = 0;
    for (size_t i = 0; i < study->n_subjects; i++) {
        struct als_lmm_prediction own = als_lmm_subject(&reml, i, NULL, slope);
        struct als_lmm_prediction whole = als_lmm_subject(&reml, i, slope, slope);
        assert_close(whole.value, reml.beta[1] + own.value, 1e-12);
        cr_assert_geq(own.se, own.conditional_sd);
        cr_assert_lt(own.conditional_sd, sqrt(reml.g[1][1]));
        sum += own.value;
    }
    cr_assert_lt(fabs(sum), 0.5 * sqrt(reml.g[1][1]));
    struct als_lmm_prediction fixed = als_lmm_subject(&reml, 0, slope, none);
    assert_close(fixed.value, reml.beta[1], 1e-14);
    assert_close(fixed.se, sqrt(reml.covariance[3]), 1e-12);
    release(study);
}

Test(lmm, gives_a_patient_without_visits_the_mean)
{
    struct study *study = make_cohort(12);
    end_subject(study);
    struct als_lmm reml = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    const double slope[] = {0, 1};
    struct als_lmm_prediction absent = als_lmm_subject(&reml, 12, NULL, slope);
    assert_close(absent.value, 0, 1e-15);
    assert_close(absent.conditional_sd, sqrt(reml.g[1][1]), 1e-12);
    release(study);
}

/* ------------------------------------------------------------------ boundary */

/* Four patients at the same times; level and slope are chosen so that their spread is a straight
 * line, in either direction. */
static struct als_lmm fit_on_a_line(struct study *study, double direction)
{
    static const double noise[6] = {1, -1, -1, 1, 0, 0};
    for (size_t i = 0; i < 6; i++) {
        double u = (double)i - 2.5;
        for (size_t k = 0; k < 4; k++)
            add_visit(study, (double)k,
                      40 - (double)k + 2 * u + direction * 0.5 * u * (double)k +
                          2 * noise[(i + k) % 6],
                      0);
        end_subject(study);
    }
    return fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
}

Test(lmm, recognises_a_correlation_of_one)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        struct study *study = calloc(1, sizeof *study);
        struct als_lmm reml = fit_on_a_line(study, sign);
        cr_assert_eq(reml.status, ALS_LMM_OK);
        cr_assert(reml.singular);
        assert_close(reml.g[0][1] / sqrt(reml.g[0][0] * reml.g[1][1]), sign, 1e-6);
        cr_assert(isnan(reml.g_se[0][0]));
        const double slope[] = {0, 1};
        struct als_estimate estimate = als_lmm_contrast(&reml, slope);
        cr_assert(estimate.se > 0 && estimate.df > 0);
        release(study);
    }
}

Test(lmm, recognises_variances_of_zero)
{
    struct study *study = calloc(1, sizeof *study);
    static const double alternating[4] = {1, -1, -1, 1};
    for (size_t i = 0; i < 8; i++) {
        for (size_t k = 0; k < 4; k++)
            add_visit(study, (double)k, 40 - (double)k + (i % 2 ? 1 : -1) * alternating[k], 0);
        end_subject(study);
    }
    struct als_lmm reml = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    cr_assert_eq(reml.status, ALS_LMM_OK);
    cr_assert(reml.singular);
    cr_assert_lt(fabs(reml.g[0][0]), 1e-8);
    cr_assert_lt(fabs(reml.g[1][1]), 1e-8);
    struct als_ols line = als_ols_fit(study->n, study->t, study->y);
    assert_close(reml.residual_variance, line.residual_sd * line.residual_sd, 1e-9);
    assert_close(sqrt(reml.covariance[3]), line.se_slope, 1e-9);
    release(study);
}

/* Four patients whose likelihood has several maxima; the highest has a correlation of one and is
 * hidden from a start inside. Reference: climbs from 60 random starts. */
Test(lmm, finds_the_highest_of_several_maxima)
{
    static const struct {
        size_t patient;
        double t, y;
    } rows[] = {{0, 4, 35}, {0, 7, 31}, {0, 9, 27},  {0, 13, 22}, {0, 14, 22},
                {1, 4, 34}, {1, 7, 32}, {1, 10, 29}, {1, 14, 25}, {2, 3, 38},
                {2, 4, 39}, {3, 4, 34}, {3, 5, 32},  {3, 6, 30}};
    struct study *study = calloc(1, sizeof *study);
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (i && rows[i].patient != rows[i - 1].patient)
            end_subject(study);
        add_visit(study, rows[i].t, rows[i].y, (double)(rows[i].patient % 2));
    }
    end_subject(study);
    struct als_lmm ml = fit(study, TIME_BY_GROUP, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_ML);
    cr_assert_eq(ml.status, ALS_LMM_OK);
    cr_assert(ml.singular);
    cr_assert_float_eq(ml.log_likelihood, -20.844089, 1e-5);
    release(study);
}

/* ------------------------------------------------------------------ refused */

/* Nine values of six patients: a line of random effects, four fixed effects and its direction could
 * fit any nine values, and the residual standard deviation came out as 0.015 points. */
Test(lmm, refuses_what_perfectly_correlated_effects_would_fit_exactly)
{
    static const double days[] = {185, 374, 188, 360, 182, 357, 185, 182, 179};
    static const double y[] = {6, 3, 6, 4, 4, 4, 6, 6, 5};
    static const double group[] = {0, 0, 0, 0, 1, 1, 1, 0, 0};
    struct study *study = calloc(1, sizeof *study);
    for (size_t i = 0; i < COUNT(days); i++) {
        add_visit(study, days[i] / 30.4375, y[i], group[i]);
        if (i % 2 || i > 5)
            end_subject(study);
    }
    cr_assert_eq(fit(study, TIME_BY_GROUP, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML).status,
                 ALS_LMM_TOO_FEW);
    cr_assert_eq(fit(study, TIME, 1, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_OK);
    release(study);
}

Test(lmm, refuses_one_visit_each)
{
    struct study *study = calloc(1, sizeof *study);
    for (size_t i = 0; i < 10; i++) {
        add_visit(study, (double)(i % 4), 40 + (double)(i * i % 7), 0);
        end_subject(study);
    }
    cr_assert_eq(fit(study, TIME, 1, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML).status,
                 ALS_LMM_NOT_IDENTIFIABLE);
    release(study);
}

Test(lmm, refuses_two_visits_at_the_same_times)
{
    struct study *study = calloc(1, sizeof *study);
    for (size_t i = 0; i < 10; i++) {
        add_visit(study, 8, 20 + (double)(i * i % 7), 0);
        add_visit(study, 10, 21 + (double)(i * i % 5), 0);
        end_subject(study);
    }
    cr_assert_eq(fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML).status,
                 ALS_LMM_NOT_IDENTIFIABLE);
    cr_assert_eq(fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_ML).status,
                 ALS_LMM_NOT_IDENTIFIABLE);
    cr_assert_eq(fit(study, TIME, 1, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_OK);
    release(study);
}

Test(lmm, refuses_one_patient)
{
    struct study *study = calloc(1, sizeof *study);
    for (size_t k = 0; k < 6; k++)
        add_visit(study, (double)k, 40 - (double)(k * k % 5), 0);
    end_subject(study);
    cr_assert_eq(fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML).status,
                 ALS_LMM_NOT_IDENTIFIABLE);
    release(study);
}

Test(lmm, refuses_data_without_residuals)
{
    struct study *study = calloc(1, sizeof *study);
    for (size_t i = 0; i < 5; i++) {
        for (size_t k = 0; k < 4; k++)
            add_visit(study, (double)k, 40.1 + (double)i - 0.3 * (double)(i * k), 0);
        end_subject(study);
    }
    cr_assert_eq(fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_EXACT);
    for (size_t i = 0; i < study->n; i++)
        study->y[i] = 40.1;
    cr_assert_eq(fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_EXACT);
    cr_assert_eq(fit(study, TIME, 1, ALS_LMM_UNSTRUCTURED, ALS_LMM_ML).status, ALS_LMM_EXACT);
    release(study);
}

Test(lmm, refuses_collinear_columns)
{
    struct study *study = make_cohort(8);
    struct als_lmm reml = fit(study, TIME_TWICE, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
    cr_assert_eq(reml.status, ALS_LMM_COLLINEAR);
    cr_assert_eq(reml.column, 2);
    for (size_t i = 0; i < study->n; i++)
        study->group[i] = 0;
    cr_assert_eq(fit(study, TIME_BY_GROUP, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML).status,
                 ALS_LMM_COLLINEAR);
    release(study);
}

Test(lmm, refuses_too_little_and_what_is_not_a_number)
{
    struct study *study = calloc(1, sizeof *study);
    cr_assert_eq(fit(study, TIME, 1, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_NO_DATA);
    add_visit(study, 0, 40, 0);
    add_visit(study, 1, 39, 0);
    end_subject(study);
    cr_assert_eq(fit(study, TIME, 1, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML).status, ALS_LMM_TOO_FEW);
    release(study);

    study = make_cohort(8);
    const double bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        study->y[5] = bad[i];
        struct als_lmm reml = fit(study, TIME, 2, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML);
        cr_assert_eq(reml.status, ALS_LMM_NOT_FINITE);
        cr_assert(isnan(reml.log_likelihood) && isnan(reml.residual_variance));
        cr_assert(isnan(als_lmm_contrast(&reml, NULL).estimate));
        cr_assert(isnan(als_lmm_subject(&reml, 0, NULL, NULL).value));
    }
    release(study);
}

Test(lmm, says_why)
{
    cr_assert_str_empty(als_lmm_reason(ALS_LMM_OK));
    for (int status = ALS_LMM_NO_DATA; status <= ALS_LMM_UNORDERED; status++)
        cr_assert_gt(strlen(als_lmm_reason((enum als_lmm_status)status)), 0);
}
