/* One item of a form: question, answer, why there is none, what it was before, what was found. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "alstrack/score/reason.h"
#include "assess_show.h"

const char *als_code_words(struct als_arena *arena, const char *code)
{
    char *words = als_arena_strdup(arena, code);
    for (char *c = words; c && *c; c++)
        if (*c == '_')
            *c = ' ';
    return words;
}

const struct als_input_choice *als_reason_choices(struct als_arena *arena, const char *none,
                                                  size_t *n)
{
    size_t n_codes;
    const char *const *codes = als_reasons(&n_codes);
    struct als_input_choice *choices = als_arena_array(arena, n_codes + 1, sizeof *choices);
    choices[0] = (struct als_input_choice){.value = "", .label = none};
    for (size_t i = 0; i < n_codes; i++)
        choices[i + 1] = (struct als_input_choice){
            .value = codes[i],
            .label = als_code_words(arena, codes[i]),
            .key = i < 9 ? als_arena_printf(arena, "%zu", i + 1) : NULL, /* as in the terminal */
        };
    *n = n_codes + 1;
    return choices;
}

/* ---- What it was before ---- */

static const char *say_change(struct als_arena *arena, const struct als_value *before,
                              const struct als_value *now)
{
    double from, to;
    if (!als_value_number(before, &from) || !als_value_number(now, &to))
        return "";
    return from == to ? "; no change" : als_arena_printf(arena, "; now %+g", to - from);
}

const char *als_assess_before_text(struct als_assess *assess, size_t item)
{
    struct als_arena *arena = assess->request->arena;
    const struct als_question *question = als_form_question(assess->form, item);
    if (!assess->has_previous || question->state == ALS_ANSWER_NONE)
        return "";
    const char *label = als_form_previous_label(assess->form, item);
    if (!*label)
        return "";
    const struct als_value *before = &assess->previous.values[item];
    const char *visit = als_store_visit_code(assess->request->store, assess->previous.visit_no);
    char code[64] = "";
    if (question->definition->numeric_choice) {
        als_value_format(question->definition, before, code, sizeof code - 1);
        strcat(code, " ");
    }
    return als_arena_printf(arena, "%s: %s%s%s", visit ? visit : "before", code, label,
                            say_change(arena, before, &question->value));
}

/* ---- Findings and queries ---- */

const char *als_assess_confirm_field(const struct als_assess *assess,
                                     const struct als_verdict *verdict)
{
    return als_confirm_field(assess->request->arena, verdict,
                             verdict->item < 0 ? NULL
                                               : assess->instrument->items[verdict->item].code);
}

static void put_verdict(struct als_assess_page *page, size_t index)
{
    const struct als_assess *assess = page->assess;
    const struct als_verdict *verdict = &assess->verdicts.items[index];
    const bool confirmed = assess->confirmed && assess->confirmed[index];
    const bool asked = assess->ask_confirm && verdict->level == ALS_RULE_SOFT && !confirmed;
    als_html_verdict(&page->html, verdict,
                     asked ? als_assess_confirm_field(assess, verdict) : NULL);
}

static void put_query(struct als_assess_page *page, const struct als_query *query)
{
    const struct als_assess *assess = page->assess;
    const char *field = als_answer_field(page->html.request->arena, query);
    als_html_query(&page->html,
                   &(struct als_query_box){.query = query,
                                           .error = als_errors_text(&assess->errors, field),
                                           .open = !assess->why_not,
                                           .button = true});
}

void als_assess_findings(struct als_assess_page *page, ptrdiff_t item)
{
    const struct als_assess *assess = page->assess;
    for (size_t i = 0; i < assess->verdicts.count; i++)
        if (assess->verdicts.items[i].item == item)
            put_verdict(page, i);
    for (size_t i = 0; i < page->queries.count; i++) {
        const struct als_query *query = &page->queries.items[i];
        const ptrdiff_t about =
            query->item ? als_instrument_item(assess->instrument, query->item) : -1;
        if (about == item)
            put_query(page, query);
    }
}

/* ---- The question ---- */

struct drawn {
    struct als_assess_page *page;
    const struct als_question *question;
    size_t item;
    bool second;
    const char *field, *label, *text, *reason;
    const struct als_typed *typed;
};

const char *als_assess_label(struct als_arena *arena, const struct als_question *question,
                             bool second)
{
    const struct als_item *item = question->definition;
    const char *label = second && item->label_b ? item->label_b : item->label;
    const char *letter = !item->variant ? "" : second ? "b" : "a";
    return question->selects_wording
               ? label
               : als_arena_printf(arena, "%zu%s. %s", question->number, letter, label);
}

static const char *range_hint(struct als_arena *arena, const struct als_item *item)
{
    const char *range = NULL;
    if (item->has_min && item->has_max)
        range = als_arena_printf(arena, "%g to %g%s%s", item->min, item->max, item->unit ? " " : "",
                                 item->unit ? item->unit : "");
    else if (item->has_min)
        range = als_arena_printf(arena, "at least %g", item->min);
    else if (item->has_max)
        range = als_arena_printf(arena, "at most %g", item->max);
    if (range && item->help)
        return als_arena_printf(arena, "%s. %s", range, item->help);
    return range ? range : item->help;
}

static void put_missing(struct drawn *drawn)
{
    struct als_html *html = &drawn->page->html;
    struct als_arena *arena = html->request->arena;
    size_t n;
    const struct als_input_choice *choices = als_reason_choices(arena, "(answered, or open)", &n);
    const char *name = als_assess_reason_field(drawn->page->assess, drawn->item, drawn->second);
    als_html_open(html, "details", "class", "missing", "data-missing", "", "open",
                  drawn->reason ? "" : NULL);
    als_html_element(html, "summary", "No answer", NULL);
    als_input_select(html,
                     &(struct als_input){.name = name,
                                         .label = als_arena_printf(
                                             arena, "Why there is no answer to: %s", drawn->label),
                                         .value = drawn->reason ? drawn->reason : ""},
                     choices, n);
    als_html_close(html, "details");
}

static void put_links(struct drawn *drawn)
{
    struct als_html *html = &drawn->page->html;
    struct als_assess *assess = drawn->page->assess;
    struct als_arena *arena = html->request->arena;
    const char *code = drawn->question->definition->code;
    if (!assess->there)
        return;
    const char *rater = assess->rater ? als_url(arena, "?rater={}", assess->rater) : "";
    const char *url = als_url(arena, "/history/{}/{}/{}/{}", assess->visit.patient.patient,
                              assess->visit.code, assess->instrument->code, code);
    als_html_element(html, "a", "History", "href", als_arena_printf(arena, "%s%s", url, rater),
                     "data-history", "", "aria-label",
                     als_arena_printf(arena, "History of %s", drawn->label));
    if (!assess->may_ask)
        return;
    als_html_markup(html, " ");
    als_html_element(html, "a", "Query", "href",
                     als_assess_url(assess, als_url(arena, "ask/{}", code)), "aria-label",
                     als_arena_printf(arena, "Query about %s", drawn->label));
}

/* What stands beside the answer. */
static void put_side(struct drawn *drawn)
{
    struct als_html *html = &drawn->page->html;
    struct als_assess *assess = drawn->page->assess;
    als_html_open(html, "div", "class", "side");
    als_html_element(html, "p", als_assess_before_text(assess, drawn->item), "class", "before",
                     "data-score-of",
                     als_arena_printf(html->request->arena, "before.%s", drawn->field));
    put_missing(drawn);
    put_links(drawn);
    als_html_close(html, "div");
    if (!drawn->second)
        als_assess_findings(drawn->page, (ptrdiff_t)drawn->item);
}

static void put_choices(struct drawn *drawn, const struct als_input *input)
{
    const struct als_question *question = drawn->question;
    struct als_arena *arena = drawn->page->html.request->arena;
    const struct als_item *item = question->definition;
    struct als_input_choice *choices = als_arena_array(arena, question->n_choices, sizeof *choices);
    for (size_t i = 0; i < question->n_choices; i++) {
        const struct als_form_choice *choice = &question->choices[i];
        choices[i] = (struct als_input_choice){.value = choice->code, .label = choice->label};
        if (item->n_choices)
            choices[i].label = drawn->second && item->choices[i].label_b ? item->choices[i].label_b
                                                                         : item->choices[i].label;
        if (choice->key)
            choices[i].key = als_arena_printf(arena, "%c", choice->key);
    }
    als_input_radios_begin(&drawn->page->html, input, choices, question->n_choices,
                           ALS_TEXTS("data-question", drawn->field, "data-decides",
                                     question->selects_wording ? "" : NULL, "data-prefilled",
                                     question->state == ALS_ANSWER_PREFILLED ? "" : NULL));
    put_side(drawn);
    als_input_radios_end(&drawn->page->html);
}

static void put_line(struct drawn *drawn, const struct als_input *input)
{
    struct als_html *html = &drawn->page->html;
    const struct als_item *item = drawn->question->definition;
    als_html_open(html, "div", "class", "line", "data-question", drawn->field);
    if (item->type == ALS_ITEM_DATE)
        als_input_date(html, input, true);
    else if (item->type == ALS_ITEM_TEXT)
        als_input_area(html, input, 2);
    else
        als_input_number(html, input, item->unit);
    put_side(drawn);
    als_html_close(html, "div");
}

static void put_question(struct drawn *drawn)
{
    const struct als_question *question = drawn->question;
    struct als_arena *arena = drawn->page->html.request->arena;
    const struct als_input input = {
        .name = drawn->field,
        .label = drawn->label,
        .hint = range_hint(arena, question->definition),
        .error = drawn->typed->error,
        .value = drawn->typed->text ? drawn->typed->text : drawn->text,
    };
    if (question->n_choices)
        put_choices(drawn, &input);
    else
        put_line(drawn, &input);
}

/* ---- Wordings, and items that do not apply ---- */

bool als_assess_is_open(struct als_assess *assess, size_t item, bool second)
{
    const struct als_question *question = als_form_question(assess->form, item);
    return question->applies &&
           (!question->definition->variant || question->second_wording == second);
}

static const char *summary_of(const struct drawn *drawn)
{
    struct als_arena *arena = drawn->page->html.request->arena;
    return als_arena_printf(arena, "%s (asked %s)", drawn->label,
                            drawn->question->definition->variant
                                ? "in one of two wordings, by the answers above"
                                : "only when the answers above say so");
}

static void put_wording(struct als_assess_page *page, size_t item, bool second)
{
    struct als_assess *assess = page->assess;
    const struct als_question *question = als_form_question(assess->form, item);
    const bool in_force = question->second_wording == second;
    const bool folds = question->definition->variant || question->definition->applies;
    struct drawn drawn = {
        .page = page,
        .question = question,
        .item = item,
        .second = second,
        .field = als_assess_field(assess, item, second),
        .label = als_assess_label(page->html.request->arena, question, second),
        .text = in_force ? question->text : question->aside_text,
        .reason = in_force ? question->reason : NULL,
        .typed = &assess->typed[2 * item + second],
    };
    if (folds) {
        const bool open = als_assess_is_open(assess, item, second) || drawn.typed->error;
        als_html_open(&page->html, "details", "class", "item folds", "data-open-of", drawn.field,
                      "open", open ? "" : NULL);
        als_html_element(&page->html, "summary", summary_of(&drawn), NULL);
    } else {
        als_html_open(&page->html, "div", "class", "item");
    }
    put_question(&drawn);
    als_html_close(&page->html, folds ? "details" : "div");
    als_html_markup(&page->html, "\n");
}

void als_assess_item(struct als_assess_page *page, size_t item)
{
    put_wording(page, item, false);
    if (page->assess->instrument->items[item].variant)
        put_wording(page, item, true);
}
