/*
 * What unit tests share: relative comparison that knows NaN, a leak gate (Criterion itself does not
 * fail on leaks), and a folder of its own per test.
 */
#ifndef ALSTRACK_TEST_H
#define ALSTRACK_TEST_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Each row is one test. Only the row number crosses to the worker, which is a new process image. */
#define TABLE_TEST(suite, name, table)                                                             \
    ParameterizedTestParameters(suite, name)                                                       \
    {                                                                                              \
        static size_t row_[COUNT(table)];                                                          \
        for (size_t i_ = 0; i_ < COUNT(table); i_++)                                               \
            row_[i_] = i_;                                                                         \
        return cr_make_param_array(size_t, row_, COUNT(table));                                    \
    }                                                                                              \
    ParameterizedTest(size_t *row_, suite, name)

/* |actual - expected| <= tolerance * max(|expected|, 1e-300); NaN equals NaN only. */
static inline int close_to(double actual, double expected, double tolerance)
{
    if (isnan(expected) || isnan(actual))
        return isnan(expected) && isnan(actual);
    return fabs(actual - expected) <= tolerance * fmax(fabs(expected), 1e-300) ||
           (expected == 0 && fabs(actual) <= tolerance);
}
#define assert_close(actual, expected, tolerance)                                                  \
    do {                                                                                           \
        double actual_ = (actual), expected_ = (expected);                                         \
        cr_assert(close_to(actual_, expected_, (tolerance)), "%s is %.17g, expected %.17g",        \
                  #actual, actual_, expected_);                                                    \
    } while (0)

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#define assert_no_leaks() cr_assert_eq(__lsan_do_recoverable_leak_check(), 0, "memory leaked")
#else
#define assert_no_leaks() ((void)0)
#endif

/* A new folder below TMPDIR; path is written to folder. */
static inline char *test_folder(char folder[256])
{
    const char *root = getenv("TMPDIR");
    snprintf(folder, 256, "%s/alstrack-test-XXXXXX", root ? root : "/tmp");
    cr_assert_not_null(mkdtemp(folder));
    return folder;
}

static inline void test_write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file, "cannot create %s", path);
    cr_assert_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    cr_assert_eq(fclose(file), 0);
}

#endif
