/* Adverse events that never were, or that end before they begin. */
#include "alstrack/store/lock.h"
#include "study.h"

static struct study study;
static struct als_err err;
static struct als_adverse_event headache;

static void setup(void)
{
    study_open(&study);
    study_begin(&study, NULL);
    headache = (struct als_adverse_event){.patient_id = study_add_patient(&study, "P1"),
                                          .ae_id = "1",
                                          .visit_no = study_visit(&study, "SCR"),
                                          .term = "headache",
                                          .onset = "2020-02",
                                          .grade = ALS_UNSAID,
                                          .serious = ALS_UNSAID,
                                          .dlt = ALS_UNSAID};
    assert_ok(als_adverse_event_put(study.store, &headache, ALS_GIVEN_ALL, NULL, &err), &err);
    study_commit(&study);
}

static void teardown(void)
{
    study_close(&study);
}

static int64_t count(void)
{
    return study_number(&study, "SELECT count(*) FROM adverse_event");
}

Test(adverse_event, is_taken_out_with_a_reason_and_stays_in_the_trail, .init = setup,
     .fini = teardown)
{
    study_begin(&study, NULL);
    cr_expect_eq(als_adverse_event_remove(study.store, &headache, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-CONFLICT");
    als_change_abandon(study.store);
    study_begin(&study, "of P2");
    assert_ok(als_adverse_event_remove(study.store, &headache, &err), &err);
    cr_expect_eq(als_adverse_event_remove(study.store, &headache, &err), ALS_NO_INPUT);
    study_commit(&study);
    cr_expect_eq(count(), 0);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM history WHERE operation = 'delete'"),
                 1);
    study_begin(&study, NULL);
    assert_ok(als_adverse_event_put(study.store, &headache, ALS_GIVEN_ALL, NULL, &err), &err);
    study_commit(&study);
    cr_expect_eq(count(), 1);
    cr_expect_eq(study_verify(&study, (char[400]){""}, 400), 0);
}

Test(adverse_event, stays_while_its_visit_is_locked, .init = setup, .fini = teardown)
{
    const struct als_scope scope = {headache.patient_id, headache.visit_no};
    enum als_put what;
    study_begin(&study, NULL);
    assert_ok(als_lock_put(study.store, &scope, &what, &err), &err);
    study_commit(&study);
    study_begin(&study, "of P2");
    cr_expect_eq(als_adverse_event_remove(study.store, &headache, &err), ALS_NOT_PERMITTED);
    cr_expect_str_eq(err.code, "E-LOCKED");
    als_change_abandon(study.store);
    cr_expect_eq(count(), 1);
}

Test(adverse_event, ends_after_it_begins_as_far_as_dates_are_known)
{
    cr_expect_eq(als_adverse_event_order("2020-02-10", "2020-02-10", &err), ALS_OK);
    cr_expect_eq(als_adverse_event_order("2020-02-10", "2020-02", &err), ALS_OK);
    cr_expect_eq(als_adverse_event_order(NULL, "2020-02", &err), ALS_OK);
    cr_expect_eq(als_adverse_event_order("2020-02-10", "", &err), ALS_OK);
    cr_expect_eq(als_adverse_event_order("2020-02-10", "2020-02-09", &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-ORDER");
    cr_expect_eq(als_adverse_event_order("2020-02-10", "2019", &err), ALS_DATA);
}
