/* What was not done has no answers, whichever way it came in. */
#include "study.h"

#include <sqlite3.h>

static struct study study;

static void open_study(void)
{
    study_open(&study);
}

TestSuite(not_done, .init = open_study);

/* ALSFRS-R of the patient at MN1 with only what `assessment` and `given` say. */
static enum als_status put(struct als_assessment *assessment, unsigned given,
                           const bool *given_items, struct als_err *err)
{
    static const struct als_value none[64];
    const struct als_instrument *instrument = als_store_find_instrument(study.store, "alsfrsr");
    assessment->patient_id = 1;
    assessment->visit_no = study_visit(&study, "MN1");
    if (!assessment->values)
        assessment->values = none;
    return als_assessment_put(study.store, instrument, assessment, given, given_items, NULL, err);
}

Test(not_done, an_assessment_turned_not_done_keeps_no_answer)
{
    static const bool no_items[64];
    struct als_err err = {.status = ALS_OK};
    study_begin(&study, NULL);
    study_add_patient(&study, "P1");
    study_add_alsfrsr(&study, 1, "MN1", 18320, 3);
    study_commit(&study);
    struct als_assessment refused = {.day = ALS_NO_DAY, .not_done = true, .reason = "refused"};
    study_begin(&study, "the form was another patient's");
    assert_ok(put(&refused, 1u << 0 | 1u << 3 | 1u << 4, no_items, &err), &err);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM a_alsfrsr WHERE status = 'not-done'"
                                      " AND speech IS NULL AND respiratory_insufficiency IS NULL"
                                      " AND total IS NULL AND reason = 'refused'"),
                 1);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM history WHERE table_name = 'a_alsfrsr'"
                                      " AND old_row ->> 'speech' = 3"),
                 1, "the answers are in history");
    char text[2000];
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

Test(not_done, an_answer_says_that_the_assessment_was_done)
{
    struct als_err err = {.status = ALS_OK};
    const struct als_instrument *instrument = als_store_find_instrument(study.store, "alsfrsr");
    const size_t speech = (size_t)als_instrument_item(instrument, "speech");
    struct als_value values[64] = {ALS_MISSING_VALUE};
    bool given[64] = {false};
    values[speech] = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = 2};
    given[speech] = true;
    study_begin(&study, NULL);
    study_add_patient(&study, "P1");
    struct als_assessment refused = {.day = ALS_NO_DAY, .not_done = true, .reason = "refused"};
    assert_ok(put(&refused, ALS_GIVEN_ALL, NULL, &err), &err);
    study_commit(&study);
    study_begin(&study, "came later");
    struct als_assessment later = {.day = 18330, .values = values};
    assert_ok(put(&later, 1u << 0, given, &err), &err);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM a_alsfrsr WHERE status = 'done'"
                                      " AND speech = 2 AND day = 18330 AND reason IS NULL"),
                 1);
    study_close(&study);
}

static size_t count_visits(void)
{
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    struct als_visit_list visits;
    assert_ok(als_visit_load(study.store, 1, arena, &visits, &err), &err);
    als_arena_free(arena);
    return visits.count;
}

Test(not_done, an_assessment_that_was_not_done_says_nothing_of_its_visit)
{
    struct als_err err = {.status = ALS_OK};
    struct als_assessment refused = {.day = ALS_NO_DAY, .not_done = true, .reason = "refused"};
    struct als_visit visit = {
        .patient_id = 1, .day = ALS_NO_DAY, .not_done = true, .reason = "died"};
    study_begin(&study, NULL);
    study_add_patient(&study, "P1");
    assert_ok(put(&refused, ALS_GIVEN_ALL, NULL, &err), &err);
    study_commit(&study);
    cr_expect_eq(count_visits(), 0);
    /* Somebody who records the visit afterwards corrects nothing. */
    visit.visit_no = study_visit(&study, "MN1");
    study_begin(&study, NULL);
    assert_ok(als_visit_put(study.store, &visit, ALS_GIVEN_ALL, NULL, &err), &err);
    study_commit(&study);
    cr_expect_eq(count_visits(), 1);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    study_close(&study);
}

Test(not_done, what_was_done_after_all_makes_the_visit)
{
    struct als_err err = {.status = ALS_OK};
    struct als_assessment refused = {.day = ALS_NO_DAY, .not_done = true, .reason = "refused"};
    study_begin(&study, NULL);
    study_add_patient(&study, "P1");
    assert_ok(put(&refused, ALS_GIVEN_ALL, NULL, &err), &err);
    study_commit(&study);
    study_begin(&study, "done after all");
    study_add_alsfrsr(&study, 1, "MN1", 18320, 3);
    study_commit(&study);
    cr_expect_eq(count_visits(), 1);
    study_begin(&study, "not done after all");
    assert_ok(put(&refused, ALS_GIVEN_ALL, NULL, &err), &err);
    study_commit(&study);
    cr_expect_eq(count_visits(), 0);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    study_close(&study);
}

Test(not_done, the_database_itself_refuses_answers_of_what_was_not_done)
{
    study_begin(&study, NULL);
    study_add_patient(&study, "P1");
    study_add_alsfrsr(&study, 1, "MN1", 18320, 3);
    study_commit(&study);
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(study.path, &db), SQLITE_OK);
    cr_expect_eq(sqlite3_exec(db, "UPDATE a_alsfrsr SET status = 'not-done'", NULL, NULL, NULL),
                 SQLITE_CONSTRAINT);
    sqlite3_close(db);
    study_close(&study);
}

Test(not_done, an_item_has_an_answer_or_a_reason_why_not)
{
    struct als_err err = {.status = ALS_OK};
    struct als_value values[64] = {ALS_MISSING_VALUE};
    const char *reasons[64] = {"refused"};
    bool given[64] = {true};
    values[0] = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = 2};
    study_begin(&study, "a reason");
    study_add_patient(&study, "P1");
    struct als_assessment both = {.day = 18330, .values = values, .item_reasons = reasons};
    cr_expect_eq(put(&both, ALS_GIVEN_ALL, NULL, &err), ALS_DATA);
    cr_expect_str_eq(err.text, "speech: is answered and has a missing reason");
    study_add_alsfrsr(&study, 1, "MN1", 18330, 3);
    given[0] = false;
    cr_expect_eq(put(&both, 1u << 0, given, &err), ALS_DATA, "the answer is stored");
    values[0] = ALS_MISSING_VALUE;
    given[0] = true;
    assert_ok(put(&both, 1u << 0, given, &err), &err);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT speech IS NULL AND item_reasons ->> 'speech' ="
                                      " 'refused' FROM a_alsfrsr"),
                 1);
    study_close(&study);
}
