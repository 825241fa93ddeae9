/* What a patient's series has at planned visits, and which of it is a change from baseline. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/analysis/visits.h"
#include "alstrack/core/count.h"

/* Does the protocol put the visit after the baseline? Where the baseline is the last value before
 * treatment those of the lead-in are not after it, even in patients who were never treated and
 * whose time runs from their first visit. */
static bool is_after_baseline(const struct als_protocol *protocol,
                              const struct als_baselines *baselines, size_t visit)
{
    const struct als_baseline_rule *rule = baselines->rule;
    if (rule && rule->kind == ALS_BASELINE_VISIT)
        return visit > rule->visit;
    if (rule && rule->kind == ALS_BASELINE_HISTORICAL)
        return (ptrdiff_t)visit > als_store_plan_of(baselines->store, baselines->screening_no);
    return als_visit_is_after_zero(protocol, visit);
}

bool als_visit_is_after_zero(const struct als_protocol *protocol, size_t visit)
{
    return protocol->time_zero.kind == ALS_ANCHOR_EVENT ||
           protocol->visits[visit].epoch == ALS_EPOCH_POST;
}

bool als_visit_assesses(const struct als_protocol *protocol, size_t visit, const char *instrument)
{
    const struct als_visit_plan *plan = &protocol->visits[visit];
    for (size_t i = 0; i < plan->n_assessments; i++)
        if (strcmp(protocol->instruments[plan->assessments[i].instrument], instrument) == 0)
            return true;
    return false;
}

void als_visit_values_begin(struct als_visit_values *values, struct als_store *store,
                            const struct als_instrument *instrument,
                            const struct als_baselines *baselines, struct als_arena *arena)
{
    const struct als_protocol *protocol = als_store_protocol(store);
    size_t n = protocol->n_visits;
    *values = (struct als_visit_values){.store = store, .n_visits = n};
    values->assesses = als_arena_array(arena, n + 1, sizeof *values->assesses);
    values->after_baseline = als_arena_array(arena, n + 1, sizeof *values->after_baseline);
    values->taken = als_arena_array(arena, n + 1, sizeof *values->taken);
    for (size_t i = 0; i < n; i++) {
        values->assesses[i] = als_visit_assesses(protocol, i, instrument->code);
        values->after_baseline[i] = is_after_baseline(protocol, baselines, i);
    }
}

void als_visit_values_end(struct als_visit_values *values)
{
    free(values->items);
    values->items = NULL;
}

static void take_points(struct als_visit_values *values, const struct als_series *series)
{
    if (values->room < series->count) {
        values->room = series->count;
        values->items = als_realloc_array(values->items, values->room, sizeof *values->items);
    }
    values->count = als_series_alive(series);
    for (size_t i = 0; i < series->count; i++) {
        values->n_values += series->points[i].n;
        values->n_joined += series->points[i].n - 1;
    }
    values->n_after_death += series->count - values->count;
    for (size_t i = 0; i < values->count; i++)
        values->items[i] = (struct als_visit_value){
            .point = &series->points[i],
            .plan = als_store_plan_of(values->store, series->points[i].visit_no)};
}

static enum als_status find_stand_in(struct als_visit_values *values,
                                     const struct als_patient *patient,
                                     struct als_visit_value *item, struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    struct als_visit_plan_of plan = {0};
    enum als_status status =
        als_visit_plan_load(values->store, patient, item->point->day, arena, &plan, err);
    if (status == ALS_OK)
        item->plan =
            als_schedule_stand_in(plan.rows, values->n_visits, values->taken, item->point->day);
    als_arena_free(arena);
    return status;
}

enum als_status als_visit_values_of(struct als_visit_values *values,
                                    const struct als_patient *patient,
                                    const struct als_series *series, struct als_err *err)
{
    enum als_status status = ALS_OK;
    take_points(values, series);
    for (size_t i = 0; i < values->n_visits; i++)
        values->taken[i] = !values->assesses[i];
    for (size_t i = 0; i < values->count; i++)
        if (values->items[i].plan >= 0)
            values->taken[values->items[i].plan] = true;
    for (size_t i = 0; i < values->count && status == ALS_OK; i++) {
        struct als_visit_value *item = &values->items[i];
        const char *code = als_store_visit_code(values->store, item->point->visit_no);
        if (item->plan < 0 && code && als_visit_is_termination(code)) {
            status = find_stand_in(values, patient, item, err);
            if (item->plan >= 0)
                values->taken[item->plan] = true;
            values->n_stood_in += item->plan >= 0;
        } else {
            values->n_planned += item->plan >= 0;
        }
        values->n_unplanned += item->plan < 0;
    }
    return status;
}

double als_visit_value_change(struct als_visit_values *values, const struct als_visit_value *item,
                              const struct als_baseline *baseline)
{
    if (item->plan < 0)
        return NAN;
    if (baseline->day == ALS_NO_DAY)
        values->n_without_baseline++;
    else if (item->point->day <= baseline->day)
        values->n_until_baseline++;
    else if (!values->after_baseline[item->plan])
        values->n_lead_in++;
    else
        return values->n_changes++, item->point->value - baseline->value;
    return NAN;
}

static void say_count(struct als_buf *text, size_t n, const char *what)
{
    if (n)
        als_buf_printf(text, "%s %s %zu", text->data[text->length - 1] == ':' ? "" : ",", what, n);
}

void als_visit_values_note(const struct als_visit_values *values, struct als_table *table)
{
    struct als_buf text;
    if (values->n_values == 0)
        return;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_printf(&text, "%s:", als_counted(values->n_values, "value").text);
    say_count(&text, values->n_planned, "at planned visits");
    say_count(&text, values->n_stood_in,
              "of early termination, taken at the nearest planned visit without a value");
    say_count(&text, values->n_unplanned, "of visits that the protocol does not plan");
    say_count(&text, values->n_after_death, "dated after death");
    say_count(&text, values->n_joined, "joined with another of their visit into a mean");
    als_table_note(table, "%s", text.data);
    als_buf_clear(&text);
    als_buf_printf(&text, "of the %zu:", values->n_planned + values->n_stood_in);
    say_count(&text, values->n_changes, "changes");
    say_count(&text, values->n_until_baseline, "until the day of the baseline");
    say_count(&text, values->n_lead_in, "after it at visits that the protocol puts before it");
    say_count(&text, values->n_without_baseline, "without a baseline");
    if (values->n_planned + values->n_stood_in)
        als_table_note(table, "%s", text.data);
    als_buf_release(&text);
}
