/* Entering queries and their steps. */
#include <stdlib.h>
#include <string.h>

#include "judge_int.h"
#include "query_int.h"

/* ---- The record that a query is about ---- */

static enum als_status first_number(struct als_store *store, sqlite3_stmt *stmt, int64_t *out,
                                    struct als_err *err)
{
    bool row;
    *out = 0;
    enum als_status status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row)
        *out = sqlite3_column_int64(stmt, 0);
    als_sql_done(stmt);
    return status;
}

/* Its key in the table is one number. */
static enum als_status change_by_key(struct als_store *store, const char *table, int64_t row_id,
                                     int64_t *out, struct als_err *err)
{
    struct als_relation *relation;
    sqlite3_stmt *stmt;
    enum als_status status = als_relation_find(store, table, &relation, err);
    if (status == ALS_OK)
        status = als_sql_cached(store, relation->select_one, &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, row_id);
    return first_number(store, stmt, out, err);
}

/* Its key is the patient and a text. */
static enum als_status change_by_name(struct als_store *store, const char *sql, int64_t patient_id,
                                      const char *name, int64_t *out, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(store, sql, &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, patient_id);
    als_bind_text(stmt, 2, name);
    return first_number(store, stmt, out, err);
}

enum als_status als_record_change(struct als_store *store, const struct als_query *query,
                                  int64_t *change_id, struct als_err *err)
{
    const struct als_instrument *instrument = als_store_find_instrument(store, query->record);
    const int64_t visit_id = als_key_visit(query->patient_id, query->visit_no);
    *change_id = 0;
    if (instrument) {
        char table[ALS_RELATION_NAME];
        const int rater_no =
            query->rater ? als_store_rater_no(store, query->rater, strlen(query->rater)) : 0;
        als_relation_name("a", instrument, table);
        return query->visit_no && rater_no >= 0
                   ? change_by_key(store, table, als_key_assessment(visit_id, rater_no), change_id,
                                   err)
                   : ALS_OK;
    }
    if (strcmp(query->record, "patient") == 0)
        return change_by_key(store, "patient", query->patient_id, change_id, err);
    if (strcmp(query->record, "visit") == 0)
        return change_by_key(store, "visit", visit_id, change_id, err);
    if (strcmp(query->record, "event") == 0)
        return change_by_name(store,
                              "SELECT change_id FROM event WHERE patient_id = ?1 AND"
                              " (event = ?2 OR event || ' ' || date = ?2)",
                              query->patient_id, query->item, change_id, err);
    return change_by_name(
        store, "SELECT change_id FROM adverse_event WHERE patient_id = ?1 AND ae_id = ?2",
        query->patient_id, query->item, change_id, err);
}

/* ---- Rows ---- */

/* A query is said of by name, not cell by cell. */
static enum als_status enter_quietly(struct als_store *store, struct als_relation *table,
                                     int64_t row_id, const struct als_row_cell *cells,
                                     struct als_err *err)
{
    als_cell_change_fn *on_cell = store->on_cell;
    store->on_cell = NULL;
    const enum als_status status = als_row_enter(store, table, row_id, cells, err);
    store->on_cell = on_cell;
    return status;
}

enum als_status als_query_enter(struct als_store *store, struct als_query *query, int64_t number,
                                struct als_arena *arena, struct als_err *err)
{
    struct als_relation *table;
    enum als_status status = als_relation_find(store, "query", &table, err);
    if (status == ALS_OK && !query->value_change)
        status = als_record_change(store, query, &query->value_change, err);
    if (status != ALS_OK)
        return status;
    if (number > ALS_QUERY_MASK)
        return als_fail(err, ALS_DATA, "E-QUERIES",
                        "patient %s has %d queries; there is no more room",
                        als_word_patient(store, query->patient_id), ALS_QUERY_MASK);
    query->id = query->patient_id << ALS_QUERY_SHIFT | number;
    query->name = als_arena_printf(arena, "%s/%lld", als_word_patient(store, query->patient_id),
                                   (long long)number);
    struct als_row_cell cells[] = {
        als_cell_text(query->record),
        query->visit_no ? als_cell_integer(query->visit_no) : als_cell_text(NULL),
        als_cell_text(query->rater),
        als_cell_text(query->item),
        als_cell_text(query->rule),
        als_cell_text(query->message),
        als_cell_text(query->value),
        query->value_change ? als_cell_integer(query->value_change) : als_cell_text(NULL)};
    query->state = ALS_QUERY_OPEN;
    query->found = true;
    query->value_now = query->value;
    query->n_steps = 0;
    return enter_quietly(store, table, query->id, cells, err);
}

enum als_status als_query_add_step(struct als_store *store, struct als_query *query,
                                   const char *step, const char *text, const char *value,
                                   struct als_err *err)
{
    struct als_relation *table;
    enum als_status status = als_relation_find(store, "query_step", &table, err);
    if (status != ALS_OK)
        return status;
    if (query->n_steps >= ALS_KEY_MASK)
        return als_fail(err, ALS_DATA, "E-QUERIES", "query %s has %d steps; there is no more room",
                        query->name, ALS_KEY_MASK);
    const int64_t step_id = query->id << ALS_KEY_SHIFT | (int64_t)(query->n_steps + 1);
    struct als_row_cell cells[] = {als_cell_text(step), als_cell_text(text), als_cell_text(value)};
    status = enter_quietly(store, table, step_id, cells, err);
    if (status == ALS_OK)
        als_query_replay(query, &(struct als_query_step){.step = step,
                                                         .text = text,
                                                         .value = value,
                                                         .at_utc = query->last_at,
                                                         .user = query->last_by});
    return status;
}

/* ---- People ---- */

static enum als_status next_number(struct als_store *store, int64_t patient_id, int64_t *out,
                                   struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(
        store, "SELECT max(query_id) & 65535 FROM query WHERE query_id BETWEEN ?1 AND ?2", &stmt,
        err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, patient_id << ALS_QUERY_SHIFT);
    sqlite3_bind_int64(stmt, 2, patient_id << ALS_QUERY_SHIFT | ALS_QUERY_MASK);
    status = first_number(store, stmt, out, err);
    *out += 1;
    return status;
}

static bool is_blank(const char *text)
{
    return !text || !text[strspn(text, " \t\r\n")];
}

/* The value of the item that a query of a person is about. */
static enum als_status fill_value(struct als_store *store, struct als_query *query,
                                  struct als_arena *arena, struct als_err *err)
{
    const struct als_instrument *instrument = als_store_find_instrument(store, query->record);
    struct als_assessment assessment;
    int64_t change_id;
    if (!instrument || !query->item)
        return ALS_OK;
    const ptrdiff_t item = als_instrument_item(instrument, query->item);
    if (item < 0)
        return als_fail(err, ALS_USAGE, "E-ITEM", "%s has no item '%s'", instrument->code,
                        query->item);
    const int rater_no =
        query->rater ? als_store_rater_no(store, query->rater, strlen(query->rater)) : 0;
    const enum als_status status =
        als_assessment_get(store, query->patient_id, query->visit_no, instrument, rater_no, arena,
                           &assessment, &change_id, err);
    if (status == ALS_OK && change_id)
        query->value = als_verdict_value(instrument, &(struct als_verdict){.item = item},
                                         assessment.values, arena);
    return status;
}

enum als_status als_query_open(struct als_store *store, struct als_query *query,
                               struct als_arena *arena, struct als_err *err)
{
    int64_t number = 0, change_id = 0;
    if (is_blank(query->message))
        return als_fail(err, ALS_USAGE, "E-TEXT", "a query needs a question");
    query->rule = NULL;
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK)
        status = als_record_change(store, query, &change_id, err);
    if (status == ALS_OK && !change_id)
        status = als_fail(err, ALS_NO_INPUT, "E-RECORD", "%s has no such %s to ask about",
                          als_word_patient(store, query->patient_id), query->record);
    if (status == ALS_OK)
        status = fill_value(store, query, arena, err);
    if (status == ALS_OK)
        status = next_number(store, query->patient_id, &number, err);
    return status == ALS_OK ? als_query_enter(store, query, number, arena, err) : status;
}

enum als_status als_query_act(struct als_store *store, const struct als_query *query,
                              enum als_query_action action, const char *text, struct als_err *err)
{
    static const struct {
        const char *verb, *step;
    } said[] = {[ALS_QUERY_ANSWER] = {"answered", "answered"},
                [ALS_QUERY_CLOSE] = {"closed", "closed"},
                [ALS_QUERY_REOPEN] = {"reopened", "reopened"}};
    enum als_query_state after;
    enum als_status status = als_change_require(store, err);
    if (status != ALS_OK)
        return status;
    if (!als_query_next(query->state, action, &after))
        return als_fail(err, ALS_USAGE, "E-STATE", "query %s is %s and cannot be %s", query->name,
                        als_query_state_names[query->state], said[action].verb);
    if (is_blank(text) && action != ALS_QUERY_CLOSE)
        return als_fail(err, ALS_USAGE, "E-TEXT", "say why or what: the text is blank");
    struct als_query copy = *query;
    return als_query_add_step(store, &copy, said[action].step, is_blank(text) ? NULL : text, NULL,
                              err);
}
