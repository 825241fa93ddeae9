/*
 * Evaluates plausibility rules through tables of what was evaluated before.
 */
#include "rules.h"

#include <math.h>
#include <string.h>

#define TABLE_MOST 4096 /* combinations of answers that a table may have */

enum source_kind { FROM_ITEM, FROM_EVENT, FROM_SCORE, FROM_NOTHING };

struct source {
    enum source_kind kind;
    size_t index;      /* item or score */
    const char *event; /* FROM_EVENT */
    size_t stride;     /* in the table */
};

struct als_condition {
    const struct als_expr *expr;
    struct source *sources; /* [n_names] */
    uint8_t *table;         /* [combination]: 0 = not evaluated yet, else 1 + truth; may be NULL */
};

/* Ranks that an item may have, 0 among them; 0 when there are too many. */
static size_t rank_count(const struct als_item *item)
{
    if (item->type == ALS_ITEM_CHOICE && item->n_choices < ALS_NO_RANK - 1)
        return item->n_choices + 1;
    if (item->type == ALS_ITEM_YESNO)
        return 3;
    if (item->type == ALS_ITEM_INTEGER && item->has_min && item->has_max &&
        item->max - item->min < ALS_NO_RANK - 2)
        return (size_t)(item->max - item->min) + 2;
    return 0;
}

uint8_t als_rank(const struct als_item *item, const struct als_value *value)
{
    if (value->kind == ALS_VALUE_MISSING)
        return 0;
    if (rank_count(item) == 0)
        return ALS_NO_RANK;
    if (item->type == ALS_ITEM_YESNO)
        return (uint8_t)(1 + value->integer);
    if (item->type == ALS_ITEM_INTEGER)
        return (uint8_t)(1 + value->integer - (int64_t)ceil(item->min));
    for (size_t i = 0; i < item->n_choices; i++)
        if (item->numeric_choice
                ? item->choices[i].number == value->integer
                : strlen(item->choices[i].code) == value->length &&
                      memcmp(item->choices[i].code, value->text, value->length) == 0)
            return (uint8_t)(1 + i);
    return ALS_NO_RANK;
}

static struct source find_source(const struct als_instrument *instrument, const char *name)
{
    const ptrdiff_t item = als_instrument_item(instrument, name);
    if (item >= 0)
        return (struct source){.kind = FROM_ITEM, .index = (size_t)item};
    const ptrdiff_t score = als_instrument_score(instrument, name);
    if (score >= 0)
        return (struct source){.kind = FROM_SCORE, .index = (size_t)score};
    if (strncmp(name, "event.", 6) == 0)
        return (struct source){.kind = FROM_EVENT, .event = name + 6};
    return (struct source){.kind = FROM_NOTHING};
}

static void prepare(struct als_rules *rules, struct als_condition *condition,
                    const struct als_expr *expr)
{
    condition->expr = expr;
    if (!expr)
        return;
    condition->sources =
        als_arena_array(rules->arena, expr->n_names + 1, sizeof *condition->sources);
    size_t combinations = 1;
    for (size_t i = 0; i < expr->n_names; i++) {
        struct source *source = &condition->sources[i];
        *source = find_source(rules->instrument, expr->names[i]);
        source->stride = combinations;
        size_t n = source->kind == FROM_ITEM ? rank_count(&rules->instrument->items[source->index])
                   : source->kind == FROM_EVENT   ? 2
                   : source->kind == FROM_NOTHING ? 1
                                                  : 0;
        combinations = combinations <= TABLE_MOST ? combinations * n : 0;
    }
    if (combinations > 0 && combinations <= TABLE_MOST)
        condition->table = als_arena_take(rules->arena, combinations);
}

void als_rules_init(struct als_rules *rules, const struct als_instrument *instrument,
                    const struct als_protocol *protocol)
{
    *rules = (struct als_rules){
        .instrument = instrument, .protocol = protocol, .arena = als_arena_new()};
    rules->rules = als_arena_array(rules->arena, instrument->n_rules + 1, sizeof *rules->rules);
    rules->applies = als_arena_array(rules->arena, instrument->n_items + 1, sizeof *rules->applies);
    for (size_t i = 0; i < instrument->n_rules; i++)
        prepare(rules, &rules->rules[i], instrument->rules[i].when);
    for (size_t i = 0; i < instrument->n_items; i++)
        prepare(rules, &rules->applies[i], instrument->items[i].applies);
}

void als_rules_release(struct als_rules *rules)
{
    als_arena_free(rules->arena);
    *rules = (struct als_rules){.arena = NULL};
}

static struct als_value score_value(const struct als_rules *rules, size_t score,
                                    const struct als_rule_row *row)
{
    const struct als_instrument *instrument = rules->instrument;
    struct als_value values[64], *many = values;
    struct als_arena *arena = NULL;
    if (instrument->n_items > 64) {
        arena = als_arena_new();
        many = als_arena_array(arena, instrument->n_items, sizeof *many);
    }
    for (size_t i = 0; i < instrument->n_items; i++)
        many[i] = als_batch_value(row->batch, i, row->row);
    const struct als_patient *patient = &row->roster->patients.items[row->patient];
    const struct als_person person = als_patient_person(patient, rules->protocol, row->day);
    const struct als_score_value result = als_score_compute(instrument, score, many, &person);
    als_arena_free(arena);
    if (isnan(result.value))
        return ALS_MISSING_VALUE;
    return (struct als_value){.kind = ALS_VALUE_NUMBER, .number = result.value};
}

static bool happened(const struct source *source, const struct als_rule_row *row)
{
    return row->day != ALS_NO_DAY &&
           als_roster_happened(row->roster, row->patient, source->event, row->day);
}

static enum als_truth evaluate(const struct als_rules *rules, const struct als_condition *condition,
                               const struct als_rule_row *row)
{
    struct als_value names[ALS_EXPR_DEPTH * 4];
    if (condition->expr->n_names > sizeof names / sizeof names[0])
        return ALS_UNKNOWN;
    for (size_t i = 0; i < condition->expr->n_names; i++) {
        const struct source *source = &condition->sources[i];
        names[i] = ALS_MISSING_VALUE;
        if (source->kind == FROM_ITEM)
            names[i] = als_batch_value(row->batch, source->index, row->row);
        else if (source->kind == FROM_SCORE)
            names[i] = score_value(rules, source->index, row);
        else if (source->kind == FROM_EVENT)
            names[i] =
                (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = happened(source, row)};
    }
    return als_expr_truth(condition->expr, names);
}

static enum als_truth truth(const struct als_rules *rules, struct als_condition *condition,
                            const struct als_rule_row *row)
{
    if (!condition->table)
        return evaluate(rules, condition, row);
    size_t at = 0;
    for (size_t i = 0; i < condition->expr->n_names; i++) {
        const struct source *source = &condition->sources[i];
        if (source->kind == FROM_ITEM && row->ranks[source->index] == ALS_NO_RANK)
            return evaluate(rules, condition, row);
        at += source->stride * (source->kind == FROM_ITEM    ? row->ranks[source->index]
                                : source->kind == FROM_EVENT ? happened(source, row)
                                                             : 0);
    }
    if (condition->table[at] == 0)
        condition->table[at] = (uint8_t)(1 + evaluate(rules, condition, row));
    return (enum als_truth)(condition->table[at] - 1);
}

enum als_truth als_rules_fired(struct als_rules *rules, size_t rule, const struct als_rule_row *row)
{
    return truth(rules, &rules->rules[rule], row);
}

enum als_truth als_rules_applies(struct als_rules *rules, size_t item,
                                 const struct als_rule_row *row)
{
    if (!rules->applies[item].expr)
        return ALS_TRUE;
    return truth(rules, &rules->applies[item], row);
}

ptrdiff_t als_rules_item(const struct als_rules *rules, size_t rule)
{
    const struct als_condition *condition = &rules->rules[rule];
    for (size_t i = 0; condition->expr && i < condition->expr->n_names; i++)
        if (condition->sources[i].kind == FROM_ITEM)
            return (ptrdiff_t)condition->sources[i].index;
    return -1;
}
