/*
 * What rules say of a form, drawn where it belongs, with fields for the reasons; for assessments
 * and other records alike.
 */
#ifndef ALSTRACK_WEB_FINDING_H
#define ALSTRACK_WEB_FINDING_H

#include "alstrack/store/entry.h"
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

#endif
