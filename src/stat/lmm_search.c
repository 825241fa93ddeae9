/* Which of several maxima of a mixed model's likelihood is the highest. */
#include <math.h>
#include <string.h>

#include "lmm_state.h"

/* From so many on, the likelihood is taken to have one maximum inside the boundary. */
enum { MANY_SUBJECTS = 100 };
/* Starts: standard deviations relative to the residual one and correlations; for two effects with a
 * correlation of +-1, whose maxima are narrow, one standard deviation and the ratio as an angle. */
enum {
    LEVELS = 9,
    CORRELATIONS = 3,
    ANGLES = 24,
    GRID = LEVELS * LEVELS * LEVELS,
    MOST_STARTS = 60
};
static const double levels[LEVELS] = {0, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100};
static const double correlations[CORRELATIONS] = {-0.7, 0, 0.7};

/* Two maxima this close are one. */
static const double SAME = 1e-7;
/* Relative variances beyond this leave nothing for the residual one: the likelihood grows on. */
static const double UNBOUNDED = 1e8;

/* The grid has up to three sides: a level for each random effect; of two effects the third side is
 * their correlation. A line has a level and an angle. */
struct grid {
    bool is_line;
    size_t size[3];
    double objective[GRID];
};

static bool is_correlated(const struct als_lmm_state *state)
{
    return state->q == 2 && state->n_free == state->m;
}

static void lay_grid(const struct als_lmm_state *state, bool is_line, struct grid *grid)
{
    grid->is_line = is_line;
    grid->size[0] = LEVELS;
    grid->size[1] = is_line ? ANGLES : state->q > 1 ? LEVELS : 1;
    grid->size[2] = state->q > 2 ? LEVELS : is_correlated(state) && !is_line ? CORRELATIONS : 1;
}

static void go_to(struct als_lmm_state *state, const struct grid *grid, size_t point)
{
    size_t q = state->q, k = point % grid->size[2];
    size_t j = point / grid->size[2] % grid->size[1], i = point / grid->size[2] / grid->size[1];
    memset(state->l, 0, sizeof state->l);
    state->l[0] = levels[i];
    if (q == 1)
        return;
    if (grid->is_line) {
        double angle = 3.14159265358979 * (double)j / ANGLES;
        state->l[0] = levels[i] * cos(angle);
        state->l[q] = levels[i] * sin(angle);
        return;
    }
    double correlation = is_correlated(state) ? correlations[k] : 0;
    state->l[q] = levels[j] * correlation;
    state->l[q + 1] = levels[j] * sqrt(1 - correlation * correlation);
    if (q == 3)
        state->l[8] = levels[k];
}

/* Is no neighbour along a side better? Each correlation is looked at by itself. */
static bool is_lowest_around(const struct grid *grid, size_t point)
{
    size_t stride = 1;
    for (size_t side = 3; side-- > 0;) {
        size_t at = point / stride % grid->size[side];
        bool looked_at = grid->size[side] != CORRELATIONS;
        if ((looked_at && at > 0 && grid->objective[point - stride] < grid->objective[point]) ||
            (looked_at && at + 1 < grid->size[side] &&
             grid->objective[point + stride] < grid->objective[point]))
            return false;
        stride *= grid->size[side];
    }
    return isfinite(grid->objective[point]);
}

struct best {
    double objective, l[LMM_Q * LMM_Q];
};

static bool climb_from_here(struct als_lmm_state *state, size_t *iterations, struct best *best)
{
    if (lmm_climb(state, iterations) != ALS_LMM_OK)
        return false;
    if (state->objective < best->objective - SAME) {
        best->objective = state->objective;
        memcpy(best->l, state->l, sizeof best->l);
    }
    return true;
}

/* From every low point of a grid. */
static void search_grid(struct als_lmm_state *state, bool is_line, size_t *iterations,
                        struct best *best)
{
    struct grid grid;
    lay_grid(state, is_line, &grid);
    size_t n = grid.size[0] * grid.size[1] * grid.size[2], starts = 0;
    for (size_t point = 0; point < n; point++) {
        go_to(state, &grid, point);
        grid.objective[point] = lmm_evaluate(state) ? state->objective : INFINITY;
    }
    for (size_t point = 0; point < n && starts < MOST_STARTS; point++) {
        if (!is_lowest_around(&grid, point))
            continue;
        go_to(state, &grid, point);
        climb_from_here(state, iterations, best);
        starts++;
    }
}

static void search_diagonal(struct als_lmm_state *state, size_t *iterations, struct best *best)
{
    static const double others[] = {0.1, 1, 10};
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        memset(state->l, 0, sizeof state->l);
        for (size_t i = 0; i < state->q; i++)
            state->l[i * state->q + i] = others[k];
        climb_from_here(state, iterations, best);
    }
}

static bool is_unbounded(const struct als_lmm_state *state)
{
    for (size_t i = 0; i < state->q * state->q; i++)
        if (state->l[i] * state->l[i] > UNBOUNDED)
            return true;
    return false;
}

enum als_lmm_status lmm_maximise(struct als_lmm_state *state, size_t *iterations)
{
    struct best best = {.objective = INFINITY};
    *iterations = 0;
    bool many = state->n_subjects >= MANY_SUBJECTS;
    bool reached = climb_from_here(state, iterations, &best);
    if (many && reached && !lmm_is_singular(state)) /* it is where it ends, with derivatives */
        return is_unbounded(state) ? ALS_LMM_EXACT : ALS_LMM_OK;
    if (!many)
        search_grid(state, false, iterations, &best);
    if (!many && is_correlated(state))
        search_grid(state, true, iterations, &best);
    search_diagonal(state, iterations, &best);
    if (!isfinite(best.objective))
        return ALS_LMM_NOT_CONVERGED;
    memcpy(state->l, best.l, sizeof best.l);
    if (!lmm_evaluate(state))
        return ALS_LMM_NOT_CONVERGED;
    if (is_unbounded(state))
        return ALS_LMM_EXACT;
    lmm_differentiate(state);
    return ALS_LMM_OK;
}
