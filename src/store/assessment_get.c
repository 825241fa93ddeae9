/* One assessment, read by its key. */
#include "alstrack/store/judge.h"
#include "store_int.h"

/* A stored cell as an answer; texts go to the arena. */
static struct als_value value_of(const struct als_row_cell *cell, struct als_arena *arena)
{
    switch (cell->kind) {
    case ALS_ROW_INTEGER:
        return (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = cell->integer};
    case ALS_ROW_NUMBER:
        return (struct als_value){.kind = ALS_VALUE_NUMBER, .number = cell->number};
    case ALS_ROW_TEXT:
        return (struct als_value){.kind = ALS_VALUE_TEXT,
                                  .text = als_arena_strndup(arena, cell->text, cell->length),
                                  .length = cell->length};
    default:
        return ALS_MISSING_VALUE;
    }
}

static const char *text_of(const struct als_relation *table, const struct als_row_cell *cells,
                           const char *column, struct als_arena *arena)
{
    const struct als_row_cell *cell = &cells[als_relation_column(table, column)];
    return cell->kind == ALS_ROW_TEXT ? als_arena_strndup(arena, cell->text, cell->length) : NULL;
}

static int number_of(const struct als_relation *table, const struct als_row_cell *cells,
                     const char *column, int missing)
{
    const struct als_row_cell *cell = &cells[als_relation_column(table, column)];
    return cell->kind == ALS_ROW_INTEGER ? (int)cell->integer : missing;
}

void als_assessment_read(const struct als_relation *table, const struct als_instrument *instrument,
                         const struct als_row_cell *cells, struct als_arena *arena,
                         struct als_assessment *out)
{
    struct als_value *values = als_arena_array(arena, instrument->n_items, sizeof *values);
    const char *reasons = text_of(table, cells, "item_reasons", arena);
    const char *status = text_of(table, cells, "status", arena);
    for (size_t i = 0; i < instrument->n_items; i++)
        values[i] = value_of(&cells[als_relation_column(table, instrument->items[i].code)], arena);
    out->day = number_of(table, cells, "day", ALS_NO_DAY);
    out->mode = text_of(table, cells, "mode", arena);
    out->respondent = text_of(table, cells, "respondent", arena);
    out->not_done = status && strcmp(status, "not-done") == 0;
    out->reason = text_of(table, cells, "reason", arena);
    out->version_no = number_of(table, cells, "version_no", 0);
    out->values = values;
    out->item_reasons = reasons ? als_reasons_from_json(instrument, reasons, arena) : NULL;
    out->scores = NULL;
}

enum als_status als_assessment_get(struct als_store *store, int64_t patient_id, int visit_no,
                                   const struct als_instrument *instrument, int rater_no,
                                   struct als_arena *arena, struct als_assessment *assessment,
                                   int64_t *change_id, struct als_err *err)
{
    char name[ALS_RELATION_NAME];
    struct als_relation *table;
    sqlite3_stmt *stmt;
    bool row;
    *change_id = 0;
    als_relation_name("a", instrument, name);
    enum als_status status = als_relation_find(store, name, &table, err);
    if (status == ALS_OK)
        status = als_sql_cached(store, table->select_one, &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, als_key_assessment(als_key_visit(patient_id, visit_no), rater_no));
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row) {
        struct als_row_cell *cells = als_arena_array(arena, table->n_columns, sizeof *cells);
        als_cells_from_row(table, stmt, 1, cells);
        *change_id = sqlite3_column_int64(stmt, 0);
        *assessment = (struct als_assessment){
            .patient_id = patient_id, .visit_no = visit_no, .rater_no = rater_no};
        als_assessment_read(table, instrument, cells, arena, assessment);
    }
    als_sql_done(stmt);
    return status;
}
