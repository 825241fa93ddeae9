/* Responder definitions side by side: those of the protocol and those that published trials of cell
 * therapy in ALS went by. */
#include <math.h>
#include <string.h>

#include "alstrack/stat/summary.h"
#include "covariate.h"
#include "prepost_int.h"

/* Thresholds in points are about the total of ALSFRS-R or ALSFRS, DOMAIN ones about its domains. */
enum scale { ANY_MEASURE, TOTAL, DOMAIN };
static const struct {
    const char *code, *label, *source;
    enum scale scale;
    bool percent;
    double threshold;
} published[] = {
    {"R25", "Slope better by 25 %", "Petrou 2016", ANY_MEASURE, true, 25},
    {"R50", "Slope better by 50 %", "Oh 2018", ANY_MEASURE, true, 50},
    {"R75", "Slope better by 75 %", "Oh 2018", ANY_MEASURE, true, 75},
    {"R100", "Slope better by 100 %", "Oh 2018", ANY_MEASURE, true, 100},
    {"P125", "Slope better by 1.25 points a month", "Cudkowicz 2022 (NurOwn phase 3)", TOTAL, false,
     1.25},
    {"P150", "Slope better by 1.5 points a month", "Berry 2019 (NurOwn phase 2)", TOTAL, false,
     1.5},
    {"P0375", "Slope better by 0.375 points a month", "Berry 2019 (NurOwn phase 2)", DOMAIN, false,
     0.375},
};
#define N_PUBLISHED (sizeof published / sizeof published[0])
#define PROTOCOL    "protocol"

size_t als_prepost_published_room(const struct als_measure *measure)
{
    return N_PUBLISHED + measure->instrument->n_scores;
}

static bool is_there(const struct als_prepost_run *run, size_t measure, bool percent,
                     double threshold)
{
    for (size_t i = 0; i < run->n_rules; i++) {
        const struct als_responder *responder = run->rules[i].responder;
        if (run->rules[i].measure == measure && responder->percent == percent &&
            responder->threshold == threshold)
            return true;
    }
    return false;
}

static void add_rule(struct als_prepost_run *run, size_t definition, const char *code,
                     size_t measure, struct als_arena *arena)
{
    if (is_there(run, measure, published[definition].percent, published[definition].threshold))
        return;
    struct als_responder *responder = als_arena_take(arena, sizeof *responder);
    *responder = (struct als_responder){.code = code,
                                        .label = published[definition].label,
                                        .percent = published[definition].percent,
                                        .threshold = published[definition].threshold};
    run->rules[run->n_rules++] = (struct als_prepost_rule){
        .responder = responder, .measure = measure, .source = published[definition].source};
}

/* One rule for each domain of the scale. */
static enum als_status add_domains(struct als_store *store, struct als_prepost_run *run,
                                   size_t definition, struct als_arena *arena, struct als_err *err)
{
    const struct als_instrument *scale = run->measures[0].instrument;
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < scale->n_scores && status == ALS_OK; i++) {
        if (!scale->scores[i].domain)
            continue;
        size_t measure;
        const char *name = als_arena_printf(arena, "%s.%s", scale->code, scale->scores[i].code);
        status = als_prepost_add_measure(store, run, name, &measure, err);
        if (status == ALS_OK)
            add_rule(
                run, definition,
                als_arena_printf(arena, "%s_%s", published[definition].code, scale->scores[i].code),
                measure, arena);
    }
    return status;
}

enum als_status als_prepost_add_published(struct als_store *store, struct als_prepost_run *run,
                                          struct als_arena *arena, struct als_err *err)
{
    struct als_measure total;
    double maximum;
    bool is_total = als_functional_total(store, &total, &maximum) &&
                    strcmp(total.name, run->measures[0].name) == 0;
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < N_PUBLISHED && status == ALS_OK; i++) {
        if (published[i].scale != ANY_MEASURE && !is_total)
            continue;
        if (published[i].scale == DOMAIN)
            status = add_domains(store, run, i, arena, err);
        else
            add_rule(run, i, published[i].code, 0, arena);
    }
    return status;
}

/* ---------------------------------------------------------------- table */

static size_t patients_of(const struct als_prepost_run *run, size_t group)
{
    size_t n = 0;
    for (size_t i = 0; i < run->patients.count; i++)
        n += group == run->groups.count || run->groups.of[i] == group;
    return n;
}

/* The comparison of two groups stands in the row of the second. */
static double compare(const struct als_prepost_run *run, size_t rule, size_t group)
{
    if (!run->options->by || !als_groups_are_two(&run->groups) || group != 1)
        return NAN;
    struct als_prepost_count first = als_prepost_count_of(run, 0, rule);
    struct als_prepost_count second = als_prepost_count_of(run, 1, rule);
    if (first.of == 0 || second.of == 0)
        return NAN;
    return als_fisher_p(first.responders, first.of, second.responders, second.of);
}

static void add_row(const struct als_prepost_run *run, size_t rule, size_t group,
                    struct als_table *table)
{
    const struct als_prepost_rule *own = &run->rules[rule];
    struct als_prepost_count count = als_prepost_count_of(run, group, rule);
    struct als_proportion share = als_proportion_of(count.responders, count.of);
    als_table_text(table, own->responder->code);
    als_table_text(table, own->responder->label);
    als_table_text(table, run->measures[own->measure].name);
    als_table_number(table, own->responder->threshold);
    als_table_text(table, own->responder->percent ? "%" : "points/month");
    als_table_text(table, own->source ? own->source : PROTOCOL);
    als_table_text(table, group == run->groups.count ? "all" : run->groups.names[group]);
    als_table_integer(table, (int64_t)patients_of(run, group));
    als_table_integer(table, (int64_t)count.of);
    als_table_integer(table, (int64_t)count.responders);
    als_table_number(table, 100 * share.value);
    als_table_number(table, 100 * share.ci_low);
    als_table_number(table, 100 * share.ci_high);
    als_table_number(table, compare(run, rule, group));
}

struct als_table *als_prepost_responders(const struct als_prepost_run *run)
{
    static const struct als_table_column columns[] = {
        {"definition", NULL, ALS_CELL_TEXT, 0},
        {"label", NULL, ALS_CELL_TEXT, 0},
        {"measure", NULL, ALS_CELL_TEXT, 0},
        {"threshold", NULL, ALS_CELL_NUMBER, 3},
        {"unit", NULL, ALS_CELL_TEXT, 0},
        {"source", NULL, ALS_CELL_TEXT, 0},
        {"group", NULL, ALS_CELL_TEXT, 0},
        {"patients", NULL, ALS_CELL_INTEGER, 0},
        {"of", NULL, ALS_CELL_INTEGER, 0},
        {"responders", NULL, ALS_CELL_INTEGER, 0},
        {"percent", "%", ALS_CELL_NUMBER, 1},
        {"ci_low", "95 % low", ALS_CELL_NUMBER, 1},
        {"ci_high", "95 % high", ALS_CELL_NUMBER, 1},
        {"fisher_p", "p", ALS_CELL_NUMBER, 4},
    };
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t rule = 0; rule < run->n_rules; rule++) {
        add_row(run, rule, run->groups.count, table);
        for (size_t group = 0; run->options->by && group < run->groups.count; group++)
            add_row(run, rule, group, table);
    }
    als_table_note(table,
                   "responders by separate lines before and after time zero, each definition "
                   "on its own measure; of: patients in whom it can be told; Wilson's 95 %% "
                   "interval; two groups are compared by Fisher's exact test");
    return table;
}
