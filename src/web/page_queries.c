/* Queries: the list with their age, and one with what was said of it. */
#include <string.h>

#include "alstrack/store/people.h"
#include "alstrack/store/query.h"
#include "finding.h"
#include "pages.h"
#include "view.h"
#include "write.h"

static const char *state_kind(enum als_query_state state)
{
    return state == ALS_QUERY_OPEN ? "due" : state == ALS_QUERY_ANSWERED ? "soon" : "plain";
}

/* /queries/P01/3 of the query P01/3: its number is what follows the last slash. */
static const char *query_url(const struct als_request *request, const char *patient,
                             const char *name)
{
    const char *slash = strrchr(name, '/');
    return als_url(request->arena, "/queries/{}/{}", patient, slash ? slash + 1 : name, NULL);
}

/* "alsfrsr walking at MN3": what the query is about. */
static const char *subject(const struct als_request *request, const struct als_query *query)
{
    const char *visit =
        query->visit_no ? als_store_visit_code(request->store, query->visit_no) : NULL;
    return als_arena_printf(request->arena, "%s%s%s%s%s", query->record, query->item ? " " : "",
                            query->item ? query->item : "", visit ? " at " : "",
                            visit ? visit : "");
}

/* ---- The list ---- */

static void write_filter(struct als_html *page, const char *state, const char *site)
{
    static const struct als_input_choice states[] = {{"", "open and answered", NULL},
                                                     {"open", "open", NULL},
                                                     {"answered", "answered", NULL},
                                                     {"closed", "closed", NULL},
                                                     {"all", "all", NULL}};
    als_html_filter(page, "/queries");
    als_input_select(page, &(struct als_input){.name = "state", .label = "State", .value = state},
                     states, sizeof states / sizeof *states);
    als_view_site_filter(page, site);
    als_input_text(page,
                   &(struct als_input){.name = "patient",
                                       .label = "Patient",
                                       .value = als_request_chosen(page->request, "patient")});
    als_html_buttons(page);
    als_input_button(page, "Show", NULL, NULL);
    als_html_buttons_end(page);
    als_html_form_end(page);
}

static void write_query(struct als_html *page, const struct als_query *query, const char *patient)
{
    struct als_request *request = page->request;
    als_html_row(page);
    als_html_head(page, query_url(request, patient, query->name), query->name);
    als_html_cell_begin(page);
    als_html_badge(page, state_kind(query->state), als_query_state_names[query->state]);
    if (query->rule && !query->found)
        als_html_badge(page, "plain", "no longer found");
    als_html_cell_end(page);
    als_html_number(
        page, query->opened_day > request->today
                  ? ""
                  : als_arena_printf(request->arena, "%d", request->today - query->opened_day));
    als_html_cell(page, subject(request, query));
    als_html_cell(page, query->value);
    als_html_cell(page, query->message);
    als_html_cell(page, query->last_text);
    als_html_cell(page, query->last_by);
}

static enum als_status make_filter(struct als_request *request, struct als_query_filter *filter,
                                   struct als_err *err)
{
    const char *state = als_request_chosen(request, "state"),
               *patient = als_request_chosen(request, "patient");
    *filter = (struct als_query_filter){.site = als_request_chosen(request, "site"),
                                        .opened_before = ALS_NO_DAY,
                                        .states = 1u << ALS_QUERY_OPEN | 1u << ALS_QUERY_ANSWERED};
    if (state && strcmp(state, "all") == 0)
        filter->states = 0;
    for (unsigned i = ALS_QUERY_OPEN; state && i <= ALS_QUERY_CLOSED; i++)
        if (strcmp(state, als_query_state_names[i]) == 0)
            filter->states = 1u << i;
    if (!patient)
        return ALS_OK;
    struct als_patient found;
    enum als_status status = als_patient_get(request->store, patient, request->arena, &found, err);
    if (!status)
        filter->patient_id = found.id;
    return status;
}

enum als_status als_page_queries(struct als_request *request, struct als_response *response,
                                 struct als_err *err)
{
    struct als_query_filter filter;
    struct als_query_list list;
    struct als_patient_list patients;
    struct als_html page;
    enum als_status status = make_filter(request, &filter, err);
    if (!status)
        status = als_query_load(request->store, &filter, request->arena, &list, err);
    if (!status)
        status = als_patient_load(request->store, request->arena, &patients, err);
    if (status)
        return status;
    als_html_begin(&page, request, response, "Queries");
    page.wide = true;
    als_html_body(&page);
    write_filter(&page, als_request_chosen(request, "state"), filter.site);
    als_html_table(&page, "Queries", "Query", "State", "#Days", "About", "Value", "Question",
                   "Last said", "By");
    for (size_t i = 0; i < list.count; i++)
        write_query(&page, &list.items[i], als_patient_name(&patients, list.items[i].patient_id));
    als_html_table_end(&page);
    als_html_element(&page, "p", als_arena_printf(request->arena, "%zu shown.", list.count),
                     "class", "notes");
    als_html_end(&page);
    return ALS_OK;
}

/* ---- One query ---- */

static enum als_status write_thread(struct als_html *page, const struct als_query *query,
                                    struct als_err *err)
{
    struct als_query_steps steps;
    struct als_arena *arena = page->request->arena;
    enum als_status status = als_query_history(page->request->store, query->id, arena, &steps, err);
    if (status)
        return status;
    als_html_table(page, "What happened", "Step", "When (UTC)", "User", "Text", "Value", "#Change");
    for (size_t i = 0; i < steps.count; i++) {
        const struct als_query_step *step = &steps.items[i];
        als_html_row(page);
        als_html_head(page, NULL, step->step);
        als_html_cell(page, als_arena_printf(arena, "%.10s %.8s", step->at_utc, step->at_utc + 11));
        als_html_cell(page, step->user);
        als_html_cell(page, step->text);
        als_html_cell(page, step->value);
        als_html_number(page, als_arena_printf(arena, "%lld", (long long)step->change_id));
    }
    als_html_table_end(page);
    return ALS_OK;
}

static const struct {
    enum als_query_action action;
    enum als_act act;
    const char *name, *label;
} actions[] = {
    {ALS_QUERY_ANSWER, ALS_ACT_ANSWER, "answer", "Answer"},
    {ALS_QUERY_CLOSE, ALS_ACT_QUERY, "close", "Close"},
    {ALS_QUERY_REOPEN, ALS_ACT_QUERY, "reopen", "Reopen"},
};
#define ACTIONS (sizeof actions / sizeof *actions)

static void write_actions(struct als_html *page, const struct als_query *query, const char *patient,
                          const char *text)
{
    bool possible[ACTIONS], any = false;
    for (size_t i = 0; i < ACTIONS; i++) {
        enum als_query_state after;
        possible[i] =
            als_query_next(query->state, actions[i].action, &after) &&
            als_may(page->request->store, actions[i].act, query->patient_id, NULL) == ALS_OK;
        any |= possible[i];
    }
    if (!any)
        return;
    als_html_form(page, query_url(page->request, patient, query->name), "data-guard", "");
    als_input_hidden(page, "steps", als_arena_printf(page->request->arena, "%zu", query->n_steps));
    als_input_area(page, &(struct als_input){.name = "text", .label = "Text", .value = text}, 3);
    als_html_buttons(page);
    for (size_t i = 0; i < ACTIONS; i++)
        if (possible[i])
            als_input_button(page, actions[i].label, "action", actions[i].name);
    als_html_buttons_end(page);
    als_html_form_end(page);
}

static void write_facts(struct als_html *page, const struct als_query *query, const char *patient)
{
    struct als_request *request = page->request;
    const char *visit =
        query->visit_no ? als_store_visit_code(request->store, query->visit_no) : NULL;
    als_html_element(page, "p", query->message, "class", "lead");
    als_html_markup(page, "<dl class=\"strip\">");
    als_view_fact(page, "State", als_query_state_names[query->state]);
    als_view_fact(page, "About", subject(request, query));
    als_view_fact(page, "Value at opening", query->value ? query->value : "none");
    if (query->rule)
        als_view_fact(page, "Rule",
                      query->found
                          ? query->rule
                          : als_arena_printf(request->arena, "%s, no longer found", query->rule));
    als_html_markup(page, "</dl>");
    if (!visit)
        return;
    const bool assessment = als_store_find_instrument(request->store, query->record) != NULL;
    als_html_open(page, "p", NULL);
    als_html_link(page,
                  assessment
                      ? als_url(request->arena, "/patients/{}/visits/{}/{}", patient, visit,
                                query->record, NULL)
                      : als_url(request->arena, "/patients/{}/visits/{}", patient, visit, NULL),
                  "Go to the form");
    als_html_close(page, "p");
}

static enum als_status find(struct als_request *request, struct als_query *query,
                            struct als_err *err)
{
    return als_query_get(request->store,
                         als_arena_printf(request->arena, "%s/%s",
                                          als_request_part(request, "patient"),
                                          als_request_part(request, "number")),
                         request->arena, query, err);
}

static enum als_status write_page(struct als_request *request, struct als_response *response,
                                  const struct als_query *query, const char *text,
                                  const struct als_html_error *error, struct als_err *err)
{
    const char *patient = als_request_part(request, "patient");
    struct als_html page;
    als_html_begin(&page, request, response,
                   als_arena_printf(request->arena, "Query %s", query->name));
    als_html_crumb(&page, "/queries", "Queries");
    als_html_crumb(&page, als_url(request->arena, "/patients/{}", patient, NULL), patient);
    als_html_body(&page);
    als_html_errors(&page, error, error ? 1 : 0);
    write_facts(&page, query, patient);
    enum als_status status = write_thread(&page, query, err);
    if (status)
        return status;
    write_actions(&page, query, patient, text);
    als_html_end(&page);
    return ALS_OK;
}

enum als_status als_page_query(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    struct als_query query;
    enum als_status status = find(request, &query, err);
    return status ? status : write_page(request, response, &query, NULL, NULL, err);
}

/* What is done to which query, for the change set. */
struct step {
    const struct als_query *query;
    enum als_query_action action;
    const char *text;
};

static enum als_status take_step(struct als_request *request, void *context, struct als_err *err)
{
    const struct step *step = context;
    return als_query_act(request->store, step->query, step->action, step->text, err);
}

static enum als_status act(struct als_request *request, const struct als_query *query, size_t which,
                           const char *text, struct als_err *err)
{
    struct step step = {query, actions[which].action, text};
    enum als_status status = als_may(request->store, actions[which].act, query->patient_id, err);
    if (status)
        return status;
    return als_request_write(request,
                             als_arena_printf(request->arena, "web query %s", actions[which].name),
                             NULL, take_step, &step, NULL, err);
}

enum als_status als_page_query_act(struct als_request *request, struct als_response *response,
                                   struct als_err *err)
{
    struct als_query query;
    const char *wanted = als_request_given(request, "action");
    const char *text = als_request_given(request, "text");
    size_t which = 0;
    while (wanted && which < ACTIONS && strcmp(actions[which].name, wanted) != 0)
        which++;
    if (!wanted || which == ACTIONS)
        return als_fail(err, ALS_USAGE, "E-NAME", "answer, close or reopen");
    enum als_status status = find(request, &query, err);
    if (!status)
        status = als_query_is_read(request, &query, als_request_given(request, "steps"), err);
    if (!status)
        status = act(request, &query, which, text, err);
    const bool unread = status == ALS_DATA && strcmp(err->code, "E-ANSWERED") == 0;
    if (status == ALS_USAGE || unread) {
        const struct als_html_error error = {"text", err->text};
        const int code = unread ? 409 : 422;
        status = write_page(request, response, &query, text, &error, err);
        response->status = code;
        return status;
    }
    if (status)
        return status;
    als_request_flash(request, ALS_FLASH_DONE, "Query %s: done.", query.name);
    als_response_redirect(response, request->url);
    return ALS_OK;
}
