/* Locks on visits, patients and the study. */
#include "alstrack/store/lock.h"

#include <string.h>

#include "people_int.h"

static int64_t id_of(const struct als_scope *scope)
{
    return scope->patient_id ? als_key_visit(scope->patient_id, scope->visit_no) : ALS_LOCK_STUDY;
}

const char *als_scope_text(struct als_store *store, const struct als_scope *scope,
                           struct als_arena *arena)
{
    if (!scope->patient_id)
        return "the study";
    const char *patient = als_word_patient(store, scope->patient_id);
    if (!scope->visit_no)
        return als_arena_printf(arena, "patient %s", patient);
    const char *code = als_store_visit_code(store, scope->visit_no);
    return als_arena_printf(arena, "visit %s of %s", code ? code : "", patient);
}

enum als_status als_lock_put(struct als_store *store, const struct als_scope *scope,
                             enum als_put *what, struct als_err *err)
{
    struct als_relation *table;
    enum als_put ignored = ALS_PUT_SAME;
    char at_utc[32];
    int64_t id = id_of(scope), stored = 0;
    sqlite3_stmt *stmt;
    what = what ? what : &ignored;
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK)
        status = als_may(store, ALS_ACT_LOCK, scope->patient_id, err);
    if (status == ALS_OK)
        status = als_relation_find(store, "lock", &table, err);
    if (status == ALS_OK)
        status =
            als_sql_cached(store, "SELECT lock_id FROM main.lock WHERE lock_id = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, id);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    stored = status == ALS_OK && row;
    als_sql_done(stmt);
    *what = ALS_PUT_SAME;
    if (status != ALS_OK || stored)
        return status;
    als_now_utc(at_utc);
    struct als_row_cell cells[] = {als_cell_integer(scope->patient_id),
                                   als_cell_integer(scope->visit_no),
                                   als_cell_text(store->change.user), als_cell_text(at_utc)};
    if (!scope->patient_id)
        cells[0] = als_cell_text(NULL);
    if (!scope->visit_no)
        cells[1] = als_cell_text(NULL);
    return als_row_put(store, table, &id, cells, false, what, err);
}

enum als_status als_lock_remove(struct als_store *store, const struct als_scope *scope,
                                struct als_err *err)
{
    struct als_relation *table;
    struct als_arena *arena = als_arena_new();
    int64_t steps = store->change.steps;
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK)
        status = als_may(store, ALS_ACT_LOCK, scope->patient_id, err);
    if (status == ALS_OK && !store->change.has_reason) {
        status = als_fail(err, ALS_DATA, "E-CONFLICT", "taking a lock off changes what is stored");
        als_err_hint(err, "give a reason");
    }
    if (status == ALS_OK)
        status = als_relation_find(store, "lock", &table, err);
    if (status == ALS_OK)
        status = als_row_delete(store, table, id_of(scope), err);
    if (status == ALS_OK && store->change.steps == steps)
        status = als_fail(err, ALS_NO_INPUT, "E-NOT-LOCKED", "%s is not locked",
                          als_scope_text(store, scope, arena));
    als_arena_free(arena);
    return status;
}

static struct als_lock read_lock(sqlite3_stmt *stmt, struct als_arena *arena)
{
    return (struct als_lock){.scope = {.patient_id = sqlite3_column_int64(stmt, 0),
                                       .visit_no = sqlite3_column_int(stmt, 1)},
                             .user = als_column_text(stmt, 2, arena),
                             .at_utc = als_column_text(stmt, 3, arena)};
}

enum als_status als_lock_load(struct als_store *store, int64_t patient_id, struct als_arena *arena,
                              struct als_lock_list *out, struct als_err *err)
{
    int64_t count = 0;
    sqlite3_stmt *stmt;
    *out = (struct als_lock_list){NULL, 0};
    enum als_status status = als_sql_integer(store, "SELECT count(*) FROM lock", &count, err);
    if (status == ALS_OK)
        status = als_sql_prepare(store,
                                 "SELECT ifnull(patient_id, 0), ifnull(visit_no, 0), user, at_utc"
                                 " FROM lock WHERE ?1 = 0 OR patient_id = ?1 ORDER BY lock_id",
                                 &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, patient_id);
    out->items = als_arena_array(arena, (size_t)count, sizeof *out->items);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row &&
           out->count < (size_t)count)
        out->items[out->count++] = read_lock(stmt, arena);
    sqlite3_finalize(stmt);
    return status;
}

enum als_status als_lock_check(struct als_store *store, const struct als_scope *scope,
                               struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store,
                       "SELECT ifnull(patient_id, 0), ifnull(visit_no, 0), user, at_utc"
                       " FROM main.lock WHERE lock_id IN (1, ?1, ?2) ORDER BY lock_id LIMIT 1",
                       &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, scope->patient_id ? als_key_visit(scope->patient_id, 0) : 1);
    sqlite3_bind_int64(stmt, 2, id_of(scope));
    bool row;
    struct als_arena *arena = als_arena_new();
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row) {
        struct als_lock lock = read_lock(stmt, arena);
        als_sql_done(stmt);
        status = als_fail(err, ALS_NOT_PERMITTED, "E-LOCKED", "%s was locked by %s on %s",
                          als_scope_text(store, &lock.scope, arena), lock.user, lock.at_utc);
        als_err_hint(err, "'alstrack unlock' takes the lock off, with a reason");
    } else {
        als_sql_done(stmt);
    }
    als_arena_free(arena);
    return status;
}
