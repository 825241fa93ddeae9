/* Reading a study as it stood on a day. */
#include "study.h"

TestSuite(cut);

static int day_of(const char *text)
{
    int day;
    cr_assert(als_date_parse_full(text, strlen(text), &day), "%s", text);
    return day;
}

static void put_event(struct study *study, int64_t patient, const char *name, const char *date)
{
    struct als_event event = {.patient_id = patient, .event = name, .date = date, .value = NAN};
    struct als_err err = {0};
    enum als_put what;
    assert_ok(als_event_put(study->store, &event, ALS_GIVEN_ALL, &what, &err), &err);
}

static void count_point(const struct als_point *point, void *context)
{
    (void)point;
    ++*(size_t *)context;
}

static size_t points_of(struct study *study)
{
    struct als_measure measure;
    struct als_err err = {0};
    size_t n = 0;
    struct als_patient_list none = {0};
    assert_ok(als_measure_find(study->store, "alsfrsr.total", &measure, &err), &err);
    assert_ok(
        als_points_each(study->store, &measure, &none, 0, INT64_MAX, count_point, &n, NULL, &err),
        &err);
    return n;
}

static struct study filled(void)
{
    struct study study;
    study_open(&study);
    study_begin(&study, NULL);
    int64_t patient = study_add_patient(&study, "P1");
    put_event(&study, patient, "onset", "2019-05");
    put_event(&study, patient, "death", "2020-06-30");
    study_add_alsfrsr(&study, patient, "SCR", day_of("2019-06-01"), 4);
    study_add_alsfrsr(&study, patient, "D0", day_of("2020-01-10"), 3);
    study_add_alsfrsr(&study, patient, "MN1", day_of("2020-05-01"), 2);
    study_commit(&study);
    study_reopen(&study, ALS_STORE_READ);
    return study;
}

Test(cut, leaves_out_what_came_later_from_every_reading)
{
    struct study study = filled();
    struct als_arena *arena = als_arena_new();
    struct als_event_list events;
    struct als_visit_list visits;
    struct als_err err = {0};
    cr_assert_eq(points_of(&study), 3);
    als_store_cut(study.store, day_of("2020-01-10"));
    cr_assert_eq(points_of(&study), 2, "the day itself is in");
    assert_ok(als_visit_load(study.store, 0, arena, &visits, &err), &err);
    cr_assert_eq(visits.count, 2);
    assert_ok(als_event_load(study.store, 0, arena, &events, &err), &err);
    cr_assert_eq(events.count, 1);
    cr_assert_str_eq(events.items[0].event, "onset");
    als_arena_free(arena);
    study_close(&study);
}

Test(cut, a_partial_date_counts_by_its_first_day)
{
    struct study study = filled();
    struct als_arena *arena = als_arena_new();
    struct als_event_list events;
    struct als_err err = {0};
    als_store_cut(study.store, day_of("2019-05-01"));
    assert_ok(als_event_load(study.store, 0, arena, &events, &err), &err);
    cr_assert_eq(events.count, 1);
    als_store_cut(study.store, day_of("2019-04-30"));
    assert_ok(als_event_load(study.store, 0, arena, &events, &err), &err);
    cr_assert_eq(events.count, 0);
    als_arena_free(arena);
    study_close(&study);
}
