/* Queries as people see them: list, history, asking, answering, closing, reopening. */
#include "alstrack/store/query.h"

#include <stdlib.h>
#include <string.h>

#include "query_int.h"

const char *const als_query_state_names[] = {
    [ALS_QUERY_OPEN] = "open", [ALS_QUERY_ANSWERED] = "answered", [ALS_QUERY_CLOSED] = "closed"};

bool als_query_next(enum als_query_state state, enum als_query_action action,
                    enum als_query_state *after)
{
    static const int table[3][3] = {
        [ALS_QUERY_OPEN] = {[ALS_QUERY_ANSWER] = ALS_QUERY_ANSWERED,
                            [ALS_QUERY_CLOSE] = ALS_QUERY_CLOSED,
                            [ALS_QUERY_REOPEN] = -1},
        [ALS_QUERY_ANSWERED] = {[ALS_QUERY_ANSWER] = ALS_QUERY_ANSWERED,
                                [ALS_QUERY_CLOSE] = ALS_QUERY_CLOSED,
                                [ALS_QUERY_REOPEN] = ALS_QUERY_OPEN},
        [ALS_QUERY_CLOSED] = {
            [ALS_QUERY_ANSWER] = -1, [ALS_QUERY_CLOSE] = -1, [ALS_QUERY_REOPEN] = ALS_QUERY_OPEN}};
    const int next = table[state][action];
    if (next < 0)
        return false;
    *after = (enum als_query_state)next;
    return true;
}

int als_query_age_days(const struct als_query *query, int today)
{
    const int until = query->closed_day != ALS_NO_DAY ? query->closed_day : today;
    return until > query->opened_day ? until - query->opened_day : 0;
}

/* ---- Reading ---- */

struct list {
    struct als_query *items;
    size_t n, room;
};

static struct als_query *list_add(struct list *list)
{
    if (list->n == list->room) {
        list->room = list->room ? 2 * list->room : 64;
        list->items = als_realloc_array(list->items, list->room, sizeof *list->items);
    }
    return &list->items[list->n++];
}

/* The day of a UTC time as text. */
static int day_of(const char *at_utc)
{
    int day = ALS_NO_DAY;
    if (at_utc && strlen(at_utc) >= 10)
        (void)als_date_parse_full(at_utc, 10, &day);
    return day;
}

static struct als_query read_query(struct als_store *store, sqlite3_stmt *stmt,
                                   struct als_arena *arena)
{
    struct als_query query = {.id = sqlite3_column_int64(stmt, 0),
                              .record = als_column_text(stmt, 1, arena),
                              .visit_no = sqlite3_column_int(stmt, 2),
                              .rater = als_column_text(stmt, 3, arena),
                              .item = als_column_text(stmt, 4, arena),
                              .rule = als_column_text(stmt, 5, arena),
                              .message = als_column_text(stmt, 6, arena),
                              .value = als_column_text(stmt, 7, arena),
                              .value_change = sqlite3_column_int64(stmt, 8),
                              .opened_at = als_column_text(stmt, 9, arena),
                              .opened_by = als_column_text(stmt, 10, arena),
                              .opened_change = sqlite3_column_int64(stmt, 11),
                              .found = true,
                              .closed_day = ALS_NO_DAY};
    query.patient_id = query.id >> ALS_QUERY_SHIFT;
    query.name = als_arena_printf(arena, "%s/%d", als_word_patient(store, query.patient_id),
                                  (int)(query.id & ALS_QUERY_MASK));
    query.value_now = query.value;
    query.last_at = query.opened_at;
    query.last_by = query.opened_by;
    query.opened_day = day_of(query.opened_at);
    return query;
}

void als_query_replay(struct als_query *query, const struct als_query_step *step)
{
    static const struct {
        const char *step;
        enum als_query_action action;
    } actions[] = {{"answered", ALS_QUERY_ANSWER},
                   {"closed", ALS_QUERY_CLOSE},
                   {"reopened", ALS_QUERY_REOPEN}};
    query->n_steps++;
    for (size_t i = 0; i < 3; i++)
        if (strcmp(step->step, actions[i].step) == 0)
            (void)als_query_next(query->state, actions[i].action, &query->state);
    const bool changed = strcmp(step->step, "changed") == 0;
    if (changed)
        query->state = ALS_QUERY_OPEN;
    if (changed || strcmp(step->step, "found") == 0) {
        query->found = true;
        query->value_now = step->value;
    } else if (strcmp(step->step, "gone") == 0) {
        query->found = false;
        query->value_now = step->value;
    }
    query->closed_day = query->state == ALS_QUERY_CLOSED ? query->closed_day : ALS_NO_DAY;
    if (strcmp(step->step, "closed") == 0)
        query->closed_day = day_of(step->at_utc);
    query->last_at = step->at_utc;
    query->last_by = step->user;
    if (step->text)
        query->last_text = step->text;
}

#define QUERY_COLUMNS                                                                              \
    "q.query_id, q.record, q.visit_no, q.rater, q.item, q.rule, q.message, q.value,"               \
    " q.value_change, c.at_utc, c.user, c.change_id FROM query AS q JOIN change_set AS c USING "   \
    "(change_id)"
#define STEP_COLUMNS                                                                               \
    "s.step_id, s.step, s.text, s.value, c.at_utc, c.user, c.change_id"                            \
    " FROM query_step AS s JOIN change_set AS c USING (change_id)"

static struct als_query_step read_step(sqlite3_stmt *stmt, struct als_arena *arena)
{
    return (struct als_query_step){.step = als_column_text(stmt, 1, arena),
                                   .text = als_column_text(stmt, 2, arena),
                                   .value = als_column_text(stmt, 3, arena),
                                   .at_utc = als_column_text(stmt, 4, arena),
                                   .user = als_column_text(stmt, 5, arena),
                                   .change_id = sqlite3_column_int64(stmt, 6)};
}

static enum als_status read_queries(struct als_store *store, int64_t first, int64_t last,
                                    struct als_arena *arena, struct list *list, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(
        store, "SELECT " QUERY_COLUMNS " WHERE q.query_id BETWEEN ?1 AND ?2 ORDER BY 1", &stmt,
        err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, first);
    sqlite3_bind_int64(stmt, 2, last);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        const struct als_query query = read_query(store, stmt, arena);
        if (!als_day_is_cut(store, query.opened_day))
            *list_add(list) = query;
    }
    als_sql_done(stmt);
    return status;
}

/* Steps stand in the order of their queries. */
static enum als_status replay_steps(struct als_store *store, int64_t first, int64_t last,
                                    struct als_arena *arena, struct list *list, struct als_err *err)
{
    sqlite3_stmt *stmt;
    size_t at = 0;
    enum als_status status = als_sql_cached(
        store, "SELECT " STEP_COLUMNS " WHERE s.step_id BETWEEN ?1 AND ?2 ORDER BY 1", &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, first << ALS_KEY_SHIFT);
    sqlite3_bind_int64(stmt, 2, (last << ALS_KEY_SHIFT) | ALS_KEY_MASK);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        const int64_t id = sqlite3_column_int64(stmt, 0) >> ALS_KEY_SHIFT;
        while (at < list->n && list->items[at].id < id)
            at++;
        const struct als_query_step step = read_step(stmt, arena);
        if (at < list->n && list->items[at].id == id && !als_day_is_cut(store, day_of(step.at_utc)))
            als_query_replay(&list->items[at], &step);
    }
    als_sql_done(stmt);
    return status;
}

static enum als_status read_range(struct als_store *store, int64_t first, int64_t last,
                                  struct als_arena *arena, struct als_query_list *out,
                                  struct als_err *err)
{
    struct list list = {.n = 0};
    *out = (struct als_query_list){NULL, 0};
    enum als_status status = read_queries(store, first, last, arena, &list, err);
    if (status == ALS_OK && list.n > 0)
        status = replay_steps(store, first, last, arena, &list, err);
    if (status == ALS_OK && list.n > 0) {
        out->items = als_arena_array(arena, list.n, sizeof *out->items);
        memcpy(out->items, list.items, list.n * sizeof *out->items);
        out->count = list.n;
    }
    free(list.items);
    return status;
}

static const char *site_of(const struct als_patient_list *patients, int64_t id)
{
    size_t low = 0, high = patients->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (patients->items[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < patients->count && patients->items[low].id == id && patients->items[low].site
               ? patients->items[low].site
               : "";
}

static bool is_wanted(const struct als_query *query, const struct als_query_filter *filter,
                      const struct als_patient_list *patients)
{
    if (filter->states && !(filter->states & 1u << query->state))
        return false;
    if (filter->record && strcmp(filter->record, query->record) != 0)
        return false;
    if (filter->visit_no && filter->visit_no != query->visit_no)
        return false;
    if (filter->opened_before != ALS_NO_DAY && query->opened_day >= filter->opened_before)
        return false;
    return !filter->site || strcmp(filter->site, site_of(patients, query->patient_id)) == 0;
}

enum als_status als_query_load(struct als_store *store, const struct als_query_filter *filter,
                               struct als_arena *arena, struct als_query_list *out,
                               struct als_err *err)
{
    const int64_t id = filter->patient_id;
    struct als_patient_list patients = {.count = 0};
    enum als_status status = ALS_OK;
    if (filter->site)
        status = als_patient_load(store, arena, &patients, err);
    if (status == ALS_OK)
        status = read_range(store, id << ALS_QUERY_SHIFT,
                            ((id ? id : ALS_PATIENT_MAX) << ALS_QUERY_SHIFT) | ALS_QUERY_MASK,
                            arena, out, err);
    if (status != ALS_OK)
        return status;
    size_t n = 0;
    for (size_t i = 0; i < out->count; i++)
        if (is_wanted(&out->items[i], filter, &patients))
            out->items[n++] = out->items[i];
    out->count = n;
    return ALS_OK;
}

static enum als_status no_such(const char *name, struct als_err *err)
{
    als_fail(err, ALS_NO_INPUT, "E-QUERY", "%s: no such query", name);
    als_err_hint(err, "a query is named PATIENT/NUMBER: 'alstrack query list' shows them");
    return ALS_NO_INPUT;
}

enum als_status als_query_get(struct als_store *store, const char *name, struct als_arena *arena,
                              struct als_query *out, struct als_err *err)
{
    const char *slash = strrchr(name, '/');
    struct als_patient patient;
    struct als_query_list list;
    char *end = NULL;
    const long number = slash ? strtol(slash + 1, &end, 10) : 0;
    if (!slash || number < 1 || number > ALS_QUERY_MASK || *end)
        return no_such(name, err);
    enum als_status status = als_patient_get(
        store, als_arena_strndup(arena, name, (size_t)(slash - name)), arena, &patient, err);
    if (status != ALS_OK)
        return status;
    const int64_t id = patient.id << ALS_QUERY_SHIFT | number;
    status = read_range(store, id, id, arena, &list, err);
    if (status == ALS_OK && list.count == 0)
        return no_such(name, err);
    if (status == ALS_OK)
        *out = list.items[0];
    return status;
}

enum als_status als_query_history(struct als_store *store, int64_t query_id,
                                  struct als_arena *arena, struct als_query_steps *out,
                                  struct als_err *err)
{
    struct als_query_list list;
    sqlite3_stmt *stmt;
    enum als_status status = read_range(store, query_id, query_id, arena, &list, err);
    if (status == ALS_OK && list.count == 0)
        status = als_fail(err, ALS_NO_INPUT, "E-QUERY", "no such query");
    if (status == ALS_OK)
        status = als_sql_cached(
            store, "SELECT " STEP_COLUMNS " WHERE s.step_id BETWEEN ?1 AND ?2 ORDER BY 1", &stmt,
            err);
    if (status != ALS_OK)
        return status;
    const struct als_query *query = &list.items[0];
    out->items = als_arena_array(arena, query->n_steps + 1, sizeof *out->items);
    out->items[0] = (struct als_query_step){.step = "opened",
                                            .text = query->message,
                                            .value = query->value,
                                            .at_utc = query->opened_at,
                                            .user = query->opened_by,
                                            .change_id = query->opened_change};
    out->count = 1;
    sqlite3_bind_int64(stmt, 1, query_id << ALS_KEY_SHIFT);
    sqlite3_bind_int64(stmt, 2, (query_id << ALS_KEY_SHIFT) | ALS_KEY_MASK);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row &&
           out->count <= query->n_steps)
        out->items[out->count++] = read_step(stmt, arena);
    als_sql_done(stmt);
    return status;
}
