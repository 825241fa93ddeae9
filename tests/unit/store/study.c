/* The study that tests of the store share. */
#include "study.h"

#include <sqlite3.h>
#include <unistd.h>

#include "alstrack/define/builtin.h"

const char study_protocol_text[] =
    "protocol: test-nct00000000\n"
    "title: A small trial for tests\n"
    "version: \"1.0\"\n"
    "registration: NCT00000000\n"
    "sponsor: Nobody\n"
    "months: days\n"
    "fvc_equation: ecsc\n"
    "sites:\n"
    "  - {code: PRG, name: Prague}\n"
    "  - {code: BRN, name: Brno}\n"
    "cohorts:\n"
    "  - {code: low, label: Low dose, doses: 1, cells_per_dose: 1e6, planned_patients: 3}\n"
    "  - {code: high, label: High dose, doses: 1, cells_per_dose: 1e7, planned_patients: 3}\n"
    "procedures: [mri]\n"
    "events: [relapse]\n"
    "visits:\n"
    "  - {code: SCR, label: Screening, anchor: event consent, offset: 0 days, window: -7/+7,"
    " epoch: pre, assess: [alsfrsr, fvc], procedures: [mri]}\n"
    "  - {code: D0, label: Treatment, anchor: visit SCR, offset: 28 days, window: -2/+2,"
    " epoch: pre, infusion: 1, assess: [alsfrsr]}\n"
    "  - {code: MN1, label: First month, anchor: infusion 1, offset: 30 days, window: -7/+7,"
    " epoch: post, assess: [alsfrsr, norris, fvc], ae_review: true}\n"
    "  - {code: MN3, label: Third month, anchor: infusion 1, offset: 91 days, window: -14/+14,"
    " epoch: post, assess: [alsfrsr, norris, fvc]}\n"
    "baselines: {alsfrsr: last before infusion}\n"
    "eligibility:\n"
    "  - {id: I1, type: inclusion, manual: consent, text: Consent}\n"
    "analysis: {measure: alsfrsr.total, time_zero: infusion 1, lead_in: true, responders: []}\n"
    "adverse_events: {system: severity-3, grades: {1: mild, 2: moderate, 3: severe},"
    " causality: [cell product, procedure, disease], terms: [headache]}\n"
    "escalation: {rule: none}\n";

void assert_ok(enum als_status status, const struct als_err *err)
{
    cr_assert_eq(status, ALS_OK, "status %d: [%s] %s (%s)", (int)status, err->code, err->text,
                 err->hint);
}

static void print_diag(const struct als_diag *diag, void *context)
{
    (void)context;
    als_diag_print(stderr, diag, 0);
}
static const struct als_sink to_stderr = {print_diag, NULL};

struct als_instrument *study_parse_instrument(const char *text)
{
    struct als_instrument *instrument =
        als_instrument_parse("test.yaml", text, strlen(text), &to_stderr);
    cr_assert_not_null(instrument);
    return instrument;
}

struct als_instrument *study_instrument(const char *name)
{
    const struct als_builtin *builtin = als_builtin_find(name);
    cr_assert_not_null(builtin, "no built-in %s", name);
    return study_parse_instrument(builtin->text);
}

/* The instruments that the protocol names. */
struct known {
    struct als_instrument *instruments[3];
};

static void known_init(struct known *known)
{
    known->instruments[0] = study_instrument("alsfrsr");
    known->instruments[1] = study_instrument("norris");
    known->instruments[2] = study_instrument("fvc");
}

static void known_release(struct known *known)
{
    for (size_t i = 0; i < COUNT(known->instruments); i++)
        als_instrument_free(known->instruments[i]);
}

static const struct als_instrument *lookup(const char *code, void *context)
{
    const struct known *known = context;
    for (size_t i = 0; i < COUNT(known->instruments); i++) {
        if (strcmp(known->instruments[i]->code, code) == 0)
            return known->instruments[i];
    }
    return NULL;
}

struct als_protocol *study_parse_protocol(const char *text)
{
    struct known known;
    known_init(&known);
    struct als_protocol *protocol =
        als_protocol_parse("test.yaml", text, strlen(text), lookup, &known, &to_stderr);
    cr_assert_not_null(protocol);
    known_release(&known);
    return protocol;
}

struct als_protocol *study_protocol(void)
{
    return study_parse_protocol(study_protocol_text);
}

void study_open(struct study *study)
{
    struct als_err err = {.status = ALS_OK};
    struct als_change_info info = {.user = "tester", .command = "init"};
    struct known known;
    test_folder(study->folder);
    snprintf(study->path, sizeof study->path, "%s/study.db", study->folder);
    struct als_protocol *protocol = study_protocol();
    known_init(&known);
    const struct als_instrument *instruments[] = {known.instruments[0], known.instruments[1],
                                                  known.instruments[2]};
    assert_ok(als_store_create(study->path, protocol, instruments, 3, &info, &err), &err);
    als_protocol_free(protocol);
    known_release(&known);
    study->store = NULL;
    study_reopen(study, ALS_STORE_WRITE);
}

void study_reopen(struct study *study, enum als_store_mode mode)
{
    struct als_err err = {.status = ALS_OK};
    als_store_close(study->store);
    assert_ok(als_store_open(study->path, mode, &study->store, &err), &err);
}

void study_close(struct study *study)
{
    als_store_close(study->store);
    char command[320];
    snprintf(command, sizeof command, "rm -rf '%s'", study->folder);
    cr_assert_eq(system(command), 0);
    assert_no_leaks();
}

void study_begin(struct study *study, const char *reason)
{
    struct als_err err = {.status = ALS_OK};
    struct als_change_info info = {.user = "tester", .command = "test", .reason = reason};
    assert_ok(als_change_begin(study->store, &info, &err), &err);
}

int64_t study_commit(struct study *study)
{
    struct als_err err = {.status = ALS_OK};
    int64_t change_id;
    assert_ok(als_change_commit(study->store, &change_id, &err), &err);
    return change_id;
}

int64_t study_add_patient(struct study *study, const char *name)
{
    struct als_err err = {.status = ALS_OK};
    struct als_patient patient = {.patient = name,
                                  .site = "PRG",
                                  .sex = "M",
                                  .birth_date = "1960-05",
                                  .height_cm = 178,
                                  .cohort = "low"};
    assert_ok(als_patient_put(study->store, &patient, ALS_GIVEN_ALL, NULL, &err), &err);
    return patient.id;
}

int study_visit(const struct study *study, const char *code)
{
    int visit_no = als_store_visit_no(study->store, code, strlen(code));
    cr_assert_neq(visit_no, 0, "no visit %s", code);
    return visit_no;
}

enum als_put study_add_alsfrsr(struct study *study, int64_t patient, const char *visit, int day,
                               int answer)
{
    struct als_err err = {.status = ALS_OK};
    const struct als_instrument *instrument = als_store_find_instrument(study->store, "alsfrsr");
    struct als_value values[64] = {ALS_MISSING_VALUE};
    for (size_t i = 0; i < instrument->n_items; i++) {
        if (instrument->items[i].numeric_choice)
            values[i] = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = answer};
    }
    struct als_assessment assessment = {.patient_id = patient,
                                        .visit_no = study_visit(study, visit),
                                        .day = day,
                                        .mode = "clinic",
                                        .values = values};
    enum als_put what;
    assert_ok(
        als_assessment_put(study->store, instrument, &assessment, ALS_GIVEN_ALL, NULL, &what, &err),
        &err);
    return what;
}

void study_fill(struct study *study, int n)
{
    struct als_err err = {.status = ALS_OK};
    study_begin(study, NULL);
    for (int i = 1; i <= n; i++) {
        char name[16];
        snprintf(name, sizeof name, "P%d", i);
        int64_t id = study_add_patient(study, name);
        struct als_event onset = {
            .patient_id = id, .event = "onset", .date = "2018", .value = (double)NAN};
        struct als_event infusion = {.patient_id = id,
                                     .event = "infusion",
                                     .date = "2020-01-29",
                                     .value = 1e6,
                                     .unit = "cells"};
        assert_ok(als_event_put(study->store, &onset, ALS_GIVEN_ALL, NULL, &err), &err);
        assert_ok(als_event_put(study->store, &infusion, ALS_GIVEN_ALL, NULL, &err), &err);
        study_add_alsfrsr(study, id, "SCR", 18262 + i, 4);
        study_add_alsfrsr(study, id, "D0", 18290 + i, 3);
        study_add_alsfrsr(study, id, "MN1", 18320 + i, 3);
        struct als_adverse_event ae = {.patient_id = id,
                                       .ae_id = "1",
                                       .visit_no = study_visit(study, "MN1"),
                                       .term = "headache",
                                       .onset = "2020-01-30",
                                       .grade = 1,
                                       .serious = 0,
                                       .relation = "procedure; disease",
                                       .dlt = ALS_UNSAID};
        assert_ok(als_adverse_event_put(study->store, &ae, ALS_GIVEN_ALL, NULL, &err), &err);
        struct als_procedure mri = {.patient_id = id,
                                    .visit_no = study_visit(study, "SCR"),
                                    .procedure = "mri",
                                    .day = 18262 + i};
        assert_ok(als_procedure_put(study->store, &mri, ALS_GIVEN_ALL, NULL, &err), &err);
    }
    cr_assert_gt(study_commit(study), 0);
}

struct note {
    char *text;
    size_t size;
};

static void note_finding(const struct als_diag *diag, void *context)
{
    struct note *note = context;
    size_t used = strlen(note->text);
    snprintf(note->text + used, note->size - used, "%s %s\n", diag->code, diag->what);
}

size_t study_verify(struct study *study, char *text, size_t size)
{
    struct als_err err = {.status = ALS_OK};
    char ignored[4096];
    struct note note = {text ? text : ignored, text ? size : sizeof ignored};
    note.text[0] = '\0';
    struct als_sink sink = {note_finding, &note};
    size_t findings;
    assert_ok(als_audit_verify(study->store, NULL, &sink, &findings, &err), &err);
    return findings;
}

static sqlite3 *raw_open(const struct study *study)
{
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(study->path, &db), SQLITE_OK);
    return db;
}

void study_sql(const struct study *study, const char *sql)
{
    sqlite3 *db = raw_open(study);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    cr_assert_eq(rc, SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

int64_t study_number(const struct study *study, const char *sql)
{
    sqlite3 *db = raw_open(study);
    sqlite3_stmt *stmt;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    cr_assert_eq(rc, SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW, "%s: no row", sql);
    int64_t number = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return number;
}
