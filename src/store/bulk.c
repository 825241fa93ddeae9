/*
 * Assessments in batches. Each row is one of three: equal to what is stored and left alone; new,
 * and then entered together with all other new rows of the batch; or anything else, and then given
 * to als_assessment_put, which knows about changes, contradictions and visits that move.
 */
#include "alstrack/store/bulk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bulk_int.h"
#include "people_int.h"

static const char *const modes[] = {"clinic", "phone", "video", "home"};

/* ---- Columns ---- */

static enum als_status find_columns(struct als_bulk *bulk, struct als_err *err)
{
    static const char *const names[] = {"day",    "mode",       "respondent",  "reason",
                                        "status", "version_no", "item_reasons"};
    const struct als_relation *table = bulk->table;
    bulk->columns = als_alloc_array(table->n_columns, sizeof *bulk->columns);
    bulk->used = als_alloc_array(table->n_columns, sizeof *bulk->used);
    for (size_t c = 0; c < table->n_columns; c++) {
        struct als_bulk_column *column = &bulk->columns[c];
        size_t n = 0;
        while (n < sizeof names / sizeof names[0] && strcmp(names[n], table->columns[c].name) != 0)
            n++;
        column->from = (enum als_bulk_from)n;
        if (n < sizeof names / sizeof names[0])
            continue;
        const ptrdiff_t item = als_instrument_item(bulk->instrument, table->columns[c].name);
        if (item < 0)
            return als_fail(err, ALS_INTERNAL, "E-COLUMN", "%s: no item for column %s", table->name,
                            table->columns[c].name);
        static const enum als_bulk_from types[] = {[ALS_CELL_INTEGER] = FROM_INTEGER,
                                                   [ALS_CELL_NUMBER] = FROM_NUMBER,
                                                   [ALS_CELL_TEXT] = FROM_TEXT};
        column->item = (size_t)item;
        column->from = types[als_item_cell_type(&bulk->instrument->items[item])];
    }
    return ALS_OK;
}

const char *als_bulk_mode(const struct als_batch *batch, size_t row)
{
    return batch->mode[row] ? modes[batch->mode[row] - 1] : NULL;
}

const char *als_bulk_status(bool not_done)
{
    return not_done ? "not-done" : "done";
}

/* Text of a column that is text, NULL when missing. */
const char *als_bulk_text(const struct als_bulk *bulk, const struct als_bulk_column *column,
                          size_t row)
{
    const struct als_batch *batch = bulk->batch;
    switch (column->from) {
    case FROM_MODE:
        return als_bulk_mode(batch, row);
    case FROM_RESPONDENT:
        return batch->respondent[row];
    case FROM_REASON:
        return batch->reason[row];
    case FROM_STATUS:
        return als_bulk_status(batch->not_done[row]);
    case FROM_ITEM_REASONS:
        return bulk->item_reasons[row];
    case FROM_TEXT:
        return batch->cells[column->item][row].text;
    default:
        return NULL;
    }
}

static enum als_status prepare_find(struct als_bulk *bulk, struct als_err *err)
{
    struct als_buf sql;
    als_buf_init(&sql, ALS_BUF_LARGE);
    als_buf_printf(&sql, "SELECT %s", bulk->table->key);
    for (size_t c = 0; c < bulk->table->n_columns; c++)
        als_buf_printf(&sql, ", \"%s\"", bulk->table->columns[c].name);
    als_buf_printf(&sql, " FROM main.%s WHERE %s >= ?1 ORDER BY 1", bulk->table->name,
                   bulk->table->key);
    enum als_status status = als_sql_prepare(bulk->store, sql.data, &bulk->find, err);
    if (status == ALS_OK)
        status = als_sql_prepare(bulk->store,
                                 "SELECT visit_id, made, status = 'not-done', day FROM main.visit"
                                 " WHERE visit_id >= ?1 ORDER BY 1",
                                 &bulk->find_visit, err);
    als_buf_release(&sql);
    return status;
}
static enum als_status find_last(struct als_bulk *bulk, struct als_err *err)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT ifnull(max(%s), -1) FROM main.%s", bulk->table->key,
             bulk->table->name);
    enum als_status status = als_sql_integer(bulk->store, sql, &bulk->last_id, err);
    if (status == ALS_OK)
        status = als_sql_integer(bulk->store, "SELECT ifnull(max(visit_id), -1) FROM main.visit",
                                 &bulk->last_visit, err);
    return status;
}

static enum als_status open_tables(struct als_bulk *bulk, struct als_err *err)
{
    char name[ALS_RELATION_NAME];
    als_relation_name("a", bulk->instrument, name);
    enum als_status status = als_relation_find(bulk->store, name, &bulk->table, err);
    if (status == ALS_OK)
        status = als_relation_find(bulk->store, "visit", &bulk->visit_table, err);
    if (status == ALS_OK)
        status = find_columns(bulk, err);
    if (status == ALS_OK)
        status = find_last(bulk, err);
    if (status == ALS_OK)
        status = als_words_load(bulk->store, err);
    if (status != ALS_OK)
        return status;
    status = als_bulk_enter_open(bulk, err);
    return status == ALS_OK ? prepare_find(bulk, err) : status;
}

enum als_status als_bulk_open(struct als_store *store, const struct als_instrument *instrument,
                              bool row_by_row, struct als_bulk **out, struct als_err *err)
{
    enum als_status status = als_change_require(store, err);
    if (status != ALS_OK)
        return status;
    struct als_bulk *bulk = als_alloc(sizeof *bulk);
    *bulk = (struct als_bulk){.store = store,
                              .instrument = instrument,
                              .row_by_row = row_by_row,
                              .version_no =
                                  als_store_version_no(store, "instrument", instrument->code)};
    bulk->order = als_alloc_array(ALS_BULK_ROWS, sizeof *bulk->order);
    bulk->fresh = als_alloc_array(ALS_BULK_ROWS, sizeof *bulk->fresh);
    bulk->new_visits = als_alloc_array(ALS_BULK_ROWS, sizeof *bulk->new_visits);
    bulk->item_reasons = als_alloc_array(ALS_BULK_ROWS, sizeof *bulk->item_reasons);
    als_buf_init(&bulk->bytes, ALS_BUF_LARGE);
    status = open_tables(bulk, err);
    if (status != ALS_OK) {
        als_bulk_close(bulk);
        return status;
    }
    *out = bulk;
    return ALS_OK;
}

void als_bulk_close(struct als_bulk *bulk)
{
    if (!bulk)
        return;
    sqlite3_finalize(bulk->find);
    sqlite3_finalize(bulk->find_visit);
    als_bulk_enter_close(bulk);
    als_buf_release(&bulk->bytes);
    free(bulk->columns);
    free(bulk->used);
    free(bulk->order);
    free(bulk->fresh);
    free(bulk->new_visits);
    free((void *)bulk->item_reasons);
    free(bulk);
}
/* ---- Order ---- */

struct keyed {
    int64_t key;
    size_t row;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static void sort_rows(struct als_bulk *bulk)
{
    struct keyed *rows = als_alloc_array(bulk->n_order, sizeof *rows);
    for (size_t i = 0; i < bulk->n_order; i++)
        rows[i] = (struct keyed){bulk->batch->assessment_id[bulk->order[i]], bulk->order[i]};
    qsort(rows, bulk->n_order, sizeof *rows, by_key);
    for (size_t i = 0; i < bulk->n_order; i++)
        bulk->order[i] = rows[i].row;
    free(rows);
}

static void put_in_order(struct als_bulk *bulk)
{
    const struct als_batch *batch = bulk->batch;
    bool ascending = true;
    int64_t last = INT64_MIN;
    bulk->n_order = 0;
    for (size_t row = 0; row < batch->n; row++) {
        if (batch->outcome[row] == ALS_BULK_SKIP)
            continue;
        ascending = ascending && batch->assessment_id[row] > last;
        last = batch->assessment_id[row];
        bulk->order[bulk->n_order++] = row;
    }
    if (!ascending)
        sort_rows(bulk);
}

/* ---- What is stored ---- */

/* Advance a statement of rows in order of key to the first one at or after key. Near ones are
 * stepped to, far ones looked up. `*at` is the key that it stands on, INT64_MIN before the first
 * call, INT64_MAX at the end. */
static enum als_status advance(struct als_bulk *bulk, sqlite3_stmt *stmt, int64_t key, int64_t *at,
                               struct als_err *err)
{
    enum als_status status = ALS_OK;
    bool row = true;
    for (int steps = 0; *at < key && status == ALS_OK; steps++) {
        if (*at == INT64_MIN || steps == 16) {
            sqlite3_reset(stmt);
            sqlite3_bind_int64(stmt, 1, key);
        }
        status = als_sql_step(bulk->store, stmt, &row, err);
        *at = row ? sqlite3_column_int64(stmt, 0) : INT64_MAX;
    }
    return status;
}

static bool same_text(sqlite3_value *value, const char *text)
{
    const char *stored = (const char *)sqlite3_value_text(value);
    return text && stored ? strcmp(text, stored) == 0 : text == stored;
}

/* What was not done has no status but that, and no answers: see als_assessment_put. */
static bool is_given(const struct als_bulk *bulk, const struct als_bulk_column *column, size_t row)
{
    if (bulk->batch->not_done[row] && (column->from == FROM_STATUS || column->from >= FROM_INTEGER))
        return true;
    switch (column->from) {
    case FROM_DAY:
        return bulk->batch->given & 1u << 0;
    case FROM_MODE:
        return bulk->batch->given & 1u << 1;
    case FROM_RESPONDENT:
        return bulk->batch->given & 1u << 2;
    case FROM_STATUS:
        return bulk->batch->given & 1u << 3;
    case FROM_REASON:
        return bulk->batch->given & 1u << 4;
    case FROM_VERSION:
        return false;
    case FROM_ITEM_REASONS:
        return true;
    default:
        return bulk->batch->given_item[column->item];
    }
}

static bool equals(const struct als_bulk *bulk, const struct als_bulk_column *column, size_t row,
                   sqlite3_value *stored)
{
    const struct als_batch *batch = bulk->batch;
    const bool missing = sqlite3_value_type(stored) == SQLITE_NULL;
    if (column->from == FROM_DAY)
        return missing ? batch->day[row] == ALS_NO_DAY
                       : sqlite3_value_int64(stored) == batch->day[row];
    if (column->from == FROM_INTEGER) {
        const int64_t value = batch->cells[column->item][row].integer;
        return missing ? value == ALS_BULK_MISSING : sqlite3_value_int64(stored) == value;
    }
    if (column->from == FROM_NUMBER) {
        const double value = batch->cells[column->item][row].number;
        return missing ? isnan(value) : sqlite3_value_double(stored) == value;
    }
    return same_text(stored, als_bulk_text(bulk, column, row));
}

/* Does the stored row that `find` stands on say the same? */
static bool is_same(const struct als_bulk *bulk, size_t row)
{
    for (size_t c = 0; c < bulk->table->n_columns; c++)
        if (is_given(bulk, &bulk->columns[c], row) &&
            !equals(bulk, &bulk->columns[c], row, sqlite3_column_value(bulk->find, (int)c + 1)))
            return false;
    return true;
}

static bool is_answered(const struct als_batch *batch, size_t item, size_t row)
{
    return als_batch_value(batch, item, row).kind != ALS_VALUE_MISSING;
}

/* An answer of what was not done, or one with a reason why there is none. */
static bool contradicts_itself(const struct als_batch *batch, size_t row)
{
    const char *const *reasons = batch->item_reasons[row];
    for (size_t i = 0; i < batch->instrument->n_items && (batch->not_done[row] || reasons); i++)
        if ((batch->not_done[row] || (reasons && als_or_missing(reasons[i]))) &&
            is_answered(batch, i, row))
            return true;
    return false;
}

#define UNDECIDED 100 /* outcome of a row until it is known */

/* Mark rows that are stored: ALS_PUT_SAME, or UNDECIDED when they differ. New rows go to fresh. */
static enum als_status compare_stored(struct als_bulk *bulk, struct als_err *err)
{
    struct als_batch *batch = bulk->batch;
    int64_t at = INT64_MIN;
    enum als_status status = ALS_OK;
    bulk->n_fresh = 0;
    for (size_t i = 0; i < bulk->n_order && status == ALS_OK; i++) {
        const size_t row = bulk->order[i];
        const int64_t key = batch->assessment_id[row];
        const bool twice = i > 0 && batch->assessment_id[bulk->order[i - 1]] == key;
        if (key <= bulk->last_id)
            status = advance(bulk, bulk->find, key, &at, err);
        const bool stored = key <= bulk->last_id && at == key;
        batch->outcome[row] = UNDECIDED;
        if (contradicts_itself(batch, row))
            continue;
        if (stored && is_same(bulk, row))
            batch->outcome[row] = ALS_PUT_SAME;
        else if (!stored && !twice && als_guard_is_open(bulk->store, key >> ALS_KEY_SHIFT)) {
            batch->outcome[row] = ALS_PUT_NEW;
            bulk->fresh[bulk->n_fresh++] = row;
        }
    }
    sqlite3_reset(bulk->find);
    return status;
}

/* One visit that new rows name: what all of them make it. */
static struct als_new_visit gather_visit(const struct als_bulk *bulk, size_t from, size_t to)
{
    const struct als_batch *batch = bulk->batch;
    struct als_new_visit visit = {.visit_id =
                                      batch->assessment_id[bulk->fresh[from]] >> ALS_KEY_SHIFT,
                                  .day = ALS_NO_DAY,
                                  .not_done = true};
    for (size_t i = from; i < to; i++) {
        const size_t row = bulk->fresh[i];
        visit.assigned = visit.assigned || batch->assigned[row];
        if (batch->not_done[row])
            continue;
        if (visit.not_done || batch->day[row] < visit.day)
            visit.day = batch->day[row];
        visit.not_done = false;
    }
    return visit;
}

/* Can the stored visit that `find_visit` stands on stay as it is? */
static bool visit_stays(const struct als_bulk *bulk, const struct als_new_visit *visit)
{
    const bool made = sqlite3_column_int(bulk->find_visit, 1);
    const bool not_done = sqlite3_column_int(bulk->find_visit, 2);
    const int day = als_column_day(bulk->find_visit, 3);
    return visit->not_done || (!not_done && (!made || day <= visit->day));
}

/* Visits of the new rows: those that are absent are made together; rows at a visit that would have
 * to move are left to als_assessment_put. */
static enum als_status settle_visits(struct als_bulk *bulk, struct als_err *err)
{
    int64_t at = INT64_MIN;
    enum als_status status = ALS_OK;
    size_t kept = 0;
    bulk->n_new_visits = 0;
    for (size_t from = 0, to; from < bulk->n_fresh && status == ALS_OK; from = to) {
        const int64_t id = bulk->batch->assessment_id[bulk->fresh[from]] >> ALS_KEY_SHIFT;
        for (to = from + 1; to < bulk->n_fresh; to++)
            if (bulk->batch->assessment_id[bulk->fresh[to]] >> ALS_KEY_SHIFT != id)
                break;
        const struct als_new_visit visit = gather_visit(bulk, from, to);
        if (id <= bulk->last_visit)
            status = advance(bulk, bulk->find_visit, id, &at, err);
        const bool stored = id <= bulk->last_visit && at == id;
        const bool alone = stored && !visit_stays(bulk, &visit);
        if (!stored)
            bulk->new_visits[bulk->n_new_visits++] = visit;
        for (size_t i = from; i < to; i++) {
            if (alone)
                bulk->batch->outcome[bulk->fresh[i]] = UNDECIDED;
            else
                bulk->fresh[kept++] = bulk->fresh[i];
        }
    }
    sqlite3_reset(bulk->find_visit);
    bulk->n_fresh = kept;
    return status;
}
/* ---- One row for itself ---- */

static void note_conflict(struct als_batch *batch, size_t row, const char *column,
                          const struct als_err *problem)
{
    if ((batch->n_conflicts & (batch->n_conflicts - 1)) == 0)
        batch->conflicts =
            als_realloc_array(batch->conflicts, batch->n_conflicts ? 2 * batch->n_conflicts : 1,
                              sizeof *batch->conflicts);
    struct als_conflict *conflict = &batch->conflicts[batch->n_conflicts++];
    conflict->row = row;
    memcpy(conflict->code, problem->code, sizeof conflict->code);
    memcpy(conflict->text, problem->text, sizeof conflict->text);
    memcpy(conflict->hint, problem->hint, sizeof conflict->hint);
    snprintf(conflict->column, sizeof conflict->column, "%s", column);
    batch->outcome[row] = ALS_BULK_CONFLICT;
}

/* A visit whose code was chosen from the date says so; only when it is made. */
static enum als_status make_assigned(struct als_bulk *bulk, int64_t visit_id, int day,
                                     struct als_err *err)
{
    int64_t at = INT64_MIN;
    enum als_status status = advance(bulk, bulk->find_visit, visit_id, &at, err);
    sqlite3_reset(bulk->find_visit);
    if (status != ALS_OK || at == visit_id)
        return status;
    const struct als_visit visit = {.patient_id = visit_id >> ALS_KEY_SHIFT,
                                    .visit_no = (int)(visit_id & ALS_KEY_MASK),
                                    .day = day,
                                    .assigned = true};
    return als_visit_put(bulk->store, &visit, 1u << 0 | 1u << 2, NULL, err);
}

static enum als_status put_one(struct als_bulk *bulk, size_t row, struct als_err *err)
{
    struct als_batch *batch = bulk->batch;
    const struct als_instrument *instrument = bulk->instrument;
    const int64_t key = batch->assessment_id[row], visit_id = key >> ALS_KEY_SHIFT;
    struct als_value *values = als_alloc_array(instrument->n_items, sizeof *values);
    for (size_t i = 0; i < instrument->n_items; i++)
        values[i] = als_batch_value(batch, i, row);
    const struct als_assessment assessment = {.patient_id = visit_id >> ALS_KEY_SHIFT,
                                              .visit_no = (int)(visit_id & ALS_KEY_MASK),
                                              .rater_no = (int)(key & ALS_KEY_MASK),
                                              .day = batch->day[row],
                                              .mode = als_bulk_mode(batch, row),
                                              .respondent = batch->respondent[row],
                                              .not_done = batch->not_done[row],
                                              .reason = batch->reason[row],
                                              .values = values,
                                              .item_reasons = batch->item_reasons[row]};
    enum als_put what = ALS_PUT_SAME;
    struct als_err problem = {.code = ""};
    enum als_status status = ALS_OK;
    if (batch->assigned[row])
        status = make_assigned(bulk, visit_id, batch->day[row], &problem);
    if (status == ALS_OK)
        status = als_assessment_put(bulk->store, instrument, &assessment, batch->given,
                                    batch->given_item, &what, &problem);
    free(values);
    batch->outcome[row] = (uint8_t)what;
    if (status == ALS_DATA || status == ALS_NOT_PERMITTED) {
        const bool conflict = strcmp(problem.code, "E-CONFLICT") == 0;
        note_conflict(batch, row, conflict ? als_conflict_column(bulk->store) : "", &problem);
        return ALS_OK;
    }
    if (status != ALS_OK)
        *err = problem;
    return status;
}

static enum als_status put_undecided(struct als_bulk *bulk, struct als_err *err)
{
    enum als_status status = ALS_OK;
    bool any = false;
    for (size_t i = 0; i < bulk->n_order && status == ALS_OK; i++) {
        const size_t row = bulk->order[i];
        if (bulk->batch->outcome[row] != UNDECIDED)
            continue;
        status = put_one(bulk, row, err);
        any = true;
    }
    return any && status == ALS_OK ? find_last(bulk, err) : status;
}

/* Reasons of items as the table keeps them. */
static void write_item_reasons(struct als_bulk *bulk)
{
    struct als_batch *batch = bulk->batch;
    for (size_t row = 0; row < batch->n; row++) {
        bulk->item_reasons[row] = NULL;
        if (!batch->item_reasons[row])
            continue;
        als_buf_clear(&bulk->bytes);
        als_reasons_to_json(bulk->instrument, batch->item_reasons[row], &bulk->bytes);
        if (bulk->bytes.length)
            bulk->item_reasons[row] = als_arena_strdup(batch->arena, bulk->bytes.data);
    }
}

enum als_status als_bulk_put(struct als_bulk *bulk, struct als_batch *batch, struct als_err *err)
{
    bulk->batch = batch;
    put_in_order(bulk);
    if (bulk->row_by_row) {
        for (size_t i = 0; i < bulk->n_order; i++)
            batch->outcome[bulk->order[i]] = UNDECIDED;
        return put_undecided(bulk, err);
    }
    write_item_reasons(bulk);
    enum als_status status = compare_stored(bulk, err);
    if (status == ALS_OK)
        status = settle_visits(bulk, err);
    if (status == ALS_OK)
        status = als_bulk_enter(bulk, err);
    return status == ALS_OK ? put_undecided(bulk, err) : status;
}
