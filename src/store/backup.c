/* Copying a study while others may use it. */
#include <stdlib.h>
#include <string.h>

#include "publish.h"
#include "store_int.h"

static enum als_status copy(struct als_store *store, const char *temporary, struct als_err *err)
{
    sqlite3 *target;
    int rc =
        sqlite3_open_v2(temporary, &target,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_backup *backup = sqlite3_backup_init(target, "main", store->db, "main");
        if (backup) {
            sqlite3_backup_step(backup, -1);
            rc = sqlite3_backup_finish(backup);
        } else {
            rc = sqlite3_extended_errcode(target);
        }
    }
    enum als_status status = rc == SQLITE_OK ? ALS_OK : als_sql_fail(store, rc, err);
    sqlite3_close(target);
    return status;
}

static enum als_status bad_copy(const char *what, struct als_err *err)
{
    als_fail(err, ALS_DATA, "E-BACKUP", "the copy failed its check: %s", what);
    als_err_hint(err, "the study itself may be damaged: run audit verify on it");
    return ALS_DATA;
}

/* One statement whose first row, if any, must be `good`. */
static enum als_status check_by(struct als_store *copy_store, const char *sql, const char *good,
                                const char *what, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(copy_store, sql, &stmt, err);
    if (status != ALS_OK)
        return status;
    bool row;
    status = als_sql_step(copy_store, stmt, &row, err);
    if (status == ALS_OK && row) {
        const char *text = (const char *)sqlite3_column_text(stmt, 0);
        if (!good || !text || strcmp(text, good) != 0)
            status = bad_copy(what, err);
    }
    als_sql_done(stmt);
    return status;
}

static enum als_status check(const char *temporary, struct als_err *err)
{
    struct als_store *copy_store;
    size_t findings = 0;
    enum als_status status = als_store_open(temporary, ALS_STORE_READ, &copy_store, err);
    if (status != ALS_OK)
        return status;
    status =
        check_by(copy_store, "PRAGMA integrity_check(1)", "ok", "pages or rows are damaged", err);
    if (status == ALS_OK)
        status = check_by(copy_store, "PRAGMA foreign_key_check", NULL,
                          "a row names another that is not there", err);
    if (status == ALS_OK)
        status = als_audit_verify(copy_store, NULL, NULL, &findings, err);
    if (status == ALS_OK && findings > 0)
        status = bad_copy("the trail does not agree with the rows", err);
    als_store_close(copy_store);
    return status;
}

enum als_status als_store_backup(struct als_store *store, const char *path, struct als_err *err)
{
    char *temporary;
    enum als_status status = als_may(store, ALS_ACT_KEEP, 0, err);
    if (status == ALS_OK)
        status = als_publish_begin(path, &temporary, err);
    if (status != ALS_OK)
        return status;
    status = copy(store, temporary, err);
    if (status == ALS_OK)
        status = check(temporary, err);
    if (status == ALS_OK)
        status = als_publish_end(temporary, path, err);
    else
        als_publish_abandon(temporary);
    free(temporary);
    return status;
}
