/* New versions of definitions in a study that holds rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddl.h"
#include "store_int.h"

/* The first destructive difference becomes the error. */
struct first_error {
    struct als_err *err;
    bool filled;
    char score[200]; /* the first change of a score; "" for none */
};

static void on_difference(const struct als_diag *diag, void *context)
{
    struct first_error *first = context;
    if (diag->severity == ALS_SEVERITY_WARNING && !first->score[0])
        snprintf(first->score, sizeof first->score, "%s", diag->what);
    if (diag->severity != ALS_SEVERITY_ERROR || first->filled)
        return;
    first->filled = true;
    als_fail(first->err, ALS_DEFINITION, diag->code ? diag->code : "E-DESTRUCTIVE", "%s",
             diag->what);
    als_err_hint(first->err, "%s",
                 diag->hint ? diag->hint : "stored rows would lose their meaning");
}

static enum als_status destructive(struct first_error *first, const char *code)
{
    if (!first->filled)
        als_fail(first->err, ALS_DEFINITION, "E-DESTRUCTIVE",
                 "%s: the new version contradicts stored rows", code);
    return ALS_DEFINITION;
}

/* A failure in the middle leaves tables half changed: the change set cannot be committed. */
static enum als_status redefined(struct als_store *store, enum als_status status)
{
    store->change.redefined = true;
    if (status != ALS_OK)
        store->change.broken = true;
    return status;
}

static const struct als_definition *in_force(const struct als_store *store, const char *code)
{
    for (size_t i = 0; i < store->n_definitions; i++) {
        if (strcmp(store->definitions[i].instrument->code, code) == 0)
            return &store->definitions[i];
    }
    return NULL;
}

static enum als_status is_stored(struct als_store *store, const char *kind, const char *code,
                                 int64_t *version_no, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(store,
                                            "SELECT ifnull(max(version_no), 0) FROM definition"
                                            " WHERE kind = ?1 AND code = ?2",
                                            &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, kind);
    als_bind_text(stmt, 2, code);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    *version_no = status == ALS_OK && row ? sqlite3_column_int64(stmt, 0) : 0;
    als_sql_done(stmt);
    return status;
}

static bool same_instrument(const struct als_instrument *a, const struct als_instrument *b)
{
    struct als_buf left, right;
    als_buf_init(&left, ALS_BUF_LARGE);
    als_buf_init(&right, ALS_BUF_LARGE);
    als_instrument_pack(a, &left);
    als_instrument_pack(b, &right);
    bool same = left.length == right.length && memcmp(left.data, right.data, left.length) == 0;
    als_buf_release(&left);
    als_buf_release(&right);
    return same;
}

static enum als_status adopt_first(struct als_store *store, const struct als_instrument *instrument,
                                   struct als_err *err)
{
    enum als_status status = als_definition_enter_instrument(store, instrument, 1, err);
    if (status == ALS_OK)
        status = als_ddl_create(store, instrument, err);
    return redefined(store, status);
}

enum als_status als_store_assessments(struct als_store *store, const char *instrument, int64_t *n,
                                      struct als_err *err)
{
    const struct als_definition *definition = in_force(store, instrument);
    char name[ALS_RELATION_NAME], sql[128];
    *n = 0;
    if (!definition)
        return ALS_OK;
    als_relation_name("a", definition->instrument, name);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s\" WHERE status = 'done'", name);
    return als_sql_integer(store, sql, n, err);
}

/* `change` says what is another score now. Rows that have it must not change unnoticed. */
static enum als_status check_scores(struct als_store *store, const struct als_instrument *old_one,
                                    const struct als_instrument *new_one, const char *change,
                                    bool accept_scores, struct als_err *err)
{
    int64_t n;
    enum als_status status = als_store_assessments(store, old_one->code, &n, err);
    bool renamed = strcmp(old_one->version, new_one->version) != 0;
    if (status != ALS_OK || n == 0 || (renamed && accept_scores))
        return status;
    als_fail(err, ALS_DEFINITION, "E-SCORES", "%s: %s; that changes %lld stored row%s%s",
             new_one->code, change, (long long)n, n == 1 ? "" : "s",
             renamed ? "" : " under the same version");
    als_err_hint(err, renamed ? "a change of stored scores must be accepted for itself"
                              : "give the definition another version, then accept the change");
    return ALS_DEFINITION;
}

enum als_status als_store_adopt_instrument(struct als_store *store,
                                           const struct als_instrument *instrument,
                                           bool accept_scores, struct als_err *err)
{
    int64_t version_no;
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK)
        status = is_stored(store, "instrument", instrument->code, &version_no, err);
    if (status != ALS_OK)
        return status;
    if (version_no == 0)
        return adopt_first(store, instrument, err);
    const struct als_definition *old_one = in_force(store, instrument->code);
    if (!old_one || old_one->version_no != version_no)
        return als_fail(err, ALS_USAGE, "E-TWICE", "%s: adopted twice in one change set",
                        instrument->code);
    if (same_instrument(old_one->instrument, instrument))
        return ALS_OK;
    struct first_error first = {.err = err};
    struct als_sink sink = {on_difference, &first};
    if (als_instrument_compare(old_one->instrument, instrument, &sink) > 0)
        return destructive(&first, instrument->code);
    if (first.score[0])
        status =
            check_scores(store, old_one->instrument, instrument, first.score, accept_scores, err);
    if (status != ALS_OK)
        return status;
    status = als_ddl_alter(store, old_one->instrument, instrument, err);
    if (status == ALS_OK)
        status = als_definition_enter_instrument(store, instrument, (int)version_no + 1, err);
    return redefined(store, status);
}

/* ---- Protocols ---- */

static enum als_status check_instruments(struct als_store *store,
                                         const struct als_protocol *protocol, struct als_err *err)
{
    for (size_t i = 0; i < protocol->n_instruments; i++) {
        int64_t version_no;
        enum als_status status =
            is_stored(store, "instrument", protocol->instruments[i], &version_no, err);
        if (status != ALS_OK)
            return status;
        if (version_no == 0)
            return als_fail(err, ALS_DEFINITION, "E-INSTRUMENT",
                            "the protocol names %s, which the study does not have",
                            protocol->instruments[i]);
    }
    return ALS_OK;
}

/* Numbers are for life: a visit that is new gets the next one, wherever it stands in the plan. */
static enum als_status adopt_visits(struct als_store *store, const struct als_protocol *protocol,
                                    struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < protocol->n_visits && status == ALS_OK; i++) {
        const struct als_visit_plan *visit = &protocol->visits[i];
        int visit_no = als_store_visit_no(store, visit->code, strlen(visit->code));
        if (!visit_no) {
            visit_no = 1;
            while (visit_no < ALS_EXTRA_VISIT_FIRST && als_store_visit_code(store, visit_no))
                visit_no++;
        }
        status = als_names_add_visit(store, visit_no, visit->code, visit->label, err);
    }
    return status;
}

enum als_status als_store_protocol_used(struct als_store *store, const char *version, bool *used,
                                        struct als_err *err)
{
    sqlite3_stmt *stmt;
    *used = false;
    enum als_status status = als_sql_cached(
        store, "SELECT 1 FROM definition WHERE kind = 'protocol' AND version = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, version);
    status = als_sql_step(store, stmt, used, err);
    als_sql_done(stmt);
    return status;
}

static bool same_protocol(const struct als_protocol *a, const struct als_protocol *b)
{
    struct als_buf left, right;
    als_buf_init(&left, ALS_BUF_LARGE);
    als_buf_init(&right, ALS_BUF_LARGE);
    als_protocol_pack(a, &left);
    als_protocol_pack(b, &right);
    bool same = left.length == right.length && memcmp(left.data, right.data, left.length) == 0;
    als_buf_release(&left);
    als_buf_release(&right);
    return same;
}

/* A version names one plan: whoever reads it beside a record must not have to ask which. */
static enum als_status check_version(struct als_store *store, const struct als_protocol *protocol,
                                     struct als_err *err)
{
    bool used;
    enum als_status status = als_store_protocol_used(store, protocol->version, &used, err);
    if (status != ALS_OK || !used)
        return status;
    als_fail(err, ALS_DEFINITION, "E-VERSION",
             "%s: version %s was in force before, with another plan", protocol->code,
             protocol->version);
    als_err_hint(err, "give the amendment a version of its own");
    return ALS_DEFINITION;
}

enum als_status als_store_adopt_protocol(struct als_store *store,
                                         const struct als_protocol *protocol, struct als_err *err)
{
    enum als_status status = als_change_require(store, err);
    if (status != ALS_OK)
        return status;
    if (strcmp(protocol->code, store->protocol->code) != 0)
        return als_fail(err, ALS_DEFINITION, "E-PROTOCOL", "%s: the study is run by %s",
                        protocol->code, store->protocol->code);
    struct first_error first = {.err = err};
    struct als_sink sink = {on_difference, &first};
    if (als_protocol_compare(store->protocol, protocol, &sink) > 0)
        return destructive(&first, protocol->code);
    int64_t version_no;
    status = check_instruments(store, protocol, err);
    if (status == ALS_OK && same_protocol(store->protocol, protocol))
        return ALS_OK;
    if (status == ALS_OK)
        status = check_version(store, protocol, err);
    if (status == ALS_OK)
        status = is_stored(store, "protocol", protocol->code, &version_no, err);
    if (status != ALS_OK)
        return status;
    status = als_definition_enter_protocol(store, protocol, (int)version_no + 1, err);
    if (status == ALS_OK)
        status = adopt_visits(store, protocol, err);
    return redefined(store, status);
}
