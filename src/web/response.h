/*
 * An answer under construction: status, type, headers, body. A handler fills it; what every answer
 * carries (content policy, no-store …) is added when it is sent.
 *
 * A header's value with a line end or another control character ends the program: header values
 * are made by als_response_* and als_url from checked parts, never from what a request said.
 */
#ifndef ALSTRACK_WEB_RESPONSE_H
#define ALSTRACK_WEB_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"

struct als_response {
    int status;              /* 200 to begin with */
    const char *type;        /* text/html; charset=utf-8 to begin with */
    struct als_buf body;     /* owned */
    int file;                /* a file sent instead of body, closed afterwards; -1: none */
    char nonce[33];          /* of the one script that the page may run; "" for none */
    bool last;               /* close the connection afterwards */
    struct als_arena *arena; /* of headers; owned */
    struct als_response_header {
        const char *name, *value;
    } headers[20];
    size_t n_headers;
};

void als_response_init(struct als_response *response);
void als_response_release(struct als_response *response);
/* As after init, but what is in `headers` stays: for an error page after half a page. */
void als_response_clear(struct als_response *response);

/* Another header. name is a literal. */
void als_response_header(struct als_response *response, const char *name, const char *value);

/* 303 See other: after a POST, so that reloading repeats nothing. url comes from als_url. */
void als_response_redirect(struct als_response *response, const char *url);

/* The answer is to be saved under this name; characters that a name should not have become `-`. */
void als_response_attachment(struct als_response *response, const char *type, const char *name);

/* The answer is JSON: {"texts": {...}} or what else the script of the page expects. */
void als_response_json(struct als_response *response);
/* A text as a JSON string, quotes included, at the end of the body. */
void als_response_json_text(struct als_response *response, const char *text);

/* The answer is a file on disk: its descriptor now belongs to the response. */
void als_response_file(struct als_response *response, int file);

/* Headers that every answer has, as a policy of the page (response.c lists them). Called once, by
 * the one who sends. */
void als_response_protect(struct als_response *response, bool tls);

#endif
