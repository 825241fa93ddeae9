/* The worklist: whose visit is overdue, due or near, and whose cannot be said yet. */
#include <stdlib.h>
#include <string.h>

#include "alstrack/analysis/visits.h"

/* Patients with visits that have no target yet, by what they wait for. */
struct wait {
    const char *what;
    size_t patients;
    const struct als_patient *last; /* the one counted last */
};
#define WAITS_MOST 16

struct collector {
    struct als_store *store;
    struct als_arena *arena;
    const char *site;
    struct als_worklist *list;
    struct wait waits[WAITS_MOST];
    size_t n_waits, waiting, room;
};

const char *als_due_word(enum als_visit_status status)
{
    return status == ALS_VISIT_MISSED ? "overdue" : status == ALS_VISIT_DUE ? "due" : "soon";
}

static bool belongs(const struct als_worklist *list, const struct als_visit_row *row,
                    const struct als_visit *visit)
{
    if (row->status == ALS_VISIT_DUE)
        return true;
    if (row->status == ALS_VISIT_MISSED)
        return !visit && !row->plan->optional;
    return row->status == ALS_VISIT_PLANNED && row->window_from - list->today <= list->within_days;
}

static const char *awaited(const struct collector *collector, const struct als_visit_row *row)
{
    const struct als_protocol *protocol = als_store_protocol(collector->store);
    const struct als_anchor *root =
        als_schedule_root(protocol, (size_t)(row->plan - protocol->visits));
    if (row->needs_cohort)
        return "the cohort";
    if (root->kind == ALS_ANCHOR_EVENT)
        return root->event;
    if (root->kind == ALS_ANCHOR_INFUSION)
        return als_arena_printf(collector->arena, "infusion %zu", root->number);
    return "the last planned infusion";
}

static void note_wait(struct collector *collector, const struct als_patient *patient,
                      const char *what)
{
    size_t i = 0;
    while (i < collector->n_waits && strcmp(collector->waits[i].what, what) != 0)
        i++;
    if (i == WAITS_MOST)
        return;
    if (i == collector->n_waits)
        collector->waits[collector->n_waits++] = (struct wait){.what = what};
    collector->waits[i].patients += collector->waits[i].last != patient;
    collector->waits[i].last = patient;
}

static void collect_waits(struct collector *collector, const struct als_cohort_patient *patient)
{
    bool waits = false;
    for (size_t i = 0; i < patient->n_rows; i++) {
        if (patient->rows[i].status != ALS_VISIT_UNSCHEDULED)
            continue;
        note_wait(collector, patient->patient, awaited(collector, &patient->rows[i]));
        waits = true;
    }
    collector->waiting += waits;
}

static void add(struct collector *collector, const struct als_patient *patient,
                const struct als_visit_row *row)
{
    struct als_worklist *list = collector->list;
    if (list->count == collector->room) {
        collector->room = collector->room ? 2 * collector->room : 64;
        list->items = als_realloc_array(list->items, collector->room, sizeof *list->items);
    }
    list->items[list->count] =
        (struct als_due_visit){patient->patient, patient->site, *row, list->count};
    list->count++;
    list->overdue += row->status == ALS_VISIT_MISSED;
    list->due += row->status == ALS_VISIT_DUE;
    list->soon += row->status == ALS_VISIT_PLANNED;
}

static void collect(const struct als_cohort_patient *patient, void *context)
{
    struct collector *collector = context;
    const char *site = patient->patient->site;
    if (collector->site && (!site || strcmp(site, collector->site) != 0))
        return;
    collect_waits(collector, patient);
    for (size_t i = 0; i < patient->n_rows; i++) {
        const struct als_visit_row *row = &patient->rows[i];
        const struct als_visit *visit =
            als_visit_recorded(collector->store, patient->visits, patient->n_visits, row->code);
        if (belongs(collector->list, row, visit))
            add(collector, patient->patient, row);
    }
}

static int by_window_end(const void *left, const void *right)
{
    const struct als_due_visit *a = left, *b = right;
    if (a->row.window_to != b->row.window_to)
        return a->row.window_to < b->row.window_to ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static const char *waiting_text(const struct collector *collector)
{
    if (collector->waiting == 0)
        return NULL;
    const char *text = "";
    for (size_t i = 0; i < collector->n_waits; i++)
        text = als_arena_printf(collector->arena, "%s%s%zu for %s", text, i ? ", " : "",
                                collector->waits[i].patients, collector->waits[i].what);
    return als_arena_printf(collector->arena,
                            "%zu patient%s with visits that have no date to count from yet: %s.",
                            collector->waiting, collector->waiting == 1 ? "" : "s", text);
}

enum als_status als_worklist_load(struct als_store *store, int today, int within_days,
                                  const char *site, struct als_arena *arena,
                                  struct als_worklist *out, struct als_err *err)
{
    struct als_worklist list = {.today = today, .within_days = within_days};
    struct collector collector = {.store = store, .arena = arena, .site = site, .list = &list};
    enum als_status status = als_cohort_each(store, arena, today, collect, &collector, err);
    if (!status) {
        if (list.count)
            qsort(list.items, list.count, sizeof *list.items, by_window_end);
        list.waiting = waiting_text(&collector);
        *out = list;
        out->items = als_arena_array(arena, list.count + 1, sizeof *out->items);
        if (list.count)
            memcpy(out->items, list.items, list.count * sizeof *list.items);
    }
    free(list.items);
    return status;
}

struct als_table *als_worklist_table(const struct als_worklist *list)
{
    static const struct als_table_column columns[] = {
        {.name = "patient", .type = ALS_CELL_TEXT},
        {.name = "visit", .type = ALS_CELL_TEXT},
        {.name = "label", .type = ALS_CELL_TEXT},
        {.name = "status", .type = ALS_CELL_TEXT},
        {.name = "target", .type = ALS_CELL_TEXT},
        {.name = "window_from", .type = ALS_CELL_TEXT},
        {.name = "window_to", .type = ALS_CELL_TEXT},
        {.name = "days_left", .type = ALS_CELL_INTEGER},
    };
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < list->count; i++) {
        const struct als_visit_row *row = &list->items[i].row;
        als_table_text(table, list->items[i].patient);
        als_table_text(table, row->code);
        als_table_text(table, row->plan->label);
        als_table_text(table, als_due_word(row->status));
        als_table_day(table, row->target);
        als_table_day(table, row->window_from);
        als_table_day(table, row->window_to);
        als_table_integer(table, row->window_to - list->today);
    }
    char today[ALS_DATE_TEXT];
    als_table_note(table, "%s: %zu overdue, %zu due, %zu within %d days.",
                   als_day_format(list->today, today), list->overdue, list->due, list->soon,
                   list->within_days);
    if (list->waiting)
        als_table_note(table, "%s", list->waiting);
    return table;
}

void als_worklist_calendar(const struct als_store *store, const struct als_worklist *list,
                           const char *stamp, struct als_buf *out)
{
    als_ics_begin(out);
    for (size_t i = 0; i < list->count; i++)
        als_ics_visits(out, als_store_uuid(store), list->items[i].patient, &list->items[i].row, 1,
                       stamp);
    als_ics_end(out);
}
