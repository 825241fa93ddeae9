/* Likelihood of the repeated-measures model at one covariance matrix, and its derivatives. */
#include <math.h>
#include <string.h>

#include "repeated_state.h"
#include "small.h"

static const double LOG_TWO_PI = 1.8378770664093454836;

struct repeated_pattern repeated_sum_pattern(struct als_repeated_state *state, size_t first)
{
    const struct als_repeated_data *data = state->data;
    size_t subject = state->order[first].subject, q = state->q, k, end = first;
    struct repeated_pattern pattern = {.first = first, .visit = data->visit + data->first[subject]};
    pattern.k = k = data->first[subject + 1] - data->first[subject];
    memset(state->zz, 0, q * q * sizeof(double));
    memset(state->zy, 0, q * k * sizeof(double));
    memset(state->yy, 0, k * k * sizeof(double));
    for (; end < state->n_subjects && state->order[end].visits == state->order[first].visits;
         end++) {
        subject = state->order[end].subject;
        const double *z = data->z + subject * q, *y = state->y + data->first[subject];
        for (size_t i = 0; i < q; i++) {
            for (size_t j = 0; j < q; j++)
                state->zz[i * q + j] += z[i] * z[j];
            for (size_t v = 0; v < k; v++)
                state->zy[i * k + v] += z[i] * y[v];
        }
        for (size_t v = 0; v < k; v++)
            for (size_t w = 0; w <= v; w++)
                state->yy[v * k + w] += y[v] * y[w];
    }
    for (size_t v = 0; v < k; v++)
        for (size_t w = 0; w < v; w++)
            state->yy[w * k + v] = state->yy[v * k + w];
    pattern.end = end;
    return pattern;
}

/* Cholesky factor and inverse of a pattern's part of S. */
static bool factor_part(struct als_repeated_state *state, const struct repeated_pattern *pattern)
{
    size_t k = pattern->k;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            state->part[i * k + j] =
                state->s[pattern->visit[i] * state->n_visits + pattern->visit[j]];
    if (!small_cholesky(k, state->part, 1e-14, NULL))
        return false;
    small_invert(k, state->part, state->inverse);
    return true;
}

/* Adds X'WX to C and X'Wy to b; returns y'Wy. */
static double add_pattern_sums(struct als_repeated_state *state,
                               const struct repeated_pattern *pattern)
{
    size_t p = state->p, q = state->q, k = pattern->k;
    double quad = 0;
    for (size_t v = 0; v < k; v++) {
        for (size_t w = 0; w < k; w++) {
            double weight = state->inverse[v * k + w];
            quad += weight * state->yy[v * k + w];
            for (size_t i = 0; i < q; i++) {
                ptrdiff_t row = repeated_column(state, pattern->visit[v], i);
                if (row < 0)
                    continue;
                state->beta[row] += weight * state->zy[i * k + w];
                for (size_t j = 0; j < q; j++) {
                    ptrdiff_t column = repeated_column(state, pattern->visit[w], j);
                    if (column >= 0)
                        state->c_factor[(size_t)row * p + (size_t)column] +=
                            weight * state->zz[i * q + j];
                }
            }
        }
    }
    return quad;
}

bool repeated_evaluate(struct als_repeated_state *state)
{
    size_t p = state->p;
    double log_sum = 0, quad = 0;
    repeated_fill_covariance(state);
    memset(state->c_factor, 0, p * p * sizeof(double));
    memset(state->beta, 0, p * sizeof(double));
    for (size_t i = 0; i < state->n_subjects;) {
        struct repeated_pattern pattern = repeated_sum_pattern(state, i);
        if (!factor_part(state, &pattern))
            return false;
        log_sum += (double)(pattern.end - i) * small_log_determinant(pattern.k, state->part);
        quad += add_pattern_sums(state, &pattern);
        i = pattern.end;
    }
    if (!small_cholesky(p, state->c_factor, 0, NULL))
        return false;
    small_solve_lower(p, state->c_factor, state->beta);
    for (size_t j = 0; j < p; j++)
        quad -= state->beta[j] * state->beta[j];
    small_solve_lower_transposed(p, state->c_factor, state->beta);
    small_invert(p, state->c_factor, state->c_inverse);
    size_t dof = state->reml ? state->n - p : state->n;
    state->objective = log_sum + quad + (double)dof * LOG_TWO_PI;
    if (state->reml)
        state->objective += small_log_determinant(p, state->c_factor);
    return isfinite(state->objective);
}

/* ---------------------------------------------------------------- derivatives */

/* b of the row of visit v that belongs to z[j]. */
static double effect(const struct als_repeated_state *state, size_t visit, size_t j)
{
    ptrdiff_t column = repeated_column(state, visit, j);
    return column < 0 ? 0 : state->beta[column];
}

/* zr := sum of z r', both := sum of rr', r = y - X b. */
static void add_residuals(struct als_repeated_state *state, const struct repeated_pattern *pattern)
{
    size_t q = state->q, k = pattern->k;
    for (size_t i = 0; i < q; i++) {
        for (size_t v = 0; v < k; v++) {
            double sum = state->zy[i * k + v];
            for (size_t j = 0; j < q; j++)
                sum -= state->zz[i * q + j] * effect(state, pattern->visit[v], j);
            state->zr[i * k + v] = sum;
        }
    }
    for (size_t v = 0; v < k; v++) {
        for (size_t w = 0; w < k; w++) {
            double sum = state->yy[v * k + w];
            for (size_t j = 0; j < q; j++)
                sum -= state->zy[j * k + w] * effect(state, pattern->visit[v], j) +
                       effect(state, pattern->visit[w], j) * state->zr[j * k + v];
            state->both[v * k + w] = sum;
        }
    }
}

/* Adds sum of X C^-1 X' to both. */
static void add_designs(struct als_repeated_state *state, const struct repeated_pattern *pattern)
{
    size_t p = state->p, q = state->q, k = pattern->k;
    for (size_t v = 0; v < k; v++) {
        for (size_t i = 0; i < q; i++) {
            ptrdiff_t row = repeated_column(state, pattern->visit[v], i);
            for (size_t w = 0; w < k && row >= 0; w++) {
                for (size_t j = 0; j < q; j++) {
                    ptrdiff_t column = repeated_column(state, pattern->visit[w], j);
                    if (column >= 0)
                        state->both[v * k + w] +=
                            state->zz[i * q + j] *
                            state->c_inverse[(size_t)row * p + (size_t)column];
                }
            }
        }
    }
}

/* out := left right, n x k and k x k. */
static void multiply(size_t n, size_t k, const double *left, const double *right, double *out)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < k; j++) {
            double sum = 0;
            for (size_t l = 0; l < k; l++)
                sum += left[i * k + l] * right[l * k + j];
            out[i * k + j] = sum;
        }
    }
}

/* Sums of P'E_ab P and P'E_ab w over a pattern, whose zw' is in zw. */
static void add_direction(struct als_repeated_state *state, const struct repeated_pattern *pattern,
                          size_t a, size_t b, const double *zw)
{
    size_t p = state->p, q = state->q, k = pattern->k;
    size_t e = repeated_pair(pattern->visit[a], pattern->visit[b]);
    const double *wa = state->inverse + a * k, *wb = state->inverse + b * k;
    double half = a == b ? 0.5 : 1, *h = state->h_sum + e * p, *sums = state->q_sum + e * p * p;
    for (size_t v = 0; v < k; v++) {
        for (size_t i = 0; i < q; i++) {
            ptrdiff_t row = repeated_column(state, pattern->visit[v], i);
            if (row < 0)
                continue;
            h[row] += half * (wa[v] * zw[i * k + b] + wb[v] * zw[i * k + a]);
            for (size_t w = 0; w < k; w++) {
                double weight = half * (wa[v] * wb[w] + wb[v] * wa[w]);
                for (size_t j = 0; j < q; j++) {
                    ptrdiff_t column = repeated_column(state, pattern->visit[w], j);
                    if (column >= 0 && state->zz[i * q + j] != 0)
                        sums[(size_t)row * p + (size_t)column] += weight * state->zz[i * q + j];
                }
            }
        }
    }
}

/* tr(L E_ab R E_cd) for symmetric L and R of one pattern. */
static double trace(size_t k, const double *left, const double *right, size_t a, size_t b, size_t c,
                    size_t d)
{
    double sum = left[d * k + a] * right[b * k + c];
    if (a != b)
        sum += left[d * k + b] * right[a * k + c];
    if (c != d)
        sum += left[c * k + a] * right[b * k + d];
    if (a != b && c != d)
        sum += left[c * k + b] * right[a * k + d];
    return sum;
}

/* Adds gradient and curvature over S of `count` subjects, whose sum of ww' + Y is in u. */
static void add_curvature(struct als_repeated_state *state, const struct repeated_pattern *pattern,
                          size_t count)
{
    size_t k = pattern->k, m = state->m;
    const double *w = state->inverse, *u = state->u;
    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b <= a; b++) {
            size_t e = repeated_pair(pattern->visit[a], pattern->visit[b]);
            state->gradient[e] += (a == b ? 1 : 2) * ((double)count * w[a * k + b] - u[a * k + b]);
            for (size_t c = 0; c < k; c++) {
                for (size_t d = 0; d <= c; d++) {
                    size_t f = repeated_pair(pattern->visit[c], pattern->visit[d]);
                    state->curvature[e * m + f] +=
                        2 * trace(k, u, w, a, b, c, d) - (double)count * trace(k, w, w, a, b, c, d);
                }
            }
        }
    }
}

static void collect(struct als_repeated_state *state)
{
    size_t p = state->p, m = state->m;
    memset(state->gradient, 0, m * sizeof(double));
    memset(state->curvature, 0, m * m * sizeof(double));
    memset(state->q_sum, 0, m * p * p * sizeof(double));
    memset(state->h_sum, 0, m * p * sizeof(double));
    for (size_t i = 0; i < state->n_subjects;) {
        struct repeated_pattern pattern = repeated_sum_pattern(state, i);
        size_t k = pattern.k;
        factor_part(state, &pattern);
        add_residuals(state, &pattern);
        if (state->reml)
            add_designs(state, &pattern);
        multiply(k, k, state->inverse, state->both, state->part);
        multiply(k, k, state->part, state->inverse, state->u);
        multiply(state->q, k, state->zr, state->inverse, state->zy); /* zw', y is done with */
        add_curvature(state, &pattern, pattern.end - i);
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b <= a; b++)
                add_direction(state, &pattern, a, b, state->zy);
        i = pattern.end;
    }
}

/* What beta and C add to the curvature, which couples subjects: -2 h'C^-1 h, and for REML
 * -tr(C^-1 Q_e C^-1 Q_f). */
static void add_coupling(struct als_repeated_state *state, double *ch)
{
    size_t p = state->p, m = state->m;
    for (size_t e = 0; e < m; e++) {
        for (size_t a = 0; a < p; a++) {
            ch[a] = 0;
            for (size_t b = 0; b < p; b++)
                ch[a] += state->c_inverse[a * p + b] * state->h_sum[e * p + b];
        }
        for (size_t f = 0; f < m; f++) {
            double sum = 0;
            for (size_t a = 0; a < p; a++)
                sum += ch[a] * state->h_sum[f * p + a];
            state->curvature[e * m + f] -= 2 * sum;
        }
    }
    if (!state->reml)
        return;
    for (size_t e = 0; e < m; e++) {
        double *left = state->product; /* C^-1 Q_e C^-1 */
        const double *q = state->q_sum + e * p * p;
        for (size_t a = 0; a < p; a++) {
            for (size_t b = 0; b < p; b++) {
                ch[b] = 0;
                for (size_t c = 0; c < p; c++)
                    ch[b] += state->c_inverse[a * p + c] * q[c * p + b];
            }
            for (size_t b = 0; b < p; b++) {
                left[a * p + b] = 0;
                for (size_t c = 0; c < p; c++)
                    left[a * p + b] += ch[c] * state->c_inverse[c * p + b];
            }
        }
        for (size_t f = 0; f <= e; f++) {
            double sum = 0;
            for (size_t a = 0; a < p * p; a++)
                sum += left[a] * state->q_sum[f * p * p + a];
            state->curvature[e * m + f] -= sum;
            if (e != f)
                state->curvature[f * m + e] -= sum;
        }
    }
}

static void to_theta(struct als_repeated_state *state)
{
    size_t m = state->m, t = state->n_theta;
    const double *jacobian = state->jacobian;
    memset(state->theta_gradient, 0, t * sizeof(double));
    memset(state->theta_hessian, 0, t * t * sizeof(double));
    for (size_t e = 0; e < m; e++) {
        double *row = state->step; /* row e of curvature times jacobian */
        memset(row, 0, t * sizeof(double));
        for (size_t f = 0; f < m; f++)
            for (size_t j = 0; j < t; j++)
                row[j] += state->curvature[e * m + f] * jacobian[f * t + j];
        for (size_t i = 0; i < t; i++) {
            double here = jacobian[e * t + i];
            if (here == 0)
                continue;
            state->theta_gradient[i] += here * state->gradient[e];
            for (size_t j = 0; j < t; j++)
                state->theta_hessian[i * t + j] += here * row[j];
        }
    }
    repeated_add_bending(state);
}

void repeated_differentiate(struct als_repeated_state *state)
{
    collect(state);
    add_coupling(state, state->ch);
    repeated_fill_jacobian(state);
    to_theta(state);
}
