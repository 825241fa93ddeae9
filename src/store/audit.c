/* Reading the trail: change sets, and every changed value. */
#include <string.h>

#include "store_int.h"

/* Of an actor of some sites: the change sets that touched a row which the actor sees, with the
 * number of those rows. A row was touched by the change set that it names, by the one that an old
 * row of it named, and by the one that removed it. */
static const char *seen_sql(struct als_store *store, struct als_arena *arena)
{
    const char *const *names;
    size_t n = als_relation_names(store, arena, &names);
    struct als_buf sql;
    als_buf_init(&sql, ALS_BUF_LARGE);
    als_buf_text(&sql, "SELECT change_id, at_utc, user, authenticated, command, reason,"
                       " source_name, source_sha256, n, lower(hex(digest))"
                       " FROM main.change_set JOIN (SELECT change_id, count(*) AS n FROM ("
                       "SELECT old_change AS change_id FROM history UNION ALL"
                       " SELECT change_id FROM history WHERE operation = 'delete'");
    for (size_t i = 0; i < n; i++)
        als_buf_printf(&sql, " UNION ALL SELECT change_id FROM \"%s\"", names[i]);
    als_buf_text(&sql, ") GROUP BY change_id) USING (change_id) ORDER BY change_id");
    const char *text = als_arena_strdup(arena, sql.data);
    als_buf_release(&sql);
    return text;
}

enum als_status als_audit_each(struct als_store *store, als_audit_fn *receive, void *context,
                               struct als_err *err)
{
    sqlite3_stmt *stmt = NULL;
    struct als_arena *arena = als_arena_new();
    const char *sql =
        store->covered
            ? seen_sql(store, arena)
            : "SELECT change_id, at_utc, user, authenticated, command, reason, source_name,"
              " source_sha256, row_count, lower(hex(digest)) FROM change_set ORDER BY change_id";
    enum als_status status = als_sql_prepare(store, sql, &stmt, err);
    als_arena_free(arena);
    bool row = false;
    while (status == ALS_OK && (status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        struct als_audit_row found = {
            .change_id = sqlite3_column_int64(stmt, 0),
            .at_utc = (const char *)sqlite3_column_text(stmt, 1),
            .user = (const char *)sqlite3_column_text(stmt, 2),
            .authenticated = sqlite3_column_int(stmt, 3),
            .command = (const char *)sqlite3_column_text(stmt, 4),
            .reason = (const char *)sqlite3_column_text(stmt, 5),
            .source_name = (const char *)sqlite3_column_text(stmt, 6),
            .source_sha256 = (const char *)sqlite3_column_text(stmt, 7),
            .row_count = sqlite3_column_int64(stmt, 8),
            .digest_hex = (const char *)sqlite3_column_text(stmt, 9),
        };
        receive(&found, context);
    }
    sqlite3_finalize(stmt);
    return status;
}

enum als_status als_audit_head(struct als_store *store, char hex[65], struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(
        store, "SELECT lower(hex(digest)) FROM change_set ORDER BY change_id DESC LIMIT 1", &stmt,
        err);
    if (status != ALS_OK)
        return status;
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row && sqlite3_column_bytes(stmt, 0) == 64)
        memcpy(hex, sqlite3_column_text(stmt, 0), 65);
    else if (status == ALS_OK)
        status = als_sql_fail(store, SQLITE_CORRUPT, err);
    als_sql_done(stmt);
    return status;
}

/* ---- Changed values ---- */

/* One history row, with the row that followed it. */
struct step {
    struct als_store *store;
    struct als_relation *table;
    int64_t history_id, row_id;
    struct als_arena *arena;
    struct als_row_cell *before, *after; /* after is NULL for a removal */
};

static enum als_status read_stored(struct step *step, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(step->store, step->table->select_one, &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, step->row_id);
    bool row;
    status = als_sql_step(step->store, stmt, &row, err);
    if (status == ALS_OK && row) {
        als_cells_from_row(step->table, stmt, 1, step->after);
        for (size_t i = 0; i < step->table->n_columns; i++) {
            struct als_row_cell *cell = &step->after[i];
            if (cell->kind == ALS_ROW_TEXT || cell->kind == ALS_ROW_BLOB)
                cell->text = als_arena_strndup(step->arena, cell->text, cell->length);
        }
    }
    als_sql_done(stmt);
    return status;
}

/* What the row became: the old row of its next step, else the row as it is stored. */
static enum als_status read_after(struct step *step, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(step->store,
                                            "SELECT old_row FROM history WHERE table_name = ?1"
                                            " AND row_id = ?2 AND history_id > ?3"
                                            " ORDER BY history_id LIMIT 1",
                                            &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, step->table->name);
    sqlite3_bind_int64(stmt, 2, step->row_id);
    sqlite3_bind_int64(stmt, 3, step->history_id);
    bool row;
    status = als_sql_step(step->store, stmt, &row, err);
    if (status == ALS_OK && row)
        (void)als_cells_from_json(step->table, (const char *)sqlite3_column_text(stmt, 0),
                                  step->arena, step->after);
    als_sql_done(stmt);
    return status == ALS_OK && !row ? read_stored(step, err) : status;
}

static void report(const struct step *step, struct als_audit_cell *cell, als_audit_cell_fn *receive,
                   void *context)
{
    struct als_buf old_text, new_text;
    als_buf_init(&old_text, ALS_BUF_LARGE);
    als_buf_init(&new_text, ALS_BUF_LARGE);
    for (size_t i = 0; i < step->table->n_columns; i++) {
        const struct als_row_cell *before = &step->before[i];
        const struct als_row_cell *after = step->after ? &step->after[i] : NULL;
        if (after ? als_cells_equal(before, after) : before->kind == ALS_ROW_NULL)
            continue;
        als_buf_clear(&old_text);
        als_buf_clear(&new_text);
        const struct als_column *column = &step->table->columns[i];
        als_say_cell(step->store, column, before, &old_text);
        if (after)
            als_say_cell(step->store, column, after, &new_text);
        cell->column = als_say_column(column->name);
        cell->old_text = before->kind == ALS_ROW_NULL ? NULL : old_text.data;
        cell->new_text = !after || after->kind == ALS_ROW_NULL ? NULL : new_text.data;
        receive(cell, context);
    }
    als_buf_release(&old_text);
    als_buf_release(&new_text);
}

static enum als_status one_history(struct als_store *store, sqlite3_stmt *stmt,
                                   als_audit_cell_fn *receive, void *context, struct als_err *err)
{
    struct als_audit_cell cell = {
        .change_id = sqlite3_column_int64(stmt, 0),
        .at_utc = (const char *)sqlite3_column_text(stmt, 1),
        .user = (const char *)sqlite3_column_text(stmt, 2),
        .reason = (const char *)sqlite3_column_text(stmt, 3),
        .table = (const char *)sqlite3_column_text(stmt, 4),
        .key = (const char *)sqlite3_column_text(stmt, 5),
        .operation = (const char *)sqlite3_column_text(stmt, 6),
    };
    /* Only a visit that the program made changes without one. */
    if (!cell.reason && strcmp(cell.table, "visit") == 0)
        cell.reason = "follows its earliest assessment";
    struct step step = {.store = store,
                        .history_id = sqlite3_column_int64(stmt, 7),
                        .row_id = sqlite3_column_int64(stmt, 8)};
    enum als_status status = als_relation_find(store, cell.table, &step.table, err);
    if (status != ALS_OK)
        return status;
    step.arena = als_arena_new();
    step.before = als_arena_array(step.arena, step.table->n_columns, sizeof *step.before);
    (void)als_cells_from_json(step.table, (const char *)sqlite3_column_text(stmt, 9), step.arena,
                              step.before);
    if (strcmp(cell.operation, "update") == 0) {
        step.after = als_arena_array(step.arena, step.table->n_columns, sizeof *step.after);
        status = read_after(&step, err);
    }
    if (status == ALS_OK)
        report(&step, &cell, receive, context);
    als_arena_free(step.arena);
    return status;
}

enum als_status als_audit_cells(struct als_store *store, const char *patient,
                                als_audit_cell_fn *receive, void *context, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_prepare(
        store,
        "SELECT h.change_id, c.at_utc, c.user, c.reason, h.table_name, h.row_key, h.operation,"
        " h.history_id, h.row_id, h.old_row FROM history AS h JOIN change_set AS c USING "
        "(change_id)"
        " WHERE ?1 IS NULL"
        "   OR h.patient_id = (SELECT patient_id FROM patient WHERE patient = ?1)"
        " ORDER BY h.history_id",
        &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, patient);
    bool row = false;
    while (status == ALS_OK && (status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row)
        status = one_history(store, stmt, receive, context, err);
    sqlite3_finalize(stmt);
    return status;
}
