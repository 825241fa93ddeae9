/* When the next dose cohort may open. */
#include "plans.h"

#include "alstrack/schedule/gate.h"

Test(gate, opens_a_month_after_the_third_completion)
{
    struct als_gate_patient patients[] = {{day_of("2012-07-03"), false},
                                          {day_of("2012-06-05"), false},
                                          {day_of("2012-06-19"), false},
                                          {day_of("2012-06-12"), false}};
    assert_day(als_gate_day(patients, 4, 3, 30), "2012-07-19");
}

Test(gate, counts_completion_at_the_second_dose)
{
    struct als_gate_patient patients[] = {{day_of("2013-02-07"), false},
                                          {day_of("2013-02-14"), false},
                                          {day_of("2013-02-21"), false}};
    assert_day(als_gate_day(patients, 3, 3, 30), "2013-03-23");
    patients[1].toxicity = true;
    cr_assert_eq(als_gate_day(patients, 3, 3, 30), ALS_NO_DAY);
}

Test(gate, stays_closed_with_too_few)
{
    struct als_gate_patient patients[] = {
        {day_of("2013-02-07"), false}, {ALS_NO_DAY, false}, {day_of("2013-02-07"), false}};
    cr_assert_eq(als_gate_day(patients, 3, 3, 30), ALS_NO_DAY);
    assert_day(als_gate_day(patients, 3, 2, 30), "2013-03-09");
    cr_assert_eq(als_gate_day(NULL, 0, 3, 30), ALS_NO_DAY);
    patients[1].toxicity = true;
    cr_assert_eq(als_gate_day(patients, 3, 2, 30), ALS_NO_DAY, "toxicity before completion counts");
}

Test(gate, finds_patients_injected_too_soon)
{
    int first[] = {day_of("2012-06-05"), day_of("2012-06-12"), day_of("2012-06-19"),
                   day_of("2012-07-03")};
    size_t offender = 99;
    cr_assert(als_gate_spacing(first, 4, 7, &offender));
    cr_assert_eq(offender, 99);
    cr_assert_not(als_gate_spacing(first, 4, 8, &offender));
    cr_assert_eq(offender, 1);
    first[3] = first[2] + 6;
    cr_assert_not(als_gate_spacing(first, 4, 7, NULL));
    cr_assert_not(als_gate_spacing(first, 4, 7, &offender));
    cr_assert_eq(offender, 3);
    cr_assert(als_gate_spacing(first, 1, 7, NULL));
    cr_assert(als_gate_spacing(first, 0, 7, NULL));
    cr_assert(als_gate_spacing(first, 4, 0, NULL));
}
