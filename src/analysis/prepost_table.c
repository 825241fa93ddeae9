/* The tables of `analyze prepost`: a row per patient, or tests over patients. */
#include "prepost_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct als_table_column patient_columns[] = {
    {"measure", NULL, ALS_CELL_TEXT, 0},
    {"n_pre", "n before", ALS_CELL_INTEGER, 0},
    {"n_post", "n after", ALS_CELL_INTEGER, 0},
    {"span_pre", "days before", ALS_CELL_INTEGER, 0},
    {"span_post", "days after", ALS_CELL_INTEGER, 0},
    {"pre_slope", "slope before", ALS_CELL_NUMBER, 3},
    {"pre_se", "SE", ALS_CELL_NUMBER, 3},
    {"post_slope", "slope after", ALS_CELL_NUMBER, 3},
    {"post_se", "SE", ALS_CELL_NUMBER, 3},
    {"change", NULL, ALS_CELL_NUMBER, 3},
    {"improvement_percent", "better by %", ALS_CELL_NUMBER, 1},
    {"stick_n", "n stick", ALS_CELL_INTEGER, 0},
    {"stick_level", "level at 0", ALS_CELL_NUMBER, 2},
    {"stick_pre", "stick before", ALS_CELL_NUMBER, 3},
    {"stick_post", "stick after", ALS_CELL_NUMBER, 3},
    {"stick_change", "stick change", ALS_CELL_NUMBER, 3},
    {"stick_se", "SE", ALS_CELL_NUMBER, 3},
    {"stick_df", "df", ALS_CELL_NUMBER, 0},
    {"stick_ci_low", "95 % low", ALS_CELL_NUMBER, 3},
    {"stick_ci_high", "95 % high", ALS_CELL_NUMBER, 3},
    {"stick_p", "p", ALS_CELL_NUMBER, 4},
};
static const struct als_table_column cohort_columns[] = {
    {"group", NULL, ALS_CELL_TEXT, 0},
    {"measure", NULL, ALS_CELL_TEXT, 0},
    {"method", NULL, ALS_CELL_TEXT, 0},
    {"patients", NULL, ALS_CELL_INTEGER, 0},
    {"n", NULL, ALS_CELL_INTEGER, 0},
    {"pre_mean", "mean before", ALS_CELL_NUMBER, 3},
    {"post_mean", "mean after", ALS_CELL_NUMBER, 3},
    {"change_mean", "mean change", ALS_CELL_NUMBER, 3},
    {"change_sd", "SD", ALS_CELL_NUMBER, 3},
    {"change_se", "SE", ALS_CELL_NUMBER, 3},
    {"ci_low", "95 % low", ALS_CELL_NUMBER, 3},
    {"ci_high", "95 % high", ALS_CELL_NUMBER, 3},
    {"t", NULL, ALS_CELL_NUMBER, 3},
    {"df", NULL, ALS_CELL_NUMBER, 0},
    {"p", NULL, ALS_CELL_NUMBER, 4},
    {"change_median", "median change", ALS_CELL_NUMBER, 3},
    {"wilcoxon_n", "Wilcoxon n", ALS_CELL_INTEGER, 0},
    {"wilcoxon_w", "W+", ALS_CELL_NUMBER, 1},
    {"wilcoxon_p_exact", "exact p", ALS_CELL_NUMBER, 4},
    {"wilcoxon_p", "normal p", ALS_CELL_NUMBER, 4},
    {"wilcoxon_p_corrected", "corrected p", ALS_CELL_NUMBER, 4},
};
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void integer_or_missing(struct als_table *table, bool known, size_t value)
{
    if (known)
        als_table_integer(table, (int64_t)value);
    else
        als_table_missing(table);
}

static void add_span(struct als_table *table, const struct als_slope *slope)
{
    integer_or_missing(table, slope->fit.n > 0, (size_t)(slope->last_day - slope->first_day));
}

static void add_reason(struct als_buf *reason, const char *side, const char *why)
{
    als_buf_printf(reason, "%s%s: %s", reason->length ? "; " : "", side, why);
}

/* Why cells of the row are empty; an empty text if none is. */
static void explain(const struct als_prepost *fit, struct als_buf *reason)
{
    als_buf_clear(reason);
    if (!fit->has_values || !fit->has_zero) {
        als_buf_text(reason, fit->has_values ? "no time zero" : "no value");
        return;
    }
    enum als_ols_status before = fit->before.fit.status, after = fit->after.fit.status;
    if (before != ALS_OLS_OK)
        add_reason(reason, "before", als_ols_reason(before));
    if (after != ALS_OLS_OK)
        add_reason(reason, "after", als_ols_reason(after));
    if (before == ALS_OLS_OK && after == ALS_OLS_OK && fit->improvement != fit->improvement)
        add_reason(reason, "percent", "no decline before");
    if (fit->stick.status == ALS_REGRESS_COLLINEAR)
        add_reason(reason, "stick", "values on one side only");
    else if (fit->stick.status != ALS_REGRESS_OK)
        add_reason(reason, "stick", als_regress_reason(fit->stick.status));
}

static void add_fits(struct als_table *table, const struct als_prepost *fit)
{
    const struct als_ols *before = &fit->before.fit, *after = &fit->after.fit;
    const struct als_stick *stick = &fit->stick;
    als_table_integer(table, (int64_t)before->n);
    als_table_integer(table, (int64_t)after->n);
    add_span(table, &fit->before);
    add_span(table, &fit->after);
    const double numbers[] = {before->slope,   before->se_slope, after->slope,
                              after->se_slope, fit->change,      fit->improvement};
    for (size_t i = 0; i < COUNT(numbers); i++)
        als_table_number(table, numbers[i]);
    als_table_integer(table, (int64_t)stick->n);
    const double stick_numbers[] = {stick->level,           stick->before,         stick->after,
                                    stick->change.estimate, stick->change.se,      stick->change.df,
                                    stick->change.ci_low,   stick->change.ci_high, stick->change.p};
    for (size_t i = 0; i < COUNT(stick_numbers); i++)
        als_table_number(table, stick_numbers[i]);
}

static void add_patient(const struct als_prepost_run *run, size_t i, struct als_buf *reason,
                        struct als_table *table)
{
    als_table_text(table, run->patients.items[i].patient);
    if (run->options->by)
        als_table_text(table, run->groups.names[run->groups.of[i]]);
    als_table_text(table, run->measures[0].name);
    add_fits(table, &run->fits[i]);
    for (size_t rule = 0; rule < run->n_rules; rule++) {
        int verdict = als_prepost_verdict(run, rule, i);
        if (verdict < 0)
            als_table_missing(table);
        else
            als_table_yesno(table, verdict == 1);
    }
    explain(&run->fits[i], reason);
    als_table_text(table, reason->data);
}

struct als_table *als_prepost_patients(const struct als_prepost_run *run)
{
    size_t n = 0;
    struct als_table_column *columns =
        als_alloc_array(COUNT(patient_columns) + run->n_rules + 3, sizeof *columns);
    columns[n++] = (struct als_table_column){"patient", NULL, ALS_CELL_TEXT, 0};
    if (run->options->by)
        columns[n++] = (struct als_table_column){"group", run->options->by, ALS_CELL_TEXT, 0};
    memcpy(&columns[n], patient_columns, sizeof patient_columns);
    n += COUNT(patient_columns);
    for (size_t i = 0; i < run->n_rules; i++)
        columns[n++] =
            (struct als_table_column){run->rules[i].responder->code, NULL, ALS_CELL_YESNO, 0};
    columns[n++] = (struct als_table_column){"reason", NULL, ALS_CELL_TEXT, 0};
    struct als_table *table = als_table_new(columns, n);
    free(columns);
    struct als_buf reason;
    als_buf_init(&reason, ALS_BUF_LARGE);
    for (size_t i = 0; i < run->patients.count; i++)
        add_patient(run, i, &reason, table);
    als_buf_release(&reason);
    return table;
}

static void add_tests(const struct als_prepost_run *run, size_t group, bool stick,
                      struct als_table *table)
{
    size_t patients;
    struct als_prepost_tests tests = als_prepost_tests_of(run, group, stick, &patients);
    als_table_text(table, group == run->groups.count ? "all" : run->groups.names[group]);
    als_table_text(table, run->measures[0].name);
    als_table_text(table, stick ? "broken stick" : "separate lines");
    als_table_integer(table, (int64_t)patients);
    als_table_integer(table, (int64_t)tests.n);
    const struct als_t_test *t = &tests.t;
    const double numbers[] = {tests.before_mean,  tests.after_mean, t->difference, t->sd1, t->se,
                              t->ci_low,          t->ci_high,       t->t,          t->df,  t->p,
                              tests.change_median};
    for (size_t i = 0; i < COUNT(numbers); i++)
        als_table_number(table, numbers[i]);
    als_table_integer(table, (int64_t)tests.wilcoxon.n);
    als_table_number(table, tests.wilcoxon.statistic);
    als_table_number(table, tests.wilcoxon.p_exact);
    als_table_number(table, tests.wilcoxon.p);
    als_table_number(table, tests.wilcoxon.p_corrected);
    for (size_t rule = 0; rule < run->n_rules; rule++) {
        struct als_prepost_count count = als_prepost_count_of(run, group, rule);
        integer_or_missing(table, !stick, count.responders);
        integer_or_missing(table, !stick, count.of);
    }
}

struct als_table *als_prepost_cohort(const struct als_prepost_run *run)
{
    size_t n = COUNT(cohort_columns);
    struct als_arena *names = als_arena_new();
    struct als_table_column *columns = als_alloc_array(n + 2 * run->n_rules, sizeof *columns);
    memcpy(columns, cohort_columns, sizeof cohort_columns);
    for (size_t i = 0; i < run->n_rules; i++) {
        const char *code = run->rules[i].responder->code;
        columns[n++] = (struct als_table_column){code, NULL, ALS_CELL_INTEGER, 0};
        columns[n++] = (struct als_table_column){als_arena_printf(names, "%s_of", code), "of",
                                                 ALS_CELL_INTEGER, 0};
    }
    struct als_table *table = als_table_new(columns, n);
    free(columns);
    als_arena_free(names);
    for (int stick = 0; stick < 2; stick++)
        add_tests(run, run->groups.count, stick == 1, table);
    for (size_t group = 0; run->options->by && group < run->groups.count; group++)
        for (int stick = 0; stick < 2; stick++)
            add_tests(run, group, stick == 1, table);
    return table;
}
