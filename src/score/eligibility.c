/* Three-valued verdicts on eligibility criteria. */
#include "alstrack/score/eligibility.h"

#include <string.h>

#include "alstrack/core/num.h"

const char *als_criterion_verdict_name(enum als_criterion_verdict verdict)
{
    static const char *const names[] = {
        [ALS_CRITERION_UNKNOWN] = "unknown", [ALS_CRITERION_PASS] = "pass",
        [ALS_CRITERION_FAIL] = "fail",       [ALS_CRITERION_NOT_APPLICABLE] = "not applicable",
        [ALS_CRITERION_LATER] = "later",     [ALS_CRITERION_NO_PART] = ""};
    return names[verdict];
}

const char *als_eligibility_name(enum als_eligibility eligibility)
{
    static const char *const names[] = {[ALS_ELIGIBILITY_PENDING] = "pending",
                                        [ALS_ELIGIBLE] = "eligible",
                                        [ALS_NOT_ELIGIBLE] = "not eligible"};
    return names[eligibility];
}

static enum als_truth truth(bool value)
{
    return value ? ALS_TRUE : ALS_FALSE;
}

/* Does the fact equal the protocol's word? A yes/no fact is 0 or 1, its word Y or N. */
static enum als_truth equals(const struct als_value *value, const char *word)
{
    double number, wanted;
    if (value->kind == ALS_VALUE_TEXT)
        return truth(strlen(word) == value->length &&
                     memcmp(word, value->text, value->length) == 0);
    if (!als_value_number(value, &number))
        return ALS_UNKNOWN;
    if (strcmp(word, "Y") == 0 || strcmp(word, "N") == 0)
        return number == 0 || number == 1 ? truth((number != 0) == (word[0] == 'Y')) : ALS_UNKNOWN;
    if (!als_num_parse_double(word, strlen(word), &wanted))
        return ALS_UNKNOWN;
    return truth(number == wanted);
}

static enum als_truth equals_any(const struct als_criterion *criterion,
                                 const struct als_value *value)
{
    enum als_truth result = ALS_FALSE;
    for (size_t i = 0; i < criterion->n_values && result != ALS_TRUE; i++) {
        enum als_truth one = equals(value, criterion->values[i]);
        result = one == ALS_FALSE ? result : one;
    }
    return result;
}

static enum als_truth in_order(enum als_compare compare, double number, double limit)
{
    switch (compare) {
    case ALS_CMP_LT:
        return truth(number < limit);
    case ALS_CMP_LE:
        return truth(number <= limit);
    case ALS_CMP_GT:
        return truth(number > limit);
    default:
        return truth(number >= limit);
    }
}

static enum als_truth compare_value(const struct als_criterion *criterion,
                                    const struct als_value *value)
{
    double number, limit;
    enum als_truth equal;
    switch (criterion->compare) {
    case ALS_CMP_EQ:
    case ALS_CMP_IN:
        return equals_any(criterion, value);
    case ALS_CMP_NE:
        equal = equals_any(criterion, value);
        return equal == ALS_UNKNOWN ? equal : truth(equal == ALS_FALSE);
    default:
        if (!als_value_number(value, &number) ||
            !als_num_parse_double(criterion->values[0], strlen(criterion->values[0]), &limit))
            return ALS_UNKNOWN;
        return in_order(criterion->compare, number, limit);
    }
}

static struct als_value bound(double number)
{
    return (struct als_value){.kind = ALS_VALUE_NUMBER, .number = number};
}

enum als_truth als_criterion_test(const struct als_criterion *criterion,
                                  const struct als_fact *fact)
{
    if (!fact->ranged)
        return compare_value(criterion, &fact->value);
    bool ordered = criterion->compare >= ALS_CMP_LT && criterion->compare <= ALS_CMP_GE;
    struct als_value low = bound(fact->low), high = bound(fact->high);
    enum als_truth at_low = compare_value(criterion, &low);
    return ordered && at_low == compare_value(criterion, &high) ? at_low : ALS_UNKNOWN;
}

/* A condition that holds at one end of what is known and not at the other is unknown. */
static enum als_truth judge_condition(const struct als_expr *condition, als_fact_fn *fact,
                                      void *context)
{
    if (!condition)
        return ALS_TRUE;
    struct als_arena *arena = als_arena_new();
    struct als_value *low = als_arena_array(arena, condition->n_names, sizeof *low);
    struct als_value *high = als_arena_array(arena, condition->n_names, sizeof *high);
    for (size_t i = 0; i < condition->n_names; i++) {
        struct als_fact known = fact(condition->names[i], context);
        low[i] = known.ranged ? bound(known.low) : known.value;
        high[i] = known.ranged ? bound(known.high) : known.value;
    }
    enum als_truth result = als_expr_truth(condition, low);
    if (result != als_expr_truth(condition, high))
        result = ALS_UNKNOWN;
    als_arena_free(arena);
    return result;
}

static enum als_criterion_verdict verdict_of(enum als_truth result, bool wanted)
{
    if (result == ALS_UNKNOWN)
        return ALS_CRITERION_UNKNOWN;
    return (result == ALS_TRUE) == wanted ? ALS_CRITERION_PASS : ALS_CRITERION_FAIL;
}

static enum als_criterion_verdict both(enum als_criterion_verdict a, enum als_criterion_verdict b)
{
    if (a == ALS_CRITERION_NO_PART || a == b)
        return b;
    if (b == ALS_CRITERION_NO_PART)
        return a;
    return a == ALS_CRITERION_FAIL || b == ALS_CRITERION_FAIL ? ALS_CRITERION_FAIL
                                                              : ALS_CRITERION_UNKNOWN;
}

struct als_criterion_result als_criterion_judge(const struct als_criterion *criterion,
                                                als_fact_fn *fact, void *context,
                                                enum als_truth answer)
{
    struct als_criterion_result result = {.automatic = ALS_CRITERION_NO_PART,
                                          .manual = ALS_CRITERION_NO_PART};
    result.condition = judge_condition(criterion->condition, fact, context);
    if (criterion->kind & ALS_CRITERION_AUTO) {
        struct als_fact known = fact(criterion->field, context);
        result.automatic = verdict_of(als_criterion_test(criterion, &known), criterion->inclusion);
    }
    if (criterion->kind & ALS_CRITERION_MANUAL)
        result.manual = verdict_of(answer, criterion->inclusion);
    result.verdict = both(result.automatic, result.manual);
    if (result.condition != ALS_TRUE)
        result.verdict =
            result.condition == ALS_FALSE ? ALS_CRITERION_NOT_APPLICABLE : ALS_CRITERION_UNKNOWN;
    return result;
}

enum als_eligibility als_eligibility_overall(const struct als_criterion_result *results, size_t n)
{
    enum als_eligibility overall = ALS_ELIGIBLE;
    for (size_t i = 0; i < n; i++) {
        if (results[i].verdict == ALS_CRITERION_FAIL)
            return ALS_NOT_ELIGIBLE;
        if (results[i].verdict == ALS_CRITERION_UNKNOWN)
            overall = ALS_ELIGIBILITY_PENDING;
    }
    return overall;
}
