/*
 * Memory that is always there: a failed allocation ends the program with exit code 70. SQLite rolls
 * an open transaction back, so nothing half-written is left. Sizes that a file dictates go through
 * buf.h, which has a limit, never straight to these.
 *
 * The arena owns many small objects of one life: a definition, a command, a page. Everything taken
 * from it is freed with it, and only with it.
 */
#ifndef ALSTRACK_CORE_ALLOC_H
#define ALSTRACK_CORE_ALLOC_H

#include <stddef.h>

void *als_alloc(size_t size);                              /* zeroed; owned by the caller */
void *als_alloc_array(size_t n, size_t size);              /* zeroed; checks n * size */
void *als_realloc_array(void *old, size_t n, size_t size); /* new part not zeroed */
char *als_strdup(const char *text);                        /* NULL gives NULL */
char *als_strndup(const char *text, size_t length);
__attribute__((format(printf, 1, 2))) char *als_asprintf(const char *format, ...);

struct als_arena;
struct als_arena *als_arena_new(void);
void als_arena_free(struct als_arena *arena); /* NULL is fine */
/* Ends all that was taken; some memory is kept for what will be. */
void als_arena_clear(struct als_arena *arena);
void *als_arena_take(struct als_arena *arena, size_t size); /* zeroed, aligned for any type */
void *als_arena_array(struct als_arena *arena, size_t n, size_t size);
char *als_arena_strdup(struct als_arena *arena, const char *text); /* NULL gives NULL */
char *als_arena_strndup(struct als_arena *arena, const char *text, size_t length);
__attribute__((format(printf, 2, 3))) char *als_arena_printf(struct als_arena *arena,
                                                             const char *format, ...);

#endif
