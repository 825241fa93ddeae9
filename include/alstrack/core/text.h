/*
 * Is this text at all? Bytes from outside before they are parsed.
 */
#ifndef ALSTRACK_CORE_TEXT_H
#define ALSTRACK_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Nothing but ASCII without NUL: the quick answer for nearly every line. */
bool als_text_is_plain(const char *text, size_t length);

/* Offset of the first byte that is NUL or not part of valid UTF-8; length if there is none. */
size_t als_text_check(const char *text, size_t length);

#endif
