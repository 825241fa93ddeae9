/*
 * Who may ask, as far as the request itself tells: pure checks of headers, tested one by one.
 */
#ifndef ALSTRACK_WEB_GUARD_H
#define ALSTRACK_WEB_GUARD_H

#include <stdbool.h>

#include "http.h"
#include "server.h"

/* Host is there once and is one of ours: a foreign name that someone let point to this machine
 * (DNS rebinding) gets nothing. */
bool als_guard_host(const struct als_server *server, const struct als_http_message *message);

/* A POST comes from a page of ours. Browsers say so in Origin and Sec-Fetch-Site: each that is
 * there must say it, and one must be there. `Origin: null` says nothing (pages with no-referrer
 * send it) and needs the other. */
bool als_guard_origin(const struct als_server *server, const struct als_http_message *message);

/* The form's token is the session's. */
bool als_guard_token(const struct als_request *request);

#endif
