/* Creating and opening: what is not a study, cannot be read or cannot be written says so. */
#include "alstrack/store/store.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "migration.h"
#include "study.h"

static enum als_status try_open(const char *path, enum als_store_mode mode, struct als_err *err)
{
    struct als_store *store;
    *err = (struct als_err){.status = ALS_OK};
    enum als_status status = als_store_open(path, mode, &store, err);
    cr_expect_eq(store == NULL, status != ALS_OK);
    if (status != ALS_OK) {
        cr_expect_eq(err->status, status);
        cr_expect_not_null(strstr(err->text, path), "the message names the file: %s", err->text);
    }
    als_store_close(store);
    return status;
}

Test(store, creates_what_it_then_opens)
{
    struct study study;
    study_open(&study);
    cr_expect_str_eq(als_store_path(study.store), study.path);
    cr_expect_eq(strlen(als_store_uuid(study.store)), 36);
    cr_expect_str_eq(als_store_protocol(study.store)->code, "test-nct00000000");
    cr_assert_eq(als_store_instrument_count(study.store), 3);
    cr_expect_str_eq(als_store_instrument(study.store, 0)->code, "alsfrsr");
    cr_expect_str_eq(als_store_instrument(study.store, 2)->code, "fvc");
    cr_expect_null(als_store_find_instrument(study.store, "bdi-total"));
    cr_expect_eq(als_store_visit_no(study.store, "D0", 2), 2);
    cr_expect_eq(als_store_visit_no(study.store, "D0x", 3), 0);
    cr_expect_str_eq(als_store_visit_code(study.store, 3), "MN1");
    cr_expect_null(als_store_visit_code(study.store, 5));
    cr_expect_null(als_store_visit_code(study.store, 999999));
    study_close(&study);
}

Test(store, sets_what_protects_a_connection)
{
    struct study study;
    study_open(&study);
    cr_expect_eq(study_number(&study, "SELECT * FROM pragma_application_id"), 0x414C5354);
    cr_expect_eq(study_number(&study, "SELECT * FROM pragma_user_version"),
                 (long)als_migration_count);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
                                      " AND sql NOT LIKE '%STRICT%'"),
                 0, "every table is STRICT");
    study_close(&study);
}

Test(store, refuses_to_create_over_a_file)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_change_info info = {.user = "tester", .command = "init"};
    study_open(&study);
    struct als_protocol *protocol = study_protocol();
    cr_expect_eq(als_store_create(study.path, protocol, NULL, 0, &info, &err), ALS_CANNOT_CREATE);
    char nowhere[400];
    snprintf(nowhere, sizeof nowhere, "%s/no/such/folder.db", study.folder);
    cr_expect_eq(als_store_create(nowhere, protocol, NULL, 0, &info, &err), ALS_CANNOT_CREATE);
    als_protocol_free(protocol);
    cr_expect_eq(try_open(study.path, ALS_STORE_READ, &err), ALS_OK);
    study_close(&study);
}

Test(store, leaves_nothing_behind_when_it_cannot_create)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_change_info info = {.user = "tester", .command = "init"};
    char path[320], command[700];
    study_open(&study);
    struct als_protocol *protocol = study_protocol();
    struct als_instrument *twice = study_instrument("alsfrsr");
    const struct als_instrument *instruments[] = {twice, twice};
    snprintf(path, sizeof path, "%s/new.db", study.folder);
    cr_expect_neq(als_store_create(path, protocol, instruments, 2, &info, &err), ALS_OK);
    als_instrument_free(twice);
    als_protocol_free(protocol);
    snprintf(command, sizeof command, "test \"$(ls '%s')\" = study.db", study.folder);
    cr_expect_eq(system(command), 0, "only the study is in the folder");
    study_close(&study);
}

/* ---- What is not a study ---- */

static void copy_part(const struct study *study, const char *path, double part, long cut)
{
    FILE *from = fopen(study->path, "rb");
    cr_assert_not_null(from);
    fseek(from, 0, SEEK_END);
    long size = ftell(from);
    long keep = (long)((double)size * part) - cut;
    char *bytes = malloc((size_t)size);
    rewind(from);
    cr_assert_eq(fread(bytes, 1, (size_t)size, from), (size_t)size);
    fclose(from);
    FILE *to = fopen(path, "wb");
    cr_assert_not_null(to);
    cr_assert_eq(fwrite(bytes, 1, (size_t)keep, to), (size_t)keep);
    fclose(to);
    free(bytes);
}

Test(store, says_what_is_not_a_study)
{
    struct study study;
    struct als_err err;
    char path[320], command[800];
    study_open(&study);
    snprintf(path, sizeof path, "%s/other", study.folder);
    cr_expect_eq(try_open(path, ALS_STORE_READ, &err), ALS_NO_INPUT);
    cr_expect_eq(try_open(path, ALS_STORE_WRITE, &err), ALS_NO_INPUT);
    cr_expect_eq(try_open(study.folder, ALS_STORE_READ, &err), ALS_DATA);
    test_write_file(path, "");
    cr_expect_eq(try_open(path, ALS_STORE_READ, &err), ALS_DATA);
    cr_expect_not_null(strstr(err.text, "empty"), "%s", err.text);
    test_write_file(path, "patient,visit,date\nP1,SCR,2020-01-01\n");
    cr_expect_eq(try_open(path, ALS_STORE_WRITE, &err), ALS_DATA);
    cr_expect_not_null(strstr(err.text, "not a study"), "%s", err.text);
    unlink(path);
    snprintf(command, sizeof command, "sqlite3 '%s' 'CREATE TABLE t(x); PRAGMA user_version = 1'",
             path);
    if (system(command) == 0) {
        cr_expect_eq(try_open(path, ALS_STORE_READ, &err), ALS_DATA);
        cr_expect_not_null(strstr(err.text, "another program"), "%s", err.text);
    }
    unlink(path);
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_expect_eq(try_open(path, ALS_STORE_READ, &err), ALS_DATA, "and does not wait for a writer");
    study_close(&study);
}

Test(store, notices_a_file_that_was_cut_short)
{
    struct study study;
    struct als_err err;
    char path[320];
    study_open(&study);
    study_fill(&study, 3);
    snprintf(path, sizeof path, "%s/cut.db", study.folder);
    static const double parts[] = {0.001, 0.01, 0.2, 0.5, 0.9};
    for (size_t i = 0; i < COUNT(parts); i++) {
        copy_part(&study, path, parts[i], 0);
        cr_expect_eq(try_open(path, ALS_STORE_READ, &err), ALS_DATA, "%g", parts[i]);
        cr_expect_eq(try_open(path, ALS_STORE_WRITE, &err), ALS_DATA, "%g", parts[i]);
    }
    copy_part(&study, path, 1, 1);
    cr_expect_eq(try_open(path, ALS_STORE_READ, &err), ALS_DATA, "one byte is missing");
    copy_part(&study, path, 1, 0);
    cr_expect_eq(try_open(path, ALS_STORE_READ, &err), ALS_OK);
    study_close(&study);
}

Test(store, survives_bytes_that_were_changed)
{
    struct study study;
    struct als_err err;
    char path[320];
    study_open(&study);
    study_fill(&study, 2);
    snprintf(path, sizeof path, "%s/bad.db", study.folder);
    unsigned seed = 7;
    for (int round = 0; round < 60; round++) {
        copy_part(&study, path, 1, 0);
        int file = open(path, O_RDWR);
        off_t size = lseek(file, 0, SEEK_END);
        for (int i = 0; i < 40; i++) {
            seed = seed * 1103515245u + 12345u;
            char byte = (char)(seed >> 16);
            cr_assert_eq(pwrite(file, &byte, 1, (off_t)(seed % (unsigned)size)), 1);
        }
        close(file);
        struct als_store *store;
        enum als_status status = als_store_open(path, ALS_STORE_READ, &store, &err);
        if (status == ALS_OK) {
            size_t findings;
            status = als_audit_verify(store, NULL, NULL, &findings, &err);
            cr_expect(status == ALS_DATA || status == ALS_OK, "%d %s", (int)status, err.text);
        } else {
            cr_expect(status == ALS_DATA || status == ALS_NOT_PERMITTED, "%d %s", (int)status,
                      err.text);
        }
        als_store_close(store);
    }
    study_close(&study);
}

Test(store, refuses_a_study_of_a_newer_version)
{
    struct study study;
    struct als_err err;
    study_open(&study);
    als_store_close(study.store);
    study.store = NULL;
    study_sql(&study, "PRAGMA user_version = 99");
    cr_expect_eq(try_open(study.path, ALS_STORE_READ, &err), ALS_NOT_PERMITTED);
    cr_expect_eq(try_open(study.path, ALS_STORE_WRITE, &err), ALS_NOT_PERMITTED);
    study_close(&study);
}

/* ---- Permissions, as someone who is not root ---- */

static int in_child(const struct study *study, int (*body)(const struct study *))
{
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(99);
        _exit(body(study));
    }
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int open_for_reading(const struct study *study)
{
    struct als_store *store;
    struct als_err err;
    enum als_status status = als_store_open(study->path, ALS_STORE_READ, &store, &err);
    als_store_close(store);
    return (int)status;
}

static int open_for_writing(const struct study *study)
{
    struct als_store *store;
    struct als_err err;
    enum als_status status = als_store_open(study->path, ALS_STORE_WRITE, &store, &err);
    als_store_close(store);
    return (int)status;
}

Test(store, reads_but_does_not_write_without_permission)
{
    struct study study;
    study_open(&study);
    study_fill(&study, 1);
    als_store_close(study.store);
    study.store = NULL;
    chmod(study.path, 0444);
    chmod(study.folder, 0555);
    cr_expect_eq(in_child(&study, open_for_reading), ALS_OK);
    cr_expect_eq(in_child(&study, open_for_writing), ALS_NOT_PERMITTED);
    chmod(study.path, 0666);
    cr_expect_eq(in_child(&study, open_for_reading), ALS_OK);
    cr_expect_eq(in_child(&study, open_for_writing), ALS_NOT_PERMITTED, "the folder is read-only");
    chmod(study.folder, 0777);
    cr_expect_eq(in_child(&study, open_for_writing), ALS_OK);
    chmod(study.path, 0000);
    cr_expect_eq(in_child(&study, open_for_reading), ALS_NOT_PERMITTED);
    chmod(study.path, 0600);
    study_close(&study);
}

Test(store, does_not_write_through_a_reading_store)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_change_info info = {.user = "tester", .command = "test"};
    study_open(&study);
    study_reopen(&study, ALS_STORE_READ);
    cr_expect_eq(als_change_begin(study.store, &info, &err), ALS_NOT_PERMITTED);
    study_close(&study);
}

/* ---- A full disk ---- */

Test(store, rolls_back_when_the_disk_is_full)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    study_open(&study);
    study_fill(&study, 2);
    signal(SIGXFSZ, SIG_IGN);
    struct stat info;
    cr_assert_eq(stat(study.path, &info), 0);
    struct rlimit old_limit, limit;
    getrlimit(RLIMIT_FSIZE, &old_limit);
    limit = old_limit;
    limit.rlim_cur = (rlim_t)info.st_size;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    enum als_status status = ALS_OK;
    study_begin(&study, NULL);
    for (int i = 0; i < 20000 && status == ALS_OK; i++) {
        char name[64];
        snprintf(name, sizeof name, "a patient with quite a long identifier %d", i);
        struct als_patient patient = {.patient = name, .height_cm = (double)NAN};
        status = als_patient_put(study.store, &patient, ALS_GIVEN_ALL, NULL, &err);
    }
    if (status == ALS_OK)
        status = als_change_commit(study.store, NULL, &err);
    else
        als_change_abandon(study.store);
    setrlimit(RLIMIT_FSIZE, &old_limit);
    cr_expect_eq(status, ALS_IO, "%s", err.text);
    cr_expect_eq(study_verify(&study, NULL, 0), 0, "the same store goes on");
    study_reopen(&study, ALS_STORE_WRITE);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM patient"), 2);
    study_close(&study);
}

/* A server that was killed leaves the study in WAL mode, with a log beside it. */
Test(store, opens_what_a_killed_server_left)
{
    struct study study;
    sqlite3 *server;
    char command[1200], left[300], text[2000];
    study_open(&study);
    study_fill(&study, 1);
    als_store_close(study.store);
    study.store = NULL;
    cr_assert_eq(sqlite3_open(study.path, &server), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(server,
                              "PRAGMA journal_mode = WAL;"
                              "INSERT INTO rater VALUES (1, 'ann', 1)",
                              NULL, NULL, NULL),
                 SQLITE_OK);
    snprintf(left, sizeof left, "%s/left.db", study.folder);
    snprintf(command, sizeof command, "for s in '' -wal -shm; do cp '%s'$s '%s'$s; done",
             study.path, left);
    cr_assert_eq(system(command), 0);
    sqlite3_close(server);
    snprintf(study.path, sizeof study.path, "%s", left);
    study_reopen(&study, ALS_STORE_READ);
    cr_expect_eq(als_store_rater_no(study.store, "ann", 3), 1, "what was in the log is there");
    study_reopen(&study, ALS_STORE_WRITE);
    study_begin(&study, NULL);
    study_add_patient(&study, "P2");
    study_commit(&study);
    cr_expect_gt(study_verify(&study, text, sizeof text), 0, "the rater has no change set");
    study_close(&study);
}
