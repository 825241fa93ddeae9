/* The fields of a protocol. */
#include "alstrack/core/num.h"
#include "shape.h"

static const char *const anchor_words[] = {"event", "infusion", "last planned infusion", "visit"};
static const char *const epoch_words[] = {"pre", "post"};
static const char *const criterion_words[] = {"none", "automatic", "manual", "both"};
static const char *const compare_words[] = {"=", "!=", "<", "<=", ">", ">=", "in"};
static const char *const baseline_words[] = {"last before infusion", "visit", "historical"};
static const char *const month_words[] = {"days", "calendar"};
static const char *const equation_words[] = {"none", "nhanes3", "ecsc"};
static const char *const escalation_words[] = {"none", "time-gate", "3+3", "boin"};

static void describe_anchor(const void *value, const struct shape_root *root, struct als_buf *out)
{
    const struct als_anchor *anchor = value;
    als_buf_text(out, anchor_words[anchor->kind]);
    if (anchor->kind == ALS_ANCHOR_EVENT)
        als_buf_printf(out, " %s", anchor->event ? anchor->event : "");
    if (anchor->kind == ALS_ANCHOR_INFUSION)
        als_buf_printf(out, " %zu", anchor->number);
    if (anchor->kind == ALS_ANCHOR_VISIT)
        als_buf_printf(out, " %s", root->protocol->visits[anchor->visit].code);
}

static void describe_baseline(const void *value, const struct shape_root *root, struct als_buf *out)
{
    const struct als_baseline_rule *rule = value;
    als_buf_printf(out, "%s: %s", root->protocol->instruments[rule->instrument],
                   baseline_words[rule->kind]);
    if (rule->kind == ALS_BASELINE_VISIT)
        als_buf_printf(out, " %s", root->protocol->visits[rule->visit].code);
    if (rule->kind == ALS_BASELINE_HISTORICAL)
        als_buf_printf(out, " %d days", rule->max_age_days);
}

static void describe_visit_item(const void *value, const struct shape_root *root,
                                struct als_buf *out)
{
    const struct als_visit_item *item = value;
    als_buf_printf(out, "%s%s", root->protocol->instruments[item->instrument],
                   item->optional ? " (optional)" : "");
}

static const struct shape_field anchor_fields[] = {
    {"kind", SHAPE_WORD, SHAPE_AT(als_anchor, kind), CHANGE_INFO, SHAPE_WORDS(anchor_words)},
    {"event", SHAPE_OPTION, SHAPE_AT(als_anchor, event), CHANGE_INFO},
    {"number", SHAPE_SIZE, SHAPE_AT(als_anchor, number), CHANGE_INFO},
    {"visit", SHAPE_VISIT, SHAPE_AT(als_anchor, visit), CHANGE_INFO},
};
const struct shape shape_of_anchor = {.noun = "anchor",
                                      .size = sizeof(struct als_anchor),
                                      .describe = describe_anchor,
                                      SHAPE_FIELDS(anchor_fields)};

static const struct shape_field visit_item_fields[] = {
    {"instrument", SHAPE_SCALE, SHAPE_AT(als_visit_item, instrument), CHANGE_INFO},
    {"optional", SHAPE_FLAG, SHAPE_AT(als_visit_item, optional), CHANGE_INFO},
};
const struct shape shape_of_visit_item = {.noun = "assessment",
                                          .size = sizeof(struct als_visit_item),
                                          .describe = describe_visit_item,
                                          SHAPE_FIELDS(visit_item_fields)};

static const struct shape_field visit_fields[] = {
    {"code", SHAPE_TEXT, SHAPE_AT(als_visit_plan, code), CHANGE_SILENT},
    {"label", SHAPE_TEXT, SHAPE_AT(als_visit_plan, label), CHANGE_INFO},
    {"anchor", SHAPE_STRUCT, SHAPE_AT(als_visit_plan, anchor), CHANGE_INFO, .of = &shape_of_anchor},
    {"offset in months", SHAPE_FLAG, SHAPE_AT(als_visit_plan, in_months), CHANGE_INFO},
    {"offset", SHAPE_INT, SHAPE_AT(als_visit_plan, offset), CHANGE_INFO},
    {"window before", SHAPE_INT, SHAPE_AT(als_visit_plan, before_days), CHANGE_INFO},
    {"window after", SHAPE_INT, SHAPE_AT(als_visit_plan, after_days), CHANGE_INFO},
    {"mode", SHAPE_OPTION, SHAPE_AT(als_visit_plan, mode), CHANGE_INFO},
    {"epoch", SHAPE_WORD, SHAPE_AT(als_visit_plan, epoch), CHANGE_INFO, SHAPE_WORDS(epoch_words)},
    {"optional", SHAPE_FLAG, SHAPE_AT(als_visit_plan, optional), CHANGE_INFO},
    {"infusion label", SHAPE_OPTION, SHAPE_AT(als_visit_plan, infusion), CHANGE_SILENT},
    {"infusion", SHAPE_SIZE, SHAPE_AT(als_visit_plan, infusion_number), CHANGE_INFO},
    {"cohort", SHAPE_OPTION, SHAPE_AT(als_visit_plan, cohort), CHANGE_INFO},
    {"assess", SHAPE_LIST, SHAPE_AT(als_visit_plan, assessments), CHANGE_INFO,
     SHAPE_ELEMENTS(shape_of_visit_item, als_visit_plan, n_assessments)},
    {"procedures", SHAPE_LIST, SHAPE_AT(als_visit_plan, procedures), CHANGE_INFO,
     SHAPE_ELEMENTS(shape_of_text, als_visit_plan, n_procedures)},
    {"ae_review", SHAPE_FLAG, SHAPE_AT(als_visit_plan, ae_review), CHANGE_INFO},
    {"inferred", SHAPE_OPTION, SHAPE_AT(als_visit_plan, inferred), CHANGE_INFO},
};
const struct shape shape_of_visit = {.noun = "visit",
                                     .size = sizeof(struct als_visit_plan),
                                     .keyed = true,
                                     SHAPE_FIELDS(visit_fields)};

static const struct shape_field cohort_fields[] = {
    {"code", SHAPE_TEXT, SHAPE_AT(als_cohort, code), CHANGE_SILENT},
    {"label", SHAPE_TEXT, SHAPE_AT(als_cohort, label), CHANGE_INFO},
    {"doses", SHAPE_SIZE, SHAPE_AT(als_cohort, n_doses), CHANGE_INFO},
    {"cells_per_dose", SHAPE_NUMBER, SHAPE_AT(als_cohort, cells_per_dose), CHANGE_INFO},
    {"interval_days", SHAPE_INT, SHAPE_AT(als_cohort, interval_days), CHANGE_INFO},
    {"planned_patients", SHAPE_SIZE, SHAPE_AT(als_cohort, planned_patients), CHANGE_INFO},
};
const struct shape shape_of_cohort = {.noun = "cohort",
                                      .size = sizeof(struct als_cohort),
                                      .keyed = true,
                                      SHAPE_FIELDS(cohort_fields)};

static const struct shape_field site_fields[] = {
    {"code", SHAPE_TEXT, SHAPE_AT(als_site, code), CHANGE_SILENT},
    {"name", SHAPE_TEXT, SHAPE_AT(als_site, name), CHANGE_INFO},
};
const struct shape shape_of_site = {
    .noun = "site", .size = sizeof(struct als_site), .keyed = true, SHAPE_FIELDS(site_fields)};

/* Texts that are one value together, unlike the keyed lists of shape_of_text. */
static const struct shape_field value_fields[] = {
    {"value", SHAPE_TEXT, .offset = 0, .size = sizeof(const char *), CHANGE_INFO},
};
const struct shape shape_of_value = {
    .noun = "value", .size = sizeof(const char *), SHAPE_FIELDS(value_fields)};

static const struct shape_field criterion_fields[] = {
    {"id", SHAPE_TEXT, SHAPE_AT(als_criterion, id), CHANGE_SILENT},
    {"inclusion", SHAPE_FLAG, SHAPE_AT(als_criterion, inclusion), CHANGE_INFO},
    {"kind", SHAPE_WORD, SHAPE_AT(als_criterion, kind), CHANGE_INFO, SHAPE_WORDS(criterion_words)},
    {"field", SHAPE_TEXT, SHAPE_AT(als_criterion, field), CHANGE_INFO},
    {"operator", SHAPE_WORD, SHAPE_AT(als_criterion, compare), CHANGE_INFO,
     SHAPE_WORDS(compare_words)},
    {"values", SHAPE_LIST, SHAPE_AT(als_criterion, values), CHANGE_INFO,
     SHAPE_ELEMENTS(shape_of_value, als_criterion, n_values)},
    {"unit", SHAPE_OPTION, SHAPE_AT(als_criterion, unit), CHANGE_INFO},
    {"if", SHAPE_EXPR, SHAPE_AT(als_criterion, condition), CHANGE_INFO},
    {"text", SHAPE_TEXT, SHAPE_AT(als_criterion, text), CHANGE_INFO},
    {"at", SHAPE_OPTION, SHAPE_AT(als_criterion, evaluate_at), CHANGE_INFO},
    {"manual", SHAPE_OPTION, SHAPE_AT(als_criterion, manual), CHANGE_INFO},
};
const struct shape shape_of_criterion = {.noun = "criterion",
                                         .size = sizeof(struct als_criterion),
                                         .keyed = true,
                                         SHAPE_FIELDS(criterion_fields)};

static const struct shape_field baseline_fields[] = {
    {"instrument", SHAPE_SCALE, SHAPE_AT(als_baseline_rule, instrument), CHANGE_INFO},
    {"kind", SHAPE_WORD, SHAPE_AT(als_baseline_rule, kind), CHANGE_INFO,
     SHAPE_WORDS(baseline_words)},
    {"visit", SHAPE_VISIT, SHAPE_AT(als_baseline_rule, visit), CHANGE_INFO},
    {"days", SHAPE_INT, SHAPE_AT(als_baseline_rule, max_age_days), CHANGE_INFO},
};
const struct shape shape_of_baseline = {.noun = "baseline",
                                        .size = sizeof(struct als_baseline_rule),
                                        .describe = describe_baseline,
                                        SHAPE_FIELDS(baseline_fields)};

static const struct shape_field responder_fields[] = {
    {"code", SHAPE_TEXT, SHAPE_AT(als_responder, code), CHANGE_SILENT},
    {"label", SHAPE_TEXT, SHAPE_AT(als_responder, label), CHANGE_INFO},
    {"measure", SHAPE_OPTION, SHAPE_AT(als_responder, measure), CHANGE_INFO},
    {"percent", SHAPE_FLAG, SHAPE_AT(als_responder, percent), CHANGE_INFO},
    {"threshold", SHAPE_NUMBER, SHAPE_AT(als_responder, threshold), CHANGE_INFO},
};
const struct shape shape_of_responder = {.noun = "responder",
                                         .size = sizeof(struct als_responder),
                                         .keyed = true,
                                         SHAPE_FIELDS(responder_fields)};

static const struct shape_field grade_fields[] = {
    {"grade", SHAPE_INT, SHAPE_AT(als_grade, grade), CHANGE_INFO},
    {"label", SHAPE_TEXT, SHAPE_AT(als_grade, label), CHANGE_INFO},
};
const struct shape shape_of_grade = {
    .noun = "grade", .size = sizeof(struct als_grade), SHAPE_FIELDS(grade_fields)};

static const struct shape_field protocol_fields[] = {
    {"protocol", SHAPE_TEXT, SHAPE_AT(als_protocol, code), CHANGE_BREAKS},
    {"title", SHAPE_TEXT, SHAPE_AT(als_protocol, title), CHANGE_INFO},
    {"version", SHAPE_TEXT, SHAPE_AT(als_protocol, version), CHANGE_INFO},
    {"registration", SHAPE_OPTION, SHAPE_AT(als_protocol, registration), CHANGE_INFO},
    {"sponsor", SHAPE_OPTION, SHAPE_AT(als_protocol, sponsor), CHANGE_INFO},
    {"sites", SHAPE_LIST, SHAPE_AT(als_protocol, sites), CHANGE_BREAKS,
     SHAPE_ELEMENTS(shape_of_site, als_protocol, n_sites)},
    {"cohorts", SHAPE_LIST, SHAPE_AT(als_protocol, cohorts), CHANGE_BREAKS,
     SHAPE_ELEMENTS(shape_of_cohort, als_protocol, n_cohorts)},
    {"months", SHAPE_WORD, SHAPE_AT(als_protocol, month_rule), CHANGE_INFO,
     SHAPE_WORDS(month_words)},
    {"longest_gap_days", SHAPE_INT, SHAPE_AT(als_protocol, longest_gap_days), CHANGE_INFO},
    {"fvc_equation", SHAPE_WORD, SHAPE_AT(als_protocol, fvc_equation), CHANGE_INFO,
     SHAPE_WORDS(equation_words)},
    {"instruments", SHAPE_LIST, SHAPE_AT(als_protocol, instruments), CHANGE_BREAKS,
     SHAPE_ELEMENTS(shape_of_text, als_protocol, n_instruments)},
    {"events", SHAPE_LIST, SHAPE_AT(als_protocol, events), CHANGE_BREAKS,
     SHAPE_ELEMENTS(shape_of_text, als_protocol, n_events)},
    {"procedures", SHAPE_LIST, SHAPE_AT(als_protocol, procedures), CHANGE_BREAKS,
     SHAPE_ELEMENTS(shape_of_text, als_protocol, n_procedures)},
    {"visits", SHAPE_LIST, SHAPE_AT(als_protocol, visits), CHANGE_BREAKS,
     SHAPE_ELEMENTS(shape_of_visit, als_protocol, n_visits)},
    {"baselines", SHAPE_LIST, SHAPE_AT(als_protocol, baselines), CHANGE_INFO,
     SHAPE_ELEMENTS(shape_of_baseline, als_protocol, n_baselines)},
    {"eligibility", SHAPE_LIST, SHAPE_AT(als_protocol, criteria), CHANGE_INFO,
     SHAPE_ELEMENTS(shape_of_criterion, als_protocol, n_criteria)},
    {"measure", SHAPE_TEXT, SHAPE_AT(als_protocol, measure), CHANGE_INFO},
    {"time_zero", SHAPE_STRUCT, SHAPE_AT(als_protocol, time_zero), CHANGE_INFO,
     .of = &shape_of_anchor},
    {"lead_in", SHAPE_FLAG, SHAPE_AT(als_protocol, lead_in), CHANGE_INFO},
    {"responders", SHAPE_LIST, SHAPE_AT(als_protocol, responders), CHANGE_INFO,
     SHAPE_ELEMENTS(shape_of_responder, als_protocol, n_responders)},
    {"system", SHAPE_TEXT, SHAPE_AT(als_protocol, ae_system), CHANGE_BREAKS},
    {"grades", SHAPE_LIST, SHAPE_AT(als_protocol, grades), CHANGE_INFO,
     SHAPE_ELEMENTS(shape_of_grade, als_protocol, n_grades)},
    {"causality", SHAPE_LIST, SHAPE_AT(als_protocol, causality), CHANGE_BREAKS,
     SHAPE_ELEMENTS(shape_of_text, als_protocol, n_causality)},
    {"terms", SHAPE_LIST, SHAPE_AT(als_protocol, ae_terms), CHANGE_INFO,
     SHAPE_ELEMENTS(shape_of_text, als_protocol, n_ae_terms)},
    {"escalation", SHAPE_WORD, SHAPE_AT(als_protocol, escalation), CHANGE_INFO,
     SHAPE_WORDS(escalation_words)},
    {"patients", SHAPE_SIZE, SHAPE_AT(als_protocol, gate_patients), CHANGE_INFO},
    {"observation_days", SHAPE_INT, SHAPE_AT(als_protocol, gate_observation_days), CHANGE_INFO},
    {"spacing_days", SHAPE_INT, SHAPE_AT(als_protocol, spacing_days), CHANGE_INFO},
    {"target", SHAPE_NUMBER, SHAPE_AT(als_protocol, target_rate), CHANGE_INFO},
    {"source", SHAPE_TEXT, SHAPE_AT(als_protocol, source), CHANGE_SILENT},
};
const struct shape shape_of_protocol = {
    .noun = "protocol", .size = sizeof(struct als_protocol), SHAPE_FIELDS(protocol_fields)};
