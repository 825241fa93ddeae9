/* The eligibility worksheet of a stored study, and what people decided. */
#include "study.h"

#include <math.h>
#include <stdlib.h>

#include "alstrack/store/screening.h"

/* The criteria of these tests, instead of the study's own. */
static const char criteria[] =
    "  - {id: I1, type: inclusion, manual: consent, text: Consent}\n"
    "  - {id: I2, type: inclusion, auto: 'alsfrsr_total >= 30', text: Total}\n"
    "  - {id: I3, type: inclusion, auto: 'disease_duration < 24', unit: months, text: Duration}\n"
    "  - {id: I4, type: inclusion, auto: 'fvc_pct > 65', unit: '% pred', text: Capacity}\n"
    "  - {id: E1, type: exclusion, auto: 'gastrostomy = Y', text: Gastrostomy}\n"
    "  - {id: E2, type: exclusion, auto: 'age_completed < 18', manual: frail, text: Age}\n"
    "  - {id: E3, type: exclusion, manual: contaminated, at: each infusion, text: Product}\n";

static char *protocol_with_criteria(void)
{
    static const char own[] = "  - {id: I1, type: inclusion, manual: consent, text: Consent}\n";
    const char *at = strstr(study_protocol_text, own);
    cr_assert_not_null(at);
    return als_asprintf("%.*s%s%s", (int)(at - study_protocol_text), study_protocol_text, criteria,
                        at + strlen(own));
}

/* A study with these criteria and one patient who was screened. */
static int64_t open_screened(struct study *study, int screening_day)
{
    struct als_err err = {.status = ALS_OK};
    char *text = protocol_with_criteria();
    study_open(study);
    study_begin(study, "criteria");
    struct als_protocol *protocol = study_parse_protocol(text);
    protocol->version = "1.1";
    assert_ok(als_store_adopt_protocol(study->store, protocol, &err), &err);
    als_protocol_free(protocol);
    study_commit(study);
    study_begin(study, NULL);
    int64_t id = study_add_patient(study, "P1");
    study_add_alsfrsr(study, id, "SCR", screening_day, 3);
    study_commit(study);
    free(text);
    return id;
}

static int day_of(const char *text)
{
    int day = 0;
    cr_assert(als_date_parse_full(text, strlen(text), &day));
    return day;
}

static void add_event(struct study *study, int64_t id, const char *name, const char *date)
{
    struct als_err err = {.status = ALS_OK};
    struct als_event event = {.patient_id = id, .event = name, .date = date, .value = (double)NAN};
    study_begin(study, NULL);
    assert_ok(als_event_put(study->store, &event, 1u, NULL, &err), &err);
    study_commit(study);
}

static struct als_worksheet sheet_of(struct study *study, int64_t id, const char *today,
                                     struct als_arena *arena)
{
    struct als_err err = {.status = ALS_OK};
    struct als_worksheet sheet;
    assert_ok(als_worksheet_load(study->store, id, day_of(today), arena, &sheet, &err), &err);
    return sheet;
}

static const struct als_screen_row *row_of(const struct als_worksheet *sheet, const char *id,
                                           const char *visit)
{
    for (size_t i = 0; i < sheet->n_rows; i++) {
        const struct als_screen_row *row = &sheet->rows[i];
        if (strcmp(row->criterion->id, id) == 0 &&
            strcmp(sheet->points[row->point].visit, visit) == 0)
            return row;
    }
    cr_assert_fail("no row %s at %s", id, visit);
    return NULL;
}

static enum als_criterion_verdict verdict_of(const struct als_worksheet *sheet, const char *id)
{
    return row_of(sheet, id, "SCR")->result.verdict;
}

static enum als_status answer(struct study *study, int64_t id, const char *visit,
                              const char *criterion, bool yes, const char *reason,
                              enum als_put *what, struct als_err *err)
{
    struct als_answer answer = {.patient_id = id,
                                .visit_no = study_visit(study, visit),
                                .criterion = criterion,
                                .yes = yes,
                                .day = day_of("2020-01-16")};
    study_begin(study, reason);
    enum als_status status = als_answer_put(study->store, &answer, 1u, what, err);
    if (status == ALS_OK)
        study_commit(study);
    else
        als_change_abandon(study->store);
    return status;
}

Test(screening, the_assessment_of_the_visit_counts_before_older_and_newer_ones)
{
    struct study study;
    struct als_arena *arena = als_arena_new();
    int64_t id = open_screened(&study, day_of("2020-01-15"));
    study_begin(&study, NULL);
    study_add_alsfrsr(&study, id, "D0", day_of("2020-02-12"), 2);
    study_commit(&study);
    struct als_worksheet sheet = sheet_of(&study, id, "2020-03-01", arena);
    cr_expect_eq(verdict_of(&sheet, "I2"), ALS_CRITERION_PASS);
    cr_expect_str_eq(row_of(&sheet, "I2", "SCR")->value, "36");
    cr_expect_str_eq(row_of(&sheet, "I2", "SCR")->source, "alsfrsr at SCR, 2020-01-15");
    als_arena_free(arena);
    study_close(&study);
}

Test(screening, an_assessment_after_treatment_says_nothing_about_the_time_before)
{
    struct study study;
    struct als_arena *arena = als_arena_new();
    int64_t first = open_screened(&study, day_of("2020-01-15"));
    study_begin(&study, NULL);
    int64_t id = study_add_patient(&study, "P2");
    cr_assert_neq(id, first);
    study_add_alsfrsr(&study, id, "D0", day_of("2020-02-12"), 3);
    study_commit(&study);
    add_event(&study, id, "consent", "2020-01-14");
    struct als_worksheet sheet = sheet_of(&study, id, "2020-01-20", arena);
    cr_expect_eq(verdict_of(&sheet, "I2"), ALS_CRITERION_PASS, "dated later, but before treatment");
    add_event(&study, id, "infusion", "2020-02-11");
    sheet = sheet_of(&study, id, "2020-01-20", arena);
    cr_expect_eq(verdict_of(&sheet, "I2"), ALS_CRITERION_UNKNOWN);
    cr_expect_str_eq(row_of(&sheet, "I2", "SCR")->needs, "record P2 SCR alsfrsr");
    als_arena_free(arena);
    study_close(&study);
}

Test(screening, a_partial_onset_gives_bounds_and_a_limit_between_them_is_unknown)
{
    struct study study;
    struct als_arena *arena = als_arena_new();
    int64_t id = open_screened(&study, day_of("2020-01-15"));
    struct als_worksheet sheet = sheet_of(&study, id, "2020-03-01", arena);
    cr_expect_eq(verdict_of(&sheet, "I3"), ALS_CRITERION_UNKNOWN);
    cr_expect_str_eq(row_of(&sheet, "I3", "SCR")->needs, "event add P1 onset DATE");
    add_event(&study, id, "onset", "2018-01");
    sheet = sheet_of(&study, id, "2020-03-01", arena);
    const struct als_screen_row *row = row_of(&sheet, "I3", "SCR");
    cr_expect_eq(row->result.verdict, ALS_CRITERION_UNKNOWN, "%s", row->value);
    cr_expect_str_eq(row->value, "23.5 to 24.4 months");
    cr_expect_str_eq(row->needs, "the day of onset (known: 2018-01)");
    als_arena_free(arena);
    study_close(&study);
}

Test(screening, an_event_counts_from_its_day_on_and_its_absence_is_not_known)
{
    struct study study;
    struct als_arena *arena = als_arena_new();
    int64_t id = open_screened(&study, day_of("2020-01-15"));
    struct als_worksheet sheet = sheet_of(&study, id, "2020-03-01", arena);
    cr_expect_eq(verdict_of(&sheet, "E1"), ALS_CRITERION_UNKNOWN);
    add_event(&study, id, "gastrostomy", "2020-01-16");
    sheet = sheet_of(&study, id, "2020-03-01", arena);
    cr_expect_eq(verdict_of(&sheet, "E1"), ALS_CRITERION_UNKNOWN, "the day after is too late");
    study_sql(&study, "UPDATE event SET date = '2020-01' WHERE event = 'gastrostomy'");
    study_reopen(&study, ALS_STORE_WRITE);
    sheet = sheet_of(&study, id, "2020-03-01", arena);
    cr_expect_eq(verdict_of(&sheet, "E1"), ALS_CRITERION_UNKNOWN, "the month may be either");
    study_sql(&study, "UPDATE event SET date = '2020-01-15' WHERE event = 'gastrostomy'");
    study_reopen(&study, ALS_STORE_WRITE);
    sheet = sheet_of(&study, id, "2020-03-01", arena);
    cr_expect_eq(verdict_of(&sheet, "E1"), ALS_CRITERION_FAIL);
    als_arena_free(arena);
    study_close(&study);
}

Test(screening, answers_are_kept_with_who_gave_them_and_change_with_a_reason_only)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    enum als_put what;
    int64_t id = open_screened(&study, day_of("2020-01-15"));
    assert_ok(answer(&study, id, "SCR", "I1", true, NULL, &what, &err), &err);
    cr_expect_eq(what, ALS_PUT_NEW);
    assert_ok(answer(&study, id, "SCR", "I1", true, NULL, &what, &err), &err);
    cr_expect_eq(what, ALS_PUT_SAME);
    cr_expect_eq(answer(&study, id, "SCR", "I1", false, NULL, &what, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-CONFLICT");
    struct als_worksheet sheet = sheet_of(&study, id, "2020-03-01", arena);
    const struct als_screen_row *row = row_of(&sheet, "I1", "SCR");
    cr_expect_eq(row->result.verdict, ALS_CRITERION_PASS);
    cr_expect_str_eq(row->answer->user, "tester");
    cr_expect_eq(row->answer->day, day_of("2020-01-16"));
    assert_ok(answer(&study, id, "SCR", "I1", false, "withdrawn", &what, &err), &err);
    sheet = sheet_of(&study, id, "2020-03-01", arena);
    cr_expect_eq(verdict_of(&sheet, "I1"), ALS_CRITERION_FAIL);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    study_sql(&study, "UPDATE eligibility_answer SET answer = 'yes'");
    cr_expect_gt(study_verify(&study, NULL, 0), 0, "an edited answer is found");
    als_arena_free(arena);
    study_close(&study);
}

Test(screening, an_answer_does_not_override_what_follows_from_data)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    int64_t id = open_screened(&study, day_of("1970-01-15")); /* at the age of nine */
    assert_ok(answer(&study, id, "SCR", "E2", false, NULL, NULL, &err), &err);
    struct als_worksheet sheet = sheet_of(&study, id, "2020-03-01", arena);
    const struct als_screen_row *row = row_of(&sheet, "E2", "SCR");
    cr_expect_eq(row->result.automatic, ALS_CRITERION_FAIL);
    cr_expect_eq(row->result.manual, ALS_CRITERION_PASS);
    cr_expect_eq(row->result.verdict, ALS_CRITERION_FAIL);
    cr_expect_eq(answer(&study, id, "SCR", "I2", true, NULL, NULL, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-CRITERION");
    cr_expect_eq(answer(&study, id, "MN1", "I1", true, NULL, NULL, &err), ALS_DATA);
    cr_expect_str_eq(err.code, "E-CRITERION");
    als_arena_free(arena);
    study_close(&study);
}

Test(screening, a_later_point_waits_for_its_time_or_its_answer)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    int64_t id = open_screened(&study, day_of("2020-01-15"));
    struct als_worksheet sheet = sheet_of(&study, id, "2020-01-20", arena);
    cr_expect_eq(row_of(&sheet, "E3", "D0")->result.verdict, ALS_CRITERION_LATER);
    sheet = sheet_of(&study, id, "2020-02-12", arena);
    cr_expect_eq(row_of(&sheet, "E3", "D0")->result.verdict, ALS_CRITERION_UNKNOWN);
    assert_ok(answer(&study, id, "D0", "E3", true, NULL, NULL, &err), &err);
    sheet = sheet_of(&study, id, "2020-01-20", arena);
    cr_expect_eq(row_of(&sheet, "E3", "D0")->result.verdict, ALS_CRITERION_FAIL);
    cr_expect_eq(sheet.eligibility, ALS_NOT_ELIGIBLE);
    cr_expect_str_eq(sheet.failed, "E3@D0");
    als_arena_free(arena);
    study_close(&study);
}

Test(screening, all_patients_at_once_get_what_each_gets_alone)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    struct als_screening *screening;
    const struct als_patient *patient;
    struct als_worksheet sheet, alone;
    size_t n = 0;
    struct als_arena *arena = als_arena_new();
    open_screened(&study, day_of("2020-01-15"));
    study_begin(&study, NULL);
    int64_t second = study_add_patient(&study, "P2");
    study_commit(&study);
    add_event(&study, second, "onset", "2019-03-02");
    assert_ok(als_screening_open(study.store, 0, INT64_MAX, day_of("2020-03-01"), &screening, &err),
              &err);
    for (;;) {
        assert_ok(als_screening_next(screening, arena, &patient, &sheet, &err), &err);
        if (!patient)
            break;
        n++;
        assert_ok(
            als_worksheet_load(study.store, patient->id, day_of("2020-03-01"), arena, &alone, &err),
            &err);
        cr_expect_str_eq(sheet.failed, alone.failed);
        cr_expect_str_eq(sheet.unknown, alone.unknown);
        cr_assert_eq(sheet.n_rows, alone.n_rows);
        for (size_t i = 0; i < sheet.n_rows; i++)
            cr_expect_str_eq(sheet.rows[i].source, alone.rows[i].source);
    }
    als_screening_close(screening);
    cr_expect_eq(n, 2);
    als_arena_free(arena);
    study_close(&study);
}
