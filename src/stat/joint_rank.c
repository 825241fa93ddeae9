/* Joint rank of death and function: deaths by counting along time, statistics of two groups. */
#include "alstrack/stat/joint_rank.h"

#include <math.h>

#include "alstrack/stat/dist.h"
#include "alstrack/stat/rank.h"
#include "joint_rank_function.h"

enum { FEW = 64 };

struct scoring {
    const struct als_joint_rank_data *data;
    double *time; /* n, cut at the horizon */
    bool *died;   /* n, by the horizon */
    int64_t by_death, by_same_day;
    uint32_t *order;  /* n, by time */
    uint32_t *member; /* n */
    double *rank;
    struct als_ranked *sorted; /* n */
    uint64_t *visits;
    uint32_t *place;
    uint8_t *group;
    struct function function;
};

const char *als_joint_rank_reason(enum als_joint_rank_status status)
{
    switch (status) {
    case ALS_JOINT_RANK_OK:
        return "";
    case ALS_JOINT_RANK_NO_DATA:
        return "no patients";
    case ALS_JOINT_RANK_NOT_FINITE:
        return "a value is not finite";
    case ALS_JOINT_RANK_TOO_MANY_VISITS:
        return "more than 64 visits";
    case ALS_JOINT_RANK_TOO_MANY:
        return "too many patients";
    case ALS_JOINT_RANK_ONE_GROUP:
        return "no second group";
    case ALS_JOINT_RANK_ALL_EQUAL:
        return "all scores are equal";
    }
    return "";
}

/* Hands out parts of the workspace, the most strictly aligned first. */
static void *take(char **work, size_t count, size_t size)
{
    void *part = *work;
    *work += count * size;
    return part;
}

static size_t per_patient(size_t n_visits)
{
    return 2 * sizeof(int64_t) + 2 * sizeof(double) + sizeof(uint64_t) +
           2 * sizeof(struct order_item) + sizeof(struct als_ranked) + sizeof(struct function_run) +
           (n_visits + 5) * sizeof(uint32_t) + sizeof(bool) + sizeof(uint8_t);
}

size_t als_joint_rank_workspace(size_t n, size_t n_visits)
{
    return n * per_patient(n_visits) + 8 * sizeof(uint32_t);
}

static struct scoring lay_out(const struct als_joint_rank_data *data, char *work)
{
    size_t n = data->n;
    struct scoring s = {.data = data, .function.n_visits = data->n_visits};
    struct function *f = &s.function;
    f->runs = take(&work, n, sizeof *f->runs);
    f->items = take(&work, 2 * n, sizeof *f->items);
    s.sorted = take(&work, n, sizeof *s.sorted);
    f->score = take(&work, n, sizeof *f->score);
    f->versus = take(&work, n, sizeof *f->versus);
    s.rank = take(&work, n, sizeof *s.rank);
    s.time = take(&work, n, sizeof *s.time);
    f->visits = s.visits = take(&work, n, sizeof *s.visits);
    f->place = s.place = take(&work, n * data->n_visits, sizeof *s.place);
    f->class_of = take(&work, n, sizeof *f->class_of);
    f->finer = take(&work, 2 * n + 8, sizeof *f->finer);
    s.order = take(&work, n, sizeof *s.order);
    s.member = take(&work, n, sizeof *s.member);
    s.died = take(&work, n, sizeof *s.died);
    f->group = s.group = take(&work, n, sizeof *s.group);
    return s;
}

static enum als_joint_rank_status check(const struct als_joint_rank_data *data)
{
    if (data->n == 0)
        return ALS_JOINT_RANK_NO_DATA;
    if (data->n > INT32_MAX)
        return ALS_JOINT_RANK_TOO_MANY;
    if (data->n_visits > ALS_JOINT_RANK_MAX_VISITS)
        return ALS_JOINT_RANK_TOO_MANY_VISITS;
    bool finite = data->horizon > -INFINITY;
    for (size_t i = 0; i < data->n; i++)
        finite &= isfinite(data->time[i]) != 0;
    for (size_t i = 0; i < data->n * data->n_visits; i++)
        finite &= !isinf(data->change[i]);
    return finite ? ALS_JOINT_RANK_OK : ALS_JOINT_RANK_NOT_FINITE;
}

static void sort_by_time(struct scoring *s)
{
    size_t n = s->data->n;
    struct order_item *items = s->function.items;
    for (size_t i = 0; i < n; i++)
        items[i] = (struct order_item){.key = order_key(s->time[i]), .item = (uint32_t)i};
    order_sort(n, items, items + n);
    for (size_t k = 0; k < n; k++)
        s->order[k] = items[k].item;
}

/* Places of the changes at each visit among all who have one; equal changes share a place. */
static void find_places(struct scoring *s)
{
    size_t n = s->data->n, n_visits = s->data->n_visits;
    struct order_item *items = s->function.items;
    for (size_t visit = 0; visit < n_visits; visit++) {
        size_t count = 0;
        for (size_t i = 0; i < n; i++) {
            double change = s->data->change[i * n_visits + visit];
            if (isnan(change))
                continue;
            s->visits[i] |= UINT64_C(1) << visit;
            items[count++] = (struct order_item){.key = order_key(change), .item = (uint32_t)i};
        }
        order_sort(count, items, items + count);
        uint32_t place = 0;
        for (size_t k = 0; k < count; k++) {
            place += k > 0 && items[k].key != items[k - 1].key;
            s->place[items[k].item * n_visits + visit] = place;
        }
    }
}

static void prepare(struct scoring *s)
{
    const struct als_joint_rank_data *data = s->data;
    for (size_t i = 0; i < data->n; i++) {
        s->died[i] = data->died[i] && data->time[i] <= data->horizon;
        s->time[i] = fmin(data->time[i], data->horizon);
        s->group[i] = data->treated && data->treated[i];
        s->visits[i] = 0;
        s->function.score[i] = s->function.versus[i] = 0;
    }
    sort_by_time(s);
    find_places(s);
}

struct counts {
    int64_t dead[2], alive[2]; /* per group */
};

static struct counts count(const struct scoring *s, size_t first, size_t end)
{
    struct counts c = {0};
    for (size_t k = first; k < end; k++) {
        uint32_t i = s->order[k];
        (s->died[i] ? c.dead : c.alive)[s->group[i]]++;
    }
    return c;
}

/* Results of patient i, whose time is that of `block`, decided by death. */
static void score_death(struct scoring *s, uint32_t i, const struct counts *all,
                        const struct counts *before, const struct counts *block)
{
    bool always = s->data->death == ALS_JOINT_RANK_ALWAYS;
    for (int group = 0; group < 2; group++) {
        int64_t died_upto = before->dead[group] + block->dead[group], won, lost;
        if (s->died[i]) {
            won = before->dead[group];
            lost = all->dead[group] - died_upto;
            lost += all->alive[group] - (always ? 0 : before->alive[group]);
        } else {
            won = always ? all->dead[group] : died_upto;
            lost = 0;
        }
        s->function.score[i] += won - lost;
        if (group != s->group[i]) {
            s->function.versus[i] += won - lost;
            s->by_death += s->group[i] ? won + lost : 0;
        }
    }
}

static void score_deaths(struct scoring *s)
{
    size_t n = s->data->n;
    struct counts all = count(s, 0, n), before = {0};
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && s->time[s->order[end]] == s->time[s->order[first]];)
            end++;
        struct counts block = count(s, first, end);
        for (size_t k = first; k < end; k++)
            score_death(s, s->order[k], &all, &before, &block);
        if (s->data->same_day == ALS_JOINT_RANK_EQUAL) {
            s->by_same_day += block.dead[0] * block.dead[1];
        } else if (block.dead[0] + block.dead[1] > 1) {
            size_t m = 0;
            for (size_t k = first; k < end; k++)
                if (s->died[s->order[k]])
                    s->member[m++] = s->order[k];
            function_within(&s->function, m, s->member);
        }
        for (int group = 0; group < 2; group++) {
            before.dead[group] += block.dead[group];
            before.alive[group] += block.alive[group];
        }
    }
}

/* Where time changes nearest to the middle of [first, end); `end` when it does not. */
static size_t split(const struct scoring *s, size_t first, size_t end)
{
    size_t middle = first + (end - first) / 2, low = middle, high = middle;
    double time = s->time[s->order[middle]];
    while (low > first && s->time[s->order[low - 1]] == time)
        low--;
    while (high < end && s->time[s->order[high]] == time)
        high++;
    return low > first && (middle - low <= high - middle || high == end) ? low : high;
}

/* Function of those followed to a day C against those who died later: halves by time, so that the
 * one half is wholly before the other. Takes order[first..end) without all others. */
static void score_lost_before_death(struct scoring *s, size_t first, size_t end)
{
    if (end - first <= FEW) {
        for (size_t a = first; a < end; a++)
            for (size_t b = a + 1; b < end; b++)
                if (!s->died[s->order[a]] && s->died[s->order[b]] &&
                    s->time[s->order[a]] < s->time[s->order[b]])
                    function_pair(&s->function, s->order[a], s->order[b]);
        return;
    }
    size_t middle = split(s, first, end);
    if (middle == end)
        return;
    score_lost_before_death(s, first, middle);
    score_lost_before_death(s, middle, end);
    size_t m = 0;
    for (size_t k = first; k < middle; k++)
        if (!s->died[s->order[k]])
            s->member[m++] = s->order[k];
    size_t n_lost = m;
    for (size_t k = middle; k < end; k++)
        if (s->died[s->order[k]])
            s->member[m++] = s->order[k];
    function_between(&s->function, m, s->member, n_lost);
}

static void score_function(struct scoring *s)
{
    size_t n = s->data->n, m = 0;
    for (size_t i = 0; i < n; i++)
        if (!s->died[i])
            s->member[m++] = (uint32_t)i;
    function_within(&s->function, m, s->member);
    if (s->data->death == ALS_JOINT_RANK_ALWAYS)
        return;
    double last_death = -INFINITY;
    for (size_t i = 0; i < n; i++)
        if (s->died[i])
            last_death = fmax(last_death, s->time[i]);
    size_t kept = 0;
    for (size_t k = 0; k < n; k++)
        if (s->died[s->order[k]] || s->time[s->order[k]] < last_death)
            s->order[kept++] = s->order[k];
    score_lost_before_death(s, 0, kept);
}

static void rank_scores(const struct scoring *s, struct als_joint_rank *result)
{
    size_t n = s->data->n;
    for (size_t i = 0; i < n; i++) {
        s->time[i] = (double)s->function.score[i];
        result->group_n[s->group[i]]++;
    }
    als_midranks(n, s->time, s->rank, s->sorted);
    long double sum[2] = {0};
    size_t seen[2] = {0};
    for (size_t k = 0; k < n; k++) {
        size_t i = s->sorted[k].index;
        uint8_t group = s->group[i];
        size_t size = result->group_n[group], place = seen[group]++;
        sum[group] += s->rank[i];
        if (place == (size - 1) / 2)
            result->median_rank[group] = s->rank[i];
        if (place == size / 2)
            result->median_rank[group] = (result->median_rank[group] + s->rank[i]) / 2;
    }
    for (int group = 0; group < 2; group++)
        if (result->group_n[group])
            result->mean_rank[group] = (double)(sum[group] / (long double)result->group_n[group]);
}

/* Variance of the patients' mean results against the other group, over their number. */
static double mean_variance(const struct scoring *s, const struct als_joint_rank *r, uint8_t group)
{
    long double others = (long double)r->group_n[!group], n = (long double)r->group_n[group];
    long double mean = (group ? 1 : -1) * (long double)r->treated_score / others / n, sum = 0;
    for (size_t i = 0; i < s->data->n; i++) {
        if (s->group[i] != group)
            continue;
        long double deviation = (long double)s->function.versus[i] / others - mean;
        sum += deviation * deviation;
    }
    return n > 1 ? (double)(sum / (n - 1) / n) : NAN;
}

static void compare_pairs(const struct scoring *s, struct als_joint_rank *r)
{
    r->pairs = (int64_t)(r->group_n[0] * r->group_n[1]);
    r->by_death = s->by_death;
    r->by_same_day = s->by_same_day;
    r->by_function = s->function.pairs;
    r->undecidable = r->pairs - r->by_death - r->by_same_day - r->by_function;
    int64_t decided = r->by_death + r->by_function - s->function.equal;
    r->wins = (decided + r->treated_score) / 2;
    r->losses = decided - r->wins;
    r->ties = r->pairs - decided;
    double d = (double)r->treated_score / (double)r->pairs;
    r->net_benefit = d;
    r->net_benefit_se = sqrt(mean_variance(s, r, 0) + mean_variance(s, r, 1));
    r->win_ratio = (double)r->wins / (double)r->losses;
    r->win_probability = ((double)r->wins + (double)r->ties / 2) / (double)r->pairs;
    r->win_odds = r->win_probability / (1 - r->win_probability);
    if (r->net_benefit_se > 0 && fabs(d) < 1) {
        double half = als_normal_quantile(0.975) * r->net_benefit_se / (1 - d * d);
        r->win_low = (1 + tanh(atanh(d) - half)) / 2;
        r->win_high = (1 + tanh(atanh(d) + half)) / 2;
    }
}

static void test_scores(const struct scoring *s, struct als_joint_rank *r)
{
    long double squares = 0, n = (long double)s->data->n;
    for (size_t i = 0; i < s->data->n; i++) {
        long double score = (long double)s->function.score[i];
        squares += score * score;
    }
    if (!(squares > 0)) {
        r->status = ALS_JOINT_RANK_ALL_EQUAL;
        return;
    }
    long double pairs = (long double)r->pairs;
    r->variance = (double)(pairs / (n * (n - 1)) * squares);
    r->z = (double)r->treated_score / sqrt(r->variance);
    r->p = als_normal_two_sided_p(r->z);
}

struct als_joint_rank als_joint_rank(const struct als_joint_rank_data *data, void *work)
{
    struct als_joint_rank result = {.status = check(data),
                                    .mean_rank = {NAN, NAN},
                                    .median_rank = {NAN, NAN},
                                    .variance = NAN,
                                    .z = NAN,
                                    .p = NAN,
                                    .net_benefit = NAN,
                                    .net_benefit_se = NAN,
                                    .win_ratio = NAN,
                                    .win_odds = NAN,
                                    .win_probability = NAN,
                                    .win_low = NAN,
                                    .win_high = NAN};
    if (result.status != ALS_JOINT_RANK_OK)
        return result;
    struct scoring s = lay_out(data, work);
    prepare(&s);
    score_deaths(&s);
    score_function(&s);
    result.n = data->n;
    result.score = s.function.score;
    result.versus = s.function.versus;
    result.rank = s.rank;
    rank_scores(&s, &result);
    for (size_t i = 0; i < data->n; i++)
        result.treated_score += s.group[i] ? s.function.score[i] : 0;
    if (result.group_n[0] == 0 || result.group_n[1] == 0) {
        result.status = ALS_JOINT_RANK_ONE_GROUP;
        return result;
    }
    compare_pairs(&s, &result);
    test_scores(&s, &result);
    return result;
}
