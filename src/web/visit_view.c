/* One visit of one patient, as every page about it needs it. */
#include "visit_view.h"

#include <string.h>

static const char *say_days(struct als_arena *arena, int days)
{
    return als_arena_printf(arena, "%+d d", days);
}

static const char *title_of(struct als_arena *arena, const struct als_visit_view *view)
{
    const char *label = view->plan ? view->plan->label : NULL;
    if (!label || !*label || strcmp(label, view->code) == 0)
        return view->code;
    return als_arena_printf(arena, "%s, %s", view->code, label);
}

static enum als_status no_visit(struct als_store *store, const char *code, struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(store);
    als_fail(err, ALS_NO_INPUT, "E-VISIT", "there is no visit '%s'", code);
    als_err_hint(err, "the protocol has %zu visits, %s to %s; extra ones are UNS1, UNS2 … and ET",
                 protocol->n_visits, protocol->n_visits ? protocol->visits[0].code : "",
                 protocol->n_visits ? protocol->visits[protocol->n_visits - 1].code : "");
    return ALS_NO_INPUT;
}

static enum als_status load_patient(struct als_request *request, struct als_visit_view *view,
                                    struct als_err *err)
{
    struct als_visit_list visits;
    enum als_status status =
        als_event_load(request->store, view->patient.id, request->arena, &view->events, err);
    if (!status)
        status = als_visit_load(request->store, view->patient.id, request->arena, &visits, err);
    if (status)
        return status;
    for (size_t i = 0; i < visits.count; i++) {
        if (!view->visit_no || visits.items[i].visit_no != view->visit_no)
            continue;
        view->there = true;
        view->stored = visits.items[i];
    }
    als_facts_from(request->store, &view->patient, view->events.items, view->events.count,
                   visits.items, visits.count, request->arena, &view->facts);
    return ALS_OK;
}

static void build_schedule(struct als_request *request, struct als_visit_view *view)
{
    const struct als_protocol *protocol = als_store_protocol(request->store);
    struct als_visit_row *rows = als_arena_array(
        request->arena, protocol->n_visits + view->facts.n_visits + 1, sizeof *rows);
    view->n_rows = als_schedule_build(protocol, &view->facts, request->today, rows);
    view->rows = rows;
    for (size_t i = 0; i < view->n_rows; i++)
        if (strcmp(rows[i].code, view->code) == 0)
            view->row = &rows[i];
}

enum als_status als_visit_view_find(struct als_request *request, const char *patient,
                                    const char *code, struct als_visit_view *view,
                                    struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(request->store);
    *view = (struct als_visit_view){.code = code, .stored = {.day = ALS_NO_DAY}};
    enum als_status status =
        als_patient_get(request->store, patient, request->arena, &view->patient, err);
    if (status)
        return status;
    view->visit_no = als_store_visit_no(request->store, code, strlen(code));
    if (!view->visit_no && !als_visit_code_is_extra(code))
        return no_visit(request->store, code, err);
    const ptrdiff_t plan = als_protocol_visit(protocol, code);
    view->plan = plan < 0 ? NULL : &protocol->visits[plan];
    status = load_patient(request, view, err);
    if (status)
        return status;
    build_schedule(request, view);
    view->title = title_of(request->arena, view);
    return ALS_OK;
}

enum als_status als_visit_view_load(struct als_request *request, struct als_visit_view *view,
                                    struct als_err *err)
{
    return als_visit_view_find(request, als_request_part(request, "patient"),
                               als_request_part(request, "visit"), view, err);
}

/* ---- In words ---- */

static const char *why_no_target(const struct als_visit_row *row)
{
    if (row->status == ALS_VISIT_NOT_APPLICABLE)
        return "does not apply to this patient";
    if (row->needs_cohort)
        return "no target yet: the patient's cohort is not known";
    return "no target yet: what it is counted from has not been recorded";
}

/* How the visit went, or how today lies to it. */
static const char *say_deviation(const struct als_visit_row *row, int today,
                                 struct als_arena *arena)
{
    char day[ALS_DATE_TEXT];
    if (row->actual != ALS_NO_DAY)
        return als_arena_printf(arena, "took place %s, %s", als_day_format(row->actual, day),
                                say_days(arena, row->offset_days));
    return als_arena_printf(arena, "today %s", say_days(arena, today - row->target));
}

const char *als_visit_view_window(const struct als_visit_view *view, int today,
                                  struct als_arena *arena)
{
    char target[ALS_DATE_TEXT], from[ALS_DATE_TEXT], to[ALS_DATE_TEXT];
    const struct als_visit_row *row = view->row;
    if (!view->plan)
        return "An extra visit: it has no target and no window";
    if (!row || row->target == ALS_NO_DAY)
        return als_arena_printf(arena, "%s: %s", view->title,
                                row ? why_no_target(row) : "no target");
    return als_arena_printf(arena, "%s: target %s, window %s to %s, %s", view->title,
                            als_day_format(row->target, target),
                            als_day_format(row->window_from, from),
                            als_day_format(row->window_to, to), say_deviation(row, today, arena));
}

/* ---- Parts of pages ---- */

void als_patient_crumbs(struct als_html *page, const char *patient)
{
    als_html_crumb(page, "/patients", "Patients");
    if (patient)
        als_html_crumb(page, als_url(page->request->arena, "/patients/{}", patient), patient);
}

void als_visit_crumbs(struct als_html *page, const struct als_visit_view *view)
{
    als_patient_crumbs(page, view->patient.patient);
    als_html_crumb(
        page,
        als_url(page->request->arena, "/patients/{}/visits/{}", view->patient.patient, view->code),
        view->title);
}

static int day_of(const struct als_visit_row *row)
{
    return row->actual != ALS_NO_DAY ? row->actual : row->target;
}

/* The rows by date: planned ones in their order, each extra one before the first that is later. */
static const struct als_visit_row **by_date(const struct als_visit_view *view,
                                            struct als_arena *arena)
{
    const struct als_visit_row **order = als_arena_array(arena, view->n_rows + 1, sizeof *order);
    size_t n = 0, extra = 0;
    while (extra < view->n_rows && view->rows[extra].plan)
        extra++;
    for (const struct als_visit_row *row = view->rows; row < view->rows + view->n_rows; row++) {
        while (row->plan && extra < view->n_rows && day_of(row) != ALS_NO_DAY &&
               day_of(&view->rows[extra]) != ALS_NO_DAY && day_of(&view->rows[extra]) < day_of(row))
            order[n++] = &view->rows[extra++];
        if (row->plan || row >= view->rows + extra)
            order[n++] = row;
    }
    return order;
}

static const struct als_visit_row *neighbour_of(const struct als_visit_view *view, int by,
                                                struct als_arena *arena)
{
    const struct als_visit_row **order = by_date(view, arena);
    for (size_t i = 0; i < view->n_rows; i++)
        if (order[i] == view->row)
            return by < 0 ? (i ? order[i - 1] : NULL)
                          : (i + 1 < view->n_rows ? order[i + 1] : NULL);
    return NULL;
}

const char *als_visit_neighbour_url(const struct als_visit_view *view, int by,
                                    struct als_arena *arena)
{
    const struct als_visit_row *row = neighbour_of(view, by, arena);
    return row ? als_url(arena, "/patients/{}/visits/{}", view->patient.patient, row->code) : NULL;
}

static void neighbour(struct als_html *page, const struct als_visit_view *view, int by,
                      const char *key)
{
    const struct als_visit_row *row = neighbour_of(view, by, page->request->arena);
    const char *url = als_visit_neighbour_url(view, by, page->request->arena);
    if (!row)
        return;
    als_html_open(page, "a", "href", url, "rel", by < 0 ? "prev" : "next");
    als_html_element(page, "kbd", key, NULL);
    als_html_text(page, row->code);
    als_html_close(page, "a");
    als_html_markup(page, " ");
}

void als_visit_neighbours(struct als_html *page, const struct als_visit_view *view)
{
    als_html_open(page, "nav", "class", "neighbours", "aria-label", "Neighbouring visits");
    neighbour(page, view, -1, "[");
    neighbour(page, view, 1, "]");
    als_html_close(page, "nav");
}

enum als_status als_visit_view_number(struct als_store *store, struct als_visit_view *view,
                                      struct als_err *err)
{
    if (view->visit_no)
        return ALS_OK;
    return als_store_add_visit_code(store, view->code, &view->visit_no, err);
}

const char *als_why_not(struct als_request *request, int64_t patient_id, int visit_no)
{
    struct als_err err;
    const struct als_scope scope = {.patient_id = patient_id, .visit_no = visit_no};
    if (als_may(request->store, ALS_ACT_ENTER, patient_id, &err) == ALS_OK &&
        als_lock_check(request->store, &scope, &err) == ALS_OK)
        return NULL;
    return als_arena_strdup(request->arena, err.text);
}

void als_html_read_only(struct als_html *page, const char *why)
{
    if (why)
        als_html_notice(page, ALS_FLASH_WARNING,
                        als_arena_printf(page->request->arena, "Read only: %s.", why));
}
