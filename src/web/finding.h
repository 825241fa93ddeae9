/*
 * What rules and people ask about a form, drawn where it belongs: verdicts with fields for the
 * reasons, and queries that are not closed with fields for the answers. For assessments and other
 * records alike. The answers go with the form that they stand in:
 *     answer.N    the answer to the query PATIENT/N; blank: none
 *     said.N      how much had been said of it when the form was made
 */
#ifndef ALSTRACK_WEB_FINDING_H
#define ALSTRACK_WEB_FINDING_H

#include "alstrack/store/entry.h"
#include "alstrack/store/query.h"
#include "page.h"

/* Name and id of the field for the reason: confirm.RULE.ITEM; item NULL: confirm.RULE. with
 * nothing behind. */
const char *als_confirm_field(struct als_arena *arena, const struct als_verdict *verdict,
                              const char *item);

/* A box; with the field of that name for the reason unless it is NULL. */
void als_html_verdict(struct als_html *html, const struct als_verdict *verdict, const char *field);

/* A sentence behind others: " Unusual about alsfrs speech at MN3: … [ITEM_UP]."; where "": of what
 * was just saved. Of each that is new about other records. How many queries were opened, if any. */
void als_verdict_say(const struct als_verdict *verdict, const char *where, struct als_buf *text);
void als_news_say(const struct als_request *request, const struct als_news *news,
                  struct als_buf *text);
void als_queries_say(size_t opened, struct als_buf *text);

/* The reasons that were sent and are not blank, in the request's arena; instrument NULL: of a
 * record without items. */
struct als_justification *als_request_confirmations(const struct als_request *request,
                                                    const struct als_instrument *instrument,
                                                    size_t *n);

/* The queries about a record that are not closed; none when they cannot be read. */
struct als_query_list als_request_open_queries(struct als_request *request, int64_t patient_id,
                                               const char *record, int visit_no);
/* One of them: its state, question, age and last word, and a field for the answer where the user
 * may give one and the form can be sent. error: what is wrong with the answer; NULL. button: may be
 * answered alone, by a button do=answer. */
struct als_query_box {
    const struct als_query *query;
    const char *error;
    bool open, button;
};
void als_html_query(struct als_html *html, const struct als_query_box *box);
/* Name and id of the field. */
const char *als_answer_field(struct als_arena *arena, const struct als_query *query);

/* Was any answer sent? */
bool als_request_answers_any(const struct als_request *request);
/* Store the answers that were sent inside the open change set; *n counts them. ALS_DATA with
 * E-ANSWERED when somebody has said something to one meanwhile, *field then names it. */
ALS_CHECKED enum als_status als_request_answer(struct als_request *request, const char *patient,
                                               size_t *n, const char **field, struct als_err *err);

/* Nobody answers or closes what somebody else has said something to meanwhile, unread: `said` is
 * n_steps as text when the form was made, NULL: not looked at. */
ALS_CHECKED enum als_status als_query_is_read(const struct als_request *request,
                                              const struct als_query *query, const char *said,
                                              struct als_err *err);

#endif
