/*
 * Who acts, and what that person does not see: for an actor of some sites every table that speaks
 * of patients is covered by a temporary view of the same name that leaves the others out. SQLite
 * looks among temporary names first, so that whatever reads by a bare name obeys. What writes, and
 * the trail, which must cover everything, say main.NAME.
 */
#include <stdlib.h>
#include <string.h>

#include "people_int.h"

bool als_sites_hold(const char *sites, const char *site)
{
    if (!sites)
        return true;
    size_t length = site ? strlen(site) : 0;
    for (const char *at = sites; length;) {
        size_t n = strcspn(at, ";");
        if (n == length && memcmp(at, site, n) == 0)
            return true;
        if (!at[n])
            return false;
        at += n + 1;
    }
    return false;
}

const char *als_relation_patient_sql(const struct als_relation *table, struct als_arena *arena)
{
    int shift = als_words_shift(table->key_words);
    if (shift >= 0)
        return als_arena_printf(arena, "(\"%s\" >> %d)", table->key, shift);
    if (strcmp(table->name, "patient") == 0)
        return "patient_id";
    for (size_t i = 0; i < table->n_columns; i++) {
        shift = als_words_shift(table->columns[i].words);
        if (shift >= 0)
            return als_arena_printf(arena, "(\"%s\" >> %d)", table->columns[i].name, shift);
    }
    return NULL;
}

/* ---- Views ---- */

/* "SELECT patient_id FROM main.patient WHERE site IN (…)" */
static void write_patients(const char *sites, struct als_buf *out)
{
    als_buf_text(out, "SELECT patient_id FROM main.patient WHERE site IN (");
    for (const char *at = sites; *at;) {
        size_t n = strcspn(at, ";");
        als_buf_text(out, at == sites ? "'" : ", '");
        for (size_t i = 0; i < n; i++)
            als_buf_text(out, at[i] == '\'' ? "''" : (char[]){at[i], '\0'});
        als_buf_char(out, '\'');
        at += n + (at[n] == ';');
    }
    als_buf_char(out, ')');
}

static void cover(const char *name, const char *patient, bool may_be_null, const char *patients,
                  struct als_buf *sql)
{
    als_buf_printf(sql, "CREATE TEMP VIEW \"%s\" AS SELECT * FROM main.\"%s\" WHERE %s IN (%s)",
                   name, name, patient, patients);
    if (may_be_null)
        als_buf_printf(sql, " OR %s IS NULL", patient);
    als_buf_text(sql, ";\n");
}

static enum als_status write_views(struct als_store *store, const char *sites, struct als_buf *sql,
                                   struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    const char *const *names;
    size_t n = als_relation_names(store, arena, &names);
    struct als_buf patients;
    als_buf_init(&patients, ALS_BUF_LARGE);
    write_patients(sites, &patients);
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < n && status == ALS_OK; i++) {
        struct als_relation *table;
        status = als_relation_find(store, names[i], &table, err);
        const char *patient = status == ALS_OK ? als_relation_patient_sql(table, arena) : NULL;
        if (patient)
            cover(names[i], patient, table->key_words == ALS_WORDS_NONE, patients.data, sql);
    }
    cover("history", "patient_id", true, patients.data, sql);
    als_buf_release(&patients);
    als_arena_free(arena);
    return status;
}

/* Take away what covers tables now. */
static enum als_status uncover(struct als_store *store, struct als_err *err)
{
    struct als_buf sql;
    sqlite3_stmt *stmt;
    als_buf_init(&sql, ALS_BUF_LARGE);
    enum als_status status = als_sql_prepare(
        store, "SELECT name FROM sqlite_temp_schema WHERE type = 'view'", &stmt, err);
    bool row = false;
    while (status == ALS_OK && (status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row)
        als_buf_printf(&sql, "DROP VIEW temp.\"%s\";", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    if (status == ALS_OK && sql.length)
        status = als_sql_exec(store, sql.data, err);
    als_buf_release(&sql);
    free(store->covered);
    store->covered = NULL;
    return status;
}

/* Sites whose patients are seen; NULL = all. */
static const char *seen_sites(const struct als_store *store)
{
    if (!store->has_users)
        return NULL;
    return store->actor.id ? store->actor.sites : "";
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

enum als_status als_actor_cover(struct als_store *store, struct als_err *err)
{
    const char *sites = seen_sites(store);
    if (same_text(sites, store->covered))
        return ALS_OK;
    als_words_forget(store);
    enum als_status status = store->covered ? uncover(store, err) : ALS_OK;
    if (status != ALS_OK || !sites)
        return status;
    struct als_buf sql;
    als_buf_init(&sql, ALS_BUF_LARGE);
    status = write_views(store, sites, &sql, err);
    if (status == ALS_OK)
        status = als_sql_exec(store, sql.data, err);
    als_buf_release(&sql);
    if (status == ALS_OK)
        store->covered = als_strdup(sites);
    return status;
}

/* ---- The actor ---- */

bool als_store_has_users(const struct als_store *store)
{
    return store->has_users;
}

const struct als_user *als_store_actor(const struct als_store *store)
{
    return store->actor.id ? &store->actor : NULL;
}

static void set_actor(struct als_store *store, const struct als_user *user)
{
    struct als_arena *arena = als_arena_new(); /* user may live in the old one */
    struct als_user actor = {.id = 0};
    if (user) {
        actor = *user;
        actor.user = als_arena_strdup(arena, user->user);
        actor.full_name = als_arena_strdup(arena, user->full_name);
        actor.sites = als_arena_strdup(arena, user->sites);
    }
    als_arena_free(store->actor_arena);
    store->actor_arena = arena;
    store->actor = actor;
}

enum als_status als_store_act_as(struct als_store *store, const struct als_user *user,
                                 struct als_err *err)
{
    if (store->change.open)
        als_bug("the actor changes within a change set");
    if (user && (!store->has_users || user->disabled))
        return als_fail(err, ALS_NOT_PERMITTED, "E-LOGIN", "%s cannot act", user->user);
    set_actor(store, user);
    return als_actor_cover(store, err);
}

enum als_status als_actor_refresh(struct als_store *store, struct als_err *err)
{
    int64_t any = 0;
    enum als_status status =
        als_sql_integer(store, "SELECT EXISTS (SELECT 1 FROM main.account)", &any, err);
    if (status != ALS_OK)
        return status;
    store->has_users = any != 0;
    if (store->actor.id) {
        struct als_arena *arena = als_arena_new();
        struct als_user now;
        const char *ignored;
        status = als_account_read(store, store->actor.user, arena, &now, &ignored, err);
        bool same = status == ALS_OK && now.id == store->actor.id && !now.disabled &&
                    now.role == store->actor.role && same_text(now.sites, store->actor.sites);
        als_arena_free(arena);
        if (!same)
            set_actor(store, NULL);
    }
    return status == ALS_OK ? als_actor_cover(store, err) : status;
}

enum als_status als_store_open_again(const struct als_store *store, struct als_store **out,
                                     struct als_err *err)
{
    enum als_status status = als_store_open(store->path, ALS_STORE_READ, out, err);
    if (status != ALS_OK)
        return status;
    if (store->cut_day != INT_MAX)
        als_store_cut(*out, store->cut_day);
    if (store->actor.id)
        status = als_store_act_as(*out, &store->actor, err);
    if (status != ALS_OK) {
        als_store_close(*out);
        *out = NULL;
    }
    return status;
}
