/* Visits as calendar entries (RFC 5545). */
#include <string.h>

#include "alstrack/schedule/schedule.h"

enum { LINE_OCTETS = 75 };

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* End a content line: CRLF, and a fold wherever it would pass 75 octets, never inside a character.
 * The blank that starts a continuation counts as one of its octets. */
static void put_line(struct als_buf *out, const struct als_buf *line)
{
    size_t at = 0, room = LINE_OCTETS;
    while (line->length - at > room) {
        size_t end = at + room;
        while (end > at + room - 4 && is_continuation(line->data[end]))
            end--;
        als_buf_add(out, line->data + at, end - at);
        als_buf_text(out, "\r\n ");
        at = end;
        room = LINE_OCTETS - 1;
    }
    als_buf_add(out, line->data + at, line->length - at);
    als_buf_text(out, "\r\n");
}

/* TEXT values: backslash, comma, semicolon and line ends are escaped; other control characters have
 * no place in a calendar. */
static void put_text(struct als_buf *line, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\;,", *text)) {
            als_buf_char(line, '\\');
            als_buf_char(line, *text);
        } else if (*text == '\n') {
            als_buf_text(line, "\\n");
        } else if ((unsigned char)*text >= ' ' && *text != 0x7F) {
            als_buf_char(line, *text);
        }
    }
}

static void put_property(struct als_buf *out, struct als_buf *line, const char *name,
                         const char *value)
{
    als_buf_clear(line);
    als_buf_text(line, name);
    als_buf_char(line, ':');
    put_text(line, value);
    put_line(out, line);
}

static void put_date(struct als_buf *out, const char *name, int day)
{
    int year, month, day_of_month;
    als_day_to_civil(day, &year, &month, &day_of_month);
    als_buf_printf(out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, year, month, day_of_month);
}

static void put_uid(struct als_buf *out, struct als_buf *line, const char *study,
                    const char *patient, const char *visit)
{
    als_buf_clear(line);
    als_buf_text(line, "UID:");
    put_text(line, study);
    als_buf_char(line, '-');
    put_text(line, patient);
    als_buf_char(line, '-');
    put_text(line, visit);
    put_line(out, line);
}

static void put_summary(struct als_buf *out, struct als_buf *line, const char *patient,
                        const struct als_visit_row *row)
{
    als_buf_clear(line);
    als_buf_text(line, "SUMMARY:");
    put_text(line, patient);
    als_buf_char(line, ' ');
    put_text(line, row->code);
    if (row->plan->label && strcmp(row->plan->label, row->code) != 0) {
        als_buf_text(line, " (");
        put_text(line, row->plan->label);
        als_buf_char(line, ')');
    }
    put_line(out, line);
}

static void put_description(struct als_buf *out, struct als_buf *line,
                            const struct als_visit_row *row)
{
    char target[ALS_DATE_TEXT], from[ALS_DATE_TEXT], to[ALS_DATE_TEXT];
    als_buf_clear(line);
    als_buf_printf(line, "DESCRIPTION:Target %s\\, window %s to %s",
                   als_day_format(row->target, target), als_day_format(row->window_from, from),
                   als_day_format(row->window_to, to));
    if (row->plan->mode) {
        als_buf_text(line, "\\nMode: ");
        put_text(line, row->plan->mode);
    }
    if (row->anchor_is_target)
        als_buf_text(line, "\\nProvisional: counted from a visit that has not taken place yet");
    if (row->anchor_is_partial)
        als_buf_text(line, "\\nProvisional: counted from a date that is known in part only");
    put_line(out, line);
}

static void put_event(struct als_buf *out, struct als_buf *line, const char *study,
                      const char *patient, const struct als_visit_row *row, const char *stamp)
{
    bool provisional = row->anchor_is_target || row->anchor_is_partial;
    als_buf_text(out, "BEGIN:VEVENT\r\n");
    put_uid(out, line, study, patient, row->code);
    put_property(out, line, "DTSTAMP", stamp);
    put_date(out, "DTSTART", row->window_from);
    put_date(out, "DTEND", row->window_to + 1);
    put_summary(out, line, patient, row);
    put_description(out, line, row);
    als_buf_printf(out, "STATUS:%s\r\n", provisional ? "TENTATIVE" : "CONFIRMED");
    als_buf_text(out, "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
}

void als_ics_begin(struct als_buf *out)
{
    als_buf_text(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//alstrack//visits//EN\r\n"
                      "CALSCALE:GREGORIAN\r\n");
}

void als_ics_visits(struct als_buf *out, const char *study, const char *patient,
                    const struct als_visit_row *rows, size_t n_rows, const char *stamp)
{
    struct als_buf line;
    als_buf_init(&line, ALS_BUF_LARGE);
    for (size_t i = 0; i < n_rows; i++) {
        bool open = rows[i].status == ALS_VISIT_PLANNED || rows[i].status == ALS_VISIT_DUE;
        if (open && rows[i].target != ALS_NO_DAY)
            put_event(out, &line, study, patient, &rows[i], stamp);
    }
    als_buf_release(&line);
}

void als_ics_end(struct als_buf *out)
{
    als_buf_text(out, "END:VCALENDAR\r\n");
}
