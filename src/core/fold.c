/* Compares texts without regard to capital letters and blanks, one character at a time. */
#include "alstrack/core/fold.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "alstrack/core/utf8.h"

/* Capital letters first..last, every `step`-th of them; the small one is `away` further on. */
static const struct {
    uint32_t first, last, step, away;
} capitals[] = {
    {'A', 'Z', 1, 32},     {0xC0, 0xD6, 1, 32},   {0xD8, 0xDE, 1, 32},   /* Latin-1 */
    {0x100, 0x136, 2, 1},  {0x139, 0x147, 2, 1},                         /* Latin Extended-A */
    {0x14A, 0x176, 2, 1},  {0x179, 0x17D, 2, 1},  {0x391, 0x3A9, 1, 32}, /* Greek */
    {0x400, 0x40F, 1, 80}, {0x410, 0x42F, 1, 32},                        /* Cyrillic */
};

static uint32_t small(uint32_t point)
{
    for (size_t i = 0; i < sizeof capitals / sizeof capitals[0]; i++)
        if (point >= capitals[i].first && point <= capitals[i].last &&
            (point - capitals[i].first) % capitals[i].step == 0)
            return point + capitals[i].away;
    return point;
}

static bool is_blank(uint32_t point)
{
    return point == ' ' || point == '\t' || point == 0xA0; /* the last does not break lines */
}

/* A text that is read folded; 0 ends it. */
struct reader {
    const char *at, *end;
};

static struct reader reader_of(const char *text)
{
    return (struct reader){text, text + strlen(text)};
}

static uint32_t peek(const struct reader *reader, size_t *length)
{
    uint32_t point = 0;
    *length = 0;
    if (reader->at < reader->end)
        *length = als_utf8_next(reader->at, (size_t)(reader->end - reader->at), &point);
    return point;
}

static uint32_t next(struct reader *reader, bool at_start)
{
    size_t length;
    bool blank = false;
    uint32_t point = peek(reader, &length);
    for (; is_blank(point); point = peek(reader, &length)) {
        reader->at += length;
        blank = true;
    }
    if (blank && !at_start && point)
        return ' ';
    reader->at += length;
    return small(point);
}

int als_fold_compare(const char *a, const char *b)
{
    struct reader left = reader_of(a), right = reader_of(b);
    for (bool at_start = true;; at_start = false) {
        uint32_t x = next(&left, at_start), y = next(&right, at_start);
        if (x != y)
            return x < y ? -1 : 1;
        if (x == 0)
            return 0;
    }
}
