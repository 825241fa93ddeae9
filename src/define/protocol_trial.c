/* Reading what a protocol says beside its visits: baselines, eligibility, analysis, grading. */
#include <string.h>

#include "alstrack/core/num.h"
#include "instrument_parse.h"
#include "protocol_parse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool assesses(const struct als_visit_plan *visit, size_t instrument)
{
    for (size_t i = 0; i < visit->n_assessments; i++)
        if (visit->assessments[i].instrument == instrument)
            return true;
    return false;
}

/* `last before infusion`, `visit CODE` or `historical N days`. */
static bool read_baseline(struct protocol_draft *draft, const struct yaml_node *node,
                          struct als_baseline_rule *rule)
{
    const char *text = NULL;
    int64_t days = 0;
    if (!yaml_text(draft->file, draft->file->arena, node, &text))
        return false;
    size_t length = strlen(text);
    if (strcmp(text, "last before infusion") == 0) {
        rule->kind = ALS_BASELINE_LAST_BEFORE_ANCHOR;
        return true;
    }
    if (strncmp(text, "visit ", 6) == 0) {
        ptrdiff_t visit = known_visit(draft, node, text + 6);
        if (visit >= 0 && !assesses(&draft->out->visits[visit], rule->instrument))
            yaml_error(draft->file, node, "E-BASELINE", NULL,
                       "visit %s does not assess this instrument", text + 6);
        rule->kind = ALS_BASELINE_VISIT;
        rule->visit = visit < 0 ? 0 : (size_t)visit;
        return visit >= 0;
    }
    if (strncmp(text, "historical ", 11) == 0 && length > 16 &&
        strcmp(text + length - 5, " days") == 0 &&
        als_num_parse_integer(text + 11, length - 16, &days) && days >= 0 && days <= MAX_DAYS) {
        rule->kind = ALS_BASELINE_HISTORICAL;
        rule->max_age_days = (int)days;
        return true;
    }
    yaml_error(draft->file, node, "E-BASELINE", NULL,
               "expected last before infusion, visit CODE or historical N days, found \"%.60s\"",
               text);
    return false;
}

void protocol_read_baselines(struct protocol_draft *draft, const struct yaml_node *map)
{
    struct als_protocol *out = draft->out;
    if (!yaml_is_map(draft->file, map))
        return;
    struct als_baseline_rule *rules = als_arena_array(draft->arena, map->count, sizeof *rules);
    size_t n = 0;
    for (const struct yaml_node *node = map->first; node; node = node->next) {
        ptrdiff_t instrument = als_protocol_instrument(out, node->key->text);
        if (instrument < 0) {
            yaml_error(
                draft->file, node->key, "E-INSTRUMENT-UNKNOWN",
                yaml_hint(draft->file, node->key->text, out->instruments, out->n_instruments),
                "no visit assesses an instrument \"%.60s\"", node->key->text);
            continue;
        }
        for (size_t i = 0; i < n; i++)
            if (rules[i].instrument == (size_t)instrument)
                yaml_error(draft->file, node->key, "E-DUPLICATE", NULL,
                           "the baseline of \"%s\" was given before", node->key->text);
        rules[n].instrument = (size_t)instrument;
        if (read_baseline(draft, node, &rules[n]))
            n++;
    }
    out->baselines = rules;
    out->n_baselines = n;
}

static bool measures(const struct als_instrument *instrument, const char *name)
{
    return als_instrument_score(instrument, name) >= 0 ||
           als_instrument_item(instrument, name) >= 0;
}

static bool derives(const struct als_instrument *instrument, const char *measure)
{
    for (size_t i = 0; i < instrument->n_scores; i++)
        if (instrument->scores[i].derived_measure &&
            strcmp(instrument->scores[i].derived_measure, measure) == 0)
            return true;
    return false;
}

/* A measure must come from an instrument of the protocol, or be derived by one. */
static void check_measure(struct protocol_draft *draft, const struct yaml_node *node,
                          const char *measure)
{
    const struct als_protocol *out = draft->out;
    size_t dot = 0;
    if (!read_measure(draft->file, node, measure, &dot))
        return;
    const char *code = als_arena_strndup(draft->file->arena, measure, dot);
    bool listed = als_protocol_instrument(out, code) >= 0;
    if (!draft->lookup && listed)
        return;
    const struct als_instrument *own = listed ? draft->lookup(code, draft->context) : NULL;
    bool found = own && measures(own, measure + dot + 1);
    for (size_t i = 0; i < out->n_instruments && !found && draft->lookup; i++) {
        const struct als_instrument *other = draft->lookup(out->instruments[i], draft->context);
        found = other && derives(other, measure);
    }
    if (found)
        return;
    if (own)
        yaml_error(draft->file, node, "E-MEASURE", NULL,
                   "instrument \"%s\" has no score or item \"%.60s\"", code, measure + dot + 1);
    else
        yaml_error(draft->file, node, "E-MEASURE",
                   yaml_hint(draft->file, code, out->instruments, out->n_instruments),
                   "no visit assesses an instrument that gives \"%.60s\"", measure);
}

static const struct yaml_key responder_keys[] = {
    {"code", YAML_TEXT, offsetof(struct als_responder, code), true},
    {"label", YAML_TEXT, offsetof(struct als_responder, label), true},
    {"measure", YAML_TEXT, offsetof(struct als_responder, measure), false},
    {"percent", YAML_LATER, 0, false},
    {"points", YAML_LATER, 0, false},
};

static const struct yaml_code code_of_responder = {
    YAML_UPPER, YAML_UPPER YAML_DIGIT "_", 12,
    "a responder code (a capital letter, then capitals, digits or _, at most 12)"};

static void read_responder(struct protocol_draft *draft, const struct yaml_node *node,
                           struct als_responder *out)
{
    struct yaml_file *file = draft->file;
    out->code = out->label = "";
    if (!yaml_read(file, draft->arena, node, responder_keys, COUNT(responder_keys), out))
        return;
    const struct yaml_node *code = yaml_child(node, "code");
    const struct yaml_node *percent = yaml_child(node, "percent");
    const struct yaml_node *points = yaml_child(node, "points");
    if (code)
        yaml_code(file, code, out->code, &code_of_responder);
    if (out->measure)
        check_measure(draft, yaml_place(node, "measure"), out->measure);
    if (!percent == !points) {
        yaml_error(file, node, "E-RESPONDER", NULL,
                   "a responder has either percent or points, and this one has %s",
                   percent ? "both" : "neither");
        return;
    }
    out->percent = percent;
    if (yaml_number(file, percent ? percent : points, &out->threshold) && out->threshold <= 0)
        yaml_error(file, percent ? percent : points, "E-RESPONDER", NULL, "a threshold is above 0");
}

static void read_responders(struct protocol_draft *draft, const struct yaml_node *list)
{
    if (!yaml_is_list(draft->file, list))
        return;
    struct als_responder *out = als_arena_array(draft->arena, list->count, sizeof *out);
    const char **codes = als_arena_array(draft->file->arena, list->count, sizeof *codes);
    const struct yaml_node **places =
        als_arena_array(draft->file->arena, list->count, sizeof *places);
    size_t n = 0;
    for (const struct yaml_node *node = list->first; node; node = node->next, n++) {
        read_responder(draft, node, &out[n]);
        codes[n] = out[n].code;
        places[n] = yaml_place(node, "code");
    }
    check_repeated(draft->file, "responder", codes, places, n);
    draft->out->responders = out;
    draft->out->n_responders = n;
}

void protocol_read_analysis(struct protocol_draft *draft, const struct yaml_node *map)
{
    static const struct yaml_key keys[] = {
        {"measure", YAML_TEXT, offsetof(struct als_protocol, measure), true},
        {"time_zero", YAML_LATER, 0, true},
        {"lead_in", YAML_FLAG, offsetof(struct als_protocol, lead_in), false},
        {"responders", YAML_LATER, 0, false},
    };
    struct als_protocol *out = draft->out;
    if (!yaml_read(draft->file, draft->arena, map, keys, COUNT(keys), out))
        return;
    const struct yaml_node *zero = yaml_child(map, "time_zero");
    const struct yaml_node *responders = yaml_child(map, "responders");
    if (out->measure)
        check_measure(draft, yaml_place(map, "measure"), out->measure);
    if (zero && read_anchor(draft, zero, &out->time_zero) &&
        out->time_zero.kind != ALS_ANCHOR_EVENT &&
        (out->time_zero.kind != ALS_ANCHOR_INFUSION || out->time_zero.number != 1))
        yaml_error(draft->file, zero, "E-ANCHOR", NULL,
                   "time zero is event NAME or infusion 1, found \"%.60s\"", zero->text);
    if (responders)
        read_responders(draft, responders);
}

static void read_grade(struct protocol_draft *draft, const struct yaml_node *node,
                       struct als_grade *grade, int above)
{
    int64_t number = 0;
    const struct yaml_node *key = node->key;
    if (!als_num_parse_integer(key->text, key->length, &number) || number < 1 || number > 5)
        yaml_error(draft->file, key, "E-GRADE", NULL, "expected a grade of 1 to 5, found \"%.60s\"",
                   key->text);
    else if (number <= above)
        yaml_error(draft->file, key, "E-GRADE", NULL,
                   "grades must ascend, and %d does not follow %d", (int)number, above);
    else
        grade->grade = (int)number;
    grade->label = "";
    yaml_text(draft->file, draft->arena, node, &grade->label);
}

static void read_grades(struct protocol_draft *draft, const struct yaml_node *map, size_t expected)
{
    if (!yaml_is_map(draft->file, map))
        return;
    struct als_grade *grades = als_arena_array(draft->arena, map->count, sizeof *grades);
    size_t n = 0;
    for (const struct yaml_node *node = map->first; node; node = node->next, n++)
        read_grade(draft, node, &grades[n], n > 0 ? grades[n - 1].grade : 0);
    if (n != expected)
        yaml_error(draft->file, map, "E-GRADE", NULL,
                   "this system has grades 1 to %zu, and %zu are named here", expected, n);
    draft->out->grades = grades;
    draft->out->n_grades = n;
}

void protocol_read_adverse_events(struct protocol_draft *draft, const struct yaml_node *map)
{
    static const char *const systems[] = {"severity-3", "ctcae-5"};
    static const struct yaml_key keys[] = {
        {"system", YAML_LATER, 0, true},
        {"grades", YAML_LATER, 0, true},
        {"causality", YAML_LATER, 0, false},
        {"terms", YAML_LATER, 0, false},
    };
    struct als_protocol *out = draft->out;
    const struct yaml_node *child;
    size_t word = 0;
    if (!yaml_read(draft->file, draft->arena, map, keys, COUNT(keys), out))
        return;
    if ((child = yaml_child(map, "system")) &&
        yaml_word(draft->file, child, systems, COUNT(systems), &word))
        out->ae_system = systems[word];
    if ((child = yaml_child(map, "grades")) && out->ae_system)
        read_grades(draft, child, word == 0 ? 3 : 5);
    if ((child = yaml_child(map, "causality")))
        yaml_texts(draft->file, draft->arena, child, &out->causality, &out->n_causality);
    if ((child = yaml_child(map, "terms")))
        yaml_texts(draft->file, draft->arena, child, &out->ae_terms, &out->n_ae_terms);
}

void protocol_read_escalation(struct protocol_draft *draft, const struct yaml_node *map)
{
    static const char *const rules[] = {"none", "time-gate", "3+3", "boin"};
    static const struct yaml_key keys[] = {
        {"rule", YAML_LATER, 0, true},
        {"patients", YAML_SIZE, offsetof(struct als_protocol, gate_patients), false},
        {"observation_days", YAML_INT, offsetof(struct als_protocol, gate_observation_days), false},
        {"spacing_days", YAML_INT, offsetof(struct als_protocol, spacing_days), false},
        {"target", YAML_NUMBER, offsetof(struct als_protocol, target_rate), false},
    };
    struct als_protocol *out = draft->out;
    struct yaml_file *file = draft->file;
    size_t word = 0;
    if (!yaml_read(file, draft->arena, map, keys, COUNT(keys), out))
        return;
    const struct yaml_node *rule = yaml_child(map, "rule");
    if (!rule || !yaml_word(file, rule, rules, COUNT(rules), &word))
        return;
    out->escalation = (enum als_escalation)word;
    if (out->escalation == ALS_ESCALATION_TIME_GATE &&
        (out->gate_patients < 1 || !yaml_child(map, "observation_days")))
        yaml_error(file, map, "E-ESCALATION", NULL,
                   "a time gate needs patients (at least 1) and observation_days");
    if (out->gate_observation_days < 0 || out->gate_observation_days > MAX_DAYS ||
        out->spacing_days < 0 || out->spacing_days > MAX_DAYS)
        yaml_error(file, map, "E-ESCALATION", NULL, "days are 0 to %d", MAX_DAYS);
    const struct yaml_node *target = yaml_child(map, "target");
    if (out->escalation == ALS_ESCALATION_BOIN && !(out->target_rate > 0 && out->target_rate < 1))
        yaml_error(file, target ? target : map, "E-ESCALATION", NULL,
                   "boin needs a target between 0 and 1");
    if (out->escalation != ALS_ESCALATION_BOIN && target)
        yaml_error(file, target->key, "E-ESCALATION", NULL, "only boin has a target");
}
