/* Reading an instrument: its head, items, choices and rules. */
#include "instrument_parse.h"

#include <math.h>
#include <string.h>

#include "alstrack/core/num.h"

#define MAX_ITEMS   500
#define MAX_CHOICES 200

static const struct yaml_key head_keys[] = {
    {"instrument", YAML_TEXT, offsetof(struct als_instrument, code), true},
    {"title", YAML_TEXT, offsetof(struct als_instrument, title), true},
    {"short_title", YAML_TEXT, offsetof(struct als_instrument, short_title), false},
    {"version", YAML_TEXT, offsetof(struct als_instrument, version), true},
    {"citation", YAML_TEXT, offsetof(struct als_instrument, citation), false},
    {"licence", YAML_TEXT, offsetof(struct als_instrument, licence), false},
    {"direction", YAML_LATER, 0, false},
    {"main_score", YAML_TEXT, offsetof(struct als_instrument, main_score), false},
    {"items", YAML_LATER, 0, true},
    {"scores", YAML_LATER, 0, false},
    {"rules", YAML_LATER, 0, false},
};

static const struct yaml_key item_keys[] = {
    {"code", YAML_TEXT, offsetof(struct als_item, code), true},
    {"label", YAML_TEXT, offsetof(struct als_item, label), true},
    {"label_b", YAML_TEXT, offsetof(struct als_item, label_b), false},
    {"type", YAML_LATER, 0, false},
    {"required", YAML_FLAG, offsetof(struct als_item, required), false},
    {"range", YAML_LATER, 0, false},
    {"min", YAML_LATER, 0, false},
    {"max", YAML_LATER, 0, false},
    {"decimals", YAML_INT, offsetof(struct als_item, decimals), false},
    {"unit", YAML_TEXT, offsetof(struct als_item, unit), false},
    {"choices", YAML_LATER, 0, false},
    {"applies", YAML_LATER, 0, false},
    {"variant", YAML_LATER, 0, false},
    {"testcd", YAML_TEXT, offsetof(struct als_item, testcd), false},
    {"help", YAML_TEXT, offsetof(struct als_item, help), false},
};

static const struct yaml_key choice_keys[] = {
    {"label", YAML_TEXT, offsetof(struct als_choice, label), true},
    {"label_b", YAML_TEXT, offsetof(struct als_choice, label_b), false},
    {"prefill", YAML_LATER, 0, false},
};

static const struct yaml_key rule_keys[] = {
    {"code", YAML_TEXT, offsetof(struct als_rule, code), true},
    {"level", YAML_LATER, 0, true},
    {"each", YAML_LATER, 0, false},
    {"when", YAML_LATER, 0, true},
    {"message", YAML_TEXT, offsetof(struct als_rule, message), true},
};

static const char *const type_words[] = {"integer", "number", "choice", "text", "date", "yes-no"};
static const char *const level_words[] = {"hard", "soft", "info"};
static const char *const direction_words[] = {"lower is better", "higher is better"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A whole number written in the one way that a number is written: 1, not 01 or +1. */
static bool is_canonical(const char *text, int64_t *number)
{
    char again[ALS_NUM_TEXT];
    if (!als_num_parse_integer(text, strlen(text), number))
        return false;
    als_num_format_integer(*number, again);
    return strcmp(text, again) == 0;
}

static void check_choice_code(struct yaml_file *file, const struct yaml_node *key)
{
    if (key->length == 0 || key->length > 40 || strpbrk(key->text, " \t\r\n,;'\""))
        yaml_error(file, key, "E-CODE", NULL,
                   "expected a choice code (1 to 40 characters without blanks, quotes, commas or "
                   "semicolons), found \"%.60s\"",
                   key->text);
}

static void read_choice(struct instrument_draft *draft, struct als_choice *choice,
                        const struct yaml_node *node)
{
    yaml_read(draft->file, draft->arena, node, choice_keys, COUNT(choice_keys), choice);
    const struct yaml_node *prefill = yaml_child(node, "prefill");
    if (prefill)
        choice->prefill = read_condition(draft->file, draft->arena, prefill);
}

static void read_choices(struct instrument_draft *draft, struct als_item *item,
                         const struct yaml_node *map)
{
    struct yaml_file *file = draft->file;
    if (!yaml_is_map(file, map))
        return;
    if (map->count < 1 || map->count > MAX_CHOICES) {
        yaml_error(file, map, "E-LIMIT", NULL, "expected 1 to %d choices, found %zu", MAX_CHOICES,
                   map->count);
        return;
    }
    struct als_choice *choices = als_arena_array(draft->arena, map->count, sizeof *choices);
    item->numeric_choice = true;
    for (const struct yaml_node *value = map->first; value; value = value->next) {
        struct als_choice *choice = &choices[item->n_choices];
        check_choice_code(file, value->key);
        choice->code = als_arena_strdup(draft->arena, value->key->text);
        choice->label = "";
        item->numeric_choice = is_canonical(choice->code, &choice->number) && item->numeric_choice;
        if (value->kind == YAML_MAP)
            read_choice(draft, choice, value);
        else
            yaml_text(file, draft->arena, value, &choice->label);
        for (size_t i = 0; i < item->n_choices; i++)
            if (strcmp(choices[i].code, choice->code) == 0)
                yaml_error(file, value->key, "E-DUPLICATE", NULL, "choice \"%s\" was given before",
                           choice->code);
        item->n_choices++;
    }
    item->choices = choices;
    for (size_t i = 0; i < item->n_choices && !item->numeric_choice; i++)
        choices[i].number = 0;
}

/* False when the type is not known, and what depends on it need not be judged. */
static bool read_type(struct instrument_draft *draft, struct als_item *item,
                      const struct yaml_node *node)
{
    struct yaml_file *file = draft->file;
    const struct yaml_node *type = yaml_child(node, "type");
    const struct yaml_node *choices = yaml_child(node, "choices");
    size_t word = choices ? ALS_ITEM_CHOICE : ALS_ITEM_INTEGER;
    if (type && !yaml_word(file, type, type_words, COUNT(type_words), &word))
        return false;
    item->type = (enum als_item_type)word;
    if (!type && !choices)
        yaml_error(file, node, "E-KEY-MISSING", NULL, "item \"%.60s\" needs a type or choices",
                   item->code);
    else if (choices && item->type != ALS_ITEM_CHOICE)
        yaml_error(file, choices->key, "E-CHOICES", "leave the type out, or write type: choice",
                   "choices belong to an item of type choice, and this one is of type %s",
                   type_words[word]);
    else if (choices)
        read_choices(draft, item, choices);
    else if (item->type == ALS_ITEM_CHOICE)
        yaml_error(file, type, "E-CHOICES", NULL, "an item of type choice needs choices");
    return type || choices;
}

static void read_bound(struct yaml_file *file, const struct als_item *item,
                       const struct yaml_node *value, bool *has, double *bound)
{
    if (!value || !yaml_number(file, value, bound))
        return;
    *has = true;
    if (item->type != ALS_ITEM_INTEGER && item->type != ALS_ITEM_NUMBER)
        yaml_error(file, value, "E-RANGE", NULL, "only numbers have a range");
    else if (item->type == ALS_ITEM_INTEGER && *bound != floor(*bound))
        yaml_error(file, value, "E-RANGE", NULL, "the range of an integer item must be whole");
}

/* range: [MIN, MAX], or min and max alone for a range that is open at one end. */
static void read_range(struct yaml_file *file, struct als_item *item, const struct yaml_node *node)
{
    const struct yaml_node *range = yaml_child(node, "range");
    const struct yaml_node *min = yaml_child(node, "min"), *max = yaml_child(node, "max");
    if (range && (min || max)) {
        yaml_error(file, (min ? min : max)->key, "E-RANGE", NULL,
                   "give either range or min and max, not both");
    } else if (range && (range->kind != YAML_LIST || range->count != 2)) {
        yaml_error(file, range, "E-TYPE", NULL, "expected [MIN, MAX]");
    } else if (range) {
        min = range->first;
        max = min->next;
    }
    read_bound(file, item, min, &item->has_min, &item->min);
    read_bound(file, item, max, &item->has_max, &item->max);
    if (item->has_min && item->has_max && item->min > item->max)
        yaml_error(file, min, "E-RANGE", NULL, "range upside down: min %g is above max %g",
                   item->min, item->max);
    const struct yaml_node *decimals = yaml_child(node, "decimals");
    if (decimals && item->type != ALS_ITEM_NUMBER)
        yaml_error(file, decimals->key, "E-RANGE", NULL, "only items of type number have decimals");
    else if (decimals && (item->decimals < 0 || item->decimals > 9))
        yaml_error(file, decimals, "E-RANGE", NULL, "expected 0 to 9 decimals, found %d",
                   item->decimals);
}

static void read_item(struct instrument_draft *draft, struct als_item *item,
                      const struct yaml_node *node)
{
    struct yaml_file *file = draft->file;
    item->code = item->label = "";
    item->required = true;
    item->decimals = -1;
    if (!yaml_read(file, draft->arena, node, item_keys, COUNT(item_keys), item))
        return;
    if (yaml_child(node, "code"))
        yaml_code(file, yaml_child(node, "code"), item->code, &code_of_item);
    if (read_type(draft, item, node))
        read_range(file, item, node);
    const struct yaml_node *applies = yaml_child(node, "applies");
    const struct yaml_node *variant = yaml_child(node, "variant");
    if (applies)
        item->applies = read_condition(file, draft->arena, applies);
    if (variant)
        item->variant = read_condition(file, draft->arena, variant);
    bool second_label = item->label_b;
    for (size_t i = 0; i < item->n_choices; i++)
        second_label = second_label || item->choices[i].label_b;
    if (second_label && !variant)
        yaml_error(file, yaml_place(node, item->label_b ? "label_b" : "choices"), "E-VARIANT",
                   "variant: CONDITION says when label_b is shown",
                   "label_b is never shown without a variant");
    if (variant && !second_label)
        yaml_error(file, variant->key, "E-VARIANT", NULL, "a variant needs a label_b to show");
}

void instrument_read_items(struct instrument_draft *draft, const struct yaml_node *list)
{
    if (!yaml_is_list(draft->file, list))
        return;
    if (list->count < 1 || list->count > MAX_ITEMS) {
        yaml_error(draft->file, list, "E-LIMIT", NULL, "expected 1 to %d items, found %zu",
                   MAX_ITEMS, list->count);
        return;
    }
    draft->items = als_arena_array(draft->arena, list->count, sizeof *draft->items);
    draft->item_nodes = als_arena_array(draft->file->arena, list->count, sizeof list);
    size_t n = 0;
    for (const struct yaml_node *node = list->first; node; node = node->next, n++) {
        draft->item_nodes[n] = node;
        read_item(draft, &draft->items[n], node);
    }
    draft->out->items = draft->items;
    draft->out->n_items = n;
}

/* Every item whose answers are numbers, or those of a list. */
static void read_each(struct instrument_draft *draft, struct als_rule *rule,
                      const struct yaml_node *node)
{
    size_t *each = als_arena_array(draft->arena, draft->out->n_items + 1, sizeof *each);
    rule->each = each;
    if (node->kind == YAML_LIST) {
        rule->each = instrument_read_item_list(draft, node, "rule", &rule->n_each);
        return;
    }
    static const char *const words[] = {"items"};
    size_t word;
    if (!yaml_word(draft->file, node, words, COUNT(words), &word))
        return;
    for (size_t i = 0; i < draft->out->n_items; i++)
        if (als_item_is_numeric(&draft->items[i]))
            each[rule->n_each++] = i;
    if (rule->n_each == 0)
        yaml_error(draft->file, node, "E-RULE", NULL, "no item has answers that are numbers");
}

static void read_rule(struct instrument_draft *draft, struct als_rule *rule,
                      const struct yaml_node *node)
{
    rule->code = rule->message = "";
    rule->line = node->line;
    if (!yaml_read(draft->file, draft->arena, node, rule_keys, COUNT(rule_keys), rule))
        return;
    if (yaml_child(node, "code"))
        yaml_code(draft->file, yaml_child(node, "code"), rule->code, &code_of_rule);
    const struct yaml_node *level = yaml_child(node, "level");
    const struct yaml_node *when = yaml_child(node, "when"), *each = yaml_child(node, "each");
    size_t word = 0;
    if (level && yaml_word(draft->file, level, level_words, COUNT(level_words), &word))
        rule->level = (enum als_rule_level)word;
    if (when)
        rule->when = read_condition(draft->file, draft->arena, when);
    if (each)
        read_each(draft, rule, each);
}

static void read_rules(struct instrument_draft *draft, const struct yaml_node *list)
{
    if (!yaml_is_list(draft->file, list))
        return;
    draft->rules = als_arena_array(draft->arena, list->count, sizeof *draft->rules);
    draft->rule_nodes = als_arena_array(draft->file->arena, list->count, sizeof list);
    size_t n = 0;
    for (const struct yaml_node *node = list->first; node; node = node->next, n++) {
        draft->rule_nodes[n] = node;
        read_rule(draft, &draft->rules[n], node);
    }
    draft->out->rules = draft->rules;
    draft->out->n_rules = n;
}

static void read_head(struct instrument_draft *draft, const struct yaml_node *root)
{
    struct als_instrument *out = draft->out;
    struct yaml_file *file = draft->file;
    if (!yaml_read(file, draft->arena, root, head_keys, COUNT(head_keys), out))
        return;
    const struct yaml_node *code = yaml_child(root, "instrument");
    if (code && out->code[0] != '\0')
        yaml_code(file, code, out->code, &code_of_instrument);
    if (!out->short_title)
        out->short_title = out->title;
    const struct yaml_node *direction = yaml_child(root, "direction");
    size_t word = 1;
    if (direction)
        yaml_word(file, direction, direction_words, COUNT(direction_words), &word);
    out->higher_is_better = word == 1;
    const struct yaml_node *items = yaml_child(root, "items");
    const struct yaml_node *scores = yaml_child(root, "scores");
    const struct yaml_node *rules = yaml_child(root, "rules");
    if (items)
        instrument_read_items(draft, items);
    if (scores)
        instrument_read_scores(draft, scores);
    if (rules)
        read_rules(draft, rules);
    if (out->main_score && !direction)
        yaml_error(file, root, "E-KEY-MISSING", NULL,
                   "an instrument with a main score needs the key \"direction\"");
    if (out->n_scores > 0 && !out->main_score)
        yaml_error(file, root, "E-KEY-MISSING", NULL,
                   "an instrument with scores needs the key \"main_score\"");
    instrument_check(draft);
}

struct als_instrument *als_instrument_parse(const char *name, const char *text, size_t length,
                                            const struct als_sink *sink)
{
    struct yaml_file file;
    struct als_arena *arena = als_arena_new();
    struct als_instrument *out = als_arena_take(arena, sizeof *out);
    *out = (struct als_instrument){.code = "", .title = "", .version = "", .arena = arena};
    struct instrument_draft draft = {.file = &file, .arena = arena, .out = out};
    if (yaml_open(&file, name, text, length, sink))
        read_head(&draft, file.root);
    if (file.errors > 0) {
        als_arena_free(arena);
        out = NULL;
    } else {
        out->source = als_arena_strndup(arena, text, length);
    }
    yaml_close(&file);
    return out;
}
