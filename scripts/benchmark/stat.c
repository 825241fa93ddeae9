/*
 * Times the pure functions on data already in memory, beside a plain comparison of all pairs.
 * usage: stat VALUES SURVIVAL      VALUES: patient,month,y sorted by patient; SURVIVAL:
 *                                  time,event,group,change. Prints lines of NAME and CPU
 *                                  seconds, which a busy machine does not stretch.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "alstrack/stat/joint_rank.h"
#include "alstrack/stat/lmm.h"
#include "alstrack/stat/ols.h"
#include "alstrack/stat/survival.h"

enum { REPEATS = 3 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *name, double times[REPEATS])
{
    qsort(times, REPEATS, sizeof *times, by_value);
    printf("%s %.9g\n", name, times[REPEATS / 2]);
}

struct values {
    size_t n, n_subjects, *first;
    double *t, *y, *x;
};

static struct values read_values(const char *path)
{
    FILE *file = fopen(path, "r");
    struct values v = {0};
    size_t room = 0;
    long last = -1, patient;
    double t, y;
    while (file && fscanf(file, "%ld,%lf,%lf\n", &patient, &t, &y) == 3) {
        if (v.n == room) {
            room = room ? 2 * room : 65536;
            v.t = realloc(v.t, room * sizeof *v.t);
            v.y = realloc(v.y, room * sizeof *v.y);
            v.x = realloc(v.x, 2 * room * sizeof *v.x);
            v.first = realloc(v.first, (room + 2) * sizeof *v.first);
        }
        if (patient != last)
            v.first[v.n_subjects++] = v.n;
        last = patient;
        v.t[v.n] = t;
        v.x[2 * v.n] = 1;
        v.x[2 * v.n + 1] = t;
        v.y[v.n++] = y;
        v.first[v.n_subjects] = v.n;
    }
    if (file)
        fclose(file);
    return v;
}

static void time_mixed(const struct values *v)
{
    double times[REPEATS];
    for (int r = 0; r < REPEATS; r++) {
        double start = now();
        struct als_lmm_data data = {v->n_subjects, v->first, 2, 2, v->y, v->x, v->x};
        void *work = malloc(als_lmm_workspace(v->n_subjects, 2, 2));
        struct als_lmm fit = als_lmm_fit(&data, ALS_LMM_UNSTRUCTURED, ALS_LMM_REML, work);
        times[r] = now() - start;
        if (r == 0)
            fprintf(stderr, "REML log-likelihood %.8f\n", fit.log_likelihood);
        free(work);
    }
    report("mixed", times);
}

static void time_slopes(const struct values *v)
{
    double times[REPEATS], sum = 0;
    for (int r = 0; r < REPEATS; r++) {
        double start = now();
        for (size_t i = 0; i < v->n_subjects; i++)
            sum +=
                als_ols_fit(v->first[i + 1] - v->first[i], v->t + v->first[i], v->y + v->first[i])
                    .slope;
        times[r] = now() - start;
    }
    fprintf(stderr, "mean slope %.8f\n", sum / (double)v->n_subjects / REPEATS);
    report("slopes", times);
}

static void time_survival(size_t n, const struct als_case *cases)
{
    struct als_case *work = malloc(n * sizeof *work);
    struct als_km_row *rows = malloc(n * sizeof *rows);
    struct als_logrank_group groups[2];
    double times[REPEATS], matrix[6];
    for (int r = 0; r < REPEATS; r++) {
        size_t n_rows;
        double start = now();
        als_km_fit(n, cases, work, rows, &n_rows);
        struct als_logrank test = als_logrank_test(n, cases, 2, work, groups, matrix);
        times[r] = now() - start;
        if (r == 0)
            fprintf(stderr, "log-rank %.8f\n", test.chisq);
    }
    report("survival", times);
    free(work);
    free(rows);
}

/* What one would write first: every pair, one after the other. */
static long plain_pairs(size_t n, const double *time, const bool *died, const double *change,
                        long *score)
{
    long all = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            int result;
            if (died[i] && died[j] && time[i] != time[j])
                result = time[i] > time[j] ? 1 : -1;
            else if (died[i] && !died[j] && time[j] >= time[i])
                result = -1;
            else if (died[j] && !died[i] && time[i] >= time[j])
                result = 1;
            else
                result = (change[i] > change[j]) - (change[i] < change[j]);
            score[i] += result;
            score[j] -= result;
        }
        all += score[i];
    }
    return all;
}

static void time_ranks(size_t n, const double *time, const bool *died, const double *change,
                       const bool *treated)
{
    double ours[REPEATS], plain[1];
    struct als_joint_rank_data data = {.n = n,
                                       .n_visits = 1,
                                       .time = time,
                                       .died = died,
                                       .change = change,
                                       .treated = treated,
                                       .horizon = INFINITY};
    void *work = malloc(als_joint_rank_workspace(n, 1));
    long *score = calloc(n, sizeof *score);
    double start = now();
    plain_pairs(n, time, died, change, score);
    plain[0] = now() - start;
    size_t differ = 0;
    for (int r = 0; r < REPEATS; r++) {
        start = now();
        struct als_joint_rank rank = als_joint_rank(&data, work);
        ours[r] = now() - start;
        for (size_t i = 0; i < n && r == 0; i++)
            differ += rank.score[i] != score[i];
    }
    if (differ)
        fprintf(stderr, "%zu scores differ\n", differ);
    report("joint-rank", ours);
    printf("all-pairs %.9g\n", plain[0]);
    free(work);
    free(score);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    struct values values = read_values(argv[1]);
    time_mixed(&values);
    time_slopes(&values);
    size_t n = values.n_subjects, at = 0;
    struct als_case *cases = calloc(n + 1, sizeof *cases);
    double *time = calloc(n + 1, sizeof *time), *change = calloc(n + 1, sizeof *change);
    bool *died = calloc(n + 1, sizeof *died), *treated = calloc(n + 1, sizeof *treated);
    FILE *file = fopen(argv[2], "r");
    double days, points;
    int event, group;
    while (file && at < n && fscanf(file, "%lf,%d,%d,%lf\n", &days, &event, &group, &points) == 4) {
        cases[at] =
            (struct als_case){.time = days, .event = event, .group = (size_t)group, .row = at};
        time[at] = days;
        change[at] = points;
        treated[at] = group;
        died[at++] = event;
    }
    if (file)
        fclose(file);
    time_survival(at, cases);
    if (at <= 20000)
        time_ranks(at, time, died, change, treated);
    return 0;
}
