/* Dose escalation by 3+3 and BOIN, and stopping by the posterior of a rate. */
#include "alstrack/stat/dose.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

enum { GROUP = 3, FULL = 6, MOST_TOXIC = 1, ELIMINATE_FROM = 3 };

const char *als_dose_advice_text(enum als_dose_advice advice)
{
    switch (advice) {
    case ALS_DOSE_INVALID:
        return "not covered by the rule";
    case ALS_DOSE_FILL:
        return "complete the group";
    case ALS_DOSE_EXPAND:
        return "treat three more";
    case ALS_DOSE_STAY:
        return "stay";
    case ALS_DOSE_ESCALATE:
        return "escalate";
    case ALS_DOSE_DEESCALATE:
        return "de-escalate";
    case ALS_DOSE_STOP:
        return "stop: de-escalate";
    case ALS_DOSE_ELIMINATE:
        return "eliminate this dose and higher ones";
    }
    return "";
}

enum als_dose_advice als_dose_3plus3(size_t treated, size_t toxic)
{
    if (toxic > treated || treated > FULL)
        return ALS_DOSE_INVALID;
    if (toxic > MOST_TOXIC)
        return ALS_DOSE_STOP;
    if (treated == FULL || (treated == GROUP && toxic == 0))
        return ALS_DOSE_ESCALATE;
    return treated == GROUP ? ALS_DOSE_EXPAND : ALS_DOSE_FILL;
}

struct als_dose_mtd als_dose_3plus3_mtd(size_t n_levels, const size_t *treated, const size_t *toxic)
{
    size_t stopped = n_levels, open = n_levels;
    for (size_t level = n_levels; level-- > 0;) {
        switch (als_dose_3plus3(treated[level], toxic[level])) {
        case ALS_DOSE_INVALID:
            return (struct als_dose_mtd){.status = ALS_DOSE_MTD_INVALID, .level = level};
        case ALS_DOSE_STOP:
            stopped = level;
            break;
        case ALS_DOSE_ESCALATE:
            break;
        default:
            open = level;
        }
    }
    if (n_levels == 0)
        return (struct als_dose_mtd){.status = ALS_DOSE_MTD_INVALID};
    if (stopped == 0)
        return (struct als_dose_mtd){.status = ALS_DOSE_MTD_NONE};
    if (open < stopped)
        return (struct als_dose_mtd){.status = ALS_DOSE_MTD_OPEN, .level = open};
    size_t below = stopped - 1;
    if (stopped == n_levels)
        return (struct als_dose_mtd){.status = ALS_DOSE_MTD_NOT_REACHED, .level = below};
    bool full = treated[below] == FULL;
    return (struct als_dose_mtd){.status = full ? ALS_DOSE_MTD_FOUND : ALS_DOSE_MTD_OPEN,
                                 .level = below};
}

struct als_boin als_boin_design(double target)
{
    return als_boin_design_with(target, 0.6 * target, 1.4 * target, 0.95);
}

/* The rate at which two binomial hypotheses p < q are equally likely. */
static double boundary(double p, double q)
{
    double survive = log1p(-p) - log1p(-q);
    return survive / (log(q / p) + survive);
}

struct als_boin als_boin_design_with(double target, double low, double high, double cutoff)
{
    struct als_boin design = {.target = target, .low = low, .high = high, .cutoff = cutoff};
    design.valid = 0 < low && low < target && target < high && high < 1 && 0 < cutoff && cutoff < 1;
    design.escalate = design.valid ? boundary(low, target) : NAN;
    design.deescalate = design.valid ? boundary(target, high) : NAN;
    return design;
}

/* Rounding guard: 0.3 * 10 is a whole number although the product is not. */
static const double WHOLE = 1e-12;

struct als_boin_limits als_boin_limits(const struct als_boin *design, size_t n)
{
    if (!design->valid || n == 0)
        return (struct als_boin_limits){.deescalate_min = n + 1, .eliminate_min = n + 1};
    double patients = (double)n;
    return (struct als_boin_limits){
        .escalate_max = (size_t)floor(patients * design->escalate + WHOLE),
        .deescalate_min = (size_t)ceil(patients * design->deescalate - WHOLE),
        .eliminate_min =
            n < ELIMINATE_FROM ? n + 1 : als_beta_stop_at(1, 1, n, design->target, design->cutoff),
    };
}

enum als_dose_advice als_boin_advise(const struct als_boin *design, size_t treated, size_t toxic)
{
    if (!design->valid || toxic > treated)
        return ALS_DOSE_INVALID;
    if (treated == 0)
        return ALS_DOSE_STAY;
    struct als_boin_limits limits = als_boin_limits(design, treated);
    if (toxic >= limits.eliminate_min)
        return ALS_DOSE_ELIMINATE;
    if (toxic >= limits.deescalate_min)
        return ALS_DOSE_DEESCALATE;
    return toxic <= limits.escalate_max ? ALS_DOSE_ESCALATE : ALS_DOSE_STAY;
}

/* Bisection down to neighbouring numbers: the library's own inverse stops earlier. */
static double beta_quantile(double p, double a, double b)
{
    double low = 0, high = 1;
    for (;;) {
        double middle = low + (high - low) / 2;
        if (!(middle > low && middle < high))
            return high;
        bool above =
            p < 0.5 ? gsl_cdf_beta_P(middle, a, b) >= p : gsl_cdf_beta_Q(middle, a, b) <= 1 - p;
        if (above)
            high = middle;
        else
            low = middle;
    }
}

struct als_beta_posterior als_beta_posterior(double a, double b, size_t n, size_t y)
{
    struct als_beta_posterior posterior = {
        .a = NAN, .b = NAN, .mean = NAN, .sd = NAN, .low = NAN, .high = NAN};
    posterior.valid = a > 0 && b > 0 && isfinite(a) && isfinite(b) && y <= n;
    if (!posterior.valid)
        return posterior;
    posterior.a = a += (double)y;
    posterior.b = b += (double)(n - y);
    posterior.mean = a / (a + b);
    posterior.sd = sqrt(posterior.mean * (b / (a + b)) / (a + b + 1));
    posterior.low = beta_quantile(0.025, a, b);
    posterior.high = beta_quantile(0.975, a, b);
    return posterior;
}

static double upper_tail(double a, double b, double limit)
{
    return limit <= 0 ? 1 : limit >= 1 ? 0 : gsl_cdf_beta_Q(limit, a, b);
}

double als_beta_exceeds(const struct als_beta_posterior *posterior, double limit)
{
    if (!posterior->valid || !(limit >= 0 && limit <= 1))
        return NAN;
    return upper_tail(posterior->a, posterior->b, limit);
}

size_t als_beta_stop_at(double a, double b, size_t n, double limit, double confidence)
{
    if (!(a > 0 && b > 0 && isfinite(a) && isfinite(b) && limit >= 0 && limit <= 1 &&
          confidence > 0 && confidence < 1))
        return n + 1;
    size_t low = 0, high = n + 1; /* the probability rises with the events */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (upper_tail(a + (double)middle, b + (double)(n - middle), limit) > confidence)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
