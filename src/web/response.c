/* Answers: headers that cannot be split, redirects, downloads, and what every answer carries. */
#include "response.h"

#include <string.h>
#include <unistd.h>

#include "alstrack/core/err.h"

#define HTML "text/html; charset=utf-8"

void als_response_init(struct als_response *response)
{
    *response =
        (struct als_response){.status = 200, .type = HTML, .file = -1, .arena = als_arena_new()};
    als_buf_init(&response->body, ALS_BUF_LARGE);
}

void als_response_release(struct als_response *response)
{
    if (response->file >= 0)
        close(response->file);
    als_buf_release(&response->body);
    als_arena_free(response->arena);
}

void als_response_clear(struct als_response *response)
{
    if (response->file >= 0)
        close(response->file);
    response->file = -1;
    response->status = 200;
    response->type = HTML;
    response->nonce[0] = '\0';
    als_buf_clear(&response->body);
}

void als_response_header(struct als_response *response, const char *name, const char *value)
{
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            als_bug("header %s with a control character", name);
    if (response->n_headers == sizeof response->headers / sizeof response->headers[0])
        als_bug("too many headers");
    response->headers[response->n_headers++] =
        (struct als_response_header){name, als_arena_strdup(response->arena, value)};
}

void als_response_redirect(struct als_response *response, const char *url)
{
    if (url[0] != '/' || url[1] == '/')
        als_bug("a redirect to %s", url);
    als_response_clear(response);
    response->status = 303;
    als_response_header(response, "Location", url);
}

void als_response_attachment(struct als_response *response, const char *type, const char *name)
{
    char *safe = als_arena_strdup(response->arena, name);
    for (char *c = safe; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *c))
            *c = '-';
    response->type = als_arena_strdup(response->arena, type);
    als_response_header(response, "Content-Disposition",
                        als_arena_printf(response->arena, "attachment; filename=\"%s\"", safe));
}

void als_response_json(struct als_response *response)
{
    response->type = "application/json";
}

void als_response_json_text(struct als_response *response, const char *text)
{
    struct als_buf *out = &response->body;
    als_buf_char(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == '"' || c == '\\' || c == '<')
            als_buf_printf(out, "\\u%04x", c);
        else
            als_buf_char(out, *text);
    }
    als_buf_char(out, '"');
}

void als_response_file(struct als_response *response, int file)
{
    response->file = file;
}

/* Scripts: the one of this answer, if any. Charts are drawn in the page or by the page's origin. */
static const char *content_policy(struct als_response *response)
{
    const char *script =
        response->nonce[0]
            ? als_arena_printf(response->arena, "script-src 'nonce-%s'; ", response->nonce)
            : "";
    return als_arena_printf(
        response->arena,
        "default-src 'none'; %sstyle-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        script);
}

void als_response_protect(struct als_response *response, bool tls)
{
    als_response_header(response, "Content-Security-Policy", content_policy(response));
    als_response_header(response, "X-Content-Type-Options", "nosniff");
    als_response_header(response, "X-Frame-Options", "DENY");
    als_response_header(response, "Referrer-Policy", "no-referrer");
    als_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    als_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    als_response_header(response, "Cache-Control", "no-store");
    if (tls)
        als_response_header(response, "Strict-Transport-Security", "max-age=31536000");
}
