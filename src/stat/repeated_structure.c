/* Covariance structures of repeated measures: S, its derivatives and where to start. */
#include <math.h>
#include <string.h>

#include "repeated_state.h"
#include "small.h"

/* All but the unstructured are s_a s_b r(|a - b|): the logarithms of the standard deviations come
 * first in theta, then the correlations. */
enum correlation { PER_GAP, POWER, ONE };

static const struct {
    const char *name;
    bool heterogeneous;
    enum correlation correlation;
} shapes[] = {
    [ALS_REPEATED_UNSTRUCTURED] = {"unstructured (UN)", true, PER_GAP},
    [ALS_REPEATED_TOEPLITZ_H] = {"heterogeneous Toeplitz (TOEPH)", true, PER_GAP},
    [ALS_REPEATED_AUTOREGRESSIVE_H] = {"heterogeneous autoregressive (ARH1)", true, POWER},
    [ALS_REPEATED_SYMMETRY_H] = {"heterogeneous compound symmetry (CSH)", true, ONE},
    [ALS_REPEATED_TOEPLITZ] = {"Toeplitz (TOEP)", false, PER_GAP},
    [ALS_REPEATED_AUTOREGRESSIVE] = {"autoregressive (AR1)", false, POWER},
    [ALS_REPEATED_SYMMETRY] = {"compound symmetry (CS)", false, ONE},
};

const char *als_repeated_structure_name(enum als_repeated_structure structure)
{
    return shapes[structure].name;
}

bool als_repeated_is_heterogeneous(enum als_repeated_structure structure)
{
    return shapes[structure].heterogeneous;
}

static size_t deviations(const struct als_repeated_state *state)
{
    return shapes[state->structure].heterogeneous ? state->n_visits : 1;
}

static size_t correlations(const struct als_repeated_state *state)
{
    if (shapes[state->structure].correlation == PER_GAP || state->n_visits == 1)
        return state->n_visits - 1;
    return 1;
}

size_t repeated_n_theta(const struct als_repeated_state *state)
{
    if (state->structure == ALS_REPEATED_UNSTRUCTURED)
        return state->m;
    return deviations(state) + correlations(state);
}

/* One entry of S over the visits a > b or a = b, and what it hangs on. */
struct entry {
    size_t a, b, correlation; /* places in theta; the latter only for a > b */
    double scale;             /* s_a s_b */
    double r, slope, bend;    /* correlation and its derivatives */
};

static struct entry entry_of(const struct als_repeated_state *state, size_t a, size_t b)
{
    size_t gap = a - b;
    bool heterogeneous = shapes[state->structure].heterogeneous;
    struct entry entry = {.a = heterogeneous ? a : 0,
                          .b = heterogeneous ? b : 0,
                          .correlation = deviations(state),
                          .r = 1};
    entry.scale = exp(state->theta[entry.a] + state->theta[entry.b]);
    if (gap == 0)
        return entry;
    if (shapes[state->structure].correlation == PER_GAP)
        entry.correlation += gap - 1;
    double rho = state->theta[entry.correlation];
    entry.r = rho;
    entry.slope = 1;
    if (shapes[state->structure].correlation == POWER && gap > 1) {
        entry.r = pow(rho, (double)gap);
        entry.slope = (double)gap * pow(rho, (double)(gap - 1));
        entry.bend = (double)(gap * (gap - 1)) * pow(rho, (double)(gap - 2));
    }
    return entry;
}

void repeated_fill_covariance(struct als_repeated_state *state)
{
    size_t n = state->n_visits;
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;
            if (state->structure == ALS_REPEATED_UNSTRUCTURED) {
                for (size_t k = 0; k <= b; k++)
                    sum += state->theta[repeated_pair(a, k)] * state->theta[repeated_pair(b, k)];
            } else {
                struct entry entry = entry_of(state, a, b);
                sum = entry.scale * entry.r;
            }
            state->s[a * n + b] = state->s[b * n + a] = sum;
        }
    }
}

void repeated_fill_jacobian(struct als_repeated_state *state)
{
    size_t n = state->n_visits, t = state->n_theta;
    memset(state->jacobian, 0, state->m * t * sizeof(double));
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b <= a; b++) {
            double *row = state->jacobian + repeated_pair(a, b) * t;
            if (state->structure == ALS_REPEATED_UNSTRUCTURED) {
                for (size_t k = 0; k <= b; k++) {
                    row[repeated_pair(a, k)] += state->theta[repeated_pair(b, k)];
                    row[repeated_pair(b, k)] += state->theta[repeated_pair(a, k)];
                }
                continue;
            }
            struct entry entry = entry_of(state, a, b);
            row[entry.a] += entry.scale * entry.r;
            row[entry.b] += entry.scale * entry.r;
            if (a != b)
                row[entry.correlation] += entry.scale * entry.slope;
        }
    }
}

/* S is quadratic in its factor. */
static void bend_factor(struct als_repeated_state *state)
{
    size_t n = state->n_visits, t = state->n_theta;
    for (size_t column = 0; column < n; column++)
        for (size_t r = column; r < n; r++)
            for (size_t s = column; s < n; s++)
                state->theta_hessian[repeated_pair(r, column) * t + repeated_pair(s, column)] +=
                    (r == s ? 2 : 1) * state->gradient[repeated_pair(r, s)];
}

void repeated_add_bending(struct als_repeated_state *state)
{
    if (state->structure == ALS_REPEATED_UNSTRUCTURED) {
        bend_factor(state);
        return;
    }
    size_t t = state->n_theta;
    double *h = state->theta_hessian;
    for (size_t a = 0; a < state->n_visits; a++) {
        for (size_t b = 0; b <= a; b++) {
            struct entry e = entry_of(state, a, b);
            double weight = state->gradient[repeated_pair(a, b)] * e.scale;
            const size_t ends[] = {e.a, e.b};
            for (size_t i = 0; i < 2; i++)
                for (size_t j = 0; j < 2; j++)
                    h[ends[i] * t + ends[j]] += weight * e.r;
            if (a == b)
                continue;
            for (size_t i = 0; i < 2; i++) {
                h[ends[i] * t + e.correlation] += weight * e.slope;
                h[e.correlation * t + ends[i]] += weight * e.slope;
            }
            h[e.correlation * t + e.correlation] += weight * e.bend;
        }
    }
}

/* ---------------------------------------------------------------- start */

/* Correlation of residuals of visits that are so far apart, over the pairs seen; NAN: none. */
static double correlation_of(const struct repeated_moments *moments, size_t n, double variance,
                             size_t least, size_t most)
{
    double sum = 0, scale = 0;
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b + least <= a; b++) {
            if (a - b > most)
                continue;
            double own =
                variance > 0 ? variance : sqrt(moments->s[a * n + a] * moments->s[b * n + b]);
            sum += moments->seen[a * n + b] * moments->s[a * n + b];
            scale += moments->seen[a * n + b] * own;
        }
    }
    return scale > 0 ? sum / scale : NAN;
}

bool repeated_pairs_suffice(const struct als_repeated_state *state,
                            const struct repeated_moments *moments, size_t *visit_a,
                            size_t *visit_b)
{
    size_t n = state->n_visits;
    enum correlation correlation = shapes[state->structure].correlation;
    bool any = n == 1;
    for (size_t gap = 1; gap < n; gap++) {
        bool seen = false;
        for (size_t a = gap; a < n; a++) {
            bool here = moments->seen[a * n + a - gap] > 0;
            *visit_a = a - gap;
            *visit_b = a;
            if (!here && state->structure == ALS_REPEATED_UNSTRUCTURED)
                return false;
            seen |= here;
        }
        if (!seen && correlation == PER_GAP)
            return false;
        any |= seen;
    }
    return any;
}

static void start_scaled(struct als_repeated_state *state, const struct repeated_moments *moments,
                         enum repeated_from from, double share)
{
    size_t n = state->n_visits, own = deviations(state);
    double variance = 0, count = 0;
    for (size_t a = 0; a < n; a++) {
        variance += moments->seen[a * n + a] * moments->s[a * n + a];
        count += moments->seen[a * n + a];
        state->theta[own == 1 ? 0 : a] = log(moments->s[a * n + a]) / 2;
    }
    variance = own == 1 ? variance / count : 0;
    if (own == 1)
        state->theta[0] = log(variance) / 2;
    double *rho = state->theta + own, near = NAN;
    size_t n_rho = correlations(state);
    for (size_t gap = n - 1; gap > 0; gap--) { /* the nearest seen is the last to count */
        double r = correlation_of(moments, n, variance, gap, gap);
        if (!isnan(r))
            near = pow(fmax(r, 0), 1 / (double)gap);
    }
    for (size_t i = 0; i < n_rho; i++) {
        if (from == REPEATED_FROM_POWERS || shapes[state->structure].correlation == POWER)
            rho[i] = pow(share * near, (double)(i + 1));
        else if (shapes[state->structure].correlation == PER_GAP)
            rho[i] = share * correlation_of(moments, n, variance, i + 1, i + 1);
        else
            rho[i] = share * correlation_of(moments, n, variance, 1, n - 1);
    }
}

/* Is S positive definite with some distance from singularity, where a search would get stuck? */
static bool has_room(struct als_repeated_state *state)
{
    size_t n = state->n_visits;
    repeated_fill_covariance(state);
    memcpy(state->part, state->s, n * n * sizeof *state->part);
    return small_cholesky(n, state->part, 0.01, NULL);
}

bool repeated_start(struct als_repeated_state *state, const struct repeated_moments *moments,
                    enum repeated_from from, double share)
{
    size_t n = state->n_visits;
    if (state->structure != ALS_REPEATED_UNSTRUCTURED) {
        start_scaled(state, moments, from, share);
        return has_room(state);
    }
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++)
            state->part[a * n + b] = moments->s[a * n + b] * (a == b ? 1 : share);
    if (!small_cholesky(n, state->part, 0.01, NULL))
        return false;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b <= a; b++)
            state->theta[repeated_pair(a, b)] = state->part[a * n + b];
    return true;
}
