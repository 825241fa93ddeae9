/* Cholesky factors and eigenvalues of small symmetric matrices. */
#include "small.h"

#include <float.h>
#include <math.h>

enum { JACOBI_SWEEPS = 60 };

bool small_cholesky(size_t n, double *a, double tolerance, size_t *column)
{
    for (size_t j = 0; j < n; j++) {
        double pivot = a[j * n + j];
        for (size_t k = 0; k < j; k++)
            pivot -= a[j * n + k] * a[j * n + k];
        if (!(pivot > tolerance * a[j * n + j])) {
            if (column)
                *column = j;
            return false;
        }
        double root = sqrt(pivot);
        a[j * n + j] = root;
        for (size_t i = j + 1; i < n; i++) {
            double sum = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = sum / root;
            a[j * n + i] = 0;
        }
    }
    return true;
}

double small_log_determinant(size_t n, const double *factor)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += 2 * log(factor[i * n + i]);
    return sum;
}

void small_solve_lower(size_t n, const double *factor, double *b)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= factor[i * n + k] * b[k];
        b[i] /= factor[i * n + i];
    }
}

void small_solve_lower_transposed(size_t n, const double *factor, double *b)
{
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            b[i] -= factor[k * n + i] * b[k];
        b[i] /= factor[i * n + i];
    }
}

void small_solve(size_t n, const double *factor, double *b)
{
    small_solve_lower(n, factor, b);
    small_solve_lower_transposed(n, factor, b);
}

void small_invert(size_t n, const double *factor, double *inverse)
{
    for (size_t i = 0; i < n; i++) {
        double *row = inverse + i * n;
        for (size_t j = 0; j < n; j++)
            row[j] = i == j;
        small_solve(n, factor, row);
    }
}

/* One rotation in the plane (i, j) that makes a[i][j] zero. */
static void rotate(size_t n, double *a, double *vectors, size_t i, size_t j)
{
    double off = a[i * n + j];
    double ratio = (a[j * n + j] - a[i * n + i]) / (2 * off);
    double tangent = copysign(1, ratio) / (fabs(ratio) + hypot(1, ratio));
    double cosine = 1 / hypot(1, tangent), sine = tangent * cosine;
    for (size_t k = 0; k < n; k++) {
        double left = a[k * n + i], right = a[k * n + j];
        a[k * n + i] = cosine * left - sine * right;
        a[k * n + j] = sine * left + cosine * right;
    }
    for (size_t k = 0; k < n; k++) {
        double left = a[i * n + k], right = a[j * n + k];
        a[i * n + k] = cosine * left - sine * right;
        a[j * n + k] = sine * left + cosine * right;
        left = vectors[k * n + i];
        right = vectors[k * n + j];
        vectors[k * n + i] = cosine * left - sine * right;
        vectors[k * n + j] = sine * left + cosine * right;
    }
}

void small_eigen(size_t n, double *a, double *values, double *vectors)
{
    for (size_t i = 0; i < n * n; i++)
        vectors[i] = i % (n + 1) == 0;
    for (int sweep = 0; sweep < JACOBI_SWEEPS; sweep++) {
        double off = 0, all = 0;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                all += a[i * n + j] * a[i * n + j];
                off += i == j ? 0 : a[i * n + j] * a[i * n + j];
            }
        }
        if (!(off > DBL_EPSILON * DBL_EPSILON * 1e-4 * all))
            break;
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                if (a[i * n + j] != 0)
                    rotate(n, a, vectors, i, j);
    }
    for (size_t i = 0; i < n; i++)
        values[i] = a[i * n + i];
}
