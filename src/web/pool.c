/* Handles: a few readers, opened when they are needed, and one writer. */
#include "pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/date.h"
#include "alstrack/store/change.h"

#define READERS 8

struct als_pool {
    char *path;
    int as_of_day;           /* readers see nothing later; ALS_NO_DAY: everything */
    pthread_mutex_t lock;    /* of all below but what the writer's holder uses */
    pthread_cond_t freed;    /* a reader came back */
    pthread_mutex_t writing; /* held while the writer is out */
    struct als_store *writer;
    struct als_store *free[READERS];
    size_t n_free, n_open;
};

static enum als_status open_handle(const struct als_pool *pool, enum als_store_mode mode,
                                   struct als_store **out, struct als_err *err)
{
    struct als_store *store;
    enum als_status status = als_store_open(pool->path, mode, &store, err);
    if (status == ALS_OK && mode == ALS_STORE_WRITE)
        status = als_store_share(store, err);
    if (status == ALS_OK && mode == ALS_STORE_READ && pool->as_of_day != ALS_NO_DAY)
        als_store_cut(store, pool->as_of_day);
    if (status == ALS_OK)
        *out = store;
    else
        als_store_close(store);
    return status;
}

enum als_status als_pool_open(const char *path, int as_of_day, struct als_pool **out,
                              struct als_err *err)
{
    struct als_pool *pool = als_alloc(sizeof *pool);
    pool->path = als_strdup(path);
    pool->as_of_day = as_of_day;
    enum als_status status = open_handle(pool, ALS_STORE_WRITE, &pool->writer, err);
    if (status) {
        free(pool->path);
        free(pool);
        return status;
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_mutex_init(&pool->writing, NULL);
    pthread_cond_init(&pool->freed, NULL);
    *out = pool;
    return ALS_OK;
}

void als_pool_close(struct als_pool *pool)
{
    if (!pool)
        return;
    if (pool->n_free != pool->n_open)
        als_bug("%zu handles of the study are still in use", pool->n_open - pool->n_free);
    for (size_t i = 0; i < pool->n_free; i++)
        als_store_close(pool->free[i]);
    if (pool->writer)
        als_store_unshare(pool->writer);
    als_store_close(pool->writer);
    pthread_cond_destroy(&pool->freed);
    pthread_mutex_destroy(&pool->writing);
    pthread_mutex_destroy(&pool->lock);
    free(pool->path);
    free(pool);
}

/* As others have left it: names are read again, and the whole store if definitions changed. The
 * new handle is there before the old one goes, so that the study is never without one. */
static enum als_status freshen(struct als_pool *pool, enum als_store_mode mode,
                               struct als_store **store, struct als_err *err)
{
    struct als_store *old = *store;
    bool redefined = old == NULL;
    enum als_status status = old ? als_store_refresh(old, &redefined, err) : ALS_OK;
    if (status == ALS_OK && redefined)
        status = open_handle(pool, mode, store, err);
    if (status == ALS_OK && redefined)
        als_store_close(old);
    return status;
}

static enum als_status take_writer(struct als_pool *pool, struct als_store **out,
                                   struct als_err *err)
{
    pthread_mutex_lock(&pool->writing);
    enum als_status status = freshen(pool, ALS_STORE_WRITE, &pool->writer, err);
    if (status == ALS_OK)
        *out = pool->writer;
    else
        pthread_mutex_unlock(&pool->writing);
    return status;
}

static enum als_status take_reader(struct als_pool *pool, struct als_store **out,
                                   struct als_err *err)
{
    struct als_store *store = NULL;
    pthread_mutex_lock(&pool->lock);
    while (pool->n_free == 0 && pool->n_open == READERS)
        pthread_cond_wait(&pool->freed, &pool->lock);
    if (pool->n_free)
        store = pool->free[--pool->n_free];
    else
        pool->n_open++;
    pthread_mutex_unlock(&pool->lock);
    enum als_status status = freshen(pool, ALS_STORE_READ, &store, err);
    if (status == ALS_OK) {
        *out = store;
        return ALS_OK;
    }
    als_store_close(store);
    pthread_mutex_lock(&pool->lock);
    pool->n_open--;
    pthread_cond_signal(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
    return status;
}

enum als_status als_pool_take(struct als_pool *pool, enum als_store_mode mode,
                              struct als_store **out, struct als_err *err)
{
    return mode == ALS_STORE_WRITE ? take_writer(pool, out, err) : take_reader(pool, out, err);
}

void als_pool_give(struct als_pool *pool, enum als_store_mode mode, struct als_store *store)
{
    if (!store)
        return;
    if (mode == ALS_STORE_WRITE) {
        als_change_abandon(store);
        pthread_mutex_unlock(&pool->writing);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->free[pool->n_free++] = store;
    pthread_cond_signal(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
}
