/* Result tables: rows packed in chunks, so that a long table is small and is never moved. A text is
 * kept once, and its cells are numbers of it. */
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

/* How a missing cell is kept. */
#define MISSING_TEXT    0
#define MISSING_INTEGER INT64_MIN
#define MISSING_YESNO   2

struct texts {
    const char **items; /* from 1; in the table's arena */
    uint32_t count, room;
    uint32_t *slots; /* hash to item, 0 = free; n_slots is a power of 2 and more than twice count */
    size_t n_slots;
};

struct als_table {
    struct als_arena *arena; /* columns, texts, notes */
    struct als_table_column *columns;
    size_t *offset;  /* of each column in a packed row */
    uint32_t *above; /* text of each column in the row before */
    size_t n_columns, row_size;
    unsigned char **chunks; /* CHUNK_ROWS rows each */
    size_t n_chunks, chunk_room;
    size_t n_cells; /* added so far, in column order, row after row */
    struct texts texts;
    const char **notes;
    size_t n_notes, note_room;
};

static size_t width_of(enum als_cell_type type)
{
    switch (type) {
    case ALS_CELL_TEXT:
        return sizeof(uint32_t);
    case ALS_CELL_INTEGER:
        return sizeof(int64_t);
    case ALS_CELL_NUMBER:
        return sizeof(double);
    case ALS_CELL_YESNO:
        return 1;
    }
    return 0;
}

struct als_table *als_table_new(const struct als_table_column *columns, size_t n_columns)
{
    if (n_columns == 0)
        als_bug("a table without columns");
    struct als_table *table = als_alloc(sizeof *table);
    table->arena = als_arena_new();
    table->columns = als_arena_array(table->arena, n_columns, sizeof *columns);
    table->offset = als_arena_array(table->arena, n_columns, sizeof *table->offset);
    table->above = als_arena_array(table->arena, n_columns, sizeof *table->above);
    table->n_columns = n_columns;
    for (size_t i = 0; i < n_columns; i++) {
        table->columns[i] = columns[i];
        table->offset[i] = table->row_size;
        table->row_size += width_of(columns[i].type);
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
    free(table->texts.items);
    free(table->texts.slots);
    free(table->notes);
    als_arena_free(table->arena);
    free(table);
}

/* ---------------------------------------------------------------- texts */

static size_t hash(const char *text)
{
    uint64_t value = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return (size_t)(value ^ value >> 32);
}

/* The slot that holds the text, or the free one where it belongs. */
static uint32_t *slot_of(const struct texts *texts, const char *text)
{
    size_t at = hash(text) & (texts->n_slots - 1);
    while (texts->slots[at] && strcmp(texts->items[texts->slots[at]], text) != 0)
        at = (at + 1) & (texts->n_slots - 1);
    return &texts->slots[at];
}

static void make_room(struct texts *texts)
{
    if (texts->count + 1 >= texts->room) {
        texts->room = texts->room ? 2 * texts->room : 64;
        texts->items = als_realloc_array(texts->items, texts->room, sizeof *texts->items);
    }
    if (2 * ((size_t)texts->count + 2) < texts->n_slots)
        return;
    free(texts->slots);
    texts->n_slots = texts->n_slots ? 2 * texts->n_slots : 256;
    texts->slots = als_alloc_array(texts->n_slots, sizeof *texts->slots);
    for (uint32_t i = 1; i <= texts->count; i++)
        *slot_of(texts, texts->items[i]) = i;
}

static uint32_t number_of(struct als_table *table, const char *text)
{
    struct texts *texts = &table->texts;
    make_room(texts);
    uint32_t *slot = slot_of(texts, text);
    const uint32_t known = *slot;
    if (known)
        return known;
    if (texts->count == UINT32_MAX / 4)
        als_bug("a table of more than %u texts", texts->count);
    *slot = ++texts->count;
    texts->items[*slot] = als_arena_strdup(table->arena, text);
    return *slot;
}

/* ---------------------------------------------------------------- cells */

static unsigned char *cell_at(const struct als_table *table, size_t row, size_t column)
{
    return table->chunks[row / CHUNK_ROWS] + row % CHUNK_ROWS * table->row_size +
           table->offset[column];
}

/* Adds the next cell, which must be of that type. */
static void add(struct als_table *table, enum als_cell_type type, const void *packed)
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
        table->chunks[table->n_chunks++] = als_alloc_array(CHUNK_ROWS, table->row_size);
    }
    table->n_cells++;
    memcpy(cell_at(table, row, column), packed, width_of(type));
}

static void add_yesno(struct als_table *table, unsigned char value)
{
    add(table, ALS_CELL_YESNO, &value);
}

void als_table_missing(struct als_table *table)
{
    switch (table->columns[table->n_cells % table->n_columns].type) {
    case ALS_CELL_TEXT:
        als_table_text(table, NULL);
        break;
    case ALS_CELL_INTEGER:
        add(table, ALS_CELL_INTEGER, &(int64_t){MISSING_INTEGER});
        break;
    case ALS_CELL_NUMBER:
        als_table_number(table, NAN);
        break;
    case ALS_CELL_YESNO:
        add_yesno(table, MISSING_YESNO);
    }
}

void als_table_text(struct als_table *table, const char *text)
{
    uint32_t *above = &table->above[table->n_cells % table->n_columns], number = MISSING_TEXT;
    if (text && *text) {
        bool same = *above && strcmp(table->texts.items[*above], text) == 0;
        *above = number = same ? *above : number_of(table, text);
    }
    add(table, ALS_CELL_TEXT, &number);
}

void als_table_integer(struct als_table *table, int64_t value)
{
    if (value == MISSING_INTEGER)
        als_bug("an integer that stands for missing in a result table");
    add(table, ALS_CELL_INTEGER, &value);
}

void als_table_number(struct als_table *table, double value)
{
    if (isinf(value))
        als_bug("an infinite number in a result table");
    const double plain = value == 0 ? 0 : value; /* a negative zero would print as -0 */
    add(table, ALS_CELL_NUMBER, &plain);
}

void als_table_yesno(struct als_table *table, bool value)
{
    add_yesno(table, value);
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

struct als_cell als_table_cell(const struct als_table *table, size_t row, size_t column)
{
    if (row >= als_table_rows(table) || column >= table->n_columns)
        als_bug("cell %zu, %zu of a table of %zu rows", row, column, als_table_rows(table));
    const unsigned char *packed = cell_at(table, row, column);
    struct als_cell cell = {.missing = false};
    uint32_t text;
    switch (table->columns[column].type) {
    case ALS_CELL_TEXT:
        memcpy(&text, packed, sizeof text);
        cell.missing = text == MISSING_TEXT;
        cell.as.text = cell.missing ? NULL : table->texts.items[text];
        break;
    case ALS_CELL_INTEGER:
        memcpy(&cell.as.integer, packed, sizeof cell.as.integer);
        cell.missing = cell.as.integer == MISSING_INTEGER;
        break;
    case ALS_CELL_NUMBER:
        memcpy(&cell.as.number, packed, sizeof cell.as.number);
        cell.missing = isnan(cell.as.number);
        break;
    case ALS_CELL_YESNO:
        cell.missing = *packed == MISSING_YESNO;
        cell.as.yes = *packed == 1;
    }
    return cell;
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
