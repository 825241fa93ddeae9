/*
 * Shared by the files that make the eligibility worksheet.
 */
#ifndef ALSTRACK_STORE_SCREENING_INT_H
#define ALSTRACK_STORE_SCREENING_INT_H

#include "alstrack/define/known.h"
#include "alstrack/schedule/oddity.h"
#include "alstrack/store/scan.h"
#include "alstrack/store/screening.h"
#include "store_int.h"

/* One instrument that criteria ask for: its cursor, and the row that it holds. */
struct als_screen_scale {
    const struct als_instrument *instrument;
    struct als_scan *scan;
    const struct als_assessment *ahead; /* NULL at the end */
};

/* A name that criteria use, and where its value comes from. */
struct als_screen_field {
    const char *name;
    struct als_known_source source;
    ptrdiff_t scale; /* index into scales, -1 when no stored instrument gives it */
    ptrdiff_t item, score;
};

struct als_screening {
    struct als_store *store;
    int today;
    struct als_arena *arena; /* as long as this */
    struct als_patient_list patients;
    size_t next_patient;
    struct als_event_list events;
    struct als_visit_list visits;
    struct als_answer_list answers;
    size_t event_at, visit_at, answer_at;
    struct als_screen_field *fields;
    size_t n_fields;
    struct als_screen_scale *scales;
    size_t n_scales;
};

/* Assessments of one instrument of one patient. */
struct als_screen_series {
    struct als_assessment *items;
    size_t count;
};

/* One patient, gathered. */
struct als_screen_case {
    const struct als_screening *screening;
    struct als_arena *arena; /* the caller's */
    const struct als_patient *patient;
    const struct als_event *events;
    size_t n_events;
    struct als_patient_facts facts;
    const struct als_screen_series *series; /* [scale] */
    const struct als_answer *answers;
    size_t n_answers;
    const struct als_screen_point *point; /* at which facts are asked for */
};

/* ---- screening_point.c: when criteria are evaluated ---- */

/* Is the criterion evaluated at that visit (index into protocol->visits)? */
bool als_screening_is_point(const struct als_protocol *protocol,
                            const struct als_criterion *criterion, size_t visit);
bool als_screening_repeats(const struct als_criterion *criterion); /* at each infusion */
/* The same for one patient: a cohort without that infusion is not asked about it. */
bool als_screening_asks(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                        const struct als_criterion *criterion, size_t visit);
/* For messages: "SCR", "each visit with an infusion". */
const char *als_screening_when(const struct als_protocol *protocol,
                               const struct als_criterion *criterion);
/* The points of a patient; returns how many. points has room for protocol->n_visits. */
size_t als_screening_points(const struct als_protocol *protocol,
                            const struct als_patient_facts *facts, int today,
                            struct als_arena *arena, struct als_screen_point *points);

/* ---- screening_fact.c: what is known, from where, and what would settle it ---- */

struct als_screen_found {
    struct als_fact fact;
    const char *source; /* "" when nothing was found */
    const char *needs;  /* what to record when it is not known or known too loosely */
    bool is_yesno, is_days_since;
};
struct als_screen_found als_screening_find(const struct als_screen_case *one, const char *name);
/* The fact for people, with its unit (may be NULL). near: a limit that rounding must not reach. */
const char *als_screening_say(const struct als_screen_found *found, const char *unit, double near,
                              struct als_arena *arena);

/* ---- screening_scale.c: of an instrument's assessments, the one that counts ---- */

/* ALS_MISSING_VALUE and the reason why in found->needs when there is none. */
void als_screening_measure(const struct als_screen_case *one, const struct als_screen_field *field,
                           struct als_screen_found *found);
/* baseline_age_days: the age at the point's day of the oldest measurement that stands for a
 * historical baseline. False when none is historical, or instruments have none: then these are in
 * found->needs. */
bool als_screening_baseline_age(const struct als_screen_case *one, struct als_screen_found *found);

#endif
