/* Totals, domains, prorating and percent of predicted. */
#include "scales.h"

static double score_value(const struct als_instrument *instrument, const char *code,
                          const struct als_value *values)
{
    return als_score_compute(instrument, score_of(instrument, code), values, NULL).value;
}

static const struct {
    char answers[13];
    double total, bulbar, fine, gross, respiratory, alsfrs, alsfrs_mean;
} alsfrsr_rows[] = {
    {"444444444444", 48, 12, 12, 12, 12, 40, 40},
    {"444333344444", 44, 12, 9, 11, 12, 36, 36},
    {"344222332444", 37, 11, 6, 8, 12, 29, 29},
    {"221111210344", 22, 5, 3, 3, 11, 14, 11 + 11 / 3.0},
    {"333222221222", 26, 9, 6, 5, 6, 22, 22},
    {"444444444014", 41, 12, 12, 12, 5, 36, 36 + 5 / 3.0},
    {"444444443444", 47, 12, 12, 11, 12, 39, 39},
    {"110000000111", 5, 2, 0, 0, 3, 3, 3},
    {"------------", NAN, NAN, NAN, NAN, NAN, NAN, NAN},
    {"444333-32444", NAN, 12, 9, NAN, 12, NAN, NAN},
    {"011333333444", 32, 2, 9, 9, 12, 24, 24},
};

TABLE_TEST(score, sums_alsfrsr_totals_and_domains, alsfrsr_rows)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_value values[MOST_ITEMS];
    fill_alsfrsr(scale, alsfrsr_rows[*row_].answers, values);
    assert_close(score_value(scale, "total", values), alsfrsr_rows[*row_].total, 0);
    assert_close(score_value(scale, "bulbar", values), alsfrsr_rows[*row_].bulbar, 0);
    assert_close(score_value(scale, "fine_motor", values), alsfrsr_rows[*row_].fine, 0);
    assert_close(score_value(scale, "gross_motor", values), alsfrsr_rows[*row_].gross, 0);
    assert_close(score_value(scale, "respiratory", values), alsfrsr_rows[*row_].respiratory, 0);
    assert_close(score_value(scale, "alsfrs_total", values), alsfrsr_rows[*row_].alsfrs, 0);
    assert_close(score_value(scale, "alsfrs_total_mean", values), alsfrsr_rows[*row_].alsfrs_mean,
                 1e-15);
    als_instrument_free(scale);
    assert_no_leaks();
}

Test(score, does_not_depend_on_the_form_of_item_5)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_value values[MOST_ITEMS];
    fill_alsfrsr(scale, "344222332444", values);
    values[item_of(scale, "cutting_form")] = text_value("b");
    assert_close(score_value(scale, "total", values), 37, 0);
    als_instrument_free(scale);
}

Test(score, prorates_only_with_enough_answers_and_says_so)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    size_t prorated = score_of(scale, "total_prorated");
    struct als_value values[MOST_ITEMS];

    fill_alsfrsr(scale, "444333332444", values);
    struct als_score_value complete = als_score_compute(scale, prorated, values, NULL);
    assert_close(complete.value, 41, 0);
    cr_assert_eq(complete.source, ALS_SOURCE_COMPUTED);

    fill_alsfrsr(scale, "444333-32444", values);
    struct als_score_value eleven = als_score_compute(scale, prorated, values, NULL);
    assert_close(eleven.value, 38 / 11.0 * 12, 1e-15);
    cr_assert_eq(eleven.source, ALS_SOURCE_PRORATED);

    fill_alsfrsr(scale, "4443-3-32444", values);
    assert_close(als_score_compute(scale, prorated, values, NULL).value, 35 / 10.0 * 12, 1e-15);

    fill_alsfrsr(scale, "4443-3--2444", values);
    struct als_score_value nine = als_score_compute(scale, prorated, values, NULL);
    cr_assert(isnan(nine.value));
    cr_assert_eq(nine.source, ALS_SOURCE_NONE);
    als_instrument_free(scale);
}

Test(score, every_answered_point_moves_the_total_by_one)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_value values[MOST_ITEMS];
    fill_alsfrsr(scale, "222222222222", values);
    for (size_t i = 0; i < scale->n_items; i++) {
        if (values[i].kind != ALS_VALUE_INTEGER)
            continue;
        values[i].integer = 3;
        assert_close(score_value(scale, "total", values), 25, 0);
        values[i] = ALS_MISSING_VALUE;
        cr_assert(isnan(score_value(scale, "total", values)));
        values[i] = integer_value(2);
    }
    als_instrument_free(scale);
}

Test(score, takes_the_mean_of_a_hand_made_scale)
{
    static const size_t items[] = {0, 1, 2};
    struct als_score scores[] = {
        {.code = "mean", .kind = ALS_SCORE_MEAN, .items = items, .n_items = 3},
        {.code = "most",
         .kind = ALS_SCORE_MEAN,
         .items = items,
         .n_items = 3,
         .missing = ALS_MISSING_PRORATED,
         .min_answered = 2},
        {.code = "copy", .kind = ALS_SCORE_COPY, .items = items, .n_items = 1},
    };
    struct als_instrument scale = {.scores = scores, .n_scores = COUNT(scores)};
    struct als_value values[] = {number_value(1), number_value(2), number_value(4.5)};
    assert_close(als_score_compute(&scale, 0, values, NULL).value, 2.5, 0);
    values[2] = ALS_MISSING_VALUE;
    cr_assert(isnan(als_score_compute(&scale, 0, values, NULL).value));
    struct als_score_value most = als_score_compute(&scale, 1, values, NULL);
    assert_close(most.value, 1.5, 0);
    cr_assert_eq(most.source, ALS_SOURCE_PRORATED);
    cr_assert_eq(als_score_compute(&scale, 2, values, NULL).source, ALS_SOURCE_ENTERED);
    values[0] = text_value("many");
    cr_assert(isnan(als_score_compute(&scale, 2, values, NULL).value));
}

/* ------------------------------------------------------------------ percent of predicted */

static void fill_fvc(const struct als_instrument *fvc, double litres, double percent,
                     struct als_value values[MOST_ITEMS])
{
    for (size_t i = 0; i < fvc->n_items; i++)
        values[i] = ALS_MISSING_VALUE;
    if (!isnan(litres))
        values[item_of(fvc, "litres")] = number_value(litres);
    if (!isnan(percent))
        values[item_of(fvc, "percent")] = number_value(percent);
}

Test(score, prefers_the_protocol_equation_to_the_entered_percentage)
{
    struct als_instrument *fvc = load_scale("fvc");
    size_t score = score_of(fvc, "percent_predicted");
    struct als_person person = {ALS_SEX_MALE, 50, 175, ALS_FVC_NHANES3};
    struct als_value values[MOST_ITEMS];

    fill_fvc(fvc, 3.40, 90, values);
    struct als_score_value both = als_score_compute(fvc, score, values, &person);
    assert_close(both.value, 69.73911928722518, 1e-13);
    cr_assert_eq(both.source, ALS_SOURCE_COMPUTED);

    person.equation = ALS_FVC_ECSC;
    assert_close(als_score_compute(fvc, score, values, &person).value, 76.57657657657658, 1e-12);

    person.height_cm = NAN;
    struct als_score_value no_height = als_score_compute(fvc, score, values, &person);
    assert_close(no_height.value, 90, 0);
    cr_assert_eq(no_height.source, ALS_SOURCE_ENTERED);

    fill_fvc(fvc, 3.40, NAN, values);
    struct als_score_value nothing = als_score_compute(fvc, score, values, &person);
    cr_assert(isnan(nothing.value));
    cr_assert_eq(nothing.source, ALS_SOURCE_NONE);

    person = (struct als_person){ALS_SEX_MALE, 50, 175, ALS_FVC_NONE};
    fill_fvc(fvc, 3.40, 90, values);
    cr_assert_eq(als_score_compute(fvc, score, values, &person).source, ALS_SOURCE_ENTERED);
    cr_assert_eq(als_score_compute(fvc, score, values, NULL).source, ALS_SOURCE_ENTERED);
    als_instrument_free(fvc);
}

Test(score, gives_both_equations_whatever_the_protocol_says)
{
    struct als_instrument *fvc = load_scale("fvc");
    struct als_person person = {ALS_SEX_FEMALE, 45, 165, ALS_FVC_NONE};
    struct als_value values[MOST_ITEMS];
    fill_fvc(fvc, 3.30, NAN, values);
    assert_close(als_score_compute(fvc, score_of(fvc, "percent_nhanes3"), values, &person).value,
                 88.10963775925177, 1e-13);
    assert_close(als_score_compute(fvc, score_of(fvc, "percent_ecsc"), values, &person).value,
                 101.55408524388368, 1e-13);
    cr_assert(isnan(als_score_compute(fvc, score_of(fvc, "percent_nhanes3"), values, NULL).value));
    als_instrument_free(fvc);
}
