/*
 * Sessions, on the server's side: the browser has a random name for one and nothing else. Sessions
 * end after 30 idle minutes, after 12 hours, and with the server.
 *
 * Names are 128 random bits; the table keeps their digests, so that neither comparing nor a look
 * into memory tells a name.
 */
#ifndef ALSTRACK_WEB_SESSION_H
#define ALSTRACK_WEB_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "alstrack/core/alloc.h"
#include "alstrack/store/people.h"
#include "request.h"

#define ALS_SESSION_NAME  33   /* 32 hexadecimal digits and NUL */
#define ALS_SESSIONS_MOST 1000 /* at once; the one idle longest gives way */

struct als_web_sessions;
struct als_web_sessions *als_web_sessions_new(void);
void als_web_sessions_free(struct als_web_sessions *sessions);

/* A copy for one request. */
struct als_web_session {
    int64_t number;
    const char *user;   /* NULL: not logged in yet (the login form) */
    const char *secret; /* token of the study's own session (people.h); NULL: came by the link */
    char token[ALS_SESSION_NAME]; /* hidden in every form of this session */
};

/* now: seconds of a clock that never goes back. A new session; its name is for the cookie. secret
 * may be NULL. */
void als_web_session_open(struct als_web_sessions *sessions, const char *user, const char *secret,
                          double now, char name[ALS_SESSION_NAME]);
/* NULL when there is no such session, or no longer. Counts as use. In the arena. */
struct als_web_session *als_web_session_find(struct als_web_sessions *sessions, const char *name,
                                             double now, struct als_arena *arena);
/* Is anybody in? */
bool als_web_sessions_any(struct als_web_sessions *sessions, double now);
void als_web_session_close(struct als_web_sessions *sessions, int64_t number);

/* End a session that has a secret and give it, for ending the study's own; NULL if none is left. */
const char *als_web_sessions_take(struct als_web_sessions *sessions, struct als_arena *arena);

/* What the session is told on its next page; als_web_session_told takes it away (NULL if none). */
void als_web_session_tell(struct als_web_sessions *sessions, int64_t number, enum als_flash kind,
                          const char *text);
const char *als_web_session_told(struct als_web_sessions *sessions, int64_t number,
                                 enum als_flash *kind, struct als_arena *arena);

/* 128 random bits as hexadecimal digits. */
void als_random_name(char name[ALS_SESSION_NAME]);
/* Equal? In time that does not depend on where they differ. */
bool als_same_secret(const char *a, const char *b);

#endif
