/* Logging in: back-off after failures, and sessions by token. */
#include <string.h>

#include "people_int.h"

#define FREE_FAILURES      4
#define FIRST_WAIT         30
#define LONGEST_WAIT       3600
#define ATTEMPTS_FORGOTTEN (24 * 60 * 60)

/* ---- Attempts ---- */

struct attempts {
    int64_t failures, until;
};

static enum als_status read_attempts(struct als_store *store, const char *user,
                                     struct attempts *out, struct als_err *err)
{
    sqlite3_stmt *stmt;
    *out = (struct attempts){0, 0};
    enum als_status status = als_sql_cached(
        store, "SELECT failures, until FROM main.login_attempt WHERE user = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, user);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row)
        *out = (struct attempts){sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1)};
    als_sql_done(stmt);
    return status;
}

static int64_t wait_after(int64_t failures)
{
    int64_t wait = FIRST_WAIT;
    if (failures <= FREE_FAILURES)
        return 0;
    for (int64_t i = FREE_FAILURES + 1; i < failures && wait < LONGEST_WAIT; i++)
        wait *= 2;
    return wait < LONGEST_WAIT ? wait : LONGEST_WAIT;
}

static enum als_status count_failure(struct als_store *writer, const char *user,
                                     struct als_err *err)
{
    struct attempts attempts;
    sqlite3_stmt *stmt;
    int64_t now = als_now_seconds();
    enum als_status status = read_attempts(writer, user, &attempts, err);
    if (status == ALS_OK)
        status = als_sql_cached(writer, "DELETE FROM main.login_attempt WHERE failed_at < ?1",
                                &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, now - ATTEMPTS_FORGOTTEN);
    status = als_sql_run(writer, stmt, err);
    if (status == ALS_OK)
        status = als_sql_cached(writer,
                                "INSERT INTO main.login_attempt VALUES (?1, ?2, ?3, ?4)"
                                " ON CONFLICT DO UPDATE SET failures = ?2, failed_at = ?3,"
                                " until = ?4",
                                &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, user);
    sqlite3_bind_int64(stmt, 2, attempts.failures + 1);
    sqlite3_bind_int64(stmt, 3, now);
    sqlite3_bind_int64(stmt, 4, now + wait_after(attempts.failures + 1));
    return als_sql_run(writer, stmt, err);
}

static enum als_status forget_failures(struct als_store *writer, const char *user,
                                       struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(writer, "DELETE FROM main.login_attempt WHERE user = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, user);
    return als_sql_run(writer, stmt, err);
}

/* ---- Checking a password ---- */

/* A failure is noted; that this is not possible where nothing can be written is no reason to let
 * anybody in, nor to keep anybody out. */
static void note_failure(struct als_store *store, const char *user)
{
    struct als_store *writer;
    if (als_writer_open(store, &writer, NULL) != ALS_OK)
        return;
    enum als_status status = als_sql_exec(writer, "BEGIN IMMEDIATE", NULL);
    if (status == ALS_OK)
        status = count_failure(writer, user, NULL);
    if (status == ALS_OK)
        status = als_access_append(writer, user, false, "login-failed", NULL, NULL);
    als_sql_attempt(writer, status == ALS_OK ? "COMMIT" : "ROLLBACK");
    als_writer_close(store, writer);
}

/* Better parameters have come in force since the password was set. */
static enum als_status renew(struct als_store *store, const struct als_user *user,
                             const char *password, struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    const char *encoded;
    struct als_change_info info = {.user = user->user,
                                   .authenticated = true,
                                   .command = "login",
                                   .reason = "password renewed"};
    struct als_user before = store->actor;
    enum als_status status = als_password_encode(password, arena, &encoded, err);
    store->actor = *user;
    if (status == ALS_OK)
        status = als_change_begin(store, &info, err);
    if (status == ALS_OK) {
        status = als_account_put_password(store, user->id, encoded, err);
        if (status == ALS_OK)
            status = als_change_commit(store, NULL, err);
        else
            als_change_abandon(store);
    }
    store->actor = before;
    als_arena_free(arena);
    return status;
}

static enum als_status must_wait(int64_t seconds, struct als_err *err)
{
    als_fail(err, ALS_NOT_PERMITTED, "E-WAIT", "too many failed attempts to log in");
    als_err_hint(err, "try again in %lld s", (long long)seconds);
    return ALS_NOT_PERMITTED;
}

enum als_status als_user_check(struct als_store *store, const char *user, const char *password,
                               struct als_arena *arena, struct als_user *out, struct als_err *err)
{
    struct attempts attempts;
    struct als_user found;
    const char *encoded;
    char name[65];
    snprintf(name, sizeof name, "%s", user);
    enum als_status status = read_attempts(store, name, &attempts, err);
    if (status == ALS_OK && attempts.until > als_now_seconds())
        return must_wait(attempts.until - als_now_seconds(), err);
    if (status == ALS_OK)
        status = als_account_read(store, name, arena, &found, &encoded, err);
    if (status != ALS_OK)
        return status;
    if (!als_password_is(encoded, password) || found.disabled) {
        note_failure(store, name);
        return als_fail(err, ALS_NOT_PERMITTED, "E-LOGIN", "unknown user or wrong password");
    }
    struct als_store *writer;
    bool old = als_password_is_old(encoded);
    if ((attempts.failures || old) && als_writer_open(store, &writer, NULL) == ALS_OK) {
        status = forget_failures(writer, name, err);
        if (status == ALS_OK && old)
            status = renew(writer, &found, password, err);
        als_writer_close(store, writer);
    }
    if (status == ALS_OK)
        *out = found;
    return status;
}

/* ---- Sessions ---- */

static void token_digest(const char *token, unsigned char digest[ALS_DIGEST_BYTES])
{
    crypto_generichash(digest, ALS_DIGEST_BYTES, (const unsigned char *)token, strlen(token), NULL,
                       0);
}

static enum als_status insert_session(struct als_store *writer, const char *token,
                                      int64_t account_id, struct als_err *err)
{
    unsigned char digest[ALS_DIGEST_BYTES];
    sqlite3_stmt *stmt;
    int64_t now = als_now_seconds();
    enum als_status status = als_sql_cached(
        writer, "DELETE FROM main.session WHERE opened < ?1 OR used < ?2", &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, now - ALS_SESSION_ABSOLUTE_SECONDS);
    sqlite3_bind_int64(stmt, 2, now - ALS_SESSION_IDLE_SECONDS);
    status = als_sql_run(writer, stmt, err);
    if (status == ALS_OK)
        status =
            als_sql_cached(writer, "INSERT INTO main.session VALUES (?1, ?2, ?3, ?3)", &stmt, err);
    if (status != ALS_OK)
        return status;
    token_digest(token, digest);
    sqlite3_bind_blob(stmt, 1, digest, sizeof digest, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, account_id);
    sqlite3_bind_int64(stmt, 3, now);
    return als_sql_run(writer, stmt, err);
}

enum als_status als_session_open(struct als_store *store, const char *user, const char *password,
                                 struct als_arena *arena, char token[ALS_TOKEN_TEXT],
                                 struct als_user *out, struct als_err *err)
{
    struct als_store *writer;
    enum als_status status = als_user_check(store, user, password, arena, out, err);
    if (status == ALS_OK)
        status = als_writer_open(store, &writer, err);
    if (status != ALS_OK)
        return status;
    unsigned char random[(ALS_TOKEN_TEXT - 1) / 2];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(token, ALS_TOKEN_TEXT, random, sizeof random);
    status = als_sql_exec(writer, "BEGIN IMMEDIATE", err);
    if (status == ALS_OK)
        status = insert_session(writer, token, out->id, err);
    if (status == ALS_OK)
        status = als_access_append(writer, out->user, true, "login", NULL, err);
    if (status == ALS_OK)
        status = als_sql_exec(writer, "COMMIT", err);
    if (status != ALS_OK)
        als_sql_attempt(writer, "ROLLBACK");
    als_writer_close(store, writer);
    return status;
}

static void note_use(struct als_store *store, const unsigned char digest[ALS_DIGEST_BYTES])
{
    struct als_store *writer;
    sqlite3_stmt *stmt;
    if (als_writer_open(store, &writer, NULL) != ALS_OK)
        return;
    if (als_sql_cached(writer, "UPDATE main.session SET used = ?2 WHERE token_digest = ?1", &stmt,
                       NULL) == ALS_OK) {
        sqlite3_bind_blob(stmt, 1, digest, ALS_DIGEST_BYTES, SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 2, als_now_seconds());
        (void)!als_sql_run(writer, stmt, NULL);
    }
    als_writer_close(store, writer);
}

/* The user of a session that is in force; *user NULL when there is none. */
static enum als_status find_session(struct als_store *store,
                                    const unsigned char digest[ALS_DIGEST_BYTES],
                                    struct als_arena *arena, const char **user, int64_t *used,
                                    struct als_err *err)
{
    sqlite3_stmt *stmt;
    int64_t now = als_now_seconds();
    *user = NULL;
    enum als_status status =
        als_sql_cached(store,
                       "SELECT user, used FROM main.session JOIN main.account USING (account_id)"
                       " WHERE token_digest = ?1 AND opened > ?2 AND used > ?3 AND disabled = 0",
                       &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_blob(stmt, 1, digest, ALS_DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, now - ALS_SESSION_ABSOLUTE_SECONDS);
    sqlite3_bind_int64(stmt, 3, now - ALS_SESSION_IDLE_SECONDS);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row) {
        *user = als_column_text(stmt, 0, arena);
        *used = sqlite3_column_int64(stmt, 1);
    }
    als_sql_done(stmt);
    return status;
}

enum als_status als_session_find(struct als_store *store, const char *token,
                                 struct als_arena *arena, struct als_user *out, struct als_err *err)
{
    unsigned char digest[ALS_DIGEST_BYTES];
    const char *user, *encoded;
    int64_t used = 0;
    token_digest(token, digest);
    enum als_status status = find_session(store, digest, arena, &user, &used, err);
    if (status == ALS_OK && !user) {
        als_fail(err, ALS_NOT_PERMITTED, "E-SESSION", "the session is over");
        als_err_hint(err, "log in again");
        return ALS_NOT_PERMITTED;
    }
    if (status == ALS_OK)
        status = als_account_read(store, user, arena, out, &encoded, err);
    if (status == ALS_OK && als_now_seconds() - used > 60)
        note_use(store, digest);
    return status;
}

enum als_status als_session_close(struct als_store *store, const char *token, struct als_err *err)
{
    unsigned char digest[ALS_DIGEST_BYTES];
    struct als_arena *arena = als_arena_new();
    struct als_store *writer = NULL;
    const char *user;
    int64_t used;
    sqlite3_stmt *stmt;
    token_digest(token, digest);
    enum als_status status = find_session(store, digest, arena, &user, &used, err);
    if (status == ALS_OK && user)
        status = als_writer_open(store, &writer, err);
    if (status == ALS_OK && user)
        status = als_sql_exec(writer, "BEGIN IMMEDIATE", err);
    if (status == ALS_OK && user)
        status =
            als_sql_cached(writer, "DELETE FROM main.session WHERE token_digest = ?1", &stmt, err);
    if (status == ALS_OK && user) {
        sqlite3_bind_blob(stmt, 1, digest, sizeof digest, SQLITE_STATIC);
        status = als_sql_run(writer, stmt, err);
    }
    if (status == ALS_OK && user)
        status = als_access_append(writer, user, true, "logout", NULL, err);
    if (status == ALS_OK && user)
        status = als_sql_exec(writer, "COMMIT", err);
    if (writer && status != ALS_OK)
        als_sql_attempt(writer, "ROLLBACK");
    als_writer_close(store, writer);
    als_arena_free(arena);
    return status;
}

enum als_status als_sessions_end(struct als_store *store, int64_t account_id, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store, "DELETE FROM main.session WHERE account_id = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, account_id);
    return als_sql_run(store, stmt, err);
}
