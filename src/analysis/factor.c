/* Patient factors by which results are grouped. */
#include <string.h>

#include "alstrack/analysis/slopes.h"
#include "patients.h"

enum { ARM, COHORT, SITE, SEX, ONSET_SITE, FACTORS };
static const char *const names[FACTORS] = {"arm", "cohort", "site", "sex", "onset_site"};

static size_t factor_index(const char *factor)
{
    size_t i = 0;
    while (i < FACTORS && strcmp(factor, names[i]) != 0)
        i++;
    return i;
}

bool als_factor_known(const char *factor)
{
    return factor_index(factor) < FACTORS;
}

const char *als_factor_value(const struct als_patient *patient, const char *factor)
{
    switch (factor_index(factor)) {
    case ARM:
        return patient->arm;
    case COHORT:
        return patient->cohort;
    case SITE:
        return patient->site;
    case SEX:
        return patient->sex;
    case ONSET_SITE:
        return patient->onset_site;
    default:
        return NULL;
    }
}

enum als_status als_factor_check(const char *factor, struct als_err *err)
{
    if (!factor || als_factor_known(factor))
        return ALS_OK;
    enum als_status status =
        als_fail(err, ALS_USAGE, "E-FACTOR", "there is no patient factor '%s'", factor);
    const char *nearest = als_nearest(factor, names, FACTORS);
    if (nearest)
        als_err_hint(err, "did you mean %s?", nearest);
    else
        als_err_hint(err, "one of arm, cohort, site, sex, onset_site");
    return status;
}
