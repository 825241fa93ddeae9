/* Coming in by the one-time link, and leaving. */
#include "cookie.h"
#include "pages.h"
#include "server.h"
#include "session.h"

/* A new session under a new name; one that the browser brought along ends, so that nobody can be
 * given a session that someone else knows. */
static void enter(struct als_request *request, struct als_response *response, const char *user)
{
    char name[ALS_SESSION_NAME];
    if (request->session)
        als_web_session_close(request->server->sessions, request->session->number);
    als_web_session_open(request->server->sessions, user, als_server_clock(), name);
    als_response_redirect(response, "/");
    als_cookie_set(request, response, name);
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
    if (request->user) { /* the link again, from the history of a browser that is in */
        als_response_redirect(response, "/");
        return ALS_OK;
    }
    if (!server->link || !als_web_link_use(server->link, als_request_part(request, "token"))) {
        als_fail(err, ALS_NOT_PERMITTED, "E-LINK", "this link has been used, or is not the one");
        als_err_hint(err, "stop the server and start it again to get a new link");
        return ALS_NOT_PERMITTED;
    }
    enter(request, response, server->config->user);
    return ALS_OK;
}

enum als_status als_page_logout(struct als_request *request, struct als_response *response,
                                struct als_err *err)
{
    (void)err;
    als_web_session_close(request->server->sessions, request->session->number);
    als_response_redirect(response, "/");
    als_cookie_clear(request, response);
    return ALS_OK;
}
