/* The line that says that a long analysis is under way. */
#define _XOPEN_SOURCE 700 /* pseudo-terminals */

#include "als_test.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "context.h"

/* A new pseudo-terminal in place of standard error; returns the side that sees what is shown. */
static int open_terminal(void)
{
    int watcher = posix_openpt(O_RDWR | O_NOCTTY);
    cr_assert_geq(watcher, 0);
    cr_assert_eq(grantpt(watcher), 0);
    cr_assert_eq(unlockpt(watcher), 0);
    int terminal = open(ptsname(watcher), O_RDWR | O_NOCTTY);
    cr_assert_geq(terminal, 0);
    dup2(terminal, STDERR_FILENO);
    close(terminal);
    return watcher;
}

/* What arrives up to and with the mark, which the caller has written last. */
static void read_shown(int watcher, char mark, char *shown, size_t size)
{
    size_t n = 0;
    do
        cr_assert_eq(read(watcher, shown + n, 1), 1);
    while (shown[n++] != mark && n + 1 < size);
    shown[n] = '\0';
}

Test(progress, says_on_a_terminal_that_an_analysis_takes_long_and_wipes_it)
{
    char shown[64];
    int watcher = open_terminal();
    als_working_begin("analysing");
    raise(SIGALRM); /* as after a second */
    als_working_end();
    als_working_end();
    cr_assert_eq(write(STDERR_FILENO, "|", 1), 1);
    read_shown(watcher, '|', shown, sizeof shown);
    cr_assert_str_eq(shown, "\ranalysing ...\r\033[K|");
    close(watcher);
}

Test(progress, says_nothing_of_work_that_is_done_at_once)
{
    char shown[64];
    int watcher = open_terminal();
    als_working_begin("analysing");
    als_working_end();
    cr_assert_eq(write(STDERR_FILENO, "|", 1), 1);
    read_shown(watcher, '|', shown, sizeof shown);
    cr_assert_str_eq(shown, "|");
    close(watcher);
}
