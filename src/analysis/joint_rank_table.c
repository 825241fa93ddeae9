/* A joint rank as tables, and its rules and exclusions in notes. */
#include <math.h>
#include <stdlib.h>

#include "alstrack/stat/rank.h"
#include "joint_rank_int.h"

#define NEW_TABLE(columns) als_table_new(columns, sizeof(columns) / sizeof((columns)[0]))

/* Infinite without losses: not a number that a table can hold. */
static double finite_or_missing(double value)
{
    return isfinite(value) ? value : NAN;
}

/* ---------------------------------------------------------------- notes */

static void note_rules(const struct ranking *ranking, struct als_table *table)
{
    const struct als_joint_rank_options *options = ranking->options;
    als_table_note(
        table,
        "joint rank of %s and change of %s, horizon %.6g months of %.4f days (day %d): every "
        "patient "
        "against every other, score = wins - losses, rank 1 = worst, ties share the mean",
        ranking->endpoint.name, ranking->measure.name, options->horizon_months, ALS_DAYS_PER_MONTH,
        ranking->horizon_days);
    als_table_note(table, "death rule: a death loses to %s; deaths on one day: %s",
                   options->strict ? "every survivor, whatever the follow-up (strict)"
                                   : "who is known alive on that day or later (fs)",
                   options->same_day_equal ? "equal" : "function decides");
    als_table_note(table,
                   "function: the %s change from baseline at the last planned visit after time "
                   "zero at which both have a value wins; equal or no such visit 0",
                   ranking->measure.instrument->higher_is_better ? "greater" : "lesser");
    survival_cases_note(&ranking->cases, ranking->protocol, &ranking->rules, table);
}

static void note_counts(const struct ranking *ranking, struct als_table *table)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_table_note(table, "patients: %zu, ranked: %zu", ranking->patients.count, ranking->n);
    if (ranking->levels.without)
        als_table_note(table, "left out: no %s: %zu", ranking->options->by,
                       ranking->levels.without);
    if (ranking->without_baseline.count)
        als_table_note(table, "warning: no baseline value, so compared by death only: %s",
                       als_noted_say(&ranking->without_baseline, &text));
    if (ranking->without_change.count)
        als_table_note(table,
                       "warning: no value after baseline within the horizon, so compared by death "
                       "only: %s",
                       als_noted_say(&ranking->without_change, &text));
    als_visit_values_note(&ranking->by_visit, table);
    als_note_raters(ranking->averaged, table);
    if (ranking->outside)
        als_table_note(table,
                       "of the changes, not compared: at visits until time zero or beyond the "
                       "horizon %zu",
                       ranking->outside);
    if (ranking->by_visit.n_after_death)
        als_table_note(table, "warning: left out: values dated after death: %zu",
                       ranking->by_visit.n_after_death);
    als_buf_release(&text);
}

static bool all_equal(const struct als_joint_rank *rank)
{
    for (size_t i = 1; i < rank->n; i++)
        if (rank->score[i] != rank->score[0])
            return false;
    return true;
}

static void note_no_test(const struct ranking *ranking, const struct als_joint_rank *rank,
                         struct als_table *table)
{
    size_t groups = ranking->levels.count;
    if (!ranking->options->by)
        als_table_note(table, "no test: --by names the groups to compare");
    else if (groups == 2 && rank->status != ALS_JOINT_RANK_OK)
        als_table_note(table, "no test: %s", als_joint_rank_reason(rank->status));
    else if (groups > 2 && ranking->n && all_equal(rank))
        als_table_note(table, "no test: %s", als_joint_rank_reason(ALS_JOINT_RANK_ALL_EQUAL));
    else if (groups < 2)
        als_table_note(table, "no test: %s", als_joint_rank_reason(ALS_JOINT_RANK_ONE_GROUP));
}

/* ---------------------------------------------------------------- test */

static struct als_wilcoxon wilcoxon(const struct ranking *ranking,
                                    const struct als_joint_rank *rank)
{
    size_t n = ranking->n, n_treated = 0, n_reference = 0;
    double *treated = als_alloc_array(n, sizeof *treated);
    double *reference = als_alloc_array(n, sizeof *reference);
    for (size_t i = 0; i < n; i++) {
        if (ranking->treated[i])
            treated[n_treated++] = (double)rank->score[i];
        else
            reference[n_reference++] = (double)rank->score[i];
    }
    struct als_ranked *work = als_alloc_array(n, sizeof *work);
    double *workspace =
        als_alloc_array(als_rank_sum_workspace(n_treated, n_reference) + 1, sizeof *workspace);
    struct als_wilcoxon test =
        als_rank_sum(n_treated, treated, n_reference, reference, work, workspace);
    free(treated);
    free(reference);
    free(work);
    free(workspace);
    return test;
}

static void note_test(const struct ranking *ranking, const struct als_joint_rank *rank,
                      const struct als_wilcoxon *test, struct als_table *table)
{
    const char *reference = ranking->levels.names[0], *treated = ranking->levels.names[1];
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_printf(&text,
                   "Wilcoxon rank-sum W %.6g, z %.6f, p %.6g (%.6g with continuity "
                   "correction",
                   test->statistic, test->z, test->p, test->p_corrected);
    if (!isnan(test->p_exact))
        als_buf_printf(&text, ", %.6g exact", test->p_exact);
    als_table_note(table, "%s)", text.data);
    als_buf_clear(&text);
    als_buf_printf(&text, "win probability of %s against %s %.6f", treated, reference,
                   rank->win_probability);
    if (!isnan(rank->win_low))
        als_buf_printf(&text, ", 95 %% interval %.6f to %.6f", rank->win_low, rank->win_high);
    if (isfinite(rank->win_odds))
        als_buf_printf(&text, "; win odds %.6f", rank->win_odds);
    else
        als_buf_text(&text, "; win odds not finite: no losses and no ties");
    als_table_note(table, "%s", text.data);
    als_buf_release(&text);
}

static void add_test(const struct ranking *ranking, const struct als_joint_rank *rank,
                     struct als_result *out)
{
#define NUMBER(name, decimals)                                                                     \
    {                                                                                              \
        name, name, ALS_CELL_NUMBER, decimals                                                      \
    }
#define COUNT(name)                                                                                \
    {                                                                                              \
        name, name, ALS_CELL_INTEGER, 0                                                            \
    }
    static const struct als_table_column columns[] = {
        {"reference", "reference", ALS_CELL_TEXT, 0},
        {"treated", "treated", ALS_CELL_TEXT, 0},
        COUNT("n_reference"),
        COUNT("n_treated"),
        NUMBER("mean_rank_reference", 3),
        NUMBER("mean_rank_treated", 3),
        NUMBER("median_rank_reference", 1),
        NUMBER("median_rank_treated", 1),
        COUNT("treated_score"),
        NUMBER("variance", 3),
        NUMBER("z", 4),
        NUMBER("p", 6),
        NUMBER("wilcoxon_w", 1),
        NUMBER("wilcoxon_z", 4),
        NUMBER("wilcoxon_p", 6),
        NUMBER("wilcoxon_p_corrected", 6),
        NUMBER("wilcoxon_p_exact", 6),
        COUNT("wins"),
        COUNT("losses"),
        COUNT("ties"),
        COUNT("by_death"),
        COUNT("by_same_day"),
        COUNT("by_function"),
        COUNT("undecidable"),
        NUMBER("win_probability", 4),
        NUMBER("ci_low", 4),
        NUMBER("ci_high", 4),
        NUMBER("win_odds", 4),
        NUMBER("win_ratio", 4),
        NUMBER("net_benefit", 4),
    };
#undef NUMBER
#undef COUNT
    struct als_table *table = als_result_add(out, "test", true, NEW_TABLE(columns));
    struct als_wilcoxon test = wilcoxon(ranking, rank);
    als_table_text(table, ranking->levels.names[0]);
    als_table_text(table, ranking->levels.names[1]);
    als_table_integer(table, (int64_t)rank->group_n[0]);
    als_table_integer(table, (int64_t)rank->group_n[1]);
    const double ranks[] = {rank->mean_rank[0], rank->mean_rank[1], rank->median_rank[0],
                            rank->median_rank[1]};
    for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++)
        als_table_number(table, ranks[i]);
    als_table_integer(table, rank->treated_score);
    const double tests[] = {rank->variance, rank->z, rank->p,          test.statistic,
                            test.z,         test.p,  test.p_corrected, test.p_exact};
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        als_table_number(table, finite_or_missing(tests[i]));
    const int64_t pairs[] = {rank->wins,        rank->losses,      rank->ties,       rank->by_death,
                             rank->by_same_day, rank->by_function, rank->undecidable};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        als_table_integer(table, pairs[i]);
    const double wins[] = {rank->win_probability, rank->win_low,   rank->win_high,
                           rank->win_odds,        rank->win_ratio, rank->net_benefit};
    for (size_t i = 0; i < sizeof wins / sizeof wins[0]; i++)
        als_table_number(table, finite_or_missing(wins[i]));
    if (rank->status == ALS_JOINT_RANK_OK)
        note_test(ranking, rank, &test, out->parts[out->main].table);
}

/* ---------------------------------------------------------------- the whole */

void ranking_make_tables(struct ranking *ranking, const struct als_joint_rank *rank,
                         struct als_result *out)
{
    static const struct als_table_column columns[] = {
        {"patient", "patient", ALS_CELL_TEXT, 0},
        {"group", "group", ALS_CELL_TEXT, 0},
        {"score", "score", ALS_CELL_INTEGER, 0},
        {"rank", "rank", ALS_CELL_NUMBER, 1},
    };
    struct als_table *table = als_result_add_main(out, "patients", NEW_TABLE(columns));
    for (size_t i = 0; i < ranking->n; i++) {
        als_table_text(table, ranking->patients.items[ranking->who[i]].patient);
        als_table_text(table, ranking->levels.names[ranking->levels.of[ranking->who[i]]]);
        als_table_integer(table, rank->score[i]);
        als_table_number(table, rank->rank[i]);
    }
    note_rules(ranking, table);
    note_counts(ranking, table);
    ranking->notes = table;
    if (ranking->options->by)
        ranking_compare_groups(ranking, rank, out);
    if (ranking->levels.count == 2)
        add_test(ranking, rank, out);
    note_no_test(ranking, rank, table);
    if (ranking->options->n_covariates && ranking->n)
        ranking_adjust(ranking, rank, out);
}
