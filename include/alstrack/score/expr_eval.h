/*
 * Evaluating a condition: three-valued, no allocation. Unknown spreads as the grammar in
 * define/expr.h says; arithmetic without a finite result (division by zero) and a comparison of a
 * number with a text are unknown too. A yes/no answer equals 'Y' or 'N' as well as 1 or 0. Texts
 * are ordered by their bytes, which is the order of time for full dates.
 */
#ifndef ALSTRACK_SCORE_EXPR_EVAL_H
#define ALSTRACK_SCORE_EXPR_EVAL_H

#include "alstrack/define/expr.h"
#include "alstrack/score/score.h"

enum als_truth { ALS_FALSE, ALS_TRUE, ALS_UNKNOWN };

/* names[i] is the value of expr->names[i]. */
enum als_truth als_expr_truth(const struct als_expr *expr, const struct als_value *names);

#endif
