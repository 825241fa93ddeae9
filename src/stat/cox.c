/* Cox regression by Newton's method, Efron's likelihood. */
#include <math.h>
#include <string.h>

#include "alstrack/stat/dist.h"
#include "small.h"
#include "survival.h"

enum { MOST_STEPS = 100, MOST_HALVINGS = 40 };

/* An unbounded coefficient still moves by about this when the likelihood has stopped rising. */
static const double STILL_MOVING = 1e-3;
/* Relative rise of the log-likelihood below which it has stopped. */
static const double FLAT = 1e-15;

/* Sums over a risk set or over the deaths of one day: weight, weight x, weight x x'. */
struct weighted {
    double w, *wx, *wxx;
};

struct cox {
    size_t n, p;
    const struct als_case *cases;   /* by stratum and time */
    const struct als_case *entries; /* by stratum and entry; NULL: nobody enters late */
    const double *x;
    double *centre, *beta, *trial, *score, *information, *factor, *step, *mean;
    struct weighted risk, dead;
    double *dead_x; /* sum of x over the deaths of one day */
};

size_t als_cox_workspace(size_t p)
{
    return 10 * p + 4 * p * p;
}

static struct cox lay_out(size_t n, size_t p, const struct als_case *cases, const double *x,
                          double *space)
{
    struct cox cox = {.n = n, .p = p, .cases = cases, .x = x};
    double **vectors[] = {&cox.centre, &cox.beta,    &cox.trial,   &cox.score, &cox.step,
                          &cox.mean,   &cox.risk.wx, &cox.dead.wx, &cox.dead_x};
    double **matrices[] = {&cox.information, &cox.factor, &cox.risk.wxx, &cox.dead.wxx};
    memset(space, 0, als_cox_workspace(p) * sizeof *space);
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++, space += p)
        *vectors[i] = space;
    for (size_t i = 0; i < sizeof matrices / sizeof matrices[0]; i++, space += p * p)
        *matrices[i] = space;
    return cox;
}

static void clear(struct weighted *sum, size_t p)
{
    sum->w = 0;
    memset(sum->wx, 0, p * sizeof(double));
    memset(sum->wxx, 0, p * p * sizeof(double));
}

static void add(struct weighted *sum, const struct cox *cox, const double *x, double weight)
{
    size_t p = cox->p;
    sum->w += weight;
    for (size_t i = 0; i < p; i++) {
        double here = weight * (x[i] - cox->centre[i]);
        sum->wx[i] += here;
        for (size_t j = 0; j <= i; j++)
            sum->wxx[i * p + j] += here * (x[j] - cox->centre[j]);
    }
}

static double linear_predictor(const struct cox *cox, const double *beta, const double *x)
{
    double eta = 0;
    for (size_t j = 0; j < cox->p; j++)
        eta += beta[j] * (x[j] - cox->centre[j]);
    return eta;
}

/* The deaths of one day: the l-th of d leaves the risk set with l / d of the dead taken out. */
static double add_deaths(struct cox *cox, size_t deaths)
{
    size_t p = cox->p;
    double log_likelihood = 0;
    for (size_t l = 0; l < deaths; l++) {
        double share = (double)l / (double)deaths, w = cox->risk.w - share * cox->dead.w;
        log_likelihood -= log(w);
        for (size_t i = 0; i < p; i++) {
            cox->mean[i] = (cox->risk.wx[i] - share * cox->dead.wx[i]) / w;
            cox->score[i] -= cox->mean[i];
            for (size_t j = 0; j <= i; j++)
                cox->information[i * p + j] +=
                    (cox->risk.wxx[i * p + j] - share * cox->dead.wxx[i * p + j]) / w -
                    cox->mean[i] * cox->mean[j];
        }
    }
    for (size_t i = 0; i < p; i++)
        cox->score[i] += cox->dead_x[i];
    return log_likelihood;
}

/* Log partial likelihood at beta, with score and information (lower triangle). */
static double evaluate(struct cox *cox, const double *beta)
{
    size_t p = cox->p;
    double log_likelihood = 0;
    size_t late = cox->n;
    const struct als_case *leaver;
    memset(cox->score, 0, p * sizeof(double));
    memset(cox->information, 0, p * p * sizeof(double));
    for (size_t i = cox->n; i > 0;) {
        const struct als_case *last = &cox->cases[i - 1];
        size_t deaths = 0;
        if (i == cox->n || last->stratum != last[1].stratum)
            clear(&cox->risk, p);
        clear(&cox->dead, p);
        memset(cox->dead_x, 0, p * sizeof(double));
        for (; i > 0 && cox->cases[i - 1].stratum == last->stratum &&
               cox->cases[i - 1].time == last->time;
             i--) {
            const double *x = cox->x + cox->cases[i - 1].row * p;
            double eta = linear_predictor(cox, beta, x), weight = exp(eta);
            add(&cox->risk, cox, x, weight);
            if (!cox->cases[i - 1].event)
                continue;
            deaths++;
            log_likelihood += eta;
            add(&cox->dead, cox, x, weight);
            for (size_t j = 0; j < p; j++)
                cox->dead_x[j] += x[j] - cox->centre[j];
        }
        while ((leaver = survival_next_leaver(cox->entries, &late, &cox->cases[i]))) {
            const double *x = cox->x + leaver->row * p;
            add(&cox->risk, cox, x, -exp(linear_predictor(cox, beta, x)));
        }
        log_likelihood += add_deaths(cox, deaths);
    }
    return log_likelihood;
}

/* step := information^-1 score. False when the information has no full rank. */
static bool newton_step(struct cox *cox, double tolerance)
{
    memcpy(cox->factor, cox->information, cox->p * cox->p * sizeof(double));
    memcpy(cox->step, cox->score, cox->p * sizeof(double));
    if (!small_cholesky(cox->p, cox->factor, tolerance, NULL))
        return false;
    small_solve(cox->p, cox->factor, cox->step);
    return true;
}

/* Climb until the likelihood stops rising; the score and information are those of the end. */
static bool climb(struct cox *cox, struct als_cox *result)
{
    double here = result->log_likelihood_null;
    for (result->iterations = 0; result->iterations < MOST_STEPS; result->iterations++) {
        if (!newton_step(cox, 0))
            return false;
        double factor = 1, there = NAN;
        for (int halving = 0; halving < MOST_HALVINGS; halving++, factor /= 2) {
            for (size_t i = 0; i < cox->p; i++)
                cox->trial[i] = cox->beta[i] + factor * cox->step[i];
            there = evaluate(cox, cox->trial);
            if (there >= here - 1e-12 * fabs(here))
                break;
        }
        memcpy(cox->beta, cox->trial, cox->p * sizeof(double));
        bool done = fabs(there - here) <= FLAT * fabs(here);
        here = result->log_likelihood = there;
        if (!isfinite(here))
            return false;
        if (done)
            return newton_step(cox, 0);
    }
    return newton_step(cox, 0);
}

/* Standard errors come from the information about the estimable coefficients alone: the others are
 * at infinity, where they no longer share any. */
static enum als_survival_status report(struct cox *cox, struct als_cox *result,
                                       struct als_cox_term *terms)
{
    size_t p = cox->p, n = 0;
    for (size_t i = 0; i < p; i++) {
        terms[i] = (struct als_cox_term){false, NAN, NAN, NAN, NAN, NAN, NAN};
        terms[i].estimable = fabs(cox->step[i]) <= STILL_MOVING * fmax(1, fabs(cox->beta[i]) / 30);
        n += terms[i].estimable;
    }
    size_t row = 0;
    for (size_t i = 0; i < p; i++) {
        size_t column = 0;
        for (size_t j = 0; j <= i && terms[i].estimable; j++)
            if (terms[j].estimable)
                cox->factor[row * n + column++] = cox->information[i * p + j];
        row += terms[i].estimable;
    }
    if (!small_cholesky(n, cox->factor, 1e-12, NULL))
        return ALS_SURVIVAL_COLLINEAR;
    double *inverse = cox->information;
    small_invert(n, cox->factor, inverse);
    row = 0;
    for (size_t i = 0; i < p; i++) {
        struct als_cox_term *term = &terms[i];
        if (!term->estimable)
            continue;
        term->coefficient = cox->beta[i];
        term->se = sqrt(inverse[row * n + row]);
        term->z = term->coefficient / term->se;
        term->p = als_normal_two_sided_p(term->z);
        double half = als_normal_quantile(0.975) * term->se;
        term->ci_low = term->coefficient - half;
        term->ci_high = term->coefficient + half;
        row++;
    }
    result->df = p;
    return ALS_SURVIVAL_OK;
}

static enum als_survival_status prepare(struct cox *cox, struct als_cox *result)
{
    for (size_t i = 0; i < cox->n; i++) {
        result->events += cox->cases[i].event;
        for (size_t j = 0; j < cox->p; j++) {
            double value = cox->x[cox->cases[i].row * cox->p + j];
            if (!isfinite(value))
                return ALS_SURVIVAL_NOT_FINITE;
            cox->centre[j] += value / (double)cox->n;
        }
    }
    return result->events ? ALS_SURVIVAL_OK : ALS_SURVIVAL_NO_EVENTS;
}

struct als_cox als_cox_fit(size_t n, const struct als_case *cases, size_t p, const double *x,
                           struct als_case *work, double *workspace, struct als_cox_term *terms)
{
    struct als_cox result = {.n = n,
                             .log_likelihood_null = NAN,
                             .log_likelihood = NAN,
                             .lr_chisq = NAN,
                             .score_chisq = NAN};
    for (size_t i = 0; i < p; i++)
        terms[i] = (struct als_cox_term){false, NAN, NAN, NAN, NAN, NAN, NAN};
    result.status = survival_sort(n, cases, true, work);
    if (result.status != ALS_SURVIVAL_OK)
        return result;
    struct cox cox = lay_out(n, p, work, x, workspace);
    cox.entries = survival_sort_entries(n, true, work);
    result.status = prepare(&cox, &result);
    if (result.status != ALS_SURVIVAL_OK)
        return result;
    result.log_likelihood_null = evaluate(&cox, cox.beta);
    if (!newton_step(&cox, 1e-10)) {
        result.status = ALS_SURVIVAL_COLLINEAR;
        return result;
    }
    result.score_chisq = 0;
    for (size_t i = 0; i < p; i++)
        result.score_chisq += cox.score[i] * cox.step[i];
    if (!climb(&cox, &result)) {
        result.status = ALS_SURVIVAL_NOT_CONVERGED;
        return result;
    }
    result.lr_chisq = 2 * (result.log_likelihood - result.log_likelihood_null);
    result.status = report(&cox, &result, terms);
    return result;
}
