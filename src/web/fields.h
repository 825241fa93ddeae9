/*
 * Decoding what browsers send: paths, queries, forms, cookies. Pure functions from bytes to names
 * and values; they are fuzzed.
 *
 * Everything that comes out is valid UTF-8 without NUL and without control characters other than
 * tab and line end (a form's CR LF becomes LF). What is not is refused as a whole, never mended:
 * the functions then return false and say why in *why, a literal.
 */
#ifndef ALSTRACK_WEB_FIELDS_H
#define ALSTRACK_WEB_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/alloc.h"

#define ALS_FIELDS_MOST 2000 /* in one form or query */

struct als_pair {
    const char *name, *value; /* never NULL */
};
/* In the order in which they came; a name may come more than once. */
struct als_fields {
    const struct als_pair *items;
    size_t count;
};

/* The first field of that name, or NULL. */
const char *als_fields_get(const struct als_fields *fields, const char *name);
/* All of them: start with *position 0; NULL at the end. */
const char *als_fields_next(const struct als_fields *fields, const char *name, size_t *position);

/* application/x-www-form-urlencoded, of a body or of a query (without its `?`). */
bool als_fields_parse(struct als_arena *arena, const char *text, size_t length,
                      struct als_fields *out, const char **why);

/* The header Cookie. Pairs that are no cookies are left out; values are taken as they are. */
void als_cookies_parse(struct als_arena *arena, const char *text, struct als_fields *out);

/* A request target `/a/b%20c?query` into decoded parts and its query. "/" has no parts. Refused:
 * what does not begin with a slash, empty parts, `.` and `..`, and a fragment. */
struct als_path {
    const char *const *parts;
    size_t count;
    const char *query; /* as sent, without `?`; "" if none */
};
bool als_path_parse(struct als_arena *arena, const char *target, struct als_path *out,
                    const char **why);

/* text[0..length) with %XX decoded, and `+` as a blank when plus is true; NULL if refused. */
char *als_percent_decode(struct als_arena *arena, const char *text, size_t length, bool plus,
                         const char **why);

#endif
