/* One assessment: its row in the instrument's table, and its visit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ddl.h"
#include "store_int.h"

static enum als_status refuse(const struct als_item *item, const char *expected,
                              struct als_err *err)
{
    return als_fail(err, ALS_DATA, "E-RANGE", "%s: expected %s", item->code, expected);
}

static bool is_choice(const struct als_item *item, const struct als_value *value)
{
    for (size_t i = 0; i < item->n_choices; i++) {
        const struct als_choice *choice = &item->choices[i];
        if (item->numeric_choice ? choice->number == value->integer
                                 : strlen(choice->code) == value->length &&
                                       memcmp(choice->code, value->text, value->length) == 0)
            return true;
    }
    return false;
}

static enum als_status refuse_range(const struct als_item *item, struct als_err *err)
{
    char expected[500];
    struct als_value ignored;
    /* The same words as at entry: "?" is not an answer to any of these items. */
    (void)als_value_parse(item, "?", 1, &ignored, expected, sizeof expected);
    return refuse(item, expected, err);
}

/* What the table's CHECKs say, in advance: a refused row must leave no visit behind. */
static enum als_status check_value(const struct als_item *item, const struct als_value *value,
                                   struct als_err *err)
{
    double number;
    struct als_date date;
    switch (item->type) {
    case ALS_ITEM_TEXT:
        return value->kind == ALS_VALUE_TEXT ? ALS_OK : refuse(item, "text", err);
    case ALS_ITEM_DATE:
        if (value->kind == ALS_VALUE_TEXT && als_date_parse(value->text, value->length, &date))
            return ALS_OK;
        return refuse_range(item, err);
    case ALS_ITEM_CHOICE:
        if (value->kind == (item->numeric_choice ? ALS_VALUE_INTEGER : ALS_VALUE_TEXT) &&
            is_choice(item, value))
            return ALS_OK;
        return refuse_range(item, err);
    case ALS_ITEM_YESNO:
        if (value->kind == ALS_VALUE_INTEGER && (value->integer == 0 || value->integer == 1))
            return ALS_OK;
        return refuse_range(item, err);
    case ALS_ITEM_INTEGER:
    case ALS_ITEM_NUMBER:
        if ((item->type == ALS_ITEM_INTEGER && value->kind != ALS_VALUE_INTEGER) ||
            !als_value_number(value, &number) || !isfinite(number) ||
            (item->has_min && number < item->min) || (item->has_max && number > item->max))
            return refuse_range(item, err);
        return ALS_OK;
    }
    return ALS_OK;
}

static bool item_given(const bool *given_items, size_t item)
{
    return !given_items || given_items[item];
}

static bool any_answer(const struct als_instrument *instrument,
                       const struct als_assessment *assessment, const bool *given_items)
{
    for (size_t i = 0; i < instrument->n_items; i++)
        if (item_given(given_items, i) && assessment->values[i].kind != ALS_VALUE_MISSING)
            return true;
    return false;
}

static enum als_status check(const struct als_store *store, const struct als_instrument *instrument,
                             const struct als_assessment *assessment, unsigned given,
                             const bool *given_items, struct als_err *err)
{
    if (!als_store_visit_code(store, assessment->visit_no))
        return als_fail(err, ALS_DATA, "E-VISIT", "no visit has the number %d",
                        assessment->visit_no);
    if (assessment->rater_no && !als_store_rater(store, assessment->rater_no))
        return als_fail(err, ALS_DATA, "E-RATER", "no rater has the number %d",
                        assessment->rater_no);
    enum als_status status = als_check_mode(als_is_given(given, 1) ? assessment->mode : NULL, err);
    if (status == ALS_OK)
        status = als_check_day("date", assessment->day, err);
    if (status == ALS_OK && !assessment->not_done && assessment->day == ALS_NO_DAY)
        status =
            als_fail(err, ALS_DATA, "E-REQUIRED", "date: an assessment that was done needs one");
    for (size_t i = 0; i < instrument->n_items && status == ALS_OK; i++) {
        const struct als_value *value = &assessment->values[i];
        if (!item_given(given_items, i) || value->kind == ALS_VALUE_MISSING)
            continue;
        status = assessment->not_done
                     ? als_fail(err, ALS_DATA, "E-NOT-DONE", "not done, but %s is answered",
                                instrument->items[i].code)
                     : check_value(&instrument->items[i], value, err);
    }
    return status;
}

static struct als_row_cell value_cell(const struct als_item *item, const struct als_value *value)
{
    double number;
    if (value->kind == ALS_VALUE_TEXT && value->length > 0)
        return (struct als_row_cell){
            .kind = ALS_ROW_TEXT, .given = true, .text = value->text, .length = value->length};
    if (value->kind == ALS_VALUE_INTEGER && als_item_is_integer(item))
        return als_cell_integer(value->integer);
    return als_cell_number(als_value_number(value, &number) ? number : (double)NAN);
}

/* ---- Reasons per item ---- */

const char **als_reasons_from_json(const struct als_instrument *instrument, const char *json_text,
                                   struct als_arena *arena)
{
    const char **reasons = als_arena_array(arena, instrument->n_items, sizeof *reasons);
    if (!json_text)
        return reasons;
    struct als_json json;
    struct als_json_member member;
    als_json_open(&json, json_text);
    while (als_json_next(&json, &member)) {
        ptrdiff_t item = als_instrument_item(instrument, json.name.data);
        if (item >= 0 && member.kind == ALS_JSON_TEXT)
            reasons[item] = als_arena_strndup(arena, json.text.data, json.text.length);
    }
    als_json_close(&json);
    return reasons;
}

void als_reasons_to_json(const struct als_instrument *instrument, const char *const *reasons,
                         struct als_buf *out)
{
    const char *separator = "{";
    for (size_t i = 0; reasons && i < instrument->n_items; i++) {
        if (!als_or_missing(reasons[i]))
            continue;
        als_buf_text(out, separator);
        als_json_text(out, instrument->items[i].code, strlen(instrument->items[i].code));
        als_buf_char(out, ':');
        als_json_text(out, reasons[i], strlen(reasons[i]));
        separator = ",";
    }
    if (out->length)
        als_buf_char(out, '}');
}

const char **als_reasons_merge(const struct als_instrument *instrument,
                               const struct als_assessment *assessment, const bool *given_items,
                               const char *const *stored, struct als_arena *arena)
{
    const char **reasons = als_arena_array(arena, instrument->n_items, sizeof *reasons);
    const char *const *named = assessment->item_reasons;
    for (size_t i = 0; i < instrument->n_items; i++) {
        bool given = item_given(given_items, i);
        reasons[i] = stored ? stored[i] : NULL;
        if (named && (given || named[i]))
            reasons[i] = named[i];
        else if (given && assessment->values[i].kind != ALS_VALUE_MISSING)
            reasons[i] = NULL;
    }
    return reasons;
}

/* ---- The row ---- */

/* Columns of every instrument's table before its items. */
enum { DAY, MODE, RESPONDENT, STATUS, REASON, VERSION_NO, ITEM_REASONS, N_HEAD };

/* What matters of the row as it is stored. */
struct stored {
    bool found, not_done;
    char *reasons;  /* the column */
    bool *answered; /* [n_items] */
};

static void stored_release(struct stored *stored)
{
    free(stored->reasons);
    free(stored->answered);
}

static enum als_status read_stored(struct als_store *store, const struct als_relation *table,
                                   const struct als_instrument *instrument, int64_t row_id,
                                   struct stored *out, struct als_err *err)
{
    sqlite3_stmt *stmt;
    *out = (struct stored){.answered = als_alloc_array(instrument->n_items, sizeof *out->answered)};
    enum als_status status = als_sql_cached(store, table->select_one, &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, row_id);
    status = als_sql_step(store, stmt, &out->found, err);
    if (status == ALS_OK && out->found) {
        out->not_done =
            strcmp((const char *)sqlite3_column_text(stmt, 1 + STATUS), "not-done") == 0;
        out->reasons = als_strdup((const char *)sqlite3_column_text(stmt, 1 + ITEM_REASONS));
        for (size_t i = 0; i < instrument->n_items; i++) {
            ptrdiff_t column = als_relation_column(table, instrument->items[i].code);
            out->answered[i] = sqlite3_column_type(stmt, 1 + (int)column) != SQLITE_NULL;
        }
    }
    als_sql_done(stmt);
    return status;
}

/* The column as it is to be: what is stored with what is given laid over it. An item is answered
 * or has a reason why it is not. */
static enum als_status compose_reasons(const struct als_instrument *instrument,
                                       const struct als_assessment *assessment,
                                       const bool *given_items, const struct stored *stored,
                                       struct als_buf *out, struct als_err *err)
{
    if (!stored->reasons && !assessment->item_reasons)
        return ALS_OK;
    enum als_status status = ALS_OK;
    struct als_arena *arena = als_arena_new();
    const char **before = als_reasons_from_json(instrument, stored->reasons, arena);
    const char **reasons = als_reasons_merge(instrument, assessment, given_items, before, arena);
    for (size_t i = 0; i < instrument->n_items && status == ALS_OK; i++) {
        bool answered = item_given(given_items, i) ? assessment->values[i].kind != ALS_VALUE_MISSING
                                                   : stored->answered[i];
        if (!answered || assessment->not_done || !als_or_missing(reasons[i]))
            continue;
        status = als_fail(err, ALS_DATA, "E-ANSWERED", "%s: is answered and has a missing reason",
                          instrument->items[i].code);
        als_err_hint(err, "an item has a value or the reason why it has none");
    }
    if (status == ALS_OK)
        als_reasons_to_json(instrument, reasons, out);
    als_arena_free(arena);
    return status;
}

static void fill_head(struct als_row_cell *cells, const struct als_assessment *assessment,
                      unsigned given, bool becomes_done, int version_no, const char *reasons)
{
    cells[DAY] = als_cell_when(als_is_given(given, 0), als_cell_day(assessment->day));
    cells[MODE] = als_given_text(given, 1, assessment->mode);
    cells[RESPONDENT] = als_given_text(given, 2, assessment->respondent);
    cells[STATUS] = als_cell_when(als_is_given(given, 3),
                                  als_cell_text(assessment->not_done ? "not-done" : "done"));
    cells[REASON] = als_given_text(given, 4, assessment->reason);
    cells[VERSION_NO] = als_cell_integer(version_no);
    cells[ITEM_REASONS] = als_cell_text(als_or_missing(reasons));
    cells[DAY].initial = cells[STATUS].initial = true;
    if (becomes_done && !als_is_given(given, 4))
        cells[REASON] = als_cell_text(NULL);
    /* A changed row was checked against the version in force. */
    cells[VERSION_NO].quiet = true;
}

/* Items stand in the table in the order in which versions brought them. */
static void fill_items(const struct als_relation *table, const struct als_instrument *instrument,
                       const struct als_assessment *assessment, const bool *given_items,
                       struct als_row_cell *cells)
{
    size_t column = N_HEAD;
    for (size_t i = 0; i < instrument->n_items; i++) {
        const struct als_item *item = &instrument->items[i];
        if (column >= table->n_columns || strcmp(table->columns[column].name, item->code) != 0)
            column = (size_t)als_relation_column(table, item->code);
        cells[column++] = als_cell_when(
            item_given(given_items, i),
            assessment->not_done ? als_cell_text(NULL) : value_cell(item, &assessment->values[i]));
    }
}

/* The visit comes before the row that names it, and after all that may refuse the row. */
static enum als_status put_cells(struct als_store *store, struct als_relation *table,
                                 int64_t row_id, const struct als_assessment *assessment,
                                 const struct als_row_cell *cells, enum als_put *what,
                                 struct als_err *err)
{
    enum als_status status = als_row_check(store, table, row_id, cells, err);
    if (status == ALS_OK)
        status = als_visit_make(store, assessment->patient_id, assessment->visit_no,
                                assessment->day, assessment->not_done, err);
    enum als_put put = ALS_PUT_SAME;
    if (status == ALS_OK)
        status = als_row_put(store, table, &row_id, cells, false, &put, err);
    if (status == ALS_OK && put == ALS_PUT_CHANGED)
        status = als_visit_follow(store, assessment->patient_id, assessment->visit_no, err);
    if (what)
        *what = put;
    return status;
}

static enum als_status put_row(struct als_store *store, const struct als_instrument *instrument,
                               const struct als_assessment *assessment, unsigned given,
                               const bool *given_items, enum als_put *what, struct als_err *err)
{
    char name[ALS_RELATION_NAME];
    struct als_relation *table;
    struct stored stored = {.found = false};
    struct als_buf reasons;
    int64_t row_id = als_key_assessment(als_key_visit(assessment->patient_id, assessment->visit_no),
                                        assessment->rater_no);
    als_relation_name("a", instrument, name);
    als_buf_init(&reasons, ALS_BUF_LARGE);
    enum als_status status = als_relation_find(store, name, &table, err);
    if (status == ALS_OK)
        status = read_stored(store, table, instrument, row_id, &stored, err);
    if (status == ALS_OK)
        status = compose_reasons(instrument, assessment, given_items, &stored, &reasons, err);
    if (status == ALS_OK) {
        struct als_row_cell *cells = als_alloc_array(table->n_columns, sizeof *cells);
        fill_head(cells, assessment, given,
                  stored.not_done && !assessment->not_done && als_is_given(given, 3),
                  als_store_version_no(store, "instrument", instrument->code), reasons.data);
        fill_items(table, instrument, assessment, given_items, cells);
        status = put_cells(store, table, row_id, assessment, cells, what, err);
        free(cells);
    }
    als_buf_release(&reasons);
    stored_release(&stored);
    return status;
}

enum als_status als_assessment_put(struct als_store *store, const struct als_instrument *instrument,
                                   const struct als_assessment *assessment, unsigned given,
                                   const bool *given_items, enum als_put *what, struct als_err *err)
{
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK)
        status = check(store, instrument, assessment, given, given_items, err);
    if (status != ALS_OK)
        return status;
    /* What was not done has no answers, and an answer says that it was done. */
    if (assessment->not_done)
        given_items = NULL;
    if (assessment->not_done || any_answer(instrument, assessment, given_items))
        given |= 1u << 3;
    int64_t steps = store->change.steps;
    status = put_row(store, instrument, assessment, given, given_items, what, err);
    if (status != ALS_OK && store->change.steps != steps)
        store->change.broken = true;
    return status;
}
