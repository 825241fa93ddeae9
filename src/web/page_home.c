/* The first page: what is overdue, due and near. */
#include <string.h>

#include "alstrack/analysis/visits.h"
#include "alstrack/core/count.h"
#include "alstrack/store/draft.h"
#include "alstrack/store/query.h"
#include "pages.h"
#include "view.h"

#define SOON_DAYS 14

static const char *stamp_of(const struct als_request *request)
{
    int year, month, day;
    als_day_to_civil(request->today, &year, &month, &day);
    return als_arena_printf(request->arena, "%04d%02d%02dT000000Z", year, month, day);
}

static enum als_status load(struct als_request *request, struct als_worklist *list,
                            struct als_err *err)
{
    const char *site = als_request_chosen(request, "site");
    return als_worklist_load(request->store, request->today, SOON_DAYS, site, request->arena, list,
                             err);
}

/* Open queries, and how old the oldest is. */
static enum als_status write_queries(struct als_html *page, const char *site, struct als_err *err)
{
    struct als_request *request = page->request;
    const struct als_query_filter filter = {
        .site = site, .states = 1u << ALS_QUERY_OPEN, .opened_before = ALS_NO_DAY};
    struct als_query_list list;
    enum als_status status = als_query_load(request->store, &filter, request->arena, &list, err);
    if (status)
        return status;
    int oldest = request->today;
    for (size_t i = 0; i < list.count; i++)
        oldest = list.items[i].opened_day < oldest ? list.items[i].opened_day : oldest;
    als_html_open(page, "p", NULL);
    if (list.count == 0)
        als_html_text(page, "No open queries.");
    else
        als_html_link(page, "/queries?state=open",
                      als_arena_printf(request->arena, "%s, the oldest for %s",
                                       als_counted(list.count, "open query").text,
                                       als_counted((size_t)(request->today - oldest), "day").text));
    als_html_close(page, "p");
    return ALS_OK;
}

/* Forms that were begun and not saved, the latest first. */
static enum als_status write_drafts(struct als_html *page, struct als_err *err)
{
    struct als_request *request = page->request;
    struct als_draft_list drafts;
    struct als_patient_list patients;
    enum als_status status =
        als_draft_load(request->store, request->user, 0, request->arena, &drafts, err);
    if (!status && drafts.count)
        status = als_patient_load(request->store, request->arena, &patients, err);
    if (status || drafts.count == 0)
        return status;
    als_html_element(page, "h2", "Your drafts", NULL);
    als_html_markup(page, "<ul>");
    for (size_t i = 0; i < drafts.count; i++) {
        const struct als_draft *draft = &drafts.items[i];
        const char *patient = als_patient_name(&patients, draft->patient_id);
        if (!*patient)
            continue;
        const char *url =
            draft->rater ? als_url(request->arena, "/patients/{}/visits/{}/{}?rater={}", patient,
                                   draft->visit, draft->instrument, draft->rater, NULL)
                         : als_url(request->arena, "/patients/{}/visits/{}/{}", patient,
                                   draft->visit, draft->instrument, NULL);
        als_html_markup(page, "<li>");
        als_html_link(
            page, url,
            als_arena_printf(request->arena, "%s %s %s", patient, draft->visit, draft->instrument));
        als_html_printf(page, ", touched %.10s %.5s UTC", draft->touched_utc,
                        draft->touched_utc + 11);
        als_html_markup(page, "</li>");
    }
    als_html_markup(page, "</ul>");
    return ALS_OK;
}

static const char *days_left(const struct als_request *request, const struct als_due_visit *due)
{
    const int left = due->row.window_to - request->today;
    const int until = due->row.window_from - request->today;
    if (left < 0)
        return als_arena_printf(request->arena, "%s ago", als_counted((size_t)-left, "day").text);
    if (until > 0)
        return als_arena_printf(request->arena, "opens in %s",
                                als_counted((size_t)until, "day").text);
    if (left == 0)
        return "last day";
    return als_arena_printf(request->arena, "%s left", als_counted((size_t)left, "day").text);
}

static void write_rows(struct als_html *page, const struct als_worklist *list)
{
    struct als_request *request = page->request;
    als_html_table(page, "Visits, the most urgent first", "Visit", "Patient", "State", "Window",
                   "Target", "Time");
    for (size_t i = 0; i < list->count; i++) {
        const struct als_due_visit *due = &list->items[i];
        als_html_row(page);
        als_html_head(
            page,
            als_url(request->arena, "/patients/{}/visits/{}", due->patient, due->row.code, NULL),
            als_arena_printf(request->arena, "%s %s", due->row.code, due->row.plan->label));
        als_html_cell_link(page, als_url(request->arena, "/patients/{}", due->patient, NULL),
                           due->patient);
        als_html_cell_begin(page);
        als_html_badge(page,
                       due->row.status == ALS_VISIT_MISSED ? "late"
                       : due->row.status == ALS_VISIT_DUE  ? "due"
                                                           : "plain",
                       als_due_word(due->row.status));
        als_html_cell_end(page);
        als_html_cell(page, als_arena_printf(request->arena, "%s to %s",
                                             als_view_day(request, due->row.window_from),
                                             als_view_day(request, due->row.window_to)));
        als_html_cell(page, als_view_day(request, due->row.target));
        als_html_cell(page, days_left(request, due));
    }
    als_html_table_end(page);
}

enum als_status als_page_home(struct als_request *request, struct als_response *response,
                              struct als_err *err)
{
    struct als_worklist list;
    struct als_html page;
    enum als_status status = load(request, &list, err);
    if (status)
        return status;
    const char *site = als_request_chosen(request, "site");
    als_html_begin(&page, request, response, "Worklist");
    page.wide = true;
    als_html_body(&page);
    als_html_open(&page, "p", "class", "lead", NULL);
    als_html_printf(&page, "On %s: %zu overdue, %zu due, %zu opening within %d days.",
                    als_view_day(request, request->today), list.overdue, list.due, list.soon,
                    list.within_days);
    als_html_close(&page, "p");
    status = write_queries(&page, site, err);
    if (status)
        return status;
    if (als_store_protocol(request->store)->n_sites > 1) {
        als_html_filter(&page, "/");
        als_view_site_filter(&page, site);
        als_html_buttons(&page);
        als_input_button(&page, "Show", NULL, NULL);
        als_html_buttons_end(&page);
        als_html_form_end(&page);
    }
    if (list.count)
        write_rows(&page, &list);
    else
        als_html_element(&page, "p", "Nothing is due.", NULL);
    if (list.waiting)
        als_html_element(&page, "p", list.waiting, "class", "notes", NULL);
    status = write_drafts(&page, err);
    if (status)
        return status;
    als_html_open(&page, "p", NULL);
    als_html_link(&page,
                  site ? als_url(request->arena, "/worklist.ics?site={}", site, NULL)
                       : "/worklist.ics",
                  "This list as a calendar (.ics)");
    als_html_close(&page, "p");
    als_html_end(&page);
    return ALS_OK;
}

enum als_status als_page_calendar(struct als_request *request, struct als_response *response,
                                  struct als_err *err)
{
    struct als_worklist list;
    enum als_status status = load(request, &list, err);
    if (status)
        return status;
    als_worklist_calendar(request->store, &list, stamp_of(request), &response->body);
    als_response_attachment(response, "text/calendar; charset=utf-8", "worklist.ics");
    return ALS_OK;
}
