/* Dose escalation and stopping: published tables, whole-number limits, impossible counts. */
#include "als_test.h"

#include "alstrack/stat/dose.h"

static const struct {
    size_t treated, toxic;
    enum als_dose_advice advice;
} three_plus_three[] = {
    {0, 0, ALS_DOSE_FILL},     {1, 1, ALS_DOSE_FILL},    {2, 1, ALS_DOSE_FILL},
    {3, 0, ALS_DOSE_ESCALATE}, {3, 1, ALS_DOSE_EXPAND},  {3, 2, ALS_DOSE_STOP},
    {3, 3, ALS_DOSE_STOP},     {2, 2, ALS_DOSE_STOP},    {4, 1, ALS_DOSE_FILL},
    {5, 1, ALS_DOSE_FILL},     {5, 2, ALS_DOSE_STOP},    {6, 0, ALS_DOSE_ESCALATE},
    {6, 1, ALS_DOSE_ESCALATE}, {6, 2, ALS_DOSE_STOP},    {6, 6, ALS_DOSE_STOP},
    {3, 4, ALS_DOSE_INVALID},  {7, 0, ALS_DOSE_INVALID},
};

TABLE_TEST(dose, follows_three_plus_three, three_plus_three)
{
    cr_assert_eq(als_dose_3plus3(three_plus_three[*row_].treated, three_plus_three[*row_].toxic),
                 three_plus_three[*row_].advice);
}

static const struct {
    size_t treated[3], toxic[3];
    enum als_dose_mtd_status status;
    size_t level;
} escalations[] = {
    {{0, 0, 0}, {0, 0, 0}, ALS_DOSE_MTD_OPEN, 0},
    {{3, 0, 0}, {0, 0, 0}, ALS_DOSE_MTD_OPEN, 1},
    {{3, 3, 0}, {0, 1, 0}, ALS_DOSE_MTD_OPEN, 1},
    {{3, 3, 0}, {0, 2, 0}, ALS_DOSE_MTD_OPEN, 0},
    {{6, 3, 0}, {1, 2, 0}, ALS_DOSE_MTD_FOUND, 0},
    {{3, 6, 6}, {0, 1, 2}, ALS_DOSE_MTD_FOUND, 1},
    {{3, 0, 0}, {2, 0, 0}, ALS_DOSE_MTD_NONE, 0},
    {{6, 0, 0}, {2, 0, 0}, ALS_DOSE_MTD_NONE, 0},
    {{3, 3, 6}, {0, 0, 1}, ALS_DOSE_MTD_NOT_REACHED, 2},
    {{3, 9, 0}, {0, 0, 0}, ALS_DOSE_MTD_INVALID, 1},
};

TABLE_TEST(dose, names_the_maximum_tolerated_dose, escalations)
{
    struct als_dose_mtd mtd =
        als_dose_3plus3_mtd(3, escalations[*row_].treated, escalations[*row_].toxic);
    cr_assert_eq(mtd.status, escalations[*row_].status, "status is %d", mtd.status);
    if (mtd.status != ALS_DOSE_MTD_NONE)
        cr_assert_eq(mtd.level, escalations[*row_].level);
}

Test(dose, has_no_tolerated_dose_among_no_levels)
{
    cr_assert_eq(als_dose_3plus3_mtd(0, NULL, NULL).status, ALS_DOSE_MTD_INVALID);
}

/* Limits for 1 to 12 patients; 0 stands for "never". */
static const struct {
    double target, escalate, deescalate;
    size_t limits[12][3];
} boin[] = {
    {0.20,
     0.15724228670030735,
     0.23846243881731513,
     {{0, 1, 0},
      {0, 1, 0},
      {0, 1, 2},
      {0, 1, 3},
      {0, 2, 3},
      {0, 2, 3},
      {1, 2, 4},
      {1, 2, 4},
      {1, 3, 4},
      {1, 3, 5},
      {1, 3, 5},
      {1, 3, 5}}},
    {0.25,
     0.196801,
     0.298392,
     {{0, 1, 0},
      {0, 1, 0},
      {0, 1, 3},
      {0, 2, 3},
      {0, 2, 3},
      {1, 2, 4},
      {1, 3, 4},
      {1, 3, 4},
      {1, 3, 5},
      {1, 3, 5},
      {2, 4, 6},
      {2, 4, 6}}},
    {0.30,
     0.236491,
     0.358519,
     {{0, 1, 0},
      {0, 1, 0},
      {0, 2, 3},
      {0, 2, 3},
      {1, 2, 4},
      {1, 3, 4},
      {1, 3, 5},
      {1, 3, 5},
      {2, 4, 5},
      {2, 4, 6},
      {2, 4, 6},
      {2, 5, 7}}},
    {0.33,
     0.260377,
     0.394716,
     {{0, 1, 0},
      {0, 1, 0},
      {0, 2, 3},
      {1, 2, 3},
      {1, 2, 4},
      {1, 3, 4},
      {1, 3, 5},
      {2, 4, 5},
      {2, 4, 6},
      {2, 4, 6},
      {2, 5, 7},
      {3, 5, 7}}},
};

TABLE_TEST(dose, has_the_boundaries_of_boin, boin)
{
    struct als_boin design = als_boin_design(boin[*row_].target);
    cr_assert(design.valid);
    assert_close(design.escalate, boin[*row_].escalate, 3e-6);
    assert_close(design.deescalate, boin[*row_].deescalate, 3e-6);
    for (size_t n = 1; n <= 12; n++) {
        struct als_boin_limits limits = als_boin_limits(&design, n);
        const size_t *expected = boin[*row_].limits[n - 1];
        cr_assert_eq(limits.escalate_max, expected[0], "n = %zu", n);
        cr_assert_eq(limits.deescalate_min, expected[1], "n = %zu", n);
        cr_assert_eq(limits.eliminate_min, expected[2] ? expected[2] : n + 1, "n = %zu", n);
    }
}

Test(dose, finds_boin_boundaries_to_the_last_digit)
{
    struct als_boin design = als_boin_design(0.2);
    assert_close(design.escalate, 0.15724228670030735, 1e-14);
    assert_close(design.deescalate, 0.23846243881731513, 1e-14);
}

Test(dose, advises_by_boin)
{
    struct als_boin design = als_boin_design(0.25);
    cr_assert_eq(als_boin_advise(&design, 0, 0), ALS_DOSE_STAY);
    cr_assert_eq(als_boin_advise(&design, 6, 1), ALS_DOSE_ESCALATE);
    cr_assert_eq(als_boin_advise(&design, 9, 2), ALS_DOSE_STAY);
    cr_assert_eq(als_boin_advise(&design, 6, 2), ALS_DOSE_DEESCALATE);
    cr_assert_str_eq(als_dose_advice_text(ALS_DOSE_DEESCALATE), "de-escalate");
    cr_assert_str_eq(als_dose_advice_text(ALS_DOSE_STOP), "stop: de-escalate");
    cr_assert_eq(als_boin_advise(&design, 6, 4), ALS_DOSE_ELIMINATE);
    cr_assert_eq(als_boin_advise(&design, 2, 2), ALS_DOSE_DEESCALATE);
    cr_assert_eq(als_boin_advise(&design, 2, 3), ALS_DOSE_INVALID);
}

Test(dose, refuses_designs_that_are_not_ordered)
{
    const double rows[][4] = {
        {0.3, 0.3, 0.42, 0.95}, {0.3, 0.18, 0.3, 0.95}, {0.3, 0, 0.42, 0.95},
        {0.3, 0.18, 1, 0.95},   {0.3, 0.18, 0.42, 1},   {NAN, 0.18, 0.42, 0.95},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct als_boin design =
            als_boin_design_with(rows[i][0], rows[i][1], rows[i][2], rows[i][3]);
        cr_assert_not(design.valid);
        cr_assert_eq(als_boin_advise(&design, 3, 0), ALS_DOSE_INVALID);
        cr_assert_eq(als_boin_limits(&design, 3).deescalate_min, 4);
    }
    cr_assert_not(als_boin_design(0.8).valid);
}

Test(dose, stops_at_the_tabulated_number_of_events)
{
    const size_t stop[] = {2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5,
                           5, 5, 5, 6, 6, 6, 6, 6, 7, 7, 7, 7};
    for (size_t n = 2; n <= 26; n++)
        cr_assert_eq(als_beta_stop_at(0.3, 1.7, n, 0.15, 0.90), stop[n - 2], "n = %zu", n);
}

/* With whole-number parameters the tail is a binomial sum, here added up in exact fractions. */
static const struct {
    size_t n, y;
    double limit, tail;
} tails[] = {
    {3, 0, 0.3, 0.2401},
    {3, 2, 0.3, 0.9163},
    {26, 3, 0.15, 0.40718343914786365},
    {30, 1, 0.5, 1.4901161193847656e-08},
    {238, 39, 0.1, 0.9991327419625994},
    {12, 0, 0.2, 0.0549755813888},
};

TABLE_TEST(dose, has_the_posterior_of_a_rate, tails)
{
    struct als_beta_posterior posterior = als_beta_posterior(1, 1, tails[*row_].n, tails[*row_].y);
    assert_close(als_beta_exceeds(&posterior, tails[*row_].limit), tails[*row_].tail, 1e-13);
}

Test(dose, has_a_closed_form_without_events)
{
    struct als_beta_posterior posterior = als_beta_posterior(1, 1, 9, 0); /* Beta(1, 10) */
    assert_close(posterior.mean, 1.0 / 11, 1e-15);
    assert_close(posterior.sd, sqrt(10.0 / (11.0 * 11 * 12)), 1e-15);
    assert_close(posterior.low, -expm1(log(0.975) / 10), 1e-13);
    assert_close(posterior.high, -expm1(log(0.025) / 10), 1e-13);
    assert_close(als_beta_exceeds(&posterior, 0.15), pow(0.85, 10), 1e-13);
}

Test(dose, mirrors_events_and_their_absence)
{
    for (size_t y = 0; y <= 20; y++) {
        struct als_beta_posterior events = als_beta_posterior(0.3, 1.7, 20, y);
        struct als_beta_posterior others = als_beta_posterior(1.7, 0.3, 20, 20 - y);
        assert_close(events.mean, 1 - others.mean, 1e-13);
        assert_close(als_beta_exceeds(&events, 0.2), 1 - als_beta_exceeds(&others, 0.8), 1e-9);
        assert_close(events.high, 1 - others.low, 1e-12);
    }
}

Test(dose, refuses_what_is_no_posterior)
{
    cr_assert_not(als_beta_posterior(0, 1, 3, 1).valid);
    cr_assert_not(als_beta_posterior(1, INFINITY, 3, 1).valid);
    cr_assert_not(als_beta_posterior(NAN, 1, 3, 1).valid);
    struct als_beta_posterior impossible = als_beta_posterior(1, 1, 3, 4);
    cr_assert_not(impossible.valid);
    cr_assert(isnan(als_beta_exceeds(&impossible, 0.5)));
    cr_assert_eq(als_beta_stop_at(-1, 1, 5, 0.15, 0.9), 6);
    cr_assert_eq(als_beta_stop_at(1, 1, 5, 0.15, NAN), 6);
    cr_assert_eq(als_beta_stop_at(1, 1, 5, 1, 0.9), 6);
    cr_assert_eq(als_beta_stop_at(1, 1, 5, 0, 0.9), 0);
}

Test(dose, has_a_text_for_every_advice)
{
    for (int a = ALS_DOSE_INVALID; a <= ALS_DOSE_ELIMINATE; a++)
        for (int b = ALS_DOSE_INVALID; b < a; b++)
            cr_assert_str_neq(als_dose_advice_text((enum als_dose_advice)a),
                              als_dose_advice_text((enum als_dose_advice)b));
}
