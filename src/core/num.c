/* Reading and writing numbers without regard to the locale. */
#include "alstrack/core/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool als_num_parse_integer(const char *text, size_t length, int64_t *out)
{
    size_t i = length && (text[0] == '-' || text[0] == '+');
    if (i == length)
        return false;
    uint64_t limit = text[0] == '-' ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t value = 0;
    for (; i < length; i++) {
        unsigned digit = (unsigned)(text[i] - '0');
        if (digit > 9 || value > (limit - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = text[0] == '-' ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

/* [+-] digits [. digits] [e [+-] digits], at least one digit before or after the point. */
static bool is_decimal(const char *text, size_t length)
{
    size_t i = length && (text[0] == '-' || text[0] == '+');
    size_t mantissa = 0, exponent = 0;
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++)
        mantissa++;
    if (i < length && text[i] == '.')
        for (i++; i < length && text[i] >= '0' && text[i] <= '9'; i++)
            mantissa++;
    if (mantissa == 0)
        return false;
    if (i == length)
        return true;
    if (text[i] != 'e' && text[i] != 'E')
        return false;
    i++;
    if (i < length && (text[i] == '-' || text[i] == '+'))
        i++;
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++)
        exponent++;
    return i == length && exponent > 0;
}

bool als_num_parse_double(const char *text, size_t length, double *out)
{
    char copy[128];
    if (length >= sizeof copy || !is_decimal(text, length))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    double value = strtod(copy, NULL);
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

size_t als_num_format_integer(int64_t value, char text[ALS_NUM_TEXT])
{
    char reversed[ALS_NUM_TEXT];
    size_t n = 0, length = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        reversed[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        text[length++] = '-';
    while (n)
        text[length++] = reversed[--n];
    text[length] = '\0';
    return length;
}

size_t als_num_format(double value, char text[ALS_NUM_TEXT])
{
    if (isnan(value)) {
        text[0] = '\0';
        return 0;
    }
    if (value == floor(value) && fabs(value) < 1e15)
        return als_num_format_integer((int64_t)value, text);
    int length = 0;
    for (int precision = 15; precision <= 17; precision++) {
        length = snprintf(text, ALS_NUM_TEXT, "%.*g", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return (size_t)length;
}
