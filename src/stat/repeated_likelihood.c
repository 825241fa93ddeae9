/* Likelihood of the repeated-measures model at one covariance matrix, and its derivatives. */
#include <math.h>
#include <string.h>

#include "repeated_state.h"
#include "small.h"

static const double LOG_TWO_PI = 1.8378770664093454836;

/* The visits of one subject, in order of its rows. */
struct seen {
    size_t k, first;
    const size_t *visit;
};

static struct seen rows_of(const struct als_repeated_state *state, size_t subject)
{
    size_t first = state->data->first[subject];
    return (struct seen){state->data->first[subject + 1] - first, first,
                         state->data->visit + first};
}

/* Cholesky factor of a subject's part of S into state->part. */
static bool factor_part(struct als_repeated_state *state, const struct seen *seen)
{
    for (size_t i = 0; i < seen->k; i++)
        for (size_t j = 0; j < seen->k; j++)
            state->part[i * seen->k + j] =
                state->s[seen->visit[i] * state->n_visits + seen->visit[j]];
    return small_cholesky(seen->k, state->part, 1e-14, NULL);
}

/* Adds X'WX to C, X'Wy to b and y'Wy to *quad. */
static void add_subject(struct als_repeated_state *state, const struct seen *seen, double *quad)
{
    size_t p = state->p, k = seen->k;
    double *zx = state->px, *zy = state->pw; /* factor^-1 X, factor^-1 y */
    for (size_t i = 0; i < k; i++) {
        const double *x = state->x + (seen->first + i) * p;
        double pivot = state->part[i * k + i];
        memcpy(zx + i * p, x, p * sizeof *x);
        zy[i] = state->y[seen->first + i];
        for (size_t l = 0; l < i; l++) {
            double ratio = state->part[i * k + l];
            zy[i] -= ratio * zy[l];
            for (size_t j = 0; j < p; j++)
                zx[i * p + j] -= ratio * zx[l * p + j];
        }
        zy[i] /= pivot;
        for (size_t j = 0; j < p; j++)
            zx[i * p + j] /= pivot;
        for (size_t j = 0; j < p; j++) {
            state->beta[j] += zx[i * p + j] * zy[i];
            for (size_t l = 0; l <= j; l++)
                state->c_factor[j * p + l] += zx[i * p + j] * zx[i * p + l];
        }
        *quad += zy[i] * zy[i];
    }
}

bool repeated_evaluate(struct als_repeated_state *state)
{
    size_t p = state->p;
    double log_sum = 0, log_part = 0, quad = 0;
    repeated_fill_covariance(state);
    memset(state->c_factor, 0, p * p * sizeof(double));
    memset(state->beta, 0, p * sizeof(double));
    for (size_t i = 0; i < state->n_subjects; i++) {
        struct seen seen = rows_of(state, state->order[i].subject);
        if (i == 0 || state->order[i].visits != state->order[i - 1].visits) {
            if (!factor_part(state, &seen))
                return false;
            log_part = small_log_determinant(seen.k, state->part);
        }
        log_sum += log_part;
        add_subject(state, &seen, &quad);
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
        state->objective +=
            small_log_determinant(p, state->c_factor) + small_log_determinant(p, state->x_factor);
    return isfinite(state->objective);
}

/* ---------------------------------------------------------------- derivatives */

/* P, w, P C^-1 of one subject; its Y and ww' join u and the gradient. */
static void add_terms(struct als_repeated_state *state, const struct seen *seen)
{
    size_t p = state->p, k = seen->k;
    memset(state->px, 0, k * p * sizeof(double));
    memset(state->pc, 0, k * p * sizeof(double));
    memset(state->pw, 0, k * sizeof(double));
    for (size_t l = 0; l < k; l++) {
        const double *x = state->x + (seen->first + l) * p;
        double residual = state->y[seen->first + l];
        for (size_t j = 0; j < p; j++)
            residual -= x[j] * state->beta[j];
        for (size_t i = 0; i < k; i++) {
            double weight = state->inverse[i * k + l];
            state->pw[i] += weight * residual;
            for (size_t j = 0; j < p; j++)
                state->px[i * p + j] += weight * x[j];
        }
    }
    for (size_t i = 0; i < k; i++)
        for (size_t l = 0; l < p; l++)
            for (size_t j = 0; j < p; j++)
                state->pc[i * p + j] += state->px[i * p + l] * state->c_inverse[l * p + j];
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < k; j++) {
            double here = state->pw[i] * state->pw[j];
            for (size_t l = 0; l < p && state->reml; l++)
                here += state->pc[i * p + l] * state->px[j * p + l];
            state->u[i * k + j] += here;
        }
    }
}

static void add_designs(struct als_repeated_state *state, const struct seen *seen)
{
    size_t p = state->p;
    for (size_t i = 0; i < seen->k; i++) {
        for (size_t j = 0; j < seen->k; j++) {
            if (seen->visit[i] < seen->visit[j])
                continue;
            size_t e = repeated_pair(seen->visit[i], seen->visit[j]);
            const double *pi = state->px + i * p, *pj = state->px + j * p;
            double both = i == j ? 0.5 : 1, wi = state->pw[i], wj = state->pw[j];
            for (size_t a = 0; a < p; a++) {
                state->h_sum[e * p + a] += both * (pi[a] * wj + pj[a] * wi);
                for (size_t b = 0; b < p; b++)
                    state->q_sum[e * p * p + a * p + b] += both * (pi[a] * pj[b] + pj[a] * pi[b]);
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

/* Closes the subjects with the same visits: `count` of them have left their sum in u. */
static void add_pattern(struct als_repeated_state *state, const struct seen *seen, size_t count)
{
    size_t k = seen->k, m = state->m;
    const double *w = state->inverse, *u = state->u;
    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b <= a; b++) {
            size_t e = repeated_pair(seen->visit[a], seen->visit[b]);
            state->gradient[e] += (a == b ? 1 : 2) * ((double)count * w[a * k + b] - u[a * k + b]);
            for (size_t c = 0; c < k; c++) {
                for (size_t d = 0; d <= c; d++) {
                    size_t f = repeated_pair(seen->visit[c], seen->visit[d]);
                    state->curvature[e * m + f] +=
                        2 * trace(k, u, w, a, b, c, d) - (double)count * trace(k, w, w, a, b, c, d);
                }
            }
        }
    }
}

static void collect(struct als_repeated_state *state)
{
    size_t p = state->p, m = state->m, count = 0;
    memset(state->gradient, 0, m * sizeof(double));
    memset(state->curvature, 0, m * m * sizeof(double));
    memset(state->q_sum, 0, m * p * p * sizeof(double));
    memset(state->h_sum, 0, m * p * sizeof(double));
    for (size_t i = 0; i < state->n_subjects; i++) {
        struct seen seen = rows_of(state, state->order[i].subject);
        if (count == 0) {
            factor_part(state, &seen);
            small_invert(seen.k, state->part, state->inverse);
            memset(state->u, 0, seen.k * seen.k * sizeof(double));
        }
        add_terms(state, &seen);
        add_designs(state, &seen);
        count++;
        if (i + 1 == state->n_subjects || state->order[i].visits != state->order[i + 1].visits) {
            add_pattern(state, &seen, count);
            count = 0;
        }
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
    add_coupling(state, state->pw);
    repeated_fill_jacobian(state);
    to_theta(state);
}
