/* Ranks of each group; with three or more, whether they differ, and every pair of groups. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/stat/rank.h"
#include "joint_rank_int.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static size_t level_of(const struct ranking *ranking, size_t i)
{
    return ranking->levels.of[ranking->who[i]];
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Part `groups`, and the same in a note each. */
static void add_groups(struct ranking *ranking, const struct als_joint_rank *rank,
                       struct als_result *out)
{
    static const struct als_table_column columns[] = {
        {"group", "group", ALS_CELL_TEXT, 0},
        {"n", "n", ALS_CELL_INTEGER, 0},
        {"mean_rank", "mean rank", ALS_CELL_NUMBER, 3},
        {"median_rank", "median rank", ALS_CELL_NUMBER, 2}};
    struct als_table *table =
        als_result_add(out, "groups", false, als_table_new(columns, COUNT(columns)));
    double *ranks = als_alloc_array(ranking->n + 1, sizeof *ranks);
    for (size_t level = 0; level < ranking->levels.count; level++) {
        size_t n = 0;
        double sum = 0; /* of halves: exact */
        for (size_t i = 0; i < ranking->n; i++) {
            if (level_of(ranking, i) != level)
                continue;
            ranks[n++] = rank->rank[i];
            sum += rank->rank[i];
        }
        qsort(ranks, n, sizeof *ranks, ascending);
        double mean = n ? sum / (double)n : NAN;
        double median = n ? (ranks[(n - 1) / 2] + ranks[n / 2]) / 2 : NAN;
        als_table_text(table, ranking->levels.names[level]);
        als_table_integer(table, (int64_t)n);
        als_table_number(table, mean);
        als_table_number(table, median);
        if (n)
            als_table_note(ranking->notes, "%s %s: n %zu, mean rank %.6f, median rank %.6f",
                           ranking->options->by, ranking->levels.names[level], n, mean, median);
    }
    free(ranks);
}

/* Part `kruskal_wallis`. */
static void add_kruskal(struct ranking *ranking, const struct als_joint_rank *rank,
                        struct als_result *out)
{
    static const struct als_table_column columns[] = {
        {"chisq", NULL, ALS_CELL_NUMBER, 4},
        {"df", NULL, ALS_CELL_INTEGER, 0},
        {"p", NULL, ALS_CELL_NUMBER, 6},
    };
    struct als_table *table =
        als_result_add(out, "kruskal_wallis", true, als_table_new(columns, COUNT(columns)));
    double *values = als_alloc_array(2 * ranking->n + 1, sizeof *values);
    size_t *group = als_alloc_array(ranking->n + 1, sizeof *group);
    struct als_ranked *work = als_alloc_array(ranking->n + 1, sizeof *work);
    for (size_t i = 0; i < ranking->n; i++) {
        values[i] = (double)rank->score[i];
        group[i] = level_of(ranking, i);
    }
    struct als_kruskal test = als_kruskal_wallis(ranking->n, values, group, ranking->levels.count,
                                                 values + ranking->n, work);
    als_table_number(table, test.chisq);
    als_table_integer(table, (int64_t)test.df);
    als_table_number(table, test.p);
    if (!isnan(test.p))
        als_table_note(ranking->notes,
                       "Kruskal-Wallis on the scores of %zu groups: chi-squared %.6f, df %zu, p "
                       "%.6g",
                       ranking->levels.count, test.chisq, test.df, test.p);
    free(work);
    free(group);
    free(values);
}

/* The patients of two groups, the second as treated. */
static struct als_joint_rank_data pack_pair(const struct ranking *ranking, size_t reference,
                                            size_t treated, struct als_arena *arena)
{
    struct als_joint_rank_data data = ranking->data;
    size_t columns = data.n_visits;
    double *time = als_arena_array(arena, ranking->n + 1, sizeof *time);
    double *change = als_arena_array(arena, ranking->n * columns + 1, sizeof *change);
    bool *died = als_arena_array(arena, ranking->n + 1, sizeof *died);
    bool *second = als_arena_array(arena, ranking->n + 1, sizeof *second);
    data.n = 0;
    for (size_t i = 0; i < ranking->n; i++) {
        size_t level = level_of(ranking, i);
        if (level != reference && level != treated)
            continue;
        size_t at = data.n++;
        time[at] = ranking->data.time[i];
        died[at] = ranking->data.died[i];
        second[at] = level == treated;
        if (columns)
            memcpy(change + at * columns, ranking->data.change + i * columns,
                   columns * sizeof *change);
    }
    data.time = time;
    data.died = died;
    data.change = change;
    data.treated = second;
    return data;
}

static void add_pair(struct ranking *ranking, size_t reference, size_t treated,
                     struct als_table *table)
{
    struct als_arena *arena = als_arena_new();
    struct als_joint_rank_data data = pack_pair(ranking, reference, treated, arena);
    void *work = als_realloc_array(NULL, als_joint_rank_workspace(data.n, data.n_visits) + 1, 1);
    struct als_joint_rank pair = als_joint_rank(&data, work);
    const int64_t counts[] = {(int64_t)pair.group_n[0], (int64_t)pair.group_n[1], pair.wins,
                              pair.losses, pair.ties};
    const double numbers[] = {pair.win_probability, pair.win_low, pair.win_high, pair.win_odds,
                              pair.net_benefit};
    als_table_text(table, ranking->levels.names[reference]);
    als_table_text(table, ranking->levels.names[treated]);
    for (size_t i = 0; i < COUNT(counts); i++)
        als_table_integer(table, counts[i]);
    for (size_t i = 0; i < COUNT(numbers); i++)
        als_table_number(table, isfinite(numbers[i]) ? numbers[i] : NAN);
    if (!isnan(pair.win_low))
        als_table_note(ranking->notes,
                       "win probability of %s against %s %.6f, 95 %% interval %.6f to %.6f",
                       ranking->levels.names[treated], ranking->levels.names[reference],
                       pair.win_probability, pair.win_low, pair.win_high);
    free(work);
    als_arena_free(arena);
}

/* Part `pairs`: patients of two groups compared with one another alone. */
static void add_pairs(struct ranking *ranking, struct als_result *out)
{
    static const struct als_table_column columns[] = {
        {"reference", NULL, ALS_CELL_TEXT, 0},      {"treated", NULL, ALS_CELL_TEXT, 0},
        {"n_reference", NULL, ALS_CELL_INTEGER, 0}, {"n_treated", NULL, ALS_CELL_INTEGER, 0},
        {"wins", NULL, ALS_CELL_INTEGER, 0},        {"losses", NULL, ALS_CELL_INTEGER, 0},
        {"ties", NULL, ALS_CELL_INTEGER, 0},        {"win_probability", NULL, ALS_CELL_NUMBER, 4},
        {"ci_low", NULL, ALS_CELL_NUMBER, 4},       {"ci_high", NULL, ALS_CELL_NUMBER, 4},
        {"win_odds", NULL, ALS_CELL_NUMBER, 4},     {"net_benefit", NULL, ALS_CELL_NUMBER, 4},
    };
    struct als_table *table =
        als_result_add(out, "pairs", false, als_table_new(columns, COUNT(columns)));
    for (size_t reference = 0; reference < ranking->levels.count; reference++)
        for (size_t treated = reference + 1; treated < ranking->levels.count; treated++)
            add_pair(ranking, reference, treated, table);
    als_table_note(ranking->notes,
                   "intervals of win probabilities are each of 95 %%, not adjusted for the number "
                   "of pairs");
}

void ranking_compare_groups(struct ranking *ranking, const struct als_joint_rank *rank,
                            struct als_result *out)
{
    add_groups(ranking, rank, out);
    if (ranking->levels.count < 3)
        return;
    add_kruskal(ranking, rank, out);
    add_pairs(ranking, out);
}
