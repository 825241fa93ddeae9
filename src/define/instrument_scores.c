/* Reading the scores of an instrument, and the range that follows from their items. */
#include <math.h>
#include <string.h>

#include "instrument_parse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct yaml_key score_keys[] = {
    {"code", YAML_TEXT, offsetof(struct als_score, code), true},
    {"label", YAML_TEXT, offsetof(struct als_score, label), true},
    {"sum", YAML_LATER, 0, false},
    {"mean", YAML_LATER, 0, false},
    {"copy", YAML_LATER, 0, false},
    {"percent_nhanes3", YAML_LATER, 0, false},
    {"percent_ecsc", YAML_LATER, 0, false},
    {"percent_protocol", YAML_LATER, 0, false},
    {"missing", YAML_LATER, 0, false},
    {"min", YAML_LATER, 0, false},
    {"max", YAML_LATER, 0, false},
    {"unit", YAML_TEXT, offsetof(struct als_score, unit), false},
    {"domain", YAML_FLAG, offsetof(struct als_score, domain), false},
    {"derived", YAML_TEXT, offsetof(struct als_score, derived_measure), false},
    {"testcd", YAML_TEXT, offsetof(struct als_score, testcd), false},
};

/* The ways to make a score; a sum may have a mean beside it. `exactly` items, 0 for any number. */
static const struct {
    const char *key;
    enum als_score_kind kind;
    size_t exactly;
} methods[] = {
    {"sum", ALS_SCORE_SUM, 0},
    {"mean", ALS_SCORE_MEAN, 0},
    {"copy", ALS_SCORE_COPY, 1},
    {"percent_nhanes3", ALS_SCORE_PERCENT_NHANES3, 1},
    {"percent_ecsc", ALS_SCORE_PERCENT_ECSC, 1},
    {"percent_protocol", ALS_SCORE_PERCENT_PROTOCOL, 2},
};

static const char *unknown_item_hint(struct instrument_draft *draft, const char *code)
{
    const char **codes =
        als_arena_array(draft->file->arena, draft->out->n_items + 1, sizeof *codes);
    for (size_t i = 0; i < draft->out->n_items; i++)
        codes[i] = draft->items[i].code;
    return yaml_hint(draft->file, code, codes, draft->out->n_items);
}

static void add_item(struct instrument_draft *draft, const struct yaml_node *node, const char *what,
                     size_t *indexes, size_t *n)
{
    const char *code = NULL;
    if (!yaml_text(draft->file, draft->file->arena, node, &code))
        return;
    ptrdiff_t found = als_instrument_item(draft->out, code);
    if (found < 0) {
        yaml_error(draft->file, node, "E-ITEM-UNKNOWN", unknown_item_hint(draft, code),
                   "there is no item \"%.60s\" for this %s", code, what);
        return;
    }
    if (!als_item_is_numeric(&draft->items[found]))
        yaml_error(draft->file, node, "E-SCORE", NULL, "item \"%s\" is not a number", code);
    for (size_t i = 0; i < *n; i++)
        if (indexes[i] == (size_t)found)
            yaml_error(draft->file, node, "E-DUPLICATE", NULL, "item \"%s\" counts twice", code);
    indexes[(*n)++] = (size_t)found;
}

/* One item code, or a list of them. */
static const size_t *read_item_list(struct instrument_draft *draft, const struct yaml_node *node,
                                    size_t exactly, size_t *n)
{
    size_t *indexes = als_arena_array(draft->arena, node->count + 1, sizeof *indexes);
    size_t given = node->kind == YAML_SCALAR ? 1 : node->count;
    *n = 0;
    if (exactly != 1 && !yaml_is_list(draft->file, node))
        return indexes;
    if (given == 0 || (exactly > 0 && given != exactly))
        yaml_error(draft->file, node, "E-SCORE", NULL, "expected %s, found %zu items",
                   exactly == 0   ? "at least one item"
                   : exactly == 1 ? "one item"
                                  : "[LITRES, ENTERED]",
                   given);
    if (node->kind == YAML_SCALAR)
        add_item(draft, node, "score", indexes, n);
    else if (yaml_is_list(draft->file, node))
        for (const struct yaml_node *child = node->first; child; child = child->next)
            add_item(draft, child, "score", indexes, n);
    return indexes;
}

const size_t *instrument_read_item_list(struct instrument_draft *draft,
                                        const struct yaml_node *node, const char *what, size_t *n)
{
    size_t *indexes = als_arena_array(draft->arena, node->count + 1, sizeof *indexes);
    *n = 0;
    for (const struct yaml_node *child = node->first; child; child = child->next)
        add_item(draft, child, what, indexes, n);
    if (*n == 0)
        yaml_error(draft->file, node, "E-RULE", NULL, "expected at least one item");
    return indexes;
}

static void read_method(struct instrument_draft *draft, struct als_score *score,
                        const struct yaml_node *node)
{
    const struct yaml_node *value = NULL, *method = NULL;
    for (size_t i = 0; i < COUNT(methods); i++) {
        value = yaml_child(node, methods[i].key);
        if (!value)
            continue;
        if (!method) {
            method = value;
            score->kind = methods[i].kind;
            score->items = read_item_list(draft, value, methods[i].exactly, &score->n_items);
        } else if (methods[i].kind == ALS_SCORE_MEAN && score->kind == ALS_SCORE_SUM) {
            score->mean_items = read_item_list(draft, value, 0, &score->n_mean_items);
        } else {
            yaml_error(draft->file, value->key, "E-SCORE", NULL,
                       "a score is made in one way, and this one has \"%s\" already",
                       method->key->text);
        }
    }
    if (!method)
        yaml_error(draft->file, node, "E-KEY-MISSING",
                   "sum, mean, copy, percent_nhanes3, percent_ecsc or percent_protocol",
                   "this score does not say how it is made");
    for (size_t i = 0; i < score->n_mean_items; i++)
        for (size_t k = 0; k < score->n_items; k++)
            if (score->items[k] == score->mean_items[i])
                yaml_error(draft->file, yaml_place(node, "mean"), "E-DUPLICATE", NULL,
                           "item \"%s\" counts in the sum and in the mean",
                           draft->items[score->items[k]].code);
}

static void read_missing(struct instrument_draft *draft, struct als_score *score,
                         const struct yaml_node *node)
{
    static const char *const words[] = {"strict"};
    const struct yaml_key keys[] = {{"prorate", YAML_SIZE, 0, true}};
    struct yaml_file *file = draft->file;
    size_t word = 0, all = score->n_items;
    if (node->kind != YAML_MAP) {
        yaml_word(file, node, words, COUNT(words), &word);
        return;
    }
    size_t least = 0;
    yaml_read(file, draft->arena, node, keys, COUNT(keys), &least);
    score->missing = ALS_MISSING_PRORATED;
    score->min_answered = least;
    if (score->kind != ALS_SCORE_SUM && score->kind != ALS_SCORE_MEAN)
        yaml_error(file, node, "E-SCORE", NULL, "only sums and means can be prorated");
    else if (score->n_mean_items > 0)
        yaml_error(file, node, "E-SCORE", NULL, "a sum with a mean beside it cannot be prorated");
    else if (least < 1 || least > all)
        yaml_error(file, yaml_place(node, "prorate"), "E-RANGE", NULL,
                   "expected 1 to %zu answered items, found %zu", all, least);
}

static bool is_bounded(const struct als_item *item, double *min, double *max)
{
    als_item_bounds(item, min, max);
    return isfinite(*min) && isfinite(*max);
}

/* Sums over the items; leaves 0 to 0 (not known) unless every item is bounded. */
static void range_from_items(const struct instrument_draft *draft, struct als_score *score)
{
    double low = 0, high = 0, mean_low = 0, mean_high = 0, min, max;
    if (score->kind > ALS_SCORE_COPY)
        return;
    for (size_t i = 0; i < score->n_items; i++) {
        if (!is_bounded(&draft->items[score->items[i]], &min, &max))
            return;
        low += min;
        high += max;
    }
    for (size_t i = 0; i < score->n_mean_items; i++) {
        if (!is_bounded(&draft->items[score->mean_items[i]], &min, &max))
            return;
        mean_low += min / (double)score->n_mean_items;
        mean_high += max / (double)score->n_mean_items;
    }
    double share = score->kind == ALS_SCORE_MEAN && score->n_items ? (double)score->n_items : 1;
    score->min = low / share + mean_low;
    score->max = high / share + mean_high;
}

static void read_range(struct instrument_draft *draft, struct als_score *score,
                       const struct yaml_node *node)
{
    const struct yaml_node *min = yaml_child(node, "min"), *max = yaml_child(node, "max");
    range_from_items(draft, score);
    bool known = score->min < score->max;
    bool given_min = min && yaml_number(draft->file, min, &score->min);
    bool given_max = max && yaml_number(draft->file, max, &score->max);
    if ((given_min && !max && !known) || (given_max && !min && !known))
        yaml_error(draft->file, given_min ? min : max, "E-RANGE", NULL,
                   "give min and max together: the items have no range of their own");
    else if ((given_min || given_max) && score->min >= score->max)
        yaml_error(draft->file, given_min ? min : max, "E-RANGE", NULL,
                   "range upside down: min %g is not below max %g", score->min, score->max);
}

static void read_score(struct instrument_draft *draft, struct als_score *score,
                       const struct yaml_node *node)
{
    struct yaml_file *file = draft->file;
    score->code = score->label = "";
    if (!yaml_read(file, draft->arena, node, score_keys, COUNT(score_keys), score))
        return;
    if (yaml_child(node, "code"))
        yaml_code(file, yaml_child(node, "code"), score->code, &code_of_item);
    read_method(draft, score, node);
    const struct yaml_node *missing = yaml_child(node, "missing");
    if (missing)
        read_missing(draft, score, missing);
    read_range(draft, score, node);
    score->derived = score->derived_measure;
    size_t dot = 0;
    if (score->derived)
        read_measure(file, yaml_child(node, "derived"), score->derived_measure, &dot);
}

void instrument_read_scores(struct instrument_draft *draft, const struct yaml_node *list)
{
    if (!yaml_is_list(draft->file, list))
        return;
    draft->scores = als_arena_array(draft->arena, list->count, sizeof *draft->scores);
    draft->score_nodes = als_arena_array(draft->file->arena, list->count, sizeof list);
    size_t n = 0;
    for (const struct yaml_node *node = list->first; node; node = node->next, n++) {
        draft->score_nodes[n] = node;
        read_score(draft, &draft->scores[n], node);
    }
    draft->out->scores = draft->scores;
    draft->out->n_scores = n;
}
