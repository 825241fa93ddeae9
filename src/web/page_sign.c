/* Signing a visit, a patient or the study: who, meaning what, with the password asked for again (21
 * CFR 11.50, 11.200). */
#include <string.h>

#include "alstrack/store/sign.h"
#include "pages.h"
#include "signatures.h"
#include "visit_view.h"
#include "write.h"

static const struct als_input_choice meanings[] = {
    {"reviewed and correct", "reviewed and correct", NULL},
    {"responsible for the data", "responsible for the data", NULL},
    {"source verified", "compared with the source", NULL}};

/* What is to be signed. */
struct subject {
    struct als_scope scope;
    const char *words; /* "visit MN3 of P01" */
    const char *url;   /* its page */
    const char *sign;  /* this one */
};

/* What the signer has looked at: from the subject's page on, through this one. */
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
                    "It was changed after you opened it: look at it again, then sign");
}

static void put_form(struct als_html *html, const struct subject *subject, const char *content,
                     const char *error)
{
    als_html_form(html, subject->sign, NULL);
    als_input_hidden(html, "content", content);
    const struct als_input meaning = {
        .name = "meaning", .label = "Meaning", .value = als_request_form(html->request, "meaning")};
    als_input_radios(html, &meaning, meanings, sizeof meanings / sizeof meanings[0], NULL);
    als_input_password(html, &(struct als_input){.name = "password",
                                                 .label = "Your password, once more",
                                                 .error = error,
                                                 .autocomplete = "current-password",
                                                 .required = true});
    als_html_buttons(html);
    als_input_button(html, "Sign", NULL, NULL);
    als_html_buttons_end(html);
    als_html_form_end(html);
}

static void show(struct als_request *request, struct als_response *response,
                 const struct subject *subject, const char *content, const char *error)
{
    struct als_html html;
    const struct als_html_error errors[] = {{"password", error}};
    const struct als_user *actor = als_store_actor(request->store);
    als_html_begin(&html, request, response,
                   als_arena_printf(request->arena, "Sign %s", subject->words));
    als_html_crumb(&html, subject->url, subject->words);
    als_html_body(&html);
    als_html_errors(&html, errors, error != NULL);
    als_html_open(&html, "p", NULL);
    als_html_printf(&html,
                    "You sign as %s (%s). The signature covers everything that is stored of %s "
                    "now, and becomes invalid when any of it changes.",
                    actor && actor->full_name ? actor->full_name : request->user, request->user,
                    subject->words);
    als_html_close(&html, "p");
    put_form(&html, subject, content, error);
    als_html_end(&html);
}

/* A visit must have been recorded. */
static enum als_status find_visit(struct als_request *request, struct als_scope *scope,
                                  struct als_err *err)
{
    struct als_visit_view visit;
    enum als_status status = als_visit_view_load(request, &visit, err);
    if (!status && !visit.there)
        status = als_fail(err, ALS_NO_INPUT, "E-VISIT", "nothing is recorded of this visit yet");
    if (!status)
        *scope = (struct als_scope){visit.patient.id, visit.visit_no};
    return status;
}

static enum als_status find_patient(struct als_request *request, struct als_scope *scope,
                                    struct als_err *err)
{
    struct als_patient patient;
    const enum als_status status = als_patient_get(
        request->store, als_request_part(request, "patient"), request->arena, &patient, err);
    if (!status)
        *scope = (struct als_scope){.patient_id = patient.id};
    return status;
}

typedef enum als_status find_fn(struct als_request *request, struct als_scope *scope,
                                struct als_err *err);

/* find NULL: the study. */
static enum als_status load(struct als_request *request, find_fn *find, struct subject *subject,
                            struct als_err *err)
{
    *subject = (struct subject){.scope = {0, 0}};
    if (!als_store_has_users(request->store))
        return als_fail(err, ALS_USAGE, "E-NO-USERS", "a study without users has no signatures");
    enum als_status status = find ? find(request, &subject->scope, err) : ALS_OK;
    if (!status)
        status = als_may_sign(request->store, &subject->scope, err);
    if (status)
        return status;
    subject->words = als_scope_text(request->store, &subject->scope, request->arena);
    subject->url = als_scope_url(request, &subject->scope);
    subject->sign = als_sign_url(request, &subject->scope);
    return ALS_OK;
}

static enum als_status ask(struct als_request *request, struct als_response *response,
                           find_fn *find, struct als_err *err)
{
    struct subject subject;
    char now[65];
    const char *content = looked_at(request);
    enum als_status status = load(request, find, &subject, err);
    if (!status && !content)
        status = als_scope_digest(request->store, &subject.scope, now, err);
    if (!status)
        show(request, response, &subject, content ? content : now, NULL);
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

/* Why it is not signed yet, or NULL. */
static const char *missing(struct als_request *request, const char *meaning)
{
    struct als_user user;
    struct als_err why;
    const char *password = als_request_form(request, "password");
    if (!meaning)
        return "Choose what the signature means";
    if (als_user_check(request->store, request->user, password ? password : "", request->arena,
                       &user, &why))
        return als_arena_strdup(request->arena, why.text);
    return NULL;
}

static enum als_status take(struct als_request *request, struct als_response *response,
                            find_fn *find, struct als_err *err)
{
    struct subject subject;
    const char *meaning = chosen_meaning(request);
    enum als_status status = load(request, find, &subject, err);
    if (status)
        return status;
    const char *error = missing(request, meaning);
    if (error) {
        show(request, response, &subject, looked_at(request), error);
        response->status = 422;
        return ALS_OK;
    }
    struct signing signing = {subject.scope, meaning};
    status = als_request_write(request, "web signature", NULL, sign, &signing, NULL, err);
    if (status == ALS_DATA && strcmp(err->code, "E-CHANGED-MEANWHILE") == 0) {
        show(request, response, &subject, looked_at(request), err->text);
        response->status = 409;
        return ALS_OK;
    }
    if (status)
        return status;
    als_request_flash(request, ALS_FLASH_DONE, "Signed: %s.", subject.words);
    als_response_redirect(response, subject.url);
    return ALS_OK;
}

/* ---- The pages ---- */

enum als_status als_page_sign(struct als_request *request, struct als_response *response,
                              struct als_err *err)
{
    return ask(request, response, find_visit, err);
}

enum als_status als_page_sign_post(struct als_request *request, struct als_response *response,
                                   struct als_err *err)
{
    return take(request, response, find_visit, err);
}

enum als_status als_page_sign_patient(struct als_request *request, struct als_response *response,
                                      struct als_err *err)
{
    return ask(request, response, find_patient, err);
}

enum als_status als_page_sign_patient_post(struct als_request *request,
                                           struct als_response *response, struct als_err *err)
{
    return take(request, response, find_patient, err);
}

enum als_status als_page_sign_study(struct als_request *request, struct als_response *response,
                                    struct als_err *err)
{
    return ask(request, response, NULL, err);
}

enum als_status als_page_sign_study_post(struct als_request *request, struct als_response *response,
                                         struct als_err *err)
{
    return take(request, response, NULL, err);
}
