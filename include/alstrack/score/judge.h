/*
 * The rule engine: what is to be said of one assessment. Pure. Whoever has an assessment (a form, a
 * command, a file, the whole study) fills the input, and hears the same.
 *
 * Two sources of rules, one order of verdicts:
 *   - the instrument's own, in the order of its file. A rule with `each` is judged once for every
 *     item of its list, and points at it; any other points at the first item that it names.
 *   - those of every instrument:
 *       W-NOT-ASKED       soft  an answer to an item that does not apply
 *       W-INCOMPLETE      info  a required item that applies has neither answer nor reason; one
 *                               verdict, at the first of them, names all
 *       W-BEFORE-BIRTH    soft  dated before the patient's birth
 *       W-AFTER-DEATH     soft  dated after the patient's death
 *       W-BEFORE-CONSENT  soft  dated before the consent, and no historical measurement
 *       W-FUTURE          soft  dated after tomorrow
 *       W-TWO-RATERS      soft  the visit has one by another rater, or without a rater, too
 *       W-SAME-DAY        soft  the same rater has one of another visit on that day
 *       W-HISTORICAL-OLD  soft  a measurement from before the study, older than the protocol takes
 *       W-WINDOW          info  outside the window of its visit
 *
 * A rule fires only on true: an unknown operand (a missing answer, no assessment before) makes it
 * silent. Names in conditions: schema/instruments/README.md.
 *
 * The previous assessment is the latest one of the same patient and instrument that was done on an
 * earlier day; of several on that day the one by the same rater, else the one with the lowest
 * rater number, then with the lowest visit number. Two raters at every visit so make two series,
 * and a change of rater shows.
 *
 * A condition that looks at a few items with a few possible answers and at events is evaluated once
 * for each combination that occurs, and then looked up: a prepared judge is fast for many rows, and
 * used by one thread at a time.
 */
#ifndef ALSTRACK_SCORE_JUDGE_H
#define ALSTRACK_SCORE_JUDGE_H

#include <stdint.h>

#include "alstrack/core/date.h"
#include "alstrack/define/verdict.h"
#include "alstrack/score/expr_eval.h"

/* Scores of one assessment, computed when a rule asks for them. Kept by callers who have the same
 * assessment judged and then looked back at, so that each is computed once. */
struct als_score_cache {
    double *values; /* [n_scores] */
    bool *known;    /* [n_scores]: cleared by the owner when the answers change */
};
struct als_score_cache als_score_cache_new(const struct als_instrument *instrument,
                                           struct als_arena *arena);

/* One assessment that was done. Everything is borrowed. */
struct als_sitting {
    const struct als_value *values;  /* n_items */
    const uint8_t *ranks;            /* als_rank of each; NULL: found when needed */
    struct als_score_cache scores;   /* of the values; known NULL: the judge has its own */
    const char *const *item_reasons; /* n_items, NULL entries = none; NULL = no reasons at all */
    int day;
    const char *mode, *rater; /* NULL = not named */
    struct als_person person; /* at that day */
};

struct als_judge_input {
    struct als_sitting now;
    const struct als_sitting *previous; /* NULL if there is none */
    const struct als_event_fact *events;
    size_t n_events;
    struct als_day_limits limits;
    const char *visit;          /* its code, for messages */
    int window_from, window_to; /* ALS_NO_DAY when there is none */
    int visit_day; /* stored day of the visit: a deviation on that day is the visit's own, and not
                      told again; ALS_NO_DAY */
    const char *other_raters;   /* of the same visit: "without a rater, by AL"; NULL = nobody */
    const char *same_day_visit; /* other visit with one by the same rater that day; NULL */
    /* When the protocol takes historical baselines of this instrument: the day from which on a
     * measurement is the study's own (screening), and how much earlier one may be. */
    int study_begins; /* ALS_NO_DAY: no historical baseline, or the day is not known */
    int historical_days;
};

struct als_judge;
struct als_judge *als_judge_new(const struct als_instrument *instrument); /* borrowed */
void als_judge_free(struct als_judge *judge);                             /* NULL is fine */

/* Appends the verdicts. */
void als_judge_run(struct als_judge *judge, const struct als_judge_input *input,
                   struct als_verdict_list *out);

/* Does the item apply, given the other answers? As `applies` says; ALS_TRUE without it. */
enum als_truth als_judge_applies(struct als_judge *judge, size_t item,
                                 const struct als_judge_input *input);

/* Truth of a condition over the same names that belongs to the instrument but is no rule: which
 * wording an item has, whether a choice is taken by itself. */
enum als_truth als_judge_condition(struct als_judge *judge, const struct als_expr *expr,
                                   const struct als_judge_input *input);

/* Does any rule look at the assessment before? */
bool als_judge_looks_back(const struct als_judge *judge);

/* The place of an answer among the possible ones of its item: 0 = missing, at most 254. The same
 * for the same answer. */
#define ALS_NO_RANK 255 /* an item with too many possible answers */
uint8_t als_rank(const struct als_item *item, const struct als_value *value);

#endif
