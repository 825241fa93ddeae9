/* Dated milestones: adding one, correcting one, taking one out. */
#include <math.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "alstrack/store/judge.h"
#include "assess_show.h"
#include "pages.h"
#include "record_form.h"

struct event_view {
    struct als_request *request;
    struct als_patient patient;
    bool is_new;
    struct als_event stored; /* when it is not */
    struct als_event put;    /* what was saved */
};

static enum als_status find(struct event_view *view, const char *name, const char *date,
                            struct als_err *err)
{
    struct als_event_list events;
    enum als_status status =
        als_event_load(view->request->store, view->patient.id, view->request->arena, &events, err);
    for (size_t i = 0; !status && i < events.count; i++) {
        if (strcmp(events.items[i].event, name) != 0 || strcmp(events.items[i].date, date) != 0)
            continue;
        view->stored = events.items[i];
        return ALS_OK;
    }
    return status ? status
                  : als_fail(err, ALS_NO_INPUT, "E-EVENT", "%s has no %s on %s",
                             view->patient.patient, name, date);
}

static enum als_status load(struct als_request *request, bool is_new, struct event_view *view,
                            struct als_err *err)
{
    *view =
        (struct event_view){.request = request, .is_new = is_new, .stored = {.value = (double)NAN}};
    enum als_status status = als_patient_get(request->store, als_request_part(request, "patient"),
                                             request->arena, &view->patient, err);
    if (status || is_new)
        return status;
    return find(view, als_request_part(request, "event"), als_request_part(request, "date"), err);
}

/* ---- The form ---- */

static void ask_name(struct als_record_form *form, const struct event_view *view)
{
    const struct als_protocol *protocol = als_store_protocol(view->request->store);
    size_t n = 0;
    while (als_event_names[n])
        n++;
    const char **names =
        als_arena_array(view->request->arena, n + protocol->n_events, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = als_event_names[i];
    for (size_t i = 0; i < protocol->n_events; i++)
        names[n + i] = protocol->events[i];
    struct als_record_field *field =
        als_record_add(form, view->is_new ? ALS_FIELD_SELECT : ALS_FIELD_SAID, "event", "Event",
                       view->stored.event);
    als_record_codes(form, field, "(choose)", names, NULL, n + protocol->n_events);
    field->proposed = als_request_query(view->request, "event");
    field->required = true;
}

static void ask(struct als_record_form *form, const struct event_view *view)
{
    char value[ALS_NUM_TEXT];
    struct als_record_field *field;
    ask_name(form, view);
    field = als_record_add(form, ALS_FIELD_DATE, "date", "Date", view->stored.date);
    field->required = true;
    als_num_format(view->stored.value, value);
    field = als_record_add(form, ALS_FIELD_NUMBER, "value", "Value",
                           als_arena_strdup(view->request->arena, value));
    field->hint =
        "cells of an infusion; hours of ventilation a day from that date on, 0 when it ended";
    als_record_add(form, ALS_FIELD_TEXT, "unit", "Unit", view->stored.unit)->hint =
        "cells, cells/kg, h/day";
    als_record_add(form, ALS_FIELD_AREA, "note", "Note", view->stored.note);
    form->there = !view->is_new;
    if (form->there)
        form->key =
            (struct als_record_key){.record = "event",
                                    .patient_id = view->patient.id,
                                    .name = als_event_item(als_store_protocol(form->request->store),
                                                           &view->stored, form->request->arena),
                                    .event_id = view->stored.id};
    if (view->is_new)
        form->focus = als_request_query(view->request, "event") ? "date" : "event";
    form->why_not = als_why_not(view->request, view->patient.id, 0);
}

static const char *url_of(const struct event_view *view, const char *below)
{
    struct als_arena *arena = view->request->arena;
    if (view->is_new)
        return als_url(arena, "/patients/{}/events/new", view->patient.patient);
    return als_arena_printf(arena, "%s%s",
                            als_url(arena, "/patients/{}/events/{}/{}", view->patient.patient,
                                    view->stored.event, view->stored.date),
                            below);
}

static void show(struct als_record_form *form, struct als_response *response,
                 const struct event_view *view)
{
    struct als_html html;
    struct als_arena *arena = form->request->arena;
    als_html_begin(&html, form->request, response,
                   view->is_new ? als_arena_printf(arena, "New event of %s", view->patient.patient)
                                : als_arena_printf(arena, "%s of %s on %s",
                                                   als_code_words(arena, view->stored.event),
                                                   view->patient.patient, view->stored.date));
    als_patient_crumbs(&html, view->patient.patient);
    als_html_body(&html);
    als_record_show(&html, form, url_of(view, ""), "Save");
    if (!view->is_new && !form->why_not)
        als_record_removal(&html, form, url_of(view, "/remove"),
                           "For an event that never was. The trail keeps it, with the reason.",
                           "Take this event out?");
    als_html_end(&html);
}

/* ---- Saving ---- */

static enum als_status put(struct als_record_form *form, void *context, struct als_err *err)
{
    struct event_view *view = context;
    view->put = (struct als_event){.id = view->stored.id,
                                   .patient_id = view->patient.id,
                                   .event = view->is_new ? als_record_value(form, "event")
                                                         : view->stored.event,
                                   .date = als_record_value(form, "date"),
                                   .value = als_record_number(form, "value"),
                                   .unit = als_record_value(form, "unit"),
                                   .note = als_record_value(form, "note")};
    enum als_put what;
    if (form->errors.count)
        return ALS_OK; /* what was typed is no number: nothing is stored */
    const enum als_status status =
        als_event_put(form->request->store, &view->put, ALS_GIVEN_ALL, &what, err);
    if (status)
        return status;
    form->recorded.record = "event";
    form->recorded.item =
        als_event_item(als_store_protocol(form->request->store), &view->put, form->request->arena);
    form->recorded.patient_id = what == ALS_PUT_SAME ? 0 : view->patient.id;
    return ALS_OK;
}

static enum als_status done(const struct als_record_form *form, struct als_response *response,
                            const struct event_view *view, const char *what)
{
    als_record_tell(form, what);
    als_response_redirect(response,
                          als_url(form->request->arena, "/patients/{}", view->patient.patient));
    return ALS_OK;
}

static enum als_status answer(struct als_request *request, struct als_response *response,
                              bool is_new, struct als_err *err)
{
    struct als_record_form form = {.request = request};
    struct event_view view;
    int code = 200;
    enum als_status status = als_record_open(request, "web event form", err);
    if (!status)
        status = load(request, is_new, &view, err);
    if (status)
        return status;
    ask(&form, &view);
    if (request->method == ALS_POST)
        status = als_record_save(&form, put, &view, &code, err);
    if (status)
        return status;
    if (code == 0)
        return done(&form, response, &view, "The event is saved.");
    show(&form, response, &view);
    response->status = code;
    return ALS_OK;
}

enum als_status als_page_event_new(struct als_request *request, struct als_response *response,
                                   struct als_err *err)
{
    return answer(request, response, true, err);
}

enum als_status als_page_event(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    return answer(request, response, false, err);
}

static enum als_status take_out(struct als_record_form *form, void *context, struct als_err *err)
{
    const struct event_view *view = context;
    form->recorded.patient_id = view->patient.id;
    return als_event_remove(form->request->store, &view->stored, err);
}

enum als_status als_page_event_remove(struct als_request *request, struct als_response *response,
                                      struct als_err *err)
{
    struct als_record_form form = {.request = request};
    struct event_view view;
    int code = 0;
    enum als_status status = als_record_open(request, "web event form", err);
    if (!status)
        status = load(request, false, &view, err);
    if (!status)
        ask(&form, &view);
    if (!status)
        status = als_record_save(&form, take_out, &view, &code, err);
    if (status)
        return status;
    if (code == 0)
        return done(&form, response, &view, "The event is taken out.");
    show(&form, response, &view);
    response->status = code;
    return ALS_OK;
}
