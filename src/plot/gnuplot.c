/* gnuplot processes: started, fed and listened to without blocking. */
#define _GNU_SOURCE /* posix_spawn with a working folder; memfd_create; pipe2, a pipe's size */

#include "gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "alstrack/core/alloc.h"

#define MAX_PROCESSES 16
#define QUEUE         4                    /* charts per process: one being drawn, others waiting */
#define MARK          "alstrack-chart-end" /* begins the line that ends a chart */
#define MAX_CHART     ((size_t)256 << 20)
#define MAX_SPEECH    ((size_t)1 << 20) /* what gnuplot says about one chart */
#define PIPE_SIZE     (1 << 20)         /* so that gnuplot need not wait for our next turn */
#define FIRST_DRAWING 3                 /* a process's descriptors of its drawings, from here on */

struct process {
    pid_t id;
    int input;           /* pipe to its standard input */
    int speech;          /* pipe from its standard error; -1 when closed */
    int drawings[QUEUE]; /* files in memory, which chart after chart is drawn into in turn */
    size_t next_drawing;
    struct als_buf pending;
    size_t sent;
    struct als_buf said;
    void *charts[QUEUE]; /* oldest first */
    size_t n_charts;
};

struct als_gnuplot {
    struct als_gnuplot_receiver receiver;
    size_t limit;
    struct process processes[MAX_PROCESSES];
    size_t count;
};

struct als_gnuplot *als_gnuplot_new(size_t processes, const struct als_gnuplot_receiver *receiver)
{
    struct als_gnuplot *gnuplot = als_alloc(sizeof *gnuplot);
    if (processes == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        processes = cores > 0 ? (size_t)cores : 1;
    }
    gnuplot->receiver = *receiver;
    gnuplot->limit = processes < MAX_PROCESSES ? processes : MAX_PROCESSES;
    return gnuplot;
}

/* The caller's environment without what would change the drawing. */
static char **make_environment(void)
{
    static const char *const without[] = {
        "GNUTERM=", "GNUPLOT_", "GDFONTPATH=", "LC_", "LANG", "TZ="};
    size_t n = 0;
    while (environ[n])
        n++;
    char **list = als_alloc_array(n + 3, sizeof *list);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool drop = false;
        for (size_t k = 0; k < sizeof without / sizeof *without; k++)
            drop = drop || strncmp(environ[i], without[k], strlen(without[k])) == 0;
        if (!drop)
            list[kept++] = environ[i];
    }
    static char locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC";
    list[kept++] = locale;
    list[kept] = zone;
    return list;
}

static enum als_status cannot_start(int why, struct als_err *err)
{
    if (why != ENOENT && why != EACCES)
        return als_fail(err, ALS_IO, "E-GNUPLOT", "cannot start gnuplot: %s", strerror(why));
    als_fail(err, ALS_UNAVAILABLE, "E-GNUPLOT", "charts need gnuplot, which is not installed");
    als_err_hint(err, "install it with: apt-get install gnuplot-nox");
    return ALS_UNAVAILABLE;
}

/* Standard input is named as a script file: then gnuplot reads it in blocks, not byte by byte as it
 * reads commands, which took most of its time. It then ends at the first error. */
static int spawn(int input, int speech, const int drawings[QUEUE], pid_t *id)
{
    static char name[] = "gnuplot", no_startup_files[] = "-d", script[] = "/dev/stdin";
    char *arguments[] = {name, no_startup_files, script, NULL};
    char **environment = make_environment();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, speech, STDERR_FILENO);
    for (int i = 0; i < QUEUE; i++)
        posix_spawn_file_actions_adddup2(&actions, drawings[i], FIRST_DRAWING + i);
    posix_spawn_file_actions_addchdir_np(&actions, "/");
    int why = posix_spawnp(id, name, &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    free(environment);
    return why;
}

static void close_if_open(int file)
{
    if (file >= 0)
        close(file);
}

/* A file in memory, out of the way of the numbers it has in gnuplot. */
static int make_drawing(void)
{
    int low = memfd_create("alstrack-chart", MFD_CLOEXEC);
    int drawing = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, FIRST_DRAWING + QUEUE);
    int why = errno;
    close_if_open(low);
    errno = why;
    return drawing;
}

static void close_process(struct process *process)
{
    close_if_open(process->input);
    close_if_open(process->speech);
    for (size_t i = 0; i < QUEUE; i++)
        close_if_open(process->drawings[i]);
    als_buf_release(&process->pending);
    als_buf_release(&process->said);
}

static int make_process(struct process *process)
{
    int input[2] = {-1, -1}, speech[2] = {-1, -1}, why = 0;
    for (size_t i = 0; i < QUEUE && !why; i++)
        if ((process->drawings[i] = make_drawing()) < 0)
            why = errno;
    if (!why && (pipe2(input, O_CLOEXEC) != 0 || pipe2(speech, O_CLOEXEC) != 0))
        why = errno;
    if (!why)
        why = spawn(input[0], speech[1], process->drawings, &process->id);
    close_if_open(input[0]);
    close_if_open(speech[1]);
    process->input = input[1];
    process->speech = speech[0];
    return why;
}

static enum als_status start(struct als_gnuplot *gnuplot, struct als_err *err)
{
    struct process process = {.id = 0};
    for (size_t i = 0; i < QUEUE; i++)
        process.drawings[i] = -1;
    als_buf_init(&process.pending, ALS_BUF_LARGE);
    als_buf_init(&process.said, MAX_SPEECH);
    int why = make_process(&process);
    if (why) {
        close_process(&process);
        return cannot_start(why, err);
    }
    fcntl(process.input, F_SETFL, O_NONBLOCK);
    fcntl(process.speech, F_SETFL, O_NONBLOCK);
    fcntl(process.input, F_SETPIPE_SZ, PIPE_SIZE); /* refused: the usual size will do */
    gnuplot->processes[gnuplot->count++] = process;
    return ALS_OK;
}

/* Writes without SIGPIPE when the reader has died, and without touching the program's handlers: the
 * signal is held back, and taken away if this write raised it. */
static ssize_t write_quietly(int file, const char *bytes, size_t n)
{
    sigset_t broken, before, pending;
    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    sigprocmask(SIG_BLOCK, &broken, &before);
    ssize_t written = write(file, bytes, n);
    int why = errno;
    if (written < 0 && why == EPIPE && !was_pending)
        sigtimedwait(&broken, NULL, &(struct timespec){0});
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return written;
}

static void feed(struct process *process)
{
    while (process->sent < process->pending.length) {
        ssize_t n = write_quietly(process->input, process->pending.data + process->sent,
                                  process->pending.length - process->sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0) /* it is gone; its standard error will end too, and tell */
            break;
        process->sent += (size_t)n;
    }
    als_buf_clear(&process->pending);
    process->sent = 0;
}

/* All that was drawn for the oldest chart. */
static enum als_status read_drawing(const struct process *process, struct als_buf *drawn,
                                    struct als_err *err)
{
    const size_t slot = (process->next_drawing + QUEUE - process->n_charts) % QUEUE;
    char chunk[64 * 1024];
    for (off_t at = 0;;) {
        ssize_t n = pread(process->drawings[slot], chunk, sizeof chunk, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return als_fail(err, ALS_IO, "E-GNUPLOT", "cannot read what gnuplot drew: %s",
                            strerror(errno));
        if (n == 0)
            return ALS_OK;
        als_buf_add(drawn, chunk, (size_t)n);
        at += n;
    }
}

/* Take the oldest chart off the queue and hand it on. */
static enum als_status deliver(struct als_gnuplot *gnuplot, struct process *process,
                               const char *complaint, struct als_err *err)
{
    void *chart = process->charts[0];
    struct als_buf drawn;
    als_buf_init(&drawn, MAX_CHART);
    enum als_status status = complaint ? ALS_OK : read_drawing(process, &drawn, err);
    process->n_charts--;
    memmove(process->charts, process->charts + 1, process->n_charts * sizeof *process->charts);
    if (status)
        gnuplot->receiver.drop(chart);
    else
        status = gnuplot->receiver.receive(chart, &drawn, complaint, err);
    als_buf_release(&drawn);
    return status;
}

/* Deliver every chart whose end has been announced. */
static enum als_status take_marks(struct als_gnuplot *gnuplot, struct process *process,
                                  struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (;;) {
        char *mark = strstr(process->said.data, MARK "\n");
        if (!mark || status || process->n_charts == 0)
            return status;
        status = deliver(gnuplot, process, NULL, err);
        char *rest = mark + sizeof MARK;
        process->said.length -= (size_t)(rest - process->said.data);
        memmove(process->said.data, rest, process->said.length + 1);
    }
}

static enum als_status ended_early(struct als_err *err)
{
    return als_fail(err, ALS_INTERNAL, "E-GNUPLOT", "gnuplot ended before all charts were drawn");
}

static enum als_status listen_to(struct als_gnuplot *gnuplot, struct process *process,
                                 struct als_err *err)
{
    char chunk[8192];
    for (;;) {
        ssize_t n = read(process->speech, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return take_marks(gnuplot, process, err);
        if (n <= 0)
            break;
        als_buf_add(&process->said, chunk, (size_t)n);
    }
    close(process->speech);
    process->speech = -1;
    enum als_status status = take_marks(gnuplot, process, err);
    if (!status && process->n_charts > 0)
        status = deliver(gnuplot, process, process->said.data, err);
    if (!status && process->n_charts > 0)
        status = ended_early(err);
    return status;
}

/* Wait until some process can be fed or has said something, and see to it. */
static enum als_status attend(struct als_gnuplot *gnuplot, struct als_err *err)
{
    struct pollfd polls[MAX_PROCESSES][2];
    for (size_t i = 0; i < gnuplot->count; i++) {
        struct process *process = &gnuplot->processes[i];
        bool waiting = process->sent < process->pending.length;
        polls[i][0] = (struct pollfd){.fd = waiting ? process->input : -1, .events = POLLOUT};
        polls[i][1] = (struct pollfd){.fd = process->speech, .events = POLLIN};
    }
    if (poll(polls[0], 2 * (nfds_t)gnuplot->count, -1) < 0 && errno != EINTR)
        return als_fail(err, ALS_IO, "E-GNUPLOT", "cannot wait for gnuplot: %s", strerror(errno));
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < gnuplot->count && !status; i++) {
        if (polls[i][0].revents)
            feed(&gnuplot->processes[i]);
        if (polls[i][1].revents)
            status = listen_to(gnuplot, &gnuplot->processes[i], err);
    }
    return status;
}

static struct process *least_busy(struct als_gnuplot *gnuplot)
{
    struct process *best = NULL;
    for (size_t i = 0; i < gnuplot->count; i++)
        if (!best || gnuplot->processes[i].n_charts < best->n_charts)
            best = &gnuplot->processes[i];
    return best;
}

enum als_status als_gnuplot_draw(struct als_gnuplot *gnuplot, const struct als_buf *script,
                                 void *chart, struct als_err *err)
{
    enum als_status status = ALS_OK;
    struct process *process = least_busy(gnuplot);
    if ((!process || process->n_charts > 0) && gnuplot->count < gnuplot->limit) {
        status = start(gnuplot, err);
        process = status ? NULL : &gnuplot->processes[gnuplot->count - 1];
    }
    while (!status && process->n_charts == QUEUE) {
        status = attend(gnuplot, err);
        process = least_busy(gnuplot);
    }
    if (!status && process->speech < 0)
        status = ended_early(err);
    if (status) {
        gnuplot->receiver.drop(chart);
        return status;
    }
    als_buf_printf(&process->pending,
                   "reset\nundefine $*\nset encoding utf8\nset output '/dev/fd/%zu'\n",
                   FIRST_DRAWING + process->next_drawing);
    als_buf_add(&process->pending, script->data, script->length);
    als_buf_text(&process->pending, "\nset output\nprint '" MARK "'\n");
    process->next_drawing = (process->next_drawing + 1) % QUEUE;
    process->charts[process->n_charts++] = chart;
    feed(process);
    return ALS_OK;
}

/* Everything is sent and received before the inputs are closed, so that all processes work to the
 * end at the same time. */
static enum als_status drain(struct als_gnuplot *gnuplot, struct als_err *err)
{
    for (;;) {
        bool busy = false;
        for (size_t i = 0; i < gnuplot->count; i++)
            busy = busy || gnuplot->processes[i].n_charts > 0;
        if (!busy)
            return ALS_OK;
        enum als_status status = attend(gnuplot, err);
        if (status)
            return status;
    }
}

/* By now every chart has been received: how the processes end no longer matters. */
static void end_all(struct als_gnuplot *gnuplot, bool at_once)
{
    for (size_t i = 0; i < gnuplot->count; i++) {
        struct process *process = &gnuplot->processes[i];
        for (size_t k = 0; k < process->n_charts; k++)
            gnuplot->receiver.drop(process->charts[k]);
        if (at_once)
            kill(process->id, SIGKILL);
        close_if_open(process->input); /* which ends it */
        process->input = -1;
        while (waitpid(process->id, NULL, 0) < 0 && errno == EINTR)
            continue;
        close_process(process);
    }
    free(gnuplot);
}

enum als_status als_gnuplot_finish(struct als_gnuplot *gnuplot, struct als_err *err)
{
    enum als_status status = drain(gnuplot, err);
    end_all(gnuplot, status != ALS_OK);
    return status;
}

void als_gnuplot_abandon(struct als_gnuplot *gnuplot)
{
    if (gnuplot)
        end_all(gnuplot, true);
}
