/*
 * The HTTP server library, behind two functions: one that says whether a request is read at all,
 * and one that answers it. http.c is the only file that knows the library.
 *
 * Limits kept here, before anyone else sees a request: head of the request, body, time from
 * its first byte to its last, idle time, number of connections. One thread per connection.
 */
#ifndef ALSTRACK_WEB_HTTP_H
#define ALSTRACK_WEB_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/err.h"
#include "response.h"

#define ALS_HTTP_BODY_MOST    (1024 * 1024) /* bytes */
#define ALS_HTTP_HEAD_MOST    (8 * 1024)
#define ALS_HTTP_TIME_SECONDS 10
#define ALS_HTTP_CONNECTIONS  256
#define ALS_HTTP_PER_ADDRESS  64 /* connections of one address: it cannot shut out the others */

struct als_http_header {
    const char *name, *value;
};

/* A request as it came in. Everything is borrowed during the call. */
struct als_http_message {
    const char *method; /* "GET" */
    const char *target; /* as sent: path and query, nothing decoded */
    const struct als_http_header *headers;
    size_t n_headers;
    const char *body; /* "" while it is not read */
    size_t body_length;
    int refusal; /* 411, 413 or 431 when a limit was met: answer so; else 0 */
};

struct als_http_handler {
    /* Asked when the head is there. False: `response` is the answer, the body is not read and the
     * connection ends. */
    bool (*admit)(const struct als_http_message *message, struct als_response *response,
                  void *context);
    void (*answer)(const struct als_http_message *message, struct als_response *response,
                   void *context);
    void *context;
};

/* Value of a header by its name in any case; NULL if there is none or it is there more than once,
 * which *n (may be NULL) tells apart. */
const char *als_http_header(const struct als_http_message *message, const char *name, size_t *n);

struct als_http;

/* Serve on listening sockets, which then belong to the server. certificate and key are PEM texts,
 * NULL without TLS. */
ALS_CHECKED enum als_status als_http_start(const int *sockets, size_t n, const char *certificate,
                                           const char *key, const struct als_http_handler *handler,
                                           struct als_http **out, struct als_err *err);
/* Stop listening, let requests under way end, close. NULL is fine. */
void als_http_stop(struct als_http *http);

#endif
