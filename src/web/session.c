/* Sessions in memory. */
#include "session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/store/digest.h"
#include "alstrack/store/secret.h"

struct entry {
    int64_t number;              /* 0: free */
    char digest[ALS_SHA256_HEX]; /* of the name */
    char *user, *secret;
    char token[ALS_SESSION_NAME];
    double begun, used;
    enum als_flash flash;
    char *told;
};

struct als_web_sessions {
    pthread_mutex_t lock;
    int64_t last;
    struct entry entries[ALS_SESSIONS_MOST];
};

struct als_web_sessions *als_web_sessions_new(void)
{
    struct als_web_sessions *sessions = als_alloc(sizeof *sessions);
    pthread_mutex_init(&sessions->lock, NULL);
    return sessions;
}

static void end_entry(struct entry *entry)
{
    free(entry->user);
    free(entry->secret);
    free(entry->told);
    memset(entry, 0, sizeof *entry);
}

void als_web_sessions_free(struct als_web_sessions *sessions)
{
    if (!sessions)
        return;
    for (size_t i = 0; i < ALS_SESSIONS_MOST; i++)
        end_entry(&sessions->entries[i]);
    pthread_mutex_destroy(&sessions->lock);
    free(sessions);
}

void als_random_name(char name[ALS_SESSION_NAME])
{
    als_secret_random(name, ALS_SESSION_NAME);
}

bool als_same_secret(const char *a, const char *b)
{
    return als_secret_same(a, b);
}

static void name_digest(const char *name, char digest[ALS_SHA256_HEX])
{
    struct als_sha256 *hash = als_sha256_new();
    als_sha256_add(hash, name, strlen(name));
    als_sha256_end(hash, digest);
}

static bool is_over(const struct entry *entry, double now)
{
    return now - entry->used > ALS_SESSION_IDLE_SECONDS ||
           now - entry->begun > ALS_SESSION_ABSOLUTE_SECONDS;
}

/* A free place, else that of the session idle longest. */
static struct entry *place(struct als_web_sessions *sessions)
{
    struct entry *oldest = &sessions->entries[0];
    for (size_t i = 0; i < ALS_SESSIONS_MOST; i++) {
        if (!sessions->entries[i].number)
            return &sessions->entries[i];
        if (sessions->entries[i].used < oldest->used)
            oldest = &sessions->entries[i];
    }
    end_entry(oldest);
    return oldest;
}

void als_web_session_open(struct als_web_sessions *sessions, const char *user, const char *secret,
                          double now, char name[ALS_SESSION_NAME])
{
    als_random_name(name);
    pthread_mutex_lock(&sessions->lock);
    struct entry *entry = place(sessions);
    entry->number = ++sessions->last;
    name_digest(name, entry->digest);
    entry->user = als_strdup(user);
    entry->secret = als_strdup(secret);
    als_random_name(entry->token);
    entry->begun = entry->used = now;
    pthread_mutex_unlock(&sessions->lock);
}

static struct entry *by_number(struct als_web_sessions *sessions, int64_t number)
{
    for (size_t i = 0; i < ALS_SESSIONS_MOST; i++)
        if (sessions->entries[i].number == number)
            return &sessions->entries[i];
    return NULL;
}

static struct entry *by_name(struct als_web_sessions *sessions, const char *name)
{
    char digest[ALS_SHA256_HEX];
    name_digest(name, digest);
    for (size_t i = 0; i < ALS_SESSIONS_MOST; i++)
        if (sessions->entries[i].number && als_same_secret(sessions->entries[i].digest, digest))
            return &sessions->entries[i];
    return NULL;
}

struct als_web_session *als_web_session_find(struct als_web_sessions *sessions, const char *name,
                                             double now, struct als_arena *arena)
{
    struct als_web_session *copy = NULL;
    pthread_mutex_lock(&sessions->lock);
    struct entry *entry = by_name(sessions, name);
    if (entry && is_over(entry, now)) {
        end_entry(entry);
    } else if (entry) {
        entry->used = now;
        copy = als_arena_take(arena, sizeof *copy);
        copy->number = entry->number;
        copy->user = als_arena_strdup(arena, entry->user);
        copy->secret = als_arena_strdup(arena, entry->secret);
        memcpy(copy->token, entry->token, sizeof copy->token);
    }
    pthread_mutex_unlock(&sessions->lock);
    return copy;
}

bool als_web_sessions_any(struct als_web_sessions *sessions, double now)
{
    bool any = false;
    pthread_mutex_lock(&sessions->lock);
    for (size_t i = 0; i < ALS_SESSIONS_MOST; i++)
        any |= sessions->entries[i].number && sessions->entries[i].user &&
               !is_over(&sessions->entries[i], now);
    pthread_mutex_unlock(&sessions->lock);
    return any;
}

void als_web_session_close(struct als_web_sessions *sessions, int64_t number)
{
    pthread_mutex_lock(&sessions->lock);
    struct entry *entry = by_number(sessions, number);
    if (entry)
        end_entry(entry);
    pthread_mutex_unlock(&sessions->lock);
}

const char *als_web_sessions_take(struct als_web_sessions *sessions, struct als_arena *arena)
{
    const char *secret = NULL;
    pthread_mutex_lock(&sessions->lock);
    for (size_t i = 0; i < ALS_SESSIONS_MOST && !secret; i++) {
        secret = als_arena_strdup(arena, sessions->entries[i].secret);
        if (secret)
            end_entry(&sessions->entries[i]);
    }
    pthread_mutex_unlock(&sessions->lock);
    return secret;
}

void als_web_session_tell(struct als_web_sessions *sessions, int64_t number, enum als_flash kind,
                          const char *text)
{
    pthread_mutex_lock(&sessions->lock);
    struct entry *entry = by_number(sessions, number);
    if (entry) {
        free(entry->told);
        entry->told = als_strdup(text);
        entry->flash = kind;
    }
    pthread_mutex_unlock(&sessions->lock);
}

const char *als_web_session_told(struct als_web_sessions *sessions, int64_t number,
                                 enum als_flash *kind, struct als_arena *arena)
{
    const char *text = NULL;
    pthread_mutex_lock(&sessions->lock);
    struct entry *entry = by_number(sessions, number);
    if (entry && entry->told) {
        text = als_arena_strdup(arena, entry->told);
        *kind = entry->flash;
        free(entry->told);
        entry->told = NULL;
    }
    pthread_mutex_unlock(&sessions->lock);
    return text;
}
