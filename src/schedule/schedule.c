/* One row per visit of one patient: target, window, status, deviation. */
#include "alstrack/schedule/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "anchor.h"

const char *als_visit_status_name(enum als_visit_status status)
{
    switch (status) {
    case ALS_VISIT_UNSCHEDULED:
        return "unscheduled";
    case ALS_VISIT_PLANNED:
        return "planned";
    case ALS_VISIT_DUE:
        return "due";
    case ALS_VISIT_DONE:
        return "done";
    case ALS_VISIT_EARLY:
        return "early";
    case ALS_VISIT_LATE:
        return "late";
    case ALS_VISIT_MISSED:
        return "missed";
    case ALS_VISIT_NOT_APPLICABLE:
        return "not applicable";
    case ALS_VISIT_EXTRA:
        return "extra";
    }
    return "";
}

static void set_deviation(struct als_visit_row *row)
{
    if (row->target == ALS_NO_DAY || row->actual == ALS_NO_DAY)
        return;
    row->offset_days = row->actual - row->target;
    if (row->actual < row->window_from)
        row->outside_days = row->actual - row->window_from;
    else if (row->actual > row->window_to)
        row->outside_days = row->actual - row->window_to;
}

/* What took place counts, whatever the plan says; only then do cohort, end and today decide. */
static enum als_visit_status find_status(const struct als_visit_row *row, enum plan_fit fit,
                                         bool not_done, int end, int today)
{
    if (row->actual != ALS_NO_DAY)
        return row->outside_days < 0   ? ALS_VISIT_EARLY
               : row->outside_days > 0 ? ALS_VISIT_LATE
                                       : ALS_VISIT_DONE;
    if (fit == PLAN_NO)
        return ALS_VISIT_NOT_APPLICABLE;
    if (end != ALS_NO_DAY && (row->target == ALS_NO_DAY || row->window_from > end))
        return ALS_VISIT_NOT_APPLICABLE;
    if (not_done)
        return ALS_VISIT_MISSED;
    if (row->target == ALS_NO_DAY)
        return ALS_VISIT_UNSCHEDULED;
    if (today < row->window_from)
        return ALS_VISIT_PLANNED;
    return today <= row->window_to ? ALS_VISIT_DUE : ALS_VISIT_MISSED;
}

static struct als_visit_row empty_row(const char *code)
{
    return (struct als_visit_row){
        .code = code,
        .target = ALS_NO_DAY,
        .window_from = ALS_NO_DAY,
        .window_to = ALS_NO_DAY,
        .actual = ALS_NO_DAY,
        .gap_days = -1,
    };
}

static struct als_visit_row planned_row(const struct als_protocol *protocol,
                                        const struct als_patient_facts *facts,
                                        const struct als_visit_plan *plan, int end, int today)
{
    struct als_visit_row row = empty_row(plan->code);
    bool not_done;
    const enum plan_fit fit = plan_fit(protocol, facts, plan);
    row.plan = plan;
    row.actual = visit_actual_day(protocol, facts, plan, &not_done);
    struct anchor_day anchor = {.day = ALS_NO_DAY, .needs_cohort = fit == PLAN_DEPENDS};
    if (fit == PLAN_YES)
        anchor = anchor_day(protocol, facts, &plan->anchor);
    if (anchor.day != ALS_NO_DAY) {
        row.target = target_day(protocol, plan, anchor.day);
        row.window_from = row.target - plan->before_days;
        row.window_to = row.target + plan->after_days;
        row.anchor_is_target = anchor.is_target;
        row.anchor_is_partial = anchor.is_partial;
    }
    row.needs_cohort = anchor.needs_cohort;
    set_deviation(&row);
    row.status = find_status(&row, fit, not_done, end, today);
    return row;
}

static bool is_planned(const struct als_protocol *protocol, const char *code)
{
    for (size_t i = 0; i < protocol->n_visits; i++)
        if (strcmp(protocol->visits[i].code, code) == 0)
            return true;
    return false;
}

/* How long ago the visit before was, planned or not. */
static void set_gaps(const struct als_protocol *protocol, struct als_visit_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int before = ALS_NO_DAY;
        for (size_t k = 0; k < n && rows[i].actual != ALS_NO_DAY; k++)
            if (rows[k].actual != ALS_NO_DAY && rows[k].actual < rows[i].actual &&
                rows[k].actual > before)
                before = rows[k].actual;
        if (before == ALS_NO_DAY)
            continue;
        rows[i].gap_days = rows[i].actual - before;
        rows[i].gap_too_long =
            protocol->longest_gap_days && rows[i].gap_days > protocol->longest_gap_days;
    }
}

/* By date, those without one last; the code settles a tie. */
static int compare_extra(const void *left, const void *right)
{
    const struct als_visit_row *a = left, *b = right;
    if (a->actual == b->actual)
        return strcmp(a->code, b->code);
    if (a->actual == ALS_NO_DAY || b->actual == ALS_NO_DAY)
        return a->actual == ALS_NO_DAY ? 1 : -1;
    return a->actual < b->actual ? -1 : 1;
}

size_t als_schedule_build(const struct als_protocol *protocol,
                          const struct als_patient_facts *facts, int today,
                          struct als_visit_row *rows)
{
    int end = als_schedule_end_of_participation(facts);
    size_t n = 0;
    while (n < protocol->n_visits) {
        rows[n] = planned_row(protocol, facts, &protocol->visits[n], end, today);
        n++;
    }
    for (size_t i = 0; i < facts->n_visits; i++) {
        const struct als_visit_fact *fact = &facts->visits[i];
        if (is_planned(protocol, fact->code))
            continue;
        rows[n] = empty_row(fact->code);
        rows[n].status = ALS_VISIT_EXTRA;
        rows[n].actual = fact->not_done ? ALS_NO_DAY : fact->day;
        n++;
    }
    qsort(rows + protocol->n_visits, n - protocol->n_visits, sizeof *rows, compare_extra);
    set_gaps(protocol, rows, n);
    return n;
}

int als_schedule_propose_day(const struct als_visit_row *row, int today)
{
    if (row->actual != ALS_NO_DAY)
        return row->actual;
    return row->status == ALS_VISIT_DUE ? today : ALS_NO_DAY;
}

/* 0 when the visit took place on that very day, else 1 + the days between `day` and the target; -1
 * when `day` cannot belong to the visit. */
static int distance(const struct als_visit_row *row, int day)
{
    if (!row->plan || row->status == ALS_VISIT_NOT_APPLICABLE)
        return -1;
    if (row->actual == day)
        return 0;
    if (row->target == ALS_NO_DAY || day < row->window_from || day > row->window_to)
        return -1;
    return 1 + abs(day - row->target);
}

ptrdiff_t als_schedule_match(const struct als_visit_row *rows, size_t n_rows, const bool *taken,
                             int day)
{
    ptrdiff_t best = -1;
    int best_distance = 0;
    for (size_t i = 0; i < n_rows; i++) {
        int here = taken && taken[i] ? -1 : distance(&rows[i], day);
        if (here >= 0 && (best < 0 || here < best_distance)) {
            best = (ptrdiff_t)i;
            best_distance = here;
        }
    }
    return best;
}

ptrdiff_t als_schedule_stand_in(const struct als_visit_row *rows, size_t n_rows, const bool *taken,
                                int day)
{
    ptrdiff_t best = -1;
    for (size_t i = 0; i < n_rows; i++) {
        if (!rows[i].plan || rows[i].target == ALS_NO_DAY)
            continue;
        if (taken ? taken[i] : rows[i].actual != ALS_NO_DAY || rows[i].plan->n_assessments == 0)
            continue;
        if (best < 0 || abs(rows[i].target - day) < abs(rows[best].target - day))
            best = (ptrdiff_t)i;
    }
    return best;
}

bool als_visit_is_termination(const char *code)
{
    return strncmp(code, "ET", 2) == 0 && strspn(code + 2, "0123456789") == strlen(code + 2);
}
