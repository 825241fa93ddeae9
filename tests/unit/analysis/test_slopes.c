/* Slopes of real studies: worked examples of the domain, groups, windows, exclusions. */
#include <limits.h>

#include "alstrack/analysis/slopes.h"
#include "trial.h"

static const char *const visits[] = {"D0", "MN1", "MN3", "MN6", "MN12"};
static const int days[] = {0, 28, 91, 182, 365};

/* Five visits from the day of the infusion on. */
static int64_t add_course(struct trial *trial, const char *name, const char *arm,
                          const int totals[5])
{
    int64_t patient = trial_patient(trial, name, arm);
    int zero = trial_day("2016-01-04");
    trial_event(trial, patient, "infusion", "2016-01-04");
    for (size_t i = 0; i < 5; i++)
        if (totals[i] >= 0)
            trial_alsfrsr(trial, patient, visits[i], zero + days[i], totals[i]);
    return patient;
}

static struct als_table *slopes(struct trial *trial, struct als_slopes_options options)
{
    struct als_err err = {.status = ALS_OK};
    struct als_table *table = NULL;
    trial_commit(trial);
    trial_ok(als_analyze_slopes(trial->store, &options, &table, &err), &err);
    trial_begin(trial);
    return table;
}

#define ALL_DAYS .from_day = INT_MIN, .to_day = INT_MAX

static size_t column(const struct als_table *table, const char *name)
{
    for (size_t i = 0; i < als_table_columns(table); i++)
        if (strcmp(als_table_column(table, i)->name, name) == 0)
            return i;
    cr_assert_fail("no column %s", name);
    return 0;
}

static double number(const struct als_table *table, size_t row, const char *name)
{
    struct als_cell cell = als_table_cell(table, row, column(table, name));
    return cell.missing ? NAN : cell.as.number;
}

static int64_t integer(const struct als_table *table, size_t row, const char *name)
{
    struct als_cell cell = als_table_cell(table, row, column(table, name));
    return cell.missing ? INT64_MIN : cell.as.integer;
}

static const char *text(const struct als_table *table, size_t row, const char *name)
{
    struct als_cell cell = als_table_cell(table, row, column(table, name));
    return cell.missing ? "" : cell.as.text;
}

static bool is_missing(const struct als_table *table, size_t row, const char *name)
{
    return als_table_cell(table, row, column(table, name)).missing;
}

static bool has_note(const struct als_table *table, const char *part)
{
    for (size_t i = 0; i < als_table_notes(table); i++)
        if (strstr(als_table_note_at(table, i), part))
            return true;
    return false;
}

Test(slopes, agrees_with_the_worked_examples)
{
    struct trial trial;
    trial_open(&trial);
    add_course(&trial, "steady", NULL, (int[]){40, 39, 37, 34, 28});
    add_course(&trial, "noisy", NULL, (int[]){42, 40, 41, 35, 31});
    struct als_table *table = slopes(&trial, (struct als_slopes_options){ALL_DAYS});
    cr_assert_eq(als_table_rows(table), 2u);
    cr_assert_str_eq(text(table, 0, "patient"), "steady");
    cr_assert_str_eq(text(table, 0, "measure"), "alsfrsr.total");
    cr_assert_str_eq(text(table, 0, "first_date"), "2016-01-04");
    cr_assert_str_eq(text(table, 0, "last_date"), "2017-01-03");
    cr_assert_eq(integer(table, 0, "n"), 5);
    cr_assert_eq(integer(table, 0, "span_days"), 365);
    assert_close(number(table, 0, "slope"), -0.99791053, 1e-7);
    assert_close(number(table, 0, "intercept"), 39.96703682, 1e-8);
    assert_close(number(table, 0, "se"), 0.00366064, 1e-5);
    assert_close(number(table, 0, "ci_low"), -1.00956033, 1e-8);
    assert_close(number(table, 0, "ci_high"), -0.98626074, 1e-8);
    assert_close(number(table, 0, "r2"), 0.99995963, 1e-8);
    assert_close(number(table, 0, "residual_sd"), 0.03541317, 1e-6);
    assert_close(number(table, 1, "slope"), -0.92636541, 1e-7);
    assert_close(number(table, 1, "se"), 0.1520166, 1e-6);
    assert_close(number(table, 1, "ci_high"), -0.44258075, 1e-7);
    cr_assert(als_table_cell(table, 0, column(table, "reliable")).as.yes);
    als_table_free(table);
    trial_close(&trial);
}

/* FVC % predicted of domain E8: slope -2.79818051, intercept 82.59468518. */
Test(slopes, fits_entered_percentages)
{
    static const double percent[] = {82, 77, 71, 64};
    static const int at[] = {0, 91, 182, 183};
    struct trial trial;
    trial_open(&trial);
    int64_t patient = trial_patient(&trial, "P1", NULL);
    trial_event(&trial, patient, "infusion", "2016-01-04");
    for (size_t i = 0; i < 3; i++)
        trial_fvc(&trial, patient, visits[i], trial_day("2016-01-04") + at[i], NAN, percent[i]);
    struct als_table *table =
        slopes(&trial, (struct als_slopes_options){.measure = "fvc.percent_predicted", ALL_DAYS});
    double months[3], values[3];
    for (size_t i = 0; i < 3; i++) {
        months[i] = at[i] / 30.4375;
        values[i] = percent[i];
    }
    struct als_ols fit = als_ols_fit(3, months, values);
    assert_close(number(table, 0, "slope"), fit.slope, 1e-14);
    cr_assert_not(has_note(table, "mixed"));
    als_table_free(table);
    trial_close(&trial);
}

Test(slopes, warns_of_mixed_sources)
{
    struct trial trial;
    trial_open(&trial);
    int64_t patient = trial_patient(&trial, "P1", NULL);
    int zero = trial_day("2016-01-04");
    trial_event(&trial, patient, "infusion", "2016-01-04");
    trial_fvc(&trial, patient, "D0", zero, 3.4, NAN);
    trial_fvc(&trial, patient, "MN1", zero + 30, NAN, 70);
    trial_fvc(&trial, patient, "MN3", zero + 91, 3.0, 69);
    struct als_table *table =
        slopes(&trial, (struct als_slopes_options){.measure = "fvc.percent_predicted", ALL_DAYS});
    cr_assert_eq(integer(table, 0, "n"), 3);
    cr_assert(has_note(table, "mixed sources"));
    cr_assert(has_note(table, "P1"));
    als_table_free(table);
    trial_close(&trial);
}

Test(slopes, says_what_few_values_allow)
{
    struct trial trial;
    trial_open(&trial);
    add_course(&trial, "none", NULL, (int[]){-1, -1, -1, -1, -1});
    add_course(&trial, "one", NULL, (int[]){40, -1, -1, -1, -1});
    add_course(&trial, "two", NULL, (int[]){40, -1, 37, -1, -1});
    add_course(&trial, "three", NULL, (int[]){40, 39, 38, -1, -1});
    struct als_table *table = slopes(&trial, (struct als_slopes_options){ALL_DAYS});
    cr_assert_eq(als_table_rows(table), 4u);
    cr_assert_eq(integer(table, 0, "n"), 0);
    cr_assert(is_missing(table, 0, "slope") && is_missing(table, 0, "first_date"));
    cr_assert(is_missing(table, 0, "reliable") && is_missing(table, 0, "span_days"));
    cr_assert_eq(integer(table, 1, "n"), 1);
    cr_assert(is_missing(table, 1, "slope"));
    cr_assert_eq(integer(table, 1, "span_days"), 0);
    assert_close(number(table, 2, "slope"), -1.003434065934066, 1e-12);
    cr_assert(is_missing(table, 2, "se") && is_missing(table, 2, "ci_low"));
    cr_assert_not(als_table_cell(table, 2, column(table, "reliable")).as.yes);
    cr_assert(als_table_cell(table, 3, column(table, "reliable")).as.yes);
    cr_assert(has_note(table, "4 patients: 2 with a slope, 1 with too few values, 1 without"));
    cr_assert(has_note(table, "fewer than three visits: 2 patients (one, two)"));
    als_table_free(table);
    trial_close(&trial);
}

/* Mean, SD, SE and interval of domain E11 are of other slopes; here they follow from -1 and -2. */
Test(slopes, gives_unweighted_means_per_group)
{
    struct trial trial;
    trial_open(&trial);
    int64_t missing = add_course(&trial, "P0", NULL, (int[]){48, 47, -1, -1, -1});
    (void)missing;
    add_course(&trial, "P1", "A", (int[]){40, 39, 37, 34, 28});
    add_course(&trial, "P2", "A", (int[]){42, 40, 41, 35, 31});
    add_course(&trial, "P3", "B", (int[]){40, -1, -1, -1, -1});
    struct als_table *table = slopes(&trial, (struct als_slopes_options){.by = "arm", ALL_DAYS});
    cr_assert_str_eq(als_table_column(table, 1)->name, "group");
    cr_assert_str_eq(text(table, 1, "group"), "A");
    cr_assert(is_missing(table, 0, "group"));
    double mean = (-0.99791053 - 0.92636541) / 2, sd = (0.99791053 - 0.92636541) / sqrt(2);
    char expected[160];
    snprintf(expected, sizeof expected, "arm A: unweighted mean of 2 slopes %.6f", mean);
    cr_assert(has_note(table, expected), "%s", expected);
    snprintf(expected, sizeof expected, "SD %.6f", sd);
    cr_assert(has_note(table, expected), "%s", expected);
    cr_assert(has_note(table, "arm B: no slope, 1 patient"));
    cr_assert(has_note(table, "arm missing: unweighted mean of 1 slope -1.087054"));
    als_table_free(table);
    trial_close(&trial);
}

struct window {
    int from, to;
    int64_t n;
};
static const struct window windows[] = {{INT_MIN, INT_MAX, 6}, {0, INT_MAX, 5}, {INT_MIN, 0, 2},
                                        {1, 365, 4},           {-28, -1, 1},    {400, 500, 0},
                                        {28, 28, 1},           {0, 181, 3}};

TABLE_TEST(slopes, keeps_to_the_window, windows)
{
    const struct window *window = &windows[*row_];
    struct trial trial;
    trial_open(&trial);
    int64_t patient = add_course(&trial, "P1", NULL, (int[]){40, 39, 37, 34, 28});
    trial_alsfrsr(&trial, patient, "SCR", trial_day("2016-01-04") - 28, 41);
    struct als_table *table =
        slopes(&trial, (struct als_slopes_options){.from_day = window->from, .to_day = window->to});
    cr_assert_eq(integer(table, 0, "n"), window->n, "%lld values",
                 (long long)integer(table, 0, "n"));
    als_table_free(table);
    trial_close(&trial);
}

Test(slopes, end_at_death_and_not_before)
{
    struct trial trial;
    trial_open(&trial);
    int64_t certain = add_course(&trial, "P1", NULL, (int[]){40, 39, 37, 34, 28});
    int64_t partial = add_course(&trial, "P2", NULL, (int[]){40, 39, 37, 34, 28});
    int64_t niv = add_course(&trial, "P3", NULL, (int[]){40, 39, 37, 34, 28});
    trial_event(&trial, certain, "death", "2016-07-03"); /* day 181: one day before the fourth */
    trial_event(&trial, partial, "death", "2016-07");    /* may be the last day of July */
    trial_event(&trial, niv, "niv_start", "2016-02-01");
    trial_event(&trial, niv, "tracheostomy", "2016-03-01");
    struct als_table *table = slopes(&trial, (struct als_slopes_options){ALL_DAYS});
    cr_assert_eq(integer(table, 0, "n"), 3);
    cr_assert_eq(integer(table, 1, "n"), 4);
    cr_assert_eq(integer(table, 2, "n"), 5);
    cr_assert(has_note(table, "3 values dated after death left out: 2 patients (P1, P2)"));
    als_table_free(table);
    trial_close(&trial);
}

static void take_zero(const struct als_series *series, void *context)
{
    struct als_series *out = context;
    out[series->patient_id - 1] = *series;
}

/* The first patient is seen by two raters at MN3 and MN12, the second has the means. */
static void add_raters(struct trial *trial)
{
    struct als_err err = {.status = ALS_OK};
    int zero = trial_day("2016-01-04");
    int64_t both = add_course(trial, "P1", NULL, (const int[]){44, 43, 40, 38, 34});
    add_course(trial, "P2", NULL, (const int[]){44, 43, 39, 38, 32});
    trial_ok(als_store_add_rater(trial->store, "MP", &trial->rater_no, &err), &err);
    trial_alsfrsr(trial, both, "MN3", zero + 93, 38);
    trial_alsfrsr(trial, both, "MN12", zero + 365, 30);
    trial->rater_no = 0;
}

Test(slopes, count_a_visit_once_whoever_rated_it)
{
    struct trial trial;
    trial_open(&trial);
    add_raters(&trial);
    struct als_table *table = slopes(&trial, (struct als_slopes_options){ALL_DAYS});
    cr_assert_eq(integer(table, 0, "n"), 5);
    assert_close(number(table, 0, "slope"), number(table, 1, "slope"), 1e-15);
    cr_assert(has_note(table, "visits with values of several raters, averaged: 2"));
    als_table_free(table);
    /* After death nothing is averaged: the rating before it stands. */
    trial_event(&trial, 1, "death", "2016-04-05");
    table = slopes(&trial, (struct als_slopes_options){ALL_DAYS});
    cr_assert_eq(integer(table, 0, "n"), 3);
    cr_assert_str_eq(text(table, 0, "last_date"), "2016-04-04");
    cr_assert(has_note(table, "4 values dated after death left out"));
    als_table_free(table);
    trial_close(&trial);
}

Test(slopes, find_day_zero_in_the_order_of_the_convention)
{
    struct trial trial;
    trial_open(&trial);
    int day = trial_day("2016-01-04");
    int64_t treated = add_course(&trial, "treated", NULL, (int[]){40, 39, -1, -1, -1});
    int64_t waiting = trial_patient(&trial, "baseline", NULL);
    trial_alsfrsr(&trial, waiting, "SCR", day - 30, 41);
    trial_alsfrsr(&trial, waiting, "D0", day + 1, 40);
    int64_t screened = trial_patient(&trial, "first", NULL);
    trial_alsfrsr(&trial, screened, "MN1", day + 9, 40);
    trial_alsfrsr(&trial, screened, "SCR", day + 5, 41);
    trial_commit(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    struct als_patient_list patients;
    struct als_measure measure;
    struct als_series series[3];
    trial_ok(als_patient_load(trial.store, arena, &patients, &err), &err);
    trial_ok(als_measure_find(trial.store, "alsfrsr.total", &measure, &err), &err);
    trial_ok(als_series_each(trial.store, &measure, &patients, take_zero, series, &err), &err);
    cr_assert_eq(series[treated - 1].zero, ALS_ZERO_PROTOCOL);
    cr_assert_eq(series[treated - 1].zero_day, day);
    cr_assert_eq(series[waiting - 1].zero, ALS_ZERO_BASELINE);
    cr_assert_eq(series[waiting - 1].zero_day, day + 1);
    cr_assert_eq(series[screened - 1].zero, ALS_ZERO_FIRST);
    cr_assert_eq(series[screened - 1].zero_day, day + 5);
    als_arena_free(arena);
    trial_close(&trial);
}

static void check_order(const struct als_series *series, void *context)
{
    size_t *patients = context;
    ++*patients;
    for (size_t i = 1; i < series->count; i++)
        cr_assert_leq(series->points[i - 1].day, series->points[i].day);
    for (size_t i = 0; i < series->count; i++)
        assert_close(series->points[i].month, (series->points[i].day - series->zero_day) / 30.4375,
                     1e-15);
}

Test(series, come_by_patient_with_points_in_order_of_day)
{
    struct trial trial;
    trial_open(&trial);
    int day = trial_day("2016-01-04");
    for (int i = 0; i < 40; i++) {
        char name[8];
        snprintf(name, sizeof name, "P%02d", i);
        int64_t patient = trial_patient(&trial, name, NULL);
        if (i % 3)
            trial_event(&trial, patient, "infusion", "2016-01-04");
        if (i % 4 == 0)
            continue;
        /* Visits out of order in time. */
        trial_alsfrsr(&trial, patient, "MN1", day + 60 + i, 38);
        trial_alsfrsr(&trial, patient, "MN3", day + 40, 39);
        trial_alsfrsr(&trial, patient, "SCR", day - i, 41);
    }
    trial_commit(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_arena *arena = als_arena_new();
    struct als_patient_list patients;
    struct als_measure measure;
    size_t seen = 0, missing;
    trial_ok(als_patient_load(trial.store, arena, &patients, &err), &err);
    trial_ok(als_measure_find(trial.store, "alsfrsr.total", &measure, &err), &err);
    trial_ok(als_series_each_counted(trial.store, &measure, &patients, check_order, &seen, &missing,
                                     &err),
             &err);
    cr_assert_eq(seen, 30u);
    cr_assert_eq(missing, 0u);
    als_arena_free(arena);
    trial_close(&trial);
}

Test(slopes, of_one_patient_are_those_of_all)
{
    struct trial trial;
    trial_open(&trial);
    add_course(&trial, "P1", NULL, (int[]){40, 39, 37, 34, 28});
    add_course(&trial, "P2", NULL, (int[]){42, 40, 41, 35, 31});
    struct als_table *all = slopes(&trial, (struct als_slopes_options){ALL_DAYS});
    struct als_table *one = slopes(&trial, (struct als_slopes_options){.patient = "P2", ALL_DAYS});
    cr_assert_eq(als_table_rows(one), 1u);
    cr_assert_eq(number(one, 0, "slope"), number(all, 1, "slope"));
    cr_assert_eq(number(one, 0, "se"), number(all, 1, "se"));
    als_table_free(all);
    als_table_free(one);
    trial_close(&trial);
}

struct mistake {
    struct als_slopes_options options;
    enum als_status status;
    const char *hint;
};
static const struct mistake mistakes[] = {
    {{.patient = "P9", ALL_DAYS}, ALS_NO_INPUT, ""},
    {{.by = "arms", ALL_DAYS}, ALS_USAGE, "arm"},
    {{.by = "colour", ALL_DAYS}, ALS_USAGE, "onset_site"},
    {{.measure = "alsfrsr.totl", ALL_DAYS}, ALS_USAGE, "alsfrsr.total"},
    {{.measure = "alsfrsr.cutting_form", ALL_DAYS}, ALS_USAGE, ""},
    {{.from_day = 10, .to_day = 9}, ALS_USAGE, ""},
};

TABLE_TEST(slopes, refuses_what_it_does_not_know, mistakes)
{
    const struct mistake *mistake = &mistakes[*row_];
    struct trial trial;
    trial_open(&trial);
    trial_patient(&trial, "P1", NULL);
    trial_commit(&trial);
    struct als_err err = {.status = ALS_OK};
    struct als_table *table = NULL;
    cr_assert_eq(als_analyze_slopes(trial.store, &mistake->options, &table, &err), mistake->status);
    cr_assert_null(table);
    cr_assert_neq(err.text[0], '\0');
    cr_assert_not_null(strstr(err.hint, mistake->hint), "%s", err.hint);
    trial_close(&trial);
}

Test(slopes, of_an_empty_study_are_an_empty_table)
{
    struct trial trial;
    trial_open(&trial);
    trial_patient(&trial, "P1", NULL);
    als_change_abandon(trial.store);
    struct als_err err = {.status = ALS_OK};
    struct als_table *table = NULL;
    struct als_slopes_options options = {ALL_DAYS};
    trial_ok(als_analyze_slopes(trial.store, &options, &table, &err), &err);
    cr_assert_eq(als_table_rows(table), 0u);
    als_table_free(table);
    trial_close(&trial);
}

struct watch {
    size_t n;
    double last;
};

static void note_share(double share, void *context)
{
    struct watch *watch = context;
    cr_assert_gt(share, watch->last);
    cr_assert_lt(share, 1);
    watch->last = share;
    watch->n++;
}

/* For a line of progress: how many of the patients have been read. */
Test(slopes, tells_how_far_reading_is)
{
    enum { PATIENTS = ALS_STORE_WATCHED / 2 };
    static const int totals[5] = {40, 39, 38, 37, 36};
    struct watch watch = {.last = 0};
    struct trial trial;
    trial_open(&trial);
    for (int i = 0; i < PATIENTS; i++) {
        char name[16];
        snprintf(name, sizeof name, "P%04d", i);
        add_course(&trial, name, "A", totals);
    }
    als_store_watch(trial.store, note_share, &watch);
    als_table_free(slopes(&trial, (struct als_slopes_options){ALL_DAYS}));
    cr_assert_eq(watch.n, 2); /* of 2.5 times as many rows */
    assert_close(watch.last, 0.8, 0.01);
    trial_close(&trial);
}
