/* Starting and stopping the server. */
#include "alstrack/web/web.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/buf.h"
#include "alstrack/core/file.h"
#include "listen.h"
#include "server.h"

#define PEM_MOST ((size_t)1024 * 1024)

struct running {
    struct als_server server;
    struct als_listen listen;
    struct als_arena *arena;
    struct als_buf certificate, key;
    struct als_http *http;
};

static enum als_status read_tls(struct running *running, struct als_err *err)
{
    const struct als_web_config *config = running->server.config;
    if (!config->tls_cert)
        return ALS_OK;
    enum als_status status = als_file_read(config->tls_cert, &running->certificate, err);
    return status ? status : als_file_read(config->tls_key, &running->key, err);
}

static void name_server(struct running *running)
{
    struct als_server *server = &running->server;
    const struct als_web_config *config = server->config;
    server->port = running->listen.port;
    server->secure = config->tls_cert || config->proxy;
    server->scheme = server->secure ? "https" : "http";
    server->hosts = als_listen_hosts(config, server->port, running->arena, &server->n_hosts);
    snprintf(server->cookie, sizeof server->cookie,
             server->secure ? "__Host-alstrack-%d" : "alstrack-%d", server->port);
}

/* By its first name, if it has one. */
void als_server_tell(const struct als_server *server, const char *token, bool first)
{
    const struct als_web_config *config = server->config;
    struct als_arena *arena = als_arena_new();
    const char *host = config->n_hosts  ? config->hosts[0]
                       : config->listen ? config->listen
                                        : "127.0.0.1";
    bool brackets = strchr(host, ':') != NULL;
    const char *port = config->proxy ? "" : als_arena_printf(arena, ":%d", server->port);
    const char *url =
        als_arena_printf(arena, "%s://%s%s%s%s/%s%s", server->scheme, brackets ? "[" : "", host,
                         brackets ? "]" : "", port, token ? "open/" : "", token ? token : "");
    config->ready(url, first, config->context);
    als_arena_free(arena);
}

static bool has_users(struct running *running)
{
    struct als_store *store = NULL;
    bool yes = als_pool_take(running->server.pool, ALS_STORE_READ, &store, NULL) == ALS_OK &&
               als_store_has_users(store);
    als_pool_give(running->server.pool, ALS_STORE_READ, store);
    return yes;
}

/* Whoever is logged in is so at this server only. */
static void end_sessions(struct running *running)
{
    struct als_store *store = NULL;
    const char *secret;
    if (!running->server.sessions ||
        als_pool_take(running->server.pool, ALS_STORE_READ, &store, NULL) != ALS_OK)
        return;
    while ((secret = als_web_sessions_take(running->server.sessions, running->arena)))
        if (als_session_close(store, secret, NULL) != ALS_OK)
            break; /* it ends by itself, in half an hour */
    als_pool_give(running->server.pool, ALS_STORE_READ, store);
}

static enum als_status start(struct running *running, struct als_err *err)
{
    const struct als_web_config *config = running->server.config;
    enum als_status status = read_tls(running, err);
    if (status == ALS_OK)
        status = als_pool_open(config->study, config->as_of_day, &running->server.pool, err);
    if (status == ALS_OK)
        status = als_listen_open(config, &running->listen, err);
    if (status)
        return status;
    name_server(running);
    running->server.sessions = als_web_sessions_new();
    running->server.link = als_web_link_new();
    struct als_http_handler handler = als_server_handler(&running->server);
    status =
        als_http_start(running->listen.sockets, running->listen.n,
                       config->tls_cert ? running->certificate.data : NULL,
                       config->tls_cert ? running->key.data : NULL, &handler, &running->http, err);
    if (status == ALS_OK && config->ready)
        als_server_tell(&running->server,
                        has_users(running) ? NULL : als_web_link_token(running->server.link), true);
    return status;
}

static void stop(struct running *running)
{
    als_http_stop(running->http);
    end_sessions(running);
    als_pool_close(running->server.pool);
    als_web_sessions_free(running->server.sessions);
    als_web_link_free(running->server.link);
    pthread_mutex_destroy(&running->server.login);
    als_buf_release(&running->certificate);
    als_buf_release(&running->key);
    als_arena_free(running->arena);
}

/* Signals are taken one by one by this thread; the server's threads start with them blocked. */
static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
}

enum als_status als_web_serve(const struct als_web_config *config, struct als_err *err)
{
    sigset_t signals;
    int number;
    struct running running = {.server = {.config = config}, .arena = als_arena_new()};
    pthread_mutex_init(&running.server.login, NULL);
    als_buf_init(&running.certificate, PEM_MOST);
    als_buf_init(&running.key, PEM_MOST);
    block_signals(&signals);
    enum als_status status = als_listen_check(config, err);
    if (status == ALS_OK)
        status = start(&running, err);
    if (status == ALS_OK)
        sigwait(&signals, &number);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL); /* a second one ends the program at once */
    stop(&running);
    return status;
}
