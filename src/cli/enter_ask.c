/* Keys on a page of `enter`: answering, going back and forth, and small questions in between. */
#include "enter.h"

#include <string.h>

#include "alstrack/core/num.h"
#include "alstrack/core/utf8.h"
#include "alstrack/score/reason.h"

/* ---- Small questions ---- */

static char list_key(size_t i)
{
    return (char)(i < 9 ? '1' + (int)i : 'a' + (int)(i - 9));
}

void say_unknown_key(struct page *page, int key)
{
    char text[5] = "";
    if (key <= ' ' || key >= ALS_KEY_BACKSPACE)
        return;
    als_utf8_encode((uint32_t)key, text);
    page_say(page, "'%s' does nothing here", text);
}

static void draw_list(struct page *page, const char *title, const char *const *labels, size_t n)
{
    struct als_screen screen;
    als_screen_begin(&screen, &page->enter->tty);
    draw_head(page, &screen);
    als_screen_gap(&screen);
    als_screen_line(&screen, ALS_STYLE_STRONG, 2, "%s", title);
    als_screen_gap(&screen);
    for (size_t i = 0; i < n; i++)
        als_screen_line(&screen, ALS_STYLE_PLAIN, 8, "     %c  %s", list_key(i), labels[i]);
    als_screen_gap(&screen);
    if (page->note)
        als_screen_line(&screen, ALS_STYLE_ALERT, 2, "%s", page->note);
    page->note = NULL;
    als_screen_line(&screen, ALS_STYLE_FAINT, 0, "b back");
    als_screen_end(&screen);
}

ptrdiff_t ask_list(struct page *page, const char *title, const char *const *labels, size_t n)
{
    for (;;) {
        draw_list(page, title, labels, n);
        const int key = als_tty_key();
        for (size_t i = 0; i < n; i++)
            if (key == list_key(i))
                return (ptrdiff_t)i;
        if (key == ALS_KEY_INTERRUPT)
            return -3;
        if (key == ALS_KEY_LEAVE)
            return -2;
        if (key == 'b' || key == ALS_KEY_BACKSPACE || key == ALS_KEY_ESCAPE || key == ALS_KEY_LEFT)
            return -1;
        say_unknown_key(page, key);
    }
}

const char *ask_reason(struct page *page, const char *what)
{
    size_t n;
    const char *const *codes = als_reasons(&n);
    const char *labels[32];
    for (size_t i = 0; i < n && i < 32; i++) {
        char *label = als_arena_strdup(page->arena, codes[i]);
        for (char *c = label; *c; c++)
            *c = *c == '_' ? ' ' : *c;
        labels[i] = label;
    }
    const char *title = als_arena_printf(page->arena, "%s: why is it missing?", what);
    const ptrdiff_t which = ask_list(page, title, labels, n);
    return which < 0 ? NULL : codes[which];
}

bool ask_line(struct page *page, const char *title, struct als_buf *line)
{
    for (;;) {
        struct als_screen screen;
        als_screen_begin(&screen, &page->enter->tty);
        draw_head(page, &screen);
        als_screen_gap(&screen);
        als_screen_line(&screen, ALS_STYLE_STRONG, 2, "%s", title);
        if (page->note)
            als_screen_line(&screen, ALS_STYLE_ALERT, 2, "%s", page->note);
        page->note = NULL;
        als_screen_line(&screen, ALS_STYLE_FAINT, 0, "Enter takes it, Esc goes back");
        als_screen_end(&screen);
        const int key = als_tty_line(&page->enter->tty, "> ", line, "");
        if (key == ALS_KEY_ENTER)
            return true;
        if (key != ALS_KEY_RESIZED && key != ALS_KEY_TAB && key != ALS_KEY_UP &&
            key != ALS_KEY_DOWN)
            return false;
    }
}

bool ask_yes(struct page *page, const char *question)
{
    struct als_screen screen;
    als_screen_begin(&screen, &page->enter->tty);
    draw_head(page, &screen);
    als_screen_gap(&screen);
    als_screen_line(&screen, ALS_STYLE_STRONG, 2, "%s", question);
    als_screen_line(&screen, ALS_STYLE_FAINT, 0, "y yes, any other key no");
    als_screen_end(&screen);
    int key = ALS_KEY_RESIZED;
    while (key == ALS_KEY_RESIZED)
        key = als_tty_key();
    return key == 'y' || key == 'Y';
}

/* ---- Moving ---- */

static enum page_end go_to(struct page *page, ptrdiff_t item)
{
    page->show_previous = page->show_help = false;
    if (item < 0)
        return PAGE_REVIEW;
    page->at = (size_t)item;
    return PAGE_STAYS;
}

/* After an answer: on to the next one that has none, or back to the review where one came from. */
static enum page_end go_on(struct page *page)
{
    page_keep_draft(page);
    if (page->jumped)
        return PAGE_REVIEW;
    return go_to(page, als_form_next(page->form, (ptrdiff_t)page->at, true));
}

static enum page_end go_back(struct page *page)
{
    const ptrdiff_t before = als_form_previous(page->form, (ptrdiff_t)page->at);
    if (before < 0) {
        page_say(page, "this is the first question");
        return PAGE_STAYS;
    }
    return go_to(page, before);
}

/* The question that decides which wording this item has. */
static enum page_end go_to_wording(struct page *page)
{
    for (size_t i = 0; i < page->instrument->n_items; i++) {
        const struct als_question *question = als_form_question(page->form, i);
        if (question->selects_wording &&
            question->number == als_form_question(page->form, page->at)->number) {
            page->jumped = false;
            return go_to(page, (ptrdiff_t)i);
        }
    }
    return PAGE_STAYS;
}

/* A wording that changes what was asked is not passed over: the item is asked again. */
static enum page_end go_on_from_wording(struct page *page)
{
    page_keep_draft(page);
    for (size_t i = page->at + 1; i < page->instrument->n_items; i++)
        if (page->instrument->items[i].variant)
            return als_form_question(page->form, i)->state == ALS_ANSWER_NONE
                       ? go_to(page, (ptrdiff_t)i)
                       : go_on(page);
    return go_on(page);
}

/* ---- Answering ---- */

static enum page_end answer(struct page *page, const char *text)
{
    char expected[200];
    const struct als_question *question = als_form_question(page->form, page->at);
    const bool wording = question->selects_wording;
    if (!als_form_answer(page->form, page->at, text, expected, sizeof expected)) {
        page_say(page, "'%.60s' does not fit: %s", text, expected);
        return PAGE_STAYS;
    }
    return wording ? go_on_from_wording(page) : go_on(page);
}

static enum page_end answer_missing(struct page *page)
{
    const char *reason = ask_reason(page, als_form_question(page->form, page->at)->label);
    if (!reason)
        return als_cli_interrupted() ? PAGE_INTERRUPTED : PAGE_STAYS;
    (void)als_form_set_missing(page->form, page->at, reason);
    return go_on(page);
}

static enum page_end discard(struct page *page)
{
    struct als_err err;
    if (als_form_is_touched(page->form) && page->draft != DRAFT_NONE &&
        !ask_yes(page, "Discard what was typed on this page?"))
        return PAGE_STAYS;
    if (page_discard_draft(page, &err) != ALS_OK) {
        page_say(page, "the draft is still there: %s", err.text);
        return PAGE_STAYS;
    }
    return PAGE_DISCARDED;
}

enum page_end page_command(struct page *page, int key)
{
    switch (key) {
    case 'd':
    case ALS_KEY_LEAVE:
        return PAGE_LEFT;
    case ALS_KEY_INTERRUPT:
        return PAGE_INTERRUPTED;
    case 'q':
        return discard(page);
    case 'h':
        return ask_head(page);
    case 'M':
        return ask_not_done(page);
    case '>':
        return page->enter->n_instruments > 1 ? PAGE_SKIPPED : PAGE_STAYS;
    case '<':
        return page->index ? PAGE_BACK : PAGE_STAYS;
    default:
        say_unknown_key(page, key);
        return PAGE_STAYS;
    }
}

/* A key that is no answer. */
static enum page_end question_command(struct page *page, int key)
{
    switch (key) {
    case 'b':
    case ALS_KEY_BACKSPACE:
    case ALS_KEY_LEFT:
    case ALS_KEY_UP:
        return go_back(page);
    case ALS_KEY_ENTER:
    case ALS_KEY_RIGHT:
    case ALS_KEY_DOWN:
        return page->jumped ? PAGE_REVIEW
                            : go_to(page, als_form_next(page->form, (ptrdiff_t)page->at, false));
    case 'p':
    case ALS_KEY_TAB:
        page->show_previous = !page->show_previous;
        return PAGE_STAYS;
    case '?':
        page->show_help = !page->show_help;
        return PAGE_STAYS;
    case 'm':
    case '.':
        return answer_missing(page);
    case 'w':
        return go_to_wording(page);
    case 'r':
        return PAGE_REVIEW;
    default:
        return page_command(page, key);
    }
}

/* What was typed as the answer stands for it: the number of a choice for its code, a date without
 * its separators. */
static void complete_typed(const struct page *page, const struct als_question *question,
                           struct als_buf *line)
{
    int64_t number;
    if (question->definition->type == ALS_ITEM_DATE)
        date_typed(page->enter, line);
    if (question->n_choices && als_num_parse_integer(line->data, line->length, &number) &&
        number >= 1 && (size_t)number <= question->n_choices) {
        als_buf_clear(line);
        als_buf_text(line, question->choices[number - 1].code);
    }
}

static enum page_end ask_typed(struct page *page, const struct als_question *question)
{
    const bool text = question->definition->type == ALS_ITEM_TEXT;
    struct als_buf line;
    als_buf_init(&line, 4000);
    int key = als_tty_line(&page->enter->tty, "> ", &line, text ? "" : "bpmwrhdqM.?<>");
    enum page_end end;
    if (key == ALS_KEY_ENTER && line.length) {
        complete_typed(page, question, &line);
        end = answer(page, line.data);
    } else if (key == ALS_KEY_ESCAPE) {
        end = question_command(page, als_tty_key());
    } else {
        end = question_command(page, key);
    }
    als_buf_release(&line);
    return end;
}

static enum page_end ask_key(struct page *page, const struct als_question *question)
{
    const int key = als_tty_key();
    const char *code = key > 0 && key < 0x80 ? als_question_code_of(question, (char)key) : NULL;
    return code ? answer(page, code) : question_command(page, key);
}

enum page_end ask_questions(struct page *page)
{
    enum page_end end = PAGE_STAYS;
    while (end == PAGE_STAYS) {
        draw_question(page);
        const struct als_question *question = als_form_question(page->form, page->at);
        end = question->one_key ? ask_key(page, question) : ask_typed(page, question);
    }
    page->jumped = false;
    return end;
}
