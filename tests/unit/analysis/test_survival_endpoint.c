/* Endpoints that are more than an event: King's stages, permanent ventilation, late entry. */
#include "alstrack/analysis/survival.h"
#include "trial_results.h"

static const char zero_date[] = "2016-01-04";

static struct als_result survival(struct trial *trial, struct als_survival_options options)
{
    struct als_err err = {.status = ALS_OK};
    struct als_result result;
    options.in_days = true;
    trial_commit(trial);
    trial_ok(als_analyze_survival(trial->store, &options, &result, &err), &err);
    trial_begin(trial);
    return result;
}

static int64_t add_treated(struct trial *trial, const char *name)
{
    int64_t patient = trial_patient(trial, name, "A");
    trial_event(trial, patient, "infusion", zero_date);
    return patient;
}

static const char *day_text(int days, char text[ALS_DATE_TEXT])
{
    return als_day_format(trial_day(zero_date) + days, text);
}

/* Full marks but for the one item, a 3 of respiratory insufficiency being stage 4B. */
static void assess(struct trial *trial, int64_t patient, const char *visit, int day, int support)
{
    const struct als_instrument *scale = als_store_find_instrument(trial->store, "alsfrsr");
    struct als_value values[32] = {ALS_MISSING_VALUE};
    for (size_t i = 0; i < scale->n_items; i++)
        if (scale->items[i].numeric_choice)
            values[i] = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = 4};
    values[als_instrument_item(scale, "respiratory_insufficiency")].integer = support;
    trial_put(trial, patient, "alsfrsr", visit, trial_day(zero_date) + day, values);
}

static void expect_row(const struct als_table *curve, size_t row, double time, int64_t at_risk,
                       int64_t events, int64_t censored)
{
    cr_assert_eq(trial_number(curve, row, "time"), time, "row %zu: %g", row,
                 trial_number(curve, row, "time"));
    cr_assert_eq(trial_integer(curve, row, "at_risk"), at_risk, "row %zu", row);
    cr_assert_eq(trial_integer(curve, row, "events"), events, "row %zu", row);
    cr_assert_eq(trial_integer(curve, row, "censored"), censored, "row %zu", row);
}

/* P1 gets there at MN3; P2 does not, dies, and is censored at the last assessment, not at death; P3
 * was there at the infusion; P4 was never assessed. */
Test(survival_endpoint, of_a_stage_is_its_first_assessment)
{
    struct trial trial;
    char date[ALS_DATE_TEXT];
    trial_open(&trial);
    int64_t patient = add_treated(&trial, "P1");
    assess(&trial, patient, "D0", 0, 4);
    assess(&trial, patient, "MN3", 90, 3);
    assess(&trial, patient, "MN6", 180, 2);
    patient = add_treated(&trial, "P2");
    assess(&trial, patient, "D0", 0, 4);
    assess(&trial, patient, "MN6", 185, 4);
    trial_event(&trial, patient, "death", day_text(300, date));
    patient = add_treated(&trial, "P3");
    assess(&trial, patient, "D0", 0, 3);
    add_treated(&trial, "P4");
    struct als_result result =
        survival(&trial, (struct als_survival_options){.endpoint = "kings-4b"});
    const struct als_table *curve = als_result_main(&result);
    cr_assert_eq(als_table_rows(curve), 2u);
    expect_row(curve, 0, 90, 2, 1, 0);
    expect_row(curve, 1, 185, 1, 0, 1);
    cr_assert(trial_noted(curve, "the endpoint came before time zero: 1 patient (P3)"));
    cr_assert(trial_noted(curve, "the stage can be told: 1 patient (P4)"));
    cr_assert(trial_noted(curve, "P2) died without the endpoint"));
    als_result_release(&result);
    result = survival(&trial, (struct als_survival_options){.endpoint = "kings-4a"});
    cr_assert_eq(trial_integer(result.parts[2].table, 0, "events"), 0);
    als_result_release(&result);
    trial_close(&trial);
}

/* A gastrostomy counts from the assessment at which it is there, not from its own date. */
Test(survival_endpoint, of_either_stage_4_takes_the_first_of_both)
{
    struct trial trial;
    char date[ALS_DATE_TEXT];
    trial_open(&trial);
    int64_t patient = add_treated(&trial, "P1");
    assess(&trial, patient, "D0", 0, 4);
    trial_event(&trial, patient, "gastrostomy", day_text(50, date));
    assess(&trial, patient, "MN3", 90, 4);
    assess(&trial, patient, "MN6", 180, 3);
    struct als_result result =
        survival(&trial, (struct als_survival_options){.endpoint = "kings-4"});
    expect_row(als_result_main(&result), 0, 90, 1, 1, 0);
    als_result_release(&result);
    result = survival(&trial, (struct als_survival_options){.endpoint = "kings-4b"});
    expect_row(als_result_main(&result), 0, 180, 1, 1, 0);
    als_result_release(&result);
    result = survival(&trial, (struct als_survival_options){.endpoint = "gastrostomy"});
    expect_row(als_result_main(&result), 0, 50, 1, 1, 0);
    als_result_release(&result);
    trial_close(&trial);
}

static void add_hours(struct trial *trial, int64_t patient, const char *name, int day, double hours)
{
    struct als_err err = {.status = ALS_OK};
    char date[ALS_DATE_TEXT];
    struct als_event event = {.patient_id = patient,
                              .event = name,
                              .date = day_text(day, date),
                              .value = hours,
                              .unit = "h/day"};
    trial_ok(als_event_put(trial->store, &event, ALS_GIVEN_ALL, NULL, &err), &err);
}

Test(survival_endpoint, of_ventilation_looks_at_its_hours)
{
    struct trial trial;
    char date[ALS_DATE_TEXT];
    trial_open(&trial);
    int64_t patient = add_treated(&trial, "P1");
    add_hours(&trial, patient, "niv_start", 100, 23);
    trial_event(&trial, patient, "last_known_alive", day_text(400, date));
    patient = add_treated(&trial, "P2");
    add_hours(&trial, patient, "niv_start", 120, 8);
    trial_event(&trial, patient, "last_known_alive", day_text(300, date));
    patient = add_treated(&trial, "P3");
    add_hours(&trial, patient, "pav", 200, 20);
    trial_event(&trial, patient, "last_known_alive", day_text(250, date));
    static const char endpoint[] = "death-or-tracheostomy-or-pav";
    struct als_result result =
        survival(&trial, (struct als_survival_options){.endpoint = endpoint});
    const struct als_table *curve = als_result_main(&result);
    cr_assert_eq(als_table_rows(curve), 3u);
    expect_row(curve, 0, 100, 3, 1, 0);
    expect_row(curve, 1, 250, 2, 0, 1);
    expect_row(curve, 2, 300, 1, 0, 1);
    cr_assert(trial_noted(curve, "more than 22 hours of ventilation a day on more than 7"));
    cr_assert(trial_noted(curve, "fewer hours, not counted: 1 patient (P3)"));
    als_result_release(&result);
    result = survival(&trial, (struct als_survival_options){.endpoint = endpoint, .pav_hours = 19});
    cr_assert_eq(trial_integer(result.parts[2].table, 0, "events"), 2);
    als_result_release(&result);
    trial_close(&trial);
}

/* Onset 400, 300 and 200 days before the infusion, consent 30 days before it. */
static void add_onsets(struct trial *trial)
{
    static const int onset[] = {400, 300, 200}, end[] = {100, 500, 20};
    static const char *const last[] = {"death", "last_known_alive", "death"};
    char name[3] = "P1", date[ALS_DATE_TEXT];
    for (size_t i = 0; i < COUNT(onset); i++, name[1]++) {
        int64_t patient = add_treated(trial, name);
        trial_event(trial, patient, "onset", day_text(-onset[i], date));
        trial_event(trial, patient, "consent", day_text(-30, date));
        trial_event(trial, patient, last[i], day_text(end[i], date));
    }
}

/* From onset: P3 170 to 220, P1 370 to 500, P2 270 to 800. On day 220 only P3 is under
 * observation, so that the curve is over there and then. */
Test(survival_endpoint, counted_from_onset_holds_patients_at_risk_once_they_are_in)
{
    struct trial trial;
    trial_open(&trial);
    add_onsets(&trial);
    struct als_survival_options options = {.endpoint = "death", .from = "onset"};
    struct als_result result = survival(&trial, options);
    const struct als_table *curve = als_result_main(&result);
    cr_assert_eq(als_table_rows(curve), 3u);
    expect_row(curve, 0, 220, 1, 1, 0);
    expect_row(curve, 1, 500, 2, 1, 0);
    expect_row(curve, 2, 800, 1, 0, 1);
    cr_assert_eq(trial_number(curve, 0, "survival"), 0);
    cr_assert(trial_noted(curve, "late entry (left truncation): 3 patients"));
    cr_assert(trial_noted(curve, "the curve ends there"));
    als_result_release(&result);
    options.from_zero = true;
    result = survival(&trial, options);
    curve = als_result_main(&result);
    expect_row(curve, 0, 220, 3, 1, 0);
    expect_row(curve, 1, 500, 2, 1, 0);
    cr_assert(trial_noted(curve, "survival is overstated"));
    als_result_release(&result);
    trial_close(&trial);
}

/* P5 was never treated or visited, so that nothing is known of P5 after entry either. */
Test(survival_endpoint, before_the_trial_leaves_the_patient_out)
{
    struct trial trial;
    char date[ALS_DATE_TEXT];
    trial_open(&trial);
    add_onsets(&trial);
    int64_t patient = add_treated(&trial, "P4");
    trial_event(&trial, patient, "onset", day_text(-500, date));
    trial_event(&trial, patient, "gastrostomy", day_text(-10, date));
    patient = trial_patient(&trial, "P5", "A");
    trial_event(&trial, patient, "onset", day_text(-300, date));
    trial_event(&trial, patient, "consent", day_text(-30, date));
    struct als_result result =
        survival(&trial, (struct als_survival_options){.endpoint = "gastrostomy", .from = "onset"});
    cr_assert(trial_noted(als_result_main(&result), "under observation: 2 patients (P4, P5)"));
    als_result_release(&result);
    trial_close(&trial);
}

Test(survival_endpoint, on_the_protocols_time_zero_nobody_is_late)
{
    struct trial trial;
    trial_open(&trial);
    add_onsets(&trial);
    struct als_result result = survival(&trial, (struct als_survival_options){.endpoint = "death"});
    expect_row(als_result_main(&result), 0, 20, 3, 1, 0);
    cr_assert_not(trial_noted(als_result_main(&result), "late entry"));
    als_result_release(&result);
    trial_close(&trial);
}

/* The course goes up to 23 hours for nine days and down again. */
Test(survival_endpoint, of_ventilation_follows_a_course_of_hours)
{
    struct trial trial;
    char date[ALS_DATE_TEXT];
    trial_open(&trial);
    int64_t patient = add_treated(&trial, "P1");
    add_hours(&trial, patient, "niv_start", 50, 8);
    add_hours(&trial, patient, "ventilation", 100, 20);
    add_hours(&trial, patient, "ventilation", 150, 23);
    add_hours(&trial, patient, "ventilation", 159, 8);
    trial_event(&trial, patient, "last_known_alive", day_text(300, date));
    patient = add_treated(&trial, "P2");
    struct als_event week = {.patient_id = patient,
                             .event = "niv_start",
                             .date = day_text(60, date),
                             .value = 23,
                             .unit = "h/week"};
    struct als_err err = {.status = ALS_OK};
    trial_ok(als_event_put(trial.store, &week, ALS_GIVEN_ALL, NULL, &err), &err);
    trial_event(&trial, patient, "last_known_alive", day_text(250, date));
    struct als_result result =
        survival(&trial, (struct als_survival_options){.endpoint = "pav,death"});
    expect_row(als_result_main(&result), 0, 150, 2, 1, 0);
    expect_row(als_result_main(&result), 1, 250, 1, 0, 1);
    cr_assert(trial_noted(als_result_main(&result),
                          "a number other than 0 to 24 hours a day, not used: 1 patient (P2)"));
    als_result_release(&result);
    result =
        survival(&trial, (struct als_survival_options){.endpoint = "pav,death", .pav_days = 9});
    expect_row(als_result_main(&result), 0, 250, 2, 0, 1);
    als_result_release(&result);
    trial_close(&trial);
}

/* P1 died in April, was seen on the 26th and so did not die on the 15th; P2 died on the 20th; P3
 * died in April too, after a tracheostomy of the 20th. Whatever else ends the curve, the days stay.
 */
static const char *const with_death[] = {"death", "death-or-tracheostomy",
                                         "death-or-tracheostomy-or-pav", "death,niv_start"};
TABLE_TEST(survival_endpoint, no_death_comes_before_the_patient_was_seen_alive, with_death)
{
    struct trial trial;
    trial_open(&trial);
    bool has_tracheostomy = strstr(with_death[*row_], "tracheostomy");
    int64_t patient = add_treated(&trial, "P1");
    trial_event(&trial, patient, "death", "2016-04");
    trial_event(&trial, patient, "last_known_alive", "2016-04-26");
    patient = add_treated(&trial, "P2");
    trial_event(&trial, patient, "death", "2016-04-20");
    patient = add_treated(&trial, "P3");
    trial_event(&trial, patient, "death", "2016-04");
    trial_event(&trial, patient, "tracheostomy", "2016-04-18");
    trial_event(&trial, patient, "last_known_alive", "2016-04-30");
    struct als_result result =
        survival(&trial, (struct als_survival_options){.endpoint = with_death[*row_]});
    const struct als_table *curve = als_result_main(&result);
    expect_row(curve, 0, has_tracheostomy ? 105 : 107, 3, 1, 0);
    expect_row(curve, 1, has_tracheostomy ? 107 : 113, 2, 1, 0);
    expect_row(curve, 2, has_tracheostomy ? 113 : 117, 1, 1, 0);
    als_result_release(&result);
    trial_close(&trial);
}
