/* The restricted or full likelihood of a mixed model at one point, and its derivatives. */
#include <math.h>
#include <string.h>

#include "lmm_state.h"
#include "small.h"

static const double LOG_TWO_PI = 1.8378770664093454836;

/* T and the determinant of M for one subject. */
LMM_INLINE double factor_subject(const size_t q, const double *a, const double *l,
                                 double t[LMM_Q * LMM_Q])
{
    double al[LMM_Q * LMM_Q] = {0}, m[LMM_Q * LMM_Q] = {0}, determinant = 1;
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j < q; j++) {
            al[i * q + j] = 0;
            for (size_t k = j; k < q; k++)
                al[i * q + j] += a[lmm_pair(i, k)] * l[k * q + j];
        }
    }
    for (size_t j = 0; j < q; j++) {
        for (size_t i = j; i < q; i++) {
            double sum = i == j;
            for (size_t k = i; k < q; k++)
                sum += l[k * q + i] * al[k * q + j];
            for (size_t k = 0; k < j; k++)
                sum -= m[i * q + k] * m[j * q + k];
            m[i * q + j] = i == j ? sqrt(sum) : sum / m[j * q + j];
        }
        determinant *= m[j * q + j];
    }
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j < q; j++) {
            double sum = j <= i ? l[i * q + j] : 0;
            for (size_t k = 0; k < j; k++)
                sum -= t[i * q + k] * m[j * q + k];
            t[i * q + j] = sum / m[j * q + j];
        }
    }
    return determinant * determinant;
}

/* Takes the random part out of C, of X'y and of y'y; returns the sum of ln|M|. */
LMM_INLINE double reduce(struct als_lmm_state *state, const size_t q, const size_t p, double *quad)
{
    const size_t m = q * (q + 1) / 2;
    double *restrict c = state->c_factor, *restrict b = state->beta, *restrict tx = state->scratch;
    double l[LMM_Q * LMM_Q], log_sum = 0, product = 1;
    memcpy(l, state->l, sizeof l);
    for (size_t subject = 0; subject < state->n_subjects; subject++) {
        const double *a = state->records + subject * state->stride;
        const double *zy = a + m, *zx = zy + q;
        double t[LMM_Q * LMM_Q];
        product *= factor_subject(q, a, l, t);
        if (product > 1e200) { /* one logarithm for many subjects */
            log_sum += log(product);
            product = 1;
        }
        for (size_t k = 0; k < q; k++) {
            double ty = 0;
            for (size_t i = 0; i < q; i++)
                ty += t[i * q + k] * zy[i];
            for (size_t j = 0; j < p; j++) {
                double sum = 0;
                for (size_t i = 0; i < q; i++)
                    sum += t[i * q + k] * zx[i * p + j];
                tx[j] = sum;
            }
            for (size_t i = 0; i < p; i++) {
                for (size_t j = 0; j <= i; j++)
                    c[i * p + j] -= tx[i] * tx[j];
                b[i] -= tx[i] * ty;
            }
            *quad -= ty * ty;
        }
    }
    return log_sum + log(product);
}

bool lmm_evaluate(struct als_lmm_state *state)
{
    size_t p = state->p;
    double log_sum, quad = state->yy;
    memcpy(state->c_factor, state->xx, p * p * sizeof(double));
    memcpy(state->beta, state->xy, p * sizeof(double));
#define REDUCE(q, p) log_sum = reduce(state, q, p, &quad)
    LMM_BY_SIZE(state, REDUCE);
#undef REDUCE
    if (!small_cholesky(p, state->c_factor, 0, NULL))
        return false;
    double *half = state->scratch;
    memcpy(half, state->beta, p * sizeof(double));
    small_solve_lower(p, state->c_factor, half);
    for (size_t i = 0; i < p; i++)
        quad -= half[i] * half[i];
    small_solve(p, state->c_factor, state->beta);
    small_invert(p, state->c_factor, state->c_inverse);
    if (!(quad > 0))
        return false;
    state->quad = quad;
    state->objective = log_sum + state->dof * (log(quad / state->dof) + 1 + LOG_TWO_PI);
    if (state->reml)
        state->objective +=
            small_log_determinant(p, state->c_factor) + small_log_determinant(p, state->x_factor);
    return isfinite(state->objective);
}

/* K, k and K C^-1 of one subject into scratch space, B by value. */
struct subject_terms {
    double b[LMM_M], r[LMM_Q];
    double *k, *kc; /* q x p */
};

LMM_INLINE void subject_terms(struct als_lmm_state *state, const size_t q, const size_t p,
                              const double *a, struct subject_terms *out)
{
    const size_t m = q * (q + 1) / 2;
    const double *zy = a + m, *zx = zy + q;
    double t[LMM_Q * LMM_Q], at[LMM_Q * LMM_Q] = {0}, shrink[LMM_Q * LMM_Q] = {0}, raw[LMM_Q];
    factor_subject(q, a, state->l, t);
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j < q; j++) {
            at[i * q + j] = 0;
            for (size_t k = 0; k < q; k++)
                at[i * q + j] += a[lmm_pair(i, k)] * t[k * q + j];
        }
        raw[i] = zy[i];
        for (size_t j = 0; j < p; j++)
            raw[i] -= zx[i * p + j] * state->beta[j];
    }
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j < q; j++) { /* I - A W */
            shrink[i * q + j] = i == j;
            for (size_t k = 0; k < q; k++)
                shrink[i * q + j] -= at[i * q + k] * t[j * q + k];
        }
        for (size_t j = 0; j <= i; j++) {
            double sum = a[lmm_pair(i, j)];
            for (size_t k = 0; k < q; k++)
                sum -= at[i * q + k] * at[j * q + k];
            out->b[lmm_pair(i, j)] = sum;
        }
    }
    for (size_t i = 0; i < q; i++) {
        out->r[i] = 0;
        for (size_t k = 0; k < q; k++)
            out->r[i] += shrink[i * q + k] * raw[k];
        for (size_t j = 0; j < p; j++) {
            double sum = 0;
            for (size_t k = 0; k < q; k++)
                sum += shrink[i * q + k] * zx[k * p + j];
            out->k[i * p + j] = sum;
        }
    }
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j < p; j++) {
            double sum = 0;
            for (size_t k = 0; k < p; k++)
                sum += out->k[i * p + k] * state->c_inverse[k * p + j];
            out->kc[i * p + j] = sum;
        }
    }
}

LMM_INLINE void add_designs(struct als_lmm_state *state, const size_t q, const size_t p,
                            const struct subject_terms *terms)
{
    for (size_t a = 0; a < q; a++) {
        for (size_t b = 0; b <= a; b++) {
            const double *ka = terms->k + a * p, *kb = terms->k + b * p;
            double *sum = state->q_sum + lmm_pair(a, b) * p * p;
            double *h = state->h_sum + lmm_pair(a, b) * p;
            double ra = terms->r[a], rb = a == b ? 0 : terms->r[b], once = a == b ? 0.5 : 1;
            for (size_t i = 0; i < p; i++) {
                h[i] += ka[i] * (a == b ? ra : rb) + (a == b ? 0 : kb[i] * ra);
                for (size_t j = 0; j <= i; j++)
                    sum[i * p + j] += once * (ka[i] * kb[j] + kb[i] * ka[j]);
            }
        }
    }
}

LMM_INLINE void add_all(struct als_lmm_state *state, const size_t q, const size_t p, double weight)
{
    const size_t m = q * (q + 1) / 2;
    struct subject_terms terms = {.k = state->scratch, .kc = state->scratch + q * p};
    for (size_t subject = 0; subject < state->n_subjects; subject++) {
        subject_terms(state, q, p, state->records + subject * state->stride, &terms);
        double u[LMM_M] = {0};
        for (size_t a = 0; a < q; a++) {
            for (size_t b = 0; b <= a; b++) {
                size_t ab = lmm_pair(a, b);
                double y = 0, kk = terms.r[a] * terms.r[b];
                for (size_t j = 0; j < p; j++)
                    y += terms.kc[a * p + j] * terms.k[b * p + j];
                state->b_sum[ab] += terms.b[ab];
                state->y_sum[ab] += y;
                state->kk_sum[ab] += kk;
                u[ab] = (state->reml ? y : 0) + weight * kk;
            }
        }
        for (size_t e = 0; e < m; e++) {
            for (size_t f = 0; f < m; f++) {
                state->bb[e * m + f] += terms.b[e] * terms.b[f];
                state->ub[e * m + f] += u[e] * terms.b[f];
            }
        }
        add_designs(state, q, p, &terms);
    }
}

void lmm_subject(struct als_lmm_state *state, size_t subject, struct lmm_subject *out)
{
    const double *record = state->records + subject * state->stride;
    struct subject_terms terms = {.k = state->scratch, .kc = state->scratch + state->q * state->p};
#define TERMS(q, p)                                                                                \
    (factor_subject(q, record, state->l, out->t), subject_terms(state, q, p, record, &terms))
    LMM_BY_SIZE(state, TERMS);
#undef TERMS
    memcpy(out->r, terms.r, sizeof out->r);
    out->k = terms.k;
}

double lmm_trace(const struct als_lmm_state *state, const double *products, size_t ab, size_t cd)
{
    size_t a = ab < 1 ? 0 : ab < 3 ? 1 : 2, c = cd < 1 ? 0 : cd < 3 ? 1 : 2;
    size_t b = ab - a * (a + 1) / 2, d = cd - c * (c + 1) / 2, m = state->m;
    double sum = products[lmm_pair(d, a) * m + lmm_pair(b, c)];
    if (a != b)
        sum += products[lmm_pair(d, b) * m + lmm_pair(a, c)];
    if (c != d)
        sum += products[lmm_pair(c, a) * m + lmm_pair(b, d)];
    if (a != b && c != d)
        sum += products[lmm_pair(c, b) * m + lmm_pair(a, d)];
    return sum;
}

double lmm_information(struct als_lmm_state *state, size_t e, size_t f)
{
    size_t p = state->p;
    double *left = state->scratch, trace = 0; /* C^-1 Q_e */
    const double *qe = state->q_sum + e * p * p, *qf = state->q_sum + f * p * p;
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j < p; j++) {
            left[i * p + j] = 0;
            for (size_t k = 0; k < p; k++)
                left[i * p + j] += state->c_inverse[i * p + k] * qe[k * p + j];
        }
    }
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j < p; j++) {
            double right = 0; /* (C^-1 Q_f)_ji */
            for (size_t k = 0; k < p; k++)
                right += state->c_inverse[j * p + k] * qf[k * p + i];
            trace += left[i * p + j] * right;
        }
    }
    return trace;
}

static double bilinear(size_t n, const double *u, const double *a, const double *v)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += u[i] * a[i * n + j] * v[j];
    return sum;
}

void lmm_collect(struct als_lmm_state *state, double weight)
{
    size_t p = state->p, m = state->m;
    memset(state->b_sum, 0, sizeof state->b_sum);
    memset(state->y_sum, 0, sizeof state->y_sum);
    memset(state->kk_sum, 0, sizeof state->kk_sum);
    memset(state->bb, 0, sizeof state->bb);
    memset(state->ub, 0, sizeof state->ub);
    memset(state->q_sum, 0, m * p * p * sizeof(double));
    memset(state->h_sum, 0, m * p * sizeof(double));
#define ADD_ALL(q, p) add_all(state, q, p, weight)
    LMM_BY_SIZE(state, ADD_ALL);
#undef ADD_ALL
    for (size_t e = 0; e < m; e++)
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < i; j++)
                state->q_sum[e * p * p + j * p + i] = state->q_sum[e * p * p + i * p + j];
}

void lmm_differentiate(struct als_lmm_state *state)
{
    size_t p = state->p, m = state->m;
    double weight = state->dof / state->quad;
    lmm_collect(state, weight);
    for (size_t a = 0; a < state->q; a++) {
        for (size_t b = 0; b <= a; b++) {
            size_t e = lmm_pair(a, b);
            double both = a == b ? 1 : 2;
            state->quad_slope[e] = -both * state->kk_sum[e];
            state->gradient[e] = both * (state->b_sum[e] - (state->reml ? state->y_sum[e] : 0)) +
                                 weight * state->quad_slope[e];
        }
    }
    for (size_t e = 0; e < m; e++) {
        for (size_t f = 0; f <= e; f++) {
            double value =
                2 * lmm_trace(state, state->ub, e, f) - lmm_trace(state, state->bb, e, f) -
                2 * weight *
                    bilinear(p, state->h_sum + e * p, state->c_inverse, state->h_sum + f * p);
            if (state->reml)
                value -= lmm_information(state, e, f);
            state->curvature[e * m + f] = state->curvature[f * m + e] = value;
        }
    }
}
