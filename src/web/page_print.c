/* A form on paper: blank for the clinic, or filled in as it is stored. */
#include <string.h>

#include "assess.h"
#include "assess_show.h"
#include "pages.h"

static void put_fact(struct als_html *html, const char *name, const char *value)
{
    als_html_element(html, "dt", name, NULL);
    als_html_element(html, "dd", value && *value ? value : "____________________", NULL);
}

static void put_facts(struct als_html *html, const struct als_assess *assess, bool blank)
{
    struct als_arena *arena = html->request->arena;
    const struct als_form_head *head = als_form_head(assess->form);
    char day[ALS_DATE_TEXT];
    als_html_open(html, "dl", "class", "facts");
    put_fact(html, "Patient", assess->visit.patient.patient);
    put_fact(html, "Visit", assess->visit.title);
    put_fact(html, "Date", blank ? NULL : als_day_format(head->day, day));
    put_fact(html, "Mode", blank ? NULL : head->mode);
    put_fact(html, "Rater", blank ? NULL : assess->rater);
    put_fact(html, "Respondent", blank ? NULL : head->respondent);
    if (!blank && head->not_done)
        put_fact(html, "Not done", head->reason ? als_code_words(arena, head->reason) : "yes");
    als_html_close(html, "dl");
}

static void put_choice(struct als_html *html, bool chosen, const char *code, const char *label)
{
    als_html_open(html, "li", NULL);
    als_html_element(html, "span", chosen ? "\xE2\x98\x92" : "\xE2\x98\x90", "class", "box");
    als_html_markup(html, " ");
    als_html_element(html, "strong", code, NULL);
    als_html_printf(html, " %s", label);
    als_html_close(html, "li");
}

/* What a wording of the item shows: its choices, or a line to write on. */
static void put_answer(struct als_html *html, const struct als_question *question, bool second,
                       bool blank)
{
    const struct als_item *item = question->definition;
    const bool in_force = question->second_wording == second && question->applies;
    const char *text = blank || !in_force ? "" : question->text;
    if (question->n_choices) {
        als_html_open(html, "ul", "class", "boxes");
        for (size_t i = 0; i < question->n_choices; i++) {
            const char *label = question->choices[i].label;
            if (item->n_choices)
                label = second && item->choices[i].label_b ? item->choices[i].label_b
                                                           : item->choices[i].label;
            put_choice(html, strcmp(text, question->choices[i].code) == 0,
                       question->choices[i].code, label);
        }
        als_html_close(html, "ul");
    } else {
        als_html_open(html, "p", NULL);
        als_html_printf(html, "%s%s%s", *text ? text : "____________", item->unit ? " " : "",
                        item->unit ? item->unit : "");
        als_html_close(html, "p");
    }
    if (!blank && in_force && question->reason)
        als_html_element(html, "p",
                         als_arena_printf(html->request->arena, "No answer: %s",
                                          als_code_words(html->request->arena, question->reason)),
                         NULL);
}

static void put_wording(struct als_html *html, const struct als_question *question, bool second,
                        bool blank)
{
    als_html_open(html, "section", "class", "printed");
    als_html_element(html, "h2", als_assess_label(html->request->arena, question, second), NULL);
    put_answer(html, question, second, blank);
    als_html_close(html, "section");
}

static void put_item(struct als_html *html, struct als_assess *assess, size_t index, bool blank)
{
    const struct als_question *question = als_form_question(assess->form, index);
    put_wording(html, question, false, blank);
    if (question->definition->variant)
        put_wording(html, question, true, blank);
}

static void put_end(struct als_html *html, struct als_assess *assess, bool blank)
{
    const struct als_instrument *instrument = assess->instrument;
    struct als_buf status;
    als_buf_init(&status, 2000);
    als_form_status(assess->form, &status);
    if (!blank && status.length)
        als_html_element(html, "p", status.data, "class", "totals");
    als_buf_release(&status);
    als_html_markup(html, "<p>Filled in by ____________________ on ______________ Signature "
                          "____________________</p>");
    als_html_open(html, "p", "class", "hint");
    als_html_printf(html, "%s, definition %s version %s. ", instrument->title, instrument->code,
                    instrument->version);
    als_html_printf(html, "Form id %s/%s/%s", assess->visit.patient.patient, assess->visit.code,
                    instrument->code);
    if (assess->there && !blank)
        als_html_printf(html, ", stored by change set %lld", (long long)assess->change_id);
    als_html_markup(html, ".</p>");
}

enum als_status als_page_print(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    struct als_assess assess;
    struct als_html html;
    const bool blank = als_request_given(request, "blank") != NULL;
    enum als_status status = als_assess_open(request, &assess, err);
    if (!status && assess.there && !blank)
        als_assess_take(&assess, &assess.stored);
    if (!status)
        status = als_assess_know(&assess, err);
    if (!status) {
        als_html_begin(&html, request, response,
                       als_arena_printf(request->arena, "%s%s: %s, %s",
                                        assess.instrument->short_title, blank ? ", blank" : "",
                                        assess.visit.patient.patient, assess.visit.title));
        als_visit_crumbs(&html, &assess.visit);
        als_html_crumb(&html, assess.url, assess.instrument->short_title);
        als_html_body(&html);
        put_facts(&html, &assess, blank);
        for (size_t i = 0; i < assess.instrument->n_items; i++)
            put_item(&html, &assess, i, blank);
        put_end(&html, &assess, blank);
        als_html_end(&html);
    }
    als_assess_close(&assess);
    return status;
}
