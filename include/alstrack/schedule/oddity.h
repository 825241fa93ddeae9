/*
 * What is odd about a date of a patient: accepted, but worth a warning. One place, so that a file
 * and the command line get the same verdicts. Partial dates get the benefit of the doubt: a day in
 * the month of death is not after it.
 */
#ifndef ALSTRACK_SCHEDULE_ODDITY_H
#define ALSTRACK_SCHEDULE_ODDITY_H

#include "alstrack/schedule/schedule.h"

/* First and last day that a date may stand for; ALS_NO_DAY without a date. */
int als_date_first_day(struct als_date date);
int als_date_last_day(struct als_date date);

struct als_oddity {
    const char *code; /* static: W-DOSES, W-BEFORE-BIRTH, W-AFTER-DEATH */
    const char *hint; /* static; NULL if there is none */
    char what[160];
};
#define ALS_ODDITIES 3

/* About an event that is one of the facts. Returns how many oddities there are. */
size_t als_event_oddities(const struct als_protocol *protocol,
                          const struct als_patient_facts *facts, struct als_date birth,
                          const struct als_event_fact *event, struct als_oddity out[ALS_ODDITIES]);

/* About the day of something that was done with the patient: `what` is "an assessment", "a visit".
 * death and birth: als_date_last_day and als_date_first_day of those dates. */
size_t als_day_oddities(const char *what, int birth, int death, int day,
                        struct als_oddity out[ALS_ODDITIES]);

/* Last day on which the patient may have died; ALS_NO_DAY when alive as far as is known. */
int als_death_latest(const struct als_patient_facts *facts);

#endif
