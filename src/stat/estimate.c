/* Tests and intervals from an estimate, its standard error and degrees of freedom. */
#include "alstrack/stat/estimate.h"

#include <math.h>

#include "alstrack/stat/dist.h"

const struct als_estimate als_no_estimate = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};

struct als_estimate als_estimate_make(double estimate, double se, double df)
{
    struct als_estimate result = als_no_estimate;
    result.estimate = estimate;
    if (!(se >= 0) || !(df > 0))
        return result;
    double half = als_t_quantile(0.975, df) * se;
    result.se = se;
    result.df = df;
    result.ci_low = estimate - half;
    result.ci_high = estimate + half;
    if (se > 0) {
        result.t = estimate / se;
        result.p = als_t_two_sided_p(result.t, df);
    }
    return result;
}
