/* Result tables as CSV, TSV and JSON for programs, and in aligned columns for people. */
#include "alstrack/export/write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/csv.h"
#include "alstrack/core/utf8.h"
#include "field.h"

#define FLUSH_AT ((size_t)64 * 1024)

bool als_format_parse(const char *name, enum als_format *out)
{
    static const char *const names[] = {[ALS_FORMAT_TABLE] = "table",
                                        [ALS_FORMAT_CSV] = "csv",
                                        [ALS_FORMAT_TSV] = "tsv",
                                        [ALS_FORMAT_JSON] = "json"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum als_format)i;
            return true;
        }
    }
    return false;
}

/* The stream remembers an error, so that one test at the end is enough. */
static void flush(struct als_buf *buf, FILE *out)
{
    fwrite(buf->data, 1, buf->length, out);
    als_buf_clear(buf);
}

static void flush_if_large(struct als_buf *buf, FILE *out)
{
    if (buf->length >= FLUSH_AT)
        flush(buf, out);
}

static void add_separated(struct als_buf *buf, struct als_cell cell, enum als_cell_type type,
                          char separator)
{
    if (cell.missing)
        return;
    if (type == ALS_CELL_TEXT)
        als_csv_put(buf, cell.as.text, strlen(cell.as.text), separator);
    else if (type == ALS_CELL_INTEGER)
        als_field_integer(buf, cell.as.integer);
    else if (type == ALS_CELL_NUMBER)
        als_field_number(buf, cell.as.number);
    else
        als_buf_char(buf, cell.as.yes ? 'Y' : 'N');
}

static void write_separated(const struct als_table *table, char separator, FILE *out,
                            struct als_buf *buf)
{
    size_t n_columns = als_table_columns(table), n_rows = als_table_rows(table);
    for (size_t i = 0; i < n_columns; i++) {
        const char *name = als_table_column(table, i)->name;
        if (i)
            als_buf_char(buf, separator);
        als_csv_put(buf, name, strlen(name), separator);
    }
    als_buf_char(buf, '\n');
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t i = 0; i < n_columns; i++) {
            struct als_cell cell = als_table_cell(table, row, i);
            if (i)
                als_buf_char(buf, separator);
            /* Readers skip an empty line, and with it the row. */
            if (n_columns == 1 && cell.missing)
                als_buf_text(buf, "\"\"");
            add_separated(buf, cell, als_table_column(table, i)->type, separator);
        }
        als_buf_char(buf, '\n');
        flush_if_large(buf, out);
    }
}

static void add_json(struct als_buf *buf, struct als_cell cell, enum als_cell_type type)
{
    if (cell.missing)
        als_buf_text(buf, "null");
    else if (type == ALS_CELL_TEXT)
        als_field_json(buf, cell.as.text, strlen(cell.as.text));
    else if (type == ALS_CELL_YESNO)
        als_buf_text(buf, cell.as.yes ? "true" : "false");
    else
        add_separated(buf, cell, type, ',');
}

/* The cells of one row as `"column":value`, without braces. */
static void add_json_row(struct als_buf *buf, const struct als_table *table, size_t row)
{
    for (size_t i = 0; i < als_table_columns(table); i++) {
        const struct als_table_column *column = als_table_column(table, i);
        if (i)
            als_buf_char(buf, ',');
        als_field_json(buf, column->name, strlen(column->name));
        als_buf_char(buf, ':');
        add_json(buf, als_table_cell(table, row, i), column->type);
    }
}

static void write_json(const struct als_table *table, FILE *out, struct als_buf *buf)
{
    size_t n_rows = als_table_rows(table);
    als_buf_char(buf, '[');
    for (size_t row = 0; row < n_rows; row++) {
        als_buf_text(buf, row ? ",\n{" : "\n{");
        add_json_row(buf, table, row);
        als_buf_char(buf, '}');
        flush_if_large(buf, out);
    }
    als_buf_text(buf, n_rows ? "\n]" : "]");
}

static void write_json_result(const struct als_result *result, FILE *out, struct als_buf *buf)
{
    als_buf_char(buf, '{');
    for (size_t i = 0; i < result->count; i++) {
        const struct als_result_part *part = &result->parts[i];
        als_buf_text(buf, i ? ",\n" : "\n");
        if (part->name) {
            als_field_json(buf, part->name, strlen(part->name));
            als_buf_char(buf, ':');
        }
        if (!part->single) {
            write_json(part->table, out, buf);
            continue;
        }
        if (part->name)
            als_buf_char(buf, '{');
        add_json_row(buf, part->table, 0);
        if (part->name)
            als_buf_char(buf, '}');
    }
    als_buf_text(buf, "\n}\n");
}

/* A number rounded for people, without the minus of a rounded zero. */
static void add_rounded(struct als_buf *buf, double value, int decimals)
{
    if (decimals < 0) {
        als_field_number(buf, value);
        return;
    }
    size_t start = buf->length;
    als_buf_printf(buf, "%.*f", decimals, value);
    if (buf->data[start] == '-' && strspn(buf->data + start, "-0.") == buf->length - start) {
        memmove(buf->data + start, buf->data + start + 1, buf->length - start);
        buf->length--;
    }
}

/* A probability is never shown as nothing: below its last decimal it says so. */
static bool is_probability(const char *name)
{
    size_t n = strlen(name);
    return strcmp(name, "p") == 0 || (n > 2 && strcmp(name + n - 2, "_p") == 0);
}

static void add_number(struct als_buf *buf, double value, const struct als_table_column *column)
{
    double least = 1;
    for (int i = 0; i < column->decimals; i++)
        least /= 10;
    if (column->decimals > 0 && value > 0 && value < least / 2 && is_probability(column->name)) {
        als_buf_char(buf, '<');
        value = least;
    }
    add_rounded(buf, value, column->decimals);
}

static void add_for_people(struct als_buf *buf, struct als_cell cell,
                           const struct als_table_column *column)
{
    if (cell.missing)
        als_buf_text(buf, "\xE2\x80\x93"); /* en dash */
    else if (column->type == ALS_CELL_TEXT)
        als_utf8_visible(buf, cell.as.text, strlen(cell.as.text));
    else if (column->type == ALS_CELL_INTEGER)
        als_field_integer(buf, cell.as.integer);
    else if (column->type == ALS_CELL_NUMBER)
        add_number(buf, cell.as.number, column);
    else
        als_buf_text(buf, cell.as.yes ? "yes" : "no");
}

void als_table_cell_text(const struct als_table *table, size_t row, size_t column,
                         struct als_buf *out)
{
    add_for_people(out, als_table_cell(table, row, column), als_table_column(table, column));
}

const char *als_table_heading(const struct als_table_column *column)
{
    return column->label ? column->label : column->name;
}

static bool is_right(const struct als_table_column *column)
{
    return column->type == ALS_CELL_INTEGER || column->type == ALS_CELL_NUMBER;
}

static size_t *measure_columns(const struct als_table *table, struct als_buf *scratch)
{
    size_t n_columns = als_table_columns(table), n_rows = als_table_rows(table);
    size_t *widths = als_alloc_array(n_columns, sizeof *widths);
    for (size_t i = 0; i < n_columns; i++) {
        const struct als_table_column *column = als_table_column(table, i);
        widths[i] = als_utf8_width(als_table_heading(column), strlen(als_table_heading(column)));
        for (size_t row = 0; row < n_rows; row++) {
            als_buf_clear(scratch);
            add_for_people(scratch, als_table_cell(table, row, i), column);
            size_t width = als_utf8_width(scratch->data, scratch->length);
            if (width > widths[i])
                widths[i] = width;
        }
    }
    return widths;
}

/* A text in a field of that width; the last field of a line is not padded. */
static void add_aligned(struct als_buf *buf, const char *text, size_t length, size_t width,
                        bool right, bool last)
{
    size_t own = als_utf8_width(text, length), blanks = width > own ? width - own : 0;
    for (size_t i = 0; right && i < blanks; i++)
        als_buf_char(buf, ' ');
    als_buf_add(buf, text, length);
    for (size_t i = 0; !right && !last && i < blanks; i++)
        als_buf_char(buf, ' ');
    als_buf_text(buf, last ? "\n" : "  ");
}

static void write_for_people(const struct als_table *table, FILE *out, struct als_buf *buf)
{
    size_t n_columns = als_table_columns(table), n_rows = als_table_rows(table);
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    size_t *widths = measure_columns(table, &text);
    for (size_t i = 0; i < n_columns; i++) {
        const struct als_table_column *column = als_table_column(table, i);
        add_aligned(buf, als_table_heading(column), strlen(als_table_heading(column)), widths[i],
                    is_right(column), i + 1 == n_columns);
    }
    for (size_t i = 0; i < n_columns; i++) {
        for (size_t k = 0; k < widths[i]; k++)
            als_buf_char(buf, '-');
        als_buf_text(buf, i + 1 == n_columns ? "\n" : "  ");
    }
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t i = 0; i < n_columns; i++) {
            const struct als_table_column *column = als_table_column(table, i);
            als_buf_clear(&text);
            add_for_people(&text, als_table_cell(table, row, i), column);
            add_aligned(buf, text.data, text.length, widths[i], is_right(column),
                        i + 1 == n_columns);
        }
        flush_if_large(buf, out);
    }
    free(widths);
    als_buf_release(&text);
}

static enum als_status finish(struct als_buf *buf, FILE *out, struct als_err *err)
{
    flush(buf, out);
    als_buf_release(buf);
    if (fflush(out) != 0 || ferror(out))
        return als_fail(err, ALS_IO, "E-WRITE", "cannot write the result: %s",
                        strerror(errno ? errno : EIO));
    return ALS_OK;
}

static void write_table(const struct als_table *table, enum als_format format, FILE *out,
                        struct als_buf *buf)
{
    if (format == ALS_FORMAT_TABLE)
        write_for_people(table, out, buf);
    else
        write_separated(table, format == ALS_FORMAT_TSV ? '\t' : ',', out, buf);
}

enum als_status als_table_write(const struct als_table *table, enum als_format format, FILE *out,
                                struct als_err *err)
{
    struct als_buf buf;
    als_buf_init(&buf, ALS_BUF_LARGE);
    errno = 0;
    if (format == ALS_FORMAT_JSON) {
        write_json(table, out, &buf);
        als_buf_char(&buf, '\n');
    } else {
        write_table(table, format, out, &buf);
    }
    return finish(&buf, out, err);
}

enum als_status als_result_write(const struct als_result *result, enum als_format format, FILE *out,
                                 struct als_err *err)
{
    if (result->count == 1)
        return als_table_write(als_result_main(result), format, out, err);
    struct als_buf buf;
    als_buf_init(&buf, ALS_BUF_LARGE);
    errno = 0;
    if (format == ALS_FORMAT_JSON) {
        write_json_result(result, out, &buf);
    } else if (format == ALS_FORMAT_TABLE) {
        for (size_t i = 0; i < result->count; i++) {
            if (i)
                als_buf_char(&buf, '\n');
            write_table(result->parts[i].table, format, out, &buf);
        }
    } else {
        write_table(als_result_main(result), format, out, &buf);
    }
    return finish(&buf, out, err);
}
