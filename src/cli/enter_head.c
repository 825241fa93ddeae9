/* Date, mode, respondent and rater of an assessment, and that it was not done. */
#include "enter.h"

#include <string.h>

void date_typed(const struct enter *enter, struct als_buf *line)
{
    char typed[16], day[ALS_DATE_TEXT];
    const size_t n = line->length;
    if (n == 1 && *line->data == 't') {
        als_buf_clear(line);
        als_buf_text(line, als_day_format(enter->today, day));
    }
    if (n != strspn(line->data, "0123456789") || (n != 6 && n != 8))
        return;
    memcpy(typed, line->data, n);
    als_buf_clear(line);
    als_buf_printf(line, "%.4s-%.2s", typed, typed + 4);
    if (n == 8)
        als_buf_printf(line, "-%.2s", typed + 6);
}

/* False when it was left. */
static bool ask_date(struct page *page, const char *question, struct als_form_head *head)
{
    struct als_buf line;
    char day[ALS_DATE_TEXT];
    bool taken = false;
    const char *title =
        als_arena_printf(page->arena, "%s 20240604 or 2024-06-04; t is today", question);
    als_buf_init(&line, 100);
    if (head->day != ALS_NO_DAY)
        als_buf_text(&line, als_day_format(head->day, day));
    while (!taken && ask_line(page, title, &line)) {
        date_typed(page->enter, &line);
        taken = als_date_parse_full(line.data, line.length, &head->day);
        if (!taken)
            page_say(page, "'%.30s' is not a day", line.data);
    }
    als_buf_release(&line);
    return taken;
}

bool ask_day(struct page *page)
{
    struct als_form_head head = *als_form_head(page->form);
    const char *why = page->enter->row.target == ALS_NO_DAY ? "This visit has no target"
                                                            : "This visit is not due today";
    const char *question = als_arena_printf(page->arena, "%s: on which day was this done?", why);
    head.mode = als_arena_strdup(page->arena, head.mode);
    head.respondent = als_arena_strdup(page->arena, head.respondent);
    head.rater = als_arena_strdup(page->arena, head.rater);
    if (!ask_date(page, question, &head))
        return false;
    als_form_set_head(page->form, &head);
    page_follow_day(page);
    if (als_form_is_touched(page->form))
        page_keep_draft(page);
    return true;
}

static enum page_end ask_mode(struct page *page, struct als_form_head *head)
{
    static const char *const modes[] = {"clinic", "phone", "video", "home"};
    const ptrdiff_t which = ask_list(page, "How was it held?", modes, 4);
    if (which >= 0)
        head->mode = modes[which];
    return which == -3 ? PAGE_INTERRUPTED : which == -2 ? PAGE_LEFT : PAGE_STAYS;
}

static enum page_end ask_respondent(struct page *page, struct als_form_head *head)
{
    static const char *const who[] = {"patient", "caregiver", "patient and caregiver", "not said"};
    const ptrdiff_t which = ask_list(page, "Who answered?", who, 4);
    if (which >= 0)
        head->respondent = which == 3 ? NULL : who[which];
    return which == -3 ? PAGE_INTERRUPTED : which == -2 ? PAGE_LEFT : PAGE_STAYS;
}

/* Another rater is another row: it must be free, and the draft moves along. */
static enum page_end ask_rater(struct page *page, struct als_form_head *head)
{
    struct als_buf line;
    struct als_err err = {.status = ALS_OK};
    struct als_assessment row;
    int64_t change = 0;
    als_buf_init(&line, 100);
    if (page->stored) {
        page_say(page, "a stored assessment keeps its rater: --rater NAME enters another one's");
        als_buf_release(&line);
        return PAGE_STAYS;
    }
    als_buf_text(&line, head->rater ? head->rater : "");
    if (ask_line(page, "Who rated? Empty: no rater named", &line)) {
        const struct als_form_head before = *head;
        head->rater = line.length ? als_arena_strdup(page->arena, line.data) : NULL;
        enum als_status status = page_discard_draft(page, &err);
        als_form_set_head(page->form, head);
        if (!status)
            status = page_load_stored(page, &row, &change, &err);
        if (status || change) {
            page_say(page, "%s", status ? err.text : "that rater's assessment is stored already");
            *head = before;
        }
    }
    als_buf_release(&line);
    return PAGE_STAYS;
}

enum page_end ask_head(struct page *page)
{
    static const char *const fields[] = {"date", "mode", "respondent", "rater"};
    struct als_form_head head = *als_form_head(page->form);
    enum page_end end = PAGE_STAYS;
    const ptrdiff_t which = ask_list(page, "What is to be changed?", fields, 4);
    if (head.not_done && which >= 0) {
        head.not_done = false;
        head.reason = NULL;
    }
    /* The form's own texts go when its head is set. */
    head.mode = als_arena_strdup(page->arena, head.mode);
    head.respondent = als_arena_strdup(page->arena, head.respondent);
    head.rater = als_arena_strdup(page->arena, head.rater);
    if (which == 0)
        (void)ask_date(page, "Date of the assessment:", &head);
    else if (which == 1)
        end = ask_mode(page, &head);
    else if (which == 2)
        end = ask_respondent(page, &head);
    else if (which == 3)
        end = ask_rater(page, &head);
    else
        return which == -3 ? PAGE_INTERRUPTED : which == -2 ? PAGE_LEFT : PAGE_STAYS;
    als_form_set_head(page->form, &head);
    page_follow_day(page);
    page_keep_draft(page);
    return als_cli_interrupted() ? PAGE_INTERRUPTED : end;
}

enum page_end ask_not_done(struct page *page)
{
    struct als_form_head head = *als_form_head(page->form);
    const char *reason = ask_reason(page, page->instrument->short_title);
    if (!reason)
        return als_cli_interrupted() ? PAGE_INTERRUPTED : PAGE_STAYS;
    head.not_done = true;
    head.reason = reason;
    als_form_set_head(page->form, &head);
    page_keep_draft(page);
    return PAGE_REVIEW;
}
