/* Archives: every file whole, in order of name, and the same bytes for the same files. */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "als_test.h"
#include "alstrack/core/buf.h"
#include "alstrack/core/file.h"
#include "alstrack/export/zip.h"

#define SECONDS 1700000000

static void make(char folder[256])
{
    char path[300];
    test_folder(folder);
    snprintf(path, sizeof path, "%s/visits.csv", folder);
    test_write_file(path, "patient,visit\nP01,SCR\n");
    snprintf(path, sizeof path, "%s/cohort.csv", folder);
    test_write_file(path, "patient\nP01\n");
}

static void archive(const char *folder, int64_t seconds, char path[300])
{
    char place[256];
    struct als_err err = {.status = ALS_OK};
    test_folder(place);
    snprintf(path, 300, "%s/out.zip", place);
    cr_assert_eq(als_zip_folder(folder, "trial", seconds, path, &err), ALS_OK, "%s", err.text);
}

/* Another reader's view: `claim` is Python about the archive z. */
static void expect(const char *path, const char *claim)
{
    char command[900];
    if (system("command -v python3 >/dev/null") != 0)
        cr_skip_test("no python3");
    snprintf(command, sizeof command,
             "PYTHONUTF8=1 python3 -c \"import zipfile; z = zipfile.ZipFile('%s'); assert "
             "z.testzip() is None; "
             "assert %s\"",
             path, claim);
    cr_expect_eq(system(command), 0, "%s", claim);
}

Test(zip, holds_every_file_whole_in_order_of_name)
{
    char folder[256], path[300];
    make(folder);
    archive(folder, SECONDS, path);
    expect(path, "z.namelist() == ['trial/cohort.csv', 'trial/visits.csv'], z.namelist()");
    expect(path, "z.read('trial/visits.csv') == b'patient,visit\\nP01,SCR\\n'");
    expect(path, "z.infolist()[0].external_attr >> 16 == 0o100644");
    assert_no_leaks();
}

Test(zip, keeps_names_beyond_ascii)
{
    char folder[256], path[300];
    test_folder(folder);
    snprintf(path, sizeof path, "%s/Škála.csv", folder);
    test_write_file(path, "a\n");
    archive(folder, SECONDS, path);
    expect(path, "z.namelist() == ['trial/\\u0160k\\u00e1la.csv'], z.namelist()");
    assert_no_leaks();
}

Test(zip, dates_by_universal_time_wherever_it_runs)
{
    char folder[256], path[300];
    make(folder);
    setenv("TZ", "Asia/Tokyo", 1);
    archive(folder, SECONDS, path);
    expect(path, "z.infolist()[0].date_time == (2023, 11, 14, 22, 13, 20)");
    archive(folder, 0, path);
    expect(path, "z.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)");
    archive(folder, INT64_MAX, path);
    expect(path, "z.infolist()[0].date_time == (2107, 12, 31, 23, 59, 58)");
    assert_no_leaks();
}

static void read_archive(const char *folder, struct als_buf *bytes)
{
    char path[300];
    struct als_err err = {.status = ALS_OK};
    archive(folder, SECONDS, path);
    als_buf_init(bytes, ALS_BUF_LARGE);
    cr_assert_eq(als_file_read(path, bytes, &err), ALS_OK);
}

Test(zip, gives_the_same_bytes_for_the_same_files)
{
    char folder[256], again[256];
    struct als_buf one, two;
    make(folder);
    make(again);
    read_archive(folder, &one);
    read_archive(again, &two);
    cr_expect_eq(one.length, two.length);
    cr_expect(one.length == two.length && memcmp(one.data, two.data, one.length) == 0);
    als_buf_release(&one);
    als_buf_release(&two);
    assert_no_leaks();
}

Test(zip, says_which_folder_cannot_be_read_and_leaves_nothing)
{
    char folder[256], path[300];
    struct als_err err = {.status = ALS_OK};
    test_folder(folder);
    snprintf(path, sizeof path, "%s/out.zip", folder);
    cr_expect_eq(als_zip_folder("/nowhere/at/all", "trial", SECONDS, path, &err), ALS_IO);
    cr_expect_not_null(strstr(err.text, "/nowhere/at/all"), "%s", err.text);
    cr_expect_neq(access(path, F_OK), 0);
    assert_no_leaks();
}

Test(zip, reports_a_full_disk_and_leaves_nothing)
{
    char folder[256], place[256], path[300];
    struct als_err err = {.status = ALS_OK};
    make(folder);
    test_folder(place);
    snprintf(path, sizeof path, "%s/out.zip", place);
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit little = {100, RLIM_INFINITY};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
    cr_expect_eq(als_zip_folder(folder, "trial", SECONDS, path, &err), ALS_IO);
    cr_expect_not_null(strstr(err.text, strerror(EFBIG)), "%s", err.text);
    cr_expect_eq(rmdir(place), 0, "nothing is left in the folder");
    assert_no_leaks();
}
