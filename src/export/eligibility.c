/* eligibility.csv: every criterion of every patient with its verdicts, value and answer. */
#include "alstrack/store/screening.h"
#include "field.h"
#include "folder_files.h"

static const struct als_field_code verdict_codes[] = {
    {"pass", "met: an inclusion is so, an exclusion is not"},
    {"fail", "not met"},
    {"unknown", "not known"},
    {"not applicable", "its condition does not hold"},
    {"later", "its time of evaluation has not come"}};
static const struct als_field_code type_codes[] = {{"inclusion", "must be so"},
                                                   {"exclusion", "must not be so"}};
#define CODES(array) .codes = (array), .n_codes = sizeof(array) / sizeof((array)[0])
#define VERDICT(of, says)                                                                          \
    {                                                                                              \
        .name = of, .label = says, .type = ALS_FIELD_TEXT, CODES(verdict_codes)                    \
    }

static const struct als_field fields[] = {
    {.name = "patient", .label = "Patient", .type = ALS_FIELD_TEXT},
    {.name = "visit", .label = "Visit at which it is evaluated", .type = ALS_FIELD_TEXT},
    {.name = "criterion", .label = "Criterion of the protocol", .type = ALS_FIELD_TEXT},
    {.name = "type", .label = "Kind of criterion", .type = ALS_FIELD_TEXT, CODES(type_codes)},
    VERDICT("verdict", "Verdict"),
    VERDICT("automatic", "Verdict of what is stored"),
    VERDICT("manual", "Verdict of a person"),
    {.name = "value", .label = "Value that was compared", .type = ALS_FIELD_TEXT},
    {.name = "source", .label = "Where the value comes from", .type = ALS_FIELD_TEXT},
    {.name = "answer", .label = "What a person answered", .type = ALS_FIELD_YESNO},
    {.name = "answered_by", .label = "Who answered", .type = ALS_FIELD_TEXT},
    {.name = "answered_on", .label = "Day of the answer", .type = ALS_FIELD_DATE},
    {.name = "answered_at", .label = "When it was entered, UTC", .type = ALS_FIELD_TEXT},
    {.name = "note", .label = "Remark on the answer", .type = ALS_FIELD_TEXT},
    {.name = "text", .label = "What the criterion says", .type = ALS_FIELD_TEXT},
    {.name = NULL}};

static void put_row(struct als_buf *buf, const struct als_patient *patient,
                    const struct als_worksheet *sheet, const struct als_screen_row *row)
{
    const struct als_answer *answer = row->answer;
    als_field_cell_text(buf, patient->patient);
    als_field_cell_text(buf, sheet->points[row->point].visit);
    als_field_cell_text(buf, row->criterion->id);
    als_field_cell_text(buf, row->criterion->inclusion ? "inclusion" : "exclusion");
    als_field_cell_text(buf, als_criterion_verdict_name(row->result.verdict));
    als_field_cell_text(buf, als_criterion_verdict_name(row->result.automatic));
    als_field_cell_text(buf, als_criterion_verdict_name(row->result.manual));
    als_field_cell_text(buf, row->value);
    als_field_cell_text(buf, row->source);
    als_field_cell_yesno(buf, answer ? answer->yes : ALS_UNSAID);
    als_field_cell_text(buf, answer ? answer->user : NULL);
    als_field_cell_day(buf, answer ? answer->day : ALS_NO_DAY);
    als_field_cell_text(buf, answer ? answer->at_utc : NULL);
    als_field_cell_text(buf, answer ? answer->note : NULL);
    als_field_cell_text(buf, row->criterion->text);
}

static enum als_status put_patients(struct als_screening *screening, struct als_sheet *sheet,
                                    struct als_err *err)
{
    const struct als_patient *patient = NULL;
    enum als_status status;
    do {
        struct als_worksheet worksheet;
        struct als_arena *arena = als_arena_new();
        status = als_screening_next(screening, arena, &patient, &worksheet, err);
        for (size_t i = 0; status == ALS_OK && patient && i < worksheet.n_rows; i++) {
            put_row(&sheet->buf, patient, &worksheet, &worksheet.rows[i]);
            als_sheet_end_row(sheet);
        }
        als_arena_free(arena);
    } while (status == ALS_OK && patient);
    return status;
}

enum als_status als_export_eligibility(struct als_export *export, struct als_err *err)
{
    struct als_dataset *dataset =
        als_dataset_new(export->arena, "eligibility.csv",
                        "One row per patient and eligibility criterion", "patient visit criterion");
    als_dataset_add_all(dataset, fields);
    struct als_sheet sheet;
    enum als_status status = als_sheet_open(export, dataset, &sheet, err);
    if (status != ALS_OK)
        return status;
    struct als_screening *screening = NULL;
    if (export->protocol->n_criteria > 0)
        status = als_screening_open(export->store, 0, INT64_MAX, export->options->as_of_day,
                                    &screening, err);
    if (status == ALS_OK && screening)
        status = put_patients(screening, &sheet, err);
    als_screening_close(screening);
    return als_sheet_close(export, &sheet, status, err);
}
