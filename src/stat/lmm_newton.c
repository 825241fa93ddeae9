/* Where to start, and Newton's method over the factor L. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "lmm_state.h"
#include "small.h"

enum { MOST_STEPS = 200, MOST_HALVINGS = 60, MOST_POLISHING = 6 };

/* Below this share of independent information two variances cannot be told apart. */
static const double UNIDENTIFIABLE = 1e-9;
/* An eigenvalue of D below this counts as 0. */
static const double SINGULAR = 1e-8;
/* Least relative variance to start from: on the boundary itself Newton's method would stay. */
static const double START_FLOOR = 0.02;
/* A predicted gain this small is below the rounding of the likelihood: no line search any more. */
static const double POLISH = 1e-7;
/* Per subject: what is left to gain moves no estimate by more than about 1e-12 of itself. */
static const double DONE = 1e-25;

void lmm_jacobian(const struct als_lmm_state *state, double jacobian[LMM_M * LMM_M])
{
    size_t q = state->q, n = state->n_free;
    for (size_t a = 0; a < q; a++) {
        for (size_t b = 0; b <= a; b++) {
            for (size_t f = 0; f < n; f++) {
                size_t row = state->free_row[f], column = state->free_column[f];
                jacobian[lmm_pair(a, b) * n + f] = (a == row ? state->l[b * q + column] : 0) +
                                                   (b == row ? state->l[a * q + column] : 0);
            }
        }
    }
}

void lmm_to_factor(const struct als_lmm_state *state, const double *h, double *gradient,
                   double *hessian)
{
    size_t m = state->m, n = state->n_free;
    double jacobian[LMM_M * LMM_M], product[LMM_M * LMM_M];
    lmm_jacobian(state, jacobian);
    for (size_t e = 0; e < m; e++) {
        for (size_t f = 0; f < n; f++) {
            product[e * n + f] = 0;
            for (size_t k = 0; k < m; k++)
                product[e * n + f] += h[e * m + k] * jacobian[k * n + f];
        }
    }
    for (size_t e = 0; e < n; e++) {
        gradient[e] = 0;
        for (size_t k = 0; k < m; k++)
            gradient[e] += jacobian[k * n + e] * state->gradient[k];
        for (size_t f = 0; f < n; f++) {
            double sum = 0;
            for (size_t k = 0; k < m; k++)
                sum += jacobian[k * n + e] * product[k * n + f];
            size_t r = state->free_row[e], s = state->free_row[f];
            if (state->free_column[e] == state->free_column[f])
                sum += (r == s ? 2 : 1) * state->gradient[lmm_pair(r, s)];
            hessian[e * n + f] = sum;
        }
    }
}

/* ---------------------------------------------------------------- start */

/* Is entry e of vech(D) estimated? All are, or the diagonal alone. */
static bool is_estimated(const struct als_lmm_state *state, size_t e)
{
    if (state->n_free == state->m)
        return true;
    for (size_t i = 0; i < state->q; i++)
        if (lmm_pair(i, i) == e)
            return true;
    return false;
}

/* Information about (variances, s^2) at G = 0, and the quadratic forms that estimate them: those of
 * the minimum norm estimator (Rao 1971, J Multivar Anal 1:257). Directions that are not estimated
 * get a one on the diagonal. */
static void moments(struct als_lmm_state *state, double *information, double *forms)
{
    size_t m = state->m, n = m + 1;
    lmm_collect(state, 0);
    for (size_t a = 0; a < state->q; a++) {
        for (size_t b = 0; b <= a; b++) {
            size_t e = lmm_pair(a, b);
            double both = a == b ? 1 : 2;
            double expected = both * (state->b_sum[e] - (state->reml ? state->y_sum[e] : 0));
            information[e * n + m] = information[m * n + e] = expected;
            forms[e] = both * state->kk_sum[e];
        }
    }
    for (size_t e = 0; e < m; e++) {
        for (size_t f = 0; f < m; f++) {
            double value = lmm_trace(state, state->bb, e, f);
            if (state->reml)
                value += lmm_information(state, e, f) - 2 * lmm_trace(state, state->ub, e, f);
            information[e * n + f] = value;
        }
    }
    information[m * n + m] = state->dof;
    forms[m] = state->quad;
    for (size_t e = 0; e < m; e++) {
        if (is_estimated(state, e))
            continue;
        for (size_t f = 0; f < n; f++)
            information[e * n + f] = information[f * n + e] = e == f;
        forms[e] = 0;
    }
}

/* Solve information x = forms when it has full rank; forms becomes x. */
static bool solve_moments(size_t n, double *information, double *forms)
{
    double scaled[LMM_V * LMM_V] = {0}, values[LMM_V], vectors[LMM_V * LMM_V];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            scaled[i * n + j] =
                information[i * n + j] / sqrt(information[i * n + i] * information[j * n + j]);
    for (size_t i = 0; i < n * n; i++)
        if (!isfinite(scaled[i]))
            return false;
    small_eigen(n, scaled, values, vectors);
    for (size_t i = 0; i < n; i++)
        if (!(values[i] > UNIDENTIFIABLE))
            return false;
    if (!small_cholesky(n, information, 0, NULL))
        return false;
    small_solve(n, information, forms);
    return true;
}

/* L from a moment estimate of D, whose eigenvalues are raised to the floor. */
static void start_from(struct als_lmm_state *state, const double *forms)
{
    size_t q = state->q;
    double residual = forms[state->m], whole = state->quad / state->dof;
    double d[LMM_Q * LMM_Q], values[LMM_Q], vectors[LMM_Q * LMM_Q];
    if (!(residual > 0.01 * whole))
        residual = 0.01 * whole;
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++)
            d[i * q + j] = forms[lmm_pair(i, j)] / residual;
    small_eigen(q, d, values, vectors);
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j < q; j++) {
            state->l[i * q + j] = 0;
            for (size_t k = 0; k < q; k++)
                state->l[i * q + j] +=
                    vectors[i * q + k] * vectors[j * q + k] * fmax(values[k], START_FLOOR);
        }
    }
    small_cholesky(q, state->l, 0, NULL);
}

bool lmm_start(struct als_lmm_state *state)
{
    double information[LMM_V * LMM_V], forms[LMM_V];
    memset(state->l, 0, sizeof state->l);
    if (!lmm_evaluate(state))
        return false;
    moments(state, information, forms);
    if (!solve_moments(state->m + 1, information, forms))
        return false;
    start_from(state, forms);
    return true;
}

/* ---------------------------------------------------------------- Newton */

/* A downhill step: Newton's where the curvature is positive, its mirror image where it is negative,
 * and away from a saddle where the slope there vanishes. Returns the predicted gain. */
static double find_step(size_t n, const double *gradient, double *hessian, double size,
                        double *step)
{
    double values[LMM_M], vectors[LMM_M * LMM_M], largest = 0, gain = 0;
    small_eigen(n, hessian, values, vectors);
    for (size_t k = 0; k < n; k++)
        largest = fmax(largest, fabs(values[k]));
    memset(step, 0, n * sizeof *step);
    for (size_t k = 0; k < n; k++) {
        double slope = 0, curvature = fmax(fabs(values[k]), 1e-12 * largest);
        for (size_t i = 0; i < n; i++)
            slope += vectors[i * n + k] * gradient[i];
        double length = curvature > 0 ? -slope / curvature : 0;
        if (values[k] < -1e-7 * largest && fabs(length) < 1e-3 * size)
            length = copysign(0.1 * size, length);
        gain += fabs(slope * length) / 2 + (values[k] < 0 ? curvature * length * length / 2 : 0);
        for (size_t i = 0; i < n; i++)
            step[i] += length * vectors[i * n + k];
    }
    return gain;
}

static double limit_step(size_t n, double size, double *step)
{
    double length = 0;
    for (size_t i = 0; i < n; i++)
        length = hypot(length, step[i]);
    double factor = length > 2 * size ? 2 * size / length : 1;
    for (size_t i = 0; i < n; i++)
        step[i] *= factor;
    return factor;
}

static void move(struct als_lmm_state *state, const double *from, const double *step, double factor)
{
    memcpy(state->l, from, sizeof state->l);
    for (size_t f = 0; f < state->n_free; f++)
        state->l[state->free_row[f] * state->q + state->free_column[f]] += factor * step[f];
}

static bool search_line(struct als_lmm_state *state, const double *step)
{
    double from[LMM_Q * LMM_Q], before = state->objective, factor = 1;
    memcpy(from, state->l, sizeof from);
    for (int halving = 0; halving < MOST_HALVINGS; halving++, factor /= 2) {
        move(state, from, step, factor);
        if (lmm_evaluate(state) && state->objective < before)
            return true;
    }
    move(state, from, step, 0);
    return false;
}

enum als_lmm_status lmm_climb(struct als_lmm_state *state, size_t *iterations)
{
    double best_gain = INFINITY;
    int polishing = 0;
    if (!lmm_evaluate(state))
        return ALS_LMM_NOT_CONVERGED;
    for (size_t steps = 0; steps < MOST_STEPS; steps++, ++*iterations) {
        double gradient[LMM_M], hessian[LMM_M * LMM_M], profile[LMM_M * LMM_M], step[LMM_M];
        size_t m = state->m, n = state->n_free;
        lmm_differentiate(state);
        for (size_t e = 0; e < m; e++)
            for (size_t f = 0; f < m; f++)
                profile[e * m + f] = state->curvature[e * m + f] -
                                     state->dof * state->quad_slope[e] * state->quad_slope[f] /
                                         (state->quad * state->quad);
        lmm_to_factor(state, profile, gradient, hessian);
        double size = 1;
        for (size_t i = 0; i < state->q * state->q; i++)
            size = fmax(size, fabs(state->l[i]));
        double gain = find_step(n, gradient, hessian, size, step);
        if (gain > POLISH) {
            limit_step(n, size, step);
            if (!search_line(state, step))
                return ALS_LMM_NOT_CONVERGED;
            continue;
        }
        if (gain <= DONE * (double)state->n_subjects || gain >= best_gain / 4 ||
            polishing++ == MOST_POLISHING)
            return ALS_LMM_OK;
        best_gain = gain;
        double from[LMM_Q * LMM_Q];
        memcpy(from, state->l, sizeof from);
        move(state, from, step, 1);
        if (!lmm_evaluate(state))
            return ALS_LMM_NOT_CONVERGED;
    }
    return ALS_LMM_NOT_CONVERGED;
}

void lmm_relative_variance(const struct als_lmm_state *state, double d[LMM_Q * LMM_Q])
{
    size_t q = state->q;
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j < q; j++) {
            d[i * q + j] = 0;
            for (size_t k = 0; k < q; k++)
                d[i * q + j] += state->l[i * q + k] * state->l[j * q + k];
        }
    }
}

bool lmm_is_singular(const struct als_lmm_state *state)
{
    size_t q = state->q;
    double d[LMM_Q * LMM_Q], values[LMM_Q], vectors[LMM_Q * LMM_Q];
    lmm_relative_variance(state, d);
    small_eigen(q, d, values, vectors);
    for (size_t i = 0; i < q; i++)
        if (values[i] < SINGULAR)
            return true;
    return false;
}
