/* Recomputing the trail: what is stored against what every change set says it did. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people_int.h"
#include "schema.h"

#define FLUSH ((size_t)64 * 1024)

/* Steps of one change set in the table at hand. */
struct tally {
    crypto_generichash_state *hash;
    int64_t steps;
};

/* One change set as recorded. */
struct recorded {
    int64_t change_id;
    char *who;    /* "2026-11-22T…Z, anna, import alsfrsr" */
    char *tables; /* the column */
    struct tally tally;
};

struct verify {
    struct als_store *store;
    const struct als_sink *sink;
    size_t findings;
    struct recorded *changes; /* ascending */
    size_t n_changes;
    const struct als_relation *table;
    /* Steps of one change set that came one after the other, hashed in one go. */
    struct als_buf run;
    struct recorded *run_of;
    int64_t stranger; /* change set of a row that is not recorded, reported once per table */
    struct als_seals *seals;
    char (*access)[2 * ALS_DIGEST_BYTES + 1]; /* [n_access]: digests of the log of access, from 1 */
    size_t n_access;
    struct stand_in {
        int64_t change_id;
        char *table, *line;
    } * stand_ins; /* for lines of change sets whose rows were redacted; the latest counts */
    size_t n_stand_ins;
};

__attribute__((format(printf, 4, 5))) static void find(struct verify *verify, const char *code,
                                                       const struct recorded *change,
                                                       const char *format, ...)
{
    struct als_buf text;
    va_list args;
    als_buf_init(&text, 2000);
    if (change)
        als_buf_printf(&text, "change set %lld (%s): ", (long long)change->change_id, change->who);
    va_start(args, format);
    als_buf_vprintf(&text, format, args);
    va_end(args);
    struct als_diag diag = {.severity = ALS_SEVERITY_ERROR,
                            .code = code,
                            .file = als_store_path(verify->store),
                            .what = text.data};
    als_diag_send(verify->sink, &diag);
    verify->findings++;
    als_buf_release(&text);
}

static struct recorded *lookup(const struct verify *verify, int64_t change_id)
{
    size_t low = 0, high = verify->n_changes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (verify->changes[middle].change_id < change_id)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < verify->n_changes && verify->changes[low].change_id == change_id;
    return found ? &verify->changes[low] : NULL;
}

/* ---- The chain ---- */

static const char *text_of(sqlite3_stmt *stmt, int column)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    return text ? text : "";
}

static bool same_digest(sqlite3_stmt *stmt, int column, const unsigned char *digest)
{
    return sqlite3_column_bytes(stmt, column) == ALS_DIGEST_BYTES &&
           memcmp(sqlite3_column_blob(stmt, column), digest, ALS_DIGEST_BYTES) == 0;
}

/* Numbers of als_change columns: see ALS_CHANGE_COLUMNS; digest comes after them. */
enum { ID, AT, USER, AUTHENTICATED, COMMAND, TABLES = 9, PARENT, DIGEST, SEAL, REASON, MARK };

static enum als_status one_change(struct verify *verify, sqlite3_stmt *stmt,
                                  unsigned char parent[ALS_DIGEST_BYTES], struct als_err *err)
{
    bool reason = true;
    unsigned char digest[ALS_DIGEST_BYTES];
    als_change_digest(stmt, digest);
    verify->changes =
        als_realloc_array(verify->changes, verify->n_changes + 1, sizeof *verify->changes);
    struct recorded *change = &verify->changes[verify->n_changes++];
    *change = (struct recorded){.change_id = sqlite3_column_int64(stmt, ID),
                                .who = als_asprintf("%s, %s, %s", text_of(stmt, AT),
                                                    text_of(stmt, USER), text_of(stmt, COMMAND)),
                                .tables = als_strdup(text_of(stmt, TABLES))};
    const enum als_status status = als_reason_check(
        verify->store, change->change_id, (const char *)sqlite3_column_text(stmt, REASON),
        sqlite3_column_blob(stmt, MARK), sqlite3_column_bytes(stmt, MARK), &reason, err);
    if (status == ALS_OK && (!same_digest(stmt, DIGEST, digest) || !reason))
        find(verify, "V-CHANGE", change, "its own record was edited");
    if (!same_digest(stmt, PARENT, parent))
        find(verify, "V-CHAIN", change,
             verify->n_changes == 1 ? "does not follow from the facts about the study"
                                    : "does not follow from the change set before it");
    const char *seal =
        sqlite3_column_bytes(stmt, DIGEST) == ALS_DIGEST_BYTES
            ? als_seal_check(verify->seals, change->change_id, sqlite3_column_blob(stmt, DIGEST),
                             sqlite3_column_blob(stmt, SEAL), sqlite3_column_bytes(stmt, SEAL))
            : NULL;
    if (seal)
        find(verify, "V-SEAL", change, "%s", seal);
    if (sqlite3_column_bytes(stmt, DIGEST) == ALS_DIGEST_BYTES)
        memcpy(parent, sqlite3_column_blob(stmt, DIGEST), ALS_DIGEST_BYTES);
    return status;
}

static enum als_status read_chain(struct verify *verify, const char *expected_head,
                                  struct als_err *err)
{
    unsigned char parent[ALS_DIGEST_BYTES];
    char hex[2 * ALS_DIGEST_BYTES + 1];
    bool row, seen = false;
    sqlite3_stmt *stmt;
    enum als_status status = als_change_genesis(verify->store, parent, err);
    if (status == ALS_OK)
        status = als_seals_load(verify->store, &verify->seals, err);
    if (status == ALS_OK)
        status = als_sql_prepare(verify->store,
                                 "SELECT " ALS_CHANGE_COLUMNS ", digest, seal, reason, reason_mark"
                                 " FROM main.change_set"
                                 " WHERE change_id <> ?1 ORDER BY change_id",
                                 &stmt, err);
    if (status != ALS_OK)
        return status;
    if (verify->store->change.open) /* which is not at its end yet */
        sqlite3_bind_int64(stmt, 1, verify->store->change.change_id);
    else
        sqlite3_bind_int64(stmt, 1, 0);
    while ((status = als_sql_step(verify->store, stmt, &row, err)) == ALS_OK && row) {
        status = one_change(verify, stmt, parent, err);
        if (status != ALS_OK)
            break;
        sodium_bin2hex(hex, sizeof hex, parent, sizeof parent);
        seen = seen || (expected_head && strcmp(hex, expected_head) == 0);
    }
    sqlite3_finalize(stmt);
    if (status == ALS_OK && als_seals_miss_the_key(verify->seals))
        find(verify, "V-SEAL", NULL, "no change set was ever sealed with this key");
    if (status == ALS_OK && verify->n_changes == 0)
        find(verify, "V-CHAIN", NULL, "the study has no change set");
    if (status == ALS_OK && expected_head && !seen)
        find(verify, "V-HEAD", NULL,
             "no change set has the digest %.64s: the trail was cut or made anew", expected_head);
    return status;
}

/* ---- Rows ---- */

static void flush(struct verify *verify)
{
    if (verify->run.length > 0)
        crypto_generichash_update(verify->run_of->tally.hash,
                                  (const unsigned char *)verify->run.data, verify->run.length);
    als_buf_clear(&verify->run);
}

static void on_step(int64_t change_id, const void *bytes, size_t n, void *context)
{
    struct verify *verify = context;
    struct recorded *change = verify->run_of;
    if (!change || change->change_id != change_id) {
        flush(verify);
        change = lookup(verify, change_id);
        if (!change) {
            if (verify->stranger != change_id)
                find(verify, "V-UNKNOWN", NULL, "%s: rows name change set %lld, which is not there",
                     verify->table->name, (long long)change_id);
            verify->stranger = change_id;
            return;
        }
        verify->run_of = change;
    }
    if (!change->tally.hash)
        change->tally.hash = als_hash_new();
    change->tally.steps++;
    als_buf_add(&verify->run, bytes, n);
    if (verify->run.length > FLUSH)
        flush(verify);
}

static void on_odd(int64_t change_id, const char *what, void *context)
{
    struct verify *verify = context;
    struct recorded *change = lookup(verify, change_id);
    find(verify, "V-HISTORY", change, "%s: %s", verify->table->name, what);
}

/* The line of a table in the column tables, or NULL. */
static const char *line_of(const char *tables, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = tables; line && *line;) {
        if (strncmp(line, name, length) == 0 && line[length] == ' ')
            return line;
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return NULL;
}

/* What the change set says of the table, or what stands for it since a redaction. */
static const char *expected_line(const struct verify *verify, const struct recorded *change,
                                 const char *name)
{
    for (size_t i = verify->n_stand_ins; i > 0; i--) {
        const struct stand_in *stand_in = &verify->stand_ins[i - 1];
        if (stand_in->change_id == change->change_id && strcmp(stand_in->table, name) == 0)
            return stand_in->line;
    }
    return line_of(change->tables, name);
}

static void compare(struct verify *verify, struct recorded *change)
{
    const char *name = verify->table->name;
    const char *line = expected_line(verify, change, name);
    unsigned char digest[ALS_DIGEST_BYTES];
    long long found = (long long)change->tally.steps;
    if (!line && !found)
        return;
    if (!line) {
        find(verify, "V-ROWS", change, "%s: %lld row%s attributed to it that it did not write",
             name, found, found == 1 ? " is" : "s are");
    } else {
        long long recorded = strtoll(line + strlen(name) + 1, NULL, 10);
        struct als_buf expected;
        als_buf_init(&expected, ALS_BUF_LARGE);
        if (found) {
            crypto_generichash_final(change->tally.hash, digest, sizeof digest);
            als_change_table_line(&expected, name, found, digest);
        }
        if (found != recorded)
            find(verify, "V-ROWS", change, "%s: it wrote %lld row%s, %lld %s found", name, recorded,
                 recorded == 1 ? "" : "s", found, found == 1 ? "is" : "are");
        else if (strncmp(line, expected.data, expected.length) != 0)
            find(verify, "V-ROWS", change, "%s: rows differ from what it wrote", name);
        als_buf_release(&expected);
    }
    free(change->tally.hash);
    change->tally = (struct tally){NULL, 0};
}

static enum als_status verify_table(struct verify *verify, const char *name, struct als_err *err)
{
    struct als_relation *table;
    enum als_status status = als_relation_find(verify->store, name, &table, err);
    if (status != ALS_OK)
        return status;
    verify->table = table;
    verify->run_of = NULL;
    verify->stranger = 0;
    struct als_rebuild rebuild = {.step = on_step, .odd = on_odd, .context = verify};
    status = als_rebuild_relation(verify->store, table, &rebuild, err);
    if (status != ALS_OK)
        return status;
    flush(verify);
    for (size_t i = 0; i < verify->n_changes; i++)
        compare(verify, &verify->changes[i]);
    return ALS_OK;
}

/* History and change sets may speak of tables that the study no longer has. */
static enum als_status check_table_names(struct verify *verify, const char *const *names, size_t n,
                                         struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(
        verify->store, "SELECT DISTINCT table_name FROM main.history ORDER BY table_name", &stmt,
        err);
    if (status != ALS_OK)
        return status;
    bool row;
    while ((status = als_sql_step(verify->store, stmt, &row, err)) == ALS_OK && row) {
        size_t i = 0;
        while (i < n && strcmp(names[i], text_of(stmt, 0)) != 0)
            i++;
        if (i == n)
            find(verify, "V-HISTORY", NULL, "history speaks of a table %s, which is not there",
                 text_of(stmt, 0));
    }
    als_sql_done(stmt);
    return status;
}

/* ---- Beside the tables ---- */

static enum als_status load_stand_ins(struct verify *verify, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(verify->store,
                       "SELECT of_change, table_name, line FROM main.redaction_digest"
                       " ORDER BY redaction_digest_id",
                       &stmt, err);
    bool row = false;
    while (status == ALS_OK && (status = als_sql_step(verify->store, stmt, &row, err)) == ALS_OK &&
           row) {
        verify->stand_ins = als_realloc_array(verify->stand_ins, verify->n_stand_ins + 1,
                                              sizeof *verify->stand_ins);
        verify->stand_ins[verify->n_stand_ins++] =
            (struct stand_in){sqlite3_column_int64(stmt, 0), als_strdup(text_of(stmt, 1)),
                              als_strdup(text_of(stmt, 2))};
    }
    return status;
}

static void on_access(int64_t id, const unsigned char digest[ALS_DIGEST_BYTES], void *context)
{
    struct verify *verify = context;
    (void)id;
    if ((verify->n_access & (verify->n_access - 1)) == 0)
        verify->access = als_realloc_array(
            verify->access, verify->n_access ? 2 * verify->n_access : 1, sizeof *verify->access);
    sodium_bin2hex(verify->access[verify->n_access++], sizeof *verify->access, digest,
                   ALS_DIGEST_BYTES);
}

static void on_odd_access(const char *what, void *context)
{
    find(context, "V-ACCESS", NULL, "%s", what);
}

/* Every change set says how the log of access ended then. */
static enum als_status check_access(struct verify *verify, struct als_err *err)
{
    enum als_status status =
        als_access_verify(verify->store, on_access, on_odd_access, verify, err);
    for (size_t i = 0; i < verify->n_changes && status == ALS_OK; i++) {
        const char *line = line_of(verify->changes[i].tables, "access");
        char *digest = NULL;
        long long id = line ? strtoll(line + strlen("access "), &digest, 10) : 0;
        if (line && (id < 1 || (size_t)id > verify->n_access ||
                     strncmp(digest + 1, verify->access[id - 1], sizeof *verify->access - 1) != 0))
            find(verify, "V-ACCESS", &verify->changes[i],
                 "the log of access is not what it was then");
    }
    return status;
}

/* account keeps a digest of each password hash; the hashes lie beside it. */
static enum als_status check_passwords(struct verify *verify, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_prepare(verify->store,
                        "SELECT user, password_mark, encoded FROM main.account"
                        " FULL JOIN main.account_password USING (account_id) ORDER BY user",
                        &stmt, err);
    if (status != ALS_OK)
        return status;
    bool row;
    while ((status = als_sql_step(verify->store, stmt, &row, err)) == ALS_OK && row) {
        char mark[65];
        als_password_mark(text_of(stmt, 2), mark);
        if (strcmp(mark, text_of(stmt, 1)) != 0)
            find(verify, "V-PASSWORD", NULL, "the password of %s was not set by this program",
                 sqlite3_column_type(stmt, 0) == SQLITE_NULL ? "nobody" : text_of(stmt, 0));
    }
    sqlite3_finalize(stmt);
    return status;
}

/* Rows of history are numbered without a gap, and a lock by what it locks. */
static enum als_status check_numbers(struct verify *verify, struct als_err *err)
{
    int64_t gaps = 0, locks = 0;
    enum als_status status = als_sql_integer(
        verify->store, "SELECT count(*) <> ifnull(max(history_id), 0) FROM main.history", &gaps,
        err);
    if (status == ALS_OK)
        status = als_sql_integer(verify->store,
                                 "SELECT count(*) FROM main.lock WHERE lock_id <> CASE WHEN"
                                 " patient_id IS NULL THEN 1 ELSE patient_id * 4096 +"
                                 " ifnull(visit_no, 0) END",
                                 &locks, err);
    if (status == ALS_OK && gaps)
        find(verify, "V-HISTORY", NULL, "history is numbered with a gap");
    if (status == ALS_OK && locks)
        find(verify, "V-ROWS", NULL, "lock: a lock is on something else than it says");
    return status;
}

static void on_schema(const char *what, void *context)
{
    find(context, "V-SCHEMA", NULL, "%s", what);
}

static enum als_status verify_all(struct verify *verify, const char *expected_head,
                                  struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    const char *const *names;
    size_t n = als_relation_names(verify->store, arena, &names);
    enum als_status status = read_chain(verify, expected_head, err);
    if (status == ALS_OK)
        status = als_words_load(verify->store, err);
    if (status == ALS_OK)
        status = load_stand_ins(verify, err);
    if (status == ALS_OK)
        status = check_access(verify, err);
    if (status == ALS_OK)
        status = check_passwords(verify, err);
    if (status == ALS_OK)
        status = check_numbers(verify, err);
    for (size_t i = 0; i < n && status == ALS_OK; i++)
        status = verify_table(verify, names[i], err);
    if (status == ALS_OK)
        status = check_table_names(verify, names, n, err);
    if (status == ALS_OK)
        status = als_schema_check(verify->store, on_schema, verify, err);
    als_arena_free(arena);
    return status;
}

enum als_status als_audit_verify(struct als_store *store, const char *expected_head,
                                 const struct als_sink *sink, size_t *findings, struct als_err *err)
{
    struct verify verify = {.store = store, .sink = sink};
    bool within = store->change.open;
    als_buf_init(&verify.run, ALS_BUF_LARGE);
    /* One picture of the study, whatever another process writes meanwhile. */
    enum als_status status = within ? ALS_OK : als_sql_exec(store, "BEGIN", err);
    if (status == ALS_OK) {
        als_words_forget(store);
        status = als_names_load(store, err);
        if (status == ALS_OK)
            status = verify_all(&verify, expected_head, err);
        if (!within)
            als_sql_attempt(store, "ROLLBACK");
    }
    for (size_t i = 0; i < verify.n_changes; i++) {
        free(verify.changes[i].who);
        free(verify.changes[i].tables);
        free(verify.changes[i].tally.hash);
    }
    for (size_t i = 0; i < verify.n_stand_ins; i++) {
        free(verify.stand_ins[i].table);
        free(verify.stand_ins[i].line);
    }
    free(verify.stand_ins);
    free(verify.access);
    als_seals_free(verify.seals);
    free(verify.changes);
    als_buf_release(&verify.run);
    *findings = verify.findings;
    return status;
}
