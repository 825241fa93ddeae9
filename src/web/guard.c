/* Host, Origin, Sec-Fetch-Site, token. */
#include "guard.h"

#include <string.h>
#include <strings.h>

static bool is_our_host(const struct als_server *server, const char *host)
{
    for (size_t i = 0; i < server->n_hosts; i++)
        if (strcasecmp(host, server->hosts[i]) == 0)
            return true;
    return false;
}

bool als_guard_host(const struct als_server *server, const struct als_http_message *message)
{
    const char *host = als_http_header(message, "Host", NULL);
    return host && is_our_host(server, host);
}

static bool is_our_origin(const struct als_server *server, const char *origin)
{
    size_t scheme = strlen(server->scheme);
    return strncmp(origin, server->scheme, scheme) == 0 &&
           strncmp(origin + scheme, "://", 3) == 0 && is_our_host(server, origin + scheme + 3);
}

bool als_guard_origin(const struct als_server *server, const struct als_http_message *message)
{
    size_t n_origins, n_sites;
    const char *origin = als_http_header(message, "Origin", &n_origins);
    const char *fetch = als_http_header(message, "Sec-Fetch-Site", &n_sites);
    if (n_origins > 1 || n_sites > 1)
        return false;
    if (fetch && strcmp(fetch, "same-origin") != 0)
        return false;
    if (!origin || strcmp(origin, "null") == 0)
        return fetch != NULL;
    return is_our_origin(server, origin);
}

bool als_guard_token(const struct als_request *request)
{
    const char *token = als_fields_get(&request->form, "token");
    return token && request->session && als_same_secret(token, request->session->token);
}
