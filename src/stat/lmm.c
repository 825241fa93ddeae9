/* Linear mixed model: the fit, and what is read off it. */
#include "alstrack/stat/lmm.h"

#include <math.h>
#include <string.h>

#include "lmm_state.h"
#include "small.h"

static double residual_variance(const struct als_lmm_state *state)
{
    return state->quad / state->dof;
}

/* Twice the inverse Hessian of -2 log L over (free entries of L, s^2). Directions without curvature
 * are left out. */
static void invert_information(struct als_lmm_state *state)
{
    size_t n = state->n_free, v = n + 1, m = state->m;
    double gradient[LMM_M], hessian[LMM_M * LMM_M], jacobian[LMM_M * LMM_M];
    double all[LMM_V * LMM_V], scale[LMM_V], values[LMM_V], vectors[LMM_V * LMM_V];
    double s2 = residual_variance(state);
    lmm_to_factor(state, state->curvature, gradient, hessian);
    lmm_jacobian(state, jacobian);
    for (size_t e = 0; e < n; e++) {
        double cross = 0;
        for (size_t k = 0; k < m; k++)
            cross -= jacobian[k * n + e] * state->quad_slope[k] / (s2 * s2);
        all[e * v + n] = all[n * v + e] = cross;
        for (size_t f = 0; f < n; f++)
            all[e * v + f] = hessian[e * n + f];
    }
    all[n * v + n] = state->dof / (s2 * s2);
    for (size_t i = 0; i < v; i++)
        scale[i] = all[i * v + i] > 0 ? 1 / sqrt(all[i * v + i]) : 0;
    for (size_t i = 0; i < v; i++)
        for (size_t j = 0; j < v; j++)
            all[i * v + j] *= scale[i] * scale[j];
    small_eigen(v, all, values, vectors);
    for (size_t i = 0; i < v; i++) {
        for (size_t j = 0; j < v; j++) {
            double sum = 0;
            for (size_t k = 0; k < v; k++)
                if (values[k] > 1e-11)
                    sum += vectors[i * v + k] * vectors[j * v + k] / values[k];
            state->variance_covariance[i * v + j] = 2 * sum * scale[i] * scale[j];
        }
    }
}

/* g'Ag for a quantity with slopes over vech(D) and over s^2. */
static double variance_of(const struct als_lmm_state *state, const double *over_d, double over_s2)
{
    size_t n = state->n_free, v = n + 1;
    double jacobian[LMM_M * LMM_M], slope[LMM_V], sum = 0;
    lmm_jacobian(state, jacobian);
    for (size_t f = 0; f < n; f++) {
        slope[f] = 0;
        for (size_t k = 0; k < state->m; k++)
            slope[f] += jacobian[k * n + f] * over_d[k];
    }
    slope[n] = over_s2;
    for (size_t i = 0; i < v; i++)
        for (size_t j = 0; j < v; j++)
            sum += slope[i] * state->variance_covariance[i * v + j] * slope[j];
    return sum;
}

/* Row i of Fz^-T: how much of each scaled random effect is in random effect i. */
static void random_weights(const struct als_lmm_state *state, size_t i, double weights[LMM_Q])
{
    for (size_t j = 0; j < state->q; j++)
        weights[j] = i == j;
    small_solve_lower(state->q, state->z_factor, weights);
}

static void report_variances(const struct als_lmm_state *state, struct als_lmm *fit)
{
    size_t q = state->q;
    double d[LMM_Q * LMM_Q], s2 = residual_variance(state), none[LMM_M] = {0};
    lmm_relative_variance(state, d);
    fit->residual_variance = s2;
    fit->residual_variance_se = sqrt(variance_of(state, none, 1));
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j < q; j++) {
            double left[LMM_Q], right[LMM_Q], over_d[LMM_M], relative = 0;
            random_weights(state, i, left);
            random_weights(state, j, right);
            for (size_t a = 0; a < q; a++) {
                for (size_t b = 0; b < q; b++)
                    relative += left[a] * d[a * q + b] * right[b];
                for (size_t b = 0; b <= a; b++)
                    over_d[lmm_pair(a, b)] =
                        s2 *
                        (a == b ? left[a] * right[a] : left[a] * right[b] + left[b] * right[a]);
            }
            fit->g[i][j] = s2 * relative;
            fit->g_se[i][j] = fit->singular ? NAN : sqrt(variance_of(state, over_d, relative));
        }
    }
}

static void report_fixed(struct als_lmm_state *state, struct als_lmm *fit)
{
    size_t p = state->p;
    double s2 = residual_variance(state), *row = state->scratch, *product = row + p;
    for (size_t i = 0; i < p; i++)
        state->out_beta[i] = state->beta[i] + state->ols_beta[i];
    small_solve_lower_transposed(p, state->x_factor, state->out_beta);
    for (size_t i = 0; i < p; i++) {
        for (size_t k = 0; k < p; k++)
            row[k] = i == k;
        small_solve_lower(p, state->x_factor, row);
        for (size_t k = 0; k < p; k++) {
            product[k] = 0;
            for (size_t j = 0; j < p; j++)
                product[k] += s2 * state->c_inverse[k * p + j] * row[j];
        }
        small_solve_lower_transposed(p, state->x_factor, product);
        for (size_t k = 0; k < p; k++)
            state->out_covariance[k * p + i] = product[k];
    }
    fit->beta = state->out_beta;
    fit->covariance = state->out_covariance;
}

static enum als_lmm_status fit_state(struct als_lmm_state *state, const struct als_lmm_data *data,
                                     enum als_lmm_structure structure, struct als_lmm *fit)
{
    enum als_lmm_status status = lmm_state_fill(state, data, structure, &fit->column);
    fit->n = state->n;
    if (status != ALS_LMM_OK)
        return status;
    state->dof = (double)(state->reml ? state->n - state->p : state->n);
    if (!lmm_start(state))
        return ALS_LMM_NOT_IDENTIFIABLE;
    status = lmm_maximise(state, &fit->iterations);
    if (status != ALS_LMM_OK)
        return status;
    fit->singular = lmm_is_singular(state);
    fit->n_variances = state->n_free + 1;
    fit->log_likelihood = -state->objective / 2;
    fit->aic = state->objective + 2 * (double)(state->p + fit->n_variances);
    invert_information(state);
    report_variances(state, fit);
    report_fixed(state, fit);
    return ALS_LMM_OK;
}

struct als_lmm als_lmm_fit(const struct als_lmm_data *data, enum als_lmm_structure structure,
                           enum als_lmm_method method, void *work)
{
    struct als_lmm fit = {.n_subjects = data->n_subjects,
                          .p = data->p,
                          .q = data->q,
                          .log_likelihood = NAN,
                          .aic = NAN,
                          .residual_variance = NAN,
                          .residual_variance_se = NAN};
    struct als_lmm_state *state = lmm_state_place(work, data->n_subjects, data->p, data->q);
    state->reml = method == ALS_LMM_REML;
    fit.state = state;
    fit.status = fit_state(state, data, structure, &fit);
    return fit;
}

struct als_estimate als_lmm_contrast(const struct als_lmm *fit, const double *combination)
{
    if (fit->status != ALS_LMM_OK)
        return als_no_estimate;
    struct als_lmm_state *state = fit->state;
    size_t p = state->p;
    double *c = state->scratch, *w = c + p; /* w = C^-1 c */
    double estimate = 0, s2 = residual_variance(state), relative = 0, over_d[LMM_M];
    memcpy(c, combination, p * sizeof *c);
    small_solve_lower(p, state->x_factor, c);
    for (size_t i = 0; i < p; i++) {
        estimate += combination[i] * state->out_beta[i];
        w[i] = 0;
        for (size_t j = 0; j < p; j++)
            w[i] += state->c_inverse[i * p + j] * c[j];
        relative += c[i] * w[i];
    }
    for (size_t e = 0; e < state->m; e++) {
        over_d[e] = 0;
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++)
                over_d[e] += s2 * w[i] * state->q_sum[e * p * p + i * p + j] * w[j];
    }
    double variance = s2 * relative;
    return als_estimate_make(estimate, sqrt(variance),
                             2 * variance * variance / variance_of(state, over_d, relative));
}

struct als_lmm_prediction als_lmm_subject(const struct als_lmm *fit, size_t subject,
                                          const double *fixed, const double *random)
{
    struct als_lmm_prediction result = {NAN, NAN, NAN};
    if (fit->status != ALS_LMM_OK)
        return result;
    struct als_lmm_state *state = fit->state;
    size_t p = state->p, q = state->q;
    struct lmm_subject own;
    double d[LMM_Q * LMM_Q], w[LMM_Q], dw[LMM_Q] = {0}, conditional = 0, uncertainty = 0;
    lmm_subject(state, subject, &own);
    lmm_relative_variance(state, d);
    memcpy(w, random, q * sizeof *w);
    small_solve_lower(q, state->z_factor, w);
    result.value = 0;
    for (size_t i = 0; i < q; i++) {
        double tw = 0;
        dw[i] = 0;
        for (size_t j = 0; j < q; j++) {
            dw[i] += d[i * q + j] * w[j];
            tw += own.t[j * q + i] * w[j];
        }
        result.value += dw[i] * own.r[i];
        conditional += tw * tw;
    }
    double *c = state->scratch + 2 * q * p; /* c - K'Dw, behind what own points to */
    for (size_t i = 0; i < p; i++) {
        c[i] = fixed ? fixed[i] : 0;
        result.value += c[i] * state->out_beta[i];
    }
    small_solve_lower(p, state->x_factor, c);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < q; j++)
            c[i] -= own.k[j * p + i] * dw[j];
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            uncertainty += c[i] * state->c_inverse[i * p + j] * c[j];
    double s2 = residual_variance(state);
    result.conditional_sd = sqrt(s2 * conditional);
    result.se = sqrt(s2 * (conditional + uncertainty));
    return result;
}

const char *als_lmm_reason(enum als_lmm_status status)
{
    static const char *const reasons[] = {
        [ALS_LMM_OK] = "",
        [ALS_LMM_NO_DATA] = "no observations",
        [ALS_LMM_TOO_FEW] = "too few observations for so many effects",
        [ALS_LMM_NOT_FINITE] = "a value is not finite",
        [ALS_LMM_COLLINEAR] = "a fixed effect is a combination of others",
        [ALS_LMM_NOT_IDENTIFIABLE] = "the visits cannot tell the variances apart",
        [ALS_LMM_EXACT] = "the data leave no residual variance",
        [ALS_LMM_NOT_CONVERGED] = "the likelihood has no maximum that could be found",
        [ALS_LMM_UNORDERED] = "a visit is out of order, repeated or unknown",
    };
    return reasons[status];
}
