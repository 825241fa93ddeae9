/* All patients: who, where, the last visit and the next. */
#include <string.h>
#include <strings.h>

#include "alstrack/analysis/visits.h"
#include "pages.h"
#include "view.h"

struct listing {
    struct als_html *page;
    const char *search, *site;
    size_t shown, all;
};

/* Part of the identifier, in any case. */
static bool holds(const char *text, const char *part)
{
    size_t n = strlen(part);
    for (; *text; text++)
        if (strncasecmp(text, part, n) == 0)
            return true;
    return n == 0;
}

static bool is_wanted(const struct listing *listing, const struct als_patient *patient)
{
    if (listing->site && (!patient->site || strcmp(patient->site, listing->site) != 0))
        return false;
    return !listing->search || holds(patient->patient, listing->search);
}

static const struct als_visit_row *last_done(const struct als_cohort_patient *patient)
{
    const struct als_visit_row *last = NULL;
    for (size_t i = 0; i < patient->n_rows; i++)
        if (patient->rows[i].actual != ALS_NO_DAY &&
            (!last || patient->rows[i].actual >= last->actual))
            last = &patient->rows[i];
    return last;
}

/* The first visit that somebody waits for: overdue, due or planned. */
static const struct als_visit_row *next_due(const struct als_cohort_patient *patient,
                                            const struct als_store *store, bool *recorded)
{
    for (size_t i = 0; i < patient->n_rows; i++) {
        const struct als_visit_row *row = &patient->rows[i];
        *recorded = als_visit_recorded(store, patient->visits, patient->n_visits, row->code);
        if (row->status == ALS_VISIT_DUE || row->status == ALS_VISIT_PLANNED ||
            (row->status == ALS_VISIT_MISSED && !*recorded && !row->plan->optional))
            return row;
    }
    return NULL;
}

static void write_visit(struct als_html *page, const char *patient, const struct als_visit_row *row,
                        int day)
{
    struct als_request *request = page->request;
    if (row)
        als_html_cell_link(
            page, als_url(request->arena, "/patients/{}/visits/{}", patient, row->code, NULL),
            als_arena_printf(request->arena, "%s, %s", row->code, als_view_day(request, day)));
    else
        als_html_cell(page, "");
}

static void write_patient(const struct als_cohort_patient *patient, void *context)
{
    struct listing *listing = context;
    struct als_html *page = listing->page;
    struct als_request *request = page->request;
    const struct als_patient *who = patient->patient;
    listing->all++;
    if (!is_wanted(listing, who))
        return;
    listing->shown++;
    bool recorded = false;
    const struct als_visit_row *last = last_done(patient);
    const struct als_visit_row *next = next_due(patient, request->store, &recorded);
    als_html_row(page);
    als_html_head(page, als_url(request->arena, "/patients/{}", who->patient, NULL), who->patient);
    als_html_cell(page, who->site);
    als_html_cell(page, who->cohort);
    als_html_cell(page, who->arm);
    als_html_cell(page, who->sex);
    als_html_cell(page, who->onset_site);
    write_visit(page, who->patient, last, last ? last->actual : 0);
    write_visit(page, who->patient, next, next ? next->target : 0);
    als_html_cell_begin(page);
    if (next)
        als_view_status(page, next, recorded);
    als_html_cell_end(page);
}

static void write_filter(struct als_html *page, const struct listing *listing)
{
    als_html_filter(page, "/patients");
    als_input_text(page, &(struct als_input){.name = "search",
                                             .label = "Patient",
                                             .hint = "or a part of the identifier",
                                             .value = listing->search});
    als_view_site_filter(page, listing->site);
    als_html_buttons(page);
    als_input_button(page, "Show", NULL, NULL);
    als_html_buttons_end(page);
    als_html_form_end(page);
}

enum als_status als_page_patients(struct als_request *request, struct als_response *response,
                                  struct als_err *err)
{
    struct als_html page;
    struct listing listing = {.page = &page,
                              .search = als_request_chosen(request, "search"),
                              .site = als_request_chosen(request, "site")};
    als_html_begin(&page, request, response, "Patients");
    page.wide = true;
    als_html_body(&page);
    if (!als_may(request->store, ALS_ACT_ENTER, 0, err)) {
        als_html_open(&page, "p", NULL);
        als_html_link(&page, "/patients/new", "Register a patient");
        als_html_close(&page, "p");
    }
    write_filter(&page, &listing);
    als_html_table(&page, "Patients", "Patient", "Site", "Cohort", "Arm", "Sex", "Onset",
                   "Last visit", "Next visit", "State");
    enum als_status status = als_cohort_each(request->store, request->arena, request->today,
                                             write_patient, &listing, err);
    if (status)
        return status;
    als_html_table_end(&page);
    als_html_open(&page, "p", "class", "notes", NULL);
    als_html_printf(&page, "%zu of %s.", listing.shown,
                    als_view_count(request, listing.all, "patient"));
    als_html_close(&page, "p");
    als_html_end(&page);
    return ALS_OK;
}
