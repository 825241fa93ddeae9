/*
 * Writing into a buffer whose room was made beforehand: for files with millions of cells, where a
 * call and a check per cell are most of the work. Each function returns the place behind what it
 * wrote.
 */
#ifndef ALSTRACK_EXPORT_PEN_H
#define ALSTRACK_EXPORT_PEN_H

#include <math.h>
#include <string.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"
#include "alstrack/core/date.h"
#include "alstrack/core/num.h"
#include "field.h"

/* Room for n bytes behind the buffer's end; what is written there counts after als_pen_stop. */
static inline char *als_pen_start(struct als_buf *buf, size_t n)
{
    if (buf->capacity - buf->length <= n) {
        buf->capacity = 2 * (buf->length + n + 1);
        buf->data = als_realloc_array(buf->data, buf->capacity, 1);
    }
    return buf->data + buf->length;
}

static inline void als_pen_stop(struct als_buf *buf, char *at)
{
    *at = '\0';
    buf->length = (size_t)(at - buf->data);
}

static inline char *als_pen_bytes(char *at, const char *bytes, size_t n)
{
    memcpy(at, bytes, n);
    return at + n;
}

static inline char *als_pen_integer(char *at, int64_t value)
{
    if (value >= 0 && value < 10) {
        *at = (char)('0' + value);
        return at + 1;
    }
    return at + als_num_format_integer(value, at);
}

/* The same text as als_num_format. A number of at most three decimals is the quotient of an integer
 * and 1000; if that quotient is the number itself, its decimals are its shortest form. memory may
 * be NULL. */
static inline char *als_pen_number(char *at, double value, struct als_field_memory *memory)
{
    if (!(fabs(value) < 1e9))
        return at + als_num_format(value, at);
    double thousands = nearbyint(value * 1000);
    if (thousands / 1000 != value && memory)
        return at + als_field_remembered(memory, value, at);
    if (thousands / 1000 != value)
        return at + als_num_format(value, at);
    int64_t count = (int64_t)thousands;
    if (count < 0) {
        *at++ = '-';
        count = -count;
    }
    at = als_pen_integer(at, count / 1000);
    int rest = (int)(count % 1000);
    if (rest == 0)
        return at;
    *at++ = '.';
    for (int unit = 100; rest; rest %= unit, unit /= 10)
        *at++ = (char)('0' + rest / unit);
    return at;
}

static inline char *als_pen_day(char *at, int day)
{
    als_day_format(day, at);
    return at + (day == ALS_NO_DAY ? 0 : ALS_DATE_TEXT - 1);
}

#endif
