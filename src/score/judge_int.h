/* What the files of the rule engine share. Private to this layer. */
#ifndef ALSTRACK_SRC_SCORE_JUDGE_INT_H
#define ALSTRACK_SRC_SCORE_JUDGE_INT_H

#include "alstrack/core/buf.h"
#include "alstrack/score/judge.h"

/* What a name in a condition stands for. */
enum source_kind {
    FROM_NOTHING,
    FROM_ITEM,
    FROM_ANSWERED,
    FROM_PREVIOUS,
    FROM_CHANGE,
    FROM_SCORE,
    FROM_PREVIOUS_SCORE,
    FROM_CHANGE_SCORE,
    FROM_EVENT,
    FROM_MONTHS,
    FROM_RATER,
    FROM_MODE,
    FROM_SEX,
    FROM_AGE
};
struct source {
    enum source_kind kind;
    size_t index;      /* item or score */
    const char *event; /* FROM_EVENT */
    size_t stride;     /* in the table */
    size_t width;      /* ranks of the item */
};

/* An expression with its names resolved; of a rule with `each`, for one item. */
struct condition {
    const struct als_expr *expr;
    const struct als_rule *rule; /* NULL: whether an item applies */
    ptrdiff_t item;              /* at which it points, -1 for none */
    struct source *sources;      /* [n_names] */
    uint8_t *table;              /* [combination]: 0 = not evaluated yet, else 1 + truth; may be
                                    NULL */
    ptrdiff_t own_item;          /* the only item that it looks at, with its answer now and the one
                                    before, and at nothing else; -1: there is more */
};

/* What the conditions that look at one item alone say of an answer now and the one before. */
struct item_table {
    size_t width;  /* ranks of the item */
    uint8_t *said; /* [before * width + now]: 0 = not known yet, ITEM_QUIET, ITEM_LOUD; NULL: no
                      such conditions */
};
enum { ITEM_QUIET = 1, ITEM_LOUD = 2 };

struct als_judge {
    const struct als_instrument *instrument;
    struct als_arena *arena;
    struct condition *rules; /* in order of file, then of item */
    size_t n_rules;
    struct item_table *items;  /* [n_items] */
    struct condition *applies; /* [n_items]; of items without one, expr is NULL */
    struct condition *others;  /* wordings and prefilled choices, as far as they were asked for */
    size_t n_others;
    bool looks_back;
    struct als_value *names; /* room for the names of any condition */
    /* Of the assessment under examination. */
    const struct als_judge_input *input;
    const uint8_t *ranks, *previous_ranks; /* previous_ranks: all missing when there is none */
    uint8_t *own_ranks, *own_previous_ranks, *no_ranks;
    struct als_score_cache scores, previous_scores, own_scores, own_previous_scores;
};

/* Resolve the names of an expression. `item` -1: not one of `each`. */
void judge_prepare(struct als_judge *judge, struct condition *condition,
                   const struct als_expr *expr, ptrdiff_t item);
enum als_truth judge_truth(struct als_judge *judge, struct condition *condition);
/* Append what changed, as "(1, now 3)", of a rule that looks back. */
void judge_say_change(struct als_judge *judge, const struct condition *condition,
                      struct als_buf *out);

/* The first score that the condition names; NAN if there is none. */
double judge_score(struct als_judge *judge, const struct condition *condition);

/* ---- judge_always.c: rules of every instrument ---- */

void judge_items(struct als_judge *judge, struct als_verdict_list *out);
void judge_day(const struct als_judge *judge, struct als_verdict_list *out);

#endif
