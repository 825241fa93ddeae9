/* Several processes, and processes that die, on one study. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "study.h"

#define ROUNDS 25

/* Adds ROUNDS patients, each in a change set of its own. Exit status 0 when nothing failed. */
static int write_patients(const char *path, int writer)
{
    struct als_store *store;
    struct als_err err;
    if (als_store_open(path, ALS_STORE_WRITE, &store, &err) != ALS_OK)
        return 1;
    for (int i = 0; i < ROUNDS; i++) {
        char name[32], extra[16];
        int visit_no;
        snprintf(name, sizeof name, "W%d-%d", writer, i);
        snprintf(extra, sizeof extra, "UNS%d", i + 1);
        struct als_change_info info = {.user = "writer", .command = "patient add"};
        struct als_patient patient = {.patient = name, .height_cm = (double)NAN};
        if (als_change_begin(store, &info, &err) != ALS_OK ||
            als_patient_put(store, &patient, ALS_GIVEN_ALL, NULL, &err) != ALS_OK ||
            als_store_add_visit_code(store, extra, &visit_no, &err) != ALS_OK ||
            als_change_commit(store, NULL, &err) != ALS_OK) {
            fprintf(stderr, "writer %d: %s\n", writer, err.text);
            return 2;
        }
    }
    als_store_close(store);
    return 0;
}

Test(process, two_writers_lose_nothing_and_see_no_error)
{
    struct study study;
    char text[4096];
    study_open(&study);
    pid_t child[2];
    for (int i = 0; i < 2; i++) {
        child[i] = fork();
        cr_assert_geq(child[i], 0);
        if (child[i] == 0)
            _exit(write_patients(study.path, i));
    }
    for (int i = 0; i < 2; i++) {
        int status;
        cr_assert_eq(waitpid(child[i], &status, 0), child[i]);
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "writer %d", i);
    }
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM patient"), 2 * ROUNDS);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM visit_code WHERE visit_no > 1000"),
                 ROUNDS, "both writers named the same extra visits");
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_begin(&study, NULL);
    cr_expect_eq(als_store_visit_no(study.store, "UNS7", 4), 1007, "seen after begin");
    als_change_abandon(study.store);
    study_close(&study);
}

Test(process, reports_busy_when_another_holds_the_study)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_store *other;
    struct als_change_info info = {.user = "tester", .command = "test"};
    study_open(&study);
    assert_ok(als_store_open(study.path, ALS_STORE_WRITE, &other, &err), &err);
    study_begin(&study, NULL);
    cr_expect_eq(als_change_begin(other, &info, &err), ALS_BUSY);
    als_change_abandon(study.store);
    assert_ok(als_change_begin(other, &info, &err), &err);
    als_store_close(other);
    study_close(&study);
}

/* One change set of many rows, so that the write to the file takes a while. */
static void write_until_killed(const char *path)
{
    struct als_store *store;
    struct als_err err;
    if (als_store_open(path, ALS_STORE_WRITE, &store, &err) != ALS_OK)
        _exit(1);
    for (int change = 0;; change++) {
        struct als_change_info info = {.user = "victim", .command = "test", .reason = "r"};
        if (als_change_begin(store, &info, &err) != ALS_OK)
            _exit(2);
        for (int i = 0; i < 40; i++) {
            char name[32];
            snprintf(name, sizeof name, "K%d", i);
            struct als_patient patient = {.patient = name, .height_cm = 100 + change % 100};
            if (als_patient_put(store, &patient, ALS_GIVEN_ALL, NULL, &err) != ALS_OK)
                _exit(3);
        }
        if (als_change_commit(store, NULL, &err) != ALS_OK)
            _exit(4);
    }
}

Test(process, a_killed_writer_leaves_before_or_after)
{
    struct study study;
    char text[4096];
    unsigned seed = 1;
    study_open(&study);
    als_store_close(study.store);
    study.store = NULL;
    for (int round = 0; round < 30; round++) {
        pid_t child = fork();
        cr_assert_geq(child, 0);
        if (child == 0)
            write_until_killed(study.path);
        seed = seed * 1103515245u + 12345u;
        struct timespec pause = {0, (long)(seed / 65536u % 120u) * 1000000L};
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        int status;
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert(WIFSIGNALED(status), "the writer ended by itself: %d", WEXITSTATUS(status));
        /* A reader recovers what the crash left. */
        study_reopen(&study, ALS_STORE_READ);
        cr_expect_eq(study_verify(&study, text, sizeof text), 0, "round %d: %s", round, text);
        cr_expect_eq(study_number(&study, "SELECT count(*) % 40 FROM patient"), 0);
        cr_expect_leq(study_number(&study, "SELECT count(DISTINCT height_cm) FROM patient"), 1,
                      "a part of a change set is never seen");
    }
    cr_expect_gt(study_number(&study, "SELECT count(*) FROM change_set"), 3,
                 "something was written");
    study_close(&study);
}
