/* Joint rank: worked examples, every pair counted by hand, properties, degenerate cohorts. */
#include "als_test.h"

#include "alstrack/stat/joint_rank.h"

enum { MAX_N = 700, MAX_VISITS = 64 };

static struct als_joint_rank run(const struct als_joint_rank_data *data, void **work)
{
    *work = malloc(als_joint_rank_workspace(data->n, data->n_visits) + 1);
    return als_joint_rank(data, *work);
}

/* Six patients, changes at weeks 4, 8 … 24; P1 to P3 treated. */
static const double six_change[6][6] = {
    {-1, -1, -2, -3, -3, -4}, {-2, -3, -5, -6, -8, -9},     {-1, -2, -3, -3, NAN, NAN},
    {-1, -3, -4, -5, -6, -7}, {-5, -9, -14, NAN, NAN, NAN}, {-1, -3, -5, NAN, NAN, NAN},
};
static const bool six_died[] = {false, false, true, false, true, false};
static const bool six_treated[] = {true, true, true, false, false, false};

static struct als_joint_rank_data six(const double time[6])
{
    return (struct als_joint_rank_data){.n = 6,
                                        .n_visits = 6,
                                        .time = time,
                                        .died = six_died,
                                        .change = six_change[0],
                                        .treated = six_treated,
                                        .horizon = INFINITY};
}

static void assert_scores(const struct als_joint_rank *result, const int *score, const double *rank)
{
    for (size_t i = 0; i < result->n; i++) {
        cr_assert_eq(result->score[i], score[i], "score %zu is %ld", i, (long)result->score[i]);
        cr_assert_eq(result->rank[i], rank[i], "rank %zu is %g", i, result->rank[i]);
    }
}

Test(joint_rank, scores_six_patients)
{
    const double time[] = {168, 168, 120, 168, 90, 84};
    struct als_joint_rank_data data = six(time);
    void *work;
    struct als_joint_rank result = run(&data, &work);
    cr_assert_eq(result.status, ALS_JOINT_RANK_OK);
    assert_scores(&result, (int[]){5, 0, -1, 3, -5, -2}, (double[]){6, 4, 3, 5, 1, 2});
    assert_close(result.mean_rank[1], 13.0 / 3, 1e-15);
    assert_close(result.mean_rank[0], 8.0 / 3, 1e-15);
    cr_assert_eq(result.median_rank[1], 4);
    cr_assert_eq(result.median_rank[0], 2);
    cr_assert_eq(result.pairs, 9);
    cr_assert_eq(result.wins, 6);
    cr_assert_eq(result.losses, 2);
    cr_assert_eq(result.ties, 1);
    cr_assert_eq(result.by_death, 4);
    cr_assert_eq(result.by_function, 5);
    assert_close(result.win_probability, 6.5 / 9, 1e-15);
    free(work);
}

Test(joint_rank, lets_follow_up_beyond_a_death_decide)
{
    const double time[] = {168, 168, 120, 168, 90, 168};
    struct als_joint_rank_data data = six(time);
    void *work;
    struct als_joint_rank result = run(&data, &work);
    assert_scores(&result, (int[]){5, 0, -3, 3, -5, 0}, (double[]){6, 3.5, 2, 5, 1, 3.5});
    free(work);
}

Test(joint_rank, takes_deaths_beyond_the_horizon_as_survival)
{
    const double time[] = {168, 168, 120, 168, 90, 84}, horizon[] = {100, 100, 100, 100, 90, 84};
    const bool died[] = {false, false, false, false, true, false};
    struct als_joint_rank_data data = six(time), cut = six(horizon);
    data.horizon = 100;
    cut.died = died;
    void *work, *other;
    struct als_joint_rank result = run(&data, &work), expected = run(&cut, &other);
    for (size_t i = 0; i < 6; i++)
        cr_assert_eq(result.score[i], expected.score[i]);
    free(work);
    free(other);
}

/* Twelve patients with deaths on one day, gaps, early losses; months 1, 3, 6, 9, 12. */
static const double twelve_change[12][5] = {
    {-1, -2, -4, -6, -7},      {-1, -3, -6, -9, -12},    {-2, -6, -13, NAN, NAN},
    {-2, -6, -11, NAN, NAN},   {-3, -10, NAN, NAN, NAN}, {-1, -2, NAN, NAN, NAN},
    {-1, -2, -4, -6, NAN},     {-1, -2, -4, -6, -7},     {-1, -4, -9, -15, NAN},
    {NAN, NAN, NAN, NAN, NAN}, {-1, -2, NAN, -5, NAN},   {0, -1, -1, NAN, NAN},
};
static const double twelve_time[] = {12, 12, 7.5, 7.5, 4, 5, 9.2, 12, 10.1, 0.5, 12, 7.5};
static const bool twelve_died[12] = {[2] = true, [3] = true, [4] = true, [8] = true};
static const bool twelve_treated[12] = {
    [0] = true, [2] = true, [5] = true, [7] = true, [8] = true, [11] = true};

static const struct {
    enum als_joint_rank_death death;
    enum als_joint_rank_same_day same_day;
    int score[12];
    int64_t treated_score, wins, losses, ties, by_death, by_same_day, by_function, undecidable;
    double variance, p;
} rules[] = {
    {ALS_JOINT_RANK_FOLLOWED,
     ALS_JOINT_RANK_FUNCTION,
     {3, -2, -8, -6, -10, 4, 3, 3, -4, 0, 7, 10},
     8,
     17,
     9,
     10,
     15,
     0,
     15,
     6,
     112.36363636363636,
     0.45042614454717061},
    {ALS_JOINT_RANK_FOLLOWED,
     ALS_JOINT_RANK_EQUAL,
     {3, -2, -7, -7, -10, 4, 3, 3, -4, 0, 7, 10},
     9,
     17,
     8,
     11,
     15,
     1,
     14,
     6,
     NAN,
     NAN},
    {ALS_JOINT_RANK_ALWAYS,
     ALS_JOINT_RANK_EQUAL,
     {0},
     7,
     17,
     10,
     9,
     19,
     1,
     12,
     4,
     132.54545454545453,
     0.54317629327103201},
};

TABLE_TEST(joint_rank, follows_each_rule_on_twelve_patients, rules)
{
    struct als_joint_rank_data data = {.n = 12,
                                       .n_visits = 5,
                                       .time = twelve_time,
                                       .died = twelve_died,
                                       .change = twelve_change[0],
                                       .treated = twelve_treated,
                                       .horizon = INFINITY,
                                       .death = rules[*row_].death,
                                       .same_day = rules[*row_].same_day};
    void *work;
    struct als_joint_rank result = run(&data, &work);
    cr_assert_eq(result.status, ALS_JOINT_RANK_OK);
    for (size_t i = 0; i < 12 && rules[*row_].death == ALS_JOINT_RANK_FOLLOWED; i++)
        cr_assert_eq(result.score[i], rules[*row_].score[i], "patient %zu", i);
    cr_assert_eq(result.treated_score, rules[*row_].treated_score);
    cr_assert_eq(result.wins, rules[*row_].wins);
    cr_assert_eq(result.losses, rules[*row_].losses);
    cr_assert_eq(result.ties, rules[*row_].ties);
    cr_assert_eq(result.by_death, rules[*row_].by_death);
    cr_assert_eq(result.by_same_day, rules[*row_].by_same_day);
    cr_assert_eq(result.by_function, rules[*row_].by_function);
    cr_assert_eq(result.undecidable, rules[*row_].undecidable);
    if (!isnan(rules[*row_].p)) {
        assert_close(result.variance, rules[*row_].variance, 1e-15);
        assert_close(result.p, rules[*row_].p, 1e-14);
    }
    free(work);
}

/* A generator of our own, so that a failing cohort can be made again. */
static uint64_t state;
static unsigned draw(unsigned below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state >> 33) % below;
}

struct cohort {
    size_t n, n_visits;
    double time[MAX_N], change[MAX_N * MAX_VISITS];
    bool died[MAX_N], treated[MAX_N];
};
static struct cohort cohort, other;

struct shape {
    size_t n, n_visits;
    unsigned days, levels, dying, leaving, gaps; /* the last three in percent */
};

static void make_cohort(const struct shape *shape)
{
    cohort.n = shape->n;
    cohort.n_visits = shape->n_visits;
    for (size_t i = 0; i < shape->n; i++) {
        bool ends = draw(100) < shape->dying + shape->leaving;
        cohort.died[i] = ends && draw(shape->dying + shape->leaving) < shape->dying;
        cohort.time[i] = ends ? draw(shape->days) : shape->days;
        cohort.treated[i] = draw(2);
        for (size_t v = 0; v < shape->n_visits; v++) {
            bool there = cohort.time[i] * (double)shape->n_visits >= (double)(v * shape->days) &&
                         draw(100) >= shape->gaps;
            cohort.change[i * shape->n_visits + v] = there ? -0.5 * draw(shape->levels) : NAN;
        }
    }
}

static struct als_joint_rank_data data_of(const struct cohort *c)
{
    return (struct als_joint_rank_data){.n = c->n,
                                        .n_visits = c->n_visits,
                                        .time = c->time,
                                        .died = c->died,
                                        .change = c->change,
                                        .treated = c->treated,
                                        .horizon = INFINITY};
}

enum how { BY_DEATH, BY_SAME_DAY, BY_FUNCTION, UNDECIDABLE };

/* The definition, word by word. */
static int compare(const struct als_joint_rank_data *d, size_t i, size_t j, enum how *how)
{
    *how = BY_DEATH;
    if (d->died[i] && d->died[j] && d->time[i] != d->time[j])
        return d->time[i] > d->time[j] ? 1 : -1;
    bool always = d->death == ALS_JOINT_RANK_ALWAYS;
    if (d->died[j] && !d->died[i] && (always || d->time[i] >= d->time[j]))
        return 1;
    if (d->died[i] && !d->died[j] && (always || d->time[j] >= d->time[i]))
        return -1;
    *how = BY_SAME_DAY;
    if (d->died[i] && d->died[j] && d->same_day == ALS_JOINT_RANK_EQUAL)
        return 0;
    *how = BY_FUNCTION;
    for (size_t v = d->n_visits; v-- > 0;) {
        double a = d->change[i * d->n_visits + v], b = d->change[j * d->n_visits + v];
        if (!isnan(a) && !isnan(b))
            return (a > b) - (a < b);
    }
    *how = UNDECIDABLE;
    return 0;
}

static void assert_all_pairs(const struct als_joint_rank_data *d)
{
    void *work;
    struct als_joint_rank result = run(d, &work);
    cr_assert(result.status == ALS_JOINT_RANK_OK || result.status == ALS_JOINT_RANK_ALL_EQUAL);
    int64_t sums[3] = {0}, level[4] = {0};
    for (size_t i = 0; i < d->n; i++) {
        int64_t score = 0, versus = 0;
        for (size_t j = 0; j < d->n; j++) {
            enum how how = UNDECIDABLE;
            int one = i == j ? 0 : compare(d, i, j, &how);
            score += one;
            if (d->treated[i] == d->treated[j])
                continue;
            versus += one;
            sums[one + 1] += d->treated[i];
            level[how] += d->treated[i];
        }
        cr_assert_eq(result.score[i], score, "patient %zu: %ld, expected %ld", i,
                     (long)result.score[i], (long)score);
        cr_assert_eq(result.versus[i], versus);
    }
    cr_assert_eq(result.losses, sums[0]);
    cr_assert_eq(result.ties, sums[1]);
    cr_assert_eq(result.wins, sums[2]);
    cr_assert_eq(result.by_death, level[BY_DEATH]);
    cr_assert_eq(result.by_same_day, level[BY_SAME_DAY]);
    cr_assert_eq(result.by_function, level[BY_FUNCTION]);
    cr_assert_eq(result.undecidable, level[UNDECIDABLE]);
    free(work);
}

static const struct shape shapes[] = {
    {8, 3, 5, 4, 30, 30, 20},     {40, 5, 20, 6, 30, 20, 10},   {300, 1, 30, 10, 20, 20, 10},
    {700, 4, 60, 40, 25, 25, 5},  {600, 3, 3, 500, 60, 30, 10}, {500, 6, 90, 9, 0, 40, 30},
    {500, 2, 400, 90, 50, 50, 0}, {400, 12, 40, 20, 20, 20, 5}, {300, 64, 99, 30, 20, 20, 50},
    {700, 2, 1, 20, 100, 0, 20},  {200, 0, 50, 1, 40, 20, 0},   {600, 5, 365, 900, 0, 0, 0},
};

TABLE_TEST(joint_rank, agrees_with_counting_all_pairs, shapes)
{
    for (unsigned seed = 1; seed <= 3; seed++) {
        state = seed;
        make_cohort(&shapes[*row_]);
        cohort.treated[0] = true;
        cohort.treated[1] = false;
        for (int rule = 0; rule < 4; rule++) {
            struct als_joint_rank_data data = data_of(&cohort);
            data.death = rule & 1 ? ALS_JOINT_RANK_ALWAYS : ALS_JOINT_RANK_FOLLOWED;
            data.same_day = rule & 2 ? ALS_JOINT_RANK_EQUAL : ALS_JOINT_RANK_FUNCTION;
            assert_all_pairs(&data);
        }
    }
    assert_no_leaks();
}

Test(joint_rank, keeps_scores_in_any_order_of_patients)
{
    make_cohort(&shapes[3]);
    size_t n = cohort.n, n_visits = cohort.n_visits;
    other = cohort;
    for (size_t i = 0; i < n; i++) { /* 700 and 211 have no common factor */
        size_t k = i * 211 % n;
        other.time[k] = cohort.time[i];
        other.died[k] = cohort.died[i];
        other.treated[k] = cohort.treated[i];
        memcpy(&other.change[k * n_visits], &cohort.change[i * n_visits],
               n_visits * sizeof(double));
    }
    struct als_joint_rank_data one = data_of(&cohort), two = data_of(&other);
    void *work, *more;
    struct als_joint_rank a = run(&one, &work), b = run(&two, &more);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(a.score[i], b.score[i * 211 % n]);
        cr_assert_eq(a.rank[i], b.rank[i * 211 % n]);
    }
    cr_assert_eq(a.z, b.z);
    assert_close(a.net_benefit_se, b.net_benefit_se, 1e-14);
    free(work);
    free(more);
}

Test(joint_rank, flips_signs_with_the_labels_of_the_groups)
{
    make_cohort(&shapes[3]);
    other = cohort;
    for (size_t i = 0; i < cohort.n; i++)
        other.treated[i] = !cohort.treated[i];
    struct als_joint_rank_data one = data_of(&cohort), two = data_of(&other);
    void *work, *more;
    struct als_joint_rank a = run(&one, &work), b = run(&two, &more);
    cr_assert_eq(a.treated_score, -b.treated_score);
    cr_assert_eq(a.z, -b.z);
    cr_assert_eq(a.p, b.p);
    cr_assert_eq(a.wins, b.losses);
    cr_assert_eq(a.net_benefit, -b.net_benefit);
    assert_close(a.win_low, 1 - b.win_high, 1e-13);
    assert_close(a.win_odds * b.win_odds, 1, 1e-13);
    free(work);
    free(more);
}

Test(joint_rank, doubles_scores_when_everyone_is_there_twice)
{
    make_cohort(&shapes[2]);
    size_t n = cohort.n, n_visits = cohort.n_visits;
    other = cohort;
    other.n = 2 * n;
    for (size_t i = 0; i < n; i++) {
        other.time[n + i] = cohort.time[i];
        other.died[n + i] = cohort.died[i];
        other.treated[n + i] = cohort.treated[i];
        memcpy(&other.change[(n + i) * n_visits], &cohort.change[i * n_visits],
               n_visits * sizeof(double));
    }
    struct als_joint_rank_data one = data_of(&cohort), two = data_of(&other);
    void *work, *more;
    struct als_joint_rank a = run(&one, &work), b = run(&two, &more);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(2 * a.score[i], b.score[n + i]);
    assert_close(a.net_benefit, b.net_benefit, 1e-15);
    free(work);
    free(more);
}

/* Changes whose net benefit and standard error follow by hand: treated 3, 1; reference 2, 0. */
Test(joint_rank, has_the_standard_error_of_the_net_benefit)
{
    const double time[] = {9, 9, 9, 9}, change[] = {3, 1, 2, 0};
    const bool died[4] = {false}, treated[] = {true, true, false, false};
    struct als_joint_rank_data data = {.n = 4,
                                       .n_visits = 1,
                                       .time = time,
                                       .died = died,
                                       .change = change,
                                       .treated = treated,
                                       .horizon = INFINITY};
    void *work;
    struct als_joint_rank r = run(&data, &work);
    assert_close(r.net_benefit, 0.5, 1e-15);
    assert_close(r.net_benefit_se, sqrt(0.5), 1e-15); /* means 1, 0 and -1, 0: 0.5 / 2 twice */
    double half = 1.959963984540054 * sqrt(0.5) / 0.75;
    assert_close(r.win_low, 1 / (1 + exp(2 * (half - atanh(0.5)))), 1e-13);
    assert_close(r.win_high, 1 / (1 + exp(-2 * (half + atanh(0.5)))), 1e-13);
    assert_close(r.win_ratio, 3, 1e-15);
    assert_close(r.win_odds, 3, 1e-15);
    free(work);
}

Test(joint_rank, ties_everyone_dead_on_day_0_without_function)
{
    const double time[5] = {0}, change[5] = {NAN, NAN, NAN, NAN, NAN};
    const bool died[5] = {true, true, true, true, true}, treated[5] = {true};
    struct als_joint_rank_data data = {.n = 5,
                                       .n_visits = 1,
                                       .time = time,
                                       .died = died,
                                       .change = change,
                                       .treated = treated,
                                       .horizon = INFINITY};
    void *work;
    struct als_joint_rank r = run(&data, &work);
    cr_assert_eq(r.status, ALS_JOINT_RANK_ALL_EQUAL);
    assert_scores(&r, (int[]){0, 0, 0, 0, 0}, (double[]){3, 3, 3, 3, 3});
    cr_assert_eq(r.ties, 4);
    cr_assert_eq(r.win_probability, 0.5);
    cr_assert(isnan(r.p) && isnan(r.win_low));
    free(work);
}

Test(joint_rank, says_why_there_is_no_comparison)
{
    double time[] = {3, 5}, change[] = {-1, -2};
    const bool died[] = {false, false}, treated[] = {true, true};
    struct als_joint_rank_data data = {.n = 2,
                                       .n_visits = 1,
                                       .time = time,
                                       .died = died,
                                       .change = change,
                                       .treated = treated,
                                       .horizon = INFINITY};
    void *work = malloc(als_joint_rank_workspace(2, 1));
    struct als_joint_rank r = als_joint_rank(&data, work);
    cr_assert_eq(r.status, ALS_JOINT_RANK_ONE_GROUP);
    assert_scores(&r, (int[]){1, -1}, (double[]){2, 1});
    cr_assert(isnan(r.mean_rank[0]) && r.mean_rank[1] == 1.5);
    data.treated = NULL;
    data.n = 1;
    r = als_joint_rank(&data, work);
    cr_assert_eq(r.status, ALS_JOINT_RANK_ONE_GROUP);
    cr_assert_eq(r.group_n[0], 1);
    cr_assert_eq(r.score[0], 0);
    data.n = 0;
    cr_assert_eq(als_joint_rank(&data, work).status, ALS_JOINT_RANK_NO_DATA);
    data.n = 2;
    change[1] = -INFINITY;
    cr_assert_eq(als_joint_rank(&data, work).status, ALS_JOINT_RANK_NOT_FINITE);
    change[1] = NAN;
    time[0] = NAN;
    cr_assert_eq(als_joint_rank(&data, work).status, ALS_JOINT_RANK_NOT_FINITE);
    data.n_visits = 65;
    cr_assert_eq(als_joint_rank(&data, work).status, ALS_JOINT_RANK_TOO_MANY_VISITS);
    free(work);
}

Test(joint_rank, takes_both_zeros_as_equal)
{
    const double time[] = {9, 9}, change[] = {0.0, -0.0};
    const bool died[2] = {false}, treated[] = {true, false};
    struct als_joint_rank_data data = {.n = 2,
                                       .n_visits = 1,
                                       .time = time,
                                       .died = died,
                                       .change = change,
                                       .treated = treated,
                                       .horizon = INFINITY};
    void *work;
    struct als_joint_rank r = run(&data, &work);
    cr_assert_eq(r.status, ALS_JOINT_RANK_ALL_EQUAL);
    cr_assert_eq(r.score[0], 0);
    free(work);
}

Test(joint_rank, refuses_more_patients_than_scores_can_hold)
{
    struct als_joint_rank_data data = {.n = (size_t)INT32_MAX + 1, .horizon = INFINITY};
    cr_assert_eq(als_joint_rank(&data, NULL).status, ALS_JOINT_RANK_TOO_MANY);
}

Test(joint_rank, has_a_reason_for_every_status)
{
    cr_assert_str_empty(als_joint_rank_reason(ALS_JOINT_RANK_OK));
    for (int s = ALS_JOINT_RANK_NO_DATA; s <= ALS_JOINT_RANK_ALL_EQUAL; s++)
        cr_assert_str_not_empty(als_joint_rank_reason((enum als_joint_rank_status)s));
}
