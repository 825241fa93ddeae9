/* Saving an assessment: reasons where they are needed, one change set, and the draft is gone. */
#include "enter.h"

#include <math.h>
#include <string.h>

/* ---- Reasons ---- */

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t")] == '\0';
}

/* Why a stored assessment changes; the short answers have numbers. NULL when it was left. */
static const char *ask_why(struct page *page)
{
    static const char *const usual[] = {"typing error", "source document read wrongly",
                                        "source document corrected", "result came later"};
    struct als_buf line;
    const char *reason = NULL;
    const char *title = als_arena_printf(
        page->arena, "Why does the stored assessment change? 1 %s, 2 %s, 3 %s, 4 %s, or in words",
        usual[0], usual[1], usual[2], usual[3]);
    als_buf_init(&line, 1000);
    while (!reason && ask_line(page, title, &line)) {
        if (line.length == 1 && *line.data >= '1' && *line.data <= '4')
            reason = usual[*line.data - '1'];
        else if (!is_blank(line.data))
            reason = als_arena_strdup(page->enter->cli->arena, line.data);
        else
            page_say(page, "a correction needs a reason");
    }
    als_buf_release(&line);
    if (reason && page->merged)
        reason = als_arena_printf(page->enter->cli->arena, "%s; %s", page->merged, reason);
    return reason;
}

static void add_justification(struct page *page, const struct als_verdict *verdict,
                              const char *text)
{
    if (page->n_justifications == page->room_justifications) {
        page->room_justifications = 2 * page->room_justifications + 8;
        struct als_justification *more =
            als_arena_array(page->arena, page->room_justifications, sizeof *more);
        if (page->n_justifications)
            memcpy(more, page->justifications, page->n_justifications * sizeof *more);
        page->justifications = more;
    }
    page->justifications[page->n_justifications++] =
        (struct als_justification){verdict->code, verdict->item, text};
}

/* A typed reason for each soft rule that stands. False when one was left. */
static bool justify(struct page *page, const struct als_entry_outcome *outcome)
{
    for (size_t i = 0; i < outcome->verdicts.count; i++) {
        const struct als_verdict *verdict = &outcome->verdicts.items[i];
        if (verdict->level != ALS_RULE_SOFT || (outcome->confirmed && outcome->confirmed[i]))
            continue;
        struct als_buf line;
        bool taken = false;
        als_buf_init(&line, 1000);
        const char *title = als_arena_printf(
            page->arena, "%s [%s]. Correct as it is? Say why; it becomes the query's answer.",
            verdict->message, verdict->code);
        while (!taken && ask_line(page, title, &line)) {
            taken = !is_blank(line.data);
            if (taken)
                add_justification(page, verdict, als_arena_strdup(page->arena, line.data));
            else
                page_say(page, "a reason is needed, or Esc to go back");
        }
        als_buf_release(&line);
        if (!taken)
            return false;
    }
    return true;
}

/* ---- One try ---- */

static enum als_status number_visit_and_rater(struct page *page, struct als_assessment *assessment,
                                              struct als_err *err)
{
    struct als_store *store = page->enter->cli->store;
    const char *rater = als_form_head(page->form)->rater;
    enum als_status status = ALS_OK;
    if (assessment->visit_no == 0)
        status = als_store_add_visit_code(store, page->enter->visit, &assessment->visit_no, err);
    if (!status && rater)
        status = als_store_add_rater(store, rater, &assessment->rater_no, err);
    return status;
}

/* Everything in one transaction: the assessment, its queries, the end of the draft. */
static enum als_status try_save(struct page *page, struct als_entry_outcome *outcome,
                                int64_t *change, struct als_err *err)
{
    struct enter *enter = page->enter;
    struct als_store *store = enter->cli->store;
    struct als_entry entry = {.instrument = page->instrument,
                              .given = ALS_GIVEN_ALL,
                              .expected_change = page->expected_change,
                              .justifications = page->justifications,
                              .n_justifications = page->n_justifications,
                              .strict = true,
                              .today = enter->today,
                              .arena = page->arena};
    *outcome = (struct als_entry_outcome){.verdicts = {.arena = page->arena}};
    *change = 0;
    page_assessment(page, &entry.assessment);
    enum als_status status = als_change_begin(store, &enter->cli->change, err);
    if (status)
        return status;
    status = number_visit_and_rater(page, &entry.assessment, err);
    if (!status)
        status = als_entry_save(store, &entry, outcome, err);
    if (!status)
        status = page_discard_draft(page, err);
    if (status || enter->dry) {
        als_change_abandon(store);
        return status;
    }
    return als_change_commit(store, change, err);
}

/* ---- What people are told ---- */

static void tell_saved(struct page *page, int64_t change, const struct als_entry_outcome *outcome)
{
    struct enter *enter = page->enter;
    struct als_buf totals;
    als_buf_init(&totals, 200);
    if (!als_form_head(page->form)->not_done)
        als_form_total(page->form, &totals);
    if (enter->dry)
        enter->note = als_arena_printf(enter->cli->arena, "%s: dry run, nothing written",
                                       page->instrument->short_title);
    else if (change == 0)
        enter->note = als_arena_printf(enter->cli->arena, "%s: stored like this already",
                                       page->instrument->short_title);
    else
        enter->note =
            als_arena_printf(enter->cli->arena, "%s saved%s%s (change %lld%s)",
                             page->instrument->short_title, totals.length ? ": " : "", totals.data,
                             (long long)change, outcome->opened ? ", query opened" : "");
    als_buf_release(&totals);
    als_cli_tell(enter->cli, "%s", enter->note);
}

/* Nothing was written by a change set without steps, so the draft is still there. */
static enum page_end finish(struct page *page, int64_t change,
                            const struct als_entry_outcome *outcome, struct als_err *err)
{
    if (change == 0 && page_discard_draft(page, err) != ALS_OK)
        return PAGE_FAILED;
    page->enter->visit_no =
        als_store_visit_no(page->enter->cli->store, page->enter->visit, strlen(page->enter->visit));
    tell_saved(page, change, outcome);
    return PAGE_SAVED;
}

static enum page_end refuse(struct page *page, const struct als_err *err)
{
    page_say(page, "not saved: %s%s%s", err->text, err->hint[0] ? "; " : "", err->hint);
    return PAGE_STAYS;
}

static bool nothing_said(struct page *page)
{
    return !als_form_is_touched(page->form) && !als_form_head(page->form)->not_done;
}

enum page_end save(struct page *page, struct als_err *err)
{
    struct als_change_info *info = &page->enter->cli->change;
    if (nothing_said(page)) {
        page_say(page, "nothing is answered yet; M: not done");
        return PAGE_STAYS;
    }
    page->n_justifications = 0;
    for (;;) {
        struct als_entry_outcome outcome;
        struct als_err problem = {.status = ALS_OK};
        int64_t change;
        const enum als_status status = try_save(page, &outcome, &change, &problem);
        if (status == ALS_OK)
            return finish(page, change, &outcome, err);
        if (strcmp(problem.code, "E-CONFIRM") == 0) {
            if (!justify(page, &outcome))
                return als_cli_interrupted() ? PAGE_INTERRUPTED : PAGE_STAYS;
        } else if (strcmp(problem.code, "E-CONFLICT") == 0 && !info->reason) {
            info->reason = ask_why(page);
            if (!info->reason)
                return als_cli_interrupted() ? PAGE_INTERRUPTED : PAGE_STAYS;
        } else if (strcmp(problem.code, "E-CHANGED-MEANWHILE") == 0) {
            return merge(page, err);
        } else {
            return refuse(page, &problem);
        }
    }
}
