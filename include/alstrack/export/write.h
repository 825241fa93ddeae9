/*
 * A result table in the forms that people and programs read. CSV is RFC 4180 with LF line ends,
 * quoted on need, full precision, empty cell = missing. JSON is an array of objects, null =
 * missing; of a result of several tables one object, with a key for each table.
 */
#ifndef ALSTRACK_EXPORT_WRITE_H
#define ALSTRACK_EXPORT_WRITE_H

#include <stdio.h>

#include "alstrack/analysis/result.h"
#include "alstrack/core/err.h"

enum als_format { ALS_FORMAT_TABLE, ALS_FORMAT_CSV, ALS_FORMAT_TSV, ALS_FORMAT_JSON };
bool als_format_parse(const char *name, enum als_format *out);

/* ALS_IO when the stream reports an error. */
ALS_CHECKED enum als_status als_table_write(const struct als_table *table, enum als_format format,
                                            FILE *out, struct als_err *err);

/* One cell as people read it, rounded as its column says; a missing one is a dash. And the name of
 * its column for people. */
struct als_buf;
void als_table_cell_text(const struct als_table *table, size_t row, size_t column,
                         struct als_buf *out);
const char *als_table_heading(const struct als_table_column *column);

/* For people every table of the result, one after another; as CSV and TSV the main one. A result of
 * one table is written as that table. */
ALS_CHECKED enum als_status als_result_write(const struct als_result *result,
                                             enum als_format format, FILE *out,
                                             struct als_err *err);

#endif
