/* The rules that every instrument has: items that are asked, and the day. */
#include "judge_int.h"

static enum als_truth applies(struct als_judge *judge, size_t item)
{
    return judge->applies[item].expr ? judge_truth(judge, &judge->applies[item]) : ALS_TRUE;
}

static bool has_reason(const struct als_sitting *now, size_t item)
{
    return now->item_reasons && now->item_reasons[item];
}

void judge_items(struct als_judge *judge, struct als_verdict_list *out)
{
    const struct als_instrument *instrument = judge->instrument;
    const struct als_sitting *now = &judge->input->now;
    struct als_buf missing;
    ptrdiff_t first = -1;
    for (size_t i = 0; i < instrument->n_items; i++) {
        const struct als_item *item = &instrument->items[i];
        const bool answered = now->values[i].kind != ALS_VALUE_MISSING;
        if (answered && !item->applies)
            continue;
        const bool asked = applies(judge, i) != ALS_FALSE;
        if (answered && !asked)
            als_verdict_add(out, "W-NOT-ASKED", ALS_RULE_SOFT, (ptrdiff_t)i,
                            "an answer to an item that does not apply");
        if (answered || !asked || !item->required || has_reason(now, i))
            continue;
        if (first < 0)
            als_buf_init(&missing, 2000);
        else
            als_buf_printf(&missing, "%s%s", missing.length ? ", " : "; nor: ", item->code);
        if (first < 0)
            first = (ptrdiff_t)i;
    }
    if (first < 0)
        return;
    als_verdict_add(out, "W-INCOMPLETE", ALS_RULE_INFO, first,
                    "not answered, and no reason given%s", missing.data);
    als_buf_release(&missing);
}

/* ---- The day ---- */

/* Measured before the study: then its age counts, not consent or the window of the visit that holds
 * it. False when there is no such thing. */
static bool judge_historical(const struct als_judge_input *input, struct als_verdict_list *out)
{
    if (input->study_begins == ALS_NO_DAY || input->now.day >= input->study_begins)
        return false;
    const int age = input->study_begins - input->now.day;
    if (age > input->historical_days)
        als_verdict_add(out, "W-HISTORICAL-OLD", ALS_RULE_SOFT, -1,
                        "measured %d day%s before screening; a baseline may be %d days old", age,
                        age == 1 ? "" : "s", input->historical_days);
    return true;
}

void judge_day(const struct als_judge *judge, struct als_verdict_list *out)
{
    const struct als_judge_input *input = judge->input;
    const int day = input->now.day;
    struct als_day_limits limits = input->limits;
    if (input->other_raters)
        als_verdict_add(out, "W-TWO-RATERS", ALS_RULE_SOFT, -1,
                        "the same visit is stored %s, too: analyses take the mean",
                        input->other_raters);
    if (input->same_day_visit)
        als_verdict_add(out, "W-SAME-DAY", ALS_RULE_SOFT, -1,
                        "on the same day as the one of visit %s", input->same_day_visit);
    const bool historical = judge_historical(input, out);
    if (historical)
        limits.consent_first = ALS_NO_DAY;
    als_verdict_day(out, "an assessment", day, &limits);
    if (!historical && input->visit_day != day)
        als_verdict_window(out, day, input->visit, input->window_from, input->window_to);
}
