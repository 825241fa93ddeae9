/*
 * Evaluating a condition: three-valued, no allocation.
 */
#ifndef ALSTRACK_SCORE_EXPR_EVAL_H
#define ALSTRACK_SCORE_EXPR_EVAL_H

#include "alstrack/define/expr.h"
#include "alstrack/score/score.h"

enum als_truth { ALS_FALSE, ALS_TRUE, ALS_UNKNOWN };

/* names[i] is the value of expr->names[i]. */
enum als_truth als_expr_truth(const struct als_expr *expr, const struct als_value *names);

#endif
