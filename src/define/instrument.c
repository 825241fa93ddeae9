/* Looking things up in an instrument. */
#include "alstrack/define/instrument.h"

#include <math.h>
#include <string.h>

ptrdiff_t als_instrument_item(const struct als_instrument *instrument, const char *code)
{
    for (size_t i = 0; i < instrument->n_items; i++)
        if (strcmp(instrument->items[i].code, code) == 0)
            return (ptrdiff_t)i;
    return -1;
}

ptrdiff_t als_instrument_score(const struct als_instrument *instrument, const char *code)
{
    for (size_t i = 0; i < instrument->n_scores; i++)
        if (strcmp(instrument->scores[i].code, code) == 0)
            return (ptrdiff_t)i;
    return -1;
}

bool als_item_is_numeric(const struct als_item *item)
{
    return item->type == ALS_ITEM_INTEGER || item->type == ALS_ITEM_NUMBER ||
           item->type == ALS_ITEM_YESNO || (item->type == ALS_ITEM_CHOICE && item->numeric_choice);
}

bool als_score_is_own(const struct als_score *score)
{
    return score->kind == ALS_SCORE_SUM || score->kind == ALS_SCORE_MEAN ||
           score->kind == ALS_SCORE_COPY;
}

bool als_name_looks_back(const char *name)
{
    return strncmp(name, "previous.", 9) == 0 || strncmp(name, "change.", 7) == 0 ||
           strcmp(name, "months") == 0 || strcmp(name, "rater.changed") == 0;
}

bool als_rule_looks_back(const struct als_rule *rule)
{
    for (size_t i = 0; i < rule->when->n_names; i++)
        if (als_name_looks_back(rule->when->names[i]))
            return true;
    return false;
}

void als_instrument_free(struct als_instrument *instrument)
{
    if (instrument)
        als_arena_free(instrument->arena);
}

void als_item_bounds(const struct als_item *item, double *min, double *max)
{
    *min = item->has_min ? item->min : -INFINITY;
    *max = item->has_max ? item->max : INFINITY;
    if (item->type == ALS_ITEM_YESNO) {
        *min = 0;
        *max = 1;
    }
    if (item->type != ALS_ITEM_CHOICE || !item->numeric_choice || item->n_choices == 0)
        return;
    *min = INFINITY;
    *max = -INFINITY;
    for (size_t i = 0; i < item->n_choices; i++) {
        *min = fmin(*min, (double)item->choices[i].number);
        *max = fmax(*max, (double)item->choices[i].number);
    }
}

/* A percentage of a prediction is at least 0; other scores without a range may be anything. */
void als_score_bounds(const struct als_score *score, double *min, double *max)
{
    bool percent = score->kind > ALS_SCORE_COPY;
    bool known = score->min < score->max;
    *min = known ? score->min : percent ? 0 : -INFINITY;
    *max = known ? score->max : INFINITY;
}
