/* Points lost per month since onset. */
#include "als_test.h"

#include "alstrack/core/date.h"
#include "alstrack/score/progression.h"

/* A patient of 38 points on 2020-09-20 whose onset is known to the day, the month or the year. */
static const struct {
    const char *onset;
    int days;
    double rate;
} known[] = {{"2019-03-02", 568, 0.535871}, {"2019-03", 555, 0.548423}, {"2019", 447, 0.680928}};

TABLE_TEST(progression, counts_from_onset_as_far_as_it_is_known, known)
{
    struct als_date onset;
    int visit;
    cr_assert(als_date_parse(known[*row_].onset, strlen(known[*row_].onset), &onset));
    cr_assert(als_date_parse_full("2020-09-20", 10, &visit));
    cr_assert_eq(visit - onset.day, known[*row_].days);
    assert_close(als_delta_fs(48, 38, visit - onset.day), known[*row_].rate, 1e-6);
}

Test(progression, has_no_rate_without_a_total_or_time)
{
    cr_assert(isnan(als_delta_fs(48, NAN, 100)));
    cr_assert(isnan(als_delta_fs(48, 40, 0)));
    cr_assert(isnan(als_delta_fs(48, 40, -5)));
    assert_close(als_delta_fs(40, 40, 10), 0, 0);
}
