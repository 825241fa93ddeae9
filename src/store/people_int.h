/*
 * What the files about people, locks and signatures share inside the store.
 */
#ifndef ALSTRACK_STORE_PEOPLE_INT_H
#define ALSTRACK_STORE_PEOPLE_INT_H

#include "alstrack/store/lock.h"
#include "alstrack/store/people.h"
#include "store_int.h"

/* ---- role.c ---- */

bool als_role_may(enum als_role role, enum als_act act);
enum als_status als_refuse_act(const struct als_store *store, enum als_act act,
                               struct als_err *err);
enum als_status als_refuse_site(const struct als_store *store, struct als_err *err);

/* ---- actor.c ---- */

/* Is the site one of those in the list "A;B" (NULL = all)? */
bool als_sites_hold(const char *sites, const char *site);
/* An SQL expression of the patient that a row of the table is about; NULL if it is about none. In
 * the arena. */
const char *als_relation_patient_sql(const struct als_relation *table, struct als_arena *arena);
/* Cover tables as the actor's sites ask for; after the actor, or whether there are users, changed.
 */
ALS_CHECKED enum als_status als_actor_cover(struct als_store *store, struct als_err *err);
/* Another process has written: are there users now? An actor whose account was changed since acts
 * no more. */
ALS_CHECKED enum als_status als_actor_refresh(struct als_store *store, struct als_err *err);

/* ---- clock.c ---- */

void als_now_utc(char text[32]); /* YYYY-MM-DDThh:mm:ss.sssZ, the real clock */
int64_t als_now_seconds(void);   /* since 1970, UTC */

/* ---- access.c ---- */

/* A connection that may write: the store itself when it was opened so, else one of its own, to be
 * closed by als_writer_close. ALS_NOT_PERMITTED when the file cannot be written. */
ALS_CHECKED enum als_status als_writer_open(struct als_store *store, struct als_store **writer,
                                            struct als_err *err);
void als_writer_close(struct als_store *store, struct als_store *writer);
/* Append to the log within an open transaction. */
ALS_CHECKED enum als_status als_access_append(struct als_store *store, const char *user,
                                              bool authenticated, const char *what,
                                              const char *detail, struct als_err *err);
/* The last row's number, 0 if there is none, and its digest. */
ALS_CHECKED enum als_status als_access_last(struct als_store *store, int64_t *id,
                                            unsigned char digest[ALS_DIGEST_BYTES],
                                            struct als_err *err);

/* Recompute the chain: every entry is told with its digest, what is wrong goes to odd. */
typedef void als_access_row_fn(int64_t id, const unsigned char digest[ALS_DIGEST_BYTES],
                               void *context);
typedef void als_access_odd_fn(const char *what, void *context);
ALS_CHECKED enum als_status als_access_verify(struct als_store *store, als_access_row_fn *seen,
                                              als_access_odd_fn *odd, void *context,
                                              struct als_err *err);

/* ---- password.c ---- */

/* Encoded with the parameters in force; in the arena. */
ALS_CHECKED enum als_status als_password_encode(const char *password, struct als_arena *arena,
                                                const char **encoded, struct als_err *err);
/* encoded NULL: takes as long, and is never right. */
bool als_password_is(const char *encoded, const char *password);
bool als_password_is_old(const char *encoded);
void als_password_mark(const char *encoded, char hex[65]);

/* ---- account.c ---- */

/* *encoded NULL and user->id 0 when there is no such user. */
ALS_CHECKED enum als_status als_account_read(struct als_store *store, const char *user,
                                             struct als_arena *arena, struct als_user *out,
                                             const char **encoded, struct als_err *err);
/* Store another encoding of a password, inside the open change set. */
ALS_CHECKED enum als_status als_account_put_password(struct als_store *store, int64_t account_id,
                                                     const char *encoded, struct als_err *err);
/* Ends all sessions of a user. */
ALS_CHECKED enum als_status als_sessions_end(struct als_store *store, int64_t account_id,
                                             struct als_err *err);

/* ---- key.c ---- */

/* *sealed false when no key is registered; E-KEY when the registered one is not in use. */
ALS_CHECKED enum als_status als_seal_make(struct als_store *store,
                                          const unsigned char digest[ALS_DIGEST_BYTES],
                                          unsigned char seal[ALS_DIGEST_BYTES], bool *sealed,
                                          struct als_err *err);
/* Which seals there must be. */
struct als_seals;
ALS_CHECKED enum als_status als_seals_load(struct als_store *store, struct als_seals **out,
                                           struct als_err *err);
/* A key is in use that was never registered here. */
bool als_seals_miss_the_key(const struct als_seals *seals);
/* What is wrong with the seal of a change set, or NULL. */
const char *als_seal_check(const struct als_seals *seals, int64_t change_id, const void *digest,
                           const void *seal, int seal_bytes);
void als_seals_free(struct als_seals *seals);

/* ---- lock.c ---- */

#define ALS_LOCK_STUDY 1 /* lock_id; patients and visits have patient_id * 4096 + visit_no */

/* ---- guard.c: may this row be written? ---- */

/* Do rows of the table record something about patients: what locks hold and signatures cover? */
bool als_relation_is_record(const struct als_relation *table);

/* At the start of a change set: locks and patients that matter for the rows to come. */
ALS_CHECKED enum als_status als_guard_begin(struct als_store *store, struct als_err *err);
void als_guard_end(struct als_store *store);
/* before and wanted are whole rows; NULL when there is none (a new row, a removal). */
ALS_CHECKED enum als_status als_guard_row(struct als_store *store, const struct als_relation *table,
                                          int64_t row_id, const struct als_row_cell *before,
                                          const struct als_row_cell *wanted, struct als_err *err);
/* Is nothing in the way of a new assessment at this visit? Quick; als_guard_row says what is. */
bool als_guard_is_open(const struct als_store *store, int64_t visit_id);

/* ---- redact.c ---- */

/* May something be taken out, with a reason, of a trail that verifies? patient_id 0: of no patient.
 */
ALS_CHECKED enum als_status als_redact_check(struct als_store *store, int64_t patient_id,
                                             struct als_err *err);
/* The trail is append-only by triggers: one steps aside inside this transaction. Running *sql puts
 * it back. What is overwritten meanwhile is wiped. */
ALS_CHECKED enum als_status als_trigger_lift(struct als_store *store, const char *name,
                                             struct als_arena *arena, const char **sql,
                                             struct als_err *err);

/* ---- redact_reason.c ---- */

/* Is the reason of a change set what its mark says, or taken out with the mark in the log? */
ALS_CHECKED enum als_status als_reason_check(struct als_store *store, int64_t change_id,
                                             const char *reason, const unsigned char *mark,
                                             int mark_length, bool *good, struct als_err *err);

#endif
