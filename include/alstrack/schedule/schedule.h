/*
 * When each visit of one patient is due, and how it went. Pure: a protocol and what is known of the
 * patient go in, one row per planned visit comes out. No I/O, no clock: "today" is a parameter.
 *
 * target  = anchor day + offset; ALS_NO_DAY while the anchor is not known.
 * window  = target - before .. target + after, both ends inside.
 * offset  = actual - target in days; outside_days is 0 inside the window, else the signed distance
 *           to its nearer end (-1 = one day early).
 *
 * An anchor on an event or infusion is never guessed from a plan; an anchor on a visit is its
 * actual date, and its target until it is done.
 *
 * While the cohort of a patient is not known, a visit has a target only if it would have the same
 * in every cohort of the protocol.
 *
 * After the event treatment_stopped the infusions received are all that were planned: visits of
 * later ones do not apply, and the last received is the last planned.
 *
 * A visit at which the n-th infusion is given took place on the day of that infusion unless a visit
 * fact says otherwise. A cohort without an n-th infusion has no visits anchored on it and none that
 * exist only to give it; a visit of that kind with assessments stays.
 *
 * After death or withdrawal, visits whose window opens later, or whose anchor is not known, do not
 * apply. What took place is reported as done, whatever the plan says.
 */
#ifndef ALSTRACK_SCHEDULE_SCHEDULE_H
#define ALSTRACK_SCHEDULE_SCHEDULE_H

#include "alstrack/core/buf.h"
#include "alstrack/core/date.h"
#include "alstrack/define/protocol.h"

enum als_visit_status {
    ALS_VISIT_UNSCHEDULED,    /* anchor not known yet */
    ALS_VISIT_PLANNED,        /* the window has not opened */
    ALS_VISIT_DUE,            /* today lies in the window */
    ALS_VISIT_DONE,           /* done inside the window */
    ALS_VISIT_EARLY,          /* done before the window */
    ALS_VISIT_LATE,           /* done after the window */
    ALS_VISIT_MISSED,         /* window closed, or recorded as not done */
    ALS_VISIT_NOT_APPLICABLE, /* window opens after death or withdrawal, or other cohort's visit */
    ALS_VISIT_EXTRA           /* not in the protocol: UNS1, ET */
};
const char *als_visit_status_name(enum als_visit_status status);

/* A visit that took place, or was recorded as not done. */
struct als_visit_fact {
    const char *code;
    int day; /* ALS_NO_DAY when only "not done" is known */
    bool not_done;
};

/* Everything about one patient that the schedule depends on. Borrowed. */
struct als_patient_facts {
    const char *cohort;                  /* NULL: not known, unless the protocol has only one */
    const struct als_event_fact *events; /* in any order */
    size_t n_events;
    const struct als_visit_fact *visits;
    size_t n_visits;
};

struct als_visit_row {
    const struct als_visit_plan *plan; /* NULL for ALS_VISIT_EXTRA */
    const char *code;                  /* borrowed from plan or facts */
    enum als_visit_status status;
    int target, window_from, window_to; /* ALS_NO_DAY when unknown */
    int actual;                         /* ALS_NO_DAY when not done */
    int offset_days, outside_days;      /* valid when target and actual are known */
    int gap_days;           /* since the visit before it that took place; -1 when there is none */
    bool gap_too_long;      /* more than the protocol allows */
    bool anchor_is_target;  /* target hangs on another visit's target, not yet on its date */
    bool anchor_is_partial; /* target hangs on a partial date */
    bool needs_cohort;      /* no target, because the patient's cohort is not known */
};

/* Write protocol->n_visits rows in protocol order, then one per extra visit in order of date.
 * rows must have room for n_visits of both. Returns the number of rows. */
size_t als_schedule_build(const struct als_protocol *protocol,
                          const struct als_patient_facts *facts, int today,
                          struct als_visit_row *rows);

/* The day that a form may propose for what is done at a visit: that of the visit, today while it is
 * due, else ALS_NO_DAY: then people must say. */
int als_schedule_propose_day(const struct als_visit_row *row, int today);

/* The target of one visit (index into protocol->visits), as als_schedule_build gives it. */
int als_schedule_target(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                        size_t visit);

/* "infusion 1 + 91 days": when a visit is due, in words; in the arena. */
const char *als_schedule_due_text(struct als_arena *arena, const struct als_protocol *protocol,
                                  const struct als_visit_plan *visit);

/* What a visit hangs on in the end, through the visits in between: an event or an infusion. */
const struct als_anchor *als_schedule_root(const struct als_protocol *protocol, size_t visit);

/* Does an infusion on `day`, which is one of the facts, keep to the plan of the patient's cohort?
 */
enum als_dose_check {
    ALS_DOSES_FINE,
    ALS_DOSES_TOO_MANY, /* more infusions than planned */
    ALS_DOSES_TOO_CLOSE /* less than half the planned interval to another one */
};
struct als_dose_plan {
    size_t received, planned; /* planned: the most of any cohort while it is not known */
    int interval_days;        /* planned; the shortest while the cohort is not known; 0 = none */
};
enum als_dose_check als_schedule_check_dose(const struct als_protocol *protocol,
                                            const struct als_patient_facts *facts, int day,
                                            struct als_dose_plan *plan);

/* The day an anchor stands for, or ALS_NO_DAY. */
int als_schedule_anchor_day(const struct als_protocol *protocol,
                            const struct als_patient_facts *facts, const struct als_anchor *anchor);

/* Day 0 of the patient's analyses: the protocol's time zero, else the actual date of the D0 or BL
 * visit, else ALS_NO_DAY (the caller then takes the first assessment). */
int als_schedule_time_zero(const struct als_protocol *protocol,
                           const struct als_patient_facts *facts);

/* Last day on which visits apply: death or withdrawal, the earlier; ALS_NO_DAY if neither. */
int als_schedule_end_of_participation(const struct als_patient_facts *facts);

/* The planned visit that took place on `day`, else the one whose window holds it, for which
 * taken[visit] is false, closest to target first, the earlier on a tie; -1 if there is none. Visits
 * that do not apply are left out. taken may be NULL. */
ptrdiff_t als_schedule_match(const struct als_visit_row *rows, size_t n_rows, const bool *taken,
                             int day);

/* The planned visit that what was measured at an early-termination visit on `day` stands for: the
 * one with the nearest target, the earlier on a tie, for which taken[visit] is false; -1 if there
 * is none. taken may be NULL: then visits that took place are, and those that assess nothing. Both
 * are kept; the plan does not change. */
ptrdiff_t als_schedule_stand_in(const struct als_visit_row *rows, size_t n_rows, const bool *taken,
                                int day);
bool als_visit_is_termination(const char *code); /* ET, ET2 … */

/* Append a VEVENT for each row that is planned or due (RFC 5545, CRLF, lines folded at 75 octets):
 * it covers the window, the target is in its description. begin and end write the calendar around
 * them. Stable UID: study-patient-visit. No names, no diagnosis. `stamp` is a UTC time as
 * YYYYMMDDTHHMMSSZ. */
void als_ics_begin(struct als_buf *out);
void als_ics_visits(struct als_buf *out, const char *study, const char *patient,
                    const struct als_visit_row *rows, size_t n_rows, const char *stamp);
void als_ics_end(struct als_buf *out);

#endif
