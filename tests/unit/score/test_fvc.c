/* Predicted forced vital capacity against published numbers. */
#include "als_test.h"

#include "alstrack/score/score.h"

static const struct {
    enum als_sex sex;
    double age, height, nhanes3, nhanes3_limit, ecsc, ecsc_limit;
} people[] = {
    {ALS_SEX_MALE, 50.0, 175.0, 4.8753125, 3.9727937499999992, 4.4399999999999995,
     3.4395999999999995},
    {ALS_SEX_FEMALE, 62.5, 160.0, 3.1132025000000003, 2.4432505000000004, 2.573, 1.8678},
    {ALS_SEX_MALE, 70.0, 170.0, 3.920938, 3.0692549999999996, 3.6319999999999997,
     2.6315999999999997},
    {ALS_SEX_FEMALE, 45.0, 165.0, 3.7453337499999995, 3.0328554999999993, 3.2495, 2.5443},
};

TABLE_TEST(fvc, equals_the_worked_examples, people)
{
    enum als_sex sex = people[*row_].sex;
    double age = people[*row_].age, height = people[*row_].height;
    assert_close(als_fvc_predicted(ALS_FVC_NHANES3, sex, age, height), people[*row_].nhanes3,
                 1e-12);
    assert_close(als_fvc_lower_limit(ALS_FVC_NHANES3, sex, age, height),
                 people[*row_].nhanes3_limit, 1e-12);
    assert_close(als_fvc_predicted(ALS_FVC_ECSC, sex, age, height), people[*row_].ecsc, 1e-12);
    assert_close(als_fvc_lower_limit(ALS_FVC_ECSC, sex, age, height), people[*row_].ecsc_limit,
                 1e-12);
}

/* 28 CFR part 79, appendix A: lower limits for men, printed to two decimals. */
Test(fvc, equals_the_federal_table)
{
    double small = als_fvc_lower_limit(ALS_FVC_NHANES3, ALS_SEX_MALE, 49, 61.0 * 2.54);
    double large = als_fvc_lower_limit(ALS_FVC_NHANES3, ALS_SEX_MALE, 65, 67.0 * 2.54);
    cr_assert_lt(fabs(small - 2.96), 0.005);
    cr_assert_lt(fabs(large - 3.26), 0.005);
}

Test(fvc, changes_the_equation_of_men_at_20_without_a_step)
{
    double before = als_fvc_predicted(ALS_FVC_NHANES3, ALS_SEX_MALE, 20 - 1e-9, 180);
    double after = als_fvc_predicted(ALS_FVC_NHANES3, ALS_SEX_MALE, 20, 180);
    cr_assert_lt(fabs(before - after), 1e-3);
    cr_assert_lt(als_fvc_predicted(ALS_FVC_NHANES3, ALS_SEX_MALE, 18, 180), after);
}

Test(fvc, counts_18_to_25_as_25_in_ecsc)
{
    double at_25 = als_fvc_predicted(ALS_FVC_ECSC, ALS_SEX_FEMALE, 25, 165);
    assert_close(als_fvc_predicted(ALS_FVC_ECSC, ALS_SEX_FEMALE, 18, 165), at_25, 0);
    cr_assert_lt(als_fvc_predicted(ALS_FVC_ECSC, ALS_SEX_FEMALE, 26, 165), at_25);
}

static const struct {
    enum als_fvc_equation equation;
    enum als_sex sex;
    double age, height;
} unknown[] = {
    {ALS_FVC_NHANES3, ALS_SEX_UNKNOWN, 50, 175},  {ALS_FVC_NHANES3, ALS_SEX_MALE, NAN, 175},
    {ALS_FVC_NHANES3, ALS_SEX_MALE, 50, NAN},     {ALS_FVC_NHANES3, ALS_SEX_MALE, 17.99, 175},
    {ALS_FVC_ECSC, ALS_SEX_FEMALE, 17.99, 165},   {ALS_FVC_ECSC, ALS_SEX_FEMALE, 121, 165},
    {ALS_FVC_ECSC, ALS_SEX_FEMALE, 50, 1.65},     {ALS_FVC_ECSC, ALS_SEX_FEMALE, 50, 300},
    {ALS_FVC_ECSC, ALS_SEX_FEMALE, 50, INFINITY}, {ALS_FVC_NONE, ALS_SEX_MALE, 50, 175},
};

TABLE_TEST(fvc, is_missing_when_something_is_not_known, unknown)
{
    cr_assert(isnan(als_fvc_predicted(unknown[*row_].equation, unknown[*row_].sex,
                                      unknown[*row_].age, unknown[*row_].height)));
    cr_assert(isnan(als_fvc_lower_limit(unknown[*row_].equation, unknown[*row_].sex,
                                        unknown[*row_].age, unknown[*row_].height)));
}

Test(fvc, is_never_zero_or_negative)
{
    for (double age = 18; age <= 120; age += 3)
        for (double height = 100; height <= 250; height += 10)
            for (int sex = ALS_SEX_MALE; sex <= ALS_SEX_FEMALE; sex++)
                for (int equation = ALS_FVC_NHANES3; equation <= ALS_FVC_ECSC; equation++) {
                    double litres = als_fvc_predicted((enum als_fvc_equation)equation,
                                                      (enum als_sex)sex, age, height);
                    cr_assert(isnan(litres) || litres > 0);
                }
}
