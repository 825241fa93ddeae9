/* Locks and signatures: what may not change any more, and who stands for what. */
#include <string.h>

#include "alstrack/store/people.h"
#include "alstrack/store/record.h"
#include "alstrack/store/sign.h"
#include "pages.h"
#include "signatures.h"
#include "view.h"
#include "write.h"

static void write_locks(struct als_html *page, const struct als_lock_list *locks)
{
    struct als_request *request = page->request;
    als_html_table(page, "What is locked", "Locked", "By", "Since (UTC)");
    for (size_t i = 0; i < locks->count; i++) {
        const struct als_lock *lock = &locks->items[i];
        als_html_row(page);
        als_html_head(page, NULL, als_scope_text(request->store, &lock->scope, request->arena));
        als_html_cell(page, lock->user);
        als_html_cell(
            page, als_arena_printf(request->arena, "%.10s %.8s", lock->at_utc, lock->at_utc + 11));
    }
    als_html_table_end(page);
}

static void write_signatures(struct als_html *page, const struct als_signature_list *list)
{
    struct als_request *request = page->request;
    als_html_table(page, "Signatures", "Signed", "By", "When (UTC)", "Meaning", "State");
    for (size_t i = 0; i < list->count; i++) {
        const struct als_signature *signature = &list->items[i];
        als_html_row(page);
        als_html_head(page, als_scope_url(request, &signature->scope),
                      als_scope_text(request->store, &signature->scope, request->arena));
        als_html_cell(page, als_arena_printf(request->arena, "%s (%s)", signature->full_name,
                                             signature->user));
        als_html_cell(page, als_arena_printf(request->arena, "%.10s %.8s", signature->at_utc,
                                             signature->at_utc + 11));
        als_html_cell(page, signature->meaning);
        als_html_cell_begin(page);
        als_html_signature_state(page, signature);
        als_html_cell_end(page);
    }
    als_html_table_end(page);
}

/* What was typed into the form; all NULL at first. */
static void write_form(struct als_html *page, const char *patient, const char *visit,
                       const char *reason)
{
    als_html_form(page, "/locks", NULL);
    als_input_text(page,
                   &(struct als_input){.name = "patient", .label = "Patient", .value = patient});
    als_input_text(page, &(struct als_input){.name = "visit",
                                             .label = "Visit",
                                             .hint = "empty: all of the patient",
                                             .value = visit});
    als_input_text(
        page, &(struct als_input){
                  .name = "study",
                  .label = "Or the whole study",
                  .hint = als_arena_printf(page->request->arena, "type its code, %s, to say so",
                                           als_store_protocol(page->request->store)->code)});
    als_input_text(page, &(struct als_input){.name = "reason",
                                             .label = "Reason",
                                             .hint = "needed for unlocking",
                                             .value = reason});
    als_html_buttons(page);
    als_input_button(page, "Lock", "action", "lock");
    als_input_button(page, "Unlock", "action", "unlock");
    als_html_buttons_end(page);
    als_html_form_end(page);
}

static enum als_status show(struct als_request *request, struct als_response *response,
                            const struct als_html_error *error, struct als_err *err)
{
    struct als_lock_list locks;
    struct als_signature_list signatures;
    struct als_html page;
    enum als_status status = als_lock_load(request->store, 0, request->arena, &locks, err);
    if (!status)
        status = als_signature_load(request->store, 0, request->arena, &signatures, err);
    if (status)
        return status;
    als_html_begin(&page, request, response, "Locks and signatures");
    als_html_body(&page);
    als_html_errors(&page, error, error ? 1 : 0);
    if (locks.count)
        write_locks(&page, &locks);
    else
        als_html_element(&page, "p", "Nothing is locked.", NULL);
    if (als_may(request->store, ALS_ACT_LOCK, 0, NULL) == ALS_OK) {
        als_html_element(&page, "h2", "Lock or unlock", NULL);
        write_form(&page, als_request_given(request, "patient"),
                   als_request_given(request, "visit"), als_request_given(request, "reason"));
    }
    als_html_element(&page, "h2", "Signatures", NULL);
    if (signatures.count)
        write_signatures(&page, &signatures);
    else
        als_html_element(&page, "p", "Nothing is signed.", NULL);
    if (als_may_sign(request->store, &(struct als_scope){0, 0}, NULL) == ALS_OK) {
        als_html_open(&page, "p", NULL);
        als_html_link(&page, "/sign", "Sign all that the study holds");
        als_html_close(&page, "p");
    }
    als_html_end(&page);
    return ALS_OK;
}

enum als_status als_page_locks(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    return show(request, response, NULL, err);
}

/* All of the study at once is not done by a slip: its code was typed, and nothing else named. */
static bool is_study(const struct als_request *request)
{
    const char *typed = als_request_given(request, "study");
    return typed && !als_request_given(request, "visit") &&
           strcmp(typed, als_store_protocol(request->store)->code) == 0;
}

static enum als_status read_scope(struct als_request *request, struct als_scope *scope,
                                  struct als_err *err)
{
    const char *name = als_request_given(request, "patient");
    const char *visit = als_request_given(request, "visit");
    struct als_patient patient;
    *scope = (struct als_scope){0, 0};
    if (!name)
        return is_study(request) ? ALS_OK
                                 : als_fail(err, ALS_DATA, "E-PATIENT",
                                            "name the patient, or type the code of the study");
    enum als_status status = als_patient_get(request->store, name, request->arena, &patient, err);
    if (status)
        return status;
    scope->patient_id = patient.id;
    scope->visit_no = visit ? als_store_visit_no(request->store, visit, strlen(visit)) : 0;
    if (visit && !scope->visit_no)
        return als_fail(err, ALS_DATA, "E-VISIT", "%s has no visit %s", name, visit);
    return ALS_OK;
}

static enum als_status lock(struct als_request *request, void *context, struct als_err *err)
{
    enum als_put what;
    return als_lock_put(request->store, context, &what, err);
}

static enum als_status unlock(struct als_request *request, void *context, struct als_err *err)
{
    return als_lock_remove(request->store, context, err);
}

enum als_status als_page_lock(struct als_request *request, struct als_response *response,
                              struct als_err *err)
{
    const char *action = als_request_given(request, "action");
    const char *reason = als_request_given(request, "reason");
    const bool opens = action && strcmp(action, "unlock") == 0;
    struct als_scope scope;
    int64_t change_id = 0;
    enum als_status status = read_scope(request, &scope, err);
    if (!status && opens && !reason)
        status = als_fail(err, ALS_DATA, "E-REASON", "unlocking needs a reason");
    if (!status)
        status = als_request_write(request, opens ? "web unlock" : "web lock", reason,
                                   opens ? unlock : lock, &scope, &change_id, err);
    if (status == ALS_DATA || status == ALS_USAGE || status == ALS_NO_INPUT) {
        const struct als_html_error error = {
            strcmp(err->code, "E-REASON") == 0 ? "reason" : "patient", err->text};
        response->status = 422;
        return show(request, response, &error, err);
    }
    if (status)
        return status;
    als_request_flash_change(request, change_id);
    als_response_redirect(response, "/locks");
    return ALS_OK;
}
