/*
 * libmicrohttpd, here only. One thread per connection. The library ends a connection that is idle;
 * one that trickles is ended by the watch below, which knows by when each request must be there.
 */
#include "http.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "alstrack/core/alloc.h"

#define DAEMONS    4
#define MEMORY     ((size_t)32 * 1024) /* of one connection: head of request and of answer */
#define HEADERS    64
#define KEEP_EXTRA 10 /* seconds that an idle connection has beyond a request's time */

/* ---- Watch over connections that trickle ---- */

struct connection {
    int socket;
    double deadline; /* by when the request must be there; 0: it is being answered */
    struct connection *next, *previous;
};

struct als_http {
    struct MHD_Daemon *daemons[DAEMONS];
    size_t n;
    struct als_http_handler handler;
    bool tls;
    pthread_t watch;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool ending;
    struct connection *connections;
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void end_late(struct als_http *http, double now)
{
    for (struct connection *c = http->connections; c; c = c->next)
        if (c->deadline != 0 && now > c->deadline)
            shutdown(c->socket, SHUT_RDWR);
}

static void *watch(void *context)
{
    struct als_http *http = context;
    pthread_mutex_lock(&http->lock);
    while (!http->ending) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        pthread_cond_timedwait(&http->wake, &http->lock, &until);
        end_late(http, seconds());
    }
    pthread_mutex_unlock(&http->lock);
    return NULL;
}

/* in_seconds 0: no limit. */
static void set_deadline(struct als_http *http, struct MHD_Connection *connection,
                         double in_seconds)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct connection *own = info ? info->socket_context : NULL;
    if (!own)
        return;
    pthread_mutex_lock(&http->lock);
    own->deadline = in_seconds > 0 ? seconds() + in_seconds : 0;
    pthread_mutex_unlock(&http->lock);
}

static void enter(struct als_http *http, struct MHD_Connection *connection, void **context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct connection *own = als_alloc(sizeof *own);
    own->socket = info->connect_fd;
    own->deadline = seconds() + ALS_HTTP_TIME_SECONDS;
    pthread_mutex_lock(&http->lock);
    own->next = http->connections;
    if (own->next)
        own->next->previous = own;
    http->connections = own;
    pthread_mutex_unlock(&http->lock);
    *context = own;
}

static void leave(struct als_http *http, void **context)
{
    struct connection *own = *context;
    if (!own)
        return;
    pthread_mutex_lock(&http->lock);
    if (own->previous)
        own->previous->next = own->next;
    else
        http->connections = own->next;
    if (own->next)
        own->next->previous = own->previous;
    pthread_mutex_unlock(&http->lock);
    free(own);
    *context = NULL;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        enter(cls, connection, context);
    else
        leave(cls, context);
}

/* ---- One request ---- */

struct exchange {
    char *target; /* owned */
    struct als_buf body;
    bool admitted;
};

/* The request line is there. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct exchange *exchange = als_alloc(sizeof *exchange);
    exchange->target = als_strdup(target);
    als_buf_init(&exchange->body, ALS_HTTP_BODY_MOST);
    set_deadline(cls, connection, ALS_HTTP_TIME_SECONDS);
    return exchange;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *context;
    (void)code;
    if (exchange) {
        als_buf_release(&exchange->body);
        free(exchange->target);
        free(exchange);
        *context = NULL;
    }
    set_deadline(cls, connection, ALS_HTTP_TIME_SECONDS + KEEP_EXTRA);
}

struct head {
    struct als_http_header headers[HEADERS];
    size_t n, bytes;
};

static enum MHD_Result collect(void *cls, enum MHD_ValueKind kind, const char *name,
                               const char *value)
{
    struct head *head = cls;
    (void)kind;
    head->bytes += strlen(name) + (value ? strlen(value) : 0) + 4;
    if (head->n < HEADERS)
        head->headers[head->n++] = (struct als_http_header){name, value ? value : ""};
    else
        head->bytes = ALS_HTTP_HEAD_MOST + 1;
    return MHD_YES;
}

const char *als_http_header(const struct als_http_message *message, const char *name, size_t *n)
{
    const char *value = NULL;
    size_t found = 0;
    for (size_t i = 0; i < message->n_headers; i++)
        if (strcasecmp(message->headers[i].name, name) == 0) {
            value = message->headers[i].value;
            found++;
        }
    if (n)
        *n = found;
    return found == 1 ? value : NULL;
}

/* A body comes with its length, or not at all: chunks have no length to hold against the limit. */
static int refusal(const struct als_http_message *message, size_t head_bytes)
{
    size_t n_lengths, n_encodings;
    const char *length = als_http_header(message, "Content-Length", &n_lengths);
    als_http_header(message, "Transfer-Encoding", &n_encodings);
    if (head_bytes > ALS_HTTP_HEAD_MOST)
        return 431;
    if (n_encodings > 0 || n_lengths > 1)
        return 411;
    if (length && (strlen(length) > 9 || strspn(length, "0123456789") != strlen(length) ||
                   strtoul(length, NULL, 10) > ALS_HTTP_BODY_MOST))
        return 413;
    return strcmp(message->method, "POST") == 0 && !length ? 411 : 0;
}

static struct MHD_Response *to_library(struct als_response *response)
{
    struct stat info;
    if (response->file >= 0 && fstat(response->file, &info) == 0) {
        struct MHD_Response *file =
            MHD_create_response_from_fd64((uint64_t)info.st_size, response->file);
        response->file = -1; /* the library closes it */
        return file;
    }
    size_t length = response->body.length;
    return MHD_create_response_from_buffer(length, als_buf_take(&response->body),
                                           MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result send_response(struct als_http *http, struct MHD_Connection *connection,
                                     struct als_response *response)
{
    if (response->body.overflow)
        als_bug("an answer without end");
    als_response_protect(response, http->tls);
    struct MHD_Response *out = to_library(response);
    if (!out)
        als_bug("an answer that the library does not take");
    MHD_add_response_header(out, MHD_HTTP_HEADER_CONTENT_TYPE, response->type);
    for (size_t i = 0; i < response->n_headers; i++)
        MHD_add_response_header(out, response->headers[i].name, response->headers[i].value);
    if (response->last)
        MHD_add_response_header(out, MHD_HTTP_HEADER_CONNECTION, "close");
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)response->status, out);
    MHD_destroy_response(out);
    return result;
}

static enum MHD_Result admit(struct als_http *http, struct MHD_Connection *connection,
                             struct exchange *exchange, struct als_http_message *message)
{
    struct als_response response;
    als_response_init(&response);
    exchange->admitted = http->handler.admit(message, &response, http->handler.context);
    enum MHD_Result result = MHD_YES;
    if (!exchange->admitted) {
        response.last = true;
        result = send_response(http, connection, &response);
    }
    als_response_release(&response);
    return result;
}

static enum MHD_Result answer(struct als_http *http, struct MHD_Connection *connection,
                              struct exchange *exchange, struct als_http_message *message)
{
    struct als_response response;
    message->body = exchange->body.data;
    message->body_length = exchange->body.length;
    set_deadline(http, connection, 0);
    als_response_init(&response);
    http->handler.answer(message, &response, http->handler.context);
    enum MHD_Result result = send_response(http, connection, &response);
    als_response_release(&response);
    return result;
}

/* Called with the head, then for each piece of the body, then when all is there. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **context)
{
    struct als_http *http = cls;
    struct exchange *exchange = *context;
    struct head head = {.n = 0};
    (void)url;
    (void)version;
    if (!exchange)
        return MHD_NO;
    if (*size) {
        als_buf_add(&exchange->body, data, *size);
        *size = 0;
        return exchange->body.overflow ? MHD_NO : MHD_YES;
    }
    MHD_get_connection_values(connection, MHD_HEADER_KIND, collect, &head);
    struct als_http_message message = {.method = method,
                                       .target = exchange->target,
                                       .headers = head.headers,
                                       .n_headers = head.n,
                                       .body = ""};
    if (exchange->admitted)
        return answer(http, connection, exchange, &message);
    message.refusal = refusal(&message, head.bytes + strlen(exchange->target));
    return admit(http, connection, exchange, &message);
}

/* ---- Starting and stopping ---- */

static struct MHD_Daemon *start(struct als_http *http, int listener, const char *certificate,
                                const char *key)
{
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
                     MHD_USE_POLL | (certificate ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, als_strdup(certificate)},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, als_strdup(key)},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, als_strdup("NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2")},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, http, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)listener,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)ALS_HTTP_CONNECTIONS,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)ALS_HTTP_PER_ADDRESS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)ALS_HTTP_TIME_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        (void *)http, MHD_OPTION_NOTIFY_COMPLETED, on_completed, (void *)http,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, (void *)http, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_ARRAY, certificate ? tls : none,
        MHD_OPTION_END);
    for (size_t i = 0; i < 3; i++)
        free(tls[i].ptr_value);
    return daemon;
}

enum als_status als_http_start(const int *sockets, size_t n, const char *certificate,
                               const char *key, const struct als_http_handler *handler,
                               struct als_http **out, struct als_err *err)
{
    struct als_http *http = als_alloc(sizeof *http);
    http->handler = *handler;
    http->tls = certificate != NULL;
    pthread_mutex_init(&http->lock, NULL);
    pthread_cond_init(&http->wake, NULL);
    if (pthread_create(&http->watch, NULL, watch, http) != 0)
        als_bug("a thread cannot be started");
    for (size_t i = 0; i < n && i < DAEMONS; i++) {
        http->daemons[http->n] = start(http, sockets[i], certificate, key);
        if (!http->daemons[http->n]) {
            als_http_stop(http);
            return als_fail(err, ALS_UNAVAILABLE, "E-SERVE",
                            certificate
                                ? "the server cannot start: do certificate and key fit together?"
                                : "the server cannot start");
        }
        http->n++;
    }
    *out = http;
    return ALS_OK;
}

void als_http_stop(struct als_http *http)
{
    if (!http)
        return;
    for (size_t i = 0; i < http->n; i++)
        MHD_stop_daemon(http->daemons[i]);
    pthread_mutex_lock(&http->lock);
    http->ending = true;
    pthread_cond_signal(&http->wake);
    pthread_mutex_unlock(&http->lock);
    pthread_join(http->watch, NULL);
    pthread_cond_destroy(&http->wake);
    pthread_mutex_destroy(&http->lock);
    free(http);
}
