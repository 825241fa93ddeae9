/* One study, many connections: write-ahead mode, and keeping up with what others write. */
#include "people_int.h"

static enum als_status journal_mode(struct als_store *store, const char *sql, const char *wanted,
                                    bool *reached, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_prepare(store, sql, &stmt, err);
    if (status != ALS_OK)
        return status;
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    *reached =
        status == ALS_OK && row && strcmp((const char *)sqlite3_column_text(stmt, 0), wanted) == 0;
    sqlite3_finalize(stmt);
    return status;
}

enum als_status als_store_share(struct als_store *store, struct als_err *err)
{
    bool shared = false;
    enum als_status status = journal_mode(store, "PRAGMA journal_mode = WAL", "wal", &shared, err);
    if (status == ALS_OK && !shared)
        status = als_fail(err, ALS_IO, "E-SHARE",
                          "%s: this file system does not let several connections share the study",
                          store->path);
    /* From its first reading on, this connection holds the lock that keeps others from ending it.
     */
    int64_t version;
    return status == ALS_OK ? als_sql_integer(store, "PRAGMA user_version", &version, err) : status;
}

bool als_store_is_shared(struct als_store *store)
{
    bool shared = false;
    return journal_mode(store, "PRAGMA journal_mode", "wal", &shared, NULL) == ALS_OK && shared;
}

/* Refused by SQLite while another connection is open, in this process or another: then it is left
 * to the last one. */
void als_store_unshare(struct als_store *store)
{
    bool single = false;
    als_sql_forget(store);
    enum als_status left =
        journal_mode(store, "PRAGMA journal_mode = DELETE", "delete", &single, NULL);
    (void)left;
}

enum als_status als_store_refresh(struct als_store *store, bool *redefined, struct als_err *err)
{
    int64_t version = 0, definitions = 0;
    enum als_status status = als_sql_integer(store, "PRAGMA data_version", &version, err);
    if (status != ALS_OK || version == store->data_version)
        return status;
    status =
        als_sql_integer(store, "SELECT max(definition_id) FROM main.definition", &definitions, err);
    if (status == ALS_OK && definitions != store->last_definition)
        *redefined = true;
    else if (status == ALS_OK)
        status = als_names_load(store, err);
    if (status == ALS_OK)
        status = als_actor_refresh(store, err);
    als_words_forget(store);
    if (status == ALS_OK)
        store->data_version = version;
    return status;
}
