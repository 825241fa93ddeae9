/*
 * One assessment as it is filled in: what to ask, in which words, what was answered, what is still
 * missing, and the totals so far. Pure: it knows the definition, the answers and what is known of
 * the patient; nothing of screens, keys pressed or the study. Terminal and web pages are drawn from
 * it, so that neither can ask differently from the other.
 *
 * Order of questions is the order of the items. An item whose `applies` is false is not asked; its
 * answer is kept in the form but left out of what is stored. An item with two wordings (5a, 5b)
 * keeps an answer to each: when the condition `variant` changes, the answer to the other wording is
 * put aside and comes back when it changes back. Only the one in force is stored.
 *
 * A choice with a `prefill` condition that is true answers its item until someone else does: such
 * an answer is ALS_ANSWER_PREFILLED and costs no key.
 *
 * Ownership: a form owns copies of all texts put into it; what it hands out is borrowed until the
 * form changes or ends. The instrument and what als_form_know was given must outlive the form.
 */
#ifndef ALSTRACK_SCORE_FORM_H
#define ALSTRACK_SCORE_FORM_H

#include "alstrack/core/buf.h"
#include "alstrack/core/date.h"
#include "alstrack/score/score.h"

struct als_form;

/* What is known beside the answers; for conditions, scores and the look back. Borrowed. */
struct als_form_known {
    const struct als_person *person; /* NULL: not known */
    const char *const *events;       /* names of events that happened by the day */
    size_t n_events;
    const struct als_value *previous; /* n_items, of the assessment before; NULL: there is none */
    int previous_day;                 /* its day */
    const char *previous_rater;       /* NULL: not named */
    bool stored; /* the form corrects a stored assessment: nothing is prefilled */
};

struct als_form *als_form_new(const struct als_instrument *instrument);
void als_form_free(struct als_form *form); /* NULL is fine */
const struct als_instrument *als_form_instrument(const struct als_form *form);
/* Take what is known; prefilled answers follow it. */
void als_form_know(struct als_form *form, const struct als_form_known *known);

/* ---- About the whole assessment ---- */

struct als_form_head {
    int day;                               /* ALS_NO_DAY: not said */
    const char *mode, *respondent, *rater; /* NULL: not said */
    bool not_done;
    const char *reason; /* why it was not done: a code of score/reason.h */
};
const struct als_form_head *als_form_head(const struct als_form *form);
void als_form_set_head(struct als_form *form, const struct als_form_head *head); /* copies */

/* ---- Answers ---- */

enum als_answer {
    ALS_ANSWER_NONE,
    ALS_ANSWER_PREFILLED, /* by a condition of the definition; nobody has said otherwise */
    ALS_ANSWER_GIVEN,
    ALS_ANSWER_MISSING /* with a coded reason */
};

/* Answer from a text as als_value_parse takes it (choice code, number, Y or N, date). An empty text
 * takes the answer and its reason away. On failure the form is unchanged, false is returned and
 * expected[size] says what was expected. */
bool als_form_answer(struct als_form *form, size_t item, const char *text, char *expected,
                     size_t size);
/* A value as it is stored, such as one read from the study. */
void als_form_set_value(struct als_form *form, size_t item, const struct als_value *value);
/* There is no answer, for a coded reason; false if it is no such code. NULL or "" clears. */
bool als_form_set_missing(struct als_form *form, size_t item, const char *reason);
void als_form_clear(struct als_form *form, size_t item);
/* The same for one wording of an item, in force or put aside: for a page that shows both. */
bool als_form_answer_wording(struct als_form *form, size_t item, bool second, const char *text,
                             char *expected, size_t size);
bool als_form_set_missing_wording(struct als_form *form, size_t item, bool second,
                                  const char *reason);
/* Has anything been answered, put aside or given a reason by somebody? Prefilled is not. */
bool als_form_is_touched(const struct als_form *form);
/* How many questions have an answer, put aside or not, or a reason: what saving leaves out when the
 * whole was not done. Which wording was asked is no question. */
size_t als_form_said(struct als_form *form);

/* ---- Questions ---- */

struct als_form_choice {
    char key;          /* '0' to '9', Y and N; NUL when there are more choices than digits */
    const char *code;  /* what als_form_answer takes */
    const char *label; /* in the wording in force */
};

struct als_question {
    size_t item;
    const struct als_item *definition;
    const char *label; /* in the wording in force */
    bool second_wording;
    bool applies;
    bool selects_wording; /* its answer decides how another item is worded */
    size_t number; /* 1, 2 … for people; an item that selects a wording has the number of the next
                      item and is not counted itself */
    const struct als_form_choice *choices; /* choice and yes/no; else NULL */
    size_t n_choices;
    bool one_key; /* one key answers: choices with keys, integers of one digit */
    enum als_answer state;
    struct als_value value;   /* missing unless answered */
    const char *text;         /* the answer as als_form_answer takes it; "" for none */
    const char *reason;       /* ALS_ANSWER_MISSING: the code; else NULL */
    const char *answer_label; /* the answer for people: choice's label, number with unit; "" */
    const char *aside_label;  /* answer to the other wording that is put aside; NULL: none */
    const char *aside_text;   /* the same as als_form_answer takes it; "" for none */
};

/* Everything about the question of an item. Borrowed until the form changes. */
const struct als_question *als_form_question(struct als_form *form, size_t item);
size_t als_form_count(const struct als_form *form); /* questions that count, for "3 of 12" */
/* The code that a key stands for at this question, or NULL. Letters in either case. */
const char *als_question_code_of(const struct als_question *question, char key);

/* The next item after `from` (-1: from the start) that applies; `unanswered`: and has neither
 * answer nor reason. -1 if there is none. */
ptrdiff_t als_form_next(struct als_form *form, ptrdiff_t from, bool unanswered);
/* The one before `from` (n_items: from the end) that applies and was not prefilled; -1 if none. */
ptrdiff_t als_form_previous(struct als_form *form, ptrdiff_t from);
/* Items that apply, are required and have neither answer nor reason. items may be NULL. */
size_t als_form_missing(struct als_form *form, size_t *items);

/* The previous assessment's answer as als_form_answer takes it, and for people in the wording
 * that it was asked in; "" if there is none. */
const char *als_form_previous_text(struct als_form *form, size_t item);
const char *als_form_previous_label(struct als_form *form, size_t item);

/* ---- Scores ---- */

struct als_form_score {
    const struct als_score *score;
    double value;     /* NAN while it cannot be computed */
    double so_far;    /* sum of what is answered; NAN when it is not a sum or nothing is answered */
    double greatest;  /* score.max; NAN when unbounded */
    double reachable; /* so_far and the most that the open items can add; NAN as so_far */
    size_t answered, items;
    enum als_score_source source;
};
void als_form_score(struct als_form *form, size_t score, struct als_form_score *out);
/* For status lines; nothing for an instrument without such scores. The main score: "Total 17 so far
 * (5 of 10), at most 37 of 40", "Total 38/48". The domains: "Bulbar 12/12 | Fine motor 5/12 so far
 * | Gross motor -". Both in one line. `out` must be empty. */
void als_form_total(struct als_form *form, struct als_buf *out);
void als_form_domains(struct als_form *form, struct als_buf *out);
void als_form_status(struct als_form *form, struct als_buf *out);

/* ---- Results and drafts ---- */

/* What is to be stored: [n_items] each, borrowed. Items that do not apply are missing, without a
 * reason; those of a not-done assessment too. */
const struct als_value *als_form_values(struct als_form *form);
const char *const *als_form_reasons(struct als_form *form);

/* Everything in the form as text, answers put aside included, and back. Lines that the definition
 * no longer knows, or whose answer it no longer allows, are left out and counted in *dropped (may
 * be NULL); prefilled answers are not written. */
void als_form_write(const struct als_form *form, struct als_buf *out);
void als_form_read(struct als_form *form, const char *text, size_t *dropped);

#endif
