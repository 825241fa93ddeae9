/* What can be judged of an instrument only when all its parts are known. */
#include <string.h>

#include "alstrack/define/protocol.h"
#include "expr_names.h"
#include "instrument_parse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Columns that import files and the study's tables have of their own. */
static const char *const reserved[] = {
    "patient", "visit", "date",          "mode",     "rater",      "respondent",   "status",
    "reason",  "day",   "assessment_id", "visit_id", "version_no", "item_reasons", "change_id"};

/* Words that conditions have of their own. */
static const char *const condition_words[] = {"and", "or", "not", "item", "months"};

/* Kinds of import and files of an export that an instrument's own would be mistaken for. */
static const char *const reserved_instruments[] = {"patients",       "events", "visits",      "ae",
                                                   "adverse-events", "cohort", "observations"};

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

/* A code of an item, score or rule, or an exchange code, and where it stands. */
struct use {
    const char *text, *what;
    const struct yaml_node *node;
};

/* Report each text that an earlier use has, naming the first. */
static void check_unique(struct yaml_file *file, const struct use *uses, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < i && strcmp(uses[k].text, uses[i].text) != 0)
            k++;
        if (k < i && uses[i].text[0] != '\0')
            yaml_error(file, uses[i].node, "E-DUPLICATE", NULL,
                       "%s \"%s\" was used before, for the %s on line %zu", uses[i].what,
                       uses[i].text, uses[k].what, uses[k].node->line);
    }
}

static void check_codes(struct instrument_draft *draft)
{
    const struct als_instrument *out = draft->out;
    size_t n = 0;
    struct use *uses =
        als_arena_array(draft->file->arena, out->n_items + out->n_scores, sizeof *uses);
    for (size_t i = 0; i < out->n_items; i++)
        uses[n++] =
            (struct use){out->items[i].code, "item code", yaml_place(draft->item_nodes[i], "code")};
    for (size_t i = 0; i < out->n_scores; i++)
        uses[n++] = (struct use){out->scores[i].code, "score code",
                                 yaml_place(draft->score_nodes[i], "code")};
    check_unique(draft->file, uses, n);
    for (size_t i = 0; i < n; i++) {
        if (is_one_of(uses[i].text, reserved, COUNT(reserved)))
            yaml_error(draft->file, uses[i].node, "E-RESERVED", "choose another code",
                       "\"%s\" is the name of a column that every table has", uses[i].text);
        if (is_one_of(uses[i].text, condition_words, COUNT(condition_words)))
            yaml_error(draft->file, uses[i].node, "E-RESERVED", "choose another code",
                       "\"%s\" is a word of conditions", uses[i].text);
    }
    if (is_one_of(out->code, reserved_instruments, COUNT(reserved_instruments)))
        yaml_error(draft->file, yaml_place(draft->file->root, "instrument"), "E-RESERVED",
                   "choose another code", "\"%s\" is the name of a kind of import or export",
                   out->code);
}

static void check_exchange_codes(struct instrument_draft *draft)
{
    const struct als_instrument *out = draft->out;
    size_t n = 0;
    struct use *uses =
        als_arena_array(draft->file->arena, out->n_items + out->n_scores, sizeof *uses);
    for (size_t i = 0; i < out->n_items; i++)
        if (out->items[i].testcd)
            uses[n++] = (struct use){out->items[i].testcd, "exchange code",
                                     yaml_place(draft->item_nodes[i], "testcd")};
    for (size_t i = 0; i < out->n_scores; i++)
        if (out->scores[i].testcd)
            uses[n++] = (struct use){out->scores[i].testcd, "exchange code",
                                     yaml_place(draft->score_nodes[i], "testcd")};
    check_unique(draft->file, uses, n);
    for (size_t i = 0; i < n; i++)
        yaml_code(draft->file, uses[i].node, uses[i].text, &code_of_testcd);
}

static void check_rule_codes(struct instrument_draft *draft)
{
    const struct als_instrument *out = draft->out;
    struct use *uses = als_arena_array(draft->file->arena, out->n_rules, sizeof *uses);
    for (size_t i = 0; i < out->n_rules; i++)
        uses[i] =
            (struct use){out->rules[i].code, "rule code", yaml_place(draft->rule_nodes[i], "code")};
    check_unique(draft->file, uses, out->n_rules);
}

/* The item or score that a name without prefix means, and their codes for hints. */
static const char *own_name_hint(struct instrument_draft *draft, const char *prefix,
                                 const char *word)
{
    const struct als_instrument *out = draft->out;
    const char **names =
        als_arena_array(draft->file->arena, out->n_items + out->n_scores, sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < out->n_items; i++)
        names[n++] = out->items[i].code;
    for (size_t i = 0; i < out->n_scores; i++)
        names[n++] = out->scores[i].code;
    const char *near = als_nearest(word, names, n);
    return near ? als_arena_printf(draft->file->arena, "did you mean %s%s?", prefix, near) : NULL;
}

static const char *event_hint(struct instrument_draft *draft, const char *word, bool *known)
{
    size_t n = 0;
    *known = false;
    for (; als_event_names[n]; n++)
        *known = *known || strcmp(als_event_names[n], word) == 0;
    return yaml_hint(draft->file, word, als_event_names, n);
}

/* A condition and the place of its text in the file. */
struct condition {
    const struct als_expr *expr;
    const struct yaml_node *node;
    const struct als_rule *rule; /* NULL: of an item */
};

static bool is_for_each(const struct condition *at)
{
    return at->rule && at->rule->n_each > 0;
}

/* X of ITEM, SCORE, previous.X, change.X, answered.X; *skip is the length of the prefix. */
static bool check_part(const struct instrument_draft *draft, const struct condition *at,
                       const char *name, size_t *skip)
{
    static const char *const prefixes[] = {"previous.", "change.", "answered."};
    bool item_only = false;
    *skip = 0;
    for (size_t i = 0; i < COUNT(prefixes); i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0) {
            *skip = strlen(prefixes[i]);
            item_only = i == 2;
        }
    if (is_for_each(at) && strcmp(name + *skip, "item") == 0)
        return true;
    return als_instrument_item(draft->out, name + *skip) >= 0 ||
           (!item_only && als_instrument_score(draft->out, name + *skip) >= 0);
}

static void check_name(struct instrument_draft *draft, const struct condition *at, size_t slot)
{
    static const char *const fixed[] = {"patient.sex", "patient.age", "rater.changed", "months",
                                        "mode"};
    const char *name = at->expr->names[slot], *hint = NULL;
    bool known = is_one_of(name, fixed, COUNT(fixed));
    size_t skip;
    if (strncmp(name, "event.", 6) == 0) {
        hint = event_hint(draft, name + 6, &known);
        /* A protocol may add events, so only a likely slip is a mistake here. */
        known = known || (!hint && name[6] != '\0' && !strchr(name + 6, '.'));
    } else if (!known) {
        known = check_part(draft, at, name, &skip);
        hint = own_name_hint(draft, als_arena_strndup(draft->file->arena, name, skip), name + skip);
    }
    if (!known)
        yaml_error_within(draft->file, at->node, expr_name_offset(at->expr, slot), "E-NAME-UNKNOWN",
                          hint ? hint
                               : "names are items, scores, previous.ITEM, change.ITEM, "
                                 "answered.ITEM, months, rater.changed, mode, event.NAME, "
                                 "patient.sex and patient.age; with each, item",
                          "unknown name \"%.60s\" in a condition", name);
}

/* Only numbers differ by something. */
static void check_change(struct instrument_draft *draft, const struct condition *at, size_t slot)
{
    const char *name = at->expr->names[slot];
    if (strncmp(name, "change.", 7) != 0)
        return;
    const ptrdiff_t item = als_instrument_item(draft->out, name + 7);
    if (item >= 0 && !als_item_is_numeric(&draft->items[item]))
        yaml_error_within(draft->file, at->node, expr_name_offset(at->expr, slot), "E-EXPRESSION",
                          NULL, "item \"%s\" is not a number and has no change", name + 7);
}

/* Which assessment can be stored must not depend on the order in which they are entered. */
static void check_level(struct instrument_draft *draft, const struct condition *at, size_t slot)
{
    if (at->rule && at->rule->level == ALS_RULE_HARD && als_name_looks_back(at->expr->names[slot]))
        yaml_error_within(draft->file, at->node, expr_name_offset(at->expr, slot), "E-LEVEL",
                          "level: soft accepts it with a reason",
                          "a hard rule cannot look at the assessment before");
}

/* The item that a name stands for: ITEM or previous.ITEM; NULL for anything else. */
static const struct als_item *item_of(const struct instrument_draft *draft, const char *name)
{
    if (strncmp(name, "previous.", 9) == 0)
        name += 9;
    ptrdiff_t found = als_instrument_item(draft->out, name);
    return found < 0 ? NULL : &draft->items[found];
}

static bool has_choice(const struct als_item *item, const char *code)
{
    for (size_t i = 0; i < item->n_choices; i++)
        if (strcmp(item->choices[i].code, code) == 0)
            return true;
    return false;
}

static const char *choice_hint(struct instrument_draft *draft, const struct als_item *item)
{
    const char *list = "its choices are";
    for (size_t i = 0; i < item->n_choices; i++)
        list = als_arena_printf(draft->file->arena, "%s%s %s", list, i ? "," : "",
                                item->choices[i].code);
    return list;
}

/* A comparison of an item with a constant that it can never equal would make a rule silent. */
static void check_comparison(struct instrument_draft *draft, const struct condition *at,
                             const struct als_expr_step *name, const struct als_expr_step *constant)
{
    const struct als_item *item = item_of(draft, at->expr->names[name->name]);
    if (!item || (item->type == ALS_ITEM_CHOICE && item->n_choices == 0))
        return;
    bool is_text = constant->op == ALS_OP_TEXT;
    bool takes_text = item->type == ALS_ITEM_TEXT || item->type == ALS_ITEM_DATE ||
                      (item->type == ALS_ITEM_CHOICE && !item->numeric_choice);
    size_t within = expr_name_offset(at->expr, name->name);
    if (is_text != takes_text)
        yaml_error_within(draft->file, at->node, within, "E-EXPRESSION",
                          item->type == ALS_ITEM_YESNO ? "yes is 1 and no is 0" : NULL,
                          "item \"%s\" is compared with a %s, but its answers are %s", item->code,
                          is_text ? "text" : "number", takes_text ? "text" : "numbers");
    else if (is_text && item->type == ALS_ITEM_CHOICE && !has_choice(item, constant->text))
        yaml_error_within(draft->file, at->node, within, "E-EXPRESSION", choice_hint(draft, item),
                          "item \"%s\" has no choice '%.60s'", item->code, constant->text);
}

static void check_condition(struct instrument_draft *draft, const struct condition *at)
{
    const struct als_expr *expr = at->expr;
    for (size_t i = 0; i < expr->n_names; i++) {
        check_name(draft, at, i);
        check_change(draft, at, i);
        check_level(draft, at, i);
    }
    for (size_t i = 0; i + 2 < expr->n_steps; i++) {
        const struct als_expr_step *a = &expr->steps[i], *b = a + 1;
        bool comparison = b[1].op >= ALS_OP_EQ && b[1].op <= ALS_OP_GE;
        if (comparison && a->op == ALS_OP_NAME && b->op <= ALS_OP_TEXT)
            check_comparison(draft, at, a, b);
        else if (comparison && b->op == ALS_OP_NAME && a->op <= ALS_OP_TEXT)
            check_comparison(draft, at, b, a);
    }
}

/* A condition at `node` about an item, which must not hang on its own answer. */
static void check_item_condition(struct instrument_draft *draft, size_t item,
                                 const struct yaml_node *node, const struct als_expr *expr)
{
    if (!expr)
        return;
    const struct condition at = {expr, node, NULL};
    check_condition(draft, &at);
    for (size_t i = 0; i < expr->n_names; i++)
        if (strcmp(expr->names[i], draft->items[item].code) == 0)
            yaml_error_within(draft->file, at.node, expr_name_offset(expr, i), "E-EXPRESSION", NULL,
                              "item \"%s\" cannot depend on its own answer",
                              draft->items[item].code);
}

static void check_item_conditions(struct instrument_draft *draft, size_t i)
{
    const struct als_item *item = &draft->items[i];
    const struct yaml_node *node = draft->item_nodes[i];
    check_item_condition(draft, i, yaml_child(node, "applies"), item->applies);
    check_item_condition(draft, i, yaml_child(node, "variant"), item->variant);
    for (size_t k = 0; k < item->n_choices; k++)
        if (item->choices[k].prefill)
            check_item_condition(
                draft, i,
                yaml_child(yaml_child(yaml_child(node, "choices"), item->choices[k].code),
                           "prefill"),
                item->choices[k].prefill);
}

static void check_main_score(struct instrument_draft *draft)
{
    const char *main = draft->out->main_score;
    if (main && als_instrument_item(draft->out, main) < 0 &&
        als_instrument_score(draft->out, main) < 0)
        yaml_error(draft->file, yaml_child(draft->file->root, "main_score"), "E-ITEM-UNKNOWN",
                   own_name_hint(draft, "", main), "there is no score or item \"%.60s\"", main);
}

void instrument_check(struct instrument_draft *draft)
{
    check_codes(draft);
    check_exchange_codes(draft);
    check_rule_codes(draft);
    check_main_score(draft);
    for (size_t i = 0; i < draft->out->n_items; i++)
        check_item_conditions(draft, i);
    for (size_t i = 0; i < draft->out->n_rules; i++) {
        const struct condition at = {draft->rules[i].when, yaml_child(draft->rule_nodes[i], "when"),
                                     &draft->rules[i]};
        if (at.expr)
            check_condition(draft, &at);
    }
}
