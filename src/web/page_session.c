/* Coming in, by the one-time link or by name and password, and leaving. */
#include <string.h>

#include "carry.h"
#include "cookie.h"
#include "page.h"
#include "pages.h"
#include "server.h"
#include "session.h"

/* A new session under a new name; one that the browser brought along ends, so that nobody can be
 * given a session that someone else knows. */
static void begin_session(struct als_request *request, struct als_response *response,
                          const char *user, const char *secret)
{
    char name[ALS_SESSION_NAME];
    struct als_web_sessions *sessions = request->server->sessions;
    if (request->session)
        als_web_session_close(sessions, request->session->number);
    als_web_session_open(sessions, user, secret, als_server_clock(), name);
    als_cookie_set(request, response, name);
    request->session = als_web_session_find(sessions, name, als_server_clock(), request->arena);
}

enum als_status als_page_open_link(struct als_request *request, struct als_response *response,
                                   struct als_err *err)
{
    struct als_server *server = request->server;
    if (request->peek) {
        als_server_refuse(server, request, response, 200, "Open the page",
                          "This link lets in the browser that opens it.", NULL);
        return ALS_OK;
    }
    if (request->user || als_store_has_users(request->store)) {
        als_response_redirect(response, "/"); /* from the history of a browser that is in */
        return ALS_OK;
    }
    if (!als_web_link_use(server->link, als_request_part(request, "token"))) {
        als_fail(err, ALS_NOT_PERMITTED, "E-LINK", "this link has been used, or is not the one");
        als_err_hint(err, "alstrack prints a new one when whoever is in has left");
        return ALS_NOT_PERMITTED;
    }
    als_response_redirect(response, "/");
    begin_session(request, response, server->config->user, NULL);
    return ALS_OK;
}

/* ---- Login ---- */

/* Where to go on: a path of this page, else the first one. */
static const char *next_of(const struct als_request *request)
{
    const char *next = als_request_path(request, "next");
    return next ? next : "/";
}

static void login_form(struct als_request *request, struct als_response *response,
                       const struct als_err *wrong, bool carries)
{
    struct als_html page;
    struct als_html_error error = {"user", wrong ? wrong->text : NULL};
    als_html_begin(&page, request, response, "Log in");
    als_html_body(&page);
    als_html_errors(&page, &error, wrong ? 1 : 0);
    if (carries)
        als_html_notice(&page, ALS_FLASH_WARNING,
                        "Your session has ended. What you typed is not stored yet and comes along: "
                        "after the login you see it and send it again.");
    if (wrong && wrong->hint[0])
        als_html_element(&page, "p", wrong->hint, "class", "hint");
    als_html_form(&page, "/login", NULL);
    als_input_hidden(&page, "next", next_of(request));
    if (carries)
        als_carry_along(&page);
    als_input_text(&page, &(struct als_input){.name = "user",
                                              .label = "User",
                                              .value = als_request_form(request, "user"),
                                              .required = true,
                                              .autocomplete = "username"});
    als_input_password(&page, &(struct als_input){.name = "password",
                                                  .label = "Password",
                                                  .required = true,
                                                  .autocomplete = "current-password"});
    als_html_buttons(&page);
    als_input_button(&page, "Log in", NULL, NULL);
    als_html_buttons_end(&page);
    als_html_form_end(&page);
    als_html_end(&page);
}

enum als_status als_page_login_form(struct als_request *request, struct als_response *response,
                                    struct als_err *err)
{
    (void)err;
    if (request->user || !als_store_has_users(request->store)) {
        als_response_redirect(response, next_of(request));
        return ALS_OK;
    }
    if (!request->session) /* the form needs a token, and so a session */
        begin_session(request, response, NULL, NULL);
    login_form(request, response, NULL, false);
    return ALS_OK;
}

void als_page_login_again(struct als_request *request, struct als_response *response)
{
    begin_session(request, response, NULL, NULL);
    login_form(request, response, NULL, true);
    response->status = 401;
}

enum als_status als_page_login(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    char secret[ALS_TOKEN_TEXT];
    struct als_user user;
    const char *name = als_request_form(request, "user");
    const char *password = als_request_form(request, "password");
    struct als_err wrong = {.status = ALS_OK};
    pthread_mutex_lock(&request->server->login);
    enum als_status status =
        als_session_open(request->store, name ? name : "", password ? password : "", request->arena,
                         secret, &user, &wrong);
    pthread_mutex_unlock(&request->server->login);
    if (status == ALS_NOT_PERMITTED) {
        response->status = 422;
        login_form(request, response, &wrong, als_carry_waits(request));
        return ALS_OK;
    }
    if (status) {
        *err = wrong;
        return status;
    }
    begin_session(request, response, user.user, secret);
    if (!als_carry_waits(request)) {
        als_response_redirect(response, next_of(request));
        return ALS_OK;
    }
    bool in;
    status = als_server_identify(request, &in, err);
    if (status == ALS_OK)
        als_carry_offer(request, response, 200, NULL);
    return status;
}

enum als_status als_page_logout(struct als_request *request, struct als_response *response,
                                struct als_err *err)
{
    const struct als_web_session *session = request->session;
    als_web_session_close(request->server->sessions, session->number);
    als_response_redirect(response, "/");
    als_cookie_clear(request, response);
    return session->secret ? als_session_close(request->store, session->secret, err) : ALS_OK;
}
