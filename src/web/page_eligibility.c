/* The eligibility worksheet: every criterion with its verdict, and the decisions that people make.
 */
#include <string.h>

#include "alstrack/store/people.h"
#include "alstrack/store/screening.h"
#include "pages.h"
#include "view.h"
#include "write.h"

static const char *verdict_kind(enum als_criterion_verdict verdict)
{
    return verdict == ALS_CRITERION_PASS      ? "good"
           : verdict == ALS_CRITERION_FAIL    ? "late"
           : verdict == ALS_CRITERION_UNKNOWN ? "due"
                                              : "plain";
}

static void write_overall(struct als_html *page, const struct als_worksheet *sheet)
{
    als_html_open(page, "p", "class", "lead");
    als_html_badge(page,
                   sheet->eligibility == ALS_ELIGIBLE       ? "good"
                   : sheet->eligibility == ALS_NOT_ELIGIBLE ? "late"
                                                            : "due",
                   als_eligibility_name(sheet->eligibility));
    if (sheet->failed && *sheet->failed)
        als_html_printf(page, " Failed: %s.", sheet->failed);
    if (sheet->unknown && *sheet->unknown)
        als_html_printf(page, " Not known yet: %s.", sheet->unknown);
    als_html_close(page, "p");
}

/* Name of the control that answers a row: criterion and visit. */
static const char *control(const struct als_request *request, const struct als_worksheet *sheet,
                           const struct als_screen_row *row)
{
    return als_arena_printf(request->arena, "answer-%s-%d", row->criterion->id,
                            sheet->points[row->point].visit_no);
}

static bool is_asked(const struct als_worksheet *sheet, const struct als_screen_row *row)
{
    return row->criterion->manual && row->result.verdict != ALS_CRITERION_NOT_APPLICABLE &&
           sheet->points[row->point].time != ALS_POINT_NEVER;
}

static const char *answer_word(const struct als_answer *answer)
{
    return !answer ? "" : answer->yes ? "yes" : "no";
}

/* What the decision was when the form was made. */
static const char *was(const struct als_request *request, const struct als_worksheet *sheet,
                       const struct als_screen_row *row)
{
    return als_arena_printf(request->arena, "was.%s", control(request, sheet, row));
}

/* The decision that the form makes; NULL when it makes none, or says again what it was made with:
 * what somebody else has decided since then stays. */
static const char *decided(const struct als_request *request, const struct als_worksheet *sheet,
                           const struct als_screen_row *row)
{
    const char *word =
        is_asked(sheet, row) ? als_request_given(request, control(request, sheet, row)) : NULL;
    const char *before = als_request_form(request, was(request, sheet, row));
    return word && before && strcmp(word, before) == 0 ? NULL : word;
}

/* Names of decisions as words: life expectancy gt 2y. */
static const char *decision(const struct als_request *request, const char *name)
{
    char *words = als_arena_strdup(request->arena, name);
    for (char *c = words; *c; c++)
        if (*c == '_')
            *c = ' ';
    return words;
}

static void write_answer(struct als_html *page, const struct als_worksheet *sheet,
                         const struct als_screen_row *row, bool may_write)
{
    static const struct als_input_choice choices[] = {
        {"", "not answered", NULL}, {"yes", "yes", NULL}, {"no", "no", NULL}};
    struct als_request *request = page->request;
    als_html_cell_begin(page);
    if (is_asked(sheet, row) && may_write) {
        const char *word = decided(request, sheet, row);
        als_input_select(page,
                         &(struct als_input){.name = control(request, sheet, row),
                                             .label = decision(request, row->criterion->manual),
                                             .value = word ? word : answer_word(row->answer)},
                         choices, 3);
        als_input_hidden(page, was(request, sheet, row), answer_word(row->answer));
    } else if (row->answer)
        als_html_text(page, answer_word(row->answer));
    if (row->answer) {
        als_html_open(page, "p", "class", "hint");
        als_html_printf(page, "%s, %.10s%s%s", row->answer->user, row->answer->at_utc,
                        row->answer->note ? ": " : "", row->answer->note ? row->answer->note : "");
        als_html_close(page, "p");
    }
    als_html_cell_end(page);
}

static void write_row(struct als_html *page, const struct als_worksheet *sheet,
                      const struct als_screen_row *row, bool may_write)
{
    als_html_row(page);
    als_html_head(page, NULL, row->criterion->id);
    als_html_cell(page, row->criterion->inclusion ? "must be" : "must not be");
    als_html_cell(page, row->criterion->text);
    als_html_cell_begin(page);
    als_html_badge(page, verdict_kind(row->result.verdict),
                   als_criterion_verdict_name(row->result.verdict));
    als_html_cell_end(page);
    als_html_cell(page, row->value);
    als_html_cell(page, *row->needs ? row->needs : row->source);
    write_answer(page, sheet, row, may_write);
}

static void write_point(struct als_html *page, const struct als_worksheet *sheet, size_t point,
                        bool may_write)
{
    const struct als_screen_point *at = &sheet->points[point];
    const struct als_visit_plan *plan = &als_store_protocol(page->request->store)->visits[at->plan];
    als_html_element(page, "h2",
                     als_arena_printf(page->request->arena, "%s %s%s", at->visit, plan->label,
                                      at->time == ALS_POINT_LATER ? ": its time has not come" : ""),
                     NULL);
    als_html_table(page, als_arena_printf(page->request->arena, "Criteria at %s", at->visit),
                   "Criterion", "Rule", "Text", "Verdict", "Value", "From, or what is missing",
                   "Decision");
    for (size_t i = 0; i < sheet->n_rows; i++)
        if (sheet->rows[i].point == point)
            write_row(page, sheet, &sheet->rows[i], may_write);
    als_html_table_end(page);
}

static enum als_status load(struct als_request *request, struct als_patient *patient,
                            struct als_worksheet *sheet, struct als_err *err)
{
    enum als_status status = als_patient_get(request->store, als_request_part(request, "patient"),
                                             request->arena, patient, err);
    if (!status)
        status = als_worksheet_load(request->store, patient->id, request->today, request->arena,
                                    sheet, err);
    return status;
}

static void write_page(struct als_request *request, struct als_response *response,
                       const struct als_patient *patient, const struct als_worksheet *sheet,
                       const char *reason, const struct als_html_error *error)
{
    struct als_html page;
    bool may_write = als_may(request->store, ALS_ACT_ENTER, patient->id, NULL) == ALS_OK;
    als_html_begin(&page, request, response,
                   als_arena_printf(request->arena, "Eligibility of %s", patient->patient));
    als_html_crumb(&page, "/patients", "Patients");
    als_html_crumb(&page, als_url(request->arena, "/patients/{}", patient->patient, NULL),
                   patient->patient);
    page.wide = true;
    als_html_body(&page);
    als_html_errors(&page, error, error ? 1 : 0);
    write_overall(&page, sheet);
    if (may_write)
        als_html_form(&page,
                      als_url(request->arena, "/patients/{}/eligibility", patient->patient, NULL),
                      "data-guard", "");
    for (size_t i = 0; i < sheet->n_points; i++)
        write_point(&page, sheet, i, may_write);
    if (may_write) {
        als_input_text(&page, &(struct als_input){.name = "reason",
                                                  .label = "Reason",
                                                  .hint = "needed when an answer changes",
                                                  .value = reason});
        als_html_buttons(&page);
        als_input_button(&page, "Save the decisions", NULL, NULL);
        als_html_buttons_end(&page);
        als_html_form_end(&page);
    }
    als_html_end(&page);
}

enum als_status als_page_eligibility(struct als_request *request, struct als_response *response,
                                     struct als_err *err)
{
    struct als_patient patient;
    struct als_worksheet sheet;
    enum als_status status = load(request, &patient, &sheet, err);
    if (!status)
        write_page(request, response, &patient, &sheet, NULL, NULL);
    return status;
}

/* The worksheet as it is inside the change set. */
struct decisions {
    struct als_patient patient;
    struct als_worksheet sheet;
};

/* Has somebody else decided otherwise since the form was made? */
static bool is_overtaken(const struct als_request *request, const struct als_worksheet *sheet,
                         const struct als_screen_row *row)
{
    const char *before = als_request_form(request, was(request, sheet, row));
    return before && strcmp(before, answer_word(row->answer)) != 0;
}

static enum als_status put_answer(struct als_request *request, struct decisions *decisions,
                                  const struct als_screen_row *row, const char *word,
                                  struct als_err *err)
{
    if (is_overtaken(request, &decisions->sheet, row))
        return als_fail(err, ALS_DATA, "E-CHANGED-MEANWHILE",
                        "%s was decided by %s meanwhile: %s. Save again to put yours in its place",
                        row->criterion->id, row->answer ? row->answer->user : "somebody",
                        row->answer ? answer_word(row->answer) : "taken back");
    const struct als_answer answer = {.patient_id = decisions->patient.id,
                                      .visit_no = decisions->sheet.points[row->point].visit_no,
                                      .criterion = row->criterion->id,
                                      .yes = strcmp(word, "yes") == 0,
                                      .day = request->today};
    enum als_put what;
    return als_answer_put(request->store, &answer, 1, &what, err);
}

/* Every answer that the form gave; an empty one says nothing. */
static enum als_status put_answers(struct als_request *request, void *context, struct als_err *err)
{
    struct decisions *decisions = context;
    enum als_status status = load(request, &decisions->patient, &decisions->sheet, err);
    for (size_t i = 0; !status && i < decisions->sheet.n_rows; i++) {
        const struct als_screen_row *row = &decisions->sheet.rows[i];
        const char *word = decided(request, &decisions->sheet, row);
        if (word && strcmp(word, answer_word(row->answer)) != 0)
            status = put_answer(request, decisions, row, word, err);
    }
    return status;
}

enum als_status als_page_decide(struct als_request *request, struct als_response *response,
                                struct als_err *err)
{
    struct decisions decisions;
    const char *reason = als_request_given(request, "reason");
    int64_t change_id = 0;
    enum als_status status = load(request, &decisions.patient, &decisions.sheet, err);
    if (!status)
        status = als_may(request->store, ALS_ACT_ENTER, decisions.patient.id, err);
    if (!status)
        status = als_request_write(request, "web eligibility", reason, put_answers, &decisions,
                                   &change_id, err);
    if (status == ALS_DATA) {
        const struct als_html_error error = {strcmp(err->code, "E-CONFLICT") == 0 ? "reason" : NULL,
                                             err->text};
        write_page(request, response, &decisions.patient, &decisions.sheet, reason, &error);
        response->status = strcmp(err->code, "E-CHANGED-MEANWHILE") == 0 ? 409 : 422;
        return ALS_OK;
    }
    if (status)
        return status;
    als_request_flash_change(request, change_id);
    als_response_redirect(response, als_url(request->arena, "/patients/{}/eligibility",
                                            decisions.patient.patient, NULL));
    return ALS_OK;
}
