/* Repeated measures with a covariance matrix of the visits: the fit, and what is read off it. */
#include "alstrack/stat/repeated.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "repeated_state.h"
#include "small.h"

enum { MOST_STEPS = 300, MOST_TRIES = 60, MOST_POLISHING = 6 };

static const double COLLINEAR = 1e-13;
/* A predicted gain this small is below the rounding of the likelihood. */
static const double POLISH = 1e-7;
/* Per subject: what is left to gain moves no estimate by more than about 1e-12 of itself. */
static const double DONE = 1e-25;
/* Smallest eigenvalue of the correlations of visits that is told from 0; two visits have it at a
 * correlation of 0.9999. Below it the maximum is that of a few patients whose visits happen to fit,
 * and its degrees of freedom have no stable digits. */
static const double SINGULAR = 1e-4;

/* ---------------------------------------------------------------- workspace */

struct sizes {
    size_t n, p, q, k, m, subjects;
};

static struct sizes sizes_of(const struct als_repeated_data *data)
{
    size_t k = data->n_visits;
    return (struct sizes){
        data->first[data->n_subjects], data->p, data->q, k, k * (k + 1) / 2, data->n_subjects};
}

size_t als_repeated_workspace(const struct als_repeated_data *data)
{
    struct sizes z = sizes_of(data);
    size_t doubles = z.n + 3 * z.p * z.p + 5 * z.p + z.m * (z.p * z.p + z.p) + 4 * z.m * z.m +
                     6 * z.m + 8 * z.k * z.k + z.q * z.q + 2 * z.q * z.k;
    return sizeof(struct als_repeated_state) + doubles * sizeof(double) +
           z.subjects * sizeof(struct repeated_subject);
}

static double *take(double **space, size_t n)
{
    double *taken = *space;
    *space += n;
    return taken;
}

static struct als_repeated_state *place(const struct als_repeated_data *data, void *work)
{
    struct sizes z = sizes_of(data);
    memset(work, 0, als_repeated_workspace(data));
    struct als_repeated_state *state = work;
    double *space = (double *)(state + 1);
    *state = (struct als_repeated_state){.n = z.n,
                                         .n_subjects = z.subjects,
                                         .n_visits = z.k,
                                         .p = z.p,
                                         .q = z.q,
                                         .m = z.m,
                                         .data = data};
    state->y = take(&space, z.n);
    double **squares[] = {&state->c_factor, &state->c_inverse, &state->product};
    for (size_t i = 0; i < sizeof squares / sizeof squares[0]; i++)
        *squares[i] = take(&space, z.p * z.p);
    double **columns[] = {&state->ols_beta, &state->beta, &state->out_beta, &state->ch,
                          &state->contrast};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        *columns[i] = take(&space, z.p);
    state->q_sum = take(&space, z.m * z.p * z.p);
    state->h_sum = take(&space, z.m * z.p);
    double **covariances[] = {&state->curvature, &state->jacobian, &state->theta_hessian,
                              &state->theta_covariance};
    for (size_t i = 0; i < sizeof covariances / sizeof covariances[0]; i++)
        *covariances[i] = take(&space, z.m * z.m);
    double **vectors[] = {&state->theta, &state->gradient, &state->theta_gradient,
                          &state->step,  &state->trial,    &state->best};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        *vectors[i] = take(&space, z.m);
    double **visits[] = {&state->s, &state->yy,   &state->part,    &state->inverse,
                         &state->u, &state->both, &state->moments, &state->seen};
    for (size_t i = 0; i < sizeof visits / sizeof visits[0]; i++)
        *visits[i] = take(&space, z.k * z.k);
    state->zz = take(&space, z.q * z.q);
    state->zy = take(&space, z.q * z.k);
    state->zr = take(&space, z.q * z.k);
    state->order = (void *)space;
    return state;
}

/* ---------------------------------------------------------------- data */

static bool all_finite(const struct als_repeated_data *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(data->y[i]))
            return false;
    for (size_t i = 0; i < data->n_subjects * data->q; i++)
        if (!isfinite(data->z[i]))
            return false;
    return true;
}

/* What least squares leaves of y. */
static void subtract_fit(struct als_repeated_state *state)
{
    const struct als_repeated_data *data = state->data;
    for (size_t i = 0; i < data->n_subjects; i++) {
        for (size_t row = data->first[i]; row < data->first[i + 1]; row++) {
            for (size_t j = 0; j < state->q; j++) {
                ptrdiff_t column = repeated_column(state, data->visit[row], j);
                if (column >= 0)
                    state->y[row] -= data->z[i * state->q + j] * state->ols_beta[column];
            }
        }
    }
}

/* Least squares over all rows. False when a column is a combination of others. */
static bool least_squares(struct als_repeated_state *state, size_t *column)
{
    size_t p = state->p, q = state->q;
    double share = 1 / (double)state->n, *factor = state->c_factor;
    memcpy(state->y, state->data->y, state->n * sizeof(double));
    for (size_t first = 0; first < state->n_subjects;) {
        struct repeated_pattern pattern = repeated_sum_pattern(state, first);
        for (size_t v = 0; v < pattern.k; v++) {
            for (size_t i = 0; i < q; i++) {
                ptrdiff_t row = repeated_column(state, pattern.visit[v], i);
                if (row < 0)
                    continue;
                state->ols_beta[row] += state->zy[i * pattern.k + v] * share;
                for (size_t j = 0; j < q; j++) {
                    ptrdiff_t other = repeated_column(state, pattern.visit[v], j);
                    if (other >= 0)
                        factor[(size_t)row * p + (size_t)other] += state->zz[i * q + j] * share;
                }
            }
        }
        first = pattern.end;
    }
    if (!small_cholesky(p, factor, COLLINEAR, column))
        return false;
    small_solve(p, factor, state->ols_beta);
    subtract_fit(state);
    return true;
}

static int by_visits(const void *left, const void *right)
{
    const struct repeated_subject *a = left, *b = right;
    if (a->visits != b->visits)
        return a->visits < b->visits ? -1 : 1;
    return (a->subject > b->subject) - (a->subject < b->subject);
}

/* Subjects with rows, those with the same visits together. False when visits are out of order. */
static bool group_subjects(struct als_repeated_state *state)
{
    const struct als_repeated_data *data = state->data;
    size_t n = 0;
    for (size_t i = 0; i < data->n_subjects; i++) {
        uint32_t visits = 0;
        for (size_t row = data->first[i]; row < data->first[i + 1]; row++) {
            if (data->visit[row] >= data->n_visits || visits >> data->visit[row])
                return false;
            visits |= UINT32_C(1) << data->visit[row];
        }
        if (visits)
            state->order[n++] = (struct repeated_subject){visits, i};
    }
    state->n_subjects = n;
    qsort(state->order, n, sizeof *state->order, by_visits);
    return true;
}

/* ---------------------------------------------------------------- start */

static struct repeated_moments moments_of(struct als_repeated_state *state)
{
    size_t k = state->n_visits;
    for (size_t i = 0; i < state->n_subjects; i++) {
        size_t subject = state->order[i].subject;
        for (size_t r = state->data->first[subject]; r < state->data->first[subject + 1]; r++) {
            for (size_t q = state->data->first[subject]; q < state->data->first[subject + 1]; q++) {
                size_t at = state->data->visit[r] * k + state->data->visit[q];
                state->seen[at]++;
                state->moments[at] += state->y[r] * state->y[q];
            }
        }
    }
    for (size_t at = 0; at < k * k; at++)
        if (state->seen[at] > 0)
            state->moments[at] /= state->seen[at];
    return (struct repeated_moments){state->moments, state->seen};
}

static enum als_lmm_status look_at_moments(struct als_repeated_state *state,
                                           struct repeated_moments moments,
                                           struct als_repeated *fit)
{
    size_t k = state->n_visits;
    double level = 0;
    for (size_t row = 0; row < state->n; row++)
        level += state->data->y[row] * state->data->y[row] / (double)state->n;
    for (size_t a = 0; a < k; a++)
        if (moments.seen[a * k + a] == 0)
            return ALS_LMM_NOT_IDENTIFIABLE;
    fit->never_together = !repeated_pairs_suffice(state, &moments, &fit->visit_a, &fit->visit_b);
    if (fit->never_together)
        return ALS_LMM_NOT_IDENTIFIABLE;
    for (size_t a = 0; a < k; a++)
        if (!(moments.s[a * k + a] > 1e-24 * level))
            return ALS_LMM_EXACT;
    return ALS_LMM_OK;
}

/* ---------------------------------------------------------------- Newton */

/* step := -(H + damping |diag H|)^-1 g; the predicted gain, or NAN if that is not positive
 * definite. */
static double damped_step(struct als_repeated_state *state, double damping)
{
    size_t t = state->n_theta;
    double *factor = state->theta_covariance, gain = 0;
    memcpy(factor, state->theta_hessian, t * t * sizeof *factor);
    for (size_t i = 0; i < t; i++)
        factor[i * t + i] += damping * fabs(factor[i * t + i]);
    for (size_t i = 0; i < t; i++)
        if (!(factor[i * t + i] > 0))
            return NAN;
    if (!small_cholesky(t, factor, 1e-14, NULL))
        return NAN;
    for (size_t i = 0; i < t; i++)
        state->step[i] = -state->theta_gradient[i];
    small_solve(t, factor, state->step);
    for (size_t i = 0; i < t; i++)
        gain -= state->theta_gradient[i] * state->step[i] / 2;
    return gain;
}

static bool move(struct als_repeated_state *state, const double *from)
{
    for (size_t i = 0; i < state->n_theta; i++)
        state->theta[i] = from[i] + state->step[i];
    return repeated_evaluate(state);
}

/* One accepted downhill step with as much damping as it takes. */
static bool descend(struct als_repeated_state *state, double *damping)
{
    double before = state->objective;
    memcpy(state->trial, state->theta, state->n_theta * sizeof(double));
    for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
        if (!isnan(damped_step(state, *damping)) && move(state, state->trial) &&
            state->objective < before) {
            *damping = *damping < 1e-4 ? 0 : *damping / 10;
            return true;
        }
        *damping = fmax(*damping * 4, 1e-4);
    }
    memcpy(state->theta, state->trial, state->n_theta * sizeof(double));
    repeated_evaluate(state);
    return false;
}

static enum als_lmm_status maximise(struct als_repeated_state *state, size_t *iterations)
{
    double damping = 0, best_gain = INFINITY;
    int polishing = 0;
    for (*iterations = 0; *iterations < MOST_STEPS; ++*iterations) {
        repeated_differentiate(state);
        double gain = damped_step(state, 0);
        if (!(gain < POLISH)) {
            if (!descend(state, &damping))
                return ALS_LMM_NOT_CONVERGED;
            continue;
        }
        if (gain <= DONE * (double)state->n_subjects || gain >= best_gain / 4 ||
            polishing++ == MOST_POLISHING)
            return ALS_LMM_OK;
        best_gain = gain;
        memcpy(state->trial, state->theta, state->n_theta * sizeof(double));
        if (!move(state, state->trial))
            return ALS_LMM_NOT_CONVERGED;
    }
    return ALS_LMM_NOT_CONVERGED;
}

static enum als_lmm_status search(struct als_repeated_state *state,
                                  const struct repeated_moments *moments, enum repeated_from from,
                                  size_t *iterations)
{
    for (double share = 0.9; share > -0.05; share -= 0.1)
        if (repeated_start(state, moments, from, fmax(share, 0)) && repeated_evaluate(state))
            return maximise(state, iterations);
    return ALS_LMM_NOT_CONVERGED;
}

/* ---------------------------------------------------------------- results */

static bool is_singular(struct als_repeated_state *state)
{
    size_t k = state->n_visits;
    double *correlations = state->part, *values = state->u, *vectors = state->inverse;
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b < k; b++)
            correlations[a * k + b] =
                state->s[a * k + b] / sqrt(state->s[a * k + a] * state->s[b * k + b]);
    small_eigen(k, correlations, values, vectors);
    for (size_t a = 0; a < k; a++)
        if (!(values[a] > SINGULAR))
            return true;
    return false;
}

/* False when the curvature at the maximum cannot be inverted. */
static bool report(struct als_repeated_state *state, struct als_repeated *fit)
{
    size_t p = state->p, t = state->n_theta;
    for (size_t i = 0; i < p; i++)
        state->out_beta[i] = state->beta[i] + state->ols_beta[i];
    double *factor = state->curvature; /* no longer needed */
    memcpy(factor, state->theta_hessian, t * t * sizeof *factor);
    if (!small_cholesky(t, factor, 0, NULL))
        return false;
    small_invert(t, factor, state->theta_covariance);
    for (size_t i = 0; i < t * t; i++)
        state->theta_covariance[i] *= 2;
    fit->log_likelihood = -state->objective / 2;
    fit->n_covariances = t;
    fit->aic = state->objective + 2 * (double)(p + t);
    fit->covariance = state->s;
    fit->beta = state->out_beta;
    fit->beta_covariance = state->c_inverse;
    return true;
}

static enum als_lmm_status fit_state(struct als_repeated_state *state, struct als_repeated *fit)
{
    if (state->n == 0)
        return ALS_LMM_NO_DATA;
    if (!all_finite(state->data, state->n))
        return ALS_LMM_NOT_FINITE;
    if (!group_subjects(state))
        return ALS_LMM_UNORDERED;
    if (!least_squares(state, &fit->column))
        return ALS_LMM_COLLINEAR;
    if (state->n <= state->p)
        return ALS_LMM_TOO_FEW;
    state->n_theta = repeated_n_theta(state);
    struct repeated_moments moments = moments_of(state);
    enum als_lmm_status status = look_at_moments(state, moments, fit);
    if (status != ALS_LMM_OK)
        return status;
    status = search(state, &moments, REPEATED_FROM_MOMENTS, &fit->iterations);
    if (status != ALS_LMM_OK && state->structure != ALS_REPEATED_UNSTRUCTURED)
        status = search(state, &moments, REPEATED_FROM_POWERS, &fit->iterations);
    fit->singular = is_singular(state);
    if (fit->singular)
        status = ALS_LMM_NOT_IDENTIFIABLE;
    if (status == ALS_LMM_OK && !report(state, fit))
        status = ALS_LMM_NOT_IDENTIFIABLE;
    return status;
}

struct als_repeated als_repeated_fit(const struct als_repeated_data *data,
                                     enum als_repeated_structure structure,
                                     enum als_lmm_method method, void *work)
{
    struct als_repeated fit = {.n_subjects = data->n_subjects,
                               .n = data->first[data->n_subjects],
                               .p = data->p,
                               .n_visits = data->n_visits,
                               .log_likelihood = NAN,
                               .aic = NAN};
    struct als_repeated_state *state = place(data, work);
    state->structure = structure;
    state->reml = method == ALS_LMM_REML;
    fit.state = state;
    fit.status = fit_state(state, &fit);
    return fit;
}

struct als_estimate als_repeated_contrast(const struct als_repeated *fit, const double *combination)
{
    if (fit->status != ALS_LMM_OK)
        return als_no_estimate;
    struct als_repeated_state *state = fit->state;
    size_t p = state->p, t = state->n_theta;
    double *w = state->contrast, *slope = state->step; /* w = C^-1 c */
    double estimate = 0, variance = 0, spread = 0;
    for (size_t i = 0; i < p; i++) {
        estimate += combination[i] * state->out_beta[i];
        w[i] = 0;
        for (size_t j = 0; j < p; j++)
            w[i] += state->c_inverse[i * p + j] * combination[j];
        variance += combination[i] * w[i];
    }
    memset(slope, 0, t * sizeof *slope);
    for (size_t e = 0; e < state->m; e++) {
        double over_s = 0;
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++)
                over_s += w[i] * state->q_sum[e * p * p + i * p + j] * w[j];
        for (size_t i = 0; i < t; i++)
            slope[i] += state->jacobian[e * t + i] * over_s;
    }
    for (size_t i = 0; i < t; i++)
        for (size_t j = 0; j < t; j++)
            spread += slope[i] * state->theta_covariance[i * t + j] * slope[j];
    return als_estimate_make(estimate, sqrt(variance), 2 * variance * variance / spread);
}
