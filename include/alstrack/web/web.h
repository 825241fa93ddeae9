/*
 * The local web page: forms and views of one study, served by the program itself. Every page, style
 * and script comes out of the binary; nothing is fetched from elsewhere, nothing is left in the
 * browser.
 *
 * Who may look: in a study without users, whoever opened the one-time link; in a study with users,
 * who logged in. The server binds the loopback addresses unless told otherwise, and beyond loopback
 * only with TLS or behind a proxy that speaks TLS.
 *
 * While it serves, the study is in write-ahead mode, so that readers and a writer do not wait for
 * each other; at the end it is one file again.
 */
#ifndef ALSTRACK_WEB_WEB_H
#define ALSTRACK_WEB_WEB_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/err.h"

struct als_web_config {
    const char *study;   /* path of the study file */
    const char *version; /* of the program, for the footer */
    const char *user;    /* who acts in a study without users; recorded as unauthenticated */
    int as_of_day; /* "today" on every page, and later records are left out; ALS_NO_DAY: the clock
                    */

    int port;                 /* 0: a free one */
    const char *listen;       /* an address; NULL: 127.0.0.1 and ::1 */
    const char *const *hosts; /* names by which browsers reach the page, besides loopback ones */
    size_t n_hosts;
    const char *tls_cert, *tls_key; /* PEM files; both or neither */
    bool proxy;                     /* behind a proxy that ends TLS */

    /* Told when the server answers (first), and again, from another thread, when whoever was in
     * has left: an address that opens the page in a study without users, the page's address else.
     * May be NULL. */
    void (*ready)(const char *url, bool first, void *context);
    void *context;
};

/* Serve until SIGINT or SIGTERM, then tidy up; a second one ends the program at once. ALS_USAGE
 * for a configuration that would expose the study (E-LISTEN, E-TLS), ALS_UNAVAILABLE when the port
 * is taken (E-PORT), otherwise what opening the study says. */
ALS_CHECKED enum als_status als_web_serve(const struct als_web_config *config, struct als_err *err);

#endif
