/*
 * Permanent assisted ventilation (PAV) from the events of a patient: ventilation, invasive or not,
 * for more than so many hours a day on more than so many consecutive days; its date is the first of
 * them (22 hours and 7 days: HEALEY platform protocol; other trials ask for 23).
 *
 * Events ventilation, niv_start, tracheostomy and pav that state hours a day (als_hours_a_day) each
 * say how long the patient is ventilated from that day on, until the next of them; a course of
 * hours is a row of events ventilation. A spell above the limit lasts until an event with fewer
 * hours, until death, or until the patient was last known alive; in the last case an event pav
 * stands for the days still to come, as it was recorded for being permanent. An event pav without
 * hours counts on its date, unchecked.
 */
#ifndef ALSTRACK_ANALYSIS_VENTILATION_H
#define ALSTRACK_ANALYSIS_VENTILATION_H

#include "alstrack/store/record.h"

struct als_pav_rule {
    double hours; /* more than these a day */
    int days;     /* on more than these consecutive days */
};
/* The rule asked for; 0 takes the usual 22 hours or 7 days. */
struct als_pav_rule als_pav_asked(double hours, int days);

struct als_pav {
    struct als_date date; /* ALS_NO_DATE: none */
    bool undated;         /* an event pav without any date, and no other */
    bool unchecked;       /* from an event without hours */
    bool fewer_hours;     /* there is an event pav whose hours do not suffice */
    bool no_hours;        /* a number on the way was none of hours a day, and not used */
    bool too_short;       /* a spell that is not known to have lasted so long */
};

/* events are those of one patient in order of day; death and last_known may be ALS_NO_DAY. */
struct als_pav als_pav_of(const struct als_event *events, size_t n, const struct als_pav_rule *rule,
                          int death, int last_known);

#endif
