/* Text and numbers as cells. */
#include "csv.h"

#include <string.h>

#include "alstrack/core/num.h"

void als_csv_cell(struct als_buf *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        als_buf_text(out, text);
        return;
    }
    als_buf_char(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            als_buf_char(out, '"');
        als_buf_char(out, *text);
    }
    als_buf_char(out, '"');
}

void als_csv_number(struct als_buf *out, double value)
{
    char text[ALS_NUM_TEXT];
    als_buf_add(out, text, als_num_format(value, text));
}
