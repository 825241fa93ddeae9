/*
 * Is a patient eligible? Three-valued evaluation of a protocol's criteria. Pure: facts and answers
 * go in, a verdict per criterion comes out. What is not known is never taken for not fulfilled.
 *
 * An inclusion criterion must be true, an exclusion criterion false. Its automatic part compares a
 * fact with the protocol's value, its human part is an answer; each has a verdict of its own, and
 * neither replaces the other: the criterion fails when one part fails, passes when all pass, and is
 * unknown otherwise. A condition (`if`) that is false makes the criterion not applicable; one that
 * is unknown makes it unknown.
 */
#ifndef ALSTRACK_SCORE_ELIGIBILITY_H
#define ALSTRACK_SCORE_ELIGIBILITY_H

#include "alstrack/define/protocol.h"
#include "alstrack/score/expr_eval.h"

/* What is known of one field. A number that is known only within bounds (an age from a year of
 * birth) has low < high: a comparison that both ends do not answer alike is unknown. */
struct als_fact {
    struct als_value value; /* missing = not known */
    double low, high;       /* valid when ranged */
    bool ranged;
};
#define ALS_NO_FACT ((struct als_fact){.value = {.kind = ALS_VALUE_MISSING}})

typedef struct als_fact als_fact_fn(const char *field, void *context);

enum als_criterion_verdict {
    ALS_CRITERION_UNKNOWN,
    ALS_CRITERION_PASS,
    ALS_CRITERION_FAIL,
    ALS_CRITERION_NOT_APPLICABLE, /* its condition does not hold, or the visit is not for them */
    ALS_CRITERION_LATER,          /* its time of evaluation has not come */
    ALS_CRITERION_NO_PART         /* of a part that the criterion does not have */
};
/* pass, fail, unknown, not applicable, later; "" for ALS_CRITERION_NO_PART. */
const char *als_criterion_verdict_name(enum als_criterion_verdict verdict);

struct als_criterion_result {
    enum als_criterion_verdict verdict;           /* of the criterion */
    enum als_criterion_verdict automatic, manual; /* of its parts */
    enum als_truth condition;                     /* ALS_TRUE when there is none */
};

/* Is FIELD OP VALUE true? */
enum als_truth als_criterion_test(const struct als_criterion *criterion,
                                  const struct als_fact *fact);

/* answer: to the human decision; ALS_UNKNOWN while nobody has answered. Facts of the field and of
 * names in the condition are asked for. */
struct als_criterion_result als_criterion_judge(const struct als_criterion *criterion,
                                                als_fact_fn *fact, void *context,
                                                enum als_truth answer);

enum als_eligibility { ALS_ELIGIBILITY_PENDING, ALS_ELIGIBLE, ALS_NOT_ELIGIBLE };
/* pending, eligible, not eligible */
const char *als_eligibility_name(enum als_eligibility eligibility);

/* Not eligible when one fails; else pending when one is unknown; else eligible. Criteria that do
 * not apply or whose time has not come do not count. */
enum als_eligibility als_eligibility_overall(const struct als_criterion_result *results, size_t n);

#endif
