/*
 * UTF-8 as output needs it: decoding that survives bad bytes, columns on a terminal.
 */
#ifndef ALSTRACK_EXPORT_UTF8_H
#define ALSTRACK_EXPORT_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "alstrack/core/buf.h"

#define ALS_UTF8_REPLACEMENT 0xFFFDu

/* Decode the first character of text[0..length), length >= 1. Returns how many bytes it takes; a
 * bad byte counts as one and gives ALS_UTF8_REPLACEMENT. */
size_t als_utf8_next(const char *text, size_t length, uint32_t *point);

/* Terminal columns of a text without control characters: 0 for combining marks, 2 for wide East
 * Asian characters, else 1. Independent of the locale. */
size_t als_utf8_width(const char *text, size_t length);

/* Append the text with control characters written out (\n, \t, \x1b) and bad bytes replaced, so
 * that stored text can neither break a line nor command a terminal. */
void als_utf8_visible(struct als_buf *out, const char *text, size_t length);

#endif
