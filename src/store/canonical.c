/* Rows as cells, as canonical bytes for digests, and their keys in words. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "store_int.h"

struct als_row_cell als_cell_integer(int64_t value)
{
    return (struct als_row_cell){.kind = ALS_ROW_INTEGER, .given = true, .integer = value};
}

struct als_row_cell als_cell_number(double value)
{
    if (isnan(value))
        return (struct als_row_cell){.kind = ALS_ROW_NULL, .given = true};
    /* SQLite stores integral reals as integers, which have no -0. */
    return (struct als_row_cell){.kind = ALS_ROW_NUMBER, .given = true, .number = value + 0.0};
}

struct als_row_cell als_cell_text(const char *text)
{
    return (struct als_row_cell){.kind = text ? ALS_ROW_TEXT : ALS_ROW_NULL,
                                 .given = true,
                                 .text = text,
                                 .length = text ? strlen(text) : 0};
}

struct als_row_cell als_cell_when(bool given, struct als_row_cell cell)
{
    cell.given = given;
    return cell;
}

void als_cells_from_row(const struct als_relation *table, sqlite3_stmt *stmt, int first,
                        struct als_row_cell *cells)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        /* One look-up per column; a connection is used by one thread at a time. */
        sqlite3_value *value = sqlite3_column_value(stmt, first + (int)i);
        struct als_row_cell *cell = &cells[i];
        cell->given = true;
        cell->quiet = false;
        switch (sqlite3_value_type(value)) {
        case SQLITE_INTEGER:
            cell->kind = ALS_ROW_INTEGER;
            cell->integer = sqlite3_value_int64(value);
            break;
        case SQLITE_FLOAT:
            cell->kind = ALS_ROW_NUMBER;
            cell->number = sqlite3_value_double(value);
            break;
        case SQLITE_TEXT:
            cell->kind = ALS_ROW_TEXT;
            cell->text = (const char *)sqlite3_value_text(value);
            cell->length = (size_t)sqlite3_value_bytes(value);
            break;
        case SQLITE_BLOB:
            cell->kind = ALS_ROW_BLOB;
            cell->text = sqlite3_value_blob(value);
            cell->length = (size_t)sqlite3_value_bytes(value);
            break;
        default:
            cell->kind = ALS_ROW_NULL;
        }
    }
}

bool als_cells_equal(const struct als_row_cell *a, const struct als_row_cell *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case ALS_ROW_NULL:
        return true;
    case ALS_ROW_INTEGER:
        return a->integer == b->integer;
    case ALS_ROW_NUMBER:
        return !(a->number < b->number) && !(a->number > b->number);
    default:
        return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
    }
}

void als_cell_print(const struct als_row_cell *cell, struct als_buf *out)
{
    char number[ALS_NUM_TEXT];
    switch (cell->kind) {
    case ALS_ROW_NULL:
        break;
    case ALS_ROW_INTEGER:
        als_buf_printf(out, "%lld", (long long)cell->integer);
        break;
    case ALS_ROW_NUMBER:
        als_num_format(cell->number, number);
        als_buf_text(out, number);
        break;
    case ALS_ROW_TEXT:
        als_buf_add(out, cell->text, cell->length);
        break;
    case ALS_ROW_BLOB:
        als_buf_printf(out, "(%zu bytes)", cell->length);
        break;
    }
}

/* ---- Words ---- */

static void keep_word(struct als_store *store, int64_t patient_id, const char *text)
{
    size_t index = (size_t)patient_id;
    if (index >= store->patients_room) {
        size_t room = store->patients_room ? store->patients_room : 256;
        while (room <= index)
            room *= 2;
        store->patients = als_realloc_array(store->patients, room, sizeof *store->patients);
        memset(store->patients + store->patients_room, 0,
               (room - store->patients_room) * sizeof *store->patients);
        store->patients_room = room;
    }
    if (!store->patients[index])
        store->patients[index] = als_strdup(text);
}

const char *als_word_patient(struct als_store *store, int64_t patient_id)
{
    if (patient_id < 1 || patient_id > ALS_PATIENT_MAX)
        return "";
    if ((size_t)patient_id < store->patients_room && store->patients[patient_id])
        return store->patients[patient_id];
    sqlite3_stmt *stmt;
    if (als_sql_cached(store, "SELECT patient FROM main.patient WHERE patient_id = ?1", &stmt,
                       NULL) != ALS_OK)
        return "";
    sqlite3_bind_int64(stmt, 1, patient_id);
    bool row;
    const char *word = "";
    if (als_sql_step(store, stmt, &row, NULL) == ALS_OK && row) {
        keep_word(store, patient_id, (const char *)sqlite3_column_text(stmt, 0));
        word = store->patients[patient_id];
    }
    als_sql_done(stmt);
    return word;
}

enum als_status als_words_load(struct als_store *store, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store,
                       "SELECT patient_id, patient FROM main.patient WHERE patient_id BETWEEN 1"
                       " AND 16777215",
                       &stmt, err);
    bool row = false;
    while (status == ALS_OK && (status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row)
        keep_word(store, sqlite3_column_int64(stmt, 0), (const char *)sqlite3_column_text(stmt, 1));
    return status;
}

void als_words_forget(struct als_store *store)
{
    for (size_t i = 0; i < store->patients_room; i++)
        free(store->patients[i]);
    free(store->patients);
    store->patients = NULL;
    store->patients_room = 0;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* ---- Canonical bytes ---- */

#define VARINT_MOST 10
_Static_assert(ALS_CANON_INTEGER == 2 * VARINT_MOST + 1, "column number, type, value");

/* Returns the number of bytes written. */
static size_t put_varint(char *bytes, uint64_t value)
{
    size_t n = 0;
    while (value >= 0x80) {
        bytes[n++] = (char)(value | 0x80);
        value >>= 7;
    }
    bytes[n++] = (char)value;
    return n;
}

static void add_varint(struct als_buf *out, uint64_t value)
{
    char bytes[VARINT_MOST];
    als_buf_add(out, bytes, put_varint(bytes, value));
}

static void add_text(struct als_buf *out, const char *text, size_t length)
{
    add_varint(out, length);
    als_buf_add(out, text, length);
}

static void add_words(struct als_store *store, struct als_buf *out, enum als_words words,
                      int64_t key)
{
    const char *text;
    switch (words) {
    case ALS_WORDS_NONE:
        break;
    case ALS_WORDS_PATIENT:
        text = als_word_patient(store, key);
        add_text(out, text, strlen(text));
        break;
    case ALS_WORDS_VISIT_NO:
        text =
            key >= 0 && key <= ALS_KEY_MASK ? or_empty(als_store_visit_code(store, (int)key)) : "";
        add_text(out, text, strlen(text));
        break;
    case ALS_WORDS_VISIT:
        add_words(store, out, ALS_WORDS_PATIENT, key >> ALS_KEY_SHIFT);
        add_words(store, out, ALS_WORDS_VISIT_NO, key & ALS_KEY_MASK);
        break;
    case ALS_WORDS_ASSESSMENT:
        add_words(store, out, ALS_WORDS_VISIT, key >> ALS_KEY_SHIFT);
        text = or_empty(als_store_rater(store, (int)(key & ALS_KEY_MASK)));
        add_text(out, text, strlen(text));
        break;
    case ALS_WORDS_QUERY:
        add_words(store, out, ALS_WORDS_PATIENT, key >> ALS_QUERY_SHIFT);
        add_varint(out, (uint64_t)key & ALS_QUERY_MASK);
        break;
    case ALS_WORDS_STEP:
        add_words(store, out, ALS_WORDS_QUERY, key >> ALS_KEY_SHIFT);
        add_varint(out, (uint64_t)key & ALS_KEY_MASK);
        break;
    }
}

void als_canon_key(struct als_store *store, const struct als_relation *table, int64_t row_id,
                   struct als_buf *out)
{
    add_words(store, out, table->key_words, row_id);
}

/* Column number and type. */
static size_t put_head(char *bytes, size_t column, char type)
{
    size_t n = put_varint(bytes, column);
    bytes[n] = type;
    return n + 1;
}

static void begin_column(struct als_buf *out, size_t column, char type)
{
    char bytes[VARINT_MOST + 1];
    als_buf_add(out, bytes, put_head(bytes, column, type));
}

size_t als_canon_put_integer(char bytes[ALS_CANON_INTEGER], size_t column, int64_t value)
{
    size_t n = put_head(bytes, column, 'i');
    return n + put_varint(bytes + n, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

void als_canon_integer(struct als_buf *out, size_t column, int64_t value)
{
    char bytes[ALS_CANON_INTEGER];
    als_buf_add(out, bytes, als_canon_put_integer(bytes, column, value));
}

void als_canon_number(struct als_buf *out, size_t column, double value)
{
    uint64_t bits;
    char bytes[VARINT_MOST + 1 + sizeof bits];
    size_t n = put_head(bytes, column, 'r');
    memcpy(&bits, &value, sizeof bits);
    for (size_t i = 0; i < sizeof bits; i++)
        bytes[n++] = (char)(bits >> (8 * i));
    als_buf_add(out, bytes, n);
}

void als_canon_text(struct als_buf *out, size_t column, const char *text, size_t length)
{
    begin_column(out, column, 't');
    add_text(out, text, length);
}

void als_canon_words(struct als_store *store, struct als_buf *out, size_t column,
                     enum als_words words, int64_t key)
{
    begin_column(out, column, 'w');
    add_words(store, out, words, key);
}

void als_canon_end(struct als_buf *out)
{
    als_buf_char(out, '\0');
}

void als_canon_cells(struct als_store *store, const struct als_relation *table, int64_t row_id,
                     const struct als_row_cell *cells, struct als_buf *out)
{
    als_canon_key(store, table, row_id, out);
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct als_row_cell *cell = &cells[i];
        switch (cell->kind) {
        case ALS_ROW_NULL:
            break;
        case ALS_ROW_INTEGER:
            if (table->columns[i].words == ALS_WORDS_NONE)
                als_canon_integer(out, i + 1, cell->integer);
            else
                als_canon_words(store, out, i + 1, table->columns[i].words, cell->integer);
            break;
        case ALS_ROW_NUMBER:
            als_canon_number(out, i + 1, cell->number);
            break;
        case ALS_ROW_TEXT:
            als_canon_text(out, i + 1, cell->text, cell->length);
            break;
        case ALS_ROW_BLOB:
            begin_column(out, i + 1, 'b');
            add_text(out, cell->text, cell->length);
            break;
        }
    }
    als_canon_end(out);
}

/* ---- Keys ---- */

static void print_words(struct als_store *store, enum als_words words, int64_t key,
                        struct als_buf *out)
{
    switch (words) {
    case ALS_WORDS_NONE:
        als_buf_printf(out, "%lld", (long long)key);
        break;
    case ALS_WORDS_PATIENT:
        als_buf_text(out, als_word_patient(store, key));
        break;
    case ALS_WORDS_VISIT_NO:
        als_buf_text(out, or_empty(als_store_visit_code(store, (int)(key & ALS_KEY_MASK))));
        break;
    case ALS_WORDS_VISIT:
        print_words(store, ALS_WORDS_PATIENT, key >> ALS_KEY_SHIFT, out);
        als_buf_char(out, '/');
        print_words(store, ALS_WORDS_VISIT_NO, key & ALS_KEY_MASK, out);
        break;
    case ALS_WORDS_ASSESSMENT:
        print_words(store, ALS_WORDS_VISIT, key >> ALS_KEY_SHIFT, out);
        if (key & ALS_KEY_MASK)
            als_buf_printf(out, "/%s", or_empty(als_store_rater(store, (int)(key & ALS_KEY_MASK))));
        break;
    case ALS_WORDS_QUERY:
        print_words(store, ALS_WORDS_PATIENT, key >> ALS_QUERY_SHIFT, out);
        als_buf_printf(out, "/%lld", (long long)(key & ALS_QUERY_MASK));
        break;
    case ALS_WORDS_STEP:
        print_words(store, ALS_WORDS_QUERY, key >> ALS_KEY_SHIFT, out);
        als_buf_printf(out, "/%lld", (long long)(key & ALS_KEY_MASK));
        break;
    }
}

void als_relation_key(struct als_store *store, const struct als_relation *table, int64_t row_id,
                      const struct als_row_cell *cells, struct als_buf *out)
{
    static const char *const natural[][4] = {
        {"patient", "patient"},
        {"eligibility_answer", "patient_id", "visit_no", "criterion"},
        {"event", "patient_id", "event", "date"},
        {"procedure", "visit_id", "procedure"},
        {"adverse_event", "patient_id", "ae_id"},
        {"visit_code", "code"},
        {"account", "user"},
        {"lock", "patient_id", "visit_no"},
        {"signature", "patient_id", "visit_no", "user"},
        {"redaction", "table_name", "row_key", "column_name"},
        {"redaction_digest", "of_change", "table_name"},
        {"trail_key", "fingerprint"},
        {"rater", "rater"},
        {"definition", "kind", "code", "version_no"}};
    if (table->key_words != ALS_WORDS_NONE) {
        print_words(store, table->key_words, row_id, out);
        return;
    }
    for (size_t i = 0; i < sizeof natural / sizeof natural[0]; i++) {
        if (strcmp(natural[i][0], table->name) != 0)
            continue;
        for (size_t k = 1; k < 4 && natural[i][k]; k++) {
            ptrdiff_t column = als_relation_column(table, natural[i][k]);
            const struct als_row_cell *cell = &cells[column];
            if (k > 1)
                als_buf_char(out, '/');
            if (cell->kind == ALS_ROW_INTEGER)
                print_words(store, table->columns[column].words, cell->integer, out);
            else
                als_cell_print(cell, out);
        }
    }
}

int als_words_shift(enum als_words words)
{
    switch (words) {
    case ALS_WORDS_PATIENT:
        return 0;
    case ALS_WORDS_VISIT:
        return ALS_KEY_SHIFT;
    case ALS_WORDS_ASSESSMENT:
        return 2 * ALS_KEY_SHIFT;
    case ALS_WORDS_QUERY:
        return ALS_QUERY_SHIFT;
    case ALS_WORDS_STEP:
        return ALS_KEY_SHIFT + ALS_QUERY_SHIFT;
    default:
        return -1;
    }
}

int64_t als_relation_patient(const struct als_relation *table, int64_t row_id,
                             const struct als_row_cell *cells)
{
    if (table->key_words != ALS_WORDS_NONE)
        return row_id >> als_words_shift(table->key_words);
    if (strcmp(table->name, "patient") == 0)
        return row_id;
    for (size_t i = 0; i < table->n_columns; i++) {
        int shift = als_words_shift(table->columns[i].words);
        if (cells[i].kind == ALS_ROW_INTEGER && shift >= 0)
            return cells[i].integer >> shift;
    }
    return 0;
}
