/*
 * Finds the bytes that no text may hold: NUL, and what is not UTF-8.
 */
#include "alstrack/core/text.h"

#include <stdint.h>
#include <string.h>

bool als_text_is_plain(const char *text, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    uint64_t bad = 0;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        bad |= word | ((word - ones) & ~word); /* the high bit of each byte that is >= 0x80 or 0 */
    }
    for (; i < length; i++)
        bad |= (text[i] == '\0' || ((unsigned char)text[i] & 0x80)) ? highs : 0;
    return (bad & highs) == 0;
}

/* Length of the UTF-8 character at text (RFC 3629: shortest form, no surrogates), 0 if none. */
static size_t character(const unsigned char *text, size_t length)
{
    const unsigned char c = text[0];
    if (c < 0x80)
        return 1;
    const size_t n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (c < 0xC2 || c > 0xF4 || n > length)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    if ((c == 0xE0 && text[1] < 0xA0) || (c == 0xED && text[1] > 0x9F) ||
        (c == 0xF0 && text[1] < 0x90) || (c == 0xF4 && text[1] > 0x8F))
        return 0;
    return n;
}

size_t als_text_check(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t at = 0;
    while (at < length && bytes[at] != '\0') {
        const size_t n = character(bytes + at, length - at);
        if (n == 0)
            break;
        at += n;
    }
    return at;
}
