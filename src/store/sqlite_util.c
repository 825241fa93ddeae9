/* Compiling, caching and stepping statements, and turning SQLite's results into ours. */
#include <stdlib.h>
#include <string.h>

#include "store_int.h"

/* SQLite reports a study that cannot be written as a journal that cannot be opened. */
static enum als_status fail_open(const struct als_store *store, struct als_err *err)
{
    als_fail(err, ALS_NOT_PERMITTED, "E-PERMISSION", "%s: cannot be opened or its journal made",
             store->path);
    als_err_hint(err, "writing needs permission for the file and for its folder");
    return ALS_NOT_PERMITTED;
}

static enum als_status fail_constraint(const struct als_store *store, struct als_err *err)
{
    const char *message = sqlite3_errmsg(store->db);
    if (sqlite3_extended_errcode(store->db) == SQLITE_CONSTRAINT_FOREIGNKEY)
        return als_fail(err, ALS_DATA, "E-REFERENCE",
                        "the row names a patient, visit or rater that is not in the study");
    const char *column = strstr(message, "CHECK constraint failed: ");
    if (column)
        return als_fail(err, ALS_DATA, "E-RANGE", "%s: value is outside what is allowed",
                        column + strlen("CHECK constraint failed: "));
    return als_fail(err, ALS_DATA, "E-CONSTRAINT", "%s", message);
}

enum als_status als_sql_fail(const struct als_store *store, int rc, struct als_err *err)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        als_fail(err, ALS_BUSY, "E-BUSY", "%s: another process is writing to the study",
                 store->path);
        als_err_hint(err, "try again in a moment");
        return ALS_BUSY;
    case SQLITE_NOTADB:
        return als_fail(err, ALS_DATA, "E-NOT-A-STUDY", "%s: not a study file", store->path);
    case SQLITE_CORRUPT:
    case SQLITE_FORMAT:
        als_fail(err, ALS_DATA, "E-DAMAGED", "%s: the study file is damaged or cut short",
                 store->path);
        als_err_hint(err, "restore it from a backup");
        return ALS_DATA;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return als_fail(err, ALS_NOT_PERMITTED, "E-PERMISSION", "%s: the study cannot be written",
                        store->path);
    case SQLITE_CANTOPEN:
        return fail_open(store, err);
    case SQLITE_FULL:
        return als_fail(err, ALS_IO, "E-DISK-FULL", "%s: the disk is full, nothing was stored",
                        store->path);
    case SQLITE_IOERR:
    case SQLITE_NOLFS:
    case SQLITE_PROTOCOL:
        return als_fail(err, ALS_IO, "E-IO", "%s: reading or writing failed (%s)", store->path,
                        sqlite3_errstr(rc));
    case SQLITE_CONSTRAINT:
        return fail_constraint(store, err);
    case SQLITE_TOOBIG:
        return als_fail(err, ALS_DATA, "E-TOO-LONG", "a text is too long to be stored");
    case SQLITE_INTERRUPT:
        return als_fail(err, ALS_INTERRUPTED, "E-INTERRUPTED", "interrupted, nothing was stored");
    case SQLITE_ERROR:
        /* Our statements fit the tables that we made. */
        als_fail(err, ALS_DATA, "E-DAMAGED", "%s: the study's tables are not as they should be: %s",
                 store->path, sqlite3_errmsg(store->db));
        als_err_hint(err, "restore it from a backup");
        return ALS_DATA;
    case SQLITE_NOMEM:
        return als_fail(err, ALS_INTERNAL, "E-MEMORY", "out of memory");
    default:
        return als_fail(err, ALS_INTERNAL, "E-SQL", "%s: %s", store->path,
                        sqlite3_errmsg(store->db));
    }
}

static enum als_status prepare(struct als_store *store, const char *sql, unsigned flags,
                               sqlite3_stmt **out, struct als_err *err)
{
    *out = NULL;
    int rc = sqlite3_prepare_v3(store->db, sql, -1, flags, out, NULL);
    return rc == SQLITE_OK ? ALS_OK : als_sql_fail(store, rc, err);
}

enum als_status als_sql_prepare(struct als_store *store, const char *sql, sqlite3_stmt **out,
                                struct als_err *err)
{
    return prepare(store, sql, 0, out, err);
}

/* Most callers ask with the same text at the same place as the last time: look there first. */
static struct als_statement *find_statement(const struct als_store *store, const char *sql)
{
    for (size_t i = 0; i < store->n_statements; i++)
        if (store->statements[i].asked == sql && strcmp(store->statements[i].sql, sql) == 0)
            return &store->statements[i];
    for (size_t i = 0; i < store->n_statements; i++)
        if (strcmp(store->statements[i].sql, sql) == 0)
            return &store->statements[i];
    return NULL;
}

enum als_status als_sql_cached(struct als_store *store, const char *sql, sqlite3_stmt **out,
                               struct als_err *err)
{
    struct als_statement *known = find_statement(store, sql);
    if (known) {
        known->asked = sql;
        *out = known->stmt;
        als_sql_done(*out);
        return ALS_OK;
    }
    enum als_status status = prepare(store, sql, SQLITE_PREPARE_PERSISTENT, out, err);
    if (status != ALS_OK)
        return status;
    if (store->n_statements == store->statements_room) {
        store->statements_room = store->statements_room ? 2 * store->statements_room : 32;
        store->statements =
            als_realloc_array(store->statements, store->statements_room, sizeof *store->statements);
    }
    store->statements[store->n_statements++] = (struct als_statement){als_strdup(sql), sql, *out};
    return ALS_OK;
}

void als_sql_forget(struct als_store *store)
{
    for (size_t i = 0; i < store->n_statements; i++) {
        sqlite3_finalize(store->statements[i].stmt);
        free(store->statements[i].sql);
    }
    store->n_statements = 0;
}

enum als_status als_sql_step(struct als_store *store, sqlite3_stmt *stmt, bool *row,
                             struct als_err *err)
{
    int rc = sqlite3_step(stmt);
    *row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW)
        return ALS_OK;
    enum als_status status = rc == SQLITE_DONE ? ALS_OK : als_sql_fail(store, rc, err);
    sqlite3_reset(stmt);
    return status;
}

enum als_status als_sql_run(struct als_store *store, sqlite3_stmt *stmt, struct als_err *err)
{
    bool row;
    enum als_status status = als_sql_step(store, stmt, &row, err);
    als_sql_done(stmt);
    return status;
}

enum als_status als_sql_exec(struct als_store *store, const char *sql, struct als_err *err)
{
    int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ALS_OK : als_sql_fail(store, rc, err);
}

void als_sql_attempt(struct als_store *store, const char *sql)
{
    sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}

enum als_status als_sql_integer(struct als_store *store, const char *sql, int64_t *out,
                                struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(store, sql, &stmt, err);
    if (status != ALS_OK)
        return status;
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK)
        *out = row ? sqlite3_column_int64(stmt, 0) : 0;
    als_sql_done(stmt);
    return status;
}

void als_sql_done(sqlite3_stmt *stmt)
{
    sqlite3_reset(stmt);
    if (stmt)
        sqlite3_clear_bindings(stmt);
}

void als_bind_text(sqlite3_stmt *stmt, int index, const char *text)
{
    if (text)
        sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(stmt, index);
}
