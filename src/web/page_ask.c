/* Raising a query about a field of an assessment. */
#include <string.h>

#include "assess.h"
#include "assess_show.h"
#include "pages.h"
#include "write.h"

struct question {
    struct als_assess assess;
    const char *item, *label; /* item NULL: the form as a whole */
};

static enum als_status load(struct als_request *request, struct question *question,
                            struct als_err *err)
{
    const char *item = als_request_part(request, "item");
    enum als_status status = als_assess_open(request, &question->assess, err);
    if (status)
        return status;
    const ptrdiff_t index = als_instrument_item(question->assess.instrument, item);
    const bool whole = strcmp(item, "form") == 0;
    question->item = whole ? NULL : item;
    if (index < 0 && !whole)
        return als_fail(err, ALS_NO_INPUT, "E-NAME", "%s has no item '%s'",
                        question->assess.instrument->code, item);
    question->label =
        whole ? "the form as a whole" : question->assess.instrument->items[index].label;
    if (!question->assess.there)
        return als_fail(err, ALS_NO_INPUT, "E-NAME", "this form is not stored yet");
    return ALS_OK;
}

static void show(struct question *question, struct als_response *response, const char *error)
{
    struct als_assess *assess = &question->assess;
    struct als_request *request = assess->request;
    struct als_html html;
    const struct als_html_error errors[] = {{"message", error}};
    als_html_begin(&html, request, response,
                   als_arena_printf(request->arena, "Query about %s", question->label));
    als_visit_crumbs(&html, &assess->visit);
    als_html_crumb(&html, assess->url, assess->instrument->short_title);
    als_html_body(&html);
    als_html_errors(&html, errors, error != NULL);
    als_html_form(&html, request->url, "data-guard", "");
    als_input_area(&html,
                   &(struct als_input){.name = "message",
                                       .label = "What is to be explained or corrected?",
                                       .error = error,
                                       .value = als_request_form(request, "message")},
                   3);
    als_html_buttons(&html);
    als_input_button(&html, "Open the query", NULL, NULL);
    als_html_buttons_end(&html);
    als_html_form_end(&html);
    als_html_end(&html);
}

static enum als_status put_query(struct als_request *request, void *query, struct als_err *err)
{
    return als_query_open(request->store, query, request->arena, err);
}

static enum als_status open_query(struct question *question, const char *message,
                                  struct als_query *query, struct als_err *err)
{
    struct als_assess *assess = &question->assess;
    *query = (struct als_query){.patient_id = assess->visit.patient.id,
                                .visit_no = assess->visit.visit_no,
                                .record = assess->instrument->code,
                                .rater = assess->rater,
                                .item = question->item,
                                .message = message};
    return als_request_write(assess->request, "web query", NULL, put_query, query, NULL, err);
}

enum als_status als_page_ask(struct als_request *request, struct als_response *response,
                             struct als_err *err)
{
    struct question question = {.assess = {.request = request}};
    enum als_status status = load(request, &question, err);
    if (!status)
        show(&question, response, NULL);
    als_assess_close(&question.assess);
    return status;
}

enum als_status als_page_ask_post(struct als_request *request, struct als_response *response,
                                  struct als_err *err)
{
    struct question question = {.assess = {.request = request}};
    struct als_query query;
    const char *message = als_request_given(request, "message");
    enum als_status status = load(request, &question, err);
    if (!status && (!message || !message[strspn(message, " \t\n")])) {
        show(&question, response, "A query needs its question");
        response->status = 422;
    } else if (!status) {
        status = open_query(&question, message, &query, err);
        if (!status) {
            als_request_flash(request, ALS_FLASH_DONE, "Query %s is open.", query.name);
            als_response_redirect(response, question.assess.url);
        }
    }
    als_assess_close(&question.assess);
    return status;
}
