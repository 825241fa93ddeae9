/*
 * What a rule says of something recorded. Rules are judged in one place each (schedule/oddity.h for
 * dates, score/judge.h for assessments), and every way into the study shows the same verdicts.
 *
 *     hard  refused: what was given is not stored
 *     soft  stored, with a reason typed or a query opened
 *     info  listed
 */
#ifndef ALSTRACK_DEFINE_VERDICT_H
#define ALSTRACK_DEFINE_VERDICT_H

#include <stddef.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/date.h"
#include "alstrack/define/instrument.h"

struct als_verdict {
    const char *code; /* of the rule: STAIRS_WITHOUT_WALKING, W-AFTER-DEATH */
    enum als_rule_level level;
    ptrdiff_t item;      /* of the instrument, at which it points; -1: the record as a whole */
    double score;        /* of a rule about no item: the first score that it names; else NAN */
    const char *message; /* one line, with the values that it is about */
    const char *hint;    /* static; NULL if there is none */
};

/* Texts and entries live in the arena. Start with {.arena = arena}. */
struct als_verdict_list {
    struct als_arena *arena;
    struct als_verdict *items;
    size_t count, room;
};

__attribute__((format(printf, 5, 6))) void als_verdict_add(struct als_verdict_list *list,
                                                           const char *code,
                                                           enum als_rule_level level,
                                                           ptrdiff_t item, const char *format, ...);
void als_verdict_hint(struct als_verdict_list *list, const char *hint); /* of the last one */

/* The first with that code and item; NULL if there is none. */
const struct als_verdict *als_verdict_find(const struct als_verdict_list *list, const char *code,
                                           ptrdiff_t item);

/* Days between which something can have been done with a patient, partial dates in favour of the
 * record; ALS_NO_DAY where not known. */
struct als_day_limits {
    int birth_first;   /* first day on which birth may have been */
    int death_last;    /* last day on which death may have been */
    int consent_first; /* first day on which consent may have been given */
    int today;         /* ALS_NO_DAY: the future is not judged */
};
/* Where a day is written down it may be that much ahead of the day where it is checked. */
#define ALS_CLOCK_DAYS 1
/* W-BEFORE-BIRTH, W-AFTER-DEATH, W-FUTURE and, unless limits->consent_first is ALS_NO_DAY,
 * W-BEFORE-CONSENT. `what` is "an assessment", "a visit". */
void als_verdict_day(struct als_verdict_list *list, const char *what, int day,
                     const struct als_day_limits *limits);
/* W-WINDOW, when the day lies outside; from ALS_NO_DAY: there is no window. */
void als_verdict_window(struct als_verdict_list *list, int day, const char *visit, int from,
                        int to);

extern const char *const als_level_names[]; /* by enum als_rule_level: hard, soft, info */

#endif
