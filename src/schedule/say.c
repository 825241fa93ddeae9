/* When a visit is due, in words. */
#include "alstrack/schedule/schedule.h"

const char *als_schedule_due_text(struct als_arena *arena, const struct als_protocol *protocol,
                                  const struct als_visit_plan *visit)
{
    const struct als_anchor *anchor = &visit->anchor;
    const char *base = "last planned infusion";
    if (anchor->kind == ALS_ANCHOR_EVENT)
        base = anchor->event;
    else if (anchor->kind == ALS_ANCHOR_INFUSION)
        base = als_arena_printf(arena, "infusion %zu", anchor->number);
    else if (anchor->kind == ALS_ANCHOR_VISIT)
        base = protocol->visits[anchor->visit].code;
    int n = visit->offset;
    if (n == 0)
        return base;
    const char *unit = visit->in_months ? "month" : "day";
    return als_arena_printf(arena, "%s %c %d %s%s", base, n < 0 ? '-' : '+', n < 0 ? -n : n, unit,
                            n == 1 || n == -1 ? "" : "s");
}
