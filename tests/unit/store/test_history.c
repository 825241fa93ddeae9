/* One assessment over time: as it stood, the steps of a field, the one before. */
#include "study.h"

#include "alstrack/core/date.h"
#include "alstrack/store/history.h"

static struct study study;
static struct als_err err;
static struct als_arena *arena;
static const struct als_instrument *alsfrsr;
static int64_t patient, entered, changed;
static struct als_assessment_key key;

static int day(int month)
{
    return als_day_from_civil(2024, month, 1);
}

/* Entered with 4 everywhere, then corrected to 3, then walking to none with a reason. */
static void open_study(void)
{
    err = (struct als_err){.status = ALS_OK};
    arena = als_arena_new();
    study_open(&study);
    study_begin(&study, NULL);
    patient = study_add_patient(&study, "P1");
    study_add_alsfrsr(&study, patient, "SCR", day(3), 4);
    entered = study_commit(&study);
    study_begin(&study, "misread");
    study_add_alsfrsr(&study, patient, "SCR", day(3), 3);
    changed = study_commit(&study);
    alsfrsr = als_store_find_instrument(study.store, "alsfrsr");
    key = (struct als_assessment_key){
        .patient_id = patient, .visit_no = study_visit(&study, "SCR"), .instrument = alsfrsr};
}

static void close_study(void)
{
    als_arena_free(arena);
    study_close(&study);
}

static size_t item(const char *code)
{
    return (size_t)als_instrument_item(alsfrsr, code);
}

static void lose_walking(void)
{
    const char **reasons = als_arena_array(arena, alsfrsr->n_items, sizeof *reasons);
    bool *given = als_arena_array(arena, alsfrsr->n_items, sizeof *given);
    struct als_value *values = als_arena_array(arena, alsfrsr->n_items, sizeof *values);
    const struct als_assessment row = {.patient_id = patient,
                                       .visit_no = key.visit_no,
                                       .day = day(3),
                                       .values = values,
                                       .item_reasons = reasons};
    enum als_put what;
    reasons[item("walking")] = "too_weak";
    given[item("walking")] = true;
    study_begin(&study, "in a wheelchair");
    assert_ok(als_assessment_put(study.store, alsfrsr, &row, 1u, given, &what, &err), &err);
    study_commit(&study);
}

static bool at(int64_t change_id, struct als_assessment *out)
{
    bool found;
    assert_ok(als_assessment_at(study.store, &key, change_id, arena, out, &found, &err), &err);
    return found;
}

TestSuite(history, .init = open_study, .fini = close_study);

Test(history, gives_an_assessment_as_it_stood_after_each_change_set)
{
    struct als_assessment row;
    cr_expect_not(at(0, &row), "before the entry there was none");
    cr_assert(at(entered, &row));
    cr_expect_eq(row.values[item("walking")].integer, 4);
    cr_assert(at(changed, &row));
    cr_expect_eq(row.values[item("walking")].integer, 3);
    cr_expect_eq(row.day, day(3));
}

Test(history, tells_who_changed_a_field_from_what_to_what_and_why)
{
    struct als_field_steps steps;
    lose_walking();
    assert_ok(als_field_history(study.store, &key, "walking", arena, &steps, &err), &err);
    cr_assert_eq(steps.count, 3);
    cr_expect_str_eq(steps.items[0].value, "4");
    cr_expect_null(steps.items[0].reason, "a first entry needs no reason");
    cr_expect_str_eq(steps.items[1].value, "3");
    cr_expect_str_eq(steps.items[1].reason, "misread");
    cr_expect_null(steps.items[2].value);
    cr_expect_str_eq(steps.items[2].missing, "too_weak");
}

Test(history, leaves_out_steps_that_left_the_field_as_it_was)
{
    struct als_field_steps steps;
    assert_ok(als_field_history(study.store, &key, "date", arena, &steps, &err), &err);
    cr_assert_eq(steps.count, 1);
    cr_expect_str_eq(steps.items[0].value, "2024-03-01");
}

Test(history, knows_no_field_of_another_name)
{
    struct als_field_steps steps;
    cr_expect_eq(als_field_history(study.store, &key, "version_no", arena, &steps, &err),
                 ALS_NO_INPUT);
}

Test(history, says_who_stored_a_change_set)
{
    struct als_audit_row change;
    assert_ok(als_change_get(study.store, changed, arena, &change, &err), &err);
    cr_expect_str_eq(change.reason, "misread");
    cr_expect_eq(als_change_get(study.store, 99, arena, &change, &err), ALS_NO_INPUT);
}

Test(history, looks_back_to_the_latest_assessment_before_a_day)
{
    struct als_assessment_key later = key;
    struct als_assessment row;
    bool found;
    assert_ok(als_assessment_before(study.store, &later, day(3), arena, &row, &found, &err), &err);
    cr_expect_not(found, "none before the first");
    assert_ok(als_assessment_before(study.store, &later, day(4), arena, &row, &found, &err), &err);
    cr_assert(found);
    cr_expect_eq(row.values[item("speech")].integer, 3);
}
