/*
 * The session's cookie: one value, which scripts cannot read and other sites' pages do not send.
 */
#ifndef ALSTRACK_WEB_COOKIE_H
#define ALSTRACK_WEB_COOKIE_H

#include "request.h"
#include "response.h"

/* Set it, until the browser is closed. */
void als_cookie_set(const struct als_request *request, struct als_response *response,
                    const char *name);
void als_cookie_clear(const struct als_request *request, struct als_response *response);

#endif
