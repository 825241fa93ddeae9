/* One row per assessment of an instrument, formatted by as many threads as wanted. */
#include "wide.h"
#include "alstrack/core/csv.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "pen.h"

#define OPENING_ROOM 256 /* mode, status, date cells */
#define CELL_ROOM    (ALS_NUM_TEXT + 4)

/* Read by all threads; the flags are set by them. */
struct plan {
    const struct als_people *people;
    const char *code;
    size_t n_items;
    const struct als_wide *wide;
    bool probing;              /* look for reasons only */
    bool *has_column;          /* [item]: a column for its reasons is written */
    atomic_bool *found_reason; /* [item]: some assessment has a reason and there is no column */
    atomic_bool incomplete;    /* a reason was found: what is written now is of no use */
};

struct worker {
    struct plan *plan;
    struct als_store *store;
    const struct als_instrument *instrument;
    struct als_opening_cache *cache;
    struct als_field_memory *memory;
    bool needs_person;      /* some score is not of own items only */
    struct als_buf patient; /* "patient," of the patient under way */
    size_t index;           /* of that patient */
    size_t room;            /* bytes that a row needs besides its texts */
};

static bool is_person_needed(const struct als_instrument *instrument)
{
    for (size_t i = 0; i < instrument->n_scores; i++)
        if (!als_score_is_own(&instrument->scores[i]))
            return true;
    return false;
}

static void *begin(struct als_store *store, void *context)
{
    struct plan *plan = context;
    struct worker *worker = als_alloc(sizeof *worker);
    worker->plan = plan;
    worker->store = store;
    worker->instrument = als_store_find_instrument(store, plan->code);
    if (!worker->instrument || worker->instrument->n_items != plan->n_items)
        als_bug("instrument %s differs between two connections", plan->code);
    worker->cache = als_opening_cache_new(store);
    size_t n_scores = worker->instrument->n_scores;
    worker->memory = als_alloc(sizeof *worker->memory);
    worker->needs_person = is_person_needed(worker->instrument);
    worker->room = OPENING_ROOM + CELL_ROOM * (2 * plan->n_items + 2 * n_scores);
    als_buf_init(&worker->patient, ALS_BUF_LARGE);
    return worker;
}

static void end(void *state)
{
    struct worker *worker = state;
    als_opening_cache_free(worker->cache);
    als_buf_release(&worker->patient);
    free(worker->memory);
    free(worker);
}

/* The source tells rows apart only where it may differ between them. */
static bool has_source(const struct als_score *score)
{
    return score->kind == ALS_SCORE_PERCENT_PROTOCOL || score->missing == ALS_MISSING_PRORATED;
}

static const char *source_name(enum als_score_source source)
{
    static const char *const names[] = {[ALS_SOURCE_NONE] = "",
                                        [ALS_SOURCE_COMPUTED] = "computed",
                                        [ALS_SOURCE_ENTERED] = "entered",
                                        [ALS_SOURCE_PRORATED] = "prorated"};
    return names[source];
}

/* A text of any length, after which there is room for the rest of the row again. */
static char *put_text(struct worker *worker, struct als_buf *out, char *at, const char *text,
                      size_t length)
{
    als_pen_stop(out, at);
    als_csv_put(out, text, length, ',');
    als_buf_char(out, ',');
    return als_pen_start(out, worker->room);
}

static char *put_optional(struct worker *worker, struct als_buf *out, char *at, const char *text)
{
    if (text)
        return put_text(worker, out, at, text, strlen(text));
    *at++ = ',';
    return at;
}

static char *put_value(struct worker *worker, struct als_buf *out, char *at,
                       const struct als_item *item, const struct als_value *value)
{
    switch (value->kind) {
    case ALS_VALUE_MISSING:
        break;
    case ALS_VALUE_INTEGER:
        if (item->type == ALS_ITEM_YESNO)
            *at++ = value->integer ? 'Y' : 'N';
        else
            at = als_pen_integer(at, value->integer);
        break;
    case ALS_VALUE_NUMBER:
        at = als_pen_number(at, value->number, worker->memory);
        break;
    case ALS_VALUE_TEXT:
        return put_text(worker, out, at, value->text, value->length);
    }
    *at++ = ',';
    return at;
}

static char *put_bytes(struct worker *worker, struct als_buf *out, char *at, struct als_bytes bytes)
{
    als_pen_stop(out, at);
    at = als_pen_start(out, worker->room + bytes.length);
    return als_pen_bytes(at, bytes.text, bytes.length);
}

static char *put_opening(struct worker *worker, struct als_buf *out,
                         const struct als_assessment *row)
{
    const struct als_timeline *timeline = &worker->plan->people->timelines[worker->index];
    struct als_bytes patient = {worker->patient.data, worker->patient.length};
    char *at = als_pen_start(out, worker->room);
    at = put_bytes(worker, out, at, patient);
    at = put_bytes(worker, out, at, als_opening_visit(worker->cache, row->visit_no));
    at = put_bytes(worker, out, at, als_opening_date(worker->cache, timeline, row->day));
    at = put_optional(worker, out, at, row->mode);
    at = put_bytes(worker, out, at, als_opening_rater(worker->cache, row->rater_no));
    at = put_optional(worker, out, at, row->respondent);
    if (row->not_done)
        at = als_pen_bytes(at, "not-done,", 9);
    else
        at = als_pen_bytes(at, "done,", 5);
    return put_optional(worker, out, at, row->reason);
}

/* Computed here from the items: much cheaper than the study's generated columns, and equal to them.
 */
static char *put_scores(struct worker *worker, char *at, const struct als_assessment *row)
{
    const struct als_instrument *instrument = worker->instrument;
    struct als_person person = {0};
    if (worker->needs_person)
        person = als_patient_person(&worker->plan->people->list.items[worker->index],
                                    als_store_protocol(worker->store), row->day);
    for (size_t i = 0; i < instrument->n_scores; i++) {
        struct als_score_value value = als_score_compute(instrument, i, row->values, &person);
        if (!isnan(value.value))
            at = als_pen_number(at, value.value, worker->memory);
        *at++ = ',';
        if (!has_source(&instrument->scores[i]))
            continue;
        const char *name = source_name(value.source);
        at = als_pen_bytes(at, name, strlen(name));
        *at++ = ',';
    }
    return at;
}

static void put_row(struct worker *worker, struct als_buf *out, const struct als_assessment *row)
{
    const struct als_instrument *instrument = worker->instrument;
    char *at = put_opening(worker, out, row);
    for (size_t i = 0; i < instrument->n_items; i++)
        at = put_value(worker, out, at, &instrument->items[i], &row->values[i]);
    for (size_t i = 0; i < instrument->n_items; i++)
        if (worker->plan->has_column[i])
            at = put_optional(worker, out, at, row->item_reasons ? row->item_reasons[i] : NULL);
    at = put_scores(worker, at, row);
    at[-1] = '\n';
    als_pen_stop(out, at);
}

/* Reasons without a column make the file incomplete: it will be written again, with the column. */
static void look_for_reasons(struct plan *plan, const struct als_assessment *row)
{
    for (size_t i = 0; i < plan->n_items; i++) {
        if (row->item_reasons[i] && !plan->has_column[i]) {
            atomic_store(&plan->found_reason[i], true);
            atomic_store(&plan->incomplete, true);
        }
    }
}

static void go_to_patient(struct worker *worker, int64_t patient_id)
{
    const struct als_patient_list *list = &worker->plan->people->list;
    bool same = worker->patient.length > 0 && list->items[worker->index].id == patient_id;
    if (same)
        return;
    while (list->items[worker->index].id != patient_id)
        if (++worker->index == list->count)
            als_bug("an assessment of patient %lld, who is not in the list", (long long)patient_id);
    als_buf_clear(&worker->patient);
    als_field_cell_text(&worker->patient, list->items[worker->index].patient);
}

static enum als_status format(void *state, size_t first, size_t end_index, struct als_buf *out,
                              size_t *rows, struct als_err *err)
{
    struct worker *worker = state;
    struct plan *plan = worker->plan;
    const struct als_patient *patients = plan->people->list.items;
    struct als_scan *scan;
    enum als_status status =
        als_scan_open(worker->store, worker->instrument, ALS_SCAN_ITEMS | ALS_SCAN_COLUMNS,
                      patients[first].id, patients[end_index - 1].id, &scan, err);
    if (status != ALS_OK)
        return status;
    worker->index = first;
    als_buf_clear(&worker->patient);
    const struct als_assessment *row;
    while ((status = als_scan_next(scan, &row, err)) == ALS_OK && row) {
        if (row->item_reasons)
            look_for_reasons(plan, row);
        if (plan->probing || atomic_load_explicit(&plan->incomplete, memory_order_relaxed))
            continue;
        go_to_patient(worker, row->patient_id);
        put_row(worker, out, row);
        ++*rows;
    }
    als_scan_close(scan);
    return status;
}

static enum als_field_type item_field_type(const struct als_item *item)
{
    switch (item->type) {
    case ALS_ITEM_INTEGER:
        return ALS_FIELD_INTEGER;
    case ALS_ITEM_NUMBER:
        return ALS_FIELD_NUMBER;
    case ALS_ITEM_CHOICE:
        return item->numeric_choice ? ALS_FIELD_INTEGER : ALS_FIELD_TEXT;
    case ALS_ITEM_DATE:
        return ALS_FIELD_PARTIAL;
    case ALS_ITEM_YESNO:
        return ALS_FIELD_YESNO;
    case ALS_ITEM_TEXT:
        break;
    }
    return ALS_FIELD_TEXT;
}

static void describe_scores(const struct als_instrument *instrument, struct als_dataset *dataset)
{
    for (size_t i = 0; i < instrument->n_scores; i++) {
        const struct als_score *score = &instrument->scores[i];
        char name[64];
        als_dataset_add(dataset, score->code, score->label, ALS_FIELD_NUMBER, score->unit);
        if (!has_source(score))
            continue;
        snprintf(name, sizeof name, "%s.source", score->code);
        als_dataset_add(dataset, name, "computed, entered or prorated", ALS_FIELD_TEXT, NULL);
    }
}

static struct als_dataset *describe(const struct plan *plan,
                                    const struct als_instrument *instrument, const char *file,
                                    struct als_arena *arena)
{
    struct als_dataset *dataset = als_dataset_new(
        arena, file, als_arena_printf(arena, "%s: one row per assessment", instrument->title),
        "patient visit rater");
    als_dataset_add(dataset, "patient", "Patient", ALS_FIELD_TEXT, NULL);
    als_dataset_add_all(dataset, als_opening_fields);
    als_dataset_add(dataset, "mode", "How the visit took place", ALS_FIELD_TEXT, NULL);
    als_dataset_add(dataset, "rater", "Who assessed", ALS_FIELD_TEXT, NULL);
    als_dataset_add(dataset, "respondent", "Who answered", ALS_FIELD_TEXT, NULL);
    als_dataset_add(dataset, "status", "done or not-done", ALS_FIELD_TEXT, NULL);
    als_dataset_add(dataset, "reason", "Why it was not done", ALS_FIELD_TEXT, NULL);
    for (size_t i = 0; i < instrument->n_items; i++) {
        const struct als_item *item = &instrument->items[i];
        struct als_field *field =
            als_dataset_add(dataset, item->code, item->label, item_field_type(item), item->unit);
        if (item->type == ALS_ITEM_CHOICE)
            als_field_set_choices(dataset, field, item);
    }
    for (size_t i = 0; i < instrument->n_items; i++) {
        const struct als_item *item = &instrument->items[i];
        if (plan->has_column[i])
            als_dataset_add(dataset, als_arena_printf(arena, "%s.reason", item->code),
                            als_arena_printf(arena, "Why missing: %s", item->label), ALS_FIELD_TEXT,
                            NULL);
    }
    describe_scores(instrument, dataset);
    return dataset;
}

enum als_status als_export_unchanged(struct als_store *store, const char *head, struct als_err *err)
{
    char now[65];
    enum als_status status = als_audit_head(store, now, err);
    if (status == ALS_OK && strcmp(now, head) != 0)
        status = als_fail(err, ALS_BUSY, "E-CHANGED",
                          "the study was changed while it was exported: export it again");
    return status;
}

/* One pass over the table. When it ends incomplete, nothing is left at path. */
static enum als_status write_pass(const struct als_ranges *ranges, struct plan *plan,
                                  struct als_dataset *dataset, struct als_err *err)
{
    struct als_out out;
    enum als_status status = als_out_open(plan->wide->path, &out, err);
    if (status != ALS_OK)
        return status;
    struct als_buf header;
    als_buf_init(&header, ALS_BUF_LARGE);
    if (!plan->probing)
        als_dataset_header(dataset, plan->wide->bom, &header);
    als_out_write(&out, header.data, header.length);
    als_buf_release(&header);
    status = als_ranges_write(ranges, &out, &dataset->rows, err);
    if (status == ALS_OK && plan->wide->head)
        status = als_export_unchanged(ranges->store, plan->wide->head, err);
    if (status != ALS_OK || plan->incomplete || plan->probing) {
        als_out_abandon(&out);
        return status;
    }
    dataset->bytes = out.bytes;
    return als_out_close(&out, dataset->sha256, err);
}

enum als_status als_wide_write(const struct als_wide *wide, struct als_arena *arena,
                               struct als_dataset **out, struct als_err *err)
{
    struct plan plan = {.people = wide->people,
                        .code = wide->instrument->code,
                        .n_items = wide->instrument->n_items,
                        .wide = wide};
    plan.has_column = als_alloc_array(plan.n_items, sizeof(bool));
    plan.found_reason = als_alloc_array(plan.n_items, sizeof(atomic_bool));
    struct als_ranges ranges = *wide->ranges;
    ranges.n_patients = wide->people->list.count;
    ranges.context = &plan;
    ranges.begin = begin;
    ranges.format = format;
    ranges.end = end;
    /* What went to a pipe cannot be taken back, so that the columns must be known before. */
    plan.probing = strcmp(wide->path, "-") == 0;
    enum als_status status;
    bool again;
    do {
        *out = describe(&plan, wide->instrument, wide->file, arena);
        status = write_pass(&ranges, &plan, *out, err);
        again = status == ALS_OK && (plan.incomplete || plan.probing);
        for (size_t i = 0; i < plan.n_items; i++)
            plan.has_column[i] = plan.has_column[i] || plan.found_reason[i];
        plan.incomplete = plan.probing = false;
    } while (again);
    free(plan.has_column);
    free(plan.found_reason);
    return status;
}
