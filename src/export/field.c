/* Values as text in files: CSV fields, numbers, JSON strings. */
#include "field.h"

#include <math.h>
#include <string.h>

#include "alstrack/core/csv.h"
#include "alstrack/core/date.h"
#include "alstrack/core/num.h"
#include "alstrack/core/utf8.h"
#include "pen.h"

void als_field_number(struct als_buf *out, double value)
{
    if (!isnan(value))
        als_pen_stop(out, als_pen_number(als_pen_start(out, ALS_NUM_TEXT), value, NULL));
}

size_t als_field_remembered(struct als_field_memory *memory, double value, char text[ALS_NUM_TEXT])
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    size_t slot = (size_t)((bits * 0x9E3779B97F4A7C15u) >> 54);
    if (memory->slots[slot].length == 0 || memory->slots[slot].value != value) {
        memory->slots[slot].length = als_num_format(value, memory->slots[slot].text);
        memory->slots[slot].value = value;
    }
    memcpy(text, memory->slots[slot].text, ALS_NUM_TEXT);
    return memory->slots[slot].length;
}

void als_field_integer(struct als_buf *out, int64_t value)
{
    char text[ALS_NUM_TEXT];
    als_buf_add(out, text, als_num_format_integer(value, text));
}

void als_field_json(struct als_buf *out, const char *text, size_t length)
{
    als_buf_char(out, '"');
    uint32_t point;
    for (size_t i = 0, n; i < length; i += n) {
        n = als_utf8_next(text + i, length - i, &point);
        if (point == '"' || point == '\\') {
            als_buf_char(out, '\\');
            als_buf_char(out, (char)point);
        } else if (point == '\n') {
            als_buf_text(out, "\\n");
        } else if (point < 0x20 || point == 0x7F) {
            als_buf_printf(out, "\\u%04x", (unsigned)point);
        } else if (point == ALS_UTF8_REPLACEMENT) {
            als_buf_text(out, "\xEF\xBF\xBD");
        } else {
            als_buf_add(out, text + i, n);
        }
    }
    als_buf_char(out, '"');
}

void als_field_cell_text(struct als_buf *out, const char *text)
{
    if (text)
        als_csv_put(out, text, strlen(text), ',');
    als_buf_char(out, ',');
}

void als_field_cell_number(struct als_buf *out, double value)
{
    als_field_number(out, value);
    als_buf_char(out, ',');
}

void als_field_cell_integer(struct als_buf *out, int64_t value)
{
    als_field_integer(out, value);
    als_buf_char(out, ',');
}

void als_field_cell_day(struct als_buf *out, int day)
{
    char text[ALS_DATE_TEXT];
    als_buf_text(out, als_day_format(day, text));
    als_buf_char(out, ',');
}

void als_field_cell_yesno(struct als_buf *out, int yes)
{
    if (yes == 0 || yes == 1)
        als_buf_char(out, yes ? 'Y' : 'N');
    als_buf_char(out, ',');
}

void als_field_end_row(struct als_buf *out)
{
    if (out->length)
        out->data[out->length - 1] = '\n';
}
