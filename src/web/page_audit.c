/* The trail: who changed what, when and why; and whether it still agrees with the tables. */
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "alstrack/store/record.h"
#include "pages.h"
#include "view.h"

#define ROWS_OF_PAGE 100

/* The newest change sets up to `before`, oldest first while they come in. */
struct newest {
    struct als_arena *arena;
    const char *user;
    int64_t before;
    struct als_audit_row rows[ROWS_OF_PAGE];
    size_t next, count; /* ring */
    size_t passed;      /* that the filter let through */
};

static const char *kept(struct newest *newest, const char *text)
{
    return text ? als_arena_strdup(newest->arena, text) : NULL;
}

static void keep(const struct als_audit_row *row, void *context)
{
    struct newest *newest = context;
    if (row->change_id >= newest->before || (newest->user && strcmp(row->user, newest->user) != 0))
        return;
    newest->passed++;
    struct als_audit_row *place = &newest->rows[newest->next];
    *place = *row;
    place->at_utc = kept(newest, row->at_utc);
    place->user = kept(newest, row->user);
    place->command = kept(newest, row->command);
    place->reason = kept(newest, row->reason);
    place->source_name = kept(newest, row->source_name);
    newest->next = (newest->next + 1) % ROWS_OF_PAGE;
    newest->count += newest->count < ROWS_OF_PAGE;
}

static void write_sets(struct als_html *page, const struct newest *newest)
{
    struct als_arena *arena = page->request->arena;
    als_html_table(page, "Change sets, the newest first", "#Change", "When (UTC)", "User",
                   "What was done", "Why", "#Rows", "Source");
    for (size_t i = 0; i < newest->count; i++) {
        const struct als_audit_row *row =
            &newest->rows[(newest->next + 2 * ROWS_OF_PAGE - 1 - i) % ROWS_OF_PAGE];
        als_html_row(page);
        als_html_number(page, als_arena_printf(arena, "%lld", (long long)row->change_id));
        als_html_cell(page, als_arena_printf(arena, "%.10s %.8s", row->at_utc, row->at_utc + 11));
        als_html_cell(page, row->authenticated
                                ? row->user
                                : als_arena_printf(arena, "%s (no password)", row->user));
        als_html_cell(page, row->command);
        als_html_cell(page, row->reason);
        als_html_number(page, als_arena_printf(arena, "%lld", (long long)row->row_count));
        als_html_cell(page, row->source_name);
    }
    als_html_table_end(page);
}

static void write_older(struct als_html *page, const struct newest *newest)
{
    if (newest->passed <= newest->count)
        return;
    const struct als_audit_row *oldest = &newest->rows[newest->next % ROWS_OF_PAGE];
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)oldest->change_id);
    als_html_open(page, "p", NULL);
    als_html_link(page,
                  newest->user ? als_url(page->request->arena, "/audit?before={}&user={}", number,
                                         newest->user, NULL)
                               : als_url(page->request->arena, "/audit?before={}", number, NULL),
                  "Older");
    als_html_close(page, "p");
}

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
    return ALS_OK;
}

enum als_status als_page_audit(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    struct als_html page;
    const char *patient = als_request_chosen(request, "patient");
    const char *before = als_request_chosen(request, "before");
    const char *user = als_request_chosen(request, "user");
    struct newest *newest = als_arena_take(request->arena, sizeof *newest);
    newest->arena = request->arena;
    newest->user = user;
    newest->before = INT64_MAX;
    if (before && !als_num_parse_integer(before, strlen(before), &newest->before))
        return als_fail(err, ALS_USAGE, "E-NUMBER", "'%s' is no number of a change", before);
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
            status = als_audit_each(request->store, keep, newest, err);
        if (!status) {
            write_sets(&page, newest);
            write_older(&page, newest);
        }
    }
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
