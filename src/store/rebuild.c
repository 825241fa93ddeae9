/* The steps of the trail, rebuilt from a table and the history of its rows in one pass over both.
 */
#include <stdlib.h>
#include <string.h>

#include "store_int.h"

struct walk {
    struct als_store *store;
    const struct als_relation *table;
    const struct als_rebuild *rebuild;
    sqlite3_stmt *rows, *history;
    bool has_row, has_history;
    struct als_row_cell *cells; /* of the row, or of an old row */
    struct als_arena *old_texts;
    struct als_buf canon, step;
    /* An update whose new row is not known yet. */
    bool pending;
    int64_t pending_change, pending_old_change;
    struct als_buf pending_key, pending_old;
};

static enum als_status next_row(struct walk *walk, struct als_err *err)
{
    return als_sql_step(walk->store, walk->rows, &walk->has_row, err);
}

static enum als_status next_history(struct walk *walk, struct als_err *err)
{
    return als_sql_step(walk->store, walk->history, &walk->has_history, err);
}

static void emit(struct walk *walk, int64_t change_id)
{
    const struct als_rebuild *rebuild = walk->rebuild;
    if (rebuild->only == 0 || rebuild->only == change_id)
        rebuild->step(change_id, walk->step.data, walk->step.length, rebuild->context);
    als_buf_clear(&walk->step);
}

static void odd(const struct walk *walk, int64_t change_id, const char *what)
{
    if (walk->rebuild->odd)
        walk->rebuild->odd(change_id, what, walk->rebuild->context);
}

/* The row as it was after the step before: what that step entered, or changed to. */
static void settle(struct walk *walk, int64_t row_id, int64_t change_id)
{
    if (!walk->pending) {
        als_step_entered(&walk->step, NULL, 0);
        als_canon_cells(walk->store, walk->table, row_id, walk->cells, &walk->step);
        emit(walk, change_id);
        return;
    }
    als_buf_clear(&walk->canon);
    als_canon_cells(walk->store, walk->table, row_id, walk->cells, &walk->canon);
    if (change_id != walk->pending_change)
        odd(walk, walk->pending_change, "a changed row is attributed to another change set");
    als_step_updated(&walk->step, walk->pending_old_change, walk->pending_key.data,
                     walk->pending_old.data, walk->canon.data, walk->canon.length);
    emit(walk, walk->pending_change);
    walk->pending = false;
}

static const char *text_of(sqlite3_stmt *stmt, int column)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    return text ? text : "";
}

static void one_history(struct walk *walk, int64_t row_id)
{
    sqlite3_stmt *stmt = walk->history;
    int64_t change_id = sqlite3_column_int64(stmt, 1);
    bool update = strcmp(text_of(stmt, 2), "update") == 0;
    int64_t old_change = sqlite3_column_int64(stmt, 3);
    const char *row_key = text_of(stmt, 4), *old_row = text_of(stmt, 5);

    als_arena_free(walk->old_texts);
    walk->old_texts = als_arena_new();
    if (!als_cells_from_json(walk->table, old_row, walk->old_texts, walk->cells))
        odd(walk, change_id, "an old row in history cannot be read");
    if (sqlite3_column_int64(stmt, 6) != als_relation_patient(walk->table, row_id, walk->cells))
        odd(walk, change_id, "a history row names another patient");
    settle(walk, row_id, old_change);
    if (!update) {
        als_step_deleted(&walk->step, old_change, row_key, old_row);
        emit(walk, change_id);
        return;
    }
    walk->pending = true;
    walk->pending_change = change_id;
    walk->pending_old_change = old_change;
    als_buf_clear(&walk->pending_key);
    als_buf_text(&walk->pending_key, row_key);
    als_buf_clear(&walk->pending_old);
    als_buf_text(&walk->pending_old, old_row);
}

static enum als_status one_key(struct walk *walk, struct als_err *err)
{
    enum als_status status = ALS_OK;
    int64_t row_id = walk->has_row ? sqlite3_column_int64(walk->rows, 0) : INT64_MAX;
    if (walk->has_history && sqlite3_column_int64(walk->history, 0) < row_id)
        row_id = sqlite3_column_int64(walk->history, 0);
    while (status == ALS_OK && walk->has_history &&
           sqlite3_column_int64(walk->history, 0) == row_id) {
        one_history(walk, row_id);
        status = next_history(walk, err);
    }
    if (status != ALS_OK)
        return status;
    if (walk->has_row && sqlite3_column_int64(walk->rows, 0) == row_id) {
        als_cells_from_row(walk->table, walk->rows, 2, walk->cells);
        settle(walk, row_id, sqlite3_column_int64(walk->rows, 1));
        return next_row(walk, err);
    }
    if (walk->pending)
        odd(walk, walk->pending_change, "a row was removed without a trace");
    walk->pending = false;
    return ALS_OK;
}

static enum als_status open_walk(struct walk *walk, struct als_err *err)
{
    static const char history_all[] =
        "SELECT row_id, change_id, operation, old_change, row_key, old_row, ifnull(patient_id, 0)"
        " FROM main.history WHERE table_name = ?1 ORDER BY row_id, history_id";
    static const char history_changed[] =
        "SELECT row_id, change_id, operation, old_change, row_key, old_row, ifnull(patient_id, 0)"
        " FROM main.history WHERE table_name = ?1 AND change_id = ?2 ORDER BY row_id, history_id";
    int64_t only = walk->rebuild->only;
    const char *rows = only ? walk->table->select_changed : walk->table->select_all;
    enum als_status status = als_sql_prepare(walk->store, rows, &walk->rows, err);
    if (status == ALS_OK)
        status =
            als_sql_prepare(walk->store, only ? history_changed : history_all, &walk->history, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(walk->history, 1, walk->table->name);
    if (only) {
        sqlite3_bind_int64(walk->rows, 1, only);
        sqlite3_bind_int64(walk->history, 2, only);
    }
    status = next_row(walk, err);
    return status == ALS_OK ? next_history(walk, err) : status;
}

enum als_status als_rebuild_relation(struct als_store *store, const struct als_relation *table,
                                     const struct als_rebuild *rebuild, struct als_err *err)
{
    struct walk walk = {.store = store, .table = table, .rebuild = rebuild};
    walk.cells = als_alloc_array(table->n_columns, sizeof *walk.cells);
    als_buf_init(&walk.canon, ALS_BUF_LARGE);
    als_buf_init(&walk.step, ALS_BUF_LARGE);
    als_buf_init(&walk.pending_key, ALS_BUF_LARGE);
    als_buf_init(&walk.pending_old, ALS_BUF_LARGE);
    enum als_status status = open_walk(&walk, err);
    while (status == ALS_OK && (walk.has_row || walk.has_history))
        status = one_key(&walk, err);
    sqlite3_finalize(walk.rows);
    sqlite3_finalize(walk.history);
    als_buf_release(&walk.canon);
    als_buf_release(&walk.step);
    als_buf_release(&walk.pending_key);
    als_buf_release(&walk.pending_old);
    als_arena_free(walk.old_texts);
    free(walk.cells);
    return status;
}
