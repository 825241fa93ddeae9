/* Addresses: checking, binding, naming. */
#include "listen.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRIES 20 /* free ports of IPv4 that IPv6 has taken */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* False if text is no numeric address; "localhost" is none either. */
static bool parse_address(const char *text, int port, union address *out, socklen_t *size)
{
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons((uint16_t)port);
        *size = sizeof out->v4;
        return true;
    }
    if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons((uint16_t)port);
        *size = sizeof out->v6;
        return true;
    }
    return false;
}

bool als_is_loopback(const char *address)
{
    union address parsed;
    socklen_t size;
    if (!parse_address(address, 0, &parsed, &size))
        return false;
    if (parsed.any.sa_family == AF_INET)
        return (ntohl(parsed.v4.sin_addr.s_addr) >> 24) == 127;
    return IN6_IS_ADDR_LOOPBACK(&parsed.v6.sin6_addr);
}

static bool is_wildcard(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

static bool is_host_name(const char *text)
{
    size_t n = strlen(text);
    if (n == 0 || n > 253)
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && *text != '-' && *text != '.')
            return false;
    return true;
}

enum als_status als_listen_check(const struct als_web_config *config, struct als_err *err)
{
    union address parsed;
    socklen_t size;
    const char *listen_at = config->listen;
    if (!config->tls_cert != !config->tls_key)
        return als_fail(err, ALS_USAGE, "E-TLS", "TLS needs both a certificate and its key");
    if (config->port < 0 || config->port > 65535)
        return als_fail(err, ALS_USAGE, "E-PORT", "a port is 1 to 65535, not %d", config->port);
    if (listen_at && !parse_address(listen_at, 0, &parsed, &size))
        return als_fail(err, ALS_USAGE, "E-LISTEN", "'%s' is not an IP address", listen_at);
    for (size_t i = 0; i < config->n_hosts; i++)
        if (!is_host_name(config->hosts[i]))
            return als_fail(err, ALS_USAGE, "E-HOST", "'%s' is not a host name", config->hosts[i]);
    if (listen_at && !als_is_loopback(listen_at) && !config->tls_cert && !config->proxy) {
        als_fail(err, ALS_USAGE, "E-LISTEN",
                 "%s can be reached from other machines: not without TLS", listen_at);
        als_err_hint(err, "--tls-cert FILE --tls-key FILE, or --proxy if a proxy in front of it "
                          "speaks TLS");
        return ALS_USAGE;
    }
    bool needs_name = config->proxy || (listen_at && is_wildcard(listen_at));
    if (needs_name && config->n_hosts == 0) {
        als_fail(err, ALS_USAGE, "E-HOST", "the name by which browsers ask for the page is needed");
        als_err_hint(err, "--host NAME; requests for other names are refused");
        return ALS_USAGE;
    }
    return ALS_OK;
}

/* A listening socket, or -1 with errno. */
static int bind_at(const char *text, int port)
{
    union address address;
    socklen_t size;
    const int on = 1;
    if (!parse_address(text, port, &address, &size))
        als_bug("address %s", text);
    int fd = socket(address.any.sa_family, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, &address.any, size) == 0 && listen(fd, 128) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static int port_of(int fd)
{
    union address address;
    socklen_t size = sizeof address;
    if (getsockname(fd, &address.any, &size) != 0)
        return 0;
    return ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
}

static enum als_status fail_bind(const char *address, int port, struct als_err *err)
{
    int why = errno;
    als_fail(err, ALS_UNAVAILABLE, "E-PORT", "cannot listen on %s port %d: %s", address, port,
             strerror(why));
    if (why == EADDRINUSE)
        als_err_hint(err, "another program has it; leave out --port to take a free one");
    return ALS_UNAVAILABLE;
}

/* A machine without IPv6 is served without it. A port that is free in one family only is passed
 * over, unless it was asked for. */
static enum als_status open_loopback(int wanted, struct als_listen *out, struct als_err *err)
{
    for (int i = 0; i < TRIES; i++) {
        int v4 = bind_at("127.0.0.1", wanted);
        if (v4 < 0)
            return fail_bind("127.0.0.1", wanted, err);
        int port = port_of(v4), v6 = bind_at("::1", port);
        if (v6 >= 0 || errno != EADDRINUSE) {
            *out = (struct als_listen){.sockets = {v4, v6}, .n = v6 >= 0 ? 2 : 1, .port = port};
            return ALS_OK;
        }
        close(v4);
        if (wanted) {
            errno = EADDRINUSE;
            return fail_bind("::1", wanted, err);
        }
    }
    return als_fail(err, ALS_UNAVAILABLE, "E-PORT", "no free port");
}

enum als_status als_listen_open(const struct als_web_config *config, struct als_listen *out,
                                struct als_err *err)
{
    if (!config->listen)
        return open_loopback(config->port, out, err);
    int fd = bind_at(config->listen, config->port);
    if (fd < 0)
        return fail_bind(config->listen, config->port, err);
    *out = (struct als_listen){.sockets = {fd, -1}, .n = 1, .port = port_of(fd)};
    return ALS_OK;
}

/* ---- Names ---- */

struct names {
    struct als_arena *arena;
    const char **items;
    size_t n;
};

static void add(struct names *names, const char *host, int port)
{
    bool brackets = strchr(host, ':') != NULL; /* IPv6 */
    char *text = als_arena_printf(names->arena, "%s%s%s:%d", brackets ? "[" : "", host,
                                  brackets ? "]" : "", port);
    for (char *c = text; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    names->items[names->n++] = text;
    if (port == 80 || port == 443) { /* browsers leave out the port that is usual */
        text = als_arena_strdup(names->arena, text);
        *strrchr(text, ':') = '\0';
        names->items[names->n++] = text;
    }
}

const char *const *als_listen_hosts(const struct als_web_config *config, int port,
                                    struct als_arena *arena, size_t *n)
{
    static const char *const loopback[] = {"localhost", "127.0.0.1", "::1"};
    struct names names = {arena,
                          als_arena_array(arena, 2 * (4 + 3 * config->n_hosts), sizeof(char *)), 0};
    for (size_t i = 0; i < 3; i++)
        add(&names, loopback[i], port);
    if (config->listen && !is_wildcard(config->listen))
        add(&names, config->listen, port);
    for (size_t i = 0; i < config->n_hosts; i++) {
        add(&names, config->hosts[i], port);
        if (config->proxy)
            add(&names, config->hosts[i], 443);
    }
    *n = names.n;
    return names.items;
}
