/* Events that were wrong: another date, no event at all. */
#include <math.h>

#include "study.h"

static struct study study;
static struct als_err err;
static struct als_arena *arena;
static int64_t patient;

static void setup(void)
{
    study_open(&study);
    arena = als_arena_new();
    study_begin(&study, NULL);
    patient = study_add_patient(&study, "P1");
}

static void teardown(void)
{
    als_arena_free(arena);
    study_close(&study);
}

static enum als_status put(int64_t id, const char *name, const char *date)
{
    enum als_put what;
    struct als_event event = {
        .id = id, .patient_id = patient, .event = name, .date = date, .value = (double)NAN};
    return als_event_put(study.store, &event, ALS_GIVEN_ALL, &what, &err);
}

/* The n-th event by date. */
static struct als_event stored(size_t n)
{
    struct als_event_list list;
    assert_ok(als_event_load(study.store, patient, arena, &list, &err), &err);
    cr_assert_lt(n, list.count);
    return list.items[n];
}

static size_t count(void)
{
    struct als_event_list list;
    assert_ok(als_event_load(study.store, patient, arena, &list, &err), &err);
    return list.count;
}

static enum als_status put_hours(const char *date, double hours, const char *unit)
{
    enum als_put what;
    struct als_event event = {
        .patient_id = patient, .event = "ventilation", .date = date, .value = hours, .unit = unit};
    return als_event_put(study.store, &event, ALS_GIVEN_ALL, &what, &err);
}

Test(event, keeps_the_course_of_ventilation, .init = setup, .fini = teardown)
{
    assert_ok(put_hours("2020-01-01", 8, "h/day"), &err);
    assert_ok(put_hours("2020-02-01", 20, NULL), &err);
    assert_ok(put_hours("2020-03-01", 23, "hours a day"), &err);
    assert_ok(put_hours("2020-03-01", 23, "hours a day"), &err);
    assert_ok(put_hours("2020-03-09", 0, "h/day"), &err);
    cr_assert_eq(count(), 4);
    cr_assert_eq(stored(3).value, 0.0);
    study_commit(&study);
    study_begin(&study, "misread");
    struct als_event note = {.patient_id = patient,
                             .event = "ventilation",
                             .date = "2020-03-01",
                             .value = (double)NAN,
                             .note = "of the wife's diary"};
    assert_ok(als_event_put(study.store, &note, 1u << 0 | 1u << 3, NULL, &err), &err);
    cr_assert_eq(stored(2).value, 23.0);
    study_commit(&study);
}

static const struct {
    double hours;
    const char *unit, *code;
} no_hours[] = {
    {NAN, "h/day", "E-REQUIRED"}, {24.5, "h/day", "E-RANGE"}, {-1, "h/day", "E-RANGE"},
    {23, "h/week", "E-RANGE"},    {23, "min", "E-RANGE"},
};
TABLE_TEST(event, takes_no_ventilation_without_hours_a_day, no_hours)
{
    setup();
    cr_assert_eq(put_hours("2020-01-01", no_hours[*row_].hours, no_hours[*row_].unit), ALS_DATA);
    cr_assert_str_eq(err.code, no_hours[*row_].code);
    cr_assert_eq(count(), 0);
    teardown();
}

Test(event, moves_an_infusion_to_its_true_date, .init = setup, .fini = teardown)
{
    assert_ok(put(0, "infusion", "2020-02-01"), &err);
    assert_ok(put(0, "infusion", "2020-03-01"), &err);
    study_commit(&study);
    study_begin(&study, "misread");
    assert_ok(put(stored(0).id, "infusion", "2020-02-11"), &err);
    study_commit(&study);
    cr_expect_eq(count(), 2);
    cr_expect_str_eq(stored(0).date, "2020-02-11");
    cr_expect_eq(study_verify(&study, (char[400]){""}, 400), 0);
}

Test(event, does_not_move_an_infusion_onto_another_one, .init = setup, .fini = teardown)
{
    assert_ok(put(0, "infusion", "2020-02-01"), &err);
    assert_ok(put(0, "infusion", "2020-03-01"), &err);
    study_commit(&study);
    study_begin(&study, "misread");
    cr_expect_eq(put(stored(0).id, "infusion", "2020-03-01"), ALS_DATA);
    cr_expect_str_eq(err.code, "E-EXISTS");
    assert_ok(put(stored(0).id, "infusion", "2020-02-01"), &err);
}

Test(event, takes_out_an_infusion_with_a_reason, .init = setup, .fini = teardown)
{
    assert_ok(put(0, "infusion", "2020-02-01"), &err);
    assert_ok(put(0, "infusion", "2020-03-01"), &err);
    study_commit(&study);
    const struct als_event wrong = stored(0);
    study_begin(&study, NULL);
    cr_expect_eq(als_event_remove(study.store, &wrong, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-CONFLICT");
    als_change_abandon(study.store);
    study_begin(&study, "of another patient");
    assert_ok(als_event_remove(study.store, &wrong, &err), &err);
    study_commit(&study);
    cr_expect_eq(count(), 1);
    cr_expect_str_eq(stored(0).date, "2020-03-01");
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM history WHERE operation = 'delete'"),
                 1);
    cr_expect_eq(study_verify(&study, (char[400]){""}, 400), 0);
}

Test(event, wants_the_day_of_an_infusion, .init = setup, .fini = teardown)
{
    cr_expect_eq(put(0, "infusion", "2020-02"), ALS_DATA);
    cr_expect_str_eq(err.code, "E-DATE");
    assert_ok(put(0, "onset", "2018"), &err);
}
