/*
 * Numbers in text, independent of the locale. Reading accepts the whole text or nothing: no blanks,
 * no thousands separators, no decimal comma, no hexadecimal, no NaN or infinity.
 */
#ifndef ALSTRACK_CORE_NUM_H
#define ALSTRACK_CORE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALS_NUM_TEXT 32

bool als_num_parse_integer(const char *text, size_t length, int64_t *out);
bool als_num_parse_double(const char *text, size_t length, double *out);

/* The shortest decimal that reads back as the same double; "" for NaN. Integral values below 1e15
 * have no point. Returns the length. */
size_t als_num_format(double value, char text[ALS_NUM_TEXT]);
size_t als_num_format_integer(int64_t value, char text[ALS_NUM_TEXT]);
/* Rounded to at most `decimals` (0 to 9) places, without zeros at the end; a value too large to
 * have that many is given as by als_num_format. */
size_t als_num_format_fixed(double value, int decimals, char text[ALS_NUM_TEXT]);

#endif
