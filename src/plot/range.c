/* Round ranges and steps. */
#include "range.h"

#include <math.h>
#include <string.h>

void als_range_possible(const struct als_measure *measure, double *low, double *high)
{
    *low = *high = NAN;
    if (strcmp(als_measure_unit(measure), "%") == 0)
        return;
    double min, max;
    als_measure_bounds(measure, &min, &max);
    if (isfinite(min) && isfinite(max)) {
        *low = min;
        *high = max;
    }
}

struct als_range als_range_frame(double low, double high, double least, double most,
                                 double wanted_tics)
{
    if (isfinite(low) && isfinite(high) && low < high) {
        low = fmin(low, least);
        high = fmax(high, most);
        return (struct als_range){low, high, als_range_step(high - low, wanted_tics)};
    }
    low = least <= most ? least : 0;
    high = least <= most ? most : 1;
    double span = fmax(fmax(fabs(low), fabs(high)) * 0.2, 1e-6);
    if (high - low < span) {
        double middle = low + (high - low) / 2;
        low = middle - span / 2;
        high = middle + span / 2;
    }
    double step = als_range_step(high - low, wanted_tics);
    low = floor(low / step) * step;
    high = ceil(high / step) * step;
    return (struct als_range){low, high,
                              (high - low) / step > 1.75 * wanted_tics ? 2 * step : step};
}

double als_range_step(double span, double wanted)
{
    static const double steps[] = {1, 1.2, 2, 2.5, 4, 5, 10, 12, 20};
    double scale = pow(10, floor(log10(span / wanted)));
    double best = scale, best_cost = INFINITY;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        double step = steps[i] * scale;
        double count = span / step;
        bool exact = fabs(count - round(count)) < 1e-9;
        bool four = steps[i] == 4, twelve = steps[i] == 1.2 || steps[i] == 12;
        if (((four || twelve) && !exact) || (twelve && step != 12) ||
            (steps[i] == 2.5 && step < 25))
            continue;
        double cost = fabs(log(count / wanted)) - (exact ? 0.35 : 0);
        if (cost < best_cost) {
            best_cost = cost;
            best = step;
        }
    }
    return best;
}

double als_range_months(double least)
{
    static const double steps[] = {1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] >= least)
            return steps[i];
    return 1200 * ceil(least / 1200);
}
