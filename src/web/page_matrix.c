/* Patients by visits: what was done, what is due, what is missing, on one page. */
#include <string.h>

#include "alstrack/analysis/visits.h"
#include "alstrack/core/count.h"
#include "alstrack/store/query.h"
#include "pages.h"
#include "view.h"

struct matrix {
    struct als_html *page;
    const char *site;
    struct als_query_list queries; /* open ones, by patient */
    size_t next;                   /* the first of the patient's */
    size_t patients, done, open;
};

/* Open queries about this visit. */
static bool is_questioned(const struct matrix *matrix, const struct als_cohort_patient *patient,
                          const char *code)
{
    const int visit_no = als_store_visit_no(matrix->page->request->store, code, strlen(code));
    for (size_t i = matrix->next; i < matrix->queries.count; i++) {
        const struct als_query *query = &matrix->queries.items[i];
        if (query->patient_id != patient->patient->id)
            return false;
        if (query->visit_no == visit_no)
            return true;
    }
    return false;
}

/* A sign and a word for each state; the sign is what a small cell has room for. */
static void write_state(struct als_html *page, const char *patient, const struct als_visit_row *row,
                        bool recorded, bool questioned)
{
    static const struct {
        const char *kind, *sign;
    } looks[] = {
        [ALS_VISIT_UNSCHEDULED] = {"none", "\xC2\xB7"},
        [ALS_VISIT_PLANNED] = {"planned", "\xE2\x97\x8B"},
        [ALS_VISIT_DUE] = {"due", "!"},
        [ALS_VISIT_DONE] = {"good", "\xE2\x9C\x93"},
        [ALS_VISIT_EARLY] = {"off", "\xE2\x9C\x93\xE2\x88\x92"},
        [ALS_VISIT_LATE] = {"off", "\xE2\x9C\x93+"},
        [ALS_VISIT_MISSED] = {"late", "\xE2\x9C\x97"},
        [ALS_VISIT_NOT_APPLICABLE] = {"none", ""},
        [ALS_VISIT_EXTRA] = {"good", "\xE2\x9C\x93"},
    };
    struct als_request *request = page->request;
    const char *word = row->status == ALS_VISIT_MISSED ? recorded ? "not done" : "overdue"
                                                       : als_visit_status_name(row->status);
    als_html_open(page, "td", "class",
                  als_arena_printf(request->arena, "state %s", looks[row->status].kind));
    if (row->status != ALS_VISIT_NOT_APPLICABLE) {
        const int day = row->actual != ALS_NO_DAY ? row->actual : row->target;
        const bool overdue = row->status == ALS_VISIT_MISSED && !recorded;
        const char *state =
            als_arena_printf(request->arena, "%s%s%s%s", word, day == ALS_NO_DAY ? "" : ", ",
                             als_view_day(request, day), questioned ? ", open query" : "");
        als_html_element(
            page, "a",
            als_arena_printf(request->arena, "%s%s%s", looks[row->status].sign, overdue ? "!" : "",
                             questioned ? "?" : ""),
            "href", als_url(request->arena, "/patients/{}/visits/{}", patient, row->code, NULL),
            "aria-label", als_arena_printf(request->arena, "%s %s: %s", patient, row->code, state),
            "title", state);
    }
    als_html_close(page, "td");
}

static void write_patient(const struct als_cohort_patient *patient, void *context)
{
    struct matrix *matrix = context;
    struct als_html *page = matrix->page;
    while (matrix->next < matrix->queries.count &&
           matrix->queries.items[matrix->next].patient_id < patient->patient->id)
        matrix->next++;
    struct als_request *request = page->request;
    const struct als_patient *who = patient->patient;
    if (matrix->site && (!who->site || strcmp(who->site, matrix->site) != 0))
        return;
    matrix->patients++;
    als_html_row(page);
    als_html_head(page, als_url(request->arena, "/patients/{}", who->patient, NULL), who->patient);
    size_t extra = 0;
    for (size_t i = 0; i < patient->n_rows; i++) {
        const struct als_visit_row *row = &patient->rows[i];
        bool recorded =
            als_visit_recorded(request->store, patient->visits, patient->n_visits, row->code);
        if (!row->plan) {
            extra++;
            continue;
        }
        matrix->done += row->actual != ALS_NO_DAY;
        matrix->open += row->status == ALS_VISIT_DUE ||
                        (row->status == ALS_VISIT_MISSED && !recorded && !row->plan->optional);
        write_state(page, who->patient, row, recorded, is_questioned(matrix, patient, row->code));
    }
    als_html_number(page, extra ? als_arena_printf(request->arena, "%zu", extra) : "");
}

static void write_legend(struct als_html *page)
{
    als_html_element(page, "p",
                     "\xE2\x9C\x93 done in the window   \xE2\x9C\x93\xE2\x88\x92 early   "
                     "\xE2\x9C\x93+ late   ! due now   \xE2\x9C\x97! overdue   \xE2\x9C\x97 not "
                     "done   \xE2\x97\x8B planned   \xC2\xB7 no date to count from yet   "
                     "? open query",
                     "class", "notes legend", NULL);
}

enum als_status als_page_matrix(struct als_request *request, struct als_response *response,
                                struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(request->store);
    const char *site = als_request_chosen(request, "site");
    struct als_html page;
    struct matrix matrix = {.page = &page, .site = site};
    const struct als_query_filter filter = {.states = 1u << ALS_QUERY_OPEN,
                                            .opened_before = ALS_NO_DAY};
    enum als_status status =
        als_query_load(request->store, &filter, request->arena, &matrix.queries, err);
    if (status)
        return status;
    als_html_begin(&page, request, response, "Status matrix");
    page.wide = true;
    als_html_body(&page);
    if (protocol->n_sites > 1) {
        als_html_filter(&page, "/matrix");
        als_view_site_filter(&page, matrix.site);
        als_html_buttons(&page);
        als_input_button(&page, "Show", NULL, NULL);
        als_html_buttons_end(&page);
        als_html_form_end(&page);
    }
    write_legend(&page);
    const char **columns = als_arena_array(request->arena, protocol->n_visits + 3, sizeof *columns);
    columns[0] = "Patient";
    for (size_t i = 0; i < protocol->n_visits; i++)
        columns[i + 1] = protocol->visits[i].code;
    columns[protocol->n_visits + 1] = "#Extra";
    page.sheet = true;
    als_html_table_with(&page, "Visits by patient", columns);
    status = als_cohort_each(request->store, request->arena, request->today, write_patient, &matrix,
                             err);
    if (status)
        return status;
    als_html_table_end(&page);
    als_html_open(&page, "p", "class", "notes", NULL);
    als_html_printf(&page, "%s, %s done, %zu due or overdue.",
                    als_view_count(request, matrix.patients, "patient"),
                    als_counted(matrix.done, "visit").text, matrix.open);
    als_html_close(&page, "p");
    als_html_end(&page);
    return ALS_OK;
}
