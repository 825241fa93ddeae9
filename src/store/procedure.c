/* Procedures beside instruments: done or not, with date and note. */
#include <stdlib.h>
#include <string.h>

#include "store_int.h"

static enum als_status find(struct als_store *store, int64_t visit_id, const char *procedure,
                            int64_t *row_id, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(
        store, "SELECT procedure_id FROM procedure WHERE visit_id = ?1 AND procedure = ?2", &stmt,
        err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, visit_id);
    als_bind_text(stmt, 2, procedure);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    *row_id = status == ALS_OK && row ? sqlite3_column_int64(stmt, 0) : 0;
    als_sql_done(stmt);
    return status;
}

static enum als_status check(const struct als_store *store, const struct als_procedure *procedure,
                             struct als_err *err)
{
    const struct als_protocol *protocol = store->protocol;
    if (!als_or_missing(procedure->procedure))
        return als_fail(err, ALS_DATA, "E-REQUIRED", "procedure: is missing");
    if (!als_store_visit_code(store, procedure->visit_no))
        return als_fail(err, ALS_DATA, "E-VISIT", "no visit has the number %d",
                        procedure->visit_no);
    enum als_status status = als_check_choice("procedure", procedure->procedure,
                                              protocol->procedures, protocol->n_procedures, err);
    return status == ALS_OK ? als_check_day("date", procedure->day, err) : status;
}

enum als_status als_procedure_put(struct als_store *store, const struct als_procedure *procedure,
                                  unsigned given, enum als_put *what, struct als_err *err)
{
    struct als_relation *table;
    int64_t row_id = 0, visit_id = als_key_visit(procedure->patient_id, procedure->visit_no);
    bool absent = procedure->not_done || procedure->day == ALS_NO_DAY;
    enum als_status status = check(store, procedure, err);
    if (status == ALS_OK)
        status = als_relation_find(store, "procedure", &table, err);
    if (status == ALS_OK)
        status = find(store, visit_id, procedure->procedure, &row_id, err);
    if (status != ALS_OK)
        return status;
    struct als_row_cell cells[] = {
        als_cell_integer(visit_id),
        als_cell_text(procedure->procedure),
        als_cell_when(als_is_given(given, 0), als_cell_day(procedure->day)),
        als_cell_when(als_is_given(given, 1),
                      als_cell_text(procedure->not_done ? "not-done" : "done")),
        als_given_text(given, 2, procedure->reason),
        als_given_text(given, 3, procedure->note)};
    cells[3].initial = true;
    int64_t steps = store->change.steps;
    enum als_put put = ALS_PUT_SAME;
    status = als_row_check(store, table, row_id, cells, err);
    if (status == ALS_OK)
        status = als_visit_make(store, procedure->patient_id, procedure->visit_no, procedure->day,
                                absent, err);
    if (status == ALS_OK)
        status = als_row_put(store, table, &row_id, cells, false, &put, err);
    if (status == ALS_OK && put == ALS_PUT_CHANGED)
        status = als_visit_follow(store, procedure->patient_id, procedure->visit_no, err);
    if (what)
        *what = put;
    if (status != ALS_OK && store->change.steps != steps)
        store->change.broken = true;
    return status;
}

enum als_status als_procedure_load(struct als_store *store, int64_t patient_id,
                                   struct als_arena *arena, struct als_procedure_list *out,
                                   struct als_err *err)
{
    sqlite3_stmt *stmt;
    *out = (struct als_procedure_list){NULL, 0};
    enum als_status status = als_sql_prepare(
        store,
        "SELECT visit_id, procedure, day, status = 'not-done', reason, note FROM procedure"
        " WHERE visit_id BETWEEN ?1 AND ?2 ORDER BY visit_id, procedure",
        &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, als_key_visit(patient_id, 0));
    sqlite3_bind_int64(stmt, 2, patient_id ? als_key_visit(patient_id, ALS_KEY_MASK) : INT64_MAX);
    struct als_procedure *list = NULL;
    size_t n = 0, room = 0;
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        if (n == room) {
            room = room ? 2 * room : 16;
            list = als_realloc_array(list, room, sizeof *list);
        }
        int64_t visit_id = sqlite3_column_int64(stmt, 0);
        list[n++] = (struct als_procedure){.patient_id = visit_id >> ALS_KEY_SHIFT,
                                           .visit_no = (int)(visit_id & ALS_KEY_MASK),
                                           .procedure = als_column_text(stmt, 1, arena),
                                           .day = als_column_day(stmt, 2),
                                           .not_done = sqlite3_column_int(stmt, 3),
                                           .reason = als_column_text(stmt, 4, arena),
                                           .note = als_column_text(stmt, 5, arena)};
        n -= als_day_is_cut(store, list[n - 1].day);
    }
    sqlite3_finalize(stmt);
    if (status == ALS_OK && n > 0) {
        out->items = als_arena_array(arena, n, sizeof *list);
        memcpy(out->items, list, n * sizeof *list);
        out->count = n;
    }
    free(list);
    return status;
}
