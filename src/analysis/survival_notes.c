/* What belongs under every table that rests on times to an endpoint. */
#include <string.h>

#include "alstrack/core/count.h"
#include "survival_cases.h"

static void note_left_out(const struct survival_cases *cases, struct als_buf *text,
                          struct als_table *table)
{
    const struct {
        const struct als_noted *noted;
        const char *text;
    } notes[] = {
        {&cases->no_zero, "left out: no time zero"},
        {&cases->before_zero, "left out: the endpoint came before time zero"},
        {&cases->before_entry,
         "left out: the endpoint or the end of follow-up came before they were under observation"},
        {&cases->undated, "left out: the endpoint has no date"},
        {&cases->no_stage, "left out: no assessment from which the stage can be told"},
        {&cases->partial,
         "warning: a date without a day, taken as the middle of its month or year, a death as no "
         "earlier than the day last seen alive"},
    };
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
        if (notes[i].noted->count)
            als_table_note(table, "%s: %s", notes[i].text, als_noted_say(notes[i].noted, text));
    if (cases->competing.count)
        als_table_note(table,
                       "warning: %s died without the endpoint and are censored: death is a "
                       "competing event, and the curve overstates how many reach the endpoint",
                       als_noted_say(&cases->competing, text));
    if (cases->at_zero)
        als_table_note(table, "censored on day 0, nothing known afterwards: %zu", cases->at_zero);
}

static void note_ventilation(const struct survival_cases *cases, const struct survival_rules *rules,
                             struct als_buf *text, struct als_table *table)
{
    als_table_note(
        table,
        "pav: more than %g hours of ventilation a day on more than %d consecutive days, "
        "from the hours of ventilation, niv_start, tracheostomy and pav; date: the first of "
        "them",
        rules->pav.hours, rules->pav.days);
    if (cases->pav_no_hours.count)
        als_table_note(table, "warning: a number other than 0 to 24 hours a day, not used: %s",
                       als_noted_say(&cases->pav_no_hours, text));
    if (cases->pav_unchecked.count)
        als_table_note(table, "pav recorded without hours, taken as recorded: %s",
                       als_noted_say(&cases->pav_unchecked, text));
    if (cases->pav_fewer.count)
        als_table_note(table, "warning: pav recorded with fewer hours, not counted: %s",
                       als_noted_say(&cases->pav_fewer, text));
    if (cases->pav_short.count)
        als_table_note(table,
                       "ventilated for so many hours, but not known to have been for so many days, "
                       "not counted: %s",
                       als_noted_say(&cases->pav_short, text));
}

static const char *censoring(const struct survival_endpoint *endpoint)
{
    if (endpoint->kings_4a || endpoint->kings_4b)
        return "at the last assessment from which the stage can be told";
    return endpoint->death ? "on the last day known alive (visits done, dated events)"
                           : "at the last visit done or infusion, or at a later death";
}

static void note_endpoint(const struct survival_endpoint *endpoint, struct als_buf *text,
                          struct als_table *table)
{
    als_buf_clear(text);
    for (size_t i = 0; i < endpoint->count; i++)
        als_buf_printf(text, "%s%s", i ? ", " : "", endpoint->events[i]);
    als_table_note(table, "endpoint: first of %s%s; censored %s",
                   endpoint->kings_4a || endpoint->kings_4b ? "" : "the recorded events ",
                   text->data, censoring(endpoint));
    if (endpoint->kings_4a || endpoint->kings_4b)
        als_table_note(table,
                       "stages: first assessment of ALSFRS-R with%s%s%s, estimated from items; who "
                       "was there by time zero is left out",
                       endpoint->kings_4a ? " a gastrostomy (4A)" : "",
                       endpoint->kings_4a && endpoint->kings_4b ? " or" : "",
                       endpoint->kings_4b ? " dyspnea 0 or respiratory insufficiency below 4 (4B)"
                                          : "");
}

static void note_entry(const struct survival_cases *cases, const struct survival_rules *rules,
                       const char *zero_event, struct als_table *table)
{
    if (cases->late)
        als_table_note(table,
                       "late entry (left truncation): %s at risk only after "
                       "the first of consent, visit and infusion",
                       als_counted(cases->late, "patient").text);
    bool before_trial =
        zero_event && (strcmp(zero_event, "onset") == 0 || strcmp(zero_event, "diagnosis") == 0);
    if (before_trial && rules->from_zero)
        als_table_note(table,
                       "warning: left truncation: who died between %s and enrolment cannot be "
                       "here, so survival is overstated",
                       zero_event);
}

void survival_cases_note(const struct survival_cases *cases, const struct als_protocol *protocol,
                         const struct survival_rules *rules, struct als_table *table)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    note_endpoint(rules->endpoint, &text, table);
    if (rules->endpoint->pav)
        note_ventilation(cases, rules, &text, table);
    if (rules->from)
        als_table_note(table, "time zero: first event %s", rules->from);
    else
        als_note_zero(protocol, cases->zero, table);
    bool own_event = !rules->from && protocol->time_zero.kind == ALS_ANCHOR_EVENT;
    note_entry(cases, rules, own_event ? protocol->time_zero.event : rules->from, table);
    note_left_out(cases, &text, table);
    als_buf_release(&text);
}
