/* At which visits criteria are evaluated, and whether their time has come. */
#include "screening_int.h"

static bool assesses(const struct als_protocol *protocol, size_t visit, ptrdiff_t instrument)
{
    const struct als_visit_plan *plan = &protocol->visits[visit];
    for (size_t i = 0; i < plan->n_assessments; i++) {
        if ((ptrdiff_t)plan->assessments[i].instrument == instrument)
            return true;
    }
    return false;
}

size_t als_screening_visit(const struct als_protocol *protocol)
{
    static const char *const usual[] = {"SCR", "BL"};
    ptrdiff_t screening = als_protocol_instrument(protocol, "screening");
    for (size_t i = 0; screening >= 0 && i < protocol->n_visits; i++) {
        if (assesses(protocol, i, screening))
            return i;
    }
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        ptrdiff_t visit = als_protocol_visit(protocol, usual[i]);
        if (visit >= 0)
            return (size_t)visit;
    }
    return 0;
}

bool als_screening_repeats(const struct als_criterion *criterion)
{
    return criterion->evaluate_at && strcmp(criterion->evaluate_at, "each infusion") == 0;
}

bool als_screening_is_point(const struct als_protocol *protocol,
                            const struct als_criterion *criterion, size_t visit)
{
    if (als_screening_repeats(criterion))
        return protocol->visits[visit].infusion_number > 0;
    if (criterion->evaluate_at)
        return strcmp(protocol->visits[visit].code, criterion->evaluate_at) == 0;
    return visit == als_screening_visit(protocol);
}

const char *als_screening_when(const struct als_protocol *protocol,
                               const struct als_criterion *criterion)
{
    if (als_screening_repeats(criterion))
        return "each visit with an infusion";
    return criterion->evaluate_at ? criterion->evaluate_at
                                  : protocol->visits[als_screening_visit(protocol)].code;
}

/* A visit at which some cohorts have an infusion asks the others nothing about it. */
bool als_screening_asks(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                        const struct als_criterion *criterion, size_t visit)
{
    const struct als_cohort *cohort =
        facts->cohort ? als_protocol_cohort(protocol, facts->cohort) : NULL;
    return als_screening_is_point(protocol, criterion, visit) &&
           !(als_screening_repeats(criterion) && cohort &&
             protocol->visits[visit].infusion_number > cohort->n_doses);
}

static size_t count_criteria(const struct als_protocol *protocol,
                             const struct als_patient_facts *facts, size_t visit)
{
    size_t n = 0;
    for (size_t i = 0; i < protocol->n_criteria; i++)
        n += als_screening_asks(protocol, facts, &protocol->criteria[i], visit);
    return n;
}

static size_t infusions_of(const struct als_patient_facts *facts)
{
    size_t n = 0;
    for (size_t i = 0; i < facts->n_events; i++)
        n += strcmp(facts->events[i].event, "infusion") == 0;
    return n;
}

/* A visit whose window opens by the plan alone is not near while the infusion before it has not
 * been given. */
static enum als_point_time time_of(const struct als_visit_row *row,
                                   const struct als_patient_facts *facts, bool is_screening)
{
    if (is_screening)
        return ALS_POINT_NOW;
    if (row->status == ALS_VISIT_NOT_APPLICABLE)
        return ALS_POINT_NEVER;
    bool open = row->status != ALS_VISIT_UNSCHEDULED && row->status != ALS_VISIT_PLANNED;
    return open && infusions_of(facts) + 1 >= row->plan->infusion_number ? ALS_POINT_NOW
                                                                         : ALS_POINT_LATER;
}

/* Nobody is screened before consent: a visit with an earlier day has it from a historical record.
 */
static int not_before_consent(const struct als_patient_facts *facts, int day)
{
    for (size_t i = 0; i < facts->n_events; i++) {
        int consent = als_date_first_day(facts->events[i].date);
        if (strcmp(facts->events[i].event, "consent") == 0 && consent > day)
            return consent;
    }
    return day;
}

size_t als_screening_points(const struct als_protocol *protocol,
                            const struct als_patient_facts *facts, int today,
                            struct als_arena *arena, struct als_screen_point *points)
{
    struct als_visit_row *rows =
        als_arena_array(arena, protocol->n_visits + facts->n_visits, sizeof *rows);
    als_schedule_build(protocol, facts, today, rows);
    size_t n = 0;
    for (size_t v = 0; v < protocol->n_visits; v++) {
        size_t n_criteria = count_criteria(protocol, facts, v);
        if (!n_criteria)
            continue;
        bool done = rows[v].actual != ALS_NO_DAY && rows[v].actual <= today;
        points[n++] = (struct als_screen_point){
            .visit = protocol->visits[v].code,
            .plan = v,
            .day = done ? not_before_consent(facts, rows[v].actual) : today,
            .done = done,
            .time = time_of(&rows[v], facts, v == als_screening_visit(protocol)),
            .n_criteria = n_criteria};
    }
    return n;
}
