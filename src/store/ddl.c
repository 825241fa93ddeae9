/* Tables and views of instruments. */
#include "ddl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/num.h"

bool als_item_is_integer(const struct als_item *item)
{
    return item->type == ALS_ITEM_INTEGER || item->type == ALS_ITEM_YESNO ||
           (item->type == ALS_ITEM_CHOICE && item->numeric_choice);
}

static const char *type_name(const struct als_item *item)
{
    if (als_item_is_integer(item))
        return "INTEGER";
    return item->type == ALS_ITEM_NUMBER ? "REAL" : "TEXT";
}

static void add_literal(struct als_buf *out, const char *text)
{
    als_buf_char(out, '\'');
    for (const char *c = text; *c; c++) {
        if (*c == '\'')
            als_buf_char(out, '\'');
        als_buf_char(out, *c);
    }
    als_buf_char(out, '\'');
}

/* Whole numbers without a gap are a range, which is quicker to check than a list. */
static bool is_run(const struct als_item *item, int64_t *low, int64_t *high)
{
    *low = *high = item->choices[0].number;
    for (size_t i = 1; i < item->n_choices; i++) {
        int64_t number = item->choices[i].number;
        *low = number < *low ? number : *low;
        *high = number > *high ? number : *high;
    }
    return *high - *low + 1 == (int64_t)item->n_choices;
}

static void add_choices(struct als_buf *out, const struct als_item *item)
{
    int64_t low, high;
    if (item->numeric_choice && is_run(item, &low, &high)) {
        als_buf_printf(out, "\"%s\" BETWEEN %lld AND %lld", item->code, (long long)low,
                       (long long)high);
        return;
    }
    /* Not IN: SQLite would build the list anew for every row that it checks. */
    for (size_t i = 0; i < item->n_choices; i++) {
        als_buf_printf(out, "%s\"%s\" = ", i ? " OR " : "", item->code);
        if (item->numeric_choice)
            als_buf_printf(out, "%lld", (long long)item->choices[i].number);
        else
            add_literal(out, item->choices[i].code);
    }
}

static void add_range(struct als_buf *out, const struct als_item *item)
{
    char low[ALS_NUM_TEXT], high[ALS_NUM_TEXT];
    als_num_format(item->min, low);
    als_num_format(item->max, high);
    if (item->has_min && item->has_max)
        als_buf_printf(out, "\"%s\" BETWEEN %s AND %s", item->code, low, high);
    else if (item->has_min)
        als_buf_printf(out, "\"%s\" >= %s", item->code, low);
    else
        als_buf_printf(out, "\"%s\" <= %s", item->code, high);
}

/* "code" TYPE CONSTRAINT "code" CHECK (…); NULL passes every CHECK. */
static void add_item(struct als_buf *out, const struct als_item *item)
{
    als_buf_printf(out, "\"%s\" %s", item->code, type_name(item));
    bool ranged = item->has_min || item->has_max;
    if (item->type == ALS_ITEM_TEXT || (item->type == ALS_ITEM_INTEGER && !ranged) ||
        (item->type == ALS_ITEM_NUMBER && !ranged))
        return;
    als_buf_printf(out, " CONSTRAINT \"%s\" CHECK (", item->code);
    if (item->type == ALS_ITEM_CHOICE)
        add_choices(out, item);
    else if (item->type == ALS_ITEM_YESNO)
        als_buf_printf(out, "\"%s\" IN (0, 1)", item->code);
    else if (item->type == ALS_ITEM_DATE)
        als_buf_printf(out, "\"%s\" GLOB '[12][0-9][0-9][0-9]*'", item->code);
    else
        add_range(out, item);
    als_buf_char(out, ')');
}

/* ---- Scores ---- */

static void add_sum(struct als_buf *out, const struct als_instrument *instrument,
                    const size_t *items, size_t n, const char *before, const char *after)
{
    for (size_t i = 0; i < n; i++)
        als_buf_printf(out, "%s%s\"%s\"%s", i ? " + " : "", before,
                       instrument->items[items[i]].code, after);
}

void als_ddl_answered(const struct als_instrument *instrument, const struct als_score *score,
                      struct als_buf *out)
{
    add_sum(out, instrument, score->items, score->n_items, "(", " IS NOT NULL)");
}

static bool are_integers(const struct als_instrument *instrument, const size_t *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!als_item_is_integer(&instrument->items[items[i]]))
            return false;
    return true;
}

static bool is_whole(const struct als_instrument *instrument, const struct als_score *score)
{
    return score->kind != ALS_SCORE_MEAN && score->missing != ALS_MISSING_PRORATED &&
           !score->n_mean_items && are_integers(instrument, score->items, score->n_items);
}

/* A score may name another only if that one stands lower, so none names itself in a circle. */
static size_t height(const struct als_score *score)
{
    return 2 * score->n_items + (score->missing == ALS_MISSING_PRORATED);
}

static bool all_of(const bool *left, const struct als_score *score)
{
    for (size_t i = 0; i < score->n_items; i++)
        if (!left[score->items[i]])
            return false;
    return true;
}

/* The largest other sum whose items are all left to add; NULL if there is none. */
static const struct als_score *find_part(const struct als_instrument *instrument,
                                         const struct als_score *whole, const bool *left)
{
    const struct als_score *best = NULL;
    for (size_t i = 0; i < instrument->n_scores; i++) {
        const struct als_score *part = &instrument->scores[i];
        if (part->kind == ALS_SCORE_SUM && als_score_is_own(part) && part->n_items > 1 &&
            is_whole(instrument, part) && height(part) < height(whole) && all_of(left, part) &&
            (!best || part->n_items > best->n_items))
            best = part;
    }
    return best;
}

/* The sum of items of a score. SQLite computes every generated column of every row that it takes
 * in, so a sum names other sums that are parts of it instead of adding the same items again; of
 * whole numbers only, which add up to the same in any order. */
static void add_items(struct als_buf *out, const struct als_instrument *instrument,
                      const struct als_score *score, const size_t *items, size_t n)
{
    if (!are_integers(instrument, items, n)) {
        add_sum(out, instrument, items, n, "", "");
        return;
    }
    bool *left = als_alloc_array(instrument->n_items, sizeof *left);
    const struct als_score *part;
    const char *plus = "";
    for (size_t i = 0; i < n; i++)
        left[items[i]] = true;
    while ((part = find_part(instrument, score, left))) {
        als_buf_printf(out, "%s\"%s\"", plus, part->code);
        plus = " + ";
        for (size_t i = 0; i < part->n_items; i++)
            left[part->items[i]] = false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!left[items[i]])
            continue;
        als_buf_printf(out, "%s\"%s\"", plus, instrument->items[items[i]].code);
        plus = " + ";
    }
    free(left);
}

static void add_strict(struct als_buf *out, const struct als_instrument *instrument,
                       const struct als_score *score)
{
    bool mean = score->kind == ALS_SCORE_MEAN;
    als_buf_text(out, mean ? "(0.0 + " : "(");
    add_items(out, instrument, score, score->items, score->n_items);
    als_buf_char(out, ')');
    if (mean)
        als_buf_printf(out, " / %zu", score->n_items);
}

/* Complete: the sum itself. Nearly complete: the mean of the answers for each item. */
static void add_prorated(struct als_buf *out, const struct als_instrument *instrument,
                         const struct als_score *score)
{
    struct als_buf sum, answered;
    als_buf_init(&sum, ALS_BUF_LARGE);
    als_buf_init(&answered, ALS_BUF_LARGE);
    add_sum(&sum, instrument, score->items, score->n_items, "ifnull(", ", 0)");
    als_ddl_answered(instrument, score, &answered);
    bool mean = score->kind == ALS_SCORE_MEAN;
    size_t least = score->min_answered ? score->min_answered : 1;
    if (!mean) { /* the usual, complete row takes the short way */
        als_buf_text(out, "coalesce(");
        add_items(out, instrument, score, score->items, score->n_items);
        als_buf_text(out, ", ");
    }
    als_buf_printf(out, "CASE WHEN %s >= %zu THEN (0.0 + %s) / (%s)", answered.data, least,
                   sum.data, answered.data);
    if (!mean)
        als_buf_printf(out, " * %zu", score->n_items);
    als_buf_text(out, mean ? " END" : " END)");
    als_buf_release(&sum);
    als_buf_release(&answered);
}

void als_ddl_score(const struct als_instrument *instrument, const struct als_score *score,
                   struct als_buf *out)
{
    if (score->kind == ALS_SCORE_COPY) {
        als_buf_printf(out, "\"%s\"", instrument->items[score->items[0]].code);
        return;
    }
    if (score->missing == ALS_MISSING_PRORATED)
        add_prorated(out, instrument, score);
    else
        add_strict(out, instrument, score);
    if (score->n_mean_items && score->kind == ALS_SCORE_SUM) {
        als_buf_text(out, " + (0.0 + ");
        add_items(out, instrument, score, score->mean_items, score->n_mean_items);
        als_buf_printf(out, ") / %zu", score->n_mean_items);
    }
}

static void add_score(struct als_buf *out, const struct als_instrument *instrument,
                      const struct als_score *score)
{
    als_buf_printf(out, "\"%s\" %s AS (", score->code,
                   is_whole(instrument, score) ? "INTEGER" : "REAL");
    als_ddl_score(instrument, score, out);
    als_buf_text(out, ") VIRTUAL");
}

/* ---- Tables ---- */

/* What was not done has no answers. Rows that were done pass at the first term. */
static void add_not_done_check(struct als_buf *out, const struct als_instrument *instrument)
{
    als_buf_text(out, ",\n  CHECK (status = 'done' OR (");
    for (size_t i = 0; i < instrument->n_items; i++)
        als_buf_printf(out, "%s\"%s\" IS NULL", i ? " AND " : "", instrument->items[i].code);
    als_buf_text(out, "))");
}

/* items: in the order of the table; NULL = of the definition. */
static void add_table(struct als_buf *out, const struct als_instrument *instrument,
                      const char *name, const size_t *items)
{
    als_buf_printf(out,
                   "CREATE TABLE \"%s\" ("
                   "\n  assessment_id INTEGER PRIMARY KEY,"
                   "\n  day INTEGER CHECK (day BETWEEN -62091 AND 84370),"
                   "\n  mode TEXT CHECK (" ALS_MODE_CHECK "),"
                   "\n  respondent TEXT,"
                   "\n  status TEXT NOT NULL CHECK (status = 'done' OR status = 'not-done'),"
                   "\n  reason TEXT,"
                   "\n  version_no INTEGER NOT NULL,"
                   "\n  item_reasons TEXT,"
                   "\n  change_id INTEGER NOT NULL",
                   name);
    for (size_t i = 0; i < instrument->n_items; i++) {
        als_buf_text(out, ",\n  ");
        add_item(out, &instrument->items[items ? items[i] : i]);
    }
    for (size_t i = 0; i < instrument->n_scores; i++) {
        if (als_score_is_own(&instrument->scores[i])) {
            als_buf_text(out, ",\n  ");
            add_score(out, instrument, &instrument->scores[i]);
        }
    }
    als_buf_text(out,
                 ",\n  visit_id INTEGER NOT NULL AS (assessment_id >> 12) VIRTUAL REFERENCES visit,"
                 "\n  CHECK (day IS NOT NULL OR status = 'not-done')");
    add_not_done_check(out, instrument);
    als_buf_text(out, "\n) STRICT;\n");
}

static void add_view(struct als_buf *out, const struct als_instrument *instrument)
{
    char table[ALS_RELATION_NAME], view[ALS_RELATION_NAME];
    als_relation_name("a", instrument, table);
    als_relation_name("v", instrument, view);
    als_buf_printf(out,
                   "CREATE VIEW \"%s\" AS SELECT p.patient, c.code AS visit,"
                   " date(a.day * 86400, 'unixepoch') AS date, a.mode, r.rater, a.respondent,"
                   " a.status, a.reason",
                   view);
    for (size_t i = 0; i < instrument->n_items; i++)
        als_buf_printf(out, ", a.\"%s\"", instrument->items[i].code);
    for (size_t i = 0; i < instrument->n_scores; i++) {
        if (als_score_is_own(&instrument->scores[i]))
            als_buf_printf(out, ", a.\"%s\"", instrument->scores[i].code);
    }
    als_buf_printf(out,
                   " FROM \"%s\" AS a JOIN patient AS p ON p.patient_id = a.assessment_id >> 24"
                   " JOIN visit_code AS c ON c.visit_no = (a.assessment_id >> 12) & 4095"
                   " LEFT JOIN rater AS r ON r.rater_no = a.assessment_id & 4095;\n",
                   table);
}

static enum als_status run(struct als_store *store, struct als_buf *sql, struct als_err *err)
{
    enum als_status status = als_sql_exec(store, sql->data, err);
    als_buf_release(sql);
    return status;
}

void als_ddl_write(const struct als_instrument *instrument, struct als_buf *out)
{
    char name[ALS_RELATION_NAME];
    als_relation_name("a", instrument, name);
    add_table(out, instrument, name, NULL);
    add_view(out, instrument);
}

enum als_status als_ddl_create(struct als_store *store, const struct als_instrument *instrument,
                               struct als_err *err)
{
    struct als_buf sql;
    als_buf_init(&sql, ALS_BUF_LARGE);
    als_ddl_write(instrument, &sql);
    return run(store, &sql, err);
}

/* ---- Another version of a definition, on a populated table ---- */

static bool same_item(const struct als_item *old_item, const struct als_item *new_item)
{
    struct als_buf old_text, new_text;
    als_buf_init(&old_text, ALS_BUF_LARGE);
    als_buf_init(&new_text, ALS_BUF_LARGE);
    add_item(&old_text, old_item);
    add_item(&new_text, new_item);
    bool same = strcmp(old_text.data, new_text.data) == 0;
    als_buf_release(&old_text);
    als_buf_release(&new_text);
    return same;
}

/* What a table says about an item, and about all items together, cannot be altered in place. */
static bool needs_rebuild(const struct als_instrument *old_one,
                          const struct als_instrument *new_one)
{
    if (old_one->n_items != new_one->n_items)
        return true;
    for (size_t i = 0; i < old_one->n_items; i++) {
        ptrdiff_t item = als_instrument_item(new_one, old_one->items[i].code);
        if (item >= 0 && !same_item(&old_one->items[i], &new_one->items[item]))
            return true;
    }
    return false;
}

static void drop_view(struct als_buf *sql, const struct als_instrument *instrument)
{
    char view[ALS_RELATION_NAME];
    als_relation_name("v", instrument, view);
    als_buf_printf(sql, "DROP VIEW \"%s\";\n", view);
}

/* Own scores, those first that others may name. Returns how many there are. */
static size_t order_of_scores(const struct als_instrument *instrument,
                              const struct als_score **scores)
{
    size_t n = 0;
    for (size_t i = 0; i < instrument->n_scores; i++) {
        const struct als_score *score = &instrument->scores[i];
        if (!als_score_is_own(score))
            continue;
        size_t at = n++;
        for (; at > 0 && height(scores[at - 1]) > height(score); at--)
            scores[at] = scores[at - 1];
        scores[at] = score;
    }
    return n;
}

static void remake_scores(struct als_buf *sql, const char *table,
                          const struct als_instrument *old_one,
                          const struct als_instrument *new_one)
{
    const size_t room = old_one->n_scores + new_one->n_scores;
    const struct als_score **scores = als_alloc_array(room, sizeof(struct als_score *));
    for (size_t n = order_of_scores(old_one, scores); n > 0; n--)
        als_buf_printf(sql, "ALTER TABLE \"%s\" DROP COLUMN \"%s\";\n", table, scores[n - 1]->code);
    const size_t n = order_of_scores(new_one, scores);
    for (size_t i = 0; i < n; i++) {
        als_buf_printf(sql, "ALTER TABLE \"%s\" ADD COLUMN ", table);
        add_score(sql, new_one, scores[i]);
        als_buf_text(sql, ";\n");
    }
    free((void *)scores);
}

/* Items in the order in which the table has them, new ones last. */
static size_t *order_of_items(const struct als_relation *table,
                              const struct als_instrument *new_one)
{
    size_t *items = als_alloc_array(new_one->n_items, sizeof *items);
    size_t n = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        ptrdiff_t item = als_instrument_item(new_one, table->columns[i].name);
        if (item >= 0)
            items[n++] = (size_t)item;
    }
    for (size_t i = 0; i < new_one->n_items; i++) {
        if (als_relation_column(table, new_one->items[i].code) < 0)
            items[n++] = i;
    }
    return items;
}

static void rebuild(struct als_buf *sql, const struct als_relation *table,
                    const struct als_instrument *new_one)
{
    char fresh[ALS_RELATION_NAME + 8];
    struct als_buf columns;
    size_t *items = order_of_items(table, new_one);
    snprintf(fresh, sizeof fresh, "%s new", table->name);
    als_buf_init(&columns, ALS_BUF_LARGE);
    als_buf_printf(&columns, "\"%s\", change_id", table->key);
    for (size_t i = 0; i < table->n_columns; i++)
        als_buf_printf(&columns, ", \"%s\"", table->columns[i].name);
    add_table(sql, new_one, fresh, items);
    als_buf_printf(sql,
                   "INSERT INTO \"%s\" (%s) SELECT %s FROM \"%s\" ORDER BY \"%s\";\n"
                   "DROP TABLE \"%s\";\n"
                   "ALTER TABLE \"%s\" RENAME TO \"%s\";\n",
                   fresh, columns.data, columns.data, table->name, table->key, table->name, fresh,
                   table->name);
    als_buf_release(&columns);
    free(items);
}

static enum als_status check_references(struct als_store *store, const char *table,
                                        struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store, "SELECT rowid FROM pragma_foreign_key_check(?1) LIMIT 1", &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, table);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row)
        status = als_fail(err, ALS_DATA, "E-REFERENCE",
                          "%s: row %lld names a visit that is not in"
                          " the study",
                          table, (long long)sqlite3_column_int64(stmt, 0));
    als_sql_done(stmt);
    return status;
}

enum als_status als_ddl_alter(struct als_store *store, const struct als_instrument *old_one,
                              const struct als_instrument *new_one, struct als_err *err)
{
    char name[ALS_RELATION_NAME];
    struct als_relation *table;
    struct als_buf sql;
    als_relation_name("a", new_one, name);
    enum als_status status = als_relation_find(store, name, &table, err);
    if (status != ALS_OK)
        return status;
    als_buf_init(&sql, ALS_BUF_LARGE);
    drop_view(&sql, old_one);
    if (needs_rebuild(old_one, new_one))
        rebuild(&sql, table, new_one);
    else
        remake_scores(&sql, name, old_one, new_one);
    add_view(&sql, new_one);
    status = run(store, &sql, err);
    if (status == ALS_OK)
        status = check_references(store, name, err);
    return status == ALS_OK ? als_relation_refresh(store, table, err) : status;
}
