/* What can be judged of a protocol only when all its visits and cohorts are known. */
#include <stdlib.h>
#include <string.h>

#include "protocol_parse.h"

static const struct yaml_node *place(const struct protocol_draft *draft, size_t visit,
                                     const char *key)
{
    return yaml_place(draft->visit_nodes[visit], key);
}

static size_t most_doses(const struct als_protocol *out, const char *cohort)
{
    size_t most = 0;
    for (size_t i = 0; i < out->n_cohorts; i++)
        if ((!cohort || strcmp(cohort, out->cohorts[i].code) == 0) &&
            out->cohorts[i].n_doses > most)
            most = out->cohorts[i].n_doses;
    return most;
}

static void check_infusion_numbers(struct protocol_draft *draft)
{
    const struct als_protocol *out = draft->out;
    for (size_t i = 0; i < out->n_visits; i++) {
        const struct als_visit_plan *visit = &out->visits[i];
        size_t most = most_doses(out, visit->cohort);
        if (visit->infusion_number > most)
            yaml_error(draft->file, place(draft, i, "infusion"), "E-INFUSION", NULL,
                       "infusion %zu is given here, but no cohort has more than %zu dose%s",
                       visit->infusion_number, most, most == 1 ? "" : "s");
        if (visit->anchor.kind == ALS_ANCHOR_INFUSION && visit->anchor.number > most)
            yaml_error(draft->file, place(draft, i, "anchor"), "E-INFUSION", NULL,
                       "there is no infusion %zu: no cohort has more than %zu dose%s",
                       visit->anchor.number, most, most == 1 ? "" : "s");
    }
}

/* Two visits of one cohort must not give the same infusion. */
static void check_infusion_visits(struct protocol_draft *draft)
{
    const struct als_protocol *out = draft->out;
    for (size_t i = 0; i < out->n_visits; i++)
        for (size_t k = 0; k < i && out->visits[i].infusion_number > 0; k++) {
            const struct als_visit_plan *a = &out->visits[k], *b = &out->visits[i];
            bool same_cohort = !a->cohort || !b->cohort || strcmp(a->cohort, b->cohort) == 0;
            if (a->infusion_number == b->infusion_number && same_cohort)
                yaml_error(draft->file, place(draft, i, "infusion"), "E-INFUSION", NULL,
                           "infusion %zu is given at visit %s already, on line %zu",
                           b->infusion_number, a->code, place(draft, k, "infusion")->line);
        }
}

/* "D0, BMA, SCR": the visits of a cycle, from its first one on. */
static const char *cycle_text(struct protocol_draft *draft, size_t first,
                              const struct als_cohort *cohort)
{
    const struct als_protocol *out = draft->out;
    const char *text = out->visits[first].code;
    ptrdiff_t next = anchor_visit(out, &out->visits[first], cohort);
    while (next >= 0 && (size_t)next != first) {
        text = als_arena_printf(draft->file->arena, "%s, %s", text, out->visits[next].code);
        next = anchor_visit(out, &out->visits[next], cohort);
    }
    return text;
}

/* Each visit has one anchor, so a cycle is a walk that comes back. Every cycle is reported once, at
 * its first visit in the file. */
static bool check_cycles(struct protocol_draft *draft)
{
    const struct als_protocol *out = draft->out;
    bool *reported = als_arena_array(draft->file->arena, out->n_visits, sizeof *reported);
    bool found = false;
    for (size_t c = 0; c < out->n_cohorts; c++)
        for (size_t i = 0; i < out->n_visits; i++) {
            size_t steps = 0, lowest = i;
            ptrdiff_t at = anchor_visit(out, &out->visits[i], &out->cohorts[c]);
            while (at >= 0 && (size_t)at != i && steps++ < out->n_visits) {
                lowest = (size_t)at < lowest ? (size_t)at : lowest;
                at = anchor_visit(out, &out->visits[at], &out->cohorts[c]);
            }
            if (at != (ptrdiff_t)i || lowest != i || reported[i])
                continue;
            reported[i] = found = true;
            yaml_error(draft->file, place(draft, i, "anchor"), "E-CYCLE",
                       "one of them must hang on an event or on an earlier visit",
                       "anchors go in a circle: %s", cycle_text(draft, i, &out->cohorts[c]));
        }
    return !found;
}

/* A visit of all cohorts that hangs on a visit of one would never be due in the others. */
static void check_cohort_anchors(struct protocol_draft *draft)
{
    const struct als_protocol *out = draft->out;
    for (size_t i = 0; i < out->n_visits; i++) {
        const struct als_visit_plan *visit = &out->visits[i];
        if (visit->anchor.kind != ALS_ANCHOR_VISIT)
            continue;
        const struct als_visit_plan *anchor = &out->visits[visit->anchor.visit];
        if (anchor->cohort && (!visit->cohort || strcmp(anchor->cohort, visit->cohort) != 0))
            yaml_error(draft->file, place(draft, i, "anchor"), "E-ANCHOR", NULL,
                       "visit %s is for cohort %s only, and this visit is not", anchor->code,
                       anchor->cohort);
    }
}

/* One visit of a cohort at its nominal day. */
struct nominal {
    size_t visit;
    int day;
};

static int by_day(const void *left, const void *right)
{
    const struct nominal *a = left, *b = right;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return a->visit < b->visit ? -1 : a->visit > b->visit;
}

static const char *in_cohort(struct protocol_draft *draft, const struct als_cohort *cohort)
{
    if (draft->out->n_cohorts == 1)
        return "";
    return als_arena_printf(draft->file->arena, " in cohort %s", cohort->code);
}

/* Neighbours by nominal day must keep their windows apart; `reported` holds, per visit, whether it
 * has a finding already, so that cohorts with equal plans give one message. */
static void check_windows(struct protocol_draft *draft, const struct als_cohort *cohort,
                          bool *reported)
{
    const struct als_protocol *out = draft->out;
    struct nominal *list = als_arena_array(draft->file->arena, out->n_visits, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < out->n_visits; i++)
        if (visit_concerns(&out->visits[i], cohort))
            list[n++] = (struct nominal){i, als_protocol_nominal_day(out, i, cohort)};
    for (size_t i = 1; i < n; i++)
        if (list[i].day < list[i - 1].day && !reported[list[i].visit]) {
            reported[list[i].visit] = true;
            yaml_error(draft->file, place(draft, list[i].visit, "offset"), "E-ORDER",
                       "list visits in order of time",
                       "visit %s falls on day %d%s, before visit %s on day %d",
                       out->visits[list[i].visit].code, list[i].day, in_cohort(draft, cohort),
                       out->visits[list[i - 1].visit].code, list[i - 1].day);
        }
    if (n > 0)
        qsort(list, n, sizeof *list, by_day);
    for (size_t i = 1; i < n; i++) {
        const struct als_visit_plan *a = &out->visits[list[i - 1].visit];
        const struct als_visit_plan *b = &out->visits[list[i].visit];
        long long end = (long long)list[i - 1].day + a->after_days;
        long long begin = (long long)list[i].day - b->before_days;
        if (end < begin || reported[list[i].visit])
            continue;
        reported[list[i].visit] = true;
        yaml_error(draft->file, place(draft, list[i].visit, "window"), "E-OVERLAP",
                   "a date must belong to one visit: make one of the windows narrower",
                   "the window of %s begins on day %lld%s, and that of %s (line %zu) ends on day "
                   "%lld",
                   b->code, begin, in_cohort(draft, cohort), a->code,
                   place(draft, list[i - 1].visit, "window")->line, end);
    }
}

void protocol_check(struct protocol_draft *draft)
{
    const struct als_protocol *out = draft->out;
    check_infusion_numbers(draft);
    check_infusion_visits(draft);
    check_cohort_anchors(draft);
    /* Days are known only when anchors, offsets and windows were read without a mistake. */
    if (!check_cycles(draft) || draft->file->errors > 0)
        return;
    bool *reported = als_arena_array(draft->file->arena, out->n_visits, sizeof *reported);
    for (size_t i = 0; i < out->n_cohorts; i++)
        check_windows(draft, &out->cohorts[i], reported);
}
