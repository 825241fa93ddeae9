/*
 * Growing bytes with a declared maximum. The bytes are always followed by a NUL that does not
 * count. Going past the maximum does not abort: the buffer keeps what it has, `overflow` is set,
 * and further additions are ignored, so that one test at the end is enough.
 */
#ifndef ALSTRACK_CORE_BUF_H
#define ALSTRACK_CORE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct als_buf {
    char *data; /* owned; never NULL after als_buf_init */
    size_t length;
    size_t capacity;
    size_t maximum;
    bool overflow;
};

#define ALS_BUF_LARGE ((size_t)1 << 31) /* for output that the program itself composes */

void als_buf_init(struct als_buf *buf, size_t maximum);
void als_buf_release(struct als_buf *buf);
void als_buf_clear(struct als_buf *buf); /* length 0, memory kept */
char *als_buf_take(struct als_buf *buf); /* hand the bytes to the caller; buf is as after init */
void als_buf_add(struct als_buf *buf, const void *bytes, size_t n);
void als_buf_text(struct als_buf *buf, const char *text);
void als_buf_char(struct als_buf *buf, char c);
__attribute__((format(printf, 2, 3))) void als_buf_printf(struct als_buf *buf, const char *format,
                                                          ...);
void als_buf_vprintf(struct als_buf *buf, const char *format, va_list args);

#endif
