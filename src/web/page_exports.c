/* Files to take away: the cohort's CSVs as one archive, or one instrument's table. */
#include <string.h>

#include "alstrack/core/count.h"
#include "alstrack/export/csv.h"
#include "alstrack/export/zip.h"
#include "alstrack/store/people.h"
#include "pages.h"
#include "scratch.h"
#include "server.h"
#include "view.h"

static void write_instruments(struct als_html *page)
{
    const struct als_store *store = page->request->store;
    const size_t n = als_store_instrument_count(store);
    struct als_input_choice *choices =
        als_arena_array(page->request->arena, n + 1, sizeof *choices);
    for (size_t i = 0; i < n; i++) {
        const struct als_instrument *instrument = als_store_instrument(store, i);
        choices[i] = (struct als_input_choice){instrument->code, instrument->title, NULL};
    }
    als_input_select(page, &(struct als_input){.name = "instrument", .label = "Instrument"},
                     choices, n);
}

enum als_status als_page_exports(struct als_request *request, struct als_response *response,
                                 struct als_err *err)
{
    struct als_html page;
    char head[65];
    enum als_status status = als_audit_head(request->store, head, err);
    if (status)
        return status;
    als_html_begin(&page, request, response, "Exports");
    als_html_body(&page);
    als_html_element(&page, "h2", "The whole study", NULL);
    als_html_element(&page, "p",
                     "One CSV for each kind of record, one row per patient in cohort.csv, a data "
                     "dictionary, loaders for R, Python, SAS and SPSS, and a manifest with the "
                     "rows and the SHA-256 of every file.",
                     NULL);
    als_html_form(&page, "/exports/csv", NULL);
    als_input_check(&page,
                    &(struct als_input){.name = "bom",
                                        .label = "for spreadsheet programs",
                                        .hint = "begins each file with a byte-order mark; texts "
                                                "stay as they are, so one that begins with = is a "
                                                "formula there",
                                        .value = "1"},
                    false);
    als_html_buttons(&page);
    als_input_button(&page, "Download as ZIP", NULL, NULL);
    als_html_buttons_end(&page);
    als_html_form_end(&page);
    als_html_element(&page, "h2", "One instrument", NULL);
    als_html_form(&page, "/exports/instrument", NULL);
    write_instruments(&page);
    als_html_buttons(&page);
    als_input_button(&page, "Download as CSV", NULL, NULL);
    als_html_buttons_end(&page);
    als_html_form_end(&page);
    als_html_open(&page, "p", "class", "digest");
    als_html_text(&page, "Head of the trail ");
    als_html_element(&page, "code", head, NULL);
    als_html_close(&page, "p");
    als_html_end(&page);
    return ALS_OK;
}

static enum als_status make_archive(struct als_request *request, struct als_response *response,
                                    const char *folder, struct als_err *err)
{
    const char *code = als_store_protocol(request->store)->code;
    const char *path = als_arena_printf(request->arena, "%s/all.zip", folder);
    const struct als_export_options options = {
        .folder = als_arena_printf(request->arena, "%s/files", folder),
        .as_of_day = request->today,
        .program =
            als_arena_printf(request->arena, "alstrack %s", request->server->config->version),
        .bom = als_request_given(request, "bom") != NULL};
    struct als_export_result result;
    enum als_status status = als_export_csv(request->store, &options, &result, err);
    if (!status)
        status = als_zip_folder(options.folder, code, (int64_t)request->today * 86400, path, err);
    if (!status)
        status = als_access_log(request->store, request->user, "export",
                                als_arena_printf(request->arena, "csv as zip: %s, %s",
                                                 als_counted(result.files, "file").text,
                                                 als_counted(result.rows, "row").text),
                                err);
    if (!status)
        status = als_scratch_send(path, response, err);
    if (!status)
        als_response_attachment(response, "application/zip",
                                als_arena_printf(request->arena, "%s-%s.zip", code,
                                                 als_view_day(request, request->today)));
    return status;
}

static enum als_status make_instrument(struct als_request *request, struct als_response *response,
                                       const char *folder, struct als_err *err)
{
    const char *code = als_request_given(request, "instrument");
    const struct als_instrument *instrument =
        code ? als_store_find_instrument(request->store, code) : NULL;
    if (!instrument)
        return als_fail(err, ALS_USAGE, "E-NAME", "choose one of the study's instruments");
    const char *path = als_arena_printf(request->arena, "%s/one.csv", folder);
    char sha256[65];
    size_t rows;
    enum als_status status =
        als_export_wide(request->store, instrument->code, path, 0, sha256, &rows, err);
    if (!status)
        status =
            als_access_log(request->store, request->user, "export",
                           als_arena_printf(request->arena, "%s: %s, SHA-256 %s", instrument->code,
                                            als_counted(rows, "row").text, sha256),
                           err);
    if (!status)
        status = als_scratch_send(path, response, err);
    if (!status)
        als_response_attachment(response, "text/csv; charset=utf-8",
                                als_arena_printf(request->arena, "%s-%s.csv", instrument->code,
                                                 als_view_day(request, request->today)));
    return status;
}

typedef enum als_status make_fn(struct als_request *request, struct als_response *response,
                                const char *folder, struct als_err *err);

static enum als_status make(struct als_request *request, struct als_response *response,
                            make_fn *maker, struct als_err *err)
{
    const char *folder;
    enum als_status status = als_scratch_make(request->arena, &folder, err);
    if (status)
        return status;
    status = maker(request, response, folder, err);
    als_scratch_remove(folder);
    return status;
}

enum als_status als_page_export_csv(struct als_request *request, struct als_response *response,
                                    struct als_err *err)
{
    return make(request, response, make_archive, err);
}

enum als_status als_page_export_instrument(struct als_request *request,
                                           struct als_response *response, struct als_err *err)
{
    return make(request, response, make_instrument, err);
}
