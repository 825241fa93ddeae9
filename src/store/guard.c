/* May this row be written, by this actor, now? Asked for every row that would change. */
#include <stdlib.h>
#include <string.h>

#include "people_int.h"

/* ---- What a table is ---- */

static bool is(const struct als_relation *table, const char *name)
{
    return strcmp(table->name, name) == 0;
}

/* Which act a row of the table is part of. */
static const struct {
    const char *table;
    enum als_act act;
} acts_of_tables[] = {
    {"account", ALS_ACT_USERS},    {"definition", ALS_ACT_DEFINE},
    {"lock", ALS_ACT_LOCK},        {"signature", ALS_ACT_SIGN},
    {"redaction", ALS_ACT_REDACT}, {"redaction_digest", ALS_ACT_REDACT},
    {"trail_key", ALS_ACT_KEEP},
};

static bool speaks_of_questions(const struct als_relation *table)
{
    return strncmp(table->name, "query", 5) == 0;
}

bool als_relation_is_record(const struct als_relation *table)
{
    if (speaks_of_questions(table))
        return false;
    for (size_t i = 0; i < sizeof acts_of_tables / sizeof acts_of_tables[0]; i++)
        if (is(table, acts_of_tables[i].table))
            return false;
    if (table->key_words != ALS_WORDS_NONE || is(table, "patient"))
        return true;
    for (size_t i = 0; i < table->n_columns; i++)
        if (table->columns[i].words != ALS_WORDS_NONE &&
            table->columns[i].words != ALS_WORDS_VISIT_NO)
            return true;
    return false;
}

/* ---- Role ---- */

/* Nothing but the own password's mark. */
static bool is_own_password(const struct als_store *store, const struct als_relation *table,
                            int64_t row_id, const struct als_row_cell *before,
                            const struct als_row_cell *wanted)
{
    if (!is(table, "account") || row_id != store->actor.id || !before || !wanted)
        return false;
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, "password_mark") != 0 &&
            !als_cells_equal(&before[i], &wanted[i]))
            return false;
    return true;
}

static enum als_status check_role(const struct als_store *store, const struct als_relation *table,
                                  struct als_err *err)
{
    enum als_role role = store->actor.role;
    if (speaks_of_questions(table)) /* asked by people, or by a rule at entry */
        return als_role_may(role, ALS_ACT_QUERY) || als_role_may(role, ALS_ACT_ENTER)
                   ? ALS_OK
                   : als_refuse_act(store, ALS_ACT_QUERY, err);
    enum als_act act = ALS_ACT_ENTER;
    for (size_t i = 0; i < sizeof acts_of_tables / sizeof acts_of_tables[0]; i++)
        if (is(table, acts_of_tables[i].table))
            act = acts_of_tables[i].act;
    return als_role_may(role, act) ? ALS_OK : als_refuse_act(store, act, err);
}

/* ---- Site ---- */

static bool is_mine(const struct als_guard *guard, int64_t patient_id)
{
    size_t byte = (size_t)patient_id / 8;
    return !guard->mine || (byte < guard->mine_room && guard->mine[byte] >> (patient_id % 8) & 1);
}

static void add_mine(struct als_guard *guard, int64_t patient_id)
{
    size_t byte = (size_t)patient_id / 8;
    if (byte >= guard->mine_room) {
        size_t room = guard->mine_room ? guard->mine_room : 256;
        while (room <= byte)
            room *= 2;
        guard->mine = als_realloc_array(guard->mine, room, 1);
        memset(guard->mine + guard->mine_room, 0, room - guard->mine_room);
        guard->mine_room = room;
    }
    guard->mine[byte] |= (unsigned char)(1u << (patient_id % 8));
}

static enum als_status check_new_site(struct als_store *store, const struct als_relation *table,
                                      const struct als_row_cell *wanted, struct als_err *err)
{
    const struct als_row_cell *site = &wanted[als_relation_column(table, "site")];
    char *text = site->kind == ALS_ROW_TEXT ? als_strndup(site->text, site->length) : NULL;
    enum als_status status = ALS_OK;
    if (!text || !als_sites_hold(store->actor.sites, text)) {
        status = als_fail(err, ALS_NOT_PERMITTED, "E-SITE", "site: %s is not a site of %s's",
                          text ? text : "none", store->actor.user);
        als_err_hint(err, "--site is one of: %s", store->actor.sites);
    }
    free(text);
    return status;
}

static enum als_status check_site(struct als_store *store, const struct als_relation *table,
                                  int64_t row_id, const struct als_row_cell *before,
                                  const struct als_row_cell *wanted, struct als_err *err)
{
    if (!store->actor.sites)
        return ALS_OK;
    enum als_status status = ALS_OK;
    int64_t patient = before ? als_relation_patient(table, row_id, before) : 0;
    if (patient && !is_mine(&store->guard, patient))
        return als_refuse_site(store, err);
    if (wanted && is(table, "patient")) {
        status = check_new_site(store, table, wanted, err);
        if (status == ALS_OK && row_id)
            add_mine(&store->guard, row_id);
        return status;
    }
    patient = wanted ? als_relation_patient(table, row_id, wanted) : 0;
    return patient && !is_mine(&store->guard, patient) ? als_refuse_site(store, err) : ALS_OK;
}

/* ---- Locks ---- */

static int by_id(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

static bool is_locked(const struct als_guard *guard, int64_t lock_id)
{
    return guard->n_locked &&
           bsearch(&lock_id, guard->locked, guard->n_locked, sizeof lock_id, by_id) != NULL;
}

/* The visit that a row belongs to, as visit_id; 0 when it belongs to none. */
static int64_t visit_of(const struct als_relation *table, int64_t row_id,
                        const struct als_row_cell *cells)
{
    int64_t patient = 0, visit_no = 0;
    if (table->key_words == ALS_WORDS_ASSESSMENT)
        return row_id >> ALS_KEY_SHIFT;
    if (table->key_words == ALS_WORDS_VISIT)
        return row_id;
    for (size_t i = 0; i < table->n_columns; i++) {
        if (cells[i].kind != ALS_ROW_INTEGER)
            continue;
        if (table->columns[i].words == ALS_WORDS_ASSESSMENT)
            return cells[i].integer >> ALS_KEY_SHIFT;
        if (table->columns[i].words == ALS_WORDS_VISIT)
            return cells[i].integer;
        if (table->columns[i].words == ALS_WORDS_PATIENT)
            patient = cells[i].integer;
        if (table->columns[i].words == ALS_WORDS_VISIT_NO)
            visit_no = cells[i].integer;
    }
    return patient && visit_no ? als_key_visit(patient, (int)visit_no) : 0;
}

static enum als_status check_cells(struct als_store *store, const struct als_relation *table,
                                   int64_t row_id, const struct als_row_cell *cells,
                                   struct als_err *err)
{
    int64_t patient = als_relation_patient(table, row_id, cells);
    int64_t visit = visit_of(table, row_id, cells);
    if (is_locked(&store->guard, als_key_visit(patient, 0)))
        visit = als_key_visit(patient, 0);
    else if (!visit || !is_locked(&store->guard, visit))
        return ALS_OK;
    const struct als_scope scope = {.patient_id = patient, .visit_no = (int)(visit & ALS_KEY_MASK)};
    return als_lock_check(store, &scope, err);
}

static enum als_status check_locks(struct als_store *store, const struct als_relation *table,
                                   int64_t row_id, const struct als_row_cell *before,
                                   const struct als_row_cell *wanted, struct als_err *err)
{
    const struct als_guard *guard = &store->guard;
    bool record = als_relation_is_record(table);
    if (guard->study && (record || is(table, "definition") || is(table, "redaction"))) {
        const struct als_scope study = {0, 0};
        return als_lock_check(store, &study, err);
    }
    if (!guard->n_locked || !(record || is(table, "redaction")))
        return ALS_OK;
    enum als_status status = before ? check_cells(store, table, row_id, before, err) : ALS_OK;
    return status == ALS_OK && wanted ? check_cells(store, table, row_id, wanted, err) : status;
}

enum als_status als_guard_row(struct als_store *store, const struct als_relation *table,
                              int64_t row_id, const struct als_row_cell *before,
                              const struct als_row_cell *wanted, struct als_err *err)
{
    enum als_status status = ALS_OK;
    if (store->guard.role && !is_own_password(store, table, row_id, before, wanted))
        status = check_role(store, table, err);
    if (status == ALS_OK && store->guard.role)
        status = check_site(store, table, row_id, before, wanted, err);
    return status == ALS_OK ? check_locks(store, table, row_id, before, wanted, err) : status;
}

bool als_guard_is_open(const struct als_store *store, int64_t visit_id)
{
    const struct als_guard *guard = &store->guard;
    int64_t patient = visit_id >> ALS_KEY_SHIFT;
    return (!guard->role || als_role_may(store->actor.role, ALS_ACT_ENTER)) && !guard->study &&
           is_mine(guard, patient) && !is_locked(guard, als_key_visit(patient, 0)) &&
           !is_locked(guard, visit_id);
}

/* ---- The change set ---- */

static enum als_status load_locks(struct als_store *store, struct als_err *err)
{
    struct als_guard *guard = &store->guard;
    sqlite3_stmt *stmt;
    size_t room = 0;
    enum als_status status =
        als_sql_cached(store, "SELECT lock_id FROM main.lock ORDER BY lock_id", &stmt, err);
    bool row = false;
    while (status == ALS_OK && (status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        int64_t id = sqlite3_column_int64(stmt, 0);
        if (id == ALS_LOCK_STUDY) {
            guard->study = true;
            continue;
        }
        if (guard->n_locked == room) {
            room = room ? 2 * room : 16;
            guard->locked = als_realloc_array(guard->locked, room, sizeof *guard->locked);
        }
        guard->locked[guard->n_locked++] = id;
    }
    return status;
}

/* By the covered name, so that it holds whom the actor sees. */
static enum als_status load_mine(struct als_store *store, struct als_err *err)
{
    sqlite3_stmt *stmt;
    add_mine(&store->guard, 0);
    enum als_status status = als_sql_cached(store, "SELECT patient_id FROM patient", &stmt, err);
    bool row = false;
    while (status == ALS_OK && (status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row)
        add_mine(&store->guard, sqlite3_column_int64(stmt, 0));
    return status;
}

enum als_status als_guard_begin(struct als_store *store, struct als_err *err)
{
    als_guard_end(store);
    store->guard.role = store->has_users;
    enum als_status status = load_locks(store, err);
    if (status == ALS_OK && store->has_users && store->actor.sites)
        status = load_mine(store, err);
    return status;
}

void als_guard_end(struct als_store *store)
{
    free(store->guard.locked);
    free(store->guard.mine);
    store->guard = (struct als_guard){.role = false};
}
