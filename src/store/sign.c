/* Signatures, and the digest of what they are under. */
#include "alstrack/store/sign.h"

#include <string.h>

#include "people_int.h"

/* ---- What a scope holds ---- */

/* "SELECT key, change_id, columns … WHERE" for the rows of a scope, or NULL if the table has none
 * of it. ?1 and ?2: range of keys, or patient_id and visit. */
static const char *scope_sql(const struct als_relation *table, const struct als_scope *scope,
                             struct als_arena *arena)
{
    const char *patient = als_relation_patient_sql(table, arena);
    struct als_buf sql;
    als_buf_init(&sql, ALS_BUF_LARGE);
    als_buf_printf(&sql, "SELECT \"%s\", change_id", table->key);
    const char *visit = NULL;
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct als_column *column = &table->columns[i];
        als_buf_printf(&sql, ", \"%s\"", column->name);
        if (column->words == ALS_WORDS_VISIT)
            visit = als_arena_printf(arena, "(\"%s\" & %d)", column->name, ALS_KEY_MASK);
        if (column->words == ALS_WORDS_ASSESSMENT)
            visit = als_arena_printf(arena, "(\"%s\" >> %d & %d)", column->name, ALS_KEY_SHIFT,
                                     ALS_KEY_MASK);
        if (column->words == ALS_WORDS_VISIT_NO)
            visit = als_arena_printf(arena, "\"%s\"", column->name);
    }
    als_buf_printf(&sql, " FROM main.\"%s\" WHERE ", table->name);
    bool whole = !scope->visit_no;
    if (table->key_words != ALS_WORDS_NONE)
        als_buf_printf(&sql, "\"%s\" BETWEEN ?1 AND ?2", table->key);
    else if (!scope->patient_id)
        als_buf_text(&sql, "?1 <= ?2");
    else if (whole)
        als_buf_printf(&sql, "%s = ?1", patient);
    else
        als_buf_printf(&sql, "%s = ?1 AND %s = ?2", patient, visit ? visit : "NULL");
    als_buf_printf(&sql, " ORDER BY \"%s\"", table->key);
    const char *text = als_arena_strdup(arena, sql.data);
    als_buf_release(&sql);
    return text;
}

static void bind_scope(sqlite3_stmt *stmt, const struct als_relation *table,
                       const struct als_scope *scope)
{
    if (table->key_words == ALS_WORDS_NONE) {
        sqlite3_bind_int64(stmt, 1, scope->patient_id);
        sqlite3_bind_int64(stmt, 2, scope->visit_no);
        return;
    }
    int shift = table->key_words == ALS_WORDS_ASSESSMENT ? ALS_KEY_SHIFT : 0;
    int64_t first = als_key_visit(scope->patient_id, scope->visit_no);
    int64_t last = scope->visit_no     ? first
                   : scope->patient_id ? als_key_visit(scope->patient_id, ALS_KEY_MASK)
                                       : als_key_visit(ALS_PATIENT_MAX, ALS_KEY_MASK);
    sqlite3_bind_int64(stmt, 1, first << shift);
    sqlite3_bind_int64(stmt, 2, ((last + 1) << shift) - 1);
}

struct content {
    struct als_store *store;
    const struct als_scope *scope;
    crypto_generichash_state hash;
    int64_t rows;
    int64_t since, touched; /* earliest change set after `since` that wrote a row */
};

static void add_row(struct content *content, const struct als_relation *table, sqlite3_stmt *stmt,
                    struct als_row_cell *cells, struct als_buf *bytes)
{
    int64_t change_id = sqlite3_column_int64(stmt, 1);
    als_cells_from_row(table, stmt, 2, cells);
    als_buf_clear(bytes);
    als_buf_text(bytes, table->name);
    als_buf_char(bytes, '\0');
    als_canon_cells(content->store, table, sqlite3_column_int64(stmt, 0), cells, bytes);
    crypto_generichash_update(&content->hash, (const unsigned char *)bytes->data, bytes->length);
    content->rows++;
    if (change_id > content->since && (!content->touched || change_id < content->touched))
        content->touched = change_id;
}

static enum als_status add_table(struct content *content, const char *name, struct als_arena *arena,
                                 struct als_err *err)
{
    struct als_relation *table;
    sqlite3_stmt *stmt;
    enum als_status status = als_relation_find(content->store, name, &table, err);
    if (status != ALS_OK || !als_relation_is_record(table))
        return status;
    status = als_sql_prepare(content->store, scope_sql(table, content->scope, arena), &stmt, err);
    if (status != ALS_OK)
        return status;
    bind_scope(stmt, table, content->scope);
    struct als_row_cell *cells = als_arena_array(arena, table->n_columns, sizeof *cells);
    struct als_buf bytes;
    als_buf_init(&bytes, ALS_BUF_LARGE);
    bool row;
    while ((status = als_sql_step(content->store, stmt, &row, err)) == ALS_OK && row)
        add_row(content, table, stmt, cells, &bytes);
    sqlite3_finalize(stmt);
    als_buf_release(&bytes);
    return status;
}

static enum als_status add_all(struct content *content, struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    const char *const *names;
    size_t n = als_relation_names(content->store, arena, &names);
    enum als_status status = ALS_OK;
    crypto_generichash_init(&content->hash, NULL, 0, ALS_DIGEST_BYTES);
    for (size_t i = 0; i < n && status == ALS_OK; i++)
        status = add_table(content, names[i], arena, err);
    als_arena_free(arena);
    return status;
}

static void finish(struct content *content, char hex[65])
{
    unsigned char digest[ALS_DIGEST_BYTES];
    crypto_generichash_final(&content->hash, digest, sizeof digest);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
}

enum als_status als_scope_digest(struct als_store *store, const struct als_scope *scope,
                                 char hex[65], struct als_err *err)
{
    struct content content = {.store = store, .scope = scope};
    enum als_status status = add_all(&content, err);
    if (status == ALS_OK)
        finish(&content, hex);
    return status;
}

/* ---- Signing ---- */

enum als_status als_may_sign(struct als_store *store, const struct als_scope *scope,
                             struct als_err *err)
{
    if (!store->has_users) {
        als_fail(err, ALS_NOT_PERMITTED, "E-NO-USERS", "a signature needs users with passwords");
        als_err_hint(err, "'alstrack user add' enters the first, an admin");
        return ALS_NOT_PERMITTED;
    }
    enum als_status status = als_may(store, ALS_ACT_SIGN, scope->patient_id, err);
    if (status == ALS_OK && !scope->patient_id && store->actor.sites)
        status = als_fail(err, ALS_NOT_PERMITTED, "E-SITE",
                          "the study holds more than the sites of %s", store->actor.user);
    return status;
}

static enum als_status check(struct als_store *store, const struct als_scope *scope,
                             const char *meaning, struct als_err *err)
{
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK)
        status = als_may_sign(store, scope, err);
    return status == ALS_OK ? als_check_name("meaning", meaning, 500, err) : status;
}

enum als_status als_sign(struct als_store *store, const struct als_scope *scope,
                         const char *meaning, struct als_signature *out, struct als_arena *arena,
                         struct als_err *err)
{
    struct als_relation *table;
    struct content content = {.store = store, .scope = scope};
    char at_utc[32], hex[65];
    enum als_status status = check(store, scope, meaning, err);
    if (status == ALS_OK)
        status = add_all(&content, err);
    if (status == ALS_OK && content.rows == 0)
        status = als_fail(err, ALS_NO_INPUT, "E-NOTHING", "%s holds nothing to sign",
                          als_scope_text(store, scope, arena));
    if (status == ALS_OK)
        status = als_relation_find(store, "signature", &table, err);
    if (status != ALS_OK)
        return status;
    finish(&content, hex);
    als_now_utc(at_utc);
    int64_t id = 0;
    struct als_row_cell cells[] = {als_cell_integer(scope->patient_id),
                                   als_cell_integer(scope->visit_no),
                                   als_cell_text(store->actor.user),
                                   als_cell_text(store->actor.full_name),
                                   als_cell_text(at_utc),
                                   als_cell_text(meaning),
                                   als_cell_text(hex)};
    if (!scope->patient_id)
        cells[0] = als_cell_text(NULL);
    if (!scope->visit_no)
        cells[1] = als_cell_text(NULL);
    status = als_row_put(store, table, &id, cells, false, NULL, err);
    if (status == ALS_OK)
        *out = (struct als_signature){.id = id,
                                      .scope = *scope,
                                      .user = als_arena_strdup(arena, store->actor.user),
                                      .full_name = als_arena_strdup(arena, store->actor.full_name),
                                      .at_utc = als_arena_strdup(arena, at_utc),
                                      .meaning = als_arena_strdup(arena, meaning),
                                      .digest_hex = als_arena_strdup(arena, hex),
                                      .change_id = store->change.change_id,
                                      .valid = true};
    return status;
}

/* ---- Reading ---- */

/* The earliest change set after the signature's that changed, removed or redacted a row of its
 * scope; rows entered since are found with the content. */
static enum als_status first_touch(struct als_store *store, const struct als_signature *signature,
                                   int64_t *change_id, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(
        store,
        "SELECT min(change_id) FROM (SELECT change_id, patient_id FROM main.history UNION ALL"
        " SELECT change_id, patient_id FROM main.redaction)"
        " WHERE change_id > ?1 AND (?2 = 0 OR patient_id = ?2)",
        &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, signature->change_id);
    sqlite3_bind_int64(stmt, 2, signature->scope.patient_id);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row)
        *change_id = sqlite3_column_int64(stmt, 0);
    als_sql_done(stmt);
    return status;
}

static enum als_status check_one(struct als_store *store, struct als_signature *signature,
                                 struct als_err *err)
{
    struct content content = {
        .store = store, .scope = &signature->scope, .since = signature->change_id};
    char hex[65];
    int64_t touched = 0;
    enum als_status status = add_all(&content, err);
    if (status != ALS_OK)
        return status;
    finish(&content, hex);
    signature->valid = strcmp(hex, signature->digest_hex) == 0;
    if (signature->valid)
        return ALS_OK;
    status = content.touched ? ALS_OK : first_touch(store, signature, &touched, err);
    signature->broken_by = content.touched ? content.touched : touched;
    return status;
}

static struct als_signature read_signature(sqlite3_stmt *stmt, struct als_arena *arena)
{
    return (struct als_signature){.id = sqlite3_column_int64(stmt, 0),
                                  .scope = {.patient_id = sqlite3_column_int64(stmt, 1),
                                            .visit_no = sqlite3_column_int(stmt, 2)},
                                  .user = als_column_text(stmt, 3, arena),
                                  .full_name = als_column_text(stmt, 4, arena),
                                  .at_utc = als_column_text(stmt, 5, arena),
                                  .meaning = als_column_text(stmt, 6, arena),
                                  .digest_hex = als_column_text(stmt, 7, arena),
                                  .change_id = sqlite3_column_int64(stmt, 8)};
}

enum als_status als_signature_load(struct als_store *store, int64_t patient_id,
                                   struct als_arena *arena, struct als_signature_list *out,
                                   struct als_err *err)
{
    int64_t count = 0;
    sqlite3_stmt *stmt;
    *out = (struct als_signature_list){NULL, 0};
    enum als_status status = als_sql_integer(store, "SELECT count(*) FROM signature", &count, err);
    if (status == ALS_OK)
        status = als_sql_prepare(store,
                                 "SELECT signature_id, ifnull(patient_id, 0), ifnull(visit_no, 0),"
                                 " user, full_name, at_utc, meaning, digest, change_id"
                                 " FROM signature WHERE ?1 = 0 OR patient_id = ?1"
                                 " ORDER BY signature_id",
                                 &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, patient_id);
    out->items = als_arena_array(arena, (size_t)count, sizeof *out->items);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row &&
           out->count < (size_t)count)
        out->items[out->count++] = read_signature(stmt, arena);
    sqlite3_finalize(stmt);
    for (size_t i = 0; i < out->count && status == ALS_OK; i++)
        status = check_one(store, &out->items[i], err);
    return status;
}
