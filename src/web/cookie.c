/* Set-Cookie, one way only. */
#include "cookie.h"

#include "server.h"

static void put(const struct als_request *request, struct als_response *response, const char *value,
                const char *more)
{
    als_response_header(response, "Set-Cookie",
                        als_arena_printf(response->arena,
                                         "%s=%s; HttpOnly; SameSite=Strict; Path=/%s%s",
                                         request->server->cookie, value,
                                         request->server->secure ? "; Secure" : "", more));
}

void als_cookie_set(const struct als_request *request, struct als_response *response,
                    const char *name)
{
    put(request, response, name, "");
}

void als_cookie_clear(const struct als_request *request, struct als_response *response)
{
    put(request, response, "", "; Max-Age=0");
}
