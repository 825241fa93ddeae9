/* Files appear whole or not at all. */
#include "als_test.h"
#include "alstrack/core/file.h"

#include <sys/stat.h>

TestSuite(file, .timeout = 30);

static void path_in(char path[512], const char *folder, const char *name)
{
    snprintf(path, 512, "%s/%s", folder, name);
}

Test(file, nothing_is_there_before_commit_and_all_after)
{
    char folder[256], path[512];
    struct als_err err = {0};
    struct als_file_out out;
    path_in(path, test_folder(folder), "a.txt");
    cr_assert_eq(als_file_create(path, &out, &err), ALS_OK, "%s", err.text);
    fputs("hello", out.stream);
    cr_assert_neq(access(path, F_OK), 0);
    cr_assert_eq(als_file_commit(&out, &err), ALS_OK, "%s", err.text);
    struct als_buf buf;
    als_buf_init(&buf, 100);
    cr_assert_eq(als_file_read(path, &buf, &err), ALS_OK);
    cr_assert_str_eq(buf.data, "hello");
    als_buf_release(&buf);
    assert_no_leaks();
}

Test(file, an_abandoned_file_leaves_the_old_one)
{
    char folder[256], path[512];
    struct als_err err = {0};
    struct als_file_out out;
    path_in(path, test_folder(folder), "a.txt");
    test_write_file(path, "old");
    cr_assert_eq(als_file_create(path, &out, &err), ALS_OK);
    fputs("new", out.stream);
    als_file_abandon(&out);
    struct als_buf buf;
    als_buf_init(&buf, 100);
    cr_assert_eq(als_file_read(path, &buf, &err), ALS_OK);
    cr_assert_str_eq(buf.data, "old");
    als_buf_release(&buf);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(rmdir(folder), 0, "the temporary file is gone");
    assert_no_leaks();
}

Test(file, says_why_it_cannot_read)
{
    char folder[256], path[512];
    struct als_err err = {0};
    struct als_buf buf;
    als_buf_init(&buf, 3);
    path_in(path, test_folder(folder), "none");
    cr_expect_eq(als_file_read(path, &buf, &err), ALS_NO_INPUT);
    cr_expect_eq(als_file_read(folder, &buf, &err), ALS_DATA, "a folder");
    test_write_file(path, "four");
    cr_expect_eq(als_file_read(path, &buf, &err), ALS_DATA, "too large");
    als_buf_release(&buf);
}

Test(file, cannot_be_created_in_a_folder_that_is_not_there)
{
    struct als_err err = {0};
    struct als_file_out out;
    cr_assert_eq(als_file_create("/nonexistent/a", &out, &err), ALS_CANNOT_CREATE);
    cr_assert_eq(als_folder_make("/nonexistent/a/b", &err), ALS_CANNOT_CREATE);
    assert_no_leaks();
}

Test(file, a_full_disk_is_an_error_and_leaves_nothing)
{
    struct als_err err = {0};
    struct als_file_out out = {.stream = fopen("/dev/full", "wb"), .temporary = NULL};
    cr_assert_not_null(out.stream);
    setvbuf(out.stream, NULL, _IONBF, 0);
    fputs("x", out.stream);
    FILE *stream = out.stream;
    cr_assert_eq(als_file_commit(&out, &err), ALS_IO);
    fclose(stream);
}

Test(file, an_output_never_replaces_a_study_or_its_journal)
{
    char folder[256], path[512], journal[600], other[512];
    struct als_err err = {0};
    struct als_file_out out;
    path_in(path, test_folder(folder), "study.db");
    path_in(other, folder, "linked.csv");
    snprintf(journal, sizeof journal, "%s-journal", path);
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite("SQLite format 3\0and more", 1, 24, file), 24);
    cr_assert_eq(fclose(file), 0);
    cr_assert_eq(link(path, other), 0);
    cr_expect_eq(als_file_create(path, &out, &err), ALS_CANNOT_CREATE);
    cr_expect_eq(als_file_create(other, &out, &err), ALS_CANNOT_CREATE, "by another name");
    cr_expect_eq(als_file_create(journal, &out, &err), ALS_CANNOT_CREATE, "its journal");
    cr_expect_str_eq(err.code, "E-STUDY");
    assert_no_leaks();
}
