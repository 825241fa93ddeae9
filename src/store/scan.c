/* Assessments of one instrument in order of key, through a cursor. */
#include "alstrack/store/scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ddl.h"
#include "store_int.h"

struct als_scan {
    struct als_store *store;
    const struct als_instrument *instrument;
    unsigned want;
    int64_t first_id, last_id;
    sqlite3_stmt *stmt;
    struct als_assessment row;
    struct als_value *values;
    double *scores;
    const char **item_reasons;
    struct als_arena *reasons; /* of the present row; NULL when it has none */
};

static void compose(const struct als_instrument *instrument, unsigned want, struct als_buf *sql)
{
    char name[ALS_RELATION_NAME];
    als_relation_name("a", instrument, name);
    als_buf_text(sql, "SELECT assessment_id, day, status = 'not-done', version_no");
    if (want & ALS_SCAN_COLUMNS)
        als_buf_text(sql, ", mode, respondent, reason");
    if (want & ALS_SCAN_ITEMS) {
        als_buf_text(sql, ", item_reasons");
        for (size_t i = 0; i < instrument->n_items; i++)
            als_buf_printf(sql, ", \"%s\"", instrument->items[i].code);
    }
    for (size_t i = 0; want & ALS_SCAN_SCORES && i < instrument->n_scores; i++) {
        if (als_score_is_own(&instrument->scores[i]))
            als_buf_printf(sql, ", \"%s\"", instrument->scores[i].code);
    }
    als_buf_printf(sql, " FROM \"%s\" WHERE assessment_id BETWEEN ?1 AND ?2 ORDER BY assessment_id",
                   name);
}

void als_scan_bounds(sqlite3_stmt *stmt, int64_t first_id, int64_t last_id)
{
    int64_t first = first_id < 0 ? 0 : first_id > ALS_PATIENT_MAX ? ALS_PATIENT_MAX : first_id;
    int64_t last = last_id > ALS_PATIENT_MAX ? ALS_PATIENT_MAX : last_id;
    sqlite3_bind_int64(stmt, 1, first << (2 * ALS_KEY_SHIFT));
    sqlite3_bind_int64(stmt, 2, last < 0 ? -1 : ((last + 1) << (2 * ALS_KEY_SHIFT)) - 1);
}

enum als_status als_scan_open(struct als_store *store, const struct als_instrument *instrument,
                              unsigned want, int64_t first_id, int64_t last_id,
                              struct als_scan **out, struct als_err *err)
{
    *out = NULL;
    struct als_scan *scan = als_alloc(sizeof *scan);
    *scan = (struct als_scan){.store = store,
                              .instrument = instrument,
                              .want = want,
                              .first_id = first_id,
                              .last_id = last_id};
    struct als_buf sql;
    als_buf_init(&sql, ALS_BUF_LARGE);
    compose(instrument, want, &sql);
    enum als_status status = als_sql_prepare(store, sql.data, &scan->stmt, err);
    als_buf_release(&sql);
    if (status != ALS_OK) {
        als_scan_close(scan);
        return status;
    }
    als_scan_bounds(scan->stmt, first_id, last_id);
    if (want & ALS_SCAN_ITEMS) {
        scan->values = als_alloc_array(instrument->n_items, sizeof *scan->values);
        scan->item_reasons = als_alloc_array(instrument->n_items, sizeof *scan->item_reasons);
    }
    if (want & ALS_SCAN_SCORES) {
        scan->scores = als_alloc_array(instrument->n_scores, sizeof *scan->scores);
        for (size_t i = 0; i < instrument->n_scores; i++)
            scan->scores[i] = (double)NAN;
    }
    scan->row.values = scan->values;
    scan->row.scores = scan->scores;
    *out = scan;
    return ALS_OK;
}

void als_scan_close(struct als_scan *scan)
{
    if (!scan)
        return;
    sqlite3_finalize(scan->stmt);
    als_arena_free(scan->reasons);
    free(scan->values);
    free(scan->scores);
    free(scan->item_reasons);
    free(scan);
}

static void read_value(sqlite3_stmt *stmt, int column, struct als_value *out)
{
    /* One look-up per column; a connection is used by one thread at a time. */
    sqlite3_value *value = sqlite3_column_value(stmt, column);
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        out->kind = ALS_VALUE_INTEGER;
        out->integer = sqlite3_value_int64(value);
        break;
    case SQLITE_FLOAT:
        out->kind = ALS_VALUE_NUMBER;
        out->number = sqlite3_value_double(value);
        break;
    case SQLITE_TEXT:
        out->kind = ALS_VALUE_TEXT;
        out->text = (const char *)sqlite3_value_text(value);
        out->length = (size_t)sqlite3_value_bytes(value);
        break;
    default:
        out->kind = ALS_VALUE_MISSING;
    }
}

static void read_reasons(struct als_scan *scan, const char *text)
{
    als_arena_free(scan->reasons);
    scan->reasons = NULL;
    scan->row.item_reasons = NULL;
    if (!text)
        return;
    struct als_json json;
    struct als_json_member member;
    scan->reasons = als_arena_new();
    memset(scan->item_reasons, 0, scan->instrument->n_items * sizeof *scan->item_reasons);
    als_json_open(&json, text);
    while (als_json_next(&json, &member)) {
        ptrdiff_t item = als_instrument_item(scan->instrument, json.name.data);
        if (item >= 0 && member.kind == ALS_JSON_TEXT)
            scan->item_reasons[item] =
                als_arena_strndup(scan->reasons, json.text.data, json.text.length);
    }
    als_json_close(&json);
    scan->row.item_reasons = scan->item_reasons;
}

static void read_row(struct als_scan *scan)
{
    sqlite3_stmt *stmt = scan->stmt;
    const struct als_instrument *instrument = scan->instrument;
    struct als_assessment *row = &scan->row;
    int64_t id = sqlite3_column_int64(stmt, 0);
    row->patient_id = id >> (2 * ALS_KEY_SHIFT);
    row->visit_no = (int)(id >> ALS_KEY_SHIFT & ALS_KEY_MASK);
    row->rater_no = (int)(id & ALS_KEY_MASK);
    row->day = als_column_day(stmt, 1);
    row->not_done = sqlite3_column_int(stmt, 2);
    row->version_no = sqlite3_column_int(stmt, 3);
    int column = 4;
    if (scan->want & ALS_SCAN_COLUMNS) {
        row->mode = (const char *)sqlite3_column_text(stmt, column++);
        row->respondent = (const char *)sqlite3_column_text(stmt, column++);
        row->reason = (const char *)sqlite3_column_text(stmt, column++);
    }
    if (scan->want & ALS_SCAN_ITEMS) {
        read_reasons(scan, (const char *)sqlite3_column_text(stmt, column++));
        for (size_t i = 0; i < instrument->n_items; i++)
            read_value(stmt, column++, &scan->values[i]);
    }
    for (size_t i = 0; scan->scores && i < instrument->n_scores; i++) {
        if (als_score_is_own(&instrument->scores[i]))
            scan->scores[i] = als_column_number(stmt, column++);
    }
}

enum als_status als_scan_next(struct als_scan *scan, const struct als_assessment **row,
                              struct als_err *err)
{
    bool found;
    *row = NULL;
    do {
        enum als_status status = als_sql_step(scan->store, scan->stmt, &found, err);
        if (status != ALS_OK || !found)
            return status;
    } while (als_day_is_cut(scan->store, als_column_day(scan->stmt, 1)));
    read_row(scan);
    als_store_tell(scan->store, scan->row.patient_id, scan->first_id, scan->last_id);
    *row = &scan->row;
    return ALS_OK;
}
