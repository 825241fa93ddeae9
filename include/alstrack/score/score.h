/*
 * From answers to scores: totals, domains, prorating, stages, percent of predicted. Pure. The same
 * score definition becomes generated columns in the study (store) and the live total of a form
 * (here); a property test holds both equal.
 */
#ifndef ALSTRACK_SCORE_SCORE_H
#define ALSTRACK_SCORE_SCORE_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/define/instrument.h"
#include "alstrack/define/protocol.h"

enum als_value_kind { ALS_VALUE_MISSING, ALS_VALUE_INTEGER, ALS_VALUE_NUMBER, ALS_VALUE_TEXT };

/* One answer. Text is borrowed and need not end in NUL. Yes/no is INTEGER 0 or 1; a numeric choice
 * is INTEGER; any other choice TEXT; a date TEXT as written. */
struct als_value {
    enum als_value_kind kind;
    int64_t integer;
    double number;
    const char *text;
    size_t length;
};
#define ALS_MISSING_VALUE ((struct als_value){.kind = ALS_VALUE_MISSING})
bool als_value_number(const struct als_value *value, double *out); /* false if missing or text */

/* What scores may need of the patient; NAN or ALS_SEX_UNKNOWN when not known. */
enum als_sex { ALS_SEX_UNKNOWN, ALS_SEX_MALE, ALS_SEX_FEMALE };
struct als_person {
    enum als_sex sex;
    double age_years; /* decimal, at the test */
    double height_cm;
    enum als_fvc_equation equation; /* the protocol's */
};

enum als_score_source {
    ALS_SOURCE_NONE,
    ALS_SOURCE_COMPUTED,
    ALS_SOURCE_ENTERED,
    ALS_SOURCE_PRORATED
};

struct als_score_value {
    double value; /* NAN when missing */
    enum als_score_source source;
};

/* Score `score` of the instrument from n_items values in item order. person may be NULL for scores
 * that do not need one. */
struct als_score_value als_score_compute(const struct als_instrument *instrument, size_t score,
                                         const struct als_value *values,
                                         const struct als_person *person);

/* Parse one answer as its item demands: type, range, choice, decimals. On failure returns false and
 * writes what was expected ("one of 0, 1, 2, 3, 4") to expected[size]. An empty text is missing. */
bool als_value_parse(const struct als_item *item, const char *text, size_t length,
                     struct als_value *out, char *expected, size_t size);

/* Write an answer as files have it: Y or N, choice code, number. Cut at size - 1 bytes and always
 * ended by NUL; returns the bytes written. */
size_t als_value_format(const struct als_item *item, const struct als_value *value, char *text,
                        size_t size);

/* Predicted forced vital capacity in litres, and its lower limit of normal (fifth percentile), for
 * adults of 18 to 120 years and 100 to 250 cm; NAN when age, height or sex are not known or out of
 * range. Men of 18 and 19 take the NHANES III equation for under 20.
 * NHANES III: Hankinson, Odencrantz, Fedan 1999, Am J Respir Crit Care Med 159:179, table 4,
 * Caucasian. ECSC: Quanjer et al. 1993, Eur Respir J 6 suppl 16:5, age 18 to 25 counts as 25. */
double als_fvc_predicted(enum als_fvc_equation equation, enum als_sex sex, double age_years,
                         double height_cm);
double als_fvc_lower_limit(enum als_fvc_equation equation, enum als_sex sex, double age_years,
                           double height_cm);

#endif
