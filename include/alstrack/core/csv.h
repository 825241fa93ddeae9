/*
 * A field of a CSV file as RFC 4180 has it: quoted if it must be, and only then. (Reading CSV is
 * the ingest layer's.)
 */
#ifndef ALSTRACK_CORE_CSV_H
#define ALSTRACK_CORE_CSV_H

#include "alstrack/core/buf.h"

/* Append text[0..length); it is quoted if it holds the separator, a quote or a line end. */
void als_csv_put(struct als_buf *out, const char *text, size_t length, char separator);

#endif
