/*
 * Disease stages from the items of one ALSFRS-R (or, where said, ALSFRS) assessment.
 *
 * King's, estimated from items: Balendra et al. 2014, Amyotroph Lateral Scler 15:279.
 *   4B if dyspnea = 0 or respiratory_insufficiency < 4; else 4A if there is a gastrostomy; else the
 *   number of regions involved: bulbar (items 1-3 < 4), upper (4 or 5a < 4), lower (8 < 4).
 * MiToS: Chio et al. 2015, J Neurol Neurosurg Psychiatry 86:38, table 1: one point per lost domain;
 *   communicating needs speech AND handwriting <= 1 (some codes use OR: an option). Of ALSFRS, by
 *   analogy, with breathing <= 1 for the domain of breathing.
 * FT9: Thakore et al. 2018: number of domain scores that are 9 or less.
 * Stage 5 is death. -1 = not computable.
 */
#ifndef ALSTRACK_SCORE_STAGE_H
#define ALSTRACK_SCORE_STAGE_H

#include <stdbool.h>

#include "alstrack/define/instrument.h"
#include "alstrack/score/score.h"

enum als_kings {
    ALS_KINGS_UNKNOWN = -1,
    ALS_KINGS_0,
    ALS_KINGS_1,
    ALS_KINGS_2,
    ALS_KINGS_3,
    ALS_KINGS_4A,
    ALS_KINGS_4B,
    ALS_KINGS_5
};
const char *als_kings_name(enum als_kings stage); /* "0" … "4A", "4B", "5"; "" when unknown */

struct als_stage_input {
    const struct als_instrument *instrument; /* alsfrsr, or alsfrs (MiToS only) */
    const struct als_value *values;          /* NULL when dead */
    bool gastrostomy; /* event on or before the date, or the 5b form was used */
    bool dead;
};
enum als_kings als_stage_kings(const struct als_stage_input *input);
int als_stage_mitos(const struct als_stage_input *input, bool communicating_or);
int als_stage_ft9(const struct als_stage_input *input);

/* What makes King's 4A and 4B, each whether or not the other is true; 4B takes precedence. */
bool als_stage_gastrostomy(const struct als_stage_input *input);
int als_stage_ventilation(const struct als_stage_input *input); /* 1, 0; -1: not computable */

/* Regions with a known answer below 4, as bits in this order. */
enum { ALS_STAGE_REGIONS = 3 };
extern const char *const als_stage_region_names[ALS_STAGE_REGIONS]; /* bulbar, upper, lower */
unsigned als_stage_involved(const struct als_stage_input *input);

#endif
