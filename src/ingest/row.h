/*
 * One row of a file under examination: its cells by column, and what is wrong with them. Messages
 * say what was expected and what was found.
 */
#ifndef ALSTRACK_INGEST_ROW_H
#define ALSTRACK_INGEST_ROW_H

#include "alstrack/core/date.h"
#include "columns.h"
#include "finding.h"
#include "roster.h"

struct als_row {
    const struct als_csv_record *record;
    const struct als_columns *columns;
    struct als_findings *findings;
    bool bad;
};

/* The cell of a known column; empty when the file has no such column. */
static inline struct als_csv_field als_row_cell(const struct als_row *row, size_t column)
{
    const ptrdiff_t at = row->columns->at[column];
    const struct als_csv_field none = {.text = ""};
    return at < 0 ? none : row->record->fields[at];
}

/* Refuse the row for one cell. hint may be NULL. */
__attribute__((format(printf, 5, 6))) void als_row_fail(struct als_row *row, size_t column,
                                                        const char *code, const char *hint,
                                                        const char *format, ...);
/* Refuse the row: it contradicts what is stored in that column of the store. */
void als_row_conflict(struct als_row *row, const char *stored, const char *code, const char *hint,
                      const char *text);
/* Refuse the row: the cell is not what was expected. The hint is found from the cell. */
void als_row_expect(struct als_row *row, size_t column, const char *expected);

/* Warnings by kind: all are counted, the first of each kind are findings. */
#define ALS_WARNINGS_SHOWN 10
struct als_warnings {
    struct als_warning_kind {
        const char *code; /* borrowed */
        enum als_rule_level level;
        size_t count;
    } kinds[64];
    size_t n;
};
/* What a rule says of the row: a hard one refuses it. column ALS_NO_FIELD: the row as a whole. */
void als_row_verdict(struct als_row *row, struct als_warnings *warnings, size_t column,
                     const struct als_verdict *verdict);
/* Count a verdict that is not hard; true when it is one of the first of its kind. */
bool als_warnings_count(struct als_warnings *warnings, const struct als_verdict *verdict);

/* Has the row as many cells as the header? Says so if not. */
bool als_row_complete(struct als_row *row);

/* Cells by type; each refuses the row when the cell is something else. An empty cell is missing. */
size_t als_row_patient(struct als_row *row, struct als_roster *roster); /* index */
int als_row_day(struct als_row *row, size_t column, bool required);
struct als_date als_row_date(struct als_row *row, size_t column, bool required);
double als_row_number(struct als_row *row, size_t column, double min, double max,
                      const char *expected);
/* Index of the choice, -1 when empty or wrong. */
ptrdiff_t als_row_choice(struct als_row *row, size_t column, const char *const *choices, size_t n);
int als_row_yes_no(struct als_row *row, size_t column);
/* Text without control characters, at most `most` characters; NULL when empty. In the arena. */
const char *als_row_text(struct als_row *row, size_t column, size_t most, struct als_arena *arena);
/* Number of the visit; 0 with *extra set (in the arena) for an extra visit that the study does not
 * know yet; 0 and *extra NULL when empty or wrong. */
int als_row_visit(struct als_row *row, size_t column, struct als_visit_codes *codes,
                  struct als_arena *arena, const char **extra);

/* Modes and states as files have them. */
extern const char *const als_modes[];
enum { ALS_MODE_COUNT = 4 };
/* status and reason of an assessment or visit: is it not done, and why? Columns that are missing
 * mean done. */
bool als_row_not_done(struct als_row *row, size_t status, size_t reason, const char **why);

#endif
