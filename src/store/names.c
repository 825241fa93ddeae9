/* Visit codes and raters: few, kept in memory, numbered for the keys of rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_int.h"

static enum als_status load(struct als_store *store, struct als_name_list *list, const char *sql,
                            struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(store, sql, &stmt, err);
    if (status != ALS_OK)
        return status;
    static const struct als_name_list none;
    struct als_name_list old_list = *list;
    *list = none;
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        int number = sqlite3_column_int(stmt, 0) & ALS_KEY_MASK;
        const char *text = (const char *)sqlite3_column_text(stmt, 1);
        const char *kept = old_list.names[number];
        list->names[number] =
            kept && strcmp(kept, text) == 0 ? kept : als_arena_strdup(store->arena, text);
        list->highest = number > list->highest ? number : list->highest;
    }
    return status;
}

enum als_status als_names_load(struct als_store *store, struct als_err *err)
{
    enum als_status status =
        load(store, store->visit_codes, "SELECT visit_no, code FROM visit_code", err);
    return status == ALS_OK ? load(store, store->raters, "SELECT rater_no, rater FROM rater", err)
                            : status;
}

static int find(const struct als_name_list *list, const char *text, size_t length)
{
    for (int number = 1; number <= list->highest; number++) {
        const char *name = list->names[number];
        if (name && strlen(name) == length && memcmp(name, text, length) == 0)
            return number;
    }
    return 0;
}

int als_store_visit_no(const struct als_store *store, const char *code, size_t length)
{
    return find(store->visit_codes, code, length);
}

const char *als_store_visit_code(const struct als_store *store, int visit_no)
{
    return visit_no > 0 && visit_no < ALS_NAME_ROOM ? store->visit_codes->names[visit_no] : NULL;
}

ptrdiff_t als_store_plan_of(const struct als_store *store, int visit_no)
{
    const char *code = als_store_visit_code(store, visit_no);
    return code ? als_protocol_visit(store->protocol, code) : -1;
}

int als_store_rater_no(const struct als_store *store, const char *rater, size_t length)
{
    if (length == 0)
        return 0;
    int number = find(store->raters, rater, length);
    return number ? number : -1;
}

const char *als_store_rater(const struct als_store *store, int rater_no)
{
    return rater_no > 0 && rater_no < ALS_NAME_ROOM ? store->raters->names[rater_no] : NULL;
}

/* Is text the prefix, then a number without leading zero? */
static bool is_numbered(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    if (strncmp(text, prefix, n) != 0 || text[n] < '1' || text[n] > '9')
        return false;
    size_t digits = strspn(text + n, "0123456789");
    return digits <= 4 && text[n + digits] == '\0';
}

bool als_visit_code_is_extra(const char *code)
{
    return strcmp(code, "ET") == 0 || is_numbered(code, "ET") || is_numbered(code, "UNS");
}

static void keep(struct als_store *store, struct als_name_list *list, int number, const char *text)
{
    list->names[number] = als_arena_strdup(store->arena, text);
    list->highest = number > list->highest ? number : list->highest;
}

enum als_status als_names_add_visit(struct als_store *store, int visit_no, const char *code,
                                    const char *label, struct als_err *err)
{
    struct als_relation *table;
    enum als_status status = als_relation_find(store, "visit_code", &table, err);
    if (status != ALS_OK)
        return status;
    struct als_row_cell cells[] = {als_cell_text(code), als_cell_text(label)};
    int64_t row_id = visit_no;
    status = als_row_put(store, table, &row_id, cells, true, NULL, err);
    if (status == ALS_OK)
        keep(store, store->visit_codes, visit_no, code);
    return status;
}

enum als_status als_store_add_visit_code(struct als_store *store, const char *code, int *visit_no,
                                         struct als_err *err)
{
    *visit_no = als_store_visit_no(store, code, strlen(code));
    if (*visit_no)
        return ALS_OK;
    if (!als_visit_code_is_extra(code)) {
        als_fail(err, ALS_DATA, "E-VISIT", "%s: not a visit of the protocol", code);
        als_err_hint(err, "extra visits are called UNS1, UNS2, … or ET");
        return ALS_DATA;
    }
    int highest = store->visit_codes->highest;
    int number = highest < ALS_EXTRA_VISIT_FIRST ? ALS_EXTRA_VISIT_FIRST : highest + 1;
    if (number > ALS_KEY_MASK)
        return als_fail(err, ALS_DATA, "E-TOO-MANY", "%s: too many extra visit codes", code);
    bool end = code[0] == 'E';
    const char *digits = code + (end ? 2 : 3);
    char label[64];
    snprintf(label, sizeof label, "%s%s%s", end ? "Early termination" : "Unscheduled",
             *digits ? " " : "", digits);
    enum als_status status = als_names_add_visit(store, number, code, label, err);
    if (status == ALS_OK)
        *visit_no = number;
    return status;
}

enum als_status als_store_add_rater(struct als_store *store, const char *rater, int *rater_no,
                                    struct als_err *err)
{
    *rater_no = als_store_rater_no(store, rater, strlen(rater));
    if (*rater_no >= 0)
        return ALS_OK;
    int number = store->raters->highest + 1;
    if (number > ALS_KEY_MASK)
        return als_fail(err, ALS_DATA, "E-TOO-MANY", "%s: more than %d raters", rater,
                        ALS_KEY_MASK);
    struct als_relation *table;
    enum als_status status = als_relation_find(store, "rater", &table, err);
    if (status != ALS_OK)
        return status;
    struct als_row_cell cell = als_cell_text(rater);
    int64_t row_id = number;
    status = als_row_put(store, table, &row_id, &cell, false, NULL, err);
    if (status == ALS_OK) {
        keep(store, store->raters, number, rater);
        *rater_no = number;
    }
    return status;
}
