/* What an import keeps beside the study: keys it has seen, rows it puts aside. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/store/bulk.h"
#include "store_int.h"

/* ---- Keys ---- */

struct noted {
    int64_t key;
    size_t line;
};

#define NOTED_ROOM 65536 /* keys in memory; older ones go to a file without a name */

struct als_seen {
    struct als_store *store;
    bool ascending; /* so far: then a key above the last is new */
    int64_t last;
    struct noted *noted;
    size_t n_noted;
    FILE *older; /* NULL until it is needed */
    sqlite3_stmt *insert, *select;
};

struct als_seen *als_seen_new(struct als_store *store)
{
    struct als_seen *seen = als_alloc(sizeof *seen);
    seen->store = store;
    seen->ascending = true;
    seen->last = INT64_MIN;
    return seen;
}

void als_seen_free(struct als_seen *seen)
{
    sqlite3_finalize(seen->insert);
    sqlite3_finalize(seen->select);
    if (!seen->ascending)
        (void)sqlite3_exec(seen->store->db, "DROP TABLE IF EXISTS temp.seen", NULL, NULL, NULL);
    if (seen->older)
        fclose(seen->older);
    free(seen->noted);
    free(seen);
}

static enum als_status note(struct als_seen *seen, int64_t key, size_t line, struct als_err *err)
{
    if (!seen->noted)
        seen->noted = als_alloc_array(NOTED_ROOM, sizeof *seen->noted);
    if (seen->n_noted == NOTED_ROOM) {
        if (!seen->older)
            seen->older = tmpfile();
        if (!seen->older ||
            fwrite(seen->noted, sizeof *seen->noted, NOTED_ROOM, seen->older) != NOTED_ROOM)
            return als_fail(err, ALS_IO, "E-TEMPORARY", "cannot write a temporary file");
        seen->n_noted = 0;
    }
    seen->noted[seen->n_noted++] = (struct noted){key, line};
    seen->last = key;
    return ALS_OK;
}

/* *fresh is false when the key is there already. */
static enum als_status insert(struct als_seen *seen, int64_t key, size_t line, bool *fresh,
                              struct als_err *err)
{
    sqlite3_bind_int64(seen->insert, 1, key);
    sqlite3_bind_int64(seen->insert, 2, (int64_t)line);
    const enum als_status status = als_sql_run(seen->store, seen->insert, err);
    *fresh = status == ALS_OK && sqlite3_changes(seen->store->db) > 0;
    return status;
}

static enum als_status insert_all(struct als_seen *seen, const struct noted *noted, size_t n,
                                  struct als_err *err)
{
    enum als_status status = ALS_OK;
    bool fresh;
    for (size_t i = 0; i < n && status == ALS_OK; i++)
        status = insert(seen, noted[i].key, noted[i].line, &fresh, err);
    return status;
}

/* A key is not above the last: from here on a table tells which are known. */
static enum als_status make_table(struct als_seen *seen, struct als_err *err)
{
    struct als_store *store = seen->store;
    seen->ascending = false;
    enum als_status status = als_sql_exec(
        store, "CREATE TEMP TABLE seen (key INTEGER PRIMARY KEY, line INTEGER NOT NULL)", err);
    if (status == ALS_OK)
        status = als_sql_prepare(store, "INSERT OR IGNORE INTO temp.seen VALUES (?1, ?2)",
                                 &seen->insert, err);
    if (status == ALS_OK)
        status =
            als_sql_prepare(store, "SELECT line FROM temp.seen WHERE key = ?1", &seen->select, err);
    if (status != ALS_OK)
        return status;
    struct noted some[512];
    if (seen->older)
        rewind(seen->older);
    for (size_t n;
         seen->older && status == ALS_OK && (n = fread(some, sizeof *some, 512, seen->older)) > 0;)
        status = insert_all(seen, some, n, err);
    if (status == ALS_OK && seen->older && ferror(seen->older))
        return als_fail(err, ALS_IO, "E-TEMPORARY", "cannot read a temporary file");
    return status == ALS_OK ? insert_all(seen, seen->noted, seen->n_noted, err) : status;
}

static enum als_status find_line(struct als_seen *seen, int64_t key, size_t *line,
                                 struct als_err *err)
{
    bool row;
    sqlite3_bind_int64(seen->select, 1, key);
    const enum als_status status = als_sql_step(seen->store, seen->select, &row, err);
    if (status == ALS_OK && row)
        *line = (size_t)sqlite3_column_int64(seen->select, 0);
    als_sql_done(seen->select);
    return status;
}

/* The keys ascend: look at the middle, in the file without a name or in memory. */
static enum als_status search_noted(struct als_seen *seen, int64_t key, size_t *line,
                                    struct als_err *err)
{
    size_t low = 0, older = 0;
    if (seen->older) {
        if (fseek(seen->older, 0, SEEK_END) != 0)
            return als_fail(err, ALS_IO, "E-TEMPORARY", "cannot read a temporary file");
        older = (size_t)ftell(seen->older) / sizeof(struct noted);
    }
    size_t high = older + seen->n_noted;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        struct noted one;
        if (middle >= older)
            one = seen->noted[middle - older];
        else if (fseek(seen->older, (long)(middle * sizeof one), SEEK_SET) != 0 ||
                 fread(&one, sizeof one, 1, seen->older) != 1)
            return als_fail(err, ALS_IO, "E-TEMPORARY", "cannot read a temporary file");
        if (one.key == key) {
            *line = one.line;
            return ALS_OK;
        }
        if (one.key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return ALS_OK;
}

enum als_status als_seen_line(struct als_seen *seen, int64_t key, size_t *line, struct als_err *err)
{
    *line = 0;
    return seen->ascending ? search_noted(seen, key, line, err) : find_line(seen, key, line, err);
}

enum als_status als_seen_add(struct als_seen *seen, int64_t key, size_t line, size_t *first_line,
                             struct als_err *err)
{
    *first_line = 0;
    if (seen->ascending && key > seen->last)
        return note(seen, key, line, err);
    enum als_status status = seen->ascending ? make_table(seen, err) : ALS_OK;
    bool fresh = false;
    if (status == ALS_OK)
        status = insert(seen, key, line, &fresh, err);
    if (status != ALS_OK || fresh)
        return status;
    return find_line(seen, key, first_line, err);
}

/* ---- Rows put aside ---- */

struct als_aside {
    struct als_store *store;
    sqlite3_stmt *insert, *select;
};

enum als_status als_aside_new(struct als_store *store, struct als_aside **out, struct als_err *err)
{
    struct als_aside *aside = als_alloc(sizeof *aside);
    aside->store = store;
    enum als_status status =
        als_sql_exec(store,
                     "CREATE TEMP TABLE aside (patient_id INTEGER, day INTEGER,"
                     " line INTEGER, raw TEXT,"
                     " PRIMARY KEY (patient_id, day, line)) WITHOUT ROWID",
                     err);
    if (status == ALS_OK)
        status = als_sql_prepare(store, "INSERT INTO temp.aside VALUES (?1, ?2, ?3, ?4)",
                                 &aside->insert, err);
    if (status != ALS_OK) {
        als_aside_free(aside);
        return status;
    }
    *out = aside;
    return ALS_OK;
}

enum als_status als_aside_add(struct als_aside *aside, const struct als_aside_row *row,
                              struct als_err *err)
{
    sqlite3_bind_int64(aside->insert, 1, row->patient_id);
    sqlite3_bind_int(aside->insert, 2, row->day);
    sqlite3_bind_int64(aside->insert, 3, (int64_t)row->line);
    sqlite3_bind_text64(aside->insert, 4, row->raw, row->raw_length, SQLITE_STATIC, SQLITE_UTF8);
    return als_sql_run(aside->store, aside->insert, err);
}

enum als_status als_aside_next(struct als_aside *aside, struct als_aside_row *row, bool *more,
                               struct als_err *err)
{
    enum als_status status = ALS_OK;
    if (!aside->select)
        status = als_sql_prepare(aside->store,
                                 "SELECT patient_id, day, line, raw FROM temp.aside"
                                 " ORDER BY patient_id, day, line",
                                 &aside->select, err);
    if (status == ALS_OK)
        status = als_sql_step(aside->store, aside->select, more, err);
    if (status == ALS_OK && *more)
        *row = (struct als_aside_row){.patient_id = sqlite3_column_int64(aside->select, 0),
                                      .day = sqlite3_column_int(aside->select, 1),
                                      .line = (size_t)sqlite3_column_int64(aside->select, 2),
                                      .raw = (const char *)sqlite3_column_text(aside->select, 3),
                                      .raw_length = (size_t)sqlite3_column_bytes(aside->select, 3)};
    return status;
}

void als_aside_free(struct als_aside *aside)
{
    if (!aside)
        return;
    sqlite3_finalize(aside->insert);
    sqlite3_finalize(aside->select);
    (void)sqlite3_exec(aside->store->db, "DROP TABLE IF EXISTS temp.aside", NULL, NULL, NULL);
    free(aside);
}

/* ---- Days of visits ---- */

enum als_status als_visit_days_each(struct als_store *store, als_visit_day_fn *receive,
                                    void *context, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_prepare(
        store, "SELECT visit_id, day FROM visit WHERE status = 'done' ORDER BY visit_id", &stmt,
        err);
    if (status != ALS_OK)
        return status;
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        const int64_t visit_id = sqlite3_column_int64(stmt, 0);
        receive(visit_id >> ALS_KEY_SHIFT, (int)(visit_id & ALS_KEY_MASK),
                sqlite3_column_int(stmt, 1), context);
    }
    sqlite3_finalize(stmt);
    return status;
}

/* A seek per patient, whatever the number of rows. */
enum als_status als_assessed_each(struct als_store *store, const struct als_instrument *instrument,
                                  als_patient_id_fn *receive, void *context, struct als_err *err)
{
    char name[ALS_RELATION_NAME], sql[160];
    sqlite3_stmt *stmt;
    bool row = true;
    als_relation_name("a", instrument, name);
    snprintf(sql, sizeof sql,
             "SELECT assessment_id >> 24 FROM \"%s\" WHERE assessment_id >= ?1"
             " ORDER BY assessment_id LIMIT 1",
             name);
    enum als_status status = als_sql_prepare(store, sql, &stmt, err);
    for (int64_t next = 0; status == ALS_OK && row; als_sql_done(stmt)) {
        sqlite3_bind_int64(stmt, 1, next << (2 * ALS_KEY_SHIFT));
        status = als_sql_step(store, stmt, &row, err);
        if (status != ALS_OK || !row)
            break;
        const int64_t id = sqlite3_column_int64(stmt, 0);
        receive(id, context);
        next = id + 1;
    }
    sqlite3_finalize(stmt);
    return status;
}
