/* One patient's visits: plan, dates, deviations. */
#include <string.h>

#include "alstrack/analysis/visits.h"

const struct als_visit *als_visit_recorded(const struct als_store *store,
                                           const struct als_visit *visits, size_t n,
                                           const char *code)
{
    int number = als_store_visit_no(store, code, strlen(code));
    for (size_t i = 0; i < n; i++)
        if (visits[i].visit_no == number)
            return &visits[i];
    return NULL;
}

/* The planned visit that an early-termination visit counts as in analyses. */
static const char *counts_as(const struct als_visit_plan_of *plan, const struct als_visit_row *row)
{
    if (row->plan || row->actual == ALS_NO_DAY || !als_visit_is_termination(row->code))
        return NULL;
    ptrdiff_t visit = als_schedule_stand_in(plan->rows, plan->n_rows, NULL, row->actual);
    return visit < 0 ? NULL : plan->rows[visit].code;
}

static void add_row(const struct als_store *store, struct als_arena *arena, struct als_table *table,
                    const struct als_visit_plan_of *plan, const struct als_visit_row *row)
{
    const struct als_visit *visit =
        als_visit_recorded(store, plan->visits.items, plan->visits.count, row->code);
    als_table_text(table, row->code);
    als_table_text(table, row->plan ? row->plan->label : NULL);
    als_table_text(table, row->plan
                              ? als_schedule_due_text(arena, als_store_protocol(store), row->plan)
                              : NULL);
    als_table_day(table, row->target);
    als_table_day(table, row->window_from);
    als_table_day(table, row->window_to);
    als_table_day(table, row->actual);
    als_table_text(table, als_visit_status_name(row->status));
    if (row->target != ALS_NO_DAY && row->actual != ALS_NO_DAY) {
        als_table_integer(table, row->offset_days);
        als_table_integer(table, row->outside_days);
    } else {
        als_table_missing(table);
        als_table_missing(table);
    }
    als_table_text(table, visit ? visit->mode : NULL);
    als_table_text(table, visit ? visit->reason : NULL);
    if (row->gap_days < 0)
        als_table_missing(table);
    else
        als_table_integer(table, row->gap_days);
    als_table_text(table, counts_as(plan, row));
}

enum als_status als_visit_plan_load(struct als_store *store, const struct als_patient *patient,
                                    int today, struct als_arena *arena,
                                    struct als_visit_plan_of *out, struct als_err *err)
{
    struct als_patient_facts facts;
    struct als_visit_plan_of plan = {.rows = NULL};
    enum als_status status = als_facts_load(store, patient, arena, &facts, err);
    if (!status)
        status = als_visit_load(store, patient->id, arena, &plan.visits, err);
    if (status)
        return status;
    const struct als_protocol *protocol = als_store_protocol(store);
    plan.rows = als_arena_array(arena, protocol->n_visits + facts.n_visits + 1, sizeof *plan.rows);
    plan.n_rows = als_schedule_build(protocol, &facts, today, plan.rows);
    *out = plan;
    return ALS_OK;
}

struct als_table *als_visit_table(const struct als_store *store,
                                  const struct als_visit_plan_of *plan)
{
    static const struct als_table_column columns[] = {
        {.name = "visit", .type = ALS_CELL_TEXT},
        {.name = "label", .type = ALS_CELL_TEXT},
        {.name = "due", .type = ALS_CELL_TEXT},
        {.name = "target", .type = ALS_CELL_TEXT},
        {.name = "window_from", .type = ALS_CELL_TEXT},
        {.name = "window_to", .type = ALS_CELL_TEXT},
        {.name = "date", .type = ALS_CELL_TEXT},
        {.name = "status", .type = ALS_CELL_TEXT},
        {.name = "offset_days", .type = ALS_CELL_INTEGER},
        {.name = "outside_days", .type = ALS_CELL_INTEGER},
        {.name = "mode", .type = ALS_CELL_TEXT},
        {.name = "reason", .type = ALS_CELL_TEXT},
        {.name = "gap_days", .type = ALS_CELL_INTEGER},
        {.name = "counts_as", .type = ALS_CELL_TEXT},
    };
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    bool on_target = false, on_partial = false, needs_cohort = false;
    struct als_arena *arena = als_arena_new();
    const struct als_visit_row *rows = plan->rows;
    for (size_t i = 0; i < plan->n_rows; i++) {
        add_row(store, arena, table, plan, &rows[i]);
        if (rows[i].gap_too_long)
            als_table_note(table, "warning: %d days from the visit before to %s; at most %d",
                           rows[i].gap_days, rows[i].code,
                           als_store_protocol(store)->longest_gap_days);
        on_target |= rows[i].anchor_is_target;
        on_partial |= rows[i].anchor_is_partial;
        needs_cohort |= rows[i].needs_cohort;
    }
    als_arena_free(arena);
    if (on_target)
        als_table_note(table, "Targets that hang on a visit not yet done count from its target.");
    if (on_partial)
        als_table_note(table, "Targets that hang on a partial date count from its middle.");
    if (needs_cohort)
        als_table_note(table, "Targets that depend on the cohort wait until it is known: "
                              "alstrack patient edit PATIENT --cohort COHORT");
    return table;
}
