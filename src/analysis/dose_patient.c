/* What the dose board knows of one patient. */
#include "dose_patient.h"

#include <string.h>

#include "alstrack/analysis/follow_up.h"

size_t dose_cohort_of(const struct als_protocol *protocol, const struct als_patient *patient)
{
    if (!patient->cohort)
        return protocol->n_cohorts == 1 ? 0 : protocol->n_cohorts;
    const struct als_cohort *cohort = als_protocol_cohort(protocol, patient->cohort);
    return cohort ? (size_t)(cohort - protocol->cohorts) : protocol->n_cohorts;
}

bool dose_take_infusions(const struct als_protocol *protocol, const struct als_event *events,
                         size_t n, int as_of, struct dose_patient *out)
{
    size_t planned = out->cohort < protocol->n_cohorts ? protocol->cohorts[out->cohort].n_doses : 0;
    size_t infusions = 0;
    out->first = out->last = out->completed = out->treated_from = ALS_NO_DAY;
    for (size_t i = 0; i < n; i++) {
        struct als_date date = als_date_of(events[i].date);
        if (strcmp(events[i].event, "infusion") != 0 || date.day == ALS_NO_DAY || date.day > as_of)
            continue;
        infusions++;
        if (infusions == 1) {
            out->first = date.day;
            out->treated_from = als_date_earliest(date);
        }
        out->last = date.day;
        if (infusions == planned)
            out->completed = date.day;
        out->has_partial_day |= date.precision != ALS_PRECISION_DAY;
    }
    return infusions > 0;
}

/* ---------------------------------------------------------------- observation */

static const struct {
    const char *event, *word;
    bool stays_in_trial; /* ends the treatment, not the observation */
} leaving[] = {
    {"death", "died", false},
    {"withdrawal", "withdrew", false},
    {"lost_to_followup", "lost to follow-up", false},
    {"treatment_stopped", "treatment stopped", true},
};
#define LEAVING (sizeof leaving / sizeof leaving[0])

/* What ended the observation early by the as-of day. */
struct departure {
    bool left;   /* the trial */
    bool inside; /* on a day before `until`, or on an unknown one */
    bool stopped;
    int death;
};

static void take_departure(const struct als_event *event, int until, int as_of,
                           struct als_buf *text, struct departure *out)
{
    struct als_date date = als_date_of(event->date);
    int day = als_date_earliest(date);
    for (size_t i = 0; i < LEAVING; i++) {
        if (strcmp(event->event, leaving[i].event) != 0 || day > as_of)
            continue;
        als_buf_printf(text, "%s%s%s%s", text->length ? ", " : "", leaving[i].word,
                       event->date ? " " : "", event->date ? event->date : "");
        if (leaving[i].stays_in_trial) {
            out->stopped = true;
            continue;
        }
        out->left = true;
        out->inside |= day < until;
        if (strcmp(event->event, "death") == 0)
            out->death = day;
    }
}

static int last_visit(const struct als_patient_facts *facts, int as_of)
{
    int last = ALS_NO_DAY;
    for (size_t i = 0; i < facts->n_visits; i++) {
        const struct als_visit_fact *visit = &facts->visits[i];
        if (!visit->not_done && visit->day > last && visit->day <= as_of)
            last = visit->day;
    }
    return last;
}

/* Who left early and came to a visit later all the same was observed; that somebody heard of them
 * later is no observation. */
static enum dose_watch watch_of(const struct dose_patient *one, const struct departure *departure,
                                int until, int last_visit_day, int as_of)
{
    if (one->completed == ALS_NO_DAY)
        return departure->left || departure->stopped ? DOSE_LEFT : DOSE_WATCHING;
    bool alive = one->last_known >= until || departure->death >= until;
    if (last_visit_day >= until || (alive && !departure->inside))
        return DOSE_WATCHED;
    if (departure->left)
        return DOSE_LEFT;
    return until <= as_of ? DOSE_UNSEEN : DOSE_WATCHING;
}

void dose_take_watch(const struct als_protocol *protocol, const struct als_patient_facts *facts,
                     const struct als_event *events, size_t n, int as_of, struct als_arena *arena,
                     struct dose_patient *out)
{
    int until =
        out->completed == ALS_NO_DAY ? INT_MAX : out->completed + protocol->gate_observation_days;
    struct departure departure = {.death = ALS_NO_DAY};
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    for (size_t i = 0; i < n; i++)
        take_departure(&events[i], until, as_of, &text, &departure);
    out->left = text.length ? als_arena_strdup(arena, text.data) : NULL;
    als_buf_release(&text);
    out->last_known = als_follow_up(protocol, facts, events, n, as_of).last_known;
    out->watch = watch_of(out, &departure, until, last_visit(facts, as_of), as_of);
}

/* ---------------------------------------------------------------- adverse events */

struct als_span dose_adverse_of(const struct als_adverse_event_list *list, size_t from,
                                int64_t patient_id)
{
    while (from < list->count && list->items[from].patient_id < patient_id)
        from++;
    size_t end = from;
    while (end < list->count && list->items[end].patient_id == patient_id)
        end++;
    return (struct als_span){from, end - from};
}

enum dose_onset dose_onset_of(const struct als_adverse_event *event, int treated_from, int as_of)
{
    struct als_date onset = als_date_of(event->onset);
    if (onset.day == ALS_NO_DAY)
        return DOSE_ONSET_UNDATED;
    if (als_date_earliest(onset) > as_of)
        return DOSE_ONSET_LATER;
    return als_date_latest(onset) < treated_from ? DOSE_ONSET_BEFORE : DOSE_ONSET_COUNTS;
}
