/*
 * Who may do what: users, roles, sites, sessions, and the log of access.
 *
 * A study without users lets everybody do everything, and a change is recorded under the name that
 * the caller gives, as unauthenticated. The first user must be an admin; from then on the study has
 * users, and a store that was opened acts as nobody (no patient is seen, nothing can be written)
 * until als_store_act_as.
 *
 * The store itself enforces: of sites that are not the actor's, loads, scans, counts and the trail
 * hold nothing, and writes are refused with ALS_NOT_PERMITTED: E-ROLE by role, E-SITE by site,
 * E-LOCKED by a lock (lock.h). Change sets carry the actor's name whatever als_change_info says.
 *
 * Passwords are kept as Argon2id (19 MiB, 2 passes, 1 lane; RFC 9106, OWASP 2023) and renewed at
 * login when these parameters have changed. Names that do not exist cost the same time as those
 * that do. From the fifth failure in a row an attempt must wait 30 s, then twice as long each time,
 * at most an hour (E-WAIT); a success starts the count anew. Failures are in the log of access.
 */
#ifndef ALSTRACK_STORE_PEOPLE_H
#define ALSTRACK_STORE_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alstrack/core/alloc.h"
#include "alstrack/store/change.h"
#include "alstrack/store/store.h"

enum als_role {
    ALS_ROLE_ADMIN,        /* everything, and the users */
    ALS_ROLE_DATA_MANAGER, /* everything but the users */
    ALS_ROLE_COORDINATOR,  /* of one or more sites: enter, correct, answer queries, sign, see */
    ALS_ROLE_MONITOR,      /* of some sites or all: see, open and close queries, sign */
    ALS_ROLE_STATISTICIAN, /* see, analyse, export */
    ALS_ROLE_READ_ONLY,    /* see */
    ALS_ROLE_COUNT
};
const char *als_role_name(enum als_role role); /* "data-manager" */
bool als_role_parse(const char *name, enum als_role *out);

/* What a command or a page does, for als_may. */
enum als_act {
    ALS_ACT_UNSAID, /* nobody has thought about it: refused */
    ALS_ACT_FREE,   /* shows nothing of a study, or sees to itself (login, serve, init) */
    ALS_ACT_SEE,    /* records, schedules, charts, the trail */
    ALS_ACT_ENTER,  /* enter and correct records, import */
    ALS_ACT_ANSWER, /* answer a query */
    ALS_ACT_QUERY,  /* open, close, reopen a query */
    ALS_ACT_ANALYZE,
    ALS_ACT_EXPORT,
    ALS_ACT_SIGN,
    ALS_ACT_LOCK,   /* lock and unlock */
    ALS_ACT_DEFINE, /* amend protocol and instruments */
    ALS_ACT_REDACT,
    ALS_ACT_KEEP,  /* backup, trail key, log of access */
    ALS_ACT_USERS, /* manage users */
    ALS_ACT_OWN,   /* one's own account: whoever is logged in */
    ALS_ACT_COUNT
};

/* A user as stored. Texts live in the arena they were loaded into. */
struct als_user {
    int64_t id; /* set by the store; 0 = nobody */
    const char *user, *full_name;
    enum als_role role;
    const char *sites; /* codes with ; between; NULL = all */
    bool disabled;
};

/* Does the study have users? Looked up when the store is opened and when another process wrote. */
bool als_store_has_users(const struct als_store *store);

/* From here on the store acts as this user (copied); NULL = nobody. Not while a change set or a
 * scan is open. Without users in the study there is nothing to set: ALS_OK for NULL. */
ALS_CHECKED enum als_status als_store_act_as(struct als_store *store, const struct als_user *user,
                                             struct als_err *err);
/* Who acts; NULL in a study without users and for nobody. Borrowed until the next act_as. */
const struct als_user *als_store_actor(const struct als_store *store);
/* Another store on the same file sees and may what this one sees and may, its cut included. */
ALS_CHECKED enum als_status als_store_open_again(const struct als_store *store,
                                                 struct als_store **out, struct als_err *err);

/* May the actor do this, to this patient (0 = to some patient, or none)? ALS_NOT_PERMITTED with
 * E-LOGIN (nobody acts), E-ROLE or E-SITE if not. Always in a study without users. */
ALS_CHECKED enum als_status als_may(struct als_store *store, enum als_act act, int64_t patient_id,
                                    struct als_err *err);

/* ---- Managing users, inside a change set ---- */

/* Enter a user. The first must be an admin (E-FIRST). Coordinators need sites; admins and data
 * managers see all. Passwords have at least 10 characters and at most 1024 bytes. */
ALS_CHECKED enum als_status als_user_add(struct als_store *store, struct als_user *user,
                                         const char *password, struct als_err *err);
/* Change what differs; needs a reason in the change set. The last admin that can log in stays one
 * (E-LAST-ADMIN). A change of role, sites or state ends the user's sessions. */
ALS_CHECKED enum als_status als_user_edit(struct als_store *store, const struct als_user *user,
                                          enum als_put *what, struct als_err *err);
/* Ends the user's sessions. Everybody may change the own password (ALS_ACT_OWN). */
ALS_CHECKED enum als_status als_user_set_password(struct als_store *store, const char *user,
                                                  const char *password, struct als_err *err);
/* ALS_NO_INPUT with the nearest name as hint. */
ALS_CHECKED enum als_status als_user_get(struct als_store *store, const char *user,
                                         struct als_arena *arena, struct als_user *out,
                                         struct als_err *err);
struct als_user_list {
    struct als_user *items; /* by name */
    size_t count;
};
ALS_CHECKED enum als_status als_user_load(struct als_store *store, struct als_arena *arena,
                                          struct als_user_list *out, struct als_err *err);

/* ---- Logging in; not while a change set is open ---- */

/* Is this the password? ALS_NOT_PERMITTED with E-LOGIN (unknown, wrong, disabled: one message) or
 * E-WAIT. A failure is counted and logged when the study can be written. */
ALS_CHECKED enum als_status als_user_check(struct als_store *store, const char *user,
                                           const char *password, struct als_arena *arena,
                                           struct als_user *out, struct als_err *err);

#define ALS_TOKEN_TEXT               65 /* 64 hexadecimal digits and NUL */
#define ALS_SESSION_IDLE_SECONDS     (30 * 60)
#define ALS_SESSION_ABSOLUTE_SECONDS (12 * 60 * 60)

/* als_user_check, then a new session; logged as `login`. The token goes to the client, the study
 * keeps its digest. Needs a study that can be written. */
ALS_CHECKED enum als_status als_session_open(struct als_store *store, const char *user,
                                             const char *password, struct als_arena *arena,
                                             char token[ALS_TOKEN_TEXT], struct als_user *out,
                                             struct als_err *err);
/* Whose session it is: ALS_NOT_PERMITTED with E-SESSION when it is unknown, has been idle for
 * ALS_SESSION_IDLE_SECONDS, is older than ALS_SESSION_ABSOLUTE_SECONDS, or its user was disabled or
 * changed. Notes the use, at most once a minute and only if the study can be written. */
ALS_CHECKED enum als_status als_session_find(struct als_store *store, const char *token,
                                             struct als_arena *arena, struct als_user *out,
                                             struct als_err *err);
/* Logged as `logout`; an unknown token is no error. */
ALS_CHECKED enum als_status als_session_close(struct als_store *store, const char *token,
                                              struct als_err *err);

/* ---- The log of access: its own chain, so that an export changes no digest that it prints ---- */

/* Append: `what` is login, logout, login-failed, export, report, backup; detail says what was taken
 * with which filters into which files, may be NULL. `user` NULL = the actor. Not while a change set
 * is open; writes through a connection of its own when the store was opened for reading. */
ALS_CHECKED enum als_status als_access_log(struct als_store *store, const char *user,
                                           const char *what, const char *detail,
                                           struct als_err *err);
struct als_access_row {
    int64_t access_id;
    const char *at_utc, *user, *what, *detail;
    bool authenticated;
    const char *digest_hex;
};
typedef void als_access_fn(const struct als_access_row *row, void *context);
ALS_CHECKED enum als_status als_access_each(struct als_store *store, als_access_fn *receive,
                                            void *context, struct als_err *err);

#endif
