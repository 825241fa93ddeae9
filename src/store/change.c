/* Change sets: one transaction each, with who, when, why, and a digest of all it did. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people_int.h"

enum als_status als_change_require(const struct als_store *store, struct als_err *err)
{
    if (!store->change.open)
        return als_fail(err, ALS_INTERNAL, "E-CHANGE", "a write outside a change set");
    return ALS_OK;
}

/* ---- Digest of the change set's own columns ---- */

static void hash_bytes(crypto_generichash_state *hash, char type, const void *bytes, size_t n)
{
    unsigned char head[9] = {(unsigned char)type};
    for (size_t i = 0; i < 8; i++)
        head[i + 1] = (unsigned char)((uint64_t)n >> (8 * i));
    crypto_generichash_update(hash, head, sizeof head);
    crypto_generichash_update(hash, bytes, n);
}

void als_hash_columns(sqlite3_stmt *stmt, int n, unsigned char digest[ALS_DIGEST_BYTES])
{
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, NULL, 0, ALS_DIGEST_BYTES);
    for (int i = 0; i < n; i++) {
        static const char types[] = {'?', 'i', 'r', 't', 'b', 'n'};
        int type = sqlite3_column_type(stmt, i);
        const void *bytes = sqlite3_column_blob(stmt, i); /* integers as their decimal text */
        int length = sqlite3_column_bytes(stmt, i);
        hash_bytes(&hash, types[type], bytes ? bytes : "", (size_t)length);
    }
    crypto_generichash_final(&hash, digest, ALS_DIGEST_BYTES);
}

void als_salted_hash(const void *text, size_t length, const unsigned char salt[ALS_SALT_BYTES],
                     unsigned char digest[ALS_DIGEST_BYTES])
{
    crypto_generichash(digest, ALS_DIGEST_BYTES, text, length, salt, ALS_SALT_BYTES);
}

void als_reason_mark(const char *reason, size_t length, unsigned char mark[ALS_MARK_BYTES])
{
    randombytes_buf(mark, ALS_SALT_BYTES);
    als_salted_hash(reason, length, mark, mark + ALS_SALT_BYTES);
}

void als_change_digest(sqlite3_stmt *stmt, unsigned char digest[ALS_DIGEST_BYTES])
{
    static const char columns[] = ALS_CHANGE_COLUMNS;
    int n = 1;
    for (const char *c = columns; *c; c++)
        n += *c == ',';
    als_hash_columns(stmt, n, digest);
}

enum als_status als_change_genesis(struct als_store *store, unsigned char digest[ALS_DIGEST_BYTES],
                                   struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store, "SELECT name, value FROM main.study ORDER BY name", &stmt, err);
    if (status != ALS_OK)
        return status;
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, NULL, 0, ALS_DIGEST_BYTES);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        for (int i = 0; i < 2; i++)
            hash_bytes(&hash, 't', sqlite3_column_text(stmt, i),
                       (size_t)sqlite3_column_bytes(stmt, i));
    }
    crypto_generichash_final(&hash, digest, ALS_DIGEST_BYTES);
    return status;
}

void als_change_table_line(struct als_buf *out, const char *table, int64_t steps,
                           const unsigned char digest[ALS_DIGEST_BYTES])
{
    char hex[2 * ALS_DIGEST_BYTES + 1];
    sodium_bin2hex(hex, sizeof hex, digest, ALS_DIGEST_BYTES);
    als_buf_printf(out, "%s %lld %s\n", table, (long long)steps, hex);
}

/* ---- Begin ---- */

/* Blanks are no reason, and around one they do not count. */
static const char *trim_reason(const char *reason, size_t *length)
{
    const char *blanks = " \t\r\n";
    const char *from = reason ? reason + strspn(reason, blanks) : "";
    size_t n = strlen(from);
    while (n && strchr(blanks, from[n - 1]))
        n--;
    *length = n;
    return from;
}

enum als_status als_chain_last(struct als_store *store, const char *sql, int64_t *id,
                               unsigned char digest[ALS_DIGEST_BYTES], struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(store, sql, &stmt, err);
    if (status != ALS_OK)
        return status;
    bool row;
    *id = 0;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row) {
        *id = sqlite3_column_int64(stmt, 0);
        if (sqlite3_column_bytes(stmt, 1) == ALS_DIGEST_BYTES)
            memcpy(digest, sqlite3_column_blob(stmt, 1), ALS_DIGEST_BYTES);
    }
    als_sql_done(stmt);
    return status == ALS_OK && !row ? als_change_genesis(store, digest, err) : status;
}

static enum als_status insert_change(struct als_store *store, const struct als_change_info *info,
                                     const unsigned char parent[ALS_DIGEST_BYTES],
                                     struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(
        store,
        "INSERT INTO main.change_set (change_id, at_utc, user, authenticated, command,"
        " reason, source_name, source_sha256, parent_digest, reason_mark)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        &stmt, err);
    if (status != ALS_OK)
        return status;
    char at_utc[32];
    als_now_utc(at_utc);
    sqlite3_bind_int64(stmt, 1, store->change.change_id);
    als_bind_text(stmt, 2, at_utc);
    als_bind_text(stmt, 3, store->actor.id ? store->actor.user : info->user);
    sqlite3_bind_int(stmt, 4, store->actor.id ? 1 : info->authenticated);
    als_bind_text(stmt, 5, info->command ? info->command : "");
    size_t length;
    const char *reason = trim_reason(info->reason, &length);
    unsigned char mark[ALS_MARK_BYTES];
    if (length) {
        als_reason_mark(reason, length, mark);
        sqlite3_bind_text64(stmt, 6, reason, length, SQLITE_STATIC, SQLITE_UTF8);
        sqlite3_bind_blob(stmt, 10, mark, sizeof mark, SQLITE_STATIC);
    }
    als_bind_text(stmt, 7, info->source_name);
    als_bind_text(stmt, 8, info->source_sha256);
    sqlite3_bind_blob(stmt, 9, parent, ALS_DIGEST_BYTES, SQLITE_STATIC);
    return als_sql_run(store, stmt, err);
}

enum als_status als_change_start(struct als_store *store, const struct als_change_info *info,
                                 struct als_err *err)
{
    unsigned char parent[ALS_DIGEST_BYTES] = {0};
    int64_t last = 0;
    enum als_status status = als_chain_last(
        store, "SELECT change_id, digest FROM main.change_set ORDER BY change_id DESC LIMIT 1",
        &last, parent, err);
    if (status != ALS_OK)
        return status;
    als_trail_forget(store);
    size_t length;
    trim_reason(info->reason, &length);
    store->change =
        (struct als_change_state){.open = true, .has_reason = length > 0, .change_id = last + 1};
    snprintf(store->change.user, sizeof store->change.user, "%s",
             store->actor.id ? store->actor.user : info->user);
    status = insert_change(store, info, parent, err);
    if (status == ALS_OK)
        status = als_guard_begin(store, err);
    store->change.open = status == ALS_OK;
    return status;
}

static enum als_status refresh(struct als_store *store, struct als_err *err)
{
    bool redefined = false;
    enum als_status status = als_store_refresh(store, &redefined, err);
    if (status == ALS_OK && redefined)
        status = als_fail(err, ALS_BUSY, "E-REDEFINED",
                          "%s: another process has changed the study's definitions; open it again",
                          store->path);
    return status;
}

enum als_status als_change_begin(struct als_store *store, const struct als_change_info *info,
                                 struct als_err *err)
{
    if (store->change.open)
        als_bug("a change set is open already");
    if (store->mode != ALS_STORE_WRITE)
        return als_fail(err, ALS_NOT_PERMITTED, "E-PERMISSION", "%s: was opened for reading only",
                        store->path);
    if (store->has_users && !store->actor.id)
        return als_may(store, ALS_ACT_SEE, 0, err);
    if (!info->user || !*info->user)
        return als_fail(err, ALS_USAGE, "E-USER", "a change needs a user's name");
    enum als_status status = als_sql_exec(store, "BEGIN IMMEDIATE", err);
    if (status != ALS_OK)
        return status;
    status = refresh(store, err);
    if (status == ALS_OK && store->has_users && !store->actor.id)
        status = als_may(store, ALS_ACT_SEE, 0, err);
    if (status == ALS_OK)
        status = als_change_start(store, info, err);
    if (status != ALS_OK)
        als_change_abandon(store);
    return status;
}

void als_change_set_source(struct als_store *store, const char *sha256_hex)
{
    snprintf(store->change.source_sha256, sizeof store->change.source_sha256, "%s", sha256_hex);
}

void als_store_on_cell_change(struct als_store *store, als_cell_change_fn *receive, void *context)
{
    store->on_cell = receive;
    store->on_cell_context = context;
}

/* ---- Commit ---- */

struct rebuilt {
    crypto_generichash_state hash;
    int64_t steps;
};

static void add_step(int64_t change_id, const void *bytes, size_t n, void *context)
{
    struct rebuilt *rebuilt = context;
    (void)change_id;
    crypto_generichash_update(&rebuilt->hash, bytes, n);
    rebuilt->steps++;
}

static enum als_status table_digest(struct als_store *store, struct als_relation *table,
                                    unsigned char digest[ALS_DIGEST_BYTES], struct als_err *err)
{
    struct als_trail *trail = &table->trail;
    if (trail->ordered) {
        crypto_generichash_final(trail->hash, digest, ALS_DIGEST_BYTES);
        return ALS_OK;
    }
    struct rebuilt rebuilt = {.steps = 0};
    crypto_generichash_init(&rebuilt.hash, NULL, 0, ALS_DIGEST_BYTES);
    struct als_rebuild rebuild = {
        .step = add_step, .context = &rebuilt, .only = store->change.change_id};
    enum als_status status = als_rebuild_relation(store, table, &rebuild, err);
    if (status != ALS_OK)
        return status;
    if (rebuilt.steps != trail->steps)
        return als_fail(err, ALS_INTERNAL, "E-TRAIL", "%s: %lld rows written, %lld found",
                        table->name, (long long)trail->steps, (long long)rebuilt.steps);
    crypto_generichash_final(&rebuilt.hash, digest, ALS_DIGEST_BYTES);
    return ALS_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct als_relation *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static enum als_status list_tables(struct als_store *store, struct als_buf *out,
                                   struct als_err *err)
{
    size_t n = 0;
    for (struct als_relation *table = store->relations; table; table = table->next)
        n += table->trail.touched;
    struct als_relation **touched = als_alloc_array(n, sizeof(struct als_relation *));
    n = 0;
    for (struct als_relation *table = store->relations; table; table = table->next) {
        if (table->trail.touched)
            touched[n++] = table;
    }
    qsort(touched, n, sizeof(struct als_relation *), by_name);
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < n && status == ALS_OK; i++) {
        unsigned char digest[ALS_DIGEST_BYTES];
        status = table_digest(store, touched[i], digest, err);
        if (status == ALS_OK)
            als_change_table_line(out, touched[i]->name, touched[i]->trail.steps, digest);
    }
    free(touched);
    return status;
}

/* How the log of access ended then: what is cut from it later is missed. */
static enum als_status add_access(struct als_store *store, struct als_buf *out, struct als_err *err)
{
    int64_t id = 0;
    unsigned char digest[ALS_DIGEST_BYTES];
    enum als_status status = als_access_last(store, &id, digest, err);
    if (status == ALS_OK && id)
        als_change_table_line(out, "access", id, digest);
    return status;
}

static enum als_status close_change(struct als_store *store, const char *tables,
                                    struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store,
                       "UPDATE main.change_set SET row_count = ?2, tables = ?3,"
                       " source_sha256 = ifnull(nullif(?4, ''), source_sha256)"
                       " WHERE change_id = ?1",
                       &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, store->change.change_id);
    sqlite3_bind_int64(stmt, 2, store->change.steps);
    als_bind_text(stmt, 3, tables);
    als_bind_text(stmt, 4, store->change.source_sha256);
    return als_sql_run(store, stmt, err);
}

static enum als_status seal_change(struct als_store *store, struct als_err *err)
{
    sqlite3_stmt *stmt;
    unsigned char digest[ALS_DIGEST_BYTES];
    enum als_status status = als_sql_cached(
        store, "SELECT " ALS_CHANGE_COLUMNS " FROM main.change_set WHERE change_id = ?1", &stmt,
        err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, store->change.change_id);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row)
        als_change_digest(stmt, digest);
    als_sql_done(stmt);
    unsigned char seal[ALS_DIGEST_BYTES];
    bool sealed = false;
    if (status == ALS_OK)
        status = als_seal_make(store, digest, seal, &sealed, err);
    if (status == ALS_OK)
        status = als_sql_cached(
            store, "UPDATE main.change_set SET digest = ?2, seal = ?3 WHERE change_id = ?1", &stmt,
            err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, store->change.change_id);
    sqlite3_bind_blob(stmt, 2, digest, sizeof digest, SQLITE_STATIC);
    if (sealed)
        sqlite3_bind_blob(stmt, 3, seal, sizeof seal, SQLITE_STATIC);
    return als_sql_run(store, stmt, err);
}

static enum als_status commit(struct als_store *store, struct als_err *err)
{
    if (store->change.broken)
        return als_fail(err, ALS_IO, "E-BROKEN", "%s: an earlier write failed, nothing was stored",
                        store->path);
    struct als_buf tables;
    als_buf_init(&tables, ALS_BUF_LARGE);
    enum als_status status = list_tables(store, &tables, err);
    if (status == ALS_OK)
        status = add_access(store, &tables, err);
    if (status == ALS_OK)
        status = close_change(store, tables.data, err);
    if (status == ALS_OK)
        status = seal_change(store, err);
    if (status == ALS_OK)
        status = als_sql_exec(store, "COMMIT", err);
    als_buf_release(&tables);
    return status;
}

enum als_status als_change_commit(struct als_store *store, int64_t *change_id, struct als_err *err)
{
    enum als_status status = als_change_require(store, err);
    if (status != ALS_OK)
        return status;
    if (change_id)
        *change_id = 0;
    if (store->change.steps == 0 && !store->change.broken) {
        als_change_abandon(store);
        return ALS_OK;
    }
    status = commit(store, err);
    if (status != ALS_OK) {
        als_change_abandon(store);
        return status;
    }
    if (change_id)
        *change_id = store->change.change_id;
    als_trail_forget(store);
    als_guard_end(store);
    store->change.open = false;
    if (store->change.redefined)
        return als_definitions_reload(store, err);
    return store->has_users ? ALS_OK : als_actor_refresh(store, err);
}

void als_change_abandon(struct als_store *store)
{
    bool steps = store->change.steps > 0, redefined = store->change.redefined;
    if (!sqlite3_get_autocommit(store->db))
        als_sql_attempt(store, "ROLLBACK");
    als_trail_forget(store);
    als_guard_end(store);
    store->change = (struct als_change_state){.open = false};
    if (redefined)
        als_relations_forget(store);
    if (steps) {
        als_words_forget(store);
        if (als_names_load(store, NULL) != ALS_OK)
            store->data_version = -1; /* read again at the next begin */
    }
}
