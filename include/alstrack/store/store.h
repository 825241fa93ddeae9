/*
 * A study: one SQLite file. This layer is the only one that speaks SQL.
 *
 * Table of an instrument: `a_CODE` (hyphens become underscores), STRICT, one row per assessment:
 *     assessment_id INTEGER PRIMARY KEY   -- visit_id * 4096 + rater_no
 *     day INTEGER                         -- the assessment's own date; NULL when not done
 *     mode, respondent, reason TEXT, status TEXT NOT NULL   -- 'done' or 'not-done'
 *     version_no INTEGER NOT NULL         -- of the instrument's definition
 *     item_reasons TEXT                   -- JSON object, item to coded missing reason; else NULL
 *     change_id INTEGER NOT NULL
 *     one typed column per item, in order, with its range or choices as CHECK
 *     one VIRTUAL generated column per score that depends only on own items
 *     visit_id AS (assessment_id >> 12) VIRTUAL REFERENCES visit
 * and a view `v_CODE` with patient, visit code, rater and ISO date in words, items and those
 * scores. Scores that need the patient are computed on reading (scan.h).
 *
 * Writing happens inside a change set (change.h): one transaction, all or nothing.
 * Errors: ALS_DATA (not SQLite, damaged), ALS_NOT_PERMITTED (newer version, read-only),
 * ALS_NO_INPUT, ALS_CANNOT_CREATE, ALS_IO, ALS_BUSY.
 */
#ifndef ALSTRACK_STORE_STORE_H
#define ALSTRACK_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "alstrack/core/err.h"
#include "alstrack/define/protocol.h"

struct als_store;
struct als_change_info; /* change.h */

enum als_store_mode { ALS_STORE_READ, ALS_STORE_WRITE };

#define ALS_KEY_SHIFT         12
#define ALS_KEY_MASK          4095
#define ALS_EXTRA_VISIT_FIRST 1001

static inline int64_t als_key_visit(int64_t patient_id, int visit_no)
{
    return patient_id * (ALS_KEY_MASK + 1) + visit_no;
}
static inline int64_t als_key_assessment(int64_t visit_id, int rater_no)
{
    return visit_id * (ALS_KEY_MASK + 1) + rater_no;
}

/* Create the file (refused if it exists: ALS_CANNOT_CREATE) with all migrations, the protocol, the
 * instruments and their tables, as change set 1. Nothing is left behind on failure. */
ALS_CHECKED enum als_status als_store_create(const char *path, const struct als_protocol *protocol,
                                             const struct als_instrument *const *instruments,
                                             size_t n_instruments,
                                             const struct als_change_info *info,
                                             struct als_err *err);

/* Open; applies missing migrations when mode is ALS_STORE_WRITE. READ works in a read-only folder.
 */
ALS_CHECKED enum als_status als_store_open(const char *path, enum als_store_mode mode,
                                           struct als_store **out, struct als_err *err);
void als_store_close(struct als_store *store); /* NULL is fine; an open change set is abandoned */

/* Long reading tells how far it is: while assessments are read (scan.h), tell is called every
 * ALS_STORE_WATCHED rows with the share of the patients asked for, by id, that is behind. */
#define ALS_STORE_WATCHED 1024
void als_store_watch(struct als_store *store, void (*tell)(double share, void *context),
                     void *context);

const char *als_store_path(const struct als_store *store);
const char *als_store_uuid(const struct als_store *store);

/* Many at once, as a server needs it: while a study is shared, its readers and its one writer do
 * not wait for each other (write-ahead mode; two more files lie beside it). als_store_unshare makes
 * it one file again when nobody else has it open, and so does the next opening after a crash. */
ALS_CHECKED enum als_status als_store_share(struct als_store *store, struct als_err *err);
void als_store_unshare(struct als_store *store);

/* For a store that stays open while others write: visit codes, raters and patients' names are read
 * again if anything has changed. *redefined: the definitions in force have, so close this store and
 * open it again. Not within a change set (als_change_begin does it itself). */
ALS_CHECKED enum als_status als_store_refresh(struct als_store *store, bool *redefined,
                                              struct als_err *err);

/* Read the study as if the day after `day` had not come: visits, events, adverse events, procedures
 * and assessments dated later are left out of every load and scan, and adverse events that end
 * later are ongoing. Partial dates count by their first day. Writing is not affected, so do not
 * write to a store that was cut. */
void als_store_cut(struct als_store *store, int day);

/* Definitions in force; borrowed from the store. */
const struct als_protocol *als_store_protocol(const struct als_store *store);
size_t als_store_instrument_count(const struct als_store *store);
const struct als_instrument *als_store_instrument(const struct als_store *store, size_t index);
const struct als_instrument *als_store_find_instrument(const struct als_store *store,
                                                       const char *code); /* NULL if none */
int als_store_version_no(const struct als_store *store, const char *kind, const char *code);

/* Visit codes. Number of a code, 0 if unknown. Code of a number, NULL if unknown. Planned visits
 * have the numbers 1 … in protocol order; als_store_add_visit_code gives an extra one (UNS1, ET,
 * ET2) its number inside the open change set, or returns the one it has. */
int als_store_visit_no(const struct als_store *store, const char *code, size_t length);
const char *als_store_visit_code(const struct als_store *store, int visit_no);
ALS_CHECKED enum als_status als_store_add_visit_code(struct als_store *store, const char *code,
                                                     int *visit_no, struct als_err *err);
/* Index of a visit number into the protocol's visits, -1 for extra ones. Visits that an amendment
 * adds get the next free numbers, so that number and place in the plan are two things. */
ptrdiff_t als_store_plan_of(const struct als_store *store, int visit_no);
bool als_visit_code_is_extra(const char *code); /* UNS<number>, ET, ET<number> */

/* Raters, likewise; 0 is "no rater". -1 if unknown. */
int als_store_rater_no(const struct als_store *store, const char *rater, size_t length);
const char *als_store_rater(const struct als_store *store, int rater_no);
ALS_CHECKED enum als_status als_store_add_rater(struct als_store *store, const char *rater,
                                                int *rater_no, struct als_err *err);

/* Put a new protocol or instrument version in force inside the open change set: additive changes
 * only, a destructive one is refused with ALS_DEFINITION. Tables follow: score columns re-made, new
 * items (at the end) and wider ranges by a rebuild with foreign_key_check. Rows keep the version
 * they were entered under. A change of scores that rows have is refused (E-SCORES) unless the
 * version is called otherwise than before and accept_scores says that it is meant. The store goes
 * by the new version after commit: definitions borrowed from it before are gone then. New visits
 * get the next free numbers, whatever their place in the plan; so a number says nothing about
 * order. */
ALS_CHECKED enum als_status als_store_adopt_instrument(struct als_store *store,
                                                       const struct als_instrument *instrument,
                                                       bool accept_scores, struct als_err *err);
/* Stored assessments that were done; 0 for an instrument that the study does not have. */
ALS_CHECKED enum als_status als_store_assessments(struct als_store *store, const char *instrument,
                                                  int64_t *n, struct als_err *err);
/* A version that was in force before is refused (E-VERSION), unless it is the plan in force. */
ALS_CHECKED enum als_status als_store_adopt_protocol(struct als_store *store,
                                                     const struct als_protocol *protocol,
                                                     struct als_err *err);
/* Is or was a protocol of that version in force? */
ALS_CHECKED enum als_status als_store_protocol_used(struct als_store *store, const char *version,
                                                    bool *used, struct als_err *err);

/* Copy the study to a new file while others may use it; the copy is checked (integrity, foreign
 * keys, digests) before it takes its name. */
ALS_CHECKED enum als_status als_store_backup(struct als_store *store, const char *path,
                                             struct als_err *err);

#endif
