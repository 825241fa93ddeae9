/*
 * The one table of routes (routes.c). What is not in it is answered 404, and with another method
 * 405. A handler need not ask
 * for its act again, but for the patient it is about (als_may with the patient's id) when it writes
 * what the store does not guard. Adding a page: a file page_NAME.c, its handlers in pages.h, and a
 * row per handler.
 */
#ifndef ALSTRACK_WEB_ROUTE_H
#define ALSTRACK_WEB_ROUTE_H

#include "alstrack/core/err.h"
#include "alstrack/store/people.h"
#include "request.h"
#include "response.h"

/* Fill the response. A status other than ALS_OK makes an error page of err instead, whatever was
 * written: ALS_NO_INPUT 404, ALS_NOT_PERMITTED 403, ALS_BUSY 503, ALS_USAGE and ALS_DATA 400,
 * others 500. A form that people filled in is never answered so: show it again, with what they
 * typed and what is wrong (als_page_errors), and status 422. */
typedef enum als_status als_handler_fn(struct als_request *request, struct als_response *response,
                                       struct als_err *err);

enum als_route_flag {
    ALS_ROUTE_PUBLIC = 1,   /* also without a session */
    ALS_ROUTE_WRITES = 2,   /* request->store may write, one request at a time; POST only */
    ALS_ROUTE_NO_STUDY = 4, /* needs no store, and does not care who asks; public GETs only */
    ALS_ROUTE_PART = 8,     /* answers a script or a picture, not a page of its own */
};

struct als_route {
    enum als_method method;
    const char *pattern; /* "/patients/{patient}/visits/{visit}"; `new` goes before `{patient}` */
    als_handler_fn *handler;
    enum als_act act; /* what it does; asked with als_may before the handler runs */
    unsigned flags;
};

const struct als_route *als_route_at(size_t index); /* NULL past the end */

enum als_match { ALS_MATCH_NONE, ALS_MATCH_OTHER_METHOD, ALS_MATCH_FOUND };
/* The first row that fits; fills *parts (in the arena). */
enum als_match als_route_find(struct als_arena *arena, enum als_method method,
                              const struct als_path *path, const struct als_route **route,
                              struct als_fields *parts);
/* Does a path fit a pattern? */
bool als_route_fits(struct als_arena *arena, const char *pattern, const struct als_path *path,
                    struct als_fields *parts);

#endif
