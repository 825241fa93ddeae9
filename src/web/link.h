/*
 * The one-time link of a study without users: its token is in the address that is printed or
 * opened, and burns with the first use.
 */
#ifndef ALSTRACK_WEB_LINK_H
#define ALSTRACK_WEB_LINK_H

#include <stdbool.h>

#include "session.h"

struct als_web_link;
struct als_web_link *als_web_link_new(void);
void als_web_link_free(struct als_web_link *link);
/* The first one. */
const char *als_web_link_token(const struct als_web_link *link);
/* True once, for the right token. */
bool als_web_link_use(struct als_web_link *link, const char *token);
/* A new token, if the last one was used: then *token is it, and true. */
bool als_web_link_renew(struct als_web_link *link, char token[ALS_SESSION_NAME]);

#endif
