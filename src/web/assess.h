/*
 * One assessment on its form: what is stored, what is in a draft, what was typed, and what is wrong
 * with it. Knows no instrument by name: everything comes from the definition through score/form.h.
 *
 * Fields of the form have the names that columns of import files have: date, mode, rater,
 * respondent, reason (why it was not done), ITEM and ITEM.reason; an item with two wordings has
 * ITEM.b and ITEM.b.reason for the second one. Names that no item can have carry the rest:
 *     row-change          change_id of the row that the form was made from
 *     why-code, why-text  why a stored value changes
 *     confirm.RULE.ITEM   why a value that a soft rule found is right
 *     leave-out           answers to a form that was not done are meant to be left out
 *     draft               version of the draft that the form was made from; "": none
 *     answer.N            answer to the query PATIENT/N (web/finding.h)
 */
#ifndef ALSTRACK_WEB_ASSESS_H
#define ALSTRACK_WEB_ASSESS_H

#include "alstrack/score/form.h"
#include "alstrack/store/draft.h"
#include "alstrack/store/entry.h"
#include "alstrack/store/history.h"
#include "alstrack/store/query.h"
#include "visit_view.h"

/* What was typed into one wording of an item and could not be taken. */
struct als_typed {
    const char *text;  /* NULL: it was taken, or there was nothing */
    const char *error; /* NULL: fine */
};

#define ALS_LEAVE_OUT "leave-out"

struct als_errors {
    struct als_html_error *items;
    size_t count, room;
};
void als_errors_add(struct als_errors *errors, struct als_arena *arena, const char *id,
                    const char *text);
bool als_errors_has(const struct als_errors *errors, const char *id);
const char *als_errors_text(const struct als_errors *errors, const char *id); /* NULL: none */

struct als_assess {
    struct als_request *request;
    struct als_visit_view visit;
    const struct als_instrument *instrument;
    const char *rater; /* NULL: none */
    int rater_no;      /* -1: not in the study yet */
    const char *url;   /* of the form */
    const char *why_not;
    bool may_ask; /* open a query about an answer */

    bool there; /* a row is stored */
    struct als_assessment stored;
    int64_t change_id; /* of that row; 0 */
    int64_t expected;  /* of the row that the form was made from; 0 */
    bool has_previous;
    struct als_assessment previous;

    struct als_form *form;
    struct als_person person;
    bool has_draft;
    struct als_draft draft;
    size_t dropped;            /* lines of the draft that the definition no longer takes */
    const char *draft_version; /* that the form was made from, "": none; NULL: whatever is there */

    struct als_errors errors;
    struct als_typed *typed; /* [2 * n_items], second wordings at odd places */
    const char *date_typed;  /* a date that is none; NULL */
    struct als_verdict_list verdicts;
    const bool *confirmed; /* [verdict]; NULL: none */
    bool ask_confirm;      /* soft verdicts wait for a text */
};

/* Of the parts {patient}, {visit}, {instrument} of the path, and of the rater that ?rater= or the
 * field names. The form is empty. als_assess_close whatever is returned. */
ALS_CHECKED enum als_status als_assess_open(struct als_request *request, struct als_assess *assess,
                                            struct als_err *err);
void als_assess_close(struct als_assess *assess);

/* Fill the form with what is stored and lay the user's draft over it. */
ALS_CHECKED enum als_status als_assess_fill(struct als_assess *assess, struct als_err *err);
/* Fill it from the fields that were sent; what cannot be taken is kept in `typed` and `errors`. */
void als_assess_read(struct als_assess *assess);

/* Add an error for what is answered and would not be stored: answers to a form that was not done,
 * unless they are meant to be left out, and answers to the wording that is not asked; and for a
 * form that was done and says nothing. */
void als_assess_check(struct als_assess *assess);

/* Was something typed that the form cannot hold? */
bool als_assess_is_garbled(const struct als_assess *assess);

/* Put an assessment into the form, head included. */
void als_assess_take(struct als_assess *assess, const struct als_assessment *from);
/* Tell the form what is known beside the answers, by its day. Again when the day has changed. */
ALS_CHECKED enum als_status als_assess_know(struct als_assess *assess, struct als_err *err);

/* Judge what is in the form; verdicts are for showing. */
ALS_CHECKED enum als_status als_assess_judge(struct als_assess *assess, struct als_err *err);

/* Is anything answered that the stored row does not hold? */
bool als_assess_is_news(const struct als_assess *assess);

/* Keep what is in the form as the user's draft; E-DRAFT when another window has kept one that holds
 * what this form does not. */
ALS_CHECKED enum als_status als_assess_keep(struct als_assess *assess, struct als_err *err);
/* The same for a form that is shown again anyhow: it may fail, as the page holds everything. */
void als_assess_keep_too(struct als_assess *assess);
/* The form is stored: end its draft, but none of another window that holds more. */
ALS_CHECKED enum als_status als_assess_end_draft(struct als_assess *assess, struct als_err *err);
struct als_draft als_assess_draft_key(const struct als_assess *assess);
struct als_assessment_key als_assess_key(const struct als_assess *assess);

/* Names and ids of an item's fields. */
const char *als_assess_field(const struct als_assess *assess, size_t item, bool second);
const char *als_assess_reason_field(const struct als_assess *assess, size_t item, bool second);

/* A UTC stamp by the clock of this machine: "14:02:11", with its day when that is not today's. */
const char *als_clock_text(struct als_arena *arena, const char *utc);

/* A page below the form's, with the rater in its query. */
const char *als_assess_url(const struct als_assess *assess, const char *below);
/* The same of another instrument at this visit, by the same rater. */
const char *als_assess_url_of(const struct als_assess *assess, const char *instrument,
                              const char *below);

/* The form as a page. */
void als_assess_show(struct als_assess *assess, struct als_response *response);

/* Yours and theirs side by side; 409. */
ALS_CHECKED enum als_status als_merge_show(struct als_assess *assess, struct als_response *response,
                                           struct als_err *err);
/* Lay the choices of that page over the form. *complete false, with errors, when one is missing. */
ALS_CHECKED enum als_status als_merge_apply(struct als_assess *assess, bool *complete,
                                            struct als_err *err);

#endif
