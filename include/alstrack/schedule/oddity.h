/*
 * What is odd about a patient's registration, events, visits and adverse events: their dates among
 * each other, and values that look like a slip of the unit. Pure. Everything is accepted; one
 * place, so that a file, the command line, a page and the check of a study say the same.
 *
 *     W-BEFORE-BIRTH    soft  before birth
 *     W-AFTER-DEATH     soft  what only the living do, after death; said of that, not of death
 *     W-FUTURE          soft  after today
 *     W-BEFORE-CONSENT  soft  a visit or an adverse event before consent
 *     W-ORDER           soft  diagnosis or a milestone of the disease before onset; an infusion or
 *                             withdrawal before consent; an adverse event recorded before it began
 *     W-DOSES           soft  more infusions than planned, or too close to each other
 *     W-CELLS           soft  a dose far from the planned one, or outside 1e6 to 5e8 cells
 *     W-HOURS           soft  a value of an event of ventilation that is no hours of a day
 *     W-TERM            info  an adverse event that the protocol names, but spells otherwise
 *     W-PARTIAL         info  visits are counted from an event whose day is not known
 *     W-HEIGHT          soft  outside 120 to 210 cm
 *     W-AGE             soft  under 18 or over 90 years at consent
 *     W-VISIT-ORDER     soft  before a visit that comes earlier in the plan
 *     W-ASSIGNED        soft  the visit was chosen from the date, and would be another one now
 *     W-WINDOW          info  outside the window
 *     W-GAP             info  longer after the visit before than the protocol allows
 *     W-NO-DEATH        soft  an adverse event of grade 5 (CTCAE) without a death
 *     W-NO-BASELINE     soft  treatment has begun, and nothing counts as baseline of an instrument
 *
 * Partial dates get the benefit of the doubt: a day in the month of death is not after it.
 * Bounds of height, age and cells: sanity bounds of the domain, editable nowhere, so all soft.
 */
#ifndef ALSTRACK_SCHEDULE_ODDITY_H
#define ALSTRACK_SCHEDULE_ODDITY_H

#include "alstrack/define/verdict.h"
#include "alstrack/schedule/schedule.h"

/* The field that a rule about a record (patient, event, visit, ae) is about, as import files name
 * it. */
const char *als_oddity_field(const char *record, const char *rule);

/* First and last day that a date may stand for; ALS_NO_DAY without a date. */
int als_date_first_day(struct als_date date);
int als_date_last_day(struct als_date date);

/* Last day on which the patient may have died; ALS_NO_DAY when alive as far as is known. */
int als_death_latest(const struct als_patient_facts *facts);
/* Limits for what is done with the patient. today: ALS_NO_DAY or 0: the future is not judged. */
struct als_day_limits als_limits_of(const struct als_patient_facts *facts, struct als_date birth,
                                    int today);

/* About an event that is one of the facts; value (cells of an infusion; NAN = none) and unit. */
void als_event_judge(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                     struct als_date birth, int today, const struct als_event_fact *event,
                     double value, const char *unit, struct als_verdict_list *out);

/* About the registration. */
void als_patient_judge(const struct als_patient_facts *facts, struct als_date birth,
                       double height_cm, int today, struct als_verdict_list *out);

/* About a visit that was done, one of the facts. rows and n_rows: als_schedule_build of them.
 * longest_gap_days: the protocol's. assigned: its code was chosen by the program. */
void als_visit_judge(const struct als_visit_row *rows, size_t n_rows, int longest_gap_days,
                     const char *code, int day, bool assigned, const struct als_day_limits *limits,
                     struct als_verdict_list *out);

/* About an adverse event. term: NULL = not known; visit_day: of the visit that recorded it;
 * ALS_NO_DAY. */
void als_adverse_judge(const struct als_protocol *protocol, const struct als_day_limits *limits,
                       const char *term, struct als_date onset, int grade, int visit_day,
                       struct als_verdict_list *out);

/* Has the patient, whose analyses begin on `zero`, a measurement that the rule takes for a
 * baseline? days and plans (index into protocol->visits, -1 for extra visits) of those that were
 * done; excused: one before treatment was recorded as not done. W-NO-BASELINE. */
void als_baseline_judge(const struct als_protocol *protocol, const struct als_baseline_rule *rule,
                        int zero, int screening, const int *days, const ptrdiff_t *plans, size_t n,
                        bool excused, struct als_verdict_list *out);

#endif
