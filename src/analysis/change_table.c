/* Observed means and changes at every planned visit, and the notes of both tables of change. */
#include "change_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/count.h"
#include "alstrack/stat/rank.h"
#include "alstrack/stat/summary.h"
#include "noted.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct als_table_column columns[] = {
    {"visit", NULL, ALS_CELL_TEXT, 0},
    {"group", NULL, ALS_CELL_TEXT, 0},
    {"n", NULL, ALS_CELL_INTEGER, 0},
    {"mean", NULL, ALS_CELL_NUMBER, 2},
    {"sd", "SD", ALS_CELL_NUMBER, 2},
    {"se", "SE", ALS_CELL_NUMBER, 2},
    {"ci_low", "95 % low", ALS_CELL_NUMBER, 2},
    {"ci_high", "95 % high", ALS_CELL_NUMBER, 2},
    {"change_mean", "change", ALS_CELL_NUMBER, 2},
    {"change_sd", "SD", ALS_CELL_NUMBER, 2},
    {"change_n", "n", ALS_CELL_INTEGER, 0},
    {"change_se", "SE", ALS_CELL_NUMBER, 2},
    {"change_ci_low", "95 % low", ALS_CELL_NUMBER, 2},
    {"change_ci_high", "95 % high", ALS_CELL_NUMBER, 2},
    {"change_p", "p", ALS_CELL_NUMBER, 4},
    {"change_q1", "quartile 1", ALS_CELL_NUMBER, 2},
    {"change_median", "median", ALS_CELL_NUMBER, 2},
    {"change_q3", "quartile 3", ALS_CELL_NUMBER, 2},
    {"percent_mean", "change %", ALS_CELL_NUMBER, 1},
    {"percent_sd", "SD %", ALS_CELL_NUMBER, 1},
    {"difference", NULL, ALS_CELL_NUMBER, 2},
    {"difference_ci_low", "95 % low", ALS_CELL_NUMBER, 2},
    {"difference_ci_high", "95 % high", ALS_CELL_NUMBER, 2},
    {"difference_p", "p", ALS_CELL_NUMBER, 4},
    {"wilcoxon_p_exact", "Wilcoxon exact p", ALS_CELL_NUMBER, 4},
    {"wilcoxon_p", "Wilcoxon p", ALS_CELL_NUMBER, 4},
};
enum { DIFFERENCE_COLUMNS = 6 };

/* Values of one visit and group. */
struct cell {
    size_t n, n_changes, n_percents;
    double *values, *changes, *percents, *sorted; /* room for every patient */
};

static struct cell new_cell(size_t patients)
{
    struct cell cell = {.values = als_alloc_array(4 * patients + 4, sizeof(double))};
    cell.changes = cell.values + patients;
    cell.percents = cell.changes + patients;
    cell.sorted = cell.percents + patients;
    return cell;
}

static void fill(const struct als_change_run *run, size_t visit, size_t group, struct cell *cell)
{
    cell->n = cell->n_changes = cell->n_percents = 0;
    for (size_t i = 0; i < run->patients.count; i++) {
        if (run->groups.of[i] != group || isnan(als_change_value(run, i, visit)))
            continue;
        cell->values[cell->n++] = als_change_value(run, i, visit);
        double change = als_change_of(run, i, visit);
        if (isnan(change))
            continue;
        cell->changes[cell->n_changes++] = change;
        if (run->baselines[i] != 0)
            cell->percents[cell->n_percents++] = 100 * change / run->baselines[i];
    }
}

static void add_means(const struct cell *cell, struct als_table *table)
{
    struct als_summary value =
        als_summarise(cell->n, cell->values, ALS_QUANTILE_LINEAR, cell->sorted);
    struct als_summary change =
        als_summarise(cell->n_changes, cell->changes, ALS_QUANTILE_LINEAR, cell->sorted);
    struct als_t_test test = als_t_one_sample(cell->n_changes, cell->changes);
    struct als_summary percent =
        als_summarise(cell->n_percents, cell->percents, ALS_QUANTILE_LINEAR, cell->sorted);
    als_table_integer(table, (int64_t)cell->n);
    const double values[] = {value.mean,    value.sd,    value.se, value.ci_low,
                             value.ci_high, change.mean, change.sd};
    for (size_t i = 0; i < COUNT(values); i++)
        als_table_number(table, values[i]);
    als_table_integer(table, (int64_t)cell->n_changes);
    const double changes[] = {change.se,     change.ci_low, change.ci_high, test.p,    change.q1,
                              change.median, change.q3,     percent.mean,   percent.sd};
    for (size_t i = 0; i < COUNT(changes); i++)
        als_table_number(table, changes[i]);
}

static void add_difference(const struct cell *cell, const struct cell *reference,
                           struct als_table *table)
{
    size_t n = cell->n_changes, m = reference->n_changes;
    struct als_t_test welch = als_t_welch(n, cell->changes, m, reference->changes);
    struct als_ranked *ranked = als_alloc_array(n + m + 1, sizeof *ranked);
    double *workspace = als_alloc_array(als_rank_sum_workspace(n, m) + 1, sizeof *workspace);
    struct als_wilcoxon ranks =
        als_rank_sum(n, cell->changes, m, reference->changes, ranked, workspace);
    const double numbers[] = {welch.difference, welch.ci_low,  welch.ci_high,
                              welch.p,          ranks.p_exact, ranks.p};
    for (size_t i = 0; i < COUNT(numbers); i++)
        als_table_number(table, numbers[i]);
    free(workspace);
    free(ranked);
}

/* Does the protocol measure it at that visit, or is there a value all the same? */
static bool is_shown(const struct als_change_run *run, size_t visit)
{
    if (als_change_is_planned(run, visit))
        return true;
    for (size_t i = 0; i < run->patients.count; i++)
        if (!isnan(als_change_value(run, i, visit)))
            return true;
    return false;
}

static struct als_table *new_table(const struct als_change_run *run)
{
    static const struct als_table_column imputed = {"n_imputed", "imputed", ALS_CELL_INTEGER, 0};
    struct als_table_column all[COUNT(columns) + 1];
    size_t n = COUNT(columns) - (run->options->by ? 0 : DIFFERENCE_COLUMNS);
    memcpy(all, columns, n * sizeof *columns);
    if (run->imputed)
        all[n++] = imputed;
    return als_table_new(all, n);
}

static size_t count_imputed(const struct als_change_run *run, size_t visit, size_t group)
{
    size_t n = 0;
    for (size_t i = 0; i < run->patients.count; i++)
        n += run->groups.of[i] == group && run->imputed[i * run->n_visits + visit];
    return n;
}

struct als_table *als_change_observed(const struct als_change_run *run)
{
    struct als_table *table = new_table(run);
    struct cell reference = new_cell(run->patients.count), cell = new_cell(run->patients.count);
    for (size_t visit = 0; visit < run->n_visits; visit++) {
        if (!is_shown(run, visit))
            continue;
        fill(run, visit, 0, &reference);
        for (size_t group = 0; group < run->groups.count; group++) {
            als_table_text(table, run->protocol->visits[visit].code);
            als_table_text(table, run->options->by ? run->groups.names[group] : "all");
            fill(run, visit, group, &cell);
            add_means(&cell, table);
            if (run->options->by && group > 0)
                add_difference(&cell, &reference, table);
            for (int i = 0; run->options->by && group == 0 && i < DIFFERENCE_COLUMNS; i++)
                als_table_missing(table);
            if (run->imputed)
                als_table_integer(table, (int64_t)count_imputed(run, visit, group));
        }
    }
    free(cell.values);
    free(reference.values);
    als_table_note(table,
                   "%s: observed values at planned visits; 95 %% t intervals of means; change "
                   "from baseline at visits after its day, p of a paired t test, quartiles type 7",
                   run->measure.name);
    if (run->options->by && run->groups.count)
        als_table_note(table,
                       "difference: mean change less that of %s %s, by Welch's t test and the "
                       "rank-sum test",
                       run->options->by, run->groups.names[0] ? run->groups.names[0] : "missing");
    als_change_note_imputed(run, table);
    als_change_notes(run, table);
    return table;
}

static void note_baseline(const struct als_change_run *run, struct als_table *table)
{
    als_table_note(table, "baseline of %s: %s", run->measure.instrument->code,
                   als_baseline_text(&run->baseline_rules, run->arena));
    als_note_zero(run->protocol, run->zero, table);
    als_table_note(table, "%s: %zu with a value, of whom %zu without a baseline",
                   als_counted(run->patients.count, "patient").text, run->with_value,
                   run->without_baseline);
    if (run->old_baseline)
        als_table_note(table,
                       "warning: records too old to be a baseline are all that %zu of them have "
                       "from before screening",
                       run->old_baseline);
}

void als_change_notes(const struct als_change_run *run, struct als_table *table)
{
    note_baseline(run, table);
    if (run->missing)
        als_table_note(table, "%s without a value left out",
                       als_counted(run->missing, "assessment").text);
    als_visit_values_note(&run->by_visit, table);
    als_note_raters(run->averaged, table);
    if (run->zero_baseline)
        als_table_note(table, "patients without a percentage, for a baseline of 0: %zu",
                       run->zero_baseline);
    if (run->by_visit.n_after_death)
        als_table_note(table, "warning: %s dated after death left out",
                       als_counted(run->by_visit.n_after_death, "value").text);
    if (run->died)
        als_table_note(table,
                       "warning: died: %s; means of later visits are those of "
                       "survivors (joint rank counts deaths)",
                       als_counted(run->died, "patient").text);
    if (run->computed && run->entered)
        als_table_note(table, "warning: values of mixed sources: %zu computed, %zu entered",
                       run->computed, run->entered);
    als_note_floor(run->low, run->used, table);
}
