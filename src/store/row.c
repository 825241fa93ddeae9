/* Entering, changing and removing one row of any table, with its step in the trail. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "people_int.h"

/* One row on its way: what is stored, what is to be, and texts made of them. */
struct move {
    struct als_store *store;
    struct als_relation *table;
    int64_t row_id, old_change;
    struct als_row_cell *before; /* as stored, texts owned; NULL for a new row */
    struct als_row_cell *wanted; /* what is written, texts borrowed */
    struct als_row_cell *after;  /* as stored then, texts owned */
    struct als_buf key, json, bytes, step;
};

static void move_init(struct move *move, struct als_store *store, struct als_relation *table,
                      int64_t row_id)
{
    *move = (struct move){.store = store, .table = table, .row_id = row_id};
    als_buf_init(&move->key, ALS_BUF_LARGE);
    als_buf_init(&move->json, ALS_BUF_LARGE);
    als_buf_init(&move->bytes, ALS_BUF_LARGE);
    als_buf_init(&move->step, ALS_BUF_LARGE);
}

static void free_cells(struct als_row_cell *cells, size_t n)
{
    for (size_t i = 0; cells && i < n; i++)
        free(cells[i].owned);
    free(cells);
}

static void move_release(struct move *move)
{
    free_cells(move->before, move->table->n_columns);
    free_cells(move->after, move->table->n_columns);
    free(move->wanted);
    als_buf_release(&move->key);
    als_buf_release(&move->json);
    als_buf_release(&move->bytes);
    als_buf_release(&move->step);
}

/* Read the stored row; *found false when there is none. */
static enum als_status read_row(const struct move *move, struct als_row_cell **cells,
                                int64_t *change_id, bool *found, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(move->store, move->table->select_one, &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, move->row_id);
    status = als_sql_step(move->store, stmt, found, err);
    if (status == ALS_OK && *found) {
        size_t n = move->table->n_columns;
        *cells = als_alloc_array(n, sizeof **cells);
        *change_id = sqlite3_column_int64(stmt, 0);
        als_cells_from_row(move->table, stmt, 1, *cells);
        for (size_t i = 0; i < n; i++) {
            struct als_row_cell *cell = &(*cells)[i];
            if (cell->kind == ALS_ROW_TEXT || cell->kind == ALS_ROW_BLOB)
                cell->text = cell->owned = als_strndup(cell->text, cell->length);
        }
    }
    als_sql_done(stmt);
    return status;
}

static enum als_status bind_cells(const struct move *move, sqlite3_stmt *stmt,
                                  const struct als_row_cell *cells, struct als_err *err)
{
    sqlite3_bind_int64(stmt, 1, move->row_id);
    sqlite3_bind_int64(stmt, 2, move->store->change.change_id);
    for (size_t i = 0; i < move->table->n_columns; i++) {
        const struct als_row_cell *cell = &cells[i];
        int index = (int)i + 3;
        switch (cell->kind) {
        case ALS_ROW_NULL:
            sqlite3_bind_null(stmt, index);
            break;
        case ALS_ROW_INTEGER:
            sqlite3_bind_int64(stmt, index, cell->integer);
            break;
        case ALS_ROW_NUMBER:
            if (!isfinite(cell->number))
                return als_fail(err, ALS_DATA, "E-RANGE", "%s: not a finite number",
                                move->table->columns[i].name);
            sqlite3_bind_double(stmt, index, cell->number);
            break;
        case ALS_ROW_TEXT:
            sqlite3_bind_text64(stmt, index, cell->text, cell->length, SQLITE_STATIC, SQLITE_UTF8);
            break;
        case ALS_ROW_BLOB:
            sqlite3_bind_blob64(stmt, index, cell->text, cell->length, SQLITE_STATIC);
            break;
        }
    }
    return ALS_OK;
}

static enum als_status write_row(struct move *move, const char *sql, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(move->store, sql, &stmt, err);
    if (status == ALS_OK)
        status = bind_cells(move, stmt, move->wanted, err);
    if (status == ALS_OK)
        status = als_sql_run(move->store, stmt, err);
    else
        als_sql_done(stmt);
    return status;
}

/* The digest covers what the database holds, not what was handed to it. */
static enum als_status read_back(struct move *move, struct als_err *err)
{
    bool found;
    int64_t change_id;
    enum als_status status = read_row(move, &move->after, &change_id, &found, err);
    if (status == ALS_OK && !found)
        status = als_fail(err, ALS_INTERNAL, "E-LOST", "%s: a row just written is not there",
                          move->table->name);
    if (status == ALS_OK)
        als_canon_cells(move->store, move->table, move->row_id, move->after, &move->bytes);
    return status;
}

static void report_cells(const struct move *move)
{
    struct als_store *store = move->store;
    struct als_buf old_text, new_text;
    als_buf_init(&old_text, ALS_BUF_LARGE);
    als_buf_init(&new_text, ALS_BUF_LARGE);
    for (size_t i = 0; store->on_cell && i < move->table->n_columns; i++) {
        const struct als_row_cell *before = move->before ? &move->before[i] : NULL;
        const struct als_row_cell *after = &move->after[i];
        if (strcmp(move->table->columns[i].name, "password_mark") == 0) /* says nothing to people */
            continue;
        if (before ? als_cells_equal(before, after) : after->kind == ALS_ROW_NULL)
            continue;
        als_buf_clear(&old_text);
        als_buf_clear(&new_text);
        const struct als_column *column = &move->table->columns[i];
        if (before)
            als_say_cell(store, column, before, &old_text);
        als_say_cell(store, column, after, &new_text);
        struct als_cell_change change = {move->table->name, move->key.data,
                                         als_say_column(column->name),
                                         before ? old_text.data : NULL, new_text.data};
        store->on_cell(&change, store->on_cell_context);
    }
    als_buf_release(&old_text);
    als_buf_release(&new_text);
}

static void hash_step(struct move *move)
{
    als_trail_add(move->store, move->table, move->row_id, move->row_id, 1, move->step.data,
                  move->step.length);
}

/* A row that the database refuses leaves nothing behind, and the change set may go on. A failure
 * after that leaves a row without its step: the change set cannot be committed. */
static enum als_status half_written(const struct move *move, enum als_status status)
{
    move->store->change.broken = true;
    return status;
}

static enum als_status enter(struct move *move, struct als_err *err)
{
    enum als_status status = write_row(move, move->table->insert_one, err);
    if (status != ALS_OK)
        return status;
    status = read_back(move, err);
    if (status != ALS_OK)
        return half_written(move, status);
    als_step_entered(&move->step, move->bytes.data, move->bytes.length);
    hash_step(move);
    als_relation_key(move->store, move->table, move->row_id, move->after, &move->key);
    report_cells(move);
    return ALS_OK;
}

/* Keep the old row in history. */
static enum als_status remember(struct move *move, const char *operation, struct als_err *err)
{
    als_cells_to_json(move->table, move->before, &move->json);
    return als_trail_history(move->store, move->table, move->row_id, operation, move->old_change,
                             move->key.data, move->json.data,
                             als_relation_patient(move->table, move->row_id, move->before), err);
}

static enum als_status change(struct move *move, struct als_err *err)
{
    enum als_status status = write_row(move, move->table->update_one, err);
    if (status != ALS_OK)
        return status;
    status = remember(move, "update", err);
    if (status == ALS_OK)
        status = read_back(move, err);
    if (status != ALS_OK)
        return half_written(move, status);
    als_step_updated(&move->step, move->old_change, move->key.data, move->json.data,
                     move->bytes.data, move->bytes.length);
    hash_step(move);
    report_cells(move);
    return ALS_OK;
}

static bool contradicts(const struct move *move, size_t column)
{
    const struct als_row_cell *wanted = &move->wanted[column];
    return !wanted->quiet && !als_cells_equal(wanted, &move->before[column]);
}

/* Names every column that differs. */
static enum als_status conflict(const struct move *move, size_t first, struct als_err *err)
{
    struct als_store *store = move->store;
    struct als_buf text, row;
    als_buf_init(&text, 4000);
    als_buf_init(&row, 300);
    for (size_t i = first; i < move->table->n_columns; i++) {
        if (!contradicts(move, i))
            continue;
        als_buf_printf(&text, "%s%s is stored as '", i == first ? "" : "; ",
                       als_say_column(move->table->columns[i].name));
        als_say_cell(store, &move->table->columns[i], &move->before[i], &text);
        als_buf_text(&text, "', the new value is '");
        als_say_cell(store, &move->table->columns[i], &move->wanted[i], &text);
        als_buf_text(&text, "'");
    }
    snprintf(move->store->conflict_column, sizeof move->store->conflict_column, "%s",
             move->table->columns[first].name);
    als_say_row(store, move->table, move->row_id, move->before, &row);
    als_fail(err, ALS_DATA, "E-CONFLICT", "%s: %s", row.data, text.data);
    als_err_hint(err, "give a reason to change stored values");
    als_buf_release(&text);
    als_buf_release(&row);
    return ALS_DATA;
}

/* Lay the given cells over the stored ones. Returns the first column that differs and counts, or
 * n_columns. */
static size_t lay_over(struct move *move, const struct als_row_cell *cells)
{
    size_t n = move->table->n_columns, first = n;
    move->wanted = als_alloc_array(n, sizeof *move->wanted);
    for (size_t i = 0; i < n; i++) {
        bool differs = cells[i].given && !als_cells_equal(&cells[i], &move->before[i]);
        move->wanted[i] = cells[i].given ? cells[i] : move->before[i];
        if (differs && !cells[i].quiet && first == n)
            first = i;
    }
    return first;
}

static enum als_status next_row_id(struct move *move, struct als_err *err)
{
    return als_sql_integer(move->store, move->table->next_id, &move->row_id, err);
}

static enum als_status guard(const struct move *move, struct als_err *err)
{
    return als_guard_row(move->store, move->table, move->row_id, move->before, move->wanted, err);
}

static enum als_status put(struct move *move, const struct als_row_cell *cells, bool without_reason,
                           enum als_put *what, struct als_err *err)
{
    bool found = false;
    enum als_status status = move->row_id
                                 ? read_row(move, &move->before, &move->old_change, &found, err)
                                 : next_row_id(move, err);
    if (status != ALS_OK)
        return status;
    if (!found) {
        size_t n = move->table->n_columns;
        move->wanted = als_alloc_array(n, sizeof *move->wanted);
        for (size_t i = 0; i < n; i++)
            move->wanted[i] = cells[i].given || cells[i].initial ? cells[i] : als_cell_text(NULL);
        *what = ALS_PUT_NEW;
        status = guard(move, err);
        return status == ALS_OK ? enter(move, err) : status;
    }
    size_t differing = lay_over(move, cells);
    *what = differing < move->table->n_columns ? ALS_PUT_CHANGED : ALS_PUT_SAME;
    if (*what == ALS_PUT_SAME)
        return ALS_OK;
    als_relation_key(move->store, move->table, move->row_id, move->before, &move->key);
    status = guard(move, err);
    if (status != ALS_OK)
        return status;
    if (!without_reason && !move->store->change.has_reason)
        return conflict(move, differing, err);
    return change(move, err);
}

enum als_status als_row_check(struct als_store *store, struct als_relation *table, int64_t row_id,
                              const struct als_row_cell *cells, struct als_err *err)
{
    struct move move;
    bool found = false;
    move_init(&move, store, table, row_id);
    enum als_status status =
        row_id ? read_row(&move, &move.before, &move.old_change, &found, err) : ALS_OK;
    if (status == ALS_OK && !found) {
        status = als_guard_row(store, table, row_id, NULL, cells, err);
    } else if (status == ALS_OK) {
        size_t differing = lay_over(&move, cells);
        als_relation_key(store, table, row_id, move.before, &move.key);
        if (differing < table->n_columns)
            status = guard(&move, err);
        if (status == ALS_OK && differing < table->n_columns && !store->change.has_reason)
            status = conflict(&move, differing, err);
    }
    move_release(&move);
    return status;
}

enum als_status als_row_put(struct als_store *store, struct als_relation *table, int64_t *row_id,
                            const struct als_row_cell *cells, bool without_reason,
                            enum als_put *what, struct als_err *err)
{
    enum als_put ignored;
    enum als_status status = als_change_require(store, err);
    if (status != ALS_OK)
        return status;
    struct move move;
    move_init(&move, store, table, *row_id);
    status = put(&move, cells, without_reason, what ? what : &ignored, err);
    *row_id = move.row_id;
    move_release(&move);
    return status;
}

enum als_status als_row_enter(struct als_store *store, struct als_relation *table, int64_t row_id,
                              const struct als_row_cell *cells, struct als_err *err)
{
    enum als_status status = als_change_require(store, err);
    if (status != ALS_OK)
        return status;
    struct move move;
    move_init(&move, store, table, row_id);
    move.wanted = als_alloc_array(table->n_columns, sizeof *move.wanted);
    memcpy(move.wanted, cells, table->n_columns * sizeof *cells);
    status = guard(&move, err);
    if (status == ALS_OK)
        status = enter(&move, err);
    move_release(&move);
    return status;
}

static enum als_status erase(struct move *move, struct als_err *err)
{
    sqlite3_stmt *stmt;
    als_relation_key(move->store, move->table, move->row_id, move->before, &move->key);
    enum als_status status = als_sql_cached(move->store, move->table->delete_one, &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, move->row_id);
    status = als_sql_run(move->store, stmt, err);
    if (status != ALS_OK)
        return status;
    status = remember(move, "delete", err);
    if (status != ALS_OK)
        return half_written(move, status);
    als_step_deleted(&move->step, move->old_change, move->key.data, move->json.data);
    hash_step(move);
    return ALS_OK;
}

enum als_status als_row_delete(struct als_store *store, struct als_relation *table, int64_t row_id,
                               struct als_err *err)
{
    enum als_status status = als_change_require(store, err);
    if (status != ALS_OK)
        return status;
    struct move move;
    bool found;
    move_init(&move, store, table, row_id);
    status = read_row(&move, &move.before, &move.old_change, &found, err);
    if (status == ALS_OK && found)
        status = guard(&move, err);
    if (status == ALS_OK && found)
        status = erase(&move, err);
    move_release(&move);
    return status;
}

const char *als_conflict_column(const struct als_store *store)
{
    return store->conflict_column;
}
