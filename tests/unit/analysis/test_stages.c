/* Stages through a real study: the eleven assessments of worked example E1, events, death. */
#include "alstrack/analysis/stages.h"
#include "trial_results.h"

/* Twelve answers in order of items ('-': missing), and what follows from them. */
struct example {
    const char *answers;
    bool gastrostomy;
    const char *kings;
    int mitos, mitos_or, ft9; /* -1: cannot be told */
};
static const struct example examples[] = {
    {"444444444444", false, "0", 0, 0, 0},  {"444333344444", false, "1", 0, 0, 1},
    {"344222332444", false, "3", 0, 0, 2},  {"221111210344", true, "4A", 2, 3, 3},
    {"333222221222", false, "4B", 1, 1, 4}, {"444444444014", false, "4B", 1, 1, 1},
    {"444444443444", false, "0", 0, 0, 0},  {"110000000111", true, "4B", 4, 4, 4},
    {"444333-32444", false, "2", 0, 0, -1}, {"011333333444", true, "4A", 1, 2, 3},
};

static void put_answers(struct trial *trial, int64_t patient, const char *visit, int day,
                        const char *answers)
{
    const struct als_instrument *instrument = als_store_find_instrument(trial->store, "alsfrsr");
    struct als_value values[32] = {ALS_MISSING_VALUE};
    size_t next = 0;
    for (size_t i = 0; i < instrument->n_items; i++) {
        if (!instrument->items[i].numeric_choice)
            continue;
        char answer = answers[next++];
        if (answer != '-')
            values[i] = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = answer - '0'};
    }
    cr_assert_eq(next, strlen(answers));
    trial_put(trial, patient, "alsfrsr", visit, day, values);
}

static struct als_table *stages(struct trial *trial, struct als_stages_options options)
{
    struct als_err err = {.status = ALS_OK};
    struct als_result result;
    trial_commit(trial);
    trial_ok(als_analyze_stages(trial->store, &options, &result, &err), &err);
    trial_begin(trial);
    struct als_table *table = result.parts[result.main].table;
    result.parts[result.main].table = NULL;
    als_result_release(&result);
    return table;
}

static void check(const struct als_table *table, size_t row, const struct example *example,
                  bool mitos_or)
{
    int64_t mitos = mitos_or ? example->mitos_or : example->mitos;
    cr_assert_str_eq(trial_text(table, row, "kings"), example->kings, "row %zu", row);
    cr_assert_eq(trial_integer(table, row, "mitos"), mitos, "row %zu", row);
    cr_assert_str_eq(trial_text(table, row, "mitos_rule"), mitos_or ? "or" : "and");
    if (example->ft9 < 0)
        cr_assert(trial_cell(table, row, "ft9").missing);
    else
        cr_assert_eq(trial_integer(table, row, "ft9"), example->ft9, "row %zu", row);
    cr_assert_eq(trial_yesno(table, row, "gastrostomy"), example->gastrostomy ? 'Y' : 'N');
}

Test(stages, agree_with_the_worked_examples)
{
    struct trial trial;
    trial_open(&trial);
    int day = trial_day("2016-01-04");
    for (size_t i = 0; i < COUNT(examples); i++) {
        char name[8];
        snprintf(name, sizeof name, "P%02zu", i + 1);
        int64_t patient = trial_patient(&trial, name, NULL);
        put_answers(&trial, patient, "SCR", day, examples[i].answers);
        if (examples[i].gastrostomy)
            trial_event(&trial, patient, "gastrostomy", "2016-01-04");
    }
    struct als_table *table = stages(&trial, (struct als_stages_options){0});
    struct als_table *either = stages(&trial, (struct als_stages_options){.mitos_or = true});
    cr_assert_eq(als_table_rows(table), COUNT(examples));
    for (size_t i = 0; i < COUNT(examples); i++) {
        check(table, i, &examples[i], false);
        check(either, i, &examples[i], true);
    }
    cr_assert_str_eq(trial_text(table, 0, "kings_rule"), "no region");
    cr_assert_str_eq(trial_text(table, 2, "kings_rule"), "regions: bulbar upper lower");
    cr_assert_str_eq(trial_text(table, 3, "kings_rule"), "gastrostomy");
    cr_assert_str_eq(trial_text(table, 4, "kings_rule"), "ventilation");
    cr_assert_str_eq(trial_text(table, 7, "kings_rule"), "ventilation, and gastrostomy");
    cr_assert(trial_noted(table, "speech AND handwriting"));
    cr_assert(trial_noted(either, "speech OR handwriting"));
    cr_assert(trial_noted(table, "missing items leave open: in 1 assessment"));
    als_table_free(table);
    als_table_free(either);
    trial_close(&trial);
}

Test(stages, follow_events_and_end_with_death)
{
    struct trial trial;
    trial_open(&trial);
    int day = trial_day("2016-01-04");
    int64_t patient = trial_patient(&trial, "P1", "A");
    put_answers(&trial, patient, "D0", day, "333222221222");
    put_answers(&trial, patient, "SCR", day - 30, "444333344444");
    put_answers(&trial, patient, "MN1", day + 30, "344222332444"); /* better than before */
    put_answers(&trial, patient, "MN3", day + 91, "344222332444");
    put_answers(&trial, patient, "MN6", day + 182, "344222332444");
    trial_event(&trial, patient, "gastrostomy", "2016-02-20");
    trial_event(&trial, patient, "death", "2016-05");
    trial_patient(&trial, "P2", "A");
    struct als_table *table = stages(&trial, (struct als_stages_options){.by = "arm"});
    static const char *const kings[] = {"1", "4B", "3", "4A", "5"};
    static const char *const highest[] = {"1", "4B", "4B", "4B", "5"};
    static const char *const visits[] = {"SCR", "D0", "MN1", "MN3", ""};
    cr_assert_eq(als_table_rows(table), COUNT(kings));
    for (size_t i = 0; i < COUNT(kings); i++) {
        cr_assert_str_eq(trial_text(table, i, "kings"), kings[i], "row %zu", i);
        cr_assert_str_eq(trial_text(table, i, "kings_highest"), highest[i], "row %zu", i);
        cr_assert_str_eq(trial_text(table, i, "visit"), visits[i], "row %zu", i);
        cr_assert_str_eq(trial_text(table, i, "group"), "A");
    }
    cr_assert_str_eq(trial_text(table, 4, "date"), "2016-05");
    cr_assert_str_eq(trial_text(table, 4, "kings_rule"), "death");
    cr_assert_eq(trial_integer(table, 4, "mitos"), 5);
    cr_assert_eq(trial_integer(table, 4, "ft9"), 5);
    cr_assert(trial_noted(table, "1 assessment dated after death"));
    cr_assert(trial_noted(table, "date without a day: 1 patient (P1)"));
    als_table_free(table);
    trial_close(&trial);
}

Test(stages, of_nobody_are_an_empty_table)
{
    struct trial trial;
    trial_open(&trial);
    struct als_table *table = stages(&trial, (struct als_stages_options){0});
    cr_assert_eq(als_table_rows(table), 0u);
    cr_assert(als_table_notes(table) > 0);
    als_table_free(table);
    trial_close(&trial);
}

/* Two raters of one visit are one patient at the higher stage; what cannot be told has a column. */
Test(stages, are_counted_by_visit_and_group)
{
    struct trial trial;
    trial_open(&trial);
    int zero = trial_day("2016-01-04");
    int64_t one = trial_patient(&trial, "P1", "A"), other = trial_patient(&trial, "P2", "B");
    put_answers(&trial, one, "D0", zero, "444333344444");
    put_answers(&trial, one, "MN3", zero + 91, "333222221222");
    put_answers(&trial, other, "D0", zero, "-44333344444");
    trial_event(&trial, one, "death", "2016-08-01");
    struct als_err err = {.status = ALS_OK};
    struct als_stages_options options = {.by = "arm"};
    struct als_result result;
    trial_commit(&trial);
    trial_ok(als_analyze_stages(trial.store, &options, &result, &err), &err);
    const struct als_table *counts = als_result_table(&result, "counts");
    const struct als_table *moves = als_result_table(&result, "transitions");
    cr_assert_eq(als_table_rows(counts), 6u);
    cr_assert_str_eq(trial_text(counts, 0, "visit"), "D0");
    cr_assert_eq(trial_integer(counts, 0, "patients"), 1);
    cr_assert_eq(trial_integer(counts, 0, "kings_1"), 1);
    cr_assert_str_eq(trial_text(counts, 1, "group"), "B");
    cr_assert_eq(trial_integer(counts, 1, "kings_unknown"), 1);
    cr_assert_eq(trial_integer(counts, 2, "kings_4b"), 1);
    cr_assert_eq(trial_integer(counts, 3, "patients"), 0);
    cr_assert_str_eq(trial_text(counts, 4, "visit"), "");
    cr_assert_eq(trial_integer(counts, 4, "mitos_5"), 1);
    cr_assert_eq(als_table_rows(moves), 6u);
    cr_assert_str_eq(trial_text(moves, 0, "from"), "1");
    cr_assert_str_eq(trial_text(moves, 0, "to"), "4B");
    cr_assert_str_eq(trial_text(moves, 1, "to"), "5");
    als_result_release(&result);
    trial_close(&trial);
}
