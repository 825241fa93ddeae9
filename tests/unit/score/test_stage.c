/* Stages of the worked examples, and what makes them unknown. */
#include "scales.h"

#include "alstrack/score/stage.h"

static const struct {
    char answers[13];
    bool gastrostomy, dead;
    char kings[3];
    int mitos, mitos_or, ft9;
} rows[] = {
    {"444444444444", false, false, "0", 0, 0, 0},  {"444333344444", false, false, "1", 0, 0, 1},
    {"344222332444", false, false, "3", 0, 0, 2},  {"221111210344", true, false, "4A", 2, 3, 3},
    {"333222221222", false, false, "4B", 1, 1, 4}, {"444444444014", false, false, "4B", 1, 1, 1},
    {"444444443444", false, false, "0", 0, 0, 0},  {"110000000111", true, false, "4B", 4, 4, 4},
    {"------------", false, true, "5", 5, 5, 5},   {"444333-32444", false, false, "2", 0, 0, -1},
    {"011333333444", true, false, "4A", 1, 2, 3},
};

TABLE_TEST(stage, equals_the_worked_examples, rows)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_value values[MOST_ITEMS];
    fill_alsfrsr(scale, rows[*row_].answers, values);
    struct als_stage_input input = {scale, rows[*row_].dead ? NULL : values,
                                    rows[*row_].gastrostomy, rows[*row_].dead};
    cr_assert_str_eq(als_kings_name(als_stage_kings(&input)), rows[*row_].kings);
    cr_assert_eq(als_stage_mitos(&input, false), rows[*row_].mitos);
    cr_assert_eq(als_stage_mitos(&input, true), rows[*row_].mitos_or);
    cr_assert_eq(als_stage_ft9(&input), rows[*row_].ft9);
    als_instrument_free(scale);
}

Test(stage, takes_the_gastrostomy_form_as_a_gastrostomy)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_value values[MOST_ITEMS];
    fill_alsfrsr(scale, "221111210344", values);
    struct als_stage_input input = {scale, values, false, false};
    cr_assert_str_eq(als_kings_name(als_stage_kings(&input)), "3");
    values[item_of(scale, "cutting_form")] = text_value("a");
    cr_assert_str_eq(als_kings_name(als_stage_kings(&input)), "3");
    values[item_of(scale, "cutting_form")] = text_value("b");
    cr_assert_str_eq(als_kings_name(als_stage_kings(&input)), "4A");
    als_instrument_free(scale);
}

/* answers, then whether each stage can still be computed */
static const struct {
    char answers[13];
    bool kings, mitos, ft9;
} missing[] = {
    {"-44444444444", false, false, false}, {"4444-4444444", false, true, false},
    {"4444444-4444", false, false, false}, {"44444444-444", true, true, false},
    {"444444444-44", false, false, false}, {"4444444444-4", true, true, false},
    {"44444444444-", false, false, false}, {"444444444044", true, true, true},
    {"-44444444044", true, false, false},
};

TABLE_TEST(stage, needs_its_own_items_only, missing)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_value values[MOST_ITEMS];
    fill_alsfrsr(scale, missing[*row_].answers, values);
    struct als_stage_input input = {scale, values, false, false};
    cr_assert_eq(als_stage_kings(&input) != ALS_KINGS_UNKNOWN, missing[*row_].kings);
    cr_assert_eq(als_stage_mitos(&input, false) >= 0, missing[*row_].mitos);
    cr_assert_eq(als_stage_ft9(&input) >= 0, missing[*row_].ft9);
    als_instrument_free(scale);
}

/* Ten items of ALSFRS, MiToS, MiToS by the OR variant. Breathing counts as lost at 1 or below. */
static const struct {
    char answers[11];
    int mitos, mitos_or;
} alsfrs_rows[] = {{"4444444444", 0, 0}, {"4444444442", 0, 0},  {"4444444441", 1, 1},
                   {"4444444440", 1, 1}, {"1444444441", 1, 2},  {"1411444144", 3, 3},
                   {"1111111111", 4, 4}, {"444444444-", -1, -1}};

TABLE_TEST(stage, of_alsfrs_is_mitos_by_analogy_only, alsfrs_rows)
{
    struct als_instrument *alsfrs = load_scale("alsfrs");
    static const char *const items[] = {"speech",  "salivation", "swallowing", "handwriting",
                                        "cutting", "dressing",   "turning",    "walking",
                                        "stairs",  "breathing"};
    struct als_value values[MOST_ITEMS] = {ALS_MISSING_VALUE};
    for (size_t i = 0; i < COUNT(items); i++)
        if (alsfrs_rows[*row_].answers[i] != '-')
            values[item_of(alsfrs, items[i])] = integer_value(alsfrs_rows[*row_].answers[i] - '0');
    struct als_stage_input input = {alsfrs, values, false, false};
    cr_assert_eq(als_stage_mitos(&input, false), alsfrs_rows[*row_].mitos);
    cr_assert_eq(als_stage_mitos(&input, true), alsfrs_rows[*row_].mitos_or);
    cr_assert_eq(als_stage_kings(&input), ALS_KINGS_UNKNOWN);
    cr_assert_str_empty(als_kings_name(ALS_KINGS_UNKNOWN));
    cr_assert_eq(als_stage_ft9(&input), -1);
    als_instrument_free(alsfrs);
}

/* Ventilation and gastrostomy, then the stage and what is kept of both. */
static const struct {
    char answers[13];
    bool gastrostomy;
    char kings[3];
    int ventilation;
} fours[] = {{"444444444443", true, "4B", 1},
             {"444444444443", false, "4B", 1},
             {"444444444444", true, "4A", 0},
             {"444444444-44", true, "", -1},
             {"444444444-43", false, "4B", 1}};

TABLE_TEST(stage, keeps_what_makes_4A_beside_4B, fours)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_value values[MOST_ITEMS];
    fill_alsfrsr(scale, fours[*row_].answers, values);
    struct als_stage_input input = {scale, values, fours[*row_].gastrostomy, false};
    cr_assert_str_eq(als_kings_name(als_stage_kings(&input)), fours[*row_].kings);
    cr_assert_eq(als_stage_gastrostomy(&input), fours[*row_].gastrostomy);
    cr_assert_eq(als_stage_ventilation(&input), fours[*row_].ventilation);
    als_instrument_free(scale);
}

Test(stage, names_the_regions_that_are_involved)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_value values[MOST_ITEMS];
    fill_alsfrsr(scale, "443444420444", values);
    struct als_stage_input input = {scale, values, false, false};
    cr_assert_eq(als_stage_involved(&input), 1u | 4u);
    cr_assert_str_eq(als_stage_region_names[2], "lower");
    als_instrument_free(scale);
}

Test(stage, never_improves_when_an_item_gets_worse)
{
    struct als_instrument *scale = load_scale("alsfrsr");
    struct als_value values[MOST_ITEMS];
    unsigned seed = 7;
    for (int trial = 0; trial < 500; trial++) {
        char answers[13] = "";
        for (size_t i = 0; i < 12; i++) {
            seed = seed * 1664525u + 1013904223u;
            answers[i] = (char)('1' + (seed >> 16) % 4);
        }
        size_t worse = (seed >> 8) % 12;
        fill_alsfrsr(scale, answers, values);
        struct als_stage_input input = {scale, values, false, false};
        enum als_kings kings = als_stage_kings(&input);
        int mitos = als_stage_mitos(&input, false), ft9 = als_stage_ft9(&input);
        answers[worse]--;
        fill_alsfrsr(scale, answers, values);
        cr_assert_geq(als_stage_kings(&input), kings, "%s", answers);
        cr_assert_geq(als_stage_mitos(&input, false), mitos, "%s", answers);
        cr_assert_geq(als_stage_mitos(&input, true), als_stage_mitos(&input, false));
        cr_assert_geq(als_stage_ft9(&input), ft9, "%s", answers);
    }
    als_instrument_free(scale);
}
