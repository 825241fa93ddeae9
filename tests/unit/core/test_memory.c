/* Buffers with a limit, and the arena. */
#include "als_test.h"
#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"

#include <stdint.h>

TestSuite(memory, .timeout = 30);

Test(memory, a_buffer_grows_and_ends_in_nul)
{
    struct als_buf buf;
    als_buf_init(&buf, 1 << 20);
    for (int i = 0; i < 10000; i++)
        als_buf_printf(&buf, "%d,", i % 10);
    cr_assert_eq(buf.length, 20000);
    cr_assert_eq(strlen(buf.data), 20000);
    cr_assert_not(buf.overflow);
    als_buf_release(&buf);
    assert_no_leaks();
}

Test(memory, a_full_buffer_keeps_what_it_has_and_says_so)
{
    struct als_buf buf;
    als_buf_init(&buf, 5);
    als_buf_text(&buf, "abc");
    als_buf_text(&buf, "def");
    als_buf_text(&buf, "g");
    cr_assert_str_eq(buf.data, "abc");
    cr_assert(buf.overflow);
    als_buf_clear(&buf);
    als_buf_text(&buf, "12345");
    cr_assert_not(buf.overflow);
    char *taken = als_buf_take(&buf);
    cr_assert_str_eq(taken, "12345");
    cr_assert_eq(buf.length, 0);
    free(taken);
    als_buf_release(&buf);
    assert_no_leaks();
}

Test(memory, an_arena_gives_zeroed_aligned_memory_that_does_not_overlap)
{
    struct als_arena *arena = als_arena_new();
    unsigned char *parts[500];
    size_t sizes[500];
    for (size_t i = 0; i < COUNT(parts); i++) {
        sizes[i] = (i * 7919) % 40000 + 1;
        parts[i] = als_arena_take(arena, sizes[i]);
        cr_assert_eq((uintptr_t)parts[i] % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < sizes[i]; j++)
            cr_assert_eq(parts[i][j], 0, "zeroed");
        memset(parts[i], (int)(i & 255), sizes[i]);
    }
    for (size_t i = 0; i < COUNT(parts); i++)
        for (size_t j = 0; j < sizes[i]; j++)
            cr_assert_eq(parts[i][j], i & 255, "part %zu was overwritten", i);
    cr_assert_str_eq(als_arena_printf(arena, "%s-%d", "BIO", 7), "BIO-7");
    als_arena_free(arena);
    als_arena_free(NULL);
    assert_no_leaks();
}

Test(memory, a_cleared_arena_gives_zeroed_memory_again)
{
    struct als_arena *arena = als_arena_new();
    als_arena_clear(arena);
    for (size_t round = 0; round < 20; round++) {
        for (size_t i = 0; i < 50; i++) {
            const size_t size = (i * 7919 + round * 104729) % 40000 + 1;
            unsigned char *part = als_arena_take(arena, size);
            for (size_t j = 0; j < size; j++)
                cr_assert_eq(part[j], 0, "zeroed");
            memset(part, 0xFF, size);
        }
        als_arena_clear(arena);
    }
    als_arena_free(arena);
    assert_no_leaks();
}
