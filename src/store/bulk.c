/*
 * Assessments in batches. Each row is one of three: equal to what is stored and left alone; new,
 * and then entered together with all other new rows of the batch; or anything else, and then given
 * to als_assessment_put, which knows about changes, contradictions and visits that move.
 */
#include "alstrack/store/bulk.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bulk_vtab.h"
#include "store_int.h"

static const char *const modes[] = {"clinic", "phone", "video", "home"};

#define ROWS_NAME   "als_bulk_rows"
#define VISITS_NAME "als_bulk_visits"

#define ROWS_FOR_A_THREAD 1024 /* fewer are not worth starting one */

/* What a column of the instrument's table takes its values from. */
enum from {
    FROM_DAY,
    FROM_MODE,
    FROM_RESPONDENT,
    FROM_REASON,
    FROM_STATUS,
    FROM_VERSION,
    FROM_ITEM_REASONS,
    FROM_INTEGER,
    FROM_NUMBER,
    FROM_TEXT
};

struct column {
    enum from from;
    size_t item;
};

struct new_visit {
    int64_t visit_id;
    int32_t day;
    bool not_done, assigned;
};

struct als_bulk {
    struct als_store *store;
    const struct als_instrument *instrument;
    int version_no;
    bool row_by_row;
    struct als_relation *table, *visit_table;
    struct column *columns;      /* [table->n_columns] */
    bool *used;                  /* [table->n_columns]: named by `insert` */
    bool all_done;               /* `insert` is for rows that were all done */
    int64_t last_id, last_visit; /* highest keys stored */
    sqlite3_stmt *find, *find_visit, *insert, *insert_visit;
    sqlite3_stmt
        *insert_done_visit; /* the same for visits that were done at a code that was given */
    struct als_vtab_source rows, visits;

    struct als_batch *batch; /* under way */
    size_t *order;           /* rows in order of key, without those to be left out */
    size_t n_order;
    size_t *fresh; /* of those, the new ones */
    size_t n_fresh;
    struct new_visit *new_visits;
    size_t n_new_visits;
    const char **item_reasons; /* [row]: as stored; in the batch's arena */
    struct als_buf bytes;
};

/* ---- Columns ---- */

static enum als_status find_columns(struct als_bulk *bulk, struct als_err *err)
{
    static const char *const names[] = {"day",    "mode",       "respondent",  "reason",
                                        "status", "version_no", "item_reasons"};
    const struct als_relation *table = bulk->table;
    bulk->columns = als_alloc_array(table->n_columns, sizeof *bulk->columns);
    bulk->used = als_alloc_array(table->n_columns, sizeof *bulk->used);
    for (size_t c = 0; c < table->n_columns; c++) {
        struct column *column = &bulk->columns[c];
        size_t n = 0;
        while (n < sizeof names / sizeof names[0] && strcmp(names[n], table->columns[c].name) != 0)
            n++;
        column->from = (enum from)n;
        if (n < sizeof names / sizeof names[0])
            continue;
        const ptrdiff_t item = als_instrument_item(bulk->instrument, table->columns[c].name);
        if (item < 0)
            return als_fail(err, ALS_INTERNAL, "E-COLUMN", "%s: no item for column %s", table->name,
                            table->columns[c].name);
        static const enum from types[] = {[ALS_CELL_INTEGER] = FROM_INTEGER,
                                          [ALS_CELL_NUMBER] = FROM_NUMBER,
                                          [ALS_CELL_TEXT] = FROM_TEXT};
        column->item = (size_t)item;
        column->from = types[als_item_cell_type(&bulk->instrument->items[item])];
    }
    return ALS_OK;
}

static const char *mode_of(const struct als_batch *batch, size_t row)
{
    return batch->mode[row] ? modes[batch->mode[row] - 1] : NULL;
}

static const char *status_of(bool not_done)
{
    return not_done ? "not-done" : "done";
}

/* Text of a column that is text, NULL when missing. */
static const char *column_text(const struct als_bulk *bulk, const struct column *column, size_t row)
{
    const struct als_batch *batch = bulk->batch;
    switch (column->from) {
    case FROM_MODE:
        return mode_of(batch, row);
    case FROM_RESPONDENT:
        return batch->respondent[row];
    case FROM_REASON:
        return batch->reason[row];
    case FROM_STATUS:
        return status_of(batch->not_done[row]);
    case FROM_ITEM_REASONS:
        return bulk->item_reasons[row];
    case FROM_TEXT:
        return batch->cells[column->item][row].text;
    default:
        return NULL;
    }
}

/* ---- Rows and visits as SQL sees them ---- */

static void give_row(sqlite3_context *context, const void *source, size_t at, int number)
{
    const struct als_bulk *bulk = source;
    const struct als_batch *batch = bulk->batch;
    const size_t row = bulk->fresh[at];
    if (number == 0) {
        sqlite3_result_int64(context, batch->assessment_id[row]);
        return;
    }
    const struct column *column = &bulk->columns[number - 1];
    if (column->from == FROM_INTEGER) {
        const int64_t value = batch->cells[column->item][row].integer;
        if (value != ALS_BULK_MISSING)
            sqlite3_result_int64(context, value);
    } else if (column->from == FROM_DAY) {
        if (batch->day[row] != ALS_NO_DAY)
            sqlite3_result_int(context, batch->day[row]);
    } else if (column->from == FROM_VERSION) {
        sqlite3_result_int(context, bulk->version_no);
    } else if (column->from == FROM_NUMBER) {
        if (!isnan(batch->cells[column->item][row].number))
            sqlite3_result_double(context, batch->cells[column->item][row].number);
    } else {
        const char *text = column_text(bulk, column, row);
        if (text)
            sqlite3_result_text(context, text, -1, SQLITE_STATIC);
    }
}

static void give_visit(sqlite3_context *context, const void *source, size_t at, int number)
{
    const struct als_bulk *bulk = source;
    const struct new_visit *visit = &bulk->new_visits[at];
    switch (number) {
    case 0:
        sqlite3_result_int64(context, visit->visit_id);
        break;
    case 1:
        if (visit->day != ALS_NO_DAY)
            sqlite3_result_int(context, visit->day);
        break;
    case 2:
        sqlite3_result_text(context, status_of(visit->not_done), -1, SQLITE_STATIC);
        break;
    default:
        sqlite3_result_int(context, visit->assigned);
        break;
    }
}

/* Has any new row a value in the column? */
static bool is_used(const struct als_bulk *bulk, const struct column *column)
{
    const struct als_batch *batch = bulk->batch;
    for (size_t i = 0; i < bulk->n_fresh; i++) {
        const size_t row = bulk->fresh[i];
        bool missing;
        if (column->from == FROM_INTEGER)
            missing = batch->cells[column->item][row].integer == ALS_BULK_MISSING;
        else if (column->from == FROM_NUMBER)
            missing = isnan(batch->cells[column->item][row].number);
        else if (column->from == FROM_DAY || column->from == FROM_VERSION)
            missing = false;
        else
            missing = !column_text(bulk, column, row);
        if (!missing)
            return true;
    }
    return false;
}

static bool any_not_done(const struct als_bulk *bulk)
{
    for (size_t i = 0; i < bulk->n_fresh; i++)
        if (bulk->batch->not_done[bulk->fresh[i]])
            return true;
    return false;
}

/* The statement names only columns that have values: what is not named costs nothing. It is kept
 * from batch to batch while those are the same. */
static enum als_status prepare_insert(struct als_bulk *bulk, struct als_err *err)
{
    const size_t n = bulk->table->n_columns;
    const bool all_done = !any_not_done(bulk);
    bool changed = !bulk->insert || all_done != bulk->all_done;
    bulk->all_done = all_done;
    for (size_t c = 0; c < n; c++) {
        const bool used = is_used(bulk, &bulk->columns[c]);
        changed = changed || used != bulk->used[c];
        bulk->used[c] = used;
    }
    if (!changed)
        return ALS_OK;
    sqlite3_finalize(bulk->insert);
    bulk->insert = NULL;
    struct als_buf sql;
    als_buf_init(&sql, ALS_BUF_LARGE);
    als_buf_printf(&sql, "INSERT INTO \"%s\" (%s, change_id", bulk->table->name, bulk->table->key);
    for (size_t c = 0; c < n; c++)
        if (bulk->used[c])
            als_buf_printf(&sql, ", \"%s\"", bulk->table->columns[c].name);
    als_buf_text(&sql, ") SELECT c0, ?1");
    for (size_t c = 0; c < n; c++)
        if (bulk->columns[c].from == FROM_VERSION)
            als_buf_printf(&sql, ", %d", bulk->version_no);
        else if (bulk->columns[c].from == FROM_STATUS && bulk->all_done)
            als_buf_text(&sql, ", 'done'");
        else if (bulk->used[c])
            als_buf_printf(&sql, ", c%zu", c + 1);
    als_buf_text(&sql, " FROM " ROWS_NAME);
    const enum als_status status = als_sql_prepare(bulk->store, sql.data, &bulk->insert, err);
    als_buf_release(&sql);
    return status;
}

static enum als_status prepare_rest(struct als_bulk *bulk, struct als_err *err)
{
    struct als_buf sql;
    als_buf_init(&sql, ALS_BUF_LARGE);
    als_buf_printf(&sql, "SELECT %s", bulk->table->key);
    for (size_t c = 0; c < bulk->table->n_columns; c++)
        als_buf_printf(&sql, ", \"%s\"", bulk->table->columns[c].name);
    als_buf_printf(&sql, " FROM %s WHERE %s >= ?1 ORDER BY 1", bulk->table->name, bulk->table->key);
    enum als_status status = als_sql_prepare(bulk->store, sql.data, &bulk->find, err);
    if (status == ALS_OK)
        status = als_sql_prepare(bulk->store,
                                 "SELECT visit_id, made, status = 'not-done', day FROM visit"
                                 " WHERE visit_id >= ?1 ORDER BY 1",
                                 &bulk->find_visit, err);
    if (status == ALS_OK)
        status = als_sql_prepare(bulk->store,
                                 "INSERT INTO visit (visit_id, change_id, day, status, assigned,"
                                 " made) SELECT c0, ?1, c1, c2, c3, 1 FROM " VISITS_NAME,
                                 &bulk->insert_visit, err);
    if (status == ALS_OK)
        status = als_sql_prepare(bulk->store,
                                 "INSERT INTO visit (visit_id, change_id, day, status, assigned,"
                                 " made) SELECT c0, ?1, c1, 'done', 0, 1 FROM " VISITS_NAME,
                                 &bulk->insert_done_visit, err);
    als_buf_release(&sql);
    return status;
}

static enum als_status find_last(struct als_bulk *bulk, struct als_err *err)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT ifnull(max(%s), -1) FROM %s", bulk->table->key,
             bulk->table->name);
    enum als_status status = als_sql_integer(bulk->store, sql, &bulk->last_id, err);
    if (status == ALS_OK)
        status = als_sql_integer(bulk->store, "SELECT ifnull(max(visit_id), -1) FROM visit",
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
    bulk->rows = (struct als_vtab_source){
        .source = bulk, .n_columns = bulk->table->n_columns + 1, .column = give_row};
    bulk->visits = (struct als_vtab_source){.source = bulk, .n_columns = 4, .column = give_visit};
    status = als_vtab_open(bulk->store, ROWS_NAME, &bulk->rows, err);
    if (status == ALS_OK)
        status = als_vtab_open(bulk->store, VISITS_NAME, &bulk->visits, err);
    return status == ALS_OK ? prepare_rest(bulk, err) : status;
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
    sqlite3_finalize(bulk->insert);
    sqlite3_finalize(bulk->insert_visit);
    sqlite3_finalize(bulk->insert_done_visit);
    als_vtab_close(bulk->store, ROWS_NAME);
    als_vtab_close(bulk->store, VISITS_NAME);
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

static bool same_text(sqlite3_stmt *stmt, int index, const char *text)
{
    const char *stored = (const char *)sqlite3_column_text(stmt, index);
    return text && stored ? strcmp(text, stored) == 0 : text == stored;
}

static bool is_given(const struct als_bulk *bulk, const struct column *column)
{
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

static bool equals(const struct als_bulk *bulk, const struct column *column, size_t row, int index)
{
    sqlite3_stmt *stmt = bulk->find;
    const struct als_batch *batch = bulk->batch;
    const bool missing = sqlite3_column_type(stmt, index) == SQLITE_NULL;
    if (column->from == FROM_DAY)
        return missing ? batch->day[row] == ALS_NO_DAY
                       : sqlite3_column_int64(stmt, index) == batch->day[row];
    if (column->from == FROM_INTEGER) {
        const int64_t value = batch->cells[column->item][row].integer;
        return missing ? value == ALS_BULK_MISSING : sqlite3_column_int64(stmt, index) == value;
    }
    if (column->from == FROM_NUMBER) {
        const double value = batch->cells[column->item][row].number;
        return missing ? isnan(value) : sqlite3_column_double(stmt, index) == value;
    }
    return same_text(stmt, index, column_text(bulk, column, row));
}

/* Does the stored row that `find` stands on say the same? */
static bool is_same(const struct als_bulk *bulk, size_t row)
{
    for (size_t c = 0; c < bulk->table->n_columns; c++)
        if (is_given(bulk, &bulk->columns[c]) && !equals(bulk, &bulk->columns[c], row, (int)c + 1))
            return false;
    return true;
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
        if (stored && is_same(bulk, row))
            batch->outcome[row] = ALS_PUT_SAME;
        else if (!stored && !twice) {
            batch->outcome[row] = ALS_PUT_NEW;
            bulk->fresh[bulk->n_fresh++] = row;
        }
    }
    sqlite3_reset(bulk->find);
    return status;
}

/* One visit that new rows name: what all of them make it. */
static struct new_visit gather_visit(const struct als_bulk *bulk, size_t from, size_t to)
{
    const struct als_batch *batch = bulk->batch;
    struct new_visit visit = {.visit_id = batch->assessment_id[bulk->fresh[from]] >> ALS_KEY_SHIFT,
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
static bool visit_stays(const struct als_bulk *bulk, const struct new_visit *visit)
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
        const struct new_visit visit = gather_visit(bulk, from, to);
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

/* ---- Entering new rows ---- */

static void add_text(struct als_buf *out, size_t column, const char *text)
{
    if (text)
        als_canon_text(out, column, text, strlen(text));
}

static void canon_row(struct als_bulk *bulk, size_t row)
{
    const struct als_batch *batch = bulk->batch;
    struct als_buf *out = &bulk->bytes;
    als_buf_char(out, 'E');
    als_canon_key(bulk->store, bulk->table, batch->assessment_id[row], out);
    for (size_t c = 0; c < bulk->table->n_columns; c++) {
        const struct column *column = &bulk->columns[c];
        if (column->from == FROM_INTEGER) {
            const int64_t value = batch->cells[column->item][row].integer;
            if (value != ALS_BULK_MISSING)
                als_canon_integer(out, c + 1, value);
        } else if (column->from == FROM_DAY) {
            if (batch->day[row] != ALS_NO_DAY)
                als_canon_integer(out, c + 1, batch->day[row]);
        } else if (column->from == FROM_VERSION) {
            als_canon_integer(out, c + 1, bulk->version_no);
        } else if (column->from == FROM_NUMBER) {
            if (!isnan(batch->cells[column->item][row].number))
                als_canon_number(out, c + 1, batch->cells[column->item][row].number);
        } else {
            add_text(out, c + 1, column_text(bulk, column, row));
        }
    }
    als_canon_end(out);
}

static void canon_visit(struct als_bulk *bulk, const struct new_visit *visit,
                        const size_t numbers[4])
{
    struct als_buf *out = &bulk->bytes;
    als_buf_char(out, 'E');
    als_canon_key(bulk->store, bulk->visit_table, visit->visit_id, out);
    if (visit->day != ALS_NO_DAY)
        als_canon_integer(out, numbers[0], visit->day);
    add_text(out, numbers[1], status_of(visit->not_done));
    als_canon_integer(out, numbers[2], visit->assigned);
    als_canon_integer(out, numbers[3], 1);
    als_canon_end(out);
}

/* Run the statement that takes the rows from memory, and check that it took all. */
static enum als_status insert_all(struct als_bulk *bulk, sqlite3_stmt *stmt, size_t n,
                                  struct als_err *err)
{
    sqlite3_bind_int64(stmt, 1, bulk->store->change.change_id);
    const enum als_status status = als_sql_run(bulk->store, stmt, err);
    if (status == ALS_OK && (size_t)sqlite3_changes64(bulk->store->db) != n)
        als_bug("%zu rows of a batch of %zu were entered",
                (size_t)sqlite3_changes64(bulk->store->db), n);
    return status;
}

/* The trail's part of a batch. Runs in a thread of its own while SQLite stores the same rows; it
 * reads patients, visit codes and raters, which do not change meanwhile. */
static void *add_to_trail(void *context)
{
    static const char *const names[] = {"day", "status", "assigned", "made"};
    struct als_bulk *bulk = context;
    size_t numbers[4];
    for (size_t i = 0; i < 4; i++)
        numbers[i] = (size_t)als_relation_column(bulk->visit_table, names[i]) + 1;
    const size_t n_visits = bulk->n_new_visits, n_rows = bulk->n_fresh;
    als_buf_clear(&bulk->bytes);
    for (size_t i = 0; i < n_visits; i++)
        canon_visit(bulk, &bulk->new_visits[i], numbers);
    if (n_visits > 0)
        als_trail_add(bulk->store, bulk->visit_table, bulk->new_visits[0].visit_id,
                      bulk->new_visits[n_visits - 1].visit_id, (int64_t)n_visits, bulk->bytes.data,
                      bulk->bytes.length);
    als_buf_clear(&bulk->bytes);
    for (size_t i = 0; i < n_rows; i++)
        canon_row(bulk, bulk->fresh[i]);
    if (n_rows > 0)
        als_trail_add(bulk->store, bulk->table, bulk->batch->assessment_id[bulk->fresh[0]],
                      bulk->batch->assessment_id[bulk->fresh[n_rows - 1]], (int64_t)n_rows,
                      bulk->bytes.data, bulk->bytes.length);
    return NULL;
}

static enum als_status enter_visits(struct als_bulk *bulk, struct als_err *err)
{
    const size_t n = bulk->n_new_visits;
    if (n == 0)
        return ALS_OK;
    const int64_t last = bulk->new_visits[n - 1].visit_id;
    bulk->last_visit = last > bulk->last_visit ? last : bulk->last_visit;
    bulk->visits.n_rows = n;
    bool plain = true;
    for (size_t i = 0; i < n && plain; i++)
        plain = !bulk->new_visits[i].not_done && !bulk->new_visits[i].assigned;
    return insert_all(bulk, plain ? bulk->insert_done_visit : bulk->insert_visit, n, err);
}

static enum als_status enter_rows(struct als_bulk *bulk, struct als_err *err)
{
    const size_t n = bulk->n_fresh;
    if (n == 0)
        return ALS_OK;
    const int64_t last = bulk->batch->assessment_id[bulk->fresh[n - 1]];
    bulk->last_id = last > bulk->last_id ? last : bulk->last_id;
    bulk->rows.n_rows = n;
    const enum als_status status = prepare_insert(bulk, err);
    return status == ALS_OK ? insert_all(bulk, bulk->insert, n, err) : status;
}

/* What foreign keys ask for, for the new rows at once: SQLite would look every row up again. Their
 * visits are stored or about to be. */
static enum als_status check_references(struct als_bulk *bulk, struct als_err *err)
{
    const struct als_batch *batch = bulk->batch;
    int64_t known = 0;
    for (size_t i = 0; i < bulk->n_fresh; i++) {
        const int64_t key = batch->assessment_id[bulk->fresh[i]], visit = key >> ALS_KEY_SHIFT;
        const int64_t patient = visit >> ALS_KEY_SHIFT;
        const int rater_no = (int)(key & ALS_KEY_MASK);
        if (patient != known && als_word_patient(bulk->store, patient)[0] == '\0')
            return als_fail(err, ALS_DATA, "E-REFERENCE", "no patient has the number %lld",
                            (long long)patient);
        known = patient;
        if (!als_store_visit_code(bulk->store, (int)(visit & ALS_KEY_MASK)) ||
            (rater_no && !als_store_rater(bulk->store, rater_no)))
            return als_fail(err, ALS_DATA, "E-REFERENCE",
                            "no visit or rater has the number in %lld", (long long)key);
    }
    return ALS_OK;
}

/* What is in the trail but not in the tables, or the other way round, must never be committed. */
static enum als_status enter_all(struct als_bulk *bulk, struct als_err *err)
{
    if (bulk->n_fresh == 0)
        return ALS_OK;
    enum als_status status = check_references(bulk, err);
    if (status != ALS_OK)
        return status;
    pthread_t trail;
    const bool beside =
        bulk->n_fresh >= ROWS_FOR_A_THREAD && pthread_create(&trail, NULL, add_to_trail, bulk) == 0;
    sqlite3_db_config(bulk->store->db, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
    status = enter_visits(bulk, err);
    if (status == ALS_OK)
        status = enter_rows(bulk, err);
    sqlite3_db_config(bulk->store->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    if (beside)
        pthread_join(trail, NULL);
    else
        add_to_trail(bulk);
    if (status != ALS_OK)
        bulk->store->change.broken = true;
    return status;
}

/* ---- One row for itself ---- */

static void note_conflict(struct als_batch *batch, size_t row, const struct als_err *problem)
{
    if ((batch->n_conflicts & (batch->n_conflicts - 1)) == 0)
        batch->conflicts =
            als_realloc_array(batch->conflicts, batch->n_conflicts ? 2 * batch->n_conflicts : 1,
                              sizeof *batch->conflicts);
    struct als_conflict *conflict = &batch->conflicts[batch->n_conflicts++];
    conflict->row = row;
    memcpy(conflict->text, problem->text, sizeof conflict->text);
    memcpy(conflict->hint, problem->hint, sizeof conflict->hint);
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

/* Without a reason, a row with another day than the stored one is refused here: als_assessment_put
 * might move the visit before it finds the contradiction. */
static enum als_status check_day(struct als_bulk *bulk, size_t row, struct als_err *problem)
{
    const struct als_batch *batch = bulk->batch;
    const ptrdiff_t column = als_relation_column(bulk->table, "day");
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(bulk->store, bulk->table->select_one, &stmt, problem);
    if (status != ALS_OK || bulk->store->change.has_reason || !(batch->given & 1u << 0))
        return status;
    sqlite3_bind_int64(stmt, 1, batch->assessment_id[row]);
    bool found;
    status = als_sql_step(bulk->store, stmt, &found, problem);
    const int stored = status == ALS_OK && found ? als_column_day(stmt, (int)column + 1) : 0;
    als_sql_done(stmt);
    if (status != ALS_OK || !found || stored == batch->day[row])
        return status;
    char old_day[ALS_DATE_TEXT], new_day[ALS_DATE_TEXT];
    return als_fail(problem, ALS_DATA, "E-CONFLICT", "day is stored as '%s', the new value is '%s'",
                    als_day_format(stored, old_day), als_day_format(batch->day[row], new_day));
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
                                              .mode = mode_of(batch, row),
                                              .respondent = batch->respondent[row],
                                              .not_done = batch->not_done[row],
                                              .reason = batch->reason[row],
                                              .values = values,
                                              .item_reasons = batch->item_reasons[row]};
    enum als_put what = ALS_PUT_SAME;
    struct als_err problem = {.code = ""};
    enum als_status status = check_day(bulk, row, &problem);
    if (status == ALS_OK && batch->assigned[row])
        status = make_assigned(bulk, visit_id, batch->day[row], &problem);
    if (status == ALS_OK)
        status = als_assessment_put(bulk->store, instrument, &assessment, batch->given,
                                    batch->given_item, &what, &problem);
    free(values);
    batch->outcome[row] = (uint8_t)what;
    if (status == ALS_DATA) {
        note_conflict(batch, row, &problem);
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
        status = enter_all(bulk, err);
    return status == ALS_OK ? put_undecided(bulk, err) : status;
}
