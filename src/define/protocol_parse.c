/* Reading a protocol: its head, sites, cohorts, and the sections in the order they depend on. */
#include "protocol_parse.h"

#include <string.h>

#define MAX_COHORTS 100

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct yaml_key head_keys[] = {
    {"protocol", YAML_TEXT, offsetof(struct als_protocol, code), true},
    {"title", YAML_TEXT, offsetof(struct als_protocol, title), true},
    {"version", YAML_TEXT, offsetof(struct als_protocol, version), true},
    {"registration", YAML_TEXT, offsetof(struct als_protocol, registration), false},
    {"sponsor", YAML_TEXT, offsetof(struct als_protocol, sponsor), false},
    {"months", YAML_LATER, 0, false},
    {"longest_gap_days", YAML_INT, offsetof(struct als_protocol, longest_gap_days), false},
    {"fvc_equation", YAML_LATER, 0, false},
    {"sites", YAML_LATER, 0, false},
    {"cohorts", YAML_LATER, 0, true},
    {"procedures", YAML_LATER, 0, false},
    {"events", YAML_LATER, 0, false},
    {"visits", YAML_LATER, 0, true},
    {"baselines", YAML_LATER, 0, false},
    {"eligibility", YAML_LATER, 0, false},
    {"analysis", YAML_LATER, 0, true},
    {"adverse_events", YAML_LATER, 0, true},
    {"escalation", YAML_LATER, 0, false},
};

static const struct yaml_key site_keys[] = {
    {"code", YAML_TEXT, offsetof(struct als_site, code), true},
    {"name", YAML_TEXT, offsetof(struct als_site, name), true},
};

static const struct yaml_key cohort_keys[] = {
    {"code", YAML_TEXT, offsetof(struct als_cohort, code), true},
    {"label", YAML_TEXT, offsetof(struct als_cohort, label), true},
    {"doses", YAML_SIZE, offsetof(struct als_cohort, n_doses), true},
    {"cells_per_dose", YAML_NUMBER, offsetof(struct als_cohort, cells_per_dose), false},
    {"interval_days", YAML_INT, offsetof(struct als_cohort, interval_days), false},
    {"planned_patients", YAML_SIZE, offsetof(struct als_cohort, planned_patients), false},
};

static const char *const month_words[] = {"days", "calendar"};
static const char *const equation_words[] = {"none", "nhanes3", "ecsc"};

static const struct yaml_code code_of_protocol = {
    YAML_LOWER YAML_DIGIT, YAML_LOWER YAML_DIGIT "-", 64,
    "a protocol code (lower-case letters, digits and -, at most 64)"};
static const struct yaml_code code_of_site = {YAML_UPPER YAML_LOWER YAML_DIGIT,
                                              YAML_UPPER YAML_LOWER YAML_DIGIT "-_", 32,
                                              "a code (letters, digits, - and _, at most 32)"};
static const struct yaml_code code_of_name = {
    YAML_LOWER, YAML_LOWER YAML_DIGIT "_", 40,
    "a name (a lower-case letter, then letters, digits or _, at most 40)"};

void check_repeated(struct yaml_file *file, const char *what, const char *const *codes,
                    const struct yaml_node *const *nodes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < i && strcmp(codes[k], codes[i]) != 0)
            k++;
        if (k < i && codes[i][0] != '\0')
            yaml_error(file, nodes[i], "E-DUPLICATE", NULL,
                       "%s \"%s\" was defined before, on line %zu", what, codes[i], nodes[k]->line);
    }
}

static void read_sites(struct protocol_draft *draft, const struct yaml_node *list)
{
    if (!yaml_is_list(draft->file, list))
        return;
    struct als_site *sites = als_arena_array(draft->arena, list->count, sizeof *sites);
    const char **codes = als_arena_array(draft->file->arena, list->count, sizeof *codes);
    const struct yaml_node **places =
        als_arena_array(draft->file->arena, list->count, sizeof *places);
    size_t n = 0;
    for (const struct yaml_node *node = list->first; node; node = node->next, n++) {
        sites[n].code = sites[n].name = "";
        yaml_read(draft->file, draft->arena, node, site_keys, COUNT(site_keys), &sites[n]);
        codes[n] = sites[n].code;
        places[n] = yaml_place(node, "code");
        if (codes[n][0] != '\0')
            yaml_code(draft->file, places[n], codes[n], &code_of_site);
    }
    check_repeated(draft->file, "site", codes, places, n);
    draft->out->sites = sites;
    draft->out->n_sites = n;
}

static void read_cohort(struct protocol_draft *draft, const struct yaml_node *node,
                        struct als_cohort *cohort)
{
    struct yaml_file *file = draft->file;
    cohort->code = cohort->label = "";
    cohort->n_doses = 1;
    if (!yaml_read(file, draft->arena, node, cohort_keys, COUNT(cohort_keys), cohort))
        return;
    if (cohort->code[0] != '\0')
        yaml_code(file, yaml_place(node, "code"), cohort->code, &code_of_site);
    if (cohort->n_doses < 1 || cohort->n_doses > 1000) {
        yaml_error(file, yaml_place(node, "doses"), "E-RANGE", NULL,
                   "expected 1 to 1000 doses, found %zu", cohort->n_doses);
        cohort->n_doses = 1;
    }
    if (cohort->cells_per_dose < 0)
        yaml_error(file, yaml_place(node, "cells_per_dose"), "E-RANGE", NULL,
                   "cells per dose are not below 0");
    if (cohort->interval_days < 0 || cohort->interval_days > 3650)
        yaml_error(file, yaml_place(node, "interval_days"), "E-RANGE", NULL,
                   "expected 0 to 3650 days, found %d", cohort->interval_days);
    else if (cohort->n_doses > 1 && cohort->interval_days == 0)
        yaml_error(file, node, "E-KEY-MISSING", NULL,
                   "a cohort with several doses needs interval_days between them");
}

static void read_cohorts(struct protocol_draft *draft, const struct yaml_node *list)
{
    if (!yaml_is_list(draft->file, list))
        return;
    if (list->count < 1 || list->count > MAX_COHORTS) {
        yaml_error(draft->file, list, "E-LIMIT", NULL, "expected 1 to %d cohorts, found %zu",
                   MAX_COHORTS, list->count);
        return;
    }
    draft->cohorts = als_arena_array(draft->arena, list->count, sizeof *draft->cohorts);
    draft->cohort_nodes = als_arena_array(draft->file->arena, list->count, sizeof list);
    const char **codes = als_arena_array(draft->file->arena, list->count, sizeof *codes);
    const struct yaml_node **places =
        als_arena_array(draft->file->arena, list->count, sizeof *places);
    size_t n = 0;
    for (const struct yaml_node *node = list->first; node; node = node->next, n++) {
        draft->cohort_nodes[n] = node;
        read_cohort(draft, node, &draft->cohorts[n]);
        codes[n] = draft->cohorts[n].code;
        places[n] = yaml_place(node, "code");
    }
    check_repeated(draft->file, "cohort", codes, places, n);
    draft->out->cohorts = draft->cohorts;
    draft->out->n_cohorts = n;
}

static void read_names(struct protocol_draft *draft, const struct yaml_node *list,
                       const char *const **out, size_t *n)
{
    if (!yaml_texts(draft->file, draft->arena, list, out, n))
        return;
    for (const struct yaml_node *node = list->first; node; node = node->next)
        if (node->kind == YAML_SCALAR)
            yaml_code(draft->file, node, node->text, &code_of_name);
}

static void read_events(struct protocol_draft *draft, const struct yaml_node *list)
{
    struct als_protocol *out = draft->out;
    for (const struct yaml_node *node = list->first; node; node = node->next)
        if (als_protocol_has_event(out, node->text))
            yaml_error(draft->file, node, "E-DUPLICATE", NULL, "event \"%s\" is built in",
                       node->text);
    read_names(draft, list, &out->events, &out->n_events);
}

static void read_words(struct protocol_draft *draft, const struct yaml_node *root)
{
    const struct yaml_node *child;
    size_t word = 0;
    if ((child = yaml_child(root, "months")) &&
        yaml_word(draft->file, child, month_words, COUNT(month_words), &word))
        draft->out->month_rule = (enum als_month_rule)word;
    if ((child = yaml_child(root, "fvc_equation")) &&
        yaml_word(draft->file, child, equation_words, COUNT(equation_words), &word))
        draft->out->fvc_equation = (enum als_fvc_equation)word;
}

/* Visits name cohorts, procedures and events; most that is read after them names visits. */
static void read_sections(struct protocol_draft *draft, const struct yaml_node *root)
{
    struct als_protocol *out = draft->out;
    const struct yaml_node *child;
    if (!yaml_read(draft->file, draft->arena, root, head_keys, COUNT(head_keys), out))
        return;
    if ((child = yaml_child(root, "protocol")) && out->code[0] != '\0')
        yaml_code(draft->file, child, out->code, &code_of_protocol);
    read_words(draft, root);
    if ((child = yaml_child(root, "longest_gap_days")) &&
        (out->longest_gap_days < 1 || out->longest_gap_days > MAX_DAYS))
        yaml_error(draft->file, child, "E-RANGE", NULL, "expected 1 to %d days", MAX_DAYS);
    if ((child = yaml_child(root, "sites")))
        read_sites(draft, child);
    if ((child = yaml_child(root, "cohorts")))
        read_cohorts(draft, child);
    if ((child = yaml_child(root, "procedures")))
        read_names(draft, child, &out->procedures, &out->n_procedures);
    if ((child = yaml_child(root, "events")))
        read_events(draft, child);
    if ((child = yaml_child(root, "visits")))
        protocol_read_visits(draft, child);
    /* What names visits is not judged when there are none to name. */
    if ((child = yaml_child(root, "baselines")) && out->n_visits > 0)
        protocol_read_baselines(draft, child);
    if ((child = yaml_child(root, "eligibility")) && out->n_visits > 0)
        protocol_read_criteria(draft, child);
    if ((child = yaml_child(root, "analysis")) && out->n_visits > 0)
        protocol_read_analysis(draft, child);
    if ((child = yaml_child(root, "adverse_events")))
        protocol_read_adverse_events(draft, child);
    if ((child = yaml_child(root, "escalation")))
        protocol_read_escalation(draft, child);
    protocol_check(draft);
}

struct als_protocol *als_protocol_parse(const char *name, const char *text, size_t length,
                                        als_instrument_lookup *lookup, void *context,
                                        const struct als_sink *sink)
{
    struct yaml_file file;
    struct als_arena *arena = als_arena_new();
    struct als_protocol *out = als_arena_take(arena, sizeof *out);
    *out = (struct als_protocol){.code = "", .title = "", .version = "", .arena = arena};
    struct protocol_draft draft = {
        .file = &file, .arena = arena, .out = out, .lookup = lookup, .context = context};
    if (yaml_open(&file, name, text, length, sink))
        read_sections(&draft, file.root);
    if (file.errors > 0) {
        als_arena_free(arena);
        out = NULL;
    } else {
        out->source = als_arena_strndup(arena, text, length);
    }
    yaml_close(&file);
    return out;
}
