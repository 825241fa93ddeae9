/* Growing bytes with a maximum. */
#include "alstrack/core/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/err.h"

#define FIRST_CAPACITY 256

void als_buf_init(struct als_buf *buf, size_t maximum)
{
    *buf = (struct als_buf){
        .data = als_alloc(FIRST_CAPACITY), .capacity = FIRST_CAPACITY, .maximum = maximum};
}

void als_buf_release(struct als_buf *buf)
{
    free(buf->data);
    *buf = (struct als_buf){0};
}

void als_buf_clear(struct als_buf *buf)
{
    buf->length = 0;
    buf->data[0] = '\0';
    buf->overflow = false;
}

char *als_buf_take(struct als_buf *buf)
{
    char *data = buf->data;
    als_buf_init(buf, buf->maximum);
    return data;
}

/* Make room for n more bytes and the NUL. */
static bool reserve(struct als_buf *buf, size_t n)
{
    if (buf->overflow || n > buf->maximum - buf->length) {
        buf->overflow = true;
        return false;
    }
    size_t needed = buf->length + n + 1;
    if (needed > buf->capacity) {
        size_t capacity = buf->capacity;
        while (capacity < needed)
            capacity *= 2;
        buf->data = als_realloc_array(buf->data, capacity, 1);
        buf->capacity = capacity;
    }
    return true;
}

void als_buf_add(struct als_buf *buf, const void *bytes, size_t n)
{
    if (n == 0 || !reserve(buf, n))
        return;
    memcpy(buf->data + buf->length, bytes, n);
    buf->length += n;
    buf->data[buf->length] = '\0';
}

void als_buf_text(struct als_buf *buf, const char *text)
{
    als_buf_add(buf, text, strlen(text));
}

void als_buf_char(struct als_buf *buf, char c)
{
    als_buf_add(buf, &c, 1);
}

/* Printed where there is room already, and a second time only when there was not enough. */
void als_buf_vprintf(struct als_buf *buf, const char *format, va_list args)
{
    if (buf->overflow)
        return;
    va_list copy;
    va_copy(copy, args);
    const size_t room = buf->capacity - buf->length;
    int length = vsnprintf(buf->data + buf->length, room, format, copy);
    va_end(copy);
    if (length < 0)
        als_bug("format '%s' cannot be printed", format);
    const bool fits = (size_t)length < room;
    if (!reserve(buf, (size_t)length)) {
        buf->data[buf->length] = '\0';
        return;
    }
    if (!fits)
        vsnprintf(buf->data + buf->length, (size_t)length + 1, format, args);
    buf->length += (size_t)length;
}

void als_buf_printf(struct als_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    als_buf_vprintf(buf, format, args);
    va_end(args);
}
