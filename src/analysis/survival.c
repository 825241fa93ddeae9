/* `analyze survival`: curves, medians, restricted means, log-rank test and Cox regression. */
#include "alstrack/analysis/survival.h"

#include <math.h>

#include "alstrack/stat/survival.h"
#include "groups.h"
#include "levels.h"
#include "survival_cases.h"

/* Everything of one run; arrays live in the arena. */
struct run {
    const struct als_survival_options *options;
    struct als_arena *arena;
    struct als_patient_list patients;
    struct survival_endpoint endpoint;
    struct survival_rules rules;
    struct survival_cases cases;
    struct als_levels levels;
    struct als_case *all, *work; /* n; times in days */
    struct als_case *compared;   /* n_compared: those of all whose stratum is known */
    size_t n, n_compared;
    struct als_km_row **rows; /* per level */
    size_t *n_rows;
    double unit; /* days */
    struct als_table *curve;
    struct als_result *out;
};

#define NEW_TABLE(columns) als_table_new(columns, sizeof(columns) / sizeof((columns)[0]))

/* ---------------------------------------------------------------- cases and curves */

static void make_cases(struct run *run)
{
    size_t room = run->patients.count + 1;
    struct als_groups strata = als_groups_make(&run->patients, run->options->strata, run->arena);
    run->all = als_arena_array(run->arena, room, sizeof *run->all);
    run->compared = als_arena_array(run->arena, room, sizeof *run->compared);
    run->work = als_arena_array(run->arena, 2 * room, sizeof *run->work);
    for (size_t i = 0; i < run->patients.count; i++) {
        if (run->levels.of[i] == ALS_NO_LEVEL)
            continue;
        run->all[run->n] = (struct als_case){.time = run->cases.items[i].days,
                                             .event = run->cases.items[i].event,
                                             .group = run->levels.of[i],
                                             .stratum = strata.of[i],
                                             .row = run->n,
                                             .entry = run->cases.items[i].entry};
        if (!run->options->strata || strata.names[strata.of[i]])
            run->compared[run->n_compared++] = run->all[run->n];
        run->n++;
    }
}

static void make_curves(struct run *run)
{
    run->rows = als_arena_array(run->arena, run->levels.count + 1, sizeof(struct als_km_row *));
    run->n_rows = als_arena_array(run->arena, run->levels.count + 1, sizeof(size_t));
    struct als_case *own = als_arena_array(run->arena, run->n + 1, sizeof *own);
    for (size_t level = 0; level < run->levels.count; level++) {
        size_t n = 0;
        for (size_t i = 0; i < run->n; i++)
            if (run->all[i].group == level)
                own[n++] = run->all[i];
        run->rows[level] = als_arena_array(run->arena, n + 1, sizeof **run->rows);
        enum als_survival_status status =
            als_km_fit(n, own, run->work, run->rows[level], &run->n_rows[level]);
        if (status != ALS_SURVIVAL_OK)
            run->n_rows[level] = 0;
    }
}

static void add_curve(struct run *run)
{
    static const struct als_table_column columns[] = {
        {"group", "group", ALS_CELL_TEXT, 0},
        {"time", "time", ALS_CELL_NUMBER, 2},
        {"at_risk", "at risk", ALS_CELL_INTEGER, 0},
        {"events", "events", ALS_CELL_INTEGER, 0},
        {"censored", "censored", ALS_CELL_INTEGER, 0},
        {"survival", "survival", ALS_CELL_NUMBER, 4},
        {"se", "SE", ALS_CELL_NUMBER, 4},
        {"ci_low", "95 % low", ALS_CELL_NUMBER, 4},
        {"ci_high", "95 % high", ALS_CELL_NUMBER, 4},
    };
    struct als_table *table = als_result_add_main(run->out, "curve", NEW_TABLE(columns));
    run->curve = table;
    for (size_t level = 0; level < run->levels.count; level++) {
        for (size_t i = 0; i < run->n_rows[level]; i++) {
            const struct als_km_row *row = &run->rows[level][i];
            als_table_text(table, run->levels.names[level]);
            als_table_number(table, row->time / run->unit);
            als_table_integer(table, (int64_t)row->at_risk);
            als_table_integer(table, (int64_t)row->events);
            als_table_integer(table, (int64_t)row->censored);
            als_table_number(table, row->survival);
            als_table_number(table, row->se);
            als_table_number(table, row->ci_low);
            als_table_number(table, row->ci_high);
        }
    }
}

/* ---------------------------------------------------------------- groups */

/* To which day restricted means go; NAN when there is none. */
static double restrict_to(const struct run *run)
{
    if (run->options->tau > 0)
        return run->options->tau * run->unit;
    double shortest = INFINITY;
    for (size_t level = 0; level < run->levels.count; level++)
        if (run->n_rows[level])
            shortest = fmin(shortest, run->rows[level][run->n_rows[level] - 1].time);
    return isfinite(shortest) && shortest > 0 ? shortest : NAN;
}

static void note_group(const struct run *run, const char *name, size_t n, size_t events,
                       const struct als_km_quantile *median, const struct als_km_mean *mean,
                       double tau)
{
    const char *unit = run->options->in_days ? "days" : "months";
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_printf(&text, "%s: patients %zu, events %zu, median ", name, n, events);
    if (isnan(median->time))
        als_buf_text(&text, "not reached");
    else
        als_buf_printf(&text, "%.6g %s", median->time / run->unit, unit);
    if (!isnan(median->ci_low))
        als_buf_printf(&text, ", 95 %% from %.6g", median->ci_low / run->unit);
    if (!isnan(median->ci_high))
        als_buf_printf(&text, " to %.6g", median->ci_high / run->unit);
    else if (!isnan(median->ci_low))
        als_buf_text(&text, ", upper limit not reached");
    if (isnan(tau))
        als_buf_text(&text, "; no restricted mean: a curve ends on day 0");
    else if (isnan(mean->mean))
        als_buf_text(&text, "; restricted mean not estimable: the curve ends earlier");
    else
        als_buf_printf(&text, "; restricted mean to %.6g %s %.6f (SE %.6f)", tau / run->unit, unit,
                       mean->mean / run->unit, mean->se / run->unit);
    als_table_note(run->curve, "%s", text.data);
    als_buf_release(&text);
}

static void add_group(const struct run *run, size_t level, double tau, struct als_table *table)
{
    const struct als_km_row *rows = run->rows[level];
    size_t n_rows = run->n_rows[level], events = 0, censored = 0;
    for (size_t i = 0; i < n_rows; i++) {
        events += rows[i].events;
        censored += rows[i].censored;
    }
    struct als_km_quantile median = als_km_quantile(rows, n_rows, 0.5);
    struct als_km_mean mean = {NAN, NAN};
    if (!isnan(tau))
        mean = als_km_restricted_mean(rows, n_rows, tau);
    als_table_text(table, run->levels.names[level]);
    als_table_integer(table, (int64_t)(events + censored));
    als_table_integer(table, (int64_t)events);
    als_table_integer(table, (int64_t)censored);
    als_table_number(table, median.time / run->unit);
    als_table_number(table, median.ci_low / run->unit);
    als_table_number(table, median.ci_high / run->unit);
    als_table_number(table, tau / run->unit);
    als_table_number(table, mean.mean / run->unit);
    als_table_number(table, mean.se / run->unit);
    note_group(run, run->levels.names[level], events + censored, events, &median, &mean, tau);
}

static void add_groups(const struct run *run)
{
    static const struct als_table_column columns[] = {
        {"group", "group", ALS_CELL_TEXT, 0},
        {"n", "patients", ALS_CELL_INTEGER, 0},
        {"events", "events", ALS_CELL_INTEGER, 0},
        {"censored", "censored", ALS_CELL_INTEGER, 0},
        {"median", "median", ALS_CELL_NUMBER, 2},
        {"median_ci_low", "95 % low", ALS_CELL_NUMBER, 2},
        {"median_ci_high", "95 % high", ALS_CELL_NUMBER, 2},
        {"tau", "tau", ALS_CELL_NUMBER, 2},
        {"restricted_mean", "restricted mean", ALS_CELL_NUMBER, 3},
        {"restricted_mean_se", "SE", ALS_CELL_NUMBER, 3},
    };
    struct als_table *table = als_result_add(run->out, "groups", false, NEW_TABLE(columns));
    double tau = restrict_to(run);
    for (size_t level = 0; level < run->levels.count; level++)
        if (run->n_rows[level])
            add_group(run, level, tau, table);
}

/* ---------------------------------------------------------------- comparison */

/* Who is in no stratum known can be compared with nobody. */
static void note_strata(const struct run *run)
{
    if (run->n_compared < run->n)
        als_table_note(run->curve,
                       "left out of the comparison within strata, not of the curves: no %s: %zu",
                       run->options->strata, run->n - run->n_compared);
}

static enum als_survival_status add_logrank(const struct run *run)
{
    static const struct als_table_column columns[] = {
        {"chisq", "log-rank chi-squared", ALS_CELL_NUMBER, 4},
        {"df", "df", ALS_CELL_INTEGER, 0},
        {"p", "p", ALS_CELL_NUMBER, 6},
    };
    struct als_table *table = als_result_add(run->out, "log_rank", true, NEW_TABLE(columns));
    size_t k = run->levels.count;
    struct als_logrank_group *groups = als_arena_array(run->arena, k + 1, sizeof *groups);
    double *matrix = als_arena_array(run->arena, (k + 1) * (k + 1), sizeof *matrix);
    struct als_logrank test =
        als_logrank_test(run->n_compared, run->compared, k, run->work, groups, matrix);
    bool ok = test.status == ALS_SURVIVAL_OK;
    als_table_number(table, ok ? test.chisq : NAN);
    if (ok)
        als_table_integer(table, (int64_t)test.df);
    else
        als_table_missing(table);
    als_table_number(table, ok ? test.p : NAN);
    const char *strata = run->options->strata;
    if (ok)
        als_table_note(run->curve, "log-rank test%s%s: chi-squared %.6f, df %zu, p %.6g",
                       strata ? " within strata of " : "", strata ? strata : "", test.chisq,
                       test.df, test.p);
    else
        als_table_note(run->curve, "no log-rank test: %s", als_survival_reason(test.status));
    return test.status;
}

static void note_term(const struct run *run, size_t level, const struct als_cox_term *term)
{
    const char *one = run->levels.names[level], *other = run->levels.names[0];
    const char *strata = run->options->strata;
    if (term->estimable)
        als_table_note(run->curve,
                       "hazard ratio %s to %s (Cox, Efron%s%s): %.6f, 95 %% interval %.6f to %.6f, "
                       "p %.6g",
                       one, other, strata ? ", strata of " : "", strata ? strata : "",
                       exp(term->coefficient), exp(term->ci_low), exp(term->ci_high), term->p);
    else
        als_table_note(run->curve,
                       "hazard ratio %s to %s: not estimable: one of them has no events while "
                       "both are at risk",
                       one, other);
}

static void add_cox_rows(const struct run *run, const struct als_cox_term *terms,
                         struct als_table *table)
{
    for (size_t level = 1; level < run->levels.count; level++) {
        const struct als_cox_term *term = &terms[level - 1];
        bool ok = term->estimable;
        als_table_text(table, als_arena_printf(run->arena, "%s%s", run->options->by,
                                               run->levels.names[level]));
        als_table_number(table, ok ? exp(term->coefficient) : NAN);
        als_table_number(table, ok ? exp(term->ci_low) : NAN);
        als_table_number(table, ok ? exp(term->ci_high) : NAN);
        als_table_number(table, ok ? term->coefficient : NAN);
        als_table_number(table, ok ? term->se : NAN);
        als_table_number(table, ok ? term->z : NAN);
        als_table_number(table, ok ? term->p : NAN);
        note_term(run, level, term);
    }
}

/* Where everybody has the event at once, Efron's treatment of ties would still give a ratio of 1
 * with an interval, made of nothing: compared is how the log-rank test ended. */
static void add_cox(const struct run *run, enum als_survival_status compared)
{
    static const struct als_table_column columns[] = {
        {"term", "term", ALS_CELL_TEXT, 0},
        {"hazard_ratio", "hazard ratio", ALS_CELL_NUMBER, 4},
        {"ci_low", "95 % low", ALS_CELL_NUMBER, 4},
        {"ci_high", "95 % high", ALS_CELL_NUMBER, 4},
        {"coefficient", "coefficient", ALS_CELL_NUMBER, 4},
        {"se", "SE", ALS_CELL_NUMBER, 4},
        {"z", "z", ALS_CELL_NUMBER, 3},
        {"p", "p", ALS_CELL_NUMBER, 6},
    };
    struct als_table *table = als_result_add(run->out, "cox", false, NEW_TABLE(columns));
    if (run->levels.count < 2) {
        als_table_note(run->curve, "no hazard ratio: only one group");
        return;
    }
    if (compared == ALS_SURVIVAL_NO_VARIANCE) {
        als_table_note(run->curve, "no hazard ratio: %s", als_survival_reason(compared));
        return;
    }
    size_t p = run->levels.count - 1;
    double *x = als_arena_array(run->arena, run->n * p + 1, sizeof *x);
    double *workspace = als_arena_array(run->arena, als_cox_workspace(p), sizeof *workspace);
    struct als_cox_term *terms = als_arena_array(run->arena, p, sizeof *terms);
    for (size_t i = 0; i < run->n; i++)
        if (run->all[i].group > 0)
            x[i * p + run->all[i].group - 1] = 1;
    struct als_cox cox =
        als_cox_fit(run->n_compared, run->compared, p, x, run->work, workspace, terms);
    if (cox.status == ALS_SURVIVAL_OK)
        add_cox_rows(run, terms, table);
    else
        als_table_note(run->curve, "no hazard ratio: %s", als_survival_reason(cox.status));
}

/* ---------------------------------------------------------------- the whole */

static void add_head(const struct run *run)
{
    static const struct als_table_column columns[] = {
        {"endpoint", "endpoint", ALS_CELL_TEXT, 0},
        {"time_unit", "time unit", ALS_CELL_TEXT, 0},
    };
    struct als_table *table = als_result_add(run->out, NULL, true, NEW_TABLE(columns));
    als_table_text(table, run->endpoint.name);
    als_table_text(table, run->options->in_days ? "day" : "month");
}

/* With late entry the first few at risk may all have the event while others are still to come. */
static void note_early_end(const struct run *run)
{
    for (size_t level = 0; level < run->levels.count; level++)
        for (size_t i = 0; i + 1 < run->n_rows[level]; i++) {
            if (run->rows[level][i].survival > 0)
                continue;
            als_table_note(run->curve,
                           "warning: %s: everyone at risk at %.6g had the endpoint before others "
                           "entered: the curve ends there and is of no use",
                           run->levels.names[level], run->rows[level][i].time / run->unit);
            break;
        }
}

static void note_method(const struct run *run, const struct als_protocol *protocol)
{
    const struct als_survival_options *options = run->options;
    if (options->in_days)
        als_table_note(run->curve, "Kaplan-Meier, Greenwood's standard errors, 95 %% limits on the "
                                   "log-log scale; times in days");
    else
        als_table_note(run->curve,
                       "Kaplan-Meier, Greenwood's standard errors, 95 %% limits on the log-log "
                       "scale; times in months of %.4f days",
                       ALS_DAYS_PER_MONTH);
    survival_cases_note(&run->cases, protocol, &run->rules, run->curve);
    als_table_note(run->curve, "patients: %zu, followed: %zu", run->patients.count, run->n);
    if (run->levels.without)
        als_table_note(run->curve, "left out: no %s: %zu", options->by, run->levels.without);
    if (run->n == 0)
        als_table_note(run->curve, "no curve: nobody was followed");
    note_early_end(run);
}

static enum als_status prepare(struct als_store *store, struct run *run, struct als_err *err)
{
    const struct als_survival_options *options = run->options;
    run->rules =
        (struct survival_rules){.endpoint = &run->endpoint,
                                .from = options->from,
                                .from_zero = options->from_zero,
                                .pav = als_pav_asked(options->pav_hours, options->pav_days)};
    enum als_status status = als_patient_load(store, run->arena, &run->patients, err);
    if (status == ALS_OK)
        status = survival_endpoint_find(als_store_protocol(store), options->endpoint, run->arena,
                                        &run->endpoint, err);
    if (status == ALS_OK)
        status =
            survival_cases_load(store, &run->patients, &run->rules, run->arena, &run->cases, err);
    if (status != ALS_OK)
        return status;
    bool *used = als_arena_array(run->arena, run->patients.count + 1, sizeof *used);
    for (size_t i = 0; i < run->patients.count; i++)
        used[i] = run->cases.items[i].used;
    return als_levels_make(&run->patients, options->by, options->reference, used, run->arena,
                           &run->levels, err);
}

enum als_status als_analyze_survival(struct als_store *store,
                                     const struct als_survival_options *options,
                                     struct als_result *out, struct als_err *err)
{
    struct run run = {
        .options = options, .out = out, .unit = options->in_days ? 1 : ALS_DAYS_PER_MONTH};
    enum als_status status = als_factor_check(options->by, err);
    if (status == ALS_OK)
        status = als_factor_check(options->strata, err);
    if (status != ALS_OK)
        return status;
    run.arena = als_arena_new();
    status = prepare(store, &run, err);
    if (status == ALS_OK) {
        *out = (struct als_result){.count = 0};
        make_cases(&run);
        make_curves(&run);
        add_head(&run);
        add_curve(&run);
        note_method(&run, als_store_protocol(store));
        add_groups(&run);
        if (options->by) {
            note_strata(&run);
            add_cox(&run, add_logrank(&run));
        }
    }
    als_arena_free(run.arena);
    return status;
}
