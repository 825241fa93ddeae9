/*
 * An import that is killed leaves the study as before or as after; one of many rows needs little
 * memory.
 */
#include "trial.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "als_test.h"

static void write_file(const char *path, int patients, int visits)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs("patient,visit,date,speech,salivation,swallowing,walking\n", file);
    for (int p = 1; p <= patients; p++)
        for (int v = 1; v <= visits; v++)
            fprintf(file, "P%d,UNS%d,2021-%02d-%02d,%d,2,3,4\n", p, v, v % 12 + 1, v / 12 + 1,
                    (p + v) % 5);
    cr_assert_eq(fclose(file), 0);
}

static void add_patients(struct trial *trial, int n)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_text(&text, "patient,sex\n");
    for (int p = 1; p <= n; p++)
        als_buf_printf(&text, "P%d,F\n", p);
    trial_must(trial, "patients", text.data);
    als_buf_release(&text);
}

static size_t count_rows(struct trial *trial)
{
    const struct als_instrument *instrument = als_store_find_instrument(trial->store, "alsfrsr");
    struct als_scan *scan;
    const struct als_assessment *row;
    struct als_err err = {.code = ""};
    size_t n = 0;
    cr_assert_eq(als_scan_open(trial->store, instrument, 0, 0, INT64_MAX, &scan, &err), ALS_OK);
    while (als_scan_next(scan, &row, &err) == ALS_OK && row)
        n++;
    als_scan_close(scan);
    return n;
}

/* Import in a process of its own, killed after `microseconds`; true if it came to its end. */
static bool import_and_kill(struct trial *trial, long microseconds)
{
    const pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        struct als_store *store;
        struct als_err err = {.code = ""};
        const struct als_import_options options = {.kind = "alsfrsr", .path = trial->csv};
        struct als_change_info info = {.user = "tester", .command = "import"};
        struct als_import_result result;
        const bool ok = als_store_open(trial->path, ALS_STORE_WRITE, &store, &err) == ALS_OK &&
                        als_import(store, &options, &info, NULL, &result, &err) == ALS_OK;
        _exit(ok ? 0 : 1);
    }
    const struct timespec pause = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&pause, NULL);
    kill(child, SIGKILL);
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "the import failed");
    return WIFEXITED(status);
}

Test(import_crash, leaves_the_study_as_before_or_as_after_when_killed, .timeout = 280)
{
    const int patients = 400, visits = 40; /* 16,000 rows */
    struct trial trial;
    unsigned seed = 11;
    trial_open(&trial, false);
    add_patients(&trial, patients);
    write_file(trial.csv, patients, visits);
    als_store_close(trial.store);
    trial.store = NULL;
    int killed = 0;
    bool done = false;
    long longest = 20000;
    for (int round = 0; round < 60 && !done; round++) {
        seed = seed * 1103515245u + 12345u;
        done = import_and_kill(&trial, (long)(seed >> 8) % longest);
        killed += !done;
        trial_reopen(&trial);
        const size_t n = count_rows(&trial);
        cr_assert(n == 0 || n == (size_t)(patients * visits), "%zu rows are left", n);
        cr_assert_eq(trial_verify(&trial), 0);
        als_store_close(trial.store);
        trial.store = NULL;
        done = done || n > 0;
        longest += longest / 8;
    }
    cr_assert_gt(killed, 2, "killed %d times", killed);
    trial_reopen(&trial);
    trial_close(&trial);
}

static long peak_kb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* Four times the rows, the same patients: the same memory (batches and SQLite's cache). */
Test(import_crash, needs_no_more_memory_for_more_rows, .timeout = 280)
{
    struct trial trial;
    trial_open(&trial, false);
    add_patients(&trial, 2000);
    write_file(trial.csv, 2000, 80);
    trial_must(&trial, "alsfrsr", NULL);
    cr_assert_eq(trial.result.entered, 160000);
    const long before = peak_kb();
    write_file(trial.csv, 2000, 320);
    trial_must(&trial, "alsfrsr", NULL);
    cr_assert_eq(trial.result.entered + trial.result.same, 640000);
#if !defined(__SANITIZE_ADDRESS__) /* which keeps freed memory aside */
    cr_assert_lt(peak_kb() - before, 16 * 1024, "%ld kB more", peak_kb() - before);
#else
    (void)before;
#endif
    trial_close(&trial);
}
