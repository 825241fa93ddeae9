/* The steps of the open change set: hashed as they come, and history. */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "store_int.h"

crypto_generichash_state *als_hash_new(void)
{
    size_t alignment = alignof(crypto_generichash_state);
    size_t size = (sizeof(crypto_generichash_state) + alignment - 1) / alignment * alignment;
    crypto_generichash_state *hash = aligned_alloc(alignment, size);
    if (!hash)
        als_bug("out of memory");
    crypto_generichash_init(hash, NULL, 0, ALS_DIGEST_BYTES);
    return hash;
}

void als_trail_forget(struct als_store *store)
{
    for (struct als_relation *table = store->relations; table; table = table->next) {
        free(table->trail.hash);
        table->trail = (struct als_trail){.touched = false};
    }
}

static void add_length(struct als_buf *out, uint64_t value)
{
    for (int shift = 0; shift < 64; shift += 8)
        als_buf_char(out, (char)(value >> shift));
}

static void add_framed(struct als_buf *out, const char *text)
{
    size_t length = strlen(text);
    add_length(out, length);
    als_buf_add(out, text, length);
}

void als_step_entered(struct als_buf *out, const void *row, size_t n)
{
    als_buf_char(out, 'E');
    if (n > 0)
        als_buf_add(out, row, n);
}

void als_step_updated(struct als_buf *out, int64_t old_change, const char *row_key,
                      const char *old_row, const void *row, size_t n)
{
    als_buf_char(out, 'U');
    add_length(out, (uint64_t)old_change);
    add_framed(out, row_key);
    add_framed(out, old_row);
    als_buf_add(out, row, n);
}

void als_step_deleted(struct als_buf *out, int64_t old_change, const char *row_key,
                      const char *old_row)
{
    als_buf_char(out, 'D');
    add_length(out, (uint64_t)old_change);
    add_framed(out, row_key);
    add_framed(out, old_row);
}

static void touch(struct als_store *store, struct als_relation *table, int64_t steps)
{
    struct als_trail *trail = &table->trail;
    if (!trail->touched) {
        *trail = (struct als_trail){
            .touched = true, .ordered = true, .last_id = INT64_MIN, .hash = als_hash_new()};
    }
    trail->steps += steps;
    store->change.steps += steps;
}

void als_trail_add(struct als_store *store, struct als_relation *table, int64_t first_id,
                   int64_t last_id, int64_t steps, const void *bytes, size_t n)
{
    struct als_trail *trail = &table->trail;
    touch(store, table, steps);
    if (first_id < trail->last_id)
        trail->ordered = false;
    trail->last_id = last_id;
    if (trail->ordered)
        crypto_generichash_update(trail->hash, bytes, n);
}

enum als_status als_trail_history(struct als_store *store, const struct als_relation *table,
                                  int64_t row_id, const char *operation, int64_t old_change,
                                  const char *row_key, const char *old_row, int64_t patient_id,
                                  struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(
        store,
        "INSERT INTO main.history (history_id, change_id, table_name, row_id, row_key,"
        " patient_id, operation, old_change, old_row)"
        " VALUES ((SELECT ifnull(max(history_id), 0) + 1 FROM main.history),"
        " ?1, ?2, ?3, ?4, nullif(?5, 0), ?6, ?7, ?8)",
        &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, store->change.change_id);
    als_bind_text(stmt, 2, table->name);
    sqlite3_bind_int64(stmt, 3, row_id);
    als_bind_text(stmt, 4, row_key);
    sqlite3_bind_int64(stmt, 5, patient_id);
    als_bind_text(stmt, 6, operation);
    sqlite3_bind_int64(stmt, 7, old_change);
    als_bind_text(stmt, 8, old_row);
    return als_sql_run(store, stmt, err);
}
