/* The trail: who changed what, when and why; and whether it still agrees with the tables. */
#include <string.h>

#include "alstrack/store/record.h"
#include "pages.h"
#include "trail_view.h"
#include "view.h"

static void write_cell(const struct als_audit_cell *cell, void *context)
{
    struct als_html *page = context;
    struct als_arena *arena = page->request->arena;
    als_html_row(page);
    als_html_number(page, als_arena_printf(arena, "%lld", (long long)cell->change_id));
    als_html_cell(page, als_arena_printf(arena, "%.10s %.8s", cell->at_utc, cell->at_utc + 11));
    als_html_cell(page, cell->user);
    als_html_cell(page, cell->key);
    als_html_cell(page, cell->operation);
    als_html_cell(page, cell->column);
    als_html_cell(page, cell->old_text);
    als_html_cell(page, cell->new_text);
    als_html_cell(page, cell->reason);
}

static enum als_status of_patient(struct als_html *page, const char *patient, struct als_err *err)
{
    struct als_patient found;
    struct als_request *request = page->request;
    enum als_status status = als_patient_get(request->store, patient, request->arena, &found, err);
    if (status)
        return status;
    als_html_element(page, "p", "Values that were changed or taken out, with what they were.",
                     NULL);
    als_html_table(page, "Changes of stored values", "#Change", "When (UTC)", "User", "Record",
                   "What", "Field", "Before", "After", "Why");
    status = als_audit_cells(request->store, patient, write_cell, page, err);
    als_html_table_end(page);
    return status;
}

static enum als_status write_head(struct als_html *page, struct als_err *err)
{
    char head[65];
    enum als_status status = als_audit_head(page->request->store, head, err);
    if (status)
        return status;
    als_html_open(page, "p", "class", "digest", NULL);
    als_html_text(page, "Head of the trail ");
    als_html_element(page, "code", head, NULL);
    als_html_close(page, "p");
    als_html_form(page, "/audit/verify", NULL);
    als_html_buttons(page);
    als_input_button(page, "Verify the trail", NULL, NULL);
    als_html_buttons_end(page);
    als_html_form_end(page);
    als_html_markup(page, "<ul class=\"ways\">");
    als_html_way(page, "/audit/access", "Log of access");
    als_html_markup(page, "</ul>\n");
    return ALS_OK;
}

enum als_status als_page_audit(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    struct als_html page;
    const char *patient = als_request_chosen(request, "patient");
    const bool one = patient != NULL;
    als_html_begin(&page, request, response,
                   one ? als_arena_printf(request->arena, "Changes of %s", patient) : "Audit");
    if (one) {
        als_html_crumb(&page, "/audit", "Audit");
        als_html_crumb(&page, als_url(request->arena, "/patients/{}", patient, NULL), patient);
    }
    page.wide = true;
    als_html_body(&page);
    enum als_status status = ALS_OK;
    if (one) {
        status = of_patient(&page, patient, err);
    } else {
        status = write_head(&page, err);
        if (!status)
            status = als_trail_view(&page, false, err);
    }
    if (!status)
        als_html_end(&page);
    return status;
}

enum als_status als_page_access(struct als_request *request, struct als_response *response,
                                struct als_err *err)
{
    struct als_html page;
    als_html_begin(&page, request, response, "Log of access");
    als_html_crumb(&page, "/audit", "Audit");
    page.wide = true;
    als_html_body(&page);
    als_html_element(&page, "p", "Logins, failed ones, exports and backups.", NULL);
    enum als_status status = als_trail_view(&page, true, err);
    if (!status)
        als_html_end(&page);
    return status;
}

static void write_finding(const struct als_diag *diag, void *context)
{
    als_html_element(context, "li", diag->what, NULL);
}

enum als_status als_page_verify(struct als_request *request, struct als_response *response,
                                struct als_err *err)
{
    struct als_html page;
    size_t findings = 0;
    als_html_begin(&page, request, response, "Verification of the trail");
    als_html_crumb(&page, "/audit", "Audit");
    als_html_body(&page);
    als_html_markup(&page, "<ul>");
    const struct als_sink sink = {write_finding, &page};
    enum als_status status = als_audit_verify(request->store, NULL, &sink, &findings, err);
    if (status)
        return status;
    als_html_markup(&page, "</ul>");
    if (findings)
        als_html_notice(&page, ALS_FLASH_ERROR,
                        als_arena_printf(request->arena,
                                         "The trail and the tables disagree: %s above.",
                                         als_view_count(request, findings, "finding")));
    else
        als_html_notice(&page, ALS_FLASH_DONE, "The trail and the tables agree.");
    als_html_end(&page);
    return ALS_OK;
}
