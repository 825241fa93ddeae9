/* Generated score columns and als_score_compute are the same function, for every shipped scale. */
#include "alstrack/define/builtin.h"
#include "study.h"

/* A small generator of its own, so that a failure can be repeated. */
static uint64_t state;
static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static double between(double low, double high)
{
    return low + (high - low) * (double)(next_random() % 10001) / 10000;
}

static struct als_value random_answer(const struct als_item *item, unsigned missing_percent)
{
    struct als_value value = ALS_MISSING_VALUE;
    if (next_random() % 100 < missing_percent)
        return value;
    double low = item->has_min ? item->min : -50, high = item->has_max ? item->max : low + 200;
    const struct als_choice *choice;
    switch (item->type) {
    case ALS_ITEM_INTEGER:
        value.kind = ALS_VALUE_INTEGER;
        value.integer = (int64_t)ceil(between(low, high - 1));
        break;
    case ALS_ITEM_NUMBER:
        value.kind = ALS_VALUE_NUMBER;
        value.number = between(low, high);
        break;
    case ALS_ITEM_YESNO:
        value.kind = ALS_VALUE_INTEGER;
        value.integer = (int64_t)(next_random() % 2);
        break;
    case ALS_ITEM_CHOICE:
        choice = &item->choices[next_random() % item->n_choices];
        value.kind = item->numeric_choice ? ALS_VALUE_INTEGER : ALS_VALUE_TEXT;
        value.integer = choice->number;
        value.text = choice->code;
        value.length = strlen(choice->code);
        break;
    case ALS_ITEM_TEXT:
        value.kind = ALS_VALUE_TEXT;
        value.text = "it's \"quoted\", ünïcode";
        value.length = strlen(value.text);
        break;
    case ALS_ITEM_DATE:
        value.kind = ALS_VALUE_TEXT;
        value.text = "2020-02";
        value.length = 7;
        break;
    }
    return value;
}

#define ROWS 200

static void fill(struct study *study, const struct als_instrument *instrument,
                 struct als_value *values)
{
    struct als_err err = {.status = ALS_OK};
    study_begin(study, NULL);
    int64_t patient = study_add_patient(study, "P1");
    for (int row = 0; row < ROWS; row++) {
        struct als_value *answers = values + (size_t)row * instrument->n_items;
        unsigned missing = row % 4 == 0 ? 0 : row % 4 == 1 ? 8 : row % 4 == 2 ? 50 : 100;
        for (size_t i = 0; i < instrument->n_items; i++)
            answers[i] = random_answer(&instrument->items[i], missing);
        char code[16];
        int visit_no;
        snprintf(code, sizeof code, "UNS%d", row + 1);
        assert_ok(als_store_add_visit_code(study->store, code, &visit_no, &err), &err);
        struct als_assessment assessment = {
            .patient_id = patient, .visit_no = visit_no, .day = 18000 + row, .values = answers};
        assert_ok(als_assessment_put(study->store, instrument, &assessment, ALS_GIVEN_ALL, NULL,
                                     NULL, &err),
                  &err);
    }
    study_commit(study);
}

static bool same_value(const struct als_value *a, const struct als_value *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == ALS_VALUE_INTEGER)
        return a->integer == b->integer;
    if (a->kind == ALS_VALUE_NUMBER)
        return close_to(a->number, b->number, 0);
    return a->kind == ALS_VALUE_MISSING ||
           (a->length == b->length && memcmp(a->text, b->text, a->length) == 0);
}

static void compare_row(const struct als_instrument *instrument, const struct als_assessment *row,
                        const struct als_value *answers)
{
    for (size_t i = 0; i < instrument->n_items; i++)
        cr_expect(same_value(&row->values[i], &answers[i]), "%s of %s", instrument->items[i].code,
                  instrument->code);
    for (size_t i = 0; i < instrument->n_scores; i++) {
        double expected = (double)NAN;
        if (als_score_is_own(&instrument->scores[i]))
            expected = als_score_compute(instrument, i, answers, NULL).value;
        cr_expect(close_to(row->scores[i], expected, 1e-14), "%s.%s is %.17g, expected %.17g",
                  instrument->code, instrument->scores[i].code, row->scores[i], expected);
    }
}

struct seen {
    const struct als_instrument *instrument;
    const struct als_value *values;
    size_t score, count;
};

static void compare_point(const struct als_point *point, void *context)
{
    struct seen *seen = context;
    const struct als_value *answers =
        seen->values + (size_t)(point->day - 18000) * seen->instrument->n_items;
    struct als_score_value expected =
        als_score_compute(seen->instrument, seen->score, answers, NULL);
    assert_close(point->value, expected.value, 1e-14);
    cr_expect_eq(point->source, expected.source, "%s.%s", seen->instrument->code,
                 seen->instrument->scores[seen->score].code);
    seen->count++;
}

static void check_instrument(const char *name)
{
    struct study study;
    struct als_err err = {.status = ALS_OK};
    study_open(&study);
    if (!als_store_find_instrument(study.store, name)) {
        struct als_instrument *parsed = study_instrument(name);
        study_begin(&study, NULL);
        assert_ok(als_store_adopt_instrument(study.store, parsed, true, &err), &err);
        study_commit(&study);
        als_instrument_free(parsed);
    }
    const struct als_instrument *instrument = als_store_find_instrument(study.store, name);
    struct als_value *values = calloc(ROWS * instrument->n_items, sizeof *values);
    fill(&study, instrument, values);

    struct als_scan *scan;
    const struct als_assessment *row;
    assert_ok(als_scan_open(study.store, instrument, ALS_SCAN_ITEMS | ALS_SCAN_SCORES, 0, INT64_MAX,
                            &scan, &err),
              &err);
    size_t count = 0;
    while (als_scan_next(scan, &row, &err) == ALS_OK && row) {
        compare_row(instrument, row, values + (size_t)(row->day - 18000) * instrument->n_items);
        count++;
    }
    als_scan_close(scan);
    cr_assert_eq(count, ROWS);

    struct als_patient_list nobody = {NULL, 0};
    for (size_t i = 0; i < instrument->n_scores; i++) {
        if (!als_score_is_own(&instrument->scores[i]))
            continue;
        struct als_measure measure = {.instrument = instrument, .score = (ptrdiff_t)i, .item = -1};
        struct seen seen = {instrument, values, i, 0};
        size_t missing;
        assert_ok(als_points_each(study.store, &measure, &nobody, 0, INT64_MAX, compare_point,
                                  &seen, &missing, &err),
                  &err);
        cr_expect_eq(seen.count + missing, ROWS);
    }
    cr_expect_eq(study_verify(&study, NULL, 0), 0);
    free(values);
    study_close(&study);
}

Test(score_columns, equal_the_evaluator_for_every_shipped_instrument)
{
    state = 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < als_builtin_instrument_count; i++)
        check_instrument(als_builtin_instruments[i].name);
}

Test(score_columns, add_up_a_worked_example)
{
    struct study study;
    study_open(&study);
    study_begin(&study, NULL);
    int64_t patient = study_add_patient(&study, "P1");
    study_add_alsfrsr(&study, patient, "SCR", 18262, 3);
    study_commit(&study);
    cr_expect_eq(study_number(&study, "SELECT total FROM v_alsfrsr WHERE patient = 'P1'"), 36);
    cr_expect_eq(study_number(&study, "SELECT bulbar FROM a_alsfrsr"), 9);
    cr_expect_eq(study_number(&study, "SELECT alsfrs_total_mean FROM a_alsfrsr"), 30);
    cr_expect_eq(study_number(&study, "SELECT date = '2020-01-01' AND visit = 'SCR' AND rater IS"
                                      " NULL FROM v_alsfrsr"),
                 1);
    study_close(&study);
}
