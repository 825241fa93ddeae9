/* Reasons before a save: why a stored assessment changes, why a doubtful value is right. */
#include "enter.h"

#include <string.h>

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t")] == '\0';
}

const char *ask_why(struct page *page)
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

/* ---- Doubtful values ---- */

/* Those that want a reason, one after the other. */
struct doubts {
    struct page *page;
    size_t at, count;
    const char *reason; /* the latest; NULL: none yet */
    bool for_all;       /* and it holds for all that follow */
};

static bool wants_reason(const struct als_entry_outcome *outcome, size_t i)
{
    return outcome->verdicts.items[i].level == ALS_RULE_SOFT &&
           !(outcome->confirmed && outcome->confirmed[i]);
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

/* "Walking: now 4, before 2 (D0, 2024-03-04): ", for a rule about one item. */
static void name_item(struct page *page, ptrdiff_t item, struct als_buf *out)
{
    char day[ALS_DATE_TEXT];
    if (item < 0)
        return;
    const struct als_question *question = als_form_question(page->form, (size_t)item);
    const bool number = question->definition->numeric_choice;
    als_buf_printf(out, "%s: now %s", question->label,
                   question->state == ALS_ANSWER_MISSING ? "missing"
                   : number                              ? question->text
                                                         : question->answer_label);
    const char *before = number ? als_form_previous_text(page->form, (size_t)item)
                                : als_form_previous_label(page->form, (size_t)item);
    if (page->previous && *before)
        als_buf_printf(out, ", before %s (%s, %s)", before, page->previous->visit,
                       als_day_format(page->previous->day, day));
    als_buf_text(out, ": ");
}

static const char *question_of(const struct doubts *doubts, const struct als_verdict *verdict)
{
    struct als_buf text;
    als_buf_init(&text, 4000);
    if (doubts->count > 1)
        als_buf_printf(&text, "(%zu of %zu) ", doubts->at, doubts->count);
    name_item(doubts->page, verdict->item, &text);
    als_buf_printf(&text, "%s [%s]. Correct as it is? Say why; it becomes the query's answer.",
                   verdict->message, verdict->code);
    if (doubts->reason)
        als_buf_printf(&text, " = the same reason%s",
                       doubts->at < doubts->count ? ", == the same for all that follow" : "");
    const char *question = als_arena_strdup(doubts->page->arena, text.data);
    als_buf_release(&text);
    return question;
}

/* What the line says: a reason, or = for the one before. False with a note when it says none. */
static bool take_reason(struct doubts *doubts, struct als_buf *line)
{
    const bool same = strcmp(line->data, "=") == 0, all = strcmp(line->data, "==") == 0;
    if (is_blank(line->data)) {
        page_say(doubts->page, "a reason is needed, or Esc to go back");
        return false;
    }
    if (!same && !all) {
        doubts->reason = als_arena_strdup(doubts->page->arena, line->data);
        return true;
    }
    als_buf_clear(line);
    doubts->for_all = all && doubts->reason;
    if (!doubts->reason)
        page_say(doubts->page, "no reason was given yet");
    return doubts->reason != NULL;
}

static bool ask_doubt(struct doubts *doubts, const struct als_verdict *verdict)
{
    struct als_buf line;
    const char *question = question_of(doubts, verdict);
    bool taken = doubts->for_all;
    als_buf_init(&line, 1000);
    while (!taken && ask_line(doubts->page, question, &line))
        taken = take_reason(doubts, &line);
    als_buf_release(&line);
    if (taken)
        add_justification(doubts->page, verdict, doubts->reason);
    return taken;
}

bool justify(struct page *page, const struct als_entry_outcome *outcome)
{
    struct doubts doubts = {.page = page};
    for (size_t i = 0; i < outcome->verdicts.count; i++)
        doubts.count += wants_reason(outcome, i);
    for (size_t i = 0; i < outcome->verdicts.count; i++) {
        if (!wants_reason(outcome, i))
            continue;
        doubts.at++;
        if (!ask_doubt(&doubts, &outcome->verdicts.items[i]))
            return false;
    }
    return true;
}
