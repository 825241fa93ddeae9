/* Ordered output of many threads, with a bounded number of ranges in memory. */
#include "ranges.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "alstrack/core/alloc.h"
#include "alstrack/store/people.h"

#define PATIENTS_PER_RANGE 256
#define MAX_READERS        64
#define SLOTS_PER_READER   2

/* One range under way or waiting to be written. */
struct slot {
    struct als_buf buf;
    size_t rows;
    bool ready;
};

struct crew {
    const struct als_ranges *ranges;
    size_t n_ranges;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct slot *slots; /* range r is in slot r % n_slots */
    size_t n_slots;
    size_t claimed; /* ranges given to threads */
    size_t written;
    bool stop;
    enum als_status status; /* the first failure */
    struct als_err err;
};

static unsigned reader_count(const struct als_ranges *ranges, size_t n_ranges)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned readers = ranges->readers ? ranges->readers : cores > 0 ? (unsigned)cores : 1;
    readers = readers > MAX_READERS ? MAX_READERS : readers;
    return readers > n_ranges ? (unsigned)n_ranges : readers;
}

static void fail(struct crew *crew, enum als_status status, const struct als_err *err)
{
    if (crew->status == ALS_OK) {
        crew->status = status;
        crew->err = *err;
    }
    crew->stop = true;
    pthread_cond_broadcast(&crew->changed);
}

/* The next range whose slot is free; n_ranges when there is no more work. Called with the lock. */
static size_t claim(struct crew *crew)
{
    while (!crew->stop && crew->claimed < crew->n_ranges &&
           crew->claimed - crew->written >= crew->n_slots)
        pthread_cond_wait(&crew->changed, &crew->lock);
    if (crew->stop || crew->claimed == crew->n_ranges)
        return crew->n_ranges;
    return crew->claimed++;
}

static enum als_status format_range(const struct als_ranges *ranges, void *state, size_t range,
                                    struct als_buf *buf, size_t *rows, struct als_err *err)
{
    size_t first = range * PATIENTS_PER_RANGE, end = first + PATIENTS_PER_RANGE;
    if (end > ranges->n_patients)
        end = ranges->n_patients;
    als_buf_clear(buf);
    *rows = 0;
    enum als_status status = ranges->format(state, first, end, buf, rows, err);
    if (status == ALS_OK && buf->overflow)
        status = als_fail(err, ALS_INTERNAL, "E-SIZE", "a piece of the output is too large");
    return status;
}

static void work(struct crew *crew, struct als_store *store)
{
    const struct als_ranges *ranges = crew->ranges;
    void *state = ranges->begin(store, ranges->context);
    pthread_mutex_lock(&crew->lock);
    for (size_t range; (range = claim(crew)) < crew->n_ranges;) {
        struct slot *slot = &crew->slots[range % crew->n_slots];
        pthread_mutex_unlock(&crew->lock);
        struct als_err err = {0};
        enum als_status status = format_range(ranges, state, range, &slot->buf, &slot->rows, &err);
        pthread_mutex_lock(&crew->lock);
        slot->ready = true;
        pthread_cond_broadcast(&crew->changed);
        if (status != ALS_OK)
            fail(crew, status, &err);
    }
    pthread_mutex_unlock(&crew->lock);
    ranges->end(state);
}

static void *run_thread(void *argument)
{
    struct crew *crew = argument;
    struct als_store *store;
    struct als_err err = {0};
    enum als_status status = als_store_open_again(crew->ranges->store, &store, &err);
    if (status == ALS_OK) {
        work(crew, store);
        als_store_close(store);
        return NULL;
    }
    pthread_mutex_lock(&crew->lock);
    fail(crew, status, &err);
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

static bool go_on(const struct als_ranges *ranges, size_t written, size_t n)
{
    return !ranges->progress ||
           ranges->progress((double)written / (double)n, ranges->progress_context);
}

static void interrupt(struct crew *crew)
{
    struct als_err err = {0};
    fail(crew, als_fail(&err, ALS_INTERRUPTED, "E-INTERRUPTED", "interrupted"), &err);
}

/* The caller's thread: takes ranges in order. */
static size_t write_in_order(struct crew *crew, struct als_out *out)
{
    const struct als_ranges *ranges = crew->ranges;
    size_t rows = 0;
    pthread_mutex_lock(&crew->lock);
    while (crew->written < crew->n_ranges) {
        struct slot *slot = &crew->slots[crew->written % crew->n_slots];
        while (!slot->ready && !crew->stop)
            pthread_cond_wait(&crew->changed, &crew->lock);
        if (crew->stop)
            break;
        pthread_mutex_unlock(&crew->lock);
        bool fine = als_out_write(out, slot->buf.data, slot->buf.length);
        rows += slot->rows;
        pthread_mutex_lock(&crew->lock);
        slot->ready = false;
        crew->written++;
        crew->stop = crew->stop || !fine;
        pthread_cond_broadcast(&crew->changed);
        if (!go_on(ranges, crew->written, crew->n_ranges))
            interrupt(crew);
    }
    pthread_mutex_unlock(&crew->lock);
    return rows;
}

static enum als_status run_crew(struct crew *crew, unsigned readers, struct als_out *out,
                                size_t *rows, struct als_err *err)
{
    pthread_t threads[MAX_READERS];
    unsigned started = 0;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->changed, NULL);
    while (started < readers && pthread_create(&threads[started], NULL, run_thread, crew) == 0)
        started++;
    if (started > 0)
        *rows = write_in_order(crew, out);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_cond_destroy(&crew->changed);
    pthread_mutex_destroy(&crew->lock);
    if (started == 0)
        return als_fail(err, ALS_INTERNAL, "E-THREAD", "cannot start a thread");
    if (crew->status != ALS_OK && err)
        *err = crew->err;
    return crew->status;
}

/* A study of a few patients is not worth a second connection. */
static enum als_status run_here(const struct als_ranges *ranges, size_t n_ranges,
                                struct als_out *out, size_t *rows, struct als_err *err)
{
    void *state = ranges->begin(ranges->store, ranges->context);
    struct als_buf buf;
    als_buf_init(&buf, ALS_BUF_LARGE);
    enum als_status status = ALS_OK;
    for (size_t range = 0; status == ALS_OK && range < n_ranges; range++) {
        size_t count;
        status = format_range(ranges, state, range, &buf, &count, err);
        if (status != ALS_OK || !als_out_write(out, buf.data, buf.length))
            break;
        *rows += count;
        if (!go_on(ranges, range + 1, n_ranges))
            status = als_fail(err, ALS_INTERRUPTED, "E-INTERRUPTED", "interrupted");
    }
    als_buf_release(&buf);
    ranges->end(state);
    return status;
}

enum als_status als_ranges_write(const struct als_ranges *ranges, struct als_out *out, size_t *rows,
                                 struct als_err *err)
{
    size_t n_ranges = (ranges->n_patients + PATIENTS_PER_RANGE - 1) / PATIENTS_PER_RANGE;
    unsigned readers = reader_count(ranges, n_ranges);
    *rows = 0;
    if (n_ranges <= 2)
        return run_here(ranges, n_ranges, out, rows, err);
    struct crew crew = {
        .ranges = ranges, .n_ranges = n_ranges, .n_slots = (size_t)readers * SLOTS_PER_READER};
    crew.slots = als_alloc_array(crew.n_slots, sizeof *crew.slots);
    for (size_t i = 0; i < crew.n_slots; i++)
        als_buf_init(&crew.slots[i].buf, ALS_BUF_LARGE);
    enum als_status status = run_crew(&crew, readers, out, rows, err);
    for (size_t i = 0; i < crew.n_slots; i++)
        als_buf_release(&crew.slots[i].buf);
    free(crew.slots);
    return status;
}
