/*
 * Cells of the tables that stand behind charts (RFC 4180; the caller writes the commas).
 */
#ifndef ALSTRACK_PLOT_DATA_CELL_H
#define ALSTRACK_PLOT_DATA_CELL_H

#include "alstrack/core/buf.h"

void als_data_text(struct als_buf *out, const char *text); /* quoted where it must be */
void als_data_number(struct als_buf *out, double value);   /* shortest exact; empty for NaN */

#endif
