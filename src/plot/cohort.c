/* Collecting the curves of all patients, their groups and their means. */
#include "cohort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/stat/dist.h"

#define MISSING_GROUP "not given"

struct collector {
    struct als_store *store;
    const char *by;
    struct als_arena *arena;
    struct als_patient_list patients;
    struct als_cohort_data *data;
    double *slopes; /* by curve; NAN = none */
    size_t at;      /* patient under way */
};

static const char *group_name(const struct collector *c, const struct als_patient *patient)
{
    if (!c->by)
        return "all patients";
    const char *value = als_factor_value(patient, c->by);
    return value ? value : MISSING_GROUP;
}

static int by_name(const void *a, const void *b)
{
    const char *x = ((const struct als_cohort_group *)a)->name;
    const char *y = ((const struct als_cohort_group *)b)->name;
    bool last_x = strcmp(x, MISSING_GROUP) == 0, last_y = strcmp(y, MISSING_GROUP) == 0;
    return last_x != last_y ? last_x - last_y : strcmp(x, y);
}

static void find_groups(struct collector *c)
{
    struct als_cohort_data *data = c->data;
    data->groups = als_arena_array(c->arena, c->patients.count + 1, sizeof *data->groups);
    for (size_t i = 0; i < c->patients.count; i++) {
        struct als_cohort_group group = {.name = group_name(c, &c->patients.items[i])};
        bool known = false;
        for (size_t k = 0; k < data->n_groups && !known; k++)
            known = strcmp(data->groups[k].name, group.name) == 0;
        if (!known)
            data->groups[data->n_groups++] = group;
    }
    qsort(data->groups, data->n_groups, sizeof *data->groups, by_name);
}

static size_t group_of(const struct collector *c, const struct als_patient *patient)
{
    struct als_cohort_group key = {.name = group_name(c, patient)};
    const struct als_cohort_group *found =
        bsearch(&key, c->data->groups, c->data->n_groups, sizeof key, by_name);
    return (size_t)(found - c->data->groups);
}

static void take_series(const struct als_series *series, void *context)
{
    struct collector *c = context;
    struct als_cohort_data *data = c->data;
    while (c->patients.items[c->at].id != series->patient_id)
        c->at++;
    const struct als_patient *patient = &c->patients.items[c->at];
    struct als_series_point *points = als_arena_array(c->arena, series->count, sizeof *points);
    memcpy(points, series->points, series->count * sizeof *points);
    size_t group = group_of(c, patient);
    struct als_slope slope = als_slope_fit(series, INT_MIN, INT_MAX);
    c->slopes[data->n_curves] = slope.fit.status == ALS_OLS_OK ? slope.fit.slope : (double)NAN;
    data->groups[group].patients++;
    data->curves[data->n_curves++] =
        (struct als_cohort_curve){patient->patient, group, points, series->count};
}

/* Mean and 95 % interval of values[0..n). */
static void summarise(const double *values, size_t n, double *mean, double *low, double *high)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    *mean = n ? sum / (double)n : (double)NAN;
    *low = *high = NAN;
    if (n < 2)
        return;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - *mean) * (values[i] - *mean);
    double se = sqrt(squares / (double)(n - 1) / (double)n);
    double half = als_t_quantile(0.975, (double)(n - 1)) * se;
    *low = *mean - half;
    *high = *mean + half;
}

static void mean_slopes(const struct collector *c)
{
    struct als_cohort_data *data = c->data;
    double *slopes = als_alloc_array(data->n_curves + 1, sizeof *slopes);
    for (size_t g = 0; g < data->n_groups; g++) {
        struct als_cohort_group *group = &data->groups[g];
        size_t n = 0;
        for (size_t i = 0; i < data->n_curves; i++)
            if (data->curves[i].group == g && !isnan(c->slopes[i]))
                slopes[n++] = c->slopes[i];
        group->slopes = n;
        summarise(slopes, n, &group->slope, &group->slope_low, &group->slope_high);
    }
    free(slopes);
}

/* Most values belong to planned visits: then means are by visit. */
static bool visits_carry(const struct collector *c)
{
    size_t inside = 0, all = 0;
    for (size_t i = 0; i < c->data->n_curves; i++)
        for (size_t k = 0; k < c->data->curves[i].n; k++) {
            inside += als_store_plan_of(c->store, c->data->curves[i].points[k].visit_no) >= 0;
            all++;
        }
    return 2 * inside >= all;
}

/* Number of the time point that a value belongs to; -1 if to none. Months are centred. */
static int slot_of(const struct collector *c, const struct als_series_point *point, int first)
{
    if (c->data->by_visit)
        return (int)als_store_plan_of(c->store, point->visit_no);
    return (int)lround(point->month) - first;
}

/* What one patient or one group has at a time point. */
struct tally {
    double value, month;
    size_t n;
};

static void add_means(struct collector *c, size_t group, int first, size_t n_slots)
{
    struct als_cohort_data *data = c->data;
    size_t room = data->groups[group].patients + 1;
    double **values = als_alloc_array(n_slots, sizeof *values);
    struct tally *totals = als_alloc_array(n_slots, sizeof *totals);
    struct tally *own = als_alloc_array(n_slots, sizeof *own);
    for (size_t i = 0; i < data->n_curves; i++) {
        if (data->curves[i].group != group)
            continue;
        memset(own, 0, n_slots * sizeof *own);
        for (size_t k = 0; k < data->curves[i].n; k++) {
            const struct als_series_point *point = &data->curves[i].points[k];
            int slot = slot_of(c, point, first);
            if (slot < 0)
                continue;
            own[slot].value += point->value;
            own[slot].month += point->month;
            own[slot].n++;
        }
        for (size_t s = 0; s < n_slots; s++) {
            if (own[s].n == 0)
                continue;
            if (!values[s])
                values[s] = als_alloc_array(room, sizeof **values);
            values[s][totals[s].n++] = own[s].value / (double)own[s].n;
            totals[s].month += own[s].month / (double)own[s].n;
        }
    }
    for (size_t s = 0; s < n_slots; s++) {
        if (totals[s].n == 0)
            continue;
        struct als_cohort_mean *mean = &data->means[data->n_means++];
        *mean = (struct als_cohort_mean){
            .group = group, .month = totals[s].month / (double)totals[s].n, .n = totals[s].n};
        mean->label = data->by_visit ? als_store_protocol(c->store)->visits[s].code
                                     : als_arena_printf(c->arena, "%d", first + (int)s);
        summarise(values[s], totals[s].n, &mean->mean, &mean->low, &mean->high);
        free(values[s]);
    }
    free(values);
    free(totals);
    free(own);
}

static int by_group_and_time(const void *a, const void *b)
{
    const struct als_cohort_mean *x = a, *y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return x->month < y->month ? -1 : x->month > y->month;
}

static void find_means(struct collector *c)
{
    struct als_cohort_data *data = c->data;
    data->by_visit = visits_carry(c);
    int first = INT_MAX, last = INT_MIN;
    for (size_t i = 0; i < data->n_curves; i++)
        for (size_t k = 0; k < data->curves[i].n; k++) {
            int month = (int)lround(data->curves[i].points[k].month);
            first = month < first ? month : first;
            last = month > last ? month : last;
        }
    if (first > last)
        return;
    size_t n_slots =
        data->by_visit ? als_store_protocol(c->store)->n_visits : (size_t)(last - first) + 1;
    data->means = als_arena_array(c->arena, n_slots * data->n_groups + 1, sizeof *data->means);
    for (size_t g = 0; g < data->n_groups; g++)
        add_means(c, g, first, n_slots);
    qsort(data->means, data->n_means, sizeof *data->means, by_group_and_time);
}

static const char *zero_label(const struct collector *c)
{
    const struct als_protocol *protocol = als_store_protocol(c->store);
    const struct als_anchor *anchor = &protocol->time_zero;
    switch (anchor->kind) {
    case ALS_ANCHOR_EVENT:
        return anchor->event;
    case ALS_ANCHOR_INFUSION:
        return als_arena_printf(c->arena, "infusion %zu", anchor->number);
    case ALS_ANCHOR_LAST_PLANNED:
        return "last infusion";
    case ALS_ANCHOR_VISIT:
        return protocol->visits[anchor->visit].code;
    }
    return "";
}

enum als_status als_cohort_collect(struct als_store *store, const struct als_plot_options *options,
                                   struct als_arena *arena, struct als_cohort_data *out,
                                   struct als_err *err)
{
    *out = (struct als_cohort_data){.by = options->by};
    struct collector c = {.store = store, .by = options->by, .arena = arena, .data = out};
    if (options->by && !als_factor_known(options->by)) {
        als_fail(err, ALS_USAGE, "E-FACTOR", "unknown patient factor \"%.60s\"", options->by);
        als_err_hint(err, "one of arm, cohort, site, sex, onset_site");
        return ALS_USAGE;
    }
    const char *name = options->measure ? options->measure : als_store_protocol(store)->measure;
    enum als_status status = als_measure_find(store, name, &out->measure, err);
    if (!status)
        status = als_patient_load(store, arena, &c.patients, err);
    if (status)
        return status;
    out->zero_label = zero_label(&c);
    find_groups(&c);
    out->curves = als_arena_array(arena, c.patients.count + 1, sizeof *out->curves);
    c.slopes = als_arena_array(arena, c.patients.count + 1, sizeof *c.slopes);
    status = als_series_each(store, &out->measure, &c.patients, take_series, &c, err);
    if (status)
        return status;
    out->without_value = c.patients.count - out->n_curves;
    mean_slopes(&c);
    find_means(&c);
    return ALS_OK;
}
