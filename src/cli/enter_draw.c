/* The pages of `enter` as they look. */
#include "enter.h"

#include <ctype.h>
#include <string.h>

#include "alstrack/core/utf8.h"

/* ---- Head of every page ---- */

/* A day beside another of the same year. */
static const char *without_year(const char *day, const char *beside)
{
    return strncmp(day, beside, 5) == 0 ? day + 5 : day;
}

static void draw_window(const struct page *page, struct als_screen *screen)
{
    const struct enter *enter = page->enter;
    const struct als_visit_row *row = &enter->row;
    const int day = als_form_head(page->form)->day;
    char target[ALS_DATE_TEXT], from[ALS_DATE_TEXT], to[ALS_DATE_TEXT], date[ALS_DATE_TEXT];
    if (!row->plan) {
        als_screen_line(screen, ALS_STYLE_STRONG, 2, "%s  %s", enter->patient.patient,
                        enter->visit);
        return;
    }
    if (row->target == ALS_NO_DAY) {
        als_screen_line(screen, ALS_STYLE_STRONG, 2, "%s  %s %s: no target date yet",
                        enter->patient.patient, enter->visit, row->plan->label);
        return;
    }
    als_day_format(row->target, target);
    als_day_format(row->window_from, from);
    als_day_format(row->window_to, to);
    const bool outside = day < row->window_from || day > row->window_to;
    const char *when =
        day == ALS_NO_DAY
            ? ""
            : als_arena_printf(page->arena, " - %s %+d d%s",
                               day == enter->today ? "today" : als_day_format(day, date),
                               day - row->target, outside ? ", outside" : "");
    als_screen_line(screen, ALS_STYLE_STRONG, 2, "%s  %s %s: target %s, window %s to %s%s",
                    enter->patient.patient, enter->visit, row->plan->label, target,
                    without_year(from, target), without_year(to, target), when);
}

static void put_draft(const struct page *page, struct als_buf *line)
{
    if (page->enter->dry)
        als_buf_text(line, "; dry run, nothing is written");
    else if (page->draft == DRAFT_KEPT)
        als_buf_printf(line, "; draft saved %s", page->draft_at);
    else if (page->draft == DRAFT_FAILED)
        als_buf_text(line, "; DRAFT NOT SAVED");
}

static void draw_about(const struct page *page, struct als_screen *screen)
{
    const struct als_form_head *head = als_form_head(page->form);
    struct als_buf line;
    char day[ALS_DATE_TEXT];
    als_buf_init(&line, 600);
    als_buf_printf(&line, "%s", page->instrument->short_title);
    if (page->enter->n_instruments > 1)
        als_buf_printf(&line, " (%zu of %zu)", page->index + 1, page->enter->n_instruments);
    als_buf_printf(&line, "%s", page->stored ? ", correction" : "");
    if (head->not_done)
        als_buf_printf(&line, ": not done, %s", head->reason);
    else
        als_buf_printf(&line, ": %s, %s",
                       head->day == ALS_NO_DAY ? "date not said" : als_day_format(head->day, day),
                       head->mode ? head->mode : "mode not said");
    if (head->respondent)
        als_buf_printf(&line, ", %s answered", head->respondent);
    if (head->rater)
        als_buf_printf(&line, ", rater %s", head->rater);
    put_draft(page, &line);
    als_screen_line(screen, ALS_STYLE_PLAIN, 2, "%s", line.data);
    als_buf_release(&line);
    if (page->others)
        als_screen_line(screen, ALS_STYLE_ALERT, 2, "%s", page->others);
}

void draw_head(struct page *page, struct als_screen *screen)
{
    draw_window(page, screen);
    draw_about(page, screen);
    als_screen_rule(screen);
    if (page->enter->note)
        als_screen_line(screen, ALS_STYLE_FAINT, 2, "%s", page->enter->note);
    page->enter->note = NULL;
}

static void draw_note(struct page *page, struct als_screen *screen)
{
    if (page->note)
        als_screen_line(screen, ALS_STYLE_ALERT, 2, "%s", page->note);
    page->note = NULL;
}

static void draw_totals(struct page *page, struct als_screen *screen)
{
    struct als_buf total, domains;
    als_buf_init(&total, 1000);
    als_buf_init(&domains, 4000);
    als_form_total(page->form, &total);
    als_form_domains(page->form, &domains);
    if (total.length)
        als_screen_line(screen, ALS_STYLE_STRONG, 2, "%s", total.data);
    if (domains.length)
        als_screen_line(screen, ALS_STYLE_PLAIN, 2, "%s", domains.data);
    als_buf_release(&domains);
    als_buf_release(&total);
}

/* ---- A question ---- */

static void draw_title(struct page *page, const struct als_question *question,
                       struct als_screen *screen)
{
    const size_t count = als_form_count(page->form);
    const char *number = als_arena_printf(page->arena, "%2zu%s of %zu  ", question->number,
                                          question->selects_wording ? ", wording," : "", count);
    als_screen_line(screen, ALS_STYLE_STRONG, strlen(number), "%s%s", number, question->label);
    if (question->definition->variant)
        als_screen_line(screen, ALS_STYLE_FAINT, strlen(number), "%*s(w: the other wording)",
                        (int)strlen(number), "");
    if (!question->definition->required && !question->selects_wording)
        als_screen_line(screen, ALS_STYLE_FAINT, strlen(number), "%*s(optional: Enter goes on)",
                        (int)strlen(number), "");
}

static void draw_choices(const struct als_question *question, struct als_screen *screen)
{
    for (size_t i = 0; i < question->n_choices; i++) {
        const struct als_form_choice *choice = &question->choices[i];
        const bool now = strcmp(choice->code, question->text) == 0;
        if (choice->key)
            als_screen_line(screen, now ? ALS_STYLE_STRONG : ALS_STYLE_PLAIN, 8, "%s  %c  %s",
                            now ? "   *" : "    ", choice->key, choice->label);
        else
            als_screen_line(screen, now ? ALS_STYLE_STRONG : ALS_STYLE_PLAIN, 8, "%s %2zu  %s",
                            now ? "   *" : "    ", i + 1, choice->label);
    }
}

/* What may be typed, for items without choices. */
static void draw_expected(const struct als_question *question, struct als_screen *screen)
{
    char expected[200];
    struct als_value value;
    const struct als_item *item = question->definition;
    if (question->n_choices)
        return;
    if (item->type == ALS_ITEM_TEXT)
        als_screen_line(screen, ALS_STYLE_PLAIN, 4, "    text; Esc, then a key, for commands");
    else if (item->type == ALS_ITEM_DATE)
        als_screen_line(screen, ALS_STYLE_PLAIN, 4,
                        "    a date: 20240604 or 2024-06-04, 202406, 2024; t is today");
    else if (!als_value_parse(item, "?", 1, &value, expected, sizeof expected))
        als_screen_line(screen, ALS_STYLE_PLAIN, 4, "    %s", expected);
}

static void draw_answer(const struct als_question *question, struct als_screen *screen)
{
    if (question->state == ALS_ANSWER_MISSING)
        als_screen_line(screen, ALS_STYLE_STRONG, 4, "    missing: %s", question->reason);
    else if (*question->text && question->n_choices == 0)
        als_screen_line(screen, ALS_STYLE_STRONG, 4, "    answered: %s", question->answer_label);
    if (question->state == ALS_ANSWER_PREFILLED)
        als_screen_line(screen, ALS_STYLE_FAINT, 4, "    taken from the patient's events");
    if (question->aside_label)
        als_screen_line(screen, ALS_STYLE_FAINT, 4, "    kept for the other wording: %s",
                        question->aside_label);
}

static void draw_previous(struct page *page, const struct als_question *question,
                          struct als_screen *screen)
{
    char day[ALS_DATE_TEXT];
    if (!page->show_previous)
        return;
    if (!page->previous) {
        als_screen_line(screen, ALS_STYLE_FAINT, 4, "    no earlier assessment");
        return;
    }
    const char *label = als_form_previous_label(page->form, question->item);
    als_screen_line(screen, ALS_STYLE_FAINT, 4, "    before (%s, %s): %s%s%s",
                    page->previous->visit, als_day_format(page->previous->day, day),
                    als_form_previous_text(page->form, question->item),
                    question->n_choices ? " " : "", question->n_choices || !*label ? label : "");
}

static void draw_question_keys(const struct page *page, const struct als_question *question,
                               struct als_screen *screen)
{
    const bool several = page->enter->n_instruments > 1;
    als_screen_line(screen, ALS_STYLE_FAINT, 0,
                    "%sb back  Enter on  p before  m missing  ? help  r review  h date, rater  "
                    "M not done%s  d keep draft  q discard",
                    question->n_choices && question->one_key ? "key answers  " : "",
                    several ? "  > next page" : "");
}

void draw_question(struct page *page)
{
    struct als_screen screen;
    const struct als_question *question = als_form_question(page->form, page->at);
    als_screen_begin(&screen, &page->enter->tty);
    draw_head(page, &screen);
    als_screen_gap(&screen);
    draw_title(page, question, &screen);
    als_screen_gap(&screen);
    draw_choices(question, &screen);
    draw_expected(question, &screen);
    draw_answer(question, &screen);
    draw_previous(page, question, &screen);
    if (page->show_help)
        als_screen_line(&screen, ALS_STYLE_PLAIN, 4, "    %s",
                        question->definition->help ? question->definition->help
                                                   : "no further help for this item");
    als_screen_gap(&screen);
    draw_totals(page, &screen);
    draw_note(page, &screen);
    draw_question_keys(page, question, &screen);
    als_screen_end(&screen);
}

/* ---- The review ---- */

/* Blanks up to `columns` from `start` on. */
static void pad(struct als_buf *out, size_t start, size_t columns)
{
    while (als_utf8_width(out->data + start, out->length - start) < columns)
        als_buf_char(out, ' ');
}

static const char *answer_words(struct page *page, size_t item)
{
    const struct als_question *question = als_form_question(page->form, item);
    if (question->state == ALS_ANSWER_MISSING)
        return als_arena_printf(page->arena, "missing: %s", question->reason);
    if (!*question->text)
        return question->definition->required ? "----" : "-";
    if (question->definition->numeric_choice)
        return als_arena_printf(page->arena, "%s %s", question->text, question->answer_label);
    return als_arena_strdup(page->arena, question->answer_label);
}

/* How a column is shared: number, label, answer. Answers come whole before labels do. */
struct shares {
    size_t width, label, answer;
    bool fits; /* nothing is cut */
};

static struct shares share(struct page *page, const size_t *items, size_t n, size_t width)
{
    size_t label = 0, answer = 0;
    for (size_t i = 0; i < n; i++) {
        const char *words = answer_words(page, items[i]);
        const char *name = als_form_question(page->form, items[i])->label;
        const size_t answer_width = als_utf8_width(words, strlen(words));
        const size_t label_width = als_utf8_width(name, strlen(name));
        answer = answer_width > answer ? answer_width : answer;
        label = label_width > label ? label_width : label;
    }
    const size_t room = width - 8; /* number and gaps */
    const bool fits = label + answer <= room;
    answer = answer > room / 2 ? room / 2 : answer;
    label = label > room - answer ? room - answer : label;
    return (struct shares){width, label, room - label, fits};
}

static void put_item(struct page *page, size_t item, const struct shares *shares,
                     struct als_buf *out)
{
    const struct als_question *question = als_form_question(page->form, item);
    const char *answer = answer_words(page, item);
    const size_t start = out->length;
    size_t rest;
    if (question->selects_wording)
        als_buf_text(out, "  w ");
    else
        als_buf_printf(out, "%3zu ", question->number);
    size_t n = als_utf8_break(question->label, strlen(question->label), shares->label, &rest);
    als_buf_printf(out, "%.*s", (int)n, question->label);
    pad(out, start, shares->label + 6);
    n = als_utf8_break(answer, strlen(answer), shares->answer, &rest);
    als_buf_printf(out, "%.*s", (int)n, answer);
}

/* Items that are shown, in order; returns how many. */
static size_t shown_items(struct page *page, size_t *items)
{
    size_t n = 0;
    for (ptrdiff_t i = -1; (i = als_form_next(page->form, i, false)) >= 0;)
        items[n++] = (size_t)i;
    return n;
}

static void draw_in_columns(struct page *page, struct als_screen *screen, const size_t *items,
                            size_t n, size_t columns, const struct shares *shares)
{
    const size_t rows = (n + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        struct als_buf line;
        als_buf_init(&line, 2000);
        for (size_t column = 0; column < columns; column++) {
            const size_t which = column * rows + row;
            pad(&line, 0, column ? shares->width : 0);
            if (which < n)
                put_item(page, items[which], shares, &line);
        }
        als_screen_line(screen, ALS_STYLE_PLAIN, 4, "%s", line.data);
        als_buf_release(&line);
    }
}

/* Where columns would cut, each item takes the lines that it needs. */
static void draw_broken(struct page *page, struct als_screen *screen, size_t item)
{
    const struct als_question *question = als_form_question(page->form, item);
    const char *answer = answer_words(page, item);
    if (question->selects_wording)
        als_screen_line(screen, ALS_STYLE_PLAIN, 4, "  w %s: %s", question->label, answer);
    else
        als_screen_line(screen, ALS_STYLE_PLAIN, 4, "%3zu %s: %s", question->number,
                        question->label, answer);
}

static void draw_items(struct page *page, struct als_screen *screen, size_t rows_free)
{
    size_t *items = als_arena_array(page->arena, page->instrument->n_items + 1, sizeof *items);
    const size_t n = shown_items(page, items), room = (size_t)screen->tty->columns - 1;
    const struct shares one = share(page, items, n, room), two = share(page, items, n, room / 2);
    if (n > rows_free && room >= 72)
        draw_in_columns(page, screen, items, n, 2, &two);
    else if (one.fits)
        draw_in_columns(page, screen, items, n, 1, &one);
    else
        for (size_t i = 0; i < n; i++)
            draw_broken(page, screen, items[i]);
}

static void draw_verdicts(struct page *page, const struct als_verdict_list *verdicts,
                          struct als_screen *screen)
{
    static const char *const must[] = {"must be mended", "needs a reason", "note"};
    for (size_t i = 0; i < verdicts->count; i++) {
        const struct als_verdict *verdict = &verdicts->items[i];
        const char *at =
            verdict->item >= 0
                ? als_arena_printf(page->arena, " (%zu %s)",
                                   als_form_question(page->form, (size_t)verdict->item)->number,
                                   als_form_question(page->form, (size_t)verdict->item)->label)
                : "";
        als_screen_line(screen, verdict->level == ALS_RULE_INFO ? ALS_STYLE_PLAIN : ALS_STYLE_ALERT,
                        2, "%s%s: %s [%s]", must[verdict->level], at, verdict->message,
                        verdict->code);
    }
}

/* Beside "not done": what a save would leave out. */
static void draw_left_out(struct page *page, struct als_screen *screen)
{
    const size_t n = als_form_said(page->form);
    if (n)
        als_screen_line(screen, ALS_STYLE_ALERT, 2,
                        "Not done, but %zu question%s answered; h takes \"not done\" back", n,
                        n == 1 ? " is" : "s are");
}

void draw_review(struct page *page, const struct als_verdict_list *verdicts, const char *typed)
{
    struct als_screen screen;
    als_screen_begin(&screen, &page->enter->tty);
    draw_head(page, &screen);
    const size_t others = screen.lines + verdicts->count + 5;
    const size_t rows = (size_t)page->enter->tty.rows;
    if (!als_form_head(page->form)->not_done) {
        draw_items(page, &screen, rows > others ? rows - others : 1);
        draw_totals(page, &screen);
    } else {
        draw_left_out(page, &screen);
    }
    draw_verdicts(page, verdicts, &screen);
    draw_note(page, &screen);
    als_screen_line(&screen, ALS_STYLE_FAINT, 0,
                    "s save  number: change that item  h date, rater  M not done  %sd keep draft  "
                    "q discard",
                    page->enter->n_instruments > 1 ? "> next page  " : "");
    if (*typed)
        als_screen_line(&screen, ALS_STYLE_STRONG, 0, "item %s (Enter)", typed);
    als_screen_end(&screen);
}
