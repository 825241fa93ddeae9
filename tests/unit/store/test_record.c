/* Entering, repeating and changing records, and what is refused. */
#include "study.h"

static struct study study;
static struct als_err err;

static void open_study(void)
{
    err = (struct als_err){.status = ALS_OK};
    study_open(&study);
    study_begin(&study, NULL);
}

static void close_study(void)
{
    als_change_abandon(study.store);
    study_close(&study);
}

TestSuite(record, .init = open_study);

Test(record, puts_new_then_same_then_asks_for_a_reason)
{
    enum als_put what;
    struct als_patient patient = {
        .patient = "007", .sex = "F", .birth_date = "1960-05", .height_cm = 160, .site = "PRG"};
    assert_ok(als_patient_put(study.store, &patient, ALS_GIVEN_ALL, &what, &err), &err);
    cr_expect_eq(what, ALS_PUT_NEW);
    cr_expect_eq(patient.id, 1);
    assert_ok(als_patient_put(study.store, &patient, ALS_GIVEN_ALL, &what, &err), &err);
    cr_expect_eq(what, ALS_PUT_SAME);
    patient.height_cm = 161;
    cr_expect_eq(als_patient_put(study.store, &patient, ALS_GIVEN_ALL, &what, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-CONFLICT");
    cr_expect_not_null(strstr(err.text, "height_cm is stored as '160', the new value is '161'"),
                       "%s", err.text);
    study_commit(&study);
    study_begin(&study, "measured again");
    assert_ok(als_patient_put(study.store, &patient, ALS_GIVEN_ALL, &what, &err), &err);
    cr_expect_eq(what, ALS_PUT_CHANGED);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT height_cm FROM patient WHERE patient = '007'"), 161);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    close_study();
}

Test(record, keeps_columns_that_are_not_given)
{
    struct als_arena *arena = als_arena_new();
    int64_t id = study_add_patient(&study, "P1");
    struct als_patient arm = {.patient = "P1", .arm = "A"}, found;
    study_commit(&study);
    study_begin(&study, "randomised");
    assert_ok(als_patient_put(study.store, &arm, 1u << 4, NULL, &err), &err);
    assert_ok(als_patient_get(study.store, "P1", arena, &found, &err), &err);
    cr_expect_eq(found.id, id);
    cr_expect_str_eq(found.arm, "A");
    cr_expect_str_eq(found.sex, "M");
    cr_expect_str_eq(found.birth_date, "1960-05");
    assert_close(found.height_cm, 178, 0);
    struct als_patient bare = {.patient = "P2"};
    assert_ok(als_patient_put(study.store, &bare, 0, NULL, &err), &err);
    assert_ok(als_patient_get(study.store, "P2", arena, &found, &err), &err);
    cr_expect(isnan(found.height_cm), "not given is missing in a new row, not 0");
    als_arena_free(arena);
    close_study();
}

Test(record, names_the_nearest_patient)
{
    struct als_arena *arena = als_arena_new();
    struct als_patient found;
    study_add_patient(&study, "ABC-012");
    cr_expect_eq(als_patient_get(study.store, "ABC-12", arena, &found, &err), ALS_NO_INPUT);
    cr_expect_not_null(strstr(err.hint, "ABC-012"), "%s", err.hint);
    als_arena_free(arena);
    close_study();
}

Test(record, knows_age_sex_and_equation_of_a_person)
{
    struct als_patient patient = {.sex = "M", .birth_date = "1960", .height_cm = 180};
    const struct als_protocol *protocol = als_store_protocol(study.store);
    struct als_person person =
        als_patient_person(&patient, protocol, als_day_from_civil(2020, 7, 1));
    cr_expect_eq(person.sex, ALS_SEX_MALE);
    assert_close(person.age_years, 60, 1e-3);
    cr_expect_eq(person.equation, ALS_FVC_ECSC);
    patient = (struct als_patient){.height_cm = (double)NAN};
    person = als_patient_person(&patient, protocol, 18262);
    cr_expect_eq(person.sex, ALS_SEX_UNKNOWN);
    cr_expect(isnan(person.age_years));
    close_study();
}

static const struct bad_patient {
    struct als_patient patient;
    const char *code, *hint;
} bad_patients[] = {
    {{.patient = ""}, "E-REQUIRED", ""},
    {{.patient = NULL}, "E-REQUIRED", ""},
    {{.patient = " P1"}, "E-TEXT", ""},
    {{.patient = "P\n1"}, "E-TEXT", ""},
    {{.patient = "12345678901234567890123456789012345678901234567890123456789012345"},
     "E-TOO-LONG",
     ""},
    {{.patient = "P1", .site = "PRH"}, "E-CHOICE", "PRG"},
    {{.patient = "P1", .sex = "m"}, "E-CHOICE", ""},
    {{.patient = "P1", .birth_date = "1960-13"}, "E-DATE", "YYYY-MM-DD"},
    {{.patient = "P1", .birth_date = "1.5.1960"}, "E-DATE", ""},
    {{.patient = "P1", .height_cm = 1.78}, "E-RANGE", ""},
    {{.patient = "P1", .height_cm = (double)INFINITY}, "E-RANGE", ""},
    {{.patient = "P1", .height_cm = 178, .cohort = "lwo"}, "E-CHOICE", "low"},
};

Test(record, refuses_patients_that_cannot_be)
{
    for (size_t i = 0; i < COUNT(bad_patients); i++) {
        struct als_patient patient = bad_patients[i].patient;
        unsigned given = patient.height_cm > 0 || patient.height_cm < 0 ? ALS_GIVEN_ALL : ~8u;
        err = (struct als_err){.status = ALS_OK};
        cr_expect_eq(als_patient_put(study.store, &patient, given, NULL, &err), ALS_DATA, "row %zu",
                     i);
        cr_expect_str_eq(err.code, bad_patients[i].code, "row %zu: %s", i, err.text);
        cr_expect_not_null(strstr(err.hint, bad_patients[i].hint), "row %zu: %s", i, err.hint);
    }
    int64_t change_id;
    assert_ok(als_change_commit(study.store, &change_id, &err), &err);
    cr_expect_eq(change_id, 0, "nothing was written");
    close_study();
}

/* ---- Events ---- */

static enum als_status event(int64_t patient, const char *name, const char *date,
                             enum als_put *what)
{
    struct als_event put = {
        .patient_id = patient, .event = name, .date = date, .value = (double)NAN};
    return als_event_put(study.store, &put, ALS_GIVEN_ALL, what, &err);
}

Test(record, keeps_one_diagnosis_and_many_infusions)
{
    enum als_put what;
    int64_t id = study_add_patient(&study, "P1");
    assert_ok(event(id, "diagnosis", "2019-03", &what), &err);
    assert_ok(event(id, "diagnosis", "2019-03", &what), &err);
    cr_expect_eq(what, ALS_PUT_SAME);
    cr_expect_eq(event(id, "diagnosis", "2019-04", &what), ALS_DATA);
    cr_expect_str_eq(err.code, "E-CONFLICT");
    assert_ok(event(id, "infusion", "2020-02-01", &what), &err);
    assert_ok(event(id, "infusion", "2020-01-01", &what), &err);
    cr_expect_eq(what, ALS_PUT_NEW);
    assert_ok(event(id, "relapse", "2020-01-01", &what), &err);
    assert_ok(event(id, "relapse", "2020-05-01", &what), &err);
    cr_expect_eq(what, ALS_PUT_NEW, "the protocol's own events repeat");
    struct als_arena *arena = als_arena_new();
    struct als_event_list list;
    assert_ok(als_event_load(study.store, id, arena, &list, &err), &err);
    cr_assert_eq(list.count, 5);
    cr_expect_str_eq(list.items[0].event, "diagnosis");
    cr_expect_str_eq(list.items[1].event, "infusion");
    cr_expect_str_eq(list.items[2].event, "relapse");
    cr_expect_str_eq(list.items[3].date, "2020-02-01");
    als_arena_free(arena);
    close_study();
}

Test(record, changes_the_date_of_an_event_by_its_id)
{
    enum als_put what;
    int64_t id = study_add_patient(&study, "P1");
    struct als_event infusion = {.patient_id = id, .event = "infusion", .date = "2020-02-01"};
    assert_ok(als_event_put(study.store, &infusion, ~2u, &what, &err), &err);
    study_commit(&study);
    study_begin(&study, "typing error");
    infusion.date = "2020-02-11";
    assert_ok(als_event_put(study.store, &infusion, 1, &what, &err), &err);
    cr_expect_eq(what, ALS_PUT_CHANGED);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM event WHERE date = '2020-02-11'"), 1);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM event"), 1);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    close_study();
}

Test(record, refuses_events_that_cannot_be)
{
    int64_t id = study_add_patient(&study, "P1");
    cr_expect_eq(event(id, "diagnosys", "2019", NULL), ALS_DATA);
    cr_expect_not_null(strstr(err.hint, "diagnosis"), "%s", err.hint);
    cr_expect_eq(event(id, "diagnosis", "2019-02-30", NULL), ALS_DATA);
    cr_expect_str_eq(err.code, "E-DATE");
    cr_expect_eq(event(id, "diagnosis", NULL, NULL), ALS_DATA);
    cr_expect_str_eq(err.code, "E-REQUIRED");
    cr_expect_eq(event(999, "diagnosis", "2019", NULL), ALS_DATA);
    cr_expect_str_eq(err.code, "E-REFERENCE");
    close_study();
}

/* ---- Visits and assessments ---- */

static struct als_visit stored_visit(int64_t patient, const char *code)
{
    struct als_arena *arena = als_arena_new();
    struct als_visit_list list;
    struct als_visit found = {.visit_no = 0};
    assert_ok(als_visit_load(study.store, patient, arena, &list, &err), &err);
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].visit_no == study_visit(&study, code))
            found = list.items[i];
    }
    found.mode = found.reason = NULL;
    als_arena_free(arena);
    return found;
}

Test(record, makes_a_visit_that_follows_its_earliest_assessment)
{
    int64_t id = study_add_patient(&study, "P1");
    const struct als_instrument *fvc = als_store_find_instrument(study.store, "fvc");
    struct als_value none[64] = {ALS_MISSING_VALUE};
    struct als_assessment assessment = {.patient_id = id,
                                        .visit_no = study_visit(&study, "MN1"),
                                        .day = ALS_NO_DAY,
                                        .not_done = true,
                                        .reason = "equipment",
                                        .values = none};
    assert_ok(als_assessment_put(study.store, fvc, &assessment, ALS_GIVEN_ALL, NULL, NULL, &err),
              &err);
    struct als_visit visit = stored_visit(id, "MN1");
    cr_expect_eq(visit.visit_no, 0, "nothing is known of the visit");
    study_add_alsfrsr(&study, id, "MN1", 18320, 3);
    visit = stored_visit(id, "MN1");
    cr_expect(visit.made && !visit.not_done && visit.day == 18320);
    assessment.not_done = false;
    assessment.reason = NULL;
    assessment.day = 18310;
    cr_expect_eq(als_assessment_put(study.store, fvc, &assessment, ALS_GIVEN_ALL, NULL, NULL, &err),
                 ALS_DATA, "not done, and now done: contradicts what is stored");
    study_commit(&study);
    study_begin(&study, "done after all");
    assert_ok(als_assessment_put(study.store, fvc, &assessment, ALS_GIVEN_ALL, NULL, NULL, &err),
              &err);
    cr_expect_eq(stored_visit(id, "MN1").day, 18310, "an earlier day moves it");
    study_commit(&study);
    study_begin(&study, NULL);
    struct als_value litres[64] = {ALS_MISSING_VALUE};
    assessment.values = litres;
    assessment.rater_no = 0;
    assessment.day = 18310;
    assert_ok(als_assessment_put(study.store, fvc, &assessment, ALS_GIVEN_ALL, NULL, NULL, &err),
              &err);
    cr_expect_eq(stored_visit(id, "MN1").day, 18310);
    als_change_abandon(study.store);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    close_study();
}

Test(record, leaves_a_recorded_visit_where_it_is)
{
    enum als_put what;
    int64_t id = study_add_patient(&study, "P1");
    struct als_visit visit = {
        .patient_id = id, .visit_no = study_visit(&study, "MN1"), .day = 18320, .mode = "phone"};
    assert_ok(als_visit_put(study.store, &visit, ALS_GIVEN_ALL, &what, &err), &err);
    cr_expect_eq(what, ALS_PUT_NEW);
    study_add_alsfrsr(&study, id, "MN1", 18310, 3);
    cr_expect_eq(stored_visit(id, "MN1").day, 18320);
    cr_expect_not(stored_visit(id, "MN1").made);
    assert_ok(als_visit_put(study.store, &visit, ALS_GIVEN_ALL, &what, &err), &err);
    cr_expect_eq(what, ALS_PUT_SAME);
    visit.visit_no = study_visit(&study, "MN3");
    visit.not_done = true;
    visit.day = ALS_NO_DAY;
    visit.reason = "refused";
    assert_ok(als_visit_put(study.store, &visit, ALS_GIVEN_ALL, &what, &err), &err);
    study_commit(&study);
    study_begin(&study, "he came later");
    study_add_alsfrsr(&study, id, "MN3", 18385, 3);
    cr_expect_eq(stored_visit(id, "MN3").day, 18385);
    cr_expect_not(stored_visit(id, "MN3").not_done);
    study_commit(&study);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    close_study();
}

Test(record, keeps_an_assigned_visit_and_says_so)
{
    int64_t id = study_add_patient(&study, "P1");
    struct als_visit visit = {
        .patient_id = id, .visit_no = study_visit(&study, "MN1"), .day = 18320, .assigned = true};
    assert_ok(als_visit_put(study.store, &visit, 1, NULL, &err), &err);
    visit = stored_visit(id, "MN1");
    cr_expect(visit.assigned && visit.made && !visit.not_done);
    close_study();
}

Test(record, refuses_visits_that_cannot_be)
{
    int64_t id = study_add_patient(&study, "P1");
    struct als_visit visit = {.patient_id = id, .visit_no = 77, .day = 18320};
    cr_expect_eq(als_visit_put(study.store, &visit, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    visit.visit_no = 1;
    visit.mode = "clinik";
    cr_expect_eq(als_visit_put(study.store, &visit, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    cr_expect_not_null(strstr(err.hint, "clinic"), "%s", err.hint);
    visit.mode = NULL;
    visit.day = ALS_NO_DAY;
    cr_expect_eq(als_visit_put(study.store, &visit, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-REQUIRED");
    visit.day = 999999;
    cr_expect_eq(als_visit_put(study.store, &visit, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    visit.day = 18320;
    visit.patient_id = 4711;
    cr_expect_eq(als_visit_put(study.store, &visit, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-REFERENCE");
    int number;
    cr_expect_eq(als_store_add_visit_code(study.store, "MN2", &number, &err), ALS_DATA);
    close_study();
}

static enum als_status put_alsfrsr(int64_t patient, struct als_value *values, const bool *given,
                                   const char *const *reasons)
{
    const struct als_instrument *alsfrsr = als_store_find_instrument(study.store, "alsfrsr");
    struct als_assessment assessment = {.patient_id = patient,
                                        .visit_no = study_visit(&study, "SCR"),
                                        .day = 18262,
                                        .values = values,
                                        .item_reasons = reasons};
    return als_assessment_put(study.store, alsfrsr, &assessment, ALS_GIVEN_ALL, given, NULL, &err);
}

Test(record, refuses_answers_that_cannot_be_and_leaves_no_visit)
{
    int64_t id = study_add_patient(&study, "P1");
    static const struct als_value bad[] = {
        {.kind = ALS_VALUE_INTEGER, .integer = 5},
        {.kind = ALS_VALUE_INTEGER, .integer = -1},
        {.kind = ALS_VALUE_NUMBER, .number = 3},
        {.kind = ALS_VALUE_NUMBER, .number = (double)NAN},
        {.kind = ALS_VALUE_TEXT, .text = "4", .length = 1},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct als_value values[64] = {bad[i]};
        cr_expect_eq(put_alsfrsr(id, values, NULL, NULL), ALS_DATA, "row %zu", i);
        cr_expect_str_eq(err.code, "E-RANGE");
        cr_expect_not_null(strstr(err.text, "speech"), "%s", err.text);
    }
    cr_expect_eq(stored_visit(id, "SCR").visit_no, 0);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM patient"), 1, "the rest is stored");
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    close_study();
}

static char *reason_of_speech(int64_t patient)
{
    static char text[64];
    struct als_scan *scan;
    const struct als_assessment *row;
    assert_ok(als_scan_open(study.store, als_store_find_instrument(study.store, "alsfrsr"),
                            ALS_SCAN_ITEMS, patient, patient, &scan, &err),
              &err);
    assert_ok(als_scan_next(scan, &row, &err), &err);
    cr_assert_not_null(row);
    bool there = row->item_reasons && row->item_reasons[0];
    snprintf(text, sizeof text, "%s", there ? row->item_reasons[0] : "-");
    als_scan_close(scan);
    return text;
}

Test(record, keeps_the_reason_of_a_missing_item_until_there_is_an_answer)
{
    int64_t id = study_add_patient(&study, "P1");
    struct als_value values[64] = {ALS_MISSING_VALUE};
    const char *reasons[64] = {"refused"};
    assert_ok(put_alsfrsr(id, values, NULL, reasons), &err);
    cr_expect_str_eq(reason_of_speech(id), "refused");
    study_commit(&study);
    study_begin(&study, "answered on the phone");
    bool given[64] = {false};
    given[1] = true;
    values[1] = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = 4};
    assert_ok(put_alsfrsr(id, values, given, NULL), &err);
    cr_expect_str_eq(reason_of_speech(id), "refused", "another item was given");
    given[0] = true;
    values[0] = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = 3};
    assert_ok(put_alsfrsr(id, values, given, NULL), &err);
    cr_expect_str_eq(reason_of_speech(id), "-");
    study_commit(&study);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    close_study();
}

/* ---- Adverse events and procedures ---- */

static const struct als_adverse_event headache = {.ae_id = "1",
                                                  .term = "headache",
                                                  .onset = "2020-02",
                                                  .grade = 2,
                                                  .serious = ALS_UNSAID,
                                                  .relation = "procedure;disease",
                                                  .dlt = 0};

Test(record, links_an_adverse_event_to_its_visit)
{
    enum als_put what;
    struct als_adverse_event ae = headache;
    ae.patient_id = study_add_patient(&study, "P1");
    ae.visit_no = study_visit(&study, "MN1");
    assert_ok(als_adverse_event_put(study.store, &ae, ALS_GIVEN_ALL, &what, &err), &err);
    assert_ok(als_adverse_event_put(study.store, &ae, ALS_GIVEN_ALL, &what, &err), &err);
    cr_expect_eq(what, ALS_PUT_SAME);
    struct als_arena *arena = als_arena_new();
    struct als_adverse_event_list list;
    assert_ok(als_adverse_event_load(study.store, 0, arena, &list, &err), &err);
    cr_assert_eq(list.count, 1);
    cr_expect_eq(list.items[0].grade, 2);
    cr_expect_eq(list.items[0].serious, ALS_UNSAID);
    cr_expect_eq(list.items[0].dlt, 0);
    cr_expect_eq(list.items[0].visit_no, ae.visit_no);
    als_arena_free(arena);
    close_study();
}

Test(record, refuses_adverse_events_that_cannot_be)
{
    struct als_adverse_event ae = headache;
    ae.patient_id = study_add_patient(&study, "P1");
    ae.grade = 4;
    cr_expect_eq(als_adverse_event_put(study.store, &ae, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    cr_expect_not_null(strstr(err.hint, "1 to 3"), "%s", err.hint);
    ae.grade = 1;
    ae.relation = "procedure; desease";
    cr_expect_eq(als_adverse_event_put(study.store, &ae, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    cr_expect_not_null(strstr(err.hint, "disease"), "%s", err.hint);
    ae.relation = NULL;
    ae.term = "";
    cr_expect_eq(als_adverse_event_put(study.store, &ae, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    ae.term = "x";
    cr_expect_eq(als_adverse_event_put(study.store, &ae, 1u << 4, NULL, &err), ALS_DATA,
                 "a new one needs its term");
    ae.ae_id = NULL;
    cr_expect_eq(als_adverse_event_put(study.store, &ae, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    close_study();
}

Test(record, stores_procedures_beside_instruments)
{
    struct als_procedure mri = {.patient_id = study_add_patient(&study, "P1"),
                                .visit_no = study_visit(&study, "SCR"),
                                .procedure = "mri",
                                .day = 18262,
                                .note = "3 tesla"};
    assert_ok(als_procedure_put(study.store, &mri, ALS_GIVEN_ALL, NULL, &err), &err);
    struct als_arena *arena = als_arena_new();
    struct als_procedure_list list;
    assert_ok(als_procedure_load(study.store, 0, arena, &list, &err), &err);
    cr_assert_eq(list.count, 1);
    cr_expect_str_eq(list.items[0].note, "3 tesla");
    als_arena_free(arena);
    mri.procedure = "mry";
    cr_expect_eq(als_procedure_put(study.store, &mri, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    cr_expect_not_null(strstr(err.hint, "mri"), "%s", err.hint);
    close_study();
}

Test(record, hands_the_schedule_what_it_needs)
{
    study_commit(&study);
    study_fill(&study, 2);
    struct als_arena *arena = als_arena_new();
    struct als_patient patient;
    struct als_patient_facts facts;
    assert_ok(als_patient_get(study.store, "P2", arena, &patient, &err), &err);
    assert_ok(als_facts_load(study.store, &patient, arena, &facts, &err), &err);
    cr_expect_str_eq(facts.cohort, "low");
    cr_assert_eq(facts.n_events, 2);
    cr_expect_eq(facts.events[0].date.precision, ALS_PRECISION_YEAR);
    cr_assert_eq(facts.n_visits, 3);
    cr_expect_str_eq(facts.visits[2].code, "MN1");
    cr_expect_eq(facts.visits[2].day, 18322);
    als_arena_free(arena);
    close_study();
}
