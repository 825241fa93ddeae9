/*
 * A result: named, typed columns and rows of cells. Analyses and listings fill one; the export
 * layer writes it as CSV, TSV, JSON or for people. Missing is a value of its own, never 0 or NaN
 * text.
 *
 * A table owns all its text, each text once, and keeps cells packed: 4 bytes for a text, 8 for a
 * number, 1 for yes or no. Cells are added in column order, row after row.
 */
#ifndef ALSTRACK_ANALYSIS_TABLE_H
#define ALSTRACK_ANALYSIS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum als_cell_type { ALS_CELL_TEXT, ALS_CELL_INTEGER, ALS_CELL_NUMBER, ALS_CELL_YESNO };

struct als_table_column {
    const char *name;  /* machine name, fixed by design */
    const char *label; /* for people; NULL = name */
    enum als_cell_type type;
    int decimals; /* shown to people; files get full precision; -1 = full */
};

struct als_cell {
    bool missing; /* then there is nothing in it */
    union {
        const char *text;
        int64_t integer;
        double number;
        bool yes;
    } as;
};

struct als_table; /* opaque */
struct als_table *als_table_new(const struct als_table_column *columns, size_t n_columns);
void als_table_free(struct als_table *table);

void als_table_text(struct als_table *table, const char *text); /* NULL or "" = missing; copied */
void als_table_integer(struct als_table *table, int64_t value); /* INT64_MIN is a bug */
void als_table_number(struct als_table *table, double value); /* NaN = missing; infinity is a bug */
void als_table_yesno(struct als_table *table, bool value);
void als_table_missing(struct als_table *table);
void als_table_day(struct als_table *table, int day); /* ISO date text; ALS_NO_DAY = missing */

size_t als_table_columns(const struct als_table *table);
size_t als_table_rows(const struct als_table *table);
const struct als_table_column *als_table_column(const struct als_table *table, size_t column);
struct als_cell als_table_cell(const struct als_table *table, size_t row, size_t column);

/* Lines for people that belong to the result: method, time zero, month length, counts, exclusions,
 * warnings. Printed on stderr, and kept in reports. */
__attribute__((format(printf, 2, 3))) void als_table_note(struct als_table *table,
                                                          const char *format, ...);
size_t als_table_notes(const struct als_table *table);
const char *als_table_note_at(const struct als_table *table, size_t index);

#endif
