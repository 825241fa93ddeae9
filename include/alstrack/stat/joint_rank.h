/*
 * Joint rank of death and function (CAFS: Finkelstein and Schoenfeld 1999, Stat Med 18:1341, eq. 1;
 * Berry et al. 2013, Amyotroph Lateral Scler Frontotemporal Degener 14:162). Every patient is
 * compared with every other:
 *
 *     both died, on different days             the later death wins
 *     one died on day D, the other followed    the survivor wins
 *       to day C >= D
 *     otherwise, also deaths on one day        the greater change at the last visit at which both
 *                                              have a value wins; equal or no such visit: 0
 *
 * A patient's score U is wins minus losses over all others of both groups. Two rules have variants,
 * which a report must name: a death may lose whatever the other's follow-up, and deaths on one day
 * may be equal without a look at function.
 *
 * Comparison of a treated with a reference group, n1 and n0 patients of n: T = sum of U over the
 * treated, var T = n1 n0 / (n (n - 1)) sum U^2 under no difference (Finkelstein and Schoenfeld
 * 1999, eq. 3), z = T / sqrt(var T). Wilcoxon's test on the scores is als_wilcoxon_rank_sum
 * (rank.h). The pairs of one treated and one reference patient give wins, losses and ties; net
 * benefit D = (wins - losses) / pairs, win ratio = wins / losses, win odds = (1 + D) / (1 - D), win
 * probability = (1 + D) / 2. The interval of D takes the variance of a two-sample U statistic, s1^2
 * / n1 + s0^2 / n0, s^2 the variances of the patients' mean results against the other group (Bebu
 * and Lachin 2016, Biostatistics 17:178), on the scale of ln((1 + D) / (1 - D)).
 *
 * Scores take O((n + classes^2) log n) steps per visit, where patients are in one class whose later
 * visits have the same values missing; never more than comparing all pairs.
 */
#ifndef ALSTRACK_STAT_JOINT_RANK_H
#define ALSTRACK_STAT_JOINT_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ALS_JOINT_RANK_MAX_VISITS = 64 };

enum als_joint_rank_status {
    ALS_JOINT_RANK_OK,
    ALS_JOINT_RANK_NO_DATA,
    ALS_JOINT_RANK_NOT_FINITE, /* a time is NaN or infinite, a change infinite, the horizon NaN */
    ALS_JOINT_RANK_TOO_MANY_VISITS, /* more than ALS_JOINT_RANK_MAX_VISITS */
    ALS_JOINT_RANK_TOO_MANY,        /* 2^31 patients or more */
    ALS_JOINT_RANK_ONE_GROUP,       /* scores stand; nobody to compare with */
    ALS_JOINT_RANK_ALL_EQUAL        /* scores stand; all are 0, so there is no test */
};
const char *als_joint_rank_reason(enum als_joint_rank_status status);

enum als_joint_rank_death {
    ALS_JOINT_RANK_FOLLOWED, /* a survivor wins if followed to the day of the other's death */
    ALS_JOINT_RANK_ALWAYS    /* a survivor wins */
};
enum als_joint_rank_same_day {
    ALS_JOINT_RANK_FUNCTION, /* deaths on one day: function decides */
    ALS_JOINT_RANK_EQUAL     /* deaths on one day: 0 */
};

struct als_joint_rank_data {
    size_t n, n_visits;
    const double *time;   /* n: of death, or last known alive */
    const bool *died;     /* n; what counts as death is the caller's */
    const double *change; /* n rows of n_visits, in order of visits after baseline; NAN: missing */
    const bool *treated;  /* n; NULL: no groups */
    double horizon;       /* who lives beyond is followed to the horizon; INFINITY: no horizon.
                           * Leave later visits out. */
    enum als_joint_rank_death death;
    enum als_joint_rank_same_day same_day;
};

struct als_joint_rank {
    enum als_joint_rank_status status;
    size_t n;
    const int64_t *score;  /* n, wins minus losses */
    const int64_t *versus; /* n, the part of the score against the other group */
    const double *rank;    /* n, of the score: 1 = worst, ties share the mean */

    /* Of the groups: 0 reference, 1 treated. */
    size_t group_n[2];
    double mean_rank[2], median_rank[2]; /* NAN in an empty group */
    int64_t treated_score;               /* T */
    double variance, z, p;               /* of T; NAN unless status is OK */

    /* Pairs of a treated and a reference patient. */
    int64_t pairs, wins, losses, ties;
    int64_t by_death, by_same_day, by_function, undecidable; /* ties are in all but the first */
    double net_benefit, net_benefit_se;
    double win_ratio;                          /* INFINITY without losses, NAN without either */
    double win_odds;                           /* INFINITY when all are won */
    double win_probability, win_low, win_high; /* 95 %; limits NAN where the variance is 0 or a
                                                * group has one patient */
};

/* Bytes that als_joint_rank needs as its workspace. */
size_t als_joint_rank_workspace(size_t n, size_t n_visits);

/* work is memory as malloc gives it. The result points into it, so it must live as long. */
struct als_joint_rank als_joint_rank(const struct als_joint_rank_data *data, void *work);

#endif
