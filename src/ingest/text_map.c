/*
 * A hash table of texts with open addressing.
 */
#include "text_map.h"

#include <stdlib.h>
#include <string.h>

void als_text_map_init(struct als_text_map *map)
{
    *map = (struct als_text_map){.arena = als_arena_new()};
}

void als_text_map_release(struct als_text_map *map)
{
    free(map->entries);
    als_arena_free(map->arena);
    *map = (struct als_text_map){.room = 0};
}

/* FNV-1a, whose low bits are then mixed with the high ones. */
static size_t hash(const char *text, size_t length)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    return (size_t)(h ^ (h >> 32));
}

static struct als_text_entry *place(const struct als_text_map *map, const char *text, size_t length)
{
    size_t at = hash(text, length) & (map->room - 1);
    for (;; at = (at + 1) & (map->room - 1)) {
        struct als_text_entry *entry = &map->entries[at];
        if (!entry->text || (entry->length == length && memcmp(entry->text, text, length) == 0))
            return entry;
    }
}

static void grow(struct als_text_map *map)
{
    const struct als_text_map old = *map;
    map->room = old.room ? 2 * old.room : 64;
    map->entries = als_alloc_array(map->room, sizeof *map->entries);
    for (size_t i = 0; i < old.room; i++)
        if (old.entries[i].text)
            *place(map, old.entries[i].text, old.entries[i].length) = old.entries[i];
    free(old.entries);
}

size_t *als_text_map_find(const struct als_text_map *map, const char *text, size_t length)
{
    if (map->count == 0)
        return NULL;
    struct als_text_entry *entry = place(map, text, length);
    return entry->text ? &entry->value : NULL;
}

void als_text_map_add(struct als_text_map *map, const char *text, size_t length, size_t value)
{
    if (2 * (map->count + 1) > map->room)
        grow(map);
    struct als_text_entry *entry = place(map, text, length);
    *entry = (struct als_text_entry){
        .text = als_arena_strndup(map->arena, text, length), .length = length, .value = value};
    map->count++;
}
