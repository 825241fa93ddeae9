/*
 * Drawing an assessment's form: what assess_show.c and assess_item.c share.
 */
#ifndef ALSTRACK_WEB_ASSESS_SHOW_H
#define ALSTRACK_WEB_ASSESS_SHOW_H

#include "assess.h"
#include "finding.h"

struct als_assess_page {
    struct als_html html;
    struct als_assess *assess;
    struct als_query_list queries; /* not closed, on this assessment */
};

/* One item with everything that belongs to it. */
void als_assess_item(struct als_assess_page *page, size_t item);

/* Verdicts that point at the item (-1: at the whole), with a field for the reason where one is
 * asked for; then the queries. */
void als_assess_findings(struct als_assess_page *page, ptrdiff_t item);
/* Name and id of that field. */
const char *als_assess_confirm_field(const struct als_assess *assess,
                                     const struct als_verdict *verdict);

/* "5b. Fastenings and devices": number and wording. */
const char *als_assess_label(struct als_arena *arena, const struct als_question *question,
                             bool second);
/* "before, MN3: 3 slow but legible; now -1"; "" while the item has no answer or there was no
 * assessment before. */
const char *als_assess_before_text(struct als_assess *assess, size_t item);
/* Is the part of the form about this wording of the item open: does it apply, is it in force? */
bool als_assess_is_open(struct als_assess *assess, size_t item, bool second);

/* Coded reasons as choices, the first of them none. */
const struct als_input_choice *als_reason_choices(struct als_arena *arena, const char *none,
                                                  size_t *n);
/* Fields why-code and why-text; and what they say, NULL if nothing. */
void als_html_correction(struct als_html *page, const char *error);
const char *als_request_why(const struct als_request *request);

/* A code as words: "too_weak" is "too weak". */
const char *als_code_words(struct als_arena *arena, const char *code);

#endif
