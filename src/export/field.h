/*
 * One value as a file has it. The same text in every file, so that what is exported twice, or as a
 * listing and as a data set, is equal to the byte.
 */
#ifndef ALSTRACK_EXPORT_FIELD_H
#define ALSTRACK_EXPORT_FIELD_H

#include <stdint.h>

#include "alstrack/core/buf.h"
#include "alstrack/core/num.h"

void als_field_number(struct als_buf *out, double value); /* shortest form; NaN adds nothing */
void als_field_integer(struct als_buf *out, int64_t value);

/* Long decimals of late: scores like 26.666666666666668 come again and again. Zeroed is empty. */
struct als_field_memory {
    struct {
        double value;
        size_t length; /* 0 = unused */
        char text[ALS_NUM_TEXT];
    } slots[1024];
};
size_t als_field_remembered(struct als_field_memory *memory, double value, char text[ALS_NUM_TEXT]);

/* A JSON string with its quotes; bad UTF-8 becomes U+FFFD. */
void als_field_json(struct als_buf *out, const char *text, size_t length);

/* Cells of a CSV row, each with the comma behind it; als_field_end_row makes the last comma a line
 * end.
 */
void als_field_cell_text(struct als_buf *out, const char *text); /* NULL: empty */
void als_field_cell_number(struct als_buf *out, double value);
void als_field_cell_integer(struct als_buf *out, int64_t value);
void als_field_cell_day(struct als_buf *out, int day);
void als_field_cell_yesno(struct als_buf *out, int yes); /* 1: Y, 0: N, else empty */
void als_field_end_row(struct als_buf *out);

#endif
