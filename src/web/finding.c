/* Verdicts on pages, and the reasons typed for them. */
#include "finding.h"

#include <string.h>

const char *als_confirm_field(struct als_arena *arena, const struct als_verdict *verdict,
                              const char *item)
{
    return als_arena_printf(arena, "confirm.%s.%s", verdict->code, item ? item : "");
}

void als_html_verdict(struct als_html *html, const struct als_verdict *verdict, const char *field)
{
    static const char *const kinds[] = {"finding hard", "finding soft", "finding info"};
    static const char *const words[] = {"Not possible", "Unusual", "Note"};
    als_html_open(html, "div", "class", kinds[verdict->level]);
    als_html_open(html, "p", NULL);
    als_html_element(html, "strong", words[verdict->level], NULL);
    als_html_printf(html, ": %s [%s]", verdict->message, verdict->code);
    if (verdict->hint)
        als_html_printf(html, ". %s", verdict->hint);
    als_html_close(html, "p");
    if (field)
        als_input_text(html, &(struct als_input){
                                 .name = field,
                                 .label = "It is right, because",
                                 .hint = "or correct the answer",
                                 .value = als_request_form(html->request, field),
                             });
    als_html_close(html, "div");
}

void als_verdict_say(const struct als_verdict *verdict, const char *where, struct als_buf *text)
{
    als_buf_printf(text, " %s%s%s: %s [%s].", verdict->level == ALS_RULE_INFO ? "Note" : "Unusual",
                   *where ? " about " : "", where, verdict->message, verdict->code);
}

void als_news_say(const struct als_request *request, const struct als_news *news,
                  struct als_buf *text)
{
    for (size_t i = 0; i < news->count; i++) {
        const struct als_check_row *row = &news->items[i];
        const char *visit =
            row->visit_no ? als_store_visit_code(request->store, row->visit_no) : "";
        als_verdict_say(&row->verdict,
                        als_arena_printf(request->arena, "%s%s%s%s%s", row->record,
                                         row->item ? " " : "", row->item ? row->item : "",
                                         *visit ? " at " : "", visit),
                        text);
    }
}

void als_queries_say(size_t opened, struct als_buf *text)
{
    if (opened)
        als_buf_printf(text, " %zu quer%s opened.", opened, opened == 1 ? "y was" : "ies were");
}

struct als_justification *als_request_confirmations(const struct als_request *request,
                                                    const struct als_instrument *instrument,
                                                    size_t *n)
{
    const struct als_fields *form = &request->form;
    struct als_justification *list = als_arena_array(request->arena, form->count + 1, sizeof *list);
    *n = 0;
    for (size_t i = 0; i < form->count; i++) {
        const char *name = form->items[i].name, *text = form->items[i].value;
        const char *item = strrchr(name, '.');
        if (strncmp(name, "confirm.", 8) != 0 || item <= name + 8 || !text[strspn(text, " \t\n")])
            continue;
        list[(*n)++] = (struct als_justification){
            .code = als_arena_strndup(request->arena, name + 8, (size_t)(item - name - 8)),
            .item = instrument ? als_instrument_item(instrument, item + 1) : -1,
            .text = text};
    }
    return list;
}

/* ---- Queries ---- */

struct als_query_list als_request_open_queries(struct als_request *request, int64_t patient_id,
                                               const char *record, int visit_no)
{
    const struct als_query_filter filter = {
        .patient_id = patient_id,
        .record = record,
        .visit_no = visit_no,
        .states = 1u << ALS_QUERY_OPEN | 1u << ALS_QUERY_ANSWERED,
        .opened_before = ALS_NO_DAY,
    };
    struct als_query_list list = {NULL, 0};
    if (als_query_load(request->store, &filter, request->arena, &list, NULL))
        list.count = 0;
    return list;
}

static const char *number_of(const struct als_query *query)
{
    const char *slash = strrchr(query->name, '/');
    return slash ? slash + 1 : query->name;
}

const char *als_answer_field(struct als_arena *arena, const struct als_query *query)
{
    return als_arena_printf(arena, "answer.%s", number_of(query));
}

static const char *age_text(const struct als_request *request, const struct als_query *query)
{
    const int days = als_query_age_days(query, request->today);
    return days < 0 ? ""
           : days == 0
               ? ", since today"
               : als_arena_printf(request->arena, ", for %d day%s", days, days == 1 ? "" : "s");
}

static void put_question(struct als_html *html, const struct als_query *query)
{
    struct als_request *request = html->request;
    const bool open = query->state == ALS_QUERY_OPEN;
    als_html_open(html, "p", NULL);
    als_html_badge(html, open ? "late" : "due", open ? "Query open" : "Query answered");
    als_html_printf(html, " %s (", query->message);
    als_html_link(html,
                  als_url(request->arena, "/queries/{}/{}",
                          als_store_patient_name(request->store, query->patient_id),
                          number_of(query)),
                  query->name);
    als_html_printf(html, ", asked by %s%s)", query->rule ? query->rule : query->opened_by,
                    age_text(request, query));
    als_html_close(html, "p");
    if (query->last_text && query->n_steps)
        als_html_element(
            html, "p",
            als_arena_printf(request->arena, "%s said: %s", query->last_by, query->last_text),
            "class", "said");
}

void als_html_query(struct als_html *html, const struct als_query_box *box)
{
    struct als_request *request = html->request;
    struct als_arena *arena = request->arena;
    const struct als_query *query = box->query;
    als_html_open(html, "div", "class", "finding query");
    put_question(html, query);
    if (box->open && als_may(request->store, ALS_ACT_ANSWER, query->patient_id, NULL) == ALS_OK) {
        const char *field = als_answer_field(arena, query);
        als_html_open(html, "div", "class", "line");
        als_input_text(html, &(struct als_input){.name = field,
                                                 .label = als_arena_printf(
                                                     arena, "Answer to query %s", query->name),
                                                 .error = box->error,
                                                 .value = als_request_form(request, field)});
        als_input_hidden(html, als_arena_printf(arena, "said.%s", number_of(query)),
                         als_arena_printf(arena, "%zu", query->n_steps));
        if (box->button)
            als_html_element(html, "button", "Answer", "type", "submit", "name", "do", "value",
                             "answer", "class", "quiet", "aria-label",
                             als_arena_printf(arena, "Answer query %s", query->name));
        als_html_close(html, "div");
    }
    als_html_close(html, "div");
}

/* ---- Answers ---- */

static bool is_answer(const struct als_pair *field)
{
    return strncmp(field->name, "answer.", 7) == 0 &&
           field->value[strspn(field->value, " \t\r\n")] != '\0';
}

bool als_request_answers_any(const struct als_request *request)
{
    for (size_t i = 0; i < request->form.count; i++)
        if (is_answer(&request->form.items[i]))
            return true;
    return false;
}

enum als_status als_query_is_read(const struct als_request *request, const struct als_query *query,
                                  const char *said, struct als_err *err)
{
    if (!said || strcmp(said, als_arena_printf(request->arena, "%zu", query->n_steps)) == 0)
        return ALS_OK;
    return als_fail(err, ALS_DATA, "E-ANSWERED",
                    "%s has said something after you opened this: read it, and do it again",
                    query->last_by ? query->last_by : "Somebody");
}

static enum als_status answer_one(struct als_request *request, const char *patient,
                                  const struct als_pair *field, struct als_err *err)
{
    struct als_query query;
    const char *number = field->name + 7;
    enum als_status status =
        als_query_get(request->store, als_arena_printf(request->arena, "%s/%s", patient, number),
                      request->arena, &query, err);
    if (!status)
        status = als_may(request->store, ALS_ACT_ANSWER, query.patient_id, err);
    if (!status)
        status = als_query_is_read(
            request, &query,
            als_request_form(request, als_arena_printf(request->arena, "said.%s", number)), err);
    return status ? status
                  : als_query_act(request->store, &query, ALS_QUERY_ANSWER, field->value, err);
}

enum als_status als_request_answer(struct als_request *request, const char *patient, size_t *n,
                                   const char **field, struct als_err *err)
{
    enum als_status status = ALS_OK;
    *n = 0;
    *field = NULL;
    for (size_t i = 0; i < request->form.count && !status; i++) {
        if (!is_answer(&request->form.items[i]))
            continue;
        *field = request->form.items[i].name;
        status = answer_one(request, patient, &request->form.items[i], err);
        *n += !status;
    }
    return status;
}
