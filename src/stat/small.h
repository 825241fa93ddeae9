/*
 * Dense linear algebra for the few rows and columns of a model: row-major, sizes known to be small,
 * no allocation.
 */
#ifndef ALSTRACK_STAT_SMALL_H
#define ALSTRACK_STAT_SMALL_H

#include <stdbool.h>
#include <stddef.h>

/* Lower factor of the symmetric matrix a, in place; the part above the diagonal becomes 0. Fails
 * when a pivot is not above tolerance times the diagonal it started from; *column (may be NULL) is
 * then that pivot. */
bool small_cholesky(size_t n, double *a, double tolerance, size_t *column);

double small_log_determinant(size_t n, const double *factor); /* of factor factor' */

void small_solve_lower(size_t n, const double *factor, double *b); /* b := factor^-1 b */
void small_solve_lower_transposed(size_t n, const double *factor, double *b);
void small_solve(size_t n, const double *factor, double *b); /* b := (factor factor')^-1 b */

/* inverse := (factor factor')^-1 */
void small_invert(size_t n, const double *factor, double *inverse);

/* Eigenvalues and vectors (columns of `vectors`) of the symmetric matrix a, which is overwritten,
 * by Jacobi rotations. */
void small_eigen(size_t n, double *a, double *values, double *vectors);

#endif
