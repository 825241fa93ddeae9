/* Reading eligibility criteria: what is compared, or who decides. */
#include <string.h>

#include "alstrack/core/num.h"
#include "alstrack/define/known.h"
#include "instrument_parse.h"
#include "protocol_parse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct yaml_key criterion_keys[] = {
    {"id", YAML_TEXT, offsetof(struct als_criterion, id), true},
    {"type", YAML_LATER, 0, true},
    {"auto", YAML_LATER, 0, false},
    {"manual", YAML_TEXT, offsetof(struct als_criterion, manual), false},
    {"unit", YAML_TEXT, offsetof(struct als_criterion, unit), false},
    {"if", YAML_LATER, 0, false},
    {"text", YAML_TEXT, offsetof(struct als_criterion, text), true},
    {"at", YAML_TEXT, offsetof(struct als_criterion, evaluate_at), false},
};

static const struct yaml_code code_of_criterion = {
    YAML_UPPER, YAML_UPPER YAML_LOWER YAML_DIGIT, 12,
    "a criterion (a capital letter, then letters or digits, such as I5a)"};

static const struct {
    const char *text;
    enum als_compare compare;
} operators[] = {{"!=", ALS_CMP_NE}, {"<=", ALS_CMP_LE}, {">=", ALS_CMP_GE}, {"=", ALS_CMP_EQ},
                 {"<", ALS_CMP_LT},  {">", ALS_CMP_GT},  {"in ", ALS_CMP_IN}};

/* Where the mistake is, in bytes from the start of the text, and what belongs there. */
struct mistake {
    size_t at;
    const char *expected;
};

static size_t skip_blanks(const char *text, size_t at)
{
    return at + strspn(text + at, " ");
}

/* The value from `from` to `to` without blanks around it and quotes. NULL when nothing is left, or
 * when it has signs that belong to an operator: "=> 70" must not become the text "> 70". */
static const char *trimmed(struct als_arena *arena, const char *text, size_t from, size_t to)
{
    from = skip_blanks(text, from);
    while (to > from && text[to - 1] == ' ')
        to--;
    if (to > from + 1 && text[from] == '\'' && text[to - 1] == '\'') {
        from++;
        to--;
    }
    const char *value = to > from ? als_arena_strndup(arena, text + from, to - from) : NULL;
    return value && !strpbrk(value, "<>=!'\"") ? value : NULL;
}

/* VALUE, or for `in` several with a comma or | between them. */
static bool split_values(struct als_arena *arena, const char *text, size_t at,
                         struct als_criterion *out, struct mistake *mistake)
{
    size_t room = 1;
    for (const char *c = text + at; *c; c++)
        room += *c == ',' || *c == '|';
    const char **values = als_arena_array(arena, room, sizeof *values);
    const char *separators = out->compare == ALS_CMP_IN ? ",|" : "";
    for (;;) {
        size_t end = at + strcspn(text + at, separators);
        values[out->n_values] = trimmed(arena, text, at, end);
        if (!values[out->n_values]) {
            *mistake = (struct mistake){at, "a value"};
            return false;
        }
        out->n_values++;
        if (text[end] == '\0')
            break;
        at = end + 1;
    }
    out->values = values;
    return true;
}

/* FIELD OP VALUE */
static bool split_test(struct als_arena *arena, const char *text, struct als_criterion *out,
                       struct mistake *mistake)
{
    size_t at = skip_blanks(text, 0);
    size_t length = strspn(text + at, YAML_LOWER YAML_DIGIT "_");
    if (length == 0 || !strchr(YAML_LOWER, text[at])) {
        *mistake = (struct mistake){at, "a field such as fvc_pct"};
        return false;
    }
    out->field = als_arena_strndup(arena, text + at, length);
    at = skip_blanks(text, at + length);
    size_t i = 0;
    while (i < COUNT(operators) &&
           strncmp(text + at, operators[i].text, strlen(operators[i].text)) != 0)
        i++;
    if (i == COUNT(operators)) {
        *mistake = (struct mistake){at, "=, !=, <, <=, >, >= or in"};
        return false;
    }
    out->compare = operators[i].compare;
    at = skip_blanks(text, at + strlen(operators[i].text));
    if (!split_values(arena, text, at, out, mistake))
        return false;
    double number = 0;
    bool ordered = out->compare >= ALS_CMP_LT && out->compare <= ALS_CMP_GE;
    if (ordered && !als_num_parse_double(out->values[0], strlen(out->values[0]), &number)) {
        *mistake = (struct mistake){at, "a number"};
        return false;
    }
    return true;
}

/* Names that a test or condition may have. */
struct names {
    const char **list;
    size_t n, room;
    struct als_arena *arena;
};

static void add_name(const char *name, const struct als_known_source *source, void *context)
{
    struct names *names = context;
    (void)source;
    if (names->n == names->room) {
        const char **old = names->list;
        names->room = names->room ? 2 * names->room : 128;
        names->list = als_arena_array(names->arena, names->room, sizeof *names->list);
        if (old)
            memcpy(names->list, old, names->n * sizeof *old);
    }
    names->list[names->n++] = name;
}

/* `at`: where in the text the name stands. */
static void check_field(struct protocol_draft *draft, const struct yaml_node *node, size_t at,
                        const char *field)
{
    struct names names = {.arena = draft->file->arena};
    struct als_known_source source = {.kind = ALS_KNOWN_ANSWER};
    if (!draft->lookup ||
        als_known_find(draft->out, draft->lookup, draft->context, names.arena, field, &source))
        return;
    als_known_each(draft->out, draft->lookup, draft->context, names.arena, add_name, &names);
    yaml_error_within(draft->file, node, at, "E-FIELD",
                      yaml_hint(draft->file, field, names.list, names.n), "there is no field '%s'",
                      field);
}

/* Where a name stands in a condition: as a word of its own, outside of quotes. */
static size_t place_of(const char *text, const char *name)
{
    size_t length = strlen(name);
    bool quoted = false;
    for (size_t i = 0; text[i]; i++) {
        quoted = quoted != (text[i] == '\'');
        size_t word = strspn(text + i, YAML_LOWER YAML_DIGIT "_.");
        if (word == 0)
            continue;
        if (!quoted && word == length && memcmp(text + i, name, length) == 0)
            return i;
        i += word - 1;
    }
    return 0;
}

static void check_condition(struct protocol_draft *draft, const struct yaml_node *node,
                            const struct als_expr *condition)
{
    for (size_t i = 0; condition && i < condition->n_names; i++)
        check_field(draft, node, place_of(condition->source, condition->names[i]),
                    condition->names[i]);
}

static void read_test(struct protocol_draft *draft, const struct yaml_node *node,
                      struct als_criterion *out)
{
    const char *text = NULL;
    struct mistake mistake = {0, NULL};
    if (!yaml_text(draft->file, draft->file->arena, node, &text))
        return;
    if (split_test(draft->arena, text, out, &mistake))
        check_field(draft, node, skip_blanks(text, 0), out->field);
    else
        yaml_error_within(
            draft->file, node, mistake.at, "E-CRITERION",
            "FIELD OP VALUE, such as fvc_pct < 70 or el_escorial in definite, probable",
            "expected %s", mistake.expected);
}

static void read_kind(struct protocol_draft *draft, const struct yaml_node *node,
                      struct als_criterion *out)
{
    static const char *const yes[] = {"Y"};
    const struct yaml_node *test = yaml_child(node, "auto");
    const struct yaml_node *manual = yaml_child(node, "manual");
    if (manual && out->manual)
        yaml_code(draft->file, manual, out->manual, &code_of_item);
    if (test)
        read_test(draft, test, out);
    if (test && manual) {
        out->kind = ALS_CRITERION_BOTH;
    } else if (test) {
        out->kind = ALS_CRITERION_AUTO;
    } else if (manual) {
        out->kind = ALS_CRITERION_MANUAL;
        out->field = out->manual;
        out->compare = ALS_CMP_EQ;
        out->values = yes;
        out->n_values = COUNT(yes);
    } else {
        yaml_error(draft->file, node, "E-CRITERION", NULL,
                   "a criterion needs auto, manual or both");
    }
}

static void read_criterion(struct protocol_draft *draft, const struct yaml_node *node,
                           struct als_criterion *out)
{
    static const char *const types[] = {"exclusion", "inclusion"};
    struct yaml_file *file = draft->file;
    const struct yaml_node *child;
    size_t word = 0;
    out->id = out->text = "";
    if (!yaml_read(file, draft->arena, node, criterion_keys, COUNT(criterion_keys), out))
        return;
    if ((child = yaml_child(node, "id")))
        yaml_code(file, child, out->id, &code_of_criterion);
    if ((child = yaml_child(node, "type")) && yaml_word(file, child, types, COUNT(types), &word))
        out->inclusion = word == 1;
    if ((child = yaml_child(node, "if")))
        out->condition = read_condition(file, draft->arena, child);
    check_condition(draft, child, out->condition);
    if (out->evaluate_at && strcmp(out->evaluate_at, "each infusion") != 0)
        known_visit(draft, yaml_child(node, "at"), out->evaluate_at);
    read_kind(draft, node, out);
}

void protocol_read_criteria(struct protocol_draft *draft, const struct yaml_node *list)
{
    if (!yaml_is_list(draft->file, list))
        return;
    struct als_criterion *out = als_arena_array(draft->arena, list->count, sizeof *out);
    const char **ids = als_arena_array(draft->file->arena, list->count, sizeof *ids);
    const struct yaml_node **places =
        als_arena_array(draft->file->arena, list->count, sizeof *places);
    size_t n = 0;
    for (const struct yaml_node *node = list->first; node; node = node->next, n++) {
        read_criterion(draft, node, &out[n]);
        ids[n] = out[n].id;
        places[n] = yaml_place(node, "id");
    }
    check_repeated(draft->file, "criterion", ids, places, n);
    draft->out->criteria = out;
    draft->out->n_criteria = n;
}
