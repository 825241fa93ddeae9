/* The forms of codes, measures and conditions that both kinds of definition share. */
#include <string.h>

#include "instrument_parse.h"

#define LOWER YAML_LOWER
#define UPPER YAML_UPPER
#define DIGIT YAML_DIGIT

const struct yaml_code code_of_instrument = {
    LOWER, LOWER DIGIT "-", 32,
    "an instrument code (a lower-case letter, then letters, digits or -, at most 32)"};
const struct yaml_code code_of_item = {
    LOWER, LOWER DIGIT "_", 40,
    "a code (a lower-case letter, then letters, digits or _, at most 40)"};
const struct yaml_code code_of_rule = {
    UPPER, UPPER DIGIT "_", 40,
    "a rule code (a capital letter, then capitals, digits or _, at most 40)"};
const struct yaml_code code_of_testcd = {
    UPPER, UPPER DIGIT "_", 8,
    "an exchange code (a capital letter, then capitals, digits or _, at most 8)"};

bool read_measure(struct yaml_file *file, const struct yaml_node *node, const char *measure,
                  size_t *dot)
{
    const char *point = strchr(measure, '.');
    if (!point) {
        yaml_error(file, node, "E-MEASURE", NULL,
                   "expected INSTRUMENT.SCORE such as alsfrsr.total, found \"%.60s\"", measure);
        return false;
    }
    *dot = (size_t)(point - measure);
    const char *instrument = als_arena_strndup(file->arena, measure, *dot);
    return yaml_code(file, node, instrument, &code_of_instrument) &&
           yaml_code(file, node, point + 1, &code_of_item);
}

const struct als_expr *read_condition(struct yaml_file *file, struct als_arena *arena,
                                      const struct yaml_node *node)
{
    const char *source = NULL, *expected = NULL;
    size_t at = 0;
    if (!yaml_text(file, arena, node, &source))
        return NULL;
    const struct als_expr *expr = als_expr_parse(arena, source, strlen(source), &at, &expected);
    if (!expr)
        yaml_error_within(file, node, at, "E-EXPRESSION",
                          "conditions look like: walking = 0 and not event.gastrostomy",
                          "expected %s", expected);
    return expr;
}
