/*
 * What the files of a form share. The state is what people said; everything shown or stored is
 * composed from it when asked for, and thrown away when it changes.
 */
#ifndef ALSTRACK_SRC_SCORE_FORM_INT_H
#define ALSTRACK_SRC_SCORE_FORM_INT_H

#include "alstrack/core/alloc.h"
#include "alstrack/score/expr_eval.h"
#include "alstrack/score/form.h"
#include "alstrack/score/judge.h"

/* What somebody said about one wording of an item: a value, or the reason why there is none. */
struct form_slot {
    struct als_value value; /* a text is `text` */
    char *text;             /* owned */
    const char *reason;     /* a code of score/reason.h */
};

struct form_item {
    struct form_slot now, aside;
    bool second;          /* `now` is about the second wording */
    bool applies;         /* composed */
    bool prefilled;       /* composed */
    bool selects_wording; /* fixed by the definition */
    size_t number;        /* likewise */
};

struct als_form {
    const struct als_instrument *instrument;
    struct als_judge *judge; /* owned; of conditions */
    struct als_form_known known;
    struct als_form_head head;
    char *mode, *respondent, *rater; /* owned texts of head */
    struct form_item *items;         /* [n_items] */
    size_t n_numbers;
    struct als_value *values; /* [n_items] composed: as stored */
    const char **reasons;     /* likewise */
    struct als_arena *shown;  /* what was handed out since the last change */
    bool fresh;               /* what is composed holds */
};

/* Bring wording, prefilled answers and what applies up to date. */
void form_compose(struct als_form *form);
/* Something was said: what is composed and handed out no longer holds. */
void form_changed(struct als_form *form);
/* Of a condition when the answers are `values`. */
enum als_truth form_truth(const struct als_form *form, const struct als_value *values,
                          const struct als_expr *expr);

void form_slot_clear(struct form_slot *slot);
bool form_slot_is_empty(const struct form_slot *slot);
void form_slot_put(struct form_slot *slot, const struct als_value *value);

#endif
