/* Least squares with several columns, by twice orthogonalised columns. */
#include "alstrack/stat/regress.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* A column whose part orthogonal to the earlier ones is below this share of it adds nothing. */
static const double COLLINEAR = 1e-10;

/* One column of length n in contiguous memory. */
static double dot(size_t n, const double *a, const double *b)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (long double)a[i] * b[i];
    return (double)sum;
}

static double largest(size_t n, const double *a)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(a[i]));
    return most;
}

/* Takes the first k orthonormal columns of q out of v, twice; adds what was taken to taken[0..k).
 */
static void orthogonalise(size_t n, size_t k, const double *q, double *v, double *taken)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t j = 0; j < k; j++) {
            double part = dot(n, q + j * n, v);
            taken[j] += part;
            for (size_t i = 0; i < n; i++)
                v[i] -= part * q[j * n + i];
        }
    }
}

size_t als_regress_workspace(size_t n, size_t p)
{
    return n * (p + 1) + p * p + 4 * p;
}

/* Complete rows as columns of q, values in v. */
static enum als_regress_status gather(size_t n, size_t p, const double *x, const double *y,
                                      double *q, double *v, size_t *used)
{
    *used = 0;
    for (size_t i = 0; i < n; i++) {
        if (isinf(y[i]))
            return ALS_REGRESS_NOT_FINITE;
        *used += isnan(y[i]) ? 0 : 1;
        for (size_t j = 0; j < p; j++)
            if (!isfinite(x[i * p + j]))
                return ALS_REGRESS_NOT_FINITE;
    }
    size_t row = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(y[i]))
            continue;
        v[row] = y[i];
        for (size_t j = 0; j < p; j++)
            q[j * *used + row] = x[i * p + j];
        row++;
    }
    return *used == 0 ? ALS_REGRESS_NO_DATA : *used < p ? ALS_REGRESS_TOO_FEW : ALS_REGRESS_OK;
}

struct als_regression als_regress_fit(size_t n, size_t p, const double *x, const double *y,
                                      double *work)
{
    struct als_regression fit = {.p = p, .df = NAN, .residual_sd = NAN};
    double *factor = work, *beta = factor + p * p, *column = beta + p, *scale = column + p;
    double *q = scale + 2 * p, *v = q + n * p;
    fit.status = gather(n, p, x, y, q, v, &fit.n);
    if (fit.status != ALS_REGRESS_OK)
        return fit;
    double rounding = largest(fit.n, v);
    memset(factor, 0, p * p * sizeof *factor);
    for (size_t j = 0; j < p; j++) {
        double *own = q + j * fit.n, before = sqrt(dot(fit.n, own, own));
        scale[j] = largest(fit.n, own);
        memset(column, 0, p * sizeof *column);
        orthogonalise(fit.n, j, q, own, column);
        double after = sqrt(dot(fit.n, own, own));
        if (!(after > COLLINEAR * before)) {
            fit.status = ALS_REGRESS_COLLINEAR;
            fit.column = j;
            return fit;
        }
        column[j] = after;
        for (size_t i = 0; i <= j; i++)
            factor[i * p + j] = column[i];
        for (size_t i = 0; i < fit.n; i++)
            own[i] /= after;
    }
    memset(beta, 0, p * sizeof *beta);
    orthogonalise(fit.n, p, q, v, beta);
    for (size_t j = p; j-- > 0;) {
        for (size_t k = j + 1; k < p; k++)
            beta[j] -= factor[j * p + k] * beta[k];
        beta[j] /= factor[j * p + j];
        rounding += fabs(beta[j]) * scale[j];
    }
    fit.beta = beta;
    fit.factor = factor;
    fit.df = (double)(fit.n - p);
    if (fit.n > p)
        fit.residual_sd =
            largest(fit.n, v) <= 2 * DBL_EPSILON * rounding ? 0 : sqrt(dot(fit.n, v, v) / fit.df);
    return fit;
}

struct als_estimate als_regress_contrast(const struct als_regression *fit,
                                         const double *combination, double *scratch)
{
    if (fit->status != ALS_REGRESS_OK)
        return als_no_estimate;
    double estimate = 0, sum = 0;
    for (size_t i = 0; i < fit->p; i++) { /* scratch = factor'^-1 c */
        estimate += combination[i] * fit->beta[i];
        scratch[i] = combination[i];
        for (size_t k = 0; k < i; k++)
            scratch[i] -= fit->factor[k * fit->p + i] * scratch[k];
        scratch[i] /= fit->factor[i * fit->p + i];
        sum += scratch[i] * scratch[i];
    }
    return als_estimate_make(estimate, fit->residual_sd * sqrt(sum), fit->df);
}

const char *als_regress_reason(enum als_regress_status status)
{
    static const char *const reasons[] = {
        [ALS_REGRESS_OK] = "",
        [ALS_REGRESS_NO_DATA] = "no values",
        [ALS_REGRESS_TOO_FEW] = "fewer values than coefficients",
        [ALS_REGRESS_NOT_FINITE] = "a value is not finite",
        [ALS_REGRESS_COLLINEAR] = "a column is a combination of others",
    };
    return reasons[status];
}
