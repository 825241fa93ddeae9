/* One visit: what is planned at it and how far it is, when it took place, procedures, adverse
 * events, signatures. */
#include <string.h>

#include "alstrack/core/count.h"
#include "alstrack/core/num.h"
#include "alstrack/store/scan.h"
#include "assess_show.h"
#include "pages.h"
#include "record_form.h"
#include "signatures.h"

struct visit_page {
    struct als_html html;
    struct als_request *request;
    struct als_visit_view visit;
    struct als_record_form form;
    struct als_procedure_list procedures;
    struct als_draft_list drafts;
    struct als_query_list queries; /* on whatever is recorded at the visit, not closed */
};

/* ---- Assessments ---- */

struct line {
    const struct als_instrument *instrument;
    bool planned, optional;
};

static const char *visit_part(const struct visit_page *page, const char *instrument,
                              const char *rater)
{
    struct als_arena *arena = page->request->arena;
    const char *url = als_url(arena, "/patients/{}/visits/{}/{}", page->visit.patient.patient,
                              page->visit.code, instrument);
    return rater ? als_arena_printf(arena, "%s%s", url, als_url(arena, "?rater={}", rater)) : url;
}

static bool has_draft(const struct visit_page *page, const struct als_instrument *instrument,
                      const char *rater)
{
    for (size_t i = 0; i < page->drafts.count; i++) {
        const struct als_draft *draft = &page->drafts.items[i];
        if (strcmp(draft->visit, page->visit.code) == 0 &&
            strcmp(draft->instrument, instrument->code) == 0 &&
            strcmp(draft->rater ? draft->rater : "", rater ? rater : "") == 0)
            return true;
    }
    return false;
}

/* Queries on a record of the visit; rater and item NULL: none. */
static void put_asked(struct visit_page *page, const char *record, const char *rater,
                      const char *item)
{
    size_t n = 0;
    for (size_t i = 0; i < page->queries.count; i++) {
        const struct als_query *query = &page->queries.items[i];
        n += strcmp(query->record, record) == 0 &&
             strcmp(query->rater ? query->rater : "", rater ? rater : "") == 0 &&
             (!item || (query->item && strcmp(query->item, item) == 0));
    }
    if (!n)
        return;
    als_html_markup(&page->html, " ");
    als_html_badge(&page->html, "late",
                   als_arena_strdup(page->request->arena, als_counted(n, "query").text));
}

static void put_state(struct visit_page *page, const struct line *line,
                      const struct als_assessment *row, const char *rater)
{
    als_html_cell_begin(&page->html);
    if (row && row->not_done)
        als_html_badge(&page->html, "plain",
                       row->reason
                           ? als_arena_printf(page->request->arena, "not done: %s",
                                              als_code_words(page->request->arena, row->reason))
                           : "not done");
    else if (row)
        als_html_badge(&page->html, "good", "done");
    else
        als_html_badge(&page->html, line->optional ? "plain" : "due",
                       line->optional ? "not yet, optional" : "not yet");
    if (has_draft(page, line->instrument, rater)) {
        als_html_markup(&page->html, " ");
        als_html_badge(&page->html, "soon", "draft");
    }
    if (row)
        put_asked(page, line->instrument->code, rater, NULL);
    als_html_cell_end(&page->html);
}

static const char *main_result(const struct visit_page *page,
                               const struct als_instrument *instrument,
                               const struct als_assessment *row)
{
    const ptrdiff_t score =
        instrument->main_score ? als_instrument_score(instrument, instrument->main_score) : -1;
    char text[ALS_NUM_TEXT];
    if (!row || row->not_done || score < 0)
        return "";
    const struct als_person person = als_patient_person(
        &page->visit.patient, als_store_protocol(page->request->store), row->day);
    const struct als_score_value value =
        als_score_compute(instrument, (size_t)score, row->values, &person);
    const double rounded = (double)(long long)(value.value * 10 + (value.value < 0 ? -0.5 : 0.5));
    if (value.value != value.value)
        return "";
    als_num_format(rounded / 10, text);
    return als_arena_printf(page->request->arena, "%s %s", text,
                            instrument->scores[score].unit ? instrument->scores[score].unit : "");
}

static void put_line(struct visit_page *page, const struct line *line,
                     const struct als_assessment *row, const char *rater)
{
    char day[ALS_DATE_TEXT];
    als_html_row(&page->html);
    als_html_head(&page->html, visit_part(page, line->instrument->code, rater),
                  line->instrument->short_title);
    put_state(page, line, row, rater);
    als_html_cell(&page->html, row ? als_day_format(row->day, day) : "");
    als_html_cell(&page->html, rater);
    als_html_number(&page->html, main_result(page, line->instrument, row));
}

/* Nothing is stored: drafts of it by whatever rater, else a line if the plan has one. */
static void put_open(struct visit_page *page, const struct line *line)
{
    bool any = false;
    for (size_t i = 0; i < page->drafts.count; i++) {
        const struct als_draft *draft = &page->drafts.items[i];
        if (strcmp(draft->visit, page->visit.code) != 0 ||
            strcmp(draft->instrument, line->instrument->code) != 0)
            continue;
        put_line(page, line, NULL, draft->rater);
        any = true;
    }
    if (!any && line->planned)
        put_line(page, line, NULL, NULL);
}

/* The stored rows of this visit, else that there is none yet. */
static enum als_status put_instrument(struct visit_page *page, const struct line *line,
                                      struct als_err *err)
{
    struct als_scan *scan;
    const struct als_assessment *row;
    const int64_t id = page->visit.patient.id;
    bool any = false;
    enum als_status status = als_scan_open(page->request->store, line->instrument,
                                           ALS_SCAN_ITEMS | ALS_SCAN_COLUMNS, id, id, &scan, err);
    if (status)
        return status;
    while (!(status = als_scan_next(scan, &row, err)) && row) {
        if (!page->visit.visit_no || row->visit_no != page->visit.visit_no)
            continue;
        put_line(page, line, row, als_store_rater(page->request->store, row->rater_no));
        any = true;
    }
    als_scan_close(scan);
    if (!status && !any)
        put_open(page, line);
    return status;
}

static struct line line_of(const struct visit_page *page, const struct als_instrument *instrument)
{
    const struct als_visit_plan *plan = page->visit.plan;
    const struct als_protocol *protocol = als_store_protocol(page->request->store);
    struct line line = {.instrument = instrument};
    for (size_t i = 0; plan && i < plan->n_assessments; i++) {
        const char *code = protocol->instruments[plan->assessments[i].instrument];
        if (strcmp(code, instrument->code) != 0)
            continue;
        line.planned = true;
        line.optional = plan->assessments[i].optional;
    }
    if (plan && plan->ae_review && strcmp(instrument->code, "ae-review") == 0)
        line.planned = true;
    return line;
}

static enum als_status put_assessments(struct visit_page *page, struct als_err *err)
{
    struct als_store *store = page->request->store;
    const size_t n = als_store_instrument_count(store);
    enum als_status status = ALS_OK;
    als_html_table(&page->html, "Assessments", "Form", "State", "Date", "Rater", "#Result");
    for (size_t i = 0; i < n && !status; i++) {
        const struct line line = line_of(page, als_store_instrument(store, i));
        status = put_instrument(page, &line, err);
    }
    als_html_table_end(&page->html);
    als_html_open(&page->html, "details", NULL);
    als_html_markup(&page->html, "<summary>Another form at this visit</summary><p>");
    for (size_t i = 0; i < n; i++) {
        const struct als_instrument *instrument = als_store_instrument(store, i);
        if (line_of(page, instrument).planned)
            continue;
        als_html_link(&page->html, visit_part(page, instrument->code, NULL),
                      instrument->short_title);
        als_html_markup(&page->html, " ");
    }
    als_html_markup(&page->html, "</p></details>");
    return status;
}

/* ---- Adverse events, treatment ---- */

static enum als_status put_adverse_events(struct visit_page *page, struct als_err *err)
{
    struct als_html *html = &page->html;
    struct als_arena *arena = page->request->arena;
    const char *patient = page->visit.patient.patient;
    struct als_adverse_event_list list;
    enum als_status status =
        als_adverse_event_load(page->request->store, page->visit.patient.id, arena, &list, err);
    if (status)
        return status;
    als_html_markup(html, "<h2>Adverse events and events</h2><ul>");
    for (size_t i = 0; i < list.count; i++) {
        const struct als_adverse_event *ae = &list.items[i];
        if (!page->visit.visit_no || ae->visit_no != page->visit.visit_no)
            continue;
        als_html_open(html, "li", NULL);
        als_html_link(html, als_url(arena, "/patients/{}/ae/{}", patient, ae->ae_id), ae->term);
        if (ae->grade != ALS_UNSAID)
            als_html_printf(html, ", grade %d", ae->grade);
        put_asked(page, "ae", NULL, ae->ae_id);
        als_html_close(html, "li");
    }
    als_html_way(html, als_url(arena, "/patients/{}/ae/new?visit={}", patient, page->visit.code),
                 "Add an adverse event");
    als_html_way(html, als_url(arena, "/patients/{}/ae", patient), "All adverse events");
    const bool infusion = page->visit.plan && page->visit.plan->infusion;
    als_html_way(html,
                 als_arena_printf(arena, "%s%s", als_url(arena, "/patients/{}/events/new", patient),
                                  infusion ? "?event=infusion" : ""),
                 infusion ? "Record the treatment given at this visit" : "Add an event");
    als_html_markup(html, "</ul>");
    return ALS_OK;
}

/* ---- The record of the visit ---- */

static const struct als_procedure *stored_procedure(const struct visit_page *page, const char *name)
{
    for (size_t i = 0; i < page->procedures.count; i++)
        if (page->visit.visit_no && page->procedures.items[i].visit_no == page->visit.visit_no &&
            strcmp(page->procedures.items[i].procedure, name) == 0)
            return &page->procedures.items[i];
    return NULL;
}

static const char *day_text(struct als_arena *arena, int day)
{
    char text[ALS_DATE_TEXT];
    return als_arena_strdup(arena, als_day_format(day, text));
}

static void ask_reason(struct als_record_form *form, const char *name, const char *label,
                       const char *stored)
{
    size_t n;
    const struct als_input_choice *choices =
        als_reason_choices(form->request->arena, "(it was done)", &n);
    als_record_choices(als_record_add(form, ALS_FIELD_SELECT, name, label, stored), choices, n);
}

static void ask_procedure(struct visit_page *page, const char *name)
{
    static const struct als_input_choice states[] = {
        {"", "not recorded", NULL}, {"done", "done", NULL}, {"not-done", "not done", NULL}};
    struct als_arena *arena = page->request->arena;
    struct als_record_form *form = &page->form;
    const struct als_procedure *stored = stored_procedure(page, name);
    const size_t first = form->count;
    struct als_record_field *field =
        als_record_add(form, ALS_FIELD_SELECT, als_arena_printf(arena, "%s.status", name), "State",
                       !stored            ? ""
                       : stored->not_done ? "not-done"
                                          : "done");
    field->group = als_arena_printf(arena, "Procedure: %s", als_code_words(arena, name));
    als_record_choices(field, states, 3);
    field = als_record_add(form, ALS_FIELD_DAY, als_arena_printf(arena, "%s.date", name), "Date",
                           stored ? day_text(arena, stored->day) : "");
    field->hint = "the visit's, unless another";
    ask_reason(form, als_arena_printf(arena, "%s.reason", name), "Not done, because",
               stored ? stored->reason : "");
    als_record_add(form, ALS_FIELD_TEXT, als_arena_printf(arena, "%s.note", name), "Note",
                   stored ? stored->note : "");
    for (size_t i = first; i < form->count; i++)
        form->fields[i].procedure = name;
}

static bool is_planned(const struct als_visit_plan *plan, const char *procedure)
{
    for (size_t i = 0; plan && i < plan->n_procedures; i++)
        if (strcmp(plan->procedures[i], procedure) == 0)
            return true;
    return false;
}

static void ask(struct visit_page *page)
{
    static const struct als_input_choice modes[] = {{"", "(not said)", NULL},
                                                    {"clinic", "clinic", NULL},
                                                    {"phone", "phone", NULL},
                                                    {"video", "video", NULL},
                                                    {"home", "home", NULL}};
    const struct als_visit_view *visit = &page->visit;
    const struct als_protocol *protocol = als_store_protocol(page->request->store);
    struct als_record_form *form = &page->form;
    struct als_record_field *field =
        als_record_add(form, ALS_FIELD_DAY, "date", "Date",
                       visit->there ? day_text(page->request->arena, visit->stored.day) : "");
    if (visit->row)
        field->proposed = day_text(page->request->arena,
                                   als_schedule_propose_day(visit->row, page->request->today));
    field = als_record_add(form, ALS_FIELD_SELECT, "mode", "Mode",
                           visit->there ? visit->stored.mode : "");
    als_record_choices(field, modes, sizeof modes / sizeof modes[0]);
    if (!visit->there && visit->plan)
        field->proposed = visit->plan->mode ? visit->plan->mode : "clinic";
    ask_reason(form, "reason", "Did not take place, because",
               visit->there ? visit->stored.reason : "");
    for (size_t i = 0; i < protocol->n_procedures; i++)
        if (is_planned(visit->plan, protocol->procedures[i]) ||
            stored_procedure(page, protocol->procedures[i]))
            ask_procedure(page, protocol->procedures[i]);
    form->there = visit->there;
    form->key = (struct als_record_key){
        .record = "visit", .patient_id = visit->patient.id, .visit_no = visit->visit_no};
    form->why_not = als_why_not(page->request, visit->patient.id, visit->visit_no);
}

/* ---- The page ---- */

static enum als_status load(struct als_request *request, struct visit_page *page,
                            struct als_err *err)
{
    *page = (struct visit_page){.request = request, .form = {.request = request}};
    enum als_status status = als_visit_view_load(request, &page->visit, err);
    if (!status)
        status = als_procedure_load(request->store, page->visit.patient.id, request->arena,
                                    &page->procedures, err);
    if (!status)
        status = als_draft_load(request->store, request->user, page->visit.patient.id,
                                request->arena, &page->drafts, err);
    if (status)
        return status;
    if (page->visit.visit_no)
        page->queries =
            als_request_open_queries(request, page->visit.patient.id, NULL, page->visit.visit_no);
    ask(page);
    return ALS_OK;
}

static enum als_status show(struct visit_page *page, struct als_response *response,
                            struct als_err *err)
{
    struct als_html *html = &page->html;
    struct als_arena *arena = page->request->arena;
    als_html_begin(
        html, page->request, response,
        als_arena_printf(arena, "%s, %s", page->visit.patient.patient, page->visit.title));
    als_patient_crumbs(html, page->visit.patient.patient);
    als_html_body(html);
    als_visit_neighbours(html, &page->visit);
    als_html_element(html, "p", als_visit_view_window(&page->visit, page->request->today, arena),
                     "class", "window");
    enum als_status status = put_assessments(page, err);
    if (status)
        return status;
    als_html_markup(html, "<h2>The visit itself</h2>");
    als_record_show(
        html, &page->form,
        als_url(arena, "/patients/{}/visits/{}", page->visit.patient.patient, page->visit.code),
        "Save the visit");
    status = put_adverse_events(page, err);
    if (page->visit.there)
        als_html_signatures(html, &(struct als_scope){page->visit.patient.id, page->visit.visit_no},
                            "Sign this visit");
    als_html_end(html);
    return status;
}

enum als_status als_page_visit(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    struct visit_page page;
    enum als_status status = load(request, &page, err);
    return status ? status : show(&page, response, err);
}

/* ---- Saving ---- */

enum { DAY = 1u, MODE = 2u, NOT_DONE = 4u, REASON = 8u };

static const char *part(struct visit_page *page, const char *name, const char *what)
{
    return als_record_value(&page->form,
                            als_arena_printf(page->request->arena, "%s.%s", name, what));
}

static enum als_status put_procedure(struct visit_page *page, const char *name, int visit_day,
                                     struct als_err *err)
{
    struct als_arena *arena = page->request->arena;
    const char *state = part(page, name, "status");
    const char *reason = part(page, name, "reason"), *note = part(page, name, "note");
    const int day = als_record_day(&page->form, als_arena_printf(arena, "%s.date", name));
    enum als_put what;
    if (!state && (reason || note || day != ALS_NO_DAY)) {
        als_errors_add(
            &page->form.errors, arena, als_arena_printf(arena, "%s.status", name),
            als_arena_printf(arena, "%s: say whether it was done", als_code_words(arena, name)));
        return ALS_OK;
    }
    if (!state && stored_procedure(page, name)) {
        als_errors_add(&page->form.errors, arena, als_arena_printf(arena, "%s.status", name),
                       als_arena_printf(arena, "%s: is recorded; it was done or not done",
                                        als_code_words(arena, name)));
        return ALS_OK;
    }
    if (!state)
        return ALS_OK;
    const bool not_done = strcmp(state, "not-done") == 0;
    const struct als_procedure procedure = {.patient_id = page->visit.patient.id,
                                            .visit_no = page->visit.visit_no,
                                            .procedure = name,
                                            .day = not_done            ? ALS_NO_DAY
                                                   : day != ALS_NO_DAY ? day
                                                                       : visit_day,
                                            .not_done = not_done,
                                            .reason = reason,
                                            .note = note};
    if (not_done != (reason != NULL) || (!not_done && procedure.day == ALS_NO_DAY)) {
        als_errors_add(&page->form.errors, arena,
                       als_arena_printf(arena, not_done || reason ? "%s.reason" : "%s.date", name),
                       als_arena_printf(arena,
                                        not_done ? "%s: say why it was not done"
                                        : reason ? "%s: was done, and has a reason why not"
                                                 : "%s: on which day?",
                                        als_code_words(arena, name)));
        return ALS_OK;
    }
    return als_procedure_put(page->request->store, &procedure, ALS_GIVEN_ALL, &what, err);
}

static enum als_status put(struct als_record_form *form, void *context, struct als_err *err)
{
    struct visit_page *page = context;
    const struct als_protocol *protocol = als_store_protocol(page->request->store);
    struct als_visit visit = {.patient_id = page->visit.patient.id,
                              .day = als_record_day(form, "date"),
                              .mode = als_record_value(form, "mode"),
                              .reason = als_record_value(form, "reason")};
    visit.not_done = visit.reason != NULL;
    if (visit.not_done && visit.day != ALS_NO_DAY)
        als_errors_add(&form->errors, page->request->arena, "reason",
                       "A visit has a date, or a reason why it did not take place, not both");
    enum als_status status = als_visit_view_number(page->request->store, &page->visit, err);
    visit.visit_no = page->visit.visit_no;
    enum als_put what;
    if (!status && !form->errors.count)
        status =
            als_visit_put(page->request->store, &visit, DAY | MODE | NOT_DONE | REASON, &what, err);
    for (size_t i = 0; i < protocol->n_procedures && !status && !form->errors.count; i++)
        if (als_request_form(page->request, als_arena_printf(page->request->arena, "%s.status",
                                                             protocol->procedures[i])))
            status = put_procedure(page, protocol->procedures[i], visit.day, err);
    form->recorded.record = "visit";
    form->recorded.visit_no = visit.visit_no;
    form->recorded.patient_id = visit.patient_id;
    return status;
}

enum als_status als_page_visit_post(struct als_request *request, struct als_response *response,
                                    struct als_err *err)
{
    struct visit_page page;
    int code;
    enum als_status status = als_record_open(request, "web visit form", err);
    if (!status)
        status = load(request, &page, err);
    if (!status)
        status = als_record_save(&page.form, put, &page, &code, err);
    if (status)
        return status;
    if (code) {
        page.visit.visit_no =
            als_store_visit_no(request->store, page.visit.code, strlen(page.visit.code));
        status = show(&page, response, err);
        response->status = code;
        return status;
    }
    als_record_tell(&page.form, "The visit is saved.");
    als_response_redirect(response, als_url(request->arena, "/patients/{}/visits/{}",
                                            page.visit.patient.patient, page.visit.code));
    return ALS_OK;
}
