/* Exposure and follow-up of one patient from events and visits. */
#include "alstrack/analysis/follow_up.h"

#include <math.h>
#include <string.h>

#include "patients.h"

/* Events whose date says that the patient was alive. Being lost is the opposite of being seen. */
static bool shows_alive(const char *event)
{
    return strcmp(event, "death") != 0 && strcmp(event, "lost_to_followup") != 0;
}

static int last_known_day(const struct als_patient_facts *facts, int as_of)
{
    int last = ALS_NO_DAY; /* the smallest of all days */
    for (size_t i = 0; i < facts->n_visits; i++) {
        const struct als_visit_fact *visit = &facts->visits[i];
        if (!visit->not_done && visit->day > last && visit->day <= as_of)
            last = visit->day;
    }
    for (size_t i = 0; i < facts->n_events; i++) {
        int day = als_date_earliest(facts->events[i].date);
        if (shows_alive(facts->events[i].event) && day > last && day <= as_of)
            last = day;
    }
    return last;
}

static void add_infusions(struct als_follow_up *follow, const struct als_event *events, size_t n,
                          int as_of)
{
    for (size_t i = 0; i < n; i++) {
        struct als_date date = als_date_of(events[i].date);
        if (strcmp(events[i].event, "infusion") != 0 || date.day == ALS_NO_DAY || date.day > as_of)
            continue;
        follow->infusions++;
        bool counted = !events[i].unit || strcmp(events[i].unit, "cells") == 0;
        follow->cells += counted ? events[i].value : NAN;
        if (follow->first_infusion == ALS_NO_DAY || date.day < follow->first_infusion)
            follow->first_infusion = date.day;
    }
}

struct als_follow_up als_follow_up(const struct als_protocol *protocol,
                                   const struct als_patient_facts *facts,
                                   const struct als_event *events, size_t n_events, int as_of_day)
{
    struct als_follow_up follow = {.first_infusion = ALS_NO_DAY, .death = ALS_NO_DATE};
    add_infusions(&follow, events, n_events, as_of_day);
    follow.last_known = last_known_day(facts, as_of_day);
    for (size_t i = 0; i < facts->n_events; i++)
        if (strcmp(facts->events[i].event, "death") == 0 && facts->events[i].date.day <= as_of_day)
            follow.death = facts->events[i].date;
    const struct als_anchor consent = {.kind = ALS_ANCHOR_EVENT, .event = "consent"};
    follow.exposure_from = follow.first_infusion != ALS_NO_DAY
                               ? follow.first_infusion
                               : als_schedule_anchor_day(protocol, facts, &consent);
    if (follow.exposure_from > as_of_day)
        follow.exposure_from = ALS_NO_DAY;
    int end = als_schedule_end_of_participation(facts);
    follow.exposure_to = end == ALS_NO_DAY ? follow.last_known : end;
    if (follow.exposure_to > as_of_day)
        follow.exposure_to = as_of_day;
    return follow;
}

int als_exposure_days(const struct als_follow_up *follow)
{
    if (follow->exposure_from == ALS_NO_DAY || follow->exposure_to < follow->exposure_from)
        return 0;
    return follow->exposure_to - follow->exposure_from;
}
