/* Text and numbers as cells. */
#include "data_cell.h"

#include <string.h>

#include "alstrack/core/csv.h"
#include "alstrack/core/num.h"

void als_data_text(struct als_buf *out, const char *text)
{
    als_csv_put(out, text, strlen(text), ',');
}

void als_data_number(struct als_buf *out, double value)
{
    char text[ALS_NUM_TEXT];
    als_buf_add(out, text, als_num_format(value, text));
}
