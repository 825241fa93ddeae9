/* The first page. */
#include "alstrack/store/record.h"
#include "page.h"
#include "pages.h"

enum als_status als_page_home(struct als_request *request, struct als_response *response,
                              struct als_err *err)
{
    struct als_patient_list patients;
    struct als_html page;
    enum als_status status = als_patient_load(request->store, request->arena, &patients, err);
    if (status)
        return status;
    als_html_begin(&page, request, response, "Study");
    als_html_body(&page);
    als_html_open(&page, "p", NULL);
    als_html_printf(&page, "%s: %zu patients.", als_store_protocol(request->store)->title,
                    patients.count);
    als_html_close(&page, "p");
    als_html_end(&page);
    return ALS_OK;
}
