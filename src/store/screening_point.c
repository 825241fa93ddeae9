/* At which visits criteria are evaluated. */
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

static bool at_each_infusion(const struct als_criterion *criterion)
{
    return criterion->evaluate_at && strcmp(criterion->evaluate_at, "each infusion") == 0;
}

bool als_screening_is_point(const struct als_protocol *protocol,
                            const struct als_criterion *criterion, size_t visit)
{
    if (at_each_infusion(criterion))
        return protocol->visits[visit].infusion_number > 0;
    if (criterion->evaluate_at)
        return strcmp(protocol->visits[visit].code, criterion->evaluate_at) == 0;
    return visit == als_screening_visit(protocol);
}

const char *als_screening_when(const struct als_protocol *protocol,
                               const struct als_criterion *criterion)
{
    if (at_each_infusion(criterion))
        return "each visit with an infusion";
    return criterion->evaluate_at ? criterion->evaluate_at
                                  : protocol->visits[als_screening_visit(protocol)].code;
}
