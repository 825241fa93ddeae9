/*
 * A small trial to analyse and export: a study in a folder of its own, filled through the store as
 * the program does.
 */
#ifndef ALSTRACK_TEST_TRIAL_H
#define ALSTRACK_TEST_TRIAL_H

#include "als_test.h"
#include "alstrack/define/builtin.h"
#include "alstrack/store/record.h"

static const char trial_protocol[] =
    "protocol: test-nct00000000\n"
    "title: A small trial for tests\n"
    "version: \"1.0\"\n"
    "registration: NCT00000000\n"
    "sponsor: Nobody\n"
    "months: days\n"
    "fvc_equation: nhanes3\n"
    "sites: [{code: PRG, name: Prague}]\n"
    "cohorts: [{code: \"1\", label: One dose, doses: 1}]\n"
    "procedures: [mri]\n"
    "events: []\n"
    "visits:\n"
    "  - {code: SCR, label: \"Visit I, screening\", anchor: event consent, offset: 0 days,"
    " window: -7/+7, epoch: pre, assess: [alsfrsr, fvc], procedures: [mri]}\n"
    "  - {code: D0, label: Visit II, anchor: visit SCR, offset: 28 days, window: -7/+7, epoch: pre,"
    " infusion: 1, assess: [alsfrsr, fvc], ae_review: true}\n"
    "  - {code: MN1, label: Visit III, anchor: infusion 1, offset: 30 days, window: -7/+7,"
    " epoch: post, assess: [alsfrsr, fvc], ae_review: true}\n"
    "  - {code: MN3, label: Visit IV, anchor: infusion 1, offset: 91 days, window: -14/+14,"
    " epoch: post, assess: [alsfrsr, fvc], ae_review: true}\n"
    "  - {code: MN6, label: Visit V, anchor: infusion 1, offset: 182 days, window: -14/+14,"
    " epoch: post, assess: [alsfrsr, fvc]}\n"
    "  - {code: MN12, label: Visit VI, anchor: infusion 1, offset: 365 days, window: -30/+30,"
    " epoch: post, assess: [alsfrsr, fvc]}\n"
    "baselines: {alsfrsr: last before infusion, fvc: visit SCR}\n"
    "eligibility:\n"
    "  - {id: I1, type: inclusion, manual: consent, text: Consent}\n"
    "analysis: {measure: alsfrsr.total, time_zero: infusion 1, lead_in: true, responders: []}\n"
    "adverse_events: {system: severity-3, grades: {1: mild, 2: moderate, 3: severe},"
    " causality: [cell product, procedure, disease], terms: [headache]}\n"
    "escalation: {rule: none}\n";

#define TRIAL_INSTRUMENTS 3

struct trial {
    char folder[256];
    char path[300];
    struct als_store *store;
    struct als_instrument *instruments[TRIAL_INSTRUMENTS]; /* alsfrsr, fvc, ae-review */
    int rater_no; /* of the assessments that follow; 0 = none */
};

static inline void trial_ok(enum als_status status, const struct als_err *err)
{
    cr_assert_eq(status, ALS_OK, "status %d: [%s] %s (%s)", (int)status, err->code, err->text,
                 err->hint);
}

static inline const struct als_instrument *trial_lookup(const char *code, void *context)
{
    const struct trial *trial = context;
    for (size_t i = 0; i < TRIAL_INSTRUMENTS; i++)
        if (strcmp(trial->instruments[i]->code, code) == 0)
            return trial->instruments[i];
    return NULL;
}

static inline void trial_begin(struct trial *trial)
{
    struct als_err err = {.status = ALS_OK};
    struct als_change_info info = {.user = "tester", .command = "test", .reason = "test"};
    trial_ok(als_change_begin(trial->store, &info, &err), &err);
}

static inline void trial_commit(struct trial *trial)
{
    struct als_err err = {.status = ALS_OK};
    trial_ok(als_change_commit(trial->store, NULL, &err), &err);
}

/* Created and open for writing, with a change set open. */
static inline void trial_open(struct trial *trial)
{
    trial->rater_no = 0;
    static const char *const names[TRIAL_INSTRUMENTS] = {"alsfrsr", "fvc", "ae-review"};
    struct als_err err = {.status = ALS_OK};
    struct als_change_info info = {.user = "tester", .command = "init"};
    for (size_t i = 0; i < TRIAL_INSTRUMENTS; i++) {
        const struct als_builtin *builtin = als_builtin_find(names[i]);
        cr_assert_not_null(builtin);
        trial->instruments[i] =
            als_instrument_parse(names[i], builtin->text, builtin->length, NULL);
        cr_assert_not_null(trial->instruments[i]);
    }
    struct als_protocol *protocol = als_protocol_parse(
        "test.yaml", trial_protocol, strlen(trial_protocol), trial_lookup, trial, NULL);
    cr_assert_not_null(protocol);
    test_folder(trial->folder);
    snprintf(trial->path, sizeof trial->path, "%s/study.db", trial->folder);
    const struct als_instrument *list[TRIAL_INSTRUMENTS] = {
        trial->instruments[0], trial->instruments[1], trial->instruments[2]};
    trial_ok(als_store_create(trial->path, protocol, list, TRIAL_INSTRUMENTS, &info, &err), &err);
    als_protocol_free(protocol);
    trial_ok(als_store_open(trial->path, ALS_STORE_WRITE, &trial->store, &err), &err);
    trial_begin(trial);
}

static inline void trial_close(struct trial *trial)
{
    als_store_close(trial->store);
    for (size_t i = 0; i < TRIAL_INSTRUMENTS; i++)
        als_instrument_free(trial->instruments[i]);
    char command[320];
    snprintf(command, sizeof command, "rm -rf '%s'", trial->folder);
    cr_assert_eq(system(command), 0);
    assert_no_leaks();
}

static inline int trial_day(const char *date)
{
    int day;
    cr_assert(als_date_parse_full(date, strlen(date), &day), "%s", date);
    return day;
}

static inline int64_t trial_patient(struct trial *trial, const char *name, const char *arm)
{
    struct als_err err = {.status = ALS_OK};
    struct als_patient patient = {.patient = name,
                                  .site = "PRG",
                                  .sex = "M",
                                  .birth_date = "1960",
                                  .height_cm = 175,
                                  .arm = arm,
                                  .cohort = "1"};
    trial_ok(als_patient_put(trial->store, &patient, ALS_GIVEN_ALL, NULL, &err), &err);
    return patient.id;
}

static inline void trial_event(struct trial *trial, int64_t patient, const char *name,
                               const char *date)
{
    struct als_err err = {.status = ALS_OK};
    struct als_event event = {.patient_id = patient, .event = name, .date = date, .value = NAN};
    if (strcmp(name, "infusion") == 0) {
        event.value = 15e6;
        event.unit = "cells";
    }
    trial_ok(als_event_put(trial->store, &event, ALS_GIVEN_ALL, NULL, &err), &err);
}

static inline int trial_visit(const struct trial *trial, const char *code)
{
    int visit_no = als_store_visit_no(trial->store, code, strlen(code));
    cr_assert_neq(visit_no, 0, "no visit %s", code);
    return visit_no;
}

static inline void trial_put(struct trial *trial, int64_t patient, const char *instrument,
                             const char *visit, int day, const struct als_value *values)
{
    struct als_err err = {.status = ALS_OK};
    struct als_assessment assessment = {.patient_id = patient,
                                        .visit_no = trial_visit(trial, visit),
                                        .rater_no = trial->rater_no,
                                        .day = day,
                                        .values = values};
    trial_ok(als_assessment_put(trial->store, als_store_find_instrument(trial->store, instrument),
                                &assessment, ALS_GIVEN_ALL, NULL, NULL, &err),
             &err);
}

/* One ALSFRS-R whose twelve items add up to total. */
static inline void trial_alsfrsr(struct trial *trial, int64_t patient, const char *visit, int day,
                                 int total)
{
    const struct als_instrument *instrument = als_store_find_instrument(trial->store, "alsfrsr");
    struct als_value values[32] = {ALS_MISSING_VALUE};
    cr_assert(instrument->n_items <= COUNT(values));
    for (size_t i = 0; i < instrument->n_items; i++) {
        if (!instrument->items[i].numeric_choice)
            continue;
        int answer = total > 4 ? 4 : total;
        values[i] = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = answer};
        total -= answer;
    }
    cr_assert_eq(total, 0);
    trial_put(trial, patient, "alsfrsr", visit, day, values);
}

/* Entered percentage, litres, or both; NAN = missing. */
static inline void trial_fvc(struct trial *trial, int64_t patient, const char *visit, int day,
                             double litres, double percent)
{
    struct als_value values[4] = {ALS_MISSING_VALUE};
    if (!isnan(litres))
        values[0] = (struct als_value){.kind = ALS_VALUE_NUMBER, .number = litres};
    if (!isnan(percent))
        values[1] = (struct als_value){.kind = ALS_VALUE_NUMBER, .number = percent};
    trial_put(trial, patient, "fvc", visit, day, values);
}

static inline void trial_review(struct trial *trial, int64_t patient, const char *visit, int day,
                                const char *answer)
{
    struct als_value value = {.kind = ALS_VALUE_TEXT, .text = answer, .length = strlen(answer)};
    trial_put(trial, patient, "ae-review", visit, day, &value);
}

static inline void trial_adverse(struct trial *trial, int64_t patient, const char *id,
                                 const char *visit, const char *term, const char *onset, int grade)
{
    struct als_err err = {.status = ALS_OK};
    struct als_adverse_event ae = {.patient_id = patient,
                                   .ae_id = id,
                                   .visit_no = visit ? trial_visit(trial, visit) : 0,
                                   .term = term,
                                   .onset = onset,
                                   .grade = grade,
                                   .serious = grade == 3,
                                   .relation = grade == 2 ? "procedure; disease" : "disease",
                                   .dlt = ALS_UNSAID};
    trial_ok(als_adverse_event_put(trial->store, &ae, ALS_GIVEN_ALL, NULL, &err), &err);
}

#endif
