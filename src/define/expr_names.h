/* Where names stand in an expression, for messages. Private to this layer. */
#ifndef ALSTRACK_SRC_DEFINE_EXPR_NAMES_H
#define ALSTRACK_SRC_DEFINE_EXPR_NAMES_H

#include "alstrack/define/expr.h"

/* Offset in expr->source at which expr->names[name] stands first. */
size_t expr_name_offset(const struct als_expr *expr, size_t name);

#endif
