/* King's, MiToS and FT9 stages. */
#include "alstrack/score/stage.h"

#include <math.h>
#include <string.h>

/* FT9 counts domains of 0 to 12 points; the single breathing item of ALSFRS is not one. */
enum { DOMAIN_ITEMS = 3 };

/* The answer to an item, or -1 when it is missing or the instrument does not ask it. */
static int answer(const struct als_stage_input *input, const char *code)
{
    double number;
    ptrdiff_t item = input->instrument ? als_instrument_item(input->instrument, code) : -1;
    if (item < 0 || !input->values || !als_value_number(&input->values[item], &number))
        return -1;
    return (int)number;
}

static bool used_form_b(const struct als_stage_input *input)
{
    ptrdiff_t item =
        input->instrument ? als_instrument_item(input->instrument, "cutting_form") : -1;
    if (item < 0 || !input->values)
        return false;
    const struct als_value *form = &input->values[item];
    return form->kind == ALS_VALUE_TEXT && form->length == 1 && form->text[0] == 'b';
}

const char *als_kings_name(enum als_kings stage)
{
    static const char *const names[] = {"0", "1", "2", "3", "4A", "4B", "5"};
    return stage < ALS_KINGS_0 || stage > ALS_KINGS_5 ? "" : names[stage];
}

static enum als_kings involved_regions(const struct als_stage_input *input)
{
    int speech = answer(input, "speech"), salivation = answer(input, "salivation");
    int swallowing = answer(input, "swallowing"), handwriting = answer(input, "handwriting");
    int cutting = answer(input, "cutting"), walking = answer(input, "walking");
    if (speech < 0 || salivation < 0 || swallowing < 0 || handwriting < 0 || cutting < 0 ||
        walking < 0)
        return ALS_KINGS_UNKNOWN;
    int bulbar = speech < 4 || salivation < 4 || swallowing < 4;
    int upper = handwriting < 4 || cutting < 4;
    int lower = walking < 4;
    return (enum als_kings)(bulbar + upper + lower);
}

enum als_kings als_stage_kings(const struct als_stage_input *input)
{
    if (input->dead)
        return ALS_KINGS_5;
    int dyspnea = answer(input, "dyspnea"), support = answer(input, "respiratory_insufficiency");
    if (dyspnea < 0 || support < 0)
        return ALS_KINGS_UNKNOWN;
    if (dyspnea == 0 || support < 4)
        return ALS_KINGS_4B;
    if (input->gastrostomy || used_form_b(input))
        return ALS_KINGS_4A;
    return involved_regions(input);
}

int als_stage_mitos(const struct als_stage_input *input, bool communicating_or)
{
    if (input->dead)
        return 5;
    int walking = answer(input, "walking"), dressing = answer(input, "dressing");
    int swallowing = answer(input, "swallowing");
    int speech = answer(input, "speech"), handwriting = answer(input, "handwriting");
    int dyspnea = answer(input, "dyspnea"), support = answer(input, "respiratory_insufficiency");
    if (walking < 0 || dressing < 0 || swallowing < 0 || speech < 0 || handwriting < 0 ||
        dyspnea < 0 || support < 0)
        return -1;
    int movement = walking <= 1 || dressing <= 1;
    int communicating =
        communicating_or ? speech <= 1 || handwriting <= 1 : speech <= 1 && handwriting <= 1;
    int breathing = dyspnea <= 1 || support <= 2;
    return movement + (swallowing <= 1) + communicating + breathing;
}

int als_stage_ft9(const struct als_stage_input *input)
{
    static const char *const domains[] = {"bulbar", "fine_motor", "gross_motor", "respiratory"};
    if (input->dead)
        return 5;
    if (!input->instrument || !input->values)
        return -1;
    int stage = 0;
    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
        ptrdiff_t score = als_instrument_score(input->instrument, domains[i]);
        if (score < 0 || input->instrument->scores[score].n_items != DOMAIN_ITEMS)
            return -1;
        struct als_score_value domain =
            als_score_compute(input->instrument, (size_t)score, input->values, NULL);
        if (isnan(domain.value))
            return -1;
        stage += domain.value <= 9;
    }
    return stage;
}
