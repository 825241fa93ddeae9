/* Values put in for planned visits that are missing, on request only. */
#include <math.h>
#include <stdlib.h>

#include "alstrack/core/count.h"
#include "alstrack/stat/ols.h"
#include "change_int.h"
#include "patients.h"

/* The target day of each visit that plans the measure and whose window has closed. */
static void find_due(struct als_change_run *run, const struct als_patient_facts *facts, int *due)
{
    for (size_t visit = 0; visit < run->n_visits; visit++) {
        const struct als_visit_plan *plan = &run->protocol->visits[visit];
        int target = als_change_is_planned(run, visit)
                         ? als_schedule_target(run->protocol, facts, visit)
                         : ALS_NO_DAY;
        bool closed = target != ALS_NO_DAY && target + plan->after_days <= run->options->as_of_day;
        due[visit] = closed ? target : ALS_NO_DAY;
    }
}

enum als_status als_change_load_due(struct als_change_run *run, struct als_err *err)
{
    struct als_event_list events;
    struct als_visit_list visits;
    enum als_status status = als_event_load(run->store, 0, run->arena, &events, err);
    if (status == ALS_OK)
        status = als_visit_load(run->store, 0, run->arena, &visits, err);
    if (status != ALS_OK)
        return status;
    size_t cells = run->patients.count * run->n_visits;
    int *due = als_arena_array(run->arena, cells + 1, sizeof *due);
    run->imputed = als_arena_array(run->arena, cells + 1, sizeof *run->imputed);
    struct als_span event = {0}, visit = {0};
    for (size_t i = 0; i < run->patients.count; i++) {
        const struct als_patient *patient = &run->patients.items[i];
        event = als_events_of(&events, event.first + event.count, patient->id);
        visit = als_visits_of(&visits, visit.first + visit.count, patient->id);
        struct als_arena *arena = als_arena_new();
        struct als_patient_facts facts;
        als_facts_from(run->store, patient, events.items + event.first, event.count,
                       visits.items + visit.first, visit.count, arena, &facts);
        find_due(run, &facts, due + i * run->n_visits);
        als_arena_free(arena);
    }
    run->due = due;
    return ALS_OK;
}

/* The line through the values from the baseline on. */
static struct als_ols line_of(const struct als_series *series, size_t n, int from)
{
    double *t = als_alloc_array(2 * n + 1, sizeof *t), *y = t + n;
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (series->points[i].day < from)
            continue;
        t[used] = (series->points[i].day - from) / ALS_DAYS_PER_MONTH;
        y[used++] = series->points[i].value;
    }
    struct als_ols line = als_ols_fit(used, t, y);
    free(t);
    return line;
}

/* Of several visits of that day the mean, as for a baseline. */
static double last_before(const struct als_series *series, size_t n, int day)
{
    double last = NAN;
    size_t of_day = 0;
    for (size_t i = 0; i < n && series->points[i].day <= day; i++) {
        bool again = i > 0 && series->points[i].day == series->points[i - 1].day;
        of_day = again ? of_day + 1 : 1;
        last = again ? last + (series->points[i].value - last) / (double)of_day
                     : series->points[i].value;
    }
    return last;
}

/* A line leaves the range of its scale; no patient does. */
static double within_scale(struct als_change_run *run, double value)
{
    double min, max;
    als_measure_bounds(&run->measure, &min, &max);
    double kept = fmax(min, fmin(max, value));
    run->limited += !isnan(value) && kept != value;
    return isnan(value) ? value : kept;
}

void als_change_impute(struct als_change_run *run, size_t patient, const struct als_series *series,
                       const struct als_baseline *baseline)
{
    const size_t n = als_series_alive(series);
    if (baseline->day == ALS_NO_DAY)
        return;
    struct als_ols line = {.status = ALS_OLS_NO_DATA};
    if (run->options->impute == ALS_IMPUTE_SLOPE)
        line = line_of(series, n, baseline->day);
    for (size_t visit = 0; visit < run->n_visits; visit++) {
        size_t cell = patient * run->n_visits + visit;
        int day = run->due[cell];
        bool dead = series->death_day != ALS_NO_DAY && day > series->death_day;
        if (!isnan(run->values[cell]) || day == ALS_NO_DAY || day <= baseline->day || dead ||
            !run->by_visit.after_baseline[visit])
            continue;
        double value = baseline->value;
        if (run->options->impute == ALS_IMPUTE_LAST)
            value = last_before(series, n, day);
        else if (run->options->impute == ALS_IMPUTE_SLOPE)
            value = line.status == ALS_OLS_OK
                        ? within_scale(run, line.intercept + line.slope * (day - baseline->day) /
                                                                 ALS_DAYS_PER_MONTH)
                        : NAN;
        if (isnan(value))
            continue;
        run->values[cell] = value;
        run->changes[cell] = value - baseline->value;
        run->imputed[cell] = true;
        run->n_imputed++;
    }
}

void als_change_note_imputed(const struct als_change_run *run, struct als_table *table)
{
    static const char *const methods[] = {
        [ALS_IMPUTE_LAST] = "the last value before (LOCF)",
        [ALS_IMPUTE_BASELINE] = "the baseline (BOCF)",
        [ALS_IMPUTE_SLOPE] = "the patient's line through the values from the baseline on, at the "
                             "target day"};
    if (run->options->impute == ALS_IMPUTE_NONE)
        return;
    als_table_note(table,
                   "warning: imputed: %s by %s, for planned visits whose window has closed, "
                   "up to death; intervals and tests take them for observed, and are too narrow; "
                   "the adjusted means need none",
                   als_counted(run->n_imputed, "value").text, methods[run->options->impute]);
    if (run->limited)
        als_table_note(table, "imputed values that left the scale, set to its end: %zu",
                       run->limited);
}
