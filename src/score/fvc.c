/* Predicted forced vital capacity and its lower limit of normal. */
#include <math.h>

#include "alstrack/score/score.h"

/* Outside these the equations say nothing about a patient, and a slip is likelier. */
static const double ADULT_YEARS = 18, OLDEST_YEARS = 120;
static const double SHORTEST_CM = 100, TALLEST_CM = 250;

/* litres = constant + age A + age_squared A^2 + height_squared H^2; the limit has a height term of
 * its own. */
struct nhanes3 {
    double constant, age, age_squared, height_squared, limit_height_squared;
};
static const struct nhanes3 NHANES3_MEN = {-0.1933, 0.00064, -0.000269, 0.00018642, 0.00015695};
static const struct nhanes3 NHANES3_MEN_TO_20 = {-0.2584, -0.20415, 0.010133, 0.00018642,
                                                 0.00015695};
static const struct nhanes3 NHANES3_WOMEN = {-0.3560, 0.01870, -0.000382, 0.00014815, 0.00012198};

/* litres = constant + age A + height H; limit = litres - 1.64 residual_sd. */
struct ecsc {
    double constant, age, height, residual_sd;
};
static const struct ecsc ECSC_MEN = {-4.34, -0.026, 0.0576, 0.61};
static const struct ecsc ECSC_WOMEN = {-2.89, -0.026, 0.0443, 0.43};
static const double ECSC_FIFTH_PERCENTILE = 1.64, ECSC_YOUNGEST = 25;

static double nhanes3(enum als_sex sex, double age, double height, bool limit)
{
    const struct nhanes3 *model = sex == ALS_SEX_FEMALE ? &NHANES3_WOMEN
                                  : age < 20            ? &NHANES3_MEN_TO_20
                                                        : &NHANES3_MEN;
    double per_height = limit ? model->limit_height_squared : model->height_squared;
    return model->constant + model->age * age + model->age_squared * age * age +
           per_height * height * height;
}

static double ecsc(enum als_sex sex, double age, double height, bool limit)
{
    const struct ecsc *model = sex == ALS_SEX_FEMALE ? &ECSC_WOMEN : &ECSC_MEN;
    double litres =
        model->constant + model->age * fmax(age, ECSC_YOUNGEST) + model->height * height;
    return limit ? litres - ECSC_FIFTH_PERCENTILE * model->residual_sd : litres;
}

static double evaluate(enum als_fvc_equation equation, enum als_sex sex, double age, double height,
                       bool limit)
{
    bool usable = (sex == ALS_SEX_MALE || sex == ALS_SEX_FEMALE) && age >= ADULT_YEARS &&
                  age <= OLDEST_YEARS && height >= SHORTEST_CM && height <= TALLEST_CM;
    double litres = NAN;
    if (usable && equation == ALS_FVC_NHANES3)
        litres = nhanes3(sex, age, height, limit);
    else if (usable && equation == ALS_FVC_ECSC)
        litres = ecsc(sex, age, height, limit);
    return litres > 0 ? litres : NAN;
}

double als_fvc_predicted(enum als_fvc_equation equation, enum als_sex sex, double age_years,
                         double height_cm)
{
    return evaluate(equation, sex, age_years, height_cm, false);
}

double als_fvc_lower_limit(enum als_fvc_equation equation, enum als_sex sex, double age_years,
                           double height_cm)
{
    return evaluate(equation, sex, age_years, height_cm, true);
}
