/* Signing a visit: who, meaning what, with the password asked for again (21 CFR 11.50, 11.200). */
#include <string.h>

#include "alstrack/store/sign.h"
#include "pages.h"
#include "visit_view.h"
#include "write.h"

static const struct als_input_choice meanings[] = {
    {"reviewed and correct", "reviewed and correct", NULL},
    {"responsible for the data", "responsible for the data", NULL},
    {"source verified", "compared with the source", NULL}};

/* What the signer has looked at: from the visit's page on, through this one. */
static const char *looked_at(const struct als_request *request)
{
    const char *sent = als_request_given(request, "content");
    return sent ? sent : als_request_query(request, "content");
}

static enum als_status check_content(struct als_request *request, const struct als_scope *scope,
                                     struct als_err *err)
{
    char now[65];
    const char *seen = looked_at(request);
    enum als_status status = als_scope_digest(request->store, scope, now, err);
    if (status || !seen || strcmp(seen, now) == 0)
        return status;
    return als_fail(err, ALS_DATA, "E-CHANGED-MEANWHILE",
                    "The visit was changed after you opened it: look at it again, then sign");
}

static void show(struct als_request *request, struct als_response *response,
                 const struct als_visit_view *visit, const char *content, const char *error)
{
    struct als_html html;
    const struct als_html_error errors[] = {{"password", error}};
    const struct als_user *actor = als_store_actor(request->store);
    als_html_begin(
        &html, request, response,
        als_arena_printf(request->arena, "Sign %s, %s", visit->patient.patient, visit->title));
    als_visit_crumbs(&html, visit);
    als_html_body(&html);
    als_html_errors(&html, errors, error != NULL);
    als_html_open(&html, "p", NULL);
    als_html_printf(&html,
                    "You sign as %s (%s). The signature covers everything that is stored of this "
                    "visit now, and becomes invalid when any of it changes.",
                    actor && actor->full_name ? actor->full_name : request->user, request->user);
    als_html_close(&html, "p");
    als_html_form(
        &html, als_url(request->arena, "/sign/{}/{}", visit->patient.patient, visit->code), NULL);
    als_input_hidden(&html, "content", content);
    const struct als_input meaning = {
        .name = "meaning", .label = "Meaning", .value = als_request_form(request, "meaning")};
    als_input_radios(&html, &meaning, meanings, sizeof meanings / sizeof meanings[0], NULL);
    als_input_password(&html, &(struct als_input){.name = "password",
                                                  .label = "Your password, once more",
                                                  .error = error,
                                                  .autocomplete = "current-password",
                                                  .required = true});
    als_html_buttons(&html);
    als_input_button(&html, "Sign", NULL, NULL);
    als_html_buttons_end(&html);
    als_html_form_end(&html);
    als_html_end(&html);
}

static enum als_status load(struct als_request *request, struct als_visit_view *visit,
                            struct als_err *err)
{
    if (!als_store_has_users(request->store))
        return als_fail(err, ALS_USAGE, "E-NO-USERS", "a study without users has no signatures");
    enum als_status status = als_visit_view_load(request, visit, err);
    if (!status && !visit->there)
        status = als_fail(err, ALS_NO_INPUT, "E-VISIT", "nothing is recorded of this visit yet");
    return status;
}

enum als_status als_page_sign(struct als_request *request, struct als_response *response,
                              struct als_err *err)
{
    struct als_visit_view visit;
    char now[65];
    const char *content = looked_at(request);
    enum als_status status = load(request, &visit, err);
    const struct als_scope scope = {visit.patient.id, visit.visit_no};
    if (!status && !content)
        status = als_scope_digest(request->store, &scope, now, err);
    if (!status)
        show(request, response, &visit, content ? content : now, NULL);
    return status;
}

static const char *chosen_meaning(const struct als_request *request)
{
    const char *given = als_request_given(request, "meaning");
    for (size_t i = 0; given && i < sizeof meanings / sizeof meanings[0]; i++)
        if (strcmp(meanings[i].value, given) == 0)
            return meanings[i].value;
    return NULL;
}

/* What is signed, and what the signature means. */
struct signing {
    struct als_scope scope;
    const char *meaning;
};

static enum als_status sign(struct als_request *request, void *context, struct als_err *err)
{
    const struct signing *signing = context;
    struct als_signature signature;
    enum als_status status = check_content(request, &signing->scope, err);
    if (!status)
        status = als_sign(request->store, &signing->scope, signing->meaning, &signature,
                          request->arena, err);
    return status;
}

enum als_status als_page_sign_post(struct als_request *request, struct als_response *response,
                                   struct als_err *err)
{
    struct als_visit_view visit;
    struct als_user user;
    struct als_err why;
    const char *password = als_request_form(request, "password");
    const char *meaning = chosen_meaning(request);
    enum als_status status = load(request, &visit, err);
    if (status)
        return status;
    const char *error = NULL;
    if (!meaning)
        error = "Choose what the signature means";
    else if (als_user_check(request->store, request->user, password ? password : "", request->arena,
                            &user, &why))
        error = als_arena_strdup(request->arena, why.text);
    if (error) {
        show(request, response, &visit, looked_at(request), error);
        response->status = 422;
        return ALS_OK;
    }
    struct signing signing = {{visit.patient.id, visit.visit_no}, meaning};
    status = als_request_write(request, "web signature", NULL, sign, &signing, NULL, err);
    if (status == ALS_DATA && strcmp(err->code, "E-CHANGED-MEANWHILE") == 0) {
        show(request, response, &visit, looked_at(request), err->text);
        response->status = 409;
        return ALS_OK;
    }
    if (status)
        return status;
    als_request_flash(request, ALS_FLASH_DONE, "The visit is signed.");
    als_response_redirect(response, als_url(request->arena, "/patients/{}/visits/{}",
                                            visit.patient.patient, visit.code));
    return ALS_OK;
}
