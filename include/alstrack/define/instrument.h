/*
 * What is measured: items, their choices and ranges, and the scores made of them. Read from a YAML
 * file (schema/instruments/README.md describes the keys), immutable afterwards.
 *
 * Everything else follows from this one structure: entry forms, import columns, validation, the
 * table in the study, generated score columns, export columns, labels and chart axes.
 *
 * Ownership: an instrument and all it points to live in its arena and end with
 * als_instrument_free. Order of items, choices and scores is the file's order.
 */
#ifndef ALSTRACK_DEFINE_INSTRUMENT_H
#define ALSTRACK_DEFINE_INSTRUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/diag.h"
#include "alstrack/core/err.h"
#include "alstrack/define/expr.h"

enum als_item_type {
    ALS_ITEM_INTEGER, /* stored INTEGER */
    ALS_ITEM_NUMBER,  /* stored REAL */
    ALS_ITEM_CHOICE,  /* stored as the choice's code: INTEGER if all codes are whole numbers, else
                         TEXT */
    ALS_ITEM_TEXT,    /* stored TEXT */
    ALS_ITEM_DATE,    /* stored TEXT, ISO 8601, partial allowed */
    ALS_ITEM_YESNO    /* stored INTEGER 0 or 1; written Y or N in files */
};

struct als_choice {
    const char *code;    /* what is stored and written in files */
    int64_t number;      /* the code as a number when the item's codes are numeric */
    const char *label;   /* our own paraphrase */
    const char *label_b; /* wording when the item's variant condition holds (5b); NULL = label */
    const struct als_expr *prefill; /* when true, a form takes this answer until someone says
                                       otherwise; NULL = never */
};

struct als_item {
    const char *code; /* [a-z][a-z0-9_]{0,39}, unique in the instrument, the import column */
    const char *label;
    const char *label_b; /* label when `variant` holds; NULL = label */
    enum als_item_type type;
    bool required; /* a done assessment without it is incomplete (a warning), default true */
    bool has_min, has_max;
    double min, max;     /* inclusive */
    int decimals;        /* most decimals accepted for a number; -1 = any */
    const char *unit;    /* NULL if none */
    bool numeric_choice; /* choice whose codes are all whole numbers */
    const struct als_choice *choices;
    size_t n_choices;
    const struct als_expr *applies; /* asked only when not false; NULL = always */
    const struct als_expr *variant; /* when true, label_b and the choices' label_b are shown */
    const char *testcd;             /* exchange code, at most 8 characters; NULL if none */
    const char *help;
};

enum als_score_kind {
    ALS_SCORE_SUM,             /* sum of `items` plus mean of `mean_items` */
    ALS_SCORE_MEAN,            /* mean of `items` */
    ALS_SCORE_COPY,            /* items[0] */
    ALS_SCORE_PERCENT_NHANES3, /* 100 * items[0] / predicted FVC, needs the patient */
    ALS_SCORE_PERCENT_ECSC,
    ALS_SCORE_PERCENT_PROTOCOL, /* the protocol's equation, else items[1] (entered percent) */
};

enum als_missing_rule {
    ALS_MISSING_STRICT,  /* any missing item: no score */
    ALS_MISSING_PRORATED /* at least min_answered: mean of answered * number of items; flagged */
};

struct als_score {
    const char *code; /* unique among items and scores of the instrument */
    const char *label;
    enum als_score_kind kind;
    const size_t *items; /* indexes into als_instrument.items */
    size_t n_items;
    const size_t *mean_items;
    size_t n_mean_items;
    enum als_missing_rule missing;
    size_t min_answered;
    double min, max;  /* possible range, computed from the items when not given; for axes */
    const char *unit; /* "points", "%" … */
    bool derived;     /* stands for another instrument's score (ALSFRS from ALSFRS-R) */
    const char *derived_measure; /* the measure that it stands for, such as alsfrs.total */
    bool domain;                 /* drawn as a small panel beside the main score */
    const char *testcd;
};

enum als_rule_level { ALS_RULE_HARD, ALS_RULE_SOFT, ALS_RULE_INFO };

struct als_rule {
    const char *code; /* [A-Z][A-Z0-9_]* */
    enum als_rule_level level;
    /* The rule fires when true. Names: ITEM, SCORE, answered.ITEM, previous.X (at the assessment
     * before), change.X and months (since then), rater.changed, mode, event.NAME (on or before this
     * date), patient.sex, patient.age. */
    const struct als_expr *when;
    /* Items for each of which `when` is judged, with item, previous.item, change.item and
     * answered.item standing for it; n_each 0: judged once. */
    const size_t *each;
    size_t n_each;
    const char *message;
    size_t line; /* in the definition file */
};

struct als_instrument {
    const char *code; /* [a-z][a-z0-9-]{0,31}; hyphens become underscores in table names */
    const char *title;
    const char *short_title; /* for axes and tabs */
    const char *version;
    const char *citation;
    const char *licence;
    bool higher_is_better;
    const char *main_score; /* score or item drawn and analysed by default; NULL: no scores */
    const struct als_item *items;
    size_t n_items;
    const struct als_score *scores;
    size_t n_scores;
    const struct als_rule *rules;
    size_t n_rules;
    const char *source; /* the YAML text, kept for people who read the study */
    struct als_arena *arena;
};

/* Read and validate a definition. `name` is used in messages. All semantic mistakes are sent to
 * sink with line and column, a syntax error ends the reading. Returns NULL if there was an error.
 */
struct als_instrument *als_instrument_parse(const char *name, const char *text, size_t length,
                                            const struct als_sink *sink);
void als_instrument_free(struct als_instrument *instrument); /* NULL is fine */

/* -1 when there is none. */
ptrdiff_t als_instrument_item(const struct als_instrument *instrument, const char *code);
ptrdiff_t als_instrument_score(const struct als_instrument *instrument, const char *code);

/* Least and greatest number that an answer or a score can be; -INFINITY and INFINITY where there is
 * no bound. */
void als_item_bounds(const struct als_item *item, double *min, double *max);
void als_score_bounds(const struct als_score *score, double *min, double *max);

/* Does the rule look at the assessment before? */
bool als_rule_looks_back(const struct als_rule *rule);
bool als_name_looks_back(const char *name); /* one of a condition */

/* Do its answers count as numbers? */
bool als_item_is_numeric(const struct als_item *item);

/* True for scores that depend only on the row's own items (generated columns in the study). */
bool als_score_is_own(const struct als_score *score);

/* Are two versions compatible? Sends every change that design allows as info and every destructive
 * one (removed item, other type, narrower range, removed choice) as an error. A change of what a
 * score means (its items, kind or missing rule, its removal) is a warning, W-SCORE: scores of
 * stored rows change with it. Returns the number of destructive changes. */
size_t als_instrument_compare(const struct als_instrument *old_one,
                              const struct als_instrument *new_one, const struct als_sink *sink);

/* Compact form that loads without YAML. The bytes start with a format number and end with a
 * checksum; unpacking refuses anything else (ALS_DATA). */
struct als_buf;
void als_instrument_pack(const struct als_instrument *instrument, struct als_buf *out);
ALS_CHECKED enum als_status als_instrument_unpack(const void *bytes, size_t length,
                                                  struct als_instrument **out, struct als_err *err);

#endif
