/* Taking the reason of a change set out for good: its mark, which the digest covers, stays. */
#include <string.h>

#include "alstrack/store/redact.h"
#include "people_int.h"

/* ---- The log ---- */

static void hex_of(const unsigned char *mark, char salt[2 * ALS_SALT_BYTES + 1],
                   char digest[2 * ALS_DIGEST_BYTES + 1])
{
    sodium_bin2hex(salt, 2 * ALS_SALT_BYTES + 1, mark, ALS_SALT_BYTES);
    sodium_bin2hex(digest, 2 * ALS_DIGEST_BYTES + 1, mark + ALS_SALT_BYTES, ALS_DIGEST_BYTES);
}

static enum als_status log_reason(struct als_store *store, int64_t change_id,
                                  const unsigned char *mark, struct als_err *err)
{
    struct als_relation *log;
    char salt[2 * ALS_SALT_BYTES + 1], digest[2 * ALS_DIGEST_BYTES + 1], key[24];
    int64_t id = 0;
    enum als_status status = als_relation_find(store, "redaction", &log, err);
    if (status != ALS_OK)
        return status;
    hex_of(mark, salt, digest);
    snprintf(key, sizeof key, "%lld", (long long)change_id);
    struct als_row_cell row[] = {als_cell_text("change_set"), als_cell_integer(change_id),
                                 als_cell_text(key),          als_cell_text(NULL),
                                 als_cell_text("reason"),     als_cell_text(salt),
                                 als_cell_text(digest)};
    return als_row_put(store, log, &id, row, false, NULL, err);
}

static enum als_status is_logged(struct als_store *store, int64_t change_id,
                                 const unsigned char *mark, bool *logged, struct als_err *err)
{
    sqlite3_stmt *stmt;
    char salt[2 * ALS_SALT_BYTES + 1], digest[2 * ALS_DIGEST_BYTES + 1];
    enum als_status status = als_sql_cached(
        store,
        "SELECT 1 FROM main.redaction WHERE table_name = 'change_set' AND row_id = ?1"
        " AND column_name = 'reason' AND salt = ?2 AND digest = ?3",
        &stmt, err);
    if (status != ALS_OK)
        return status;
    hex_of(mark, salt, digest);
    sqlite3_bind_int64(stmt, 1, change_id);
    als_bind_text(stmt, 2, salt);
    als_bind_text(stmt, 3, digest);
    status = als_sql_step(store, stmt, logged, err);
    als_sql_done(stmt);
    return status;
}

enum als_status als_reason_check(struct als_store *store, int64_t change_id, const char *reason,
                                 const unsigned char *mark, int mark_length, bool *good,
                                 struct als_err *err)
{
    unsigned char digest[ALS_DIGEST_BYTES];
    *good = !mark_length; /* then the digest covers the reason itself */
    if (*good || mark_length != ALS_MARK_BYTES || !reason)
        return ALS_OK;
    als_salted_hash(reason, strlen(reason), mark, digest);
    *good = memcmp(digest, mark + ALS_SALT_BYTES, sizeof digest) == 0;
    return *good || strcmp(reason, ALS_REDACTED) != 0
               ? ALS_OK
               : is_logged(store, change_id, mark, good, err);
}

/* ---- Taking out ---- */

static enum als_status read_mark(struct als_store *store, int64_t change_id,
                                 unsigned char mark[ALS_MARK_BYTES], struct als_err *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum als_status status = als_sql_prepare(
        store,
        "SELECT reason, reason_mark FROM change_set WHERE change_id = ?1 AND digest NOT NULL",
        &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, change_id);
    status = als_sql_step(store, stmt, &row, err);
    const char *reason = row ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    if (status == ALS_OK && !row)
        als_fail(err, status = ALS_NO_INPUT, "E-CHANGE", "there is no change set %lld",
                 (long long)change_id);
    else if (status == ALS_OK && (!reason || strcmp(reason, ALS_REDACTED) == 0))
        als_fail(err, status = ALS_NO_INPUT, "E-NOTHING", "change set %lld has no reason to redact",
                 (long long)change_id);
    else if (status == ALS_OK && sqlite3_column_bytes(stmt, 1) != ALS_MARK_BYTES)
        als_fail(err, status = ALS_DATA, "E-MARK",
                 "change set %lld was made by a version whose digests cover the reason itself",
                 (long long)change_id);
    if (status == ALS_OK)
        memcpy(mark, sqlite3_column_blob(stmt, 1), ALS_MARK_BYTES);
    sqlite3_finalize(stmt);
    return status;
}

static enum als_status overwrite(struct als_store *store, int64_t change_id, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_prepare(
        store, "UPDATE main.change_set SET reason = ?2 WHERE change_id = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, change_id);
    als_bind_text(stmt, 2, ALS_REDACTED);
    status = als_sql_run(store, stmt, err);
    sqlite3_finalize(stmt);
    return status;
}

enum als_status als_redact_reason(struct als_store *store, int64_t change_id, struct als_err *err)
{
    unsigned char mark[ALS_MARK_BYTES];
    const char *trigger = NULL;
    struct als_arena *arena = als_arena_new();
    enum als_status status = als_redact_check(store, 0, err);
    if (status == ALS_OK)
        status = read_mark(store, change_id, mark, err);
    if (status == ALS_OK)
        status = log_reason(store, change_id, mark, err);
    if (status == ALS_OK)
        status = als_trigger_lift(store, "change_set_is_final", arena, &trigger, err);
    if (status == ALS_OK)
        status = overwrite(store, change_id, err);
    if (status == ALS_OK)
        status = als_sql_exec(store, trigger, err);
    if (status != ALS_OK)
        store->change.broken = true;
    als_arena_free(arena);
    return status;
}

/* ---- What was taken out ---- */

enum als_status als_redaction_count(struct als_store *store, int64_t *n, struct als_err *err)
{
    return als_sql_integer(store, "SELECT count(*) FROM main.redaction", n, err);
}

enum als_status als_redacted_reasons(struct als_store *store, als_redacted_reason_fn *receive,
                                     void *context, struct als_err *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum als_status status =
        als_sql_prepare(store,
                        "SELECT of.change_id, by.change_id, by.user FROM main.redaction AS r"
                        " JOIN change_set AS of ON of.change_id = r.row_id"
                        " JOIN main.change_set AS by ON by.change_id = r.change_id"
                        " WHERE r.table_name = 'change_set' ORDER BY 1",
                        &stmt, err);
    if (status != ALS_OK)
        return status;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row)
        receive(sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
                (const char *)sqlite3_column_text(stmt, 2), context);
    sqlite3_finalize(stmt);
    return status;
}
