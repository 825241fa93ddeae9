/*
 * The plausibility rules of an instrument, evaluated for very many rows. Most conditions look at a
 * few items with a few possible answers and at events: such a condition is evaluated once for each
 * combination that occurs, and then looked up.
 */
#ifndef ALSTRACK_INGEST_RULES_H
#define ALSTRACK_INGEST_RULES_H

#include "alstrack/score/expr_eval.h"
#include "alstrack/store/bulk.h"
#include "roster.h"

/* The place of an answer among the possible ones of its item: 0 = missing, at most 254. */
#define ALS_NO_RANK 255 /* an item with too many possible answers */

struct als_condition;
struct als_rules {
    const struct als_instrument *instrument;
    const struct als_protocol *protocol;
    struct als_condition *rules;   /* [n_rules] */
    struct als_condition *applies; /* [n_items]; of items without one, expr is NULL */
    struct als_arena *arena;
};
void als_rules_init(struct als_rules *rules, const struct als_instrument *instrument,
                    const struct als_protocol *protocol);
void als_rules_release(struct als_rules *rules);

/* Rank of an answer; the same for the same answer. */
uint8_t als_rank(const struct als_item *item, const struct als_value *value);

/* A row under examination. */
struct als_rule_row {
    const struct als_batch *batch;
    size_t row;
    const uint8_t *ranks; /* [item] */
    struct als_roster *roster;
    size_t patient;
    int day; /* ALS_NO_DAY when not done */
};
enum als_truth als_rules_fired(struct als_rules *rules, size_t rule,
                               const struct als_rule_row *row);
enum als_truth als_rules_applies(struct als_rules *rules, size_t item,
                                 const struct als_rule_row *row);
/* The first item that the rule looks at, -1 if none: where to point. */
ptrdiff_t als_rules_item(const struct als_rules *rules, size_t rule);

#endif
