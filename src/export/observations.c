/* observations.csv: every item and score of every assessment in one long file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/csv.h"
#include "field.h"
#include "folder_files.h"
#include "pen.h"

#define CELL_ROOM (2 * ALS_NUM_TEXT)

/* One of the instruments, whose rows follow one another in the file. */
struct part {
    const struct als_export *export;
    const char *code;
};

struct worker {
    const struct part *part;
    struct als_store *store;
    const struct als_instrument *instrument;
    struct als_opening_cache *cache;
    struct als_bytes *names; /* "CODE," of items, then of scores */
    struct als_bytes *units; /* ",UNIT," likewise */
    struct als_field_memory *memory;
    struct als_arena *arena; /* of names and units */
    struct als_buf opening;  /* patient … instrument of the assessment under way */
    size_t index;            /* of its patient */
};

static struct als_bytes keep(struct worker *worker, const char *before, const char *text)
{
    struct als_buf buf;
    als_buf_init(&buf, ALS_BUF_LARGE);
    als_buf_text(&buf, before);
    als_field_cell_text(&buf, text);
    struct als_bytes bytes = {als_arena_strndup(worker->arena, buf.data, buf.length), buf.length};
    als_buf_release(&buf);
    return bytes;
}

static void *begin(struct als_store *store, void *context)
{
    struct worker *worker = als_alloc(sizeof *worker);
    worker->part = context;
    worker->store = store;
    worker->instrument = als_store_find_instrument(store, worker->part->code);
    if (!worker->instrument)
        als_bug("instrument %s is not known to a second connection", worker->part->code);
    worker->cache = als_opening_cache_new(store);
    worker->memory = als_alloc(sizeof *worker->memory);
    worker->arena = als_arena_new();
    als_buf_init(&worker->opening, ALS_BUF_LARGE);
    const struct als_instrument *instrument = worker->instrument;
    size_t n = instrument->n_items + instrument->n_scores;
    worker->names = als_arena_array(worker->arena, n, sizeof *worker->names);
    worker->units = als_arena_array(worker->arena, n, sizeof *worker->units);
    for (size_t i = 0; i < n; i++) {
        bool item = i < instrument->n_items;
        size_t k = item ? i : i - instrument->n_items;
        worker->names[i] =
            keep(worker, "", item ? instrument->items[k].code : instrument->scores[k].code);
        worker->units[i] =
            keep(worker, ",", item ? instrument->items[k].unit : instrument->scores[k].unit);
    }
    return worker;
}

static void end(void *state)
{
    struct worker *worker = state;
    als_opening_cache_free(worker->cache);
    als_arena_free(worker->arena);
    als_buf_release(&worker->opening);
    free(worker->memory);
    free(worker);
}

static void set_opening(struct worker *worker, const struct als_assessment *row)
{
    const struct als_people *people = &worker->part->export->people;
    while (people->list.items[worker->index].id != row->patient_id)
        if (++worker->index == people->list.count)
            als_bug("an assessment of patient %lld, who is not in the list",
                    (long long)row->patient_id);
    struct als_bytes visit = als_opening_visit(worker->cache, row->visit_no);
    struct als_bytes date =
        als_opening_date(worker->cache, &people->timelines[worker->index], row->day);
    als_buf_clear(&worker->opening);
    als_field_cell_text(&worker->opening, people->list.items[worker->index].patient);
    als_buf_add(&worker->opening, visit.text, visit.length);
    als_buf_add(&worker->opening, date.text, date.length);
    als_field_cell_text(&worker->opening, worker->instrument->code);
}

/* Opening and name; the caller writes the value and calls put_closing. */
static char *put_name(struct worker *worker, struct als_buf *out, size_t which)
{
    struct als_bytes name = worker->names[which];
    char *at = als_pen_start(out, worker->opening.length + name.length +
                                      worker->units[which].length + CELL_ROOM);
    at = als_pen_bytes(at, worker->opening.data, worker->opening.length);
    return als_pen_bytes(at, name.text, name.length);
}

static void put_closing(struct worker *worker, struct als_buf *out, char *at, size_t which,
                        const char *reason)
{
    struct als_bytes unit = worker->units[which];
    at = als_pen_bytes(at, unit.text, unit.length);
    als_pen_stop(out, at);
    if (reason)
        als_csv_put(out, reason, strlen(reason), ',');
    als_buf_char(out, '\n');
}

static void put_item(struct worker *worker, struct als_buf *out, const struct als_assessment *row,
                     size_t item)
{
    const struct als_value *value = &row->values[item];
    const char *reason = NULL;
    char *at = put_name(worker, out, item);
    if (value->kind == ALS_VALUE_TEXT) {
        als_pen_stop(out, at);
        als_csv_put(out, value->text, value->length, ',');
        at = als_pen_start(out, worker->units[item].length + CELL_ROOM);
    } else if (value->kind == ALS_VALUE_NUMBER) {
        at = als_pen_number(at, value->number, worker->memory);
    } else if (value->kind == ALS_VALUE_MISSING) {
        reason =
            row->item_reasons && row->item_reasons[item] ? row->item_reasons[item] : row->reason;
    } else if (worker->instrument->items[item].type == ALS_ITEM_YESNO) {
        *at++ = value->integer ? 'Y' : 'N';
    } else {
        at = als_pen_integer(at, value->integer);
    }
    put_closing(worker, out, at, item, reason);
}

static double score_value(struct worker *worker, const struct als_assessment *row, size_t score)
{
    const struct als_people *people = &worker->part->export->people;
    const struct als_instrument *instrument = worker->instrument;
    struct als_person person = {0};
    if (!als_score_is_own(&instrument->scores[score]))
        person = als_patient_person(&people->list.items[worker->index],
                                    als_store_protocol(worker->store), row->day);
    return als_score_compute(instrument, score, row->values, &person).value;
}

static void put_assessment(struct worker *worker, struct als_buf *out,
                           const struct als_assessment *row)
{
    const struct als_instrument *instrument = worker->instrument;
    set_opening(worker, row);
    for (size_t i = 0; i < instrument->n_items; i++)
        put_item(worker, out, row, i);
    for (size_t i = 0; i < instrument->n_scores; i++) {
        size_t which = instrument->n_items + i;
        double value = score_value(worker, row, i);
        char *at = put_name(worker, out, which);
        if (!isnan(value))
            at = als_pen_number(at, value, worker->memory);
        put_closing(worker, out, at, which, isnan(value) ? row->reason : NULL);
    }
}

static enum als_status format(void *state, size_t first, size_t end_index, struct als_buf *out,
                              size_t *rows, struct als_err *err)
{
    struct worker *worker = state;
    const struct als_patient *patients = worker->part->export->people.list.items;
    struct als_scan *scan;
    enum als_status status =
        als_scan_open(worker->store, worker->instrument, ALS_SCAN_ITEMS | ALS_SCAN_COLUMNS,
                      patients[first].id, patients[end_index - 1].id, &scan, err);
    if (status != ALS_OK)
        return status;
    worker->index = first;
    const struct als_assessment *row;
    while ((status = als_scan_next(scan, &row, err)) == ALS_OK && row) {
        put_assessment(worker, out, row);
        *rows += worker->instrument->n_items + worker->instrument->n_scores;
    }
    als_scan_close(scan);
    return status;
}

static struct als_dataset *describe(struct als_export *export)
{
    static const struct als_field after[] = {
        {.name = "instrument", .label = "Instrument", .type = ALS_FIELD_TEXT},
        {.name = "item_or_score", .label = "Item or score", .type = ALS_FIELD_TEXT},
        {.name = "value", .label = "Value as in the instrument's file", .type = ALS_FIELD_TEXT},
        {.name = "unit", .label = "Unit", .type = ALS_FIELD_TEXT},
        {.name = "missing_reason", .label = "Why there is no value", .type = ALS_FIELD_TEXT},
        {.name = NULL}};
    struct als_dataset *dataset = als_dataset_new(export->arena, "observations.csv",
                                                  "One row per item and score of an assessment",
                                                  "patient visit instrument item_or_score");
    als_dataset_add(dataset, "patient", "Patient", ALS_FIELD_TEXT, NULL);
    als_dataset_add_all(dataset, als_opening_fields);
    als_dataset_add_all(dataset, after);
    return dataset;
}

enum als_status als_export_observations(struct als_export *export, struct als_err *err)
{
    struct als_sheet sheet;
    enum als_status status = als_sheet_open(export, describe(export), &sheet, err);
    if (status != ALS_OK)
        return status;
    als_sheet_flush(&sheet);
    size_t n = als_store_instrument_count(export->store);
    for (size_t i = 0; i < n && status == ALS_OK; i++) {
        struct part part = {export, als_store_instrument(export->store, i)->code};
        struct als_ranges ranges = export->ranges;
        ranges.n_patients = export->people.list.count;
        ranges.context = &part;
        ranges.begin = begin;
        ranges.format = format;
        ranges.end = end;
        size_t rows;
        status = als_ranges_write(&ranges, &sheet.out, &rows, err);
        sheet.dataset->rows += status == ALS_OK ? rows : 0;
    }
    return als_sheet_close(export, &sheet, status, err);
}
