/* Whatever single edit is made to the file behind the program's back, verify finds it. */
#include <sqlite3.h>

#include "alstrack/store/key.h"
#include "alstrack/store/lock.h"
#include "alstrack/store/people.h"
#include "alstrack/store/redact.h"
#include "alstrack/store/sign.h"
#include "store_int.h"
#include "study.h"

#define EDITS    240
#define PASSWORD "correct horse"

TestSuite(tamper, .timeout = 240);

static struct als_user root(struct study *study, struct als_arena *arena)
{
    struct als_err err = {.status = ALS_OK};
    struct als_user user;
    assert_ok(als_user_get(study->store, "root", arena, &user, &err), &err);
    return user;
}

static void put_row(struct study *study, const char *name, int64_t id,
                    const struct als_row_cell *cells)
{
    struct als_err err = {.status = ALS_OK};
    struct als_relation *table;
    assert_ok(als_relation_find(study->store, name, &table, &err), &err);
    assert_ok(als_row_put(study->store, table, &id, cells, false, NULL, &err), &err);
}

/* Something in every table that the trail covers. */
static void fill(struct study *study)
{
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    struct als_scope visit = {1, 1}, patient = {2, 0};
    struct als_signature signature;
    struct als_redact_target target = {
        .patient_id = 1, .record = "ae", .name = "1", .field = "term"};
    char key[400];
    size_t values;
    study_open(study);
    study_fill(study, 3);
    study_begin(study, "read again");
    study_add_alsfrsr(study, 2, "SCR", 18264, 2);
    int rater;
    assert_ok(als_store_add_rater(study->store, "Dr. Ota", &rater, &err), &err);
    study_commit(study);
    snprintf(key, sizeof key, "%s/trail.key", study->folder);
    assert_ok(als_key_make(key, &err), &err);
    study_begin(study, NULL);
    assert_ok(als_key_register(study->store, key, &err), &err);
    struct als_user admin = {.user = "root", .full_name = "Rosa Root", .role = ALS_ROLE_ADMIN};
    assert_ok(als_user_add(study->store, &admin, PASSWORD, &err), &err);
    study_commit(study);
    admin = root(study, arena);
    assert_ok(als_store_act_as(study->store, &admin, &err), &err);
    assert_ok(als_access_log(study->store, NULL, "export", "csv all into cohort", &err), &err);
    study_begin(study, "all kinds");
    struct als_user cora = {
        .user = "cora", .full_name = "Cora Koor", .role = ALS_ROLE_COORDINATOR, .sites = "PRG"};
    assert_ok(als_user_add(study->store, &cora, PASSWORD, &err), &err);
    assert_ok(als_sign(study->store, &patient, "reviewed", &signature, arena, &err), &err);
    const struct als_row_cell query[] = {als_cell_text("alsfrsr"), als_cell_integer(1),
                                         als_cell_text(NULL),      als_cell_text("speech"),
                                         als_cell_text("soft"),    als_cell_text("sure?"),
                                         als_cell_text("4"),       als_cell_integer(2)};
    const struct als_row_cell step[] = {als_cell_text("answered"), als_cell_text("yes"),
                                        als_cell_text(NULL)};
    const struct als_row_cell answer[] = {
        als_cell_integer(1),     als_cell_integer(1), als_cell_text("I1"), als_cell_text("yes"),
        als_cell_integer(18262), als_cell_text(NULL), als_cell_integer(1)};
    put_row(study, "query", 1 << 16 | 1, query);
    put_row(study, "query_step", (1 << 16 | 1) << 12 | 1, step);
    put_row(study, "eligibility_answer", 0, answer);
    study_commit(study);
    study_begin(study, "a name");
    assert_ok(als_redact(study->store, &target, &values, &err), &err);
    study_commit(study);
    study_begin(study, NULL);
    assert_ok(als_lock_put(study->store, &visit, NULL, &err), &err);
    study_commit(study);
    assert_ok(als_access_log(study->store, NULL, "backup", "copy.db", &err), &err);
    als_arena_free(arena);
}

/* ---- Edits ---- */

struct editor {
    sqlite3 *db;
    uint64_t state;
    char what[5000];
};

static uint64_t draw(struct editor *editor, uint64_t n)
{
    editor->state = editor->state * 6364136223846793005u + 1442695040888963407u;
    return (editor->state >> 33) % n;
}

/* One text from the file; "" when there is none. */
static void ask(struct editor *editor, const char *sql, char *out, size_t size)
{
    sqlite3_stmt *stmt;
    out[0] = '\0';
    cr_assert_eq(sqlite3_prepare_v2(editor->db, sql, -1, &stmt, NULL), SQLITE_OK, "%s: %s", sql,
                 sqlite3_errmsg(editor->db));
    if (sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_text(stmt, 0))
        snprintf(out, size, "%s", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
}

#define COVERED                                                                                    \
    "FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('draft', 'session', "                \
    "'login_attempt')"

static void pick_table(struct editor *editor, char table[64])
{
    char sql[300], n[24];
    ask(editor, "SELECT count(*) " COVERED, n, sizeof n);
    snprintf(sql, sizeof sql, "SELECT name " COVERED " ORDER BY name LIMIT 1 OFFSET %d",
             (int)draw(editor, (uint64_t)atoi(n)));
    ask(editor, sql, table, 64);
}

/* A stored column. Of tables whose key says nothing but which row it is, not the key. */
static void pick_column(struct editor *editor, const char *table, char column[64], char type[16])
{
    static const char of[] = "FROM pragma_table_xinfo('%s') WHERE hidden = 0 AND (pk = 0 OR '%s' IN"
                             " ('study', 'patient', 'visit', 'query', 'query_step', 'lock',"
                             " 'account', 'account_password', 'history', 'change_set', 'access'"
                             ") OR '%s' LIKE 'a\\_%%' ESCAPE '\\')";
    char sql[700], where[600], n[24];
    snprintf(where, sizeof where, of, table, table, table);
    snprintf(sql, sizeof sql, "SELECT count(*) %s", where);
    ask(editor, sql, n, sizeof n);
    int at = (int)draw(editor, (uint64_t)atoi(n));
    snprintf(sql, sizeof sql, "SELECT name %s LIMIT 1 OFFSET %d", where, at);
    ask(editor, sql, column, 64);
    snprintf(sql, sizeof sql, "SELECT type %s LIMIT 1 OFFSET %d", where, at);
    ask(editor, sql, type, 16);
}

static void write_edit(struct editor *editor, const char *table, const char *row)
{
    char column[64], type[16];
    const char *value;
    pick_column(editor, table, column, type);
    if (draw(editor, 6) == 0)
        value = "NULL";
    else if (type[0] == 'B')
        value = "randomblob(32)";
    else if (type[0] == 'T')
        value = "ifnull(\"%s\", '') || 'x'";
    else
        value = "ifnull(\"%s\", 0) + 1";
    char expression[200];
    snprintf(expression, sizeof expression, "%.30s", value);
    if (strchr(value, '%')) {
        const char *mark = strstr(value, "%s");
        snprintf(expression, sizeof expression, "%.*s%s%s", (int)(mark - value), value, column,
                 mark + 2);
    }
    snprintf(editor->what, sizeof editor->what,
             "UPDATE \"%s\" SET \"%s\" = %s WHERE %s AND \"%s\" IS NOT (%s)", table, column,
             expression, row, column, expression);
}

/* The same row once more, under another key. */
static void write_copy(struct editor *editor, const char *table, const char *key, const char *row)
{
    char sql[400], columns[2000];
    snprintf(sql, sizeof sql,
             "SELECT group_concat('\"' || name || '\"') FROM pragma_table_xinfo('%s')"
             " WHERE hidden = 0 AND pk = 0",
             table);
    ask(editor, sql, columns, sizeof columns);
    snprintf(editor->what, sizeof editor->what,
             "INSERT INTO \"%s\" (\"%s\", %s) SELECT \"%s\" + 7919, %s FROM \"%s\" WHERE %s", table,
             key, columns, key, columns, table, row);
}

/* Try one random edit, re-attribution, deletion or addition; false when it changes nothing or
 * SQLite refuses it. */
static bool edit(struct editor *editor)
{
    char table[64], sql[300], n[24], row[300], key[64];
    pick_table(editor, table);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s\"", table);
    ask(editor, sql, n, sizeof n);
    if (atoi(n) == 0)
        return false;
    snprintf(sql, sizeof sql, "SELECT name FROM pragma_table_info('%s') WHERE pk = 1", table);
    ask(editor, sql, key, sizeof key);
    snprintf(row, sizeof row, "\"%s\" = (SELECT \"%s\" FROM \"%s\" LIMIT 1 OFFSET %d)", key, key,
             table, (int)draw(editor, (uint64_t)atoi(n)));
    uint64_t kind = draw(editor, 6);
    if (kind == 0)
        write_copy(editor, table, key, row);
    else if (kind == 1)
        snprintf(editor->what, sizeof editor->what, "DELETE FROM \"%s\" WHERE %s", table, row);
    else
        write_edit(editor, table, row);
    return sqlite3_exec(editor->db, editor->what, NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_changes(editor->db) > 0;
}

/* The triggers step aside and come back as they were. */
static bool tamper(struct editor *editor)
{
    char drop[4000], make[12000];
    ask(editor,
        "SELECT group_concat('DROP TRIGGER ' || name, ';') FROM sqlite_schema"
        " WHERE type = 'trigger'",
        drop, sizeof drop);
    ask(editor, "SELECT group_concat(sql, ';') FROM sqlite_schema WHERE type = 'trigger'", make,
        sizeof make);
    cr_assert_eq(sqlite3_exec(editor->db, drop, NULL, NULL, NULL), SQLITE_OK);
    bool done = edit(editor);
    cr_assert_eq(sqlite3_exec(editor->db, make, NULL, NULL, NULL), SQLITE_OK, "%s",
                 sqlite3_errmsg(editor->db));
    return done;
}

static size_t findings_in(const char *path)
{
    struct als_err err = {.status = ALS_OK};
    struct als_store *store;
    size_t findings = 0;
    if (als_store_open(path, ALS_STORE_READ, &store, &err) != ALS_OK)
        return 1; /* refused is found */
    if (als_audit_verify(store, NULL, NULL, &findings, &err) != ALS_OK)
        findings = 1;
    als_store_close(store);
    return findings;
}

Test(tamper, every_single_edit_of_any_table_is_found)
{
    struct study study;
    struct editor editor = {.state = 20240301};
    char text[4096], copy[400], command[900];
    int done = 0;
    fill(&study);
    cr_assert_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    als_store_close(study.store);
    study.store = NULL;
    snprintf(copy, sizeof copy, "%s/copy.db", study.folder);
    snprintf(command, sizeof command, "cp '%s' '%s'", study.path, copy);
    while (done < EDITS) {
        cr_assert_eq(system(command), 0);
        cr_assert_eq(sqlite3_open(copy, &editor.db), SQLITE_OK);
        sqlite3_exec(editor.db, "PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON",
                     NULL, NULL, NULL);
        bool edited = tamper(&editor);
        sqlite3_close(editor.db);
        if (!edited)
            continue;
        done++;
        cr_expect_gt(findings_in(copy), 0, "not found: %s", editor.what);
    }
    study_close(&study);
}
