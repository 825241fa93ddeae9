/* Judges one assessment: prepares an instrument's rules once, and runs them. */
#include "alstrack/score/judge.h"

#include <string.h>

#include "judge_int.h"

static size_t count_conditions(const struct als_instrument *instrument)
{
    size_t n = 0;
    for (size_t i = 0; i < instrument->n_rules; i++)
        n += instrument->rules[i].n_each ? instrument->rules[i].n_each : 1;
    return n;
}

static void note_names(const struct als_expr *expr, size_t *most, size_t *n)
{
    if (!expr)
        return;
    *most = expr->n_names > *most ? expr->n_names : *most;
    ++*n;
}

/* The most names of any condition; *others counts those that are neither rule nor `applies`. */
static size_t most_names(const struct als_instrument *instrument, size_t *others)
{
    size_t most = 0, n = 0;
    for (size_t i = 0; i < instrument->n_rules; i++)
        note_names(instrument->rules[i].when, &most, &n);
    for (size_t i = 0; i < instrument->n_items; i++)
        note_names(instrument->items[i].applies, &most, &n);
    *others = 0;
    for (size_t i = 0; i < instrument->n_items; i++) {
        const struct als_item *item = &instrument->items[i];
        note_names(item->variant, &most, others);
        for (size_t k = 0; k < item->n_choices; k++)
            note_names(item->choices[k].prefill, &most, others);
    }
    return most;
}

static void prepare_rules(struct als_judge *judge)
{
    const struct als_instrument *instrument = judge->instrument;
    for (size_t i = 0; i < instrument->n_rules; i++) {
        const struct als_rule *rule = &instrument->rules[i];
        for (size_t k = 0; k < (rule->n_each ? rule->n_each : 1); k++) {
            struct condition *condition = &judge->rules[judge->n_rules++];
            condition->rule = rule;
            judge_prepare(judge, condition, rule->when,
                          rule->n_each ? (ptrdiff_t)rule->each[k] : -1);
        }
    }
}

/* A table for each item that has conditions of its own, unless it has too many answers. */
static void prepare_items(struct als_judge *judge)
{
    for (size_t i = 0; i < judge->n_rules; i++) {
        const ptrdiff_t item = judge->rules[i].own_item;
        if (item < 0 || judge->items[item].said)
            continue;
        struct item_table *table = &judge->items[item];
        table->width = judge->rules[i].sources[0].width;
        table->said = als_arena_take(judge->arena, table->width * table->width);
    }
}

struct als_score_cache als_score_cache_new(const struct als_instrument *instrument,
                                           struct als_arena *arena)
{
    return (struct als_score_cache){
        .values = als_arena_array(arena, instrument->n_scores + 1, sizeof(double)),
        .known = als_arena_array(arena, instrument->n_scores + 1, sizeof(bool))};
}

struct als_judge *als_judge_new(const struct als_instrument *instrument)
{
    struct als_arena *arena = als_arena_new();
    struct als_judge *judge = als_arena_take(arena, sizeof *judge);
    const size_t items = instrument->n_items + 1;
    *judge = (struct als_judge){.instrument = instrument, .arena = arena};
    judge->rules = als_arena_array(arena, count_conditions(instrument) + 1, sizeof *judge->rules);
    judge->applies = als_arena_array(arena, items, sizeof *judge->applies);
    size_t others;
    judge->names =
        als_arena_array(arena, most_names(instrument, &others) + 1, sizeof *judge->names);
    judge->others = als_arena_array(arena, others + 1, sizeof *judge->others);
    judge->own_ranks = als_arena_take(arena, items);
    judge->own_previous_ranks = als_arena_take(arena, items);
    judge->no_ranks = als_arena_take(arena, items);
    judge->items = als_arena_array(arena, items, sizeof *judge->items);
    judge->own_scores = als_score_cache_new(instrument, arena);
    judge->own_previous_scores = als_score_cache_new(instrument, arena);
    prepare_rules(judge);
    prepare_items(judge);
    for (size_t i = 0; i < instrument->n_items; i++)
        judge_prepare(judge, &judge->applies[i], instrument->items[i].applies, -1);
    return judge;
}

void als_judge_free(struct als_judge *judge)
{
    if (judge)
        als_arena_free(judge->arena);
}

bool als_judge_looks_back(const struct als_judge *judge)
{
    return judge->looks_back;
}

static const uint8_t *ranks_of(const struct als_judge *judge, const struct als_sitting *sitting,
                               uint8_t *own)
{
    if (sitting->ranks)
        return sitting->ranks;
    for (size_t i = 0; i < judge->instrument->n_items; i++)
        own[i] = als_rank(&judge->instrument->items[i], &sitting->values[i]);
    return own;
}

static struct als_score_cache scores_of(const struct als_judge *judge,
                                        const struct als_sitting *sitting,
                                        struct als_score_cache own)
{
    if (sitting && sitting->scores.known)
        return sitting->scores;
    memset(own.known, 0, judge->instrument->n_scores * sizeof *own.known);
    return own;
}

static void look_at(struct als_judge *judge, const struct als_judge_input *input)
{
    judge->input = input;
    judge->ranks = ranks_of(judge, &input->now, judge->own_ranks);
    judge->previous_ranks = input->previous
                                ? ranks_of(judge, input->previous, judge->own_previous_ranks)
                                : judge->no_ranks;
    judge->scores = scores_of(judge, &input->now, judge->own_scores);
    judge->previous_scores = scores_of(judge, input->previous, judge->own_previous_scores);
}

static void fire(struct als_judge *judge, const struct condition *condition,
                 struct als_verdict_list *out)
{
    struct als_buf detail;
    als_buf_init(&detail, 200);
    judge_say_change(judge, condition, &detail);
    als_verdict_add(out, condition->rule->code, condition->rule->level, condition->item, "%s%s",
                    condition->rule->message, detail.data);
    if (condition->item < 0)
        out->items[out->count - 1].score = judge_score(judge, condition);
    als_buf_release(&detail);
}

static bool any_fires(struct als_judge *judge, size_t item)
{
    for (size_t i = 0; i < judge->n_rules; i++)
        if (judge->rules[i].own_item == (ptrdiff_t)item &&
            judge_truth(judge, &judge->rules[i]) == ALS_TRUE)
            return true;
    return false;
}

/* Is every condition that looks at one item alone known not to fire? One look-up for each item
 * takes the place of one for each condition. */
static bool items_are_quiet(struct als_judge *judge)
{
    for (size_t i = 0; i < judge->instrument->n_items; i++) {
        const struct item_table *table = &judge->items[i];
        if (!table->said)
            continue;
        const size_t now = judge->ranks[i], before = judge->previous_ranks[i];
        if (now == ALS_NO_RANK || before == ALS_NO_RANK)
            return false;
        uint8_t *said = &table->said[before * table->width + now];
        if (*said == 0)
            *said = any_fires(judge, i) ? ITEM_LOUD : ITEM_QUIET;
        if (*said == ITEM_LOUD)
            return false;
    }
    return true;
}

void als_judge_run(struct als_judge *judge, const struct als_judge_input *input,
                   struct als_verdict_list *out)
{
    look_at(judge, input);
    const bool quiet = items_are_quiet(judge);
    for (size_t i = 0; i < judge->n_rules; i++) {
        struct condition *rule = &judge->rules[i];
        if (!(quiet && rule->own_item >= 0) && judge_truth(judge, rule) == ALS_TRUE)
            fire(judge, rule, out);
    }
    judge_items(judge, out);
    judge_day(judge, out);
}

enum als_truth als_judge_applies(struct als_judge *judge, size_t item,
                                 const struct als_judge_input *input)
{
    if (!judge->applies[item].expr)
        return ALS_TRUE;
    look_at(judge, input);
    return judge_truth(judge, &judge->applies[item]);
}

enum als_truth als_judge_condition(struct als_judge *judge, const struct als_expr *expr,
                                   const struct als_judge_input *input)
{
    size_t i = 0;
    while (i < judge->n_others && judge->others[i].expr != expr)
        i++;
    if (i == judge->n_others) {
        judge_prepare(judge, &judge->others[i], expr, -1);
        judge->n_others++;
    }
    look_at(judge, input);
    return judge_truth(judge, &judge->others[i]);
}
