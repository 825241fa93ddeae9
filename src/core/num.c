/* Reading and writing numbers without regard to the locale. */
#include "alstrack/core/num.h"

#include <float.h>
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

/* 10^i, each of them exact. */
enum { MOST_DECIMALS = 20 };
static const long double powers[MOST_DECIMALS + 1] = {
    1,     1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L, 1e10L,
    1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L};

/* whole / 10^decimals, without zeros at the end. */
static size_t write_decimal(int64_t whole, int decimals, char text[ALS_NUM_TEXT])
{
    while (decimals > 0 && whole % 10 == 0) {
        whole /= 10;
        decimals--;
    }
    char digits[ALS_NUM_TEXT];
    size_t n = als_num_format_integer(whole < 0 ? -whole : whole, digits), length = 0;
    const size_t after = (size_t)decimals, before = n > after ? n - after : 0;
    if (whole < 0)
        text[length++] = '-';
    if (before == 0)
        text[length++] = '0';
    memcpy(text + length, digits, before);
    length += before;
    if (after)
        text[length++] = '.';
    for (size_t zeros = n - before; zeros < after; zeros++)
        text[length++] = '0';
    memcpy(text + length, digits + before, n - before);
    length += n - before;
    text[length] = '\0';
    return length;
}

/* Does whole / power read back as value? Some cases are too close to call: then *sure is false. */
static bool reads_back(double value, int64_t whole, long double power, bool *sure)
{
    const long double back = fabsl((long double)whole / power), size = fabs(value);
    const long double low = (size + nextafter((double)size, 0)) / 2;
    const long double high = (size + nextafter((double)size, INFINITY)) / 2;
    const long double doubt = size * 0x1p-62L;
    *sure = fabsl(back - low) > doubt && fabsl(back - high) > doubt;
    return back > low && back < high;
}

/* The shortest decimal by one multiplication for each number of digits: 64 bits leave seven and
 * more behind the last of 17 digits, which tell how it is rounded unless that is nearly a tie. 0
 * where they do not tell, or where digits and a point alone do not say it. */
static size_t format_short(double value, char text[ALS_NUM_TEXT])
{
    const long double size = fabs(value);
    if (LDBL_MANT_DIG < 64 || !(size >= 1e-4L && size < 1e14L))
        return 0;
    int before = -3; /* digits before the point; below 0 for zeros after it */
    while (before < 15 && size * powers[4] >= powers[before + 4])
        before++;
    for (int digits = 15; digits <= 17; digits++) {
        const int decimals = digits - before;
        const long double scaled = (long double)value * powers[decimals];
        const int64_t whole = llroundl(scaled);
        bool sure;
        if (fabsl(fabsl(scaled - (long double)whole) - 0.5L) < 0x1p-5L)
            return 0;
        const bool same = reads_back(value, whole, powers[decimals], &sure);
        if (!sure)
            return 0;
        if (same)
            return write_decimal(whole, decimals, text);
    }
    return 0;
}

size_t als_num_format(double value, char text[ALS_NUM_TEXT])
{
    if (isnan(value)) {
        text[0] = '\0';
        return 0;
    }
    if (value == floor(value) && fabs(value) < 1e15)
        return als_num_format_integer((int64_t)value, text);
    const size_t quick = format_short(value, text);
    if (quick)
        return quick;
    int length = 0;
    for (int precision = 15; precision <= 17; precision++) {
        length = snprintf(text, ALS_NUM_TEXT, "%.*g", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return (size_t)length;
}

size_t als_num_format_fixed(double value, int decimals, char text[ALS_NUM_TEXT])
{
    const double scaled = value * (double)powers[decimals];
    if (!(fabs(scaled) < 1e18))
        return als_num_format(value, text);
    return write_decimal(llround(scaled), decimals, text);
}
