/* Conditions of a form, judged by the engine that judges rules. */
#include <math.h>
#include <stdlib.h>

#include "form_int.h"

/* The assessment that `values` belong to, as the engine takes it. What happened is dated on its
 * day.
 */
enum als_truth form_truth(const struct als_form *form, const struct als_value *values,
                          const struct als_expr *expr)
{
    const struct als_form_known *known = &form->known;
    const struct als_person nobody = {ALS_SEX_UNKNOWN, (double)NAN, (double)NAN, ALS_FVC_NONE};
    const int day = form->head.day == ALS_NO_DAY ? 0 : form->head.day;
    struct als_sitting previous = {.values = known->previous,
                                   .day = known->previous_day,
                                   .rater = known->previous_rater,
                                   .person = known->person ? *known->person : nobody};
    struct als_judge_input input = {
        .now = {.values = values,
                .day = day,
                .mode = form->head.mode,
                .rater = form->head.rater,
                .person = previous.person},
        .previous = known->previous && values != known->previous ? &previous : NULL,
        .n_events = known->n_events};
    struct als_event_fact *events = als_alloc_array(known->n_events + 1, sizeof *events);
    for (size_t i = 0; i < known->n_events; i++)
        events[i] = (struct als_event_fact){known->events[i], {day, ALS_PRECISION_DAY}};
    input.events = events;
    const enum als_truth truth = als_judge_condition(form->judge, expr, &input);
    free(events);
    return truth;
}
