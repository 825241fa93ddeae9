/* The frame around every page: head, study and user, ways to go, footer. */
#include "page.h"

#include <string.h>

#include "alstrack/define/protocol.h"
#include "route.h"
#include "server.h"
#include "session.h"

/* Where the header leads: those for whom the page behind it is. */
static const struct {
    const char *url, *text;
} ways[] = {
    {"/", "Worklist"},       {"/patients", "Patients"}, {"/matrix", "Matrix"},
    {"/queries", "Queries"}, {"/cohort", "Cohort"},     {"/exports", "Exports"},
    {"/locks", "Locks"},     {"/audit", "Audit"},       {"/users", "Users"},
};

static const char *study_title(const struct als_html *page)
{
    const struct als_request *request = page->request;
    return request && request->store ? als_store_protocol(request->store)->title : NULL;
}

static void head(struct als_html *page)
{
    als_html_markup(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<meta name=\"viewport\" content=\"width=device-width, "
                          "initial-scale=1\">\n");
    als_html_open(page, "title", NULL);
    als_html_printf(page, "%s \xC2\xB7 alstrack", page->title);
    als_html_markup(page, "</title>\n<link rel=\"stylesheet\" href=\"/assets/alstrack.css\">\n"
                          "<link rel=\"icon\" href=\"/assets/icon.svg\" type=\"image/svg+xml\">\n");
    if (page->response->nonce[0])
        als_html_element(page, "script", NULL, "src", "/assets/alstrack.js", "nonce",
                         page->response->nonce, "defer", "");
    als_html_markup(page, "\n</head>\n");
}

bool als_html_leads(const struct als_html *page, const char *url)
{
    const struct als_request *request = page->request;
    struct als_path path;
    struct als_fields parts;
    const struct als_route *route;
    const char *why;
    return als_path_parse(request->arena, url, &path, &why) &&
           als_route_find(request->arena, ALS_GET, &path, &route, &parts) == ALS_MATCH_FOUND &&
           als_may(request->store, route->act, 0, NULL) == ALS_OK;
}

void als_html_way(struct als_html *page, const char *url, const char *text)
{
    if (!als_html_leads(page, url))
        return;
    als_html_markup(page, "<li>");
    als_html_link(page, url, text);
    als_html_markup(page, "</li>");
}

static bool is_here(const struct als_request *request, const char *url)
{
    size_t length = strlen(url);
    if (length == 1)
        return request->url[1] == '\0' || request->url[1] == '?';
    return strncmp(request->url, url, length) == 0 && strchr("/?", request->url[length]) != NULL;
}

static void navigation(struct als_html *page)
{
    const struct als_request *request = page->request;
    als_html_markup(page, "<nav aria-label=\"Main\"><ul>");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (!als_html_leads(page, ways[i].url))
            continue;
        als_html_markup(page, "<li>");
        als_html_element(page, "a", ways[i].text, "href", ways[i].url, "aria-current",
                         is_here(request, ways[i].url) ? "page" : NULL);
        als_html_markup(page, "</li>");
    }
    als_html_markup(page, "</ul></nav>");
}

static void who(struct als_html *page)
{
    const struct als_request *request = page->request;
    als_html_open(page, "form", "method", "post", "action", "/logout", "class", "who");
    als_input_hidden(page, "token", request->session->token);
    if (request->actor) {
        als_html_element(page, "a", request->user, "href", "/account", "class", "user");
        als_html_element(page, "span", als_role_name(request->actor->role), "class", "quiet-text");
    } else {
        als_html_element(page, "span", request->user, "class", "user");
    }
    als_html_markup(page, "<button type=\"submit\" class=\"quiet\">Log out</button></form>");
}

static void masthead(struct als_html *page)
{
    const struct als_request *request = page->request;
    bool inside = request && request->session && request->user && request->store;
    als_html_markup(page, "<body>\n<a class=\"skip\" href=\"#main\">Skip to content</a>\n"
                          "<header class=\"top\">");
    als_html_markup(page, "<p class=\"study\"><a href=\"/\">alstrack</a> ");
    als_html_element(page, "span", inside ? study_title(page) : NULL, NULL);
    als_html_markup(page, "</p>");
    if (inside) {
        navigation(page);
        who(page);
    }
    als_html_markup(page, "</header>\n");
}

void als_html_begin(struct als_html *page, struct als_request *request,
                    struct als_response *response, const char *title)
{
    *page = (struct als_html){
        .out = &response->body, .request = request, .response = response, .title = title};
    als_random_name(response->nonce);
    head(page);
    masthead(page);
}

void als_html_crumb(struct als_html *page, const char *url, const char *text)
{
    if (!page->has_crumbs)
        als_html_markup(page, "<nav class=\"crumbs\" aria-label=\"Breadcrumb\"><ol>");
    page->has_crumbs = true;
    als_html_markup(page, "<li>");
    als_html_link(page, url, text);
    als_html_markup(page, "</li>");
}

static void told(struct als_html *page)
{
    const struct als_request *request = page->request;
    enum als_flash kind;
    if (!request || !request->session)
        return;
    const char *text = als_web_session_told(request->server->sessions, request->session->number,
                                            &kind, request->arena);
    if (text)
        als_html_notice(page, kind, text);
}

void als_html_body(struct als_html *page)
{
    if (page->has_crumbs)
        als_html_markup(page, "</ol></nav>\n");
    als_html_open(page, "main", "id", "main", "class", page->wide ? "wide" : NULL);
    told(page);
    als_html_element(page, "h1", page->title, NULL);
}

void als_html_end(struct als_html *page)
{
    const struct als_request *request = page->request;
    als_html_markup(page, "</main>\n<footer class=\"bottom\">");
    if (request && request->server) {
        als_html_printf(page, "alstrack %s", request->server->config->version);
        if (request->store && request->user)
            als_html_printf(page, " \xC2\xB7 study %s \xC2\xB7 protocol version %s",
                            als_store_protocol(request->store)->code,
                            als_store_protocol(request->store)->version);
    }
    als_html_markup(page, "</footer>\n</body>\n</html>\n");
}

void als_html_notice(struct als_html *page, enum als_flash kind, const char *text)
{
    static const char *const classes[] = {"notice done", "notice warning", "notice error"};
    static const char *const words[] = {"Done", "Note", "Error"};
    als_html_open(page, "div", "class", classes[kind], "role",
                  kind == ALS_FLASH_ERROR ? "alert" : "status");
    als_html_element(page, "strong", words[kind], NULL);
    als_html_markup(page, " ");
    als_html_element(page, "span", text, NULL);
    als_html_markup(page, "</div>\n");
}

void als_html_errors(struct als_html *page, const struct als_html_error *errors, size_t n)
{
    if (n == 0)
        return;
    als_html_markup(page, "<div class=\"notice error summary\" role=\"alert\" tabindex=\"-1\" "
                          "data-error-summary><h2>");
    als_html_printf(page, n == 1 ? "One thing to mend" : "%zu things to mend", n);
    als_html_markup(page, "</h2><ul>");
    for (size_t i = 0; i < n; i++) {
        als_html_markup(page, "<li>");
        if (errors[i].id) {
            const char *url = als_arena_printf(page->request->arena, "#%s", errors[i].id);
            als_html_link(page, url, errors[i].text);
        } else {
            als_html_text(page, errors[i].text);
        }
        als_html_markup(page, "</li>");
    }
    als_html_markup(page, "</ul></div>\n");
}

void als_html_badge(struct als_html *page, const char *kind, const char *word)
{
    als_html_open(page, "span", "class", als_arena_printf(page->request->arena, "badge %s", kind));
    als_html_text(page, word);
    als_html_close(page, "span");
}
