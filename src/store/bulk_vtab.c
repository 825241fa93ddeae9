/* A virtual table over rows in memory. */
#include "bulk_vtab.h"

struct table {
    sqlite3_vtab base;
    struct als_vtab_source *source;
};

struct cursor {
    sqlite3_vtab_cursor base;
    struct als_vtab_source *source;
    size_t row;
};

static int table_connect(sqlite3 *db, void *source, int argc, const char *const *argv,
                         sqlite3_vtab **out, char **message)
{
    (void)argc;
    (void)argv;
    (void)message;
    struct als_vtab_source *rows = source;
    struct als_buf sql;
    als_buf_init(&sql, ALS_BUF_LARGE);
    als_buf_text(&sql, "CREATE TABLE rows (");
    for (size_t i = 0; i < rows->n_columns; i++)
        als_buf_printf(&sql, "%sc%zu", i ? ", " : "", i);
    als_buf_text(&sql, ")");
    const int rc = sqlite3_declare_vtab(db, sql.data);
    als_buf_release(&sql);
    if (rc != SQLITE_OK)
        return rc;
    struct table *table = sqlite3_malloc(sizeof *table);
    if (!table)
        return SQLITE_NOMEM;
    *table = (struct table){.source = rows};
    *out = &table->base;
    return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

static int table_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = 1e6;
    info->estimatedRows = ALS_BULK_ROWS;
    return SQLITE_OK;
}

static int cursor_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    struct cursor *cursor = sqlite3_malloc(sizeof *cursor);
    if (!cursor)
        return SQLITE_NOMEM;
    *cursor = (struct cursor){.source = ((struct table *)table)->source};
    *out = &cursor->base;
    return SQLITE_OK;
}

static int cursor_close(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int cursor_filter(sqlite3_vtab_cursor *cursor, int index, const char *name, int argc,
                         sqlite3_value **argv)
{
    (void)index;
    (void)name;
    (void)argc;
    (void)argv;
    ((struct cursor *)cursor)->row = 0;
    return SQLITE_OK;
}

static int cursor_next(sqlite3_vtab_cursor *cursor)
{
    ((struct cursor *)cursor)->row++;
    return SQLITE_OK;
}

static int cursor_eof(sqlite3_vtab_cursor *cursor)
{
    const struct cursor *at = (struct cursor *)cursor;
    return at->row >= at->source->n_rows;
}

static int cursor_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
    const struct cursor *at = (struct cursor *)cursor;
    at->source->column(context, at->source->source, at->row, column);
    return SQLITE_OK;
}

static int cursor_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((struct cursor *)cursor)->row;
    return SQLITE_OK;
}

/* Without xCreate the table exists by its module's name alone: nothing is written to the schema. */
static const sqlite3_module module = {
    .xConnect = table_connect,
    .xBestIndex = table_best_index,
    .xDisconnect = table_disconnect,
    .xOpen = cursor_open,
    .xClose = cursor_close,
    .xFilter = cursor_filter,
    .xNext = cursor_next,
    .xEof = cursor_eof,
    .xColumn = cursor_column,
    .xRowid = cursor_rowid,
};

enum als_status als_vtab_open(struct als_store *store, const char *name,
                              struct als_vtab_source *source, struct als_err *err)
{
    const int rc = sqlite3_create_module(store->db, name, &module, source);
    return rc == SQLITE_OK ? ALS_OK : als_sql_fail(store, rc, err);
}

void als_vtab_close(struct als_store *store, const char *name)
{
    (void)sqlite3_create_module(store->db, name, NULL, NULL);
}
