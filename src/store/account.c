/* Users: entering, changing, reading. */
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/utf8.h"
#include "people_int.h"

/* Columns of the table account in order. */
enum { USER, FULL_NAME, ROLE, SITES, DISABLED, MARK, N_COLUMNS };

#define COLUMNS "account_id, user, full_name, role, sites, disabled"

/* ---- Reading ---- */

static enum als_status read_account(struct als_store *store, sqlite3_stmt *stmt,
                                    struct als_arena *arena, struct als_user *out,
                                    struct als_err *err)
{
    *out = (struct als_user){.id = sqlite3_column_int64(stmt, 0),
                             .user = als_column_text(stmt, 1, arena),
                             .full_name = als_column_text(stmt, 2, arena),
                             .sites = als_column_text(stmt, 4, arena),
                             .disabled = sqlite3_column_int(stmt, 5)};
    const char *role = (const char *)sqlite3_column_text(stmt, 3);
    if (!role || !als_role_parse(role, &out->role))
        return als_fail(err, ALS_DATA, "E-DAMAGED", "%s: %s has no known role", store->path,
                        out->user);
    return ALS_OK;
}

enum als_status als_account_read(struct als_store *store, const char *user, struct als_arena *arena,
                                 struct als_user *out, const char **encoded, struct als_err *err)
{
    sqlite3_stmt *stmt;
    *out = (struct als_user){.id = 0};
    *encoded = NULL;
    enum als_status status =
        als_sql_cached(store,
                       "SELECT " COLUMNS ", encoded FROM main.account"
                       " LEFT JOIN main.account_password USING (account_id) WHERE user = ?1",
                       &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, user);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row) {
        status = read_account(store, stmt, arena, out, err);
        *encoded = als_column_text(stmt, 6, arena);
    }
    als_sql_done(stmt);
    return status;
}

enum als_status als_user_load(struct als_store *store, struct als_arena *arena,
                              struct als_user_list *out, struct als_err *err)
{
    int64_t count = 0;
    sqlite3_stmt *stmt;
    *out = (struct als_user_list){NULL, 0};
    enum als_status status =
        als_sql_integer(store, "SELECT count(*) FROM main.account", &count, err);
    if (status == ALS_OK)
        status = als_sql_prepare(store, "SELECT " COLUMNS " FROM main.account ORDER BY user", &stmt,
                                 err);
    if (status != ALS_OK)
        return status;
    out->items = als_arena_array(arena, (size_t)count, sizeof *out->items);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row &&
           out->count < (size_t)count && status == ALS_OK)
        status = read_account(store, stmt, arena, &out->items[out->count++], err);
    sqlite3_finalize(stmt);
    return status;
}

static enum als_status unknown(struct als_store *store, const char *name, struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    struct als_user_list list;
    als_fail(err, ALS_NO_INPUT, "E-USER", "%s: no such user", name);
    if (als_user_load(store, arena, &list, NULL) == ALS_OK) {
        const char **names = als_arena_array(arena, list.count, sizeof *names);
        for (size_t i = 0; i < list.count; i++)
            names[i] = list.items[i].user;
        const char *nearest = als_nearest(name, names, list.count);
        if (nearest)
            als_err_hint(err, "did you mean %s?", nearest);
    }
    als_arena_free(arena);
    return ALS_NO_INPUT;
}

enum als_status als_user_get(struct als_store *store, const char *user, struct als_arena *arena,
                             struct als_user *out, struct als_err *err)
{
    const char *encoded;
    enum als_status status = als_account_read(store, user, arena, out, &encoded, err);
    return status == ALS_OK && !out->id ? unknown(store, user, err) : status;
}

/* ---- Checking ---- */

static enum als_status check_site(const struct als_protocol *protocol, const char *site,
                                  struct als_err *err)
{
    const char **codes = als_alloc_array(protocol->n_sites, sizeof *codes);
    for (size_t i = 0; i < protocol->n_sites; i++)
        codes[i] = protocol->sites[i].code;
    enum als_status status = als_check_name("site", site, 64, err);
    if (status == ALS_OK && protocol->n_sites)
        status = als_check_choice("site", site, codes, protocol->n_sites, err);
    free((void *)codes);
    return status;
}

static enum als_status check_sites(const struct als_store *store, const struct als_user *user,
                                   struct als_err *err)
{
    const char *sites = als_or_missing(user->sites);
    enum als_status status = ALS_OK;
    if (!sites && user->role == ALS_ROLE_COORDINATOR) {
        als_fail(err, ALS_DATA, "E-SITES", "a coordinator belongs to one or more sites");
        als_err_hint(err, "--site SITE, once for each");
        return ALS_DATA;
    }
    if (sites && (user->role == ALS_ROLE_ADMIN || user->role == ALS_ROLE_DATA_MANAGER))
        return als_fail(err, ALS_DATA, "E-SITES", "%s sees all sites", als_role_name(user->role));
    while (sites && status == ALS_OK) {
        size_t n = strcspn(sites, ";");
        char *site = als_strndup(sites, n);
        status = check_site(store->protocol, site, err);
        free(site);
        sites = sites[n] ? sites + n + 1 : NULL;
    }
    return status;
}

static enum als_status check(const struct als_store *store, const struct als_user *user,
                             struct als_err *err)
{
    enum als_status status = als_check_name("user", user->user, 64, err);
    if (status == ALS_OK)
        status = als_check_name("full name", user->full_name, 200, err);
    return status == ALS_OK ? check_sites(store, user, err) : status;
}

/* Somebody must be left who can manage users. */
static enum als_status check_last_admin(struct als_store *store, const struct als_user *user,
                                        struct als_err *err)
{
    int64_t others = 0;
    sqlite3_stmt *stmt;
    if (user->role == ALS_ROLE_ADMIN && !user->disabled)
        return ALS_OK;
    enum als_status status = als_sql_cached(store,
                                            "SELECT count(*) FROM main.account WHERE role = 'admin'"
                                            " AND disabled = 0 AND user <> ?1",
                                            &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, user->user);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row)
        others = sqlite3_column_int64(stmt, 0);
    als_sql_done(stmt);
    if (status == ALS_OK && others == 0)
        status =
            als_fail(err, ALS_DATA, "E-LAST-ADMIN",
                     "%s is the last admin: somebody must be able to manage users", user->user);
    return status;
}

/* ---- Writing ---- */

static void fill(struct als_row_cell cells[N_COLUMNS], const struct als_user *user,
                 const char *mark)
{
    cells[USER] = als_cell_text(user->user);
    cells[FULL_NAME] = als_cell_text(user->full_name);
    cells[ROLE] = als_cell_text(als_role_name(user->role));
    cells[SITES] = als_cell_text(als_or_missing(user->sites));
    cells[DISABLED] = als_cell_integer(user->disabled);
    cells[MARK] = als_cell_when(mark != NULL, als_cell_text(mark));
}

static enum als_status put_encoded(struct als_store *store, int64_t account_id, const char *encoded,
                                   struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(store,
                                            "INSERT INTO main.account_password VALUES (?1, ?2)"
                                            " ON CONFLICT DO UPDATE SET encoded = ?2",
                                            &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, account_id);
    als_bind_text(stmt, 2, encoded);
    status = als_sql_run(store, stmt, err);
    store->change.broken = store->change.broken || status != ALS_OK;
    return status;
}

static bool look_alike(const char *a, const char *b)
{
    struct als_buf left, right;
    als_buf_init(&left, 1000);
    als_buf_init(&right, 1000);
    als_utf8_fold(&left, a, strlen(a));
    als_utf8_fold(&right, b, strlen(b));
    const bool same = strcmp(left.data, right.data) == 0;
    als_buf_release(&left);
    als_buf_release(&right);
    return same;
}

static enum als_status check_new(struct als_store *store, const struct als_user *user,
                                 struct als_err *err)
{
    struct als_user_list list;
    struct als_arena *arena = als_arena_new();
    enum als_status status = als_user_load(store, arena, &list, err);
    if (status == ALS_OK && list.count == 0 && (user->role != ALS_ROLE_ADMIN || user->disabled)) {
        status = als_fail(err, ALS_DATA, "E-FIRST", "the first user must be an admin");
        als_err_hint(err, "who then adds the others");
    }
    for (size_t i = 0; i < list.count && status == ALS_OK; i++)
        if (strcmp(list.items[i].user, user->user) == 0)
            status =
                als_fail(err, ALS_DATA, "E-EXISTS", "%s: there is such a user already", user->user);
        else if (look_alike(list.items[i].user, user->user))
            status = als_fail(err, ALS_DATA, "E-LOOK-ALIKE", "%s: looks like the user %s",
                              user->user, list.items[i].user);
    als_arena_free(arena);
    return status;
}

enum als_status als_user_add(struct als_store *store, struct als_user *user, const char *password,
                             struct als_err *err)
{
    struct als_relation *table;
    struct als_row_cell cells[N_COLUMNS];
    char mark[65];
    const char *encoded;
    struct als_arena *arena = als_arena_new();
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK)
        status = als_may(store, ALS_ACT_USERS, 0, err);
    if (status == ALS_OK)
        status = check(store, user, err);
    if (status == ALS_OK)
        status = check_new(store, user, err);
    if (status == ALS_OK)
        status = als_password_encode(password, arena, &encoded, err);
    if (status == ALS_OK)
        status = als_relation_find(store, "account", &table, err);
    if (status == ALS_OK) {
        als_password_mark(encoded, mark);
        fill(cells, user, mark);
        user->id = 0;
        status = als_row_put(store, table, &user->id, cells, false, NULL, err);
    }
    if (status == ALS_OK)
        status = put_encoded(store, user->id, encoded, err);
    als_arena_free(arena);
    return status;
}

enum als_status als_user_edit(struct als_store *store, const struct als_user *user,
                              enum als_put *what, struct als_err *err)
{
    struct als_relation *table;
    struct als_row_cell cells[N_COLUMNS];
    struct als_user stored;
    enum als_put put = ALS_PUT_SAME;
    struct als_arena *arena = als_arena_new();
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK)
        status = als_may(store, ALS_ACT_USERS, 0, err);
    if (status == ALS_OK)
        status = als_user_get(store, user->user, arena, &stored, err);
    if (status == ALS_OK)
        status = check(store, user, err);
    if (status == ALS_OK)
        status = check_last_admin(store, user, err);
    if (status == ALS_OK)
        status = als_relation_find(store, "account", &table, err);
    if (status == ALS_OK) {
        fill(cells, user, NULL);
        status = als_row_put(store, table, &stored.id, cells, false, &put, err);
    }
    if (status == ALS_OK && put == ALS_PUT_CHANGED)
        status = als_sessions_end(store, stored.id, err);
    if (what)
        *what = put;
    als_arena_free(arena);
    return status;
}

enum als_status als_account_put_password(struct als_store *store, int64_t account_id,
                                         const char *encoded, struct als_err *err)
{
    struct als_relation *table;
    struct als_row_cell cells[N_COLUMNS] = {{.given = false}};
    char mark[65];
    enum als_status status = als_relation_find(store, "account", &table, err);
    if (status != ALS_OK)
        return status;
    als_password_mark(encoded, mark);
    cells[MARK] = als_cell_text(mark);
    /* The change set says what it is; the old value says nothing. */
    status = als_row_put(store, table, &account_id, cells, true, NULL, err);
    return status == ALS_OK ? put_encoded(store, account_id, encoded, err) : status;
}

enum als_status als_user_set_password(struct als_store *store, const char *user,
                                      const char *password, struct als_err *err)
{
    struct als_user stored;
    const char *encoded;
    struct als_arena *arena = als_arena_new();
    enum als_status status = als_change_require(store, err);
    bool own = store->actor.id && strcmp(store->actor.user, user) == 0;
    if (status == ALS_OK)
        status = als_may(store, own ? ALS_ACT_OWN : ALS_ACT_USERS, 0, err);
    if (status == ALS_OK)
        status = als_user_get(store, user, arena, &stored, err);
    if (status == ALS_OK)
        status = als_password_encode(password, arena, &encoded, err);
    if (status == ALS_OK)
        status = als_account_put_password(store, stored.id, encoded, err);
    if (status == ALS_OK)
        status = als_sessions_end(store, stored.id, err);
    als_arena_free(arena);
    return status;
}
