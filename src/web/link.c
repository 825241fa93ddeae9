/* A token that is good once. */
#include "link.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/alloc.h"

struct als_web_link {
    pthread_mutex_t lock;
    char token[ALS_SESSION_NAME];
    bool used;
};

struct als_web_link *als_web_link_new(void)
{
    struct als_web_link *link = als_alloc(sizeof *link);
    pthread_mutex_init(&link->lock, NULL);
    als_random_name(link->token);
    return link;
}

void als_web_link_free(struct als_web_link *link)
{
    if (!link)
        return;
    pthread_mutex_destroy(&link->lock);
    free(link);
}

const char *als_web_link_token(const struct als_web_link *link)
{
    return link->token;
}

bool als_web_link_use(struct als_web_link *link, const char *token)
{
    pthread_mutex_lock(&link->lock);
    bool good = !link->used && als_same_secret(link->token, token);
    link->used |= good;
    pthread_mutex_unlock(&link->lock);
    return good;
}

bool als_web_link_renew(struct als_web_link *link, char token[ALS_SESSION_NAME])
{
    pthread_mutex_lock(&link->lock);
    bool renewed = link->used;
    if (renewed) {
        als_random_name(link->token);
        link->used = false;
        memcpy(token, link->token, ALS_SESSION_NAME);
    }
    pthread_mutex_unlock(&link->lock);
    return renewed;
}
