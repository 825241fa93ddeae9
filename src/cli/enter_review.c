/* The review of an assessment before it is saved. */
#include "enter.h"

#include <string.h>

/* What the rules say of the form as it is. An extra visit or a rater that the study does not know
 * yet has no number to judge by, one without a date no day: then the save itself says. */
static enum als_status judge(struct page *page, struct als_verdict_list *verdicts,
                             struct als_err *err)
{
    struct als_assessment assessment;
    const char *rater = als_form_head(page->form)->rater;
    *verdicts = (struct als_verdict_list){.arena = page->arena};
    page_assessment(page, &assessment);
    if (assessment.visit_no == 0 || assessment.day == ALS_NO_DAY ||
        (rater && assessment.rater_no == 0))
        return ALS_OK;
    return als_judge_assessment(page->enter->cli->store, page->instrument, &assessment,
                                page->enter->today, verdicts, err);
}

static ptrdiff_t item_of_number(struct page *page, size_t number)
{
    for (ptrdiff_t i = -1; (i = als_form_next(page->form, i, false)) >= 0;) {
        const struct als_question *question = als_form_question(page->form, (size_t)i);
        if (question->number == number && !question->selects_wording)
            return i;
    }
    return -1;
}

static enum page_end jump(struct page *page, size_t number)
{
    const ptrdiff_t item = item_of_number(page, number);
    if (item < 0) {
        page_say(page, "there is no item %zu", number);
        return PAGE_STAYS;
    }
    page->at = (size_t)item;
    page->jumped = true;
    page->show_previous = page->show_help = false;
    return ask_questions(page);
}

/* A digit of an item's number; goes there once no further digit can follow. */
static enum page_end type_number(struct page *page, size_t *number, int key)
{
    *number = *number * 10 + (size_t)(key - '0');
    if (*number * 10 <= als_form_count(page->form) && *number)
        return PAGE_STAYS;
    const size_t typed = *number;
    *number = 0;
    return jump(page, typed);
}

static enum page_end review_command(struct page *page, int key, struct als_err *err)
{
    if (key == 's')
        return save(page, err);
    if (key == 'b' || key == ALS_KEY_BACKSPACE || key == ALS_KEY_LEFT) {
        const ptrdiff_t last = als_form_previous(page->form, (ptrdiff_t)page->instrument->n_items);
        if (last < 0)
            return PAGE_STAYS;
        page->at = (size_t)last;
        return ask_questions(page);
    }
    return page_command(page, key);
}

enum page_end review(struct page *page, struct als_err *err)
{
    size_t number = 0;
    for (;;) {
        struct als_verdict_list verdicts;
        char typed[24] = "";
        if (judge(page, &verdicts, err) != ALS_OK)
            return PAGE_FAILED;
        if (number)
            snprintf(typed, sizeof typed, "%zu", number);
        draw_review(page, &verdicts, typed);
        const int key = als_tty_key();
        enum page_end end = PAGE_STAYS;
        if (key >= '0' && key <= '9')
            end = type_number(page, &number, key);
        else if (key == ALS_KEY_ENTER && number) {
            const size_t wanted = number;
            number = 0;
            end = jump(page, wanted);
        } else if (key == ALS_KEY_BACKSPACE && number)
            number /= 10;
        else
            end = review_command(page, key, err);
        if (end != PAGE_STAYS && end != PAGE_REVIEW)
            return end;
    }
}
