/*
 * The running server: what all requests share. One per process.
 */
#ifndef ALSTRACK_WEB_SERVER_H
#define ALSTRACK_WEB_SERVER_H

#include <pthread.h>

#include "alstrack/web/web.h"
#include "http.h"
#include "link.h"
#include "pool.h"
#include "session.h"

struct als_server {
    const struct als_web_config *config;
    const char *scheme; /* http, or https under TLS and behind a proxy */
    bool secure;        /* browsers speak TLS to us, or to the proxy */
    int port;
    char cookie[32];          /* name of the session's cookie: cookies know no ports */
    const char *const *hosts; /* values of Host that are ours, in small letters */
    size_t n_hosts;
    struct als_pool *pool;
    struct als_web_sessions *sessions;
    struct als_web_link *link; /* the one-time link; not told in a study with users */
    pthread_mutex_t login;     /* passwords are checked one at a time: each takes 19 MiB */
};

/* Seconds that never go back, and that also pass while the machine sleeps. */
double als_server_clock(void);

/* Handler of http.h over a server. */
struct als_http_handler als_server_handler(struct als_server *server);

/* Tell where the page is, with a link's token unless it is NULL (config->ready). */
void als_server_tell(const struct als_server *server, const char *token, bool first);

/* May this answer be given? Fills the rest of the request (who.c): whose session it is, and the
 * store acts as them. *in: somebody is logged in. */
ALS_CHECKED enum als_status als_server_identify(struct als_request *request, bool *in,
                                                struct als_err *err);

/* An error page, with the layout if the request has come so far (request may be NULL). */
void als_server_refuse(struct als_server *server, struct als_request *request,
                       struct als_response *response, int status, const char *title,
                       const char *text, const char *hint);

#endif
