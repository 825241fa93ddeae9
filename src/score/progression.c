/* Points lost since onset. */
#include "alstrack/score/progression.h"

#include <math.h>

#include "alstrack/core/date.h"

double als_delta_fs(double maximum, double total, int days_since_onset)
{
    if (isnan(total) || days_since_onset <= 0)
        return NAN;
    return (maximum - total) / (days_since_onset / ALS_DAYS_PER_MONTH);
}
