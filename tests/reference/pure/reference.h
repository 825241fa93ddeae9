/*
 * Reading reference data, and the table of largest differences.
 */
#ifndef ALSTRACK_REFERENCE_H
#define ALSTRACK_REFERENCE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- files */

struct csv {
    size_t n, columns; /* rows without the header */
    char **cells;      /* the header's first */
    char *text;
};

/* FOLDER/PART/NAME.csv; ends the program when it cannot be read. */
struct csv csv_read(const char *part, const char *name);
void csv_free(struct csv *csv);
const char *csv_text(const struct csv *csv, size_t row, const char *column);
double csv_number(const struct csv *csv, size_t row, const char *column); /* NAN: empty or NA */
bool csv_is(const struct csv *csv, size_t row, const char *column, const char *value);

extern const char *reference_folder;

/* ---------------------------------------------------------------- comparison */

/* |ours - expected| / scale against the limit; NAN must meet NAN. */
void check(const char *quantity, double ours, double expected, double scale, double limit,
           const char *where, ...) __attribute__((format(printf, 6, 7)));
void check_relative(const char *quantity, double ours, double expected, double limit,
                    const char *where);
bool check_report(void); /* prints the table; true when all is within limits */

/* ---------------------------------------------------------------- parts */

void check_mixed(void);
void check_singular(void);
void check_repeated(void);
void check_survival(void);
void check_joint_rank(void);
void check_change(void);
void check_prepost(void);

/* Value of a term of a fixed design ("time:groupMale") at a row of a data set. */
double term_value(const char *term, const struct csv *data, size_t row);

#endif
