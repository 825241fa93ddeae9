/* Tables of the trail: their stored columns, and the statements that every one of them needs. */
#include <stdlib.h>
#include <string.h>

#include "store_int.h"

void als_relation_name(const char *prefix, const struct als_instrument *instrument,
                       char name[ALS_RELATION_NAME])
{
    snprintf(name, ALS_RELATION_NAME, "%s_%s", prefix, instrument->code);
    for (char *c = name; *c; c++) {
        if (*c == '-')
            *c = '_';
    }
}

/* The name, which is "quoted" in SQL, has passed the rules for codes; a quote in one would end the
 * identifier, so that it is refused here a second time. */
static const char *checked(const char *name)
{
    if (strchr(name, '"'))
        als_bug("identifier with a quote: %s", name);
    return name;
}

static enum als_column_type type_of(const char *declared)
{
    switch (declared[0]) {
    case 'I':
        return ALS_TYPE_INTEGER;
    case 'R':
        return ALS_TYPE_REAL;
    case 'B':
        return ALS_TYPE_BLOB;
    default:
        return ALS_TYPE_TEXT;
    }
}

static enum als_words words_of(const char *column)
{
    static const struct {
        const char *column;
        enum als_words words;
    } known[] = {{"patient_id", ALS_WORDS_PATIENT}, {"visit_id", ALS_WORDS_VISIT},
                 {"visit_no", ALS_WORDS_VISIT_NO},  {"assessment_id", ALS_WORDS_ASSESSMENT},
                 {"query_id", ALS_WORDS_QUERY},     {"step_id", ALS_WORDS_STEP}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(column, known[i].column) == 0)
            return known[i].words;
    }
    return ALS_WORDS_NONE;
}

/* What the key of a table stands for beyond what its own columns say. */
static enum als_words key_words_of(const char *key)
{
    enum als_words words = words_of(key);
    return words == ALS_WORDS_PATIENT || words == ALS_WORDS_VISIT_NO ? ALS_WORDS_NONE : words;
}

static void compose(struct als_relation *table, struct als_arena *arena)
{
    struct als_buf columns, marks, sets;
    als_buf_init(&columns, ALS_BUF_LARGE);
    als_buf_init(&marks, ALS_BUF_LARGE);
    als_buf_init(&sets, ALS_BUF_LARGE);
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *name = checked(table->columns[i].name);
        als_buf_printf(&columns, ", \"%s\"", name);
        als_buf_printf(&marks, ", ?%zu", i + 3);
        als_buf_printf(&sets, ", \"%s\" = ?%zu", name, i + 3);
    }
    const char *name = checked(table->name), *key = checked(table->key);
    table->select_one = als_arena_printf(
        arena, "SELECT change_id%s FROM main.\"%s\" WHERE \"%s\" = ?1", columns.data, name, key);
    table->select_all =
        als_arena_printf(arena, "SELECT \"%s\", change_id%s FROM main.\"%s\" ORDER BY \"%s\"", key,
                         columns.data, name, key);
    table->select_changed = als_arena_printf(
        arena, "SELECT \"%s\", change_id%s FROM main.\"%s\" WHERE change_id = ?1 ORDER BY \"%s\"",
        key, columns.data, name, key);
    table->insert_one =
        als_arena_printf(arena, "INSERT INTO main.\"%s\" (\"%s\", change_id%s) VALUES (?1, ?2%s)",
                         name, key, columns.data, marks.data);
    table->update_one = als_arena_printf(
        arena, "UPDATE main.\"%s\" SET change_id = ?2%s WHERE \"%s\" = ?1", name, sets.data, key);
    table->delete_one =
        als_arena_printf(arena, "DELETE FROM main.\"%s\" WHERE \"%s\" = ?1", name, key);
    table->next_id =
        als_arena_printf(arena, "SELECT ifnull(max(\"%s\"), 0) + 1 FROM main.\"%s\"", key, name);
    als_buf_release(&columns);
    als_buf_release(&marks);
    als_buf_release(&sets);
}

static enum als_status describe(struct als_store *store, struct als_relation *table,
                                struct als_err *err)
{
    struct als_arena *arena = store->relation_arena;
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store,
                       "SELECT name, type, pk, count(*) OVER () FROM pragma_table_xinfo(?1, 'main')"
                       " WHERE hidden = 0 ORDER BY cid",
                       &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, table->name);
    struct als_column *columns = NULL;
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        if (!columns)
            columns =
                als_arena_array(arena, (size_t)sqlite3_column_int64(stmt, 3), sizeof *columns);
        if (sqlite3_column_int(stmt, 2)) {
            table->key = als_arena_strdup(arena, name);
            table->key_words = key_words_of(name);
        } else if (strcmp(name, "change_id") == 0) {
            table->n_before_change = table->n_columns;
        } else {
            columns[table->n_columns++] = (struct als_column){
                als_arena_strdup(arena, name), type_of((const char *)sqlite3_column_text(stmt, 1)),
                words_of(name)};
        }
    }
    als_sql_done(stmt);
    if (status != ALS_OK)
        return status;
    if (!table->key)
        return als_fail(err, ALS_DATA, "E-DAMAGED", "%s: the study has no table %s", store->path,
                        table->name);
    table->columns = columns;
    compose(table, arena);
    return ALS_OK;
}

enum als_status als_relation_find(struct als_store *store, const char *name,
                                  struct als_relation **out, struct als_err *err)
{
    for (*out = store->relations; *out; *out = (*out)->next) {
        if (strcmp((*out)->name, name) == 0)
            return ALS_OK;
    }
    struct als_relation *table = als_arena_take(store->relation_arena, sizeof *table);
    table->name = als_arena_strdup(store->relation_arena, name);
    enum als_status status = describe(store, table, err);
    if (status != ALS_OK)
        return status;
    table->next = store->relations;
    store->relations = *out = table;
    return ALS_OK;
}

enum als_status als_relation_refresh(struct als_store *store, struct als_relation *table,
                                     struct als_err *err)
{
    table->key = NULL;
    table->n_columns = 0;
    return describe(store, table, err);
}

ptrdiff_t als_relation_column(const struct als_relation *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        if (strcmp(table->columns[i].name, name) == 0)
            return (ptrdiff_t)i;
    }
    return -1;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t als_relation_names(const struct als_store *store, struct als_arena *arena,
                          const char *const **names)
{
    static const char *const fixed[] = {"account",
                                        "adverse_event",
                                        "definition",
                                        "eligibility_answer",
                                        "event",
                                        "lock",
                                        "patient",
                                        "procedure",
                                        "query",
                                        "query_step",
                                        "rater",
                                        "redaction",
                                        "redaction_digest",
                                        "signature",
                                        "trail_key",
                                        "visit",
                                        "visit_code"};
    size_t n_fixed = sizeof fixed / sizeof fixed[0];
    const char **list = als_arena_array(arena, n_fixed + store->n_definitions, sizeof *list);
    memcpy(list, fixed, sizeof fixed);
    for (size_t i = 0; i < store->n_definitions; i++) {
        char name[ALS_RELATION_NAME];
        als_relation_name("a", store->definitions[i].instrument, name);
        list[n_fixed + i] = als_arena_strdup(arena, name);
    }
    size_t n = n_fixed + store->n_definitions;
    qsort(list, n, sizeof *list, compare_names);
    *names = list;
    return n;
}

void als_relations_forget(struct als_store *store)
{
    als_sql_forget(store);
    als_trail_forget(store);
    als_arena_free(store->relation_arena);
    store->relation_arena = als_arena_new();
    store->relations = NULL;
}
