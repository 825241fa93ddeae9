/* Files with one row per record: patients, events, adverse events, procedures. */
#include <string.h>

#include "field.h"
#include "folder_files.h"

static const char *const zero_names[] = {[ALS_ZERO_PROTOCOL] = "protocol",
                                         [ALS_ZERO_BASELINE] = "baseline visit",
                                         [ALS_ZERO_FIRST] = "first visit"};

static const struct als_field_code precision_codes[] = {
    {"day", "day known"}, {"month", "month known"}, {"year", "year known"}};
static const struct als_field_code sex_codes[] = {{"F", "female"}, {"M", "male"}};
#define CODES(array) .codes = (array), .n_codes = sizeof(array) / sizeof((array)[0])
#define PRECISION(of)                                                                              \
    {                                                                                              \
        .name = of "_precision", .label = "What is known of " of, .type = ALS_FIELD_TEXT,          \
        CODES(precision_codes)                                                                     \
    }

enum als_status als_export_patients(struct als_export *export, struct als_err *err)
{
    static const struct als_field fields[] = {
        {.name = "patient", .label = "Patient", .type = ALS_FIELD_TEXT},
        {.name = "site", .label = "Site", .type = ALS_FIELD_TEXT},
        {.name = "sex", .label = "Sex", .type = ALS_FIELD_TEXT, CODES(sex_codes)},
        {.name = "birth_date", .label = "Date of birth", .type = ALS_FIELD_PARTIAL},
        PRECISION("birth_date"),
        {.name = "height_cm", .label = "Height", .type = ALS_FIELD_NUMBER, .unit = "cm"},
        {.name = "arm", .label = "Arm", .type = ALS_FIELD_TEXT},
        {.name = "cohort", .label = "Dose cohort", .type = ALS_FIELD_TEXT},
        {.name = "onset_site", .label = "Site of onset", .type = ALS_FIELD_TEXT},
        {.name = "time_zero", .label = "Day 0 of the patient", .type = ALS_FIELD_DATE},
        {.name = "time_zero_source", .label = "What gave day 0", .type = ALS_FIELD_TEXT},
        {.name = NULL}};
    struct als_dataset *dataset =
        als_dataset_new(export->arena, "patients.csv", "One row per patient", "patient");
    als_dataset_add_all(dataset, fields);
    struct als_sheet sheet;
    enum als_status status = als_sheet_open(export, dataset, &sheet, err);
    if (status != ALS_OK)
        return status;
    struct als_buf *buf = &sheet.buf;
    for (size_t i = 0; i < export->people.list.count; i++) {
        const struct als_patient *patient = &export->people.list.items[i];
        const struct als_timeline *timeline = &export->people.timelines[i];
        als_field_cell_text(buf, patient->patient);
        als_field_cell_text(buf, patient->site);
        als_field_cell_text(buf, patient->sex);
        als_sheet_partial(buf, patient->birth_date);
        als_field_cell_number(buf, patient->height_cm);
        als_field_cell_text(buf, patient->arm);
        als_field_cell_text(buf, patient->cohort);
        als_field_cell_text(buf, patient->onset_site);
        als_field_cell_day(buf, timeline->zero_day);
        als_field_cell_text(buf,
                            timeline->zero_day == ALS_NO_DAY ? NULL : zero_names[timeline->zero]);
        als_sheet_end_row(&sheet);
    }
    return als_sheet_close(export, &sheet, ALS_OK, err);
}

/* Records come in order of patient id: the index goes along. */
static size_t patient_index(const struct als_export *export, size_t from, int64_t patient_id)
{
    const struct als_patient_list *list = &export->people.list;
    while (from < list->count && list->items[from].id != patient_id)
        from++;
    if (from == list->count)
        als_bug("a record of patient %lld, who is not in the list", (long long)patient_id);
    return from;
}

static int day_of(const char *date)
{
    struct als_date parsed = ALS_NO_DATE;
    if (date)
        als_date_parse(date, strlen(date), &parsed);
    return parsed.day;
}

enum als_status als_export_events(struct als_export *export, struct als_err *err)
{
    static const struct als_field fields[] = {
        {.name = "patient", .label = "Patient", .type = ALS_FIELD_TEXT},
        {.name = "event", .label = "Event", .type = ALS_FIELD_TEXT},
        {.name = "date", .label = "Date as known", .type = ALS_FIELD_PARTIAL},
        PRECISION("date"),
        {.name = "day",
         .label = "Days from time zero; a month counts as its 15th, a year as its 1 July",
         .type = ALS_FIELD_INTEGER,
         .unit = "days"},
        {.name = "value", .label = "Value", .type = ALS_FIELD_NUMBER},
        {.name = "unit", .label = "Unit of the value", .type = ALS_FIELD_TEXT},
        {.name = "note", .label = "Note", .type = ALS_FIELD_TEXT},
        {.name = NULL}};
    struct als_dataset *dataset =
        als_dataset_new(export->arena, "events.csv", "One row per milestone", "patient event date");
    als_dataset_add_all(dataset, fields);
    struct als_sheet sheet;
    enum als_status status = als_sheet_open(export, dataset, &sheet, err);
    if (status != ALS_OK)
        return status;
    struct als_buf *buf = &sheet.buf;
    size_t at = 0;
    for (size_t i = 0; i < export->events.count; i++) {
        const struct als_event *event = &export->events.items[i];
        at = patient_index(export, at, event->patient_id);
        als_field_cell_text(buf, export->people.list.items[at].patient);
        als_field_cell_text(buf, event->event);
        als_sheet_partial(buf, event->date);
        als_sheet_offset(buf, &export->people.timelines[at], day_of(event->date));
        als_field_cell_number(buf, event->value);
        als_field_cell_text(buf, event->unit);
        als_field_cell_text(buf, event->note);
        als_sheet_end_row(&sheet);
    }
    return als_sheet_close(export, &sheet, ALS_OK, err);
}

static const struct als_field adverse_fields[] = {
    {.name = "patient", .label = "Patient", .type = ALS_FIELD_TEXT},
    {.name = "ae_id", .label = "Number of the event", .type = ALS_FIELD_TEXT},
    {.name = "visit", .label = "Visit where it was recorded", .type = ALS_FIELD_TEXT},
    {.name = "term", .label = "Term", .type = ALS_FIELD_TEXT},
    {.name = "onset", .label = "Onset as known", .type = ALS_FIELD_PARTIAL},
    PRECISION("onset"),
    {.name = "onset_day",
     .label = "Days from time zero to onset",
     .type = ALS_FIELD_INTEGER,
     .unit = "days"},
    {.name = "end", .label = "End as known", .type = ALS_FIELD_PARTIAL},
    PRECISION("end"),
    {.name = "grade", .label = "Grade", .type = ALS_FIELD_INTEGER},
    {.name = "serious", .label = "Serious", .type = ALS_FIELD_YESNO},
    {.name = "relation", .label = "Related to, ; between several", .type = ALS_FIELD_TEXT},
    {.name = "action", .label = "Action taken", .type = ALS_FIELD_TEXT},
    {.name = "outcome", .label = "Outcome", .type = ALS_FIELD_TEXT},
    {.name = "dlt", .label = "Dose-limiting toxicity", .type = ALS_FIELD_YESNO},
    {.name = NULL}};

/* The grades of the protocol are codes; the system is named in the label. */
static void describe_grades(struct als_export *export, struct als_dataset *dataset)
{
    const struct als_protocol *protocol = export->protocol;
    struct als_field *field = dataset->fields;
    while (strcmp(field->name, "grade") != 0)
        field++;
    struct als_field_code *codes =
        als_arena_array(export->arena, protocol->n_grades, sizeof *codes);
    for (size_t i = 0; i < protocol->n_grades; i++) {
        codes[i].code = als_arena_printf(export->arena, "%d", protocol->grades[i].grade);
        codes[i].label = protocol->grades[i].label;
    }
    field->codes = codes;
    field->n_codes = protocol->n_grades;
    if (protocol->ae_system)
        field->label = als_arena_printf(export->arena, "Grade by %s", protocol->ae_system);
}

static void put_adverse(struct als_export *export, struct als_buf *buf, size_t patient,
                        const struct als_adverse_event *ae)
{
    als_field_cell_text(buf, export->people.list.items[patient].patient);
    als_field_cell_text(buf, ae->ae_id);
    als_field_cell_text(buf,
                        ae->visit_no ? als_store_visit_code(export->store, ae->visit_no) : NULL);
    als_field_cell_text(buf, ae->term);
    als_sheet_partial(buf, ae->onset);
    als_sheet_offset(buf, &export->people.timelines[patient], day_of(ae->onset));
    als_sheet_partial(buf, ae->end);
    if (ae->grade == ALS_UNSAID)
        als_field_cell_text(buf, NULL);
    else
        als_field_cell_integer(buf, ae->grade);
    als_field_cell_yesno(buf, ae->serious);
    als_field_cell_text(buf, ae->relation);
    als_field_cell_text(buf, ae->action);
    als_field_cell_text(buf, ae->outcome);
    als_field_cell_yesno(buf, ae->dlt);
}

enum als_status als_export_adverse(struct als_export *export, struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    struct als_adverse_event_list list;
    struct als_dataset *dataset = als_dataset_new(export->arena, "adverse_events.csv",
                                                  "One row per adverse event", "patient ae_id");
    als_dataset_add_all(dataset, adverse_fields);
    describe_grades(export, dataset);
    struct als_sheet sheet;
    enum als_status status = als_adverse_event_load(export->store, 0, arena, &list, err);
    if (status == ALS_OK)
        status = als_sheet_open(export, dataset, &sheet, err);
    if (status == ALS_OK) {
        size_t at = 0;
        for (size_t i = 0; i < list.count; i++) {
            at = patient_index(export, at, list.items[i].patient_id);
            put_adverse(export, &sheet.buf, at, &list.items[i]);
            als_sheet_end_row(&sheet);
        }
        status = als_sheet_close(export, &sheet, ALS_OK, err);
    }
    als_arena_free(arena);
    return status;
}

static const struct als_field procedure_fields[] = {
    {.name = "patient", .label = "Patient", .type = ALS_FIELD_TEXT},
    {.name = "visit", .label = "Visit code", .type = ALS_FIELD_TEXT},
    {.name = "procedure", .label = "Procedure", .type = ALS_FIELD_TEXT},
    {.name = "date", .label = "Date", .type = ALS_FIELD_DATE},
    {.name = "day", .label = "Days from time zero", .type = ALS_FIELD_INTEGER, .unit = "days"},
    {.name = "status", .label = "done or not-done", .type = ALS_FIELD_TEXT},
    {.name = "reason", .label = "Why it was not done", .type = ALS_FIELD_TEXT},
    {.name = "note", .label = "Note", .type = ALS_FIELD_TEXT},
    {.name = NULL}};

static void put_procedure(struct als_export *export, struct als_buf *buf, size_t patient,
                          const struct als_procedure *procedure)
{
    als_field_cell_text(buf, export->people.list.items[patient].patient);
    als_field_cell_text(buf, als_store_visit_code(export->store, procedure->visit_no));
    als_field_cell_text(buf, procedure->procedure);
    als_field_cell_day(buf, procedure->day);
    als_sheet_offset(buf, &export->people.timelines[patient], procedure->day);
    als_field_cell_text(buf, procedure->not_done ? "not-done" : "done");
    als_field_cell_text(buf, procedure->reason);
    als_field_cell_text(buf, procedure->note);
}

enum als_status als_export_procedures(struct als_export *export, struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    struct als_procedure_list list;
    struct als_dataset *dataset =
        als_dataset_new(export->arena, "procedures.csv", "One row per procedure at a visit",
                        "patient visit procedure");
    als_dataset_add_all(dataset, procedure_fields);
    struct als_sheet sheet;
    enum als_status status = als_procedure_load(export->store, 0, arena, &list, err);
    if (status == ALS_OK)
        status = als_sheet_open(export, dataset, &sheet, err);
    if (status == ALS_OK) {
        size_t at = 0;
        for (size_t i = 0; i < list.count; i++) {
            at = patient_index(export, at, list.items[i].patient_id);
            put_procedure(export, &sheet.buf, at, &list.items[i]);
            als_sheet_end_row(&sheet);
        }
        status = als_sheet_close(export, &sheet, ALS_OK, err);
    }
    als_arena_free(arena);
    return status;
}
