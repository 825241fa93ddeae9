/*
 * Instruments for the score tests, read from the built-in definitions, and answers by item code.
 */
#ifndef ALSTRACK_TEST_SCALES_H
#define ALSTRACK_TEST_SCALES_H

#include "als_test.h"

#include "alstrack/define/builtin.h"
#include "alstrack/score/score.h"

enum { MOST_ITEMS = 64 };

static inline struct als_instrument *load_scale(const char *name)
{
    const struct als_builtin *builtin = als_builtin_find(name);
    cr_assert_not_null(builtin, "no built-in %s", name);
    struct als_instrument *instrument =
        als_instrument_parse(name, builtin->text, builtin->length, NULL);
    cr_assert_not_null(instrument, "%s does not load", name);
    cr_assert_leq(instrument->n_items, MOST_ITEMS);
    return instrument;
}

static inline size_t item_of(const struct als_instrument *instrument, const char *code)
{
    ptrdiff_t item = als_instrument_item(instrument, code);
    cr_assert_geq(item, 0, "no item %s", code);
    return (size_t)item;
}

static inline size_t score_of(const struct als_instrument *instrument, const char *code)
{
    ptrdiff_t score = als_instrument_score(instrument, code);
    cr_assert_geq(score, 0, "no score %s", code);
    return (size_t)score;
}

static inline struct als_value integer_value(int64_t value)
{
    return (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = value};
}

static inline struct als_value number_value(double value)
{
    return (struct als_value){.kind = ALS_VALUE_NUMBER, .number = value};
}

static inline struct als_value text_value(const char *text)
{
    return (struct als_value){.kind = ALS_VALUE_TEXT, .text = text, .length = strlen(text)};
}

/* answers: one character per ALSFRS-R item in the order of the scale, '-' for missing. */
static inline void fill_alsfrsr(const struct als_instrument *instrument, const char *answers,
                                struct als_value values[MOST_ITEMS])
{
    static const char *const codes[] = {"speech",      "salivation", "swallowing",
                                        "handwriting", "cutting",    "dressing",
                                        "turning",     "walking",    "stairs",
                                        "dyspnea",     "orthopnea",  "respiratory_insufficiency"};
    cr_assert_eq(strlen(answers), COUNT(codes));
    for (size_t i = 0; i < instrument->n_items; i++)
        values[i] = ALS_MISSING_VALUE;
    for (size_t i = 0; i < COUNT(codes); i++)
        if (answers[i] != '-')
            values[item_of(instrument, codes[i])] = integer_value(answers[i] - '0');
}

#endif
