/*
 * Which addresses are served, and under which names browsers may ask for them.
 */
#ifndef ALSTRACK_WEB_LISTEN_H
#define ALSTRACK_WEB_LISTEN_H

#include "alstrack/core/alloc.h"
#include "alstrack/web/web.h"

struct als_listen {
    int sockets[2];
    size_t n;
    int port;
};

/* Refuse a configuration that would expose the study (E-LISTEN, E-TLS, E-HOST). */
ALS_CHECKED enum als_status als_listen_check(const struct als_web_config *config,
                                             struct als_err *err);
/* Bind: the given address, else both loopback ones under one port. ALS_UNAVAILABLE, E-PORT. */
ALS_CHECKED enum als_status als_listen_open(const struct als_web_config *config,
                                            struct als_listen *out, struct als_err *err);

/* Values of the header Host that are ours: loopback names and the address with the port, and the
 * names of the configuration with it and, behind a proxy, without. In small letters. */
const char *const *als_listen_hosts(const struct als_web_config *config, int port,
                                    struct als_arena *arena, size_t *n);

bool als_is_loopback(const char *address);

#endif
