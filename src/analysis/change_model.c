/* The repeated-measures model of change from baseline, and its adjusted means. */
#include "change_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/count.h"
#include "alstrack/stat/repeated.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct als_table_column columns[] = {
    {"visit", NULL, ALS_CELL_TEXT, 0},
    {"group", NULL, ALS_CELL_TEXT, 0},
    {"n", NULL, ALS_CELL_INTEGER, 0},
    {"change", "adjusted change", ALS_CELL_NUMBER, 3},
    {"se", "SE", ALS_CELL_NUMBER, 3},
    {"df", NULL, ALS_CELL_NUMBER, 1},
    {"ci_low", "95 % low", ALS_CELL_NUMBER, 3},
    {"ci_high", "95 % high", ALS_CELL_NUMBER, 3},
    {"p", NULL, ALS_CELL_NUMBER, 4},
    {"difference", NULL, ALS_CELL_NUMBER, 3},
    {"difference_se", "SE", ALS_CELL_NUMBER, 3},
    {"difference_df", "df", ALS_CELL_NUMBER, 1},
    {"difference_ci_low", "95 % low", ALS_CELL_NUMBER, 3},
    {"difference_ci_high", "95 % high", ALS_CELL_NUMBER, 3},
    {"difference_p", "p", ALS_CELL_NUMBER, 4},
};
enum { DIFFERENCE_COLUMNS = 6 };
enum { NONE = -1 };

/* Which columns of X stand for what. A visit and group without a value have none, nor has the
 * baseline at a visit where it is the same in all. */
struct design {
    const struct als_change_run *run;
    size_t n_groups;            /* those with a name */
    size_t n_visits;            /* in the model */
    size_t *plan;               /* protocol visit of each */
    ptrdiff_t *mean_column;     /* per visit and group */
    ptrdiff_t *baseline_column; /* per visit */
    size_t *counts;             /* per visit and group */
    size_t p, n, n_subjects;
    double mean_baseline; /* over the rows */
    size_t left_out;      /* visits with too few changes */
    struct als_repeated_data data;
};

static bool is_modelled(const struct design *design, size_t patient)
{
    return design->run->groups.of[patient] < design->n_groups;
}

/* Changes of one protocol visit per group, and whether baselines differ among them. */
static size_t count_changes(const struct design *design, size_t visit, size_t *counts,
                            bool *baselines_differ)
{
    const struct als_change_run *run = design->run;
    double low = INFINITY, high = -INFINITY;
    size_t n = 0;
    memset(counts, 0, design->n_groups * sizeof *counts);
    for (size_t i = 0; i < run->patients.count; i++) {
        if (!is_modelled(design, i) || isnan(als_change_of(run, i, visit)))
            continue;
        counts[run->groups.of[i]]++;
        low = fmin(low, run->baselines[i]);
        high = fmax(high, run->baselines[i]);
        n++;
    }
    *baselines_differ = low < high;
    return n;
}

static void choose_columns(struct design *design, struct als_arena *arena)
{
    const struct als_change_run *run = design->run;
    size_t cells = run->n_visits * design->n_groups + 1;
    design->plan = als_arena_array(arena, run->n_visits + 1, sizeof *design->plan);
    design->baseline_column =
        als_arena_array(arena, run->n_visits + 1, sizeof *design->baseline_column);
    design->mean_column = als_arena_array(arena, cells, sizeof *design->mean_column);
    design->counts = als_arena_array(arena, cells, sizeof *design->counts);
    for (size_t visit = 0; visit < run->n_visits; visit++) {
        size_t row = design->n_visits, present = 0;
        size_t *counts = &design->counts[row * design->n_groups];
        bool baselines_differ;
        size_t n = count_changes(design, visit, counts, &baselines_differ);
        for (size_t group = 0; group < design->n_groups; group++)
            present += counts[group] > 0;
        if (n == 0)
            continue;
        if (n < present + 2) {
            design->left_out++;
            continue;
        }
        for (size_t group = 0; group < design->n_groups; group++)
            design->mean_column[row * design->n_groups + group] =
                counts[group] ? (ptrdiff_t)design->p++ : NONE;
        design->baseline_column[row] = baselines_differ ? (ptrdiff_t)design->p++ : NONE;
        design->plan[design->n_visits++] = visit;
        design->n += n;
    }
}

static void take_mean_baseline(struct design *design)
{
    const struct als_change_run *run = design->run;
    size_t n = 0;
    for (size_t i = 0; i < run->patients.count; i++)
        for (size_t v = 0; v < design->n_visits && is_modelled(design, i); v++)
            if (!isnan(als_change_of(run, i, design->plan[v])))
                design->mean_baseline += (run->baselines[i] - design->mean_baseline) / (double)++n;
}

/* What a patient brings into every row: its group, and its baseline from the mean. */
static void fill_patient(struct design *design, size_t patient, double *z)
{
    const struct als_change_run *run = design->run;
    z[run->groups.of[patient]] = 1;
    z[design->n_groups] = run->baselines[patient] - design->mean_baseline;
}

static void fill_rows(struct design *design, struct als_arena *arena)
{
    const struct als_change_run *run = design->run;
    size_t q = design->n_groups + 1, row = 0;
    size_t *first = als_arena_array(arena, run->patients.count + 1, sizeof *first);
    size_t *visit = als_arena_array(arena, design->n + 1, sizeof *visit);
    double *y = als_arena_array(arena, design->n + 1, sizeof *y);
    double *z = als_arena_array(arena, run->patients.count * q + 1, sizeof *z);
    for (size_t i = 0; i < run->patients.count; i++) {
        for (size_t v = 0; v < design->n_visits && is_modelled(design, i); v++) {
            double change = als_change_of(run, i, design->plan[v]);
            if (isnan(change))
                continue;
            visit[row] = v;
            y[row++] = change;
        }
        if (row == first[design->n_subjects])
            continue;
        fill_patient(design, i, z + design->n_subjects * q);
        first[++design->n_subjects] = row;
    }
    ptrdiff_t *column = als_arena_array(arena, design->n_visits * q + 1, sizeof *column);
    for (size_t v = 0; v < design->n_visits; v++) {
        for (size_t group = 0; group < design->n_groups; group++)
            column[v * q + group] = design->mean_column[v * design->n_groups + group];
        column[v * q + design->n_groups] = design->baseline_column[v];
    }
    design->data = (struct als_repeated_data){.n_subjects = design->n_subjects,
                                              .first = first,
                                              .n_visits = design->n_visits,
                                              .p = design->p,
                                              .visit = visit,
                                              .y = y,
                                              .q = q,
                                              .z = z,
                                              .column = column};
}

/* Of the changes at one visit of the model about the means of their groups. */
static double deviation_within_groups(const struct design *design, size_t v)
{
    const struct als_change_run *run = design->run;
    double squares = 0;
    size_t n = 0, groups = 0;
    for (size_t group = 0; group < design->n_groups; group++) {
        double mean = 0;
        size_t own = 0;
        for (size_t i = 0; i < run->patients.count; i++) {
            double change = als_change_of(run, i, design->plan[v]);
            if (run->groups.of[i] != group || isnan(change))
                continue;
            double gap = change - mean;
            mean += gap / (double)++own;
            squares += gap * (change - mean);
        }
        n += own;
        groups += own > 0;
    }
    return sqrt(squares / (double)(n - groups));
}

static void note_failure(const struct design *design, const char *structure,
                         const struct als_repeated *fit, struct als_table *table)
{
    const struct als_visit_plan *visits = design->run->protocol->visits;
    if (fit->never_together)
        als_table_note(table,
                       "warning: %s covariance cannot be estimated: no patient has both %s and %s",
                       structure, visits[design->plan[fit->visit_a]].code,
                       visits[design->plan[fit->visit_b]].code);
    else
        als_table_note(table, "warning: %s covariance cannot be estimated: %s", structure,
                       fit->singular ? "it is singular, as some visits all but determine others"
                                     : als_lmm_reason(fit->status));
}

/* Observed deviations that one variance for all visits would hide. */
static void note_one_variance(const struct design *design, struct als_table *table)
{
    const struct als_visit_plan *visits = design->run->protocol->visits;
    double *sd = als_alloc_array(design->n_visits, sizeof *sd);
    size_t least = 0, most = 0;
    for (size_t v = 0; v < design->n_visits; v++) {
        sd[v] = deviation_within_groups(design, v);
        least = sd[v] < sd[least] ? v : least;
        most = sd[v] > sd[most] ? v : most;
    }
    if (design->n_visits > 1)
        als_table_note(table,
                       "warning: this covariance takes the variance for the same at every visit; "
                       "observed SDs of change run from %.3f (%s) to %.3f (%s), so standard errors "
                       "of single visits are too great or too small",
                       sd[least], visits[design->plan[least]].code, sd[most],
                       visits[design->plan[most]].code);
    free(sd);
}

static void note_structure(const struct design *design, enum als_repeated_structure structure,
                           const struct als_repeated *fit, struct als_table *table)
{
    als_table_note(table, "covariance %s by REML: log-likelihood %.6f, AIC %.6f, %s of %s",
                   als_repeated_structure_name(structure), fit->log_likelihood, fit->aic,
                   als_counted(fit->n, "value").text, als_counted(fit->n_subjects, "patient").text);
    if (structure != ALS_REPEATED_UNSTRUCTURED)
        als_table_note(table,
                       "covariances are tried in the order UN, TOEPH, ARH1, CSH, TOEP, AR1, CS: "
                       "with a variance for each visit before one for all, more correlations "
                       "before fewer");
    if (!als_repeated_is_heterogeneous(structure))
        note_one_variance(design, table);
}

/* The first covariance structure that the data can bear. */
static bool fit_model(const struct design *design, void *work, struct als_repeated *fit,
                      struct als_table *table)
{
    for (int i = ALS_REPEATED_UNSTRUCTURED; i <= ALS_REPEATED_SYMMETRY; i++) {
        enum als_repeated_structure structure = (enum als_repeated_structure)i;
        *fit = als_repeated_fit(&design->data, structure, ALS_LMM_REML, work);
        if (fit->status == ALS_LMM_OK) {
            note_structure(design, structure, fit, table);
            return true;
        }
        note_failure(design, als_repeated_structure_name(structure), fit, table);
        if (fit->status != ALS_LMM_NOT_IDENTIFIABLE && fit->status != ALS_LMM_NOT_CONVERGED)
            return false; /* another structure would not help */
    }
    return false;
}

static void add_estimate(const struct als_estimate *estimate, struct als_table *table)
{
    const double numbers[] = {estimate->estimate, estimate->se,      estimate->df,
                              estimate->ci_low,   estimate->ci_high, estimate->p};
    for (size_t i = 0; i < COUNT(numbers); i++)
        als_table_number(table, numbers[i]);
}

static void add_row(const struct design *design, const struct als_repeated *fit, size_t visit,
                    size_t group, double *combination, struct als_table *table)
{
    const struct als_change_run *run = design->run;
    size_t cell = visit * design->n_groups + group;
    ptrdiff_t own = design->mean_column[cell];
    ptrdiff_t reference = design->mean_column[visit * design->n_groups];
    als_table_text(table, run->protocol->visits[design->plan[visit]].code);
    als_table_text(table, run->options->by ? run->groups.names[group] : "all");
    als_table_integer(table, (int64_t)design->counts[cell]);
    struct als_estimate mean = als_no_estimate, difference = als_no_estimate;
    memset(combination, 0, design->p * sizeof *combination);
    if (own != NONE) {
        combination[own] = 1;
        mean = als_repeated_contrast(fit, combination);
    }
    if (own != NONE && reference != NONE && group > 0) {
        combination[reference] = -1;
        difference = als_repeated_contrast(fit, combination);
    }
    add_estimate(&mean, table);
    if (run->options->by)
        add_estimate(&difference, table);
}

static void note_without_group(const struct design *design, struct als_table *table)
{
    const struct als_change_run *run = design->run;
    size_t patients = 0, changes = 0;
    for (size_t i = 0; i < run->patients.count; i++) {
        if (is_modelled(design, i))
            continue;
        size_t own = 0;
        for (size_t visit = 0; visit < run->n_visits; visit++)
            own += isnan(als_change_of(run, i, visit)) ? 0 : 1;
        patients++;
        changes += own;
    }
    als_table_note(table, "left out: patients without %s: %zu, with %s", run->options->by, patients,
                   als_counted(changes, "change").text);
}

static void note_model(const struct design *design, struct als_table *table)
{
    const struct als_change_run *run = design->run;
    als_table_note(table,
                   "%s: change from baseline by a repeated-measures model, visit%s + baseline x "
                   "visit, at the mean baseline %.6f of the values; model-based standard errors, "
                   "Satterthwaite degrees of freedom",
                   run->measure.name, run->options->by ? " x group" : "", design->mean_baseline);
    if (design->n_groups && run->options->by)
        als_table_note(table, "difference: from %s %s", run->options->by, run->groups.names[0]);
    if (design->n_groups < run->groups.count)
        note_without_group(design, table);
    if (design->left_out)
        als_table_note(table, "visits with too few changes to adjust were left out: %zu",
                       design->left_out);
}

static bool is_possible(const struct design *design, struct als_table *table)
{
    if (design->n_visits == 0)
        als_table_note(table, "warning: no model: no visit has changes of enough patients");
    else if (design->n_visits > ALS_REPEATED_MAX_VISITS)
        als_table_note(table, "warning: no model: %s, at most %d can be modelled",
                       als_counted(design->n_visits, "visit").text, ALS_REPEATED_MAX_VISITS);
    return design->n_visits > 0 && design->n_visits <= ALS_REPEATED_MAX_VISITS;
}

struct als_table *als_change_adjusted(const struct als_change_run *run)
{
    struct als_table *table =
        als_table_new(columns, COUNT(columns) - (run->options->by ? 0 : DIFFERENCE_COLUMNS));
    struct als_arena *arena = als_arena_new();
    struct design design = {.run = run, .n_groups = run->groups.count};
    if (run->options->by && design.n_groups && !run->groups.names[design.n_groups - 1])
        design.n_groups--;
    choose_columns(&design, arena);
    if (is_possible(&design, table)) {
        take_mean_baseline(&design);
        fill_rows(&design, arena);
        note_model(&design, table);
        struct als_repeated fit;
        void *work = als_alloc(als_repeated_workspace(&design.data));
        double *combination = als_arena_array(arena, design.p, sizeof *combination);
        bool fitted = fit_model(&design, work, &fit, table);
        for (size_t v = 0; v < design.n_visits && fitted; v++)
            for (size_t group = 0; group < design.n_groups; group++)
                add_row(&design, &fit, v, group, combination, table);
        free(work);
    }
    als_arena_free(arena);
    als_change_notes(run, table);
    return table;
}
