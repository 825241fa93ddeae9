/* Finding the row of a path. */
#include "route.h"

#include <string.h>

/* Does one part of the path fit the piece of the pattern? Adds it to pairs when it has a name. */
static bool part_fits(struct als_arena *arena, const char *piece, size_t length, const char *part,
                      struct als_pair *pairs, size_t *n)
{
    if (piece[0] != '{')
        return strlen(part) == length && memcmp(piece, part, length) == 0;
    pairs[(*n)++] = (struct als_pair){als_arena_strndup(arena, piece + 1, length - 2), part};
    return true;
}

bool als_route_fits(struct als_arena *arena, const char *pattern, const struct als_path *path,
                    struct als_fields *parts)
{
    struct als_pair *pairs = als_arena_array(arena, path->count + 1, sizeof *pairs);
    size_t n = 0, at = 0;
    const char *piece = pattern + 1;
    while (*piece && at < path->count) {
        size_t length = strcspn(piece, "/");
        if (!part_fits(arena, piece, length, path->parts[at++], pairs, &n))
            return false;
        piece += length + (piece[length] == '/');
    }
    if (*piece || at < path->count)
        return false;
    *parts = (struct als_fields){pairs, n};
    return true;
}

enum als_match als_route_find(struct als_arena *arena, enum als_method method,
                              const struct als_path *path, const struct als_route **route,
                              struct als_fields *parts)
{
    enum als_match match = ALS_MATCH_NONE;
    const struct als_route *row;
    for (size_t i = 0; (row = als_route_at(i)); i++) {
        struct als_fields found;
        if (!als_route_fits(arena, row->pattern, path, &found))
            continue;
        match = ALS_MATCH_OTHER_METHOD;
        if (row->method == method) {
            *route = row;
            *parts = found;
            return ALS_MATCH_FOUND;
        }
    }
    return match;
}
