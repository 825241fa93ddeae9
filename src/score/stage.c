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

/* Items that King's stages look at, by region. */
enum { REGION_ITEMS = 3 };
const char *const als_stage_region_names[ALS_STAGE_REGIONS] = {"bulbar", "upper", "lower"};
static const char *const region_items[ALS_STAGE_REGIONS][REGION_ITEMS] = {
    {"speech", "salivation", "swallowing"}, {"handwriting", "cutting", NULL}, {"walking"}};

/* 1 when an item of the region is below 4, 0 when none is, -1 when one that is missing could be. */
static int is_involved(const struct als_stage_input *input, size_t region)
{
    bool missing = false;
    for (size_t i = 0; i < REGION_ITEMS && region_items[region][i]; i++) {
        int points = answer(input, region_items[region][i]);
        if (points >= 0 && points < 4)
            return 1;
        missing |= points < 0;
    }
    return missing ? -1 : 0;
}

unsigned als_stage_involved(const struct als_stage_input *input)
{
    unsigned involved = 0;
    for (size_t i = 0; i < ALS_STAGE_REGIONS; i++)
        if (is_involved(input, i) == 1)
            involved |= 1u << i;
    return involved;
}

static bool asks_all_items(const struct als_stage_input *input)
{
    for (size_t region = 0; region < ALS_STAGE_REGIONS; region++)
        for (size_t i = 0; i < REGION_ITEMS && region_items[region][i]; i++)
            if (answer(input, region_items[region][i]) < 0)
                return false;
    return true;
}

bool als_stage_gastrostomy(const struct als_stage_input *input)
{
    return input->gastrostomy || used_form_b(input);
}

int als_stage_ventilation(const struct als_stage_input *input)
{
    int dyspnea = answer(input, "dyspnea"), support = answer(input, "respiratory_insufficiency");
    if (dyspnea == 0 || (support >= 0 && support < 4))
        return 1;
    return dyspnea < 0 || support < 0 ? -1 : 0;
}

enum als_kings als_stage_kings(const struct als_stage_input *input)
{
    if (input->dead)
        return ALS_KINGS_5;
    int ventilation = als_stage_ventilation(input);
    if (ventilation < 0)
        return ALS_KINGS_UNKNOWN;
    if (ventilation)
        return ALS_KINGS_4B;
    if (als_stage_gastrostomy(input))
        return ALS_KINGS_4A;
    if (!asks_all_items(input))
        return ALS_KINGS_UNKNOWN;
    int regions = 0;
    for (size_t i = 0; i < ALS_STAGE_REGIONS; i++)
        regions += is_involved(input, i) == 1;
    return (enum als_kings)regions;
}

/* The domain of breathing is lost; -1 when it cannot be told. ALSFRS has one item for it. */
static int lost_breathing(const struct als_stage_input *input)
{
    if (input->instrument && als_instrument_item(input->instrument, "breathing") >= 0) {
        int breathing = answer(input, "breathing");
        return breathing < 0 ? -1 : breathing <= 1;
    }
    int dyspnea = answer(input, "dyspnea"), support = answer(input, "respiratory_insufficiency");
    if (dyspnea < 0 || support < 0)
        return -1;
    return dyspnea <= 1 || support <= 2;
}

int als_stage_mitos(const struct als_stage_input *input, bool communicating_or)
{
    if (input->dead)
        return 5;
    int walking = answer(input, "walking"), dressing = answer(input, "dressing");
    int swallowing = answer(input, "swallowing");
    int speech = answer(input, "speech"), handwriting = answer(input, "handwriting");
    int breathing = lost_breathing(input);
    if (walking < 0 || dressing < 0 || swallowing < 0 || speech < 0 || handwriting < 0 ||
        breathing < 0)
        return -1;
    int movement = walking <= 1 || dressing <= 1;
    int communicating =
        communicating_or ? speech <= 1 || handwriting <= 1 : speech <= 1 && handwriting <= 1;
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
