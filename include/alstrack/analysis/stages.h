/*
 * King's, MiToS and FT9 stages of every visit, and counted: design section 6, `analyze stages`.
 */
#ifndef ALSTRACK_ANALYSIS_STAGES_H
#define ALSTRACK_ANALYSIS_STAGES_H

#include "alstrack/analysis/result.h"
#include "alstrack/store/record.h"

struct als_stages_options {
    const char *patient; /* NULL: all */
    const char *by;      /* patient factor, one more column; NULL: none */
    bool mitos_or;       /* communicating is lost with speech OR handwriting, instead of both */
    bool kings_from_1;   /* King's stage 0 counts as 1 */
};

/* Parts: `stages` (main), `counts` and `transitions`.
 *
 * stages: one row per done ALSFRS-R and one for death, in order of day:
 * patient[,group],visit,rater,date,
 * kings,kings_rule,mitos,mitos_rule,ft9,gastrostomy,kings_highest,mitos_highest,kings_4a,kings_4b,
 * ft9_highest. kings_rule says what decided: the regions that are involved, gastrostomy,
 * ventilation (dyspnea 0 or respiratory insufficiency below 4), or death. gastrostomy: an event on
 * or before the date, or the 5b form was used. kings_4a and kings_4b tell whether what makes the
 * one and the other is there, as the stage itself can be only one of them. The highest stage so far
 * never goes down. A stage that cannot be told is missing.
 *
 * In a study with ALSFRS instead there is MiToS by analogy (breathing at most 1) and no other
 * stage; with neither only deaths have a stage. Notes say so.
 *
 * counts: visit,group,patients, then patients at each stage (kings_0 … kings_4b,kings_5,
 * kings_unknown,mitos_0 …,ft9_0 …); a patient counts once at a visit, with the highest stage that
 * several raters found; the row without a visit counts deaths. transitions: group,scale,from,to,
 * transitions: from each visit with a stage to the patient's next one, or death. */
ALS_CHECKED enum als_status als_analyze_stages(struct als_store *store,
                                               const struct als_stages_options *options,
                                               struct als_result *out, struct als_err *err);

#endif
