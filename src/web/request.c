/* What handlers ask of a request. */
#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "alstrack/core/buf.h"
#include "server.h"
#include "session.h"

const char *als_request_part(const struct als_request *request, const char *name)
{
    const char *value = als_fields_get(&request->parts, name);
    if (!value)
        als_bug("the route has no part {%s}", name);
    return value;
}

const char *als_request_query(const struct als_request *request, const char *name)
{
    return als_fields_get(&request->query, name);
}

const char *als_request_form(const struct als_request *request, const char *name)
{
    return als_fields_get(&request->form, name);
}

const char *als_request_given(const struct als_request *request, const char *name)
{
    const struct als_fields *fields =
        request->method == ALS_POST ? &request->form : &request->query;
    const char *value = als_fields_get(fields, name);
    return value && *value ? value : NULL;
}

const char *als_request_path(const struct als_request *request, const char *name)
{
    const char *to = als_request_given(request, name), *why;
    struct als_path path;
    if (!to || to[0] != '/' || to[1] == '/' || strpbrk(to, "\\ \t\n") ||
        !als_path_parse(request->arena, to, &path, &why))
        return NULL;
    for (const char *c = to; *c; c++)
        if ((unsigned char)*c >= 0x7F)
            return NULL;
    return to;
}

const char *als_request_chosen(const struct als_request *request, const char *name)
{
    const char *value = als_request_query(request, name);
    return value && *value ? value : NULL;
}

/* Everything but letters, digits and - . _ ~ (RFC 3986, 2.3) is encoded. */
static void put_encoded(struct als_buf *out, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     strchr("-._~", c);
        if (plain) {
            als_buf_char(out, (char)c);
        } else {
            als_buf_char(out, '%');
            als_buf_char(out, hex[c >> 4]);
            als_buf_char(out, hex[c & 15]);
        }
    }
}

const char *als_url_with(struct als_arena *arena, const char *pattern, const char *const *texts)
{
    struct als_buf out;
    als_buf_init(&out, ALS_BUF_LARGE);
    for (const char *c = pattern; *c; c++) {
        if (c[0] != '{' || c[1] != '}') {
            als_buf_char(&out, *c);
            continue;
        }
        if (!*texts)
            als_bug("fewer texts than {} in %s", pattern);
        put_encoded(&out, *texts++);
        c++;
    }
    if (*texts)
        als_bug("more texts than {} in %s", pattern);
    const char *url = als_arena_strdup(arena, out.data);
    als_buf_release(&out);
    return url;
}

struct als_change_info als_request_change(const struct als_request *request, const char *command,
                                          const char *reason)
{
    return (struct als_change_info){.user = request->user,
                                    .authenticated = request->authenticated,
                                    .command = command,
                                    .reason = reason};
}

void als_request_flash(const struct als_request *request, enum als_flash kind, const char *format,
                       ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    als_web_session_tell(request->server->sessions, request->session->number, kind, text);
}
