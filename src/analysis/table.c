/* Result tables: cells in chunks of rows, so that a long table is never moved. */
#include "alstrack/analysis/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"
#include "alstrack/core/date.h"
#include "alstrack/core/err.h"

#define CHUNK_ROWS 1024

struct als_table {
    struct als_arena *arena; /* columns, texts, notes */
    struct als_table_column *columns;
    size_t n_columns;
    struct als_cell **chunks; /* CHUNK_ROWS rows each */
    size_t n_chunks, chunk_room;
    size_t n_cells; /* added so far, in column order, row after row */
    const char **notes;
    size_t n_notes, note_room;
};

struct als_table *als_table_new(const struct als_table_column *columns, size_t n_columns)
{
    if (n_columns == 0)
        als_bug("a table without columns");
    struct als_table *table = als_alloc(sizeof *table);
    table->arena = als_arena_new();
    table->columns = als_arena_array(table->arena, n_columns, sizeof *columns);
    table->n_columns = n_columns;
    for (size_t i = 0; i < n_columns; i++) {
        table->columns[i] = columns[i];
        table->columns[i].name = als_arena_strdup(table->arena, columns[i].name);
        table->columns[i].label = als_arena_strdup(table->arena, columns[i].label);
    }
    return table;
}

void als_table_free(struct als_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->n_chunks; i++)
        free(table->chunks[i]);
    free(table->chunks);
    free(table->notes);
    als_arena_free(table->arena);
    free(table);
}

static struct als_cell *cell_at(const struct als_table *table, size_t row, size_t column)
{
    return &table->chunks[row / CHUNK_ROWS][row % CHUNK_ROWS * table->n_columns + column];
}

/* The next cell, which must be of that type; a cell starts as missing. */
static struct als_cell *next_cell(struct als_table *table, enum als_cell_type type)
{
    size_t row = table->n_cells / table->n_columns, column = table->n_cells % table->n_columns;
    if (table->columns[column].type != type)
        als_bug("column %s gets a cell of another type", table->columns[column].name);
    if (row / CHUNK_ROWS == table->n_chunks) {
        if (table->n_chunks == table->chunk_room) {
            table->chunk_room = table->chunk_room ? 2 * table->chunk_room : 8;
            table->chunks =
                als_realloc_array(table->chunks, table->chunk_room, sizeof(*table->chunks));
        }
        table->chunks[table->n_chunks++] =
            als_alloc_array(CHUNK_ROWS * table->n_columns, sizeof(struct als_cell));
    }
    table->n_cells++;
    struct als_cell *cell = cell_at(table, row, column);
    cell->missing = true;
    return cell;
}

void als_table_missing(struct als_table *table)
{
    next_cell(table, table->columns[table->n_cells % table->n_columns].type);
}

void als_table_text(struct als_table *table, const char *text)
{
    struct als_cell *cell = next_cell(table, ALS_CELL_TEXT);
    if (!text || !*text)
        return;
    cell->missing = false;
    cell->as.text = als_arena_strdup(table->arena, text);
}

void als_table_integer(struct als_table *table, int64_t value)
{
    *next_cell(table, ALS_CELL_INTEGER) = (struct als_cell){.as.integer = value};
}

void als_table_number(struct als_table *table, double value)
{
    struct als_cell *cell = next_cell(table, ALS_CELL_NUMBER);
    if (isnan(value))
        return;
    if (isinf(value))
        als_bug("an infinite number in a result table");
    /* A negative zero would print as -0. */
    *cell = (struct als_cell){.as.number = value == 0 ? 0 : value};
}

void als_table_yesno(struct als_table *table, bool value)
{
    *next_cell(table, ALS_CELL_YESNO) = (struct als_cell){.as.yes = value};
}

void als_table_day(struct als_table *table, int day)
{
    char text[ALS_DATE_TEXT];
    als_table_text(table, als_day_format(day, text));
}

size_t als_table_columns(const struct als_table *table)
{
    return table->n_columns;
}

size_t als_table_rows(const struct als_table *table)
{
    return table->n_cells / table->n_columns;
}

const struct als_table_column *als_table_column(const struct als_table *table, size_t column)
{
    if (column >= table->n_columns)
        als_bug("column %zu of %zu", column, table->n_columns);
    return &table->columns[column];
}

const struct als_cell *als_table_cell(const struct als_table *table, size_t row, size_t column)
{
    if (row >= als_table_rows(table) || column >= table->n_columns)
        als_bug("cell %zu, %zu of a table of %zu rows", row, column, als_table_rows(table));
    return cell_at(table, row, column);
}

void als_table_note(struct als_table *table, const char *format, ...)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    va_list args;
    va_start(args, format);
    als_buf_vprintf(&text, format, args);
    va_end(args);
    if (table->n_notes == table->note_room) {
        table->note_room = table->note_room ? 2 * table->note_room : 8;
        table->notes = als_realloc_array(table->notes, table->note_room, sizeof(*table->notes));
    }
    table->notes[table->n_notes++] = als_arena_strdup(table->arena, text.data);
    als_buf_release(&text);
}

size_t als_table_notes(const struct als_table *table)
{
    return table->n_notes;
}

const char *als_table_note_at(const struct als_table *table, size_t index)
{
    if (index >= table->n_notes)
        als_bug("note %zu of %zu", index, table->n_notes);
    return table->notes[index];
}
