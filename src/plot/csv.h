/*
 * Cells of the tables that stand behind charts (RFC 4180; the caller writes the commas).
 */
#ifndef ALSTRACK_PLOT_CSV_H
#define ALSTRACK_PLOT_CSV_H

#include "alstrack/core/buf.h"

void als_csv_cell(struct als_buf *out, const char *text); /* quoted where it must be */
void als_csv_number(struct als_buf *out, double value);   /* shortest exact; empty for NaN */

#endif
