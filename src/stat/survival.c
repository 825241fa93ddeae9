/* Kaplan-Meier curves and log-rank tests. */
#include "survival.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/stat/dist.h"
#include "small.h"

static const double Z_975 = 1.959963984540054235525;

/* S = 1 - p is meant exactly; products of fractions miss it by rounding. */
static const double ON_THE_STEP = 1e-9;

static int by_time(const void *left, const void *right)
{
    const struct als_case *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->event != b->event)
        return a->event ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static int by_stratum_and_time(const void *left, const void *right)
{
    const struct als_case *a = left, *b = right;
    if (a->stratum != b->stratum)
        return a->stratum < b->stratum ? -1 : 1;
    return by_time(left, right);
}

static int by_entry(const void *left, const void *right)
{
    const struct als_case *a = left, *b = right;
    if (a->entry != b->entry)
        return a->entry < b->entry ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static int by_stratum_and_entry(const void *left, const void *right)
{
    const struct als_case *a = left, *b = right;
    if (a->stratum != b->stratum)
        return a->stratum < b->stratum ? -1 : 1;
    return by_entry(left, right);
}

enum als_survival_status survival_sort(size_t n, const struct als_case *cases, bool by_stratum,
                                       struct als_case *work)
{
    if (n == 0)
        return ALS_SURVIVAL_NO_DATA;
    for (size_t i = 0; i < n; i++) {
        const struct als_case *one = &cases[i];
        if (!isfinite(one->time) || one->time < 0 || !isfinite(one->entry) || one->entry < 0)
            return ALS_SURVIVAL_NOT_FINITE;
        if (one->entry > 0 && one->entry >= one->time)
            return ALS_SURVIVAL_NEVER_AT_RISK;
    }
    memcpy(work, cases, n * sizeof *work);
    qsort(work, n, sizeof *work, by_stratum ? by_stratum_and_time : by_time);
    return ALS_SURVIVAL_OK;
}

static bool anyone_late(size_t n, const struct als_case *cases)
{
    for (size_t i = 0; i < n; i++)
        if (cases[i].entry > 0)
            return true;
    return false;
}

size_t als_survival_work(size_t n, const struct als_case *cases)
{
    return anyone_late(n, cases) ? 2 * n : n;
}

const struct als_case *survival_sort_entries(size_t n, bool by_stratum, struct als_case *work)
{
    if (!anyone_late(n, work))
        return NULL;
    memcpy(work + n, work, n * sizeof *work);
    qsort(work + n, n, sizeof *work, by_stratum ? by_stratum_and_entry : by_entry);
    return work + n;
}

const struct als_case *survival_next_leaver(const struct als_case *entries, size_t *left,
                                            const struct als_case *now)
{
    if (!entries)
        return NULL;
    while (*left > 0) {
        const struct als_case *last = &entries[*left - 1];
        if (last->stratum > now->stratum) {
            --*left; /* a stratum that is done with */
            continue;
        }
        if (last->stratum < now->stratum || last->entry == 0 || last->entry < now->time)
            return NULL;
        --*left;
        return last;
    }
    return NULL;
}

static void set_limits(struct als_km_row *row, double greenwood)
{
    double log_survival = log(row->survival);
    row->se = row->survival * sqrt(greenwood);
    row->ci_low = row->ci_high = NAN;
    if (!(row->survival > 0 && row->survival < 1))
        return;
    double reach = Z_975 * sqrt(greenwood) / log_survival; /* below 0 */
    row->ci_low = pow(row->survival, exp(-reach));
    row->ci_high = pow(row->survival, exp(reach));
}

enum als_survival_status als_km_fit(size_t n, const struct als_case *cases, struct als_case *work,
                                    struct als_km_row *rows, size_t *n_rows)
{
    *n_rows = 0;
    enum als_survival_status status = survival_sort(n, cases, false, work);
    if (status != ALS_SURVIVAL_OK)
        return status;
    const struct als_case *entries = survival_sort_entries(n, false, work);
    double survival = 1, greenwood = 0;
    size_t entered = entries ? 0 : n;
    for (size_t i = 0; i < n;) {
        struct als_km_row *row = &rows[(*n_rows)++];
        while (entered < n &&
               (entries[entered].entry == 0 || entries[entered].entry < work[i].time))
            entered++;
        *row = (struct als_km_row){.time = work[i].time, .at_risk = entered - i};
        for (; i < n && work[i].time == row->time; i++) {
            row->events += work[i].event;
            row->censored += !work[i].event;
        }
        double at_risk = (double)row->at_risk, left = at_risk - (double)row->events;
        survival *= left / at_risk;
        if (left > 0)
            greenwood += (double)row->events / (at_risk * left);
        row->survival = survival;
        set_limits(row, greenwood);
        if (!(survival > 0))
            row->se = NAN; /* Greenwood's formula has no value once nobody is left */
    }
    return ALS_SURVIVAL_OK;
}

enum curve { CURVE, LOWER_LIMIT, UPPER_LIMIT };

static double height(const struct als_km_row *row, enum curve curve)
{
    if (curve == CURVE || row->survival >= 1)
        return row->survival;
    return curve == LOWER_LIMIT ? row->ci_low : row->ci_high;
}

static double crossing(const struct als_km_row *rows, size_t n_rows, enum curve curve, double level)
{
    for (size_t i = 0; i < n_rows; i++) {
        double here = height(&rows[i], curve);
        if (isnan(here) || here > level + ON_THE_STEP)
            continue;
        if (here < level - ON_THE_STEP)
            return rows[i].time;
        for (size_t next = i + 1; next < n_rows; next++) /* on the level: middle of the step */
            if (rows[next].events)
                return (rows[i].time + rows[next].time) / 2;
        return (rows[i].time + rows[n_rows - 1].time) / 2;
    }
    return NAN;
}

struct als_km_quantile als_km_quantile(const struct als_km_row *rows, size_t n_rows, double p)
{
    return (struct als_km_quantile){
        .time = crossing(rows, n_rows, CURVE, 1 - p),
        .ci_low = crossing(rows, n_rows, LOWER_LIMIT, 1 - p),
        .ci_high = crossing(rows, n_rows, UPPER_LIMIT, 1 - p),
    };
}

struct als_km_mean als_km_restricted_mean(const struct als_km_row *rows, size_t n_rows, double tau)
{
    struct als_km_mean result = {NAN, NAN};
    if (n_rows == 0 || !(tau >= 0) ||
        (rows[n_rows - 1].time < tau && rows[n_rows - 1].survival > 0))
        return result;
    double area = 0, variance = 0, until = tau; /* from tau back to 0 */
    for (size_t i = n_rows; i-- > 0;) {
        const struct als_km_row *row = &rows[i];
        if (row->time >= tau)
            continue;
        area += row->survival * (until - row->time);
        until = row->time;
        double at_risk = (double)row->at_risk, left = at_risk - (double)row->events;
        if (left > 0)
            variance += area * area * (double)row->events / (at_risk * left);
    }
    result.mean = area + until;
    result.se = sqrt(variance);
    return result;
}

/* ---------------------------------------------------------------- log-rank */

/* Adds one event time: expected events per group and their covariance. Were two groups at risk? */
static bool add_event_time(size_t k, size_t deaths, const double *at_risk, double all,
                           struct als_logrank_group *groups, double *covariance)
{
    double d = (double)deaths, factor = all > 1 ? d * (all - d) / (all - 1) : 0;
    size_t present = 0;
    for (size_t g = 0; g < k; g++) {
        double share = at_risk[g] / all;
        present += at_risk[g] > 0;
        groups[g].expected += d * share;
        for (size_t h = 0; h < k; h++)
            covariance[g * k + h] += factor * share * ((g == h) - at_risk[h] / all);
    }
    return present > 1;
}

/* The quadratic form (O - E)' V^-1 (O - E) over all but the last group with an expected event. */
static void finish_logrank(size_t k, bool met, struct als_logrank_group *groups, double *covariance,
                           struct als_logrank *result)
{
    size_t used = 0, last = 0;
    double variance = 0;
    for (size_t g = 0; g < k; g++) {
        groups[g].variance = covariance[g * k + g];
        variance += groups[g].variance;
        if (groups[g].expected > 0) {
            used++;
            last = g;
        }
    }
    if (used < 2) {
        result->status = ALS_SURVIVAL_ONE_GROUP;
        return;
    }
    size_t n = used - 1, row = 0;
    double *difference = covariance + k * k;
    for (size_t g = 0; g < last; g++) {
        if (!(groups[g].expected > 0))
            continue;
        size_t column = 0;
        for (size_t h = 0; h < last; h++)
            if (groups[h].expected > 0)
                covariance[row * n + column++] = covariance[g * k + h];
        difference[row++] = (double)groups[g].observed - groups[g].expected;
    }
    if (!small_cholesky(n, covariance, 1e-12, NULL)) {
        result->status = met && !(variance > 0) ? ALS_SURVIVAL_NO_VARIANCE : ALS_SURVIVAL_ONE_GROUP;
        return;
    }
    small_solve_lower(n, covariance, difference);
    result->chisq = 0;
    for (size_t i = 0; i < n; i++)
        result->chisq += difference[i] * difference[i];
    result->df = n;
    result->p = als_chisq_upper_p(result->chisq, (double)n);
}

struct als_logrank als_logrank_test(size_t n, const struct als_case *cases, size_t n_groups,
                                    struct als_case *work, struct als_logrank_group *groups,
                                    double *matrix)
{
    struct als_logrank result = {.chisq = NAN, .p = NAN};
    double *at_risk = matrix + n_groups * n_groups;
    size_t events = 0;
    memset(matrix, 0, (n_groups * n_groups + n_groups) * sizeof *matrix);
    memset(groups, 0, n_groups * sizeof *groups);
    result.status = survival_sort(n, cases, true, work);
    if (result.status != ALS_SURVIVAL_OK)
        return result;
    for (size_t i = 0; i < n; i++) {
        groups[work[i].group].n++;
        groups[work[i].group].observed += work[i].event;
        events += work[i].event;
    }
    if (events == 0) {
        result.status = ALS_SURVIVAL_NO_EVENTS;
        return result;
    }
    const struct als_case *entries = survival_sort_entries(n, true, work), *leaver;
    size_t late = n;
    double all = 0;
    bool met = false;
    for (size_t i = n; i-- > 0;) { /* backwards: the risk set grows */
        if (i + 1 == n || work[i].stratum != work[i + 1].stratum) {
            memset(at_risk, 0, n_groups * sizeof *at_risk);
            all = 0;
        }
        size_t deaths = work[i].event;
        at_risk[work[i].group]++;
        all++;
        while (i > 0 && work[i - 1].stratum == work[i].stratum &&
               work[i - 1].time == work[i].time) {
            i--;
            deaths += work[i].event;
            at_risk[work[i].group]++;
            all++;
        }
        while ((leaver = survival_next_leaver(entries, &late, &work[i]))) {
            at_risk[leaver->group]--;
            all--;
        }
        if (deaths)
            met |= add_event_time(n_groups, deaths, at_risk, all, groups, matrix);
    }
    finish_logrank(n_groups, met, groups, matrix, &result);
    return result;
}

const char *als_survival_reason(enum als_survival_status status)
{
    static const char *const reasons[] = {
        [ALS_SURVIVAL_OK] = "",
        [ALS_SURVIVAL_NO_DATA] = "no patients",
        [ALS_SURVIVAL_NOT_FINITE] = "a time or covariate is not usable",
        [ALS_SURVIVAL_NEVER_AT_RISK] = "a patient enters only after the event or censoring",
        [ALS_SURVIVAL_NO_EVENTS] = "no events",
        [ALS_SURVIVAL_ONE_GROUP] = "only one group is at risk when events happen",
        [ALS_SURVIVAL_NO_VARIANCE] = "all who are at risk have the event at the same time, which "
                                     "tells nothing of the groups",
        [ALS_SURVIVAL_COLLINEAR] = "a covariate is constant or a combination of others",
        [ALS_SURVIVAL_NOT_CONVERGED] = "the likelihood has no maximum that could be found",
    };
    return reasons[status];
}
