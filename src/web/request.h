/*
 * What a handler gets: a request that has passed every check (host, session, token, needed act),
 * decoded, with a study to work on. It ends with the answer; so does everything in its arena.
 */
#ifndef ALSTRACK_WEB_REQUEST_H
#define ALSTRACK_WEB_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "alstrack/core/alloc.h"
#include "alstrack/store/change.h"
#include "alstrack/store/people.h"
#include "alstrack/store/store.h"
#include "fields.h"
#include "response.h"

struct als_route;       /* route.h */
struct als_web_session; /* session.h */
struct als_server;      /* server.h */

enum als_method { ALS_GET, ALS_POST };

struct als_request {
    enum als_method method; /* HEAD comes as ALS_GET, its body is dropped when sent */
    bool peek;              /* HEAD, or fetched before anybody asked for it: nothing may happen */
    const char *url;        /* path and query as sent: a link back to this page */
    const struct als_route *route;
    struct als_fields parts; /* named parts of the path: {patient} has the name "patient" */
    struct als_fields query;
    struct als_fields form; /* of a POST; none otherwise */
    struct als_fields cookies;
    struct als_arena *arena;
    /* For reading; for writing too when the route says so, and then no other request of this
     * server writes until the answer is made. Texts borrowed from it end with the request. NULL
     * for a route that asks for no study. */
    struct als_store *store;
    struct als_web_session *session; /* NULL when nobody is logged in (public pages only) */
    const char *user;                /* who acts; NULL likewise */
    const struct als_user *actor; /* the same with role and sites; NULL in a study without users */
    bool authenticated;           /* by a password; false in a study without users */
    int today;
    struct als_server *server;
};

/* Named part of the path; asking for one that the route does not have is a bug. */
const char *als_request_part(const struct als_request *request, const char *name);
/* NULL if there is none. */
const char *als_request_query(const struct als_request *request, const char *name);
const char *als_request_form(const struct als_request *request, const char *name);
/* The same, where an empty field counts as none. */
const char *als_request_given(const struct als_request *request, const char *name);

/* A field that holds a path of this server, for going on to; NULL for none, or for anything that a
 * browser could take for an address elsewhere. */
const char *als_request_path(const struct als_request *request, const char *name);

/* The same of the query: what a filter chose; NULL for an empty field. */
const char *als_request_chosen(const struct als_request *request, const char *name);

/* A path with its parts encoded: als_url(arena, "/patients/{}/visits/{}?page={}", patient, visit,
 * page); as many texts as there are {}. */
#define als_url(arena, pattern, ...)                                                               \
    als_url_with(arena, pattern, (const char *const[]){__VA_ARGS__, NULL})
const char *als_url_with(struct als_arena *arena, const char *pattern, const char *const *texts);

/* Who, when, why for als_change_begin: the page's user, `command` such as "web visit form", and the
 * reason that the form gave (NULL or blank: none). */
struct als_change_info als_request_change(const struct als_request *request, const char *command,
                                          const char *reason);

/* Say something on the next page that this session sees: after a POST, before its redirect. */
enum als_flash { ALS_FLASH_DONE, ALS_FLASH_WARNING, ALS_FLASH_ERROR };
__attribute__((format(printf, 3, 4))) void
als_request_flash(const struct als_request *request, enum als_flash kind, const char *format, ...);

#endif
