/*
 * Forms that arrive when their session has ended. What was typed is not lost: it comes along
 * through the login in hidden fields, is shown, and is sent again when the person says so. It was
 * typed on a page of this server (als_guard_origin holds for it); passwords never come along.
 */
#ifndef ALSTRACK_WEB_CARRY_H
#define ALSTRACK_WEB_CARRY_H

#include "page.h"

/* Is this the login of a form that waits? */
bool als_carry_waits(const struct als_request *request);

/* Hidden fields for the login form: what waits, or what has just arrived. */
void als_carry_along(struct als_html *page);

/* The page with what waits or has just arrived, and a button that sends it in this session. first:
 * what is to be done before that; NULL for nothing. */
void als_carry_offer(struct als_request *request, struct als_response *response, int status,
                     const char *first);

#endif
