/* Totals of a form while it is filled in. */
#include <math.h>
#include <string.h>

#include "form_int.h"

/* The most that an answer to the item can add; NAN when there is no limit. */
static double most(const struct als_item *item)
{
    double greatest = -INFINITY;
    if (item->type == ALS_ITEM_YESNO)
        return 1;
    if (item->type != ALS_ITEM_CHOICE)
        return item->has_max ? item->max : (double)NAN;
    for (size_t i = 0; i < item->n_choices; i++)
        greatest = fmax(greatest, (double)item->choices[i].number);
    return item->numeric_choice ? greatest : (double)NAN;
}

struct tally {
    double sum, open; /* of answers; the most that the others can add */
    size_t answered;
};

static void add_items(const struct als_form *form, const size_t *items, size_t n, double weight,
                      struct tally *tally)
{
    for (size_t i = 0; i < n; i++) {
        double number;
        if (als_value_number(&form->values[items[i]], &number)) {
            tally->sum += weight * number;
            tally->answered++;
        } else if (!form->reasons[items[i]]) {
            tally->open += weight * most(&form->instrument->items[items[i]]);
        }
    }
}

void als_form_score(struct als_form *form, size_t index, struct als_form_score *out)
{
    form_compose(form);
    const struct als_score *score = &form->instrument->scores[index];
    const struct als_score_value value =
        als_score_compute(form->instrument, index, form->values, form->known.person);
    struct tally tally = {0, 0, 0};
    add_items(form, score->items, score->n_items, 1, &tally);
    if (score->n_mean_items)
        add_items(form, score->mean_items, score->n_mean_items, 1 / (double)score->n_mean_items,
                  &tally);
    const bool sum = score->kind == ALS_SCORE_SUM && tally.answered;
    *out = (struct als_form_score){
        .score = score,
        .value = value.value,
        .source = value.source,
        .so_far = sum ? tally.sum : (double)NAN,
        .reachable = sum ? tally.sum + tally.open : (double)NAN,
        .greatest = score->max,
        .answered = tally.answered,
        .items = score->n_items + score->n_mean_items,
    };
}

static void put_number(struct als_buf *out, double value)
{
    als_buf_printf(out, "%.*f", value == floor(value) ? 0 : 1, value);
}

/* "38/48", "5/12 so far", "76.6 %", "-". */
static void put_score(const struct als_form_score *score, struct als_buf *out)
{
    const bool points = isfinite(score->greatest) && score->score->unit &&
                        strcmp(score->score->unit, "points") == 0;
    const double value = isnan(score->value) ? score->so_far : score->value;
    if (isnan(value)) {
        als_buf_char(out, '-');
        return;
    }
    put_number(out, value);
    if (points)
        als_buf_printf(out, "/%.0f", score->greatest);
    else if (score->score->unit)
        als_buf_printf(out, " %s", score->score->unit);
    if (isnan(score->value))
        als_buf_text(out, " so far");
}

void als_form_total(struct als_form *form, struct als_buf *out)
{
    const struct als_instrument *instrument = form->instrument;
    const ptrdiff_t main_score =
        instrument->main_score ? als_instrument_score(instrument, instrument->main_score) : -1;
    struct als_form_score total;
    if (main_score < 0)
        return;
    als_form_score(form, (size_t)main_score, &total);
    als_buf_printf(out, "%s ", total.score->kind == ALS_SCORE_SUM ? "Total" : total.score->label);
    if (isnan(total.value) && !isnan(total.so_far)) {
        put_number(out, total.so_far);
        als_buf_printf(out, " so far (%zu of %zu)", total.answered, total.items);
        if (isfinite(total.reachable)) {
            als_buf_text(out, ", at most ");
            put_number(out, total.reachable);
            als_buf_printf(out, " of %.0f", total.greatest);
        }
        return;
    }
    put_score(&total, out);
}

void als_form_domains(struct als_form *form, struct als_buf *out)
{
    for (size_t i = 0; i < form->instrument->n_scores; i++) {
        struct als_form_score score;
        if (!form->instrument->scores[i].domain)
            continue;
        als_form_score(form, i, &score);
        als_buf_printf(out, "%s%s ", out->length ? " | " : "", score.score->label);
        put_score(&score, out);
    }
}

void als_form_status(struct als_form *form, struct als_buf *out)
{
    struct als_buf domains;
    als_buf_init(&domains, out->maximum);
    als_form_total(form, out);
    als_form_domains(form, &domains);
    als_buf_printf(out, "%s%s", out->length && domains.length ? " | " : "", domains.data);
    als_buf_release(&domains);
}
