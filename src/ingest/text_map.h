/*
 * Texts to numbers: patients by name, keys that a file has named already. Keys are copied.
 */
#ifndef ALSTRACK_INGEST_TEXT_MAP_H
#define ALSTRACK_INGEST_TEXT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alstrack/core/alloc.h"

struct als_text_map {
    struct als_text_entry {
        const char *text; /* NULL: free */
        size_t length;
        size_t value;
    } * entries;
    size_t count, room; /* room: a power of two, or 0 */
    struct als_arena *arena;
};

void als_text_map_init(struct als_text_map *map);
void als_text_map_release(struct als_text_map *map);

/* The value of a text, or NULL; it may be changed through the pointer until the next addition. */
size_t *als_text_map_find(const struct als_text_map *map, const char *text, size_t length);

/* Add a text that is not there yet. */
void als_text_map_add(struct als_text_map *map, const char *text, size_t length, size_t value);

#endif
