/* The steps of reading an instrument. Private to this layer. */
#ifndef ALSTRACK_SRC_DEFINE_INSTRUMENT_PARSE_H
#define ALSTRACK_SRC_DEFINE_INSTRUMENT_PARSE_H

#include "alstrack/define/instrument.h"
#include "yaml.h"

/* An instrument under construction, with the node that each part came from. */
struct instrument_draft {
    struct yaml_file *file;
    struct als_arena *arena; /* of the instrument */
    struct als_instrument *out;
    struct als_item *items;
    struct als_score *scores;
    struct als_rule *rules;
    const struct yaml_node **item_nodes, **score_nodes, **rule_nodes;
};

void instrument_read_items(struct instrument_draft *draft, const struct yaml_node *list);
void instrument_read_scores(struct instrument_draft *draft, const struct yaml_node *list);
/* A list of items whose answers are numbers, for a `what`. */
const size_t *instrument_read_item_list(struct instrument_draft *draft,
                                        const struct yaml_node *node, const char *what, size_t *n);

/* What can be judged only when all parts are known: names, clashes, conditions, main score. */
void instrument_check(struct instrument_draft *draft);

/* A condition in a scalar, parsed into `arena`; reported and NULL when it is malformed. */
const struct als_expr *read_condition(struct yaml_file *file, struct als_arena *arena,
                                      const struct yaml_node *node);

extern const struct yaml_code code_of_instrument, code_of_item, code_of_rule, code_of_testcd;

/* Split "instrument.score" at the dot and check both halves; reports and returns false if
 * malformed. *dot is the length of the first half. */
bool read_measure(struct yaml_file *file, const struct yaml_node *node, const char *measure,
                  size_t *dot);

#endif
