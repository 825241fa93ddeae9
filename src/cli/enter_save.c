/* Saving an assessment: reasons where they are needed, one change set, and the draft is gone. */
#include "enter.h"
#include "verdicts.h"

#include <string.h>

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
    als_cli_tell_news(enter->cli, &outcome->others);
}

/* The first assessment that is saved makes the visit; the next ones of it begin with its date. */
static void take_visit(struct page *page)
{
    const struct als_form_head *head = als_form_head(page->form);
    struct enter *enter = page->enter;
    if (head->not_done || enter->recorded_day != ALS_NO_DAY)
        return;
    enter->recorded_day = head->day;
    enter->recorded_mode = als_arena_strdup(enter->cli->arena, head->mode);
}

/* Nothing was written by a change set without steps, so the draft is still there. */
static enum page_end finish(struct page *page, int64_t change,
                            const struct als_entry_outcome *outcome, struct als_err *err)
{
    if (change == 0 && page_discard_draft(page, err) != ALS_OK)
        return PAGE_FAILED;
    page->enter->visit_no =
        als_store_visit_no(page->enter->cli->store, page->enter->visit, strlen(page->enter->visit));
    take_visit(page);
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

/* What must be said before: the day, or that answers are left out. False when it was not. */
static bool is_ready(struct page *page)
{
    const struct als_form_head *head = als_form_head(page->form);
    if (nothing_said(page)) {
        page_say(page, "nothing is answered yet; M: not done");
        return false;
    }
    if (!head->not_done) {
        if (head->day != ALS_NO_DAY || ask_day(page))
            return true;
        page_say(page, "not saved: the date is missing");
        return false;
    }
    const size_t n = als_form_said(page->form);
    return n == 0 ||
           ask_yes(page, als_arena_printf(page->arena, "Not done: leave out the %zu answer%s?", n,
                                          n == 1 ? "" : "s"));
}

enum page_end save(struct page *page, struct als_err *err)
{
    struct als_change_info *info = &page->enter->cli->change;
    if (!is_ready(page))
        return als_cli_interrupted() ? PAGE_INTERRUPTED : PAGE_STAYS;
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
