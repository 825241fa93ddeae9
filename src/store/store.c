/* Creating, opening and closing a study. */
#include "alstrack/store/store.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <threads.h>
#include <unistd.h>

#include "ddl.h"
#include "migration.h"
#include "people_int.h"
#include "publish.h"

/* ---- Connection ---- */

static enum als_status check_file(const char *path, struct als_err *err)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        if (errno == EACCES)
            return als_fail(err, ALS_NOT_PERMITTED, "E-PERMISSION", "%s: %s", path,
                            strerror(errno));
        return als_fail(err, ALS_NO_INPUT, "E-NO-FILE", "%s: no such study", path);
    }
    if (S_ISDIR(info.st_mode))
        return als_fail(err, ALS_DATA, "E-NOT-A-STUDY", "%s: is a folder, not a study file", path);
    if (!S_ISREG(info.st_mode))
        return als_fail(err, ALS_DATA, "E-NOT-A-STUDY", "%s: is not a regular file", path);
    if (info.st_size == 0)
        return als_fail(err, ALS_DATA, "E-NOT-A-STUDY", "%s: is empty", path);
    if (access(path, R_OK) != 0)
        return als_fail(err, ALS_NOT_PERMITTED, "E-PERMISSION", "%s: %s", path, strerror(errno));
    return ALS_OK;
}

static enum als_status check_writable(const char *path, struct als_err *err)
{
    char *folder = als_strdup(path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    bool writable = access(path, W_OK) == 0 && access(slash ? folder : ".", W_OK) == 0;
    free(folder);
    if (writable)
        return ALS_OK;
    als_fail(err, ALS_NOT_PERMITTED, "E-PERMISSION", "%s: the study cannot be written", path);
    als_err_hint(err, "writing needs permission for the file and for its folder");
    return ALS_NOT_PERMITTED;
}

/* SQLite's own accounting takes a lock for every allocation; libsodium looks for the fastest hash.
 */
static void configure_libraries(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (sodium_init() < 0)
        als_bug("libsodium cannot be started");
}

static enum als_status connect(struct als_store *store, const char *path, int flags,
                               struct als_err *err)
{
    static once_flag configured = ONCE_FLAG_INIT;
    call_once(&configured, configure_libraries);
    int rc = sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                             NULL);
    if (rc != SQLITE_OK)
        return als_sql_fail(store, rc, err);
    sqlite3_busy_timeout(store->db, ALS_BUSY_MS);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    if (store->mode == ALS_STORE_READ)
        return ALS_OK;
    return als_sql_exec(store, "PRAGMA synchronous = FULL; PRAGMA recursive_triggers = ON", err);
}

static struct als_store *store_new(const char *path, enum als_store_mode mode)
{
    struct als_store *store = als_alloc(sizeof *store);
    store->path = als_strdup(path);
    store->mode = mode;
    store->cut_day = INT_MAX;
    memcpy(store->cut_text, "9999-12-31", sizeof store->cut_text);
    store->arena = als_arena_new();
    store->relation_arena = als_arena_new();
    store->visit_codes = als_alloc(sizeof *store->visit_codes);
    store->raters = als_alloc(sizeof *store->raters);
    return store;
}

static void disconnect(struct als_store *store)
{
    als_sql_forget(store);
    if (sqlite3_close(store->db) != SQLITE_OK)
        als_bug("a statement was left open");
    store->db = NULL;
}

void als_store_close(struct als_store *store)
{
    if (!store)
        return;
    if (store->db && store->change.open)
        als_change_abandon(store);
    disconnect(store);
    als_trail_forget(store);
    als_definitions_free(store);
    als_words_forget(store);
    als_guard_end(store);
    free(store->covered);
    als_arena_free(store->actor_arena);
    als_arena_free(store->relation_arena);
    als_arena_free(store->arena);
    free(store->visit_codes);
    free(store->raters);
    free(store->statements);
    free(store->path);
    free(store->uuid);
    free(store);
}

const char *als_store_path(const struct als_store *store)
{
    return store->path;
}

const char *als_store_uuid(const struct als_store *store)
{
    return store->uuid;
}

/* ---- Open ---- */

static enum als_status run_migrations(struct als_store *store, size_t from, struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = from; i < als_migration_count && status == ALS_OK; i++)
        status = als_sql_exec(store, als_migrations[i].text, err);
    return status;
}

/* Bring an older study to this version; another process may be doing the same. */
static enum als_status migrate(struct als_store *store, struct als_err *err)
{
    int64_t version = 0;
    if (store->mode != ALS_STORE_WRITE) {
        als_fail(err, ALS_NOT_PERMITTED, "E-OLDER", "%s: made by an older version", store->path);
        als_err_hint(err, "back it up, then open it once with a command that writes");
        return ALS_NOT_PERMITTED;
    }
    enum als_status status = als_sql_exec(store, "COMMIT; BEGIN IMMEDIATE", err);
    if (status == ALS_OK)
        status = als_sql_integer(store, "PRAGMA user_version", &version, err);
    if (status == ALS_OK)
        status = run_migrations(store, (size_t)version, err);
    return status;
}

/* SQLite notices a missing page, not a missing part of the last one. While the study is shared,
 * pages may still be in the log beside it. */
static enum als_status check_length(struct als_store *store, struct als_err *err)
{
    int64_t pages = 0, page_size = 0;
    struct stat info;
    enum als_status status = als_sql_integer(store, "PRAGMA page_count", &pages, err);
    if (status == ALS_OK)
        status = als_sql_integer(store, "PRAGMA page_size", &page_size, err);
    if (status == ALS_OK && stat(store->path, &info) == 0 && info.st_size < pages * page_size &&
        !als_store_is_shared(store))
        status = als_sql_fail(store, SQLITE_CORRUPT, err);
    return status;
}

static enum als_status check_version(struct als_store *store, struct als_err *err)
{
    int64_t application = 0, version = 0;
    enum als_status status = als_sql_integer(store, "PRAGMA application_id", &application, err);
    if (status == ALS_OK)
        status = als_sql_integer(store, "PRAGMA user_version", &version, err);
    if (status != ALS_OK)
        return status;
    if (application != ALS_APPLICATION_ID)
        return als_fail(err, ALS_DATA, "E-NOT-A-STUDY",
                        "%s: a database of another program, not a study", store->path);
    if (version < 0 || (size_t)version > als_migration_count) {
        als_fail(err, ALS_NOT_PERMITTED, "E-NEWER", "%s: made by a newer version of alstrack",
                 store->path);
        als_err_hint(err, "its format is %lld, this program knows up to %zu", (long long)version,
                     als_migration_count);
        return ALS_NOT_PERMITTED;
    }
    status = check_length(store, err);
    if (status == ALS_OK && (size_t)version < als_migration_count)
        status = migrate(store, err);
    return status;
}

static enum als_status load_uuid(struct als_store *store, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store, "SELECT value FROM study WHERE name = 'study_uuid'", &stmt, err);
    if (status != ALS_OK)
        return status;
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row)
        store->uuid = als_strdup((const char *)sqlite3_column_text(stmt, 0));
    else if (status == ALS_OK)
        status = als_sql_fail(store, SQLITE_CORRUPT, err);
    als_sql_done(stmt);
    return status;
}

/* One read transaction: a consistent picture, and the file cannot grow meanwhile. *rc is SQLite's
 * result on failure. */
static enum als_status load(struct als_store *store, int *rc, struct als_err *err)
{
    enum als_status status = als_sql_exec(store, "BEGIN", err);
    if (status == ALS_OK)
        status = check_version(store, err);
    if (status == ALS_OK)
        status = load_uuid(store, err);
    if (status == ALS_OK)
        status = als_definitions_load(store, err);
    if (status == ALS_OK)
        status = als_names_load(store, err);
    if (status == ALS_OK)
        status = als_sql_integer(store, "PRAGMA data_version", &store->data_version, err);
    if (status == ALS_OK)
        status = als_actor_refresh(store, err);
    if (status == ALS_OK)
        return als_sql_exec(store, "COMMIT", err);
    *rc = sqlite3_extended_errcode(store->db);
    if (!sqlite3_get_autocommit(store->db))
        als_sql_attempt(store, "ROLLBACK");
    return status;
}

/* A crash left a journal: only a connection that may write can roll it back. */
static bool needs_recovery(int rc)
{
    return rc == SQLITE_READONLY_ROLLBACK || rc == SQLITE_READONLY_RECOVERY ||
           rc == SQLITE_READONLY_CANTINIT;
}

/* A server that was killed left the study in write-ahead mode: one file again, if nobody uses it.
 */
static enum als_status settle(struct als_store *store, int flags, struct als_err *err)
{
    if (!als_store_is_shared(store))
        return ALS_OK;
    disconnect(store);
    enum als_status status = connect(store, store->path, SQLITE_OPEN_READWRITE, err);
    if (status == ALS_OK)
        als_store_unshare(store);
    if (flags == SQLITE_OPEN_READWRITE)
        return status;
    disconnect(store);
    return connect(store, store->path, flags, err);
}

static enum als_status open_store(struct als_store *store, struct als_err *err)
{
    int rc = SQLITE_OK;
    if (store->mode == ALS_STORE_WRITE) {
        enum als_status status = connect(store, store->path, SQLITE_OPEN_READWRITE, err);
        if (status == ALS_OK)
            status = settle(store, SQLITE_OPEN_READWRITE, err);
        return status == ALS_OK ? load(store, &rc, err) : status;
    }
    struct als_err first = {.status = ALS_OK};
    enum als_status status = connect(store, store->path, SQLITE_OPEN_READONLY, &first);
    if (status == ALS_OK)
        status = settle(store, SQLITE_OPEN_READONLY, &first);
    if (status == ALS_OK)
        status = load(store, &rc, &first);
    if (status != ALS_OK && needs_recovery(rc)) {
        disconnect(store);
        status = connect(store, store->path, SQLITE_OPEN_READWRITE, &first);
        if (status == ALS_OK)
            status = load(store, &rc, &first);
    }
    if (status != ALS_OK && err)
        *err = first;
    return status;
}

void als_store_watch(struct als_store *store, void (*tell)(double share, void *context),
                     void *context)
{
    store->watch = tell;
    store->watch_context = context;
}

void als_store_cut(struct als_store *store, int day)
{
    store->cut_day = day;
    als_day_format(day, store->cut_text);
}

enum als_status als_store_open(const char *path, enum als_store_mode mode, struct als_store **out,
                               struct als_err *err)
{
    *out = NULL;
    enum als_status status = check_file(path, err);
    if (status == ALS_OK && mode == ALS_STORE_WRITE)
        status = check_writable(path, err);
    if (status != ALS_OK)
        return status;
    struct als_store *store = store_new(path, mode);
    status = open_store(store, err);
    if (status == ALS_OK)
        *out = store;
    else
        als_store_close(store);
    return status;
}

/* ---- Create ---- */

static void make_uuid(char text[37])
{
    unsigned char b[16];
    char hex[33];
    sqlite3_randomness(sizeof b, b);
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    sodium_bin2hex(hex, sizeof hex, b, sizeof b);
    snprintf(text, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static enum als_status enter_facts(struct als_store *store, const struct als_protocol *protocol,
                                   struct als_err *err)
{
    char uuid[37];
    sqlite3_stmt *stmt;
    make_uuid(uuid);
    enum als_status status =
        als_sql_cached(store,
                       "INSERT INTO study (name, value) VALUES ('study_uuid', ?1),"
                       " ('protocol', ?2), ('created_utc', strftime('%Y-%m-%dT%H:%M:%fZ'))",
                       &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, uuid);
    als_bind_text(stmt, 2, protocol->code);
    return als_sql_run(store, stmt, err);
}

static enum als_status enter_definitions(struct als_store *store,
                                         const struct als_protocol *protocol,
                                         const struct als_instrument *const *instruments, size_t n,
                                         struct als_err *err)
{
    enum als_status status = als_definition_enter_protocol(store, protocol, 1, err);
    for (size_t i = 0; i < n && status == ALS_OK; i++) {
        status = als_definition_enter_instrument(store, instruments[i], 1, err);
        if (status == ALS_OK)
            status = als_ddl_create(store, instruments[i], err);
    }
    for (size_t i = 0; i < protocol->n_visits && status == ALS_OK; i++) {
        const struct als_visit_plan *visit = &protocol->visits[i];
        status = als_names_add_visit(store, (int)i + 1, visit->code, visit->label, err);
    }
    return status;
}

static enum als_status fill(struct als_store *store, const struct als_protocol *protocol,
                            const struct als_instrument *const *instruments, size_t n,
                            const struct als_change_info *info, struct als_err *err)
{
    enum als_status status = als_sql_exec(store, "BEGIN IMMEDIATE", err);
    if (status == ALS_OK)
        status = run_migrations(store, 0, err);
    if (status == ALS_OK)
        status = enter_facts(store, protocol, err);
    if (status == ALS_OK)
        status = als_change_start(store, info, err);
    if (status == ALS_OK)
        status = enter_definitions(store, protocol, instruments, n, err);
    if (status == ALS_OK)
        status = als_change_commit(store, NULL, err);
    return status;
}

enum als_status als_store_create(const char *path, const struct als_protocol *protocol,
                                 const struct als_instrument *const *instruments,
                                 size_t n_instruments, const struct als_change_info *info,
                                 struct als_err *err)
{
    char *temporary;
    enum als_status status = als_publish_begin(path, &temporary, err);
    if (status != ALS_OK)
        return status;
    struct als_store *store = store_new(path, ALS_STORE_WRITE);
    status = connect(store, temporary, SQLITE_OPEN_READWRITE, err);
    if (status == ALS_OK)
        status = fill(store, protocol, instruments, n_instruments, info, err);
    als_store_close(store);
    if (status == ALS_OK)
        status = als_publish_end(temporary, path, err);
    else
        als_publish_abandon(temporary);
    free(temporary);
    return status;
}
