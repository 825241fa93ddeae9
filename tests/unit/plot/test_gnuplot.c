/* The gnuplot process: fed, listened to, missing, dying, complaining. */
#include "als_test.h"
#include "gnuplot.h"

#include <dirent.h>
#include <sys/stat.h>

#include "alstrack/core/alloc.h"

struct log {
    int received[64], complaints, dropped;
    char said[2000], drawn[64][1000];
};
static struct log seen;

static enum als_status note(void *chart, struct als_buf *drawn, const char *complaint,
                            struct als_err *err)
{
    (void)err;
    seen.received[*(int *)chart]++;
    snprintf(seen.drawn[*(int *)chart], sizeof seen.drawn[0], "%s", drawn->data);
    if (complaint) {
        seen.complaints++;
        snprintf(seen.said, sizeof seen.said, "%s", complaint);
    }
    free(chart);
    return ALS_OK;
}

static void drop(void *chart)
{
    seen.dropped++;
    free(chart);
}

static const struct als_gnuplot_receiver receiver = {note, drop};

static enum als_status draw(struct als_gnuplot *gnuplot, int number, const char *text,
                            struct als_err *err)
{
    struct als_buf script;
    als_buf_init(&script, 1 << 20);
    als_buf_text(&script, text);
    int *chart = als_alloc(sizeof *chart);
    *chart = number;
    enum als_status status = als_gnuplot_draw(gnuplot, &script, chart, err);
    als_buf_release(&script);
    return status;
}

/* A program named gnuplot that is first on the PATH; NULL: none at all. */
static void pretend(const char *program)
{
    char folder[256], path[300];
    test_folder(folder);
    if (program) {
        snprintf(path, sizeof path, "%s/gnuplot", folder);
        test_write_file(path, program);
        chmod(path, 0755);
        snprintf(path, sizeof path, "%s:/usr/bin:/bin", folder);
    } else {
        snprintf(path, sizeof path, "%s", folder);
    }
    setenv("PATH", path, 1);
}

static size_t files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t n = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        n += entry->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

#define SIMPLE "set terminal svg\nplot [0:1] x\n"

Test(gnuplot, receives_every_chart_once)
{
    struct als_err err;
    struct als_gnuplot *gnuplot = als_gnuplot_new(3, &receiver);
    for (int i = 0; i < 40; i++)
        cr_assert_eq(draw(gnuplot, i, "set terminal dumb\nplot [0:1] x\n", &err), ALS_OK, "%s",
                     err.text);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_OK, "%s", err.text);
    for (int i = 0; i < 40; i++)
        cr_assert_eq(seen.received[i], 1, "chart %d came %d times", i, seen.received[i]);
    cr_assert_eq(seen.complaints, 0, "%s", seen.said);
    assert_no_leaks();
}

Test(gnuplot, reports_a_broken_script_and_draws_no_more)
{
    struct als_err err = {0};
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &receiver);
    cr_assert_eq(draw(gnuplot, 0, "set terminal dumb\nplot [0:1] x\n", &err), ALS_OK);
    cr_assert_eq(draw(gnuplot, 1, "set terminal dumb\nplot no_such_thing\n", &err), ALS_OK);
    enum als_status status = draw(gnuplot, 2, "set terminal dumb\nplot [0:1] x\n", &err);
    if (status == ALS_OK)
        status = als_gnuplot_finish(gnuplot, &err);
    else
        als_gnuplot_abandon(gnuplot);
    cr_assert_eq(status, ALS_INTERNAL);
    cr_assert_eq(seen.complaints, 1);
    cr_assert(seen.received[0] == 1 && seen.received[1] == 1 && seen.dropped == 1);
    cr_assert_not_null(strstr(seen.said, "no_such_thing"), "%s", seen.said);
    assert_no_leaks();
}

Test(gnuplot, an_error_in_the_middle_is_not_forgotten_by_later_commands)
{
    struct als_err err;
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &receiver);
    cr_assert_eq(draw(gnuplot, 0, "set terminal dumb\nset nonsense\nplot [0:1] x\n", &err), ALS_OK);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_OK);
    cr_assert_eq(seen.complaints, 1);
}

Test(gnuplot, settings_and_data_of_a_chart_end_with_it)
{
    struct als_err err;
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &receiver);
    cr_assert_eq(
        draw(gnuplot, 0, "set terminal dumb\n$OLD << E\n1 1\nE\nset xrange [5:5.1]\n", &err),
        ALS_OK);
    cr_assert_eq(draw(gnuplot, 1, "set terminal dumb\nplot $OLD\n", &err), ALS_OK);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_OK);
    cr_assert_eq(seen.complaints, 1, "the data block outlived its chart");
}

Test(gnuplot, missing_says_how_to_install_it)
{
    struct als_err err = {0};
    pretend(NULL);
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &receiver);
    cr_assert_eq(draw(gnuplot, 0, SIMPLE, &err), ALS_UNAVAILABLE);
    cr_assert_not_null(strstr(err.hint, "apt-get install gnuplot-nox"));
    cr_assert_eq(seen.dropped, 1);
    als_gnuplot_abandon(gnuplot);
    assert_no_leaks();
}

Test(gnuplot, dying_is_told_with_its_last_words)
{
    struct als_err err = {0};
    pretend("#!/bin/sh\necho 'libfoo.so is missing' >&2\nexit 3\n");
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &receiver);
    cr_assert_eq(draw(gnuplot, 0, SIMPLE, &err), ALS_OK);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_OK);
    cr_assert_eq(seen.received[0], 1);
    cr_assert_str_eq(seen.said, "libfoo.so is missing\n");
    assert_no_leaks();
}

Test(gnuplot, a_reader_that_dies_in_the_middle_does_not_kill_the_writer)
{
    struct als_err err = {0};
    struct als_buf script;
    als_buf_init(&script, 1 << 24);
    for (int i = 0; i < 200000; i++)
        als_buf_text(&script, "set xlabel 'a long script that nobody reads'\n");
    pretend("#!/bin/sh\nread line\nexit 3\n");
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &receiver);
    cr_assert_eq(draw(gnuplot, 0, script.data, &err), ALS_OK);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_OK);
    cr_assert_eq(seen.complaints, 1);
    als_buf_release(&script);
}

Test(gnuplot, a_script_larger_than_any_pipe_gets_through)
{
    struct als_err err;
    struct als_buf script;
    als_buf_init(&script, 1 << 24);
    als_buf_text(&script, "set terminal dumb\n$D << EOD\n");
    for (int i = 0; i < 300000; i++)
        als_buf_printf(&script, "%d %d\n", i, i % 7);
    als_buf_text(&script, "EOD\nplot $D\n");
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &receiver);
    cr_assert_eq(draw(gnuplot, 0, script.data, &err), ALS_OK);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_OK);
    cr_assert_eq(seen.received[0], 1);
    cr_assert_eq(seen.complaints, 0, "%s", seen.said);
    als_buf_release(&script);
}

Test(gnuplot, gives_each_chart_what_was_drawn_for_it)
{
    struct als_err err;
    struct als_gnuplot *gnuplot = als_gnuplot_new(2, &receiver);
    for (int i = 0; i < 30; i++) {
        char script[100];
        snprintf(script, sizeof script, "set terminal dumb 40,8\nset title 'chart %d.'\nplot 1\n",
                 i);
        cr_assert_eq(draw(gnuplot, i, script, &err), ALS_OK);
    }
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_OK);
    for (int i = 0; i < 30; i++) {
        char expected[100];
        snprintf(expected, sizeof expected, "chart %d.", i);
        cr_expect_not_null(strstr(seen.drawn[i], expected), "%s", seen.drawn[i]);
    }
    assert_no_leaks();
}

Test(gnuplot, a_chart_cut_short_is_not_received_as_drawn)
{
    struct als_err err = {0};
    pretend("#!/bin/sh\necho '<svg> half of i' >/dev/fd/3\nkill -9 $$\n");
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &receiver);
    cr_assert_eq(draw(gnuplot, 0, SIMPLE, &err), ALS_OK);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_OK);
    cr_assert_eq(seen.complaints, 1);
    cr_assert_str_eq(seen.drawn[0], "");
    assert_no_leaks();
}

Test(gnuplot, leaves_no_file_behind)
{
    char folder[256];
    struct als_err err;
    setenv("TMPDIR", test_folder(folder), 1);
    cr_assert_eq(chdir(folder), 0);
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &receiver);
    cr_assert_eq(draw(gnuplot, 0, "set terminal dumb\nplot [0:1] x\n", &err), ALS_OK);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_OK);
    cr_assert_eq(files_in(folder), 0);
}

Test(gnuplot, reads_no_start_up_file_of_the_user)
{
    char folder[256], path[300];
    struct als_err err;
    setenv("HOME", test_folder(folder), 1);
    snprintf(path, sizeof path, "%s/.gnuplot", folder);
    test_write_file(path, "set nonsense\nprint 'start-up file'\n");
    struct als_gnuplot *gnuplot = als_gnuplot_new(1, &receiver);
    cr_assert_eq(draw(gnuplot, 0, "set terminal dumb\nplot no_such_thing\n", &err), ALS_OK);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_OK);
    cr_assert_null(strstr(seen.said, "start-up file"), "%s", seen.said);
}

Test(gnuplot, nothing_to_draw_starts_nothing)
{
    struct als_err err;
    pretend(NULL);
    struct als_gnuplot *gnuplot = als_gnuplot_new(0, &receiver);
    cr_assert_eq(als_gnuplot_finish(gnuplot, &err), ALS_OK);
    als_gnuplot_abandon(NULL);
}
