/* Adverse events of a patient: the list, and the form of one. */
#include <stdlib.h>
#include <string.h>

#include "pages.h"
#include "record_form.h"

enum { VISIT, TERM, ONSET, END, GRADE, SERIOUS, RELATION, ACTION, OUTCOME, DLT };

struct case_view {
    struct als_request *request;
    struct als_patient patient;
    struct als_adverse_event_list all;
    const struct als_adverse_event *stored; /* NULL: a new one */
};

static enum als_status load(struct als_request *request, const char *ae_id, struct case_view *view,
                            struct als_err *err)
{
    *view = (struct case_view){.request = request};
    enum als_status status = als_patient_get(request->store, als_request_part(request, "patient"),
                                             request->arena, &view->patient, err);
    if (!status)
        status = als_adverse_event_load(request->store, view->patient.id, request->arena,
                                        &view->all, err);
    for (size_t i = 0; !status && ae_id && i < view->all.count; i++)
        if (strcmp(view->all.items[i].ae_id, ae_id) == 0)
            view->stored = &view->all.items[i];
    if (!status && ae_id && !view->stored)
        status = als_fail(err, ALS_NO_INPUT, "E-NAME", "%s has no adverse event %s",
                          view->patient.patient, ae_id);
    return status;
}

/* ---- The list ---- */

static const char *grade_text(const struct als_request *request, int grade)
{
    const struct als_protocol *protocol = als_store_protocol(request->store);
    if (grade == ALS_UNSAID)
        return "";
    for (size_t i = 0; i < protocol->n_grades; i++)
        if (protocol->grades[i].grade == grade && protocol->grades[i].label)
            return als_arena_printf(request->arena, "%d, %s", grade, protocol->grades[i].label);
    return als_arena_printf(request->arena, "%d", grade);
}

static const char *yes_no(int value)
{
    return value == ALS_UNSAID ? "" : value ? "yes" : "no";
}

static void put_row(struct als_html *html, const struct case_view *view,
                    const struct als_adverse_event *ae)
{
    struct als_request *request = html->request;
    const char *visit = ae->visit_no ? als_store_visit_code(request->store, ae->visit_no) : NULL;
    als_html_row(html);
    als_html_head(html,
                  als_url(request->arena, "/patients/{}/ae/{}", view->patient.patient, ae->ae_id),
                  ae->ae_id);
    als_html_cell(html, ae->term);
    als_html_cell(html, grade_text(request, ae->grade));
    als_html_cell(html, ae->onset);
    als_html_cell(html, ae->end ? ae->end : "ongoing");
    als_html_cell(html, yes_no(ae->serious));
    als_html_cell(html, ae->relation);
    als_html_cell(html, ae->outcome);
    als_html_cell(html, visit);
}

enum als_status als_page_ae_list(struct als_request *request, struct als_response *response,
                                 struct als_err *err)
{
    struct case_view view;
    struct als_html html;
    enum als_status status = load(request, NULL, &view, err);
    if (status)
        return status;
    als_html_begin(&html, request, response,
                   als_arena_printf(request->arena, "Adverse events of %s", view.patient.patient));
    als_patient_crumbs(&html, view.patient.patient);
    als_html_body(&html);
    if (!als_why_not(request, view.patient.id, 0)) {
        als_html_open(&html, "p", NULL);
        als_html_element(&html, "a", "Add an adverse event", "href",
                         als_url(request->arena, "/patients/{}/ae/new", view.patient.patient),
                         "class", "button");
        als_html_close(&html, "p");
    }
    als_html_table(&html, "Adverse events", "Number", "What", "Grade", "Onset", "End", "Serious",
                   "Relation", "Outcome", "Visit");
    for (size_t i = 0; i < view.all.count; i++)
        put_row(&html, &view, &view.all.items[i]);
    als_html_table_end(&html);
    if (!view.all.count)
        als_html_element(&html, "p", "None is recorded.", NULL);
    als_html_end(&html);
    return ALS_OK;
}

/* ---- The form ---- */

/* One more than the greatest number in use. */
static const char *next_number(const struct case_view *view)
{
    long greatest = 0;
    for (size_t i = 0; i < view->all.count; i++) {
        char *end;
        const long number = strtol(view->all.items[i].ae_id, &end, 10);
        if (*end == '\0' && number > greatest)
            greatest = number;
    }
    return als_arena_printf(view->request->arena, "%ld", greatest + 1);
}

static void ask_visit(struct als_record_form *form, const struct als_adverse_event *from)
{
    struct als_request *request = form->request;
    const struct als_protocol *protocol = als_store_protocol(request->store);
    const char *stored = from->visit_no ? als_store_visit_code(request->store, from->visit_no) : "";
    const char **codes = als_arena_array(request->arena, protocol->n_visits + 1, sizeof *codes);
    const char **labels = als_arena_array(request->arena, protocol->n_visits + 1, sizeof *labels);
    size_t n = 0;
    for (; n < protocol->n_visits; n++) {
        codes[n] = protocol->visits[n].code;
        labels[n] = als_arena_printf(request->arena, "%s, %s", codes[n], protocol->visits[n].label);
    }
    if (*stored && als_protocol_visit(protocol, stored) < 0)
        codes[n++] = stored;
    struct als_record_field *field =
        als_record_add(form, ALS_FIELD_SELECT, "visit", "Recorded at visit", stored);
    als_record_codes(form, field, "(no visit)", codes, labels, n);
    field->proposed = als_request_query(request, "visit");
}

static void ask_grade(struct als_record_form *form, const struct als_adverse_event *from)
{
    struct als_arena *arena = form->request->arena;
    const struct als_protocol *protocol = als_store_protocol(form->request->store);
    struct als_input_choice *choices = als_arena_array(arena, protocol->n_grades, sizeof *choices);
    for (size_t i = 0; i < protocol->n_grades; i++) {
        const char *number = als_arena_printf(arena, "%d", protocol->grades[i].grade);
        choices[i] = (struct als_input_choice){
            .value = number,
            .key = number,
            .label = protocol->grades[i].label ? protocol->grades[i].label : number};
    }
    als_record_choices(
        als_record_add(form, ALS_FIELD_RADIOS, "grade", "Grade",
                       from->grade == ALS_UNSAID ? "" : als_arena_printf(arena, "%d", from->grade)),
        choices, protocol->n_grades);
}

static void ask_yes_no(struct als_record_form *form, const char *name, const char *label, int value)
{
    static const struct als_input_choice choices[] = {{"Y", "yes", "Y"}, {"N", "no", "N"}};
    als_record_choices(als_record_add(form, ALS_FIELD_RADIOS, name, label,
                                      value == ALS_UNSAID ? ""
                                      : value             ? "Y"
                                                          : "N"),
                       choices, 2);
}

static void ask_relation(struct als_record_form *form, const struct als_adverse_event *from)
{
    const struct als_protocol *protocol = als_store_protocol(form->request->store);
    struct als_record_field *field =
        als_record_add(form, protocol->n_causality ? ALS_FIELD_CHECKS : ALS_FIELD_TEXT, "relation",
                       "Related to", from->relation);
    struct als_input_choice *choices =
        als_arena_array(form->request->arena, protocol->n_causality, sizeof *choices);
    for (size_t i = 0; i < protocol->n_causality; i++)
        choices[i] = (struct als_input_choice){.value = protocol->causality[i],
                                               .label = protocol->causality[i]};
    als_record_choices(field, choices, protocol->n_causality);
}

static void ask(struct als_record_form *form, const struct case_view *view)
{
    static const struct als_adverse_event none = {
        .grade = ALS_UNSAID, .serious = ALS_UNSAID, .dlt = ALS_UNSAID};
    const struct als_adverse_event *from = view->stored ? view->stored : &none;
    const struct als_protocol *protocol = als_store_protocol(view->request->store);
    struct als_record_field *field = als_record_add(
        form, view->stored ? ALS_FIELD_SAID : ALS_FIELD_TEXT, "ae_id", "Number", from->ae_id);
    field->proposed = next_number(view);
    field = als_record_add(form, ALS_FIELD_TEXT, "term", "What happened", from->term);
    field->list = protocol->n_ae_terms ? "terms" : NULL;
    field->required = true;
    als_record_add(form, ALS_FIELD_DATE, "onset", "Onset", from->onset);
    als_record_add(form, ALS_FIELD_DATE, "end", "End", from->end);
    ask_grade(form, from);
    form->fields[form->count - 1].group = als_arena_printf(
        view->request->arena, "Severity (%s)", protocol->ae_system ? protocol->ae_system : "");
    ask_yes_no(form, "serious", "Serious", from->serious);
    ask_yes_no(form, "dlt", "Dose-limiting", from->dlt);
    ask_relation(form, from);
    form->fields[form->count - 1].group = "Cause and course";
    als_record_add(form, ALS_FIELD_TEXT, "action", "Action taken", from->action)->list = "actions";
    als_record_add(form, ALS_FIELD_TEXT, "outcome", "Outcome", from->outcome)->list = "outcomes";
    ask_visit(form, from);
    form->there = view->stored != NULL;
    if (form->there)
        form->key = (struct als_record_key){
            .record = "ae", .patient_id = view->patient.id, .name = view->stored->ae_id};
    form->focus = view->stored ? NULL : "term";
    form->why_not =
        als_why_not(view->request, view->patient.id, view->stored ? view->stored->visit_no : 0);
}

static void put_list(struct als_html *html, const char *id, const char *const *texts, size_t n)
{
    als_html_open(html, "datalist", "id", id);
    for (size_t i = 0; i < n; i++)
        als_html_open(html, "option", "value", texts[i]);
    als_html_close(html, "datalist");
}

static void show(struct als_record_form *form, struct als_response *response,
                 const struct case_view *view)
{
    struct als_html html;
    struct als_arena *arena = form->request->arena;
    const struct als_protocol *protocol = als_store_protocol(form->request->store);
    const char *patient = view->patient.patient;
    als_html_begin(&html, form->request, response,
                   view->stored ? als_arena_printf(arena, "Adverse event %s of %s",
                                                   view->stored->ae_id, patient)
                                : als_arena_printf(arena, "New adverse event of %s", patient));
    als_patient_crumbs(&html, patient);
    als_html_crumb(&html, als_url(arena, "/patients/{}/ae", patient), "Adverse events");
    als_html_body(&html);
    put_list(&html, "terms", protocol->ae_terms, protocol->n_ae_terms);
    size_t n;
    const char *const *words = als_adverse_event_actions(&n);
    put_list(&html, "actions", words, n);
    words = als_adverse_event_outcomes(&n);
    put_list(&html, "outcomes", words, n);
    als_record_show(&html, form,
                    view->stored
                        ? als_url(arena, "/patients/{}/ae/{}", patient, view->stored->ae_id)
                        : als_url(arena, "/patients/{}/ae/new", patient),
                    "Save");
    if (view->stored && !form->why_not)
        als_record_removal(
            &html, form, als_url(arena, "/patients/{}/ae/{}/remove", patient, view->stored->ae_id),
            "For an adverse event that never was, or of another patient. The trail keeps it, with "
            "the reason.",
            "Take this adverse event out?");
    als_html_end(&html);
}

/* ---- Saving ---- */

static int said(const char *text)
{
    return text ? *text == 'Y' : ALS_UNSAID;
}

static enum als_status take_visit(struct als_record_form *form, int *visit_no, struct als_err *err)
{
    const char *code = als_record_value(form, "visit");
    *visit_no = 0;
    return code ? als_store_add_visit_code(form->request->store, code, visit_no, err) : ALS_OK;
}

static enum als_status put(struct als_record_form *form, void *context, struct als_err *err)
{
    const struct case_view *view = context;
    const char *grade = als_record_value(form, "grade");
    const char *ae_id = view->stored ? view->stored->ae_id : als_record_value(form, "ae_id");
    struct als_adverse_event ae = {
        .patient_id = view->patient.id,
        .ae_id = ae_id ? ae_id : "",
        .term = als_record_value(form, "term"),
        .onset = als_record_value(form, "onset"),
        .end = als_record_value(form, "end"),
        .grade = grade ? (int)strtol(grade, NULL, 10) : ALS_UNSAID,
        .serious = said(als_record_value(form, "serious")),
        .relation = als_record_joined(form, "relation"),
        .action = als_record_value(form, "action"),
        .outcome = als_record_value(form, "outcome"),
        .dlt = said(als_record_value(form, "dlt")),
    };
    enum als_put what;
    for (size_t i = 0; !view->stored && i < view->all.count; i++)
        if (strcmp(view->all.items[i].ae_id, ae.ae_id) == 0)
            return als_fail(err, ALS_DATA, "E-EXISTS", "ae_id: %s is taken: %s", ae.ae_id,
                            view->all.items[i].term);
    enum als_status status = take_visit(form, &ae.visit_no, err);
    if (!status)
        status = als_adverse_event_put(form->request->store, &ae, ALS_GIVEN_ALL, &what, err);
    if (status)
        return status;
    form->recorded.record = "ae";
    form->recorded.item = ae.ae_id;
    form->recorded.patient_id = what == ALS_PUT_SAME ? 0 : view->patient.id;
    return ALS_OK;
}

static enum als_status take_out(struct als_record_form *form, void *context, struct als_err *err)
{
    const struct case_view *view = context;
    form->recorded.patient_id = view->patient.id;
    return als_adverse_event_remove(form->request->store, view->stored, err);
}

/* One of the two, and back to the list. */
static enum als_status save(struct als_record_form *form, struct als_response *response,
                            als_record_put_fn *what, const char *done, struct case_view *view,
                            struct als_err *err)
{
    int code;
    enum als_status status = als_record_save(form, what, view, &code, err);
    if (status)
        return status;
    if (code) {
        show(form, response, view);
        response->status = code;
        return ALS_OK;
    }
    als_record_tell(form, done);
    als_response_redirect(response,
                          als_url(form->request->arena, "/patients/{}/ae", view->patient.patient));
    return ALS_OK;
}

static enum als_status answer(struct als_request *request, struct als_response *response,
                              const char *ae_id, struct als_err *err)
{
    struct als_record_form form = {.request = request};
    struct case_view view;
    enum als_status status = als_record_open(request, "web adverse event form", err);
    if (!status)
        status = load(request, ae_id, &view, err);
    if (status)
        return status;
    ask(&form, &view);
    if (request->method == ALS_POST)
        return save(&form, response, put, "The adverse event is saved.", &view, err);
    show(&form, response, &view);
    return ALS_OK;
}

enum als_status als_page_ae_new(struct als_request *request, struct als_response *response,
                                struct als_err *err)
{
    return answer(request, response, NULL, err);
}

enum als_status als_page_ae(struct als_request *request, struct als_response *response,
                            struct als_err *err)
{
    return answer(request, response, als_request_part(request, "ae"), err);
}

enum als_status als_page_ae_remove(struct als_request *request, struct als_response *response,
                                   struct als_err *err)
{
    struct als_record_form form = {.request = request};
    struct case_view view;
    enum als_status status = als_record_open(request, "web adverse event form", err);
    if (!status)
        status = load(request, als_request_part(request, "ae"), &view, err);
    if (status)
        return status;
    ask(&form, &view);
    return save(&form, response, take_out, "The adverse event is taken out.", &view, err);
}
