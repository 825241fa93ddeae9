/* Taking values out of rows and history for good. */
#include "alstrack/store/redact.h"

#include <stdlib.h>
#include <string.h>

#include "people_int.h"

struct redacting {
    struct als_store *store;
    struct als_arena *arena;
    size_t values;
    int64_t *touched; /* change sets whose digest of `table` covered a value, ascending */
    size_t n_touched;
};

/* A row of a table, or one that was there: keys of removed rows are given again. */
struct life {
    int64_t row_id;
    int64_t after, upto; /* history_id of its first change, exclusive, and of its last */
    bool over;           /* removed */
};

/* ---- One value ---- */

static enum als_status log_value(struct redacting *redacting, const struct als_relation *table,
                                 int64_t row_id, size_t column, const struct als_row_cell *cells,
                                 struct als_err *err)
{
    struct als_store *store = redacting->store;
    struct als_relation *log;
    unsigned char salt[ALS_SALT_BYTES], digest[ALS_DIGEST_BYTES];
    char salt_hex[33], digest_hex[65];
    struct als_buf text, key;
    int64_t id = 0, patient = als_relation_patient(table, row_id, cells);
    enum als_status status = als_relation_find(store, "redaction", &log, err);
    if (status != ALS_OK)
        return status;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_init(&key, ALS_BUF_LARGE);
    als_cell_print(&cells[column], &text);
    als_relation_key(store, table, row_id, cells, &key);
    randombytes_buf(salt, sizeof salt);
    als_salted_hash(text.data, text.length, salt, digest);
    sodium_bin2hex(salt_hex, sizeof salt_hex, salt, sizeof salt);
    sodium_bin2hex(digest_hex, sizeof digest_hex, digest, sizeof digest);
    struct als_row_cell row[] = {als_cell_text(table->name),
                                 als_cell_integer(row_id),
                                 als_cell_text(key.data),
                                 als_cell_integer(patient),
                                 als_cell_text(table->columns[column].name),
                                 als_cell_text(salt_hex),
                                 als_cell_text(digest_hex)};
    if (!patient)
        row[3] = als_cell_text(NULL);
    status = als_row_put(store, log, &id, row, false, NULL, err);
    redacting->values += status == ALS_OK;
    als_buf_release(&text);
    als_buf_release(&key);
    return status;
}

static void touch(struct redacting *redacting, int64_t change_id)
{
    size_t at = 0;
    while (at < redacting->n_touched && redacting->touched[at] < change_id)
        at++;
    if (at < redacting->n_touched && redacting->touched[at] == change_id)
        return;
    redacting->touched =
        als_realloc_array(redacting->touched, redacting->n_touched + 1, sizeof *redacting->touched);
    memmove(redacting->touched + at + 1, redacting->touched + at,
            (redacting->n_touched - at) * sizeof *redacting->touched);
    redacting->touched[at] = change_id;
    redacting->n_touched++;
}

static bool is_there(const struct als_row_cell *cell)
{
    return cell->kind != ALS_ROW_NULL &&
           !(cell->kind == ALS_ROW_TEXT && cell->length == strlen(ALS_REDACTED) &&
             memcmp(cell->text, ALS_REDACTED, cell->length) == 0);
}

/* Columns that may not be NULL. */
static bool must_hold(const char *table, const char *column)
{
    return (strcmp(table, "adverse_event") == 0 && strcmp(column, "term") == 0) ||
           (strcmp(table, "query") == 0 && strcmp(column, "message") == 0);
}

/* The stored row. Its change set stays: nobody has entered anything. */
static enum als_status redact_row(struct redacting *redacting, const struct als_relation *table,
                                  int64_t row_id, size_t column, struct als_err *err)
{
    struct als_store *store = redacting->store;
    sqlite3_stmt *stmt;
    struct als_row_cell *cells = als_arena_array(redacting->arena, table->n_columns, sizeof *cells);
    enum als_status status = als_sql_prepare(store, table->select_one, &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, row_id);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row) {
        als_cells_from_row(table, stmt, 1, cells);
        touch(redacting, sqlite3_column_int64(stmt, 0));
        if (is_there(&cells[column]))
            status = log_value(redacting, table, row_id, column, cells, err);
    }
    sqlite3_finalize(stmt);
    if (status != ALS_OK || !row)
        return status;
    const char *name = table->columns[column].name;
    const char *sql =
        als_arena_printf(redacting->arena, "UPDATE main.\"%s\" SET \"%s\" = ?2 WHERE \"%s\" = ?1",
                         table->name, name, table->key);
    status = als_sql_prepare(store, sql, &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, row_id);
    als_bind_text(stmt, 2, must_hold(table->name, name) ? ALS_REDACTED : NULL);
    status = als_sql_run(store, stmt, err);
    sqlite3_finalize(stmt);
    return status;
}

/* One old row of history: what it is to become, or NULL when it holds nothing. */
static enum als_status redact_old(struct redacting *redacting, const struct als_relation *table,
                                  int64_t row_id, size_t column, const char *old_row,
                                  const char **out, struct als_err *err)
{
    struct als_row_cell *cells = als_arena_array(redacting->arena, table->n_columns, sizeof *cells);
    *out = NULL;
    if (!als_cells_from_json(table, old_row, redacting->arena, cells))
        return als_fail(err, ALS_DATA, "E-DAMAGED", "an old row in history cannot be read");
    if (!is_there(&cells[column]))
        return ALS_OK;
    enum als_status status = log_value(redacting, table, row_id, column, cells, err);
    const char *name = table->columns[column].name;
    cells[column] = als_cell_text(must_hold(table->name, name) ? ALS_REDACTED : NULL);
    struct als_buf json;
    als_buf_init(&json, ALS_BUF_LARGE);
    als_cells_to_json(table, cells, &json);
    *out = als_arena_strdup(redacting->arena, json.data);
    als_buf_release(&json);
    return status;
}

static enum als_status put_old(struct als_store *store, int64_t history_id, const char *old_row,
                               struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_prepare(
        store, "UPDATE main.history SET old_row = ?2 WHERE history_id = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, history_id);
    als_bind_text(stmt, 2, old_row);
    status = als_sql_run(store, stmt, err);
    sqlite3_finalize(stmt);
    return status;
}

static enum als_status redact_history(struct redacting *redacting, const struct als_relation *table,
                                      const struct life *life, size_t column, struct als_err *err)
{
    struct als_store *store = redacting->store;
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_prepare(store,
                        "SELECT history_id, change_id, old_change, old_row FROM main.history"
                        " WHERE table_name = ?1 AND row_id = ?2"
                        " AND history_id > ?3 AND history_id <= ?4 ORDER BY history_id",
                        &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, table->name);
    sqlite3_bind_int64(stmt, 2, life->row_id);
    sqlite3_bind_int64(stmt, 3, life->after);
    sqlite3_bind_int64(stmt, 4, life->upto);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        const char *changed;
        touch(redacting, sqlite3_column_int64(stmt, 1));
        touch(redacting, sqlite3_column_int64(stmt, 2));
        status = redact_old(redacting, table, life->row_id, column,
                            (const char *)sqlite3_column_text(stmt, 3), &changed, err);
        if (status == ALS_OK && changed)
            status = put_old(store, sqlite3_column_int64(stmt, 0), changed, err);
        if (status != ALS_OK)
            break;
    }
    sqlite3_finalize(stmt);
    return status;
}

/* ---- The digests that covered it ---- */

struct rehash {
    struct redacting *redacting;
    crypto_generichash_state **hashes; /* [n_touched], made when a step comes */
    int64_t *steps;
};

static void on_step(int64_t change_id, const void *bytes, size_t n, void *context)
{
    struct rehash *rehash = context;
    for (size_t i = 0; i < rehash->redacting->n_touched; i++) {
        if (rehash->redacting->touched[i] != change_id)
            continue;
        if (!rehash->hashes[i])
            rehash->hashes[i] = als_hash_new();
        crypto_generichash_update(rehash->hashes[i], bytes, n);
        rehash->steps[i]++;
    }
}

static enum als_status put_line(struct redacting *redacting, const char *table, int64_t change_id,
                                crypto_generichash_state *hash, int64_t steps, struct als_err *err)
{
    struct als_relation *lines;
    unsigned char digest[ALS_DIGEST_BYTES];
    struct als_buf line;
    int64_t id = 0;
    enum als_status status = als_relation_find(redacting->store, "redaction_digest", &lines, err);
    if (status != ALS_OK)
        return status;
    als_buf_init(&line, ALS_BUF_LARGE);
    crypto_generichash_final(hash, digest, sizeof digest);
    als_change_table_line(&line, table, steps, digest);
    struct als_row_cell row[] = {als_cell_integer(change_id), als_cell_text(table),
                                 als_cell_text(line.data)};
    status = als_row_put(redacting->store, lines, &id, row, false, NULL, err);
    als_buf_release(&line);
    return status;
}

static enum als_status rehash_table(struct redacting *redacting, const struct als_relation *table,
                                    struct als_err *err)
{
    size_t n = redacting->n_touched;
    struct rehash rehash = {.redacting = redacting,
                            .hashes = als_alloc_array(n, sizeof(crypto_generichash_state *)),
                            .steps = als_alloc_array(n, sizeof *rehash.steps)};
    struct als_rebuild rebuild = {.step = on_step, .context = &rehash};
    enum als_status status = als_rebuild_relation(redacting->store, table, &rebuild, err);
    for (size_t i = 0; i < n; i++) {
        if (status == ALS_OK && rehash.hashes[i])
            status = put_line(redacting, table->name, redacting->touched[i], rehash.hashes[i],
                              rehash.steps[i], err);
        free(rehash.hashes[i]);
    }
    free(rehash.hashes);
    free(rehash.steps);
    return status;
}

/* One cell with all that history knows of it. */
static enum als_status redact_life(struct redacting *redacting, struct als_relation *table,
                                   const struct life *life, const char *column_name,
                                   struct als_err *err)
{
    ptrdiff_t column = als_relation_column(table, column_name);
    if (column < 0)
        als_bug("%s has no column %s", table->name, column_name);
    free(redacting->touched);
    redacting->touched = NULL;
    redacting->n_touched = 0;
    size_t before = redacting->values;
    enum als_status status = ALS_OK;
    if (!life->over)
        status = redact_row(redacting, table, life->row_id, (size_t)column, err);
    if (status == ALS_OK)
        status = redact_history(redacting, table, life, (size_t)column, err);
    if (status == ALS_OK && redacting->values > before)
        status = rehash_table(redacting, table, err);
    return status;
}

/* The removal of a row of this key before `before`; 0 if there was none. */
static enum als_status last_removal(struct als_store *store, const struct als_relation *table,
                                    int64_t row_id, int64_t before, int64_t *out,
                                    struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_prepare(store,
                        "SELECT ifnull(max(history_id), 0) FROM main.history WHERE table_name = ?1"
                        " AND row_id = ?2 AND operation = 'delete' AND history_id < ?3",
                        &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, table->name);
    sqlite3_bind_int64(stmt, 2, row_id);
    sqlite3_bind_int64(stmt, 3, before);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row)
        *out = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return status;
}

/* The same of the row that is stored. */
static enum als_status redact_cell(struct redacting *redacting, struct als_relation *table,
                                   int64_t row_id, const char *column_name, struct als_err *err)
{
    struct life life = {.row_id = row_id, .upto = INT64_MAX};
    enum als_status status =
        last_removal(redacting->store, table, row_id, INT64_MAX, &life.after, err);
    return status == ALS_OK ? redact_life(redacting, table, &life, column_name, err) : status;
}

/* ---- What is meant ---- */

static enum als_status find_row(struct als_store *store, const char *sql, int64_t patient_or_visit,
                                const char *name, const char *date, int64_t *row_id,
                                struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_prepare(store, sql, &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, patient_or_visit);
    als_bind_text(stmt, 2, name);
    als_bind_text(stmt, 3, date);
    bool row, more = false;
    status = als_sql_step(store, stmt, &row, err);
    *row_id = status == ALS_OK && row ? sqlite3_column_int64(stmt, 0) : 0;
    if (status == ALS_OK && row)
        status = als_sql_step(store, stmt, &more, err);
    sqlite3_finalize(stmt);
    if (status == ALS_OK && more)
        status =
            als_fail(err, ALS_USAGE, "E-OPTION", "there is more than one %s: name the date", name);
    return status;
}

static enum als_status check_field(const struct als_redact_target *target,
                                   const char *const *fields, size_t n, struct als_err *err)
{
    return als_check_choice("field", target->field, fields, n, err);
}

static enum als_status find_record(struct als_store *store, const struct als_redact_target *target,
                                   const char **table, int64_t *row_id, struct als_err *err)
{
    static const char *const of_event[] = {"note", "unit"};
    static const char *const of_ae[] = {"term", "action", "outcome", "relation"};
    static const char *const of_procedure[] = {"note"};
    int64_t visit_id = als_key_visit(target->patient_id, target->visit_no);
    enum als_status status;
    if (strcmp(target->record, "event") == 0) {
        *table = "event";
        status = check_field(target, of_event, 2, err);
        return status == ALS_OK
                   ? find_row(store,
                              "SELECT event_id FROM event WHERE patient_id = ?1 AND event = ?2"
                              " AND (?3 IS NULL OR date = ?3)",
                              target->patient_id, target->name, target->date, row_id, err)
                   : status;
    }
    if (strcmp(target->record, "ae") == 0) {
        *table = "adverse_event";
        status = check_field(target, of_ae, 4, err);
        return status == ALS_OK
                   ? find_row(store,
                              "SELECT adverse_event_id FROM adverse_event WHERE patient_id = ?1"
                              " AND ae_id = ?2 AND ?3 IS NULL",
                              target->patient_id, target->name, NULL, row_id, err)
                   : status;
    }
    *table = "procedure";
    status = check_field(target, of_procedure, 1, err);
    return status == ALS_OK ? find_row(store,
                                       "SELECT procedure_id FROM procedure WHERE visit_id = ?1"
                                       " AND procedure = ?2 AND ?3 IS NULL",
                                       visit_id, target->name, NULL, row_id, err)
                            : status;
}

static enum als_status find_target(struct als_store *store, const struct als_redact_target *target,
                                   struct als_relation **table, int64_t *row_id,
                                   struct als_err *err)
{
    const struct als_instrument *instrument = als_store_find_instrument(store, target->record);
    const char *name;
    char of_instrument[ALS_RELATION_NAME];
    enum als_status status = ALS_OK;
    if (instrument) {
        als_relation_name("a", instrument, of_instrument);
        name = of_instrument;
        *row_id = als_key_assessment(als_key_visit(target->patient_id, target->visit_no),
                                     target->rater_no);
        if (als_instrument_item(instrument, target->field) < 0 &&
            strcmp(target->field, "respondent") != 0)
            status = als_fail(err, ALS_NO_INPUT, "E-ITEM", "%s has no item %s", instrument->code,
                              target->field);
    } else {
        status = find_record(store, target, &name, row_id, err);
    }
    return status == ALS_OK ? als_relation_find(store, name, table, err) : status;
}

/* Events that were taken out; history alone still knows them. */
static enum als_status redact_removed(struct redacting *redacting, struct als_relation *table,
                                      const struct als_redact_target *target, struct als_err *err)
{
    struct als_store *store = redacting->store;
    struct life *lives = NULL;
    size_t n = 0;
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_prepare(
        store,
        "SELECT row_id, history_id FROM main.history WHERE table_name = ?4 AND patient_id = ?1"
        " AND operation = 'delete' AND json_extract(old_row, '$.event') = ?2"
        " AND (?3 IS NULL OR json_extract(old_row, '$.date') = ?3)",
        &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, target->patient_id);
    als_bind_text(stmt, 2, target->name);
    als_bind_text(stmt, 3, target->date);
    als_bind_text(stmt, 4, table->name);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        lives = als_realloc_array(lives, n + 1, sizeof *lives);
        lives[n++] = (struct life){.row_id = sqlite3_column_int64(stmt, 0),
                                   .upto = sqlite3_column_int64(stmt, 1),
                                   .over = true};
    }
    sqlite3_finalize(stmt);
    for (size_t i = 0; i < n && status == ALS_OK; i++) {
        status = last_removal(store, table, lives[i].row_id, lives[i].upto, &lives[i].after, err);
        if (status == ALS_OK)
            status = redact_life(redacting, table, &lives[i], target->field, err);
    }
    free(lives);
    return status;
}

/* Queries about the cell quote it. Those about events and adverse events name the record in place
 * of an item: by its name, or by its name and date; their values are dates and numbers, which stay
 * where they are. */
static enum als_status redact_queries(struct redacting *redacting,
                                      const struct als_redact_target *target, struct als_err *err)
{
    struct als_store *store = redacting->store;
    struct als_relation *queries, *steps;
    sqlite3_stmt *stmt;
    const bool quoted = !target->name;
    enum als_status status = als_relation_find(store, "query", &queries, err);
    if (status == ALS_OK)
        status = als_relation_find(store, "query_step", &steps, err);
    if (status == ALS_OK)
        status = als_sql_prepare(store,
                                 "SELECT query_id, step_id FROM main.query"
                                 " LEFT JOIN main.query_step USING (query_id)"
                                 " WHERE query.patient_id = ?1 AND record = ?2"
                                 " AND (item = ?3 OR (?2 = 'event' AND item LIKE ?3 || ' %'))"
                                 " AND (?4 = 0 OR ifnull(visit_no, 0) = ?4)",
                                 &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, target->patient_id);
    als_bind_text(stmt, 2, target->record);
    als_bind_text(stmt, 3, target->name ? target->name : target->field);
    sqlite3_bind_int(stmt, 4, target->visit_no);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        int64_t query = sqlite3_column_int64(stmt, 0), step = sqlite3_column_int64(stmt, 1);
        status = redact_cell(redacting, queries, query, "message", err);
        if (status == ALS_OK && quoted)
            status = redact_cell(redacting, queries, query, "value", err);
        if (status == ALS_OK && step)
            status = redact_cell(redacting, steps, step, "text", err);
        if (status == ALS_OK && step && quoted)
            status = redact_cell(redacting, steps, step, "value", err);
        if (status != ALS_OK)
            break;
    }
    sqlite3_finalize(stmt);
    return status;
}

static enum als_status discard_drafts(struct als_store *store,
                                      const struct als_redact_target *target, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_prepare(store,
                        "DELETE FROM main.draft WHERE patient_id = ?1 AND visit = ?2"
                        " AND instrument = ?3",
                        &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, target->patient_id);
    als_bind_text(stmt, 2, als_store_visit_code(store, target->visit_no));
    als_bind_text(stmt, 3, target->record);
    status = als_sql_run(store, stmt, err);
    sqlite3_finalize(stmt);
    return status;
}

/* ---- All of it ---- */

enum als_status als_trigger_lift(struct als_store *store, const char *name, struct als_arena *arena,
                                 const char **sql, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_prepare(store, "SELECT sql FROM main.sqlite_schema WHERE name = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, name);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row)
        *sql = als_column_text(stmt, 0, arena);
    else if (status == ALS_OK)
        status = als_sql_fail(store, SQLITE_CORRUPT, err);
    sqlite3_finalize(stmt);
    if (status == ALS_OK)
        status = als_sql_exec(store, "PRAGMA secure_delete = ON", err);
    return status == ALS_OK
               ? als_sql_exec(store, als_arena_printf(arena, "DROP TRIGGER main.%s", name), err)
               : status;
}

enum als_status als_redact_check(struct als_store *store, int64_t patient_id, struct als_err *err)
{
    size_t findings = 0;
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK)
        status = als_may(store, ALS_ACT_REDACT, patient_id, err);
    if (status == ALS_OK && !store->change.has_reason)
        status = als_fail(err, ALS_DATA, "E-REASON", "a redaction needs a reason");
    if (status == ALS_OK)
        status = als_audit_verify(store, NULL, NULL, &findings, err);
    if (status == ALS_OK && findings) {
        status = als_fail(err, ALS_DATA, "E-DAMAGED",
                          "the trail does not verify: a redaction would hide why");
        als_err_hint(err, "run audit verify");
    }
    return status;
}

static enum als_status redact_all(struct redacting *redacting,
                                  const struct als_redact_target *target, struct als_err *err)
{
    struct als_store *store = redacting->store;
    struct als_relation *table = NULL;
    int64_t row_id = 0; /* 0: no such row is stored now */
    const char *trigger = NULL;
    enum als_status status = find_target(store, target, &table, &row_id, err);
    if (status == ALS_OK)
        status = als_trigger_lift(store, "history_is_final", redacting->arena, &trigger, err);
    if (status == ALS_OK && row_id)
        status = redact_cell(redacting, table, row_id, target->field, err);
    if (status == ALS_OK && strcmp(target->record, "event") == 0)
        status = redact_removed(redacting, table, target, err);
    if (status == ALS_OK && redacting->values == 0)
        status =
            als_fail(err, ALS_NO_INPUT, "E-NOTHING", "there is no %s to redact", target->field);
    if (status == ALS_OK)
        status = redact_queries(redacting, target, err);
    if (status == ALS_OK)
        status = discard_drafts(store, target, err);
    if (status == ALS_OK)
        status = als_sql_exec(store, trigger, err);
    return status;
}

enum als_status als_redact(struct als_store *store, const struct als_redact_target *target,
                           size_t *values, struct als_err *err)
{
    enum als_status status = als_redact_check(store, target->patient_id, err);
    if (status != ALS_OK)
        return status;
    struct redacting redacting = {.store = store, .arena = als_arena_new()};
    status = redact_all(&redacting, target, err);
    if (status != ALS_OK)
        store->change.broken = true;
    *values = redacting.values;
    free(redacting.touched);
    als_arena_free(redacting.arena);
    return status;
}

enum als_status als_redact_scrub(struct als_store *store, struct als_err *err)
{
    als_sql_forget(store);
    enum als_status status = als_sql_exec(store, "VACUUM main", err);
    return status == ALS_OK ? als_sql_exec(store, "PRAGMA wal_checkpoint(TRUNCATE)", err) : status;
}
