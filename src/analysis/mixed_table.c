/* A fitted mixed model as tables, and what a reader must know about it in notes. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/count.h"
#include "mixed_int.h"

static bool is_fitted(const struct mixed *mixed)
{
    return mixed->fit.status == ALS_LMM_OK;
}

static size_t count_used(const struct mixed *mixed)
{
    size_t n = 0;
    for (size_t i = 0; i < mixed->patients.count; i++)
        n += mixed->used[i];
    return n;
}

/* ---------------------------------------------------------------- notes */

static void note_method(const struct mixed *mixed, struct als_table *table)
{
    const char *unit = als_measure_unit(&mixed->measure);
    als_table_note(table,
                   "%s: linear mixed model with %s of each patient, %s; %s per month of %.4f days; "
                   "standard errors from the fitted covariance, Satterthwaite degrees of freedom, "
                   "95 %% intervals from t",
                   mixed->measure.name,
                   mixed->options->intercept_only
                       ? "a random intercept only"
                       : "random intercept and slope (unstructured covariance)",
                   mixed->options->maximum_likelihood ? "maximum likelihood (ML)"
                                                      : "restricted maximum likelihood (REML)",
                   *unit ? unit : "units", ALS_DAYS_PER_MONTH);
    als_note_zero(mixed->protocol, mixed->zero, table);
}

static void note_counts(const struct mixed *mixed, struct als_buf *text, struct als_table *table)
{
    size_t used = count_used(mixed);
    als_table_note(table, "patients: %zu; %zu with %s, %zu without a value used",
                   mixed->patients.count, used, als_counted(mixed->n, "value").text,
                   mixed->patients.count - used);
    als_covariates_note(&mixed->covariates, table);
    if (mixed->missing)
        als_table_note(table, "left out: assessments without a value: %zu", mixed->missing);
    als_note_raters(mixed->averaged, table);
    if (mixed->without_factor)
        als_table_note(table, "left out: patients with values but no %s: %zu", mixed->options->by,
                       mixed->without_factor);
    if (mixed->options->from_day != INT_MIN || mixed->options->to_day != INT_MAX)
        als_table_note(table, "left out: values outside the asked days of time zero: %zu",
                       mixed->outside);
    if (mixed->after_death)
        als_table_note(table, "warning: left out: values dated after death: %zu",
                       mixed->after_death);
    als_note_truncated(&mixed->died, text, table);
    als_note_floor(mixed->at_floor, mixed->n, table);
    if (mixed->mixed_source.count)
        als_table_note(table,
                       "warning: values of mixed sources (computed and entered or prorated): %s",
                       als_noted_say(&mixed->mixed_source, text));
    if (mixed->partial_zero.count)
        als_table_note(table, "warning: time zero is a date without a day: %s",
                       als_noted_say(&mixed->partial_zero, text));
}

static void note_failure(const struct mixed *mixed, struct als_table *table)
{
    enum als_lmm_status status = mixed->fit.status;
    if (status == ALS_LMM_COLLINEAR)
        als_table_note(table, "warning: not fitted: %s: term %s", als_lmm_reason(status),
                       mixed->terms[mixed->fit.column]);
    else
        als_table_note(table, "warning: not fitted: %s", als_lmm_reason(status));
    bool too_rich = status == ALS_LMM_NOT_IDENTIFIABLE || status == ALS_LMM_TOO_FEW;
    if (too_rich && !mixed->options->intercept_only)
        als_table_note(table, "a model without random slopes, which is another model, may fit: "
                              "--random intercept");
}

/* Where slopes differ by a covariate, those of groups hold at one value of it. */
static void note_reference(const struct mixed *mixed, struct als_table *table)
{
    const struct als_covariates *covariates = &mixed->covariates;
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    for (size_t i = 0; i < covariates->n; i++)
        if (covariates->by_time[i])
            als_buf_printf(
                &text, "%s%s %.6g (%s)", text.length ? ", " : "", covariates->terms[i],
                als_covariate_reference(covariates, i, mixed->patients.count, mixed->first),
                covariates->n_levels[i] ? "levels weighted equally" : "mean over the values");
    if (text.length)
        als_table_note(table, "the slopes below hold at %s; month alone is the slope at 0",
                       text.data);
    als_buf_release(&text);
}

static void note_slopes(const struct mixed *mixed, struct als_table *table)
{
    note_reference(mixed, table);
    double *weights = als_alloc_array(mixed->p, sizeof *weights);
    for (size_t level = 0; level < mixed->levels.count; level++) {
        mixed_weights(mixed, level, MIXED_MEAN, true, weights);
        struct als_estimate slope = als_lmm_contrast(&mixed->fit, weights);
        als_table_note(table,
                       "%s%s%s: slope %.6f per month, SE %.6f, df %.2f, 95 %% interval %.6f to "
                       "%.6f%s",
                       mixed->options->by ? mixed->options->by : "", mixed->options->by ? " " : "",
                       mixed->levels.names[level], slope.estimate, slope.se, slope.df, slope.ci_low,
                       slope.ci_high, mixed->options->by && level == 0 ? " (reference group)" : "");
    }
    free(weights);
}

static void write_notes(const struct mixed *mixed, struct als_table *table)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    note_method(mixed, table);
    note_counts(mixed, &text, table);
    als_buf_release(&text);
    if (!is_fitted(mixed)) {
        note_failure(mixed, table);
        return;
    }
    if (mixed->fit.singular)
        als_table_note(table, "warning: singular fit: a random effect has variance 0 or the "
                              "correlation is -1 or 1; its estimate lies on the boundary");
    if (mixed->options->by && mixed->levels.count < 2)
        als_table_note(table, "only one %s has values: nothing to compare", mixed->options->by);
    note_slopes(mixed, table);
}

/* ---------------------------------------------------------------- tables */

#define NEW_TABLE(columns) als_table_new(columns, sizeof(columns) / sizeof((columns)[0]))

static struct als_table *head_table(const struct mixed *mixed)
{
    static const struct als_table_column columns[] = {
        {"method", "method", ALS_CELL_TEXT, 0},
        {"n_patients", "patients", ALS_CELL_INTEGER, 0},
        {"n_observations", "values", ALS_CELL_INTEGER, 0},
        {"log_likelihood", "log likelihood", ALS_CELL_NUMBER, 4},
        {"aic", "AIC", ALS_CELL_NUMBER, 3},
    };
    struct als_table *table = NEW_TABLE(columns);
    als_table_text(table, mixed->options->maximum_likelihood ? "ml" : "reml");
    als_table_integer(table, (int64_t)count_used(mixed));
    als_table_integer(table, (int64_t)mixed->n);
    als_table_number(table, is_fitted(mixed) ? mixed->fit.log_likelihood : NAN);
    als_table_number(table, is_fitted(mixed) ? mixed->fit.aic : NAN);
    return table;
}

static struct als_table *fixed_table(const struct mixed *mixed)
{
    static const struct als_table_column columns[] = {
        {"term", "term", ALS_CELL_TEXT, 0},
        {"estimate", "estimate", ALS_CELL_NUMBER, 4},
        {"se", "SE", ALS_CELL_NUMBER, 4},
        {"df", "df", ALS_CELL_NUMBER, 2},
        {"t", "t", ALS_CELL_NUMBER, 3},
        {"p", "p", ALS_CELL_NUMBER, 6},
        {"ci_low", "95 % low", ALS_CELL_NUMBER, 4},
        {"ci_high", "95 % high", ALS_CELL_NUMBER, 4},
    };
    struct als_table *table = NEW_TABLE(columns);
    double *weights = als_alloc_array(mixed->p + 1, sizeof *weights);
    for (size_t i = 0; i < mixed->p && is_fitted(mixed); i++) {
        weights[i] = 1;
        struct als_estimate term = als_lmm_contrast(&mixed->fit, weights);
        weights[i] = 0;
        als_table_text(table, mixed->terms[i]);
        als_table_number(table, term.estimate);
        als_table_number(table, term.se);
        als_table_number(table, term.df);
        als_table_number(table, term.t);
        als_table_number(table, term.p);
        als_table_number(table, term.ci_low);
        als_table_number(table, term.ci_high);
    }
    free(weights);
    write_notes(mixed, table);
    return table;
}

static struct als_table *random_table(const struct mixed *mixed)
{
    static const struct als_table_column columns[] = {
        {"intercept_sd", "intercept SD", ALS_CELL_NUMBER, 4},
        {"slope_sd", "slope SD", ALS_CELL_NUMBER, 4},
        {"correlation", "correlation", ALS_CELL_NUMBER, 4},
        {"residual_sd", "residual SD", ALS_CELL_NUMBER, 4},
    };
    struct als_table *table = NEW_TABLE(columns);
    double intercept = NAN, slope = NAN, correlation = NAN, residual = NAN;
    if (is_fitted(mixed)) {
        const struct als_lmm *fit = &mixed->fit;
        intercept = sqrt(fit->g[0][0]);
        residual = sqrt(fit->residual_variance);
        if (mixed->q == 2) {
            slope = sqrt(fit->g[1][1]);
            if (intercept > 0 && slope > 0)
                correlation = fmax(-1, fmin(1, fit->g[0][1] / (intercept * slope)));
        }
    }
    als_table_number(table, intercept);
    als_table_number(table, slope);
    als_table_number(table, correlation);
    als_table_number(table, residual);
    return table;
}

static struct als_table *tail_table(const struct mixed *mixed)
{
    static const struct als_table_column columns[] = {
        {"converged", "converged", ALS_CELL_YESNO, 0},
        {"singular", "singular", ALS_CELL_YESNO, 0},
    };
    struct als_table *table = NEW_TABLE(columns);
    als_table_yesno(table, is_fitted(mixed));
    if (is_fitted(mixed))
        als_table_yesno(table, mixed->fit.singular);
    else
        als_table_missing(table);
    return table;
}

void mixed_make_tables(const struct mixed *mixed, struct als_result *out)
{
    als_result_add(out, NULL, true, head_table(mixed));
    als_result_add_main(out, "fixed", fixed_table(mixed));
    als_result_add(out, "random", true, random_table(mixed));
    als_result_add(out, NULL, true, tail_table(mixed));
}

void mixed_make_blups(const struct mixed *mixed, struct als_result *out)
{
    static const struct als_table_column columns[] = {
        {"patient", "patient", ALS_CELL_TEXT, 0},
        {"intercept", "intercept", ALS_CELL_NUMBER, 3},
        {"slope", "slope/month", ALS_CELL_NUMBER, 4},
        {"intercept_se", "SE", ALS_CELL_NUMBER, 3},
        {"slope_se", "SE", ALS_CELL_NUMBER, 4},
        {"intercept_sd", "conditional SD", ALS_CELL_NUMBER, 3},
        {"slope_sd", "conditional SD", ALS_CELL_NUMBER, 4},
        {"n", "n", ALS_CELL_INTEGER, 0},
    };
    struct als_table *table = NEW_TABLE(columns);
    als_table_note(table, "the line of each patient: the fixed intercept and slope of its group "
                          "plus its best linear unbiased predictions; SE of that line's intercept "
                          "and slope, conditional SD of the random part alone");
    double *weights = als_alloc_array(mixed->p + 1, sizeof *weights);
    for (size_t i = 0; i < mixed->patients.count && is_fitted(mixed); i++) {
        if (!mixed->used[i])
            continue;
        struct als_lmm_prediction own[2];
        for (int slope = 0; slope < 2; slope++) {
            mixed_weights(mixed, mixed->levels.of[i], i, slope, weights);
            double random[2] = {!slope, slope};
            if (slope && mixed->q == 1)
                random[0] = 0;
            own[slope] = als_lmm_subject(&mixed->fit, i, weights, random);
        }
        als_table_text(table, mixed->patients.items[i].patient);
        als_table_number(table, own[0].value);
        als_table_number(table, own[1].value);
        als_table_number(table, own[0].se);
        als_table_number(table, own[1].se);
        als_table_number(table, own[0].conditional_sd);
        als_table_number(table, mixed->q == 2 ? own[1].conditional_sd : NAN);
        als_table_integer(table, (int64_t)(mixed->first[i + 1] - mixed->first[i]));
    }
    free(weights);
    write_notes(mixed, table);
    als_result_add_main(out, NULL, table);
}
