/* Archives: every file whole, in order of name, and the same bytes for the same files. */
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

static void archive(const char *folder, const char *name, struct als_buf *bytes)
{
    char path[300], place[256];
    struct als_err err = {.status = ALS_OK};
    test_folder(place);
    snprintf(path, sizeof path, "%s/%s.zip", place, name);
    cr_assert_eq(als_zip_folder(folder, "trial", SECONDS, path, &err), ALS_OK, "%s", err.text);
    als_buf_init(bytes, ALS_BUF_LARGE);
    cr_assert_eq(als_file_read(path, bytes, &err), ALS_OK);
    if (system("command -v python3 >/dev/null") == 0) {
        char command[900];
        snprintf(command, sizeof command,
                 "python3 -c \"import zipfile; z = zipfile.ZipFile('%s'); assert z.testzip() is "
                 "None; assert z.namelist() == ['trial/cohort.csv', 'trial/visits.csv'], "
                 "z.namelist(); assert z.read('trial/visits.csv') == "
                 "b'patient,visit\\nP01,SCR\\n'\"",
                 path);
        cr_expect_eq(system(command), 0, "another reader finds both files, whole");
    }
}

Test(zip, gives_the_same_bytes_for_the_same_files)
{
    char folder[256], again[256];
    struct als_buf one, two;
    make(folder);
    make(again);
    archive(folder, "one", &one);
    archive(again, "two", &two);
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
