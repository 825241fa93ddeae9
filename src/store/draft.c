/* Drafts: rows outside the trail. */
#include "alstrack/store/draft.h"

#include "store_int.h"

#define DRAFT_BUSY_MS 1000
#define NOW           "strftime('%Y-%m-%dT%H:%M:%fZ')"
#define KEY                                                                                        \
    "user = ?1 AND patient_id = ?2 AND visit = ?3 AND instrument = ?4 AND rater = ifnull(?5, '')"
#define COLUMNS                                                                                    \
    "user, patient_id, visit, instrument, nullif(rater, ''), expected_change, started_utc,"        \
    " touched_utc"

static void bind_key(sqlite3_stmt *stmt, const struct als_draft *key)
{
    als_bind_text(stmt, 1, key->user);
    sqlite3_bind_int64(stmt, 2, key->patient_id);
    als_bind_text(stmt, 3, key->visit);
    als_bind_text(stmt, 4, key->instrument);
    als_bind_text(stmt, 5, key->rater);
}

/* The row's columns from the first on; the content is not among them. */
static void read_row(sqlite3_stmt *stmt, struct als_arena *arena, struct als_draft *out)
{
    *out = (struct als_draft){
        .user = als_column_text(stmt, 0, arena),
        .patient_id = sqlite3_column_int64(stmt, 1),
        .visit = als_column_text(stmt, 2, arena),
        .instrument = als_column_text(stmt, 3, arena),
        .rater = als_column_text(stmt, 4, arena),
        .expected_change = sqlite3_column_int64(stmt, 5),
        .started_utc = als_column_text(stmt, 6, arena),
        .touched_utc = als_column_text(stmt, 7, arena),
    };
}

static enum als_status require_writable(const struct als_store *store, struct als_err *err)
{
    if (store->mode == ALS_STORE_WRITE)
        return ALS_OK;
    return als_fail(err, ALS_NOT_PERMITTED, "E-PERMISSION", "%s: was opened for reading only",
                    store->path);
}

/* A single statement is a transaction of its own unless one is open. */
static enum als_status run(struct als_store *store, sqlite3_stmt *stmt, struct als_err *err)
{
    if (!store->change.open)
        sqlite3_busy_timeout(store->db, DRAFT_BUSY_MS);
    enum als_status status = als_sql_run(store, stmt, err);
    sqlite3_busy_timeout(store->db, ALS_BUSY_MS);
    return status;
}

enum als_status als_draft_put(struct als_store *store, const struct als_draft *draft,
                              struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = require_writable(store, err);
    if (status == ALS_OK)
        status = als_sql_cached(
            store,
            "INSERT INTO draft (user, patient_id, visit, instrument, rater, expected_change,"
            " started_utc, touched_utc, content)"
            " VALUES (?1, ?2, ?3, ?4, ifnull(?5, ''), ?6, " NOW ", " NOW ", ?7)"
            " ON CONFLICT DO UPDATE SET expected_change = excluded.expected_change,"
            " touched_utc = excluded.touched_utc, content = excluded.content"
            " WHERE ?8 IS NULL OR touched_utc = ?8",
            &stmt, err);
    if (status != ALS_OK)
        return status;
    bind_key(stmt, draft);
    sqlite3_bind_int64(stmt, 6, draft->expected_change);
    als_bind_text(stmt, 7, draft->content);
    als_bind_text(stmt, 8, draft->touched_utc);
    status = run(store, stmt, err);
    if (status == ALS_OK && sqlite3_changes(store->db) == 0)
        status = als_fail(err, ALS_DATA, "E-DRAFT", "the draft was changed in another window");
    return status;
}

enum als_status als_draft_get(struct als_store *store, const struct als_draft *key,
                              struct als_arena *arena, struct als_draft *out, bool *found,
                              struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store, "SELECT " COLUMNS ", content FROM draft WHERE " KEY, &stmt, err);
    if (status != ALS_OK)
        return status;
    bind_key(stmt, key);
    status = als_sql_step(store, stmt, found, err);
    if (status == ALS_OK && *found) {
        read_row(stmt, arena, out);
        out->content = als_column_text(stmt, 8, arena);
    }
    als_sql_done(stmt);
    return status;
}

enum als_status als_draft_discard(struct als_store *store, const struct als_draft *key,
                                  struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = require_writable(store, err);
    if (status == ALS_OK)
        status = als_sql_cached(
            store, "DELETE FROM draft WHERE " KEY " AND (?6 IS NULL OR touched_utc = ?6)", &stmt,
            err);
    if (status != ALS_OK)
        return status;
    bind_key(stmt, key);
    als_bind_text(stmt, 6, key->touched_utc);
    return run(store, stmt, err);
}

enum als_status als_draft_load(struct als_store *store, const char *user, int64_t patient_id,
                               struct als_arena *arena, struct als_draft_list *out,
                               struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store,
                       "SELECT " COLUMNS ", count(*) OVER () FROM draft"
                       " WHERE (?1 IS NULL OR user = ?1) AND (?2 = 0 OR patient_id = ?2)"
                       " ORDER BY touched_utc DESC, user, patient_id, visit, instrument, rater",
                       &stmt, err);
    if (status != ALS_OK)
        return status;
    *out = (struct als_draft_list){.count = 0};
    als_bind_text(stmt, 1, user);
    sqlite3_bind_int64(stmt, 2, patient_id);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        if (!out->items)
            out->items =
                als_arena_array(arena, (size_t)sqlite3_column_int64(stmt, 8), sizeof *out->items);
        read_row(stmt, arena, &out->items[out->count++]);
    }
    als_sql_done(stmt);
    return status;
}
