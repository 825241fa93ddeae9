/* Flat JSON objects: what history keeps of old rows, and reasons per item. */
#include <string.h>

#include "alstrack/core/num.h"
#include "store_int.h"

void als_json_text(struct als_buf *out, const char *text, size_t length)
{
    als_buf_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            als_buf_printf(out, "\\%c", c);
        else if (c < 0x20)
            als_buf_printf(out, "\\u%04x", c);
        else
            als_buf_char(out, (char)c);
    }
    als_buf_char(out, '"');
}

void als_json_number(struct als_buf *out, double value)
{
    char text[ALS_NUM_TEXT];
    als_num_format(value, text);
    als_buf_text(out, text);
    if (!strpbrk(text, ".eE"))
        als_buf_text(out, ".0");
}

void als_json_open(struct als_json *json, const char *text)
{
    *json = (struct als_json){.at = text};
    als_buf_init(&json->name, ALS_BUF_LARGE);
    als_buf_init(&json->text, ALS_BUF_LARGE);
}

void als_json_close(struct als_json *json)
{
    als_buf_release(&json->name);
    als_buf_release(&json->text);
}

static void skip_blanks(struct als_json *json)
{
    json->at += strspn(json->at, " \t\r\n");
}

static bool take(struct als_json *json, char c)
{
    skip_blanks(json);
    if (*json->at != c)
        return false;
    json->at++;
    return true;
}

static bool hex4(const char *at, unsigned *out)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    *out = 0;
    for (size_t i = 0; i < 4; i++) {
        const char *digit = at[i] ? strchr(digits, at[i]) : NULL;
        if (!digit)
            return false;
        *out = *out * 16 + (unsigned)(digit - digits) % 16;
    }
    return true;
}

static void add_utf8(struct als_buf *out, unsigned code)
{
    if (code < 0x80) {
        als_buf_char(out, (char)code);
    } else if (code < 0x800) {
        als_buf_char(out, (char)(0xC0 | code >> 6));
        als_buf_char(out, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        als_buf_char(out, (char)(0xE0 | code >> 12));
        als_buf_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
        als_buf_char(out, (char)(0x80 | (code & 0x3F)));
    } else {
        als_buf_char(out, (char)(0xF0 | code >> 18));
        als_buf_char(out, (char)(0x80 | (code >> 12 & 0x3F)));
        als_buf_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
        als_buf_char(out, (char)(0x80 | (code & 0x3F)));
    }
}

/* After \u: one code unit, or a pair of surrogates. */
static bool read_unicode(struct als_json *json, struct als_buf *out)
{
    unsigned code, low;
    if (!hex4(json->at, &code))
        return false;
    json->at += 4;
    if (code >= 0xD800 && code < 0xDC00) {
        if (json->at[0] != '\\' || json->at[1] != 'u' || !hex4(json->at + 2, &low) ||
            low < 0xDC00 || low > 0xDFFF)
            return false;
        json->at += 6;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    add_utf8(out, code);
    return true;
}

static bool read_text(struct als_json *json, struct als_buf *out)
{
    static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    als_buf_clear(out);
    if (!take(json, '"'))
        return false;
    for (;;) {
        size_t plain = strcspn(json->at, "\"\\");
        als_buf_add(out, json->at, plain);
        json->at += plain;
        if (*json->at == '"') {
            json->at++;
            return true;
        }
        if (*json->at == '\0')
            return false;
        char escape = json->at[1];
        json->at += escape ? 2 : 1;
        if (escape == 'u') {
            if (!read_unicode(json, out))
                return false;
            continue;
        }
        size_t i = 0;
        while (escapes[i] && escapes[i] != escape)
            i += 2;
        if (!escape || !escapes[i])
            return false;
        als_buf_char(out, escapes[i + 1]);
    }
}

static bool read_value(struct als_json *json, struct als_json_member *member)
{
    skip_blanks(json);
    if (*json->at == '"') {
        member->kind = ALS_JSON_TEXT;
        return read_text(json, &json->text);
    }
    if (strncmp(json->at, "null", 4) == 0) {
        member->kind = ALS_JSON_NULL;
        json->at += 4;
        return true;
    }
    size_t length = strspn(json->at, "+-.0123456789eE");
    const char *number = json->at;
    json->at += length;
    if (als_num_parse_integer(number, length, &member->integer)) {
        member->kind = ALS_JSON_INTEGER;
        return true;
    }
    member->kind = ALS_JSON_NUMBER;
    return als_num_parse_double(number, length, &member->number);
}

bool als_json_next(struct als_json *json, struct als_json_member *member)
{
    if (json->ended || json->failed)
        return false;
    bool first = !json->started;
    json->started = true;
    if (first && !take(json, '{')) {
        json->failed = true;
        return false;
    }
    if (take(json, '}')) {
        skip_blanks(json);
        json->ended = true;
        json->failed = *json->at != '\0';
        return false;
    }
    json->failed = (!first && !take(json, ',')) || !read_text(json, &json->name) ||
                   !take(json, ':') || !read_value(json, member);
    return !json->failed;
}

void als_cells_to_json(const struct als_relation *table, const struct als_row_cell *cells,
                       struct als_buf *out)
{
    const char *separator = "";
    als_buf_char(out, '{');
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct als_row_cell *cell = &cells[i];
        if (cell->kind == ALS_ROW_NULL)
            continue;
        als_buf_text(out, separator);
        separator = ",";
        als_json_text(out, table->columns[i].name, strlen(table->columns[i].name));
        als_buf_char(out, ':');
        if (cell->kind == ALS_ROW_INTEGER)
            als_buf_printf(out, "%lld", (long long)cell->integer);
        else if (cell->kind == ALS_ROW_NUMBER)
            als_json_number(out, cell->number);
        else
            als_json_text(out, cell->text, cell->length);
    }
    als_buf_char(out, '}');
}

bool als_cells_from_json(const struct als_relation *table, const char *text,
                         struct als_arena *arena, struct als_row_cell *cells)
{
    struct als_json json;
    struct als_json_member member;
    size_t next = 0;
    bool known = true;
    for (size_t i = 0; i < table->n_columns; i++)
        cells[i] = (struct als_row_cell){.kind = ALS_ROW_NULL, .given = true};
    als_json_open(&json, text);
    while (known && als_json_next(&json, &member)) {
        while (next < table->n_columns && strcmp(table->columns[next].name, json.name.data) != 0)
            next++;
        known = next < table->n_columns;
        if (!known || member.kind == ALS_JSON_NULL)
            continue;
        struct als_row_cell *cell = &cells[next];
        cell->integer = member.integer;
        cell->number = member.number;
        cell->kind = member.kind == ALS_JSON_INTEGER  ? ALS_ROW_INTEGER
                     : member.kind == ALS_JSON_NUMBER ? ALS_ROW_NUMBER
                                                      : ALS_ROW_TEXT;
        if (cell->kind == ALS_ROW_TEXT) {
            cell->text = als_arena_strndup(arena, json.text.data, json.text.length);
            cell->length = json.text.length;
        }
    }
    known = known && !json.failed;
    als_json_close(&json);
    return known;
}
