/* Scores of one assessment from its answers. */
#include "alstrack/score/score.h"

#include <math.h>

static const struct als_score_value NO_SCORE = {NAN, ALS_SOURCE_NONE};

struct tally {
    double sum;
    size_t answered;
};

static struct tally add_up(const struct als_value *values, const size_t *items, size_t n)
{
    struct tally tally = {0, 0};
    for (size_t i = 0; i < n; i++) {
        double number;
        if (als_value_number(&values[items[i]], &number)) {
            tally.sum += number;
            tally.answered++;
        }
    }
    return tally;
}

/* A sum or mean of items, completed by the mean of those answered where the score allows it. The
 * part made of mean_items is never completed: it already stands for one item. */
static struct als_score_value from_items(const struct als_score *score,
                                         const struct als_value *values)
{
    struct tally tally = add_up(values, score->items, score->n_items);
    struct tally extra = add_up(values, score->mean_items, score->n_mean_items);
    enum als_score_source source = ALS_SOURCE_COMPUTED;
    if (tally.answered == 0 || extra.answered < score->n_mean_items)
        return NO_SCORE;
    if (tally.answered < score->n_items) {
        if (score->missing == ALS_MISSING_STRICT || tally.answered < score->min_answered)
            return NO_SCORE;
        source = ALS_SOURCE_PRORATED;
    }
    double mean = tally.sum / (double)tally.answered;
    if (score->kind == ALS_SCORE_MEAN)
        return (struct als_score_value){mean, source};
    double value = source == ALS_SOURCE_PRORATED ? mean * (double)score->n_items : tally.sum;
    if (score->n_mean_items)
        value += extra.sum / (double)score->n_mean_items;
    return (struct als_score_value){value, source};
}

static struct als_score_value entered(const struct als_value *value)
{
    double number;
    if (!als_value_number(value, &number))
        return NO_SCORE;
    return (struct als_score_value){number, ALS_SOURCE_ENTERED};
}

static struct als_score_value percent(enum als_fvc_equation equation,
                                      const struct als_value *litres,
                                      const struct als_person *person)
{
    double number;
    if (!person || !als_value_number(litres, &number))
        return NO_SCORE;
    double predicted =
        als_fvc_predicted(equation, person->sex, person->age_years, person->height_cm);
    if (isnan(predicted))
        return NO_SCORE;
    return (struct als_score_value){100 * number / predicted, ALS_SOURCE_COMPUTED};
}

static struct als_score_value percent_by_protocol(const struct als_score *score,
                                                  const struct als_value *values,
                                                  const struct als_person *person)
{
    struct als_score_value computed = NO_SCORE;
    if (person)
        computed = percent(person->equation, &values[score->items[0]], person);
    if (computed.source != ALS_SOURCE_NONE || score->n_items < 2)
        return computed;
    return entered(&values[score->items[1]]);
}

struct als_score_value als_score_compute(const struct als_instrument *instrument, size_t score,
                                         const struct als_value *values,
                                         const struct als_person *person)
{
    const struct als_score *wanted = &instrument->scores[score];
    switch (wanted->kind) {
    case ALS_SCORE_SUM:
    case ALS_SCORE_MEAN:
        return from_items(wanted, values);
    case ALS_SCORE_COPY:
        return entered(&values[wanted->items[0]]);
    case ALS_SCORE_PERCENT_NHANES3:
        return percent(ALS_FVC_NHANES3, &values[wanted->items[0]], person);
    case ALS_SCORE_PERCENT_ECSC:
        return percent(ALS_FVC_ECSC, &values[wanted->items[0]], person);
    case ALS_SCORE_PERCENT_PROTOCOL:
        return percent_by_protocol(wanted, values, person);
    }
    return NO_SCORE;
}
