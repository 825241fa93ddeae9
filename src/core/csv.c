/* Quoting a CSV field. */
#include "alstrack/core/csv.h"

#include <string.h>

static bool needs_quotes(const char *text, size_t length, char separator)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == separator || text[i] == '"' || text[i] == '\n' || text[i] == '\r')
            return true;
    return false;
}

void als_csv_put(struct als_buf *out, const char *text, size_t length, char separator)
{
    if (!needs_quotes(text, length, separator)) {
        als_buf_add(out, text, length);
        return;
    }
    als_buf_char(out, '"');
    for (const char *end = text + length; text < end;) {
        const char *quote = memchr(text, '"', (size_t)(end - text));
        const char *stop = quote ? quote + 1 : end;
        als_buf_add(out, text, (size_t)(stop - text));
        if (quote)
            als_buf_char(out, '"');
        text = stop;
    }
    als_buf_char(out, '"');
}
