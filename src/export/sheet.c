/* Files of an export, written row by row. */
#include <string.h>

#include "field.h"
#include "folder_files.h"

#define FLUSH_AT ((size_t)256 * 1024)

const char *als_export_path(struct als_export *export, const char *file)
{
    return als_arena_printf(export->arena, "%s/%s", export->folder, file);
}

void als_export_add(struct als_export *export, struct als_dataset *dataset)
{
    if (export->n_datasets == export->room) {
        export->room = export->room ? 2 * export->room : 32;
        export->datasets =
            als_realloc_array(export->datasets, export->room, sizeof(*export->datasets));
    }
    export->datasets[export->n_datasets++] = dataset;
}

enum als_status als_sheet_open(struct als_export *export, struct als_dataset *dataset,
                               struct als_sheet *sheet, struct als_err *err)
{
    *sheet = (struct als_sheet){.dataset = dataset};
    enum als_status status = als_out_open(als_export_path(export, dataset->file), &sheet->out, err);
    if (status != ALS_OK)
        return status;
    als_buf_init(&sheet->buf, ALS_BUF_LARGE);
    als_dataset_header(dataset, export->options->bom, &sheet->buf);
    return ALS_OK;
}

void als_sheet_flush(struct als_sheet *sheet)
{
    als_out_write(&sheet->out, sheet->buf.data, sheet->buf.length);
    als_buf_clear(&sheet->buf);
}

void als_sheet_end_row(struct als_sheet *sheet)
{
    als_field_end_row(&sheet->buf);
    sheet->dataset->rows++;
    if (sheet->buf.length >= FLUSH_AT)
        als_sheet_flush(sheet);
}

enum als_status als_sheet_close(struct als_export *export, struct als_sheet *sheet,
                                enum als_status status, struct als_err *err)
{
    if (status == ALS_OK) {
        als_sheet_flush(sheet);
        sheet->dataset->bytes = sheet->out.bytes;
        status = als_out_close(&sheet->out, sheet->dataset->sha256, err);
        als_export_add(export, sheet->dataset);
    } else {
        als_out_abandon(&sheet->out);
    }
    als_buf_release(&sheet->buf);
    return status;
}

void als_sheet_partial(struct als_buf *buf, const char *date)
{
    static const char *const names[] = {[ALS_PRECISION_NONE] = "",
                                        [ALS_PRECISION_YEAR] = "year",
                                        [ALS_PRECISION_MONTH] = "month",
                                        [ALS_PRECISION_DAY] = "day"};
    struct als_date parsed = ALS_NO_DATE;
    if (date)
        als_date_parse(date, strlen(date), &parsed);
    als_field_cell_text(buf, date);
    als_field_cell_text(buf, names[parsed.precision]);
}

void als_sheet_offset(struct als_buf *buf, const struct als_timeline *timeline, int day)
{
    if (day == ALS_NO_DAY || timeline->zero_day == ALS_NO_DAY)
        als_field_cell_text(buf, NULL);
    else
        als_field_cell_integer(buf, day - timeline->zero_day);
}

static size_t first_event(const struct als_event_list *events, int64_t patient_id)
{
    size_t low = 0, high = events->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (events->items[middle].patient_id < patient_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct als_event *als_export_events_of(const struct als_export *export, int64_t patient_id,
                                             size_t *n)
{
    size_t first = first_event(&export->events, patient_id);
    *n = first_event(&export->events, patient_id + 1) - first;
    return export->events.items + first;
}

enum als_status als_export_facts(const struct als_export *export, struct als_store *store,
                                 size_t patient, struct als_arena *arena,
                                 struct als_visit_list *visits, struct als_patient_facts *facts,
                                 struct als_err *err)
{
    const struct als_patient *who = &export->people.list.items[patient];
    enum als_status status = als_visit_load(store, who->id, arena, visits, err);
    if (status != ALS_OK)
        return status;
    size_t n_events;
    const struct als_event *events = als_export_events_of(export, who->id, &n_events);
    als_facts_from(store, who, events, n_events, visits->items, visits->count, arena, facts);
    return ALS_OK;
}
