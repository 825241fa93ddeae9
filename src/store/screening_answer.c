/* What people decided on eligibility criteria. */
#include <stdlib.h>
#include <string.h>

#include "screening_int.h"

static const struct als_criterion *criterion_of(const struct als_protocol *protocol, const char *id)
{
    for (size_t i = 0; i < protocol->n_criteria; i++) {
        if (strcmp(protocol->criteria[i].id, id) == 0)
            return &protocol->criteria[i];
    }
    return NULL;
}

static enum als_status no_such(const struct als_protocol *protocol, const char *id,
                               struct als_err *err)
{
    const char **ids = als_alloc_array(protocol->n_criteria, sizeof *ids);
    for (size_t i = 0; i < protocol->n_criteria; i++)
        ids[i] = protocol->criteria[i].id;
    als_fail(err, ALS_DATA, "E-CRITERION", "%.40s: the protocol has no such criterion", id);
    const char *nearest = als_nearest(id, ids, protocol->n_criteria);
    if (nearest)
        als_err_hint(err, "did you mean %s?", nearest);
    free(ids);
    return ALS_DATA;
}

static enum als_status check(const struct als_store *store, const struct als_answer *answer,
                             struct als_err *err)
{
    const struct als_protocol *protocol = store->protocol;
    const struct als_criterion *criterion = criterion_of(protocol, answer->criterion);
    ptrdiff_t visit = als_store_plan_of(store, answer->visit_no);
    if (!criterion)
        return no_such(protocol, answer->criterion, err);
    if (!(criterion->kind & ALS_CRITERION_MANUAL)) {
        als_fail(err, ALS_DATA, "E-CRITERION",
                 "%s is not for a person to decide: it follows from %s", criterion->id,
                 criterion->field);
        als_err_hint(err, "record what %s is, or correct it", criterion->field);
        return ALS_DATA;
    }
    if (visit < 0 || !als_screening_is_point(protocol, criterion, (size_t)visit)) {
        const char *code = als_store_visit_code(store, answer->visit_no);
        als_fail(err, ALS_DATA, "E-CRITERION", "%s is not evaluated at %s", criterion->id,
                 code ? code : "that visit");
        als_err_hint(err, "it is evaluated at %s", als_screening_when(protocol, criterion));
        return ALS_DATA;
    }
    return als_check_day("date", answer->day, err);
}

static enum als_status find(struct als_store *store, const struct als_answer *answer, int64_t *id,
                            struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store,
                       "SELECT answer_id FROM eligibility_answer"
                       " WHERE patient_id = ?1 AND visit_no = ?2 AND criterion = ?3",
                       &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, answer->patient_id);
    sqlite3_bind_int(stmt, 2, answer->visit_no);
    als_bind_text(stmt, 3, answer->criterion);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    *id = status == ALS_OK && row ? sqlite3_column_int64(stmt, 0) : 0;
    als_sql_done(stmt);
    return status;
}

enum als_status als_answer_put(struct als_store *store, const struct als_answer *answer,
                               unsigned given, enum als_put *what, struct als_err *err)
{
    struct als_relation *table;
    int64_t id = 0;
    enum als_status status = check(store, answer, err);
    if (status == ALS_OK)
        status = als_relation_find(store, "eligibility_answer", &table, err);
    if (status == ALS_OK)
        status = find(store, answer, &id, err);
    if (status != ALS_OK)
        return status;
    struct als_row_cell cells[] = {
        als_cell_integer(answer->patient_id),
        als_cell_integer(answer->visit_no),
        als_cell_text(answer->criterion),
        als_cell_when(als_is_given(given, 0), als_cell_text(answer->yes ? "yes" : "no")),
        als_cell_day(answer->day),
        als_given_text(given, 1, answer->note),
        als_cell_integer(store->protocol_version_no)};
    cells[4].quiet = cells[6].quiet = true;
    /* A remark on another answer does not stay. */
    if (!als_is_given(given, 1)) {
        cells[5] = als_cell_text(NULL);
        cells[5].quiet = true;
    }
    return als_row_put(store, table, &id, cells, false, what, err);
}

static struct als_answer read_answer(sqlite3_stmt *stmt, struct als_arena *arena)
{
    return (struct als_answer){.patient_id = sqlite3_column_int64(stmt, 0),
                               .visit_no = sqlite3_column_int(stmt, 1),
                               .criterion = als_column_text(stmt, 2, arena),
                               .yes = sqlite3_column_int(stmt, 3),
                               .day = als_column_day(stmt, 4),
                               .note = als_column_text(stmt, 5, arena),
                               .change_id = sqlite3_column_int64(stmt, 6),
                               .user = als_column_text(stmt, 7, arena),
                               .at_utc = als_column_text(stmt, 8, arena)};
}

enum als_status als_answer_load(struct als_store *store, int64_t patient_id,
                                struct als_arena *arena, struct als_answer_list *out,
                                struct als_err *err)
{
    sqlite3_stmt *stmt;
    *out = (struct als_answer_list){NULL, 0};
    enum als_status status = als_sql_prepare(
        store,
        "SELECT a.patient_id, a.visit_no, a.criterion, a.answer = 'yes', a.day, a.note,"
        " a.change_id, c.user, c.at_utc FROM eligibility_answer AS a JOIN change_set AS c"
        " USING (change_id) WHERE ?1 = 0 OR a.patient_id = ?1 ORDER BY 1, 2, 3",
        &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, patient_id);
    struct als_answer *list = NULL;
    size_t n = 0, room = 0;
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        if (n == room) {
            room = room ? 2 * room : 16;
            list = als_realloc_array(list, room, sizeof *list);
        }
        list[n] = read_answer(stmt, arena);
        n += !als_day_is_cut(store, list[n].day);
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
