/* Allocation that does not fail, and the arena. */
#include "alstrack/core/alloc.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/err.h"

#define ARENA_BLOCK ((size_t)64 * 1024)

static void *checked(void *memory)
{
    if (!memory) {
        fputs("alstrack: out of memory\n", stderr);
        exit(ALS_INTERNAL);
    }
    return memory;
}

void *als_alloc(size_t size)
{
    return checked(calloc(1, size ? size : 1));
}

void *als_alloc_array(size_t n, size_t size)
{
    return checked(calloc(n ? n : 1, size ? size : 1));
}

void *als_realloc_array(void *old, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        return checked(NULL);
    size_t bytes = n * size;
    return checked(realloc(old, bytes ? bytes : 1));
}

char *als_strndup(const char *text, size_t length)
{
    char *copy = als_alloc(length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *als_strdup(const char *text)
{
    return text ? als_strndup(text, strlen(text)) : NULL;
}

__attribute__((format(printf, 1, 0))) static int formatted_length(const char *format, va_list args)
{
    va_list copy;
    va_copy(copy, args);
    int length = vsnprintf(NULL, 0, format, copy);
    va_end(copy);
    if (length < 0)
        als_bug("format '%s' cannot be printed", format);
    return length;
}

char *als_asprintf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t room = (size_t)formatted_length(format, args) + 1;
    char *text = als_alloc(room);
    vsnprintf(text, room, format, args);
    va_end(args);
    return text;
}

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

struct als_arena {
    struct block *blocks; /* the first one is filled; larger requests get one of their own */
};

struct als_arena *als_arena_new(void)
{
    return als_alloc(sizeof(struct als_arena));
}

void als_arena_free(struct als_arena *arena)
{
    if (!arena)
        return;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

void als_arena_clear(struct als_arena *arena)
{
    struct block *kept = NULL;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        if (kept || block->size != ARENA_BLOCK)
            free(block);
        else
            kept = block;
    }
    arena->blocks = kept;
    if (!kept)
        return;
    memset(kept->bytes, 0, kept->used);
    kept->next = NULL;
    kept->used = 0;
}

void *als_arena_take(struct als_arena *arena, size_t size)
{
    const size_t unit = alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        checked(NULL);
    size = (size + unit - 1) / unit * unit;
    struct block *first = arena->blocks;
    if (!first || first->size - first->used < size) {
        size_t room = size > ARENA_BLOCK / 4 ? size : ARENA_BLOCK;
        struct block *block = als_alloc(sizeof *block + room);
        block->size = room;
        if (room == size && first) {
            /* A large one goes behind the block being filled, whose rest stays in use. */
            block->used = size;
            block->next = first->next;
            first->next = block;
            return block->bytes;
        }
        block->next = first;
        arena->blocks = first = block;
    }
    void *memory = first->bytes + first->used;
    first->used += size;
    return memory;
}

void *als_arena_array(struct als_arena *arena, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        checked(NULL);
    return als_arena_take(arena, n * size);
}

char *als_arena_strndup(struct als_arena *arena, const char *text, size_t length)
{
    char *copy = als_arena_take(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *als_arena_strdup(struct als_arena *arena, const char *text)
{
    return text ? als_arena_strndup(arena, text, strlen(text)) : NULL;
}

char *als_arena_printf(struct als_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t room = (size_t)formatted_length(format, args) + 1;
    char *text = als_arena_take(arena, room);
    vsnprintf(text, room, format, args);
    va_end(args);
    return text;
}
