/* Reading the visits of a protocol: anchors, offsets, windows, and what is done at each. */
#include <string.h>

#include "alstrack/core/num.h"
#include "alstrack/define/builtin.h"
#include "protocol_parse.h"

#define MAX_VISITS 900
#define MAX_WINDOW 3650
#define MAX_OFFSET 36500

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct yaml_key visit_keys[] = {
    {"code", YAML_TEXT, offsetof(struct als_visit_plan, code), true},
    {"label", YAML_TEXT, offsetof(struct als_visit_plan, label), true},
    {"anchor", YAML_LATER, 0, true},
    {"offset", YAML_LATER, 0, true},
    {"window", YAML_LATER, 0, true},
    {"mode", YAML_LATER, 0, false},
    {"epoch", YAML_LATER, 0, true},
    {"optional", YAML_FLAG, offsetof(struct als_visit_plan, optional), false},
    {"infusion", YAML_LATER, 0, false},
    {"cohort", YAML_TEXT, offsetof(struct als_visit_plan, cohort), false},
    {"assess", YAML_LATER, 0, false},
    {"procedures", YAML_LATER, 0, false},
    {"ae_review", YAML_FLAG, offsetof(struct als_visit_plan, ae_review), false},
    {"inferred", YAML_TEXT, offsetof(struct als_visit_plan, inferred), false},
};

static const char *const mode_words[] = {"clinic", "phone", "video", "home"};
static const char *const epoch_words[] = {"pre", "post"};

static const struct yaml_code code_of_visit = {
    YAML_UPPER, YAML_UPPER YAML_DIGIT, 12,
    "a visit code (a capital letter, then capitals or digits, at most 12)"};

ptrdiff_t known_visit(struct protocol_draft *draft, const struct yaml_node *node, const char *code)
{
    const struct als_protocol *out = draft->out;
    ptrdiff_t found = als_protocol_visit(out, code);
    if (found >= 0)
        return found;
    const char **codes = als_arena_array(draft->file->arena, out->n_visits, sizeof *codes);
    for (size_t i = 0; i < out->n_visits; i++)
        codes[i] = out->visits[i].code;
    yaml_error(draft->file, node, "E-VISIT-UNKNOWN",
               yaml_hint(draft->file, code, codes, out->n_visits), "there is no visit \"%.60s\"",
               code);
    return -1;
}

static bool known_event(struct protocol_draft *draft, const struct yaml_node *node,
                        const char *name)
{
    const struct als_protocol *out = draft->out;
    if (als_protocol_has_event(out, name))
        return true;
    size_t built_in = 0;
    while (als_event_names[built_in])
        built_in++;
    const char **names =
        als_arena_array(draft->file->arena, built_in + out->n_events, sizeof *names);
    memcpy(names, als_event_names, built_in * sizeof *names);
    if (out->n_events > 0)
        memcpy(names + built_in, out->events, out->n_events * sizeof *names);
    const char *hint = yaml_hint(draft->file, name, names, built_in + out->n_events);
    yaml_error(draft->file, node, "E-EVENT-UNKNOWN",
               hint ? hint : "the protocol's own events are listed under \"events\"",
               "there is no event \"%.60s\"", name);
    return false;
}

/* The text after a leading word and one blank, or NULL. */
static const char *after(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncmp(text, word, length) == 0 && text[length] == ' ' ? text + length + 1 : NULL;
}

static bool small_number(const char *text, size_t length, int64_t least, int64_t most, int64_t *out)
{
    return als_num_parse_integer(text, length, out) && *out >= least && *out <= most;
}

bool read_anchor(struct protocol_draft *draft, const struct yaml_node *node, struct als_anchor *out)
{
    const char *text = NULL, *rest;
    int64_t number = 0;
    if (!yaml_text(draft->file, draft->arena, node, &text))
        return false;
    if ((rest = after(text, "event"))) {
        *out = (struct als_anchor){.kind = ALS_ANCHOR_EVENT, .event = rest};
        return known_event(draft, node, rest);
    }
    if ((rest = after(text, "visit"))) {
        ptrdiff_t visit = known_visit(draft, node, rest);
        *out =
            (struct als_anchor){.kind = ALS_ANCHOR_VISIT, .visit = visit < 0 ? 0 : (size_t)visit};
        return visit >= 0;
    }
    if (strcmp(text, "last planned infusion") == 0) {
        *out = (struct als_anchor){.kind = ALS_ANCHOR_LAST_PLANNED};
        return true;
    }
    rest = after(text, "infusion");
    if (rest && small_number(rest, strlen(rest), 1, 1000, &number)) {
        *out = (struct als_anchor){.kind = ALS_ANCHOR_INFUSION, .number = (size_t)number};
        return true;
    }
    yaml_error(draft->file, node, "E-ANCHOR", NULL,
               "expected event NAME, infusion N, last planned infusion or visit CODE, found "
               "\"%.60s\"",
               text);
    return false;
}

static void read_offset(struct protocol_draft *draft, const struct yaml_node *node,
                        struct als_visit_plan *visit)
{
    const char *text = NULL;
    int64_t number = 0;
    if (!yaml_text(draft->file, draft->file->arena, node, &text))
        return;
    size_t digits = strcspn(text, " ");
    const char *unit = text[digits] == ' ' ? text + digits + 1 : "";
    bool days = strcmp(unit, "day") == 0 || strcmp(unit, "days") == 0;
    bool weeks = strcmp(unit, "week") == 0 || strcmp(unit, "weeks") == 0;
    bool months = strcmp(unit, "month") == 0 || strcmp(unit, "months") == 0;
    int64_t most = days ? MAX_OFFSET : weeks ? MAX_OFFSET / 7 : MAX_OFFSET / 30;
    if ((!days && !weeks && !months) || !small_number(text, digits, -most, most, &number)) {
        yaml_error(draft->file, node, "E-OFFSET", "such as 28 days, 2 weeks or 6 months",
                   "expected N days, N weeks or N months, found \"%.60s\"", text);
        return;
    }
    visit->in_months = months;
    visit->offset = (int)number * (weeks ? 7 : 1);
}

static void read_window(struct protocol_draft *draft, const struct yaml_node *node,
                        struct als_visit_plan *visit)
{
    const char *text = NULL;
    int64_t before = 0, later = 0;
    if (!yaml_text(draft->file, draft->file->arena, node, &text))
        return;
    const char *slash = strchr(text, '/');
    if (text[0] != '-' || !slash || slash[1] != '+' ||
        !small_number(text + 1, (size_t)(slash - text) - 1, 0, MAX_WINDOW, &before) ||
        !small_number(slash + 2, strlen(slash + 2), 0, MAX_WINDOW, &later)) {
        yaml_error(draft->file, node, "E-WINDOW", "such as -7/+14, or -0/+0 for one day",
                   "expected -DAYS/+DAYS, found \"%.60s\"", text);
        return;
    }
    visit->before_days = (int)before;
    visit->after_days = (int)later;
}

static void unknown_instrument(struct protocol_draft *draft, const struct yaml_node *node,
                               const char *code)
{
    const char **names =
        als_arena_array(draft->file->arena, als_builtin_instrument_count, sizeof *names);
    for (size_t i = 0; i < als_builtin_instrument_count; i++)
        names[i] = als_builtin_instruments[i].name;
    yaml_error(draft->file, node, "E-INSTRUMENT-UNKNOWN",
               yaml_hint(draft->file, code, names, als_builtin_instrument_count),
               "there is no instrument \"%.60s\"", code);
}

/* A condition of an instrument may name events that only a protocol can know. */
static void check_events_of(struct protocol_draft *draft, const struct yaml_node *node,
                            const struct als_instrument *instrument)
{
    for (size_t r = 0; r < instrument->n_rules; r++) {
        const struct als_expr *when = instrument->rules[r].when;
        for (size_t i = 0; i < when->n_names; i++)
            if (strncmp(when->names[i], "event.", 6) == 0 &&
                !als_protocol_has_event(draft->out, when->names[i] + 6))
                yaml_error(draft->file, node, "E-EVENT-UNKNOWN",
                           "list it under \"events\" of this protocol",
                           "rule %s of %s needs the event \"%.60s\", which this protocol has not",
                           instrument->rules[r].code, instrument->code, when->names[i] + 6);
    }
}

/* Index of the instrument in the protocol's list, to which it is added at first mention; -1 if it
 * does not exist. */
static ptrdiff_t mention_instrument(struct protocol_draft *draft, const struct yaml_node *node,
                                    const char *code)
{
    struct als_protocol *out = draft->out;
    ptrdiff_t found = als_protocol_instrument(out, code);
    if (found >= 0)
        return found;
    if (draft->lookup) {
        const struct als_instrument *instrument = draft->lookup(code, draft->context);
        if (!instrument) {
            unknown_instrument(draft, node, code);
            return -1;
        }
        check_events_of(draft, node, instrument);
    }
    const char **list = als_arena_array(draft->arena, out->n_instruments + 1, sizeof *list);
    if (out->n_instruments > 0)
        memcpy(list, out->instruments, out->n_instruments * sizeof *list);
    list[out->n_instruments] = als_arena_strdup(draft->arena, code);
    out->instruments = list;
    return (ptrdiff_t)out->n_instruments++;
}

/* CODE, or {instrument: CODE, optional: true}. */
static bool read_assessment(struct protocol_draft *draft, const struct yaml_node *node,
                            struct als_visit_item *item)
{
    struct entry {
        const char *instrument;
        bool optional;
    } entry = {0};
    static const struct yaml_key keys[] = {
        {"instrument", YAML_TEXT, offsetof(struct entry, instrument), true},
        {"optional", YAML_FLAG, offsetof(struct entry, optional), false},
    };
    const struct yaml_node *at = node;
    if (node->kind == YAML_MAP) {
        yaml_read(draft->file, draft->file->arena, node, keys, COUNT(keys), &entry);
        at = yaml_place(node, "instrument");
    } else {
        yaml_text(draft->file, draft->file->arena, node, &entry.instrument);
    }
    ptrdiff_t found = entry.instrument ? mention_instrument(draft, at, entry.instrument) : -1;
    if (found >= 0)
        *item = (struct als_visit_item){(size_t)found, entry.optional};
    return found >= 0;
}

static void read_assessments(struct protocol_draft *draft, const struct yaml_node *list,
                             struct als_visit_plan *visit)
{
    if (!yaml_is_list(draft->file, list))
        return;
    struct als_visit_item *items = als_arena_array(draft->arena, list->count, sizeof *items);
    size_t n = 0;
    for (const struct yaml_node *node = list->first; node; node = node->next) {
        if (!read_assessment(draft, node, &items[n]))
            continue;
        for (size_t i = 0; i < n; i++)
            if (items[i].instrument == items[n].instrument)
                yaml_error(draft->file, node, "E-DUPLICATE", NULL,
                           "instrument \"%s\" is listed twice for this visit",
                           draft->out->instruments[items[n].instrument]);
        n++;
    }
    visit->assessments = items;
    visit->n_assessments = n;
}

static void read_procedures(struct protocol_draft *draft, const struct yaml_node *list,
                            struct als_visit_plan *visit)
{
    const struct als_protocol *out = draft->out;
    if (!yaml_texts(draft->file, draft->arena, list, &visit->procedures, &visit->n_procedures))
        return;
    for (const struct yaml_node *node = list->first; node; node = node->next) {
        size_t i = 0;
        while (i < out->n_procedures && strcmp(out->procedures[i], node->text) != 0)
            i++;
        if (node->kind == YAML_SCALAR && i == out->n_procedures)
            yaml_error(draft->file, node, "E-PROCEDURE-UNKNOWN",
                       yaml_hint(draft->file, node->text, out->procedures, out->n_procedures),
                       "procedure \"%.60s\" is not in the protocol's list", node->text);
    }
}

static void read_infusion(struct protocol_draft *draft, const struct yaml_node *node,
                          struct als_visit_plan *visit)
{
    if (!yaml_size(draft->file, node, &visit->infusion_number))
        return;
    if (visit->infusion_number < 1) {
        yaml_error(draft->file, node, "E-INFUSION", NULL, "infusions count from 1");
        return;
    }
    visit->infusion = als_arena_printf(draft->arena, "Infusion %zu", visit->infusion_number);
}

/* UNS1, UNS2 … are given to visits that no plan has. */
static bool is_reserved(const char *code)
{
    return strncmp(code, "UNS", 3) == 0 && code[3] != '\0' &&
           strspn(code + 3, YAML_DIGIT) == strlen(code + 3);
}

static void read_visit(struct protocol_draft *draft, struct als_visit_plan *visit,
                       const struct yaml_node *node)
{
    struct yaml_file *file = draft->file;
    const struct yaml_node *child;
    size_t word = 0;
    visit->code = visit->label = "";
    if (!yaml_read(file, draft->arena, node, visit_keys, COUNT(visit_keys), visit))
        return;
    if ((child = yaml_child(node, "code"))) {
        yaml_code(file, child, visit->code, &code_of_visit);
        if (is_reserved(visit->code))
            yaml_error(file, child, "E-RESERVED", NULL,
                       "codes UNS1, UNS2 … are kept for unscheduled visits");
    }
    if ((child = yaml_child(node, "offset")))
        read_offset(draft, child, visit);
    if ((child = yaml_child(node, "window")))
        read_window(draft, child, visit);
    if ((child = yaml_child(node, "mode")) &&
        yaml_word(file, child, mode_words, COUNT(mode_words), &word))
        visit->mode = mode_words[word];
    if ((child = yaml_child(node, "epoch")) &&
        yaml_word(file, child, epoch_words, COUNT(epoch_words), &word))
        visit->epoch = (enum als_epoch)word;
    if ((child = yaml_child(node, "infusion")))
        read_infusion(draft, child, visit);
    if ((child = yaml_child(node, "assess")))
        read_assessments(draft, child, visit);
    if ((child = yaml_child(node, "procedures")))
        read_procedures(draft, child, visit);
    if ((child = yaml_child(node, "cohort")) && !als_protocol_cohort(draft->out, visit->cohort))
        yaml_error(file, child, "E-COHORT-UNKNOWN", NULL, "there is no cohort \"%.60s\"",
                   visit->cohort ? visit->cohort : "");
}

void protocol_read_visits(struct protocol_draft *draft, const struct yaml_node *list)
{
    struct als_protocol *out = draft->out;
    if (!yaml_is_list(draft->file, list))
        return;
    if (list->count < 1 || list->count > MAX_VISITS) {
        yaml_error(draft->file, list, "E-LIMIT", NULL, "expected 1 to %d visits, found %zu",
                   MAX_VISITS, list->count);
        return;
    }
    draft->visits = als_arena_array(draft->arena, list->count, sizeof *draft->visits);
    draft->visit_nodes = als_arena_array(draft->file->arena, list->count, sizeof list);
    const char **codes = als_arena_array(draft->file->arena, list->count, sizeof *codes);
    const struct yaml_node **places =
        als_arena_array(draft->file->arena, list->count, sizeof *places);
    size_t n = 0;
    for (const struct yaml_node *node = list->first; node; node = node->next, n++) {
        draft->visit_nodes[n] = node;
        read_visit(draft, &draft->visits[n], node);
        codes[n] = draft->visits[n].code;
        places[n] = yaml_place(node, "code");
    }
    check_repeated(draft->file, "visit", codes, places, n);
    out->visits = draft->visits;
    out->n_visits = n;
    for (size_t i = 0; i < n; i++) {
        const struct yaml_node *anchor = yaml_child(draft->visit_nodes[i], "anchor");
        if (anchor)
            read_anchor(draft, anchor, &draft->visits[i].anchor);
    }
}
