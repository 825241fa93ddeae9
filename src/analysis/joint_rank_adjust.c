/* Ranks compared between groups at equal covariates: linear regression on the ranks. */
#include <math.h>
#include <stdlib.h>

#include "alstrack/stat/regress.h"
#include "joint_rank_int.h"

/* One row per ranked patient whose covariates are known: 1, each level but the reference, the
 * covariates. */
static size_t fill(const struct ranking *ranking, const struct als_joint_rank *rank, size_t p,
                   double *x, double *y)
{
    const struct als_covariates *covariates = &ranking->covariates;
    size_t n = 0;
    for (size_t i = 0; i < ranking->n; i++) {
        size_t who = ranking->who[i];
        if (!ranking->adjustable[who])
            continue;
        double *row = x + n * p;
        row[0] = 1;
        for (size_t level = 1; level < ranking->levels.count; level++)
            row[level] = ranking->levels.of[who] == level;
        for (size_t k = 0; k < covariates->n; k++)
            row[ranking->levels.count + k] = covariates->values[who * covariates->n + k];
        y[n++] = rank->rank[i];
    }
    return n;
}

static const char *term_name(const struct ranking *ranking, size_t column)
{
    if (column == 0)
        return "(Intercept)";
    if (column < ranking->levels.count)
        return als_arena_printf(ranking->arena, "%s%s", ranking->options->by,
                                ranking->levels.names[column]);
    return ranking->covariates.terms[column - ranking->levels.count];
}

static void add_row(const struct ranking *ranking, const struct als_regression *fit, size_t column,
                    double *weights, double *scratch, struct als_table *table)
{
    weights[column] = 1;
    struct als_estimate term = als_regress_contrast(fit, weights, scratch);
    weights[column] = 0;
    const double numbers[] = {term.estimate, term.se,     term.df,     term.t,
                              term.p,        term.ci_low, term.ci_high};
    als_table_text(table, term_name(ranking, column));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        als_table_number(table, numbers[i]);
    if (column == 0 || column >= ranking->levels.count)
        return;
    als_table_note(ranking->notes,
                   "adjusted difference of mean rank, %s less %s: %.6f (SE %.6f), 95 %% interval "
                   "%.6f to %.6f, t %.4f, df %.0f, p %.6g",
                   ranking->levels.names[column], ranking->levels.names[0], term.estimate, term.se,
                   term.ci_low, term.ci_high, term.t, term.df, term.p);
}

/* Then there is nothing to explain, and a fit is rounding about a constant. */
static bool all_equal(size_t n, const double *y)
{
    for (size_t i = 1; i < n; i++)
        if (y[i] != y[0])
            return false;
    return true;
}

void ranking_adjust(struct ranking *ranking, const struct als_joint_rank *rank,
                    struct als_result *out)
{
    static const struct als_table_column columns[] = {{"term", NULL, ALS_CELL_TEXT, 0},
                                                      {"estimate", NULL, ALS_CELL_NUMBER, 4},
                                                      {"se", "SE", ALS_CELL_NUMBER, 4},
                                                      {"df", NULL, ALS_CELL_NUMBER, 0},
                                                      {"t", NULL, ALS_CELL_NUMBER, 3},
                                                      {"p", NULL, ALS_CELL_NUMBER, 6},
                                                      {"ci_low", "95 % low", ALS_CELL_NUMBER, 4},
                                                      {"ci_high", "95 % high", ALS_CELL_NUMBER, 4}};
    struct als_table *table = als_result_add(
        out, "adjusted", false, als_table_new(columns, sizeof columns / sizeof columns[0]));
    size_t p = ranking->levels.count + ranking->covariates.n;
    als_covariates_note(&ranking->covariates, ranking->notes);
    double *x = als_alloc_array(ranking->n * p + 1, sizeof *x);
    double *y = als_alloc_array(ranking->n + 1, sizeof *y);
    size_t n = fill(ranking, rank, p, x, y);
    double *work = als_alloc_array(als_regress_workspace(n, p) + 1, sizeof *work);
    double *weights = als_alloc_array(2 * p, sizeof *weights);
    struct als_regression fit = als_regress_fit(n, p, x, y, work);
    if (fit.status == ALS_REGRESS_OK && all_equal(n, y))
        als_table_note(ranking->notes, "warning: ranks not adjusted: all are equal");
    else if (fit.status == ALS_REGRESS_OK)
        for (size_t column = 0; column < p; column++)
            add_row(ranking, &fit, column, weights, weights + p, table);
    else
        als_table_note(ranking->notes, "warning: ranks not adjusted: %s%s%s",
                       als_regress_reason(fit.status),
                       fit.status == ALS_REGRESS_COLLINEAR ? ": term " : "",
                       fit.status == ALS_REGRESS_COLLINEAR ? term_name(ranking, fit.column) : "");
    free(weights);
    free(work);
    free(y);
    free(x);
}
