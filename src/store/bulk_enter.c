/* Entering many new rows: SQLite takes them from memory in one statement, while another thread
 * hashes them for the trail. */
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "bulk_int.h"

#define ROWS_NAME   "als_bulk_rows"
#define VISITS_NAME "als_bulk_visits"

#define VISIT_COLUMNS "visit_id, day, mode, status, reason, assigned, made, change_id"

#define ROWS_FOR_A_THREAD 1024 /* fewer are not worth starting one */

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
    const struct als_bulk_column *column = &bulk->columns[number - 1];
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
        const char *text = als_bulk_text(bulk, column, row);
        if (text)
            sqlite3_result_text(context, text, -1, SQLITE_STATIC);
    }
}

static void give_visit(sqlite3_context *context, const void *source, size_t at, int number)
{
    const struct als_bulk *bulk = source;
    const struct als_new_visit *visit = &bulk->new_visits[at];
    switch (number) {
    case 0:
        sqlite3_result_int64(context, visit->visit_id);
        break;
    case 1:
        if (visit->day != ALS_NO_DAY)
            sqlite3_result_int(context, visit->day);
        break;
    case 2:
        sqlite3_result_text(context, als_bulk_status(visit->not_done), -1, SQLITE_STATIC);
        break;
    default:
        sqlite3_result_int(context, visit->assigned);
        break;
    }
}

/* Has any new row a value in the column? */
static bool is_used(const struct als_bulk *bulk, const struct als_bulk_column *column)
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
            missing = !als_bulk_text(bulk, column, row);
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

/* One column of the statement's SELECT. */
static void add_source(const struct als_bulk *bulk, size_t c, struct als_buf *sql)
{
    if (!bulk->used[c])
        als_buf_text(sql, ", NULL");
    else if (bulk->columns[c].from == FROM_VERSION)
        als_buf_printf(sql, ", %d", bulk->version_no);
    else if (bulk->columns[c].from == FROM_STATUS && bulk->all_done)
        als_buf_text(sql, ", 'done'");
    else
        als_buf_printf(sql, ", c%zu", c + 1);
}

/* The statement names all columns in the order in which the table has them: SQLite then makes the
 * row where it reads it, and copies no value. Columns without any value are not asked for. It is
 * kept from batch to batch while those are the same. */
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
    als_buf_printf(&sql, "INSERT INTO main.\"%s\" (%s", bulk->table->name, bulk->table->key);
    for (size_t c = 0; c <= n; c++) {
        if (c == bulk->table->n_before_change)
            als_buf_text(&sql, ", change_id");
        if (c < n)
            als_buf_printf(&sql, ", \"%s\"", bulk->table->columns[c].name);
    }
    als_buf_text(&sql, ") SELECT c0");
    for (size_t c = 0; c <= n; c++) {
        if (c == bulk->table->n_before_change)
            als_buf_text(&sql, ", ?1");
        if (c < n)
            add_source(bulk, c, &sql);
    }
    als_buf_text(&sql, " FROM " ROWS_NAME);
    const enum als_status status = als_sql_prepare(bulk->store, sql.data, &bulk->insert, err);
    als_buf_release(&sql);
    return status;
}

enum als_status als_bulk_enter_open(struct als_bulk *bulk, struct als_err *err)
{
    bulk->rows = (struct als_vtab_source){
        .source = bulk, .n_columns = bulk->table->n_columns + 1, .column = give_row};
    bulk->visits = (struct als_vtab_source){.source = bulk, .n_columns = 4, .column = give_visit};
    enum als_status status = als_vtab_open(bulk->store, ROWS_NAME, &bulk->rows, err);
    if (status == ALS_OK)
        status = als_vtab_open(bulk->store, VISITS_NAME, &bulk->visits, err);
    if (status == ALS_OK)
        status = als_sql_prepare(bulk->store,
                                 "INSERT INTO main.visit (" VISIT_COLUMNS
                                 ") SELECT c0, c1, NULL, c2, NULL, c3, 1, ?1 FROM " VISITS_NAME,
                                 &bulk->insert_visit, err);
    if (status == ALS_OK)
        status = als_sql_prepare(bulk->store,
                                 "INSERT INTO main.visit (" VISIT_COLUMNS
                                 ") SELECT c0, c1, NULL, 'done', NULL, 0, 1, ?1 FROM " VISITS_NAME,
                                 &bulk->insert_done_visit, err);
    return status;
}

void als_bulk_enter_close(struct als_bulk *bulk)
{
    sqlite3_finalize(bulk->insert);
    sqlite3_finalize(bulk->insert_visit);
    sqlite3_finalize(bulk->insert_done_visit);
    als_vtab_close(bulk->store, ROWS_NAME);
    als_vtab_close(bulk->store, VISITS_NAME);
}

/* ---- Entering new rows ---- */

static void add_text(struct als_buf *out, size_t column, const char *text)
{
    if (text)
        als_canon_text(out, column, text, strlen(text));
}

/* Integers that stand one after the other go to the trail together: most columns are such. */
struct run {
    char bytes[24 * ALS_CANON_INTEGER];
    size_t n;
};

static void end_run(struct run *run, struct als_buf *out)
{
    als_buf_add(out, run->bytes, run->n);
    run->n = 0;
}

static void add_integer(struct run *run, struct als_buf *out, size_t column, int64_t value)
{
    if (run->n > sizeof run->bytes - ALS_CANON_INTEGER)
        end_run(run, out);
    run->n += als_canon_put_integer(run->bytes + run->n, column, value);
}

static void canon_row(struct als_bulk *bulk, size_t row)
{
    const struct als_batch *batch = bulk->batch;
    struct als_buf *out = &bulk->bytes;
    struct run run;
    run.n = 0;
    als_buf_char(out, 'E');
    als_canon_key(bulk->store, bulk->table, batch->assessment_id[row], out);
    for (size_t c = 0; c < bulk->table->n_columns; c++) {
        const struct als_bulk_column *column = &bulk->columns[c];
        if (column->from == FROM_INTEGER) {
            const int64_t value = batch->cells[column->item][row].integer;
            if (value != ALS_BULK_MISSING)
                add_integer(&run, out, c + 1, value);
        } else if (column->from == FROM_DAY) {
            if (batch->day[row] != ALS_NO_DAY)
                add_integer(&run, out, c + 1, batch->day[row]);
        } else if (column->from == FROM_VERSION) {
            add_integer(&run, out, c + 1, bulk->version_no);
        } else if (column->from == FROM_NUMBER) {
            end_run(&run, out);
            if (!isnan(batch->cells[column->item][row].number))
                als_canon_number(out, c + 1, batch->cells[column->item][row].number);
        } else {
            end_run(&run, out);
            add_text(out, c + 1, als_bulk_text(bulk, column, row));
        }
    }
    end_run(&run, out);
    als_canon_end(out);
}

static void canon_visit(struct als_bulk *bulk, const struct als_new_visit *visit,
                        const size_t numbers[4])
{
    struct als_buf *out = &bulk->bytes;
    als_buf_char(out, 'E');
    als_canon_key(bulk->store, bulk->visit_table, visit->visit_id, out);
    if (visit->day != ALS_NO_DAY)
        als_canon_integer(out, numbers[0], visit->day);
    add_text(out, numbers[1], als_bulk_status(visit->not_done));
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
enum als_status als_bulk_enter(struct als_bulk *bulk, struct als_err *err)
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
