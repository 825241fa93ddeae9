/* One record over time, read from its row and what history kept of it. */
#include "alstrack/store/history.h"

#include <stdlib.h>

#include "alstrack/store/scan.h"
#include "store_int.h"

/* ---- The versions of a row ---- */

struct version {
    int64_t change_id;          /* that wrote it */
    struct als_row_cell *cells; /* NULL: it was removed */
};
struct versions {
    struct als_store *store;
    struct als_relation *table;
    int64_t row_id;
    struct als_arena *arena;
    struct version *items; /* owned */
    size_t count, room;
};

static struct version *add_version(struct versions *versions, int64_t change_id)
{
    if (versions->count == versions->room) {
        versions->room = versions->room ? 2 * versions->room : 8;
        versions->items =
            als_realloc_array(versions->items, versions->room, sizeof *versions->items);
    }
    struct version *version = &versions->items[versions->count++];
    *version = (struct version){.change_id = change_id};
    return version;
}

static void take_old(struct versions *versions, sqlite3_stmt *stmt)
{
    struct version *version = add_version(versions, sqlite3_column_int64(stmt, 1));
    version->cells =
        als_arena_array(versions->arena, versions->table->n_columns, sizeof *version->cells);
    (void)als_cells_from_json(versions->table, (const char *)sqlite3_column_text(stmt, 2),
                              versions->arena, version->cells);
    if (strcmp((const char *)sqlite3_column_text(stmt, 3), "delete") == 0)
        add_version(versions, sqlite3_column_int64(stmt, 0));
}

static enum als_status read_old(struct versions *versions, struct als_err *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum als_status status =
        als_sql_cached(versions->store,
                       "SELECT change_id, old_change, old_row, operation FROM history"
                       " WHERE table_name = ?1 AND row_id = ?2 ORDER BY history_id",
                       &stmt, err);
    if (status)
        return status;
    als_bind_text(stmt, 1, versions->table->name);
    sqlite3_bind_int64(stmt, 2, versions->row_id);
    while (!(status = als_sql_step(versions->store, stmt, &row, err)) && row)
        take_old(versions, stmt);
    als_sql_done(stmt);
    return status;
}

static enum als_status read_now(struct versions *versions, struct als_err *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum als_status status =
        als_sql_cached(versions->store, versions->table->select_one, &stmt, err);
    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, versions->row_id);
    status = als_sql_step(versions->store, stmt, &row, err);
    if (!status && row) {
        struct version *version = add_version(versions, sqlite3_column_int64(stmt, 0));
        const size_t n = versions->table->n_columns;
        version->cells = als_arena_array(versions->arena, n, sizeof *version->cells);
        als_cells_from_row(versions->table, stmt, 1, version->cells);
        for (size_t i = 0; i < n; i++)
            if (version->cells[i].kind == ALS_ROW_TEXT)
                version->cells[i].text = als_arena_strndup(versions->arena, version->cells[i].text,
                                                           version->cells[i].length);
    }
    als_sql_done(stmt);
    return status;
}

static enum als_status load_row(struct als_store *store, const char *table, int64_t row_id,
                                struct als_arena *arena, struct versions *out, struct als_err *err)
{
    *out = (struct versions){.store = store, .row_id = row_id, .arena = arena};
    enum als_status status = als_relation_find(store, table, &out->table, err);
    if (!status)
        status = read_old(out, err);
    return status ? status : read_now(out, err);
}

static enum als_status load(struct als_store *store, const struct als_assessment_key *key,
                            struct als_arena *arena, struct versions *out, struct als_err *err)
{
    char table[ALS_RELATION_NAME];
    als_relation_name("a", key->instrument, table);
    return load_row(
        store, table,
        als_key_assessment(als_key_visit(key->patient_id, key->visit_no), key->rater_no), arena,
        out, err);
}

/* ---- The row as it was ---- */

enum als_status als_assessment_at(struct als_store *store, const struct als_assessment_key *key,
                                  int64_t change_id, struct als_arena *arena,
                                  struct als_assessment *out, bool *found, struct als_err *err)
{
    struct versions versions;
    const struct version *last = NULL;
    enum als_status status = load(store, key, arena, &versions, err);
    for (size_t i = 0; !status && i < versions.count; i++)
        if (versions.items[i].change_id <= change_id)
            last = &versions.items[i];
    if (!status)
        *found = last && last->cells;
    if (!status && *found) {
        *out = (struct als_assessment){
            .patient_id = key->patient_id, .visit_no = key->visit_no, .rater_no = key->rater_no};
        als_assessment_read(versions.table, key->instrument, last->cells, arena, out);
    }
    free(versions.items);
    return status;
}

/* ---- Change sets, and the steps of one field ---- */

enum als_status als_change_get(struct als_store *store, int64_t change_id, struct als_arena *arena,
                               struct als_audit_row *out, struct als_err *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum als_status status =
        als_sql_cached(store,
                       "SELECT at_utc, user, authenticated, command, reason, source_name,"
                       " source_sha256, row_count, lower(hex(digest)) FROM change_set"
                       " WHERE change_id = ?1",
                       &stmt, err);
    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, change_id);
    status = als_sql_step(store, stmt, &row, err);
    if (!status && !row)
        status = als_fail(err, ALS_NO_INPUT, "E-CHANGE", "there is no change set %lld",
                          (long long)change_id);
    if (!status)
        *out = (struct als_audit_row){.change_id = change_id,
                                      .at_utc = als_column_text(stmt, 0, arena),
                                      .user = als_column_text(stmt, 1, arena),
                                      .authenticated = sqlite3_column_int(stmt, 2),
                                      .command = als_column_text(stmt, 3, arena),
                                      .reason = als_column_text(stmt, 4, arena),
                                      .source_name = als_column_text(stmt, 5, arena),
                                      .source_sha256 = als_column_text(stmt, 6, arena),
                                      .row_count = sqlite3_column_int64(stmt, 7),
                                      .digest_hex = als_column_text(stmt, 8, arena)};
    als_sql_done(stmt);
    return status;
}

static enum als_status read_change(struct als_store *store, struct als_arena *arena,
                                   struct als_field_step *step, struct als_err *err)
{
    struct als_audit_row change;
    enum als_status status = als_change_get(store, step->change_id, arena, &change, err);
    if (status)
        return status;
    step->at_utc = change.at_utc;
    step->user = change.user;
    step->authenticated = change.authenticated;
    step->command = change.command;
    step->reason = change.reason;
    step->source_name = change.source_name;
    return ALS_OK;
}

static const char *say(const struct versions *versions, const struct als_item *item,
                       ptrdiff_t column, const struct als_row_cell *cell)
{
    struct als_buf text;
    if (cell->kind == ALS_ROW_NULL)
        return NULL;
    als_buf_init(&text, ALS_BUF_LARGE);
    if (item && item->type == ALS_ITEM_YESNO)
        als_buf_text(&text, cell->integer ? "Y" : "N");
    else
        als_say_cell(versions->store, &versions->table->columns[column], cell, &text);
    const char *said = als_arena_strdup(versions->arena, text.data);
    als_buf_release(&text);
    return said;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_step(const struct als_field_step *a, const struct als_field_step *b)
{
    return a->removed == b->removed && same_text(a->value, b->value) &&
           same_text(a->missing, b->missing);
}

/* The table's column of a field; -1 if it has none of that name. */
static ptrdiff_t column_of(const struct versions *versions, const struct als_instrument *instrument,
                           const char *field)
{
    static const char *const head[] = {"mode", "respondent", "status", "reason"};
    bool known = als_instrument_item(instrument, field) >= 0;
    if (strcmp(field, "date") == 0)
        return als_relation_column(versions->table, "day");
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        known |= strcmp(field, head[i]) == 0;
    return known ? als_relation_column(versions->table, field) : -1;
}

static const char *reason_of(const struct versions *versions, const struct version *version,
                             const struct als_instrument *instrument, size_t item)
{
    const struct als_row_cell *cell =
        &version->cells[als_relation_column(versions->table, "item_reasons")];
    return als_reasons_from_json(instrument, cell->kind == ALS_ROW_TEXT ? cell->text : NULL,
                                 versions->arena)[item];
}

static struct als_field_step step_of(const struct versions *versions, const struct version *version,
                                     const struct als_instrument *instrument, ptrdiff_t item,
                                     ptrdiff_t column)
{
    struct als_field_step step = {.change_id = version->change_id, .removed = !version->cells};
    if (step.removed)
        return step;
    step.value =
        say(versions, item < 0 ? NULL : &instrument->items[item], column, &version->cells[column]);
    if (item >= 0)
        step.missing = reason_of(versions, version, instrument, (size_t)item);
    return step;
}

enum als_status als_field_history(struct als_store *store, const struct als_assessment_key *key,
                                  const char *field, struct als_arena *arena,
                                  struct als_field_steps *out, struct als_err *err)
{
    struct versions versions;
    const ptrdiff_t item = als_instrument_item(key->instrument, field);
    *out = (struct als_field_steps){NULL, 0};
    enum als_status status = load(store, key, arena, &versions, err);
    const ptrdiff_t column = status ? -1 : column_of(&versions, key->instrument, field);
    if (!status && column < 0)
        status = als_fail(err, ALS_NO_INPUT, "E-NAME", "%s has no field '%s'",
                          key->instrument->code, field);
    if (!status)
        out->items = als_arena_array(arena, versions.count, sizeof *out->items);
    for (size_t i = 0; !status && i < versions.count; i++) {
        struct als_field_step *step = &out->items[out->count];
        *step = step_of(&versions, &versions.items[i], key->instrument, item, column);
        if (i > 0 && same_step(step, step - 1))
            continue;
        status = read_change(store, arena, step, err);
        out->count++;
    }
    free(versions.items);
    return status;
}

/* ---- Records that are no assessments ---- */

/* The row's number of a record whose key is a name. */
static enum als_status find_named(struct als_store *store, const char *sql, int64_t first,
                                  const char *name, int64_t *row_id, struct als_err *err)
{
    sqlite3_stmt *stmt;
    bool row;
    enum als_status status = als_sql_cached(store, sql, &stmt, err);
    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, first);
    als_bind_text(stmt, 2, name);
    status = als_sql_step(store, stmt, &row, err);
    *row_id = !status && row ? sqlite3_column_int64(stmt, 0) : 0;
    als_sql_done(stmt);
    return status;
}

static enum als_status find_record(struct als_store *store, const struct als_record_key *key,
                                   const char **table, int64_t *row_id, struct als_err *err)
{
    const int64_t visit_id = als_key_visit(key->patient_id, key->visit_no);
    *table = key->record;
    if (strcmp(key->record, "procedure") == 0)
        return find_named(store,
                          "SELECT procedure_id FROM procedure"
                          " WHERE visit_id = ?1 AND procedure = ?2",
                          visit_id, key->name, row_id, err);
    if (strcmp(key->record, "ae") == 0) {
        *table = "adverse_event";
        return find_named(store,
                          "SELECT adverse_event_id FROM adverse_event"
                          " WHERE patient_id = ?1 AND ae_id = ?2",
                          key->patient_id, key->name, row_id, err);
    }
    *row_id = strcmp(key->record, "visit") == 0   ? visit_id
              : strcmp(key->record, "event") == 0 ? key->event_id
                                                  : key->patient_id;
    return ALS_OK;
}

/* The table's column of a field of import files. */
static ptrdiff_t column_of_field(const struct als_relation *table, const char *field)
{
    static const char *const others[][2] = {
        {"date", "day"}, {"end", "end_date"}, {"visit", "visit_no"}};
    ptrdiff_t column = als_relation_column(table, field);
    for (size_t i = 0; column < 0 && i < sizeof others / sizeof others[0]; i++)
        if (strcmp(field, others[i][0]) == 0)
            column = als_relation_column(table, others[i][1]);
    return column;
}

enum als_status als_field_writer(struct als_store *store, const struct als_record_key *key,
                                 const char *field, struct als_arena *arena,
                                 struct als_audit_row *out, bool *found, struct als_err *err)
{
    struct versions versions = {.count = 0};
    const char *table;
    int64_t row_id = 0, writer = 0;
    enum als_status status = find_record(store, key, &table, &row_id, err);
    if (!status)
        status = load_row(store, table, row_id, arena, &versions, err);
    const ptrdiff_t column = status ? -1 : column_of_field(versions.table, field);
    if (!status && column < 0)
        status = als_fail(err, ALS_NO_INPUT, "E-NAME", "%s has no field '%s'", table, field);
    for (size_t i = 0; !status && i < versions.count; i++) {
        const struct version *now = &versions.items[i], *before = i ? now - 1 : NULL;
        if (!now->cells)
            writer = 0;
        else if (!before || !before->cells ||
                 !als_cells_equal(&now->cells[column], &before->cells[column]))
            writer = now->change_id;
    }
    free(versions.items);
    *found = !status && writer;
    return *found ? als_change_get(store, writer, arena, out, err) : status;
}

/* ---- The assessment before ---- */

static bool comes_closer(const struct als_assessment *row, const struct als_assessment_key *key,
                         int day, bool found, const struct als_assessment *best)
{
    if (row->not_done || row->day == ALS_NO_DAY || row->day >= day)
        return false;
    if (!found || row->day != best->day)
        return !found || row->day > best->day;
    if ((row->rater_no == key->rater_no) != (best->rater_no == key->rater_no))
        return row->rater_no == key->rater_no;
    return row->rater_no < best->rater_no;
}

static void keep(const struct als_assessment *row, size_t n_items, struct als_arena *arena,
                 struct als_assessment *out)
{
    struct als_value *values = als_arena_array(arena, n_items, sizeof *values);
    const char **reasons = als_arena_array(arena, n_items, sizeof *reasons);
    for (size_t i = 0; i < n_items; i++) {
        values[i] = row->values[i];
        if (values[i].kind == ALS_VALUE_TEXT)
            values[i].text = als_arena_strndup(arena, values[i].text, values[i].length);
        reasons[i] = row->item_reasons ? als_arena_strdup(arena, row->item_reasons[i]) : NULL;
    }
    *out = *row;
    out->mode = als_arena_strdup(arena, row->mode);
    out->respondent = als_arena_strdup(arena, row->respondent);
    out->reason = NULL;
    out->values = values;
    out->item_reasons = reasons;
    out->scores = NULL;
}

enum als_status als_assessment_before(struct als_store *store, const struct als_assessment_key *key,
                                      int day, struct als_arena *arena, struct als_assessment *out,
                                      bool *found, struct als_err *err)
{
    struct als_scan *scan;
    const struct als_assessment *row;
    *found = false;
    enum als_status status =
        als_scan_open(store, key->instrument, ALS_SCAN_ITEMS | ALS_SCAN_COLUMNS, key->patient_id,
                      key->patient_id, &scan, err);
    if (status)
        return status;
    while (!(status = als_scan_next(scan, &row, err)) && row) {
        if (!comes_closer(row, key, day, *found, out))
            continue;
        keep(row, key->instrument->n_items, arena, out);
        *found = true;
    }
    als_scan_close(scan);
    return status;
}
