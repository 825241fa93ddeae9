/* Verdicts on one record of the study. */
#include "alstrack/store/judge.h"

#include <math.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "judge_int.h"

/* The assessment in the place of a stored one of its key, or beside the others. */
static size_t lay_in(struct als_sittings *sittings, const struct als_instrument *instrument,
                     const struct als_assessment *assessment, struct als_arena *arena)
{
    size_t n = 0;
    for (size_t i = 0; i < sittings->count; i++)
        if (sittings->items[i].visit_no != assessment->visit_no ||
            sittings->items[i].rater_no != assessment->rater_no)
            sittings->items[n++] = sittings->items[i];
    sittings->count = n;
    als_sittings_add(sittings, instrument, assessment, arena);
    return n;
}

enum als_status als_judge_assessment(struct als_store *store,
                                     const struct als_instrument *instrument,
                                     const struct als_assessment *assessment, int today,
                                     struct als_verdict_list *out, struct als_err *err)
{
    struct als_case the_case;
    struct als_sittings sittings;
    if (assessment->not_done)
        return ALS_OK;
    enum als_status status =
        als_case_load(store, assessment->patient_id, today, out->arena, &the_case, err);
    if (status == ALS_OK)
        status = als_sittings_load(store, instrument, assessment->patient_id, out->arena, &sittings,
                                   err);
    if (status != ALS_OK)
        return status;
    const size_t index = lay_in(&sittings, instrument, assessment, out->arena);
    struct als_judge *judge = als_judge_new(instrument);
    als_case_judge(&the_case, judge, instrument, &sittings, index, out);
    als_judge_free(judge);
    return ALS_OK;
}

void als_case_judge_event(const struct als_case *the_case, size_t index,
                          struct als_verdict_list *out)
{
    als_event_judge(the_case->store->protocol, &the_case->facts, the_case->birth,
                    the_case->limits.today, &the_case->facts.events[index],
                    the_case->events[index].value, the_case->events[index].unit, out);
}

void als_case_judge_visit(const struct als_case *the_case, size_t index,
                          struct als_verdict_list *out)
{
    static const struct als_day_limits none = {ALS_NO_DAY, ALS_NO_DAY, ALS_NO_DAY, ALS_NO_DAY};
    const struct als_visit *visit = &the_case->visits[index];
    /* The day of a visit that was made from an assessment is that one's, and judged there. */
    if (!visit->not_done)
        als_visit_judge(the_case->rows, the_case->n_rows,
                        the_case->store->protocol->longest_gap_days,
                        the_case->facts.visits[index].code, visit->day, visit->assigned,
                        visit->made ? &none : &the_case->limits, out);
}

void als_case_judge_adverse(const struct als_case *the_case, const struct als_adverse_event *ae,
                            int visit_day, struct als_verdict_list *out)
{
    struct als_date onset = ALS_NO_DATE;
    if (ae->onset)
        (void)als_date_parse(ae->onset, strlen(ae->onset), &onset);
    als_adverse_judge(the_case->store->protocol, &the_case->limits, ae->term, onset, ae->grade,
                      visit_day, out);
}

const char *als_verdict_value(const struct als_instrument *instrument,
                              const struct als_verdict *verdict, const struct als_value *values,
                              struct als_arena *arena)
{
    char text[400], number[ALS_NUM_TEXT];
    if (verdict->item >= 0) {
        if (values[verdict->item].kind == ALS_VALUE_MISSING)
            return NULL;
        als_value_format(&instrument->items[verdict->item], &values[verdict->item], text,
                         sizeof text);
        return als_arena_strdup(arena, text);
    }
    if (isnan(verdict->score))
        return NULL;
    als_num_format(round(100 * verdict->score) / 100, number);
    return als_arena_strdup(arena, number);
}
