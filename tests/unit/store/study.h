/*
 * A study to test with: a small protocol and three of the shipped instruments, in a folder of its
 * own.
 */
#ifndef ALSTRACK_TEST_STUDY_H
#define ALSTRACK_TEST_STUDY_H

#include "als_test.h"
#include "alstrack/store/record.h"
#include "alstrack/store/scan.h"

struct study {
    char folder[256];
    char path[300];
    struct als_store *store; /* open for writing; may be closed and set to NULL by the test */
};

/* Fails the test when status is not ALS_OK, with the message. */
void assert_ok(enum als_status status, const struct als_err *err);

struct als_instrument *study_instrument(const char *name); /* a built-in one */
struct als_instrument *study_parse_instrument(const char *text);
struct als_protocol *study_protocol(void);
struct als_protocol *study_parse_protocol(const char *text);
extern const char study_protocol_text[];

/* Create and open. study_close closes, removes the files, and checks for leaks. */
void study_open(struct study *study);
void study_close(struct study *study);
void study_reopen(struct study *study, enum als_store_mode mode);

void study_begin(struct study *study, const char *reason);
int64_t study_commit(struct study *study);

/* Each in an open change set. */
int64_t study_add_patient(struct study *study, const char *name);
int study_visit(const struct study *study, const char *code);
/* One ALSFRS-R with all answers `answer`, with the change set's reason if it changes. */
enum als_put study_add_alsfrsr(struct study *study, int64_t patient, const char *visit, int day,
                               int answer);

/* Patients P1 … Pn, three visits each, events, one adverse event; committed as one change set. */
void study_fill(struct study *study, int n);

/* Number of findings of als_audit_verify; the findings' texts, one per line, in text. */
size_t study_verify(struct study *study, char *text, size_t size);

/* Through a connection of its own, without any of the store's protection. */
void study_sql(const struct study *study, const char *sql);
int64_t study_number(const struct study *study, const char *sql);

#endif
