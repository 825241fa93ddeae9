/* Values as text in files: CSV fields, numbers, JSON strings. */
#include "field.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/csv.h"
#include "alstrack/core/date.h"
#include "alstrack/core/num.h"
#include "alstrack/core/utf8.h"
#include "pen.h"

#define DIGITS 17 /* enough for any double */

void als_field_number(struct als_buf *out, double value)
{
    if (!isnan(value))
        als_pen_stop(out, als_pen_number(als_pen_start(out, ALS_NUM_TEXT), value, NULL));
}

/* Decimal digits of a number, the first of them before the point of d.ddd times ten to exponent. */
struct decimal {
    char digits[DIGITS + 1];
    size_t n;
    int exponent;
    bool negative;
};

static struct decimal to_decimal(double value)
{
    char text[ALS_NUM_TEXT];
    struct decimal decimal = {.n = DIGITS, .negative = value < 0};
    snprintf(text, sizeof text, "%.*e", DIGITS - 1, fabs(value));
    decimal.digits[0] = text[0];
    memcpy(decimal.digits + 1, text + 2, DIGITS - 1);
    decimal.exponent = atoi(text + DIGITS + 2); /* behind d, point, digits and e */
    return decimal;
}

/* Round to n digits. False for a tie: what was rounded once must not be rounded on a tie again. */
static bool round_decimal(struct decimal *decimal, size_t n)
{
    const char *rest = decimal->digits + n;
    if (rest[0] == '5' && strspn(rest + 1, "0") == strlen(rest + 1))
        return false;
    bool up = rest[0] >= '5';
    decimal->digits[n] = '\0';
    decimal->n = n;
    for (size_t i = n; up && i-- > 0;) {
        up = decimal->digits[i] == '9';
        decimal->digits[i] = up ? '0' : (char)(decimal->digits[i] + 1);
    }
    if (up) {
        memmove(decimal->digits + 1, decimal->digits, n - 1);
        decimal->digits[0] = '1';
        decimal->exponent++;
    }
    return true;
}

/* Without exponent and without zeros at the end; for exponents from -4 to 14. */
static size_t put_decimal(const struct decimal *decimal, char text[ALS_NUM_TEXT])
{
    char *at = text;
    size_t n = decimal->n, whole = (size_t)(decimal->exponent + 1);
    while (n > 1 && decimal->digits[n - 1] == '0')
        n--;
    if (decimal->negative)
        *at++ = '-';
    if (decimal->exponent < 0) {
        at = als_pen_bytes(at, "0.0000", (size_t)(1 - decimal->exponent));
        at = als_pen_bytes(at, decimal->digits, n);
    } else if (n <= whole) {
        at = als_pen_bytes(at, decimal->digits, whole);
    } else {
        at = als_pen_bytes(at, decimal->digits, whole);
        *at++ = '.';
        at = als_pen_bytes(at, decimal->digits + whole, n - whole);
    }
    *at = '\0';
    return (size_t)(at - text);
}

/* Results of computations mostly need 16 or 17 digits. So the longest form comes first, and the
 * shorter ones are made of its digits until one no longer reads back. */
size_t als_field_shortest(double value, char text[ALS_NUM_TEXT])
{
    struct decimal decimal = to_decimal(value);
    if (decimal.exponent < -4 || decimal.exponent > 13)
        return als_num_format(value, text);
    size_t length = put_decimal(&decimal, text);
    for (size_t n = DIGITS - 1; n >= DIGITS - 2; n--) {
        char shorter[ALS_NUM_TEXT];
        if (!round_decimal(&decimal, n))
            return als_num_format(value, text);
        size_t shorter_length = put_decimal(&decimal, shorter);
        if (strtod(shorter, NULL) != value)
            break;
        memcpy(text, shorter, shorter_length + 1);
        length = shorter_length;
    }
    return length;
}

size_t als_field_remembered(struct als_field_memory *memory, double value, char text[ALS_NUM_TEXT])
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    size_t slot = (size_t)((bits * 0x9E3779B97F4A7C15u) >> 54);
    if (memory->slots[slot].length == 0 || memory->slots[slot].value != value) {
        memory->slots[slot].length = als_field_shortest(value, memory->slots[slot].text);
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
