/* Calendar files, read back by a small parser of their own. */
#include "plans.h"

#define STAMP "20200506T120000Z"

/* Undo folding; checks line ends and line lengths on the way. Returns unfolded lines that end in
 * newlines. */
static char *unfold(const struct als_buf *ics)
{
    char *lines = calloc(ics->length + 1, 1);
    size_t n = 0, octets = 0;
    for (size_t i = 0; i < ics->length; i++) {
        if (ics->data[i] != '\r') {
            cr_assert_neq(ics->data[i], '\n', "a bare line end at %zu", i);
            lines[n++] = ics->data[i];
            octets++;
            continue;
        }
        cr_assert_eq(ics->data[i + 1], '\n');
        cr_assert_leq(octets, 75, "a line of %zu octets", octets);
        octets = 0;
        i++;
        if (i + 1 < ics->length && ics->data[i + 1] == ' ') {
            i++;
            octets = 1;
            cr_assert_neq((unsigned char)ics->data[i + 1] & 0xC0, 0x80, "a character was cut");
        } else {
            lines[n++] = '\n';
        }
    }
    cr_assert_eq(octets, 0, "the last line has no end");
    return lines;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)); at++)
        n++;
    return n;
}

static struct als_buf write_calendar(const char *patient, const struct als_visit_row *rows,
                                     size_t n)
{
    struct als_buf ics;
    als_buf_init(&ics, 1 << 20);
    als_ics_begin(&ics);
    als_ics_visits(&ics, "plan", patient, rows, n, STAMP);
    als_ics_end(&ics);
    return ics;
}

Test(ics, covers_the_windows_of_what_is_still_to_come)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact infusion = event_on("infusion", "2020-05-05");
    struct als_patient_facts facts = {.cohort = "1", .events = &infusion, .n_events = 1};
    struct als_visit_row rows[N_PLAN];
    size_t n = als_schedule_build(&protocol, &facts, day_of("2020-06-20"), rows);
    struct als_buf ics = write_calendar("001", rows, n);
    char *text = unfold(&ics);

    cr_assert_eq(strstr(text, "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:"), text);
    cr_assert_eq(count(text, "BEGIN:VEVENT\n"), 2, "months 3 and 6; the others are past or done");
    cr_assert_eq(count(text, "END:VEVENT\n"), 2);
    cr_assert_eq(count(text, "END:VCALENDAR\n"), 1);
    cr_assert_eq(count(text, "UID:plan-001-MN3\n"), 1);
    cr_assert_eq(count(text, "DTSTAMP:" STAMP "\n"), 2);
    cr_assert_eq(count(text, "DTSTART;VALUE=DATE:20200721\n"), 1);
    cr_assert_eq(count(text, "DTEND;VALUE=DATE:20200819\n"), 1, "the day after the window");
    cr_assert_eq(count(text, "SUMMARY:001 MN3 (Month 3)\n"), 1);
    cr_assert_eq(count(text, "DESCRIPTION:Target 2020-08-04\\, window 2020-07-21 to 2020-08-18\n"),
                 1);
    cr_assert_eq(count(text, "STATUS:CONFIRMED\n"), 2);
    free(text);
    als_buf_release(&ics);
    assert_no_leaks();
}

Test(ics, says_what_is_provisional)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact consent = event_on("consent", "2020-02");
    struct als_patient_facts facts = {.events = &consent, .n_events = 1};
    struct als_visit_row rows[N_PLAN];
    size_t n = als_schedule_build(&protocol, &facts, day_of("2020-01-01"), rows);
    struct als_buf ics = write_calendar("001", rows, n);
    char *text = unfold(&ics);
    cr_assert_eq(count(text, "STATUS:TENTATIVE\n"), 3);
    cr_assert_eq(count(text, "has not taken place yet"), 2);
    cr_assert_eq(count(text, "known in part only"), 3);
    free(text);
    als_buf_release(&ics);
}

Test(ics, writes_the_same_bytes_again)
{
    struct als_protocol protocol = make_protocol();
    struct als_event_fact infusion = event_on("infusion", "2020-05-05");
    struct als_patient_facts facts = {.events = &infusion, .n_events = 1};
    struct als_visit_row rows[N_PLAN];
    size_t n = als_schedule_build(&protocol, &facts, day_of("2020-05-06"), rows);
    struct als_buf one = write_calendar("001", rows, n), two = write_calendar("001", rows, n);
    cr_assert_eq(one.length, two.length);
    cr_assert_eq(memcmp(one.data, two.data, one.length), 0);
    als_buf_release(&one);
    als_buf_release(&two);
}

Test(ics, escapes_and_folds_at_characters)
{
    struct als_visit_plan plan = {.code = "MN1", .mode = "clinic; or home"};
    struct als_visit_row row = {.plan = &plan,
                                .code = "MN1",
                                .status = ALS_VISIT_DUE,
                                .target = 18000,
                                .window_from = 18000,
                                .window_to = 18000,
                                .actual = ALS_NO_DAY};
    char label[260] = "a,b;c\\d\ne\x01";
    for (size_t pad = 0; pad < 6; pad++) {
        size_t length = strlen(label);
        snprintf(label + length, sizeof label - length, "x\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80%s",
                 "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac");
        plan.label = label;
        struct als_buf ics = write_calendar("P,1", &row, 1);
        char *text = unfold(&ics);
        cr_assert_eq(count(text, "SUMMARY:P\\,1 MN1 (a\\,b\\;c\\\\d\\nex\xc3\xa9"), 1);
        cr_assert_eq(count(text, "\\nMode: clinic\\; or home\n"), 1);
        cr_assert_eq(count(text, "\xf0\x9f\x98\x80"), pad + 1, "nothing may be lost by folding");
        free(text);
        als_buf_release(&ics);
    }
}

Test(ics, folds_bytes_that_are_not_text)
{
    struct als_visit_plan plan = {.code = "MN1"};
    struct als_visit_row row = {.plan = &plan,
                                .code = "MN1",
                                .status = ALS_VISIT_DUE,
                                .target = 18000,
                                .window_from = 18000,
                                .window_to = 18000};
    char label[200];
    memset(label, 0x80, sizeof label);
    label[sizeof label - 1] = '\0';
    plan.label = label;
    struct als_buf ics = write_calendar("001", &row, 1);
    cr_assert_eq(count(ics.data, "END:VCALENDAR\r\n"), 1);
    als_buf_release(&ics);
}

Test(ics, writes_an_empty_calendar)
{
    struct als_buf ics = write_calendar("001", NULL, 0);
    char *text = unfold(&ics);
    cr_assert_eq(count(text, "VEVENT"), 0);
    free(text);
    als_buf_release(&ics);
}
