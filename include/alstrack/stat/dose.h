/*
 * Dose escalation and stopping for safety. The functions suggest; a committee decides.
 *
 * 3+3 (Storer 1989, Biometrics 45:925, design A): 0 of 3 with a dose-limiting toxicity escalate, 1
 * of 3 treat three more, at most 1 of 6 escalate, 2 or more stop the level, whenever they occur.
 *
 * BOIN (Liu and Yuan 2015, J R Stat Soc C 64:507, equations 4 and 5): with target f, the rate s
 * below which a dose is too low and the rate x above which it is too toxic (0.6 f and 1.4 f unless
 * told otherwise),
 *
 *     lambda_e = ln((1-s)/(1-f)) / ln(f(1-s) / (s(1-f)))
 *     lambda_d = ln((1-f)/(1-x)) / ln(x(1-f) / (f(1-x)))
 *
 * escalate when toxic / treated <= lambda_e, de-escalate when >= lambda_d, otherwise stay. The dose
 * and all above are eliminated when at least 3 are treated and P(rate > f) > cutoff (0.95) under a
 * uniform prior.
 *
 * Posterior of a rate: prior Beta(a, b) and y events in n patients give Beta(a + y, b + n - y)
 * (Thall and Simon 1994, Biometrics 50:337, section 2). Stop when P(rate > limit) > confidence.
 */
#ifndef ALSTRACK_STAT_DOSE_H
#define ALSTRACK_STAT_DOSE_H

#include <stdbool.h>
#include <stddef.h>

enum als_dose_advice {
    ALS_DOSE_INVALID, /* more toxic than treated, or outside what the rule covers */
    ALS_DOSE_FILL,    /* the group of three or six is not complete */
    ALS_DOSE_EXPAND,  /* treat three more at this dose */
    ALS_DOSE_STAY,    /* treat the next patients at this dose */
    ALS_DOSE_ESCALATE,
    ALS_DOSE_DEESCALATE, /* treat the next patients at a lower dose */
    ALS_DOSE_STOP,       /* 3+3: this dose is above the maximum tolerated one */
    ALS_DOSE_ELIMINATE   /* de-escalate, never return to this dose or a higher one */
};
const char *
als_dose_advice_text(enum als_dose_advice advice); /* "escalate", "treat three more" … */

/* The rule covers at most six patients per level. */
enum als_dose_advice als_dose_3plus3(size_t treated, size_t toxic);

enum als_dose_mtd_status {
    ALS_DOSE_MTD_INVALID, /* a level that the rule does not cover */
    ALS_DOSE_MTD_OPEN,  /* escalation goes on, or a level below the stopped one has fewer than 6 */
    ALS_DOSE_MTD_FOUND, /* `level` has at most 1 of 6, the next level was stopped */
    ALS_DOSE_MTD_NONE,  /* the lowest level was stopped */
    ALS_DOSE_MTD_NOT_REACHED /* the highest level passed */
};
struct als_dose_mtd {
    enum als_dose_mtd_status status;
    size_t level; /* FOUND: the maximum tolerated dose; OPEN: where to treat next */
};

/* Maximum tolerated dose under 3+3: the highest level with at most 1 of 6 toxic. Levels are in
 * order of dose; untreated ones have 0 treated. */
struct als_dose_mtd als_dose_3plus3_mtd(size_t n_levels, const size_t *treated,
                                        const size_t *toxic);

struct als_boin {
    bool valid;               /* 0 < low < target < high < 1 and 0 < cutoff < 1 */
    double target, low, high; /* low is s, high is x above */
    double cutoff;
    double escalate, deescalate; /* lambda_e, lambda_d */
};
struct als_boin als_boin_design(double target); /* 0.6 target, 1.4 target, 0.95 */
struct als_boin als_boin_design_with(double target, double low, double high, double cutoff);

/* Whole-number limits for n treated at one dose. */
struct als_boin_limits {
    size_t escalate_max;   /* escalate with at most so many toxic */
    size_t deescalate_min; /* de-escalate with at least so many */
    size_t eliminate_min;  /* eliminate with at least so many; n + 1: never */
};
struct als_boin_limits als_boin_limits(const struct als_boin *design, size_t n); /* n >= 1 */
enum als_dose_advice als_boin_advise(const struct als_boin *design, size_t treated, size_t toxic);

struct als_beta_posterior {
    bool valid; /* a, b > 0 and finite, y <= n */
    double a, b, mean, sd;
    double low, high; /* central 95 % */
};
struct als_beta_posterior als_beta_posterior(double a, double b, size_t n, size_t y);

/* P(rate > limit); NAN when the posterior is not valid or limit is not in [0, 1]. */
double als_beta_exceeds(const struct als_beta_posterior *posterior, double limit);

/* Smallest number of events among n patients at which P(rate > limit) > confidence. n + 1: no
 * number of events stops; also for arguments that are not valid. */
size_t als_beta_stop_at(double a, double b, size_t n, double limit, double confidence);

#endif
