/* The log of access: an append-only chain beside that of change sets. */
#include <string.h>

#include "people_int.h"

enum als_status als_writer_open(struct als_store *store, struct als_store **writer,
                                struct als_err *err)
{
    *writer = NULL;
    if (store->change.open)
        als_bug("the log of access is written within a change set");
    if (store->mode == ALS_STORE_WRITE) {
        *writer = store;
        return ALS_OK;
    }
    return als_store_open(store->path, ALS_STORE_WRITE, writer, err);
}

void als_writer_close(struct als_store *store, struct als_store *writer)
{
    if (writer != store)
        als_store_close(writer);
}

/* ---- One row ---- */

/* Columns that a row's digest covers, in this order, first in the result row. */
#define COVERED "access_id, at_utc, user, authenticated, what, detail, parent_digest"

enum als_status als_access_last(struct als_store *store, int64_t *id,
                                unsigned char digest[ALS_DIGEST_BYTES], struct als_err *err)
{
    return als_chain_last(
        store, "SELECT access_id, digest FROM main.access ORDER BY access_id DESC LIMIT 1", id,
        digest, err);
}

/* Bind the columns that a row's digest covers to 1 to 7. */
static void bind_covered(sqlite3_stmt *stmt, const char *at_utc, const char *user,
                         bool authenticated, const char *what, const char *detail, int64_t id,
                         const unsigned char *parent)
{
    sqlite3_bind_int64(stmt, 1, id);
    als_bind_text(stmt, 2, at_utc);
    als_bind_text(stmt, 3, user);
    sqlite3_bind_int(stmt, 4, authenticated);
    als_bind_text(stmt, 5, what);
    als_bind_text(stmt, 6, detail);
    sqlite3_bind_blob(stmt, 7, parent, ALS_DIGEST_BYTES, SQLITE_STATIC);
}

static enum als_status digest_row(struct als_store *store, const char *at_utc, const char *user,
                                  bool authenticated, const char *what, const char *detail,
                                  int64_t id, const unsigned char *parent,
                                  unsigned char digest[ALS_DIGEST_BYTES], struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(store, "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7", &stmt, err);
    if (status != ALS_OK)
        return status;
    bind_covered(stmt, at_utc, user, authenticated, what, detail, id, parent);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK)
        als_hash_columns(stmt, 7, digest);
    als_sql_done(stmt);
    return status;
}

static enum als_status note_end(struct als_store *store, int64_t id,
                                const unsigned char digest[ALS_DIGEST_BYTES], struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store,
                       "INSERT INTO main.access_end VALUES (1, ?1, ?2)"
                       " ON CONFLICT DO UPDATE SET access_id = ?1, digest = ?2",
                       &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, id);
    sqlite3_bind_blob(stmt, 2, digest, ALS_DIGEST_BYTES, SQLITE_STATIC);
    return als_sql_run(store, stmt, err);
}

enum als_status als_access_append(struct als_store *store, const char *user, bool authenticated,
                                  const char *what, const char *detail, struct als_err *err)
{
    unsigned char parent[ALS_DIGEST_BYTES] = {0}, digest[ALS_DIGEST_BYTES];
    char at_utc[32];
    int64_t id;
    sqlite3_stmt *stmt;
    als_now_utc(at_utc);
    enum als_status status = als_access_last(store, &id, parent, err);
    id++;
    if (status == ALS_OK)
        status =
            digest_row(store, at_utc, user, authenticated, what, detail, id, parent, digest, err);
    if (status == ALS_OK)
        status = als_sql_cached(store,
                                "INSERT INTO main.access (" COVERED ", digest)"
                                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                                &stmt, err);
    if (status != ALS_OK)
        return status;
    bind_covered(stmt, at_utc, user, authenticated, what, detail, id, parent);
    sqlite3_bind_blob(stmt, 8, digest, sizeof digest, SQLITE_STATIC);
    status = als_sql_run(store, stmt, err);
    return status == ALS_OK ? note_end(store, id, digest, err) : status;
}

enum als_status als_access_log(struct als_store *store, const char *user, const char *what,
                               const char *detail, struct als_err *err)
{
    struct als_store *writer;
    enum als_status status = als_writer_open(store, &writer, err);
    if (status != ALS_OK)
        return status;
    if (!user)
        user = store->actor.id ? store->actor.user : "";
    status = als_sql_exec(writer, "BEGIN IMMEDIATE", err);
    if (status == ALS_OK)
        status = als_access_append(writer, user, store->actor.id != 0, what, detail, err);
    if (status == ALS_OK)
        status = als_sql_exec(writer, "COMMIT", err);
    if (status != ALS_OK)
        als_sql_attempt(writer, "ROLLBACK");
    als_writer_close(store, writer);
    return status;
}

enum als_status als_access_each(struct als_store *store, als_access_fn *receive, void *context,
                                struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_may(store, ALS_ACT_KEEP, 0, err);
    if (status == ALS_OK)
        status = als_sql_prepare(store,
                                 "SELECT access_id, at_utc, user, what, detail, authenticated,"
                                 " lower(hex(digest)) FROM main.access ORDER BY access_id",
                                 &stmt, err);
    if (status != ALS_OK)
        return status;
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        struct als_access_row found = {
            .access_id = sqlite3_column_int64(stmt, 0),
            .at_utc = (const char *)sqlite3_column_text(stmt, 1),
            .user = (const char *)sqlite3_column_text(stmt, 2),
            .what = (const char *)sqlite3_column_text(stmt, 3),
            .detail = (const char *)sqlite3_column_text(stmt, 4),
            .authenticated = sqlite3_column_int(stmt, 5),
            .digest_hex = (const char *)sqlite3_column_text(stmt, 6),
        };
        receive(&found, context);
    }
    sqlite3_finalize(stmt);
    return status;
}

/* ---- Verifying ---- */

static bool is_digest(sqlite3_stmt *stmt, int column, const unsigned char *digest)
{
    return sqlite3_column_bytes(stmt, column) == ALS_DIGEST_BYTES &&
           memcmp(sqlite3_column_blob(stmt, column), digest, ALS_DIGEST_BYTES) == 0;
}

static enum als_status check_end(struct als_store *store, int64_t last_id,
                                 const unsigned char last[ALS_DIGEST_BYTES], als_access_odd_fn *odd,
                                 void *context, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(
        store, "SELECT access_id, digest, count(*) OVER () FROM main.access_end", &stmt, err);
    if (status != ALS_OK)
        return status;
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    bool agrees = row ? sqlite3_column_int64(stmt, 0) == last_id && is_digest(stmt, 1, last) &&
                            sqlite3_column_int(stmt, 2) == 1
                      : last_id == 0;
    als_sql_done(stmt);
    if (status == ALS_OK && !agrees)
        odd("the log of access does not end where it ended", context);
    return status;
}

enum als_status als_access_verify(struct als_store *store, als_access_row_fn *seen,
                                  als_access_odd_fn *odd, void *context, struct als_err *err)
{
    unsigned char parent[ALS_DIGEST_BYTES] = {0}, digest[ALS_DIGEST_BYTES];
    int64_t last_id = 0;
    sqlite3_stmt *stmt;
    enum als_status status = als_change_genesis(store, parent, err);
    if (status == ALS_OK)
        status = als_sql_prepare(
            store, "SELECT " COVERED ", digest FROM main.access ORDER BY access_id", &stmt, err);
    if (status != ALS_OK)
        return status;
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        int64_t id = sqlite3_column_int64(stmt, 0);
        als_hash_columns(stmt, 7, digest);
        char text[100];
        snprintf(text, sizeof text, "entry %lld of the log of access was edited", (long long)id);
        if (!is_digest(stmt, 7, digest))
            odd(text, context);
        snprintf(text, sizeof text,
                 "entry %lld of the log of access does not follow from the one before it",
                 (long long)id);
        if (!is_digest(stmt, 6, parent) || id != last_id + 1)
            odd(text, context);
        memcpy(parent, digest, sizeof parent);
        last_id = id;
        seen(id, digest, context);
    }
    sqlite3_finalize(stmt);
    return status == ALS_OK ? check_end(store, last_id, parent, odd, context, err) : status;
}
