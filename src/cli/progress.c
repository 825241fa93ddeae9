/* Long work: how far it is, and stopping it from the keyboard without leaving half of it behind. */
#include "context.h"
#include "tty.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void end_now(int number)
{
    (void)number;
    als_tty_give_back();
    _exit(ALS_INTERRUPTED);
}

/* A read that waits for input ends with EINTR, and the command fails and tidies up as after any
 * other error. Work that does not come to such a place in this time is ended as it is: the study is
 * safe also then, since SQLite rolls back what was not committed. */
#define GRACE_SECONDS 2

static void remember(int number)
{
    if (interrupted)
        end_now(number);
    interrupted = 1;
    alarm(GRACE_SECONDS);
}

void als_signals_watch(bool writes)
{
    struct sigaction action = {.sa_handler = writes ? remember : end_now};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction late = {.sa_handler = end_now};
    sigemptyset(&late.sa_mask);
    sigaction(SIGALRM, &late, NULL);
    /* A reader of standard output that goes away must not end a command that is storing, and a
     * gnuplot that dies must give a message: both are write errors. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, NULL);
}

bool als_cli_interrupted(void)
{
    return interrupted != 0;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void als_progress_begin(struct als_progress *progress, struct als_cli *cli, const char *what)
{
    *progress = (struct als_progress){.cli = cli, .what = what, .began = seconds()};
}

bool als_progress_tell(double fraction, void *context)
{
    struct als_progress *progress = context;
    if (als_cli_interrupted())
        return false;
    if (!isatty(STDERR_FILENO) || seconds() - progress->began < 1)
        return true;
    progress->shown = true;
    if (fraction < 0)
        fprintf(stderr, "\r%s ...", progress->what);
    else
        fprintf(stderr, "\r%s %3.0f %%", progress->what, 100 * fraction);
    fflush(stderr);
    return true;
}

void als_progress_end(struct als_progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}

/* ---------------------------------------------------------------- work without steps */

static const char *working_on;
static volatile sig_atomic_t working_shown;

static void show_working(int number)
{
    (void)number;
    size_t length = 0;
    while (working_on[length])
        length++;
    ssize_t written = write(STDERR_FILENO, "\r", 1);
    written += write(STDERR_FILENO, working_on, length);
    written += write(STDERR_FILENO, " ...", 4);
    (void)written;
    working_shown = 1;
}

void als_working_begin(const char *what)
{
    if (!isatty(STDERR_FILENO))
        return;
    working_on = what;
    working_shown = 0;
    struct sigaction action = {.sa_handler = show_working, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    alarm(1);
}

void als_working_tell(double share, void *context)
{
    (void)context;
    static int told;
    int percent = (int)(100 * share);
    if (!working_on || !working_shown || percent == told)
        return;
    told = percent;
    fprintf(stderr, "\r%s, read %3d %%", working_on, percent);
    fflush(stderr);
}

void als_working_end(void)
{
    if (!working_on)
        return;
    alarm(0);
    working_on = NULL;
    if (working_shown)
        fputs("\r\033[K", stderr);
    fflush(stderr);
}
