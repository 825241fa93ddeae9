/* The sums of a mixed model, collected in two passes over the observations. */
#include <math.h>
#include <string.h>

#include "lmm_state.h"
#include "small.h"

/* A column whose part orthogonal to the earlier ones is below this share of it adds nothing. */
static const double COLLINEAR = 1e-13;
/* The same within subjects, after differences have cost digits. */
static const double LITTLE = 1e-9;

size_t als_lmm_workspace(size_t n_subjects, size_t p, size_t q)
{
    size_t m = q * (q + 1) / 2;
    size_t doubles = n_subjects * (m + q + q * p) + 8 * p * p + 6 * p + m * (p * p + p) + 4 * q * p;
    return sizeof(struct als_lmm_state) + doubles * sizeof(double);
}

static double *take(double **free_space, size_t n)
{
    double *taken = *free_space;
    *free_space += n;
    return taken;
}

struct als_lmm_state *lmm_state_place(void *work, size_t n_subjects, size_t p, size_t q)
{
    memset(work, 0, als_lmm_workspace(n_subjects, p, q));
    struct als_lmm_state *state = work;
    double *space = (double *)(state + 1);
    state->n_subjects = n_subjects;
    state->p = p;
    state->q = q;
    state->m = q * (q + 1) / 2;
    state->stride = state->m + q + q * p;
    state->records = take(&space, n_subjects * state->stride);
    state->xx = take(&space, p * p);
    state->x_factor = take(&space, p * p);
    state->c_factor = take(&space, p * p);
    state->c_inverse = take(&space, p * p);
    state->out_covariance = take(&space, p * p);
    state->within_xx = take(&space, p * p);
    state->within_xy = take(&space, p);
    state->xy = take(&space, p);
    state->ols_beta = take(&space, p);
    state->beta = take(&space, p);
    state->out_beta = take(&space, p);
    state->q_sum = take(&space, state->m * p * p);
    state->h_sum = take(&space, state->m * p);
    state->scratch = take(&space, 4 * q * p + 2 * p * p + p);
    return state;
}

/* Sums side by side, since each addition waits for the one before it. */
static bool all_finite(const double *values, size_t n)
{
    enum { SIDES = 8 };
    double sum[SIDES] = {0}, all = 0;
    size_t i = 0;
    for (; i + SIDES <= n; i += SIDES)
        for (size_t k = 0; k < SIDES; k++)
            sum[k] += values[i + k] * 0;
    for (; i < n; i++)
        all += values[i] * 0;
    for (size_t k = 0; k < SIDES; k++)
        all += sum[k];
    return all == 0;
}

/* First pass: cross-products of the columns, from which the transformations come. */
LMM_INLINE void cross_products(struct als_lmm_state *state, const struct als_lmm_data *data,
                               const size_t q, const size_t p)
{
    double *restrict xx = state->x_factor, *restrict xy = state->xy;
    double zz[LMM_Q * LMM_Q] = {0}, yy = 0;
    double share = 1 / (double)state->n;
    for (size_t row = 0; row < state->n; row++) {
        const double *restrict x = data->x + row * p, *z = data->z + row * q;
        const double y = data->y[row];
        for (size_t i = 0; i < p; i++) {
            for (size_t j = 0; j <= i; j++)
                xx[i * p + j] += x[i] * x[j] * share;
            xy[i] += x[i] * y * share;
        }
        for (size_t i = 0; i < q; i++)
            for (size_t j = 0; j <= i; j++)
                zz[i * q + j] += z[i] * z[j] * share;
        yy += y * y;
    }
    memcpy(state->z_factor, zz, sizeof zz);
    state->y_scale = yy;
}

static bool factor_random(struct als_lmm_state *state, enum als_lmm_structure structure)
{
    size_t q = state->q;
    if (structure == ALS_LMM_UNSTRUCTURED)
        return small_cholesky(q, state->z_factor, COLLINEAR, NULL);
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j < i; j++)
            state->z_factor[i * q + j] = 0;
        state->z_factor[i * q + i] = sqrt(state->z_factor[i * q + i]);
        if (!(state->z_factor[i * q + i] > 0))
            return false;
    }
    return true;
}

static void choose_free(struct als_lmm_state *state, enum als_lmm_structure structure)
{
    state->n_free = 0;
    for (size_t row = 0; row < state->q; row++) {
        for (size_t column = 0; column <= row; column++) {
            if (structure == ALS_LMM_DIAGONAL && column != row)
                continue;
            state->free_row[state->n_free] = row;
            state->free_column[state->n_free++] = column;
        }
    }
}

/* Takes one subject's own regression on Z out of the sums within subjects, by elimination; returns
 * the rank of its Z. */
LMM_INLINE size_t take_out_subject(struct als_lmm_state *state, const size_t q, const size_t p,
                                   const double *record)
{
    size_t rank = 0;
    double a[LMM_Q * LMM_Q] = {0}, b[LMM_Q], *rows = state->scratch;
    memcpy(rows, record + state->m + q, q * p * sizeof *rows);
    for (size_t i = 0; i < q; i++) {
        b[i] = record[state->m + i];
        for (size_t j = 0; j < q; j++)
            a[i * q + j] = record[lmm_pair(i, j)];
    }
    for (size_t j = 0; j < q; j++) {
        double pivot = a[j * q + j], *own = rows + j * p;
        if (!(pivot > LITTLE * record[lmm_pair(j, j)]))
            continue;
        rank++;
        state->within_yy -= b[j] * b[j] / pivot;
        for (size_t k = 0; k < p; k++) {
            state->within_xy[k] -= own[k] * b[j] / pivot;
            for (size_t l = 0; l <= k; l++)
                state->within_xx[k * p + l] -= own[k] * own[l] / pivot;
        }
        for (size_t i = j + 1; i < q; i++) {
            double ratio = a[i * q + j] / pivot;
            b[i] -= ratio * b[j];
            for (size_t k = j; k < q; k++)
                a[i * q + k] -= ratio * a[j * q + k];
            for (size_t k = 0; k < p; k++)
                rows[i * p + k] -= ratio * own[k];
        }
    }
    return rank;
}

/* Do X and every subject's own Z together leave a residual? If they fit the data exactly the
 * likelihood has no bound. */
static enum als_lmm_status check_residual(struct als_lmm_state *state)
{
    size_t p = state->p, rank = 0;
    double *xx = state->within_xx, *xy = state->within_xy;
    for (size_t j = 0; j < p; j++) {
        double pivot = xx[j * p + j];
        if (!(pivot > LITTLE * (double)state->n))
            continue;
        rank++;
        state->within_yy -= xy[j] * xy[j] / pivot;
        for (size_t i = j + 1; i < p; i++) {
            double ratio = xx[i * p + j] / pivot;
            xy[i] -= ratio * xy[j];
            for (size_t k = j + 1; k <= i; k++)
                xx[i * p + k] -= ratio * xx[k * p + j];
        }
    }
    if (state->yy <= 1e-26 * state->y_scale)
        return ALS_LMM_EXACT;
    if (state->within_df == 0)
        return ALS_LMM_OK;
    if (state->within_df <= rank)
        return ALS_LMM_TOO_FEW;
    return state->within_yy <= 1e-13 * state->yy ? ALS_LMM_EXACT : ALS_LMM_OK;
}

/* b := factor^-1 b, with the diagonal's reciprocals at hand. */
LMM_INLINE void solve_row(const size_t n, const double *restrict factor,
                          const double *restrict reciprocal, double *restrict b)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= factor[i * n + k] * b[k];
        b[i] *= reciprocal[i];
    }
}

static void invert_diagonal(size_t n, const double *factor, double *reciprocal)
{
    for (size_t i = 0; i < n; i++)
        reciprocal[i] = 1 / factor[i * n + i];
}

/* Second pass, one subject. */
LMM_INLINE void add_subject(struct als_lmm_state *state, const struct als_lmm_data *data,
                            size_t subject, const size_t q, const size_t p)
{
    double *restrict record = state->records + subject * state->stride;
    double *restrict zy = record + state->m, *restrict zx = zy + q;
    double *restrict x = state->scratch, *restrict reciprocal = x + p, z[LMM_Q],
                     z_reciprocal[LMM_Q];
    double *restrict xx = state->xx, *restrict xy = state->xy, yy = state->yy;
    invert_diagonal(p, state->x_factor, reciprocal);
    invert_diagonal(q, state->z_factor, z_reciprocal);
    for (size_t row = data->first[subject]; row < data->first[subject + 1]; row++) {
        memcpy(x, data->x + row * p, p * sizeof *x);
        memcpy(z, data->z + row * q, q * sizeof *z);
        solve_row(p, state->x_factor, reciprocal, x);
        solve_row(q, state->z_factor, z_reciprocal, z);
        double y = data->y[row];
        for (size_t i = 0; i < p; i++)
            y -= x[i] * state->ols_beta[i];
        for (size_t i = 0; i < p; i++) {
            xy[i] += x[i] * y;
            for (size_t j = 0; j <= i; j++)
                xx[i * p + j] += x[i] * x[j];
        }
        for (size_t i = 0; i < q; i++) {
            for (size_t j = 0; j <= i; j++)
                record[lmm_pair(i, j)] += z[i] * z[j];
            zy[i] += z[i] * y;
            for (size_t j = 0; j < p; j++)
                zx[i * p + j] += z[i] * x[j];
        }
        yy += y * y;
    }
    state->yy = yy;
}

LMM_INLINE void add_subjects(struct als_lmm_state *state, const struct als_lmm_data *data,
                             const size_t q, const size_t p)
{
    for (size_t subject = 0; subject < state->n_subjects; subject++) {
        add_subject(state, data, subject, q, p);
        const size_t rows = data->first[subject + 1] - data->first[subject];
        state->within_df +=
            rows - take_out_subject(state, q, p, state->records + subject * state->stride);
    }
}

/* With perfectly correlated random effects each subject's own part is one number times a direction
 * that all share. When those, the fixed effects and the direction can fit any data exactly, the
 * likelihood does not bound the residual variance from below. */
static bool is_fitted_by_a_line(const struct als_lmm_state *state, const struct als_lmm_data *data)
{
    size_t subjects = 0;
    for (size_t i = 0; i < data->n_subjects; i++)
        subjects += data->first[i + 1] > data->first[i];
    return state->q > 1 && state->n <= subjects + state->p + state->q - 1;
}

enum als_lmm_status lmm_state_fill(struct als_lmm_state *state, const struct als_lmm_data *data,
                                   enum als_lmm_structure structure, size_t *column)
{
    size_t p = state->p;
    state->n = data->first[data->n_subjects];
    if (state->n == 0)
        return ALS_LMM_NO_DATA;
    if (!all_finite(data->y, state->n) || !all_finite(data->x, state->n * p) ||
        !all_finite(data->z, state->n * state->q))
        return ALS_LMM_NOT_FINITE;
#define CROSS_PRODUCTS(q, p) cross_products(state, data, q, p)
    LMM_BY_SIZE(state, CROSS_PRODUCTS);
#undef CROSS_PRODUCTS
    if (!small_cholesky(p, state->x_factor, COLLINEAR, column))
        return ALS_LMM_COLLINEAR;
    if (state->n <= p)
        return ALS_LMM_TOO_FEW;
    if (!factor_random(state, structure))
        return ALS_LMM_NOT_IDENTIFIABLE;
    choose_free(state, structure);
    memcpy(state->ols_beta, state->xy, p * sizeof *state->xy);
    small_solve_lower(p, state->x_factor, state->ols_beta);
    memset(state->xy, 0, p * sizeof *state->xy);
#define ADD_SUBJECTS(q, p) add_subjects(state, data, q, p)
    LMM_BY_SIZE(state, ADD_SUBJECTS);
#undef ADD_SUBJECTS
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < i; j++)
            state->xx[j * p + i] = state->xx[i * p + j];
    for (size_t i = 0; i < p * p; i++)
        state->within_xx[i] += state->xx[i];
    for (size_t i = 0; i < p; i++)
        state->within_xy[i] += state->xy[i];
    state->within_yy += state->yy;
    enum als_lmm_status status = check_residual(state);
    if (status == ALS_LMM_OK && is_fitted_by_a_line(state, data))
        status = ALS_LMM_TOO_FEW;
    return status;
}
