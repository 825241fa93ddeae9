/* Roles, and what each may do. */
#include <string.h>

#include "people_int.h"

static const char *const role_names[ALS_ROLE_COUNT] = {"admin",   "data-manager", "coordinator",
                                                       "monitor", "statistician", "read-only"};

const char *als_role_name(enum als_role role)
{
    return role_names[role];
}

bool als_role_parse(const char *name, enum als_role *out)
{
    for (int i = 0; i < ALS_ROLE_COUNT; i++) {
        if (strcmp(role_names[i], name) == 0) {
            *out = (enum als_role)i;
            return true;
        }
    }
    return false;
}

#define R(role) (1u << ALS_ROLE_##role)
#define KEEPERS (R(ADMIN) | R(DATA_MANAGER))
#define ANYBODY ((1u << ALS_ROLE_COUNT) - 1)

/* Which roles may, and what it is called in a refusal. */
static const struct {
    unsigned roles;
    const char *what;
} acts[ALS_ACT_COUNT] = {
    [ALS_ACT_UNSAID] = {0, "do this"},
    [ALS_ACT_FREE] = {ANYBODY, "do this"},
    [ALS_ACT_SEE] = {ANYBODY, "see records"},
    [ALS_ACT_ENTER] = {KEEPERS | R(COORDINATOR), "enter or correct records"},
    [ALS_ACT_ANSWER] = {KEEPERS | R(COORDINATOR), "answer queries"},
    [ALS_ACT_QUERY] = {KEEPERS | R(MONITOR), "open, close or reopen queries"},
    [ALS_ACT_ANALYZE] = {KEEPERS | R(STATISTICIAN), "analyse"},
    [ALS_ACT_EXPORT] = {KEEPERS | R(STATISTICIAN), "export"},
    [ALS_ACT_SIGN] = {KEEPERS | R(COORDINATOR) | R(MONITOR), "sign"},
    [ALS_ACT_LOCK] = {KEEPERS, "lock or unlock"},
    [ALS_ACT_DEFINE] = {KEEPERS, "amend the protocol or instruments"},
    [ALS_ACT_REDACT] = {KEEPERS, "redact"},
    [ALS_ACT_KEEP] = {KEEPERS, "keep the study"},
    [ALS_ACT_USERS] = {R(ADMIN), "manage users"},
    [ALS_ACT_OWN] = {ANYBODY, "change an account"},
};

bool als_role_may(enum als_role role, enum als_act act)
{
    return acts[act].roles >> role & 1u;
}

static enum als_status nobody(const struct als_store *store, struct als_err *err)
{
    als_fail(err, ALS_NOT_PERMITTED, "E-LOGIN", "%s: the study has users, and nobody is logged in",
             als_store_path(store));
    als_err_hint(err, "log in with 'alstrack login'");
    return ALS_NOT_PERMITTED;
}

/* Is the patient one that the actor sees? */
static enum als_status sees(struct als_store *store, int64_t patient_id, bool *yes,
                            struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store, "SELECT 1 FROM patient WHERE patient_id = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, patient_id);
    status = als_sql_step(store, stmt, yes, err);
    als_sql_done(stmt);
    return status;
}

/* "an admin, a data manager or a statistician may" */
static void hint_roles(enum als_act act, struct als_err *err)
{
    struct als_buf text;
    als_buf_init(&text, 300);
    enum als_role last = ALS_ROLE_ADMIN;
    for (int i = 0; i < ALS_ROLE_COUNT; i++)
        last = als_role_may((enum als_role)i, act) ? (enum als_role)i : last;
    for (int i = 0; i < ALS_ROLE_COUNT; i++) {
        const enum als_role role = (enum als_role)i;
        if (!als_role_may(role, act))
            continue;
        als_buf_printf(&text, "%s%s ",
                       text.length == 0 ? ""
                       : role == last   ? " or "
                                        : ", ",
                       strchr("aeiou", role_names[i][0]) ? "an" : "a");
        for (const char *c = role_names[i]; *c; c++)
            als_buf_char(&text, *c == '-' ? ' ' : *c);
    }
    als_err_hint(err, "%s may", text.data);
    als_buf_release(&text);
}

enum als_status als_refuse_act(const struct als_store *store, enum als_act act, struct als_err *err)
{
    const struct als_user *actor = &store->actor;
    als_fail(err, ALS_NOT_PERMITTED, "E-ROLE", "%s, as %s, may not %s", actor->user,
             als_role_name(actor->role), acts[act].what);
    hint_roles(act, err);
    return ALS_NOT_PERMITTED;
}

enum als_status als_refuse_site(const struct als_store *store, struct als_err *err)
{
    als_fail(err, ALS_NOT_PERMITTED, "E-SITE", "not a patient of %s's: %s", store->actor.user,
             store->actor.sites ? store->actor.sites : "");
    als_err_hint(err, "a new patient needs an id that no other site has; who may see a site's "
                      "patients, an admin says");
    return ALS_NOT_PERMITTED;
}

enum als_status als_may(struct als_store *store, enum als_act act, int64_t patient_id,
                        struct als_err *err)
{
    if (act == ALS_ACT_UNSAID)
        als_bug("nothing says who may do this");
    if (!store->has_users || act == ALS_ACT_FREE)
        return ALS_OK;
    if (!store->actor.id)
        return nobody(store, err);
    if (!als_role_may(store->actor.role, act))
        return als_refuse_act(store, act, err);
    if (!patient_id || !store->actor.sites)
        return ALS_OK;
    bool yes = false;
    enum als_status status = sees(store, patient_id, &yes, err);
    return status == ALS_OK && !yes ? als_refuse_site(store, err) : status;
}
