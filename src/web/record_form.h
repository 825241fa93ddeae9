/*
 * Forms of records that are no assessments: patient, event, visit, adverse event. A page says which
 * fields there are and what is stored in them; drawing, showing what was typed again, finding the
 * field that an error is about, and noticing that somebody changed a field meanwhile are here.
 *
 * Fields have the names of the columns of import files, so that the store's messages, which begin
 * with the column, find them. For each field the form carries was.FIELD, the value it was made
 * with: what is stored by the time of saving must still be that. A form that is shown again for it
 * says of each such field who has changed it, when and why, and holds what is stored now in the
 * fields that were not touched.
 *
 * What is put is judged (als_recorded_judge) before it is kept; the form is then shown again with a
 * field for the reason of each soft finding (web/finding.h). Findings and open queries stand beside
 * the field that they are about (als_oddity_field); answers to queries are saved with the form.
 */
#ifndef ALSTRACK_WEB_RECORD_FORM_H
#define ALSTRACK_WEB_RECORD_FORM_H

#include "assess.h"
#include "page.h"

enum als_field_kind {
    ALS_FIELD_TEXT,
    ALS_FIELD_AREA,
    ALS_FIELD_NUMBER,
    ALS_FIELD_DAY,
    ALS_FIELD_DATE, /* may be partial */
    ALS_FIELD_SELECT,
    ALS_FIELD_RADIOS,
    ALS_FIELD_CHECKS, /* any number of the choices; values with "; " between */
    ALS_FIELD_SAID    /* shown, not asked */
};

struct als_record_field {
    const char *name, *label;
    enum als_field_kind kind;
    const char *hint, *unit;
    const struct als_input_choice *choices;
    size_t n_choices;
    const char *stored;    /* NULL or "" = nothing */
    const char *proposed;  /* shown instead while nothing is stored and nothing was sent */
    const char *list;      /* suggestions for a text: id of a <datalist> of the page; NULL */
    const char *group;     /* legend of the group that begins here; NULL */
    const char *procedure; /* whose field it is: the name without it is a column's; NULL: the
                              record's own */
    bool required;
};

struct als_record_form {
    struct als_request *request;
    struct als_record_field *fields; /* in the arena */
    size_t count, room;
    bool there;          /* stored: a change needs a reason */
    const char *why_not; /* read only */
    const char *focus;   /* field to begin with; NULL: none */
    struct als_errors errors;
    struct als_record_key key; /* of what is stored: who has changed it, and what is asked of it */
    struct als_query_list queries; /* about it, not closed; loaded by drawing it */
    size_t answered;               /* queries, by saving it */
    struct als_recorded recorded;  /* what was put, see als_record_save */
    struct als_recorded_outcome outcome;
};

/* The field is borrowed until the next is added. */
struct als_record_field *als_record_add(struct als_record_form *form, enum als_field_kind kind,
                                        const char *name, const char *label, const char *stored);
void als_record_choices(struct als_record_field *field, const struct als_input_choice *choices,
                        size_t n);
/* Choices of codes, an empty one first; labels may be NULL. In the arena. */
void als_record_codes(struct als_record_form *form, struct als_record_field *field,
                      const char *none, const char *const *codes, const char *const *labels,
                      size_t n);

/* Error summary, form, correction, button; the caller has written the head of the page and writes
 * its end. */
void als_record_show(struct als_html *html, struct als_record_form *form, const char *url,
                     const char *button);
/* The same in parts, for pages that put something between the fields and the buttons. */
void als_record_begin(struct als_html *html, struct als_record_form *form, const char *url);
void als_record_end(struct als_html *html, struct als_record_form *form, const char *button);

/* was.FIELD for each field, for a form beside that one which changes the same record. */
void als_record_was(struct als_html *html, const struct als_record_form *form);
/* Such a form that takes the record out, with a reason; what it is `about`, and what to confirm. */
void als_record_removal(struct als_html *html, const struct als_record_form *form, const char *url,
                        const char *about, const char *confirm);

/* What was sent; NULL for nothing. */
const char *als_record_value(const struct als_record_form *form, const char *name);
/* All fields of that name with "; " between. */
const char *als_record_joined(const struct als_record_form *form, const char *name);
/* A day or a number that was sent; an error is added for what is none. */
int als_record_day(struct als_record_form *form, const char *name);
double als_record_number(struct als_record_form *form, const char *name);

/* Open the change set of a POST, before anything is loaded, so that what is compared is what is
 * there when it is written. Nothing for a GET. */
ALS_CHECKED enum als_status als_record_open(struct als_request *request, const char *command,
                                            struct als_err *err);

/* Writes what was sent, inside that change set, and says in form->recorded what it has put: record,
 * item, visit, and the patient last, which stays 0 when nothing was put. */
typedef enum als_status als_record_put_fn(struct als_record_form *form, void *context,
                                          struct als_err *err);
/* Compare the form with what is stored now, put, judge, commit. *code 0: stored. Else the change
 * set is abandoned, the errors say why, and the form is to be shown again with that HTTP status:
 * 409 when a field is not what the form was made with, 422 for what was typed and for what rules
 * ask about, 403, 503. */
ALS_CHECKED enum als_status als_record_save(struct als_record_form *form, als_record_put_fn *put,
                                            void *context, int *code, struct als_err *err);

/* Say on the next page that it is saved, and what rules say of it. */
void als_record_tell(const struct als_record_form *form, const char *saved);

#endif
