/* visits.csv: every planned and extra visit of every patient, with target, window and deviation. */
#include <stdlib.h>
#include <string.h>

#include "alstrack/analysis/timeline.h"
#include "field.h"
#include "folder_files.h"

struct worker {
    const struct als_export *export;
    struct als_store *store;
    struct als_opening_cache *cache;
    struct als_visit_row *rows;
    size_t room;
};

static void *begin(struct als_store *store, void *context)
{
    struct worker *worker = als_alloc(sizeof *worker);
    worker->export = context;
    worker->store = store;
    worker->cache = als_opening_cache_new(store);
    return worker;
}

static void end(void *state)
{
    struct worker *worker = state;
    als_opening_cache_free(worker->cache);
    free(worker->rows);
    free(worker);
}

static const struct als_visit *find_visit(const struct worker *worker,
                                          const struct als_visit_list *visits, const char *code)
{
    int visit_no = als_store_visit_no(worker->store, code, strlen(code));
    for (size_t i = 0; i < visits->count; i++)
        if (visits->items[i].visit_no == visit_no)
            return &visits->items[i];
    return NULL;
}

static void put_offsets(struct als_buf *out, const struct als_visit_row *row)
{
    if (row->target == ALS_NO_DAY || row->actual == ALS_NO_DAY) {
        als_buf_text(out, ",,");
        return;
    }
    als_field_cell_integer(out, row->offset_days);
    als_field_cell_integer(out, row->outside_days);
}

static void put_row(struct worker *worker, struct als_buf *out, size_t patient,
                    const struct als_visit_list *visits, const struct als_visit_row *row)
{
    const struct als_people *people = &worker->export->people;
    int visit_no = als_store_visit_no(worker->store, row->code, strlen(row->code));
    struct als_bytes code = als_opening_visit(worker->cache, visit_no);
    als_field_cell_text(out, people->list.items[patient].patient);
    als_buf_add(out, code.text, code.length);
    als_field_cell_day(out, row->target);
    als_field_cell_day(out, row->window_from);
    als_field_cell_day(out, row->window_to);
    struct als_bytes date =
        als_opening_date(worker->cache, &people->timelines[patient], row->actual);
    als_buf_add(out, date.text, date.length);
    als_field_cell_text(out, als_visit_status_name(row->status));
    put_offsets(out, row);
    const struct als_visit *visit = find_visit(worker, visits, row->code);
    als_field_cell_text(out, visit ? visit->mode : NULL);
    als_field_cell_text(out, visit ? visit->reason : NULL);
    als_field_cell_yesno(out, visit ? visit->assigned : ALS_UNSAID);
    als_field_end_row(out);
}

static enum als_status put_patient(struct worker *worker, size_t patient, struct als_buf *out,
                                   size_t *rows, struct als_err *err)
{
    const struct als_export *export = worker->export;
    struct als_arena *arena = als_arena_new();
    struct als_visit_list visits;
    struct als_patient_facts facts;
    enum als_status status =
        als_export_facts(export, worker->store, patient, arena, &visits, &facts, err);
    if (status == ALS_OK) {
        size_t needed = export->protocol->n_visits + facts.n_visits;
        if (needed > worker->room) {
            worker->room = needed;
            worker->rows = als_realloc_array(worker->rows, needed, sizeof *worker->rows);
        }
        size_t n =
            als_schedule_build(export->protocol, &facts, export->options->as_of_day, worker->rows);
        for (size_t i = 0; i < n; i++)
            put_row(worker, out, patient, &visits, &worker->rows[i]);
        *rows += n;
    }
    als_arena_free(arena);
    return status;
}

static enum als_status format(void *state, size_t first, size_t end_index, struct als_buf *out,
                              size_t *rows, struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = first; i < end_index && status == ALS_OK; i++)
        status = put_patient(state, i, out, rows, err);
    return status;
}

static struct als_dataset *describe(struct als_export *export)
{
    static const struct als_field before[] = {
        {.name = "patient", .label = "Patient", .type = ALS_FIELD_TEXT},
        {.name = "visit", .label = "Visit code", .type = ALS_FIELD_TEXT},
        {.name = "visit_label", .label = "Visit as the protocol calls it", .type = ALS_FIELD_TEXT},
        {.name = "target", .label = "Target date", .type = ALS_FIELD_DATE},
        {.name = "window_from", .label = "First day of the window", .type = ALS_FIELD_DATE},
        {.name = "window_to", .label = "Last day of the window", .type = ALS_FIELD_DATE},
        {.name = NULL}};
    static const struct als_field after[] = {
        {.name = "status", .label = "Status on the as-of day", .type = ALS_FIELD_TEXT},
        {.name = "offset_days",
         .label = "Date minus target",
         .type = ALS_FIELD_INTEGER,
         .unit = "days"},
        {.name = "outside_days",
         .label = "Days outside the window, negative before it",
         .type = ALS_FIELD_INTEGER,
         .unit = "days"},
        {.name = "mode", .label = "How the visit took place", .type = ALS_FIELD_TEXT},
        {.name = "reason", .label = "Why it was not done", .type = ALS_FIELD_TEXT},
        {.name = "assigned",
         .label = "Visit chosen by the program from the date",
         .type = ALS_FIELD_YESNO},
        {.name = NULL}};
    struct als_dataset *dataset = als_dataset_new(
        export->arena, "visits.csv", "One row per planned or extra visit", "patient visit");
    als_dataset_add_all(dataset, before);
    als_dataset_add_all(dataset, als_opening_fields + 2); /* date, day, month */
    als_dataset_add_all(dataset, after);
    return dataset;
}

enum als_status als_export_visits(struct als_export *export, struct als_err *err)
{
    struct als_sheet sheet;
    enum als_status status = als_sheet_open(export, describe(export), &sheet, err);
    if (status != ALS_OK)
        return status;
    struct als_ranges ranges = export->ranges;
    ranges.n_patients = export->people.list.count;
    ranges.context = export;
    ranges.begin = begin;
    ranges.format = format;
    ranges.end = end;
    als_sheet_flush(&sheet);
    status = als_ranges_write(&ranges, &sheet.out, &sheet.dataset->rows, err);
    return als_sheet_close(export, &sheet, status, err);
}
