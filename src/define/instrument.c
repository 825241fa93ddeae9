/* Looking things up in an instrument. */
#include "alstrack/define/instrument.h"

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

bool als_score_is_own(const struct als_score *score)
{
    return score->kind == ALS_SCORE_SUM || score->kind == ALS_SCORE_MEAN ||
           score->kind == ALS_SCORE_COPY;
}

void als_instrument_free(struct als_instrument *instrument)
{
    if (instrument)
        als_arena_free(instrument->arena);
}
