/*
 * How many patients are at each stage at each visit, and how often one stage follows another.
 */
#ifndef ALSTRACK_ANALYSIS_STAGE_COUNTS_H
#define ALSTRACK_ANALYSIS_STAGE_COUNTS_H

#include "alstrack/analysis/table.h"
#include "groups.h"
#include "stage_series.h"

enum stage_scale { STAGE_KINGS, STAGE_MITOS, STAGE_FT9, STAGE_SCALES };
#define STAGE_LEVELS 8 /* most stages of a scale, and one more for what cannot be told */

/* Patients of one visit and group. */
struct stage_cell {
    size_t patients;
    size_t at[STAGE_SCALES][STAGE_LEVELS];
};

struct stage_counts {
    const struct als_groups *groups;
    bool revised; /* ALSFRS-R: King's and FT9 stages beside MiToS */
    struct stage_cell *
        *cells; /* by number of the visit, 0 for death; NULL, or one per group; owned */
    size_t (*moves)[STAGE_SCALES][STAGE_LEVELS][STAGE_LEVELS]; /* per group, from and to; owned */
};

void stage_counts_begin(struct stage_counts *counts, const struct als_groups *groups, bool revised);
void stage_counts_end(struct stage_counts *counts);

/* A patient counts once at a visit: with the highest stage that one of several raters found. */
void stage_counts_take(struct stage_counts *counts, const struct als_stage_course *course,
                       size_t group);

/* visit,group,patients,kings_0 … kings_5,kings_unknown,mitos_0 …,ft9_0 …; the row without a visit
 * counts deaths. */
struct als_table *stage_counts_table(const struct stage_counts *counts,
                                     const struct als_store *store, const char *by);
/* group,scale,from,to,transitions: from each assessment with a stage to the next one, or death. */
struct als_table *stage_counts_moves(const struct stage_counts *counts, const char *by);

#endif
