/* queries.csv: every question about what is stored, its state, age and last word. */
#include "alstrack/store/query.h"
#include "field.h"
#include "folder_files.h"

static const struct als_field_code state_codes[] = {
    {"open", "waits for an answer"}, {"answered", "waits for being closed"}, {"closed", "closed"}};
#define CODES(array) .codes = (array), .n_codes = sizeof(array) / sizeof((array)[0])

static const struct als_field fields[] = {
    {.name = "query", .label = "Query", .type = ALS_FIELD_TEXT},
    {.name = "patient", .label = "Patient", .type = ALS_FIELD_TEXT},
    {.name = "visit", .label = "Visit code", .type = ALS_FIELD_TEXT},
    {.name = "instrument",
     .label = "Instrument, or patient, event, visit, ae",
     .type = ALS_FIELD_TEXT},
    {.name = "rater", .label = "Rater of the assessment", .type = ALS_FIELD_TEXT},
    {.name = "item", .label = "Item, event or number of the adverse event", .type = ALS_FIELD_TEXT},
    {.name = "rule", .label = "Rule that asked; empty: a person", .type = ALS_FIELD_TEXT},
    {.name = "state", .label = "State", .type = ALS_FIELD_TEXT, CODES(state_codes)},
    {.name = "found", .label = "The rule fired when last judged", .type = ALS_FIELD_YESNO},
    {.name = "age_days",
     .label = "Days since it was opened, until it was closed",
     .type = ALS_FIELD_INTEGER,
     .unit = "days"},
    {.name = "value", .label = "Value when it was opened", .type = ALS_FIELD_TEXT},
    {.name = "value_now", .label = "Value when last judged", .type = ALS_FIELD_TEXT},
    {.name = "message", .label = "Question", .type = ALS_FIELD_TEXT},
    {.name = "last_text", .label = "Last word", .type = ALS_FIELD_TEXT},
    {.name = "last_by", .label = "Who took the last step", .type = ALS_FIELD_TEXT},
    {.name = "last_at", .label = "When the last step was taken, UTC", .type = ALS_FIELD_TEXT},
    {.name = "opened_by", .label = "Who opened it", .type = ALS_FIELD_TEXT},
    {.name = "opened_at", .label = "When it was opened, UTC", .type = ALS_FIELD_TEXT},
    {.name = "closed_on", .label = "Day on which it was closed, UTC", .type = ALS_FIELD_DATE},
    {.name = NULL}};

static void put_row(const struct als_export *export, struct als_buf *buf,
                    const struct als_query *query)
{
    als_field_cell_text(buf, query->name);
    als_field_cell_text(buf, als_store_patient_name(export->store, query->patient_id));
    als_field_cell_text(buf, query->visit_no ? als_store_visit_code(export->store, query->visit_no)
                                             : NULL);
    als_field_cell_text(buf, query->record);
    als_field_cell_text(buf, query->rater);
    als_field_cell_text(buf, query->item);
    als_field_cell_text(buf, query->rule);
    als_field_cell_text(buf, als_query_state_names[query->state]);
    als_field_cell_yesno(buf, query->rule ? query->found : ALS_UNSAID);
    als_field_cell_integer(buf, als_query_age_days(query, export->options->as_of_day));
    als_field_cell_text(buf, query->value);
    als_field_cell_text(buf, query->value_now);
    als_field_cell_text(buf, query->message);
    als_field_cell_text(buf, query->last_text);
    als_field_cell_text(buf, query->last_by);
    als_field_cell_text(buf, query->last_at);
    als_field_cell_text(buf, query->opened_by);
    als_field_cell_text(buf, query->opened_at);
    als_field_cell_day(buf, query->closed_day);
}

enum als_status als_export_queries(struct als_export *export, struct als_err *err)
{
    const struct als_query_filter filter = {.opened_before = ALS_NO_DAY};
    struct als_query_list list;
    struct als_arena *arena = als_arena_new();
    struct als_dataset *dataset =
        als_dataset_new(export->arena, "queries.csv", "One row per query", "query");
    als_dataset_add_all(dataset, fields);
    struct als_sheet sheet;
    enum als_status status = als_query_load(export->store, &filter, arena, &list, err);
    if (status == ALS_OK)
        status = als_sheet_open(export, dataset, &sheet, err);
    if (status == ALS_OK) {
        for (size_t i = 0; i < list.count; i++) {
            put_row(export, &sheet.buf, &list.items[i]);
            als_sheet_end_row(&sheet);
        }
        status = als_sheet_close(export, &sheet, ALS_OK, err);
    }
    als_arena_free(arena);
    return status;
}
