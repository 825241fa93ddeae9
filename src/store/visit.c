/* Visits and procedures, and what the schedule needs to know of a patient. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_int.h"

/* Columns of the table visit in order. */
enum { DAY, MODE, STATUS, REASON, ASSIGNED, MADE, N_COLUMNS };

static struct als_row_cell status_cell(bool not_done)
{
    return als_cell_text(not_done ? "not-done" : "done");
}

/* ---- What is stored ---- */

/* A visit is open when assessments or procedures name it and none of them was done: its row is
 * there for their sake, and says nothing of the visit itself. */
struct stored_visit {
    bool found, made, not_done, open;
    int day;
};

static enum als_status read_visit(struct als_store *store, int64_t visit_id,
                                  struct stored_visit *out, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(
        store, "SELECT made, status = 'not-done', day FROM visit WHERE visit_id = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, visit_id);
    status = als_sql_step(store, stmt, &out->found, err);
    if (status == ALS_OK && out->found) {
        out->made = sqlite3_column_int(stmt, 0);
        out->not_done = sqlite3_column_int(stmt, 1);
        out->day = als_column_day(stmt, 2);
        out->open = out->made && out->not_done;
    }
    als_sql_done(stmt);
    return status;
}

/* Of a row that said nothing of the visit before, people hear what it says now, as of a new one. */
struct listener {
    als_cell_change_fn *on_cell;
    void *context;
};

static void tell_as_new(const struct als_cell_change *change, void *context)
{
    const struct listener *listener = context;
    struct als_cell_change copy = *change;
    copy.old_text = NULL;
    listener->on_cell(&copy, listener->context);
}

static enum als_status put_row(struct als_store *store, struct als_relation *table,
                               int64_t visit_id, const struct als_row_cell *cells,
                               const struct stored_visit *stored, bool becomes_open,
                               enum als_put *what, struct als_err *err)
{
    struct listener listener = {store->on_cell, store->on_cell_context};
    if (becomes_open) {
        store->on_cell = NULL;
    } else if (stored->open && store->on_cell) {
        store->on_cell = tell_as_new;
        store->on_cell_context = &listener;
    }
    const enum als_status status =
        als_row_put(store, table, &visit_id, cells, stored->made, what, err);
    store->on_cell = listener.on_cell;
    store->on_cell_context = listener.context;
    return status;
}

/* ---- What was done ---- */

/* What was done at a visit. */
struct deeds {
    int earliest;         /* ALS_NO_DAY when nothing was done */
    struct als_buf names; /* of instruments and procedures */
};

static enum als_status add_deeds(struct als_store *store, const char *sql, int64_t from, int64_t to,
                                 const char *name, struct deeds *deeds, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(store, sql, &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, from);
    sqlite3_bind_int64(stmt, 2, to);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        int day = als_column_day(stmt, 0);
        if (day == ALS_NO_DAY)
            continue;
        if (deeds->earliest == ALS_NO_DAY || day < deeds->earliest)
            deeds->earliest = day;
        als_buf_printf(&deeds->names, "%s%s", deeds->names.length ? ", " : "",
                       name ? name : (const char *)sqlite3_column_text(stmt, 1));
    }
    als_sql_done(stmt);
    return status;
}

/* The caller releases the names. */
static enum als_status read_deeds(struct als_store *store, int64_t visit_id, struct deeds *deeds,
                                  struct als_err *err)
{
    enum als_status status = ALS_OK;
    deeds->earliest = ALS_NO_DAY;
    als_buf_init(&deeds->names, 300);
    for (size_t i = 0; i < store->n_definitions && status == ALS_OK; i++) {
        const struct als_instrument *instrument = store->definitions[i].instrument;
        char table[ALS_RELATION_NAME], sql[200];
        als_relation_name("a", instrument, table);
        snprintf(sql, sizeof sql,
                 "SELECT min(day) FROM \"%s\""
                 " WHERE assessment_id BETWEEN ?1 AND ?2 AND status = 'done'",
                 table);
        status =
            add_deeds(store, sql, als_key_assessment(visit_id, 0),
                      als_key_assessment(visit_id, ALS_KEY_MASK), instrument->code, deeds, err);
    }
    if (status == ALS_OK)
        status = add_deeds(store,
                           "SELECT day, procedure FROM procedure"
                           " WHERE visit_id BETWEEN ?1 AND ?2 AND status = 'done' ORDER BY 2",
                           visit_id, visit_id, NULL, deeds, err);
    return status;
}

/* A visit at which something was done took place. */
static enum als_status check_not_done(struct als_store *store, const struct als_visit *visit,
                                      struct als_err *err)
{
    struct deeds deeds;
    enum als_status status =
        read_deeds(store, als_key_visit(visit->patient_id, visit->visit_no), &deeds, err);
    if (status == ALS_OK && deeds.earliest != ALS_NO_DAY) {
        status = als_fail(err, ALS_DATA, "E-NOT-DONE", "%s of %s has what was done at it: %s",
                          als_store_visit_code(store, visit->visit_no),
                          als_word_patient(store, visit->patient_id), deeds.names.data);
        als_err_hint(err, "record each of those as not done first");
    }
    als_buf_release(&deeds.names);
    return status;
}

enum als_status als_visit_put(struct als_store *store, const struct als_visit *visit,
                              unsigned given, enum als_put *what, struct als_err *err)
{
    struct als_relation *table;
    if (!als_store_visit_code(store, visit->visit_no))
        return als_fail(err, ALS_DATA, "E-VISIT", "no visit has the number %d", visit->visit_no);
    enum als_status status = als_check_mode(als_is_given(given, 1) ? visit->mode : NULL, err);
    if (status == ALS_OK && als_is_given(given, 0))
        status = als_check_day("date", visit->day, err);
    if (status == ALS_OK && als_is_given(given, 0) && !visit->not_done && visit->day == ALS_NO_DAY)
        status = als_fail(err, ALS_DATA, "E-REQUIRED", "date: a visit that was done needs one");
    if (status == ALS_OK && als_is_given(given, 2) && visit->not_done)
        status = check_not_done(store, visit, err);
    if (status == ALS_OK)
        status = als_relation_find(store, "visit", &table, err);
    if (status != ALS_OK)
        return status;
    struct als_row_cell cells[N_COLUMNS] = {
        [DAY] = als_cell_when(als_is_given(given, 0), als_cell_day(visit->day)),
        [MODE] = als_given_text(given, 1, visit->mode),
        [STATUS] = als_cell_when(als_is_given(given, 2), status_cell(visit->not_done)),
        [REASON] = als_given_text(given, 3, visit->reason),
        [ASSIGNED] = als_cell_when(false, als_cell_integer(visit->assigned)),
        [MADE] = als_cell_integer(visit->assigned)};
    cells[STATUS].initial = cells[ASSIGNED].initial = true;
    /* Recording a visit makes it the user's own; that alone is no change of what is stored. */
    cells[MADE].quiet = true;
    struct stored_visit stored = {.found = false};
    const int64_t visit_id = als_key_visit(visit->patient_id, visit->visit_no);
    status = read_visit(store, visit_id, &stored, err);
    stored.made = stored.open; /* then it needs no reason, as a new one needs none */
    return status == ALS_OK ? put_row(store, table, visit_id, cells, &stored, false, what, err)
                            : status;
}

enum als_status als_visit_make(struct als_store *store, int64_t patient_id, int visit_no, int day,
                               bool not_done, struct als_err *err)
{
    struct als_relation *table;
    struct stored_visit stored = {.found = false};
    const int64_t visit_id = als_key_visit(patient_id, visit_no);
    enum als_status status = read_visit(store, visit_id, &stored, err);
    if (status != ALS_OK)
        return status;
    if (stored.found && (not_done || (!stored.not_done && (!stored.made || stored.day <= day))))
        return ALS_OK;
    status = als_relation_find(store, "visit", &table, err);
    if (status != ALS_OK)
        return status;
    struct als_row_cell cells[N_COLUMNS] = {[DAY] = als_cell_day(not_done ? ALS_NO_DAY : day),
                                            [STATUS] = status_cell(not_done),
                                            [ASSIGNED] = als_cell_integer(0),
                                            [MADE] = als_cell_integer(1)};
    cells[REASON].given = stored.not_done; /* a reason for not being done is void now */
    cells[ASSIGNED].given = cells[MADE].given = false;
    cells[ASSIGNED].initial = cells[MADE].initial = true;
    return put_row(store, table, visit_id, cells, &stored, not_done, NULL, err);
}

enum als_status als_visit_follow(struct als_store *store, int64_t patient_id, int visit_no,
                                 struct als_err *err)
{
    struct als_relation *table;
    struct stored_visit stored = {.found = false};
    struct deeds deeds;
    const int64_t visit_id = als_key_visit(patient_id, visit_no);
    enum als_status status = read_visit(store, visit_id, &stored, err);
    if (status != ALS_OK || !stored.found || !stored.made)
        return status;
    status = read_deeds(store, visit_id, &deeds, err);
    als_buf_release(&deeds.names);
    if (status == ALS_OK)
        status = als_relation_find(store, "visit", &table, err);
    if (status != ALS_OK)
        return status;
    struct als_row_cell cells[N_COLUMNS] = {
        [DAY] = als_cell_day(deeds.earliest), [STATUS] = status_cell(deeds.earliest == ALS_NO_DAY)};
    return put_row(store, table, visit_id, cells, &stored, deeds.earliest == ALS_NO_DAY, NULL, err);
}

enum als_status als_visit_load(struct als_store *store, int64_t patient_id, struct als_arena *arena,
                               struct als_visit_list *out, struct als_err *err)
{
    sqlite3_stmt *stmt;
    *out = (struct als_visit_list){NULL, 0};
    enum als_status status = als_sql_cached(
        store,
        "SELECT visit_id, day, mode, status = 'not-done', reason, assigned, made FROM visit"
        " WHERE visit_id BETWEEN ?1 AND ?2 AND NOT (made = 1 AND status = 'not-done')"
        " ORDER BY visit_id",
        &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, als_key_visit(patient_id, 0));
    sqlite3_bind_int64(stmt, 2, patient_id ? als_key_visit(patient_id, ALS_KEY_MASK) : INT64_MAX);
    struct als_visit *list = NULL;
    size_t n = 0, room = 0;
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        if (n == room) {
            room = room ? 2 * room : 32;
            list = als_realloc_array(list, room, sizeof *list);
        }
        int64_t visit_id = sqlite3_column_int64(stmt, 0);
        list[n++] = (struct als_visit){.patient_id = visit_id >> ALS_KEY_SHIFT,
                                       .visit_no = (int)(visit_id & ALS_KEY_MASK),
                                       .day = als_column_day(stmt, 1),
                                       .mode = als_column_text(stmt, 2, arena),
                                       .not_done = sqlite3_column_int(stmt, 3),
                                       .reason = als_column_text(stmt, 4, arena),
                                       .assigned = sqlite3_column_int(stmt, 5),
                                       .made = sqlite3_column_int(stmt, 6)};
        n -= als_day_is_cut(store, list[n - 1].day);
    }
    als_sql_done(stmt);
    if (status == ALS_OK && n > 0) {
        out->items = als_arena_array(arena, n, sizeof *list);
        memcpy(out->items, list, n * sizeof *list);
        out->count = n;
    }
    free(list);
    return status;
}

void als_facts_from(const struct als_store *store, const struct als_patient *patient,
                    const struct als_event *events, size_t n_events, const struct als_visit *visits,
                    size_t n_visits, struct als_arena *arena, struct als_patient_facts *out)
{
    struct als_event_fact *event_facts = als_arena_array(arena, n_events, sizeof *event_facts);
    struct als_visit_fact *visit_facts = als_arena_array(arena, n_visits, sizeof *visit_facts);
    for (size_t i = 0; i < n_events; i++) {
        event_facts[i] = (struct als_event_fact){events[i].event, ALS_NO_DATE};
        (void)als_date_parse(events[i].date, strlen(events[i].date), &event_facts[i].date);
    }
    for (size_t i = 0; i < n_visits; i++) {
        const char *code = als_store_visit_code(store, visits[i].visit_no);
        visit_facts[i] =
            (struct als_visit_fact){code ? code : "", visits[i].day, visits[i].not_done};
    }
    *out =
        (struct als_patient_facts){patient->cohort, event_facts, n_events, visit_facts, n_visits};
}

enum als_status als_facts_load(struct als_store *store, const struct als_patient *patient,
                               struct als_arena *arena, struct als_patient_facts *out,
                               struct als_err *err)
{
    struct als_event_list events;
    struct als_visit_list visits;
    enum als_status status = als_event_load(store, patient->id, arena, &events, err);
    if (status == ALS_OK)
        status = als_visit_load(store, patient->id, arena, &visits, err);
    if (status == ALS_OK)
        als_facts_from(store, patient, events.items, events.count, visits.items, visits.count,
                       arena, out);
    return status;
}
