/* Conditions: from text to postfix code, by recursive descent. */
#include "alstrack/define/expr.h"

#include <stdlib.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "expr_names.h"

#define LONGEST 4000 /* bytes of one expression */

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char name_rest[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";

enum kind { END, NUMBER, TEXT, NAME, SYMBOL, WORD, BAD };

struct token {
    enum kind kind;
    size_t at, length;
    enum als_expr_op op; /* SYMBOL and WORD with an operator */
};

struct parser {
    struct als_arena *arena;
    const char *source;
    size_t length;
    struct token token;
    struct als_expr_step *steps;
    size_t n_steps;
    const char **names;
    size_t n_names;
    size_t depth, max_depth; /* evaluation stack */
    size_t nesting;
    size_t bad_at;
    const char *expected; /* non-NULL after the first mistake */
};

static bool is_in(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

static const struct {
    const char *text;
    enum als_expr_op op;
} symbols[] = {{"!=", ALS_OP_NE}, {"<=", ALS_OP_LE}, {">=", ALS_OP_GE}, {"=", ALS_OP_EQ},
               {"<", ALS_OP_LT},  {">", ALS_OP_GT},  {"+", ALS_OP_ADD}, {"-", ALS_OP_SUB},
               {"*", ALS_OP_MUL}, {"/", ALS_OP_DIV}},
  words[] = {{"and", ALS_OP_AND}, {"or", ALS_OP_OR}, {"not", ALS_OP_NOT}};

static size_t number_length(const char *text, size_t left)
{
    size_t n = 0;
    while (n < left && (is_in(text[n], "0123456789.")))
        n++;
    return n;
}

static struct token next_word(const struct parser *parser, size_t at)
{
    struct token token = {.kind = NAME, .at = at};
    while (at + token.length < parser->length &&
           is_in(parser->source[at + token.length], name_rest))
        token.length++;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (token.length == strlen(words[i].text) &&
            memcmp(parser->source + at, words[i].text, token.length) == 0) {
            token.kind = WORD;
            token.op = words[i].op;
        }
    return token;
}

static struct token next_symbol(const struct parser *parser, size_t at)
{
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        size_t n = strlen(symbols[i].text);
        if (parser->length - at >= n && memcmp(parser->source + at, symbols[i].text, n) == 0)
            return (struct token){.kind = SYMBOL, .at = at, .length = n, .op = symbols[i].op};
    }
    return (struct token){.kind = BAD, .at = at, .length = 1};
}

static struct token token_after(const struct parser *parser, size_t at)
{
    const char *source = parser->source;
    while (at < parser->length && is_in(source[at], " \t\n"))
        at++;
    if (at == parser->length)
        return (struct token){.kind = END, .at = at};
    if (is_in(source[at], letters))
        return next_word(parser, at);
    if (source[at] == '\'') {
        const char *end = memchr(source + at + 1, '\'', parser->length - at - 1);
        if (!end)
            return (struct token){.kind = BAD, .at = at, .length = 1};
        return (struct token){.kind = TEXT, .at = at, .length = (size_t)(end - (source + at)) + 1};
    }
    size_t digits = number_length(source + at, parser->length - at);
    if (digits > 0)
        return (struct token){.kind = NUMBER, .at = at, .length = digits};
    return next_symbol(parser, at);
}

static void advance(struct parser *parser)
{
    parser->token = token_after(parser, parser->token.at + parser->token.length);
}

static void fail(struct parser *parser, size_t at, const char *expected)
{
    if (!parser->expected) {
        parser->bad_at = at;
        parser->expected = expected;
    }
}

static bool at_symbol(const struct parser *parser, enum als_expr_op from, enum als_expr_op to)
{
    return parser->token.kind == SYMBOL && parser->token.op >= from && parser->token.op <= to;
}

static bool at_word(const struct parser *parser, enum als_expr_op op)
{
    return parser->token.kind == WORD && parser->token.op == op;
}

static bool at_char(const struct parser *parser, char c)
{
    return parser->token.kind == BAD && parser->source[parser->token.at] == c;
}

/* `effect` is what the step does to the evaluation stack: +1 for an operand, -1 for a binary
 * operator, 0 for not. */
static void emit(struct parser *parser, struct als_expr_step step, int effect)
{
    if (parser->expected)
        return;
    parser->steps[parser->n_steps++] = step;
    if (effect > 0 && ++parser->depth > parser->max_depth)
        parser->max_depth = parser->depth;
    if (effect < 0)
        parser->depth--;
    if (parser->depth > ALS_EXPR_DEPTH)
        fail(parser, parser->token.at, "a simpler expression (this one needs too many operands)");
}

static size_t slot_of(struct parser *parser, const char *name, size_t length)
{
    for (size_t i = 0; i < parser->n_names; i++)
        if (strlen(parser->names[i]) == length && memcmp(parser->names[i], name, length) == 0)
            return i;
    parser->names[parser->n_names] = als_arena_strndup(parser->arena, name, length);
    return parser->n_names++;
}

static void parse_or(struct parser *parser);

static void parse_number(struct parser *parser, bool negative)
{
    struct als_expr_step step = {.op = ALS_OP_NUMBER};
    if (parser->token.kind != NUMBER || !als_num_parse_double(parser->source + parser->token.at,
                                                              parser->token.length, &step.number)) {
        fail(parser, parser->token.at, "a number");
        return;
    }
    if (negative)
        step.number = -step.number;
    advance(parser);
    emit(parser, step, +1);
}

static void parse_group(struct parser *parser)
{
    if (++parser->nesting > ALS_EXPR_DEPTH) {
        fail(parser, parser->token.at, "fewer parentheses inside each other");
        return;
    }
    advance(parser);
    parse_or(parser);
    if (at_char(parser, ')'))
        advance(parser);
    else
        fail(parser, parser->token.at, "an operator or a closing parenthesis");
    parser->nesting--;
}

static void parse_atom(struct parser *parser)
{
    const struct token token = parser->token;
    const char *text = parser->source + token.at;
    if (parser->expected)
        return;
    if (token.kind == NUMBER) {
        parse_number(parser, false);
    } else if (at_symbol(parser, ALS_OP_SUB, ALS_OP_SUB)) {
        advance(parser);
        parse_number(parser, true);
    } else if (token.kind == TEXT) {
        struct als_expr_step step = {.op = ALS_OP_TEXT};
        step.text = als_arena_strndup(parser->arena, text + 1, token.length - 2);
        advance(parser);
        emit(parser, step, +1);
    } else if (token.kind == NAME) {
        struct als_expr_step step = {.op = ALS_OP_NAME};
        step.name = slot_of(parser, text, token.length);
        advance(parser);
        emit(parser, step, +1);
    } else if (at_char(parser, '(')) {
        parse_group(parser);
    } else if (at_char(parser, '\'')) {
        fail(parser, token.at, "a closing quote for this text");
    } else {
        fail(parser, token.at, "a name, a number, a 'text' or (");
    }
}

static void parse_mul(struct parser *parser)
{
    parse_atom(parser);
    while (!parser->expected && at_symbol(parser, ALS_OP_MUL, ALS_OP_DIV)) {
        struct als_expr_step step = {.op = parser->token.op};
        advance(parser);
        parse_atom(parser);
        emit(parser, step, -1);
    }
}

static void parse_sum(struct parser *parser)
{
    parse_mul(parser);
    while (!parser->expected && at_symbol(parser, ALS_OP_ADD, ALS_OP_SUB)) {
        struct als_expr_step step = {.op = parser->token.op};
        advance(parser);
        parse_mul(parser);
        emit(parser, step, -1);
    }
}

static void parse_not(struct parser *parser)
{
    bool negate = at_word(parser, ALS_OP_NOT);
    if (negate)
        advance(parser);
    parse_sum(parser);
    if (!parser->expected && at_symbol(parser, ALS_OP_EQ, ALS_OP_GE)) {
        struct als_expr_step step = {.op = parser->token.op};
        advance(parser);
        parse_sum(parser);
        emit(parser, step, -1);
    }
    if (negate)
        emit(parser, (struct als_expr_step){.op = ALS_OP_NOT}, 0);
}

static void parse_and(struct parser *parser)
{
    parse_not(parser);
    while (!parser->expected && at_word(parser, ALS_OP_AND)) {
        advance(parser);
        parse_not(parser);
        emit(parser, (struct als_expr_step){.op = ALS_OP_AND}, -1);
    }
}

static void parse_or(struct parser *parser)
{
    parse_and(parser);
    while (!parser->expected && at_word(parser, ALS_OP_OR)) {
        advance(parser);
        parse_and(parser);
        emit(parser, (struct als_expr_step){.op = ALS_OP_OR}, -1);
    }
}

static const struct als_expr *finish(const struct parser *parser)
{
    struct als_arena *arena = parser->arena;
    struct als_expr_step *steps = als_arena_array(arena, parser->n_steps, sizeof *steps);
    const char **names = als_arena_array(arena, parser->n_names, sizeof *names);
    memcpy(steps, parser->steps, parser->n_steps * sizeof *steps);
    memcpy(names, parser->names, parser->n_names * sizeof *names);
    struct als_expr *expr = als_arena_take(arena, sizeof *expr);
    *expr = (struct als_expr){.source = als_arena_strndup(arena, parser->source, parser->length),
                              .steps = steps,
                              .n_steps = parser->n_steps,
                              .names = names,
                              .n_names = parser->n_names,
                              .max_depth = parser->max_depth};
    return expr;
}

const struct als_expr *als_expr_parse(struct als_arena *arena, const char *source, size_t length,
                                      size_t *at, const char **expected)
{
    *at = 0;
    if (length > LONGEST) {
        *at = LONGEST;
        *expected = "an expression of at most 4000 bytes";
        return NULL;
    }
    /* No token is shorter than a byte, so neither list outgrows the source. */
    struct parser parser = {.arena = arena, .source = source, .length = length};
    parser.steps = als_alloc_array(length + 1, sizeof *parser.steps);
    parser.names = als_alloc_array(length + 1, sizeof *parser.names);
    advance(&parser);
    parse_or(&parser);
    if (parser.token.kind != END)
        fail(&parser, parser.token.at, "an operator or the end");
    const struct als_expr *expr = parser.expected ? NULL : finish(&parser);
    *at = parser.bad_at;
    *expected = parser.expected;
    free(parser.steps);
    free(parser.names);
    return expr;
}

size_t expr_name_offset(const struct als_expr *expr, size_t name)
{
    struct parser parser = {.source = expr->source, .length = strlen(expr->source)};
    size_t length = strlen(expr->names[name]);
    for (advance(&parser); parser.token.kind != END; advance(&parser))
        if (parser.token.kind == NAME && parser.token.length == length &&
            memcmp(expr->source + parser.token.at, expr->names[name], length) == 0)
            return parser.token.at;
    return 0;
}
