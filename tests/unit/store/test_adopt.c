/* New versions of definitions in a study that holds rows. */
#include "study.h"

static const char version_1[] = "instrument: mood\n"
                                "title: Mood\n"
                                "short_title: Mood\n"
                                "version: \"1\"\n"
                                "citation: none\n"
                                "licence: none\n"
                                "direction: higher is better\n"
                                "main_score: total\n"
                                "items:\n"
                                "  - {code: calm, label: Calm, choices: {0: no, 1: some}}\n"
                                "  - {code: hours, label: Hours, type: number, range: [0, 24]}\n"
                                "scores:\n"
                                "  - {code: total, label: Total, sum: [calm, hours]}\n";

/* One more item, in front, and another score. */
static const char version_2[] = "instrument: mood\n"
                                "title: Mood\n"
                                "short_title: Mood\n"
                                "version: \"2\"\n"
                                "citation: none\n"
                                "licence: none\n"
                                "direction: higher is better\n"
                                "main_score: total\n"
                                "items:\n"
                                "  - {code: sleep, label: Sleep, choices: {0: bad, 1: good}}\n"
                                "  - {code: calm, label: Calm, choices: {0: no, 1: some}}\n"
                                "  - {code: hours, label: Hours, type: number, range: [0, 24]}\n"
                                "scores:\n"
                                "  - {code: total, label: Total, sum: [calm, hours, sleep]}\n"
                                "  - {code: calm_only, label: Calm only, sum: [calm]}\n";

/* A new choice and a wider range. */
static const char version_3[] =
    "instrument: mood\n"
    "title: Mood\n"
    "short_title: Mood\n"
    "version: \"3\"\n"
    "citation: none\n"
    "licence: none\n"
    "direction: higher is better\n"
    "main_score: total\n"
    "items:\n"
    "  - {code: sleep, label: Sleep, choices: {0: bad, 1: good}}\n"
    "  - {code: calm, label: Calm, choices: {0: no, 1: some, 2: very}}\n"
    "  - {code: hours, label: Hours, type: number, range: [0, 48]}\n"
    "  - {code: note, label: Note, type: text, required: false}\n"
    "scores:\n"
    "  - {code: total, label: Total, sum: [calm, hours, sleep]}\n";

static enum als_status try_adopt(struct study *study, const char *text, bool accept_scores,
                                 struct als_err *err)
{
    struct als_instrument *instrument = study_parse_instrument(text);
    study_begin(study, "amendment");
    enum als_status status =
        als_store_adopt_instrument(study->store, instrument, accept_scores, err);
    if (status == ALS_OK)
        study_commit(study);
    else
        als_change_abandon(study->store);
    als_instrument_free(instrument);
    return status;
}

static void adopt(struct study *study, const char *text)
{
    struct als_err err = {.status = ALS_OK};
    struct als_instrument *instrument = study_parse_instrument(text);
    study_begin(study, "amendment");
    assert_ok(als_store_adopt_instrument(study->store, instrument, true, &err), &err);
    study_commit(study);
    als_instrument_free(instrument);
}

static enum als_status put(struct study *study, int64_t patient, const char *visit, int calm,
                           double hours, enum als_put *what, struct als_err *err)
{
    const struct als_instrument *mood = als_store_find_instrument(study->store, "mood");
    struct als_value values[8] = {ALS_MISSING_VALUE};
    bool given[8] = {false};
    size_t at_calm = (size_t)als_instrument_item(mood, "calm");
    size_t at_hours = (size_t)als_instrument_item(mood, "hours");
    values[at_calm] = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = calm};
    values[at_hours] = (struct als_value){.kind = ALS_VALUE_NUMBER, .number = hours};
    given[at_calm] = given[at_hours] = true;
    struct als_assessment assessment = {.patient_id = patient,
                                        .visit_no = study_visit(study, visit),
                                        .day = 18262,
                                        .values = values};
    return als_assessment_put(study->store, mood, &assessment, ALS_GIVEN_ALL, given, what, err);
}

static void fill(struct study *study)
{
    struct als_err err = {.status = ALS_OK};
    enum als_put what;
    study_open(study);
    adopt(study, version_1);
    study_fill(study, 3);
    study_begin(study, NULL);
    for (int64_t patient = 1; patient <= 3; patient++)
        assert_ok(put(study, patient, "SCR", 1, 7.5, &what, &err), &err);
    study_commit(study);
    study_begin(study, "slip");
    assert_ok(put(study, 2, "SCR", 0, 8.25, &what, &err), &err);
    study_commit(study);
}

Test(adopt, adds_items_and_remakes_scores_on_a_populated_study)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    enum als_put what;
    char text[2048];
    fill(&study);
    adopt(&study, version_2);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM a_mood WHERE version_no = 1"), 3);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM a_mood WHERE total IS NULL"), 3,
                 "the new item is missing");
    cr_expect_eq(study_number(&study, "SELECT sum(calm_only) FROM v_mood"), 2);
    cr_expect_eq(als_store_version_no(study.store, "instrument", "mood"), 2);
    study_begin(&study, "second look");
    assert_ok(put(&study, 2, "SCR", 1, 9, &what, &err), &err);
    cr_expect_eq(what, ALS_PUT_CHANGED);
    assert_ok(put(&study, 3, "SCR", 1, 7.5, &what, &err), &err);
    cr_expect_eq(what, ALS_PUT_SAME, "another version alone is no change");
    assert_ok(put(&study, 2, "MN1", 1, 9, &what, &err), &err);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM a_mood WHERE version_no = 2"), 2);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

Test(adopt, widens_ranges_and_choices_on_a_populated_study)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    enum als_put what;
    char text[2048];
    fill(&study);
    study_begin(&study, NULL);
    cr_expect_eq(put(&study, 1, "MN1", 2, 30, &what, &err), ALS_DATA);
    als_change_abandon(study.store);
    adopt(&study, version_2);
    adopt(&study, version_3);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_begin(&study, NULL);
    assert_ok(put(&study, 1, "MN1", 2, 30, &what, &err), &err);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM a_mood"), 4);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    study_reopen(&study, ALS_STORE_READ);
    cr_expect_eq(study_verify(&study, text, sizeof text), 0, "%s", text);
    study_close(&study);
}

Test(adopt, refuses_what_would_lose_or_reinterpret_rows)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    fill(&study);
    adopt(&study, version_3);
    const char *const worse[] = {version_1, version_2};
    for (size_t i = 0; i < COUNT(worse); i++) {
        struct als_instrument *instrument = study_parse_instrument(worse[i]);
        study_begin(&study, "amendment");
        cr_expect_eq(als_store_adopt_instrument(study.store, instrument, true, &err),
                     ALS_DEFINITION);
        cr_expect_neq(err.text[0], '\0');
        als_change_abandon(study.store);
        als_instrument_free(instrument);
    }
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    study_close(&study);
}

/* Version 1 with another total, under the version string given. */
static const char *other_total(const char *version, char text[2000])
{
    snprintf(text, 2000, "%s", version_1);
    strstr(text, "version: \"1\"")[10] = version[0];
    char *total = strstr(text, "sum: [calm, hours]");
    memcpy(total, "mean: [calm, hours]}\n", 22);
    return text;
}

Test(adopt, changes_stored_scores_only_under_a_new_version_and_when_told_to)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char text[2000];
    fill(&study);
    cr_expect_eq(try_adopt(&study, other_total("1", text), true, &err), ALS_DEFINITION);
    cr_expect_str_eq(err.code, "E-SCORES");
    cr_expect(strstr(err.text, "version"), "%s", err.text);
    cr_expect_eq(try_adopt(&study, other_total("2", text), false, &err), ALS_DEFINITION);
    cr_expect(strstr(err.text, "score total") && strstr(err.text, "3 stored rows"), "%s", err.text);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM a_mood WHERE total = 8.5"), 2);
    assert_ok(try_adopt(&study, other_total("2", text), true, &err), &err);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM a_mood WHERE total = 4.25"), 2);
    study_close(&study);
}

/* Sums that are parts of each other, and the same in another arrangement. */
static const char nested_1[] =
    "instrument: parts\n"
    "title: Parts\n"
    "short_title: Parts\n"
    "version: \"1\"\n"
    "citation: none\n"
    "licence: none\n"
    "direction: higher is better\n"
    "main_score: total\n"
    "items:\n"
    "  - {code: a, label: A, choices: {0: no, 1: some, 2: all}}\n"
    "  - {code: b, label: B, choices: {0: no, 1: some, 2: all}}\n"
    "  - {code: c, label: C, choices: {0: no, 1: some, 2: all}}\n"
    "  - {code: d, label: D, choices: {0: no, 1: some, 2: all}}\n"
    "scores:\n"
    "  - {code: total, label: Total, sum: [a, b, c, d]}\n"
    "  - {code: most, label: Most, sum: [c, a, b], missing: {prorate: 2}}\n"
    "  - {code: three, label: Three, sum: [a, b, c]}\n"
    "  - {code: two, label: Two, sum: [b, a]}\n"
    "  - {code: mixed, label: Mixed, sum: [c, d], mean: [a, b]}\n";

static const char nested_scores_2[] =
    "scores:\n"
    "  - {code: total, label: Total, sum: [a, b, c, d]}\n"
    "  - {code: last, label: Last, sum: [c, d]}\n"
    "  - {code: late, label: Late, sum: [b, c, d]}\n"
    "  - {code: most, label: Most, sum: [c, a, b], missing: {prorate: 2}}\n";

Test(adopt, remakes_sums_that_are_parts_of_each_other)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char text[2000];
    study_open(&study);
    adopt(&study, nested_1);
    study_fill(&study, 2);
    study_begin(&study, NULL);
    for (int patient = 1; patient <= 2; patient++) {
        struct als_value values[4];
        for (int i = 0; i < 4; i++)
            values[i] = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = i % 3};
        if (patient == 2)
            values[0] = ALS_MISSING_VALUE;
        const struct als_assessment row = {.patient_id = patient,
                                           .visit_no = study_visit(&study, "SCR"),
                                           .day = 18262,
                                           .values = values};
        assert_ok(als_assessment_put(study.store, als_store_find_instrument(study.store, "parts"),
                                     &row, ALS_GIVEN_ALL, NULL, NULL, &err),
                  &err);
    }
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT total = 3 AND most = 3 AND three = 3 AND two = 1 AND"
                                      " mixed = 2.5 FROM v_parts WHERE patient = 'P1'"),
                 1);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM a_parts WHERE total IS NULL AND most ="
                                      " 4.5 AND three IS NULL AND two IS NULL AND mixed IS NULL"),
                 1);
    snprintf(text, sizeof text, "%.*s%s", (int)(strstr(nested_1, "scores:\n") - nested_1), nested_1,
             nested_scores_2);
    strstr(text, "version: \"1\"")[10] = '2';
    adopt(&study, text);
    cr_expect_eq(study_number(&study, "SELECT total = 3 AND last = 2 AND late = 3 AND most = 3"
                                      " FROM v_parts WHERE patient = 'P1'"),
                 1);
    cr_expect_eq(study_number(&study, "SELECT count(*) FROM a_parts WHERE total IS NULL AND most ="
                                      " 4.5 AND last = 2 AND late = 3"),
                 1);
    strstr(text, "version: \"2\"")[10] = '3';
    snprintf(strstr(text, "scores:\n"), 1000, "%s", strstr(nested_1, "scores:\n"));
    adopt(&study, text);
    cr_expect_eq(study_number(&study, "SELECT sum(three) FROM a_parts"), 3);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    study_close(&study);
}

Test(adopt, changes_scores_freely_while_there_are_no_rows)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    char text[2000];
    study_open(&study);
    adopt(&study, version_1);
    assert_ok(try_adopt(&study, other_total("1", text), false, &err), &err);
    study_close(&study);
}

Test(adopt, leaves_no_trace_when_abandoned)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    enum als_put what;
    fill(&study);
    struct als_instrument *instrument = study_parse_instrument(version_3);
    study_begin(&study, "amendment");
    assert_ok(als_store_adopt_instrument(study.store, instrument, true, &err), &err);
    als_change_abandon(study.store);
    als_instrument_free(instrument);
    cr_expect_eq(als_store_version_no(study.store, "instrument", "mood"), 1);
    study_begin(&study, NULL);
    assert_ok(put(&study, 1, "MN3", 1, 3, &what, &err), &err);
    study_commit(&study);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    study_close(&study);
}

Test(adopt, changes_nothing_for_the_version_in_force)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    int64_t change_id;
    fill(&study);
    struct als_instrument *instrument = study_parse_instrument(version_1);
    study_begin(&study, "amendment");
    assert_ok(als_store_adopt_instrument(study.store, instrument, true, &err), &err);
    assert_ok(als_change_commit(study.store, &change_id, &err), &err);
    cr_expect_eq(change_id, 0);
    als_instrument_free(instrument);
    study_close(&study);
}

/* The protocol of the fixture with one part replaced; the caller's (free). */
static char *replaced(const char *part, const char *by)
{
    const char *at = strstr(study_protocol_text, part);
    cr_assert_not_null(at);
    size_t before = (size_t)(at - study_protocol_text);
    char *text = calloc(1, strlen(study_protocol_text) + strlen(by) + 1);
    memcpy(text, study_protocol_text, before);
    strcat(text, by);
    strcat(text, at + strlen(part));
    return text;
}

Test(adopt, gives_new_visits_of_an_amended_protocol_the_next_numbers)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    fill(&study);
    int old_last = study_visit(&study, "MN3");
    char *text = replaced("  - {code: MN3,",
                          "  - {code: MN2, label: Second month, anchor: infusion 1, offset: 60"
                          " days, window: -7/+7, epoch: post, assess: [alsfrsr]}\n"
                          "  - {code: MN3,");
    struct als_protocol *protocol = study_parse_protocol(text);
    study_begin(&study, "amendment 1");
    cr_expect_eq(als_store_adopt_protocol(study.store, protocol, &err), ALS_DEFINITION);
    cr_expect_str_eq(err.code, "E-VERSION", "a version names one plan");
    protocol->version = "1.1";
    assert_ok(als_store_adopt_protocol(study.store, protocol, &err), &err);
    study_commit(&study);
    als_protocol_free(protocol);
    free(text);
    cr_expect_eq(study_visit(&study, "MN3"), old_last);
    cr_expect_eq(study_visit(&study, "MN2"), old_last + 1);
    cr_expect_eq(als_store_plan_of(study.store, old_last + 1), 3, "in the plan MN2 comes fourth");
    cr_expect_eq(als_store_plan_of(study.store, old_last), 4, "and MN3 behind it");
    cr_expect_eq(als_store_plan_of(study.store, ALS_EXTRA_VISIT_FIRST), -1);
    cr_expect_eq(als_store_protocol(study.store)->n_visits, 5);
    cr_expect_eq(als_store_version_no(study.store, "protocol", "test-nct00000000"), 2);
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    study_close(&study);
}

Test(adopt, refuses_a_protocol_without_a_visit_that_was_planned)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    fill(&study);
    char *text = replaced("code: MN3,", "code: MN4,");
    struct als_protocol *protocol = study_parse_protocol(text);
    study_begin(&study, "amendment 1");
    cr_expect_eq(als_store_adopt_protocol(study.store, protocol, &err), ALS_DEFINITION);
    als_change_abandon(study.store);
    als_protocol_free(protocol);
    free(text);
    study_close(&study);
}
