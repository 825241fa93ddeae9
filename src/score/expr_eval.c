/* Three-valued evaluation of a condition's postfix code on a small stack. */
#include "alstrack/score/expr_eval.h"

#include <math.h>
#include <string.h>

/* One stack slot: a value, missing when it is not known. Truth is INTEGER 0 or 1. */
static struct als_value truth(bool value)
{
    return (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = value};
}

static enum als_truth truth_of(const struct als_value *value)
{
    double number;
    if (!als_value_number(value, &number))
        return ALS_UNKNOWN;
    return number != 0 ? ALS_TRUE : ALS_FALSE;
}

static struct als_value arithmetic(enum als_expr_op op, const struct als_value *left,
                                   const struct als_value *right)
{
    double a, b;
    if (!als_value_number(left, &a) || !als_value_number(right, &b))
        return ALS_MISSING_VALUE;
    double result = op == ALS_OP_ADD   ? a + b
                    : op == ALS_OP_SUB ? a - b
                    : op == ALS_OP_MUL ? a * b
                                       : a / b;
    if (!isfinite(result))
        return ALS_MISSING_VALUE;
    return (struct als_value){.kind = ALS_VALUE_NUMBER, .number = result};
}

static int compare_text(const struct als_value *left, const struct als_value *right)
{
    size_t shorter = left->length < right->length ? left->length : right->length;
    int order = shorter ? memcmp(left->text, right->text, shorter) : 0;
    return order ? order : (left->length > right->length) - (left->length < right->length);
}

/* Yes/no answers are 0 or 1 inside and Y or N in files; a condition may use either. */
static struct als_value as_yesno(const struct als_value *text, const struct als_value *answer)
{
    bool is_letter = text->length == 1 && (text->text[0] == 'Y' || text->text[0] == 'N');
    if (!is_letter || (answer->integer != 0 && answer->integer != 1))
        return ALS_MISSING_VALUE;
    return truth(text->text[0] == 'Y');
}

/* Sets *order to the sign of left - right; false when the two cannot be compared. */
static bool find_order(const struct als_value *left, const struct als_value *right, int *order)
{
    struct als_value converted;
    if (left->kind == ALS_VALUE_TEXT && right->kind == ALS_VALUE_TEXT) {
        *order = compare_text(left, right);
        return true;
    }
    if (left->kind == ALS_VALUE_INTEGER && right->kind == ALS_VALUE_TEXT) {
        converted = as_yesno(right, left);
        right = &converted;
    } else if (left->kind == ALS_VALUE_TEXT && right->kind == ALS_VALUE_INTEGER) {
        converted = as_yesno(left, right);
        left = &converted;
    }
    double a, b;
    if (!als_value_number(left, &a) || !als_value_number(right, &b))
        return false;
    *order = (a > b) - (a < b);
    return true;
}

static struct als_value comparison(enum als_expr_op op, const struct als_value *left,
                                   const struct als_value *right)
{
    int order;
    if (!find_order(left, right, &order))
        return ALS_MISSING_VALUE;
    switch (op) {
    case ALS_OP_EQ:
        return truth(order == 0);
    case ALS_OP_NE:
        return truth(order != 0);
    case ALS_OP_LT:
        return truth(order < 0);
    case ALS_OP_LE:
        return truth(order <= 0);
    case ALS_OP_GT:
        return truth(order > 0);
    default:
        return truth(order >= 0);
    }
}

/* `unknown and false` is false, `unknown or true` is true: `deciding` is the side that settles it.
 */
static struct als_value junction(enum als_truth deciding, const struct als_value *left,
                                 const struct als_value *right)
{
    enum als_truth a = truth_of(left), b = truth_of(right);
    if (a == deciding || b == deciding)
        return truth(deciding == ALS_TRUE);
    if (a == ALS_UNKNOWN || b == ALS_UNKNOWN)
        return ALS_MISSING_VALUE;
    return truth(deciding != ALS_TRUE);
}

static struct als_value apply(enum als_expr_op op, const struct als_value *left,
                              const struct als_value *right)
{
    switch (op) {
    case ALS_OP_ADD:
    case ALS_OP_SUB:
    case ALS_OP_MUL:
    case ALS_OP_DIV:
        return arithmetic(op, left, right);
    case ALS_OP_AND:
        return junction(ALS_FALSE, left, right);
    case ALS_OP_OR:
        return junction(ALS_TRUE, left, right);
    default:
        return comparison(op, left, right);
    }
}

static struct als_value operand(const struct als_expr_step *step, const struct als_value *names)
{
    if (step->op == ALS_OP_NUMBER)
        return (struct als_value){.kind = ALS_VALUE_NUMBER, .number = step->number};
    if (step->op == ALS_OP_TEXT)
        return (struct als_value){
            .kind = ALS_VALUE_TEXT, .text = step->text, .length = strlen(step->text)};
    return names[step->name];
}

enum als_truth als_expr_truth(const struct als_expr *expr, const struct als_value *names)
{
    struct als_value stack[ALS_EXPR_DEPTH];
    size_t depth = 0;
    for (size_t i = 0; i < expr->n_steps; i++) {
        const struct als_expr_step *step = &expr->steps[i];
        if (step->op <= ALS_OP_NAME) {
            stack[depth++] = operand(step, names);
        } else if (step->op == ALS_OP_NOT) {
            enum als_truth value = truth_of(&stack[depth - 1]);
            stack[depth - 1] = value == ALS_UNKNOWN ? ALS_MISSING_VALUE : truth(value == ALS_FALSE);
        } else {
            stack[depth - 2] = apply(step->op, &stack[depth - 2], &stack[depth - 1]);
            depth--;
        }
    }
    return depth == 1 ? truth_of(&stack[0]) : ALS_UNKNOWN;
}
