/*
 * Conditions in definition files: `cutting_form = 'b'`, `walking = 0 and stairs > 0`,
 * `change.speech >= 2 and not event.gastrostomy`.
 *
 *     or   := and { "or" and }            cmp  := sum [ ("=" | "!=" | "<" | "<=" | ">" | ">=") sum
 * ] and  := not { "and" not }           sum  := mul { ("+" | "-") mul } not  := [ "not" ] cmp mul
 * := atom { ("*" | "/") atom } atom := number | 'text' | name | "(" or ")" name := letter { letter
 * | digit | "_" | "." }
 *
 * Evaluation is three-valued: a missing operand makes a comparison unknown; `unknown or true` is
 * true, `unknown and false` is false. A rule fires only on true.
 *
 * An expression is parsed once to postfix code with its names resolved to slots, so that evaluation
 * neither allocates nor looks names up. Evaluation is in score/expr_eval.h.
 */
#ifndef ALSTRACK_DEFINE_EXPR_H
#define ALSTRACK_DEFINE_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/alloc.h"

enum als_expr_op {
    ALS_OP_NUMBER,
    ALS_OP_TEXT,
    ALS_OP_NAME,
    ALS_OP_ADD,
    ALS_OP_SUB,
    ALS_OP_MUL,
    ALS_OP_DIV,
    ALS_OP_EQ,
    ALS_OP_NE,
    ALS_OP_LT,
    ALS_OP_LE,
    ALS_OP_GT,
    ALS_OP_GE,
    ALS_OP_AND,
    ALS_OP_OR,
    ALS_OP_NOT
};

struct als_expr_step {
    enum als_expr_op op;
    double number;    /* ALS_OP_NUMBER */
    const char *text; /* ALS_OP_TEXT */
    size_t name;      /* ALS_OP_NAME: index into als_expr.names */
};

struct als_expr {
    const char *source; /* as written */
    const struct als_expr_step *steps;
    size_t n_steps;
    const char *const *names; /* distinct names in order of appearance */
    size_t n_names;
    size_t max_depth; /* stack slots that evaluation needs, at most ALS_EXPR_DEPTH */
};

#define ALS_EXPR_DEPTH 32

/* Parse source[0..length) into memory of the arena. On failure returns NULL and sets *at to the
 * offset of the mistake and *expected to a static description. Deeper nesting than ALS_EXPR_DEPTH
 * is a mistake too. */
const struct als_expr *als_expr_parse(struct als_arena *arena, const char *source, size_t length,
                                      size_t *at, const char **expected);

#endif
