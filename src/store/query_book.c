/* Findings of rules against the queries of a patient: opened, refreshed, marked as gone. */
#include <string.h>

#include "judge_int.h"
#include "query_int.h"

static void make_room(struct als_book *book, size_t room)
{
    struct als_query *items = als_arena_array(book->arena, room, sizeof *items);
    bool *seen = als_arena_array(book->arena, room, sizeof *seen);
    if (book->count) {
        memcpy(items, book->items, book->count * sizeof *items);
        memcpy(seen, book->seen, book->count * sizeof *seen);
    }
    book->items = items;
    book->seen = seen;
    book->room = room;
}

void als_book_from(struct als_store *store, int64_t patient_id, const struct als_query *queries,
                   size_t n, struct als_arena *arena, struct als_book *out)
{
    *out = (struct als_book){.store = store, .patient_id = patient_id, .arena = arena};
    make_room(out, n + 8);
    if (n)
        memcpy(out->items, queries, n * sizeof *queries);
    out->count = n;
}

enum als_status als_book_load(struct als_store *store, int64_t patient_id, struct als_arena *arena,
                              struct als_book *out, struct als_err *err)
{
    const struct als_query_filter filter = {.patient_id = patient_id, .opened_before = ALS_NO_DAY};
    struct als_query_list list;
    const enum als_status status = als_query_load(store, &filter, arena, &list, err);
    if (status == ALS_OK)
        als_book_from(store, patient_id, list.items, list.count, arena, out);
    return status;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

struct als_query *als_book_find(const struct als_book *book, const struct als_cell_of *cell,
                                const char *rule)
{
    for (size_t i = 0; i < book->count; i++) {
        struct als_query *query = &book->items[i];
        if (query->visit_no == cell->visit_no && query->rule && strcmp(query->rule, rule) == 0 &&
            strcmp(query->record, cell->record) == 0 && same(query->item, cell->item) &&
            same(query->rater, cell->rater))
            return query;
    }
    return NULL;
}

static enum als_status open_query(struct als_book *book, const struct als_cell_of *cell,
                                  const char *rule, const char *message, const char *value,
                                  const char *answer, struct als_err *err)
{
    if (book->count == book->room)
        make_room(book, 2 * book->room);
    const int64_t last = book->count ? book->items[book->count - 1].id & ALS_QUERY_MASK : 0;
    struct als_query *query = &book->items[book->count];
    *query = (struct als_query){.patient_id = book->patient_id,
                                .visit_no = cell->visit_no,
                                .record = cell->record,
                                .rater = cell->rater,
                                .item = cell->item,
                                .rule = rule,
                                .message = message,
                                .value = value,
                                .value_change = book->value_change};
    enum als_status status = als_query_enter(book->store, query, last + 1, book->arena, err);
    if (status == ALS_OK && answer)
        status = als_query_add_step(book->store, query, "answered", answer, NULL, err);
    if (status != ALS_OK)
        return status;
    book->seen[book->count++] = true;
    book->counts.opened++;
    return ALS_OK;
}

enum als_status als_book_note(struct als_book *book, const struct als_cell_of *cell,
                              const char *rule, const char *message, const char *value,
                              const char *answer, struct als_err *err)
{
    struct als_query *query = als_book_find(book, cell, rule);
    if (!query)
        return open_query(book, cell, rule, message, value, answer, err);
    book->seen[query - book->items] = true;
    const bool changed = !same(query->value_now, value);
    enum als_status status = ALS_OK;
    if (changed)
        status = als_query_add_step(book->store, query, "changed", message, value, err);
    else if (!query->found)
        status = als_query_add_step(book->store, query, "found", NULL, value, err);
    book->counts.refreshed += changed && status == ALS_OK;
    const bool said = query->state == ALS_QUERY_ANSWERED && same(query->last_text, answer);
    if (status == ALS_OK && answer && query->state != ALS_QUERY_CLOSED && !said)
        status = als_query_add_step(book->store, query, "answered", answer, NULL, err);
    return status;
}

enum als_status als_book_finish(struct als_book *book, als_book_scope_fn *of, const void *context,
                                struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < book->count && status == ALS_OK; i++) {
        struct als_query *query = &book->items[i];
        if (book->seen[i] || !query->rule || !query->found || !of(query, context))
            continue;
        if (query->state == ALS_QUERY_CLOSED)
            continue;
        status = als_query_add_step(book->store, query, "gone", NULL, query->value_now, err);
        book->counts.gone += status == ALS_OK;
    }
    return status;
}
