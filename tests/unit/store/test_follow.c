/* Visits that the program made follow what was done at them; adverse events fit their patient. */
#include "study.h"

static struct study study;
static struct als_err err;
static int64_t patient;

static void open_study(void)
{
    err = (struct als_err){.status = ALS_OK};
    study_open(&study);
    study_begin(&study, NULL);
    patient = study_add_patient(&study, "P1");
}

TestSuite(follow, .init = open_study);

static int64_t visit_day(void)
{
    return study_number(&study, "SELECT ifnull(day, -1) FROM visit");
}

static enum als_status put_fvc(int day, bool not_done)
{
    const struct als_instrument *fvc = als_store_find_instrument(study.store, "fvc");
    static const struct als_value none[64];
    struct als_assessment assessment = {.patient_id = patient,
                                        .visit_no = study_visit(&study, "MN1"),
                                        .day = day,
                                        .not_done = not_done,
                                        .reason = not_done ? "refused" : NULL,
                                        .values = none};
    return als_assessment_put(study.store, fvc, &assessment, ALS_GIVEN_ALL, NULL, NULL, &err);
}

static void next_change(const char *reason)
{
    study_commit(&study);
    study_begin(&study, reason);
}

static void note_reason(const struct als_audit_cell *cell, void *context)
{
    if (strcmp(cell->table, "visit") == 0 || strcmp(cell->table, "visits") == 0)
        als_buf_printf(context, "%s;", cell->reason ? cell->reason : "none");
}

Test(follow, a_corrected_date_moves_the_visit_with_the_same_reason)
{
    study_add_alsfrsr(&study, patient, "MN1", 18320, 3);
    next_change("a slip");
    study_add_alsfrsr(&study, patient, "MN1", 18330, 3);
    next_change(NULL);
    cr_expect_eq(visit_day(), 18330);
    assert_ok(put_fvc(18325, false), &err);
    study_commit(&study);
    cr_expect_eq(visit_day(), 18325);
    struct als_buf reasons;
    als_buf_init(&reasons, ALS_BUF_LARGE);
    assert_ok(als_audit_cells(study.store, "P1", note_reason, &reasons, &err), &err);
    cr_expect_str_eq(reasons.data, "a slip;follows its earliest assessment;");
    als_buf_release(&reasons);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    study_close(&study);
}

Test(follow, an_earlier_assessment_keeps_the_visit_where_it_is)
{
    study_add_alsfrsr(&study, patient, "MN1", 18320, 3);
    assert_ok(put_fvc(18318, false), &err);
    next_change("a slip");
    study_add_alsfrsr(&study, patient, "MN1", 18330, 3);
    next_change("another");
    cr_expect_eq(visit_day(), 18318);
    assert_ok(put_fvc(ALS_NO_DAY, true), &err);
    next_change("another");
    cr_expect_eq(visit_day(), 18330, "the first was not done after all");
    study_commit(&study);
    study_close(&study);
}

Test(follow, a_recorded_visit_stays)
{
    const struct als_visit visit = {
        .patient_id = patient, .visit_no = study_visit(&study, "MN1"), .day = 18321};
    study_add_alsfrsr(&study, patient, "MN1", 18320, 3);
    next_change("recorded");
    assert_ok(als_visit_put(study.store, &visit, 1u << 0 | 1u << 2, NULL, &err), &err);
    next_change("a slip");
    study_add_alsfrsr(&study, patient, "MN1", 18330, 3);
    study_commit(&study);
    cr_expect_eq(visit_day(), 18321);
    study_close(&study);
}

Test(follow, a_visit_at_which_something_was_done_took_place)
{
    const struct als_visit visit = {.patient_id = patient,
                                    .visit_no = study_visit(&study, "MN1"),
                                    .day = ALS_NO_DAY,
                                    .not_done = true,
                                    .reason = "refused"};
    study_add_alsfrsr(&study, patient, "MN1", 18320, 3);
    assert_ok(put_fvc(18320, false), &err);
    next_change("refused");
    cr_expect_eq(als_visit_put(study.store, &visit, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    cr_expect_str_eq(err.text, "MN1 of P1 has what was done at it: alsfrsr, fvc");
    als_change_abandon(study.store);
    study_close(&study);
}

static enum als_status put_ae(const char *onset, const char *end, unsigned given)
{
    const struct als_adverse_event ae = {.patient_id = patient,
                                         .ae_id = "1",
                                         .term = "headache",
                                         .onset = onset,
                                         .end = end,
                                         .grade = 1,
                                         .serious = ALS_UNSAID,
                                         .dlt = ALS_UNSAID};
    return als_adverse_event_put(study.store, &ae, given, NULL, &err);
}

Test(follow, an_adverse_event_does_not_end_before_its_onset)
{
    static const char *const refused[][2] = {
        {"2020-02-10", "2020-02-09"}, {"2020-02", "2020-01-31"}, {"2020", "2019-12"}};
    static const char *const accepted[][2] = {
        {"2020-02-10", "2020-02"}, {"2020-02", "2020-02-01"}, {"2020", "2020"}, {NULL, "2020"}};
    next_change("tried");
    for (size_t i = 0; i < COUNT(refused); i++)
        cr_expect_eq(put_ae(refused[i][0], refused[i][1], ALS_GIVEN_ALL), ALS_DATA, "%zu", i);
    for (size_t i = 0; i < COUNT(accepted); i++)
        assert_ok(put_ae(accepted[i][0], accepted[i][1], ALS_GIVEN_ALL), &err);
    assert_ok(put_ae("2020-03-05", NULL, ALS_GIVEN_ALL), &err);
    cr_expect_eq(put_ae(NULL, "2020-03-04", 1u << 3), ALS_DATA, "the onset is stored");
    study_commit(&study);
    study_close(&study);
}

Test(follow, an_adverse_event_names_an_extra_visit_only_of_its_patient)
{
    int visit_no;
    assert_ok(als_store_add_visit_code(study.store, "UNS1", &visit_no, &err), &err);
    int64_t other = study_add_patient(&study, "P2");
    study_add_alsfrsr(&study, patient, "UNS1", 18320, 3);
    struct als_adverse_event ae = {.patient_id = patient,
                                   .ae_id = "1",
                                   .visit_no = visit_no,
                                   .term = "headache",
                                   .grade = 1,
                                   .serious = ALS_UNSAID,
                                   .dlt = ALS_UNSAID};
    assert_ok(als_adverse_event_put(study.store, &ae, ALS_GIVEN_ALL, NULL, &err), &err);
    ae.patient_id = other;
    cr_expect_eq(als_adverse_event_put(study.store, &ae, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    cr_expect_str_eq(err.text, "visit: P2 has no visit UNS1");
    ae.visit_no = study_visit(&study, "MN3");
    assert_ok(als_adverse_event_put(study.store, &ae, ALS_GIVEN_ALL, NULL, &err), &err);
    study_commit(&study);
    study_close(&study);
}
