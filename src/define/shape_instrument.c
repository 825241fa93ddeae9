/* The fields of an instrument. */
#include "shape.h"

static const char *const type_words[] = {"integer", "number", "choice", "text", "date", "yes-no"};
static const char *const kind_words[] = {
    "sum", "mean", "copy", "percent_nhanes3", "percent_ecsc", "percent_protocol"};
static const char *const missing_words[] = {"strict", "prorate"};
static const char *const level_words[] = {"hard", "soft", "info"};

static const struct shape_field text_fields[] = {
    {"code", SHAPE_TEXT, .offset = 0, .size = sizeof(const char *), CHANGE_SILENT},
};
const struct shape shape_of_text = {
    .noun = "entry", .size = sizeof(const char *), .keyed = true, SHAPE_FIELDS(text_fields)};

static const struct shape_field index_fields[] = {
    {"item", SHAPE_ITEM, .offset = 0, .size = sizeof(size_t), CHANGE_INFO},
};
const struct shape shape_of_index = {
    .noun = "item", .size = sizeof(size_t), SHAPE_FIELDS(index_fields)};

static const struct shape_field choice_fields[] = {
    {"code", SHAPE_TEXT, SHAPE_AT(als_choice, code), CHANGE_SILENT},
    {"number", SHAPE_INT64, SHAPE_AT(als_choice, number), CHANGE_SILENT},
    {"label", SHAPE_TEXT, SHAPE_AT(als_choice, label), CHANGE_INFO},
    {"label_b", SHAPE_OPTION, SHAPE_AT(als_choice, label_b), CHANGE_INFO},
    {"prefill", SHAPE_EXPR, SHAPE_AT(als_choice, prefill), CHANGE_INFO},
};
const struct shape shape_of_choice = {.noun = "choice",
                                      .size = sizeof(struct als_choice),
                                      .keyed = true,
                                      SHAPE_FIELDS(choice_fields)};

static const struct shape_field item_fields[] = {
    {"code", SHAPE_TEXT, SHAPE_AT(als_item, code), CHANGE_SILENT},
    {"label", SHAPE_TEXT, SHAPE_AT(als_item, label), CHANGE_INFO},
    {"label_b", SHAPE_OPTION, SHAPE_AT(als_item, label_b), CHANGE_INFO},
    {"type", SHAPE_WORD, SHAPE_AT(als_item, type), CHANGE_BREAKS, SHAPE_WORDS(type_words)},
    {"required", SHAPE_FLAG, SHAPE_AT(als_item, required), CHANGE_INFO},
    {"has_min", SHAPE_FLAG, SHAPE_AT(als_item, has_min), CHANGE_SILENT},
    {"has_max", SHAPE_FLAG, SHAPE_AT(als_item, has_max), CHANGE_SILENT},
    {"min", SHAPE_NUMBER, SHAPE_AT(als_item, min), CHANGE_SILENT},
    {"max", SHAPE_NUMBER, SHAPE_AT(als_item, max), CHANGE_SILENT},
    {"decimals", SHAPE_INT, SHAPE_AT(als_item, decimals), CHANGE_SILENT},
    {"unit", SHAPE_OPTION, SHAPE_AT(als_item, unit), CHANGE_BREAKS},
    {"numeric choices", SHAPE_FLAG, SHAPE_AT(als_item, numeric_choice), CHANGE_BREAKS},
    {"choices", SHAPE_LIST, SHAPE_AT(als_item, choices), CHANGE_BREAKS,
     SHAPE_ELEMENTS(shape_of_choice, als_item, n_choices)},
    {"applies", SHAPE_EXPR, SHAPE_AT(als_item, applies), CHANGE_INFO},
    {"variant", SHAPE_EXPR, SHAPE_AT(als_item, variant), CHANGE_INFO},
    {"testcd", SHAPE_OPTION, SHAPE_AT(als_item, testcd), CHANGE_INFO},
    {"help", SHAPE_OPTION, SHAPE_AT(als_item, help), CHANGE_INFO},
};
const struct shape shape_of_item = {
    .noun = "item", .size = sizeof(struct als_item), .keyed = true, SHAPE_FIELDS(item_fields)};

static const struct shape_field score_fields[] = {
    {"code", SHAPE_TEXT, SHAPE_AT(als_score, code), CHANGE_SILENT},
    {"label", SHAPE_TEXT, SHAPE_AT(als_score, label), CHANGE_INFO},
    {"kind", SHAPE_WORD, SHAPE_AT(als_score, kind), CHANGE_SCORES, SHAPE_WORDS(kind_words)},
    {"items", SHAPE_LIST, SHAPE_AT(als_score, items), CHANGE_SCORES,
     SHAPE_ELEMENTS(shape_of_index, als_score, n_items)},
    {"mean", SHAPE_LIST, SHAPE_AT(als_score, mean_items), CHANGE_SCORES,
     SHAPE_ELEMENTS(shape_of_index, als_score, n_mean_items)},
    {"missing", SHAPE_WORD, SHAPE_AT(als_score, missing), CHANGE_SCORES,
     SHAPE_WORDS(missing_words)},
    {"prorate", SHAPE_SIZE, SHAPE_AT(als_score, min_answered), CHANGE_SCORES},
    {"min", SHAPE_NUMBER, SHAPE_AT(als_score, min), CHANGE_INFO},
    {"max", SHAPE_NUMBER, SHAPE_AT(als_score, max), CHANGE_INFO},
    {"unit", SHAPE_OPTION, SHAPE_AT(als_score, unit), CHANGE_INFO},
    {"is derived", SHAPE_FLAG, SHAPE_AT(als_score, derived), CHANGE_SILENT},
    {"derived", SHAPE_OPTION, SHAPE_AT(als_score, derived_measure), CHANGE_SCORES},
    {"domain", SHAPE_FLAG, SHAPE_AT(als_score, domain), CHANGE_INFO},
    {"testcd", SHAPE_OPTION, SHAPE_AT(als_score, testcd), CHANGE_INFO},
};
const struct shape shape_of_score = {
    .noun = "score", .size = sizeof(struct als_score), .keyed = true, SHAPE_FIELDS(score_fields)};

static const struct shape_field rule_fields[] = {
    {"code", SHAPE_TEXT, SHAPE_AT(als_rule, code), CHANGE_SILENT},
    {"level", SHAPE_WORD, SHAPE_AT(als_rule, level), CHANGE_INFO, SHAPE_WORDS(level_words)},
    {"when", SHAPE_EXPR, SHAPE_AT(als_rule, when), CHANGE_INFO},
    {"each", SHAPE_LIST, SHAPE_AT(als_rule, each), CHANGE_INFO,
     SHAPE_ELEMENTS(shape_of_index, als_rule, n_each)},
    {"message", SHAPE_TEXT, SHAPE_AT(als_rule, message), CHANGE_INFO},
    {"line", SHAPE_SIZE, SHAPE_AT(als_rule, line), CHANGE_SILENT},
};
const struct shape shape_of_rule = {
    .noun = "rule", .size = sizeof(struct als_rule), .keyed = true, SHAPE_FIELDS(rule_fields)};

static const struct shape_field instrument_fields[] = {
    {"instrument", SHAPE_TEXT, SHAPE_AT(als_instrument, code), CHANGE_BREAKS},
    {"title", SHAPE_TEXT, SHAPE_AT(als_instrument, title), CHANGE_INFO},
    {"short_title", SHAPE_TEXT, SHAPE_AT(als_instrument, short_title), CHANGE_INFO},
    {"version", SHAPE_TEXT, SHAPE_AT(als_instrument, version), CHANGE_INFO},
    {"citation", SHAPE_OPTION, SHAPE_AT(als_instrument, citation), CHANGE_INFO},
    {"licence", SHAPE_OPTION, SHAPE_AT(als_instrument, licence), CHANGE_INFO},
    {"higher is better", SHAPE_FLAG, SHAPE_AT(als_instrument, higher_is_better), CHANGE_INFO},
    {"main_score", SHAPE_OPTION, SHAPE_AT(als_instrument, main_score), CHANGE_INFO},
    {"items", SHAPE_LIST, SHAPE_AT(als_instrument, items), CHANGE_BREAKS,
     SHAPE_ELEMENTS(shape_of_item, als_instrument, n_items)},
    {"scores", SHAPE_LIST, SHAPE_AT(als_instrument, scores), CHANGE_SCORES,
     SHAPE_ELEMENTS(shape_of_score, als_instrument, n_scores)},
    {"rules", SHAPE_LIST, SHAPE_AT(als_instrument, rules), CHANGE_INFO,
     SHAPE_ELEMENTS(shape_of_rule, als_instrument, n_rules)},
    {"source", SHAPE_TEXT, SHAPE_AT(als_instrument, source), CHANGE_SILENT},
};
const struct shape shape_of_instrument = {
    .noun = "instrument", .size = sizeof(struct als_instrument), SHAPE_FIELDS(instrument_fields)};
