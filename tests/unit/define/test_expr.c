/* Conditions: postfix code, precedence, and where mistakes are. */
#include "als_test.h"
#include "alstrack/define/expr.h"

/* The code as text: names and constants, and operators after their operands. */
static const struct {
    const char *source, *code;
    size_t depth;
} good_cases[] = {
    {"a", "a", 1},
    {"a = 'b'", "a 'b' =", 2},
    {"walking = 0 and stairs > 0", "walking 0 = stairs 0 > and", 3},
    {"a or b and c", "a b c and or", 3},
    {"(a or b) and c", "a b or c and", 2},
    {"not a = 1 and b", "a 1 = not b and", 2},
    {"a - b - c", "a b - c -", 2},
    {"a + b * c < 4 / 2", "a b c * + 4 2 / <", 3},
    {"change.speech >= 2 and not event.gastrostomy", "change.speech 2 >= event.gastrostomy not and",
     2},
    {"z <= -1.5", "z -1.5 <=", 2},
    {"a != ''", "a '' !=", 2},
    {"  a\t=\n1 ", "a 1 =", 2},
    {"android or note", "android note or", 2},
};

static const char *operators[] = {
    [ALS_OP_ADD] = "+",  [ALS_OP_SUB] = "-", [ALS_OP_MUL] = "*",   [ALS_OP_DIV] = "/",
    [ALS_OP_EQ] = "=",   [ALS_OP_NE] = "!=", [ALS_OP_LT] = "<",    [ALS_OP_LE] = "<=",
    [ALS_OP_GT] = ">",   [ALS_OP_GE] = ">=", [ALS_OP_AND] = "and", [ALS_OP_OR] = "or",
    [ALS_OP_NOT] = "not"};

static void print_code(const struct als_expr *expr, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < expr->n_steps; i++) {
        const struct als_expr_step *step = &expr->steps[i];
        const char *gap = i ? " " : "";
        int n;
        if (step->op == ALS_OP_NUMBER)
            n = snprintf(out + used, size - used, "%s%g", gap, step->number);
        else if (step->op == ALS_OP_TEXT)
            n = snprintf(out + used, size - used, "%s'%s'", gap, step->text);
        else if (step->op == ALS_OP_NAME)
            n = snprintf(out + used, size - used, "%s%s", gap, expr->names[step->name]);
        else
            n = snprintf(out + used, size - used, "%s%s", gap, operators[step->op]);
        used += (size_t)n;
    }
}

TABLE_TEST(expr, compiles_to_postfix, good_cases)
{
    struct als_arena *arena = als_arena_new();
    const char *source = good_cases[*row_].source, *expected = NULL;
    size_t at = 0;
    const struct als_expr *expr = als_expr_parse(arena, source, strlen(source), &at, &expected);
    cr_assert_not_null(expr, "%s: expected %s at %zu", source, expected, at);
    char code[256];
    print_code(expr, code, sizeof code);
    cr_assert_str_eq(code, good_cases[*row_].code);
    cr_assert_eq(expr->max_depth, good_cases[*row_].depth, "%s needs %zu", source, expr->max_depth);
    cr_assert_str_eq(expr->source, source);
    als_arena_free(arena);
    assert_no_leaks();
}

static const struct {
    const char *source;
    size_t at;
    const char *expected; /* part of the description */
} bad_cases[] = {
    {"", 0, "a name"},
    {"   ", 3, "a name"},
    {"a =", 3, "a name"},
    {"a = = b", 4, "a name"},
    {"a = 1 = 2", 6, "operator or the end"},
    {"a b", 2, "operator or the end"},
    {"(a or b", 7, "closing parenthesis"},
    {"a)", 1, "operator or the end"},
    {"a = 'b", 4, "closing quote"},
    {"a & b", 2, "operator or the end"},
    {"a == b", 3, "a name"},
    {"1.2.3 = a", 0, "a number"},
    {"a = - b", 6, "a number"},
    {"and a", 0, "a name"},
    {"not not a", 4, "a name"},
    {"a or", 4, "a name"},
    {"\xc3\xa4 = 1", 0, "a name"},
};

TABLE_TEST(expr, places_mistakes, bad_cases)
{
    struct als_arena *arena = als_arena_new();
    const char *source = bad_cases[*row_].source, *expected = NULL;
    size_t at = 999;
    cr_assert_null(als_expr_parse(arena, source, strlen(source), &at, &expected), "%s", source);
    cr_assert_eq(at, bad_cases[*row_].at, "%s: mistake found at %zu", source, at);
    cr_assert(strstr(expected, bad_cases[*row_].expected), "%s: %s", source, expected);
    als_arena_free(arena);
    assert_no_leaks();
}

Test(expr, names_are_distinct_and_in_order)
{
    struct als_arena *arena = als_arena_new();
    const char *source = "b = a or a = 1 and b > c", *expected;
    size_t at;
    const struct als_expr *expr = als_expr_parse(arena, source, strlen(source), &at, &expected);
    cr_assert_eq(expr->n_names, 3);
    cr_assert_str_eq(expr->names[0], "b");
    cr_assert_str_eq(expr->names[1], "a");
    cr_assert_str_eq(expr->names[2], "c");
    als_arena_free(arena);
}

static char *repeated(const char *part, size_t times, const char *middle, const char *end)
{
    size_t room = (strlen(part) + strlen(end)) * times + strlen(middle) + 1;
    char *text = calloc(1, room);
    for (size_t i = 0; i < times; i++)
        strcat(text, part);
    strcat(text, middle);
    for (size_t i = 0; i < times; i++)
        strcat(text, end);
    return text;
}

Test(expr, deep_nesting_is_a_mistake_and_not_a_crash)
{
    static const struct {
        const char *part, *end;
        size_t times;
        bool good;
    } cases[] = {
        {"(", ")", ALS_EXPR_DEPTH, true},
        {"(", ")", ALS_EXPR_DEPTH + 1, false},
        {"(", ")", 1900, false},
        {"a+(", ")", ALS_EXPR_DEPTH - 1, true},
        {"a+(", ")", ALS_EXPR_DEPTH, false},
        {"a or ", "", 500, true},
        {"a = 1 and ", "", 300, true},
        {"(", ")", 3000, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct als_arena *arena = als_arena_new();
        char *text = repeated(cases[i].part, cases[i].times, "a", cases[i].end);
        size_t at;
        const char *expected;
        const struct als_expr *expr = als_expr_parse(arena, text, strlen(text), &at, &expected);
        cr_assert_eq(expr != NULL, cases[i].good, "%s x %zu", cases[i].part, cases[i].times);
        cr_assert(!expr || expr->max_depth <= ALS_EXPR_DEPTH);
        free(text);
        als_arena_free(arena);
    }
    assert_no_leaks();
}

Test(expr, needs_no_end_mark)
{
    struct als_arena *arena = als_arena_new();
    const char source[] = {'a', '=', '1', '0', '0'};
    size_t at;
    const char *expected;
    const struct als_expr *expr = als_expr_parse(arena, source, 3, &at, &expected);
    cr_assert_eq(expr->steps[1].number, 1);
    cr_assert_null(als_expr_parse(arena, source, 2, &at, &expected));
    als_arena_free(arena);
}
