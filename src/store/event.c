/* Dated milestones of patients. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/hours.h"
#include "store_int.h"

bool als_event_repeats(const struct als_protocol *protocol, const char *event)
{
    static const char *const names[] = {"infusion", "ventilation", "last_known_alive"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], event) == 0)
            return true;
    for (size_t i = 0; i < protocol->n_events; i++) {
        if (strcmp(protocol->events[i], event) == 0)
            return true;
    }
    return false;
}

const char *als_event_item(const struct als_protocol *protocol, const struct als_event *event,
                           struct als_arena *arena)
{
    if (!als_event_repeats(protocol, event->event))
        return als_arena_strdup(arena, event->event);
    return als_arena_printf(arena, "%s %s", event->event, event->date);
}

static enum als_status check_event(const struct als_protocol *protocol, const char *event,
                                   struct als_err *err)
{
    if (!als_or_missing(event))
        return als_fail(err, ALS_DATA, "E-REQUIRED", "event: is missing");
    if (als_protocol_has_event(protocol, event))
        return ALS_OK;
    size_t n = 0;
    while (als_event_names[n])
        n++;
    const char **names = als_alloc_array(n + protocol->n_events, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = als_event_names[i];
    for (size_t i = 0; i < protocol->n_events; i++)
        names[n + i] = protocol->events[i];
    enum als_status status = als_check_choice("event", event, names, n + protocol->n_events, err);
    free(names);
    return status;
}

/* Visits are counted from infusions, so a month or a year will not do. */
static enum als_status check_infusion(const struct als_event *event, struct als_err *err)
{
    int day;
    if (strcmp(event->event, "infusion") != 0 || !als_or_missing(event->date) ||
        als_date_parse_full(event->date, strlen(event->date), &day))
        return ALS_OK;
    als_fail(err, ALS_DATA, "E-DATE", "date: '%.40s' is not a day", event->date);
    als_err_hint(err, "visits are counted from an infusion: write YYYY-MM-DD");
    return ALS_DATA;
}

/* A course of ventilation is made of its hours, so none may be missing or be read in two ways. id:
 * of the stored row, 0 for a new one. */
static enum als_status check_hours(const struct als_event *event, unsigned given,
                                   struct als_err *err)
{
    bool value = als_is_given(given, 1), unit = als_is_given(given, 2);
    if (strcmp(event->event, "ventilation") != 0)
        return ALS_OK;
    if (value ? isnan(event->value) : !event->id) {
        als_fail(err, ALS_DATA, "E-REQUIRED", "value: is missing");
    } else if ((value && isnan(als_hours_a_day(event->value, NULL))) ||
               (unit && isnan(als_hours_a_day(0, als_or_missing(event->unit))))) {
        als_fail(err, ALS_DATA, "E-RANGE", "value: expected 0 to 24 hours a day");
    } else {
        return ALS_OK;
    }
    als_err_hint(err, "hours a day from that date on, 0 when ventilation ended; unit h/day");
    return ALS_DATA;
}

static enum als_status check(const struct als_store *store, const struct als_event *event,
                             unsigned given, struct als_err *err)
{
    enum als_status status = check_event(store->protocol, event->event, err);
    if (status == ALS_OK && als_is_given(given, 0))
        status = als_check_date("date", event->date, err);
    if (status == ALS_OK && als_is_given(given, 0))
        status = check_infusion(event, err);
    if (status == ALS_OK && !event->id && !(als_is_given(given, 0) && als_or_missing(event->date)))
        status = als_fail(err, ALS_DATA, "E-REQUIRED", "date: is missing");
    return status;
}

/* The stored row with the same key, by date only when the event repeats; 0 if there is none. */
static enum als_status find(struct als_store *store, const struct als_event *event, int64_t *id,
                            struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_cached(store,
                                            "SELECT event_id FROM event WHERE patient_id = ?1"
                                            " AND event = ?2 AND (?3 IS NULL OR date = ?3)"
                                            " ORDER BY event_id LIMIT 1",
                                            &stmt, err);
    if (status != ALS_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, event->patient_id);
    als_bind_text(stmt, 2, event->event);
    als_bind_text(stmt, 3, als_event_repeats(store->protocol, event->event) ? event->date : NULL);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    *id = status == ALS_OK && row ? sqlite3_column_int64(stmt, 0) : 0;
    als_sql_done(stmt);
    return status;
}

/* Which row is meant: the one named by its number, else the one with the same key. */
static enum als_status settle(struct als_store *store, struct als_event *event, unsigned given,
                              struct als_err *err)
{
    int64_t same_key = 0;
    if (event->id && !als_is_given(given, 0))
        return ALS_OK;
    enum als_status status = find(store, event, &same_key, err);
    if (status == ALS_OK && event->id && same_key && same_key != event->id)
        return als_fail(err, ALS_DATA, "E-EXISTS", "there is another %s on %s", event->event,
                        event->date);
    if (!event->id)
        event->id = same_key;
    return status;
}

enum als_status als_event_put(struct als_store *store, struct als_event *event, unsigned given,
                              enum als_put *what, struct als_err *err)
{
    struct als_relation *table;
    enum als_status status = check(store, event, given, err);
    if (status == ALS_OK)
        status = als_relation_find(store, "event", &table, err);
    if (status == ALS_OK)
        status = settle(store, event, given, err);
    if (status == ALS_OK)
        status = check_hours(event, given, err);
    if (status != ALS_OK)
        return status;
    struct als_row_cell cells[] = {
        als_cell_integer(event->patient_id),
        als_cell_text(event->event),
        als_given_text(given, 0, event->date),
        als_cell_when(als_is_given(given, 1), als_cell_number(event->value)),
        als_given_text(given, 2, event->unit),
        als_given_text(given, 3, event->note)};
    return als_row_put(store, table, &event->id, cells, false, what, err);
}

enum als_status als_event_remove(struct als_store *store, const struct als_event *event,
                                 struct als_err *err)
{
    struct als_relation *table;
    enum als_status status = als_change_require(store, err);
    if (status != ALS_OK)
        return status;
    if (!store->change.has_reason) {
        als_fail(err, ALS_DATA, "E-CONFLICT", "taking out %s of %s changes what is stored",
                 event->event, event->date);
        als_err_hint(err, "give a reason to change stored values");
        return ALS_DATA;
    }
    status = als_relation_find(store, "event", &table, err);
    return status == ALS_OK ? als_row_delete(store, table, event->id, err) : status;
}

/* An event with the day that its date stands for, to sort by. */
struct dated {
    struct als_event event;
    int day;
};

static int in_order(const void *a, const void *b)
{
    const struct dated *left = a, *right = b;
    if (left->event.patient_id != right->event.patient_id)
        return left->event.patient_id < right->event.patient_id ? -1 : 1;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    int names = strcmp(left->event.event, right->event.event);
    if (names)
        return names;
    return left->event.id < right->event.id ? -1 : left->event.id > right->event.id;
}

static struct dated read_event(sqlite3_stmt *stmt, struct als_arena *arena)
{
    struct dated dated = {.event = {.id = sqlite3_column_int64(stmt, 0),
                                    .patient_id = sqlite3_column_int64(stmt, 1),
                                    .event = als_column_text(stmt, 2, arena),
                                    .date = als_column_text(stmt, 3, arena),
                                    .value = als_column_number(stmt, 4),
                                    .unit = als_column_text(stmt, 5, arena),
                                    .note = als_column_text(stmt, 6, arena)},
                          .day = ALS_NO_DAY};
    struct als_date date;
    if (als_date_parse(dated.event.date, strlen(dated.event.date), &date))
        dated.day = date.day;
    return dated;
}

enum als_status als_event_load(struct als_store *store, int64_t patient_id, struct als_arena *arena,
                               struct als_event_list *out, struct als_err *err)
{
    sqlite3_stmt *stmt;
    *out = (struct als_event_list){NULL, 0};
    enum als_status status = als_sql_prepare(
        store,
        patient_id ? "SELECT event_id, patient_id, event, date, value, unit, note FROM event"
                     " WHERE patient_id = ?1"
                   : "SELECT event_id, patient_id, event, date, value, unit, note FROM event",
        &stmt, err);
    if (status != ALS_OK)
        return status;
    if (patient_id)
        sqlite3_bind_int64(stmt, 1, patient_id);
    struct dated *list = NULL;
    size_t n = 0, room = 0;
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row) {
        if (n == room) {
            room = room ? 2 * room : 16;
            list = als_realloc_array(list, room, sizeof *list);
        }
        list[n] = read_event(stmt, arena);
        n += !als_date_is_cut(store, list[n].event.date);
    }
    sqlite3_finalize(stmt);
    if (status == ALS_OK && n > 0) {
        qsort(list, n, sizeof *list, in_order);
        out->items = als_arena_array(arena, n, sizeof *out->items);
        for (out->count = 0; out->count < n; out->count++)
            out->items[out->count] = list[out->count].event;
    }
    free(list);
    return status;
}
