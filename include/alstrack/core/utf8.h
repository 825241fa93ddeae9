/*
 * UTF-8 as output and terminals need it: decoding that survives bad bytes, columns, breaking lines.
 */
#ifndef ALSTRACK_CORE_UTF8_H
#define ALSTRACK_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alstrack/core/buf.h"

#define ALS_UTF8_REPLACEMENT 0xFFFDu

/* Decode the first character of text[0..length), length >= 1. Returns how many bytes it takes; a
 * bad byte counts as one and gives ALS_UTF8_REPLACEMENT. */
size_t als_utf8_next(const char *text, size_t length, uint32_t *point);

/* Is every byte part of a character? */
bool als_utf8_is_valid(const char *text, size_t length);

/* Terminal columns of a text without control characters: 0 for combining marks, 2 for wide East
 * Asian characters, else 1. Independent of the locale. */
size_t als_utf8_width(const char *text, size_t length);

/* Has it neither control characters nor any that turn the direction of writing or cannot be seen?
 */
bool als_utf8_is_plain(const char *text, size_t length);

/* Append the text as the eye takes it: without marks above and below Latin letters, however they
 * are encoded, and in small letters. Two names that give the same are easily mistaken. */
void als_utf8_fold(struct als_buf *out, const char *text, size_t length);

/* Append the text with such characters written out (\n, \t, \x1b, \u202e) and bad bytes replaced,
 * so that stored text can neither break a line nor command a terminal. */
void als_utf8_visible(struct als_buf *out, const char *text, size_t length);

/* The bytes of a code point; returns how many there are. */
size_t als_utf8_encode(uint32_t point, char bytes[4]);

/* How much of the text fits into `columns`, broken at a blank where there is one: bytes of the
 * line, at least one character. *next is where the following line begins. */
size_t als_utf8_break(const char *text, size_t length, size_t columns, size_t *next);

#endif
