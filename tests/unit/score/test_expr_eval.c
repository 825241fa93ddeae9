/* Conditions with known and unknown operands. */
#include "scales.h"

#include "alstrack/score/expr_eval.h"

/* Names in expressions stand for fixed values: a = 3, b = -0.5, t = 'b', y = yes (1), u unknown. */
static struct als_value value_of(const char *name)
{
    switch (name[0]) {
    case 'a':
        return integer_value(3);
    case 'b':
        return number_value(-0.5);
    case 't':
        return text_value("b");
    case 'y':
        return integer_value(1);
    default:
        return ALS_MISSING_VALUE;
    }
}

static enum als_truth evaluate(const char *source)
{
    struct als_arena *arena = als_arena_new();
    size_t at;
    const char *expected = "";
    const struct als_expr *expr = als_expr_parse(arena, source, strlen(source), &at, &expected);
    cr_assert_not_null(expr, "%s: expected %s", source, expected);
    struct als_value values[8];
    cr_assert_leq(expr->n_names, COUNT(values));
    for (size_t i = 0; i < expr->n_names; i++)
        values[i] = value_of(expr->names[i]);
    enum als_truth truth = als_expr_truth(expr, values);
    als_arena_free(arena);
    return truth;
}

static const struct {
    char source[60];
    enum als_truth truth;
} rows[] = {
    {"a = 3", ALS_TRUE},
    {"a != 3", ALS_FALSE},
    {"a < 3", ALS_FALSE},
    {"a <= 3", ALS_TRUE},
    {"a > 2.9", ALS_TRUE},
    {"a >= 3.1", ALS_FALSE},
    {"a + b * 2 = 2", ALS_TRUE},
    {"(a + b) * 2 = 5", ALS_TRUE},
    {"a - b - 1 = 2.5", ALS_TRUE},
    {"a / 0 > 1", ALS_UNKNOWN},
    {"a / 0 > 1 or a = 3", ALS_TRUE},
    {"t = 'b'", ALS_TRUE},
    {"t = 'a'", ALS_FALSE},
    {"t < 'ba'", ALS_TRUE},
    {"t != 'naive'", ALS_TRUE},
    {"'2020-02-01' < '2020-10-01'", ALS_TRUE},
    {"t = 3", ALS_UNKNOWN},
    {"a = 'x'", ALS_UNKNOWN},
    {"y = 'Y'", ALS_TRUE},
    {"y = 'N'", ALS_FALSE},
    {"'Y' = y", ALS_TRUE},
    {"a = 'Y'", ALS_UNKNOWN},
    {"u = 1", ALS_UNKNOWN},
    {"u != 1", ALS_UNKNOWN},
    {"u + 1 > 0", ALS_UNKNOWN},
    {"u = u", ALS_UNKNOWN},
    {"not u", ALS_UNKNOWN},
    {"not y", ALS_FALSE},
    {"y", ALS_TRUE},
    {"t", ALS_UNKNOWN},
    {"u = 1 or a = 3", ALS_TRUE},
    {"a = 3 or u = 1", ALS_TRUE},
    {"u = 1 or a = 4", ALS_UNKNOWN},
    {"u = 1 and a = 4", ALS_FALSE},
    {"a = 4 and u = 1", ALS_FALSE},
    {"u = 1 and a = 3", ALS_UNKNOWN},
    {"not (u = 1 and a = 4)", ALS_TRUE},
    {"a = 3 and not y or a = 3", ALS_TRUE},
};

TABLE_TEST(expr_eval, is_three_valued, rows)
{
    cr_assert_eq(evaluate(rows[*row_].source), rows[*row_].truth, "%s gave %d", rows[*row_].source,
                 (int)evaluate(rows[*row_].source));
    assert_no_leaks();
}

/* De Morgan over every combination of false, true and unknown. */
Test(expr_eval, keeps_the_laws_of_negation)
{
    static const char *const operands[] = {"a = 4", "a = 3", "u = 3"};
    for (size_t i = 0; i < COUNT(operands); i++) {
        for (size_t j = 0; j < COUNT(operands); j++) {
            char left[80], right[80];
            snprintf(left, sizeof left, "not (%s and %s)", operands[i], operands[j]);
            snprintf(right, sizeof right, "not %s or not %s", operands[i], operands[j]);
            cr_assert_eq(evaluate(left), evaluate(right), "%s", left);
        }
    }
}

Test(expr_eval, fires_the_rules_of_alsfrsr)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    const struct als_rule *rule = &scale->rules[0];
    cr_assert_str_eq(rule->code, "STAIRS_WITHOUT_WALKING");
    struct als_value values[2] = {integer_value(0), integer_value(1)};
    cr_assert_str_eq(rule->when->names[0], "walking");
    cr_assert_eq(als_expr_truth(rule->when, values), ALS_TRUE);
    values[0] = integer_value(1);
    cr_assert_eq(als_expr_truth(rule->when, values), ALS_FALSE);
    values[0] = ALS_MISSING_VALUE;
    cr_assert_eq(als_expr_truth(rule->when, values), ALS_UNKNOWN);
    als_instrument_free(scale);
}
