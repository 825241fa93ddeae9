/* From a message to an answer: every check in its order, then the handler. */
#include "server.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "alstrack/core/date.h"
#include "carry.h"
#include "guard.h"
#include "page.h"
#include "pages.h"
#include "route.h"

/* ---- Refusing ---- */

void als_server_refuse(struct als_server *server, struct als_request *request,
                       struct als_response *response, int status, const char *title,
                       const char *text, const char *hint)
{
    struct als_request nobody = {.url = "/", .arena = response->arena, .server = server};
    struct als_html page;
    als_response_clear(response);
    als_html_begin(&page, request ? request : &nobody, response, title);
    als_html_body(&page);
    als_html_element(&page, "p", text, NULL);
    if (hint && *hint)
        als_html_element(&page, "p", hint, "class", "hint");
    if (request && request->user)
        als_html_markup(&page, "<p><a href=\"/\">To the first page</a></p>");
    als_html_end(&page);
    response->status = status;
}

static void refuse_failed(struct als_request *request, struct als_response *response,
                          const struct als_err *err)
{
    static const struct {
        enum als_status status;
        int code;
        const char *title;
    } answers[] = {{ALS_NO_INPUT, 404, "Not found"},
                   {ALS_NOT_PERMITTED, 403, "Not permitted"},
                   {ALS_BUSY, 503, "Busy"},
                   {ALS_USAGE, 400, "Cannot be done so"},
                   {ALS_DATA, 400, "Cannot be done so"}};
    int code = 500;
    const char *title = "Something went wrong";
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (answers[i].status == err->status) {
            code = answers[i].code;
            title = answers[i].title;
        }
    }
    if (code == 500)
        fprintf(stderr, "alstrack: error: %s: %s\n", request->url, err->text);
    als_server_refuse(request->server, request, response, code, title, err->text, err->hint);
}

/* Who was in has left or rested too long: the next link is told where the first one was. */
static void offer_link(struct als_server *server)
{
    char token[ALS_SESSION_NAME];
    if (!als_web_sessions_any(server->sessions, als_server_clock()) &&
        als_web_link_renew(server->link, token) && server->config->ready)
        als_server_tell(server, token, false);
}

/* In a study with users: to the login, and from there to where they wanted to go. Elsewhere: to the
 * link. A form that was filled in comes along. */
static void refuse_login(struct als_request *request, struct als_response *response)
{
    static const char link[] = "Open the link that alstrack printed last where it was started. It "
                               "works once, and lets in the browser that opens it.";
    const bool users = als_store_has_users(request->store);
    const bool form = request->method == ALS_POST && !(request->route->flags & ALS_ROUTE_PART);
    if (!users)
        offer_link(request->server);
    if (form && users)
        als_page_login_again(request, response);
    else if (form)
        als_carry_offer(request, response, 401, link);
    else if (users && request->method == ALS_GET)
        als_response_redirect(response, als_url(request->arena, "/login?next={}", request->url));
    else
        als_server_refuse(request->server, NULL, response, 401, "Not logged in",
                          users ? "Your session has ended. Nothing was stored." : link, NULL);
}

/* ---- Before the body is read ---- */

static bool admit(const struct als_http_message *message, struct als_response *response,
                  void *context)
{
    struct als_server *server = context;
    if (message->refusal == 431) {
        als_server_refuse(server, NULL, response, 431, "Request too long",
                          "The head of the request is longer than 8 KiB.", NULL);
    } else if (message->refusal == 413) {
        als_server_refuse(server, NULL, response, 413, "Too much at once",
                          "A request carries at most 1 MiB.", NULL);
    } else if (message->refusal) {
        als_server_refuse(server, NULL, response, 411, "Length needed",
                          "A request with a body says how long it is.", NULL);
    } else if (!als_guard_host(server, message)) {
        als_server_refuse(server, NULL, response, 421, "Not this server",
                          "The page was asked for by a name that is not its own.",
                          "Use the address that alstrack printed when it started.");
    } else {
        return true;
    }
    return false;
}

/* ---- With the body ---- */

struct passage {
    struct als_request request;
    const struct als_http_message *message;
    struct als_response *response;
    struct als_path path;
};

static bool refuse_syntax(struct passage *passage, const char *why)
{
    als_server_refuse(passage->request.server, NULL, passage->response, 400,
                      "Request not understood", why, NULL);
    return false;
}

static void find_session(struct passage *passage)
{
    struct als_request *request = &passage->request;
    size_t n_cookies;
    const char *header = als_http_header(passage->message, "Cookie", &n_cookies);
    if (!header)
        return;
    als_cookies_parse(request->arena, header, &request->cookies);
    const char *name = als_fields_get(&request->cookies, request->server->cookie);
    if (name)
        request->session = als_web_session_find(request->server->sessions, name, als_server_clock(),
                                                request->arena);
}

static enum als_status no_such_page(struct als_request *request, struct als_response *response,
                                    struct als_err *err)
{
    (void)request;
    (void)response;
    return als_fail(err, ALS_NO_INPUT, "", "there is no such page");
}

static bool find_route(struct passage *passage)
{
    static const struct als_route nowhere = {ALS_GET, "", no_such_page, ALS_ACT_FREE,
                                             ALS_ROUTE_PUBLIC};
    struct als_request *request = &passage->request;
    const char *why, *method = passage->message->method;
    bool known = true;
    if (strcmp(method, "POST") == 0)
        request->method = ALS_POST;
    else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        known = false;
    request->peek = strcmp(method, "HEAD") == 0 ||
                    als_http_header(passage->message, "Sec-Purpose", NULL) != NULL;
    if (!als_path_parse(request->arena, passage->message->target, &passage->path, &why))
        return refuse_syntax(passage, why);
    enum als_match match = als_route_find(request->arena, request->method, &passage->path,
                                          &request->route, &request->parts);
    if (match == ALS_MATCH_NONE)
        request->route = &nowhere;
    if ((match == ALS_MATCH_FOUND && known) || match == ALS_MATCH_NONE)
        return true;
    bool post = request->method == ALS_GET && match == ALS_MATCH_OTHER_METHOD;
    als_server_refuse(request->server, request, passage->response, 405, "Not done that way",
                      "This page does not take that kind of request.", NULL);
    als_response_header(passage->response, "Allow", post ? "POST" : "GET, HEAD");
    return false;
}

static bool refuse_forgery(struct passage *passage)
{
    als_server_refuse(passage->request.server, &passage->request, passage->response, 403,
                      "Form not accepted",
                      "The form did not come from a page of this server, or your session has ended "
                      "since. Nothing was stored.",
                      "Go back, load the page again, and send the form once more.");
    return false;
}

static bool read_form(struct passage *passage)
{
    static const char type[] = "application/x-www-form-urlencoded";
    struct als_request *request = &passage->request;
    const struct als_http_message *message = passage->message;
    const char *why, *given = als_http_header(message, "Content-Type", NULL);
    if (request->method != ALS_POST || request->route->pattern[0] == '\0')
        return true;
    if (!als_guard_origin(request->server, message))
        return refuse_forgery(passage);
    if (!given || strncmp(given, type, strlen(type)) != 0 || !strchr("; ", given[strlen(type)])) {
        als_server_refuse(request->server, request, passage->response, 415, "Not a form",
                          "This page takes forms only.", NULL);
        return false;
    }
    if (!als_fields_parse(request->arena, message->body, message->body_length, &request->form,
                          &why))
        return refuse_syntax(passage, why);
    return true;
}

static bool read_query(struct passage *passage)
{
    const char *why, *query = passage->path.query;
    return als_fields_parse(passage->request.arena, query, strlen(query), &passage->request.query,
                            &why)
               ? true
               : refuse_syntax(passage, why);
}

/* With the study at hand: who asks, whether they may, and then the page itself. */
static enum als_status enter_and_run(struct passage *passage, struct als_err *err)
{
    struct als_request *request = &passage->request;
    const struct als_route *route = request->route;
    bool in = false;
    enum als_status status = als_server_identify(request, &in, err);
    if (status == ALS_OK && !in && !(route->flags & ALS_ROUTE_PUBLIC)) {
        refuse_login(request, passage->response);
        return ALS_OK;
    }
    if (status == ALS_OK && request->method == ALS_POST && !als_guard_token(request)) {
        /* Of another session, mostly one that ended: never done unless the person says it again. */
        if (in && !(route->flags & (ALS_ROUTE_PUBLIC | ALS_ROUTE_PART)))
            als_carry_offer(request, passage->response, 403, NULL);
        else
            refuse_forgery(passage);
        return ALS_OK;
    }
    if (status == ALS_OK)
        status = als_may(request->store, route->act, 0, err);
    return status == ALS_OK ? route->handler(request, passage->response, err) : status;
}

static void run(struct passage *passage)
{
    struct als_request *request = &passage->request;
    const struct als_route *route = request->route;
    enum als_store_mode mode = route->flags & ALS_ROUTE_WRITES ? ALS_STORE_WRITE : ALS_STORE_READ;
    struct als_err err = {0};
    enum als_status status;
    if (route->flags & ALS_ROUTE_NO_STUDY) {
        status = route->handler(request, passage->response, &err);
    } else {
        status = als_pool_take(request->server->pool, mode, &request->store, &err);
        if (status == ALS_OK)
            status = enter_and_run(passage, &err);
    }
    if (status)
        refuse_failed(request, passage->response, &err);
    als_pool_give(request->server->pool, mode, request->store);
}

static int today(const struct als_server *server)
{
    time_t now = time(NULL);
    struct tm local;
    if (server->config->as_of_day != ALS_NO_DAY)
        return server->config->as_of_day;
    if (!localtime_r(&now, &local))
        als_bug("the clock cannot be read");
    return als_day_from_civil(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

static void answer(const struct als_http_message *message, struct als_response *response,
                   void *context)
{
    struct als_server *server = context;
    struct passage passage = {.message = message,
                              .response = response,
                              .request = {.url = message->target,
                                          .arena = als_arena_new(),
                                          .today = today(server),
                                          .server = server}};
    find_session(&passage);
    if (find_route(&passage) && read_form(&passage) && read_query(&passage))
        run(&passage);
    als_arena_free(passage.request.arena);
}

struct als_http_handler als_server_handler(struct als_server *server)
{
    return (struct als_http_handler){admit, answer, server};
}

double als_server_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
