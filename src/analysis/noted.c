/* Notes that several analyses write under their tables. */
#include "noted.h"

#include "alstrack/core/count.h"
#include <string.h>

void als_noted_add(struct als_noted *noted, const char *patient)
{
    if (noted->count < ALS_NOTED_PATIENTS)
        noted->patients[noted->count] = patient;
    noted->count++;
}

const char *als_noted_say(const struct als_noted *noted, struct als_buf *text)
{
    als_buf_clear(text);
    als_buf_printf(text, "%s (", als_counted(noted->count, "patient").text);
    for (size_t i = 0; i < noted->count && i < ALS_NOTED_PATIENTS; i++)
        als_buf_printf(text, "%s%s", i ? ", " : "", noted->patients[i]);
    als_buf_text(text, noted->count > ALS_NOTED_PATIENTS ? ", …)" : ")");
    return text->data;
}

bool als_has_floor(const struct als_measure *measure)
{
    return strcmp(measure->name, "alsfrsr.total") == 0;
}

void als_note_floor(size_t low, size_t of, struct als_table *table)
{
    if (low)
        als_table_note(table,
                       "warning: floor effect: %zu of %s at %d or less, where decline "
                       "flattens out",
                       low, als_counted(of, "value").text, ALS_FLOOR_POINTS);
}

void als_note_raters(size_t averaged, struct als_table *table)
{
    if (averaged)
        als_table_note(table, "visits with values of several raters, averaged: %zu", averaged);
}

void als_note_truncated(const struct als_noted *died, struct als_buf *text, struct als_table *table)
{
    if (died->count)
        als_table_note(table,
                       "warning: %s died: slopes truncated by death are not missing at random and "
                       "not ignorable; see analyze joint-rank",
                       als_noted_say(died, text));
}

void als_note_zero(const struct als_protocol *protocol, const size_t zero[3],
                   struct als_table *table)
{
    const struct als_anchor *anchor = &protocol->time_zero;
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    if (anchor->kind == ALS_ANCHOR_EVENT)
        als_buf_printf(&text, "event %s", anchor->event);
    else
        als_buf_printf(&text, "infusion %zu", anchor->number);
    als_table_note(table,
                   "time zero: %s for %s; without it the baseline visit for %zu, the "
                   "first visit for %zu",
                   text.data, als_counted(zero[ALS_ZERO_PROTOCOL], "patient").text,
                   zero[ALS_ZERO_BASELINE], zero[ALS_ZERO_FIRST]);
    als_buf_release(&text);
}
